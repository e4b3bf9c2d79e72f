"""What the publication desk reads: the board of a round, and the published papers as a clerk may see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from documents.publication.notice import Notice, NoticeQuerySet
from documents.publication.objection import Objection
from documents.records.fields import stored_day
from documents.server.connection import reachable
from rules.access import Actor
from rules.applications import Stage
from rules.errors import Missing
from rules.publication import Outcome
from services.applications.steps import stage_of
from services.publication.notice import read_notice

_CARD_KEYS = (
    "base_name", "round", "county", "kind", "stage", "since", "version", "letter", "certificate_number", "notice",
    "announcement",
)  # fmt: skip
# The little of the larger parts that a card speaks of.
_CARD_PARTS = {
    "due": "$returned.due", "checked_on": "$review.on_site.checked_on", "average": "$conclusion.average",
    "meets": "$submission.assessment.meets", "experts": {"$size": {"$ifNull": ["$experts", []]}},
    "said": {"$last": "$steps.opinion"},
}  # fmt: skip
_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in r"\^$.|?*+()[]{}"})


@dataclass(frozen=True)
class Board:
    """A round's applications: how many by county and stage, and cards of each stage, the longest waiting first.

    A card is a raw application with few keys; one on notice has `period` (the notice's days) and `objections`.
    """

    counts: Sequence[Mapping[str, Any]]
    cards: Mapping[Stage, Sequence[Mapping[str, Any]]]

    def by_stage(self, county: str | None) -> dict[Stage, int]:
        """Return how many applications of a county (None: of all in scope) stand at each stage."""
        found = dict.fromkeys(Stage, 0)
        for row in self.counts:
            if county in (None, row["county"]):
                found[stage_of(row)] += row["n"]
        return found

    def by_county(self) -> dict[str, int]:
        """Return how many applications each county has."""
        found: dict[str, int] = {}
        for row in self.counts:
            found[row["county"]] = found.get(row["county"], 0) + row["n"]
        return found


def read_board(round_id: ObjectId, *, actor: Actor, county: str | None = None, most: int = 30) -> Board:
    """Return the board of a round in the actor's scope, at most `most` cards a stage: two commands."""
    wanted = Application.objects.visible_to(actor).in_round(round_id)
    with reachable():
        counts = wanted.counts_by_stage()
        rows = Application.collection().aggregate(_card_steps(wanted.in_county(county).filters(), most))
        cards = {stage_of({"stage": row["_id"]}): row["cards"] for row in rows}
    return Board(counts, cards)


def _card_steps(clause: Mapping[str, Any], most: int) -> list[dict[str, Any]]:
    open_ones = [
        {"$match": {"outcome": {"$ne": Outcome.REJECTED.value}}},
        {"$project": {"application": 1, "outcome": 1}},
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
                     "pipeline": open_ones}},
        {"$sort": {"since": 1, "_id": 1}},
        {"$group": {"_id": "$stage", "cards": {"$push": "$$ROOT"}}},
    ]  # fmt: skip


def at_stages(round_id: ObjectId, stages: Iterable[Stage], *, actor: Actor) -> list[dict[str, Any]]:
    """Return whole applications of a round at these stages in the actor's scope, by county and name."""
    with reachable():
        wanted = (
            Application.objects.visible_to(actor).in_round(round_id).at(*(stage.value for stage in stages))
        )
        rows = Application.collection().find(wanted.filters(), {"submission.base": 0, "experts": 0})
        return [dict(row) for row in rows.sort([("county", 1), ("sort_key", 1), ("_id", 1)])]


# --- Papers ------------------------------------------------------------------------------------


def readable_notice(notice_id: ObjectId, *, actor: Actor, today: date) -> dict[str, Any]:
    """Return a published paper; before its first day it is there for the whole city's clerks only. Raises Missing."""
    with reachable():
        raw = read_notice(notice_id)
    if actor.county is not None and raw["first_day"].date() > today:
        raise Missing()
    return raw


@dataclass(frozen=True)
class RelatedPapers:
    """The papers around one: what it answers or corrects, what announces it, what corrects it; oldest first."""

    answers: Mapping[str, Any] | None
    corrects: Mapping[str, Any] | None
    announcements: tuple[Mapping[str, Any], ...]
    corrections: tuple[Mapping[str, Any], ...]


def related_papers(notice: Mapping[str, Any]) -> RelatedPapers:
    """Return the papers that one names, and those that name it, in one command."""
    own = notice["_id"]
    named = [notice[key] for key in ("answers", "corrects") if notice.get(key)]
    clause = {"$or": [{"_id": {"$in": named}}, {"answers": own}, {"corrects": own}]}
    keys = ("kind", "title", "number", "dated", "answers", "corrects", "entries")
    with reachable():
        rows = list(Notice.collection().find(clause, dict.fromkeys(keys, 1)).sort("_id", 1))
    by_id = {row["_id"]: row for row in rows}
    return RelatedPapers(
        by_id.get(notice.get("answers")),
        by_id.get(notice.get("corrects")),
        tuple(row for row in rows if row.get("answers") == own),
        tuple(row for row in rows if row.get("corrects") == own),
    )


def applications_of(notice: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the applications on a paper's list as they stand now, in its order; a decision's list has none."""
    listed = enumerate(notice["entries"])
    places = {entry["application"]: number for number, entry in listed if entry.get("application")}
    with reachable():
        rows = [dict(row) for row in Application.of_ids(places)]
    return sorted(rows, key=lambda row: places[row["_id"]])


def open_objections(notice_id: ObjectId) -> int:
    """Return how many objections to a notice are being handled; who made them is another matter."""
    with reachable():
        return Objection.collection().count_documents({"notice": notice_id, "outcome": Outcome.OPEN.value})


@dataclass(frozen=True)
class PaperRows:
    """One page of the published papers, the latest first, and how many there are in all."""

    rows: tuple[Mapping[str, Any], ...]
    total: int


def published_papers(
    *, actor: Actor, today: date, kind: str = "", round_id: ObjectId | None = None, words: str = "", skip: int = 0,
    limit: int = 50,
) -> PaperRows:  # fmt: skip
    """Return published papers, narrowed by kind, round and words of number, title or a listed base."""
    found: NoticeQuerySet = Notice.objects
    if actor.county is not None:
        found = found.public_on(today)
    if kind:
        found = found.of_kind(kind)
    if round_id is not None:
        found = found.of_round(round_id)
    for word in words.split()[:8]:
        pattern = {"$regex": word.translate(_SIGNS), "$options": "i"}
        # The entries' operators are no part of it: one searches for a base or a paper.
        found = found.where_raw(
            {"$or": [{"title": pattern}, {"number": pattern}, {"entries.base_name": pattern}]}
        )
    clause = found.filters()
    keys = ("kind", "number", "title", "dated", "first_day", "last_day", "round")
    cursor = Notice.collection().find(clause, dict.fromkeys(keys, 1)).sort([("dated", -1), ("_id", -1)])
    with reachable():
        total = Notice.collection().count_documents(clause)
        return PaperRows(tuple(cursor.skip(skip).limit(limit)), total)


def day_of(raw: Mapping[str, Any], key: str) -> date | None:
    """Return a stored day of a raw document."""
    value = raw.get(key)
    return value.date() if value is not None else None


def begins_later(raw: Mapping[str, Any], today: date) -> bool:
    """Tell whether a paper's first day is still to come."""
    return bool(raw["first_day"] > stored_day(today))
