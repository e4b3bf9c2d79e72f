"""Records over the programming interface: list, one, new, changed, deleted, and what became of them."""

import hmac
import json
import re
from dataclasses import replace
from typing import Any

from flask import Response, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.api.body import sent_object, version_of
from admin_views.api.door import ALWAYS, Door, seen_collections
from admin_views.api.json_values import json_of
from admin_views.api.query import address_of, asked, cursor_of, next_cursor
from admin_views.api.typed import values_of_change, values_of_new
from admin_views.shared.api_problems import STALE_HEADER, ProblemFound
from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import ListQuery
from admin_views.shared.request_context import confirmed_tokens, now
from admin_views.shared.told import tell_walk
from admin_views.shared.translation import gettext
from forms.sentences import sentence
from rules.access import Act, Actor
from rules.errors import Stale
from rules.requests.sent_form import SentForm
from schema.field import Field
from services.desk.trail import history
from services.records import records
from services.shared.plain_json import plain

_MOST_HISTORY = 200
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


def collections() -> ResponseReturnValue:
    """Name the collections that who asks may read."""
    found = [
        {
            "collection": one.slug,
            "label": gettext(one.label),
            "writable": any(Door(one).may(act) for act in (Act.CREATE, Act.CHANGE, Act.DELETE)),
            "url": url_for("api.records", collection=one.slug),
        }
        for one in seen_collections()
    ]
    return jsonify(collections=found, openapi=url_for("api.openapi"))


def list_records(collection: str) -> ResponseReturnValue:
    """Answer a page of the list, or, with a cursor, what follows it."""
    door = Door.of(collection)
    query, cursor = asked(door)
    fields = [field for field in door.fields if not query.columns or field.key in query.columns]
    answer = _page(door, query, fields) if cursor is None else _after(door, query, fields, cursor)
    if cursor or query.page > 1:
        tell_walk(door.declaration.title)
    # A hundred records are long: they are written as they come, in the letters that they have.
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return Response(text, mimetype="application/json")


def _page(door: Door, query: ListQuery, fields: list[Field]) -> dict[str, Any]:
    data = door.records.data(query, fields)
    beyond = query.page > data.page  # the page shows its last one instead
    items = [] if beyond else [door.json_record(raw, fields) for raw in data.rows]
    more = not beyond and (query.page < data.pages)
    return {
        "items": items,
        "total": data.total,
        "total_is_exact": not data.more,
        "page": query.page,
        "limit": query.size,
        "next": address_of(door, query, page=query.page + 1) if more else None,
    }


def _after(door: Door, query: ListQuery, fields: list[Field], cursor: str) -> dict[str, Any]:
    order = query.order(door.declaration.default_order)
    last = cursor_of(cursor, order)
    keys = {*ALWAYS, *(key for key, _ in order), *(field.key for field in fields)}
    keys |= {field.name_key for field in fields if field.name_key}
    found = door.records.narrowed(query)
    if last is not None:
        found = found.following(order, last)
    rows = list(found.rows(keys, order, limit=query.size + 1))
    shown, actor = rows[: query.size], current_actor()
    items = [door.json_record(door.declaration.hooks.in_sight(raw, actor), fields) for raw in shown]
    following = next_cursor(shown[-1], order) if len(rows) > query.size else None
    return {
        "items": items,
        "limit": query.size,
        "next": address_of(door, query, cursor=following) if following else None,
    }


def one(collection: str, record_id: str) -> ResponseReturnValue:
    """Answer one record."""
    door = Door.of(collection)
    raw = door.read(record_id)
    if f'"{raw["version"]}"' == request.headers.get("If-None-Match", "").strip():
        return Response(status=304, headers={"ETag": f'"{raw["version"]}"'})
    return _answer(door, raw)


def create(collection: str) -> ResponseReturnValue:
    """Enter a new record; sent again with the same `Idempotency-Key` it is the one that was made then."""
    door = Door.of(collection)
    door.demand(Act.CREATE)
    actor = _acting_once()
    values = values_of_new(door, sent_object())
    made = records.create(door.name, values, actor=actor, now=now(), confirmed=confirmed_tokens())
    answer = _answer(door, door.read(str(made)), 201)
    answer.headers["Location"] = url_for("api.one", collection=collection, record_id=made)
    return answer


def change(collection: str, record_id: str) -> ResponseReturnValue:
    """Change the members that were sent; the others stay."""
    door = Door.of(collection)
    door.demand(Act.CHANGE)
    raw, sent = door.read(record_id), sent_object()
    version, by_header = version_of(sent)
    values = values_of_change(door, raw, sent)
    try:
        records.update(
            door.name, raw["_id"], values, version=version, actor=current_actor(), now=now(),
            confirmed=confirmed_tokens(),
        )  # fmt: skip
    except Stale as problem:
        raise _stale(problem, by_header=by_header) from problem
    return _answer(door, door.read(record_id))


def delete(collection: str, record_id: str) -> ResponseReturnValue:
    """Move a record to the recycle bin; refused while something refers to it."""
    door = Door.of(collection)
    door.demand(Act.DELETE)
    raw = door.read(record_id)
    version, by_header = version_of()
    try:
        records.delete(door.name, raw["_id"], version=version, actor=current_actor(), now=now())
    except Stale as problem:
        raise _stale(problem, by_header=by_header) from problem
    return "", 204


def _stale(problem: Stale, *, by_header: bool) -> Exception:
    """Return what is raised: a condition of the request's own failed (412), or the record has moved on (409)."""
    return ProblemFound(STALE_HEADER, sentence(problem.refusals[0])) if by_header else problem


def _answer(door: Door, raw: dict[str, Any], status: int = 200) -> Response:
    answer = jsonify(door.json_record(raw))
    answer.status_code = status
    answer.headers["ETag"] = f'"{raw["version"]}"'
    return answer


def _acting_once() -> Actor:
    """Return who asks, so that what they send with one `Idempotency-Key` is done once."""
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        return current_actor()
    secret = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.new(
        secret, f"{current_actor().id} {request.full_path}".encode("utf-8", "replace"), "sha256"
    )
    digest.update(request.get_data(cache=True))
    return replace(current_actor(), sent_form=SentForm(f"api-{key}.{digest.hexdigest()[:32]}"))


def record_history(collection: str, record_id: str) -> ResponseReturnValue:
    """Answer what was done to a record, the latest first."""
    door = Door.of(collection)
    raw = door.read(record_id)
    entries = history(door.name, raw["_id"], current_actor(), most=_MOST_HISTORY)
    known: dict[str, Field] = {}
    for field in door.fields:
        known |= {key: field for key in (field.key, field.name_key) if key}
    items = [
        {
            "entry": entry["_id"],
            "at": plain(entry["at"]),
            "who": entry.get("actor_name") or "",
            "action": entry["action"],
            "note": entry.get("note") or "",
            "changes": [
                {
                    "field": change["field"],
                    "old": json_of(known[change["field"]], change["old"]),
                    "new": json_of(known[change["field"]], change["new"]),
                }
                for change in entry.get("changes", ())
                if change["field"] in known
            ],
        }
        for entry in entries
    ]
    return jsonify(items=items)
