"""What a web hook tells of an act: which event it is, and which values of the record may leave the office."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from documents.desk.audit_entry import StoredAuditEntry
from documents.hooks.web_hook import StoredHook
from rules.requests.web_hooks import HookEvent
from schema.collection import Collection
from schema.field import CodeOf, Field, Kind, Search
from services.shared.plain_json import plain

_MADE = frozenset({"created", "restored"})
_PERSONAL_CODES = frozenset({CodeOf.PHONE, CodeOf.EMAIL})


def told_fields(declaration: Collection) -> dict[str, Field]:
    """Return the fields whose values may be told, by the keys under which the trail has them.

    Left out is what is personal or hidden (names, telephone and e-mail of people), free text, in which anything may
    stand, and what is kept from some role.
    """
    found = {}
    for field in declaration.fields:
        personal = (
            field.personal or field.masked or field.search is Search.PERSON or field.code in _PERSONAL_CODES
        )
        if field.stored and not personal and field.kind is not Kind.LONG_TEXT and field.seen_by is None:
            found[field.source] = field
    return found


def event_of(entry: StoredAuditEntry) -> HookEvent | None:
    """Return what an entry of the trail is to a web hook; None for nothing: a file, a look, an import's own."""
    if entry.get("record_id") is None:
        return None
    if entry["action"] in _MADE:
        return HookEvent.CREATED
    if entry["action"] == "deleted":
        return HookEvent.DELETED
    return HookEvent.CHANGED if entry.get("changes") else None


def events_of(
    hook: StoredHook, declaration: Collection, entries: Iterable[StoredAuditEntry]
) -> list[dict[str, Any]]:
    """Return what a hook tells of these entries, in their order."""
    fields = told_fields(declaration)
    found = []
    for entry in entries:
        event = event_of(entry)
        # A name that the trail keeps blank is left out: nothing else is stored as "".
        changes = {
            change["field"]: change["new"] for change in entry.get("changes", ()) if change["new"] != ""
        }
        told = event is not None and event.value in hook["events"]
        became = (
            event is not None
            and HookEvent.STATUS.value in hook["events"]
            and bool(hook.get("status"))
            and changes.get("status") == hook.get("status")
        )
        if event is None or not (told or became):
            continue
        found.append(
            {
                "entry": entry["_id"],
                "at": plain(entry["at"]),
                "event": event.value if told else HookEvent.STATUS.value,
                "collection": declaration.slug,
                "id": str(entry["record_id"]),
                "changes": {
                    key: _of_field(fields[key], value) for key, value in changes.items() if key in fields
                },
            }
        )
    return found


def _of_field(field: Field, value: Any) -> Any:
    if field.kind is Kind.DATE and isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return plain(value)


def body_of(hook: StoredHook, delivery: str, events: list[dict[str, Any]]) -> bytes:
    """Return the JSON that is sent."""
    whole = {"hook": hook["name"], "delivery": delivery, "events": events}
    return json.dumps(whole, ensure_ascii=False).encode()


def secret_of(hook: StoredHook, key: str) -> str:
    """Return the secret with which a hook is signed: made from the office's key, and stored nowhere."""
    text = f"web hook {hook['_id']} {hook['salt']}"
    return "hook_" + hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def signature_of(secret: str, moment: int, body: bytes) -> str:
    """Return the header that proves moment (seconds since 1970) and body: `t=…,v1=…`, an HMAC-SHA256 of `t.body`."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"
