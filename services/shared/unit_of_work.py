"""The unit of work: one MongoDB transaction that holds the records, the counters and the audit entries alike.

Every transaction ends by moving the head of the audit chain. That makes the chain gapless, and it
makes any two writes conflict unless one has seen the other: what is checked inside the
transaction (a reference that still exists, the last administrator) holds when it commits.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any, TypeVar

from mongoengine import Document
from mongoengine.connection import get_connection, get_db
from pymongo import ReadPreference, UpdateOne
from pymongo.client_session import ClientSession
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from documents.desk.audit_entry import HEAD, Change, seal
from documents.records.office_state import COUNTERS
from documents.records.record import Record
from documents.shard_keys import unchanged
from rules.access import Actor
from rules.errors import Problem, Refusal, Refused, Stale, Unavailable
from rules.words import N_
from schema.registry import REGISTRY
from services.shared.figure_changes import FigureChanges
from services.shared.origins import present_origin

T = TypeVar("T")
Raw = dict[str, Any]
_MAJORITY = WriteConcern("majority", j=True, wtimeout=20_000)
# Writers of one process wait here instead of conflicting in the database; other processes retry there.
_TURN = threading.Lock()
# What a clerk waits at most, in seconds: for the writers before, and for a database that went away meanwhile.
# The library by itself would try for two minutes, and every other writer with it.
_PATIENCE = 20.0


class _Conflict(PyMongoError):
    """Another writer moved the head first; the whole transaction runs again."""

    def __init__(self) -> None:
        super().__init__("the audit head moved", error_labels=["TransientTransactionError"])


class TooLarge(Refused):
    """One transaction cannot hold so much; nothing was written."""

    default = N_("This change touches too many records to be saved at once. Nothing was saved.")


class UnitOfWork:
    """What a piece of work writes with: its session, and what is to be recorded and tallied when it is done."""

    def __init__(self, session: ClientSession, actor: Actor, now: datetime) -> None:
        """Begin with nothing recorded; `now` is cut to the milliseconds that the database keeps."""
        self.session = session
        self.actor = actor
        self.now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self._entries: list[dict[str, Any]] = []
        self._counters: dict[tuple[str, str], int] = {}
        self._figures = FigureChanges()

    def record(
        self,
        action: str,
        collection: str,
        record_id: Any,
        label: str,
        *,
        counties: Sequence[str] = (),
        changes: Sequence[Change] = (),
        note: str = "",
    ) -> None:
        """Note one act for the audit trail, with from where it was done."""
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
                "changes": [change.stored() for change in changes],
                "note": note,
                "address": origin.address,
                "agent": origin.agent,
                "request_id": origin.request_id,
            }
        )

    def count(self, collection: str, raw: Mapping[str, Any], counties: Sequence[str], by: int) -> None:
        """Count a record in (`by` 1) or out (-1): in its collection, its counties, and by its status in both.

        What it adds to the kept figures of its base is counted along with it.
        """
        self._figures.count(collection, raw, by)
        if not REGISTRY.is_counted(collection):
            return
        places = ["total", *(f"counties.{code}" for code in counties)]
        for place in places + [f"statuses.{raw['status']}.{place}" for place in places]:
            self._counters[(collection, place)] = self._counters.get((collection, place), 0) + by

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
        """Return `after` with the next version, and who made and changed it when, as far as `document` keeps that."""
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
        if issubclass(document, Record):
            fresh.update(document.search_fields(fresh))
            self._move_counters(document, before, fresh)
        collection = document._get_collection()
        if before is None:
            fresh["_id"] = collection.insert_one(fresh, session=self.session).inserted_id
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

    def hold(self) -> None:
        """Conflict with every other write, as a recorded act does: for a write that follows from what it read."""
        self._heads().update_one({"_id": HEAD}, {"$inc": {"unrecorded": 1}}, session=self.session)

    def _heads(self) -> Any:
        return get_db()["audit_head"]

    def _finish(self) -> None:
        database = get_db()
        steps: dict[str, dict[str, int]] = {}
        for (collection, key), by in self._counters.items():
            if by:
                steps.setdefault(collection, {})[key] = by
        if steps:
            database[COUNTERS].bulk_write(
                [UpdateOne({"_id": name}, {"$inc": step}, upsert=True) for name, step in steps.items()],
                session=self.session,
            )
        self._figures.write(self.session)
        if self._entries:
            self._append_to_chain(database)

    def _append_to_chain(self, database: Any) -> None:
        heads = self._heads()
        head = heads.find_one({"_id": HEAD}, session=self.session)
        if head is None:
            raise Unavailable(N_("The audit trail has no head: run the command that builds the indexes."))
        seq, previous = head["seq"], head["hash"]
        for entry in self._entries:
            seq += 1
            stored: dict[str, Any] = {"_id": seq, **entry, "previous": previous}
            stored["hash"] = previous = seal(stored)
            entry.clear()
            entry.update(stored)
        moved = heads.update_one(
            {"_id": HEAD, "seq": head["seq"]}, {"$set": {"seq": seq, "hash": previous}}, session=self.session
        )
        if moved.modified_count != 1:
            raise _Conflict
        database["audit_entries"].insert_many(self._entries, session=self.session)


def in_one_transaction(work: Callable[[UnitOfWork], T], *, actor: Actor, now: datetime) -> T:
    """Run `work` in one transaction and return what it returns: all of it is written, or nothing.

    `work` may run more than once, so it must not keep anything from an earlier run.

    Raises: what `work` raises; Refused when a unique index refuses; Unavailable when the database
    cannot be reached, or does not let it through within 20 seconds.
    """
    tries = count()

    def once(session: ClientSession) -> T:
        uow = UnitOfWork(session, actor, now)
        if next(tries):
            if time.monotonic() > give_up:
                raise Unavailable()
            # First of all now: else a long piece of work would lose to short ones of other processes for ever.
            uow.hold()
        result = work(uow)
        uow._finish()
        return result

    try:
        with _my_turn(), get_connection().start_session() as session:
            give_up = time.monotonic() + _PATIENCE
            return session.with_transaction(
                once,
                read_concern=ReadConcern("snapshot"),
                write_concern=_MAJORITY,
                read_preference=ReadPreference.PRIMARY,
            )
    except Problem:
        raise
    except DuplicateKeyError as error:
        raise Refused(*_duplicate(error.details or {})) from error
    except OperationFailure as error:
        raise _of_failure(error) from error
    except PyMongoError as error:
        raise Unavailable() from error


@contextmanager
def _my_turn() -> Iterator[None]:
    if not _TURN.acquire(timeout=_PATIENCE):
        raise Unavailable()
    try:
        yield
    finally:
        _TURN.release()


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
    return Unavailable()


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
_FALLBACK: tuple[str | None, str] = (None, N_("A record with the value %(value)s already exists."))


def _duplicate(details: Mapping[str, Any]) -> tuple[Refusal, ...]:
    """Return the sentence for what a unique index refused."""
    message = str(details.get("errmsg", ""))
    values = list((details.get("keyValue") or {}).values())
    field, sentence = next((said for name, said in _taken() if f"index: {name} " in message), _FALLBACK)
    return (Refusal(sentence, {"value": values[-1] if values else ""}, field=field),)


def _taken() -> Iterator[tuple[str, tuple[str | None, str]]]:
    for declaration in REGISTRY:
        for index in declaration.indexes:
            if index.unique:
                yield index.name, (index.field or None, index.taken)
    yield from _TAKEN.items()
