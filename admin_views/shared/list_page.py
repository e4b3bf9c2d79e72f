"""Build the page of one list: at most two commands of its own beside the user and the office's state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from admin_views.shared.cells import align, shower, words_of
from admin_views.shared.list_query import SIZES, FilterSpec, ListQuery, amount_text
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import CountyPill, Filter, ListColumn, Option, Pager, Row, render_rows
from documents.records.office_state import OfficeState
from documents.records.record import Counts
from rules.access import Actor
from rules.words import N_
from schema.collection import Collection
from schema.field import Field
from services.desk.habits import ColumnHabit

_AS_IT_IS = ColumnHabit()
SIZE = 50  # rows of a page whose size nobody chooses
# Beyond these a narrowed list says "10,000+", and one that was searched "1,000+": counting on would cost more than it
# tells, since each record that words may have found must be read.
COUNT_LIMIT, SEARCH_COUNT_LIMIT = 10_000, 1_000


@dataclass(frozen=True)
class ListData:
    """One page of raw rows with the counts behind it."""

    rows: list[dict[str, Any]]
    counts: Counts
    total: int
    page: int
    pages: int
    more: bool = False  # whether there are more than `total`


def shown_columns(
    sheet: Collection, query: ListQuery, first_keys: Sequence[str], actor: Actor
) -> list[Field]:
    """Return the columns that this list shows: the first one, then those chosen in their order, or `first_keys`.

    A county that is the same in every row is left out, unless it was chosen.
    """
    first = sheet.exported[0]
    by_key = {column.key: column for column in sheet.exported}
    chosen = [by_key[key] for key in query.columns if key in by_key and key != first.key]
    if query.columns and not chosen:
        return [first]
    if not chosen:
        one_county = bool(query.county or actor.county)
        chosen = [sheet.field(key) for key in first_keys if not (one_county and key == "county")]
    return [first, *(column for column in chosen if column is not first)]


def list_columns(
    columns: Sequence[Field],
    query: ListQuery,
    url: str,
    in_place: frozenset[str] = frozenset(),
    habit: ColumnHabit = _AS_IT_IS,
) -> tuple[ListColumn, ...]:
    """Return the headings, each with its unit and the address that sorts by it; cells `in_place` may be edited.

    Widths, and what stays in sight, are as the clerk likes them.
    """
    made = []
    for column in columns:
        mine = query.sort == column.key
        turned = f"-{column.key}" if mine and not query.descending else column.key
        way = ("descending" if query.descending else "ascending") if mine else ""
        made.append(
            ListColumn(
                key=column.key,
                label=gettext(column.label),
                unit=gettext(column.unit) if column.unit else "",
                align=_classes(column, habit),
                sort_url=url + query.query(sort=turned) if column.sortable else "",
                sorted=way,
                is_edited=column.key in in_place,
            )
        )
    return tuple(made)


def _classes(column: Field, habit: ColumnHabit) -> str:
    width = habit.widths.get(column.key)
    more = (f"w{width}" if width else "", "pin" if column.key in habit.pinned else "")
    return " ".join(one for one in (align(column), *more) if one)


def list_rows(
    columns: Sequence[Field], heads: Sequence[ListColumn], rows: Sequence[dict[str, Any]], state: OfficeState, *,
    collection: str, endpoint: str, edit: str = "", selectable: bool = True,
) -> tuple[Any, ...]:  # fmt: skip
    """Return the rows written out; the first cell leads to the record."""
    showers = [shower(column, state, collection) for column in columns]
    details, editing = url_for(f"{endpoint}.details_view"), url_for(f"{endpoint}.edit_view")
    made = []
    for raw in rows:
        record_id = str(raw["_id"])
        cells = tuple(show(raw) for show in showers)
        if not cells[0]:
            cells = (gettext(N_("(no date)")), *cells[1:])
        made.append(
            Row(record_id, f"{details}?id={record_id}", cells, f"{editing}?id={record_id}" if edit else "")
        )
    return render_rows(heads, made, selectable=selectable, edit=edit)


def county_pills(
    query: ListQuery, counts: Counts, state: OfficeState, actor: Actor, url: str
) -> tuple[CountyPill, ...]:
    """Return the county bar: the whole city and all counties in the office's order, or the clerk's own alone."""
    if actor.county is not None:
        names = state.county_names
        own = counts.by_county.get(actor.county, 0)
        return (CountyPill(names.get(actor.county, ""), url, own, active=True),)
    total = None if counts.more else counts.total
    pills = [
        CountyPill(gettext(N_("Whole city")), url + query.query(county=None), total, active=not query.county)
    ]
    for code, name, short in state.counties:
        here = url + query.query(county=code)
        count = None if counts.more else counts.by_county.get(code, 0)
        pills.append(CountyPill(short, here, count, name, query.county == code))
    return tuple(pills)


def filters(
    specs: Sequence[FilterSpec],
    query: ListQuery,
    state: OfficeState,
    collection: str,
    url: str,
    names: Mapping[str, str],
) -> tuple[Filter, ...]:
    """Return the filters as the page shows them; `names` are those of records that look-ups have chosen."""
    made = []
    for spec in specs:
        if spec.quiet and not query.narrows_by(spec.name):
            continue
        label, chosen = gettext(spec.label), query.chosen.get(spec.name, ())
        clear = url + query.query(**{spec.name: None})
        if spec.kind in ("amount", "without"):
            made.append(_between_two(spec, query, label, clear))
            continue
        if spec.kind == "days":
            first, last = (str(day or "") for day in query.days.get(spec.name, (None, None)))
            chip = f"{first or '…'} – {last or '…'}" if first or last else ""
            made.append(Filter(spec.name, label, "days", first=first, last=last, chip=chip, clear_url=clear))
            continue
        if spec.kind == "lookup":
            options = tuple(Option(value, names.get(value, value), True) for value in chosen)
            chip = "、".join(option.label for option in options)
            made.append(
                Filter(
                    spec.name,
                    label,
                    "lookup",
                    options,
                    many=False,
                    chip=chip,
                    clear_url=clear,
                    lookup_url=url_for(f"{spec.lookup}.lookup_view"),
                )
            )
            continue
        words = state.status_labels(collection) if spec.kind == "status" else _words(spec)
        options = tuple(Option(value, word, value in chosen) for value, word in words.items())
        picked = "、".join(option.label for option in options if option.selected)
        made.append(
            Filter(
                spec.name,
                label,
                "choice",
                options,
                chip=picked,
                clear_url=clear,
            )
        )
    return tuple(made)  # fmt: skip


def _between_two(spec: FilterSpec, query: ListQuery, label: str, clear: str) -> Filter:
    """Return the filter of a number from and to, or of records that none of another collection names."""
    if spec.kind == "amount":
        first, last = map(amount_text, query.amounts[spec.name])
        chip = f"{first or '…'} – {last or '…'}"
    else:
        asked = query.without[spec.name]
        first, last = (str(day or "") for day in (asked.first, asked.last))
        label = gettext(N_("Without: %(what)s"), what=label)
        chip = f"{first or '…'} – {last or '…'}" if first or last else gettext(N_("Ever"))
    return Filter(
        spec.name,
        label,
        spec.kind,
        first=first,
        last=last,
        chip=chip,
        clear_url=clear,
        has_days=bool(spec.day),
    )


def _words(spec: FilterSpec) -> Mapping[str, str]:
    if spec.kind == "filled":
        return {"yes": gettext(N_("Filled in")), "no": gettext(N_("Blank"))}
    if spec.options is not None:
        return dict(spec.options())
    if spec.choices is None:
        return {"yes": gettext(N_("Yes")), "no": gettext(N_("No"))}
    return words_of(spec.choices)


def pager(data: ListData, query: ListQuery, url: str) -> Pager:
    """Return which rows these are, and where the others stand."""

    def to(page: int) -> str:
        return url + query.query(page=page if page > 1 else None)

    first = (data.page - 1) * query.size + 1
    back, on = data.page > 1, data.page < data.pages
    return Pager(
        first=first if data.rows else 0,
        last=first + len(data.rows) - 1 if data.rows else 0,
        total=data.total,
        page=data.page,
        pages=data.pages,
        first_url=to(1) if back else "",
        previous_url=to(data.page - 1) if back else "",
        next_url=to(data.page + 1) if on else "",
        last_url=to(data.pages) if on and not data.more else "",
        sizes=tuple(Option(str(size), str(size), size == query.size) for size in SIZES),
    )


def simple_pager(total: int, args: MultiDict[str, str], url: str) -> Pager:
    """Return the pager of a page that has 50 rows and only `page` among its arguments that moves."""
    pages = max(1, -(-total // SIZE))
    text = args.get("page", "1")
    page = min(max(int(text) if text.isdecimal() and len(text) < 8 else 1, 1), pages)
    kept = [(key, value) for key, value in args.items(multi=True) if key != "page"]

    def to(number: int) -> str:
        return url + "?" + urlencode([*kept, ("page", str(number))])

    first = (page - 1) * SIZE
    return Pager(
        first=first + 1 if total else 0,
        last=min(first + SIZE, total),
        total=total,
        page=page,
        pages=pages,
        first_url=to(1) if page > 1 else "",
        previous_url=to(page - 1) if page > 1 else "",
        next_url=to(page + 1) if page < pages else "",
        last_url=to(pages) if page < pages else "",
    )
