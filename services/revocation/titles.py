"""How titles stand: each base's with the renewal that is under way or has failed, for many bases in one command."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from rules.applications import ApplicationKind, Stage, Verb
from rules.titles import Title, TitleState, title_state


def titles_of(bases: Iterable[Mapping[str, Any]], session: Any = None) -> dict[ObjectId, Title]:
    """Return the titles of stored bases (`_id`, `status`, `title_last_day`), by id.

    A renewal counts for the term it was applied for in: one of an earlier term says nothing of this one.
    """
    rows = list(bases)
    latest: dict[ObjectId, Mapping[str, Any]] = {}
    clause = {
        "base": {"$in": [row["_id"] for row in rows]},
        "kind": ApplicationKind.RENEWAL.value,
        "stage": {"$ne": Stage.WITHDRAWN.value},
        # One that a decision on the title has ended was never judged: that decision may be overturned.
        "steps.verb": {"$ne": Verb.TERMINATE.value},
    }
    keys = {"base": 1, "stage": 1, "open": 1, "submission.base.title_last_day": 1, "created_at": 1}
    for found in Application.collection().find(clause, keys, session=session).sort("created_at", 1):
        latest[found["base"]] = found
    return {row["_id"]: _title(row, latest.get(row["_id"])) for row in rows}


def _title(base: Mapping[str, Any], renewal: Mapping[str, Any] | None) -> Title:
    last = _day(base.get("title_last_day"))
    if renewal is None:
        return Title(base["status"], last)
    of_term = _day(renewal.get("submission", {}).get("base", {}).get("title_last_day"))
    failed = renewal["stage"] == Stage.NOT_CERTIFIED.value and of_term == last
    # A draft is nothing that was applied for.
    under_way = bool(renewal["open"]) and renewal["stage"] != Stage.DRAFT.value
    return Title(base["status"], last, under_way, failed)


def _day(value: Any) -> date | None:
    return value.date() if value else None


def states_of(bases: Iterable[Mapping[str, Any]], today: date) -> dict[ObjectId, TitleState]:
    """Return how the titles of stored bases stand on a day, by id."""
    return {key: title_state(title, today) for key, title in titles_of(bases).items()}
