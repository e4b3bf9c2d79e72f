"""A list divided by a field: which records stand together, what is said of them, and where they are found."""

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from admin_views.shared.list_query import CONDITIONS, ListQuery
from admin_views.shared.lists.conditions import words_of_field
from admin_views.shared.lists.sums import shown_sum
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import ListColumn
from documents.records.office_state import OfficeState
from documents.records.record import RecordQuerySet, Sums
from rules.words import N_
from schema.field import Field, Kind
from schema.narrowing.address import written
from schema.narrowing.divisions import FORMATS, YEAR, Division
from schema.narrowing.operators import BLANK, operator_of
from schema.narrowing.tree import MOST_DEPTH, Comparison, Group
from services.shared.office_day import day_of, office_day

Said = Callable[[Any, str], str]
_MOST_ON_A_PAGE = 250


def label_of(by: Division) -> str:
    """Return what a list is divided by, in words."""
    return gettext(by.label, field=gettext(by.field.label)) if by.cut else gettext(by.field.label)


def value_of(by: Division, raw: Mapping[str, Any]) -> Any:
    """Return the value under which a record stands, as `Sums.value` has it; None for a blank."""
    stored = raw.get(by.field.key)
    if stored in (None, ""):
        return None
    if not by.cut:
        return stored
    day = office_day(stored) if by.field.kind is Kind.MOMENT else day_of(stored)
    return f"{day:{FORMATS[by.cut]}}" if day else None


def said_by(by: Division, state: OfficeState, collection: str) -> Said:
    """Return how a value is said, given the name of the record that it is."""
    words, blank = words_of_field(by.field, state, collection), gettext(N_("(blank)"))

    def said(value: Any, name: str) -> str:
        if value in (None, ""):
            return blank
        if by.field.kind is Kind.REFERENCE:
            return name or blank
        key = ("yes" if value else "no") if by.field.kind is Kind.YES_NO else str(value)
        return words.get(key, key)

    return said


def days_of(by: Division, value: str) -> tuple[date, date]:
    """Return the first and the last day of a month or year."""
    year, _, month = value.partition("-")
    last = 12 if by.cut == YEAR else int(month)
    return date(int(year), 1 if by.cut == YEAR else last, 1), date(
        int(year), last, monthrange(int(year), last)[1]
    )


def address_of(url: str, query: ListQuery, by: Division, value: Any) -> str:
    """Return the address of the records of one value; "" where conditions cannot stand deeper."""
    one = _comparison(by, value)
    asked = query.conditions.group if query.conditions else None
    if asked is None:
        group = Group((one,))
    elif not asked.any_of:
        group = Group((*asked.parts, one))
    elif _depth(asked) < MOST_DEPTH:
        group = Group((asked, one))
    else:
        return ""
    return url + query.query(**{CONDITIONS: written(group), "group": None})


def _comparison(by: Division, value: Any) -> Comparison:
    operator = operator_of(by.field, "between" if by.cut else "in")
    if value in (None, "") or operator is None:
        return Comparison(by.field, BLANK)
    if by.cut:
        return Comparison(by.field, operator, days_of(by, str(value)))
    return Comparison(by.field, operator, (value if isinstance(value, bool) else str(value),))


def _depth(group: Group) -> int:
    return 1 + max((_depth(part) for part in group.parts if isinstance(part, Group)), default=0)


def sums_of_page(
    records: RecordQuerySet, rows: Sequence[Mapping[str, Any]], by: Division, keys: Sequence[str], *, milliseconds: int
) -> dict[Any, Sums]:  # fmt: skip
    """Return what the values on a page add up to over the whole list, by value; {} where that takes too long."""
    values = {value_of(by, raw) for raw in rows}
    if not by.cut:
        records = records.having(by.field.key, [*values, *([""] if None in values else [])])
    elif None not in values:
        days = [day for value in values for day in days_of(by, value)]
        within = records.within_days if by.field.kind is Kind.MOMENT else records.between
        records = within(by.field.key, min(days), max(days))
    found = records.sums(keys, by=by, most=_MOST_ON_A_PAGE, milliseconds=milliseconds)
    return {one.value if one.value != "" else None: one for one in found or ()}


def with_heads(
    written_rows: Sequence[Markup], rows: Sequence[Mapping[str, Any]], by: Division, found: Mapping[Any, Sums],
    said: Said, columns: Sequence[Field], heads: Sequence[ListColumn], address: Callable[[Any], str], *,
    selectable: bool, has_acts: bool,
) -> tuple[Markup, ...]:  # fmt: skip
    """Return the rows of a page with a head above the first of each value: its name, how many it has, and its sums."""
    result: list[Markup] = []
    before: Any = object()
    for html, raw in zip(written_rows, rows, strict=True):
        value = value_of(by, raw)
        if value != before:
            before, sums = value, found.get(value)
            name = escape(said(value, str(raw.get(by.name_key) or "")))
            url = address(value)
            link = Markup('<a href="{}">{}</a>').format(url, name) if url else name
            count = Markup("<small>{}</small>").format(f"{sums.count:,}") if sums else ""
            cells = [Markup('<td class="pick"></td>')] if selectable else []
            cells.append(Markup('<th scope="rowgroup">{} {}</th>').format(link, count))
            totals = sums.sums if sums else {}
            cells += [
                Markup('<td class="{}">{}</td>').format(head.align, shown_sum(totals.get(column.key)))
                for column, head in zip(columns[1:], heads[1:], strict=True)
            ]
            cells += [Markup('<td class="act"></td>')] if has_acts else []
            result.append(Markup('<tr class="group-head">{}</tr>\n').format(Markup("").join(cells)))
        result.append(html)
    return tuple(result)
