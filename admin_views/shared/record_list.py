"""The one list page: county bar, search, filters, columns, saved views, export and acts on the selected.

Every list of a declared collection is a `RecordList`: those that clerks keep and those that steps write alike.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bson import ObjectId
from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from admin_views.shared.addresses import public_address
from admin_views.shared.cells import Shown, shower
from admin_views.shared.exporting import package_file, send_list, send_package
from admin_views.shared.guard import current_actor, current_signed_in
from admin_views.shared.list_page import (
    COUNT_LIMIT,
    SEARCH_COUNT_LIMIT,
    ListData,
    county_pills,
    filters,
    list_columns,
    pager,
    shown_columns,
)
from admin_views.shared.list_query import (
    CONDITIONS,
    GROUP,
    Conditions,
    FilterSpec,
    ListQuery,
    filters_of,
    further_filters,
    without_filters,
)
from admin_views.shared.lists.conditions import compared_records, said_conditions
from admin_views.shared.lists.divided import address_of, label_of, said_by, sums_of_page, with_heads
from admin_views.shared.lists.saved_views import forget_view, keep_view, shown_views
from admin_views.shared.lists.sums import is_summed, shown_sum
from admin_views.shared.request_context import now, office_state, today
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import (
    Action,
    BulkAction,
    Coloured,
    ColumnChoice,
    Empty,
    Filter,
    GroupChoice,
    ListColumn,
    ListLayout,
    ListPage,
    Row,
    ShownConditions,
    render_rows,
)
from documents.kinds import RECORDS
from documents.records.office_state import OfficeState
from documents.records.record import Counts, RecordQuerySet
from forms.sentences import sentence
from rules.access import Act, Actor
from rules.words import N_
from schema.collection import Collection
from schema.field import Field
from schema.narrowing.divisions import divisions_of
from schema.narrowing.operators import compared_fields
from schema.registry import REGISTRY
from services.desk.habits import ColumnHabit
from services.desk.habits import habit as habit_of
from services.imports.export_rows import BEST_FIRST, ListExport, ListFacts
from services.imports.package_job import ask_for_package

Raw = Mapping[str, Any]
_SUM_MILLISECONDS = 500  # a list waits for its sums no longer
_LONGEST = 10  # digits of a version


def _as_stored(raw: Raw) -> dict[str, Any]:
    return dict(raw)


def _all(fields: list[Field]) -> list[Field]:
    return fields


@dataclass(frozen=True)
class RecordList:
    """One list. `endpoint` is its view or blueprint, with `index`, `export`, `save_view` and `drop_view`.

    `records` are those in the actor's scope; `derive` adds what no record stores, for which it needs `keys`;
    `special` shows a column in a way of its own; `allowed` takes columns away that are not the actor's to see.
    `row_url` gives a record's page, `edit_url` its form where the clerk may write.
    """

    declaration: Collection
    endpoint: str
    records: Callable[[], Any]
    row_url: Callable[[Raw], str]
    index: str = "index_view"
    title: str = ""
    search_hint: str = N_("Name, code, person or initials")
    filters: tuple[FilterSpec, ...] | None = None
    keys: tuple[str, ...] = ()
    derive: Callable[[Raw], dict[str, Any]] = _as_stored
    special: Mapping[str, Shown] = field(default_factory=dict)
    allowed: Callable[[list[Field]], list[Field]] = _all
    order: tuple[tuple[str, int], ...] = ()

    # --- What the address asks for

    @property
    def asked_filters(self) -> tuple[FilterSpec, ...]:
        """The filters of the list: its own, else those declared and, in its address, one of every column."""
        if self.filters is not None:
            return self.filters
        declaration, actor = self.declaration, current_actor()
        if not declaration.listed:
            return filters_of(declaration)
        others = (
            (one.seen_by(actor) for one in REGISTRY if one.allows(actor, Act.SEE)) if declaration.few else ()
        )
        return (
            *filters_of(declaration),
            *further_filters(declaration),
            *without_filters(declaration, others),
        )

    @property
    def url(self) -> str:
        """The address of the list."""
        return url_for(f"{self.endpoint}.{self.index}")

    def query(self) -> ListQuery:
        """Return what the present address asks for."""
        return self.asked(request.args)

    def asked(self, arguments: MultiDict[str, str]) -> ListQuery:
        """Return what the arguments of an address of this list ask for, its conditions among them."""
        has_counties = bool(self.declaration.county_key)
        bound = current_actor().county if has_counties else None
        query = ListQuery.read(arguments, self.declaration, self.asked_filters, bound=bound)
        if text := arguments.get(CONDITIONS, ""):
            query = replace(query, conditions=self.conditions(text))
        if (text := arguments.get(GROUP, "")) and self.compared:
            query = replace(query, group=divisions_of(self.compared).get(text))
        # The names of chosen records come in the one command that reads the office's state.
        office_state(self._looked_up(query))
        return query if has_counties else replace(query, county="")

    @property
    def compared(self) -> tuple[Field, ...]:
        """The fields that conditions in the address may name; of records that clerks keep."""
        if not self.declaration.listed or self.filters is not None:
            return ()
        return compared_fields(self.declaration, in_one_county=current_actor().county is not None)

    def conditions(self, text: str) -> Conditions | None:
        """Return the conditions that an address asks for; None where this list has none."""
        return Conditions.read(text, self.compared, today()) if self.compared else None

    def narrowed(self, query: ListQuery) -> Any:
        """Return the records that a query asks for."""
        return query.narrow(self.records())

    def data(self, query: ListQuery, columns: list[Field]) -> ListData:
        """Return the rows that the page of a query shows, with what these columns need, and the counts behind them."""
        return self._read(query, columns, office_state())

    # --- The page

    def page(
        self, query: ListQuery, *, actions: tuple[Action, ...], empty: Empty | Callable[[], Empty], bulk_url: str = "",
        bulk_actions: tuple[BulkAction, ...] = (), edit_url: Callable[[Raw], str] | None = None,
        copy_url: Callable[[Raw], str] | None = None, selectable: bool = False,
        in_place: frozenset[str] = frozenset(), cell_url: str = "", take_back_url: str = "", beside_url: str = "",
        layouts: tuple[ListLayout, ...] = (),
    ) -> ListPage:  # fmt: skip
        """Return the page that a query asks for; `empty` is, or makes, what stands there while there is nothing.

        The cells of the columns `in_place` may be edited where they are, at `cell_url`; `beside_url` shows a record
        beside the list.
        """
        actor, state, url = current_actor(), office_state(), self.url
        first = tuple(
            column.key
            for column in self.allowed([self.declaration.field(k) for k in self.declaration.first_columns])
        )
        habit = self.column_habit
        columns = shown_columns(self.declaration, query, first, actor)
        if not query.columns and habit.keys:
            columns = self._liked(habit, actor)
        data = self._read(query, columns, state)
        heads = list_columns(columns, query, url, in_place, habit)
        listed = [column.key for column in columns]
        shown = filters(self.asked_filters, query, state, self.declaration.name, url, state.named)
        nothing = None if data.rows else _nothing(query, url) if query.narrowed else empty
        cleared = dict.fromkeys((*query.chosen, *query.days, *query.amounts, *query.without, CONDITIONS))
        return ListPage(
            title=gettext(self.title or self.declaration.label),
            total=data.total,
            more=data.more,
            columns=heads,
            rows=self._divided(
                query,
                data,
                columns,
                heads,
                self._rows(data, columns, heads, state, edit_url, copy_url, selectable=selectable),
                selectable=selectable,
                has_acts=edit_url is not None,
            ),
            groups=self._groups(query),
            pager=pager(data, query, url),
            url=url,
            arguments=tuple(query.pairs()),
            counties=county_pills(query, data.counts, state, actor, url)
            if self.declaration.county_key and not self.declaration.of_city
            else (),
            county_fixed=actor.county is not None,
            search=query.search,
            search_hint=gettext(self.search_hint),
            filters=shown,
            conditions=self._shown_conditions(query, state) if self.compared else None,
            clear_url=url + query.query(search=None, **cleared) if query.narrowed else "",
            column_choices=self._column_choices(listed, habit),
            columns_url=url_for(f"{self.endpoint}.columns_view") + query.query(columns=None)
            if self.compared
            else "",
            has_column_habit=habit != ColumnHabit(),
            summary_url=url_for(f"{self.endpoint}.summary_view") + query.query(columns=None, sort=None)
            if self.compared
            else "",
            sums=self._sums(query, columns, heads, selectable) if data.rows else (),
            views=shown_views(self.endpoint, self.declaration.name, url, query),
            save_view_url=url_for(f"{self.endpoint}.save_view") + query.query(),
            bulk_url=bulk_url,
            bulk_actions=bulk_actions,
            seen=state.seq,
            cell_url=cell_url if in_place else "",
            take_back_url=take_back_url,
            beside_url=beside_url,
            actions=actions,
            export_shapes=self._export_shapes(query) if self.declaration.listed else (),
            empty=nothing() if callable(nothing) else nothing,
            has_row_actions=edit_url is not None,
            subtitle=self._in_words(query, shown),
            layouts=layouts,
        )

    @property
    def column_habit(self) -> ColumnHabit:
        """How the clerk likes the columns of this list."""
        signed_in = current_signed_in()
        return ColumnHabit.of(signed_in.preferences, self.declaration.name) if signed_in else ColumnHabit()

    def _liked(self, habit: ColumnHabit, actor: Actor) -> list[Field]:
        """Return the columns that a clerk likes to see here, of those that are theirs to see."""
        liked = shown_columns(self.declaration, ListQuery(columns=habit.keys), (), actor)
        allowed = {column.key for column in self.allowed(list(self.declaration.exported))}
        return [column for column in liked if column.key in allowed]

    def _column_choices(self, listed: list[str], habit: ColumnHabit) -> tuple[ColumnChoice, ...]:
        """Return the columns that may be chosen: those shown in their order, then the others."""
        columns = self.allowed(list(self.declaration.exported[1:]))
        places = {key: place for place, key in enumerate(listed)}
        ordered = sorted(columns, key=lambda one: places.get(one.key, len(places)))
        return tuple(
            ColumnChoice(
                one.key, gettext(one.label), one.key in places, habit.widths.get(one.key, 0), one.key in habit.pinned
            )
            for one in ordered
        )  # fmt: skip

    def _sums(
        self, query: ListQuery, columns: list[Field], heads: Sequence[ListColumn], selectable: bool
    ) -> tuple[tuple[str, str], ...]:
        """Return the cells at the foot of the list, each with its class; () where the clerk does not like them."""
        signed_in = current_signed_in()
        keys = [one.key for one in columns if is_summed(one, self.declaration)]
        if (
            not keys
            or not self.compared
            or not signed_in
            or habit_of(signed_in.preferences, "shows_sums") == "no"
        ):
            return ()
        found = self.narrowed(query).sums(keys, milliseconds=_SUM_MILLISECONDS)
        word = gettext(N_("Sum")) if found is not None else gettext(N_("Too many records to add up here"))
        cells = [
            (head.align, shown_sum(found[0].sums.get(column.key)) if found and column.key in keys else "")
            for column, head in zip(columns[1:], heads[1:], strict=True)
        ]
        return (("pick", ""), ("", word), *cells) if selectable else (("", word), *cells)

    def _groups(self, query: ListQuery) -> tuple[GroupChoice, ...]:
        """Return what the list may be divided by; the first is nothing."""
        if not self.compared:
            return ()
        url, offered = self.url, divisions_of(self.compared)
        whole = GroupChoice(gettext(N_("Not divided")), url + query.query(group=None), query.group is None)
        return (whole, *(
            GroupChoice(label_of(one), url + query.query(group=name), one == query.group)
            for name, one in offered.items()
        ))  # fmt: skip

    def _divided(
        self, query: ListQuery, data: ListData, columns: list[Field], heads: Sequence[ListColumn],
        rows: tuple[Any, ...], *, selectable: bool, has_acts: bool,
    ) -> tuple[Any, ...]:  # fmt: skip
        """Return the rows with a head above those of each value, where the list is divided: one command more."""
        by = query.group
        if by is None or not rows:
            return rows
        keys = [one.key for one in columns if is_summed(one, self.declaration)]
        found = sums_of_page(self.narrowed(query), data.rows, by, keys, milliseconds=_SUM_MILLISECONDS)
        return with_heads(
            rows, data.rows, by, found, said_by(by, office_state(), self.declaration.name), columns, heads,
            lambda value: address_of(self.url, query, by, value), selectable=selectable, has_acts=has_acts,
        )  # fmt: skip

    def row(
        self, query: ListQuery, raw: Raw, *, edit_url: Callable[[Raw], str] | None,
        copy_url: Callable[[Raw], str] | None, selectable: bool, in_place: frozenset[str],
    ) -> Any:  # fmt: skip
        """Return the row of one record in scope, written out as the page of a query has it."""
        actor, state = current_actor(), office_state()
        keys = [self.declaration.field(key) for key in self.declaration.first_columns]
        first = tuple(column.key for column in self.allowed(keys))
        habit = self.column_habit
        liked = not query.columns and habit.keys
        columns = self._liked(habit, actor) if liked else shown_columns(self.declaration, query, first, actor)
        seen = self.derive(self.declaration.hooks.in_sight(raw, actor))
        data = ListData([seen], Counts(1, {}), 1, 1, 1)
        heads = list_columns(columns, query, self.url, in_place, habit)
        (row,) = self._rows(data, columns, heads, state, edit_url, copy_url, selectable=selectable)
        return row

    def in_words(self, query: ListQuery) -> str:
        """Return what a query narrows the list by, in words."""
        state, name = office_state(), self.declaration.name
        return self._in_words(query, filters(self.asked_filters, query, state, name, self.url, state.named))

    def _in_words(self, query: ListQuery, shown: tuple[Filter, ...]) -> str:
        chips = (
            office_state().county_names.get(query.county, ""),
            query.search,
            *(f"{one.label} {one.chip}" for one in shown if one.chip),
            said_conditions(query.conditions, office_state(), self.declaration.name),
        )
        return " · ".join(chip for chip in chips if chip)

    def _shown_conditions(self, query: ListQuery, state: OfficeState) -> ShownConditions:
        asked = query.conditions
        address = url_for(f"{self.endpoint}.conditions_view")
        return ShownConditions(
            url=address + query.query(),
            chip=said_conditions(asked, state, self.declaration.name) if asked and asked.group else "",
            clear_url=self.url + query.query(**{CONDITIONS: None}) if asked else "",
            problem=sentence(asked.fault) if asked and asked.fault else "",
        )

    def _looked_up(self, query: ListQuery) -> list[RecordQuerySet]:
        """Return the records that look-up filters have chosen, whose names the page shows; in scope only."""
        return [
            RECORDS[spec.lookup].by_ids(
                [ObjectId(value) for value in query.chosen[spec.name]], current_actor()
            )
            for spec in self.asked_filters
            if spec.kind == "lookup" and query.chosen.get(spec.name)
        ] + [
            RECORDS[collection].by_ids(ids, current_actor())
            for collection, ids in compared_records(query.conditions).items()
        ]

    def _read(self, query: ListQuery, columns: list[Field], state: OfficeState) -> ListData:
        """Read one page: a command for the rows, and one for the counts where the counters cannot give them."""
        everywhere = query.narrow(self.records(), county=False)  # once: words are asked of the bases first
        asked = everywhere.in_county(query.county)
        counts = self._counts(query, state, everywhere)
        shown = self._counted_in_county(query, counts, asked)
        # Where nobody counted to the end, the next page may be asked for all the same.
        pages = max(1, -(-(COUNT_LIMIT if shown.more else shown.total) // query.size))
        page = min(query.page, pages)
        declared = self.declaration
        keys = {"_id", "version", *declared.name_keys, *self.keys}
        keys |= {key for column in columns for key in (column.source, column.key)}
        keys |= {key for one in declared.colourings for key in one.reads}
        if query.group:
            keys |= {query.group.field.key, *filter(None, (query.group.name_key,))}
        order, skip = query.order(self.order or declared.default_order), (page - 1) * query.size
        if self._is_best_first(query):
            rows = asked.best_first(keys, order, skip=skip, limit=query.size, many=shown.more)
        else:
            rows = asked.rows(keys, order, skip=skip, limit=query.size)
        actor = current_actor()
        seen = [self.derive(declared.hooks.in_sight(raw, actor)) for raw in rows]
        if shown.more and len(seen) < query.size:
            pages = page
        return ListData(seen, counts, shown.total, page, pages, shown.more)

    def _counted_in_county(self, query: ListQuery, counts: Counts, asked: RecordQuerySet) -> Counts:
        """Return how many rows the list has; a chosen county is counted by itself where not all were counted."""
        if not query.county:
            return counts
        if counts.more and current_actor().county is None:
            return asked.counts_by_county(_most_counted(query))
        return Counts(counts.by_county.get(query.county, 0), counts.by_county, counts.more)

    def _counts(self, query: ListQuery, state: OfficeState, everywhere: RecordQuerySet) -> Counts:
        name, own = self.declaration.name, current_actor().county
        if not self.declaration.county_key:  # the few rows that no county has
            return Counts(total=everywhere.count(), by_county={})
        if REGISTRY.is_counted(name) and (not query.narrowed or query.only_status):
            counts = state.counts(name, query.only_status)
        else:
            counts = everywhere.counts_by_county(_most_counted(query))
        if own is None:
            return counts
        mine = counts.by_county.get(own, 0)
        return Counts(total=mine, by_county={own: mine}, more=counts.more)

    def _rows(
        self, data: ListData, columns: list[Field], heads: Any, state: OfficeState,
        edit_url: Callable[[Raw], str] | None, copy_url: Callable[[Raw], str] | None, *, selectable: bool,
    ) -> tuple[Any, ...]:  # fmt: skip
        """Return the rows written out; the first cell leads to the record."""
        name = self.declaration.name
        showers = [self.special.get(column.key) or shower(column, state, name) for column in columns]
        rows = []
        for raw in data.rows:
            cells = tuple(show(raw) for show in showers)
            if not cells[0]:
                cells = (gettext(N_("(no date)")), *cells[1:])
            edit_address = edit_url(raw) if edit_url else ""
            colour, coloured = self._colours(raw, columns)
            rows.append(
                Row(
                    str(raw["_id"]),
                    self.row_url(raw),
                    cells,
                    edit_address,
                    copy_url(raw) if copy_url else "",
                    raw.get("version", 0),
                    colour,
                    coloured,
                )
            )
        edit = gettext(N_("Edit")) if edit_url else ""
        copy = gettext(N_("Copy")) if copy_url else ""
        return render_rows(heads, rows, selectable=selectable, edit=edit, copy=copy)

    def _colours(
        self, raw: Raw, columns: list[Field]
    ) -> tuple[Coloured | None, Mapping[int, Coloured] | None]:
        """Return the colour of a row and those of its cells, by their place; the first that holds counts."""
        if not self.declaration.colourings:
            return None, None
        places = {column.key: place for place, column in enumerate(columns)}
        row, cells, day = None, dict[int, Coloured](), today()
        for one in self.declaration.colourings:
            place = places.get(one.field)
            if (one.field and (place is None or place in cells)) or (not one.field and row):
                continue
            if one.holds(raw, day):
                colour = Coloured(one.colour, one.label)
                if place is None:
                    row = colour
                else:
                    cells[place] = colour
        return row, cells

    # --- What is done with what it shows

    def send(self, query: ListQuery, records: Any = None, *, shape: str = "xlsx") -> ResponseReturnValue:
        """Send the list as filtered, searched and sorted, or some of its records, with the columns chosen.

        `shape` is xlsx or csv; `format` in the address may say csv too.
        """
        shape = "csv" if request.args.get("format") == "csv" else shape
        export = self.export_of(query, records)
        return send_list(export, as_csv=shape == "csv")

    def export_of(self, query: ListQuery, records: Any = None) -> ListExport:
        """Return the list as it goes out: the columns chosen, all of them where none were."""
        state, url = office_state(), self.url
        words = self._in_words(
            query, filters(self.asked_filters, query, state, self.declaration.name, url, state.named)
        )
        if records is not None and not request.form.get("everything"):
            words = gettext(N_("Selected records"))
        columns = self.allowed(list(self.declaration.exported))
        if query.columns:
            columns = self.allowed(shown_columns(self.declaration, query, (), current_actor()))
        facts = ListFacts(
            state, current_actor(), words, self._sorting(query), now(), page=self._page_address()
        )
        if not self.declaration.listed:
            keys = (*self.keys, *(column.key for column in columns))
            facts = replace(facts, keys=keys, derive=self.derive)
        records = self.narrowed(query) if records is None else records
        order = query.order(self.order or self.declaration.default_order)
        return ListExport(
            self.declaration, records, facts, order=order, columns=columns, best_first=self._is_best_first(query)
        )  # fmt: skip

    def send_package(self, query: ListQuery, by: str, records: Any = None) -> ResponseReturnValue:
        """Send the list, or some of its records, as a zip with a workbook a county (`by` counties) or base (bases)."""
        return send_package(self.export_of(query, records), by)

    def ask_for_package(self, query: ListQuery, by: str, records: Any = None) -> ObjectId:
        """Let a job make the same; return the job."""
        whole = self.export_of(query, records)
        return ask_for_package(whole, by, package_file(whole, by), actor=current_actor(), now=now())

    @property
    def shapes(self) -> Mapping[str, str]:
        """The ways in which a kept list may be exported: the word in the address, the words for a clerk."""
        words = {"xlsx": N_("Workbook (Excel)"), "csv": N_("Text (CSV)")}
        if self.declaration.county_key and not self.declaration.of_city:
            words["counties"] = N_("A workbook for each county (zip)")
        if "base" in self.declaration.by_key:
            words["bases"] = N_("A workbook for each base (zip)")
        return words

    def _export_shapes(self, query: ListQuery) -> tuple[Action, ...]:
        return tuple(
            Action(gettext(word), url_for(f"{self.endpoint}.export", export_type=shape) + query.query())
            for shape, word in self.shapes.items()
            if shape != "xlsx"  # which has a button of its own
        )

    def _is_best_first(self, query: ListQuery) -> bool:
        """Tell whether what the words of a search name best comes first: where else the order is that of names."""
        order = query.order(self.order or self.declaration.default_order)
        return bool(query.search and not query.sort and not query.group and order[0][0] == "sort_key")

    def _sorting(self, query: ListQuery) -> str:
        """Return by what the list is sorted, in words; "" for its usual order."""
        if self._is_best_first(query):
            return BEST_FIRST
        if not query.sort:
            return ""
        heading = self.declaration.field(query.sort).heading
        return f"{heading}，降序" if query.descending else f"{heading}，升序"

    def _page_address(self) -> str:
        """Return the address of a record's page without its id; "" where the office has no address of its own."""
        if not current_app.config.get("PUBLIC_URL"):
            return ""
        sample = "0" * 24
        try:
            path = self.row_url({"_id": sample})
        except KeyError:  # the page of such a record is not found by its id alone
            return ""
        return public_address(path.removesuffix(sample)) if path.endswith(sample) else ""

    def save_view(self) -> ResponseReturnValue:
        """Keep the present list under the name that was sent."""
        return keep_view(self.declaration.name, self.url, self.query().query())

    def drop_view(self) -> ResponseReturnValue:
        """Forget the view that the address names."""
        return forget_view(self.declaration.name, self.url)

    def chosen(self, query: ListQuery) -> Any:
        """Return the selected records that are in scope; all that the filters show for `everything`."""
        if request.form.get("everything"):
            return self.narrowed(query)
        chosen = self.records().where_raw({"_id": {"$in": list(self.picked())}})
        chosen.words = query.search  # they stand in the order of the list
        return chosen

    def picked(self) -> dict[ObjectId, int]:
        """Return the ticked records with the version that the page showed of each; 0 where it was not sent."""
        sent = [text.partition(".") for text in request.form.getlist("id")]
        return {
            ObjectId(record_id): int(version) if version.isdecimal() and len(version) < _LONGEST else 0
            for record_id, _, version in sent
            if ObjectId.is_valid(record_id)
        }


def _nothing(query: ListQuery, url: str) -> Empty:
    """Return what stands in a list whose search and filters find nothing."""
    clear = Action(
        gettext(N_("Clear search and filters")), url + (f"?county={query.county}" if query.county else "")
    )
    return Empty(
        gettext(N_("Nothing was found")), gettext(N_("Try fewer words, or take filters away.")), (clear,)
    )


def _most_counted(query: ListQuery) -> int:
    return SEARCH_COUNT_LIMIT if query.search else COUNT_LIMIT
