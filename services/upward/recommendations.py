"""Upward recommendation: certified bases put forward to the province or the nation, and what became of it (Art. 17)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from bson import ObjectId

from documents.applications.application import FrozenAssessment
from documents.desk.audit_entry import Change
from documents.publication.paper import Paper
from documents.records.base import Base
from documents.records.fields import stored_day
from documents.upward.recommendation import COLLECTION, StoredRecommendation, UpwardRecommendation
from office.papers.paper_text import PaperText
from rules.access import Actor, Permission
from rules.applications import refusals_of_text
from rules.assessment.counting import as_of
from rules.assessment.indicators import Assessment, assess
from rules.errors import Refusal, Refused
from rules.rule_sets.measures import Level, Measures, in_force
from rules.upward import VALID_TITLES, UpwardOutcome, refusals_of_outcome, refusals_to_recommend
from rules.words import N_
from services.applications.submission import plain_assessment
from services.assessment.assess import facts_of
from services.assessment.rule_sets import rule_sets, set_in_force
from services.revocation.titles import states_of
from services.shared.paper_register import read_number
from services.shared.unit_of_work import UnitOfWork, in_one_transaction
from services.upward.letter import KIND, freeze_letter, letter_text

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
class UpwardCandidate:
    """A base with a valid title, its assessment by level (None: no rule set), and where it was put forward."""

    base: Mapping[str, Any]
    levels: Mapping[Level, Assessment | None]
    already: tuple[tuple[str, int, str], ...] = ()  # level, year, outcome


def level_sets(year: int, today: date) -> dict[Level, tuple[Measures, bool] | None]:
    """Return the rule set of each level for a year, and whether it is really in force; None where there is none."""
    sets, day = rule_sets(), as_of(year, today)
    known = {measures.level for measures in sets}
    return {level: in_force(sets, day, level) if level in known else None for level in Level}


def candidates(
    year: int, *, today: date, actor: Actor, bases: Iterable[ObjectId] | None = None
) -> tuple[UpwardCandidate, ...]:
    """Return the bases that may be recommended, with their assessments for a year, in the order of their names."""
    scoped = Base.objects.visible_to(actor) if bases is None else Base.by_ids(bases, actor)
    certified = list(
        scoped.having("status", ("certified",)).rows(("status", "title_last_day"), (("_id", 1),))
    )
    states = states_of(certified, today)
    ids = [base["_id"] for base in certified if states[base["_id"]] in VALID_TITLES]
    sets = level_sets(year, today)
    already = UpwardRecommendation.by_base(ids)
    return tuple(
        UpwardCandidate(
            assessed.base,
            {level: pair and assess(assessed.facts, pair[0]) for level, pair in sets.items()},
            tuple(
                (row["level"], row["year"], row["outcome"]) for row in already.get(assessed.base["_id"], ())
            ),
        )
        for assessed in facts_of(year, today=today, actor=actor, bases=ids)
    )


def _frozen_assessments(
    draft: UpwardDraft, actor: Actor, today: date
) -> dict[ObjectId, dict[str, FrozenAssessment]]:
    """Return what is frozen of each base: its assessment under every level, as plain values."""
    year = draft.assessed_year or draft.year
    return {
        candidate.base["_id"]: {
            level.value: plain_assessment(assessment, year)
            for level, assessment in candidate.levels.items()
            if assessment
        }
        for candidate in candidates(year, today=today, actor=actor, bases=draft.bases)
    }


def recommend_upwards(
    draft: UpwardDraft, *, actor: Actor, now: datetime, today: date
) -> tuple[ObjectId, ...]:
    """Record a letter that recommends bases, all of them or none; return the ids of the recommendations.

    Raises Missing (a base), Refused (title, level, dates, a number of another letter, put forward already), NotAllowed.
    """
    number, chosen = _demand_letter(draft, actor)
    assessments = _frozen_assessments(draft, actor, today)

    def work(uow: UnitOfWork) -> tuple[ObjectId, ...]:
        bases = [uow.find(Base, base_id) for base_id in chosen]
        if draft.dated is not None:
            _claim(uow, number, draft.dated)
        _demand(bases, draft.level, draft.year, draft.dated, today, session=uow.session)
        recommended = tuple(
            _recommend(uow, base, draft, number, assessments.get(base["_id"], {}), today) for base in bases
        )
        freeze_letter(uow, number)
        return recommended

    return in_one_transaction(work, actor=actor, now=now)


def preview_letter(draft: UpwardDraft, *, actor: Actor, today: date) -> PaperText:
    """Return the letter exactly as it would read, with what its number recommends already. Raises as above."""
    number, chosen = _demand_letter(draft, actor)
    bases = [Base.read(base, actor) for base in chosen]
    if draft.dated is not None:
        _demand_number(number, draft.dated)
    _demand(bases, draft.level, draft.year, draft.dated, today)
    assessments = _frozen_assessments(draft, actor, today)
    return letter_text(
        (
            *UpwardRecommendation.numbered(number),
            *(_put_forward(base, draft, number, assessments.get(base["_id"], {}), today) for base in bases),
        )
    )


def _demand_letter(draft: UpwardDraft, actor: Actor) -> tuple[str, tuple[ObjectId, ...]]:
    """Return number and bases of a letter that is being made. Raises NotAllowed, Refused."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number = read_number(draft.number)
    chosen = tuple(dict.fromkeys(draft.bases))
    if not chosen:
        raise Refused(Refusal(N_("Choose at least one base."), field="bases"))
    if len(chosen) > MOST_BASES:
        raise Refused(Refusal(N_("One letter recommends at most 100 bases."), field="bases"))
    refusals = refusals_of_text(draft.remark, "remark", most=2000)
    if refusals:
        raise Refused(*refusals)
    return number, chosen


def _put_forward(
    base: Mapping[str, Any],
    draft: UpwardDraft,
    number: str,
    assessment: dict[str, FrozenAssessment],
    today: date,
) -> StoredRecommendation:
    return {
        "_id": ObjectId(), "base": base["_id"], "base_name": base["name"], "operator": base.get("operator") or "",
        "county": base["county"], "level": draft.level.value, "year": draft.year, "number": number,
        "dated": stored_day(draft.dated or today), "remark": draft.remark.strip(), "assessment": assessment,
        "outcome": UpwardOutcome.PENDING.value,
    }  # fmt: skip


def _recommend(
    uow: UnitOfWork, base: Mapping[str, Any], draft: UpwardDraft, number: str,
    assessment: dict[str, FrozenAssessment], today: date,
) -> ObjectId:  # fmt: skip
    recommendation = _put_forward(base, draft, number, assessment, today)
    changes = [
        Change("level", None, draft.level.zh),
        Change("number", None, number),
        Change("dated", None, recommendation["dated"]),
    ]
    _save(uow, None, recommendation, "recommended-upwards", changes)
    return recommendation["_id"]


def _demand(
    bases: Sequence[Mapping[str, Any]], level: Level, year: int, dated: date | None, today: date, *,
    apart_from: ObjectId | None = None, session: Any = None,
) -> None:  # fmt: skip
    """Raise Refused with the reasons of the first of these bases that may not be put forward."""
    measures = set_in_force(today, session=session)[0]
    states = states_of(bases, today, session)
    for base in bases:
        valid = states[base["_id"]] in VALID_TITLES
        refusals = list(
            refusals_to_recommend(
                measures, valid_title=valid, level=level, year=year, dated=dated, today=today
            )
        )
        if UpwardRecommendation.is_put_forward(
            base["_id"], level.value, year, apart_from=apart_from, session=session
        ):
            params = {"name": base["name"], "year": year, "level": level}
            sentence = N_("%(name)s is put forward to this level (%(level)s) in %(year)d already.")
            refusals.append(Refusal(sentence, params, field="bases"))
        if refusals:
            raise Refused(*refusals)


def _claim(uow: UnitOfWork, number: str, dated: date) -> None:
    """Enter a letter's number; bases of one letter share it. Refused when it is another paper's, or of another date."""
    if not _demand_number(number, dated, uow.session):
        Paper.enter(number, KIND, stored_day(dated), uow.session)


def _demand_number(number: str, dated: date, session: Any = None) -> bool:
    """Tell whether a letter of this number and date is there already. Refused as above."""
    paper = Paper.numbered(number, session)
    if paper is None:
        return False
    if paper.get("kind") != KIND or paper["dated"].date() != dated:
        params = {"number": number, "date": f"{paper['dated']:%Y-%m-%d}"}
        sentence = N_("The document number %(number)s is already used, by a paper of %(date)s.")
        raise Refused(Refusal(sentence, params, field="number"))
    return True


def read_recommendation(recommendation_id: ObjectId, actor: Actor) -> StoredRecommendation:
    """Return a stored recommendation in the actor's scope. Raises Missing."""
    return cast("StoredRecommendation", UpwardRecommendation.read(recommendation_id, actor))


def outcome_of(recommendation: StoredRecommendation) -> UpwardOutcome:
    """Return what became of a stored recommendation."""
    return next(outcome for outcome in UpwardOutcome if outcome.value == recommendation["outcome"])


def level_of(recommendation: StoredRecommendation) -> Level:
    """Return the level that a stored recommendation goes to."""
    return next(level for level in Level if level.value == recommendation["level"])


def _at_version(uow: UnitOfWork, recommendation_id: ObjectId, version: int) -> StoredRecommendation:
    recommendation = cast(
        "StoredRecommendation", uow.find(UpwardRecommendation, recommendation_id, version=version)
    )
    if outcome_of(recommendation) is UpwardOutcome.ENDED:
        raise Refused(N_("This recommendation ended with the city's title."))
    return recommendation


def correct_recommendation(
    recommendation_id: ObjectId, draft: UpwardDraft, *, version: int, actor: Actor, now: datetime, today: date
) -> None:
    """Correct level, year, letter and remark while the outcome is open; base and frozen figures stay.

    Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number = read_number(draft.number)
    refusals = refusals_of_text(draft.remark, "remark", most=2000)
    if refusals:
        raise Refused(*refusals)

    def work(uow: UnitOfWork) -> None:
        before = _at_version(uow, recommendation_id, version)
        if outcome_of(before) is not UpwardOutcome.PENDING:
            raise Refused(N_("Its outcome is recorded: the letter can no longer be changed."))
        base = uow.find(Base, before["base"])
        _demand(
            [base],
            draft.level,
            draft.year,
            draft.dated,
            today,
            apart_from=recommendation_id,
            session=uow.session,
        )
        assert draft.dated is not None  # `_demand` refuses a blank one
        after: StoredRecommendation = {
            **before, "level": draft.level.value, "year": draft.year, "number": number,
            "dated": stored_day(draft.dated), "remark": draft.remark.strip(),
        }  # fmt: skip
        changes = _changes(before, after, ("level", "year", "number", "dated", "remark"))
        if not changes:
            return
        _save(uow, before, after, "changed", changes)
        # Re-dated alone, a letter of one base takes its number along.
        if (before.get("number"), before["dated"]) != (number, after["dated"]):
            _release(uow, before)
            _claim(uow, number, draft.dated)
        if any(change.field != "remark" for change in changes):  # the remark is the office's own
            for changed in dict.fromkeys((before.get("number", ""), number)):
                freeze_letter(uow, changed)

    in_one_transaction(work, actor=actor, now=now)


def _release(uow: UnitOfWork, before: StoredRecommendation) -> None:
    """Free the number of a letter that no other recommendation bears."""
    number = before.get("number", "")
    paper = Paper.numbered(number, uow.session)
    if paper is None or paper.get("kind") != KIND:
        return
    if not UpwardRecommendation.another_bears(number, apart_from=before["_id"], session=uow.session):
        Paper.release(number, uow.session)


def record_outcome(
    recommendation_id: ObjectId, outcome: UpwardOutcome, *, outcome_on: date | None, number: str, version: int,
    actor: Actor, now: datetime, today: date,
) -> None:  # fmt: skip
    """Record whether a recommendation was granted, when, and by which paper of the level above (it may be blank).

    Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number = read_number(number, "outcome_number") if number.strip() else ""

    def work(uow: UnitOfWork) -> None:
        before = _at_version(uow, recommendation_id, version)
        dated = before["dated"].date()
        refusals = refusals_of_outcome(outcome, outcome_on, dated=dated, today=today)
        if refusals or outcome_on is None:
            raise Refused(*refusals)
        after: StoredRecommendation = {
            **before, "outcome": outcome.value, "outcome_on": stored_day(outcome_on), "outcome_number": number,
        }  # fmt: skip
        if not number:
            after.pop("outcome_number")
        changes = [Change("outcome", outcome_of(before).zh, outcome.zh)]
        changes += _changes(before, after, ("outcome_on", "outcome_number"))
        changes = [change for change in changes if change.old != change.new]
        if changes:
            _save(uow, before, after, "upward-outcome", changes)

    in_one_transaction(work, actor=actor, now=now)


def _changes(before: StoredRecommendation, after: StoredRecommendation, keys: Iterable[str]) -> list[Change]:
    changes = [Change(key, before.get(key), after.get(key)) for key in keys]
    return [change for change in changes if change.old != change.new]


def _save(
    uow: UnitOfWork, before: StoredRecommendation | None, after: StoredRecommendation, action: str,
    changes: list[Change],
) -> None:  # fmt: skip
    uow.save(UpwardRecommendation, before, after)
    label = UpwardRecommendation.label_of(after)
    uow.record(action, COLLECTION, after["_id"], label, counties=[after["county"]], changes=changes)
