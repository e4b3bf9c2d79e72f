"""Bring the channels up to the head of the trail: what happened is counted and told, what fails is tried again later.

As web hooks (decision 47): a channel is claimed for a minute and a half, by one process; what was sent when it died is
sent again.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

from bson import ObjectId
from pymongo.read_concern import ReadConcern

from documents.desk.audit_entry import AuditEntry, read_head
from documents.messages.channel import COLLECTION, MessageChannel, StoredChannel
from documents.server.connection import reachable
from rules.access import SYSTEM, Actor, Permission
from rules.requests.messages import ACTIONS, BETWEEN, MessageEvent, digest_week, event_of
from rules.requests.web_hooks import MOST_FAILURES, wait_after
from services.hooks.posting import NotDelivered
from services.messages.channels import read_channel
from services.messages.sending import send
from services.messages.texts import digest_of, message_of, trial_of
from services.shared.office_day import office_clock
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_LEASE = timedelta(seconds=90)
_MOST_LOOKED_AT = 20_000  # entries of the trail, of one message
_MOST_MESSAGES = 20  # of one round


def send_due(key: str, address: str) -> int:
    """Send what is due, with the office's `key` for secrets and its `address` for links; return how many messages.

    Raises Unavailable.
    """
    sent = 0
    with reachable():
        for _ in range(_MOST_MESSAGES):
            head, now = read_head()[0], datetime.now(UTC)
            channel: StoredChannel | None = MessageChannel.claim(_wanting(head, now), now, now + _LEASE)
            if channel is None:
                break
            sent += _bring_on(channel, head, key, address, now)
    return sent


def send_trial(channel_id: ObjectId, key: str, address: str, *, actor: Actor) -> str:
    """Send a test message by a channel now; return what went wrong as a message id, "" for nothing.

    Raises NotAllowed, Missing, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    return _problem_of(read_channel(channel_id, actor), trial_of(address), key)


def _bring_on(channel: StoredChannel, head: int, key: str, address: str, now: datetime) -> int:
    """Send what a claimed channel has to tell, its digest first; return how many messages went out."""
    week = digest_week(office_clock(now))
    if channel.get("digest") and channel.get("digest_week") != week:
        text = digest_of(channel["county"], office_clock(now).date(), address)
        moved: dict[str, object] = {"digest_week": week}
    else:
        last = min(head, channel["position"] + _MOST_LOOKED_AT)
        counts = _counts(channel, last)
        moved = {"position": last}
        if not counts:
            MessageChannel.settle(channel, moved)
            return 0
        text = message_of(counts, channel["county"], address)
    problem = _problem_of(channel, text, key)
    told = {"told_at": datetime.now(UTC), "problem": problem}
    if not problem:
        wait = BETWEEN if "position" in moved else timedelta()
        MessageChannel.settle(channel, {**moved, **told, "failures": 0, "next_at": now + wait})
        return 1
    failures = channel.get("failures", 0) + 1
    later = {**told, "failures": failures, "next_at": now + wait_after(failures)}
    if failures < MOST_FAILURES:
        MessageChannel.settle(channel, later)
    else:
        stop = partial(_stop, channel=channel, values={**later, "enabled": False, "stopped_at": now})
        in_one_transaction(stop, actor=SYSTEM, now=now)
    return 1


def _wanting(head: int, now: datetime) -> dict[str, object]:
    """Return the clause of channels behind the trail's head, or without this week's digest."""
    week = digest_week(office_clock(now))
    return {"$or": [{"position": {"$lt": head}}, {"digest": True, "digest_week": {"$ne": week}}]}


def _stop(uow: UnitOfWork, *, channel: StoredChannel, values: dict[str, object]) -> None:
    if MessageChannel.settle(channel, values, uow.session):
        uow.record("messages-stopped", COLLECTION, channel["_id"], channel["name"])


def _problem_of(channel: StoredChannel, text: str, key: str) -> str:
    try:
        send(channel, text, key)
    except NotDelivered as problem:
        return problem.message
    return ""


def _counts(channel: StoredChannel, last: int) -> dict[MessageEvent, int]:
    """Return how often each chosen event stands behind a channel's position, as a majority holds the trail."""
    rows = AuditEntry._get_collection().with_options(read_concern=ReadConcern("majority"))
    wanted: dict[str, object] = {
        "_id": {"$gt": channel["position"], "$lte": last}, "action": {"$in": sorted(ACTIONS)},
    }  # fmt: skip
    if channel["county"]:
        wanted["counties"] = channel["county"]
    found = Counter(event_of(entry["action"]) for entry in rows.find(wanted, {"action": 1}))
    return {
        event: found[event] for event in MessageEvent if found[event] and event.value in channel["events"]
    }
