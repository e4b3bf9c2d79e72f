"""Small shared state read with every page: counters by county, counties in order, statuses - in one command.

Tallies are kept by the writes themselves, in their transactions, so that a page of a million
records counts nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mongoengine.connection import get_db

from documents.maintenance.data_state import COLLECTION as DATA_STATE
from documents.maintenance.data_state import state_of, with_working
from documents.records.county import FACTS, put_in_force
from documents.records.record import Counts, Record, RecordQuerySet
from rules.access import Actor
from rules.choices import Colour

COUNTERS = "tallies"
_OF_HEAD = {"seq": 1, "hash": 1, "unrecorded": 1}
_ROWS = 1000  # counters, counties and statuses come in one answer


@dataclass(frozen=True)
class StatusWord:
    """A status as pages need it."""

    collection: str
    code: str
    label: str
    colour: str = Colour.GREY.value
    order: int = 0
    final: bool = False
    public: bool = False


@dataclass(frozen=True)
class OfficeState:
    """What the office looks like now: counts, counties in the office's order, the dictionary of statuses."""

    counters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    counties: tuple[tuple[str, str, str], ...] = ()  # code, full name, short name
    statuses: Mapping[str, Mapping[str, StatusWord]] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)  # names of the records asked for besides, by id
    maintenance: str = ""  # why writes are held back, a message id or words; "" when they are not
    # Moved by every write of the office, and never the same again: what was read at a version is so while it stays.
    version: tuple[Any, ...] = ()
    seq: int = 0  # the last audit entry: what is read after this state holds all writes up to it
    # What pages made of this state, for as long as it is the office's: by whatever else that follows from.
    made: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def counts(self, collection: str, status: str | None = None) -> Counts:
        """Return the count of a collection, or of those of its records that have one status."""
        count = self.counters.get(collection, {})
        if status is not None:
            count = count.get("statuses", {}).get(status, {})
        return Counts(total=count.get("total", 0), by_county=count.get("counties", {}))

    def count(self, collection: str, actor: Actor, status: str | None = None) -> int:
        """Return how many records of a collection (with one status) are in the actor's scope."""
        counts = self.counts(collection, status)
        return counts.total if actor.county is None else counts.by_county.get(actor.county, 0)

    @property
    def county_names(self) -> dict[str, str]:
        """The full county names by code."""
        return {code: name for code, name, _ in self.counties}

    def status_labels(self, collection: str) -> dict[str, str]:
        """Return the labels of a collection's statuses by code, in order."""
        return {code: word.label for code, word in self.statuses.get(collection, {}).items()}


def read_office_state(besides: Iterable[RecordQuerySet] = ()) -> OfficeState:
    """Read counters, counties and statuses in one command; in the same one the names of a few records `besides`.

    The counties read are in force for the whole process from then on (`rules.counties.office_counties`).
    """
    pipeline = [*steps_of_state(), *map(_steps_of_names, besides)]
    return state_of_rows(get_db()[COUNTERS].aggregate(pipeline, batchSize=_ROWS))


def with_names(state: OfficeState, besides: Iterable[RecordQuerySet]) -> OfficeState:
    """Return a state that was read without them with the names of a few records, read in one command."""
    steps = [_steps_of_names(wanted) for wanted in besides]
    if not steps:
        return state
    nothing: list[dict[str, Any]] = [{"$match": {"_id": {"$in": []}}}]
    return replace(state, named=_names(get_db()[COUNTERS].aggregate([*nothing, *steps], batchSize=_ROWS)))


def steps_of_state() -> list[dict[str, Any]]:
    """Return the pipeline over the counters that reads the state; further steps may follow it."""
    return [
        {"$set": {"_kind": "tally"}},
        {"$unionWith": {"coll": "counties", "pipeline": [{"$project": FACTS}, {"$set": {"_kind": "county"}}]}},
        {
            "$unionWith": {
                "coll": "statuses",
                "pipeline": [
                    {"$project": {"collection": 1, "code": 1, "label": 1, "colour": 1, "order": 1, "final": 1,
                                  "public": 1}},
                    {"$set": {"_kind": "status"}},
                ],
            }
        },
        {"$unionWith": {"coll": "audit_head", "pipeline": [{"$project": _OF_HEAD}, {"$set": {"_kind": "head"}}]}},
        {"$unionWith": {"coll": DATA_STATE, "pipeline": [*with_working(), {"$set": {"_kind": "state"}}]}},
    ]  # fmt: skip


def _steps_of_names(wanted: RecordQuerySet) -> dict[str, Any]:
    steps = [{"$match": wanted.filters()}, {"$project": {"name": 1}}, {"$set": {"_kind": "named"}}]
    return {"$unionWith": {"coll": wanted._document._get_collection_name(), "pipeline": steps}}


def state_of_rows(rows: Iterable[Mapping[str, Any]]) -> OfficeState:
    """Return the state of the rows that the pipeline gives; the counties among them are in force from then on."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["_kind"], []).append(
            {key: value for key, value in row.items() if key != "_kind"}
        )
    return OfficeState(
        counters={row["_id"]: row for row in found.get("tally", ())},
        counties=tuple(
            (county.code, county.name, county.short) for county in put_in_force(found.get("county", []))
        ),
        statuses=_by_collection(found.get("status", [])),
        named=_names(found.get("named", ())),
        maintenance=_maintenance(found.get("state", [])),
        version=tuple(row.get(key) for row in found.get("head", ()) for key in _OF_HEAD),
        seq=max((int(row.get("seq", 0)) for row in found.get("head", ())), default=0),
    )


def _names(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {str(row["_id"]): str(row.get("name", "")) for row in rows}


def counted(document: type[Record], key: str, session: Any = None) -> dict[str, Any]:
    """Return the counter of a collection as counting its records gives it, by county and by what stands at `key`."""
    found: dict[str, Any] = {"total": 0, "counties": {}, "statuses": {}}
    fields = {key: 1, document.county_key: 1} if document.county_key else {key: 1}
    for raw in document._get_collection().find({}, fields, session=session):
        places = [found]
        if status := raw.get(key):
            places.append(found["statuses"].setdefault(status, {"total": 0, "counties": {}}))
        for place in places:
            place["total"] += 1
            for code in document.counties_of(raw):
                place["counties"][code] = place["counties"].get(code, 0) + 1
    return found


def _maintenance(rows: list[dict[str, Any]]) -> str:
    maintenance = state_of(rows[0])[1] if rows else None
    return maintenance.reason if maintenance else ""


def _by_collection(rows: list[dict[str, Any]]) -> dict[str, dict[str, StatusWord]]:
    words: dict[str, dict[str, StatusWord]] = {}
    for row in sorted(rows, key=lambda row: (row.get("order", 0), row["label"])):
        words.setdefault(row["collection"], {})[row["code"]] = StatusWord(
            collection=row["collection"],
            code=row["code"],
            label=row["label"],
            colour=row.get("colour", Colour.GREY.value),
            order=row.get("order", 0),
            final=bool(row.get("final")),
            public=bool(row.get("public")),
        )
    return words
