"""A rule set in words: its articles, its days, how it stands today, and its figures as rows."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext

from admin_views.assessment.view_models_rule_sets import CellGroup, FigureCell, FigureGroup, FigureRow
from admin_views.shared.request_context import in_chinese
from admin_views.shared.view_models import Text, badge, figure
from rules.choices import ServiceFunction
from rules.measure_lines import CONDITIONS, FUNCTION_LINES, LINES, PERIODS, Line
from rules.measures import Measures
from rules.words import N_
from services.assessment.rule_sets import KeptSet

_NUMERALS = ("", *"一二三四五六七八九十")


def article_text(article: str) -> str:
    """Return an article as the office cites it: 5(2) is 第五条第（二）项."""
    if not in_chinese():
        return gettext(N_("Art. %(article)s"), article=article)
    number, _, item = article.rstrip(")").partition("(")
    text = f"第{_numeral(int(number))}条"
    return f"{text}第（{_numeral(int(item))}）项" if item else text


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = "" if not tens else ("十" if tens == 1 else f"{_NUMERALS[tens]}十")
    return ten + _NUMERALS[ones]


def days_text(measures: Measures) -> str:
    """Return from when to when a rule set is in force."""
    last = measures.last_day.isoformat() if measures.last_day else gettext(N_("no last day"))
    return f"{measures.first_day.isoformat()} – {last}"


def standing(kept: KeptSet, today: date) -> Text:
    """Return how a rule set stands today, as a badge."""
    one = kept.measures
    if kept.draft:
        return badge(gettext(N_("Draft rules")), "violet")
    if one.last_day and one.last_day < today:
        return badge(gettext(N_("No longer in force")), "grey")
    if one.first_day > today:
        return badge(gettext(N_("Not yet in force")), "blue")
    if one.superseded:
        return badge(gettext(N_("Likely superseded")), "amber")
    return badge(gettext(N_("In force today")), "green")


def asked_text(line: Line, asked: int | None) -> str:
    """Return what a rule set asks of a line; a dash where it asks nothing."""
    if asked is None:
        return "—"
    return gettext(N_("asked for")) if line.yes_no else figure(asked)


def line_groups() -> list[tuple[str, str, tuple[Line, ...]]]:
    """Return heading, article and lines: the conditions, each function, the periods."""
    groups: list[tuple[str, str, tuple[Line, ...]]] = [(gettext(N_("Conditions")), "5", CONDITIONS)]
    for function in ServiceFunction:
        lines = tuple(line for line in FUNCTION_LINES if line.function is function)
        groups.append((gettext(function.label), lines[0].article, lines))
    return [*groups, (gettext(N_("Periods")), "", PERIODS)]


def figure_groups(one: Measures, other: Measures | None = None) -> tuple[FigureGroup, ...]:
    """Return every figure of a rule set with its article, beside those of another."""
    made = []
    for title, article, lines in line_groups():
        rows = tuple(_row(line, one, other, bool(article)) for line in lines)
        own_article = article if lines[0].function else ""
        made.append(FigureGroup(title, rows, article_text(own_article) if own_article else ""))
    summaries = (
        ("base_summary_by", "14", N_("Base's annual summary, by")),
        ("county_summary_by", "15", N_("County's annual report, by")),
    )
    last = made.pop()
    more = tuple(
        _plain_row(article, label, _month_day(one, key), _month_day(other, key) if other else "")
        for key, article, label in summaries
    )
    return (*made, FigureGroup(last.title, last.rows + more))


def _row(line: Line, one: Measures, other: Measures | None, plain: bool) -> FigureRow:
    asked, was = line.asked(one), line.asked(other) if other else None
    return FigureRow(
        "" if line.function else article_text(line.article),
        gettext(line.label),
        asked_text(line, asked),
        _unit(line) if asked is not None and not line.yes_no else "",
        asked_text(line, was) if other else "",
        other is not None and asked != was,
    )


def _plain_row(article: str, label: str, value: str, other: str) -> FigureRow:
    return FigureRow(article_text(article), gettext(label), value, "", other, bool(other) and other != value)


def _month_day(one: Measures, key: str) -> str:
    return "-".join(f"{part:02}" for part in getattr(one, key))


def _unit(line: Line) -> str:
    return line.unit if line.unit == "%" else gettext(line.unit) if line.unit else ""


def cell_groups(
    groups: Sequence[tuple[str, str, tuple[Line, ...]]], other: Measures | None, typed: dict[str, int | None]
) -> tuple[CellGroup, ...]:
    """Return the figures to be typed, each beside what `other` asks."""
    return tuple(
        CellGroup(
            title,
            tuple(figure_cell(line, other, typed) for line in lines),
            article_text(article) if article and lines[0].function else "",
        )
        for title, article, lines in groups
    )


def figure_cell(line: Line, other: Measures | None, typed: dict[str, int | None]) -> FigureCell:
    """Return one figure to be typed."""
    was = line.asked(other) if other else None
    return FigureCell(
        line.name,
        gettext(line.label),
        _unit(line),
        "" if line.function else article_text(line.article),
        asked_text(line, was) if other else "",
        line.yes_no,
        other is not None and line.key in typed and typed[line.key] != was,
    )


_OWN_LABELS = {
    "rule_sets": {
        "title": N_("Name of the rules"), "document_number": N_("Number of the paper"), "note": N_("Notes"),
        "level": N_("Level"), "first_day": N_("In force from"), "last_day": N_("In force to"),
        "base_summary_by": N_("Base's annual summary, by"), "county_summary_by": N_("County's annual report, by"),
    },
    "calendar_years": {
        "holidays": N_("Days off"), "workdays": N_("Week-ends that are worked"), "source": N_("According to"),
    },
}  # fmt: skip


def change_label(collection: str, key: str) -> str:
    """Return what the trail calls a value of a rule set or of a calendar; '' for any other."""
    own = _OWN_LABELS.get(collection)
    if own is None:
        return ""
    if key in own:
        return gettext(own[key])
    line = next((line for line in LINES if line.key == key), None)
    if line is None:
        return ""
    label = gettext(line.label)
    return f"{gettext(line.function.label)} · {label}" if line.function else label
