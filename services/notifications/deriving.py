"""Follow the audit trail, and tell users what it has for them.

Each act and its entry are one transaction, so nothing is told that was not committed, and nothing is forgotten; no
write costs anything for it. Any number of processes do this side by side: one claims the work for a minute, and moves
the position in the transaction that stores what is told, so that nobody is told twice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from bson import ObjectId
from pymongo.read_concern import ReadConcern

from documents.comments.comment import Comment, StoredComment
from documents.desk.audit_entry import READING, AuditEntry, StoredAuditEntry, read_head
from documents.desk.user import StoredUser, User
from documents.imports.import_batch import ImportBatch
from documents.jobs.job import Job, JobState, StoredJob
from documents.kinds import FILED
from documents.notifications.notification import Notification, StoredNotification
from documents.notifications.trail_follower import NOTIFICATIONS, StoredFollower, TrailFollower
from documents.server.connection import reachable
from rules.access import SYSTEM, Act, Actor, Permission
from rules.applications import Verb
from rules.errors import Stale
from rules.requests.notifications import NotificationKind, kinds_told
from schema.registry import REGISTRY
from services.comments.comments import ADDED, CHANGED, DELETED
from services.desk.trail import seen_by
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_LEASE = timedelta(seconds=60)
_MOST_LOOKED_AT = 2000  # entries of the trail, of one transaction
_MOST_JOBS = 100
_LONG = timedelta(seconds=10)  # a job that took so long is told of when it is done
JOBS = "jobs"
SWITCHED_OFF = "not_told"  # the preference that names the kinds a user does not want
# What of an application its clerk is told of.
_DECIDED = frozenset(
    f"application-{verb.value}"
    for verb in (Verb.RETURN, Verb.FAIL, Verb.DECLINE, Verb.ANNOUNCE, Verb.TERMINATE)
)
_MINE = ("application-begun", f"application-{Verb.SUBMIT.value}")
# What happens to a base is told by entries of these too, which name it by `base`.
_OF_A_BASE = ("applications", "decisions", "change_filings", "annual_reports", "upward_recommendations")
_APPLICATIONS = "applications"
_COMMENTED = frozenset({ADDED, CHANGED, DELETED})
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Reader:
    """An active user, and what they are told of."""

    id: ObjectId
    actor: Actor
    followed: Mapping[str, str]
    kinds: frozenset[NotificationKind]

    @classmethod
    def of(cls, raw: StoredUser) -> "_Reader":
        off = str((raw.get("preferences") or {}).get(SWITCHED_OFF, ""))
        return cls(raw["_id"], User.actor_of(raw), raw.get("followed") or {}, kinds_told(off))

    def may_read(self, entry: StoredAuditEntry) -> bool:
        """Tell whether this entry's record is in the user's scope."""
        declaration = REGISTRY.get(entry["collection"])
        if declaration is not None and not declaration.allows(self.actor, Act.SEE):
            return False
        return self.actor.county is None or self.actor.county in entry.get("counties", ())


def tell_users() -> int:
    """Tell users what the trail has for them up to its head, and of the jobs that ended; return how many rows.

    Raises Unavailable, UnderMaintenance.
    """
    told = 0
    with reachable():
        while True:
            head, now = read_head()[0], datetime.now(UTC)
            follower = TrailFollower.claim(NOTIFICATIONS, head, now, now + _LEASE)
            if follower is None:
                break
            told += _bring_on(follower, head)
        told += _tell_of_jobs()
    return told


def _bring_on(follower: StoredFollower, head: int) -> int:
    """Tell what stands behind a claimed position, up to so many entries; return how many rows that were."""
    # A backup that was restored has an earlier trail: what comes then is told, not what was before.
    first = min(follower["position"], head)
    last = min(head, first + _MOST_LOOKED_AT)
    readers = _readers()
    entries = _entries(first, last, readers)
    rows = _merged(_told(entries, readers))
    _store(rows, lambda uow: TrailFollower.move(follower, last, uow.session))
    return len(rows)


def _readers() -> list[_Reader]:
    return [_Reader.of(raw) for raw in User.told()]


def _entries(first: int, last: int, readers: Iterable[_Reader]) -> list[StoredAuditEntry]:
    """Return the entries that may be for somebody, as a majority holds them, with what a save changed alone."""
    followed = [ObjectId(one) for one in {key for reader in readers for key in reader.followed}]
    acts = [{"action": {"$nin": sorted(READING)}, "record_id": {"$in": followed}}]
    wanted = {
        "_id": {"$gt": first, "$lte": last},
        "$or": [
            *acts,
            {"collection": {"$in": [*_OF_A_BASE, "objections"]}},
            {"action": {"$in": ["imported", ADDED, CHANGED]}},
        ],
    }
    trail = AuditEntry._get_collection().with_options(read_concern=ReadConcern("majority"))
    saved = {"$cond": [{"$eq": ["$action", "changed"]}, "$changes", []]}
    steps = [{"$match": wanted}, {"$sort": {"_id": 1}}, {"$set": {"changes": saved}}, {"$unset": "states"}]
    return [cast("StoredAuditEntry", entry) for entry in trail.aggregate(steps)]


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read beside the entries: bases, clerks, conflicts and comments, by the record that an entry is about."""

    bases: Mapping[Any, Any]
    clerks: Mapping[Any, AbstractSet[str]]
    conflicts: Mapping[Any, int]
    comments: Mapping[Any, Sequence[StoredComment]]

    def kind_for(self, entry: StoredAuditEntry, reader: _Reader) -> NotificationKind | None:
        """Return why a reader is told of an act: nobody of their own, but for what an import of theirs has left."""
        record, action = entry.get("record_id"), entry["action"]
        if entry["actor_id"] == reader.actor.id:
            return NotificationKind.CONFLICT if action == "imported" and self.conflicts.get(record) else None
        follows = bool({str(record), str(self.bases.get(record, ""))} & reader.followed.keys())
        if action in _COMMENTED:
            return _kind_of_comment(entry, self.comments.get(record, ()), reader, follows=follows)
        if action == "objection-received" and reader.actor.may(Permission.DECIDE_APPLICATIONS):
            return NotificationKind.OBJECTION
        if action in _DECIDED and reader.actor.id in self.clerks.get(record, ()):
            return NotificationKind.APPLICATION
        return NotificationKind.FOLLOWED if follows and action not in READING else None


def _told(entries: Sequence[StoredAuditEntry], readers: Sequence[_Reader]) -> Iterator[Row]:
    """Yield who is told what."""
    found = _Found(_bases_of(entries), _clerks_of(entries), _conflicts_of(entries), _comments_of(entries))
    for entry in entries:
        for reader in readers:
            kind = found.kind_for(entry, reader) if reader.may_read(entry) else None
            if kind is None or kind not in reader.kinds:
                continue
            left = found.conflicts.get(entry.get("record_id"))
            more = {"conflicts": left} if kind is NotificationKind.CONFLICT else {}
            for seen in seen_by((entry,), reader.actor):
                yield _row(reader.id, kind, seen, more)


def _comments_of(entries: Sequence[StoredAuditEntry]) -> dict[Any, list[StoredComment]]:
    """Return the comments of the records on which somebody commented."""
    ids = {entry["record_id"] for entry in entries if entry["action"] in _COMMENTED}
    found: dict[Any, list[StoredComment]] = {}
    for comment in Comment.of_records(ids) if ids else ():
        found.setdefault(comment["record_id"], []).append(comment)
    return found


def _kind_of_comment(
    entry: StoredAuditEntry, comments: Sequence[StoredComment], reader: _Reader, *, follows: bool
) -> NotificationKind | None:
    """Return why a reader is told of a comment: mentioned just then, following its record, or having said something."""
    when = "created_at" if entry["action"] == ADDED else "updated_at"
    written = [one for one in comments if one["by"] == entry["actor_id"] and one.get(when) == entry["at"]]
    if any(reader.actor.id in one["newly"] for one in written):
        return NotificationKind.MENTION
    if entry["action"] != ADDED or not written:
        return None
    takes_part = any(one["by"] == reader.actor.id and one["created_at"] < entry["at"] for one in comments)
    return NotificationKind.COMMENT if takes_part or follows else None


def _row(user: ObjectId, kind: NotificationKind, entry: StoredAuditEntry, more: Mapping[str, Any]) -> Row:
    return {
        "user": user, "key": f"e{entry['_id']}", "kind": kind.value, "at": entry["at"],
        "actor_name": entry["actor_name"], "action": entry["action"], "collection": entry["collection"],
        "record_id": entry.get("record_id"), "label": entry.get("label", ""),
        "counties": list(entry.get("counties", ())), "count": 1, "more": dict(more), "unread": True,
    }  # fmt: skip


def entry_of(row: StoredNotification) -> int:
    """Return the number of the entry that a notification tells of; those of jobs have none."""
    return int(row["key"].removeprefix("e"))


def _merged(rows: Iterable[Row]) -> list[Row]:
    """Return one row for several acts of one person on one record, the last of them."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        place = (row["user"], row["kind"], row["collection"], str(row["record_id"]), row["actor_name"])
        before = found.pop(place, None)
        found[place] = {**row, "count": before["count"] + 1} if before else row
    return list(found.values())


def _bases_of(entries: Sequence[StoredAuditEntry]) -> dict[Any, Any]:
    """Return the base of each record that belongs to one."""
    found: dict[Any, Any] = {}
    for name in _OF_A_BASE:
        ids = {entry.get("record_id") for entry in entries if entry["collection"] == name}
        if ids:
            rows = FILED[name]._get_collection().find({"_id": {"$in": list(ids)}}, {"base": 1})
            found |= {row["_id"]: row.get("base") for row in rows}
    return found


def _clerks_of(entries: Sequence[StoredAuditEntry]) -> dict[Any, set[str]]:
    """Return who began or handed in each application that was returned or decided."""
    ids = {entry["record_id"] for entry in entries if entry["action"] in _DECIDED}
    return AuditEntry.actors_of(_APPLICATIONS, ids, _MINE) if ids else {}


def _conflicts_of(entries: Sequence[StoredAuditEntry]) -> dict[Any, int]:
    """Return how many conflicts each import has left."""
    ids = [entry["record_id"] for entry in entries if entry["action"] == "imported"]
    return ImportBatch.conflicts_left(ids) if ids else {}


# --- Jobs ----------------------------------------------------------------------------------------


def _tell_of_jobs() -> int:
    """Tell of the jobs that ended who asked for them; return how many rows that were."""
    jobs = Job.not_told_yet(_MOST_JOBS)
    if not jobs:
        return 0
    readers = {reader.actor.id: reader for reader in _readers()}
    rows = [
        _row_of_job(readers[job["actor_id"]], job)
        for job in jobs
        if job["actor_id"] in readers and _is_told(job, readers[job["actor_id"]])
    ]
    _store(rows, lambda uow: Job.note_told([job["_id"] for job in jobs], uow.session) == len(jobs))
    return len(rows)


def _is_told(job: StoredJob, reader: _Reader) -> bool:
    """Tell whether a job is worth telling: who asked for a short one has seen how it ended."""
    if NotificationKind.JOB not in reader.kinds:
        return False
    return job["state"] == JobState.FAILED or job["finished_at"] - job["asked_at"] >= _LONG


def _row_of_job(reader: _Reader, job: StoredJob) -> Row:
    county = job.get("county")
    return {
        "user": reader.id, "key": f"j{job['_id']}", "kind": NotificationKind.JOB.value, "at": job["finished_at"],
        "actor_name": "", "action": job["state"], "collection": JOBS, "record_id": job["_id"], "label": job["kind"],
        "counties": [county] if county else [], "count": 1, "more": {}, "unread": True,
    }  # fmt: skip


# --- Stored --------------------------------------------------------------------------------------


def _store(rows: Sequence[Row], settle: Callable[[UnitOfWork], bool]) -> None:
    """Store what is told, the badges and that it was told, all or nothing; nothing where another one was first."""

    def work(uow: UnitOfWork) -> None:
        if not settle(uow):
            raise Stale()
        Notification.add(rows, uow.session)
        for user in sorted({row["user"] for row in rows}):
            User.set_unread(user, Notification.unread_of(user, uow.session), uow.session)

    try:
        in_one_transaction(work, actor=SYSTEM, now=datetime.now(UTC))
    except Stale:
        return
