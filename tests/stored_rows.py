"""What the tests' database holds, put back after each test: only the collections that something wrote to since.

`WRITES` counts the writes that any client of this process sends, by database and collection. Rows are kept and
compared as the bytes that the server stores. A program in another process writes to a database of its own, or a test
says so (`WRITES.by_another_process`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import islice
from typing import Any

from bson import CodecOptions, encode
from bson.raw_bson import RawBSONDocument
from pymongo import DeleteMany, InsertOne, ReplaceOne, WriteConcern, monitoring
from pymongo.database import Database

from documents.desk.audit_entry import READING

Db = Database[dict[str, Any]]
Rows = list[bytes]  # of one collection, in the order in which the server gives them

_RAW: CodecOptions[Any] = CodecOptions(document_class=RawBSONDocument)
_NOTHING: Rows = []
# How a row begins, after its length of four bytes and the type of what comes first; and the types of most `_id`s.
_ID = b"_id\x00"
_TEXT, _DOCUMENT, _OBJECT_ID, _DATE, _INT32, _INT64 = 2, 3, 7, 9, 16, 18
# What changes no collection; a command that is neither here nor known as a write counts as a write to all.
_READS = frozenset({
    "abortTransaction", "buildInfo", "collStats", "connectionStatus", "count", "dbHash", "dbStats", "distinct",
    "endSessions", "explain", "find", "getCmdLineOpts", "getMore", "getParameter", "hello", "isMaster", "ismaster",
    "killAllSessions", "killCursors", "killSessions", "listCollections", "listDatabases", "listIndexes", "ping",
    "profile", "refreshSessions", "replSetGetConfig", "replSetGetStatus", "replSetInitiate", "replSetReconfig",
    "serverStatus", "setParameter", "shutdown", "startSession", "validate",
})  # fmt: skip
_WRITES = frozenset({
    "collMod", "create", "createIndexes", "delete", "drop", "dropIndexes", "findAndModify", "insert", "update",
})  # fmt: skip
_TRAIL = "audit_entries"
# What moves when the trail tells that a page was refused, a file read or exported; what a trial write leaves empty.
NO_RECORDS = frozenset({_TRAIL, "audit_head", "audit_windows", "exported_records", "readiness"})
_MOST_KEYS = 200  # collections whose keys are remembered
ALL = ""  # in place of a collection's name: all of them
ACTS = "\0acts"  # in place of one: what the trail tells of changes


class WriteCounter(monitoring.CommandListener):
    """Counts writes by database and collection; those of a transaction when they are sent and when it commits."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._open: dict[bytes, dict[tuple[str, str], list[Any] | None]] = {}  # of transactions, by session
        # By database and collection: the count after each write since its rows were known, and the `_id`s that it put
        # in; None for one that did anything else.
        self._since: dict[tuple[str, str], list[tuple[int, list[Any] | None]]] = {}

    def of(self, database: str, collection: str) -> int:
        """Return how many writes may have changed a collection so far."""
        return self._counts[database, collection] + self._counts[database, ALL]

    def collections(self, database: str) -> set[str]:
        """Return the collections that were written to by their name."""
        return {name for found, name in list(self._counts) if found == database and name not in (ALL, ACTS)}

    def inserted(self, database: str, collection: str, count: int) -> list[Any] | None:
        """Return the `_id`s of all that was put in since that count; None where anything else may have been done."""
        found = [ids for number, ids in self._since.get((database, collection), ()) if number > count]
        if len(found) != self.of(database, collection) - count:
            return None
        every: list[Any] = []
        for ids in found:
            if ids is None:
                return None
            every += ids
        return every

    def are_known(self, database: str, collection: str) -> None:
        """Forget what was put into a collection so far: its rows are known."""
        self._since.pop((database, collection), None)

    def by_another_process(self, database: str) -> None:
        """Count a write to all collections of a database: a program that was started may have written there."""
        self._counts[database, ALL] += 1

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        name = event.command_name
        if name == "commitTransaction":
            for place, ids in self._open.pop(_session(event), {}).items():
                self._count(place, ids)
        elif name not in _READS:
            ids = _ids_put_in(event.command) if name == "insert" else None
            if "autocommit" in event.command and event.command.get("startTransaction"):
                self._open.pop(_session(event), None)
            for place in _written(name, event.command, event.database_name):
                self._count(place, ids)
                if "autocommit" in event.command:
                    found = self._open.setdefault(_session(event), {})
                    before = found.get(place, [])
                    found[place] = None if before is None or ids is None else [*before, *ids]

    def _count(self, place: tuple[str, str], ids: list[Any] | None) -> None:
        self._counts[place] += 1
        if place[1] not in (ALL, ACTS):
            self._since.setdefault(place, []).append((self.of(*place), ids))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing to do."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing to do: what failed may have written a part."""


def _session(event: monitoring.CommandStartedEvent) -> bytes:
    return bytes(event.command["lsid"]["id"])


def _written(name: str, command: Mapping[str, Any], database: str) -> Iterator[tuple[str, str]]:
    """Yield where a command writes."""
    if name == "aggregate":
        for step in command["pipeline"]:
            if "$out" in step or "$merge" in step:
                raise NotImplementedError("an aggregation that writes: say here where")
    elif name in _WRITES:
        yield database, command[name]
        if command[name] == _TRAIL and not (name == "insert" and _tells_of_reading(command)):
            yield database, ACTS
    elif name == "renameCollection":
        for full in (command[name], command["to"]):
            place, _, collection = full.partition(".")
            yield place, collection
            yield place, ACTS
    else:
        yield database, ALL


def _ids_put_in(command: Mapping[str, Any]) -> list[Any] | None:
    try:
        return [row["_id"] for row in command["documents"]]
    except KeyError:  # the server gives one
        return None


def _tells_of_reading(command: Mapping[str, Any]) -> bool:
    """Tell whether all that is put into the trail tells of what was read or refused."""
    return all(row.get("action") in READING for row in command["documents"])


WRITES = WriteCounter()
# By database and collection: its rows, and the count of writes when they were known to be these.
_known: dict[tuple[str, str], tuple[int, Rows]] = {}
# By database: the rows that were put back or read last.
_last: dict[str, "StoredRows"] = {}
_keys_of: dict[int, tuple[Rows, set[bytes]]] = {}
_hashes: dict[tuple[str, str], tuple[int, str]] = {}
_hashed_acts: dict[str, tuple[int, dict[str, str]]] = {}


class StoredRows:
    """All rows of a database at one moment."""

    def __init__(self, db: Db) -> None:
        """Read what stands in the database now."""
        names = [name for name in db.list_collection_names() if not name.startswith("system.")]
        self._rows = {name: _rows_of(db, name) for name in names}
        _last[db.name] = self

    def put_back(self, db: Db, apart: frozenset[str] = frozenset()) -> None:
        """Make the database hold these rows and nothing else; collections and indexes stay, and those `apart`.

        A test that drops a collection must build it again.
        """
        # What is put back need not survive a power cut.
        quick = db.with_options(write_concern=WriteConcern(w=1, j=False))
        changed = [
            _replace(quick, name, self._rows.get(name, _NOTHING)) for name in sorted(self._names(db) - apart)
        ]
        _last[db.name] = self
        if any(changed):
            # A transaction reads what a majority has: this write waits until all of the above is.
            db["put_back"].replace_one({"_id": 1}, {"_id": 1}, upsert=True)
            _known.pop((db.name, "put_back"), None)

    def stand(self, db: Db, apart: frozenset[str]) -> bool:
        """Tell, without asking the server, whether the database holds these rows, but for the collections `apart`."""
        return all(self._stands(db, name) for name in self._names(db) - apart)

    def _stands(self, db: Db, name: str) -> bool:
        count, rows = _known.get((db.name, name), (0, _NOTHING))
        wanted = self._rows.get(name, _NOTHING)
        return count == WRITES.of(db.name, name) and (rows is wanted or rows == wanted)

    def _names(self, db: Db) -> set[str]:
        known = {name for database, name in _known if database == db.name}
        every = {*self._rows, *known, *WRITES.collections(db.name)} - {"put_back"}
        return {name for name in every if not name.startswith("system.")}


def standing(db: Db, apart: frozenset[str]) -> StoredRows | None:
    """Return the rows that were put back or read last, where the database still holds them but for `apart`."""
    last = _last.get(db.name)
    return last if last and last.stand(db, apart) else None


def _rows_of(db: Db, name: str) -> Rows:
    """Return the rows of a collection; read only where something may have changed them."""
    count, rows = _known.get((db.name, name), (-1, _NOTHING))
    now = WRITES.of(db.name, name)
    if count != now:
        same = {row: row for row in rows}  # what is remembered more than once takes its room once
        rows = [same.get(row, row) for row in _read(db, name)]
        _known[db.name, name] = now, rows
        WRITES.are_known(db.name, name)
    return rows


def _read(db: Db, name: str) -> Rows:
    return [bytes(row.raw) for row in db.get_collection(name, codec_options=_RAW).find()]


def _replace(db: Db, name: str, wanted: Rows) -> bool:
    """Make a collection hold these rows; tell whether anything was written."""
    count, rows = _known.get((db.name, name), (-1, _NOTHING))
    if count == WRITES.of(db.name, name) and rows is wanted:
        return False
    collection = db.get_collection(name, codec_options=_RAW)
    put_in = WRITES.inserted(db.name, name, count) if rows is wanted else None
    if put_in is not None:  # what was put in stands behind them all, and nothing need be read
        stood = _keys(rows)
        extra = [one for one in put_in if _key(encode({"_id": one})) not in stood]
        if extra:
            collection.delete_many({"_id": {"$in": extra}})
        _known[db.name, name] = WRITES.of(db.name, name), wanted
        WRITES.are_known(db.name, name)
        return bool(extra)
    rows = _rows_of(db, name)
    if rows != wanted:
        changes = _changes(rows, wanted) if wanted else [DeleteMany({})]
        if changes is None:
            collection.delete_many({})
            collection.insert_many([RawBSONDocument(row) for row in wanted])
        else:
            collection.bulk_write(changes)
    _known[db.name, name] = WRITES.of(db.name, name), wanted
    WRITES.are_known(db.name, name)
    return rows != wanted


def _changes(rows: Rows, wanted: Rows) -> list[Any] | None:
    """Return the writes that make `rows` the wanted ones, in their order; None where all must be written again."""
    same = next((n for n, pair in enumerate(zip(rows, wanted, strict=False)) if pair[0] != pair[1]), None)
    stood = min(len(rows), len(wanted)) if same is None else same
    rows, wanted = rows[stood:], wanted[stood:]  # most rows are as they were
    present = {_key(row): row for row in rows}
    kept = {_key(row): row for row in wanted}
    staying = [key for key in present if key in kept]
    if staying != list(islice(kept, len(staying))):
        return None  # one is missing in between, and what is inserted comes last
    extra = [RawBSONDocument(row)["_id"] for key, row in present.items() if key not in kept]
    changed = [RawBSONDocument(row) for key, row in kept.items() if key in present and present[key] != row]
    missing = [RawBSONDocument(row) for key, row in kept.items() if key not in present]
    return [
        *([DeleteMany({"_id": {"$in": extra}})] if extra else []),
        *(ReplaceOne({"_id": row["_id"]}, row) for row in changed),
        *(InsertOne(row) for row in missing),
    ]


def _keys(rows: Rows) -> set[bytes]:
    """Return what tells each of these rows from the others, found once for the same rows."""
    held, keys = _keys_of.get(id(rows), (None, set()))
    if held is not rows:
        keys = {_key(row) for row in rows}
        while len(_keys_of) >= _MOST_KEYS:
            _keys_of.pop(next(iter(_keys_of)))
        _keys_of[id(rows)] = rows, keys
    return keys


def _key(row: bytes) -> bytes:
    """Return what tells a row from the others: its `_id` with the type, which the server stores first."""
    if row.startswith(_ID, 5):
        kind, length = row[4], int.from_bytes(row[9:13], "little")
        end = {
            _OBJECT_ID: 21, _TEXT: 13 + length, _DOCUMENT: 9 + length, _DATE: 17, _INT32: 13, _INT64: 17,
        }.get(kind)  # fmt: skip
        if end:
            return row[4:end]
    return encode({"_id": RawBSONDocument(row)["_id"]})


def unnoticed(db: Db) -> list[str]:
    """Return the collections that hold other rows than is known of them: something wrote that no count saw."""
    return [
        name
        for (database, name), (count, rows) in list(_known.items())
        if database == db.name and count == WRITES.of(db.name, name) and _read(db, name) != rows
    ]


def digest(db: Db) -> dict[str, str]:
    """Return a fingerprint of every collection that has one; only those written to since are read again.

    Of the trail only what tells of changes counts.
    """
    counts = {
        name: WRITES.of(db.name, name)
        for name in WRITES.collections(db.name)
        if name not in NO_RECORDS and not name.startswith("system.")
    }
    old = [name for name, count in counts.items() if _hashes.get((db.name, name), (-1, ""))[0] != count]
    if old:
        fresh = _server_digest(db, old)
        _hashes.update({(db.name, name): (counts[name], fresh.get(name, "")) for name in old})
    found = {name: words for name in counts if (words := _hashes[db.name, name][1])}
    count, acts = _hashed_acts.get(db.name, (-1, {}))
    now = WRITES.of(db.name, ACTS)
    if count != now:  # the longest of all collections
        acts = _acts(db)
        _hashed_acts[db.name] = now, acts
    return _of_records(found, acts)


def full_digest(db: Db) -> dict[str, str]:
    """Return the same fingerprint, of everything that the server has."""
    return _of_records(_server_digest(db), _acts(db))


def _of_records(found: Mapping[str, str], acts: Mapping[str, str]) -> dict[str, str]:
    return {name: words for name, words in found.items() if name not in NO_RECORDS} | dict(acts)


def _acts(db: Db) -> dict[str, str]:
    """Return a fingerprint of what the trail tells of changes: that a page was refused or a file read is none."""
    entries = db.get_collection(_TRAIL, codec_options=_RAW)
    rows = entries.find_raw_batches(
        {"action": {"$nin": sorted(READING)}}, {"action": 1, "record_id": 1, "changes": 1}, sort=[("_id", 1)]
    )
    return {_TRAIL: sha256(b"".join(rows)).hexdigest()}


def _server_digest(db: Db, names: Iterable[str] | None = None) -> dict[str, str]:
    """Return the server's fingerprints of these collections; of all of them for None."""
    asked = {} if names is None else {"collections": sorted(names)}
    return dict(db.command("dbHash", **asked)["collections"])
