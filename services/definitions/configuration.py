"""The whole configuration of an office: read as one file's content, and taken from one, in one transaction.

What the file does not know of stays as it is: taking a file deletes nothing.
"""

import hashlib
from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from pymongo.client_session import ClientSession

from documents.assessment.rule_set import refresh_rule_sets
from documents.definitions.own_collection import OwnCollectionRow
from documents.definitions.own_field import SHIPPED, OwnFieldRow
from documents.desk.settings import OFFICE, OfficeSettings, refresh_settings
from documents.desk.user import User
from documents.records.county import County, facts_of
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Refused, Stale
from rules.words import N_
from schema.definitions.configuration import Configuration, of_entry, written
from schema.definitions.own_collections import PREFIX, own_collection_of
from schema.definitions.own_fields import OwnField, own_field_of
from schema.settings import SettingValues
from services.assessment.rule_sets import put_rule_sets, sets_configured
from services.definitions.comparison import SETTING_LABELS, Comparison, by_collection, compared
from services.definitions.conditions import put_conditions
from services.definitions.formulas import conditions_stored
from services.definitions.own_collections import follow_own_collections, put_own_collections
from services.definitions.own_fields import put_own_fields
from services.desk.counties import follow_counties, put_counties
from services.desk.settings import put_settings
from services.desk.working_days import put_years, years_configured
from services.hooks.hooks import hooks_defined, put_hooks
from services.publication.paper_templates import put_templates, templates_in_use, try_templates
from services.records.saved_views import put_views
from services.records.statuses import put_statuses, statuses_by_code
from services.shared.unit_of_work import UnitOfWork, after_commit, in_one_transaction

_Entries = TypeVar("_Entries")
CHANGED_HERE = N_("Something here has been changed meanwhile: look at what the file would change now.")


def read_configuration(*, actor: Actor) -> Configuration:
    """Return the office's configuration. Raises NotAllowed, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    with reachable():
        return _stored(actor)


def _stored(actor: Actor, session: ClientSession | None = None) -> Configuration:
    counties = {raw["_id"]: facts_of(raw) for raw in County.read_all(session)}
    collections = [row for row in OwnCollectionRow.stored(session) if not row.get("deleted")]
    # What hangs on a collection that was deleted comes back with it here, and is nothing to another office.
    there = {name for name in SHIPPED if not name.startswith(PREFIX)} | {row["_id"] for row in collections}
    fields: dict[str, dict[str, OwnField]] = {}
    for name in sorted(there):
        rows = [row for row in OwnFieldRow.of_collection(name, session) if not row.get("deleted")]
        # What changed its kind here is another field's story: the file holds the fields that are in force.
        present = (own_field_of(row["field"]) for row in rows)
        settled = (replace(one, follows="", changing="") for one in present if not one.is_set_aside)
        own = sorted(settled, key=lambda one: (one.order, one.key))
        if own:
            fields[name] = {one.key: one for one in own}
    rule_sets, moved = sets_configured(session)
    return Configuration(
        settings=SettingValues(OfficeSettings.read(OFFICE, actor, session)["values"]).by_key(),
        counties=dict(sorted(counties.items(), key=lambda pair: (pair[1].order, pair[0]))),
        collections={own.word: own for own in (own_collection_of(row["collection"]) for row in collections)},
        fields=fields,
        conditions=_of(there, by_collection(conditions_stored(session))),
        statuses=_of(there, statuses_by_code(session)),
        working_years=years_configured(session),
        rule_sets=rule_sets,
        moved_rule_sets=moved,
        templates=templates_in_use(session),
        hooks={
            name: hook for name, hook in hooks_defined(session).items() if not hook.of or hook.of in there
        },
        views={user: _of(there, lists) for user, lists in User.views_by_name(session).items()},
    )


def _of(there: Container[str], entries: Mapping[str, _Entries]) -> dict[str, _Entries]:
    """Return the entries of the collections that are there."""
    return {name: of for name, of in entries.items() if name in there or not name.startswith(PREFIX)}


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

    try_templates(configuration.templates)

    def work(uow: UnitOfWork) -> tuple[Comparison, bool, tuple[str, ...]]:
        uow.hold()
        here = _stored(actor, uow.session)
        difference = Comparison(compared(here, configuration), _fingerprint(here))
        if seen is not None and seen != difference.seen:
            raise Stale(CHANGED_HERE)
        _put_settings(uow, configuration.settings)
        searched = put_counties(uow, configuration.counties.values())
        put_years(uow, configuration.working_years)
        put_rule_sets(uow, configuration.rule_sets, configuration.moved_rule_sets)
        put_templates(uow, configuration.templates)
        new, changed = put_own_collections(uow, configuration.collections.values(), configuration.statuses)
        together = {**new, **changed}
        put_statuses(uow, configuration.statuses, new)
        put_own_fields(
            uow, (own for each in configuration.fields.values() for own in each.values()), together
        )
        put_conditions(
            uow, (one for each in configuration.conditions.values() for one in each.values()), together
        )
        put_hooks(uow, configuration.hooks, new)
        for user, lists in configuration.views.items():
            put_views(uow, user, lists)
        if dry_run:
            raise _Undone(difference)
        return difference, searched, tuple(new)

    try:
        difference, searched, new = in_one_transaction(work, actor=actor, now=now)
    except _Undone as undone:
        return undone.difference
    with after_commit("settings in force"), reachable():
        refresh_settings()
    with after_commit("rule sets in force"), reachable():
        refresh_rule_sets()
    follow_counties(searched=searched)
    follow_own_collections(new)
    return difference


class _Undone(Exception):
    """A trial is over; its transaction is not to be committed."""

    def __init__(self, difference: Comparison) -> None:
        super().__init__()
        self.difference = difference


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
                for reason in of_entry(SETTING_LABELS.get(each.field or "", ""), [each])
            )
        ) from refused
