"""Keep the checklist of Art. 6 of a base for a year: what was found, with remark and evidence files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.assessment.checklist import Checklist
from documents.desk.audit_entry import Change
from documents.records.attachment import Attachment
from documents.records.base import Base
from rules.access import Actor, Permission
from rules.checklist import CheckState, Condition
from rules.errors import Refusal, Refused, Stale
from rules.words import N_
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

MOST_REMARK = 500  # characters


@dataclass(frozen=True)
class Item:
    """What was found of one condition; `files` are ids of the base's attachments."""

    state: CheckState = CheckState.UNKNOWN
    remark: str = ""
    files: tuple[ObjectId, ...] = ()

    def stored(self) -> dict[str, Any]:
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
class Kept:
    """A checklist as it was read. `version` 0: none of this year yet; then `year` names the one it repeats."""

    items: Mapping[Condition, Item] = field(default_factory=dict)
    version: int = 0
    year: int | None = None
    when: datetime | None = None
    who: str = ""

    def item(self, condition: Condition) -> Item:
        """Return one condition's item."""
        return self.items.get(condition, Item())

    def count(self, state: CheckState) -> int:
        """Return how many conditions have a state."""
        return sum(self.item(condition).state is state for condition in Condition)


def read_checklist(base: ObjectId, year: int) -> Kept:
    """Return the checklist of a base for a year, else the latest one before; the caller has checked the scope."""
    found = Checklist.up_to(base, year)
    if not found:
        return Kept()
    raw = found[0]
    version = raw["version"] if raw["year"] == year else 0
    return Kept(_items(raw), version, raw["year"], raw.get("updated_at"), raw.get("updated_by", ""))


def _items(raw: Mapping[str, Any]) -> dict[Condition, Item]:
    found = {}
    for condition in Condition:
        one = raw.get("items", {}).get(condition.value)
        if one:
            state = next((state for state in CheckState if state.value == one["state"]), CheckState.UNKNOWN)
            found[condition] = Item(state, one.get("remark", ""), tuple(one.get("files", ())))
    return found


def keep_checklist(
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
    if not 2000 <= year <= 2200:
        raise Refused(N_("This is not a year."))
    reasons = [reason for condition in Condition for reason in _refusals(condition, items)]
    if reasons:
        raise Refused(*reasons)
    return in_one_transaction(lambda uow: _keep(uow, base, year, items, version), actor=actor, now=now)


def _refusals(condition: Condition, items: Mapping[Condition, Item]) -> list[Refusal]:
    remark = items.get(condition, Item()).remark
    found = []
    if len(remark) > MOST_REMARK:
        params = {"most": MOST_REMARK}
        found.append(Refusal(N_("A remark has at most %(most)d characters."), params, field=condition.value))
    if any((ord(sign) < 32 and sign not in "\n\t") or 0xD800 <= ord(sign) <= 0xDFFF for sign in remark):
        found.append(Refusal(N_("The remark holds a character that cannot be shown."), field=condition.value))
    return found


def _keep(uow: UnitOfWork, base: ObjectId, year: int, items: Mapping[Condition, Item], version: int) -> bool:
    raw = uow.find(Base, base)
    checklists, where = Checklist._get_collection(), {"base": base, "year": year}
    before = checklists.find_one(where, session=uow.session)
    if (before["version"] if before else 0) != version:
        raise Stale()
    _demand_own_files(uow, base, items)
    old = _items(before) if before else {}
    given = {condition: items.get(condition, Item()) for condition in Condition}
    changes = [
        Change(f"checklist.{condition.value}", old.get(condition, Item()).text, item.text)
        for condition, item in given.items()
        if item != old.get(condition, Item())
    ]
    if not changes:
        return False
    fresh = {
        **where,
        "items": {condition.value: item.stored() for condition, item in given.items() if item != Item()},
    }
    uow.save(Checklist, before, fresh | ({"_id": before["_id"]} if before else {}))
    uow.record(
        "checklist-kept", "bases", base, Base.label_of(raw), counties=Base.counties_of(raw),
        changes=[Change("checklist.year", "", str(year)), *changes],
    )  # fmt: skip
    return True


def _demand_own_files(uow: UnitOfWork, base: ObjectId, items: Mapping[Condition, Item]) -> None:
    wanted = {one for item in items.values() for one in item.files}
    clause = {"_id": {"$in": list(wanted)}, "collection": "bases", "record_id": base}
    if Attachment._get_collection().count_documents(clause, session=uow.session) != len(wanted):
        raise Refused(N_("An evidence file is not, or no longer, among the files of this base."))
