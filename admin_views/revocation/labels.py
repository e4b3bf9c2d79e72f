"""What is said of a case wherever it is shown: kind, state, what comes next, its steps, what its decision touches."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bson import ObjectId
from flask import url_for
from flask_babel import gettext

from admin_views.applications.view_models import StepMark
from admin_views.revocation.view_models import ImpactLine
from admin_views.shared.guard import current_actor
from admin_views.shared.history import name_of
from admin_views.shared.request_context import office_state, shown_moment, today
from admin_views.shared.view_models import Link, Text, badge, figure
from documents.revocation.decision import StoredDecision
from documents.revocation.impact import Impact
from rules.access import Permission
from rules.decisions import DecisionState
from rules.grounds import DecisionKind
from rules.rule_sets.measures import Level
from rules.words import N_
from services.revocation.cases import is_open, kind_of, state_of
from services.shared.office_day import day_of

TITLE = N_("Revocation and cancellation")
_KIND_COLOURS: Mapping[DecisionKind, str] = {
    DecisionKind.REVOCATION: "red", DecisionKind.CANCELLATION: "amber", DecisionKind.REVERSAL: "blue",
}  # fmt: skip
_STATE_COLOURS: Mapping[DecisionState, str] = {
    DecisionState.PREPARED: "blue", DecisionState.NOTIFIED: "violet", DecisionState.DECIDED: "teal",
    DecisionState.DROPPED: "grey",
}  # fmt: skip
_MOST_NAMES = 8


def may_decide() -> bool:
    """Tell whether the clerk may begin, prepare and decide cases."""
    return current_actor().may(Permission.DECIDE_APPLICATIONS)


def case_url(case_id: ObjectId, section: str = "") -> str:
    """Return the address of a case's page."""
    return url_for("revocation.case", id=case_id) + (f"#{section}" if section else "")


def crumbs(case: StoredDecision | None = None) -> tuple[Link, ...]:
    """Return the way to a page of this desk, or of one case."""
    home = Link(gettext(TITLE), url_for("revocation.index"))
    return (home, Link(case["base_name"], case_url(case["_id"]))) if case else (home,)


def shown_day(stored: datetime | None) -> str:
    """Return a stored day in figures; "" for none."""
    return f"{stored:%Y-%m-%d}" if stored else ""


def county_name(code: str) -> str:
    """Return the full name of a county."""
    return office_state().county_names.get(code, code)


def kind_badge(case: StoredDecision) -> Text:
    """Return what a case is about, as a badge."""
    kind = kind_of(case)
    return badge(gettext(kind.label), _KIND_COLOURS[kind])


def state_badge(case: StoredDecision) -> Text:
    """Return where a case stands, as a badge."""
    state = state_of(case)
    return badge(gettext(state.label), _STATE_COLOURS[state])


def next_step(case: StoredDecision, evidence: int, day: date) -> tuple[str, str]:
    """Return what comes next for a case and how pressing it is (a tone); two blanks for one that is closed."""
    if not is_open(case):
        return "", ""
    until = day_of(case.get("statement_by"))
    if not evidence:
        return gettext(N_("Add the evidence")), "near"
    if kind_of(case) is not DecisionKind.REVERSAL:
        if not case.get("served_on") or until is None:
            return gettext(N_("Serve the prior notice")), "near"
        if not case.get("statement_on") and day <= until:
            return gettext(N_("Wait for the statement until %(day)s"), day=until.isoformat()), "dim"
    return gettext(N_("Decide on the title")), "near"


# --- The steps -----------------------------------------------------------------------------------

_Step = tuple[str, bool, str, str]  # label, whether it is done, when, by whom


def step_marks(case: StoredDecision) -> tuple[StepMark, ...]:
    """Return the stepper: inquiry, prior notice, statement, decision, public notice; two less for a reversal."""
    heard = kind_of(case) is not DecisionKind.REVERSAL
    steps = [_inquiry(case), *(_hearing(case) if heard else ()), *_ending(case)]
    marks, past_present = [], False
    for label, done, when, who in steps:
        if done and not past_present:
            marks.append(StepMark(label, "done", when, who))
        elif past_present:
            marks.append(StepMark(label, "off" if state_of(case) is DecisionState.DROPPED else "todo"))
        else:
            past_present = True
            marks.append(_present(case, label, when))
    return tuple(marks)


def _present(case: StoredDecision, label: str, when: str) -> StepMark:
    if state_of(case) is not DecisionState.DROPPED:
        return StepMark(label, "now", when)
    return StepMark(gettext(DecisionState.DROPPED.label), "stopped", shown_moment(case["updated_at"])[:10])


def _inquiry(case: StoredDecision) -> _Step:
    heard = kind_of(case) is not DecisionKind.REVERSAL
    done = bool(case.get("served_on")) if heard else state_of(case) is DecisionState.DECIDED
    begun = shown_moment(case["created_at"])[:10]
    return gettext(N_("Inquiry")), done, begun, name_of(case.get("created_by"))


def _hearing(case: StoredDecision) -> tuple[_Step, _Step]:
    until, stated = day_of(case.get("statement_by")), case.get("statement_on")
    over = bool(stated) or state_of(case) is DecisionState.DECIDED or (until is not None and today() > until)
    when = shown_day(stated)
    if not stated and until is not None:
        sentence = N_("none by %(day)s") if over else N_("until %(day)s")
        when = gettext(sentence, day=until.isoformat())
    return (
        (gettext(N_("Prior notice")), bool(case.get("served_on")), shown_day(case.get("served_on")), ""),
        (gettext(N_("Statement")), over, when, ""),
    )


def _ending(case: StoredDecision) -> tuple[_Step, _Step]:
    decided = state_of(case) is DecisionState.DECIDED
    published = shown_moment(case["decided_at"])[:10] if case.get("decided_at") else ""
    return (
        (gettext(N_("Decision")), decided, shown_day(case.get("dated")), name_of(case.get("decided_by"))),
        (gettext(N_("Public announcement")), decided, published, ""),
    )


# --- What a decision touches -----------------------------------------------------------------------


def impact_lines(
    base: ObjectId, impact: Impact, kind: DecisionKind, notices: Sequence[Mapping[str, Any]]
) -> tuple[ImpactLine, ...]:
    """Return what a decision touches: how many, which, what becomes of them, and the way to each list.

    `notices` are the published papers that name the base, with `_id` and `title`.
    """
    ends = kind is not DecisionKind.REVERSAL
    stays = gettext(N_("They stay in the records."))
    year_begin = today().replace(month=1, day=1).isoformat()
    lone_partners = tuple(
        Link(name, url_for("service_partners.index_view", search=name))
        for name in impact.lone_partners[:_MOST_NAMES]
    )
    return (
        ImpactLine(
            gettext(N_("Tenant companies")), figure(impact.tenants), url_for("tenant_companies.index_view", base=base),
            what=stays,
        ),
        ImpactLine(
            gettext(N_("Service partners")), figure(impact.partners),
            url_for("service_partners.index_view", cooperations=base), names=lone_partners,
            more=_more(len(impact.lone_partners)),
            what=gettext(N_("%(count)s of them work with no other base:"), count=figure(len(impact.lone_partners)))
            if lone_partners else stays,
        ),
        ImpactLine(
            gettext(N_("Ledger entries this year")), figure(impact.entries_this_year),
            url_for("ledger_entries.index_view", base=base, served_on_from=year_begin), what=stays,
        ),
        ImpactLine(
            gettext(N_("Applications under way")), figure(len(impact.applications)),
            names=tuple(
                Link(f"{name}（{gettext(stage.label)}）", url_for("applications.details_view", id=application_id))
                for application_id, name, stage in impact.applications
            ),
            what=_end(ends and bool(impact.applications)), ends=ends and bool(impact.applications),
        ),
        ImpactLine(
            gettext(N_("Recommendations upward")), figure(len(impact.upward)),
            names=tuple(
                Link(_level(level, year), url_for("upward.show", id=recommendation_id))
                for recommendation_id, level, year in impact.upward
            ),
            what=_end(ends and bool(impact.upward)), ends=ends and bool(impact.upward),
        ),
        ImpactLine(
            gettext(N_("Published papers that name it")), figure(impact.public_entries),
            names=tuple(
                Link(notice["title"], url_for("public.notice", paper_id=notice["_id"]))
                for notice in notices[:_MOST_NAMES]
            ),
            more=_more(len(notices)),
            what=gettext(N_("They stay as they are; the public list says at once how the title stands.")),
        ),
    )  # fmt: skip


def _level(code: str, year: int) -> str:
    labels = {level.value: gettext(level.label) for level in Level}
    return f"{year} · {labels.get(code, code)}"


def _more(many: int) -> str:
    return gettext(N_("… and %(count)s more"), count=many - _MOST_NAMES) if many > _MOST_NAMES else ""


def _end(ends: bool) -> str:
    return gettext(N_("They end with the decision.")) if ends else ""
