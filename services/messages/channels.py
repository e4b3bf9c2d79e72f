"""Channels of messages as administrators keep them; their secrets are sealed, and never shown again."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from bson import ObjectId

from documents.desk.audit_entry import Change, read_head
from documents.messages.channel import COLLECTION, MessageChannel, StoredChannel
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Refusal, Refused, Stale
from rules.requests.messages import (
    MOST_CHANNELS,
    ChannelKind,
    ChannelValues,
    MessageEvent,
    digest_week,
    refusals_of_channel,
)
from rules.words import N_
from services.messages.sealing import seal
from services.messages.trusting import BAD_AUTHORITY, certificates_of, fingerprint_of
from services.shared.office_day import office_clock
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

TOO_MANY = N_("There are %(most)d already.")
_PLAIN = ("name", "kind", "enabled", "county", "digest", "host", "port", "security", "user", "sender")
_TOLD = (
    *_PLAIN,
    "events",
    "recipients",
    "authority",
)  # what the trail tells of; of secrets only that they are others
_SEALED = ("secret", "url", "signing")


def list_channels(actor: Actor) -> list[StoredChannel]:
    """Return all channels. Raises NotAllowed, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    with reachable():
        return MessageChannel.in_order()


def read_channel(channel_id: ObjectId, actor: Actor) -> StoredChannel:
    """Return a channel. Raises NotAllowed, Missing, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    with reachable():
        return MessageChannel.read(channel_id, actor)  # type: ignore[return-value]


def make_channel(
    values: ChannelValues, counties: Collection[str], key: str, *, actor: Actor, now: datetime
) -> ObjectId:
    """Make a channel, told of what happens from now on, its secrets sealed with the office's `key`.

    `counties` are the codes that can be chosen. Raises NotAllowed, Refused, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    values, refusals = _with_certificates(values)
    if refusals := [*refusals_of_channel(values, counties, has_secret=False, has_url=False), *refusals]:
        raise Refused(*refusals)

    def work(uow: UnitOfWork) -> ObjectId:
        if len(MessageChannel.in_order(uow.session)) >= MOST_CHANNELS:
            raise Refused(Refusal(TOO_MANY, {"most": MOST_CHANNELS}, "name"))
        fresh = {
            **_stored(values), **_sealed(values, key), "position": read_head()[0], "failures": 0,
            "next_at": uow.now, "digest_week": digest_week(office_clock(uow.now)),
        }  # fmt: skip
        raw = uow.save(MessageChannel, None, fresh)
        _record(uow, "created", {}, raw)
        return ObjectId(raw["_id"])

    return in_one_transaction(work, actor=actor, now=now)


def change_channel(
    channel_id: ObjectId,
    values: ChannelValues,
    counties: Collection[str],
    key: str,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change a channel; a secret that is blank stays, and one that is switched on again begins anew.

    Raises NotAllowed, Missing, Refused, Stale, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    values, wrong = _with_certificates(values)

    def work(uow: UnitOfWork) -> None:
        before = _read(uow, channel_id, version)
        kept = {one for one in _SEALED if before.get(one) and before["kind"] == values.kind}
        moved = _goes_elsewhere(before, values)
        has_secret, has_url = "secret" in kept and not moved, "url" in kept
        refusals = refusals_of_channel(values, counties, has_secret=has_secret, has_url=has_url)
        if refusals or wrong:
            raise Refused(*refusals, *wrong)
        after = {
            **{one: value for one, value in before.items() if one not in _SEALED or (one in kept and not moved)},
            **_stored(values), **_sealed(values, key), "failures": 0, "next_at": uow.now, "problem": "",
        }  # fmt: skip
        if values.kind == ChannelKind.MAIL.value:
            after.pop("shown_host", None)
        if values.enabled:
            after.pop("stopped_at", None)
            if not before["enabled"]:
                after |= {"position": read_head()[0], "digest_week": digest_week(office_clock(uow.now))}
        _record(uow, "changed", before, uow.save(MessageChannel, before, after))

    in_one_transaction(work, actor=actor, now=now)


def delete_channel(channel_id: ObjectId, *, version: int, actor: Actor, now: datetime) -> None:
    """Take a channel away, its secrets with it. Raises NotAllowed, Missing, Stale, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> None:
        before = _read(uow, channel_id, version)
        if not MessageChannel.remove(channel_id, version, uow.session):
            raise Stale()
        uow.record("deleted", COLLECTION, channel_id, str(before["name"]))

    in_one_transaction(work, actor=actor, now=now)


def _read(uow: UnitOfWork, channel_id: ObjectId, version: int) -> dict[str, Any]:
    before = MessageChannel.read(channel_id, uow.actor, uow.session)
    if before["version"] != version:
        raise Stale()
    return before


def _with_certificates(values: ChannelValues) -> tuple[ChannelValues, list[Refusal]]:
    """Return what is said of a channel with the certificates alone of what was put in for its authority."""
    found = certificates_of(values.authority)
    if found is None:
        return values, [Refusal(BAD_AUTHORITY, field="authority")]
    return replace(values, authority=found), []


def _goes_elsewhere(before: Mapping[str, Any], values: ChannelValues) -> bool:
    """Tell whether mail goes to another server than before: a password is not carried there."""
    is_mail = values.kind == ChannelKind.MAIL.value
    return is_mail and (before.get("host"), before.get("port")) != (values.host, values.port)


def _stored(values: ChannelValues) -> dict[str, Any]:
    stored = {one: getattr(values, one) for one in _PLAIN}
    stored["events"] = [event.value for event in MessageEvent if event.value in values.events]
    stored["recipients"] = list(values.recipients)
    stored["authority"] = values.authority
    return stored


def _sealed(values: ChannelValues, key: str) -> dict[str, str]:
    found = {one: seal(getattr(values, one), key) for one in _SEALED if getattr(values, one)}
    if values.url:
        found["shown_host"] = urlsplit(values.url).hostname or ""
    return found


def _record(uow: UnitOfWork, action: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    changes = [
        Change(one, _shown(one, before.get(one)), _shown(one, after.get(one)))
        for one in _TOLD
        if (before.get(one) or None) != (after.get(one) or None)
    ]
    uow.record(action, COLLECTION, after["_id"], str(after["name"]), changes=changes)


def _shown(name: str, value: Any) -> Any:
    if name == "authority":
        return fingerprint_of(value or "")
    return "、".join(value) if isinstance(value, list) else value
