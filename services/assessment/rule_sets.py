"""The rule sets in use: those shipped and those of the office; how they are stored and read."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from pymongo.client_session import ClientSession

from documents.assessment.rule_set import RuleSet
from documents.records.fields import stored_day
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal
from rules.measures import SHIPPED, Level, Measures, in_force, refusals_of_measures
from rules.words import N_

_OWN_KEYS = ("code", "title", "level", "first_day", "last_day")
_SHIPPED = {one.code: one for one in SHIPPED}
ONE_DAY = timedelta(days=1)
_ENDING_DAYS = 365  # how long before its end a rule set without a successor is warned of


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


def warnings(sets: tuple[Measures, ...], level: Level, today: date) -> tuple[Refusal, ...]:
    """Return what is amiss with a level's rule sets today: none in force, one that ends, one likely superseded."""
    of_level = tuple(one for one in sets if one.level is level)
    if not of_level:
        return (Refusal(N_("No rule set of this level has been entered yet.")),)
    one, really = in_force(of_level, today, level)
    if not really:
        sentence = N_("No rule set of this level is in force today; %(title)s goes on being used.")
        return (Refusal(sentence, {"title": one.title}),)
    found = []
    if one.superseded:
        sentence = N_("There is likely a newer edition than %(title)s: please check its figures.")
        found.append(Refusal(sentence, {"title": one.title}))
    left = (one.last_day - today).days if one.last_day else _ENDING_DAYS + 1
    if (
        one.last_day
        and left <= _ENDING_DAYS
        and not any(other.covers(one.last_day + ONE_DAY) for other in of_level)
    ):
        sentence = N_("%(title)s ends on %(day)s, %(days)s days from now; no rule set follows it.")
        found.append(Refusal(sentence, {"title": one.title, "day": one.last_day.isoformat(), "days": left}))
    return tuple(found)
