"""New rule sets: a new edition is a new set, never a changed one.

A draft may be changed and deleted. One that was put in force keeps its figures for good; only its last day
may still be moved, as the bureau ends or prolongs the Measures themselves.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from documents.assessment.rule_set import RuleSet
from documents.desk.audit_entry import Change
from documents.records.fields import stored_day
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal, Refused, Stale
from rules.measure_lines import figures_of
from rules.measures import Measures, refusals_of_measures
from rules.words import N_
from services.assessment.rule_sets import KeptSet, kept_sets, stored_set
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

COLLECTION = "rule_sets"
IN_FORCE = N_("This rule set was put in force: its figures stay as they are. Copy it to a new one.")


def create_draft(one: Measures, *, actor: Actor, now: datetime) -> str:
    """Keep a new rule set as a draft and return its code. Raises Refused, NotAllowed."""
    actor.demand(Permission.DRAFT_RULES)
    _refuse(refusals_of_measures(one, ()))

    def work(uow: UnitOfWork) -> str:
        taken = {kept.measures.code for kept in kept_sets(uow.session)}
        code = _free_code(one, taken)
        stored = stored_set(replace(one, code=code, superseded=False))
        uow.save(RuleSet, None, stored | {"draft": True, "shipped": False})
        uow.record("created", COLLECTION, code, one.title, changes=_changes(None, one))
        return code

    return in_one_transaction(work, actor=actor, now=now)


def _free_code(one: Measures, taken: set[str]) -> str:
    stem = f"{one.level.value}-{one.first_day.year}"
    names = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def change_draft(one: Measures, *, version: int, actor: Actor, now: datetime) -> None:
    """Change a draft. Raises Refused (one in force is never changed), Stale, Missing, NotAllowed."""
    actor.demand(Permission.DRAFT_RULES)
    _refuse(refusals_of_measures(one, ()))

    def work(uow: UnitOfWork) -> None:
        before = _draft(one.code, version, uow)
        changes = _changes(before.measures, one)
        if not changes:
            return
        _replace(one.code, version, stored_set(one), uow)
        uow.record("changed", COLLECTION, one.code, one.title, changes=changes)

    in_one_transaction(work, actor=actor, now=now)


def delete_draft(code: str, *, version: int, actor: Actor, now: datetime) -> None:
    """Delete a draft. Raises Refused (one in force is never deleted), Stale, Missing, NotAllowed."""
    actor.demand(Permission.DRAFT_RULES)

    def work(uow: UnitOfWork) -> None:
        before = _draft(code, version, uow)
        RuleSet._get_collection().delete_one({"_id": code, "version": version}, session=uow.session)
        uow.record(
            "deleted", COLLECTION, code, before.measures.title, changes=_changes(before.measures, None)
        )

    in_one_transaction(work, actor=actor, now=now)


def put_in_force(code: str, *, version: int, actor: Actor, now: datetime) -> None:
    """Put a draft in force from its first day. It keeps its figures for good.

    Two of a level never are in force on one day: whoever comes second is refused, since every write of the
    office conflicts with every other one (`services.shared.unit_of_work`). Raises Refused, Stale, Missing, NotAllowed.
    """
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> None:
        one = _draft(code, version, uow).measures
        _refuse(refusals_of_measures(one, _others(code, uow)))
        _replace(code, version, {"draft": False}, uow)
        changes = [Change("first_day", None, one.first_day.isoformat())]
        if one.last_day:
            changes.append(Change("last_day", None, one.last_day.isoformat()))
        uow.record("put-in-force", COLLECTION, code, one.title, changes=changes)

    in_one_transaction(work, actor=actor, now=now)


def move_last_day(
    code: str, last_day: date | None, *, version: int, today: date, actor: Actor, now: datetime
) -> None:
    """End or prolong a rule set in force, as the bureau did by a paper; its figures stay.

    A day that has passed under the rule set is not taken from it. Raises Refused, Stale, Missing, NotAllowed.
    """
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> None:
        kept = _one(code, uow)
        if kept.draft or kept.version != version:
            raise Stale()
        before = kept.measures
        _refuse(_refusals_to_move(before, last_day, today))
        after = replace(before, last_day=last_day)
        _refuse(
            tuple(replace(one, field="last_day") for one in refusals_of_measures(after, _others(code, uow)))
        )
        if last_day == before.last_day:
            return
        stored = stored_set(after) | {"last_day": stored_day(last_day) if last_day else None}
        if not kept.version:
            uow.save(RuleSet, None, stored | {"draft": False, "shipped": True})
        else:
            _replace(code, version, stored, uow)
        old, new = (day.isoformat() if day else None for day in (before.last_day, last_day))
        uow.record("changed", COLLECTION, code, before.title, changes=[Change("last_day", old, new)])

    in_one_transaction(work, actor=actor, now=now)


def _refusals_to_move(before: Measures, last_day: date | None, today: date) -> tuple[Refusal, ...]:
    if last_day is None and before.last_day is not None:
        return (Refusal(N_("Say until which day it is prolonged."), field="last_day"),)
    # Where no end was known, it may be learnt late.
    if last_day and before.last_day and last_day < min(before.last_day, today):
        sentence = N_(
            "Days that have passed under a rule set are not taken from it: the earliest is %(day)s."
        )
        return (Refusal(sentence, {"day": min(before.last_day, today).isoformat()}, field="last_day"),)
    return ()


def _one(code: str, uow: UnitOfWork) -> KeptSet:
    found = next((one for one in kept_sets(uow.session) if one.measures.code == code), None)
    if found is None:
        raise Missing()
    return found


def _draft(code: str, version: int, uow: UnitOfWork) -> KeptSet:
    found = _one(code, uow)
    if not found.draft:
        raise Refused(IN_FORCE)
    if found.version != version:
        raise Stale()
    return found


def _others(code: str, uow: UnitOfWork) -> tuple[Measures, ...]:
    return tuple(
        one.measures for one in kept_sets(uow.session) if not one.draft and one.measures.code != code
    )


def _replace(code: str, version: int, fields: dict[str, Any], uow: UnitOfWork) -> None:
    held = RuleSet._get_collection().find_one({"_id": code, "version": version}, session=uow.session)
    if held is None:
        raise Stale()
    open_ended = "figures" in fields and not fields.get("last_day")
    kept = {key: value for key, value in held.items() if not (open_ended and key == "last_day")}
    uow.save(RuleSet, held, kept | {key: value for key, value in fields.items() if value is not None})


def _refuse(refusals: tuple[Refusal, ...]) -> None:
    if refusals:
        raise Refused.because(refusals)


def _changes(before: Measures | None, after: Measures | None) -> list[Change]:
    old, new = (_flat(one) if one else {} for one in (before, after))
    return [Change(key, old.get(key), new.get(key)) for key in old | new if old.get(key) != new.get(key)]


def _flat(one: Measures) -> dict[str, Any]:
    """Return a rule set as the trail shows it: one value a key."""
    days = {key: day.isoformat() if day else None for key, day in _days(one)}
    summaries = {
        key: "-".join(f"{part:02}" for part in getattr(one, key))
        for key in ("base_summary_by", "county_summary_by")
    }
    texts = {key: getattr(one, key) or None for key in ("title", "document_number", "note")}
    return {**texts, "level": one.level.zh, **days, **summaries, **figures_of(one)}


def _days(one: Measures) -> tuple[tuple[str, date | None], ...]:
    return ("first_day", one.first_day), ("last_day", one.last_day)
