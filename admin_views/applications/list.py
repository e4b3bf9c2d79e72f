"""The list of applications and its workbook."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.applications.labels import days_waiting, shows_result, stage_badge_of
from admin_views.applications.shared import TITLE, page_url
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
from admin_views.shared.view_models import (
    Action,
    BulkAction,
    Empty,
    Filter,
    ListPage,
    Option,
    Row,
    Text,
    render_rows,
)
from documents.applications.application import Application, ApplicationQuerySet, StoredApplication
from documents.records.record import Counts
from office.excel.rows import row_maker
from office.excel.workbook_writer import write_workbook
from rules.access import Permission
from rules.applications import ApplicationKind, Stage
from rules.words import N_
from schema.applications import APPLICATIONS
from services.applications.rounds import rounds
from services.applications.steps import stage_of

_ROUND = FilterSpec("round", "choice", N_("Round"))
_FILTERS = (
    FilterSpec("stage", "choice", N_("Stage"), Stage),
    FilterSpec("kind", "choice", N_("Applied for"), ApplicationKind),
)
_FIRST = ("base_name", "county", "kind", "stage", "waiting", "round_name", "submitted_on", "meets", "average")
# What is under way first, the longest waiting on top.
_ORDER = (("open", -1), ("since", 1), ("_id", 1))
_KEYS = {
    "base_name", "operator", "county", "kind", "stage", "open", "since", "round_name", "submission.on",
    "submission.assessment.meets", "letter.number", "conclusion.average", "certificate_number",
}  # fmt: skip


def index() -> ResponseReturnValue:
    """Show the list."""
    actor, state, query = current_actor(), office_state(), _query()
    url, columns = url_for("applications.index_view"), shown_columns(APPLICATIONS, query, _FIRST, actor)
    if "average" in {column.key for column in columns} and actor.county is not None and not query.columns:
        columns = [column for column in columns if column.key != "average"]
    data = _read(query)
    heads = list_columns(columns, query, url)
    showers = [
        _stage_cell if column.key == "stage" else shower(column, state, "applications") for column in columns
    ]
    rows = render_rows(
        heads,
        [
            Row(str(raw["_id"]), page_url(raw["_id"]), tuple(show(raw) for show in showers))
            for raw in data.rows
        ],
        selectable=_may_recommend(),
    )
    listed = {column.key for column in columns}
    shown = (*_round_filter(query, url), *filters(_FILTERS, query, state, "applications", url, {}))
    page = ListPage(
        title=gettext(TITLE),
        total=data.total,
        more=data.counts.more,
        columns=heads,
        rows=rows,
        pager=pager(data, query, url),
        url=url,
        arguments=tuple(query.pairs()),
        counties=county_pills(query, data.counts, state, actor, url),
        county_fixed=actor.county is not None,
        search=query.search,
        search_hint=gettext(N_("Base, operator or initials")),
        filters=shown,
        clear_url=url + query.query(search=None, **dict.fromkeys(query.chosen)) if query.narrowed else "",
        column_choices=tuple(
            Option(column.key, gettext(column.label), column.key in listed) for column in APPLICATIONS.exported[1:]
        ),
        bulk_url=url_for("applications.recommend"),
        bulk_actions=(BulkAction("choose", gettext(N_("Recommend the selected …"))),) if _may_recommend() else (),
        actions=_list_actions(query),
        empty=None if data.rows else _empty(query, url),
        subtitle=" · ".join(
            chip for chip in (state.county_names.get(query.county, ""), query.search,
                              *(f"{offered.label} {offered.chip}" for offered in shown if offered.chip)) if chip
        ),
    )  # fmt: skip
    return render_template("records/list.html", page=page)


def _query() -> ListQuery:
    return ListQuery.read(request.args, APPLICATIONS, (_ROUND, *_FILTERS), bound=current_actor().county)


def _visible() -> ApplicationQuerySet:
    return Application.objects.visible_to(current_actor())


def _may_recommend() -> bool:
    return current_actor().may(Permission.REVIEW_APPLICATIONS)


def _read(query: ListQuery) -> ListData:
    counts = query.narrow(_visible(), county=False).counts_by_county(COUNT_LIMIT)
    if (own := current_actor().county) is not None:
        own_count = counts.by_county.get(own, 0)
        counts = Counts(total=own_count, by_county={own: own_count}, more=counts.more)
    total = counts.by_county.get(query.county, 0) if query.county else counts.total
    pages = max(1, -(-total // query.size))
    page = min(query.page, pages)
    rows = query.narrow(_visible()).rows(
        _KEYS, query.order(_ORDER), skip=(page - 1) * query.size, limit=query.size
    )
    return ListData([_listed(raw, today()) for raw in rows], counts, total, page, pages)


def _listed(raw: StoredApplication, day: date) -> dict[str, Any]:
    """Return a stored application with what the list shows beside; `waiting` in days, None when it is at an end."""
    submission = raw.get("submission", {})
    assessment, letter = submission.get("assessment"), raw.get("letter")
    return {
        **raw,
        "waiting": days_waiting(raw, day),
        "submitted_on": submission.get("on"),
        "meets": assessment.get("meets") if assessment else None,
        "letter_number": letter.get("number") if letter else None,
        "average": raw.get("conclusion", {}).get("average") if shows_result(raw) else None,
    }


def _stage_cell(raw: Mapping[str, Any]) -> Text:
    return stage_badge_of(stage_of(raw))


def _round_filter(query: ListQuery, url: str) -> tuple[Filter, ...]:
    chosen = query.chosen.get("round", ())
    options = tuple(Option(str(offered.id), offered.name, str(offered.id) in chosen) for offered in rounds())
    chip = "、".join(option.label for option in options if option.selected)
    return (
        Filter(
            "round",
            gettext(N_("Round")),
            "choice",
            options,
            chip=chip,
            clear_url=url + query.query(round=None),
        ),
    )


def _list_actions(query: ListQuery) -> tuple[Action, ...]:
    actor = current_actor()
    actions = [
        Action(gettext(N_("Rounds")), url_for("rounds.index"), icon="calendar"),
        Action(gettext(N_("Letters")), url_for("applications.letters"), icon="notice"),
    ]
    if actor.may(Permission.EXPORT):
        actions.append(
            Action(gettext(N_("Export")), url_for("applications.export") + query.query(), icon="download")
        )
    if actor.may(Permission.WRITE):
        actions.append(
            Action(gettext(N_("New application")), url_for("applications.new_view"), "primary", "plus")
        )
    return tuple(actions)


def _empty(query: ListQuery, url: str) -> Empty:
    if query.narrowed:
        clear = Action(
            gettext(N_("Clear search and filters")), url + (f"?county={query.county}" if query.county else "")
        )
        return Empty(
            gettext(N_("Nothing was found")), gettext(N_("Try fewer words, or take filters away.")), (clear,)
        )
    if not rounds():
        return Empty(
            gettext(N_("No application yet")), gettext(N_("Bases apply in a round: the city enters it first.")),
            (Action(gettext(N_("Rounds")), url_for("rounds.index")),),
        )  # fmt: skip
    return Empty(
        gettext(N_("No application yet")),
        gettext(N_("Begin one for a base: what it applies for follows from its title.")),
        _list_actions(query)[-1:] if current_actor().may(Permission.WRITE) else (),
    )


def export() -> ResponseReturnValue:
    """Send the list as filtered, as a workbook."""
    query, state, day = _query(), office_state(), today()
    columns = [
        column
        for column in APPLICATIONS.exported
        if column.key != "average" or current_actor().county is None
    ]
    make = row_maker(columns, county_names=state.county_names, status_labels={})

    def rows() -> Iterator[dict[str, Any]]:
        for raw in query.narrow(_visible()).rows(_KEYS, query.order(_ORDER)).batch_size(1000):
            yield make(_listed(raw, day))

    def write(path: Path) -> None:
        write_workbook(path, APPLICATIONS, rows(), columns=columns, title=APPLICATIONS.title)

    return send_written(write, f"{APPLICATIONS.title}-{day:%Y%m%d}.xlsx")
