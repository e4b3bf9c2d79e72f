"""The rule sets in use: those shipped and those of the office; a new edition is a new set, never a changed one."""

from datetime import date, datetime
from typing import Any

from documents.fields import stored_day
from documents.rule_set import RuleSet
from rules.measures import SHIPPED, Level, Measures, in_force, refusals_of_measures

_OWN_KEYS = ("code", "title", "level", "first_day", "last_day")


def as_measures(raw: dict[str, Any]) -> Measures:
    """Return a stored rule set as the rules know it."""
    days = {key: _day(raw.get(key)) for key in ("first_day", "last_day")}
    own = {"code": raw["_id"], "title": raw["title"], "level": raw["level"], **days}
    return Measures.from_stored({**raw.get("figures", {}), **own})


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def rule_sets(*, drafts: bool = False) -> tuple[Measures, ...]:
    """Return the shipped rule sets and the office's own; drafts only when asked for."""
    clause = {} if drafts else {"draft": {"$ne": True}}
    own = RuleSet._get_collection().find(clause).sort("first_day", 1)
    return (*SHIPPED, *(as_measures(raw) for raw in own))


def set_in_force(day: date, level: Level = Level.CITY) -> tuple[Measures, bool]:
    """Return the rule set for `day`, and whether it is really in force then."""
    return in_force(rule_sets(), day, level)


def stored_set(one: Measures) -> dict[str, Any]:
    """Return a rule set as the database keeps it."""
    plain = one.stored()
    figures = {key: value for key, value in plain.items() if key not in _OWN_KEYS}
    figures["base_summary_by"], figures["county_summary_by"] = (
        list(one.base_summary_by),
        list(one.county_summary_by),
    )
    last = {"last_day": stored_day(one.last_day)} if one.last_day else {}
    return {
        "_id": one.code, "title": one.title, "level": one.level.value, "first_day": stored_day(one.first_day),
        **last, "figures": figures,
    }  # fmt: skip


def refusals_to_keep(one: Measures) -> tuple[Any, ...]:
    """Return why a rule set may not be put in force."""
    return refusals_of_measures(one, rule_sets())
