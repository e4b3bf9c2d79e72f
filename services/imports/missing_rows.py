"""The rows of an export that the file sent back does not have: offered for deletion, never deleted by themselves.

Which records an export held is kept here (`documents.imports.exported_records`) under the fingerprint of its marks; the
workbook only says which fingerprint it had. What is offered is what the sender may see now.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from bson import ObjectId
from pymongo.errors import PyMongoError

from documents.desk.audit_entry import AuditEntry
from documents.imports.exported_records import MOST_BYTES, ExportedRecords
from documents.kinds import RECORDS
from documents.server.connection import reachable
from office.excel.cell_dates import moment_of
from office.excel.row_marks import ExportSaid
from rules.access import Actor
from rules.errors import NotAllowed, Refusal, Refused, Unavailable
from schema.collection import Collection
from services.imports.conflicts import last_change
from services.imports.import_run import ImportRun
from services.imports.report import MissingRow, MissingRows, Seen
from services.records.records import delete_within, refusals_to_delete
from services.shared.maintenance_mode import demand_open
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_log = structlog.get_logger()
MOST_OFFERED = 2_000
_MOST_JUDGED = 200  # of which it is said beforehand why they cannot be deleted
_AT_ONCE = 50


def note_export(digest: str, collection: str, packed: bytes, *, actor: Actor, now: datetime) -> None:
    """Keep which records an export held. An export is none the worse for it where that cannot be kept."""
    if not packed or len(packed) > MOST_BYTES:
        return
    try:
        demand_open(None)
        ExportedRecords.keep(digest, collection, packed, actor_id=actor.id, now=now)
    except (PyMongoError, Unavailable) as problem:
        _log.info("exported records are not kept", problem=str(problem))


def moment_of_export(declaration: Collection, said: ExportSaid) -> datetime | None:
    """Return when a workbook was exported: as is known here, else as it says itself; None where it was not.

    Raises Unavailable.
    """
    if said.collection != declaration.name:
        return None
    with reachable():
        known = ExportedRecords.moment_of(said.digest, declaration.name) if said.digest else None
    try:
        return known or moment_of(said.moment)
    except Refused:
        return None


def missing_rows(
    declaration: Collection, digest: str, present: Iterable[ObjectId], *, actor: Actor
) -> MissingRows:
    """Return the records of the export with this fingerprint that are not among those `present` in the file.

    Raises Unavailable.
    """
    with reachable():
        exported = ExportedRecords.of(digest, declaration.name) if digest else None
        gone = sorted(exported.keys() - set(present)) if exported else []
        if not gone or exported is None:
            return MissingRows()
        document = RECORDS[declaration.name]
        visible = document.by_ids(gone, actor)
        rows = list(visible.limit(MOST_OFFERED).order_by("id").as_pymongo())
        count = visible.count()
        judged = {raw["_id"]: _why_not(declaration, raw, actor) for raw in rows[:_MOST_JUDGED]}
    return MissingRows(
        tuple(
            MissingRow(
                raw["_id"], raw["version"], document.label_of(raw), raw["version"] != exported[raw["_id"]],
                judged.get(raw["_id"]),
            )
            for raw in rows
        ),
        count,
    )  # fmt: skip


def _why_not(declaration: Collection, raw: Mapping[str, Any], actor: Actor) -> Refusal | None:
    try:
        return next(iter(refusals_to_delete(declaration.name, raw, actor)), None)
    except NotAllowed as problem:
        return problem.refusals[0]


def delete_ticked(
    declaration: Collection,
    ticked: Mapping[ObjectId, int],
    batch: str,
    *,
    actor: Actor,
    now: datetime,
    run: ImportRun | None = None,
) -> dict[str, Any]:
    """Delete the ticked records, each at the version that the trial showed, as part of a batch.

    Return what the batch keeps of it: how many were `deleted`, and `not_deleted` (label, message, params). Done again
    after a kill it goes on where it was. Raises Unavailable, and what a job's step raises.
    """
    ids = list(ticked)
    if not ids:
        return {}
    left: list[dict[str, Any]] = []
    for begin in range(0, len(ids), _AT_ONCE):
        left += _some(
            declaration, {key: ticked[key] for key in ids[begin : begin + _AT_ONCE]}, batch, actor, now, run
        )
    with reachable():
        entries = AuditEntry.writes_of(declaration.name, ids)
    deleted = sum(
        any(entry["action"] == "deleted" and entry.get("batch") == batch for entry in entries.get(key, ()))
        for key in ids
    )
    return {"deleted": deleted, "not_deleted": left}


def _some(
    declaration: Collection, ticked: Mapping[ObjectId, int], batch: str, actor: Actor, now: datetime,
    run: ImportRun | None,
) -> list[dict[str, Any]]:  # fmt: skip
    left: list[dict[str, Any]] = []

    def work(uow: UnitOfWork) -> list[Any]:
        uow.batch = batch
        left[:] = []
        for record, version in ticked.items():
            left.extend(_one(uow, declaration, record, version, batch))
        return []

    if run is not None:
        run.commit(work)
    else:
        in_one_transaction(work, actor=actor, now=now)
    return left


def _one(
    uow: UnitOfWork, declaration: Collection, record: ObjectId, version: int, batch: str
) -> Sequence[dict[str, Any]]:
    """Delete one record, unless somebody saved it since or a rule keeps it; return why it is left."""
    document = RECORDS[declaration.name]
    raw = document.whole(record, session=uow.session)
    if raw is None or not document.is_visible(raw, uow.actor):
        return ()  # gone already
    if raw["version"] != version:
        change = last_change(declaration.name, dict(raw), Seen(record, version), session=uow.session)
        reason = change.as_refusal(declaration.exported[0].key)
    else:
        try:
            delete_within(uow, declaration.name, record, version=version, note=batch)
        except (Refused, NotAllowed) as problem:
            reason = problem.refusals[0]
        else:
            return ()
    params = {
        key: value if isinstance(value, str | int | float) else str(value)
        for key, value in reason.params.items()
    }
    return ({"record": record, "label": document.label_of(raw), "message": reason.message, "params": params},)
