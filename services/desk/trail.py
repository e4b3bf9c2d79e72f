"""Read the audit trail: is the chain whole, what happened to a record, what happened lately."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, TypeVar

from bson import ObjectId
from pymongo.client_session import ClientSession

from documents.comments.comment import Comment, StoredComment
from documents.desk.audit_entry import (
    GENESIS,
    REFUSED,
    AuditEntry,
    AuditQuerySet,
    StoredAuditEntry,
    StoredChange,
    StoredHead,
    seal,
)
from documents.desk.audit_heads import HeadLine
from documents.desk.audit_keys import AuditKeys, audit_keys
from documents.desk.user import User
from documents.server.connection import reachable
from office.excel.cell_dates import OFFICE_TIME
from rules.access import Actor, Permission, Role
from rules.words import N_
from schema.definitions.own_fields import PREFIX
from schema.file_places import has_owned_files
from schema.registry import REGISTRY
from services.desk.known_states import KnownStates

PAGE = 50
_RESTORED = "restored-backup"
_LOOKED_AT = 300  # entries among which the latest acts are sought
_BATCH = 1000
Change = TypeVar("Change", bound=Mapping[str, Any])
# Nothing behind these many entries is counted: a page tells "more than" instead.
_MOST_COUNTED = 10_000


@dataclass(frozen=True)
class BadEntry:
    """The first entry at which the trail does not hold: its number, and a message id that says what is wrong.

    `params` are what the message says besides `seq`.
    """

    seq: int
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)


def verify(heads: Sequence[HeadLine] = ()) -> BadEntry | None:
    """Read the whole trail and return the first bad entry; None when it is whole.

    Numbers run from 1 without a gap, each entry names the hash of the one before it, has the hash of its own content
    and, since the trail is sealed with a key, that key's seal; the head names the last one; `heads`, which were written
    outside the database, are all in it; and each record is as its last entry left it. What is written meanwhile is left
    for the next time. Raises Unavailable.
    """
    known = KnownStates()
    with reachable():
        # In this order: an entry and its head are written together, so the head read later covers it.
        last, head = AuditEntry.last_number(), AuditEntry.head()
        with AuditEntry.chain(head["seq"], batch_size=_BATCH) as entries:
            bad = first_bad(_noted(entries, known), head, heads=heads, keys=audit_keys())
        if bad is None and last > head["seq"]:
            return BadEntry(head["seq"] + 1, N_("Entry %(seq)d stands behind the end of the trail."))
        differing = known.first_differing(head["seq"]) if bad is None or known.found_other else None
    if differing is not None and (bad is None or differing.seq < bad.seq):
        return BadEntry(differing.seq, differing.message, differing.params)
    return bad


def _noted(entries: Iterable[StoredAuditEntry], known: KnownStates) -> Iterator[StoredAuditEntry]:
    for entry in entries:
        known.note(entry)
        yield entry


@dataclass
class _Seals:
    """What is known of the seals of a chain while it is read; `unknown` is the first one of a key that is not here."""

    keys: AuditKeys
    begun: bool = False
    unknown: int = 0

    def fault_of(self, entry: StoredAuditEntry) -> str:
        """Return what is wrong with an entry's seal, as a message id; "" when nothing is."""
        name, mac = entry.get("key", ""), entry.get("mac", "")
        if not name:
            return (
                N_("Entry %(seq)d is not sealed, though the trail was sealed before it.")
                if self.begun
                else ""
            )
        self.begun = True
        if not self.keys.holds(name):
            self.unknown = self.unknown or entry["_id"]
            return ""
        if not self.keys.is_right(name, entry["hash"], mac):
            return N_("Entry %(seq)d was not sealed by this program.")
        if entry["action"] == _RESTORED:
            self.unknown = (
                0  # the office itself took a trail over that was sealed elsewhere, and sealed it with this
            )
        return ""


def first_bad(
    entries: Iterable[StoredAuditEntry],
    head: StoredHead,
    *,
    heads: Sequence[HeadLine] = (),
    keys: AuditKeys | None = None,
) -> BadEntry | None:
    """Return the first entry of a chain that does not hold, its `head` counted as the one after the last.

    `heads` are the ends that the chain had before. Without `keys` those of this machine are taken.
    """
    seq, previous = 0, GENESIS
    seals = _Seals(keys or audit_keys())
    ends: dict[int, HeadLine] = {}
    for line in heads:
        if not line.is_right:
            return BadEntry(
                line.seq, N_("Line %(line)d of the file of heads was changed."), {"line": line.number}
            )
        ends.setdefault(line.seq, line)
    for entry in entries:
        seq += 1
        if entry["_id"] != seq:
            return BadEntry(seq, N_("Entry %(seq)d is missing."))
        if entry.get("previous") != previous:
            return BadEntry(seq, N_("Entry %(seq)d does not follow from the entry before it."))
        if entry.get("hash") != seal(entry):
            return BadEntry(seq, N_("Entry %(seq)d was changed after it was written."))
        if fault := seals.fault_of(entry):
            return BadEntry(seq, fault)
        previous = entry["hash"]
        end = ends.get(seq)
        if end is not None and end.hash != previous:
            sentence = N_("Entry %(seq)d is not the one that the trail ended with on %(moment)s.")
            return BadEntry(seq, sentence, {"moment": end.moment})
    return _bad_end(seq, previous, head, list(ends.values()), seals)


def _bad_end(
    seq: int, previous: str, head: StoredHead, ends: Sequence[HeadLine], seals: _Seals
) -> BadEntry | None:
    """Return what is wrong with the end of a chain whose last entry is number `seq`."""
    if head.get("seq", 0) > seq:
        return BadEntry(seq + 1, N_("Entry %(seq)d is missing."))
    if head.get("seq") != seq or head.get("hash") != previous:
        return BadEntry(seq, N_("Entry %(seq)d is not the one that the trail ends with."))
    longest = max(ends, key=lambda line: line.seq, default=None)
    if longest is not None and longest.seq > seq:
        sentence = N_(
            "Entry %(seq)d is missing: the trail reached entry %(reached)d on %(moment)s, its end was cut off."
        )
        return BadEntry(seq + 1, sentence, {"reached": longest.seq, "moment": longest.moment})
    if seals.unknown:
        return BadEntry(
            seals.unknown,
            N_("Entry %(seq)d is sealed with a key that is not here (AUDIT_KEY, DATA_DIR/audit_key)."),
        )
    return None


def history(collection: str, record_id: Any, actor: Actor, *, most: int = 200) -> list[StoredAuditEntry]:
    """Return what happened to one record, latest first, as far as the actor's county was concerned."""
    of_record = AuditEntry.objects.of_record(collection, record_id).visible_to(actor).acts()
    with reachable():
        return list(seen_by(of_record.latest(limit=most), actor))


def history_and_comments(
    collection: str, record_id: Any, actor: Actor, *, most: int
) -> tuple[list[StoredAuditEntry], list[StoredComment]]:
    """Return the same and the comments of the record, which the caller has read in the actor's scope: one command."""
    of_record = AuditEntry.objects.of_record(collection, record_id).visible_to(actor).acts()
    with reachable():
        comments, entries = Comment.with_history(record_id, actor, of_record, most)
        return list(seen_by(entries, actor)), comments


def recent(actor: Actor, most: int = 10, collections: Sequence[str] = ()) -> list[StoredAuditEntry]:
    """Return the latest acts in the actor's scope, latest first; on these collections alone when some are named.

    What an import did to single rows is left out: the import itself stands there.
    """
    with reachable():
        wanted = AuditEntry.objects.visible_to(actor).acts().having("collection", collections)
        acts = (entry for entry in wanted.latest(limit=_LOOKED_AT) if not _of_import(entry))
        return list(islice(seen_by(acts, actor), most))


def _of_import(entry: StoredAuditEntry) -> bool:
    return entry["action"] in ("created", "changed", "deleted", "restored") and bool(entry.get("note"))


@dataclass(frozen=True)
class AuditFilter:
    """What the audit page is filtered by; days are the office's, both included; '' and None leave open."""

    actor_id: str = ""
    action: str = ""
    collection: str = ""
    record_id: ObjectId | None = None
    note: str = ""
    county: str = ""
    words: str = ""  # part of a person's name, of a record's, of an address or of a request's id
    address: str = ""
    agent: str = ""
    refused: bool = False  # only what failed or was denied
    first_day: date | None = None
    last_day: date | None = None

    def narrow(self, entries: AuditQuerySet) -> AuditQuerySet:
        """Keep of `entries` those that meet the filter."""
        given = {
            "actor_id": self.actor_id, "action": self.action, "collection": self.collection,
            "record_id": self.record_id, "note": self.note, "counties": self.county,
            "address": self.address, "agent": self.agent,
        }  # fmt: skip
        same = {key: value for key, value in given.items() if value}
        since = _begin_of(self.first_day) if self.first_day else None
        before = _begin_of(self.last_day + timedelta(days=1)) if self.last_day else None
        found = (entries.where_raw(same) if same else entries).acted(since, before).naming(self.words)
        return found.having("action", sorted(REFUSED)) if self.refused else found


@dataclass(frozen=True)
class AuditPage:
    """One page of entries, latest first; `more` when there are more than `total`."""

    entries: list[StoredAuditEntry]
    total: int
    more: bool


def page(wanted: AuditFilter, *, actor: Actor, number: int = 0, size: int = PAGE) -> AuditPage:
    """Return page `number` (from 0) of the entries that meet the filter, in the actor's scope.

    Raises NotAllowed, Unavailable.
    """
    actor.demand(Permission.READ_AUDIT)
    narrowed = wanted.narrow(AuditEntry.objects.visible_to(actor))
    with reachable():
        found = narrowed.latest(skip=max(number, 0) * size, limit=size)
        entries = [_without_kept(entry, actor) for entry in found]
        total = narrowed.count_up_to(_MOST_COUNTED)
    return AuditPage(entries, min(total, _MOST_COUNTED), total > _MOST_COUNTED)


def matching(wanted: AuditFilter, *, actor: Actor, most: int) -> Iterator[StoredAuditEntry]:
    """Return the latest entries that meet the filter, no more than `most`, in the actor's scope. Raises NotAllowed."""
    actor.demand(Permission.READ_AUDIT)
    found = wanted.narrow(AuditEntry.objects.visible_to(actor)).latest(limit=most)
    return (_without_kept(entry, actor) for entry in found)


def seen_by(entries: Iterable[StoredAuditEntry], actor: Actor) -> Iterator[StoredAuditEntry]:
    """Keep of each entry in an actor's scope what their role and their county may be told of; of some nothing."""
    return _in_sight(seen_by_role(entries, actor), actor.county)


def seen_by_role(entries: Iterable[Any], actor: Actor) -> Iterator[Any]:
    """Keep of each entry the fields that the actor's role may see; a change of others alone is not told at all."""
    for entry in entries:
        seen = _without_kept(entry, actor)
        if seen.get("changes") or not entry.get("changes") or entry["action"] != "changed":
            yield seen


def _without_kept(entry: StoredAuditEntry, actor: Actor) -> StoredAuditEntry:
    changes = entry.get("changes")
    if not changes:
        return entry
    seen = changes_seen_by(actor, entry.get("collection", ""), changes)
    return entry if len(seen) == len(changes) else {**entry, "changes": seen}


def changes_seen_by(actor: Actor, collection: str, changes: Iterable[Change]) -> list[Change]:
    """Return the changes of fields that an actor's role may see; of a deleted field only an administrator reads."""
    declaration = REGISTRY.get(collection)
    if declaration is None or actor.role is Role.ADMIN:
        return list(changes)
    kept = declaration.keys_kept_from(actor)
    everything = (*declaration.fields, *declaration.hidden)
    known = {key for one in everything for key in (one.key, one.source)}
    return [
        change
        for change in changes
        if change["field"] not in kept
        and (not change["field"].startswith(PREFIX) or change["field"] in known)
    ]


def _in_sight(entries: Iterable[StoredAuditEntry], county: str | None) -> Iterator[StoredAuditEntry]:
    """Keep of each entry what concerns `county`: not where else a partner works, nor what it does there."""
    for entry in entries:
        if county is None:
            yield entry
            continue
        if _is_others_file(entry, county):
            continue
        changes = changes_in_sight(entry, county)
        # What changed in other counties alone is theirs: not even who did it is told.
        if changes or not entry.get("changes") or entry["action"] != "changed":
            yield {**entry, "changes": changes, "counties": [county]}


def changes_in_sight(entry: StoredAuditEntry, county: str) -> list[StoredChange]:
    """Return the changes of an entry as far as they concern a county."""
    changes = entry.get("changes", [])
    if entry.get("collection") != "service_partners":
        return changes
    return [own for own in (_own(change, county) for change in changes) if own]


def last_save_in_sight(collection: str, record_id: Any, actor: Actor) -> StoredAuditEntry | None:
    """Return the latest save of a record that changed what is the actor's to see; None for none among the latest."""
    acts = AuditEntry.objects.of_record(collection, record_id).saves()
    if actor.county is None:
        return next(acts.latest(limit=1), None)
    seen = (entry for entry in acts.latest(limit=_LOOKED_AT) if changes_in_sight(entry, actor.county))
    return next(seen, None)


def saved_elsewhere_alone(
    collection: str, record_id: Any, actor: Actor, *, saves: int, session: ClientSession
) -> bool:
    """Tell whether the last so many saves of a record changed nothing that is the actor's to see."""
    county = actor.county
    if county is None or saves < 1:
        return False
    latest = AuditEntry.objects.of_record(collection, record_id).saves().latest(limit=saves, session=session)
    entries = list(latest)
    return len(entries) == saves and not any(changes_in_sight(entry, county) for entry in entries)


def _is_others_file(entry: StoredAuditEntry, county: str) -> bool:
    """Tell whether an entry is of a file that another county, or the city bureau, keeps with a record of several.

    Entries of before files had a county bear those of the record: of these only what the county's people did is told.
    """
    if not (entry["action"].startswith("file-") and has_owned_files(entry.get("collection", ""))):
        return False
    if entry.get("counties") == [county]:
        return False
    return User.county_of(entry.get("actor_id")) != county


def _own(change: StoredChange, county: str) -> StoredChange | None:
    """Return a change of a partner without other counties' cooperations; None when nothing else changed."""
    if change["field"] != "cooperations":
        return change
    old, new = (
        [cooperation for cooperation in side or [] if cooperation.get("county") == county]
        for side in (change["old"], change["new"])
    )
    return {**change, "old": old, "new": new} if old != new else None


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=OFFICE_TIME)
