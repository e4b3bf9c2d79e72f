"""What is said of a case wherever it is shown: what comes next, its steps, what its decision touches."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bson import ObjectId
from flask import url_for
from flask_babel import gettext

from admin_views.applications.view_models import StepMark
from admin_views.revocation.shared import day_of, is_open, shown_day
from admin_views.revocation.view_models import TouchLine
from admin_views.shared.request_context import shown_moment, today
from admin_views.shared.view_models import Link, figure
from documents.publication.notice import Notice
from rules.decisions import DecisionKind, DecisionState
from rules.measures import Level
from rules.words import N_
from services.revocation.cases import kind_of, state_of
from services.revocation.impact import Touched

Raw = Mapping[str, Any]
_MOST_NAMES = 8


def next_words(raw: Raw, evidence: int, day: date) -> tuple[str, str]:
    """Return what comes next for a case and how pressing it is; two blanks for one that is closed."""
    if not is_open(raw):
        return "", ""
    until = day_of(raw.get("statement_by"))
    if not evidence:
        return gettext(N_("Add the evidence")), "near"
    if kind_of(raw) is not DecisionKind.REVERSAL:
        if not raw.get("served_on") or until is None:
            return gettext(N_("Serve the prior notice")), "near"
        if not raw.get("statement_on") and day <= until:
            return gettext(N_("Wait for the statement until %(day)s"), day=until.isoformat()), "dim"
    return gettext(N_("Decide on the title")), "near"


# --- The steps -----------------------------------------------------------------------------------


def step_marks(raw: Raw) -> tuple[StepMark, ...]:
    """Return the bar of steps: inquiry, prior notice, statement, decision, public notice; two less for a reversal."""
    heard = kind_of(raw) is not DecisionKind.REVERSAL
    found = [_inquiry(raw), *(_hearing(raw) if heard else ()), *_ending(raw)]
    marks, here = [], False
    for label, done, when, who in found:
        if done and not here:
            marks.append(StepMark(label, "done", when, who))
        elif here:
            marks.append(StepMark(label, "off" if state_of(raw) is DecisionState.DROPPED else "todo"))
        else:
            here = True
            marks.append(_present(raw, label, when))
    return tuple(marks)


def _present(raw: Raw, label: str, when: str) -> StepMark:
    if state_of(raw) is not DecisionState.DROPPED:
        return StepMark(label, "now", when)
    return StepMark(gettext(DecisionState.DROPPED.label), "stopped", shown_moment(raw["updated_at"])[:10])


_Step = tuple[str, bool, str, str]


def _inquiry(raw: Raw) -> _Step:
    heard = kind_of(raw) is not DecisionKind.REVERSAL
    done = bool(raw.get("served_on")) if heard else state_of(raw) is DecisionState.DECIDED
    begun = shown_moment(raw["created_at"])[:10]
    return gettext(N_("Inquiry")), done, begun, raw.get("created_by", "")


def _hearing(raw: Raw) -> tuple[_Step, _Step]:
    until, made = day_of(raw.get("statement_by")), raw.get("statement_on")
    over = bool(made) or state_of(raw) is DecisionState.DECIDED or (until is not None and today() > until)
    when = shown_day(made)
    if not made and until is not None:
        words = N_("none by %(day)s") if over else N_("until %(day)s")
        when = gettext(words, day=until.isoformat())
    return (
        (gettext(N_("Prior notice")), bool(raw.get("served_on")), shown_day(raw.get("served_on")), ""),
        (gettext(N_("Statement")), over, when, ""),
    )


def _ending(raw: Raw) -> tuple[_Step, _Step]:
    decided = state_of(raw) is DecisionState.DECIDED
    moment = shown_moment(raw["decided_at"])[:10] if raw.get("decided_at") else ""
    return (
        (gettext(N_("Decision")), decided, shown_day(raw.get("dated")), raw.get("decided_by", "")),
        (gettext(N_("Public announcement")), decided, moment, ""),
    )


# --- What a decision touches -----------------------------------------------------------------------


def touch_lines(
    base: ObjectId, touched: Touched, kind: DecisionKind, notices: Sequence[Raw]
) -> tuple[TouchLine, ...]:
    """Return what a decision touches: how many, which, what becomes of them, and the way to each list."""
    ends = kind is not DecisionKind.REVERSAL
    stays = gettext(N_("They stay in the records."))
    year = today().replace(month=1, day=1).isoformat()
    lone = tuple(
        Link(name, url_for("service_partners.index_view", search=name))
        for name in touched.lone_partners[:_MOST_NAMES]
    )
    return (
        TouchLine(
            gettext(N_("Tenant companies")), figure(touched.tenants), url_for("tenant_companies.index_view", base=base),
            what=stays,
        ),
        TouchLine(
            gettext(N_("Service partners")), figure(touched.partners),
            url_for("service_partners.index_view", cooperations=base), names=lone,
            more=_more(len(touched.lone_partners)),
            what=gettext(N_("%(count)s of them work with no other base:"), count=figure(len(touched.lone_partners)))
            if lone else stays,
        ),
        TouchLine(
            gettext(N_("Ledger entries this year")), figure(touched.entries_this_year),
            url_for("ledger_entries.index_view", base=base, served_on_from=year), what=stays,
        ),
        TouchLine(
            gettext(N_("Applications under way")), figure(len(touched.applications)),
            names=tuple(
                Link(f"{name}（{gettext(stage.label)}）", url_for("applications.details_view", id=key))
                for key, name, stage in touched.applications
            ),
            what=_end(ends and bool(touched.applications)), ends=ends and bool(touched.applications),
        ),
        TouchLine(
            gettext(N_("Recommendations upward")), figure(len(touched.upward)),
            names=tuple(
                Link(_level(level, year), url_for("upward.show", id=key)) for key, level, year in touched.upward
            ),
            what=_end(ends and bool(touched.upward)), ends=ends and bool(touched.upward),
        ),
        TouchLine(
            gettext(N_("Published papers that name it")), figure(touched.public_entries),
            names=tuple(
                Link(one["title"], url_for("public.notice", paper_id=one["_id"])) for one in notices[:_MOST_NAMES]
            ),
            more=_more(len(notices)),
            what=gettext(N_("They stay as they are; the public list says at once how the title stands.")),
        ),
    )  # fmt: skip


def _level(level: str, year: int) -> str:
    known = {one.value: gettext(one.label) for one in Level}
    return f"{year} · {known.get(level, level)}"


def _more(many: int) -> str:
    return gettext(N_("… and %(count)s more"), count=many - _MOST_NAMES) if many > _MOST_NAMES else ""


def _end(ends: bool) -> str:
    return gettext(N_("They end with the decision.")) if ends else ""


def notices_naming(base: ObjectId) -> list[dict[str, Any]]:
    """Return the published papers that name a base, the latest first."""
    found = (
        Notice.collection().find({"entries.base": base}, {"title": 1}).sort([("first_day", -1), ("_id", -1)])
    )
    return list(found)
