"""A base as it stood on a day of the past, rebuilt from the audit trail: what was changed since is undone.

Nothing is stored twice for this: every change of a base, an import's too, is an audit entry with its old and new
values. The title of that day is another matter: it follows from terms and decisions, which may be entered years
after they were made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from bson import ObjectId

from documents.records.base import Base
from documents.server.connection import reachable
from documents.timeline.history import (
    BaseEdit,
    TitleDecision,
    base_or_recycled,
    decisions_of_base,
    edits_of_base,
)
from office.excel.cell_dates import OFFICE_TIME
from rules.access import Actor
from rules.assessment.indicators import Assessment, Facts, assess
from rules.assessment.registration import registration_of
from rules.choices import ServiceFunction
from rules.decisions import TITLE_AFTER, DecisionState
from rules.errors import Missing
from rules.grounds import DecisionKind
from rules.rule_sets.measures import Figure, Level
from rules.titles import Term, term_on
from schema.bases import BASES, terms_of
from services.assessment.assess import facts_of
from services.assessment.rule_sets import set_in_force
from services.shared.office_day import office_day

# What is rebuilt: what a clerk's save may change, and what follows from it.
KEYS = (*BASES.typed_keys, "former_names", "certificate_number", "title_source")
_LOST = ("revoked", "cancelled")
_EVER = datetime.min.replace(tzinfo=OFFICE_TIME)
Raw = dict[str, Any]  # a stored base, or its rebuilt keys


@dataclass(frozen=True)
class BaseOnDay:
    """A base on a day. `values` is None where there was no record of it: not yet, or deleted just then.

    `first` holds the values with which it was first recorded, on `recorded_on` (None: the trail does not tell).
    """

    day: date
    values: Raw | None
    first: Raw
    recorded_on: date | None
    deleted: bool = False


def end_of(day: date) -> datetime:
    """Return the first moment after a day of the office."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=OFFICE_TIME)


# --- Pure rebuilding ---------------------------------------------------------------------------


def rebuilt_values(values: Mapping[str, Any]) -> Raw:
    """Return the rebuilt keys of a stored record; what is blank has no key."""
    return {key: values[key] for key in KEYS if values.get(key) not in (None, "", [])}


def rewound(
    values: Raw, *, is_there: bool, edits: Iterable[BaseEdit], limit: datetime
) -> tuple[Raw, bool, bool]:
    """Undo acts, the latest first, down to the first one before `limit`.

    Return the values then, whether the record was there, and whether such an act was found at all. A record that is not
    there is told with the values that came back out of the recycle bin, or with those it was first recorded with.
    """
    values_then = dict(values)
    for edit in edits:
        if edit["at"] < limit:
            return values_then, is_there, True
        if edit["action"] in ("created", "restored"):
            is_there = False
        elif edit["action"] == "deleted":
            is_there = True  # the bin keeps it as it was
        else:
            for change in edit.get("changes", ()):
                _put(values_then, change["field"], change["old"])
    return values_then, False, False


def _put(values: Raw, key: str, value: Any) -> None:
    if key not in KEYS:
        return
    if value is None:
        values.pop(key, None)
    else:
        values[key] = value


def base_at_end_of(
    now: Mapping[str, Any], *, deleted: bool, edits: Sequence[BaseEdit], day: date
) -> BaseOnDay:
    """Return a base as it stood at the end of a day, from how it stands now and its edits, the latest first.

    `deleted`: it is in the recycle bin now, and `now` is what lies there.
    """
    is_there, values_now = not deleted, rebuilt_values(now)
    values_then, was_there, reached = rewound(values_now, is_there=is_there, edits=edits, limit=end_of(day))
    first, _, _ = rewound(values_now, is_there=is_there, edits=edits, limit=_EVER)
    begun = next((edit["at"] for edit in reversed(edits) if edit["action"] == "created"), None)
    recorded_on = office_day(begun) if begun else None
    return BaseOnDay(
        day, values_then if was_there else None, first, recorded_on, deleted=reached and not was_there
    )


# --- The title of a day ------------------------------------------------------------------------


@dataclass(frozen=True)
class TitleOnDay:
    """The title on a day. `status`: a base's code, "expired" for a term that had ended without a decision.

    `unsure`: the title is lost by now, and nothing says since when.
    """

    status: str
    first_day: date | None = None
    last_day: date | None = None
    document_number: str = ""
    announced_on: date | None = None
    unsure: bool = False


def title_on(
    base: Mapping[str, Any], decisions: Iterable[TitleDecision], day: date, recorded: str = ""
) -> TitleOnDay:
    """Return the title on a day, from the base's terms and the decisions on it, whenever they were entered.

    A term counts from the day of its announcement: what was announced later was no title yet. `recorded` is the
    status that the record bore on the day, for a title that was taken away by hand, without a decision here.
    """
    announced = [
        term for term in terms_of(base) if term.announced_on is not None and term.announced_on <= day
    ]
    running = term_on(sorted(announced, key=_order), day)
    if running is None:
        return TitleOnDay("uncertified")
    term = TitleOnDay(
        "certified", running.first_day, running.last_day, running.document_number, running.announced_on
    )
    status = "expired" if term.last_day and term.last_day < day else "certified"
    decided = [
        case for case in decisions if case["state"] == DecisionState.DECIDED.value and case.get("dated")
    ]
    since_announced = [
        case for case in decided if (term.announced_on or date.min) <= _day(case["dated"]) <= day
    ]
    if since_announced:
        last = max(since_announced, key=lambda case: (case["dated"], case["_id"]))
        after = TITLE_AFTER[next(kind for kind in DecisionKind if kind.value == last["kind"])]
        return replace(term, status=after if after in _LOST else status)
    if decided or base.get("status") not in _LOST or _day(base.get("announced_on")) != term.announced_on:
        return replace(term, status=status)
    if recorded:
        return replace(term, status=recorded if recorded in _LOST else status)
    return replace(term, status=status, unsure=True)


def _order(term: Term) -> tuple[date, date]:
    return term.announced_on or date.min, term.last_day or date.min


def _day(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


# --- Reading -----------------------------------------------------------------------------------


def read_base_ever(base_id: ObjectId, actor: Actor) -> tuple[Raw, bool]:
    """Return a base's record, from the recycle bin if it is there, and whether it is. Raises Missing."""
    with reachable():
        stored = base_or_recycled(base_id)
    if stored is None or not Base.is_visible(stored[0], actor):
        raise Missing()
    return stored


def base_on(base_id: ObjectId, day: date, *, actor: Actor) -> tuple[Raw, BaseOnDay, TitleOnDay]:
    """Return a base's record as it is now, as it stood at the end of a day, and its title on it. Raises Missing."""
    now, deleted = read_base_ever(base_id, actor)
    with reachable():
        edits, decisions = edits_of_base(base_id), decisions_of_base(base_id)
    on_day = base_at_end_of(now, deleted=deleted, edits=edits, day=day)
    recorded = (on_day.values or {}).get("status", "")
    return now, on_day, title_on(now, decisions, day, recorded)


# --- Its indicators on the day -----------------------------------------------------------------


def with_own_values(facts: Facts, values: Mapping[str, Any]) -> Facts:
    """Return facts with what the base itself said on a day: run since, staff, online system, registration."""
    since = _day(values.get("operating_since"))
    functions = {
        function: {
            figure: int(bool(values.get("online_system"))) if figure is Figure.ONLINE else value
            for figure, value in facts.functions.get(function, {}).items()
        }
        for function in ServiceFunction
    }
    typed = values.get("service_staff")
    return replace(
        facts, operating_since=since, staff=facts.staff if facts.staff_listed else typed or 0, staff_typed=typed,
        functions=functions,
        registration=registration_of(values),
    )  # fmt: skip


def indicators_on(base_id: ObjectId, on_day: BaseOnDay, *, actor: Actor) -> tuple[Assessment, bool] | None:
    """Return the assessment of a day under the rule set of that day, and whether that was really in force.

    The base's own values are those of the day (or the first on record), companies and ledger those recorded now.
    None for a base that is deleted now.
    """
    with reachable():
        counted = facts_of(on_day.day.year, today=on_day.day, actor=actor, bases=[base_id])
        measures, is_in_force = set_in_force(on_day.day, Level.CITY)
    if not counted:
        return None
    facts = with_own_values(counted[0].facts, on_day.first if on_day.values is None else on_day.values)
    return assess(facts, measures), is_in_force
