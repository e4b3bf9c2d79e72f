"""Take a step of an application: the one place that moves a stage, by the table of `rules.applications`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from bson import ObjectId

from documents.applications.application import COLLECTION, Application, StoredApplication, StoredStep
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
from rules.shortfalls import FAILING_REASON, WITH_FAILING_REASON, refusals_to_go_on
from rules.words import N_
from services.applications.shortfall import failing_indicators, shortfall_of
from services.shared.unit_of_work import UnitOfWork

# While it is being filled in, an application says what the records say; afterwards what was handed in.
FILLED_IN = (Stage.DRAFT, Stage.RETURNED)
REASON = N_("Give the reason.")
OPINION = N_("Enter the opinion.")


def stage_of(raw: Mapping[str, Any]) -> Stage:
    """Return where a stored application stands; of `raw` only its `stage` is read."""
    return next(stage for stage in Stage if stage.value == raw["stage"])


def kind_of(raw: Mapping[str, Any]) -> ApplicationKind:
    """Return what a stored application is for; of `raw` only its `kind` is read."""
    return next(kind for kind in ApplicationKind if kind.value == raw["kind"])


def read_application(application_id: ObjectId, actor: Actor) -> StoredApplication:
    """Return a stored application in the actor's scope. Raises Missing."""
    return cast("StoredApplication", Application.read(application_id, actor))


def at_version(uow: UnitOfWork, application_id: ObjectId, version: int) -> StoredApplication:
    """Return an application as the transaction sees it. Raises Missing, Stale when it was saved since `version`."""
    return cast("StoredApplication", uow.find(Application, application_id, version=version))


def demand_step(raw: Mapping[str, Any], verb: Verb, actor: Actor) -> None:
    """Raise Refused when the step does not lead on from here, NotAllowed when it is not this role's to take."""
    stage = stage_of(raw)
    refusals = refusals_to_step(stage, verb)
    if refusals:
        raise Refused(*refusals)
    actor.demand(TRANSITIONS[(stage, verb)].permission)


def take_step(
    uow: UnitOfWork, raw: StoredApplication, verb: Verb, *, opinion: str = "", values: StoredApplication | None = None,
    changes: Sequence[Change] = (), more: StoredStep | None = None, failing_reason: str = "",
) -> StoredApplication:  # fmt: skip
    """Move an application on, with `values` to save and `more` for the entry of its steps; return it as it is then.

    `raw` is the application as this transaction read it. One whose base misses a condition takes the steps of
    `WITH_FAILING_REASON` only with `failing_reason`, which stands with the step and in the trail.
    Raises Refused, NotAllowed, Stale.
    """
    demand_step(raw, verb, uow.actor)
    as_it_will_be: StoredApplication = {**raw, **(values or {})}
    missing = failing_indicators(as_it_will_be) if verb in WITH_FAILING_REASON else ()
    refusals = [
        *refusals_of_text(opinion, "opinion", wanted=REASON if verb in WITH_REASON else ""),
        *(refusals_to_go_on(shortfall_of(as_it_will_be), failing_reason) if missing else ()),
    ]
    if refusals:
        raise Refused(*refusals)
    stage, reason = stage_of(raw), failing_reason.strip()
    answered: StoredStep = {}
    if missing:
        answered = {"failing": [line["key"] for line in missing], "failing_reason": reason}
    to = TRANSITIONS[(stage, verb)].to
    step: StoredStep = {
        "verb": verb.value, "from": stage.value, "to": to.value, "at": uow.now, "by": uow.actor.id,
        "by_name": uow.actor.name, "opinion": opinion.strip(), **answered, **(more or {}),
    }  # fmt: skip
    after: StoredApplication = {
        **as_it_will_be, "stage": to.value, "open": is_open(to), "since": uow.now,
        "steps": [*raw.get("steps", ()), step],
    }  # fmt: skip
    recorded = [
        Change("stage", stage.zh, to.zh),
        *([Change("opinion", None, opinion.strip())] if opinion.strip() else []),
        *([Change(FAILING_REASON, None, reason)] if missing else []),
    ]
    return save_application(
        uow, raw, after, action=f"application-{verb.value}", changes=[*recorded, *changes]
    )


def save_application(
    uow: UnitOfWork,
    before: StoredApplication,
    after: StoredApplication,
    *,
    action: str,
    changes: Sequence[Change] = (),
) -> StoredApplication:
    """Write an application that was read as `before`, with its audit entry. Raises Stale."""
    saved = uow.save(Application, before, after)
    uow.record(
        action, COLLECTION, before["_id"], Application.label_of(saved), counties=[saved["county"]], changes=changes
    )  # fmt: skip
    return cast("StoredApplication", saved)


def count_files(application_id: ObjectId, uow: UnitOfWork) -> dict[str, int]:
    """Return how many files stand in each place of an application."""
    counts: dict[str, int] = Attachment.objects.of_record(COLLECTION, application_id).by_slot(uow.session)
    return counts


def last_step(raw: StoredApplication, *verbs: Verb) -> StoredStep | None:
    """Return the latest of these steps on an application's way; None when none was taken."""
    wanted = {verb.value for verb in verbs}
    return next((step for step in reversed(raw.get("steps", [])) if step["verb"] in wanted), None)


def moment_of(raw: StoredApplication, *verbs: Verb) -> datetime | None:
    """Return when the latest of these steps was taken."""
    step = last_step(raw, *verbs)
    return step["at"] if step else None
