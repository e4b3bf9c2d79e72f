"""What names a field of a collection: saved views, formulas, rules, colours, recognised columns, web hooks."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl

from documents.definitions.own_field import SHIPPED
from documents.desk.user import User
from documents.hooks.web_hook import WebHook
from documents.imports.column_match import ColumnMatch
from documents.server.connection import reachable
from rules.access import Actor, Permission
from schema.definitions.own_fields import OwnField
from schema.expressions import ExpressionError, fields_read, read_stored
from services.definitions.formulas import Draft, draft_now


class UseOf(StrEnum):
    """In what a field is named."""

    VIEW = "view"
    FORMULA = "formula"
    CONDITION = "condition"
    MATCH = "match"
    HOOK = "hook"


@dataclass(frozen=True)
class Use:
    """One thing that names a field: what it is called; `collection` and `key` (of a view its query) say where it is."""

    of: UseOf
    label: str
    collection: str
    key: str = ""


def uses_of_field(own: OwnField, *, actor: Actor) -> tuple[Use, ...]:
    """Return what names an own field, or tells of its changes. Raises NotAllowed, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    collection, key = own.collection, own.key
    with reachable():
        draft, views = draft_now(), User.views_by_name()
        matches = ColumnMatch.naming(SHIPPED[collection].slug, key)
        hooks = [hook for hook in WebHook.in_order() if hook["of"] == collection]
    found = [
        Use(UseOf.FORMULA, one.label, one.collection, one.key)
        for one in draft.fields
        if one.is_computed and not one.hidden and _reads(draft, one.collection, one.formula, own)
    ]
    found += [
        Use(UseOf.CONDITION, one.sentence, one.collection, one.key)
        for one in draft.own_conditions
        if (one.collection, one.at) == (collection, key) or _reads(draft, one.collection, one.formula, own)
    ]
    found += [
        Use(UseOf.VIEW, f"{user}：{name}", collection, query)
        for user, lists in views.items()
        for name, query in lists.get(collection, {}).items()
        if _is_named(query, key)
    ]
    found += [Use(UseOf.MATCH, "、".join(match["headings"]), collection) for match in matches]
    return (*found, *(Use(UseOf.HOOK, hook["name"], collection, str(hook["_id"])) for hook in hooks))


def _reads(draft: Draft, collection: str, formula: str, own: OwnField) -> bool:
    try:
        read = fields_read(read_stored(formula, draft.scope(collection)), collection)
    except ExpressionError:
        return False
    return (own.collection, own.key) in read


def _is_named(query: str, key: str) -> bool:
    pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True)
    return any(
        name == key or name.startswith(f"{key}_") or value.removeprefix("-") == key for name, value in pairs
    )
