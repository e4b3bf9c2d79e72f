"""Numbers for the records that were written before there were any."""

from collections.abc import Callable
from datetime import datetime

from documents.kinds import RECORDS
from documents.server.connection import reachable
from rules.access import SYSTEM
from schema.registry import REGISTRY
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_AT_ONCE = 200


def number_records(collection: str, now: datetime, progress: Callable[[int, int], None]) -> int:
    """Give each record of a collection that has none its number, in the order of entry; return how many.

    Their version stays. Some hundred in one transaction, so it may be cut short and repeated.
    """
    document, key = RECORDS[collection], REGISTRY[collection].number_key
    with reachable():
        total = document.collection().count_documents({key: None})
    done = 0
    progress(done, total)

    def work(uow: UnitOfWork) -> int:
        rows = list(document.meeting({key: None}, _AT_ONCE, session=uow.session).sort("_id", 1))
        numbers = {}
        for raw in rows:
            uow.touch(collection, raw["_id"], raw)
            number = {key: uow.next_number(collection, raw.get("created_at"))}
            numbers[raw["_id"]] = number | document.derived_fields({**raw, **number}, uow.today)
        document.set_fields(numbers, session=uow.session)
        if rows:
            uow.record("numbered", collection, None, str(len(rows)))
        return len(rows)

    while written := in_one_transaction(work, actor=SYSTEM, now=now):
        done += written
        progress(done, max(done, total))
    return done
