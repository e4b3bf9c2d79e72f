"""What the rows of an import were held against, and who saved a record since: no row overwrites what nobody saw."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from documents.desk.audit_entry import AuditEntry
from documents.kinds import RECORDS
from documents.records.recycled import Recycled
from office.excel.cell_dates import OFFICE_TIME
from rules.errors import Refusal
from rules.words import N_
from services.imports.report import Answer, Decision, OnConflict, RowReport, Seen

Raw = dict[str, Any]

_BOTH = N_("%(who)s changed this at %(when)s, after it was exported.")
_MEANWHILE = N_("%(who)s saved this record at %(when)s, while this file was brought in.")
_SAVED = N_("%(who)s saved this record at %(when)s, after it was tried.")
_ADDED = N_("%(who)s added this record at %(when)s, after it was tried.")
_DELETED = N_("%(who)s deleted this record at %(when)s, after it was tried.")


@dataclass(frozen=True)
class Against:
    """The records as they were seen, by the sheet's row number; a row that is not there was seen without a record.

    With `seen` None nobody looked before: then what was saved after `since` was, while the file was brought in.
    `on_conflict` decides for every row whose record was saved since; None leaves such a row and reports it.
    `decisions` are what clerks said of single rows; `deletions` the records, each at the version that was shown, whose
    rows are gone from the file and that are to be deleted.
    """

    seen: Mapping[int, Seen] | None = None
    on_conflict: OnConflict | None = None
    since: datetime | None = None
    decisions: Mapping[int, Decision] = field(default_factory=dict)
    deletions: Mapping[ObjectId, int] = field(default_factory=dict)

    def answer_of(self, row: int, before: Raw | None) -> Decision | None:
        """Return what holds for a row that was left: what was decided of its record as it is now, else of all."""
        decision = self.decisions.get(row)
        if decision is not None and decision.seen.is_still(before):
            return decision
        if self.on_conflict is not None:
            return Decision(Answer(self.on_conflict.value), Seen())
        return None

    def saved_meanwhile(self, before: Raw | None) -> bool:
        """Tell whether a record was saved by somebody while the file is brought in that nobody tried."""
        if self.seen is not None or self.since is None or before is None or not before.get("updated_at"):
            return False
        moment = before["updated_at"]
        return bool((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) >= self.since)

    def seen_of(self, row: int) -> Seen | None:
        """Return what a row was held against."""
        return None if self.seen is None else self.seen.get(row, Seen())

    def record_of(self, row: int, candidates: Sequence[Raw], place: int) -> Raw | None:
        """Return the stored record that a row is: the one it was held against, else the one in its place."""
        seen = self.seen_of(row)
        if row in self.decisions:
            seen = self.decisions[row].seen
        if seen is not None and seen.record is not None:
            return next((raw for raw in candidates if raw["_id"] == seen.record), None)
        return candidates[place] if place < len(candidates) else None


def seen_by(reports: Iterable[RowReport]) -> dict[int, Seen]:
    """Return what the rows of a trial were held against."""
    return {report.row: report.seen for report in reports if report.seen is not None}


@dataclass(frozen=True)
class LastChange:
    """What someone did to a record after it was seen; `present` is the record as it is there now."""

    sentence: str
    who: str
    when: datetime | None
    label: str
    present: Seen

    def as_refusal(self, key: str) -> Refusal:
        """Return the reason why the row is left, at the column `key` that it would have changed."""
        return Refusal(self.sentence, {"who": self.who, "when": _shown(self.when)}, field=key)


def last_change(
    collection: str, before: Raw | None, seen: Seen, *, session: Any, tried: bool = True
) -> LastChange:
    """Return who saved, added or deleted the record that a row is; `before` is it as it stands now."""
    document = RECORDS[collection]
    moved = before or (document.whole(seen.record, session=session) if seen.record else None)
    if moved is not None:  # perhaps under another code by now
        sentence = (_SAVED if seen.record else _ADDED) if tried else _MEANWHILE
        present = Seen(moved["_id"], moved["version"])
        who, when = moved.get("updated_by") or "", moved.get("updated_at")
        return LastChange(sentence, who, when, document.label_of(moved), present)
    entry = Recycled.last_of(collection, seen.record, session=session) or {}
    who, when = entry.get("deleted_by_name") or "", entry.get("deleted_at")
    return LastChange(_DELETED, who, when, entry.get("label") or "", Seen())


def last_change_of(collection: str, before: Raw, key: str, *, session: Any) -> LastChange:
    """Return who last changed one value of a record, as the trail tells, else who saved it last."""
    document = RECORDS[collection]
    entry = AuditEntry.last_to_change(collection, before["_id"], (key, f"{key}_name"), session)
    who = entry["actor_name"] if entry else before.get("updated_by") or ""
    when = entry["at"] if entry else before.get("updated_at")
    present = Seen(before["_id"], before["version"])
    return LastChange(_BOTH, who, when, document.label_of(before), present)


def _shown(moment: datetime | None) -> str:
    if moment is None:
        return ""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"{aware.astimezone(OFFICE_TIME):%Y-%m-%d %H:%M}"
