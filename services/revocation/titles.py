"""How titles stand: each base's with the renewal that is under way or has failed, for many bases in one command."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from rules.applications import Stage
from rules.titles import Title, TitleState, title_state
from services.shared.office_day import day_of


def titles_of(bases: Iterable[Mapping[str, Any]], session: Any = None) -> dict[ObjectId, Title]:
    """Return the titles of stored bases (`_id`, `status`, `title_last_day`), by id.

    A renewal counts for the term it was applied for in: one of an earlier term says nothing of this one.
    """
    rows = list(bases)
    renewals = Application.latest_renewals((row["_id"] for row in rows), session)
    return {row["_id"]: _title(row, renewals.get(row["_id"])) for row in rows}


def _title(base: Mapping[str, Any], renewal: Mapping[str, Any] | None) -> Title:
    last = day_of(base.get("title_last_day"))
    if renewal is None:
        return Title(base["status"], last)
    of_term = day_of(renewal.get("submission", {}).get("base", {}).get("title_last_day"))
    failed = renewal["stage"] == Stage.NOT_CERTIFIED.value and of_term == last
    return Title(base["status"], last, bool(renewal["open"]), failed)


def states_of(
    bases: Iterable[Mapping[str, Any]], today: date, session: Any = None
) -> dict[ObjectId, TitleState]:
    """Return how the titles of stored bases stand on a day, by id."""
    return {base_id: title_state(title, today) for base_id, title in titles_of(bases, session).items()}
