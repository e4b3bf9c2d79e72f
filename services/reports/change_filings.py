"""Change filings: a base's new name, operator, address or legal representative, taken down and decided (Art. 15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.desk.audit_entry import Change
from documents.records.attachment import Attachment
from documents.records.base import Base
from documents.records.fields import stored_day
from documents.reports.change_filing import COLLECTION, ChangeFiling
from rules.access import Actor, Permission
from rules.applications import refusals_of_text
from rules.change_filings import CHANGEABLE, FilingState, refusals_of_filing
from rules.errors import Refusal, Refused, Stale
from rules.measures import in_force
from rules.words import N_
from rules.working_days import DueDay, change_filing_due
from schema.bases import BASES
from services.assessment.rule_sets import rule_sets
from services.desk.working_days import office_calendar
from services.records.denormalised_copies import finish_copies
from services.records.records import update_within
from services.records.references import References
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

Raw = dict[str, Any]
REASON = N_("Give the reason.")
_LONGEST = {key: BASES.column(key).most for key in CHANGEABLE}
LABELS = {key: BASES.column(key).label for key in CHANGEABLE}


@dataclass(frozen=True)
class FilingDraft:
    """A filing as it came in; `values` are the new ones by key, a blank one stands for no change."""

    base: ObjectId
    values: Mapping[str, str]
    completed_on: date | None
    filed_on: date | None
    remark: str = ""


def filing_due(completed_on: date) -> DueDay:
    """Return the last day to file a change, by the rule set in force on the day it was completed (Art. 15)."""
    measures = in_force(rule_sets(), completed_on)[0]
    return change_filing_due(completed_on, measures.change_filing_working_days, office_calendar())


def state_of(raw: Mapping[str, Any]) -> FilingState:
    """Return where a stored filing stands."""
    return next(one for one in FilingState if one.value == raw["state"])


def read_filing(filing_id: ObjectId, actor: Actor) -> Raw:
    """Return a stored filing in the actor's scope. Raises Missing."""
    return ChangeFiling.read(filing_id, actor)


def file_change(draft: FilingDraft, *, actor: Actor, now: datetime, today: date) -> ObjectId:
    """Take a filing down and return its id. Raises Missing (the base), Refused, NotAllowed."""
    actor.demand(Permission.WRITE)

    def work(uow: UnitOfWork) -> ObjectId:
        base = uow.find(Base, draft.base)
        fresh = _checked(uow, base, draft, today)
        raw: Raw = {
            "_id": ObjectId(), "base": base["_id"], "base_name": base["name"], "county": base["county"], **fresh,
            "state": FilingState.FILED.value,
        }  # fmt: skip
        raw = uow.save(ChangeFiling, None, raw)
        changes = [Change(one["field"], one["old"], one["new"]) for one in raw["changes"]]
        _record(uow, "change-filed", raw, changes)
        return raw["_id"]

    return in_one_transaction(work, actor=actor, now=now)


def correct_filing(
    filing_id: ObjectId, draft: FilingDraft, *, version: int, actor: Actor, now: datetime, today: date
) -> None:
    """Correct a filing that nobody has decided on; its base stays. Raises Missing, Stale, Refused, NotAllowed."""
    actor.demand(Permission.WRITE)

    def work(uow: UnitOfWork) -> None:
        before = _waiting(uow, filing_id, version)
        base = uow.find(Base, before["base"])
        fresh = _checked(uow, base, draft, today, apart_from=filing_id)
        raw = {**before, **fresh, "base_name": base["name"], "county": base["county"]}
        keys = ("changes", "completed_on", "filed_on", "remark")
        if all(before.get(key) == raw.get(key) for key in keys):
            return
        old = {one["field"]: one["new"] for one in before["changes"]}
        new = {one["field"]: one["new"] for one in raw["changes"]}
        changes = [
            Change(key, old.get(key), new.get(key)) for key in CHANGEABLE if old.get(key) != new.get(key)
        ]
        changes += [
            Change(key, before.get(key), raw.get(key)) for key in keys[1:] if before.get(key) != raw.get(key)
        ]
        _replace(uow, before, raw, "changed", changes)

    in_one_transaction(work, actor=actor, now=now)


def _checked(
    uow: UnitOfWork, base: Raw, draft: FilingDraft, today: date, apart_from: ObjectId | None = None
) -> Raw:
    """Return the parts of a filing that were typed, checked. Raises Refused."""
    if base["status"] != "certified":
        sentence = N_(
            "Only a base with the title files changes (Art. 15); change the record of another directly."
        )
        raise Refused(Refusal(sentence, field="base"))
    given = {key: " ".join(draft.values.get(key, "").split()) for key in CHANGEABLE}
    new = {key: value for key, value in given.items() if value and value != base.get(key)}
    reasons = list(refusals_of_filing(new, draft.completed_on, draft.filed_on, today=today))
    for key, value in new.items():
        reasons += refusals_of_text(value, key, most=_LONGEST[key])
    reasons += refusals_of_text(draft.remark, "remark", most=2000)
    reasons += _taken(uow, base, new, apart_from)
    if reasons or draft.completed_on is None or draft.filed_on is None:
        raise Refused(*reasons)
    due = filing_due(draft.completed_on)
    return {
        "changes": [{"field": key, "old": base.get(key) or "", "new": new[key]} for key in CHANGEABLE if key in new],
        "completed_on": stored_day(draft.completed_on), "filed_on": stored_day(draft.filed_on),
        "due": stored_day(due.day), "provisional": due.provisional, "late": draft.filed_on > due.day,
        "remark": draft.remark.strip(),
    }  # fmt: skip


def _taken(uow: UnitOfWork, base: Raw, new: Mapping[str, str], apart_from: ObjectId | None) -> list[Refusal]:
    """Return what stands in the way: a name that another base has, a filing of the same thing that still waits."""
    found = []
    other = {"_id": {"$ne": base["_id"]}, "county": base["county"], "name": new.get("name")}
    if new.get("name") and Base.collection().find_one(other, {"_id": 1}, session=uow.session):
        sentence = N_("A base named %(value)s already exists in this county.")
        found.append(Refusal(sentence, {"value": new["name"]}, field="name"))
    waiting = {"base": base["_id"], "state": FilingState.FILED.value, "_id": {"$ne": apart_from}}
    for raw in ChangeFiling.collection().find(waiting, {"changes": 1}, session=uow.session):
        sentence = N_("A filing about this is waiting to be accepted already.")
        found += [Refusal(sentence, field=one["field"]) for one in raw["changes"] if one["field"] in new]
    return found


def _waiting(uow: UnitOfWork, filing_id: ObjectId, version: int) -> Raw:
    """Return a filing that nobody has decided on, as the transaction sees it. Raises Missing, Stale, Refused."""
    raw = uow.find(ChangeFiling, filing_id)
    if state_of(raw) is not FilingState.FILED:
        raise Refused(N_("This filing is decided already."))
    if raw["version"] != version:
        raise Stale()
    return raw


# --- Deciding ------------------------------------------------------------------------------------


def accept_filing(filing_id: ObjectId, *, version: int, actor: Actor, now: datetime) -> None:
    """Accept a filing: the base's record changes in the same transaction, former names stay findable.

    Refused when the record does not hold the old value any more. Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)

    def work(uow: UnitOfWork) -> None:
        raw = _waiting(uow, filing_id, version)
        base = uow.find(Base, raw["base"])
        reasons = refusals_to_accept(raw, base)
        if reasons:
            raise Refused(*reasons)
        values: Raw = {one["field"]: one["new"] for one in raw["changes"]}
        if "operator" in values:
            former = [*base.get("former_operators", ()), base["operator"]]
            values["former_operators"] = [one for one in dict.fromkeys(former) if one != values["operator"]]
        decided = _decided(uow, raw, FilingState.ACCEPTED)
        # Before the base is renamed: this filing is decided by then, and stays under the name it was filed by.
        _replace(uow, raw, decided, "change-accepted", [_state_change(FilingState.ACCEPTED)])
        refs = References(actor, uow.session)
        update_within(uow, "bases", base["_id"], values, refs, version=None)

    in_one_transaction(work, actor=actor, now=now)
    finish_copies(actor=actor, now=now)


def refusals_to_accept(raw: Mapping[str, Any], base: Mapping[str, Any]) -> tuple[Refusal, ...]:
    """Return why a filing cannot be accepted: by now the base's record says something else than it did."""
    found = []
    for one in raw["changes"]:
        held = base.get(one["field"]) or ""
        if held != one["old"]:
            params = {"old": one["old"] or "—", "now": held or "—"}
            sentence = N_("The record says “%(now)s” by now, not “%(old)s”: someone changed it meanwhile.")
            found.append(Refusal(sentence, params, field=one["field"]))
    return tuple(found)


def refuse_filing(filing_id: ObjectId, *, reason: str, version: int, actor: Actor, now: datetime) -> None:
    """Do not accept a filing, and say why; the base stays as it is. Raises Missing, Stale, Refused, NotAllowed."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    reasons = refusals_of_text(reason, "reason", wanted=REASON, most=2000)
    if reasons:
        raise Refused(*reasons)

    def work(uow: UnitOfWork) -> None:
        raw = _waiting(uow, filing_id, version)
        decided = {**_decided(uow, raw, FilingState.REFUSED), "reason": reason.strip()}
        changes = [_state_change(FilingState.REFUSED), Change("reason", None, reason.strip())]
        _replace(uow, raw, decided, "change-refused", changes)

    in_one_transaction(work, actor=actor, now=now)


def _state_change(to: FilingState) -> Change:
    return Change("state", FilingState.FILED.zh, to.zh)


def _decided(uow: UnitOfWork, raw: Raw, state: FilingState) -> Raw:
    return {**raw, "state": state.value, "decided_at": uow.now, "decided_by": uow.actor.name}


def _replace(uow: UnitOfWork, before: Raw, raw: Raw, action: str, changes: list[Change]) -> None:
    _record(uow, action, uow.save(ChangeFiling, before, raw), changes)


def _record(uow: UnitOfWork, action: str, raw: Raw, changes: list[Change]) -> None:
    label = ChangeFiling.label_of(raw)
    uow.record(action, COLLECTION, raw["_id"], label, counties=[raw["county"]], changes=changes)


def has_proof(filing_id: ObjectId) -> bool:
    """Tell whether a file proves the change."""
    clause = {"collection": COLLECTION, "record_id": filing_id}
    return Attachment._get_collection().find_one(clause, {"_id": 1}) is not None
