"""What became of a case: how it ended, its papers, the decisions that belong with it, what may still be done."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from admin_views.revocation.shared import case_url, may_decide, shown_day
from admin_views.shared.guard import current_actor
from admin_views.shared.history import history_entries
from admin_views.shared.request_context import shown_moment
from admin_views.shared.view_models import Action, HistoryEntry, Item, Link
from documents.publication.notice import Notice
from documents.revocation.decision import COLLECTION, Decision
from office.papers.paper_text import PaperText
from rules.access import Permission
from rules.decisions import TITLE_AFTER, DecisionKind, DecisionState
from rules.words import N_
from services.revocation.cases import Raw, kind_of, numbers_of, state_of

_HISTORY_ROWS = 30


def touched_note(raw: Raw) -> str:
    """Return what the decision touched when it was signed; "" before."""
    if state_of(raw) is DecisionState.DECIDED:
        kept = raw.get("touched", {})
        return gettext(
            N_("When it was decided: %(tenants)s tenants, %(partners)s partners, %(entries)s entries of the year, "
               "%(applications)s applications and %(upward)s recommendations ended. Below: today."),
            tenants=kept.get("tenants", 0), partners=kept.get("partners", 0), entries=kept.get("entries_this_year", 0),
            applications=len(kept.get("applications", ())), upward=len(kept.get("upward", ())),
        )  # fmt: skip
    return ""


def decision_items(raw: Raw) -> tuple[Item, ...]:
    """Return how a closed case ended."""
    state = state_of(raw)
    if state is DecisionState.DROPPED:
        return (
            Item(gettext(N_("Why it was dropped")), raw.get("closed_reason"), wide=True),
            Item(gettext(N_("Dropped by")), f"{raw.get('updated_by', '')} {shown_moment(raw['updated_at'])}"),
        )
    if state is not DecisionState.DECIDED:
        return ()
    return (
        Item(gettext(N_("Decision number")), raw["number"]),
        Item(gettext(N_("Date of the decision")), shown_day(raw["dated"])),
        Item(gettext(N_("Signed by")), f"{raw.get('decided_by', '')} {shown_moment(raw.get('decided_at'))}"),
    )


def public_text(raw: Raw) -> PaperText | None:
    """Return the public announcement of a decision."""
    notice = (
        Notice.collection().find_one({"_id": raw.get("notice")}, {"text": 1}) if raw.get("notice") else None
    )
    return PaperText.from_stored(notice["text"]) if notice else None


def downloads(raw: Raw) -> tuple[Link, ...]:
    """Return the papers of a decision and its public page."""
    if not raw.get("notice"):
        return ()
    decision, public = (
        url_for("revocation.paper", id=raw["_id"], what=what) for what in ("decision", "public")
    )
    return (
        Link(gettext(N_("Decision (.docx)")), decision, icon="download"),
        Link(gettext(N_("Public announcement (.docx)")), public, icon="download"),
        Link(gettext(N_("Public page")), url_for("public.notice", paper_id=raw["notice"]), icon="notice"),
    )  # fmt: skip


def related_cases(raw: Raw) -> tuple[Link, ...]:
    """Return the other cases about this base, the latest first, each with what it was."""
    clause = {"base": raw["base"], "_id": {"$ne": raw["_id"]}}
    keys = {"kind": 1, "state": 1, "number": 1, "dated": 1, "created_at": 1, "reverses": 1}
    made = []
    for one in Decision.collection().find(clause, keys).sort("created_at", -1):
        said = _relation(raw, one)
        label = " ".join(
            part
            for part in (gettext(kind_of(one).label), one.get("number"), shown_day(one.get("dated")))
            if part
        )
        made.append(Link(label, case_url(one["_id"]), said or gettext(state_of(one).label)))
    return tuple(made)


def overturned_words(raw: Raw) -> str:
    """Return by which decision this one was overturned; "" where it stands."""
    if not raw.get("reversed_by"):
        return ""
    number = numbers_of([raw["reversed_by"]]).get(raw["reversed_by"], "")
    return gettext(N_("Overturned by %(number)s"), number=number)


def _relation(raw: Mapping[str, Any], one: Mapping[str, Any]) -> str:
    if one["_id"] == raw.get("reverses"):
        return gettext(N_("the decision that this case overturns"))
    if one["_id"] == raw.get("reversed_by"):
        return gettext(N_("the decision that overturned this one"))
    return ""


def case_actions(raw: Raw, base: Raw, edits: bool) -> tuple[Action, ...]:
    """Return the buttons of a case."""
    made = []
    if raw.get("notice"):
        made.append(
            Action(
                gettext(N_("Public page")), url_for("public.notice", paper_id=raw["notice"]), icon="notice"
            )
        )
    if edits:
        made.append(Action(gettext(N_("Drop the case")), url_for("revocation.drop", id=raw["_id"]), "danger"))
    if may_decide() and _can_be_overturned(raw, base):
        begin = url_for("revocation.new", kind=DecisionKind.REVERSAL.value, base=raw["base"])
        made.append(Action(gettext(N_("Overturn this decision")), begin, icon="restore"))
    return tuple(made)


def _can_be_overturned(raw: Raw, base: Mapping[str, Any]) -> bool:
    kind = kind_of(raw)
    lost = kind is not DecisionKind.REVERSAL and base.get("status") == TITLE_AFTER[kind]
    return state_of(raw) is DecisionState.DECIDED and lost and not raw.get("reversed_by")


def case_history(raw: Raw) -> tuple[HistoryEntry, ...] | None:
    """Return who did what with a case, for those who may read the trail; None for others."""
    if not current_actor().may(Permission.READ_AUDIT):
        return None
    return history_entries(COLLECTION, raw["_id"], most=_HISTORY_ROWS)
