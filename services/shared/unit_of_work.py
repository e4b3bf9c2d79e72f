"""The unit of work: one MongoDB transaction that holds the records, the counters and the audit entries alike.

Every transaction ends by moving the head of the audit chain. That makes the chain gapless, and it
makes any two writes conflict unless one has seen the other: what is checked inside the
transaction (a reference that still exists, the last administrator) holds when it commits.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from contextvars import copy_context
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar, cast

import structlog
from mongoengine import Document
from mongoengine.connection import get_db
from pymongo import UpdateOne, timeout
from pymongo.client_session import ClientSession
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
)

from documents.desk.audit_entry import HEAD, READING, Change, StoredChange, sealed
from documents.desk.audit_keys import audit_keys
from documents.desk.sent_form_outcome import SentFormOutcome
from documents.kinds import RECORDS
from documents.maintenance.data_state import DataState
from documents.records.office_state import COUNTERS
from documents.records.record import Record
from documents.records.record_numbers import RecordNumbers
from documents.server.connection import DISK_FULL, DISK_FULL_CODE
from documents.server.transactions import BUSY, CommitUnknown, Patience, in_bounded_transaction, patience
from documents.shard_keys import unchanged
from documents.states import GONE, STATED, States
from office.excel.cell_dates import OFFICE_TIME
from rules.access import Actor
from rules.errors import (
    OutcomeUnknown,
    Problem,
    Refusal,
    Refused,
    SavedBefore,
    Stale,
    Unavailable,
    Warned,
    token_of,
)
from rules.waiting import STATE_KEYS
from rules.words import N_
from schema.collection import Index
from schema.registry import REGISTRY
from services.shared.figure_changes import FigureChanges
from services.shared.maintenance_mode import demand_open
from services.shared.office_day import office_day
from services.shared.origins import present_origin

T = TypeVar("T")
Raw = dict[str, Any]
_log = structlog.get_logger()
_MOST_ROUNDS = 8  # of values over records whose own values follow from others
_LOOK_UP = (
    0.3  # seconds, of those that a clerk waits, for the question whether an unanswered commit was written
)
# Sends what was written behind; as many threads as there may be transactions at once.
_BEHIND = ThreadPoolExecutor(8, thread_name_prefix="write-behind")
# What every process that writes must know of before it writes again.
_DEFINITIONS = frozenset({"own_fields", "own_collections", "own_conditions"})
_FEW_ENTRIES = 20  # are sealed sooner than a thread is asked


class _Conflict(PyMongoError):
    """Another writer moved the head first; the whole transaction runs again."""

    def __init__(self) -> None:
        super().__init__("the audit head moved", error_labels=["TransientTransactionError"])


class TooLarge(Refused):
    """One transaction cannot hold so much; nothing was written."""

    default = N_("This change touches too many records to be saved at once. Nothing was saved.")


class TooLong(TooLarge):
    """The database answered, but the work did not end within what one transaction may take; nothing was written."""

    default = N_(
        "Saving this took longer than it may: it touches too many records at once, or the server is very busy."
        " Nothing was saved."
    )


class UnitOfWork:
    """What a piece of work writes with: its session, and what is to be recorded and tallied when it is done."""

    def __init__(self, session: ClientSession, actor: Actor, now: datetime) -> None:
        """Begin with nothing recorded; `now` is cut to the milliseconds that the database keeps."""
        self._session = session
        self._behind: Future[None] | None = None  # the write that is under way beside the caller
        self.actor = actor
        self.is_trial = False  # it will be undone: nothing need be made that only a commit would keep
        # Whether what the rules warn of is looked for; `warnings` has it by record id, for who asks or shows it.
        self.looks_for_warnings = False
        self.warnings: list[tuple[Any, Refusal]] = []
        self.refuses_warned = False  # what the rules warn of is refused, for an act that leaves such records
        # The particulars of files that were sent for fields of the record, by their ids: what it holds is kept with it.
        self.sent_files: Mapping[Any, Any] = {}
        self.batch = ""  # the id of the batch that all acts recorded belong to, if they do
        self.now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self._entries: list[dict[str, Any]] = []
        self._counters: dict[tuple[str, str], int] = {}
        self._figures = FigureChanges()
        self._related: dict[str, set[Any]] = {}  # records whose values over others may have changed
        self._numbers: dict[str, int] = {}
        self._defines = False  # whether a definition of the office's is written
        # The records whose states the trail is to keep: those written, each with the state it was found in if that
        # is known, and those that entries are about.
        self._written: dict[tuple[str, Any], str] = {}
        self._seen: set[tuple[str, Any]] = set()
        self._states: dict[str, States] = {}
        # New records as they were inserted; one that is touched afterwards is read again.
        self._inserted: dict[tuple[str, Any], Raw] = {}

    @property
    def session(self) -> ClientSession:
        """The session of the transaction, once what is written behind has been: one command at a time.

        Raises what that write raised.
        """
        if self._behind is not None:
            behind, self._behind = self._behind, None
            behind.result()
        return self._session

    def write_behind(self, write: Callable[[ClientSession], None]) -> None:
        """Let `write` go on beside the caller, who prepares meanwhile what comes next of this transaction.

        Whoever asks for the session next waits for it. Raises what an earlier one raised.
        """
        session = self.session
        self._behind = _BEHIND.submit(copy_context().run, write, session)  # under the caller's deadline

    def leave_nothing_behind(self) -> None:
        """Wait for the write that is under way, whatever becomes of it: a session has one user at a time."""
        if self._behind is not None:
            wait([self._behind])

    @cached_property
    def today(self) -> date:
        """The office's day of this write."""
        return office_day(self.now)

    def record(
        self,
        action: str,
        collection: str,
        record_id: Any,
        label: str,
        *,
        counties: Sequence[str] = (),
        changes: Sequence[Change | StoredChange] = (),
        note: str = "",
    ) -> None:
        """Note one act for the audit trail, with from where it was done, and with the state it leaves the record in."""
        if action not in READING and collection in STATED and record_id is not None:
            self._seen.add((collection, record_id))
        origin = self.actor.origin or present_origin()
        self._entries.append(
            {
                "at": self.now,
                "actor_id": self.actor.id,
                "actor_name": self.actor.name,
                "action": action,
                "collection": collection,
                "record_id": record_id,
                "label": label,
                "counties": list(counties),
                "changes": [one.stored() if isinstance(one, Change) else one for one in changes],
                "note": note,
                **({"batch": self.batch} if self.batch else {}),
                "address": origin.address,
                "agent": origin.agent,
                "request_id": origin.request_id,
            }
        )

    def touch(self, collection: str, record_id: Any, found: Mapping[str, Any] | None = None) -> None:
        """Let the trail know that this transaction writes a record; `found` is how it was before.

        Whoever writes one otherwise than by `save` and `stamped` calls it: the trail takes a record that differs from
        its last state, and that nobody wrote, for changed without the program.
        """
        key = (collection, record_id)
        self._inserted.pop(key, None)
        if not self._written.get(key):
            self._written[key] = self._states_of(collection).of(found) if found is not None else ""

    def inserted(self, collection: str, rows: Iterable[Raw]) -> None:
        """Let the trail know new records as they were inserted, so that it need not read them again.

        Only where nothing writes them once more in this transaction otherwise than by `save`, `stamped` or `touch`.
        """
        self._inserted.update({(collection, raw["_id"]): raw for raw in rows})

    def _states_of(self, collection: str) -> States:
        if collection not in self._states:
            self._states[collection] = States(collection)
        return self._states[collection]

    def count(self, collection: str, raw: Mapping[str, Any], counties: Sequence[str], by: int) -> None:
        """Count a record in (`by` 1) or out (-1): in its collection, its counties, and by its status in both.

        A procedure is counted by where it stands.

        What it adds to the kept figures of its base is counted along with it.
        """
        self._figures.count(collection, raw, by)
        self._note_related(collection, raw)
        key = "status" if REGISTRY.is_counted(collection) else STATE_KEYS.get(collection)
        if key is None:
            return
        places = ["total", *(f"counties.{code}" for code in counties)]
        status = raw.get(key)
        for place in places + [f"statuses.{status}.{place}" for place in places if status]:
            self._counters[(collection, place)] = self._counters.get((collection, place), 0) + by

    def _note_related(self, collection: str, raw: Mapping[str, Any]) -> None:
        """Note whose values over other records this record, written or as it was, may change: its own too."""
        for target, path in self._asking.get(collection, ()):
            ids = [raw["_id"]] if not path else _ids_at(raw, path)
            self._related.setdefault(target, set()).update(ids)

    @cached_property
    def _asking(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """The collections whose formulas ask of one, each with the key by which its records refer to theirs."""
        asking: dict[str, list[tuple[str, str]]] = {}
        for declaration in REGISTRY:
            related = [one for one in declaration.computed if one.is_related]
            for other, path in dict.fromkeys(pair for one in related for pair in one.asks):
                asking.setdefault(other, []).append((declaration.name, path))
            if related:
                asking.setdefault(declaration.name, []).append((declaration.name, ""))
        return asking

    def _renew_related(self) -> None:
        """Store anew what follows from the records that were written, as this transaction sees them all."""
        for _ in range(_MOST_ROUNDS):
            if not self._related:
                return
            waiting, self._related = self._related, {}
            for name, ids in waiting.items():
                document = RECORDS[name]
                values = document.related_fields(sorted(ids), self.today, session=self.session)
                document.set_fields(values, session=self.session)
                paths = [pair for pair in self._asking.get(name, ()) if pair[1]]
                if paths:  # what counts these in turn
                    keys = [path.split(".")[0] for _, path in paths]
                    for raw in document.shown_of({"_id": {"$in": list(ids)}}, keys, session=self.session):
                        for target, path in paths:
                            self._related.setdefault(target, set()).update(_ids_at(raw, path))

    def next_number(self, collection: str, created: datetime | None = None) -> str:
        """Return the next number of a record of this collection, such as TZ2026-000012, of the year it was entered."""
        year = (created or self.now).astimezone(OFFICE_TIME).year
        series = f"{collection}:{year}"
        if series not in self._numbers:
            self._numbers[series] = RecordNumbers.last_of(series, self.session)
        self._numbers[series] += 1
        return f"{REGISTRY[collection].number_prefix}{year}-{self._numbers[series]:06d}"

    def claim_number(self, collection: str, number: str) -> bool:
        """Let a record have a number that was given elsewhere; False where it is none of this collection's.

        No later record is given it. Whether another one has it already is the caller's to see.
        """
        found = re.fullmatch(rf"{REGISTRY[collection].number_prefix}(20\d\d)-(\d{{6,7}})", number)
        if found is None or int(found[1]) > self.now.astimezone(OFFICE_TIME).year:
            return False
        series = f"{collection}:{found[1]}"
        last = self._numbers.get(series)
        last = RecordNumbers.last_of(series, self.session) if last is None else last
        self._numbers[series] = max(last, int(found[2]))
        return True

    def count_file(self, collection: str, record: Mapping[str, Any], by: int) -> None:
        """Count a file of a record in (`by` 1) or out (-1), where that is a figure."""
        self._figures.count_file(collection, record, by)

    def find(self, document: type[Record], record_id: Any, *, version: int | None = None) -> Raw:
        """Return a stored record in the actor's scope, as this transaction sees it.

        Raises Missing when there is none in scope; Stale when it was saved since `version`.
        """
        raw = document.read(record_id, self.actor, self.session)
        if version is not None and raw["version"] != version:
            raise Stale()
        return raw

    def stamped(
        self, document: type[Document], before: Mapping[str, Any] | None, after: Mapping[str, Any]
    ) -> Raw:
        """Return `after` with the next version, and who made and changed it when, as far as `document` keeps that.

        The trail will keep the state it is left in, and that `before` was found.
        """
        if before is not None and (name := document._get_collection_name()) in STATED:
            # Of what is no record a caller may hold a part, or one filled up with what stands where nothing is stored.
            whole = issubclass(document, Record)
            found = (
                before
                if whole
                else document._get_collection().find_one({"_id": before["_id"]}, session=self.session)
            )
            self.touch(name, before["_id"], found)
        moments = ("created", "updated") if before is None else ("updated",)
        stamps = {f"{verb}_at": self.now for verb in moments} | {
            f"{verb}_by": self.actor.name for verb in moments
        }
        stamps = {key: value for key, value in stamps.items() if key in document._fields}
        version = before["version"] + 1 if before else 1
        return {**after, **stamps, "version": version}

    def save(
        self, document: type[Document], before: Mapping[str, Any] | None, after: Mapping[str, Any]
    ) -> Raw:
        """Write `after` where the database still holds the version of `before`; `before` None writes a new one.

        This is the only versioned save: search fields and counters follow it. The audit entry is the caller's
        to `record`. Return what was written. Raises Stale when another save came first.
        """
        fresh = self.stamped(document, before, after)
        self._defines = self._defines or document._get_collection_name() in _DEFINITIONS
        if issubclass(document, Record):
            fresh.update(document.derived_fields(fresh, self.today))
            self._move_counters(document, before, fresh)
        collection = document._get_collection()
        if before is None:
            fresh["_id"] = collection.insert_one(fresh, session=self.session).inserted_id
            if document._get_collection_name() in STATED:
                self.touch(document._get_collection_name(), fresh["_id"])
            return fresh
        same = unchanged(document, before)
        if collection.replace_one(same, fresh, session=self.session).matched_count != 1:
            raise Stale()
        return fresh

    def _move_counters(
        self, document: type[Record], before: Mapping[str, Any] | None, after: Mapping[str, Any]
    ) -> None:
        name = document._get_collection_name()
        if before is not None:
            self.count(name, before, document.counties_of(before), -1)
        self.count(name, after, document.counties_of(after), 1)

    def demand_confirmed(self, confirmed: Container[str] | None) -> None:
        """Raise Warned for what the rules warn of, unless it was `confirmed` by its token; None: nobody is asked."""
        if confirmed is None:
            return
        found = [warning for _, warning in self.warnings]
        if any(token_of(warning) not in confirmed for warning in found):
            raise Warned(*found)

    def hold(self) -> None:
        """Conflict with every other write, as a recorded act does: for a write that follows from what it read."""
        self._heads().update_one({"_id": HEAD}, {"$inc": {"unrecorded": 1}}, session=self.session)

    def _heads(self) -> Any:
        return get_db()["audit_head"]

    def _finish(self) -> None:
        self._renew_related()
        if self._defines:
            DataState.note_kinds(self.session)
        head = self._head() if self._entries else None
        if len(self._entries) > _FEW_ENTRIES:
            self.write_behind(self._write_counts)  # while the entries are sealed
        else:
            self._write_counts(self.session)
        if head is not None:
            self._append_to_chain(head)

    def _write_counts(self, session: ClientSession) -> None:
        """Write what was counted: counters, kept figures and the last numbers given."""
        steps: dict[str, dict[str, int]] = {}
        for (collection, key), by in self._counters.items():
            if by:
                steps.setdefault(collection, {})[key] = by
        if steps:
            get_db()[COUNTERS].bulk_write(
                [UpdateOne({"_id": name}, {"$inc": step}, upsert=True) for name, step in steps.items()],
                session=session,
            )
        self._figures.write(session)
        for series, last in self._numbers.items():
            RecordNumbers.move(series, last, session)

    def _head(self) -> Raw:
        head = self._heads().find_one({"_id": HEAD}, session=self.session)
        if head is None:
            raise Unavailable(N_("The audit trail has no head: run the command that builds the indexes."))
        return cast("Raw", head)

    def _append_to_chain(self, head: Raw) -> None:
        seq, previous, keys = head["seq"], head["hash"], audit_keys()
        self._keep_states()
        entries = []
        for entry in self._entries:
            seq += 1
            stored: dict[str, Any] = {"_id": seq, **entry, "previous": previous, "key": keys.present}
            previous, whole = sealed(stored, keys.mac)
            entries.append(whole)
        moved = self._heads().update_one(
            {"_id": HEAD, "seq": head["seq"]}, {"$set": {"seq": seq, "hash": previous}}, session=self.session
        )
        if moved.modified_count != 1:
            raise _Conflict
        get_db()["audit_entries"].insert_many(entries, session=self.session)

    def _keep_states(self) -> None:
        """Give each entry the state of its record as this transaction leaves it; of records without one, the last."""
        last = self._entries[-1]
        entries = {(entry["collection"], entry["record_id"]): entry for entry in self._entries}
        gone = {key for key, entry in entries.items() if entry["action"] == "deleted"}
        ids: dict[str, list[Any]] = {}
        for collection, record_id in self._seen | self._written.keys():
            ids.setdefault(collection, []).append(record_id)
        for collection, wanted in ids.items():
            states = self._states_now(collection, wanted)
            for record_id in wanted:
                key = (collection, record_id)
                if record_id not in states and key not in gone:
                    continue  # an act that has no record, as an import's own
                state = states.get(record_id, GONE)
                kept = {"collection": collection, "id": record_id, "state": state}
                if was := self._written.get(key, state):
                    kept["was"] = was
                entries.get(key, last).setdefault("states", []).append(kept)

    def _states_now(self, collection: str, ids: Sequence[Any]) -> dict[Any, str]:
        """Return the states that these records have within this transaction; of those that are gone none."""
        states_of = self._states_of(collection)
        known = {one: self._inserted[collection, one] for one in ids if (collection, one) in self._inserted}
        states = {one: states_of.of(raw) for one, raw in known.items()}
        others = [one for one in ids if one not in known]
        return states | dict(states_of.read({"_id": {"$in": others}}, self.session)) if others else states


def _ids_at(raw: Mapping[str, Any], path: str) -> list[Any]:
    """Return the ids that a stored record has at a key, one or a list of them, or at a key of each item of a list."""
    key, _, inner = path.partition(".")
    held = raw.get(key)
    several = held if isinstance(held, list) else [held]
    found = [one.get(inner) for one in several if one] if inner else several
    return [one for one in found if one is not None]


class _DoneBefore(Exception):
    """Leads out of a transaction that the same form has caused before."""


def in_one_transaction(
    work: Callable[[UnitOfWork], T], *, actor: Actor, now: datetime, within: Patience | None = None
) -> T:
    """Run `work` in one transaction and return what it returns: all of it is written, or nothing.

    `work` may run more than once, so it must not keep anything from an earlier run, and nothing slow belongs into it.
    A form that is sent a second time gets the result of its first sending (lists for tuples). `within` is how long it
    may take; by default what the connection allows: a page waits seconds, a command longer.

    Raises: what `work` raises; Refused when a unique index refuses; UnderMaintenance; Unavailable when the database
    cannot be reached or does not let it through in time, and nothing was written; OutcomeUnknown when that cannot be
    told; SavedBefore when the first sending's result was not kept.
    """
    form = actor.sent_form
    place = form.next_place() if form else ""
    results: list[T] = []

    def attempt(session: ClientSession, again: bool) -> None:
        uow = UnitOfWork(session, actor, now)
        demand_open(session)
        if again:
            if place and SentFormOutcome.is_done(place, session):
                raise _DoneBefore
            # First of all now: else a long piece of work would lose to short ones of other processes for ever.
            uow.hold()
        try:
            result = work(uow)
            uow._finish()
        finally:
            uow.leave_nothing_behind()
        if place:
            SentFormOutcome.keep(place, actor.id, result, uow.now, session)
        results[:] = [result]

    try:
        in_bounded_transaction(attempt, within or patience())
    except Exception as error:
        problem = _problem_of(error)
        if form is None or not place or not _may_be_done(problem):
            if problem is error:
                raise
            raise problem from error
        settled = _settled(place, actor, results, error, problem)
        form.committed += 1
        form.is_repeated = form.is_repeated or not isinstance(error, CommitUnknown)
        return settled
    if form is not None:
        form.committed += 1
    return results[0]


def _may_be_done(problem: Exception) -> bool:
    """Tell whether an earlier sending, or this one, may have been written although this one ended so."""
    return isinstance(problem, OutcomeUnknown) or not isinstance(problem, Unavailable)


def _settled(place: str, actor: Actor, results: Sequence[T], error: Exception, problem: Exception) -> T:
    """Return the result that a transaction of this place has had; raise `problem` where none is known."""
    row = None
    with suppress(PyMongoError), timeout(_LOOK_UP):
        row = SentFormOutcome.find(place, actor.id)
    if row is None:
        if problem is error:
            raise error
        raise problem from error
    if isinstance(error, CommitUnknown):
        return results[0]
    if "result" not in row:
        raise SavedBefore from error
    return cast("T", row["result"])


def _problem_of(error: Exception) -> Exception:
    """Return what a failed transaction means to who asked for it; what is no error of the database stays itself."""
    if isinstance(error, CommitUnknown):
        return OutcomeUnknown()
    if isinstance(error, DuplicateKeyError):
        return Refused(*_duplicate(error.details or {}))
    if isinstance(error, ExecutionTimeout):
        return TooLong()
    if isinstance(error, PyMongoError) and not isinstance(error, ConnectionFailure) and not error.timeout:
        if error.has_error_label("TransientTransactionError"):
            return Unavailable(BUSY)
        if isinstance(error, OperationFailure):
            return _of_failure(error)
    return Unavailable() if isinstance(error, PyMongoError) else error


@contextmanager
def after_commit(what: str) -> Iterator[None]:
    """Do what follows a commit: the database may be gone by then, and what was saved stays saved all the same.

    Only for what is finished later by itself, or was for tidiness only. `what` is told to the log.
    """
    try:
        yield
    except (Unavailable, PyMongoError) as error:
        _log.warning("left for later", what=what, cause=repr(error.__cause__ or error))


# The server's code for a transaction that outgrows its cache.
_TOO_LARGE = 388


def _of_failure(error: OperationFailure) -> Problem:
    """Return what a refusal of the server means; those of a bulk write stand one level deeper."""
    details: Mapping[str, Any] = error.details or {}
    if isinstance(error, BulkWriteError) and details.get("writeErrors"):
        details = details["writeErrors"][0]
    code = details.get("code", error.code)
    if code == 11000:
        return Refused(*_duplicate(details))
    if code == _TOO_LARGE:
        return TooLarge()
    return Unavailable(DISK_FULL) if code == DISK_FULL_CODE else Unavailable()


# What unique indexes of documents that are no collection's refuse: the field at fault and the sentence.
_TAKEN: Mapping[str, tuple[str | None, str]] = {
    "one_name": ("username", N_("The user name %(value)s is already taken.")),
    "round_name_unique": ("name", N_("There is already a round named %(value)s.")),
    "one_open_case": ("base", N_("A case about this base's title is under way already.")),
    "one_open_application": ("base", N_("The base already has an application under way.")),
    "base_level_year_unique": ("bases", N_("This base is put forward to this level in that year already.")),
    "base_year_unique": (None, N_("Someone else has begun this report meanwhile.")),
    "county_year_unique": (None, N_("Someone else has begun this report meanwhile.")),
}
_FALLBACK = Index("", (), N_("A record with the value %(value)s already exists."))


def _duplicate(details: Mapping[str, Any]) -> tuple[Refusal, ...]:
    """Return the sentence for what a unique index refused."""
    message = str(details.get("errmsg", ""))
    values = list((details.get("keyValue") or {}).values())
    index = next((one for one in _unique_indexes() if f"index: {one.name} " in message), _FALLBACK)
    params = {"value": values[-1] if values else ""} | ({"label": index.label} if index.label else {})
    return (Refusal(index.taken, params, field=index.field or None),)


def _unique_indexes() -> Iterator[Index]:
    for declaration in REGISTRY:
        yield from (index for index in declaration.indexes if index.unique)
    for name, (field, taken) in _TAKEN.items():
        yield Index(name, (), taken, field or "")
