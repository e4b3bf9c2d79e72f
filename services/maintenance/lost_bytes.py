"""Bytes that an upload cut short left behind: forgotten a day later, when a web server starts."""

from datetime import datetime, timedelta
from functools import partial

from bson import ObjectId

from documents.records.stored_bytes import drop_bytes, is_named, unnamed_bytes
from documents.server.connection import reachable
from rules.access import SYSTEM
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

# Nobody still sends what was begun so long ago.
SENDING = timedelta(days=1)


def forget_lost_bytes(*, now: datetime) -> int:
    """Forget the bytes that nothing names since a day; return how many files' they were.

    Each is asked for once more in the transaction that takes it away: a backup that is being restored may name it.
    Raises Unavailable, UnderMaintenance.
    """
    with reachable():
        unnamed = unnamed_bytes(before=now - SENDING)
    return sum(
        in_one_transaction(partial(_forget, bucket=bucket, stored=stored), actor=SYSTEM, now=now)
        for bucket, stored in unnamed
    )


def _forget(uow: UnitOfWork, *, bucket: str, stored: ObjectId) -> int:
    if is_named(bucket, stored, uow.session):
        return 0
    drop_bytes(bucket, stored, uow.session)
    return 1
