"""Objections to a public notice: taken down with who and how, handled, decided (Art. 12). The city bureau's alone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from documents.desk.audit_entry import Change
from documents.publication.objection import COLLECTION, Objection
from documents.records.fields import stored_day
from rules.access import Actor, Permission
from rules.applications import Stage, refusals_of_text
from rules.errors import Missing, Refusal, Refused, Stale
from rules.publication import ObjectorKind, Outcome, Received
from rules.words import N_
from services.publication.notice import read_notice
from services.shared.unit_of_work import UnitOfWork, in_one_transaction


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
    """Take an objection down and return its id; from now on it holds its base back.

    Raises Refused, Missing, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)

    def work(uow: UnitOfWork) -> ObjectId:
        notice = read_notice(draft.notice, uow.session)
        entry = next((one for one in notice["entries"] if one["application"] == draft.application), None)
        if entry is None:
            raise Refused(Refusal(N_("Choose a base of this notice."), field="application"))
        raw = Application.collection().find_one({"_id": draft.application}, session=uow.session)
        if raw is None or raw["stage"] != Stage.ON_NOTICE.value:
            raise Refused(Refusal(N_("This base is not on public notice any more."), field="application"))
        reasons = _refusals(draft, notice["first_day"].date(), today)
        if reasons:
            raise Refused(*reasons)
        row = {
            "_id": ObjectId(), "notice": draft.notice, "application": draft.application, "base": entry["base"],
            "base_name": entry["base_name"], "county": entry["county"],
            "received_on": stored_day(draft.received_on or today), "received": draft.received.value,
            "objector_kind": draft.objector_kind.value, "objector": draft.objector.strip(),
            "objector_contact": draft.objector_contact.strip(), "content": draft.content.strip(),
            "outcome": Outcome.OPEN.value, "handling": "", "version": 1, "created_at": uow.now,
            "created_by": uow.actor.name,
        }  # fmt: skip
        row.update(Objection.search_fields(row))
        Objection.collection().insert_one(row, session=uow.session)
        # Who objected stays with the objection: the audit trail is read by more people.
        uow.record(
            "objection-received", COLLECTION, row["_id"], entry["base_name"],
            changes=[Change("received", None, draft.received.zh)],
        )  # fmt: skip
        return row["_id"]

    return in_one_transaction(work, actor=actor, now=now)


def _refusals(draft: ObjectionDraft, first_day: date, today: date) -> list[Refusal]:
    found = []
    if draft.received_on is None:
        found.append(Refusal(N_("Enter the day on which it was received."), field="received_on"))
    elif not first_day <= draft.received_on <= today:
        params = {"first": first_day.isoformat()}
        sentence = N_("An objection is received between the notice's first day (%(first)s) and today.")
        found.append(Refusal(sentence, params, field="received_on"))
    wanted = N_("Enter the name of the person, or of the organisation that sealed it.")
    found += refusals_of_text(draft.objector, "objector", wanted=wanted, most=100)
    wanted = N_("Enter how the objector can be reached.")
    found += refusals_of_text(draft.objector_contact, "objector_contact", wanted=wanted, most=100)
    found += refusals_of_text(draft.content, "content", wanted=N_("Enter what is objected to."))
    return found


def decide_objection(
    objection_id: ObjectId, outcome: Outcome, *, handling: str, decided_on: date | None, version: int,
    actor: Actor, now: datetime, today: date,
) -> None:  # fmt: skip
    """Decide an objection: borne out or not, with how it was handled. A decided one stays decided.

    Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)

    def work(uow: UnitOfWork) -> None:
        raw = Objection.collection().find_one({"_id": objection_id}, session=uow.session)
        if raw is None:
            raise Missing()
        if raw["outcome"] != Outcome.OPEN.value:
            raise Refused(N_("This objection is decided already."))
        if raw["version"] != version:
            raise Stale()
        reasons = _refusals_to_decide(outcome, handling, decided_on, raw["received_on"].date(), today)
        if reasons:
            raise Refused(*reasons)
        fresh = {
            "outcome": outcome.value, "handling": handling.strip(), "decided_on": stored_day(decided_on or today),
            "decided_at": uow.now, "decided_by": uow.actor.name,
        }  # fmt: skip
        uow.save(Objection, raw, {**raw, **fresh})
        changes = [
            Change("outcome", Outcome.OPEN.zh, outcome.zh),
            Change("handling", None, fresh["handling"]),
        ]
        uow.record("objection-decided", COLLECTION, objection_id, raw["base_name"], changes=changes)

    in_one_transaction(work, actor=actor, now=now)


def _refusals_to_decide(
    outcome: Outcome, handling: str, decided_on: date | None, received_on: date, today: date
) -> list[Refusal]:
    found = list(refusals_of_text(handling, "handling", wanted=N_("Enter how the objection was handled.")))
    if outcome is Outcome.OPEN:
        found.append(Refusal(N_("Choose whether the objection is borne out."), field="outcome"))
    if decided_on is None:
        found.append(Refusal(N_("Enter the day of the decision."), field="decided_on"))
    elif not received_on <= decided_on <= today:
        sentence = N_("The decision lies between the day it was received and today.")
        found.append(Refusal(sentence, field="decided_on"))
    return found


def objections_of(notice: ObjectId, actor: Actor) -> list[dict[str, Any]]:
    """Return a notice's objections, the latest first. Raises NotAllowed: who objected is the city bureau's to know."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    return list(Objection.collection().find({"notice": notice}).sort([("received_on", -1), ("_id", -1)]))


def read_objection(objection_id: ObjectId, actor: Actor) -> dict[str, Any]:
    """Return one objection. Raises Missing, NotAllowed."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    raw = Objection.collection().find_one({"_id": objection_id})
    if raw is None:
        raise Missing()
    return dict(raw)
