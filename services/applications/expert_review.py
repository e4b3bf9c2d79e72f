"""Expert review: each expert's scores and opinion, the check on site where one is needed, the average (Art. 12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from bson import ObjectId

from documents.applications.application import Application, Conclusion, StoredApplication, StoredExpert
from documents.desk.audit_entry import Change
from rules.access import Actor
from rules.applications import OnSite, Verb, refusals_of_text
from rules.errors import Missing, Refusal, Refused
from rules.scoring import Average, ScoreSheet, average, refusals_of_scores, refusals_to_conclude, total
from rules.words import N_
from services.applications.county_review import changes_on_site, refusals_of_on_site, stored_on_site
from services.applications.rounds import read_round
from services.applications.steps import OPINION, at_version, demand_step, save_application, take_step
from services.shared.office_day import office_day
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

MOST_EXPERTS = 30
MOST_NAME, MOST_ORGANIZATION = 50, 100  # characters


@dataclass(frozen=True)
class Expert:
    """One expert's review: points by dimension (0 to 100), and what they wrote."""

    name: str
    organization: str = ""
    scores: Mapping[str, float | None] | None = None
    opinion: str = ""


def refusals_of_expert(expert: Expert, sheet: ScoreSheet) -> tuple[Refusal, ...]:
    """Return why one expert's review cannot be saved."""
    return (
        *refusals_of_text(expert.name, "name", wanted=N_("Enter the expert's name."), most=MOST_NAME),
        *refusals_of_text(expert.organization, "organization", most=MOST_ORGANIZATION),
        *refusals_of_scores(expert.scores or {}, sheet),
        *refusals_of_text(expert.opinion, "opinion"),
    )


def put_expert(
    application_id: ObjectId,
    expert: Expert,
    *,
    place: int | None = None,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Save one expert's review, a new one or (by `place`, from 0) a corrected one.

    Raises Missing, Stale, Refused (also for an expert who stands there already), NotAllowed.
    """

    def work(uow: UnitOfWork) -> None:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.CONCLUDE, actor)
        sheet = read_round(raw["round"], uow.session).sheet
        refusals = refusals_of_expert(expert, sheet)
        if refusals:
            raise Refused(*refusals)
        experts = list(raw.get("experts", ()))
        other_names = [other["name"] for number, other in enumerate(experts) if number != place]
        if expert.name.strip() in other_names:
            raise Refused(Refusal(N_("This expert's scores are entered already."), field="name"))
        entry = stored_expert(expert, sheet)
        if place is None:
            if len(experts) >= MOST_EXPERTS:
                raise Refused(N_("There are too many experts."))
            experts.append(entry)
        elif 0 <= place < len(experts):
            experts[place] = entry
        else:
            raise Missing()
        change = Change("experts", None, f"{entry['name']} {entry['total']:g}")
        save_application(uow, raw, {**raw, "experts": experts}, action="changed", changes=[change])

    in_one_transaction(work, actor=actor, now=now)


def stored_expert(expert: Expert, sheet: ScoreSheet) -> StoredExpert:
    """Return an expert's review as it is stored; call it when nothing is refused of it."""
    points = {line.key: float((expert.scores or {})[line.key] or 0) for line in sheet.dimensions}
    return {
        "name": expert.name.strip(), "organization": expert.organization.strip(), "scores": points,
        "opinion": expert.opinion.strip(), "total": float(round(total(points, sheet), 2)),
    }  # fmt: skip


def remove_expert(application_id: ObjectId, place: int, *, version: int, actor: Actor, now: datetime) -> None:
    """Take one expert's review away. Raises Missing, Stale, Refused, NotAllowed."""

    def work(uow: UnitOfWork) -> None:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.CONCLUDE, actor)
        experts = list(raw.get("experts", ()))
        if not 0 <= place < len(experts):
            raise Missing()
        removed = experts.pop(place)
        change = Change("experts", f"{removed['name']} {removed['total']:g}", None)
        save_application(uow, raw, {**raw, "experts": experts}, action="changed", changes=[change])

    in_one_transaction(work, actor=actor, now=now)


def save_expert_on_site(
    application_id: ObjectId, on_site: OnSite, *, version: int, actor: Actor, now: datetime, today: date
) -> bool:
    """Save the experts' check on site, where one was needed; a blank one takes it away. False: nothing differs.

    Raises Missing, Stale, Refused (a day in the future), NotAllowed.
    """
    refusals = _refusals_of_on_site(on_site, today)
    if refusals:
        raise Refused(*refusals)

    def work(uow: UnitOfWork) -> bool:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.CONCLUDE, actor)
        after = stored_on_site(on_site)
        changes = changes_on_site(raw.get("expert_on_site", {}), after)
        if changes:
            save_application(uow, raw, {**raw, "expert_on_site": after}, action="changed", changes=changes)
        return bool(changes)

    return in_one_transaction(work, actor=actor, now=now)


def _refusals_of_on_site(on_site: OnSite, today: date) -> list[Refusal]:
    refusals = refusals_of_on_site(on_site)
    if on_site.checked_on is not None and on_site.checked_on > today:
        refusals.append(Refusal(N_("The on-site check lies in the future."), field="checked_on"))
    return refusals


def average_of(raw: StoredApplication, sheet: ScoreSheet) -> Average | None:
    """Return the average of an application's experts under its round's sheet; None while nobody has scored."""
    return average([_exact_total(expert["scores"], sheet) for expert in raw.get("experts", ())], sheet)


def _exact_total(scores: Mapping[str, float], sheet: ScoreSheet) -> Fraction:
    return total({line.key: scores.get(line.key, 0.0) for line in sheet.dimensions}, sheet)


def conclude(
    application_id: ObjectId,
    *,
    opinion: str,
    on_site: OnSite | None = None,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Conclude the expert review with its average and the experts' joint opinion.

    `on_site` is their check on site as it was typed along with the opinion, None for the one that is stored already.
    All of it is stored, or nothing. Raises Missing, Stale, Refused (too few experts, no opinion), NotAllowed.
    """

    def work(uow: UnitOfWork) -> None:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.CONCLUDE, actor)
        conclude_in(uow, raw, read_round(raw["round"], uow.session).sheet, opinion=opinion, on_site=on_site)

    in_one_transaction(work, actor=actor, now=now)


def conclude_in(
    uow: UnitOfWork, raw: StoredApplication, sheet: ScoreSheet, *, opinion: str, on_site: OnSite | None = None
) -> None:
    """Conclude the review of an application that this transaction has read. Raises what `conclude` does."""
    refusals = [
        *refusals_to_conclude(len(raw.get("experts", ())), sheet),
        *(_refusals_of_on_site(on_site, office_day(uow.now)) if on_site else ()),
        *refusals_of_text(opinion, "opinion", wanted=OPINION),
    ]
    if refusals:
        raise Refused(*refusals)
    result = average_of(raw, sheet)
    conclusion: Conclusion = {
        "average": result.value if result else None, "counted": result.counted if result else 0,
        "dropped": list(result.dropped) if result else [], "opinion": opinion.strip(), "at": uow.now,
        "by_name": uow.actor.name,
    }  # fmt: skip
    values: StoredApplication = {"conclusion": conclusion}
    changes = [Change("average", None, conclusion["average"])]
    if on_site:
        check = stored_on_site(on_site)
        changes_of_check = changes_on_site(raw.get("expert_on_site", {}), check)
        values |= {"expert_on_site": check} if changes_of_check else {}
        changes += changes_of_check
    take_step(uow, raw, Verb.CONCLUDE, opinion=opinion, values=values, changes=changes)


def experts_of_round(round_id: ObjectId) -> list[tuple[str, str]]:
    """Return the experts who have scored in a round, by name and organization: offered for the next application."""
    organizations = {
        expert["name"]: expert.get("organization", "") for expert in Application.experts_in(round_id)
    }
    return sorted(organizations.items())
