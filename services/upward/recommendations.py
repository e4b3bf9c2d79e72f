"""Upward recommendation: certified bases put forward to the province or the nation, and what became of it (Art. 17)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.desk.audit_entry import Change
from documents.publication.paper import Paper
from documents.records.base import Base
from documents.records.fields import stored_day
from documents.upward.recommendation import COLLECTION, UpwardRecommendation
from rules.access import Actor, Permission
from rules.applications import refusals_of_text
from rules.assessment import Assessment, assess
from rules.counting import as_of
from rules.errors import Refusal, Refused
from rules.measures import Level, Measures, in_force
from rules.upward import VALID_TITLES, UpwardOutcome, refusals_of_outcome, refusals_to_recommend
from rules.words import N_
from services.applications.submission import plain_assessment
from services.assessment.assess import facts_of
from services.assessment.rule_sets import rule_sets
from services.revocation.titles import states_of
from services.shared.paper_register import read_number
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

Raw = dict[str, Any]
KIND = "upward"
MOST_BASES = 100


@dataclass(frozen=True)
class UpwardDraft:
    """A letter that recommends bases; `assessed_year` is the year whose figures are frozen beside."""

    bases: tuple[ObjectId, ...]
    level: Level
    year: int
    number: str
    dated: date | None
    remark: str = ""
    assessed_year: int | None = None  # None: the year itself


@dataclass(frozen=True)
class Candidate:
    """A base with a valid title, its assessment by level (None: no rule set), and where it was put forward."""

    base: Mapping[str, Any]
    levels: Mapping[Level, Assessment | None]
    already: tuple[tuple[str, int, str], ...] = ()  # level, year, outcome


def level_sets(year: int, today: date) -> dict[Level, tuple[Measures, bool] | None]:
    """Return the rule set of each level for a year, and whether it is really in force; None where there is none."""
    sets, day = rule_sets(), as_of(year, today)
    known = {one.level for one in sets}
    return {level: in_force(sets, day, level) if level in known else None for level in Level}


def candidates(
    year: int, *, today: date, actor: Actor, bases: Iterable[ObjectId] | None = None
) -> tuple[Candidate, ...]:
    """Return the bases that may be recommended, with their assessments for a year, in the order of their names."""
    scoped = Base.objects.visible_to(actor).where_raw({"status": "certified"})
    if bases is not None:
        scoped = scoped.where_raw({"_id": {"$in": list(bases)}})
    rows = list(scoped.rows(("status", "title_last_day"), (("_id", 1),)))
    states = states_of(rows, today)
    ids = [row["_id"] for row in rows if states[row["_id"]] in VALID_TITLES]
    sets = level_sets(year, today)
    already: dict[ObjectId, list[tuple[str, int, str]]] = {}
    for row in UpwardRecommendation.collection().find({"base": {"$in": ids}}).sort("year", -1):
        already.setdefault(row["base"], []).append((row["level"], row["year"], row["outcome"]))
    return tuple(
        Candidate(
            one.base,
            {level: found and assess(one.facts, found[0]) for level, found in sets.items()},
            tuple(already.get(one.base["_id"], ())),
        )
        for one in facts_of(year, today=today, actor=actor, bases=ids)
    )


def _frozen(draft: UpwardDraft, actor: Actor, today: date) -> dict[ObjectId, Raw]:
    """Return what is frozen of each base: its assessment under every level, as plain values."""
    year = draft.assessed_year or draft.year
    return {
        one.base["_id"]: {
            level.value: plain_assessment(found, year) for level, found in one.levels.items() if found
        }
        for one in candidates(year, today=today, actor=actor, bases=draft.bases)
    }


def recommend_upwards(
    draft: UpwardDraft, *, actor: Actor, now: datetime, today: date
) -> tuple[ObjectId, ...]:
    """Record a letter that recommends bases, all of them or none; return the ids of the recommendations.

    Raises Missing (a base), Refused (title, level, dates, a number of another letter, put forward already), NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number = read_number(draft.number)
    chosen = tuple(dict.fromkeys(draft.bases))
    if not chosen:
        raise Refused(Refusal(N_("Choose at least one base."), field="bases"))
    if len(chosen) > MOST_BASES:
        raise Refused(Refusal(N_("One letter recommends at most 100 bases."), field="bases"))
    reasons = refusals_of_text(draft.remark, "remark", most=2000)
    if reasons:
        raise Refused(*reasons)
    frozen = _frozen(draft, actor, today)
    return in_one_transaction(
        lambda uow: tuple(_recommend(uow, base, draft, number, frozen, today) for base in chosen),
        actor=actor,
        now=now,
    )


def _recommend(
    uow: UnitOfWork, base_id: ObjectId, draft: UpwardDraft, number: str, frozen: Mapping[ObjectId, Raw], today: date
) -> ObjectId:  # fmt: skip
    base = uow.find(Base, base_id)
    if draft.dated is not None:
        _claim(uow, number, draft.dated)
    _demand(uow, base, draft.level, draft.year, draft.dated, today)
    raw: Raw = {
        "_id": ObjectId(), "base": base_id, "base_name": base["name"], "county": base["county"],
        "level": draft.level.value, "year": draft.year, "number": number, "dated": stored_day(draft.dated or today),
        "remark": draft.remark.strip(), "assessment": frozen.get(base_id, {}),
        "outcome": UpwardOutcome.PENDING.value,
    }  # fmt: skip
    raw = uow.save(UpwardRecommendation, None, raw)
    changes = [
        Change("level", None, draft.level.zh),
        Change("number", None, number),
        Change("dated", None, raw["dated"]),
    ]
    _record(uow, "recommended-upwards", raw, changes)
    return raw["_id"]


def _demand(
    uow: UnitOfWork, base: Raw, level: Level, year: int, dated: date | None, today: date,
    apart_from: ObjectId | None = None,
) -> None:  # fmt: skip
    valid = states_of([base], today)[base["_id"]] in VALID_TITLES
    reasons = list(refusals_to_recommend(valid_title=valid, level=level, year=year, dated=dated, today=today))
    twice = {"base": base["_id"], "level": level.value, "year": year, "_id": {"$ne": apart_from}}
    if UpwardRecommendation.collection().find_one(twice, {"_id": 1}, session=uow.session):
        params = {"name": base["name"], "year": year, "level": level}
        sentence = N_("%(name)s is put forward to this level (%(level)s) in %(year)d already.")
        reasons.append(Refusal(sentence, params, field="bases"))
    if reasons:
        raise Refused(*reasons)


def _claim(uow: UnitOfWork, number: str, dated: date) -> None:
    """Enter a letter's number; bases of one letter share it. Refused when it is another paper's, or of another date."""
    papers = Paper._get_collection()
    held = papers.find_one({"_id": number}, session=uow.session)
    if held is None:
        row = {"_id": number, "kind": KIND, "dated": stored_day(dated)}
        papers.insert_one(row, session=uow.session)
    elif held.get("kind") != KIND or held["dated"].date() != dated:
        params = {"number": number, "date": f"{held['dated']:%Y-%m-%d}"}
        sentence = N_("The document number %(number)s is already used, by a paper of %(date)s.")
        raise Refused(Refusal(sentence, params, field="number"))


def read_recommendation(identity: ObjectId, actor: Actor) -> Raw:
    """Return a stored recommendation in the actor's scope. Raises Missing."""
    return UpwardRecommendation.read(identity, actor)


def outcome_of(raw: Mapping[str, Any]) -> UpwardOutcome:
    """Return what became of a stored recommendation."""
    return next(one for one in UpwardOutcome if one.value == raw["outcome"])


def level_of(raw: Mapping[str, Any]) -> Level:
    """Return the level that a stored recommendation goes to."""
    return next(one for one in Level if one.value == raw["level"])


def _at_version(uow: UnitOfWork, identity: ObjectId, version: int) -> Raw:
    raw = uow.find(UpwardRecommendation, identity, version=version)
    if outcome_of(raw) is UpwardOutcome.ENDED:
        raise Refused(N_("This recommendation ended with the city's title."))
    return raw


def correct_recommendation(
    identity: ObjectId, draft: UpwardDraft, *, version: int, actor: Actor, now: datetime, today: date
) -> None:
    """Correct level, year, letter and remark while the outcome is open; base and frozen figures stay.

    Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number = read_number(draft.number)
    reasons = refusals_of_text(draft.remark, "remark", most=2000)
    if reasons:
        raise Refused(*reasons)

    def work(uow: UnitOfWork) -> None:
        before = _at_version(uow, identity, version)
        if outcome_of(before) is not UpwardOutcome.PENDING:
            raise Refused(N_("Its outcome is recorded: the letter can no longer be changed."))
        base = uow.find(Base, before["base"])
        _demand(uow, base, draft.level, draft.year, draft.dated, today, apart_from=identity)
        assert draft.dated is not None  # `_demand` refuses a blank one
        fresh = {
            "level": draft.level.value, "year": draft.year, "number": number, "dated": stored_day(draft.dated),
            "remark": draft.remark.strip(),
        }  # fmt: skip
        changes = [Change(key, before.get(key), new) for key, new in fresh.items() if before.get(key) != new]
        if not changes:
            return
        _replace(uow, before, {**before, **fresh}, "changed", changes)
        # Re-dated alone, a letter of one base takes its number along.
        if (before.get("number"), before["dated"]) != (number, fresh["dated"]):
            _release(uow, before, identity)
            _claim(uow, number, draft.dated)

    in_one_transaction(work, actor=actor, now=now)


def _release(uow: UnitOfWork, before: Raw, identity: ObjectId) -> None:
    """Free the number of a letter that no other recommendation bears."""
    others = {"number": before.get("number"), "_id": {"$ne": identity}}
    if not UpwardRecommendation.collection().find_one(others, {"_id": 1}, session=uow.session):
        clause = {"_id": before.get("number"), "kind": KIND}
        Paper._get_collection().delete_one(clause, session=uow.session)


def record_outcome(
    identity: ObjectId, outcome: UpwardOutcome, *, outcome_on: date | None, number: str, version: int, actor: Actor,
    now: datetime, today: date,
) -> None:  # fmt: skip
    """Record whether a recommendation was granted, when, and by which paper of the level above (it may be blank).

    Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number = read_number(number, "outcome_number") if number.strip() else ""

    def work(uow: UnitOfWork) -> None:
        before = _at_version(uow, identity, version)
        dated = before["dated"].date()
        reasons = refusals_of_outcome(outcome, outcome_on, dated=dated, today=today)
        if reasons or outcome_on is None:
            raise Refused(*reasons)
        fresh = {
            "outcome": outcome.value, "outcome_on": stored_day(outcome_on), "outcome_number": number or None,
        }  # fmt: skip
        changes = [
            Change("outcome", outcome_of(before).zh, outcome.zh),
            Change("outcome_on", before.get("outcome_on"), fresh["outcome_on"]),
            Change("outcome_number", before.get("outcome_number"), fresh["outcome_number"]),
        ]
        changes = [one for one in changes if one.old != one.new]
        if changes:
            kept = {key: value for key, value in {**before, **fresh}.items() if value is not None}
            _replace(uow, before, kept, "upward-outcome", changes)

    in_one_transaction(work, actor=actor, now=now)


def _replace(uow: UnitOfWork, before: Raw, raw: Raw, action: str, changes: list[Change]) -> None:
    _record(uow, action, uow.save(UpwardRecommendation, before, raw), changes)


def _record(uow: UnitOfWork, action: str, raw: Raw, changes: list[Change]) -> None:
    label = UpwardRecommendation.label_of(raw)
    uow.record(action, COLLECTION, raw["_id"], label, counties=[raw["county"]], changes=changes)
