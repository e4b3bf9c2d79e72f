"""The office's settings: read, checked, saved; each change stands in the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from documents.desk.audit_entry import Change
from documents.desk.settings import OFFICE, OfficeSettings, refresh_settings, settings_in_force
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Refused, Stale
from schema.settings import SETTINGS, SettingValues, refusals_of_settings
from services.shared.unit_of_work import UnitOfWork, after_commit, in_one_transaction

COLLECTION = "office_settings"


def office_settings() -> SettingValues:
    """Return the settings in force: as the session of this request read them, or the start of this program."""
    return settings_in_force()


def fresh_office_settings() -> SettingValues:
    """Return the settings, read anew: for who signs in, whose session cannot have read them. Raises Unavailable."""
    with reachable():
        return refresh_settings()


def read_settings(actor: Actor) -> tuple[SettingValues, int]:
    """Return the settings as they are stored, and the version that a save must name. Raises NotAllowed, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    with reachable():
        raw = OfficeSettings.read(OFFICE, actor)
    return SettingValues(raw["values"]), raw["version"]


def save_settings(
    typed: Mapping[str, int | str], *, version: int, actor: Actor, now: datetime
) -> SettingValues:
    """Keep the settings, by key; those not named stay as they are.

    Raises Refused with a sentence for each field at fault, Stale, NotAllowed, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> None:
        before = OfficeSettings.read(OFFICE, actor, uow.session)
        if before["version"] != version:
            raise Stale()
        put_settings(uow, before, typed)

    in_one_transaction(work, actor=actor, now=now)
    with after_commit("settings in force"):
        refresh_settings()
    return settings_in_force()


def put_settings(uow: UnitOfWork, before: Mapping[str, Any], typed: Mapping[str, int | str]) -> None:
    """Write what differs from the stored document `before`. Raises Refused with a sentence for each field at fault."""
    known = {setting.key for setting in SETTINGS}
    old = SettingValues(before["values"]).by_key()
    new = SettingValues({**old, **{key: typed[key] for key in typed if key in known}})
    reasons = refusals_of_settings(new)
    if reasons:
        raise Refused(*reasons)
    changes = [Change(key, old[key], value) for key, value in new.by_key().items() if value != old[key]]
    if not changes:
        return
    held = before if before["version"] else None
    # Only what was decided is stored: a default that nobody touched may still change with a new edition.
    stored = {**before["values"], **{change.field: change.new for change in changes}}
    uow.save(OfficeSettings, held, {"_id": OFFICE, "values": stored})
    uow.record("changed", COLLECTION, OFFICE, "", changes=changes)
