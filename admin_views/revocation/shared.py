"""What the pages about lost titles share: the blueprint, reading a case, its words, its files."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.view_models import FilePlace
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import office_state
from admin_views.shared.slot_files import ACCEPT, HINT, asked_id, form_items
from admin_views.shared.view_models import Link, Text, badge
from documents.revocation.decision import COLLECTION
from rules.access import Permission
from rules.decisions import OPEN_STATES, DecisionKind, DecisionState
from rules.words import N_
from services.revocation.cases import Raw, kind_of, read_case, state_of
from services.shared.files import files_by_slot

revocation = Blueprint("revocation", __name__, url_prefix="/admin/revocation")
TITLE = N_("Revocation and cancellation")
KIND_COLOURS: Mapping[DecisionKind, str] = {
    DecisionKind.REVOCATION: "red", DecisionKind.CANCELLATION: "amber", DecisionKind.REVERSAL: "blue",
}  # fmt: skip
_STATE_COLOURS: Mapping[DecisionState, str] = {
    DecisionState.PREPARED: "blue", DecisionState.NOTIFIED: "violet", DecisionState.DECIDED: "teal",
    DecisionState.DROPPED: "grey",
}  # fmt: skip
# Whom a decision is about, as a question asks it.
QUESTIONS: Mapping[DecisionKind, str] = {
    DecisionKind.REVOCATION: N_("Revoke the title of %(name)s?"),
    DecisionKind.CANCELLATION: N_("Cancel the title of %(name)s?"),
    DecisionKind.REVERSAL: N_("Restore the title of %(name)s?"),
}


def may_decide() -> bool:
    """Tell whether the clerk may begin, prepare and decide cases."""
    return current_actor().may(Permission.DECIDE_APPLICATIONS)


def asked_case() -> Raw:
    """Return the case that the address names, in the clerk's scope. Raises Missing."""
    return read_case(asked_id(), current_actor())


def typed_version() -> int:
    """Return the version that the form was read at; 0, which is none, where it was not sent."""
    return request.form.get("version", type=int) or 0


def case_url(case_id: Any, part: str = "") -> str:
    """Return the address of a case's page."""
    return url_for("revocation.case", id=case_id) + (f"#{part}" if part else "")


def back(case_id: Any, said: str, part: str = "", category: str = "success") -> ResponseReturnValue:
    """Say what was done and show the case."""
    flash(said, category)
    return redirect(case_url(case_id, part), 303)


def crumbs(raw: Raw | None = None) -> tuple[Link, ...]:
    """Return the way to a page of this desk, or of one case."""
    home = Link(gettext(TITLE), url_for("revocation.index"))
    return (home, Link(raw["base_name"], case_url(raw["_id"]))) if raw else (home,)


def day_of(value: Any) -> date | None:
    """Return a stored day as a day."""
    return value.date() if value else None


def shown_day(value: Any) -> str:
    """Return a stored day in figures; "" for none."""
    return f"{value:%Y-%m-%d}" if value else ""


def is_open(raw: Mapping[str, Any]) -> bool:
    """Tell whether a case is under way."""
    return state_of(raw) in OPEN_STATES


def county_of(raw: Mapping[str, Any]) -> str:
    """Return the name of the county that a base or a case belongs to."""
    return str(office_state().county_names.get(raw["county"], raw["county"]))


def kind_badge(raw: Mapping[str, Any]) -> Text:
    """Return what a case is about, as a badge."""
    kind = kind_of(raw)
    return badge(gettext(kind.label), KIND_COLOURS[kind])


def state_badge(raw: Mapping[str, Any]) -> Text:
    """Return where a case stands, as a badge."""
    state = state_of(raw)
    return badge(gettext(state.label), _STATE_COLOURS[state])


# --- Files -------------------------------------------------------------------------------------

_PLACES = {"evidence": N_("Evidence"), "notice": N_("Prior notice"), "statement": N_("Statement of the base")}


def file_places(
    raw: Raw, slots: Iterable[str], *, open_to: bool, problems: Mapping[str, str] | None = None
) -> tuple[FilePlace, ...]:
    """Return places of a case with the files that the clerk may read."""
    files = files_by_slot(COLLECTION, raw["_id"], current_actor())
    return tuple(
        FilePlace(
            slot=slot, label=gettext(_PLACES[slot]),
            files=form_items("revocation", files.get(slot, ()), removable=open_to),
            name=f"file-{slot}" if open_to else "", accept=ACCEPT,
            hint=gettext(HINT), problem=(problems or {}).get(slot, ""),
        )
        for slot in slots
    )  # fmt: skip
