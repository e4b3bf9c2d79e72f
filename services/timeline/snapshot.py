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

from documents.desk.audit_entry import AuditEntry
from documents.records.base import Base
from documents.records.recycled import Recycled
from documents.revocation.decision import Decision
from documents.server.connection import reachable
from office.excel.cell_dates import OFFICE_TIME
from rules.access import Actor
from rules.assessment import Assessment, Facts, assess
from rules.choices import ServiceFunction
from rules.decisions import TITLE_AFTER, DecisionKind, DecisionState
from rules.errors import Missing
from rules.measures import Figure, Level
from schema.bases import BASES
from services.assessment.assess import facts_of
from services.assessment.rule_sets import set_in_force
from services.shared.office_day import office_day

COLLECTION = "bases"
# What is rebuilt: what a clerk's save may change, and what follows from it.
KEYS = (*BASES.typed_keys, "former_names", "certificate_number")
_LOST = ("revoked", "cancelled")
_EVER = datetime.min.replace(tzinfo=OFFICE_TIME)
Raw = dict[str, Any]
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Stood:
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


def plain(values: Mapping[str, Any]) -> Raw:
    """Return the rebuilt keys of a stored record; what is blank has no key."""
    return {key: values[key] for key in KEYS if values.get(key) not in (None, "", [])}


def rewound(values: Raw, *, there: bool, entries: Iterable[Entry], limit: datetime) -> tuple[Raw, bool, bool]:
    """Undo acts, the latest first, down to the first one before `limit`.

    Return the values then, whether the record was there, and whether such an act was found at all. A record that is not
    there is told with the values that came back out of the recycle bin, or with those it was first recorded with.
    """
    found = dict(values)
    for entry in entries:
        if entry["at"] < limit:
            return found, there, True
        if entry["action"] in ("created", "restored"):
            there = False
        elif entry["action"] == "deleted":
            there = True  # the bin keeps it as it was
        elif entry["action"] == "changed":
            for change in entry.get("changes", ()):
                _put(found, change["field"], change["old"])
    return found, False, False


def _put(values: Raw, key: str, value: Any) -> None:
    if key not in KEYS:
        return
    if value is None:
        values.pop(key, None)
    else:
        values[key] = value


def stood(now: Mapping[str, Any], *, deleted: bool, entries: Sequence[Entry], day: date) -> Stood:
    """Return a base as it stood at the end of a day, from how it stands now and its entries, the latest first.

    `deleted`: it is in the recycle bin now, and `now` is what lies there.
    """
    there, kept = not deleted, plain(now)
    values, was_there, reached = rewound(kept, there=there, entries=entries, limit=end_of(day))
    first, _, _ = rewound(kept, there=there, entries=entries, limit=_EVER)
    begun = next((entry["at"] for entry in reversed(entries) if entry["action"] == "created"), None)
    recorded = office_day(begun) if begun else None
    return Stood(day, values if was_there else None, first, recorded, deleted=reached and not was_there)


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
    base: Mapping[str, Any], decisions: Iterable[Mapping[str, Any]], day: date, recorded: str = ""
) -> TitleOnDay:
    """Return the title on a day, from the base's terms and the decisions on it, whenever they were entered.

    A term counts from the day of its announcement: what was announced later was no title yet. `recorded` is the
    status that the record bore on the day, for a title that was taken away by hand, without a decision here.
    """
    begun = [one for one in _terms(base) if one.announced_on is not None and one.announced_on <= day]
    if not begun:
        return TitleOnDay("uncertified")
    term = max(begun, key=lambda one: (one.announced_on or date.min, one.last_day or date.min))
    status = "expired" if term.last_day and term.last_day < day else "certified"
    decided = [one for one in decisions if one["state"] == DecisionState.DECIDED.value and one.get("dated")]
    made = [one for one in decided if (term.announced_on or date.min) <= _day(one["dated"]) <= day]
    if made:
        last = max(made, key=lambda one: (one["dated"], one["_id"]))
        after = TITLE_AFTER[next(kind for kind in DecisionKind if kind.value == last["kind"])]
        return replace(term, status=after if after in _LOST else status)
    if decided or base.get("status") not in _LOST or _day(base.get("announced_on")) != term.announced_on:
        return replace(term, status=status)
    if recorded:
        return replace(term, status=recorded if recorded in _LOST else status)
    return replace(term, status=status, unsure=True)


def _terms(base: Mapping[str, Any]) -> list[TitleOnDay]:
    return [
        TitleOnDay(
            "certified",
            _day(one.get("title_first_day")),
            _day(one.get("title_last_day")),
            one.get("document_number") or "",
            _day(one.get("announced_on")),
        )
        for one in (*base.get("earlier_terms", ()), base)
    ]


def _day(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


# --- Reading -----------------------------------------------------------------------------------


def read_base_ever(base_id: ObjectId, actor: Actor) -> tuple[Raw, bool]:
    """Return a base's record, from the recycle bin if it is there, and whether it is. Raises Missing."""
    with reachable():
        raw = Base.collection().find_one({"_id": base_id})
        if raw is not None:
            kept, deleted = dict(raw), False
        else:
            binned = Recycled._get_collection().find_one({"collection": COLLECTION, "record_id": base_id})
            if binned is None:
                raise Missing()
            kept, deleted = dict(binned["document"]), True
    if not Base.is_visible(kept, actor):
        raise Missing()
    return kept, deleted


def entries_of_base(base_id: ObjectId) -> list[dict[str, Any]]:
    """Return everything that happened to a base's record, the latest first."""
    wanted = {"collection": COLLECTION, "record_id": base_id}
    keys = {"at": 1, "action": 1, "changes": 1}
    with reachable():
        return list(AuditEntry._get_collection().find(wanted, keys).sort("_id", -1))


def base_on(base_id: ObjectId, day: date, *, actor: Actor) -> tuple[Raw, Stood, TitleOnDay]:
    """Return a base's record as it is now, as it stood at the end of a day, and its title on it. Raises Missing."""
    now, deleted = read_base_ever(base_id, actor)
    found = stood(now, deleted=deleted, entries=entries_of_base(base_id), day=day)
    with reachable():
        keys = {"kind": 1, "state": 1, "dated": 1}
        decisions = list(Decision.collection().find({"base": base_id}, keys))
    recorded = (found.values or {}).get("status", "")
    return now, found, title_on(now, decisions, day, recorded)


# --- Its indicators on the day -----------------------------------------------------------------


def with_own_values(facts: Facts, values: Mapping[str, Any]) -> Facts:
    """Return facts with what the base itself said on a day: run since, staff, the online system."""
    since = _day(values.get("operating_since"))
    own = {
        function: {
            figure: int(bool(values.get("online_system"))) if figure is Figure.ONLINE else value
            for figure, value in facts.functions.get(function, {}).items()
        }
        for function in ServiceFunction
    }
    return replace(facts, operating_since=since, staff=values.get("service_staff") or 0, functions=own)


def indicators_on(base_id: ObjectId, found: Stood, *, actor: Actor) -> tuple[Assessment, bool] | None:
    """Return the assessment of a day under the rule set of that day, and whether that was really in force.

    The base's own values are those of the day (or the first on record), companies and ledger those recorded now.
    None for a base that is deleted now.
    """
    with reachable():
        counted = facts_of(found.day.year, today=found.day, actor=actor, bases=[base_id])
        measures, really = set_in_force(found.day, Level.CITY)
    if not counted:
        return None
    facts = with_own_values(counted[0].facts, found.first if found.values is None else found.values)
    return assess(facts, measures), really
