"""Expert review: each expert's scores and opinion, the check on site where one is needed, the average (Art. 12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from documents.desk.audit_entry import Change
from documents.records.fields import stored_day
from rules.access import Actor
from rules.applications import OnSite, Verb, refusals_of_text
from rules.errors import Missing, Refusal, Refused
from rules.scoring import Average, ScoreSheet, average, refusals_of_scores, refusals_to_conclude, total
from rules.words import N_
from services.applications.rounds import read_round
from services.applications.steps import OPINION, Raw, at_version, demand_step, keep_changed, take_step
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

MOST_EXPERTS = 30


@dataclass(frozen=True)
class Expert:
    """One expert's review: points by dimension (0 to 100), and what they wrote."""

    name: str
    organization: str = ""
    scores: Mapping[str, float | None] | None = None
    opinion: str = ""


def refusals_of_expert(expert: Expert, sheet: ScoreSheet) -> tuple[Refusal, ...]:
    """Return why one expert's review cannot be kept."""
    return (
        *refusals_of_text(expert.name, "name", wanted=N_("Enter the expert's name."), most=50),
        *refusals_of_text(expert.organization, "organization", most=100),
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
    """Keep one expert's review, a new one or (by `place`, from 0) a corrected one.

    Raises Missing, Stale, Refused (also for an expert who stands there already), NotAllowed.
    """

    def work(uow: UnitOfWork) -> None:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.CONCLUDE, actor)
        sheet = read_round(raw["round"], uow.session).sheet
        reasons = refusals_of_expert(expert, sheet)
        if reasons:
            raise Refused(*reasons)
        rows = list(raw.get("experts", ()))
        others = [row["name"] for number, row in enumerate(rows) if number != place]
        if expert.name.strip() in others:
            raise Refused(Refusal(N_("This expert's scores are entered already."), field="name"))
        points = {line.key: float((expert.scores or {})[line.key] or 0) for line in sheet.dimensions}
        row = {
            "name": expert.name.strip(), "organization": expert.organization.strip(), "scores": points,
            "opinion": expert.opinion.strip(), "total": float(round(total(points, sheet), 2)),
        }  # fmt: skip
        if place is None:
            if len(rows) >= MOST_EXPERTS:
                raise Refused(N_("There are too many experts."))
            rows.append(row)
        elif 0 <= place < len(rows):
            rows[place] = row
        else:
            raise Missing()
        change = Change("experts", None, f"{row['name']} {row['total']:g}")
        keep_changed(uow, raw, {**raw, "experts": rows}, action="changed", changes=[change])

    in_one_transaction(work, actor=actor, now=now)


def remove_expert(application_id: ObjectId, place: int, *, version: int, actor: Actor, now: datetime) -> None:
    """Take one expert's review away. Raises Missing, Stale, Refused, NotAllowed."""

    def work(uow: UnitOfWork) -> None:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.CONCLUDE, actor)
        rows = list(raw.get("experts", ()))
        if not 0 <= place < len(rows):
            raise Missing()
        gone = rows.pop(place)
        change = Change("experts", f"{gone['name']} {gone['total']:g}", None)
        keep_changed(uow, raw, {**raw, "experts": rows}, action="changed", changes=[change])

    in_one_transaction(work, actor=actor, now=now)


def keep_expert_on_site(
    application_id: ObjectId, on_site: OnSite, *, version: int, actor: Actor, now: datetime, today: date
) -> bool:
    """Keep the experts' check on site, where one was needed; a blank one takes it away. False: nothing differs."""
    reasons = [
        *refusals_of_text(on_site.people, "people", most=200),
        *refusals_of_text(on_site.findings, "findings"),
    ]
    if on_site.checked_on is not None and on_site.checked_on > today:
        reasons.append(Refusal(N_("The on-site check lies in the future."), field="checked_on"))
    if reasons:
        raise Refused(*reasons)

    def work(uow: UnitOfWork) -> bool:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.CONCLUDE, actor)
        day = {"checked_on": stored_day(on_site.checked_on)} if on_site.checked_on else {}
        fresh = {**day, "people": on_site.people.strip(), "findings": on_site.findings.strip()}
        before = raw.get("expert_on_site", {})
        changes = [
            Change(f"on_site.{key}", before.get(key), fresh.get(key))
            for key in ("checked_on", "people", "findings")
            if (before.get(key) or None) != (fresh.get(key) or None)
        ]
        if changes:
            keep_changed(uow, raw, {**raw, "expert_on_site": fresh}, action="changed", changes=changes)
        return bool(changes)

    return in_one_transaction(work, actor=actor, now=now)


def average_of(raw: Mapping[str, Any], sheet: ScoreSheet) -> Average | None:
    """Return the average of an application's experts under its round's sheet; None while nobody has scored."""
    return average([_exact(row["scores"], sheet) for row in raw.get("experts", ())], sheet)


def _exact(scores: Mapping[str, float], sheet: ScoreSheet) -> Fraction:
    return total({line.key: scores.get(line.key, 0.0) for line in sheet.dimensions}, sheet)


def conclude(application_id: ObjectId, *, opinion: str, version: int, actor: Actor, now: datetime) -> None:
    """Conclude the expert review with its average and the experts' joint opinion.

    Raises Missing, Stale, Refused (too few experts, no opinion), NotAllowed.
    """

    def work(uow: UnitOfWork) -> Raw:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.CONCLUDE, actor)
        sheet = read_round(raw["round"], uow.session).sheet
        reasons = [
            *refusals_to_conclude(len(raw.get("experts", ())), sheet),
            *refusals_of_text(opinion, "opinion", wanted=OPINION),
        ]
        if reasons:
            raise Refused(*reasons)
        found = average_of(raw, sheet)
        conclusion = {
            "average": found.value if found else None, "counted": found.counted if found else 0,
            "dropped": list(found.dropped) if found else [], "opinion": opinion.strip(), "at": uow.now,
            "by_name": uow.actor.name,
        }  # fmt: skip
        change = Change("average", None, conclusion["average"])
        return take_step(
            uow, raw, Verb.CONCLUDE, opinion=opinion, values={"conclusion": conclusion}, changes=[change]
        )

    in_one_transaction(work, actor=actor, now=now)


def experts_of_round(round_id: ObjectId) -> list[tuple[str, str]]:
    """Return the experts who have scored in a round, by name and organization: offered for the next application."""
    rows = Application.collection().find({"round": round_id, "experts.0": {"$exists": True}}, {"experts": 1})
    found = {row["name"]: row.get("organization", "") for raw in rows for row in raw["experts"]}
    return sorted(found.items())
