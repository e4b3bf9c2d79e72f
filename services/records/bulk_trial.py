"""What an act on thousands would meet: of how many records the rules warn, how many they refuse; nothing is written.

The same verbs run as in the job (`services.records.bulk_job`), in transactions that are undone, for no longer than a
clerk waits; what could not be looked at by then is told as a number.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.batches.batch import BatchAct
from documents.desk.audit_entry import AuditEntry
from documents.kinds import RECORDS
from documents.records.office_state import read_office_state
from documents.records.record import RecordQuerySet
from documents.server.connection import patient, reachable
from documents.server.transactions import LONG
from rules.access import Actor, Permission
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.registry import REGISTRY
from services.records.records import changed_record, refusals_to_delete
from services.records.references import References
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

MOST_SECONDS = 4.0
_CHUNK = 200
_MOST_SENTENCES = 8  # of one kind that are told


@dataclass(frozen=True)
class Foreseen:
    """What an act would meet: each sentence with the number of records that it is said of, the most frequent first.

    `saved_since` were saved after the list was shown. Of `total` records `looked_at` were looked at.
    """

    total: int
    looked_at: int
    warned: int
    refused: int
    warnings: tuple[tuple[Refusal, int], ...]
    refusals: tuple[tuple[Refusal, int], ...]
    saved_since: int

    @property
    def is_clear(self) -> bool:
        """Tell whether every record was looked at and nothing is to be said of any."""
        return self.looked_at >= self.total and not (self.warned or self.refused or self.saved_since)


def foresee_many(
    act: BatchAct,
    collection: str,
    records: RecordQuerySet,
    *,
    seen: int,
    status: str = "",
    edit: "Edit | None" = None,
    actor: Actor,
    now: datetime,
    most_seconds: float | None = None,
) -> Foreseen:
    """Try an act on all of `records` that the actor sees, in the order of the job, and undo it.

    `seen` is the entry of the audit trail at which the list was shown; `edit` what is changed, else the `status`.
    Raises NotAllowed, Refused for an unknown status, Unavailable.
    """
    actor.demand(Permission.WRITE)
    actor.demand(REGISTRY[collection].write_permission)
    if act is BatchAct.STATUS:
        demand_status(collection, status)
    edit = edit or Edit({"status": status})
    trial = _Trial(act, collection, seen, edit, replace(actor, sent_form=None), now)
    ends_at = time.monotonic() + (MOST_SECONDS if most_seconds is None else most_seconds)
    records, last = records.visible_to(actor), None
    with reachable():
        total = records.count()
        while time.monotonic() < ends_at:
            rest = records if last is None else records.where_raw({"_id": {"$gt": last}})
            ids = [row["_id"] for row in rest.rows(("_id",), (("_id", 1),), limit=_CHUNK)]
            if not ids:
                break
            trial.look_at(ids)
            last = ids[-1]
    return trial.foreseen(total)


def demand_status(collection: str, status: str) -> None:
    """Raise Refused unless the dictionary has this status for this collection; Unavailable."""
    with patient(), reachable():
        if status not in read_office_state().status_labels(collection):
            raise Refused(Refusal(N_("Choose one of the statuses."), field="status"))


@dataclass(frozen=True)
class Edit:
    """What many records get: `values` all of them, `fill` those that have none yet of a key; plain or stored values.

    `label` says it in words.
    """

    values: Mapping[str, Any]
    fill: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""

    def of(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values that one stored record gets."""
        blank = {key: value for key, value in self.fill.items() if raw.get(key) is None}
        return {**blank, **self.values}


class _Undone(Exception):
    """Ends the transaction of a trial, with what it found."""

    def __init__(self, found: "_Found") -> None:
        super().__init__("a trial is undone")
        self.found = found


@dataclass(frozen=True)
class _Found:
    saved_since: int
    refused: Sequence[Refusal]
    warned: Sequence[tuple[Any, Refusal]]


class _Trial:
    """Tries some records after others and counts what is said of them."""

    def __init__(
        self, act: BatchAct, collection: str, seen: int, edit: "Edit", actor: Actor, now: datetime
    ) -> None:
        self._act, self._collection, self._seen, self._edit = act, collection, seen, edit
        self._document = RECORDS[collection]
        self._actor, self._now = actor, now
        self._looked_at = self._saved_since = self._refused = self._warned = 0
        self._sentences: dict[bool, Counter[tuple[str, str | None]]] = {True: Counter(), False: Counter()}
        self._first: dict[tuple[str, str | None], Refusal] = {}

    def look_at(self, ids: Sequence[ObjectId]) -> None:
        """Try some records in one transaction, and undo it; one that the database refuses is refused alone."""
        try:
            in_one_transaction(lambda uow: self._try(uow, ids), actor=self._actor, now=self._now, within=LONG)
        except _Undone as undone:
            self._take(len(ids), undone.found)
        except Refused as problem:
            if len(ids) > 1:
                self.look_at(ids[: len(ids) // 2])
                self.look_at(ids[len(ids) // 2 :])
                return
            self._take(1, _Found(0, problem.refusals[:1], ()))

    def _try(self, uow: UnitOfWork, ids: Sequence[ObjectId]) -> None:
        uow.is_trial = uow.looks_for_warnings = True
        refs = References(uow.actor, uow.session)
        refused: list[Refusal] = []
        saved_since = AuditEntry.written_since(self._collection, ids, self._seen)
        for raw in self._document.having_all({"_id": list(ids)}, session=uow.session):
            if raw["_id"] in saved_since or not self._document.is_visible(raw, uow.actor):
                continue
            try:
                refused += self._one(uow, raw, refs)[:1]
            except Refused as problem:
                refused.append(problem.refusals[0])
        raise _Undone(_Found(len(saved_since), refused, uow.warnings))

    def _one(self, uow: UnitOfWork, raw: Mapping[str, Any], refs: References) -> tuple[Refusal, ...]:
        if self._act is BatchAct.DELETE:
            return refusals_to_delete(self._collection, raw, uow.actor, session=uow.session)
        changed_record(uow, self._collection, raw, self._edit.of(raw), refs)
        return ()

    def _take(self, looked_at: int, found: _Found) -> None:
        self._looked_at += looked_at
        self._saved_since += found.saved_since
        self._refused += len(found.refused)
        self._warned += len({record_id for record_id, _ in found.warned})
        for is_warning, said in ((False, found.refused), (True, [warning for _, warning in found.warned])):
            for one in said:
                key = (one.message, one.field)
                self._first.setdefault(key, one)
                self._sentences[is_warning][key] += 1

    def foreseen(self, total: int) -> Foreseen:
        """Return what was found."""
        warnings, refusals = (
            tuple(
                (self._first[key], count)
                for key, count in self._sentences[is_warning].most_common(_MOST_SENTENCES)
            )
            for is_warning in (True, False)
        )
        return Foreseen(
            max(total, self._looked_at), self._looked_at, self._warned, self._refused, warnings, refusals,
            self._saved_since,
        )  # fmt: skip
