"""Bring the office back from a backup.

Everything is first loaded beside the present data, under names of its own; a program killed then
leaves the present data whole. Only when all is there do the loaded collections take the places
of the present ones, one after another: a note in the database tells that this has begun, and
`finish_restore` ends it, by the next restore or the next start.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bson import CodecOptions
from bson.errors import InvalidBSON
from bson.raw_bson import RawBSONDocument
from pymongo import IndexModel
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

from documents.definitions.own_field import refresh_own_fields
from documents.desk.audit_heads import HeadKind
from documents.hooks.web_hook import WebHook
from documents.indexes import build_indexes
from documents.jobs.job import ENDED, Job, JobState
from documents.kinds import FILED
from documents.maintenance.data_state import SCHEMA, DataState
from documents.messages.channel import MessageChannel
from documents.server.connection import database, reachable
from documents.server.transactions import LONG
from rules.access import SYSTEM, Actor, Role
from rules.errors import Refused, Unreadable
from rules.words import N_
from schema.definitions.own_fields import PREFIX
from schema.registry import REGISTRY
from services.assessment.kept_figures import ensure_figures
from services.definitions.following import FOLLOW
from services.desk.trail_upkeep import note_head
from services.jobs.queue import ask_within
from services.maintenance.backup_file import (
    DAMAGED,
    RESTORING,
    TOO_NEW,
    BackupFile,
    Part,
    belongs_in_a_backup,
)
from services.maintenance.maintenance import maintenance, taken_over
from services.maintenance.migrate import run_migrations
from services.shared.maintenance_mode import RESTORING as RESTORING_BACKUP
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_STATE = f"{RESTORING}state"
_ID = "restore"
_BATCH = 1000
_NOT_THERE = 26  # the server's code for a collection that does not exist
_RAW: CodecOptions[Any] = CodecOptions(document_class=RawBSONDocument)
# What an office that has just been set up does not have yet.
_DATA = (*(name for name in FILED if name != "statuses"), "rounds", "notices", "recycled", "attachments")


def restore(
    path: str | Path, *, now: datetime, actor: Actor = SYSTEM, replace: bool = False
) -> dict[str, int]:
    """Replace the whole database by a backup, and return how many documents each collection has.

    Without `replace` only an office without records and with one user at most is replaced. All users
    are signed out. Reads go on meanwhile, writes are held back in every process. The data of an earlier program is
    brought to this one's schema. Raises Unreadable (not a backup, damaged: nothing was changed), Refused, Unavailable.
    """
    with reachable(), BackupFile(path) as source:
        if source.schema > SCHEMA:
            raise Unreadable(TOO_NEW)
        finish_restore(now=now)
        if not replace and _holds_data():
            raise Refused(N_("The office already holds data. Restore with --replace to replace all of it."))
        with maintenance(RESTORING_BACKUP, actor=actor, now=now) as hold:
            _drop_leftovers()
            names = sorted({part.name for part in source.parts} | set(_present()))
            parts = {part.name: part for part in source.parts}
            for name in names:
                _load(source, name, parts.get(name))
            begun = {
                "names": names, "actor_id": actor.id, "actor_name": actor.name, "schema": source.schema,
                "note": f"{Path(path).name}, {source.created_at}",
            }  # fmt: skip

            def begin(uow: UnitOfWork) -> None:
                # From here on the data is neither the old nor the new: only whoever ends this lets writes through. Both
                # at once: what nobody knows to have begun, nobody would end.
                hold.never_lapse(uow.session)
                database()[_STATE].replace_one({"_id": _ID}, begun, upsert=True, session=uow.session)

            try:
                in_one_transaction(begin, actor=actor, now=now, within=LONG)
            except Refused:
                _drop_leftovers()
                raise
            _put_all_in_place(begun, now, hold.holder)
        return {part.name: part.count for part in source.parts}


def finish_restore(*, now: datetime) -> bool:
    """End a restore that was cut short after everything was loaded; tell whether there was one."""
    state = database()[_STATE].find_one({"_id": _ID})
    if state is None:
        return False
    actor = Actor(state["actor_id"], state["actor_name"], Role.ADMIN)
    with taken_over(RESTORING_BACKUP, actor=actor, now=now) as holder:
        _put_all_in_place(state, now, holder)
    return True


def _put_all_in_place(state: Mapping[str, Any], now: datetime, holder: str) -> None:
    """Let the loaded collections take the places of the present ones, and bring them to this program's schema.

    With its end, in one transaction, writes go through again.
    """
    loaded = set(database().list_collection_names())
    for name in state["names"]:
        # What was renamed before the program was killed is in its place already.
        if RESTORING + name in loaded:
            _put_in_place(name)
    DataState.note_restored(int(state.get("schema", 0)))
    build_indexes()
    run_migrations(now=now)
    refresh_own_fields()
    ensure_figures(now=now)  # of an earlier program that meant something else by them
    # From here on the trail is the backup's: what was noted of the one before says nothing any more.
    note_head(now=now, kind=HeadKind.RESTORED)
    actor = Actor(state["actor_id"], state["actor_name"], Role.ADMIN)

    def work(uow: UnitOfWork) -> None:
        # Two programs that start at once may both have come here.
        if database()[_STATE].delete_one({"_id": _ID}, session=uow.session).deleted_count:
            uow.record("restored-backup", "office", None, state["note"])
            # A copy for a trial must not tell the programs of the real office anything.
            WebHook.switch_all_off(uow.session)
            MessageChannel.switch_all_off(uow.session)
            _let_own_fields_follow(uow)
        DataState.end_work(holder, uow.session)

    in_one_transaction(work, actor=actor, now=now, within=LONG)
    database()[_STATE].drop()


def _let_own_fields_follow(uow: UnitOfWork) -> None:
    """Let the indexes of own fields be built as a job for each collection, where none waits for that already."""
    for declaration in REGISTRY.listed:
        if any(one.key.startswith(PREFIX) for one in (*declaration.fields, *declaration.hidden)):
            args = {"collection": declaration.name}
            latest = Job.latest_of(FOLLOW.name, args)
            if latest is None or JobState(latest["state"]) in ENDED:
                ask_within(uow, FOLLOW, args)


def _put_in_place(name: str) -> None:
    try:
        database()[RESTORING + name].rename(name, dropTarget=True)
    except OperationFailure as error:
        if error.code != _NOT_THERE:  # else another program that starts just now did it
            raise


def _present() -> list[str]:
    return [name for name in database().list_collection_names() if belongs_in_a_backup(name)]


def _holds_data() -> bool:
    if any(database()[name].find_one({}, {"_id": 1}) is not None for name in _DATA):
        return True
    return database()["users"].count_documents({}, limit=2) > 1


def _drop_leftovers() -> None:
    """Drop what a restore that was killed while loading left behind."""
    for name in database().list_collection_names():
        if name.startswith(RESTORING):
            database()[name].drop()


def _load(source: BackupFile, name: str, part: Part | None) -> None:
    """Load one collection beside the present one; one that the backup does not have becomes empty."""
    target = database().create_collection(RESTORING + name, codec_options=_RAW)
    try:
        for batch in _batches(source.documents(part)) if part else ():
            target.insert_many(batch)
        if indexes := list(_indexes_of(name)):
            target.create_indexes(indexes)
    except (BulkWriteError, DuplicateKeyError, InvalidBSON, ValueError) as error:
        _drop_leftovers()
        raise Unreadable(DAMAGED, name=name) from error
    except OperationFailure:
        _drop_leftovers()
        raise
    if name == "users":
        # A session that was ended since must not live again.
        target.update_many({}, {"$set": {"sessions": []}})


def _batches(documents: Iterable[bytes]) -> Iterator[list[RawBSONDocument]]:
    found = iter(documents)
    while batch := [RawBSONDocument(one) for one in islice(found, _BATCH)]:
        yield batch


def _indexes_of(name: str) -> Iterator[IndexModel]:
    """Return the indexes of the present collection, which the loaded one is to have.

    Those of own fields belong to the present definitions, not to the loaded ones, whose values may stand twice.
    """
    for index in database()[name].list_indexes():
        facts = {key: value for key, value in index.items() if key not in {"v", "key", "ns"}}
        if facts["name"] != "_id_" and not any(key.startswith(PREFIX) for key in index["key"]):
            yield IndexModel(list(index["key"].items()), **facts)
