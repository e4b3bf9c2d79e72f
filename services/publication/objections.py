"""Objections to a public notice: taken down with who and how, handled, decided (Art. 12). The city bureau's alone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from bson import ObjectId

from documents.applications.application import Application
from documents.desk.audit_entry import Change
from documents.publication.notice import Notice
from documents.publication.objection import COLLECTION, Objection, StoredObjection
from documents.records.fields import stored_day
from rules.access import Actor, Permission
from rules.applications import Stage, refusals_of_text
from rules.errors import Refusal, Refused, Stale
from rules.publication import ObjectorKind, Outcome, Received, is_late
from rules.words import N_
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

# What was announced meanwhile may still be objected to: it is taken down, and a case is another matter.
OBJECTED_TO = frozenset({Stage.ON_NOTICE.value, Stage.ANNOUNCED.value})


@dataclass(frozen=True)
class ObjectionDraft:
    """An objection as it was received; `objector` is the person's real name or the organisation of the seal."""

    notice: ObjectId
    application: ObjectId
    received_on: date | None
    received: Received
    objector_kind: ObjectorKind
    objector: str
    objector_contact: str
    content: str


def record_objection(draft: ObjectionDraft, *, actor: Actor, now: datetime, today: date) -> ObjectId:
    """Take an objection down and return its id; one received in the notice's period holds its base back from now on.

    One that came after it is marked late and holds nothing back by itself. Raises Refused, Missing, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)

    def work(uow: UnitOfWork) -> ObjectId:
        notice = Notice.read(draft.notice, uow.session)
        entry = next(
            (line for line in notice["entries"] if line.get("application") == draft.application), None
        )
        if entry is None:
            raise Refused(Refusal(N_("Choose a base of this notice."), field="application"))
        applications = Application.of_ids([draft.application], uow.session)
        if not applications or applications[0]["stage"] not in OBJECTED_TO:
            raise Refused(Refusal(N_("This base is not on public notice any more."), field="application"))
        refusals = _refusals(draft, notice["first_day"].date(), today)
        if refusals or draft.received_on is None:
            raise Refused(*refusals)
        late = is_late(draft.received_on, notice["last_day"].date())
        typed: StoredObjection = {
            "notice": draft.notice, "application": draft.application, "base": entry["base"],
            "base_name": entry["base_name"], "county": entry["county"],
            "received_on": stored_day(draft.received_on), "late": late, "received": draft.received.value,
            "objector_kind": draft.objector_kind.value, "objector": draft.objector.strip(),
            "objector_contact": draft.objector_contact.strip(), "content": draft.content.strip(),
            "outcome": Outcome.OPEN.value, "handling": "",
        }  # fmt: skip
        objection = uow.save(Objection, None, typed)
        # Who objected stays with the objection: the audit trail is read by more people.
        uow.record(
            "objection-received", COLLECTION, objection["_id"], entry["base_name"],
            changes=[Change("received", None, draft.received.zh), *([Change("late", None, True)] if late else [])],
        )  # fmt: skip
        return ObjectId(objection["_id"])

    return in_one_transaction(work, actor=actor, now=now)


def _refusals(draft: ObjectionDraft, first_day: date, today: date) -> list[Refusal]:
    refusals = []
    if draft.received_on is None:
        refusals.append(Refusal(N_("Enter the day on which it was received."), field="received_on"))
    elif not first_day <= draft.received_on <= today:
        params = {"first": first_day.isoformat()}
        sentence = N_("An objection is received between the notice's first day (%(first)s) and today.")
        refusals.append(Refusal(sentence, params, field="received_on"))
    wanted = N_("Enter the name of the person, or of the organisation that sealed it.")
    refusals += refusals_of_text(draft.objector, "objector", wanted=wanted, most=100)
    wanted = N_("Enter how the objector can be reached.")
    refusals += refusals_of_text(draft.objector_contact, "objector_contact", wanted=wanted, most=100)
    refusals += refusals_of_text(draft.content, "content", wanted=N_("Enter what is objected to."))
    return refusals


def decide_objection(
    objection_id: ObjectId, outcome: Outcome, *, handling: str, decided_on: date | None, version: int,
    actor: Actor, now: datetime, today: date,
) -> None:  # fmt: skip
    """Decide an objection: borne out or not, with how it was handled. A decided one stays decided.

    Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)

    def work(uow: UnitOfWork) -> None:
        objection = uow.find(Objection, objection_id)
        if objection["outcome"] != Outcome.OPEN.value:
            raise Refused(N_("This objection is decided already."))
        if objection["version"] != version:
            raise Stale()
        received_on = objection["received_on"].date()
        refusals = _refusals_to_decide(outcome, handling, decided_on, received_on, today)
        if refusals:
            raise Refused(*refusals)
        decision = {
            "outcome": outcome.value, "handling": handling.strip(), "decided_on": stored_day(decided_on or today),
            "decided_at": uow.now, "decided_by": uow.actor.name,
        }  # fmt: skip
        uow.save(Objection, objection, {**objection, **decision})
        changes = [
            Change("outcome", Outcome.OPEN.zh, outcome.zh),
            Change("handling", None, decision["handling"]),
        ]
        uow.record("objection-decided", COLLECTION, objection_id, objection["base_name"], changes=changes)

    in_one_transaction(work, actor=actor, now=now)


def _refusals_to_decide(
    outcome: Outcome, handling: str, decided_on: date | None, received_on: date, today: date
) -> list[Refusal]:
    refusals = list(refusals_of_text(handling, "handling", wanted=N_("Enter how the objection was handled.")))
    if outcome is Outcome.OPEN:
        refusals.append(Refusal(N_("Choose whether the objection is borne out."), field="outcome"))
    if decided_on is None:
        refusals.append(Refusal(N_("Enter the day of the decision."), field="decided_on"))
    elif not received_on <= decided_on <= today:
        sentence = N_("The decision lies between the day it was received and today.")
        refusals.append(Refusal(sentence, field="decided_on"))
    return refusals


def objections_of(notice: ObjectId, actor: Actor) -> list[StoredObjection]:
    """Return a notice's objections, the latest first. Raises NotAllowed: who objected is the city bureau's to know."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    objections: list[StoredObjection] = Objection.objects.of_notice(notice).latest_first()
    return objections


def read_objection(objection_id: ObjectId, actor: Actor) -> StoredObjection:
    """Return one objection. Raises Missing, NotAllowed."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    return cast("StoredObjection", Objection.read(objection_id, actor))
