"""Charts of somebody's own: made over a list, changed, deleted; each act stands in the trail."""

from collections.abc import Collection as Several
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from bson import ObjectId

from documents.desk.audit_entry import Change
from documents.overview.own_chart import COLLECTION, OwnChart, StoredChart
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Missing, NotAllowed, Refusal, Refused, Stale
from rules.requests.origin import one_line
from rules.words import N_
from schema.collection import Collection
from schema.field import Field, Kind
from schema.registry import REGISTRY
from services.records.saved_views import MOST_QUERY
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

MOST_CHARTS = 50  # of one user
MOST_PINNED = 6  # that one page shows
LONGEST_NAME = 60
ON_TODAY, ON_OVERVIEW = "on_today", "on_overview"  # where a chart may stand
_WORDS = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.STATUS, Kind.YES_NO, Kind.COUNTY})
_DAYS = frozenset({Kind.DATE, Kind.MOMENT})
NO_NAME = N_("Please give the chart a name of at most %(most)d characters.")
NO_LIST = N_("There is no such list for you.")
NO_GROUP = N_("Choose by what the chart counts.")
NO_MEASURE = N_("Choose what the chart counts or adds up.")
TOO_MANY = N_("You have %(most)d charts already. Please delete one first.")
LONG_FILTER = N_("The filter of the list is too long to be kept.")
NOT_YOURS = N_("Only who made a chart may change or delete it.")


@dataclass(frozen=True)
class Group:
    """What a chart may count by: a field, and how its days are cut ("" for words and records)."""

    field: Field
    cut: str = ""

    @property
    def code(self) -> str:
        """How it is stored and sent."""
        return f"{self.field.key}:{self.cut}" if self.cut else self.field.key


@dataclass(frozen=True)
class ChartValues:
    """What somebody says of a chart; as `documents.overview.own_chart.StoredChart` has it."""

    name: str
    of: str
    query: str
    group: str
    measure: str
    shared: bool = False
    on_today: bool = False
    on_overview: bool = False


def listed(name: str, actor: Actor) -> Collection | None:
    """Return a list as an actor's role knows it; None where it may not be seen."""
    declaration = next((one for one in REGISTRY.listed_for(actor) if one.name == name), None)
    return declaration and declaration.seen_by(actor)


def groups_of(declaration: Collection, filters: Several[str]) -> tuple[Group, ...]:
    """Return what a list may be counted by: words, days by month and year, records; what its address can name."""
    found: list[Group] = []
    for one in declaration.fields:
        if not one.stored or one.personal or (one.key not in filters and one.kind is not Kind.COUNTY):
            continue
        if one.kind in _WORDS or (one.refers_to and one.kind is Kind.REFERENCE):
            found.append(Group(one))
        elif one.kind in _DAYS:
            found += [Group(one, "month"), Group(one, "year")]
    return tuple(found)


def measures_of(declaration: Collection) -> tuple[Field, ...]:
    """Return the numbers that may be added up."""
    kinds = (Kind.INTEGER, Kind.DECIMAL)
    return tuple(one for one in declaration.fields if one.stored and one.exported and one.kind in kinds)


def charts_of(actor: Actor, place: str = "") -> list[StoredChart]:
    """Return the charts that an actor may see, over lists that it may see; of a place those that it shows.

    今日 shows the own ones and those shared by users of the own level: of the city, or of the own county.
    """
    with reachable():
        rows = OwnChart.visible_to(actor, place)
    if place == ON_TODAY:
        level = actor.county or ""
        rows = [raw for raw in rows if raw["owner"] == actor.id or raw.get("county", "") == level]
    return [raw for raw in rows if listed(raw["of"], actor) is not None][: MOST_PINNED if place else None]


def read_chart(chart_id: ObjectId, *, actor: Actor) -> StoredChart:
    """Return a chart that an actor may see. Raises Missing."""
    with reachable():
        raw = OwnChart.read(chart_id, actor)
    if listed(raw["of"], actor) is None:
        raise Missing()
    return cast("StoredChart", raw)


def make_chart(values: ChartValues, filters: Several[str], *, actor: Actor, now: datetime) -> ObjectId:
    """Make a chart; `filters` are those that the list's address knows. Raises Refused, NotAllowed."""
    actor.demand(Permission.WRITE)
    _demand(values, filters, actor)

    def work(uow: UnitOfWork) -> ObjectId:
        if OwnChart.count_of(actor.id, uow.session) >= MOST_CHARTS:
            raise Refused(Refusal(TOO_MANY, {"most": MOST_CHARTS}, "name"))
        whose = {"owner": actor.id, "owner_name": actor.name, "county": actor.county or ""}
        raw = uow.save(OwnChart, None, {**_stored(values), **whose})
        uow.record("created", COLLECTION, raw["_id"], raw["name"], counties=_counties(actor))
        return ObjectId(raw["_id"])

    return in_one_transaction(work, actor=actor, now=now)


def change_chart(
    chart_id: ObjectId, values: ChartValues, filters: Several[str], *, version: int, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """Change one's own chart. Raises Refused, NotAllowed, Stale, Missing."""
    actor.demand(Permission.WRITE)
    _demand(values, filters, actor)

    def work(uow: UnitOfWork) -> None:
        before = _own(uow, chart_id, version)
        after = uow.save(OwnChart, before, {**before, **_stored(values)})
        changes = [Change(key, str(before.get(key, "")), str(after.get(key, ""))) for key in _stored(values)]
        changed = [one for one in changes if one.old != one.new]
        uow.record("changed", COLLECTION, chart_id, after["name"], counties=_counties(actor), changes=changed)

    in_one_transaction(work, actor=actor, now=now)


def delete_chart(chart_id: ObjectId, *, version: int, actor: Actor, now: datetime) -> None:
    """Take one's own chart away. Raises NotAllowed, Stale, Missing."""
    actor.demand(Permission.WRITE)

    def work(uow: UnitOfWork) -> None:
        before = _own(uow, chart_id, version)
        if not OwnChart.remove(chart_id, version, uow.session):
            raise Stale()
        uow.record("deleted", COLLECTION, chart_id, str(before["name"]), counties=_counties(actor))

    in_one_transaction(work, actor=actor, now=now)


def is_own(raw: StoredChart, actor: Actor) -> bool:
    """Tell whether an actor may change a chart: its owner, and an administrator where it is shared."""
    return raw["owner"] == actor.id or (raw.get("shared", False) and actor.may(Permission.MANAGE_OFFICE))


def _own(uow: UnitOfWork, chart_id: ObjectId, version: int) -> StoredChart:
    before = cast("StoredChart", OwnChart.read(chart_id, uow.actor, uow.session))
    if not is_own(before, uow.actor):
        raise NotAllowed(NOT_YOURS)
    if before["version"] != version:
        raise Stale()
    return before


def _demand(values: ChartValues, filters: Several[str], actor: Actor) -> None:
    refusals, name = [], values.name.strip()
    declaration = listed(values.of, actor)
    if not name or len(name) > LONGEST_NAME or one_line(name, LONGEST_NAME) != name:
        refusals.append(Refusal(NO_NAME, {"most": LONGEST_NAME}, "name"))
    if len(values.query) > MOST_QUERY:
        refusals.append(Refusal(LONG_FILTER, field="name"))
    if declaration is None:
        refusals.append(Refusal(NO_LIST, field="group"))
    else:
        if values.group not in {one.code for one in groups_of(declaration, filters)}:
            refusals.append(Refusal(NO_GROUP, field="group"))
        if values.measure and values.measure not in {one.key for one in measures_of(declaration)}:
            refusals.append(Refusal(NO_MEASURE, field="measure"))
    if refusals:
        raise Refused(*refusals)


def _counties(actor: Actor) -> tuple[str, ...]:
    return (actor.county,) if actor.county else ()


def _stored(values: ChartValues) -> dict[str, object]:
    return {
        "name": values.name.strip(), "of": values.of, "query": values.query, "group": values.group,
        "measure": values.measure, "shared": values.shared, "on_today": values.on_today,
        "on_overview": values.on_overview,
    }  # fmt: skip
