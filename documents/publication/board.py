"""What the board of a round reads: the cards of each stage, and whole applications to be decided on."""

from datetime import datetime
from typing import Any, NotRequired, TypedDict, cast

from bson import ObjectId

from documents.applications.application import Application, ApplicationQuerySet, StoredApplication
from rules.publication import Outcome

_CARD_KEYS = (
    "base_name", "round", "county", "kind", "stage", "since", "version", "letter", "certificate_number", "notice",
    "announcement",
)  # fmt: skip
# The little of the larger parts that a card speaks of.
_CARD_PARTS = {
    "due": "$returned.due", "checked_on": "$review.on_site.checked_on", "average": "$conclusion.average",
    "meets": "$submission.assessment.meets", "experts": {"$size": {"$ifNull": ["$experts", []]}},
    "latest_opinion": {"$last": "$steps.opinion"},
}  # fmt: skip


class CardPeriod(TypedDict, total=False):
    """The days of a card's public notice: 00:00 in UTC."""

    first_day: datetime
    last_day: datetime


class CardObjection(TypedDict):
    """An objection to a base of the card's notice that was not rejected."""

    application: ObjectId
    outcome: str
    late: NotRequired[bool]


class StoredCard(TypedDict, total=False):
    """What a card knows of an application; `experts` is a number, `latest_opinion` that of the latest step.

    `period` and `objections` are empty unless it is on a public notice.
    """

    _id: ObjectId
    base_name: str
    round: ObjectId
    county: str
    kind: str
    stage: str
    since: datetime
    version: int
    letter: dict[str, Any]
    certificate_number: str
    notice: ObjectId
    announcement: ObjectId
    due: datetime
    checked_on: datetime
    average: float | None
    meets: bool
    experts: int
    latest_opinion: str
    period: list[CardPeriod]
    objections: list[CardObjection]


def cards_by_stage(applications: ApplicationQuerySet, most: int) -> dict[str, list[StoredCard]]:
    """Return at most `most` cards of each stage, the longest waiting first, in one command."""
    rows = Application.collection().aggregate(_card_steps(applications.filters(), most))
    return {row["_id"]: row["cards"] for row in rows}


def _card_steps(clause: dict[str, Any], most: int) -> list[dict[str, Any]]:
    not_rejected = [
        {"$match": {"outcome": {"$ne": Outcome.REJECTED.value}}},
        {"$project": {"application": 1, "outcome": 1, "late": 1}},
    ]
    return [
        {"$match": clause},
        {"$project": dict.fromkeys(_CARD_KEYS, 1) | _CARD_PARTS},
        {"$sort": {"since": 1, "_id": 1}},
        {"$group": {"_id": "$stage", "cards": {"$push": "$$ROOT"}}},
        {"$set": {"cards": {"$slice": ["$cards", most]}}},
        {"$unwind": "$cards"},
        {"$replaceRoot": {"newRoot": "$cards"}},
        {"$lookup": {"from": "notices", "localField": "notice", "foreignField": "_id", "as": "period",
                     "pipeline": [{"$project": {"first_day": 1, "last_day": 1}}]}},
        {"$lookup": {"from": "objections", "localField": "notice", "foreignField": "notice", "as": "objections",
                     "pipeline": not_rejected}},
        {"$sort": {"since": 1, "_id": 1}},
        {"$group": {"_id": "$stage", "cards": {"$push": "$$ROOT"}}},
    ]  # fmt: skip


def by_county_and_name(applications: ApplicationQuerySet) -> list[StoredApplication]:
    """Return whole applications without the frozen record of the base and the experts' reviews."""
    rows = Application.collection().find(applications.filters(), {"submission.base": 0, "experts": 0})
    return cast("list[StoredApplication]", list(rows.sort([("county", 1), ("sort_key", 1), ("_id", 1)])))
