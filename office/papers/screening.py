"""The personal numbers in a paper: every word of it is searched, and each number becomes what was decided of it."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from office.papers.paper_text import PaperText, Paragraph
from rules.personal_numbers import PersonalNumber, find_personal_numbers, without_numbers
from rules.release import Finding, Treated, Treatments
from rules.words import N_

_Place = tuple[str, Mapping[str, object]]
_Change = Callable[[_Place, str], str]
_LINES: Mapping[str, str] = {
    "header": N_("Red head"), "number": N_("Number of the paper"), "title": N_("Title of the paper"),
    "addressee": N_("Addressee"), "attachment_line": N_("Attachment line"),
    "signature": N_("Signature"), "note": N_("Note under the date"),
}  # fmt: skip


def findings_in(text: PaperText, allowed: Collection[str] = ()) -> tuple[Finding, ...]:
    """Return the personal numbers of a paper in the order in which it is read; not the `allowed` values.

    A value that stands only among the values for templates is found there; one that stands in the paper too is not
    found twice.
    """
    findings: list[Finding] = []

    def look(place: _Place, words: str) -> str:
        for count, number in enumerate(find_personal_numbers(words, allowed)):
            plain = f"{place[0]}|{sorted(place[1].items())}|{count}|{number.value}"
            findings.append(Finding(hashlib.sha256(plain.encode()).hexdigest()[:16], place, number))
        return words

    _each_text(text, look)
    seen = {finding.number.value for finding in findings}
    allowed = frozenset(allowed) | seen
    for name, words in text.fields.items():
        look((N_("Value for templates: %(name)s"), {"name": name}), words)
    return tuple(findings)


def treated_paper(
    text: PaperText, findings: Collection[Finding], treatments: Treatments, allowed: Collection[str] = ()
) -> PaperText:
    """Return the paper as it may be published. KeyError for a number of which nothing was decided."""
    by_place: dict[str, list[Finding]] = {}
    for finding in findings:
        by_place.setdefault(repr(finding.place), []).append(finding)

    def treat(place: _Place, words: str) -> str:
        here = iter(by_place.get(repr(place), ()))
        return without_numbers(words, lambda number: treatments[next(here).key].instead_of(number), allowed)

    treated = _each_text(text, treat)
    values = treated_values(findings, treatments)
    fields = {name: treated_words(words, values, allowed) for name, words in text.fields.items()}
    return replace(treated, fields=fields)


def treated_values(findings: Collection[Finding], treatments: Treatments) -> dict[str, Treated]:
    """Return what was decided, by value; of a value that stands twice, the first."""
    values: dict[str, Treated] = {}
    for finding in findings:
        values.setdefault(finding.number.value, treatments[finding.key])
    return values


def treated_words(words: str, values: Mapping[str, Treated], allowed: Collection[str] = ()) -> str:
    """Return words that go with a paper, its numbers treated as there; one that it does not hold is masked."""

    def put(number: PersonalNumber) -> str | None:
        treated = values.get(number.value)
        return treated.instead_of(number) if treated else number.masked

    return without_numbers(words, put, allowed)


def _each_text(text: PaperText, change: _Change) -> PaperText:
    """Return the paper with each of its words changed, as a reader meets them."""
    lines: dict[str, Any] = {
        name: change((place, {}), getattr(text, name))
        for name, place in _LINES.items()
        if name in ("header", "number", "title", "addressee")
    }
    paragraphs = tuple(
        Paragraph(change((N_("Paragraph %(n)d"), {"n": place}), one.text), one.level)
        for place, one in enumerate(text.paragraphs, 1)
    )
    table = text.table
    if table:
        caption = change((N_("Caption of the list"), {}), table.caption)
        headings = tuple(change((N_("Heading of the list"), {}), heading) for heading in table.headings)
        rows = tuple(
            tuple(
                change((N_("List, row %(row)d, %(column)s"), {"row": place, "column": heading}), cell)
                for heading, cell in zip(table.headings, row, strict=True)
            )
            for place, row in enumerate(table.rows, 1)
        )
        table = replace(table, caption=caption, headings=headings, rows=rows)
    contact = tuple(
        change((N_("Contact line %(n)d"), {"n": place}), line) for place, line in enumerate(text.contact, 1)
    )
    lines |= {
        name: change((place, {}), getattr(text, name)) for name, place in _LINES.items() if name not in lines
    }
    return replace(text, paragraphs=paragraphs, table=table, contact=contact, **lines)
