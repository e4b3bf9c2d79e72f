"""The rule sets in use: those shipped and those of the office; how they are stored and read."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pymongo.client_session import ClientSession

from documents.connection import reachable
from documents.fields import stored_day
from documents.rule_set import RuleSet
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal
from rules.measures import SHIPPED, Level, Measures, in_force, refusals_of_measures

_OWN_KEYS = ("code", "title", "level", "first_day", "last_day")
_SHIPPED = {one.code: one for one in SHIPPED}


@dataclass(frozen=True)
class KeptSet:
    """A rule set with what the office knows of it; `version` 0 is a shipped one as it came."""

    measures: Measures
    draft: bool = False
    version: int = 0
    made_by: str = ""
    made_at: datetime | None = None


def as_measures(raw: dict[str, Any]) -> Measures:
    """Return a stored rule set as the rules know it."""
    days = {key: _day(raw.get(key)) for key in ("first_day", "last_day")}
    if raw["_id"] in _SHIPPED:
        return replace(_SHIPPED[raw["_id"]], last_day=days["last_day"])
    own = {"code": raw["_id"], "title": raw["title"], "level": raw["level"], **days}
    return Measures.from_stored({**raw.get("figures", {}), **own})


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def kept_sets(session: ClientSession | None = None) -> tuple[KeptSet, ...]:
    """Return every rule set, drafts too, each level's in the order of their first days."""
    stored = {raw["_id"]: _kept(raw) for raw in RuleSet._get_collection().find({}, session=session)}
    shipped = [stored.pop(one.code, KeptSet(one)) for one in SHIPPED]
    levels = list(Level)
    return tuple(
        sorted(
            [*shipped, *stored.values()],
            key=lambda one: (levels.index(one.measures.level), one.measures.first_day, one.measures.code),
        )
    )


def _kept(raw: dict[str, Any]) -> KeptSet:
    return KeptSet(
        as_measures(raw),
        bool(raw.get("draft")),
        raw["version"],
        raw.get("created_by") or "",
        raw.get("created_at"),
    )


def kept_set(code: str, actor: Actor) -> KeptSet:
    """Return one rule set. Raises Missing, also for a draft that is not the actor's to read."""
    with reachable():
        found = next((one for one in kept_sets() if one.measures.code == code), None)
    if found is None or (found.draft and not actor.may(Permission.DRAFT_RULES)):
        raise Missing()
    return found


def rule_sets(*, drafts: bool = False) -> tuple[Measures, ...]:
    """Return the shipped rule sets and the office's own; drafts only when asked for."""
    return tuple(one.measures for one in kept_sets() if drafts or not one.draft)


def set_in_force(day: date, level: Level = Level.CITY) -> tuple[Measures, bool]:
    """Return the rule set for `day`, and whether it is really in force then."""
    return in_force(rule_sets(), day, level)


def stored_set(one: Measures) -> dict[str, Any]:
    """Return a rule set as the database keeps it."""
    plain = one.stored()
    figures = {key: value for key, value in plain.items() if key not in _OWN_KEYS}
    figures["base_summary_by"] = list(one.base_summary_by)
    figures["county_summary_by"] = list(one.county_summary_by)
    last = {"last_day": stored_day(one.last_day)} if one.last_day else {}
    return {
        "_id": one.code, "title": one.title, "level": one.level.value, "first_day": stored_day(one.first_day),
        **last, "figures": figures,
    }  # fmt: skip


def refusals_to_keep(one: Measures) -> tuple[Refusal, ...]:
    """Return why a rule set may not be put in force."""
    return refusals_of_measures(one, rule_sets())
