"""Titles that are lost or restored (Art. 16, 18): what the system proposes, cases under way, what was decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from bson import ObjectId
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.revocation.labels import (
    TITLE,
    case_url,
    county_name,
    kind_badge,
    may_decide,
    next_step,
    shown_day,
    state_badge,
)
from admin_views.revocation.view_models import CaseRow, ClosedRow, DeskPage, ProposalRow
from admin_views.shared.exporting import send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.list_page import (
    COUNT_LIMIT,
    SEARCH_COUNT_LIMIT,
    ListData,
    county_pills,
    filters,
    pager,
)
from admin_views.shared.list_query import FilterSpec, ListQuery
from admin_views.shared.request_context import OFFICE_ZONE, office_state, shown_moment, today
from admin_views.shared.view_models import Action, CountyPill, Empty, Text, badge
from documents.records.record import Counts
from documents.revocation.decision import COLLECTION, Decision, StoredDecision
from office.excel.tables_writer import Table
from rules.access import Permission
from rules.decisions import DecisionState
from rules.grounds import DecisionKind
from rules.words import N_
from schema.decisions import DECISIONS
from services.revocation.cases import grounds_of, kind_of, state_of
from services.revocation.proposals import Proposal, proposals, revocation_proposals

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


def index() -> ResponseReturnValue:
    """Show proposals, cases under way and closed ones, by county, kind, state and words."""
    actor, state = current_actor(), office_state()
    query = ListQuery.read(request.args, DECISIONS, FILTERS, bound=actor.county)
    url = url_for("revocation.index")
    everywhere = _proposed(query)
    proposed, suspected = (
        [
            proposal
            for proposal in everywhere
            if proposal.kind is kind and (not query.county or proposal.county == query.county)
        ]
        for kind in (DecisionKind.CANCELLATION, DecisionKind.REVOCATION)
    )
    records = Decision.objects.visible_to(actor)
    under_way = list(
        query.narrow(records).under_way().rows(_KEYS, (("created_at", 1), ("_id", 1)), limit=_MOST_OPEN)
    )
    closed = _closed(query, records)
    most = None if request.args.get("all") else _MOST_PROPOSED
    url_of_all = url + query.query(all="1")
    page = DeskPage(
        title=gettext(TITLE), total=len(under_way) + closed.total, url=url,
        proposals=tuple(_proposal_row(proposal) for proposal in proposed[:most]), proposed=len(proposed),
        more_proposals=url_of_all if most and len(proposed) > most else "",
        suspected=tuple(_proposal_row(proposal) for proposal in suspected[:most]), suspects=len(suspected),
        more_suspected=url_of_all if most and len(suspected) > most else "",
        under_way=_case_rows(under_way), closed=_closed_rows(cast("list[StoredDecision]", closed.rows)),
        pager=pager(closed, query, url),
        counties=_pills(query, records, everywhere, url), county_fixed=actor.county is not None,
        arguments=tuple(query.pairs()), search=query.search, search_hint=gettext(N_("Base, operator or number")),
        filters=filters(FILTERS, query, state, COLLECTION, url, {}),
        clear_url=url + query.query(search=None, **dict.fromkeys(query.chosen)) if query.narrowed else "",
        actions=_actions(query),
        empty=None if proposed or suspected or under_way or closed.rows else _empty(query, url),
    )  # fmt: skip
    return render_template("revocation/list.html", page=page)


def _proposed(query: ListQuery) -> tuple[Proposal, ...]:
    """Return what is proposed of the kinds that are asked for; a state is none that a proposal has."""
    kinds = query.chosen.get("kind", ())
    if query.chosen.get("state"):
        return ()
    asked: dict[str, Any] = {"today": today(), "words": query.search}
    by_kind = {DecisionKind.CANCELLATION: proposals, DecisionKind.REVOCATION: revocation_proposals}
    return tuple(
        proposal
        for kind, propose in by_kind.items()
        if not kinds or kind.value in kinds
        for proposal in propose(current_actor(), **asked)
    )


def _closed(query: ListQuery, records: Any) -> ListData:
    cases = query.narrow(records).closed()
    total = cases.count()
    pages = max(1, -(-total // query.size))
    page = min(query.page, pages)
    order = (("updated_at", -1), ("_id", -1))
    rows = list(cases.rows(_KEYS, order, skip=(page - 1) * query.size, limit=query.size))
    return ListData(rows, Counts(total, {}), total, page, pages)


def _pills(query: ListQuery, records: Any, proposed: Sequence[Proposal], url: str) -> tuple[CountyPill, ...]:
    counts = query.narrow(records, county=False).counts_by_county(
        SEARCH_COUNT_LIMIT if query.search else COUNT_LIMIT
    )
    by_county = dict(counts.by_county)
    for proposal in proposed:
        by_county[proposal.county] = by_county.get(proposal.county, 0) + 1
    both = Counts(counts.total + len(proposed), by_county, counts.more)
    return county_pills(query, both, office_state(), current_actor(), url)


def _proposal_row(proposal: Proposal) -> ProposalRow:
    days_past = (today() - proposal.last_day).days
    why = gettext(proposal.ground.label)
    if proposal.failed_on:
        why = f"{why} · {proposal.failed_on.isoformat()}"
    begin = url_for("revocation.new", kind=proposal.kind.value, base=proposal.base)
    label = N_("Propose cancellation") if proposal.kind is DecisionKind.CANCELLATION else N_("Begin a case")
    return ProposalRow(
        proposal.name, url_for("bases.details_view", id=proposal.base), county_name(proposal.county),
        proposal.last_day.isoformat(), gettext(N_("%(days)s days past"), days=days_past) if days_past > 0 else "", why,
        Action(gettext(label), begin) if may_decide() else None, proposal.facts,
    )  # fmt: skip


def _case_rows(cases: Sequence[StoredDecision]) -> tuple[CaseRow, ...]:
    evidence, day = Decision.evidence_counts(case["_id"] for case in cases), today()
    rows = []
    for case in cases:
        next_label, tone = next_step(case, evidence.get(case["_id"], 0), day)
        rows.append(
            CaseRow(
                case["base_name"], case_url(case["_id"]), county_name(case["county"]), kind_badge(case),
                state_badge(case), shown_moment(case["created_at"])[:10], next_label, tone,
            )
        )  # fmt: skip
    return tuple(rows)


def _overturning_numbers(cases: Sequence[StoredDecision]) -> dict[ObjectId, str]:
    """Return the numbers of the decisions that overturned some of these, by id."""
    return Decision.numbers(case["reversed_by"] for case in cases if case.get("reversed_by"))


def _closed_rows(cases: Sequence[StoredDecision]) -> tuple[ClosedRow, ...]:
    numbers = _overturning_numbers(cases)
    return tuple(
        ClosedRow(
            case["base_name"], case_url(case["_id"]), county_name(case["county"]), kind_badge(case),
            state_badge(case), case.get("number", ""), shown_day(case.get("dated")),
            url_for("public.notice", paper_id=case["notice"]) if case.get("notice") else "", _note(case, numbers),
        )
        for case in cases
    )  # fmt: skip


def _note(case: StoredDecision, numbers: Mapping[ObjectId, str]) -> Text:
    if case.get("reversed_by"):
        number = numbers.get(case["reversed_by"], "")
        return badge(gettext(N_("Overturned by %(number)s"), number=number), "red")
    return case.get("closed_reason", "")


def _actions(query: ListQuery) -> tuple[Action, ...]:
    actions = [Action(gettext(N_("All cases")), url_for("revocation.all_cases"), icon="sheet")]
    if current_actor().may(Permission.EXPORT):
        actions.append(
            Action(gettext(N_("Export")), url_for("revocation.export") + query.query(), icon="download")
        )
    if may_decide():
        actions.append(Action(gettext(N_("New case")), url_for("revocation.new"), "primary", "plus"))
    return tuple(actions)


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


def export() -> ResponseReturnValue:
    """Send the cases as filtered, as a workbook."""
    actor = current_actor()
    query = ListQuery.read(request.args, DECISIONS, FILTERS, bound=actor.county)
    records = query.narrow(Decision.objects.visible_to(actor))
    cases = list(records.rows(_KEYS, (("open", -1), ("updated_at", -1), ("_id", -1))))
    numbers = _overturning_numbers(cases)
    columns = DECISIONS.exported
    table = Table(
        DECISIONS.title, DECISIONS.title, tuple((column.heading, float(column.width)) for column in columns),
        tuple(tuple(_cell(column.key, case, numbers) for column in columns) for case in cases),
    )  # fmt: skip

    name = f"{DECISIONS.title}-{datetime.now(OFFICE_ZONE):%Y%m%d-%H%M}.xlsx"
    url = url_for("revocation.index")
    return send_tables([table], name, shown=filters(FILTERS, query, office_state(), COLLECTION, url, {}))


def _cell(key: str, case: StoredDecision, numbers: Mapping[ObjectId, str]) -> Any:
    if key == "county":
        return county_name(case["county"])
    if key == "kind":
        return kind_of(case).zh
    if key == "state":
        return state_of(case).zh
    if key == "grounds":
        return "；".join(ground.zh for ground in grounds_of(case))
    if key == "created_at":
        return shown_moment(case["created_at"])[:10]
    if key == "overturned":
        return numbers.get(case["reversed_by"], "") if case.get("reversed_by") else ""
    return case.get(key)
