"""Recommendation: several applications of one county in one letter with its number (Art. 12)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.applications.application import Application, LetterReference, StoredApplication
from documents.applications.letter import COLLECTION, Letter, LetterEntry, StoredLetter
from documents.records.county import County
from documents.records.fields import stored_day
from office.papers.facts import RecommendationFacts, RecommendedBase
from office.papers.paper_text import PaperText
from office.papers.texts import recommendation
from rules.access import Actor, Permission
from rules.applications import ApplicationKind, Verb
from rules.counties import office_counties
from rules.errors import Missing, Refusal, Refused, Stale
from rules.rule_sets.measures import Measures
from rules.shortfalls import refusals_to_go_on
from rules.words import N_
from schema.settings import COUNTY_MARK, COUNTY_OFFICE
from services.applications.rounds import ApplicationRound, measures_of, read_round
from services.applications.shortfall import of_application, shortfall_of
from services.applications.steps import demand_step, moment_of, take_step
from services.desk.settings import office_settings
from services.shared.office_day import office_day
from services.shared.paper_register import claim, read_number, refusals_of_number
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

Versions = Mapping[ObjectId, int]  # by application: the version that the clerk saw


@dataclass(frozen=True)
class LetterDraft:
    """What a letter is to be: the round, its number (in the form of GB/T 9704) and date.

    `reasons` holds, by application, why one that misses a condition is recommended all the same.
    """

    round: ObjectId
    number: str
    dated: date
    reasons: Mapping[ObjectId, str] = field(default_factory=dict)


def county_office(code: str, name: str) -> str:
    """Return the name of a county's office as it signs: its own, else the one that the office's pattern gives."""
    county = office_counties().by_code.get(code)
    return (county.office if county else "") or office_settings()[COUNTY_OFFICE].replace(COUNTY_MARK, name)


def chosen_applications(
    ids: Iterable[ObjectId], actor: Actor, session: Any = None
) -> list[StoredApplication]:
    """Return these applications in the order of the counties' lists. Raises Missing when one is out of scope."""
    wanted = list(dict.fromkeys(ids))
    applications = Application.of_ids(wanted, session)
    if len(applications) != len(wanted) or not all(
        Application.is_visible(application, actor) for application in applications
    ):
        raise Missing()
    return sorted(applications, key=lambda raw: (raw["county"], raw["sort_key"], raw["_id"]))


def demand_versions(chosen: Sequence[StoredApplication], versions: Versions) -> None:
    """Raise Stale unless every application still is as the clerk saw it."""
    if any(application["version"] != versions[application["_id"]] for application in chosen):
        raise Stale()


def preview_letter(draft: LetterDraft, ids: Iterable[ObjectId], *, actor: Actor, today: date) -> PaperText:
    """Return the letter exactly as it would read. Raises what `recommend` would."""
    actor.demand(Permission.REVIEW_APPLICATIONS)
    draft = _with_number(draft)
    chosen = chosen_applications(ids, actor)
    refusals = [*_refusals(chosen, draft, actor, today), *refusals_of_number(draft.number)]
    if refusals:
        raise Refused(*refusals)
    of_round = read_round(draft.round)
    return _text(chosen, draft, of_round, measures_of(of_round, today))


def recommend(
    draft: LetterDraft, versions: Versions, *, actor: Actor, now: datetime, today: date
) -> ObjectId:
    """Issue the letter: its number is claimed and every application moves on, or nothing happens; return its id.

    Raises Missing, Stale, Refused (nobody chosen, several counties, number, date, an illegal step), NotAllowed.
    """
    actor.demand(Permission.REVIEW_APPLICATIONS)
    draft = _with_number(draft)

    def work(uow: UnitOfWork) -> ObjectId:
        chosen = chosen_applications(versions, actor, uow.session)
        refusals = _refusals(chosen, draft, actor, today)
        if refusals:
            raise Refused(*refusals)
        demand_versions(chosen, versions)
        of_round, letter_id = read_round(draft.round, uow.session), ObjectId()
        claim(uow, draft.number, kind="recommendation", dated=draft.dated, paper=letter_id)
        letter: StoredLetter = {
            "_id": letter_id, "number": draft.number, "county": chosen[0]["county"], "round": draft.round,
            "round_name": of_round.name, "dated": stored_day(draft.dated), "entries": [_entry(raw) for raw in chosen],
            "text": _text(chosen, draft, of_round, measures_of(of_round, today, uow.session)).stored(),
            "made_at": uow.now, "made_by": uow.actor.name,
        }  # fmt: skip
        Letter.add(letter, uow.session)
        uow.record("recommended", COLLECTION, letter_id, draft.number, counties=[letter["county"]])
        reference: LetterReference = {
            "id": letter_id,
            "number": draft.number,
            "dated": stored_day(draft.dated),
        }
        for raw in chosen:
            take_step(
                uow, raw, Verb.RECOMMEND, values={"letter": reference}, more={"number": draft.number},
                failing_reason=draft.reasons.get(raw["_id"], ""),
            )  # fmt: skip
        return letter_id

    return in_one_transaction(work, actor=actor, now=now)


def _entry(raw: StoredApplication) -> LetterEntry:
    return {
        "application": raw["_id"],
        "base": raw["base"],
        "base_name": raw["base_name"],
        "kind": raw["kind"],
    }


def _with_number(draft: LetterDraft) -> LetterDraft:
    return replace(draft, number=read_number(draft.number))


def _refusals(
    chosen: Sequence[StoredApplication], draft: LetterDraft, actor: Actor, today: date
) -> list[Refusal]:
    if not chosen:
        return [Refusal(N_("Choose at least one application."), field="applications")]
    refusals = []
    if len({raw["county"] for raw in chosen}) > 1:
        refusals.append(Refusal(N_("One letter recommends bases of one county."), field="applications"))
    if any(raw["round"] != draft.round for raw in chosen):
        refusals.append(Refusal(N_("One letter recommends applications of one round."), field="applications"))
    for raw in chosen:
        demand_step(raw, Verb.RECOMMEND, actor)
    for raw in chosen:
        of_base = refusals_to_go_on(shortfall_of(raw), draft.reasons.get(raw["_id"], ""))
        refusals += of_application(of_base, raw["_id"])
    reviewed = [moment for raw in chosen if (moment := moment_of(raw, Verb.PASS))]
    if draft.dated > today:
        refusals.append(Refusal(N_("The letter cannot be dated in the future."), field="dated"))
    elif reviewed and draft.dated < office_day(max(reviewed)):
        params = {"day": office_day(max(reviewed)).isoformat()}
        refusals.append(
            Refusal(N_("The letter cannot be dated before the county review of %(day)s."), params, "dated")
        )
    return refusals


def _text(
    chosen: Sequence[StoredApplication],
    draft: LetterDraft,
    of_round: ApplicationRound,
    measures: Measures,
) -> PaperText:
    names = {row["_id"]: row["name"] for row in County._get_collection().find({})}
    county = chosen[0]["county"]
    return recommendation(
        RecommendationFacts(
            measures=measures,
            number=draft.number,
            county_office=county_office(county, str(names.get(county, county))),
            year=of_round.year,
            bases=tuple(recommended_base(raw, names.get(raw["county"], raw["county"])) for raw in chosen),
            dated=draft.dated,
            call_title=of_round.call_title,
            call_number=of_round.call_number,
        )
    )


def recommended_base(raw: StoredApplication, county_name: str) -> RecommendedBase:
    """Return one line of the 推荐汇总表, its figures as they were frozen on submission."""
    submission = raw.get("submission", {})
    assessment = submission.get("assessment")
    indicators = assessment["indicators"] if assessment else []
    figures: dict[str, Any] = {line["key"]: line["actual"] for line in indicators}
    return RecommendedBase(
        name=raw["base_name"],
        operator=raw["operator"],
        uscc=submission.get("base", {}).get("uscc", ""),
        county=county_name,
        renewal=raw["kind"] == ApplicationKind.RENEWAL.value,
        tenants=figures.get("tenants"),
        people=figures.get("people"),
        staff=figures.get("staff"),
        partners=figures.get("partners"),
        low_fee_percent=figures.get("low_fee_share"),
        functions_met=figures.get("functions"),
        opinion=raw.get("review", {}).get("opinion", ""),
    )
