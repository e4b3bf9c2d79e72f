"""Load an invented office to look at and to learn with; never over existing records unless told to replace them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from random import Random
from typing import Any

from bson import ObjectId

from documents.kinds import FILED, RECORDS
from documents.records.attachment import BUCKET, database
from documents.server.connection import reachable
from documents.states import STATED, States
from office.excel.cell_dates import OFFICE_TIME
from rules.access import SYSTEM, Actor
from rules.errors import Refused
from rules.words import N_
from schema.registry import REGISTRY
from services.demo import records as demo_records
from services.demo.names import Invent
from services.demo.round import write_round
from services.records.records import new_record
from services.records.references import References
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

SEED = 371500
NOTE = "demo"
# Few enough that one transaction's six seconds are enough on a machine that is busy with something else.
_CHUNK = 50
# Referring records go before those they refer to.
_COLLECTIONS = ("ledger_entries", "staff_members", "tenant_companies", "service_partners", "bases")
_HOLDING = (*_COLLECTIONS, "recycled", "rounds", "applications", "notices", "decisions")
# What hangs on the records, published or not; the audit trail alone goes on telling of it.
_HANGING = (
    "recycled", "papers", "attachments", f"{BUCKET}.files", f"{BUCKET}.chunks", "checklists", "rounds", "letters",
    "notices", *(name for name in FILED if name not in RECORDS),
)  # fmt: skip
Numbered = tuple[ObjectId, dict[str, Any]]


def load_demo(
    *, now: datetime, actor: Actor = SYSTEM, replace: bool = False, seed: int = SEED
) -> dict[str, int]:
    """Write the invented office and return how many records each collection received.

    The same `seed` and day give the same office. `replace` first removes every record, file and
    recycled record for good; users and the audit trail stay. Killed in between, it leaves a part of
    the office: load it again with `replace`. Raises Refused over existing records, Unavailable.
    """
    with reachable():
        if any(database()[name].find_one({}, {"_id": 1}) is not None for name in _HOLDING):
            if not replace:
                raise Refused(
                    N_(
                        "The office already holds records. The demonstration is loaded over them only with --replace."
                    )
                )
            _remove_all(actor, now)
        invent = Invent(Random(seed), now.astimezone(OFFICE_TIME).date())  # noqa: S311 - invented data, no secrets
        homes = demo_records.bases(invent)
        counts = {"bases": _write("bases", ((home.id, home.values) for home in homes), actor, now)}
        counts["tenant_companies"] = _write(
            "tenant_companies", demo_records.companies(invent, homes), actor, now
        )
        allies = list(demo_records.partners(invent, homes))
        counts["service_partners"] = _write("service_partners", allies, actor, now)
        counts["staff_members"] = _write("staff_members", demo_records.staff(homes), actor, now)
        ledger = demo_records.entries(invent, homes, allies)
        counts["ledger_entries"] = _write("ledger_entries", ledger, actor, now)
        counts["applications"] = write_round(actor=actor, now=now, today=invent.today)
        return counts


def _write(collection: str, records: Iterable[Numbered], actor: Actor, now: datetime) -> int:
    count = 0
    for chunk in _chunks(records):
        in_one_transaction(partial(_insert, collection=collection, chunk=chunk), actor=actor, now=now)
        count += len(chunk)
    return count


def _insert(uow: UnitOfWork, collection: str, chunk: list[Numbered]) -> None:
    refs = References(uow.actor, uow.session)
    refs.read_ahead_of(REGISTRY[collection], [values for _, values in chunk])
    raws = [new_record(uow, collection, one, refs, record_id=number, note=NOTE) for number, one in chunk]
    RECORDS[collection].insert(raws, session=uow.session)


def _remove_all(actor: Actor, now: datetime) -> None:
    """Remove every record for good, each with its audit entry; then what belonged to them."""
    for collection in _COLLECTIONS:
        rows = RECORDS[collection].collection().find({})
        for chunk in _chunks(rows):
            in_one_transaction(partial(_delete, collection=collection, chunk=chunk), actor=actor, now=now)
    for name in _HANGING:
        if name in STATED:
            while in_one_transaction(partial(_delete_stated, collection=name), actor=actor, now=now):
                pass
        else:
            database()[name].delete_many({})


def _delete_stated(uow: UnitOfWork, collection: str) -> bool:
    """Remove some of what the trail keeps the states of; tell whether there was any."""
    ids = States(collection).ids({}, _CHUNK, uow.session)
    database()[collection].delete_many({"_id": {"$in": ids}}, session=uow.session)
    for record_id in ids:
        uow.record("deleted", collection, record_id, "", note=NOTE)
    return bool(ids)


def _delete(uow: UnitOfWork, collection: str, chunk: list[dict[str, Any]]) -> None:
    document = RECORDS[collection]
    document.collection().delete_many({"_id": {"$in": [raw["_id"] for raw in chunk]}}, session=uow.session)
    for raw in chunk:
        counties = document.counties_of(raw)
        uow.count(collection, raw, counties, -1)
        uow.record("deleted", collection, raw["_id"], document.label_of(raw), counties=counties, note=NOTE)


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    found = iter(items)
    while chunk := list(islice(found, _CHUNK)):
        yield chunk
