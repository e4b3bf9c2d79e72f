"""The data set: 300 bases, 500 partners, 100,000 companies and 300,000 ledger entries, times a factor.

Written in bulk through the documents' own search fields, indexes after the rows, counters set right;
kept in a database named after the factor and built anew when the code would now make other records or indexes.
"""

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Any

from bson import ObjectId
from pymongo import IndexModel, MongoClient, WriteConcern
from pymongo.errors import PyMongoError

from benchmarks.records import KINDS, Maker
from documents.indexes import build_indexes
from documents.kinds import RECORDS
from documents.server.connection import client, database
from rules.access import SYSTEM, Role
from rules.assessment.kept_figures import meaning
from services.assessment.kept_figures import rebuild_figures, rebuild_figures_of
from services.desk.users import create_user

CLERK, PASSWORD = "bench", "measured-from-end-to-end-8"
_WHOLE = {"bases": 300, "service_partners": 500, "tenant_companies": 100_000, "ledger_entries": 300_000}
_LEAST = {"bases": 11, "service_partners": 10, "tenant_companies": 100, "ledger_entries": 100}
_CHUNK = 5000
_INDEX_MEMORY = 800  # megabytes; with its usual 200 the server sorts search tokens on disk, in many parts
_QUICK = WriteConcern(w=1, j=False)  # what can be made again need not survive a power cut


def sizes(factor: float, *, few_entries: bool = False) -> dict[str, int]:
    """Return how many records of each kind a factor gives; `few_entries`: a tenth of its entries alone."""
    counts = {kind: max(_LEAST[kind], round(count * factor)) for kind, count in _WHOLE.items()}
    return counts | {"ledger_entries": max(1, counts["ledger_entries"] // 10)} if few_entries else counts


def database_name(factor: float, *, few_entries: bool = False) -> str:
    """Return the name of the database that holds the data set of a factor."""
    return f"bases_bench_{factor:g}{'_few' if few_entries else ''}".replace(".", "_")


def ensure(factor: float, uri: str, *, few_entries: bool = False) -> bool:
    """Build the data set in the connected database unless it is there; tell whether it was built."""
    counts, marks = sizes(factor, few_entries=few_entries), database()["bench"]
    mark = {"_id": "built", "shape": _shape(counts)}
    if marks.find_one(mark):
        return False
    client().drop_database(database().name)
    jobs = [(uri, database().name, counts, kind, *span) for kind in KINDS for span in _spans(counts[kind])]
    if len(jobs) <= len(KINDS):
        for job in jobs:
            _write(*job)
    else:
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            list(pool.map(_write, *zip(*jobs, strict=True)))
    _index_at_once(uri)
    build_indexes()
    for kind in KINDS:
        _tally(kind)
    rebuild_figures(now=datetime.now(UTC))
    create_user(CLERK, role=Role.CITY.value, password=PASSWORD, actor=SYSTEM, now=datetime.now(UTC))
    marks.insert_one(mark)
    return True


def mend_figures(companies: Iterable[ObjectId]) -> None:
    """Build the figures of these companies' bases anew: the other columns save without keeping any."""
    wanted = {"_id": {"$in": list(companies)}}
    bases = database()["tenant_companies"].distinct("base", wanted)
    rebuild_figures_of(bases, now=datetime.now(UTC))


def _spans(count: int) -> Iterator[tuple[int, int]]:
    return ((start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK))


def _write(uri: str, name: str, counts: dict[str, int], kind: str, first: int, last: int) -> None:
    """Write a span of records, in a process that may have no connection yet."""
    make = Maker(counts).record
    with MongoClient[dict[str, Any]](uri) as quick:
        rows = quick[name].get_collection(kind, write_concern=_QUICK)
        rows.insert_many((make(kind, number) for number in range(first, last)), ordered=False)


def _index_at_once(uri: str) -> None:
    """Build all indexes of a collection in one pass over it; `build_indexes` alone would make a pass for each."""
    with MongoClient[dict[str, Any]](uri) as patient:  # the office's own client waits for a minute only
        with suppress(PyMongoError):  # a server of others may not let us
            patient.admin.command("setParameter", 1, maxIndexBuildMemoryUsageMegabytes=_INDEX_MEMORY)
        for kind in KINDS:
            wanted = []
            for spec in RECORDS[kind]._meta["index_specs"]:
                options = {key: value for key, value in spec.items() if key not in ("fields", "cls")}
                wanted.append(IndexModel(spec["fields"], **options))
            patient[database().name][kind].create_indexes(wanted)


def _tally(kind: str) -> None:
    """Set the count of a collection as the writes would have kept it."""
    key = RECORDS[kind].county_key
    groups: list[dict[str, Any]] = [
        {"$group": {"_id": {"status": "$status", "county": f"${key}"}, "n": {"$sum": 1}}}
    ]
    count: dict[str, Any] = {"total": 0, "counties": {}, "statuses": {}}
    for row in database()[kind].aggregate(groups):
        found = row["_id"]["county"]
        of_status = count["statuses"].setdefault(row["_id"]["status"], {"total": 0, "counties": {}})
        for place in (count, of_status):
            place["total"] += row["n"]
            for code in found if isinstance(found, list) else [found]:
                place["counties"][code] = place["counties"].get(code, 0) + row["n"]
    database()["tallies"].update_one({"_id": kind}, {"$set": count}, upsert=True)


def _shape(counts: dict[str, int]) -> str:
    """Return what changes when the code would make other records or indexes than those that are there."""
    make = Maker(counts).record
    samples = [make(kind, number) for kind in KINDS for number in range(8)]
    indexes = [RECORDS[kind]._meta["index_specs"] for kind in KINDS]
    return hashlib.sha256(f"{counts} {samples} {indexes} {meaning()}".encode()).hexdigest()
