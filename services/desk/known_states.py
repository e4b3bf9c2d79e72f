"""Compare what is stored with the states that the audit trail keeps: what was changed without the program is found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from documents.desk.audit_entry import AuditEntry, StoredAuditEntry, StoredState
from documents.records.recycled import Recycled
from documents.server.connection import snapshot
from documents.states import GONE, STATED, States
from rules.words import N_

BASELINE = "states-taken"  # the entry that takes the states of records older than states
WHOLE = "whole"  # the note of the last such entry
_CHANGED = N_("Entry %(seq)d is the last one about %(record)s, which was changed since without the program.")
_MISSING = N_("Entry %(seq)d is the last one about %(record)s, which was removed since without the program.")
_NEVER = N_("No entry tells of %(record)s: it was put there without the program.")
_FOUND_OTHER = N_("Entry %(seq)d found that %(record)s had been changed without the program.")
# Records that are written while all are read are looked at once more; where so many differ, the first are enough.
_MOST_DOUBTS = 1000


@dataclass(frozen=True)
class Differing:
    """A record that is not as the trail left it: the entry that tells of it (0: none does), and a message id."""

    seq: int
    message: str
    collection: str
    record_id: Any

    @property
    def params(self) -> Mapping[str, Any]:
        """What the message says."""
        return {"record": f"{self.collection} {self.record_id}"}


@dataclass(slots=True)
class _Known:
    """The state that an entry left a record in; of one that is gone the state in which it went."""

    state: bytes
    seq: int
    gone: bool = False


@dataclass
class KnownStates:
    """The last state of each record, gathered from the trail in its order.

    `found_other` is the first record that an act found otherwise than the act before had left it.
    """

    found_other: Differing | None = None
    _known: dict[str, dict[Any, _Known]] = field(default_factory=dict)
    _whole: bool = False  # since when every record has an entry that keeps its state

    def note(self, entry: StoredAuditEntry) -> None:
        """Take the states that an entry keeps."""
        self._whole |= entry.get("action") == BASELINE and entry.get("note") == WHOLE
        for state in entry.get("states", ()):
            self._take(entry["_id"], state, first=entry.get("action") == BASELINE)

    def _take(self, seq: int, state: StoredState, *, first: bool = False) -> None:
        of_collection = self._known.setdefault(state["collection"], {})
        known = of_collection.get(state["id"])
        # What was taken of a record as it stood must be what the entries before say, if there are any.
        found = state["state"] if first else state.get("was", "")
        differs = known is not None and found and bytes.fromhex(found) != known.state
        if differs and self.found_other is None:
            self.found_other = Differing(seq, _FOUND_OTHER, state["collection"], state["id"])
        if state["state"] == GONE:
            went_as = bytes.fromhex(state.get("was", "")) or (known.state if known else b"")
            of_collection[state["id"]] = _Known(went_as, seq, gone=True)
        else:
            of_collection[state["id"]] = _Known(bytes.fromhex(state["state"]), seq)

    def first_differing(self, seq: int) -> Differing | None:
        """Compare every stored record with its last state, the entries up to number `seq` having been noted.

        Return the one that the earliest entry tells of; None when all are as the trail left them.
        """
        found = [one for name in STATED for one in self._differing(name)]
        found = list(islice(found, _MOST_DOUBTS))
        if found:
            found = self._looked_at_again(found, seq)
        found += self._differing_in_the_bin()
        if self.found_other is not None:
            found.append(self.found_other)
        return min(found, key=lambda one: (one.seq == 0, one.seq), default=None)

    def _looked_at_again(self, doubts: Sequence[Differing], seq: int) -> list[Differing]:
        """Return the doubts that stay when record and trail are read as of one moment."""
        ids: dict[str, list[Any]] = {}
        for doubt in doubts:
            ids.setdefault(doubt.collection, []).append(doubt.record_id)
        with snapshot() as session:
            for number, state in AuditEntry.states_after(seq, session):
                self._take(number, state)
            return [one for name, some in ids.items() for one in self._differing(name, some, session)]

    def _differing(
        self, collection: str, ids: Sequence[Any] | None = None, session: Any = None
    ) -> Iterator[Differing]:
        known, there = self._known.get(collection, {}), set()
        for record_id, state in States(collection).read(
            {} if ids is None else {"_id": {"$in": ids}}, session
        ):
            there.add(record_id)
            last = known.get(record_id)
            if last is None or last.gone:
                if self._whole:
                    yield Differing(last.seq if last else 0, _NEVER, collection, record_id)
            elif bytes.fromhex(state) != last.state:
                yield Differing(last.seq, _CHANGED, collection, record_id)
        for record_id in known if ids is None else [one for one in ids if one in known]:
            if not known[record_id].gone and record_id not in there:
                yield Differing(known[record_id].seq, _MISSING, collection, record_id)

    def _differing_in_the_bin(self) -> Iterator[Differing]:
        """Yield the records in the recycle bin that are not as they were when they were deleted."""
        for entry in Recycled._get_collection().find({}, {"collection": 1, "record_id": 1, "document": 1}):
            collection, record_id = entry["collection"], entry["record_id"]
            last = self._known.get(collection, {}).get(record_id)
            if last is None or not last.gone or not last.state or collection not in STATED:
                continue
            if bytes.fromhex(States(collection).of(entry["document"])) != last.state:
                yield Differing(last.seq, _CHANGED, collection, record_id)
