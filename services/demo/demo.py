"""Load an invented office to look at and to learn with; never over existing records unless told to replace them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby, islice
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
from services.definitions.own_collections import own_collections
from services.demo import records as demo_records
from services.demo.cases import accused, write_cases
from services.demo.late_acts import write_late_acts
from services.demo.names import Invent
from services.demo.past import Past
from services.demo.records import DemoBase
from services.demo.reports import write_filings, write_reports
from services.demo.round import write_rounds
from services.demo.upward import write_upward
from services.demo.visits import visited_on, visits, visits_collection, write_views
from services.desk.working_days import office_calendar
from services.records.records import new_record
from services.records.references import References
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

SEED = 371500
NOTE = "demo"
# Few enough that one transaction's six seconds are enough on a machine that is busy with something else.
_CHUNK = 50
_SEASON = 92  # days: what was learnt within them is written together
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
        holding = (*_own_collections(), *_HOLDING)
        if any(database()[name].find_one({}, {"_id": 1}) is not None for name in holding):
            if not replace:
                raise Refused(
                    N_(
                        "The office already holds records. The demonstration is loaded over them only with --replace."
                    )
                )
            _remove_all(actor, now)
        invent = Invent(Random(seed), now.astimezone(OFFICE_TIME).date())  # noqa: S311 - invented data, no secrets
        past = Past(now, invent.today, office_calendar())
        homes = demo_records.bases(invent)
        entered = {home.id: home.entered_on(past.today) for home in homes}
        counts = {
            "bases": _write(
                "bases",
                ((home.id, home.values) for home in homes),
                actor,
                past,
                lambda base: entered[base[0]],
            )
        }
        companies = demo_records.companies(invent, homes)
        counts["tenant_companies"] = _write("tenant_companies", companies, actor, past, _last_move)
        allies = list(demo_records.partners(invent, homes))
        counts["service_partners"] = _write(
            "service_partners", allies, actor, past, lambda ally: _begun(past)
        )
        staff = demo_records.staff(homes)
        counts["staff_members"] = _write("staff_members", staff, actor, past, lambda member: _begun(past))
        ledger = demo_records.entries(invent, homes, allies)
        counts["ledger_entries"] = _write(
            "ledger_entries", ledger, actor, past, lambda entry: entry[1]["served_on"]
        )
        counts["applications"] = write_rounds(homes, actor=actor, past=past)
        counts["decisions"] = len(write_cases(homes, actor=actor, past=past))
        silent = accused(homes, past.today)
        write_reports(silent, actor=actor, past=past)
        titled = _titled(homes, past.today)
        counts["change_filings"] = len(write_filings(invent, titled, actor=actor, past=past))
        counts["upward_recommendations"] = len(write_upward(titled[6:], actor=actor, past=past))
        own = visits_collection(actor=actor, now=now)
        if own is not None:
            day = visited_on(own)
            told = visits(own, homes, past)
            counts[own.name] = _write(own.name, told, actor, past, lambda visit: visit[1][day])
        write_views(own, actor=actor, now=now, today=past.today)
        write_late_acts(invent, homes, actor=actor, past=past)
        return counts


def _titled(homes: Sequence[DemoBase], today: date) -> list[DemoBase]:
    """Return the bases whose title has run for more than a year, and for long yet, and that nobody accuses."""
    silent = accused(homes, today)
    return [
        home
        for home in homes
        if 360 < (today - home.values.get("announced_on", today)).days < 1300
        and home.loses_by is None
        and home is not silent
    ]


def _own_collections() -> list[str]:
    """Return the names of the office's own collections: their records may refer to any other."""
    return [stored.own.name for stored in own_collections()]


def _begun(past: Past) -> date:
    return past.today - timedelta(days=demo_records.KEPT_SINCE)


def _last_move(company: Numbered) -> date:
    values = company[1]
    moved: date = values["moved_out"] if "moved_out" in values else values["moved_in"]
    return moved


def _write(
    collection: str,
    records: Iterable[Numbered],
    actor: Actor,
    past: Past,
    known_on: Callable[[Numbered], date],
) -> int:
    """Write records as the office learnt of them one after another, none before it began; return how many."""
    count, first = 0, _begun(past)
    ordered = sorted((max(first, known_on(record)), place, record) for place, record in enumerate(records))
    for _, season in groupby(ordered, lambda item: (item[0] - first).days // _SEASON):
        for chunk in _chunks(season):
            learnt, rows = past.on(chunk[-1][0]), [record for _, _, record in chunk]
            in_one_transaction(partial(_insert, collection=collection, chunk=rows), actor=actor, now=learnt)
            count += len(rows)
    return count


def _insert(uow: UnitOfWork, collection: str, chunk: list[Numbered]) -> None:
    refs = References(uow.actor, uow.session)
    refs.read_ahead_of(REGISTRY[collection], [values for _, values in chunk])
    raws = [new_record(uow, collection, one, refs, record_id=number, note=NOTE) for number, one in chunk]
    RECORDS[collection].insert(raws, session=uow.session)


def _remove_all(actor: Actor, now: datetime) -> None:
    """Remove every record for good, each with its audit entry; then what belonged to them."""
    for collection in (*_own_collections(), *_COLLECTIONS):
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
