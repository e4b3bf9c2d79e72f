"""Take a step of an application: the one place that moves a stage, by the table of `rules.applications`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.applications.application import COLLECTION, Application
from documents.desk.audit_entry import Change
from documents.records.attachment import Attachment
from rules.access import Actor
from rules.applications import (
    TRANSITIONS,
    WITH_REASON,
    ApplicationKind,
    Stage,
    Verb,
    is_open,
    refusals_of_text,
    refusals_to_step,
)
from rules.errors import Refused
from rules.words import N_
from services.shared.unit_of_work import UnitOfWork

Raw = dict[str, Any]
REASON = N_("Give the reason.")
OPINION = N_("Enter the opinion.")


def stage_of(raw: Mapping[str, Any]) -> Stage:
    """Return where a stored application stands."""
    return next(one for one in Stage if one.value == raw["stage"])


def kind_of(raw: Mapping[str, Any]) -> ApplicationKind:
    """Return what a stored application is for."""
    return next(one for one in ApplicationKind if one.value == raw["kind"])


def read_application(application_id: ObjectId, actor: Actor) -> Raw:
    """Return a stored application in the actor's scope. Raises Missing."""
    return Application.read(application_id, actor)


def at_version(uow: UnitOfWork, application_id: ObjectId, version: int) -> Raw:
    """Return an application as the transaction sees it. Raises Missing, Stale when it was saved since `version`."""
    return uow.find(Application, application_id, version=version)


def demand_step(raw: Mapping[str, Any], verb: Verb, actor: Actor) -> None:
    """Raise Refused when the step does not lead on from here, NotAllowed when it is not this role's to take."""
    stage = stage_of(raw)
    reasons = refusals_to_step(stage, verb)
    if reasons:
        raise Refused(*reasons)
    actor.demand(TRANSITIONS[(stage, verb)].permission)


def take_step(
    uow: UnitOfWork, raw: Raw, verb: Verb, *, opinion: str = "", values: Mapping[str, Any] | None = None,
    changes: Sequence[Change] = (), more: Mapping[str, Any] | None = None,
) -> Raw:  # fmt: skip
    """Move an application on, with `values` to keep and `more` for the line of its way; return it as it is then.

    `raw` is the application as this transaction read it. Raises Refused, NotAllowed, Stale.
    """
    demand_step(raw, verb, uow.actor)
    reasons = refusals_of_text(opinion, "opinion", wanted=REASON if verb in WITH_REASON else "")
    if reasons:
        raise Refused(*reasons)
    stage = stage_of(raw)
    to = TRANSITIONS[(stage, verb)].to
    line = {
        "verb": verb.value, "from": stage.value, "to": to.value, "at": uow.now, "by": uow.actor.id,
        "by_name": uow.actor.name, "opinion": opinion.strip(), **(more or {}),
    }  # fmt: skip
    fresh = {
        **raw, **(values or {}), "stage": to.value, "open": is_open(to), "since": uow.now,
        "steps": [*raw.get("steps", ()), line],
    }  # fmt: skip
    said = [
        Change("stage", stage.zh, to.zh),
        *([Change("opinion", None, opinion.strip())] if opinion.strip() else []),
    ]
    return keep_changed(uow, raw, fresh, action=f"application-{verb.value}", changes=[*said, *changes])


def keep_changed(
    uow: UnitOfWork, before: Raw, fresh: Raw, *, action: str, changes: Sequence[Change] = (), note: str = ""
) -> Raw:
    """Write an application that was read as `before`, with its audit entry. Raises Stale."""
    fresh = uow.save(Application, before, fresh)
    uow.record(
        action, COLLECTION, before["_id"], Application.label_of(fresh), counties=[fresh["county"]],
        changes=changes, note=note,
    )  # fmt: skip
    return fresh


def count_files(application_id: ObjectId, uow: UnitOfWork) -> dict[str, int]:
    """Return how many files stand in each place of an application."""
    rows = Attachment._get_collection().find(
        {"collection": COLLECTION, "record_id": application_id}, {"slot": 1}, session=uow.session
    )
    found: dict[str, int] = {}
    for row in rows:
        slot = row.get("slot", "")
        found[slot] = found.get(slot, 0) + 1
    return found


def step_line(raw: Mapping[str, Any], *verbs: Verb) -> Mapping[str, Any] | None:
    """Return the latest of these steps on an application's way; None when none was taken."""
    wanted = {verb.value for verb in verbs}
    return next((line for line in reversed(raw.get("steps", ())) if line["verb"] in wanted), None)


def moment_of(raw: Mapping[str, Any], *verbs: Verb) -> datetime | None:
    """Return when the latest of these steps was taken."""
    line = step_line(raw, *verbs)
    return line["at"] if line else None
