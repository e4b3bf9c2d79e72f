"""Rounds: a year's call, entered by the city bureau, read by everyone (Art. 9)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from documents.applications.round import Round
from documents.desk.audit_entry import Change
from documents.records.fields import stored_day
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.applications import refusals_of_text
from rules.errors import Missing, Refusal, Refused, Stale
from rules.scoring import STANDARD_SHEET, Dimension, ScoreSheet, refusals_of_sheet
from rules.words import N_
from services.assessment.rule_sets import read_editions
from services.shared.paper_register import read_number
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

COLLECTION = "rounds"
_DAYS = ("call_dated", "apply_from", "apply_until", "recommend_until")


@dataclass(frozen=True)
class KeptRound:
    """A round. `rule_set` is the code of the measures that it is decided under, `assessed_year` the ledger's year."""

    year: int
    name: str
    apply_from: date
    apply_until: date
    rule_set: str
    sheet: ScoreSheet = STANDARD_SHEET
    assessed_year: int = 0
    recommend_until: date | None = None
    call_title: str = ""
    call_number: str = ""
    call_dated: date | None = None
    closed: bool = False
    version: int = 0
    id: ObjectId | None = None

    def takes_applications(self, today: date) -> bool:
        """Tell whether a base may apply on this day."""
        return not self.closed and self.apply_from <= today <= self.apply_until


def as_round(raw: Mapping[str, Any]) -> KeptRound:
    """Return a stored round."""
    sheet = ScoreSheet(
        tuple(Dimension(one["key"], one["label"], one["weight"]) for one in raw["dimensions"]),
        raw["least_experts"],
        raw["drop_from"],
        raw.get("pass_score"),
    )
    return KeptRound(
        year=raw["year"],
        name=raw["name"],
        apply_from=raw["apply_from"].date(),
        apply_until=raw["apply_until"].date(),
        recommend_until=_day(raw.get("recommend_until")),
        rule_set=raw["rule_set"],
        sheet=sheet,
        assessed_year=raw["assessed_year"],
        call_title=raw.get("call_title") or "",
        call_number=raw.get("call_number") or "",
        call_dated=_day(raw.get("call_dated")),
        closed=bool(raw.get("closed")),
        version=raw["version"],
        id=raw["_id"],
    )


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def rounds() -> list[KeptRound]:
    """Return every round, the latest first."""
    with reachable():
        rows = Round.collection().find({}).sort([("year", -1), ("apply_from", -1), ("_id", -1)])
        return [as_round(row) for row in rows]


def read_round(round_id: ObjectId, session: Any = None) -> KeptRound:
    """Return one round. Raises Missing."""
    with reachable():
        raw = Round.collection().find_one({"_id": round_id}, session=session)
    if raw is None:
        raise Missing()
    return as_round(raw)


def refusals_of_round(one: KeptRound) -> tuple[Refusal, ...]:
    """Return why a round cannot be kept: name, days out of order, an unknown rule set, the score sheet."""
    found = list(refusals_of_text(one.name, "name", wanted=N_("Give the round a name."), most=100))
    found += refusals_of_text(one.call_title, "call_title", most=200)
    if not 2000 <= one.year <= 2200:
        found.append(Refusal(N_("This is not a year."), field="year"))
    if not 2000 <= one.assessed_year <= one.year:
        found.append(
            Refusal(N_("The assessed year is the round's year or one before it."), field="assessed_year")
        )
    if one.apply_until < one.apply_from:
        found.append(Refusal(N_("The last day to apply is before the first one."), field="apply_until"))
    if one.recommend_until is not None and one.recommend_until < one.apply_from:
        sentence = N_("The last day to recommend is before the first day to apply.")
        found.append(Refusal(sentence, field="recommend_until"))
    if one.call_dated is not None and one.apply_from < one.call_dated:
        found.append(Refusal(N_("Nobody can apply before the call is dated."), field="apply_from"))
    if one.rule_set not in {edition.measures.code for edition in read_editions() if not edition.draft}:
        found.append(Refusal(N_("Choose a rule set from the list."), field="rule_set"))
    return (*found, *refusals_of_sheet(one.sheet))


def save_round(
    one: KeptRound, *, round_id: ObjectId | None = None, version: int = 0, actor: Actor, now: datetime
) -> ObjectId:
    """Write a new round, or change one read at `version`; return its id.

    Once an expert has scored in it, its score sheet stays. Raises Refused, Stale, Missing, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    if one.call_number:
        one = replace(one, call_number=read_number(one.call_number, "call_number"))
    reasons = refusals_of_round(one)
    if reasons:
        raise Refused(*reasons)
    return in_one_transaction(lambda uow: _save(uow, one, round_id, version), actor=actor, now=now)


def _save(uow: UnitOfWork, one: KeptRound, round_id: ObjectId | None, version: int) -> ObjectId:
    held = Round.collection()
    fresh = _stored(one)
    if round_id is None:
        new = uow.save(Round, None, {"_id": ObjectId(), **fresh})["_id"]
        uow.record("created", COLLECTION, new, one.name, changes=_changes({}, fresh))
        return new
    before = held.find_one({"_id": round_id}, session=uow.session)
    if before is None:
        raise Missing()
    if before["version"] != version:
        raise Stale()
    if as_round(before).sheet.dimensions != one.sheet.dimensions:
        scored = {"round": round_id, "experts": {"$exists": True, "$ne": []}}
        if Application.collection().find_one(scored, {"_id": 1}, session=uow.session) is not None:
            sentence = N_("Experts have scored in this round: its dimensions can no longer be changed.")
            raise Refused(Refusal(sentence, field="dimensions"))
    changes = _changes(before, fresh)
    if changes:
        uow.save(Round, before, {"_id": round_id, **fresh})
        uow.record("changed", COLLECTION, round_id, one.name, changes=changes)
    return round_id


def _stored(one: KeptRound) -> dict[str, Any]:
    days = {key: getattr(one, key) for key in _DAYS}
    return {
        "year": one.year, "name": one.name.strip(), "call_title": one.call_title.strip(),
        "call_number": one.call_number, "rule_set": one.rule_set, "assessed_year": one.assessed_year,
        "dimensions": [{"key": d.key, "label": d.label.strip(), "weight": d.weight} for d in one.sheet.dimensions],
        "least_experts": one.sheet.least_experts, "drop_from": one.sheet.drop_from,
        "pass_score": one.sheet.pass_score, "closed": one.closed,
        **{key: stored_day(day) for key, day in days.items() if day},
    }  # fmt: skip


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    silent = {"updated_at", "updated_by", "version", "_id"}
    old, new = (
        {key: _said(value) for key, value in one.items() if key not in silent} for one in (before, after)
    )
    return [Change(key, old.get(key), new.get(key)) for key in {**old, **new} if old.get(key) != new.get(key)]


def _said(value: Any) -> Any:
    if isinstance(value, list):
        return "、".join(f"{one['label']} {one['weight']}" for one in value) or None
    return value if value not in ("", False) else None
