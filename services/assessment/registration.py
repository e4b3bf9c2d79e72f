"""Confirm where a base's operator is registered (Art. 5(1)): the county's act, of one code and one place."""

from datetime import date, datetime

from bson import ObjectId

from documents.desk.audit_entry import Change
from documents.records.base import Base
from documents.records.fields import stored_day
from rules.access import Actor, Permission
from rules.assessment.registration import refusals_to_confirm, registration_of
from rules.errors import Refused
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_KEYS = (
    "registration_in_city", "registration_checked_on", "registration_checked_by", "registration_basis",
    "registration_uscc", "registration_place",
)  # fmt: skip


def confirm_registration(
    base_id: ObjectId, in_city: bool, basis: str, *, version: int, actor: Actor, now: datetime, today: date
) -> bool:
    """Record that the operator is, or is not, registered in the city; return False when that stands already.

    It holds for the code and the place that the base has now: where either changes it is to be confirmed anew.
    Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.REVIEW_APPLICATIONS)

    def work(uow: UnitOfWork) -> bool:
        before = uow.find(Base, base_id, version=version)
        registration = registration_of(before)
        refusals = refusals_to_confirm(registration, in_city, basis)
        if refusals:
            raise Refused(*refusals)
        if registration.confirmed == in_city and before.get("registration_basis", "") == basis.strip():
            return False
        confirmed = {
            "registration_in_city": in_city,
            "registration_checked_on": stored_day(today),
            "registration_checked_by": uow.actor.name,
            "registration_basis": basis.strip(),
            "registration_uscc": registration.uscc,
            "registration_place": registration.place,
        }
        after = {**before, **{key: value for key, value in confirmed.items() if value != ""}}
        for key in _KEYS:
            if confirmed[key] == "":
                after.pop(key, None)
        saved = uow.save(Base, before, after)
        uow.record(
            "registration-confirmed", "bases", base_id, Base.label_of(saved), counties=Base.counties_of(saved),
            changes=[
                Change(key, before.get(key), after.get(key)) for key in _KEYS if before.get(key) != after.get(key)
            ],
        )  # fmt: skip
        return True

    return in_one_transaction(work, actor=actor, now=now)
