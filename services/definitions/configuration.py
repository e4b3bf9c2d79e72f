"""The whole configuration of an office: read as one file's content, and taken from one, in one transaction.

What the file does not know of stays as it is: taking a file deletes nothing.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pymongo.client_session import ClientSession

from documents.definitions.own_collection import OwnCollectionRow
from documents.definitions.own_field import SHIPPED, OwnFieldRow
from documents.desk.settings import OFFICE, OfficeSettings, refresh_settings
from documents.desk.user import User
from documents.records.county import County, facts_of
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.counties import LABELS as COUNTY_LABELS
from rules.counties import CountyFacts
from rules.errors import Refused, Stale
from rules.words import N_
from schema.definitions.conditions import LABELS as CONDITION_LABELS
from schema.definitions.conditions import OwnCondition
from schema.definitions.configuration import (
    Configuration,
    Difference,
    Entry,
    Outcome,
    differences,
    of_entry,
    written,
)
from schema.definitions.own_collections import LABELS as COLLECTION_LABELS
from schema.definitions.own_collections import OwnCollection, own_collection_of
from schema.definitions.own_fields import LABELS as OWN_FIELD_LABELS
from schema.definitions.own_fields import OwnField, own_field_of
from schema.definitions.plain_values import plain_of
from schema.registry import REGISTRY
from schema.settings import SETTINGS, SettingValues
from services.definitions.conditions import put_conditions
from services.definitions.formulas import conditions_stored
from services.definitions.own_collections import follow_own_collections, put_own_collections
from services.definitions.own_fields import put_own_fields
from services.desk.counties import follow_counties, put_counties, with_spellings
from services.desk.settings import put_settings
from services.records.saved_views import put_views
from services.shared.unit_of_work import UnitOfWork, after_commit, in_one_transaction

_NOBODY = N_("nobody of this name is here")
_SETTING_LABELS = {setting.key: setting.label for setting in SETTINGS}
CHANGED_HERE = N_("Something here has been changed meanwhile: look at what the file would change now.")
UNKNOWN_SETTING = N_("This program has no setting “%(key)s”.")


@dataclass(frozen=True)
class PartOf:
    """A part of the configuration: its title, and what its values are called, both message ids; how it differs."""

    name: str
    title: str
    labels: Mapping[str, str]
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Comparison:
    """What a file would change, part by part; `seen` tells this state of the office's configuration from any other."""

    parts: tuple[PartOf, ...]
    seen: str

    @property
    def moves(self) -> int:
        """How many entries taking the file writes."""
        moving = (Outcome.ADDED, Outcome.CHANGED)
        return sum(each.outcome in moving for part in self.parts for each in part.differences)


def read_configuration(*, actor: Actor) -> Configuration:
    """Return the office's configuration. Raises NotAllowed, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    with reachable():
        return _stored(actor)


def _stored(actor: Actor, session: ClientSession | None = None) -> Configuration:
    counties = {raw["_id"]: facts_of(raw) for raw in County.read_all(session)}
    collections = [row for row in OwnCollectionRow.stored(session) if not row.get("deleted")]
    fields: dict[str, dict[str, OwnField]] = {}
    for name in SHIPPED:
        rows = [row for row in OwnFieldRow.of_collection(name, session) if not row.get("deleted")]
        # What changed its kind here is another field's story: the file holds the fields that are in force.
        present = (own_field_of(row["field"]) for row in rows if not row["field"].get("replaced"))
        settled = (replace(one, follows="", changing="") for one in present)
        own = sorted(settled, key=lambda one: (one.order, one.key))
        if own:
            fields[name] = {one.key: one for one in own}
    return Configuration(
        settings=SettingValues(OfficeSettings.read(OFFICE, actor, session)["values"]).by_key(),
        counties=dict(sorted(counties.items(), key=lambda pair: (pair[1].order, pair[0]))),
        collections={own.word: own for own in (own_collection_of(row["collection"]) for row in collections)},
        fields=fields,
        conditions=_by_collection(conditions_stored(session)),
        views=User.views_by_name(session),
    )


def take_configuration(
    configuration: Configuration,
    *,
    seen: str | None = None,
    dry_run: bool = False,
    actor: Actor,
    now: datetime,
) -> Comparison:
    """Add and change here what the file says, all or nothing; return what was, or with `dry_run` would be, written.

    `seen` is of the comparison that was looked at. Raises NotAllowed, Stale where something here has changed since,
    Refused with what is in the way, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> tuple[Comparison, bool, tuple[str, ...]]:
        uow.hold()
        here = _stored(actor, uow.session)
        compared = Comparison(_compared(here, configuration), _fingerprint(here))
        if seen is not None and seen != compared.seen:
            raise Stale(CHANGED_HERE)
        _put_settings(uow, configuration.settings)
        searched = put_counties(uow, configuration.counties.values())
        new = put_own_collections(uow, configuration.collections.values())
        put_own_fields(uow, (own for each in configuration.fields.values() for own in each.values()), new)
        put_conditions(uow, (one for each in configuration.conditions.values() for one in each.values()), new)
        for user, lists in configuration.views.items():
            put_views(uow, user, lists)
        if dry_run:
            raise _Undone(compared)
        return compared, searched, tuple(new)

    try:
        compared, searched, new = in_one_transaction(work, actor=actor, now=now)
    except _Undone as undone:
        return undone.compared
    with after_commit("settings in force"), reachable():
        refresh_settings()
    follow_counties(searched=searched)
    follow_own_collections(new)
    return compared


class _Undone(Exception):
    """A trial is over; its transaction is not to be committed."""

    def __init__(self, compared: Comparison) -> None:
        super().__init__()
        self.compared = compared


def _fingerprint(configuration: Configuration) -> str:
    return hashlib.sha256(written(configuration).encode()).hexdigest()


def _put_settings(uow: UnitOfWork, values: Mapping[str, int | str]) -> None:
    try:
        put_settings(uow, OfficeSettings.read(OFFICE, uow.actor, uow.session), values)
    except Refused as refused:
        raise Refused(
            *(
                reason
                for each in refused.refusals
                for reason in of_entry(_SETTING_LABELS.get(each.field or "", ""), [each])
            )
        ) from refused


def _compared(here: Configuration, wanted: Configuration) -> tuple[PartOf, ...]:
    for key in wanted.settings:
        if key not in _SETTING_LABELS:
            raise Refused(UNKNOWN_SETTING, key=key[:60])
    return (
        PartOf(
            "settings", N_("Office settings"), {"value": ""},
            differences(_settings(here.settings), _settings(wanted.settings)),
        ),
        PartOf(
            "counties", N_("Counties"), COUNTY_LABELS,
            differences(_counties(here.counties), _counties(wanted.counties)),
        ),
        PartOf(
            "collections", N_("Collections of your own"), COLLECTION_LABELS,
            differences(_collections(here.collections), _collections(wanted.collections)),
        ),
        PartOf(
            "fields", N_("Fields of your own"), OWN_FIELD_LABELS,
            differences(_fields(here.fields), _fields(wanted.fields, wanted.collections)),
        ),
        PartOf(
            "conditions", N_("Rules and colours"), CONDITION_LABELS,
            differences(_conditions(here.conditions), _conditions(wanted.conditions)),
        ),
        PartOf("views", N_("Saved views"), {"query": N_("Address")}, _differing_views(here.views, wanted.views)),
    )  # fmt: skip


def _settings(values: Mapping[str, int | str]) -> dict[str, Entry]:
    return {key: Entry(_SETTING_LABELS[key], {"value": value}) for key, value in values.items()}


def _counties(counties: Mapping[str, CountyFacts]) -> dict[str, Entry]:
    return {code: Entry(county.name, plain_of(with_spellings(county))) for code, county in counties.items()}


def _collections(collections: Mapping[str, OwnCollection]) -> dict[str, Entry]:
    return {word: Entry(own.label, _flat(own)) for word, own in collections.items()}


def _flat(own: OwnCollection) -> dict[str, Any]:
    """Return a collection's values with one for each role's rights, sorted as they are written."""
    values = plain_of(own)
    return {**values, **{f"rights_{role}": acts for role, acts in values.pop("rights").items()}}


def _by_collection(conditions: Iterable[OwnCondition]) -> dict[str, dict[str, OwnCondition]]:
    found: dict[str, dict[str, OwnCondition]] = {}
    for one in sorted(conditions, key=lambda one: (one.collection, one.key)):
        found.setdefault(one.collection, {})[one.key] = one
    return found


def _conditions(conditions: Mapping[str, Mapping[str, OwnCondition]]) -> dict[str, Entry]:
    return {
        f"{collection}.{key}": Entry(one.sentence, plain_of(one))
        for collection, each in conditions.items()
        for key, one in each.items()
    }


def _fields(
    fields: Mapping[str, Mapping[str, OwnField]], new: Mapping[str, OwnCollection] = {}
) -> dict[str, Entry]:
    titles = {own.name: own.label for own in new.values()}
    titles |= {name: bare.title for name, bare in SHIPPED.items()}
    return {
        f"{collection}.{key}": Entry(f"{titles.get(collection, collection)}：{own.label}", plain_of(own))
        for collection, each in fields.items()
        for key, own in each.items()
    }


_Views = Mapping[str, Mapping[str, Mapping[str, str]]]


def _differing_views(here: _Views, wanted: _Views) -> tuple[Difference, ...]:
    found = differences(_views(here), _views({name: each for name, each in wanted.items() if name in here}))
    left = [
        Difference(key, entry.label, Outcome.LEFT, reason=_NOBODY)
        for key, entry in _views({name: each for name, each in wanted.items() if name not in here}).items()
    ]
    return (*found, *left)


def _views(views: _Views) -> dict[str, Entry]:
    return {
        f"{user}/{collection}/{name}": Entry(f"{user}：{_list_title(collection)}“{name}”", {"query": query})
        for user, lists in views.items()
        for collection, named in lists.items()
        for name, query in named.items()
    }


def _list_title(collection: str) -> str:
    declaration = REGISTRY.get(collection)
    return declaration.title if declaration else collection
