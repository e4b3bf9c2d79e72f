"""The same act on many records: all of them in one transaction, or none."""

from collections.abc import Sequence
from datetime import datetime

from bson import ObjectId

from documents.server.transactions import LONG
from rules.access import Actor, Permission
from services.records.records import delete_within, update_within
from services.records.references import References
from services.shared.unit_of_work import UnitOfWork, in_one_transaction


def delete_many(collection: str, ids: Sequence[ObjectId], *, actor: Actor, now: datetime) -> int:
    """Move records to the recycle bin; return how many. Raises Refused when one is referred to, Missing."""
    actor.demand(Permission.WRITE)

    def work(uow: UnitOfWork) -> int:
        for record_id in ids:
            delete_within(uow, collection, record_id, version=None)
        return len(ids)

    return in_one_transaction(work, actor=actor, now=now, within=LONG)


def set_status_of_many(
    collection: str, ids: Sequence[ObjectId], status: str, *, actor: Actor, now: datetime
) -> int:
    """Set the status of records; return how many were changed. Raises Refused, Missing, NotAllowed."""
    actor.demand(Permission.WRITE)

    def work(uow: UnitOfWork) -> int:
        refs = References(actor, uow.session)
        return sum(
            update_within(uow, collection, record_id, {"status": status}, refs, version=None)
            for record_id in ids
        )

    return in_one_transaction(work, actor=actor, now=now, within=LONG)
