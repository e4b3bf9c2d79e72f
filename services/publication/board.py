"""What the publication desk reads: the board of a round, and the published papers as a clerk may see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bson import ObjectId

from documents.applications.application import Application, StoredApplication
from documents.publication.board import StoredCard, by_county_and_name, cards_by_stage
from documents.publication.notice import Notice, NoticeEntry, NoticeQuerySet, StoredNotice
from documents.publication.objection import Objection
from documents.records.fields import stored_day
from documents.server.connection import reachable
from rules.access import Actor
from rules.applications import Stage
from rules.errors import Missing
from services.applications.steps import stage_of


@dataclass(frozen=True)
class Board:
    """A round's applications: how many by county and stage, and cards of each stage, the longest waiting first."""

    counts: Sequence[Mapping[str, Any]]
    cards: Mapping[Stage, Sequence[StoredCard]]

    def by_stage(self, county: str | None) -> dict[Stage, int]:
        """Return how many applications of a county (None: of all in scope) stand at each stage."""
        counts = dict.fromkeys(Stage, 0)
        for row in self.counts:
            if county in (None, row["county"]):
                counts[stage_of(row)] += row["n"]
        return counts

    def by_county(self) -> dict[str, int]:
        """Return how many applications each county has."""
        counts: dict[str, int] = {}
        for row in self.counts:
            counts[row["county"]] = counts.get(row["county"], 0) + row["n"]
        return counts


def read_board(round_id: ObjectId, *, actor: Actor, county: str | None = None, most: int = 30) -> Board:
    """Return the board of a round in the actor's scope, at most `most` cards a stage: two commands."""
    applications = Application.objects.visible_to(actor).in_round(round_id)
    with reachable():
        counts = applications.counts_by_stage()
        cards = cards_by_stage(applications.in_county(county), most)
    return Board(counts, {stage_of({"stage": stage}): rows for stage, rows in cards.items()})


def at_stages(round_id: ObjectId, stages: Iterable[Stage], *, actor: Actor) -> list[StoredApplication]:
    """Return whole applications of a round at these stages in the actor's scope, by county and name."""
    in_round = Application.objects.visible_to(actor).in_round(round_id)
    with reachable():
        return by_county_and_name(in_round.at(*(stage.value for stage in stages)))


# --- Papers ------------------------------------------------------------------------------------


def readable_notice(notice_id: ObjectId, *, actor: Actor, today: date) -> StoredNotice:
    """Return a published paper; before its first day it is there for the whole city's clerks only. Raises Missing."""
    with reachable():
        notice = Notice.read(notice_id)
    if actor.county is not None and notice["first_day"].date() > today:
        raise Missing()
    return notice


@dataclass(frozen=True)
class RelatedPapers:
    """The papers around one: what it answers or corrects, what announces it, what corrects it; oldest first."""

    answers: StoredNotice | None
    corrects: StoredNotice | None
    announcements: tuple[StoredNotice, ...]
    corrections: tuple[StoredNotice, ...]


def related_papers(notice: StoredNotice) -> RelatedPapers:
    """Return the papers that one names, and those that name it, in one command."""
    own, answers, corrects = notice["_id"], notice.get("answers"), notice.get("corrects")
    named = [paper_id for paper_id in (answers, corrects) if paper_id]
    keys = ("kind", "title", "number", "dated", "answers", "corrects", "entries")
    with reachable():
        papers = Notice.objects.related_to(own, named, ("answers", "corrects")).page(keys, [("_id", 1)])
    by_id = {paper["_id"]: paper for paper in papers}
    return RelatedPapers(
        by_id.get(answers) if answers else None,
        by_id.get(corrects) if corrects else None,
        tuple(paper for paper in papers if paper.get("answers") == own),
        tuple(paper for paper in papers if paper.get("corrects") == own),
    )


def applications_of(notice: StoredNotice) -> list[StoredApplication]:
    """Return the applications on a paper's list as they stand now, in its order; a decision's list has none."""
    listed = enumerate(notice["entries"])
    places = {entry["application"]: number for number, entry in listed if entry.get("application")}
    with reachable():
        rows = Application.of_ids(places)
    return sorted(rows, key=lambda row: places[row["_id"]])


def open_objections(notice_id: ObjectId) -> int:
    """Return how many objections hold bases of a notice back: received in its period and being handled."""
    with reachable():
        count: int = Objection.objects.of_notice(notice_id).being_handled().in_period().total()
    return count


def published_papers(*, actor: Actor, today: date) -> NoticeQuerySet:
    """Return the published papers that a clerk may see: a county's sees them from their first day on."""
    papers: NoticeQuerySet = Notice.objects
    return papers if actor.county is None else papers.public_on(today)


def day_of(raw: Mapping[str, Any], key: str) -> date | None:
    """Return a stored day of a raw document."""
    value = raw.get(key)
    return value.date() if value is not None else None


def term_of_entry(notice: StoredNotice, entry: NoticeEntry) -> tuple[date, date] | None:
    """Return the term that an announcement grants a base of its list; older papers have one term for all."""
    holder: Mapping[str, Any] = entry if entry.get("term_first") else notice
    first, last = day_of(holder, "term_first"), day_of(holder, "term_last")
    return (first, last) if first and last else None


def begins_later(notice: StoredNotice, today: date) -> bool:
    """Tell whether a paper's first day is still to come."""
    return notice["first_day"] > stored_day(today)
