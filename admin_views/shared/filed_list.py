"""The list of records that no counter counts: filings and recommendations, in the manner of every other list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from admin_views.shared.cells import shower
from admin_views.shared.exporting import send_written
from admin_views.shared.guard import current_actor
from admin_views.shared.list_page import (
    COUNT_LIMIT,
    ListData,
    county_pills,
    filters,
    list_columns,
    pager,
    shown_columns,
)
from admin_views.shared.list_query import FilterSpec, ListQuery
from admin_views.shared.request_context import office_state, today
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Action, Empty, ListPage, Option, Row, Text, render_rows
from documents.records.record import Counts
from office.excel.rows import row_maker
from office.excel.workbook_writer import write_workbook
from rules.words import N_
from schema.collection import Collection

Raw = Mapping[str, Any]
_BATCH = 1000


@dataclass(frozen=True)
class FiledList:
    """One such list: `derive` adds what no record stores, `special` shows a column in a way of its own."""

    endpoint: str  # the blueprint, with `index` and `show`
    title: str
    search_hint: str
    sheet: Collection
    first_columns: tuple[str, ...]
    filters: tuple[FilterSpec, ...]
    order: tuple[tuple[str, int], ...]
    records: Callable[[], Any]  # in the actor's scope
    keys: tuple[str, ...]  # what a row needs
    derive: Callable[[Raw], dict[str, Any]]
    special: Mapping[str, Callable[[Raw], Text]]

    def page(self, query: ListQuery, *, actions: tuple[Action, ...], empty: Empty) -> ListPage:
        """Return the page that a query asks for; `empty` is what stands there while there is nothing at all."""
        actor, state = current_actor(), office_state()
        url = url_for(f"{self.endpoint}.index")
        columns = shown_columns(self.sheet, query, self.first_columns, actor)
        data, heads = self._read(query), list_columns(columns, query, url)
        showers = [self.special.get(one.key) or shower(one, state, self.sheet.name) for one in columns]
        rows = [
            Row(str(raw["_id"]), url_for(f"{self.endpoint}.show", id=raw["_id"]), tuple(show(raw) for show in showers))
            for raw in data.rows
        ]  # fmt: skip
        listed = {column.key for column in columns}
        shown = filters(self.filters, query, state, self.sheet.name, url, {})
        chips = (
            state.county_names.get(query.county, ""),
            query.search,
            *(f"{one.label} {one.chip}" for one in shown if one.chip),
        )
        return ListPage(
            title=gettext(self.title),
            total=data.total,
            more=data.counts.more,
            columns=heads,
            rows=render_rows(heads, rows, selectable=False),
            pager=pager(data, query, url),
            url=url,
            arguments=tuple(query.pairs()),
            counties=county_pills(query, data.counts, state, actor, url),
            county_fixed=actor.county is not None,
            search=query.search,
            search_hint=gettext(self.search_hint),
            filters=shown,
            clear_url=url + query.query(search=None, **dict.fromkeys((*query.chosen, *query.days)))
            if query.narrowed else "",
            column_choices=tuple(
                Option(one.key, gettext(one.label), one.key in listed) for one in self.sheet.fields[1:]
            ),
            actions=actions,
            empty=None if data.rows else (_nothing(query, url) if query.narrowed else empty),
            subtitle=" · ".join(chip for chip in chips if chip),
        )  # fmt: skip

    def _read(self, query: ListQuery) -> ListData:
        counts, actor = (
            query.narrow(self.records(), county=False).counts_by_county(COUNT_LIMIT),
            current_actor(),
        )
        if actor.county is not None:
            own = counts.by_county.get(actor.county, 0)
            counts = Counts(total=own, by_county={actor.county: own}, more=counts.more)
        total = counts.by_county.get(query.county, 0) if query.county else counts.total
        pages = max(1, -(-total // query.size))
        page = min(query.page, pages)
        found = query.narrow(self.records()).rows(
            self.keys, query.order(self.order), skip=(page - 1) * query.size, limit=query.size
        )
        return ListData([self.derive(raw) for raw in found], counts, total, page, pages)

    def send(self, query: ListQuery) -> ResponseReturnValue:
        """Send the list as filtered, as a workbook."""
        state, columns = office_state(), list(self.sheet.exported)
        make = row_maker(columns, county_names=state.county_names, status_labels={})

        def write(path: Path) -> None:
            found = query.narrow(self.records()).rows(self.keys, query.order(self.order)).batch_size(_BATCH)
            write_workbook(path, self.sheet, (make(self.derive(raw)) for raw in found), columns=columns)

        return send_written(write, f"{self.sheet.title}-{today():%Y%m%d}.xlsx")


def _nothing(query: ListQuery, url: str) -> Empty:
    clear = Action(
        gettext(N_("Clear search and filters")), url + (f"?county={query.county}" if query.county else "")
    )
    return Empty(
        gettext(N_("Nothing was found")), gettext(N_("Try fewer words, or take filters away.")), (clear,)
    )


def joined(parts: Sequence[str]) -> str:
    """Return texts one after the other, blank ones left out."""
    return "；".join(part for part in parts if part)
