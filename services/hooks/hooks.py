"""Web hooks as administrators keep them: made, changed, switched off and on, given another secret, deleted."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId
from pymongo.client_session import ClientSession

from documents.desk.audit_entry import Change, read_head
from documents.hooks.delivery import StoredDelivery, WebHookDelivery
from documents.hooks.web_hook import COLLECTION, StoredHook, WebHook
from documents.records.status import Status
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Refusal, Refused, Stale
from rules.requests.origin import one_line
from rules.requests.web_hooks import LONGEST_NAME, MOST_HOOKS, HookEvent, refusals_of_url
from rules.words import N_
from schema.definitions.configuration import of_entry
from schema.definitions.configured import HookDefinition, without_query
from schema.registry import REGISTRY
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_MOST_DELIVERIES = 50
NO_NAME = N_("Please give the web hook a name of at most %(most)d characters.")
NO_COLLECTION = N_("Choose one from the list.")
NO_EVENT = N_("Choose at least one event.")
NO_STATUS = N_("Choose the status, one of this collection.")
WRONG_NAME = N_("The name stands otherwise in the entry.")
TOO_MANY = N_("There are %(most)d web hooks already.")


@dataclass(frozen=True)
class HookValues:
    """What an administrator says: `of` is a collection's stored name, `status` a code where that event is chosen."""

    name: str
    url: str
    of: str
    events: Collection[str]
    status: str
    enabled: bool


def list_hooks(actor: Actor) -> list[StoredHook]:
    """Return all web hooks. Raises NotAllowed."""
    actor.demand(Permission.MANAGE_OFFICE)
    with reachable():
        return WebHook.in_order()


def read_hook(hook_id: ObjectId, actor: Actor) -> tuple[StoredHook, list[StoredDelivery]]:
    """Return a web hook and its latest deliveries. Raises NotAllowed, Missing."""
    actor.demand(Permission.MANAGE_OFFICE)
    with reachable():
        hook: StoredHook = WebHook.read(hook_id, actor)  # type: ignore[assignment]
        return hook, WebHookDelivery.latest_of(hook_id, _MOST_DELIVERIES)


def make_hook(values: HookValues, statuses: Collection[str], *, actor: Actor, now: datetime) -> StoredHook:
    """Make a web hook, told of what happens from now on. `statuses` are the collection's. Raises Refused."""
    actor.demand(Permission.MANAGE_OFFICE)
    _demand(values, statuses)

    def work(uow: UnitOfWork) -> StoredHook:
        if len(WebHook.in_order(uow.session)) >= MOST_HOOKS:
            raise Refused(Refusal(TOO_MANY, {"most": MOST_HOOKS}, "name"))
        raw = uow.save(WebHook, None, _fresh(values, uow))
        _record(uow, "created", {}, raw)
        return raw  # type: ignore[return-value]

    return in_one_transaction(work, actor=actor, now=now)


def change_hook(
    hook_id: ObjectId,
    values: HookValues,
    statuses: Collection[str],
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change a web hook; one that is switched on again goes on where it stopped. Raises Refused, Stale, Missing."""
    actor.demand(Permission.MANAGE_OFFICE)
    _demand(values, statuses)

    def work(uow: UnitOfWork) -> None:
        before = _read(uow, hook_id, version)
        after = {**before, **_stored(values), "failures": 0, "next_at": uow.now}
        if values.enabled:
            after.pop("stopped_at", None)
        _record(uow, "changed", before, uow.save(WebHook, before, after))

    in_one_transaction(work, actor=actor, now=now)


def renew_secret(hook_id: ObjectId, *, version: int, actor: Actor, now: datetime) -> StoredHook:
    """Give a web hook another secret; the one before signs nothing more. Raises Stale, Missing."""
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> StoredHook:
        before = _read(uow, hook_id, version)
        raw = uow.save(WebHook, before, {**before, "salt": secrets.token_urlsafe(16)})
        uow.record("web-hook-secret", COLLECTION, hook_id, raw["name"])
        return raw  # type: ignore[return-value]

    return in_one_transaction(work, actor=actor, now=now)


def delete_hook(hook_id: ObjectId, *, version: int, actor: Actor, now: datetime) -> None:
    """Take a web hook away; what it was not told yet it is not told. Raises Stale, Missing."""
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> None:
        before = _read(uow, hook_id, version)
        if not WebHook.remove(hook_id, version, uow.session):
            raise Stale()
        uow.record("deleted", COLLECTION, hook_id, str(before["name"]))

    in_one_transaction(work, actor=actor, now=now)


def hooks_defined(session: ClientSession | None = None) -> dict[str, HookDefinition]:
    """Return every web hook as a configuration's file has it, by name, further ones of one name as name#2."""
    return {name: _definition(hook) for name, hook in _by_name(session).items()}


def _by_name(session: ClientSession | None) -> dict[str, StoredHook]:
    found: dict[str, StoredHook] = {}
    for hook in WebHook.in_order(session):
        name = hook["name"]
        names = (name, *(f"{name}#{number}" for number in range(2, MOST_HOOKS + 2)))
        found[next(one for one in names if one not in found)] = hook
    return found


def _definition(hook: StoredHook) -> HookDefinition:
    events = frozenset(event for event in HookEvent if event.value in hook["events"])
    return HookDefinition(
        hook["name"], without_query(hook["url"]), hook["of"], events, hook.get("status") or ""
    )


def put_hooks(uow: UnitOfWork, wanted: Mapping[str, HookDefinition], new: Collection[str]) -> None:
    """Make and change these web hooks. One that is made is switched off, with a secret of its own.

    `new` are own collections that the same transaction makes. Raises Refused.
    """
    here = _by_name(uow.session)
    if len({*here, *wanted}) > MOST_HOOKS:
        raise Refused(TOO_MANY, most=MOST_HOOKS)
    for name, given in wanted.items():
        before = here.get(name)
        if before is not None and _definition(before) == given:
            continue
        url = given.url
        if before is not None and without_query(before["url"]) == url:
            url = before["url"]
        events = [event.value for event in given.events]
        values = HookValues(
            given.name, url, given.of, events, given.status, bool(before and before["enabled"])
        )
        try:
            if name.removeprefix(given.name).rstrip("0123456789") not in ("", "#"):
                raise Refused(WRONG_NAME)
            _demand(values, Status.codes_of(given.of, uow.session), new)
        except Refused as refused:
            raise Refused(*of_entry(given.name or name, refused.refusals)) from refused
        if before is None:
            _record(uow, "created", {}, uow.save(WebHook, None, _fresh(values, uow)))
        else:
            old = dict(before)
            _record(uow, "changed", old, uow.save(WebHook, old, {**old, **_stored(values)}))


def _fresh(values: HookValues, uow: UnitOfWork) -> dict[str, object]:
    return {
        **_stored(values), "salt": secrets.token_urlsafe(16), "position": read_head()[0], "failures": 0,
        "next_at": uow.now,
    }  # fmt: skip


def _read(uow: UnitOfWork, hook_id: ObjectId, version: int) -> dict[str, object]:
    before = WebHook.read(hook_id, uow.actor, uow.session)
    if before["version"] != version:
        raise Stale()
    return before


def _demand(values: HookValues, statuses: Collection[str], new: Collection[str] = ()) -> None:
    refusals = list(refusals_of_url(values.url.strip()))
    name = values.name.strip()
    if not name or len(name) > LONGEST_NAME or one_line(name, LONGEST_NAME) != name:
        refusals.append(Refusal(NO_NAME, {"most": LONGEST_NAME}, "name"))
    if values.of not in {*(one.name for one in REGISTRY.listed), *new}:
        refusals.append(Refusal(NO_COLLECTION, field="of"))
    known = {event.value for event in HookEvent}
    if not values.events or set(values.events) - known:
        refusals.append(Refusal(NO_EVENT, field="events"))
    if HookEvent.STATUS.value in values.events and values.status not in statuses:
        refusals.append(Refusal(NO_STATUS, field="status"))
    if refusals:
        raise Refused(*refusals)


def _stored(values: HookValues) -> dict[str, object]:
    has_status = HookEvent.STATUS.value in values.events
    return {
        "name": values.name.strip(), "url": values.url.strip(), "of": values.of,
        "events": [event.value for event in HookEvent if event.value in values.events],
        "status": values.status if has_status else "", "enabled": values.enabled,
    }  # fmt: skip


def _record(uow: UnitOfWork, action: str, before: dict[str, object], after: dict[str, object]) -> None:
    told = ("name", "url", "of", "events", "status", "enabled")
    changes = [
        Change(key, before.get(key), after.get(key)) for key in told if before.get(key) != after.get(key)
    ]
    uow.record(action, COLLECTION, after["_id"], str(after["name"]), changes=changes)
