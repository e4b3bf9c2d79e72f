"""Bring web hooks up to the head of the trail: what is due is claimed, sent, noted; what fails is tried again later.

Any number of processes do this side by side: a hook is claimed for a minute, by one of them. What was sent when a
process died is sent again: the receiver tells it by its entry's number.
"""

import time
from datetime import UTC, datetime, timedelta
from functools import partial

from bson import ObjectId
from pymongo.read_concern import ReadConcern

from documents.desk.audit_entry import AuditEntry, StoredAuditEntry, read_head
from documents.hooks.delivery import StoredDelivery, WebHookDelivery
from documents.hooks.web_hook import COLLECTION, StoredHook, WebHook
from documents.server.connection import reachable
from rules.access import SYSTEM
from rules.requests.web_hooks import MOST_FAILURES, wait_after
from rules.words import N_
from schema.registry import REGISTRY
from services.hooks.events import body_of, events_of, secret_of, signature_of
from services.hooks.posting import NotDelivered, post
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_LEASE = timedelta(seconds=60)
_MOST_EVENTS = 100  # of one request
_MOST_LOOKED_AT = 2000  # entries of the trail, of one request
_MOST_REQUESTS = 50  # of one round, so that no hook keeps the others waiting
_GONE = 410
REFUSED = N_("The other side did not take it.")
GONE = N_("The other side wants no more.")


def deliver_due(key: str) -> int:
    """Send what is due, with the office's `key` for the signatures; return how many requests were sent.

    Raises Unavailable.
    """
    sent = 0
    with reachable():
        for _ in range(_MOST_REQUESTS):
            head, now = read_head()[0], datetime.now(UTC)
            hook: StoredHook | None = WebHook.claim({"position": {"$lt": head}}, now, now + _LEASE)
            if hook is None:
                break
            sent += _bring_on(hook, head, key)
    return sent


def _bring_on(hook: StoredHook, head: int, key: str) -> int:
    """Send what a claimed hook has not been told yet, up to so many events; return how many requests that were."""
    declaration = REGISTRY.get(hook["of"])
    last = min(head, hook["position"] + _MOST_LOOKED_AT)
    entries = _entries(hook, last)
    if len(entries) == _MOST_EVENTS:
        last = entries[-1]["_id"]
    events = events_of(hook, declaration, entries) if declaration is not None else []
    if not events:
        WebHook.settle(hook, {"position": last})
        return 0
    delivery, begun = ObjectId(), time.monotonic()
    status, problem = _sent(hook, str(delivery), events, key)
    now = datetime.now(UTC)
    row: StoredDelivery = {
        "_id": delivery, "hook": hook["_id"], "at": now, "first": entries[0]["_id"], "last": last,
        "count": len(events), "status": status, "problem": problem,
        "milliseconds": round((time.monotonic() - begun) * 1000),
    }  # fmt: skip
    WebHookDelivery.keep(row)
    if not problem:
        WebHook.settle(hook, {"position": last, "failures": 0, "next_at": now})
        return 1
    failures = hook.get("failures", 0) + 1
    later = {"failures": failures, "next_at": now + wait_after(failures)}
    if failures < MOST_FAILURES and status != _GONE:
        WebHook.settle(hook, later)
    else:
        stop = partial(_stop, hook=hook, values={**later, "enabled": False, "stopped_at": now})
        in_one_transaction(stop, actor=SYSTEM, now=now)
    return 1


def _stop(uow: UnitOfWork, *, hook: StoredHook, values: dict[str, object]) -> None:
    if WebHook.settle(hook, values, uow.session):
        uow.record("web-hook-stopped", COLLECTION, hook["_id"], hook["name"])


def _entries(hook: StoredHook, last: int) -> list[StoredAuditEntry]:
    """Return the entries behind a hook's position that are of its collection, as a majority holds them."""
    rows = AuditEntry._get_collection().with_options(read_concern=ReadConcern("majority"))
    wanted = {"_id": {"$gt": hook["position"], "$lte": last}, "collection": hook["of"]}
    return list(rows.find(wanted).sort("_id", 1).limit(_MOST_EVENTS))


def _sent(hook: StoredHook, delivery: str, events: list[dict[str, object]], key: str) -> tuple[int, str]:
    """Return the status of the answer (0 for none) and what went wrong, a message id; "" for nothing."""
    body, moment = body_of(hook, delivery, events), int(time.time())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "base-office web hook",
        "X-Office-Delivery": delivery,
        "X-Office-Signature": signature_of(secret_of(hook, key), moment, body),
    }
    try:
        status = post(hook["url"], body, headers)
    except NotDelivered as problem:
        return 0, problem.message
    if 200 <= status < 300:
        return status, ""
    return status, GONE if status == _GONE else REFUSED
