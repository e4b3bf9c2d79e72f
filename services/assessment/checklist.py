"""Keep the checklist of Art. 6 of a base for a year: what was found, with remark and evidence files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bson import ObjectId

from documents.assessment.checklist import (
    Checklist,
    StoredCheck,
    StoredChecklist,
    are_files_of_base,
    files_of_base,
)
from documents.desk.audit_entry import Change
from documents.records.base import Base
from rules.access import Actor, Permission
from rules.assessment.checklist import Check, Checks, CheckState, Condition
from rules.errors import Refusal, Refused, Stale
from rules.words import N_
from schema.settings import FIRST_YEAR
from services.desk.settings import office_settings
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

MOST_REMARK = 500  # characters


@dataclass(frozen=True)
class Item:
    """What was found of one condition; `files` are ids of the base's attachments."""

    state: CheckState = CheckState.UNKNOWN
    remark: str = ""
    files: tuple[ObjectId, ...] = ()

    def stored(self) -> StoredCheck:
        """Return the item as the database keeps it."""
        return {"state": self.state.value, "remark": self.remark, "files": list(self.files)}

    @property
    def text(self) -> str:
        """What the audit trail says of it, in the office's words; "" while nothing was found."""
        if self == Item():
            return ""
        files = f"证明材料 {len(self.files)} 份" if self.files else ""
        return "；".join(part for part in (self.state.zh, self.remark, files) if part)


@dataclass(frozen=True)
class ChecklistOfYear:
    """A checklist as it was read. `version` 0: none of this year yet; then `year` names the one it repeats."""

    items: Mapping[Condition, Item] = field(default_factory=dict)
    version: int = 0
    year: int | None = None
    when: datetime | None = None
    who: str = ""

    def item(self, condition: Condition) -> Item:
        """Return one condition's item."""
        return self.items.get(condition, Item())

    def of_this_year(self, condition: Condition) -> Item:
        """Return one condition's item of the year itself: what an earlier year found fills the form alone."""
        return self.item(condition) if self.version else Item()

    def count(self, state: CheckState) -> int:
        """Return how many conditions have a state."""
        return sum(self.item(condition).state is state for condition in Condition)


def read_checklist(base: ObjectId, year: int) -> ChecklistOfYear:
    """Return the checklist of a base for a year, else the latest one before; the caller has checked the scope."""
    raw = Checklist.latest_up_to(base, year)
    if raw is None:
        return ChecklistOfYear()
    version = raw["version"] if raw["year"] == year else 0
    return ChecklistOfYear(
        _items(raw), version, raw["year"], raw.get("updated_at"), raw.get("updated_by", "")
    )


def _items(raw: StoredChecklist) -> dict[Condition, Item]:
    stored = raw.get("items", {})
    return {
        condition: _item(stored[condition.value]) for condition in Condition if stored.get(condition.value)
    }


def _item(raw: StoredCheck) -> Item:
    state = next((state for state in CheckState if state.value == raw["state"]), CheckState.UNKNOWN)
    return Item(state, raw.get("remark", ""), tuple(raw.get("files", ())))


def checks_from(raw: StoredChecklist | None) -> Checks:
    """Return what a stored checklist says of each condition; a remark or a file stands behind it."""
    return {
        condition: Check(item.state, bool(item.remark.strip() or item.files))
        for condition, item in (_items(raw) if raw else {}).items()
    }


def checks_within(uow: UnitOfWork, base: ObjectId, year: int) -> tuple[Checks, dict[Condition, Item]]:
    """Return the checks of a base for a year as a transaction sees them; a file that is gone stands behind nothing."""
    raw = Checklist.of_year(base, year, uow.session)
    items = _items(raw) if raw else {}
    there = files_of_base({file for item in items.values() for file in item.files}, base, uow.session)
    checks = {
        condition: Check(item.state, bool(item.remark.strip() or there.intersection(item.files)))
        for condition, item in items.items()
    }
    return checks, items


def save_checklist(
    base: ObjectId,
    year: int,
    items: Mapping[Condition, Item],
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> bool:
    """Write the checklist that was read at `version` (0: there was none); return False when nothing differs.

    Raises Missing (no such base in scope), NotAllowed, Refused (remark, file, year), Stale.
    """
    actor.demand(Permission.WRITE)
    if not office_settings()[FIRST_YEAR] <= year <= 2200:
        raise Refused(N_("This is not a year."))
    reasons = [reason for condition in Condition for reason in _refusals(condition, items)]
    if reasons:
        raise Refused(*reasons)
    return in_one_transaction(lambda uow: _save(uow, base, year, items, version), actor=actor, now=now)


def _refusals(condition: Condition, items: Mapping[Condition, Item]) -> list[Refusal]:
    remark = items.get(condition, Item()).remark
    refusals = []
    if len(remark) > MOST_REMARK:
        params = {"most": MOST_REMARK}
        refusals.append(
            Refusal(N_("A remark has at most %(most)d characters."), params, field=condition.value)
        )
    if any((ord(sign) < 32 and sign not in "\n\t") or 0xD800 <= ord(sign) <= 0xDFFF for sign in remark):
        refusals.append(
            Refusal(N_("The remark holds a character that cannot be shown."), field=condition.value)
        )
    return refusals


def _save(uow: UnitOfWork, base: ObjectId, year: int, items: Mapping[Condition, Item], version: int) -> bool:
    raw = uow.find(Base, base)
    before = Checklist.of_year(base, year, uow.session)
    if (before["version"] if before else 0) != version:
        raise Stale()
    files = {file for item in items.values() for file in item.files}
    if not are_files_of_base(files, base, uow.session):
        raise Refused(N_("An evidence file is not, or no longer, among the files of this base."))
    old = _items(before) if before else {}
    given = {condition: items.get(condition, Item()) for condition in Condition}
    changes = [
        Change(f"checklist.{condition.value}", old.get(condition, Item()).text, item.text)
        for condition, item in given.items()
        if item != old.get(condition, Item())
    ]
    if not changes:
        return False
    after: StoredChecklist = {
        "base": base,
        "year": year,
        "items": {condition.value: item.stored() for condition, item in given.items() if item != Item()},
    }
    if before:
        after["_id"] = before["_id"]
    uow.save(Checklist, before, after)
    uow.record(
        "checklist-kept", "bases", base, Base.label_of(raw), counties=Base.counties_of(raw),
        changes=[Change("checklist.year", "", str(year)), *changes],
    )  # fmt: skip
    return True
