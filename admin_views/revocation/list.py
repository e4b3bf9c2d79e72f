"""Titles that are lost or restored (Art. 16, 18): what the system proposes, cases under way, what was decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.revocation import case as revocation_case
from admin_views.revocation import decide as revocation_decide
from admin_views.revocation import edit as revocation_edits
from admin_views.revocation import new as revocation_new
from admin_views.revocation.labels import next_words
from admin_views.revocation.shared import (
    TITLE,
    case_url,
    county_of,
    kind_badge,
    may_decide,
    revocation,
    shown_day,
    state_badge,
)
from admin_views.revocation.view_models import CaseRow, ClosedRow, DeskPage, ProposalRow
from admin_views.shared.exporting import send_written
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.list_page import COUNT_LIMIT, ListData, county_pills, filters, pager
from admin_views.shared.list_query import FilterSpec, ListQuery
from admin_views.shared.request_context import OFFICE_ZONE, office_state, shown_moment, today
from admin_views.shared.view_models import Action, CountyPill, Empty, Text, badge
from documents.records.record import Counts
from documents.revocation.decision import COLLECTION, Decision
from office.excel.tables_writer import Table, write_tables
from office.tables.decisions import DECISIONS
from rules.access import Permission
from rules.decisions import DecisionKind, DecisionState
from rules.words import N_
from services.revocation.cases import evidence_counts, grounds_of, kind_of, numbers_of, state_of
from services.revocation.proposals import Proposal, proposals

__all__ = ["revocation", "revocation_case", "revocation_decide", "revocation_edits", "revocation_new"]
FILTERS = (
    FilterSpec("kind", "choice", N_("What is decided"), DecisionKind),
    FilterSpec("state", "choice", N_("State"), DecisionState),
)
_KEYS = (
    "base", "base_name", "operator", "county", "kind", "state", "created_at", "updated_at", "served_on", "statement_by",
    "statement_on", "number", "dated", "notice", "reversed_by", "grounds", "closed_reason",
)  # fmt: skip
_MOST_OPEN = 300
_MOST_PROPOSED = 20
Raw = Mapping[str, Any]


@revocation.route("/")
@needs(Permission.READ)
def index() -> ResponseReturnValue:
    """Show proposals, cases under way and closed ones, by county, kind, state and words."""
    actor, state = current_actor(), office_state()
    query = ListQuery.read(request.args, DECISIONS, FILTERS, bound=actor.county)
    url = url_for("revocation.index")
    every = proposals(actor, today=today(), words=query.search) if _shows_proposals(query) else ()
    proposed = [one for one in every if not query.county or one.county == query.county]
    records = Decision.objects.visible_to(actor)
    under_way = list(
        query.narrow(records).under_way().rows(_KEYS, (("created_at", 1), ("_id", 1)), limit=_MOST_OPEN)
    )
    closed = _closed(query, records)
    shown = filters(FILTERS, query, state, COLLECTION, url, {})
    whole = bool(request.args.get("all"))
    page = DeskPage(
        title=gettext(TITLE), total=len(under_way) + closed.total, url=url,
        proposals=tuple(_proposal_row(one) for one in (proposed if whole else proposed[:_MOST_PROPOSED])),
        proposed=len(proposed),
        more_proposals=url + query.query(all="1") if len(proposed) > _MOST_PROPOSED and not whole else "",
        under_way=_case_rows(under_way), closed=_closed_rows(closed.rows), pager=pager(closed, query, url),
        counties=_pills(query, records, every, url), county_fixed=actor.county is not None,
        arguments=tuple(query.pairs()), search=query.search, search_hint=gettext(N_("Base, operator or number")),
        filters=shown,
        clear_url=url + query.query(search=None, **dict.fromkeys(query.chosen)) if query.narrowed else "",
        actions=_actions(query),
        empty=None if proposed or under_way or closed.rows else _empty(query, url),
    )  # fmt: skip
    return render_template("revocation/list.html", page=page)


def _shows_proposals(query: ListQuery) -> bool:
    kinds = query.chosen.get("kind", ())
    return not query.chosen.get("state") and (not kinds or DecisionKind.CANCELLATION.value in kinds)


def _closed(query: ListQuery, records: Any) -> ListData:
    found = query.narrow(records).where_raw({"open": False})
    total = found.count()
    pages = max(1, -(-total // query.size))
    page = min(query.page, pages)
    order = (("updated_at", -1), ("_id", -1))
    rows = list(found.rows(_KEYS, order, skip=(page - 1) * query.size, limit=query.size))
    return ListData(rows, Counts(total, {}), total, page, pages)


def _pills(query: ListQuery, records: Any, proposed: Sequence[Proposal], url: str) -> tuple[CountyPill, ...]:
    counts = query.narrow(records, county=False).counts_by_county(COUNT_LIMIT)
    by_county = dict(counts.by_county)
    for one in proposed:
        by_county[one.county] = by_county.get(one.county, 0) + 1
    both = Counts(counts.total + len(proposed), by_county, counts.more)
    return county_pills(query, both, office_state(), current_actor(), url)


def _proposal_row(one: Proposal) -> ProposalRow:
    past = (today() - one.last_day).days
    why = gettext(one.ground.label)
    if one.failed_on:
        why = f"{why} · {one.failed_on.isoformat()}"
    begin = url_for("revocation.new", kind=DecisionKind.CANCELLATION.value, base=one.base)
    return ProposalRow(
        one.name, url_for("bases.details_view", id=one.base), office_state().county_names.get(one.county, one.county),
        one.last_day.isoformat(), gettext(N_("%(days)s days past"), days=past) if past > 0 else "", why,
        Action(gettext(N_("Propose cancellation")), begin) if may_decide() else None,
    )  # fmt: skip


def _case_rows(raws: Sequence[Raw]) -> tuple[CaseRow, ...]:
    evidence, day = evidence_counts(raw["_id"] for raw in raws), today()
    made = []
    for raw in raws:
        words, tone = next_words(raw, evidence.get(raw["_id"], 0), day)
        made.append(
            CaseRow(
                raw["base_name"], case_url(raw["_id"]), county_of(raw), kind_badge(raw),
                state_badge(raw), shown_moment(raw["created_at"])[:10], words, tone,
            )
        )  # fmt: skip
    return tuple(made)


def _closed_rows(raws: Sequence[Raw]) -> tuple[ClosedRow, ...]:
    numbers = numbers_of(raw["reversed_by"] for raw in raws if raw.get("reversed_by"))
    return tuple(
        ClosedRow(
            raw["base_name"], case_url(raw["_id"]), county_of(raw), kind_badge(raw),
            state_badge(raw), raw.get("number", ""), shown_day(raw.get("dated")),
            url_for("public.notice", paper_id=raw["notice"]) if raw.get("notice") else "", _note(raw, numbers),
        )
        for raw in raws
    )  # fmt: skip


def _note(raw: Raw, numbers: Mapping[Any, str]) -> Text:
    if raw.get("reversed_by"):
        said = gettext(N_("Overturned by %(number)s"), number=numbers.get(raw["reversed_by"], ""))
        return badge(said, "red")
    return raw.get("closed_reason", "")


def _actions(query: ListQuery) -> tuple[Action, ...]:
    made = []
    if current_actor().may(Permission.EXPORT):
        made.append(
            Action(gettext(N_("Export")), url_for("revocation.export") + query.query(), icon="download")
        )
    if may_decide():
        made.append(Action(gettext(N_("New case")), url_for("revocation.new"), "primary", "plus"))
    return tuple(made)


def _empty(query: ListQuery, url: str) -> Empty:
    if query.narrowed:
        clear = Action(
            gettext(N_("Clear search and filters")), url + (f"?county={query.county}" if query.county else "")
        )
        return Empty(
            gettext(N_("Nothing was found")),
            gettext(N_("Try fewer words, or take filters away.")),
            (clear,),
        )
    return Empty(
        gettext(N_("No case yet")),
        gettext(N_("Titles past their term are proposed here by the system; a revocation begins at its base.")),
        _actions(query)[-1:] if may_decide() else (),
    )  # fmt: skip


# --- Excel ---------------------------------------------------------------------------------------


@revocation.route("/export/xlsx/")
@needs(Permission.EXPORT)
def export() -> ResponseReturnValue:
    """Send the cases as filtered, as a workbook."""
    actor = current_actor()
    query = ListQuery.read(request.args, DECISIONS, FILTERS, bound=actor.county)
    found = query.narrow(Decision.objects.visible_to(actor))
    raws = list(found.rows(_KEYS, (("open", -1), ("updated_at", -1), ("_id", -1))))
    numbers = numbers_of(raw["reversed_by"] for raw in raws if raw.get("reversed_by"))
    columns = DECISIONS.exported
    table = Table(
        DECISIONS.title, DECISIONS.title, tuple((one.heading, float(one.width)) for one in columns),
        tuple(tuple(_cell(one.key, raw, numbers) for one in columns) for raw in raws),
    )  # fmt: skip

    def write(path: Path) -> None:
        write_tables(path, [table])

    return send_written(write, f"{DECISIONS.title}-{datetime.now(OFFICE_ZONE):%Y%m%d-%H%M}.xlsx")


def _cell(key: str, raw: Raw, numbers: Mapping[Any, str]) -> Any:
    if key == "county":
        return county_of(raw)
    if key == "kind":
        return kind_of(raw).zh
    if key == "state":
        return state_of(raw).zh
    if key == "grounds":
        return "；".join(ground.zh for ground in grounds_of(raw))
    if key == "created_at":
        return shown_moment(raw["created_at"])[:10]
    if key == "overturned":
        return numbers.get(raw.get("reversed_by"), "")
    return raw.get(key)
