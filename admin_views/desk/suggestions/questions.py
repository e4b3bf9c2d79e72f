"""A question in plain words: the list that it asks for, what was understood as chips, before anything is opened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from flask import url_for

from admin_views.desk.suggestions.acts import BEGINNINGS
from admin_views.desk.suggestions.lookups import LookUps
from admin_views.desk.suggestions.suggested import Suggestion, SuggestionGroup
from admin_views.desk.suggestions.tables import SuggestedTable
from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import filters_of
from admin_views.shared.request_context import office_state, today
from admin_views.shared.translation import gettext
from documents.records.search import fold
from rules.access import Permission
from rules.counties import Counties, office_counties
from rules.words import N_
from schema.collection import Collection
from schema.field import Field, Kind
from schema.questions.grammar import read_question
from schema.questions.meaning import Asked, Condition, Meaning
from schema.questions.vocabulary import AskedTable, Vocabulary

REPORTS = "annual_reports"  # what is missing of a year stands on its own page
_EXPORT = ("导出", "下载")
_THERE, _NOTHING = N_("There is one"), N_("There is none")
_MOST_NAMES = 3  # looked up of one meaning: more pieces that are not understood are no names


@dataclass(frozen=True)
class _Named:
    """A record that the question names: the field that refers to it, its id and its name."""

    field: Field
    record_id: str
    name: str


def meanings_of(words: str, asked: Sequence[SuggestedTable]) -> tuple[Meaning, ...]:
    """Return what the words may ask for; () where they are no question, or not for the one who asks."""
    text = fold(words)
    beginning = _export_in(text)
    if (beginning and not current_actor().may(Permission.EXPORT)) or text.startswith(BEGINNINGS):  # an act
        return ()
    return read_question(text[len(beginning) :], _vocabulary(asked), today())


def names_in(
    meanings: Sequence[Meaning], asked: Sequence[SuggestedTable]
) -> Iterator[tuple[SuggestedTable, str]]:
    """Yield what must be looked up for `found_questions`: the pieces that may name a record."""
    tables = {table.declaration.name: table for table in asked}
    for meaning in meanings:
        for words in _names_of(meaning):
            yield from ((tables[one.refers_to], words) for one in _naming(tables[meaning.table], tables))


def found_questions(
    words: str, meanings: Sequence[Meaning], asked: Sequence[SuggestedTable], looked_up: LookUps
) -> tuple[SuggestionGroup, ...]:
    """Return a group for each meaning of the words, with what was not understood of it.

    Words that begin with 导出 lead to the workbook of the list.
    """
    tables = {table.declaration.name: table for table in asked}
    groups: list[SuggestionGroup] = []
    for meaning in meanings:
        shown = _group(meaning, tables, looked_up, is_export=bool(_export_in(fold(words))))
        if shown is not None and shown not in groups:
            groups.append(shown)
    return tuple(groups)


def _export_in(text: str) -> str:
    return next((one for one in _EXPORT if text.startswith(one)), "")


# --- Words ---------------------------------------------------------------------------------------------------


def _vocabulary(asked: Sequence[SuggestedTable]) -> Vocabulary:
    """Return the words of the lists that the one who asks may see, as their role knows them."""
    state = office_state()
    statuses = tuple(
        tuple(state.status_labels(table.declaration.name).items()) if table.is_kept_by_hand else ()
        for table in asked
    )
    declarations = tuple(
        (table.declaration, None if table.is_kept_by_hand else frozenset(_names_of_filters(table)))
        for table in asked
    )
    return _made(declarations, statuses, office_counties())


def _names_of_filters(table: SuggestedTable) -> Iterator[str]:
    return (
        spec.name
        for spec in (*table.filters, *filters_of(table.declaration))
        if spec.name in table.declaration.by_key
    )


@lru_cache(maxsize=32)
def _made(
    declarations: tuple[tuple[Collection, frozenset[str] | None], ...],
    statuses: tuple[tuple[tuple[str, str], ...], ...],
    counties: Counties,
) -> Vocabulary:
    """Return the vocabulary; definitions that change are other declarations."""
    return Vocabulary(
        (
            AskedTable(declaration, dict(words), keys=keys)
            for (declaration, keys), words in zip(declarations, statuses, strict=True)
        ),
        counties,
    )


# --- Meanings ------------------------------------------------------------------------------------------------


def _group(
    meaning: Meaning, tables: dict[str, SuggestedTable], looked_up: LookUps, *, is_export: bool
) -> SuggestionGroup | None:
    table = tables[meaning.table]
    named, unread = _records_named(meaning, table, tables, looked_up)
    county = meaning.county if table.declaration.county_key else ""
    own = current_actor().county
    if own is not None and county not in ("", own):
        # The list would show the clerk's own county all the same.
        note = gettext(N_("Your account sees the records of %(county)s only."), county=_county_name(own))
        return SuggestionGroup(f"question-{meaning.table}", gettext(N_("As a question")), (), note)
    if not (meaning.narrows or named or (county and not unread) or (is_export and not unread)):
        return None
    if meaning.county and not county:
        unread = (*unread, _county_name(meaning.county))
    url, hint = _address(meaning, table, named, is_export=is_export)
    if not url:
        return None
    heading = gettext(N_("Export")) if is_export else gettext(N_("As a question"))
    item = Suggestion(
        "", url, "download" if is_export else table.icon, hint, tuple(_chips(meaning, table, tables, named))
    )
    note = (
        gettext(N_("Not understood: %(words)s"), words="、".join(f"“{one}”" for one in unread))
        if unread
        else ""
    )
    return SuggestionGroup(f"question-{meaning.table}", heading, (item,), note)


def _records_named(
    meaning: Meaning, table: SuggestedTable, tables: dict[str, SuggestedTable], looked_up: LookUps
) -> tuple[list[_Named], tuple[str, ...]]:
    """Return the records in scope that what was not understood names, each the only one so named, and the rest."""
    wanted = _names_of(meaning)
    named: list[_Named] = []
    unread = []
    for words in meaning.unread:
        found = None
        if words in wanted:
            each = (_the_one(words, one, tables[one.refers_to], looked_up) for one in _naming(table, tables))
            found = next((one for one in each if one), None)
        if found is None:
            unread.append(words)
        else:
            named.append(found)
    return named, tuple(unread)


def _names_of(meaning: Meaning) -> tuple[str, ...]:
    """Return the pieces of a question that may be names: of more signs than one, and not many of them."""
    return tuple(one for one in meaning.unread if len(one) > 1) if len(meaning.unread) <= _MOST_NAMES else ()


def _naming(table: SuggestedTable, tables: dict[str, SuggestedTable]) -> tuple[Field, ...]:
    """Return the fields of a list that name other records, and by which it is filtered."""
    filters = {spec.name for spec in table.filters if spec.kind == "lookup"}
    return tuple(
        one for one in table.declaration.references if one.key in filters and one.refers_to in tables
    )


def _the_one(words: str, field: Field, other: SuggestedTable, looked_up: LookUps) -> _Named | None:
    labelled = [(row, str(other.label_of(row))) for row in looked_up.rows(other, words)]
    labelled = [(row, label) for row, label in labelled if words in fold(label)]
    return _Named(field, str(labelled[0][0]["_id"]), labelled[0][1]) if len(labelled) == 1 else None


def _address(
    meaning: Meaning, table: SuggestedTable, named: Sequence[_Named], *, is_export: bool
) -> tuple[str, str]:
    """Return the address that a meaning leads to, and what is said beside it; "" where there is none."""
    missing = next(
        (one for one in meaning.conditions if one.asked is Asked.WITHOUT and one.key == REPORTS), None
    )
    if missing is not None:
        if len(meaning.conditions) > 1 or is_export:
            return "", ""
        year = missing.first.year if missing.first else today().year - 1
        asked = {"year": str(year), "state": "missing"} | (
            {"county": meaning.county} if meaning.county else {}
        )
        return f"{url_for('annual_reports.index')}?{urlencode(asked)}", ""
    arguments = [*meaning.arguments(), *((one.field.key, one.record_id) for one in named)]
    if meaning.is_assessment:
        path = url_for("assessment.export" if is_export else "assessment.index")
    elif is_export:
        if not table.is_kept_by_hand:
            return "", ""
        path = url_for(f"{table.declaration.name}.export", export_type="xlsx")
    else:
        path = table.url
    return path + (f"?{urlencode(arguments)}" if arguments else ""), ""


def _county_name(code: str) -> str:
    return office_state().county_names.get(code, code)


# --- Chips ---------------------------------------------------------------------------------------------------


def _chips(
    meaning: Meaning, table: SuggestedTable, tables: dict[str, SuggestedTable], named: Sequence[_Named]
) -> Iterator[str]:
    """Yield what was understood, part by part."""
    yield gettext(N_("Assessment")) if meaning.is_assessment else gettext(table.declaration.label)
    if meaning.county and table.declaration.county_key:
        yield _county_name(meaning.county)
    for record in named:
        yield f"{gettext(record.field.label)} {record.name}"
    if meaning.is_assessment:
        if meaning.year:
            yield str(meaning.year)
        if meaning.met:
            yield gettext(N_("Met")) if meaning.met == "yes" else gettext(N_("Not met"))
        return
    for condition in meaning.conditions:
        yield _chip(condition, table, tables)
    if meaning.sort:
        label = gettext(table.declaration.by_key[meaning.sort].label)
        way = gettext(N_("highest first")) if meaning.descending else gettext(N_("lowest first"))
        yield f"{label} {way}"
    if meaning.most:
        yield gettext(N_("the first %(count)s"), count=meaning.most)


def _chip(condition: Condition, table: SuggestedTable, tables: dict[str, SuggestedTable]) -> str:
    if condition.asked is Asked.WITHOUT:
        other = tables[condition.key].declaration if condition.key in tables else None
        label = gettext(N_("Without: %(what)s"), what=gettext(other.label) if other else condition.key)
        return f"{label} {_period(condition)}".strip()
    one = table.declaration.by_key.get(condition.key)
    label = gettext(one.label) if one else condition.key
    if condition.asked is Asked.WORDS:
        return f"{label} {'、'.join(_word(value, one, table) for value in condition.values)}"
    if condition.asked is Asked.DAYS:
        return f"{label} {_period(condition)}"
    if condition.asked is Asked.FILLED:
        return (
            f"{label} {gettext(N_('There is one')) if condition.is_filled else gettext(N_('There is none'))}"
        )
    unit = f" {gettext(one.unit)}" if one and one.unit else ""
    if condition.least == condition.most:
        return f"{label} = {condition.least:g}{unit}"
    ends = ((condition.least, "≥"), (condition.most, "≤"))
    return f"{label} {' '.join(f'{sign} {number:g}' for number, sign in ends if number is not None)}{unit}"


def _period(condition: Condition) -> str:
    first, last = condition.first, condition.last
    if first and last and first == last:
        return first.isoformat()
    return f"{first or '…'} – {last or '…'}" if first or last else ""


def _word(value: str, one: Field | None, table: SuggestedTable) -> str:
    if one is not None and one.kind is Kind.STATUS:
        return office_state().status_labels(table.declaration.name).get(value, value)
    if one is None or one.choices is None:
        return value
    return next((gettext(word.label) for word in one.choices if word.value == value), value)
