"""The same act on many records, each at the version that was seen: what was saved since is left out and named."""

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.batches.batch import Batch, BatchAct
from documents.desk.audit_entry import AuditEntry
from documents.kinds import RECORDS
from documents.records.recycled import Recycled
from documents.server.connection import reachable
from documents.server.transactions import LONG
from rules.access import Actor, Permission
from rules.errors import Refusal
from rules.words import N_
from services.records.records import delete_within, update_within
from services.records.references import References
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

Raw = Mapping[str, Any]
# A record that the actor may not know of, or that is no more.
_UNKNOWN: tuple[str, str, datetime | None] = ("", "", None)


@dataclass(frozen=True)
class Left:
    """A record that was left as it is: its name, and who saved or deleted it when, since it was seen."""

    label: str
    who: str
    when: datetime | None


@dataclass(frozen=True)
class BulkResult:
    """What came of an act on many records: how many were changed, and which were left as changed since."""

    changed: int
    left: tuple[Left, ...] = ()
    batch: str = ""  # which can be undone; "" where nothing was changed


def delete_many(
    collection: str, versions: Mapping[ObjectId, int], *, actor: Actor, now: datetime
) -> BulkResult:
    """Move records, each seen at its version, to the recycle bin. Raises Refused when one is referred to."""

    def delete(uow: UnitOfWork, raw: Raw) -> bool:
        delete_within(uow, collection, raw["_id"], version=raw["version"])
        return True

    return _each(BatchAct.DELETE, collection, versions, lambda uow: delete, actor, now)


def set_status_of_many(
    collection: str,
    versions: Mapping[ObjectId, int],
    status: str,
    *,
    actor: Actor,
    now: datetime,
    confirmed: Container[str] | None = None,
) -> BulkResult:
    """Set the status of records, each seen at its version.

    `confirmed` are the tokens of the warnings that were read, each with how many records it is said of; None: nobody
    is asked. Raises Refused, NotAllowed, Warned.
    """

    def setter(uow: UnitOfWork) -> Callable[[UnitOfWork, Raw], bool]:
        refs = References(actor, uow.session)
        values = {"status": status}
        return lambda uow, raw: (
            update_within(uow, collection, raw["_id"], values, refs, version=raw["version"]) > 0
        )

    return _each(BatchAct.STATUS, collection, versions, setter, actor, now, label=status, confirmed=confirmed)


def _each(
    what: BatchAct,
    collection: str,
    versions: Mapping[ObjectId, int],
    begin: Callable[[UnitOfWork], Callable[[UnitOfWork, Raw], bool]],
    actor: Actor,
    now: datetime,
    *,
    label: str = "",
    confirmed: Container[str] | None = None,
) -> BulkResult:
    """Do something to each record that still has its version, all in one transaction and as one batch."""
    actor.demand(Permission.WRITE)
    document = RECORDS[collection]
    batch = Batch.new_id(now)

    def work(uow: UnitOfWork) -> tuple[int, list[tuple[str, str, datetime | None]]]:
        stored = {
            raw["_id"]: raw for raw in document.having_all({"_id": list(versions)}, session=uow.session)
        }
        act = begin(uow)
        uow.batch = batch
        uow.looks_for_warnings = confirmed is not None
        changed, left = 0, list[tuple[str, str, datetime | None]]()
        for record_id, version in versions.items():
            raw = stored.get(record_id)
            if raw is not None and not document.is_visible(raw, actor):
                left.append(_UNKNOWN)
            elif raw is None or raw["version"] != version:
                left.append(_left(uow, collection, record_id, raw))
            else:
                changed += act(uow, raw)
        uow.warnings = _counted(uow.warnings)
        uow.demand_confirmed(confirmed)
        if changed:
            done = {"label": label, "counts": {"changed": changed, "left": len(left)}, "finished_at": uow.now}
            Batch.add(batch, what, collection, actor, uow.now, uow.session, **done)
        return changed, left

    changed, left = in_one_transaction(work, actor=actor, now=now, within=LONG)
    return BulkResult(changed, tuple(Left(*record) for record in left), batch if changed else "")


def _counted(warnings: Sequence[tuple[Any, Refusal]]) -> list[tuple[Any, Refusal]]:
    """Return the warnings of many records as one of each sentence, with how many records it is said of."""
    counts = Counter((warning.message, warning.field) for _, warning in warnings)
    first = {(warning.message, warning.field): warning for _, warning in reversed(warnings)}
    return [
        (None, Refusal(OF_SO_MANY, {"count": count, "reason": first[key]}, field=key[1]))
        for key, count in counts.items()
    ]


OF_SO_MANY = N_("%(count)d records: %(reason)s")


def _left(
    uow: UnitOfWork, collection: str, record_id: ObjectId, raw: Raw | None
) -> tuple[str, str, datetime | None]:
    if raw is not None:
        return RECORDS[collection].label_of(raw), raw.get("updated_by") or "", raw.get("updated_at")
    entry = Recycled.last_of(collection, record_id, session=uow.session) or {}
    if uow.actor.county is not None and uow.actor.county not in entry.get("counties", ()):
        return _UNKNOWN
    return entry.get("label", ""), entry.get("deleted_by_name", ""), entry.get("deleted_at")


def changed_since(collection: str, ids: Sequence[ObjectId], seq: int) -> frozenset[ObjectId]:
    """Return which of these records were written after the entry `seq` of the audit trail. Raises Unavailable."""
    with reachable():
        return frozenset(AuditEntry.written_since(collection, ids, seq))
