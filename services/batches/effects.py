"""What a batch did to each record, by the trail's own before and after, and whether somebody wrote to it since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pymongo.client_session import ClientSession

from documents.batches.batch import Batch
from documents.desk.audit_entry import AuditEntry, StoredAuditEntry, StoredChange
from schema.registry import REGISTRY
from services.desk.trail import changes_in_sight

MADE = frozenset({"created", "restored"})


class Standing(StrEnum):
    """How a record stands since a batch: as it left it, written to since, or back already."""

    AS_LEFT = "as-left"
    EDITED = "edited"
    BACK = "back"


@dataclass(frozen=True)
class Effect:
    """What a batch did to one record: was there one before and after it, and the changes (the first old, the last new).

    `later` are the entries that wrote the record after it, the oldest first.
    """

    record_id: Any
    label: str
    existed: bool
    exists: bool
    changes: tuple[StoredChange, ...]
    standing: Standing
    later: tuple[StoredAuditEntry, ...] = ()

    @property
    def is_present(self) -> bool:
        """Whether the record stands outside the recycle bin now."""
        return self.later[-1]["action"] != "deleted" if self.later else self.exists

    @property
    def last_edit(self) -> tuple[str, datetime | None, int]:
        """Who wrote to the record last since, when, and the number of that entry; ("", None, 0) for nobody."""
        if not self.later:
            return "", None, 0
        last = self.later[-1]
        return last.get("actor_name", ""), last["at"], last["_id"]


def effects_of(
    batch: str,
    collection: str,
    ids: Sequence[Any],
    *,
    county: str | None = None,
    session: ClientSession | None = None,
    brief: bool = False,
) -> list[Effect]:
    """Return what a batch did to these records, in their order; of a county only what it may know of counts.

    A record that the batch did not write is left out. `brief` effects are without changes.
    """
    brief = brief and (county is None or not REGISTRY[collection].in_several_counties)
    entries = AuditEntry.writes_of(collection, ids, session, brief=brief)
    named = {entry["batch"] for of_record in entries.values() for entry in of_record if "batch" in entry}
    undoes = Batch.undone_by(sorted(named), session)
    effects = (_effect(batch, entries.get(record_id, ()), undoes, county) for record_id in ids)
    return [effect for effect in effects if effect is not None]


def _is_of(entry: StoredAuditEntry, batch: str) -> bool:
    """Tell whether an entry is a batch's; those of imports by earlier programs bear it as their note."""
    return batch in (entry.get("batch"), entry.get("note"))


def _effect(
    batch: str, entries: Sequence[StoredAuditEntry], undoes: Mapping[str, str], county: str | None
) -> Effect | None:
    own = [entry for entry in entries if _is_of(entry, batch)]
    if not own:
        return None
    later = [entry for entry in entries if entry["_id"] > own[-1]["_id"] and _concerns(entry, county)]
    return Effect(
        record_id=own[0]["record_id"],
        label=own[-1].get("label", ""),
        existed=own[0]["action"] not in MADE,
        exists=own[-1]["action"] != "deleted",
        changes=folded_changes(own),
        standing=_standing(batch, later, undoes),
        later=tuple(later),
    )


def _concerns(entry: StoredAuditEntry, county: str | None) -> bool:
    return county is None or entry["action"] != "changed" or bool(changes_in_sight(entry, county))


def folded_changes(entries: Iterable[StoredAuditEntry]) -> tuple[StoredChange, ...]:
    """Return the changes of several acts on one record as those of one; what came back to where it was is none."""
    folded: dict[str, StoredChange] = {}
    for entry in entries:
        for change in entry.get("changes", ()):
            first = folded.get(change["field"], change)
            merged: StoredChange = {**change, "old": first["old"]}
            if "old_id" in first:
                merged["old_id"] = first["old_id"]
            else:
                merged.pop("old_id", None)
            folded[change["field"]] = merged
    return tuple(
        change
        for change in folded.values()
        if change["old"] != change["new"] or change.get("old_id") != change.get("new_id")
    )


def _standing(batch: str, later: Iterable[StoredAuditEntry], undoes: Mapping[str, str]) -> Standing:
    """Tell how a record stands: an undoing and the undoing of that cancel each other, from the latest backwards."""
    chain = [batch]
    for entry in later:
        writer = entry.get("batch") or ""
        if not writer or writer != chain[-1]:
            chain.append(writer)
    left: list[str] = []  # what is not cancelled, the latest first
    for writer in reversed(chain):
        if left and writer and undoes.get(left[-1]) == writer:
            left.pop()
        else:
            left.append(writer)
    if left == [batch]:
        return Standing.AS_LEFT
    if batch not in left or any(undoes.get(writer) == batch for writer in left):
        return Standing.BACK
    return Standing.EDITED
