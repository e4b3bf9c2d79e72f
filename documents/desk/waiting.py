"""Everything that waits, read for the whole office or one county in a fixed number of commands."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from documents.applications.round import Round
from documents.publication.notice import Notice
from documents.records.base import Base
from documents.records.ledger_entry import LedgerEntry
from rules.access import Actor
from rules.assessment.counting import COUNTED_STATUSES

Rows = list[dict[str, Any]]
_MOST = 100_000  # rows that one answer holds: none is fetched in pieces
# What is read of each collection beside its id; `year` and `received_on` tell whose report has come.
_SHOWN = dict.fromkeys(
    (
        "base", "base_name", "county", "kind", "stage", "round", "round_name", "since", "returned.due", "notice",
        "application", "received_on", "late", "submitted_on", "filed_on", "due", "state", "statement_by",
        "statement_on", "created_at", "year",
    ),
    1,
)  # fmt: skip


def waiting_rows(actor: Actor, years: Iterable[int], this_year: int) -> dict[str, Rows]:
    """Return what is under way, by collection, the reports on `years` that have come, and `this_year`'s rounds.

    One command.
    """
    of_years = {"$in": list(years)}
    wanted: dict[str, dict[str, Any]] = {
        "change_filings": {"state": "filed"},
        "decisions": {"open": True},
        "objections": {"outcome": "open"},
        "annual_reports": {"year": of_years, "received_on": {"$ne": None}},
        "county_reports": {"year": of_years, "submitted_on": {"$ne": None}},
    }
    scope = {"county": actor.county} if actor.county else {}
    steps: list[dict[str, Any]] = _of("applications", {"open": True, **scope})
    for name, clause in wanted.items():
        steps.append({"$unionWith": {"coll": name, "pipeline": _of(name, {**clause, **scope})}})
    # Rounds are the whole city's.
    steps.append({"$unionWith": {"coll": "rounds", "pipeline": _of("rounds", {"year": this_year})}})
    by_collection: dict[str, Rows] = {name: [] for name in ("applications", *wanted, "rounds")}
    for row in Application.collection().aggregate(steps, batchSize=_MOST):
        by_collection[row["_from"]].append(row)
    return by_collection


def _of(name: str, clause: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"$match": clause}, {"$project": _SHOWN}, {"$set": {"_from": name}}]


def certified_bases(actor: Actor) -> Rows:
    """Return the certified bases in scope with their terms."""
    clause = Base.objects.visible_to(actor).having("status", ["certified"]).filters()
    keys = dict.fromkeys(
        ("name", "county", "status", "title_first_day", "title_last_day", "earlier_terms"), 1
    )
    return list(Base.collection().find(clause, keys, batch_size=_MOST))


def last_recommending_days(ids: Iterable[ObjectId]) -> dict[ObjectId, date]:
    """Return by which day the counties recommend in these rounds, where one is set."""
    wanted = {"_id": {"$in": list(ids)}, "recommend_until": {"$ne": None}}
    rows = Round.collection().find(wanted, {"recommend_until": 1}, batch_size=_MOST)
    return {row["_id"]: row["recommend_until"].date() for row in rows}


def notices_of(ids: Iterable[ObjectId]) -> Rows:
    """Return these public notices with their last days."""
    keys = {"title": 1, "last_day": 1, "round": 1}
    return list(Notice.collection().find({"_id": {"$in": list(ids)}}, keys, batch_size=_MOST))


def functions_in_ledger(actor: Actor, first_day: date, last_day: date) -> dict[ObjectId, set[str]]:
    """Return of which functions each base in scope has at least one counted entry between two days."""
    scoped = LedgerEntry.objects.visible_to(actor).between("served_on", first_day, last_day)
    counted = scoped.where_raw({"status": {"$in": list(COUNTED_STATUSES)}})
    steps: list[dict[str, Any]] = [
        {"$match": counted.filters()},
        {"$group": {"_id": "$base", "functions": {"$addToSet": "$function"}}},
    ]
    rows = LedgerEntry.collection().aggregate(steps, batchSize=_MOST)
    return {row["_id"]: set(row["functions"]) for row in rows}
