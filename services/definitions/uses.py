"""What names a field, a word of its list, a status or a collection: what a change touches, said before it is made."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import parse_qsl

from documents.definitions.own_field import SHIPPED
from documents.desk.user import User
from documents.hooks.web_hook import WebHook
from documents.imports.column_match import ColumnMatch
from documents.kinds import RECORDS
from documents.records.status import Status
from documents.server.connection import reachable
from rules.access import Actor, Permission
from schema.definitions.configured import Views
from schema.definitions.own_collections import OwnCollection
from schema.definitions.own_fields import OwnField, OwnKind
from schema.expressions import ExpressionError, fields_read, read_stored
from schema.narrowing.address import named_in
from services.definitions.formulas import Draft, conditions_stored, draft_now, fields_of_all


class UseOf(StrEnum):
    """In what it is named."""

    FIELD = "field"
    VIEW = "view"
    FORMULA = "formula"
    CONDITION = "condition"
    MATCH = "match"
    HOOK = "hook"


@dataclass(frozen=True)
class Use:
    """One thing that names it: what that is called; `collection` and `key` (of a view its query) say where it is."""

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
    found += _views(views, collection, lambda query: _names(query, key))
    found += [Use(UseOf.MATCH, "、".join(match["headings"]), collection) for match in matches]
    return (*found, *(Use(UseOf.HOOK, hook["name"], collection, str(hook["_id"])) for hook in hooks))


def _reads(draft: Draft, collection: str, formula: str, own: OwnField) -> bool:
    try:
        read = fields_read(read_stored(formula, draft.scope(collection)), collection)
    except ExpressionError:
        return False
    return (own.collection, own.key) in read


def _views(views: Views, collection: str, is_named: Callable[[str], bool] = lambda query: True) -> list[Use]:
    return [
        Use(UseOf.VIEW, f"{user}：{name}", collection, query)
        for user, lists in views.items()
        for name, query in lists.get(collection, {}).items()
        if is_named(query)
    ]


def _names(query: str, key: str) -> bool:
    return any(
        name == key or name.startswith(f"{key}_") or key in (value.removeprefix("-") for value in values)
        for name, values in _arguments(query)
    )


def _asks(query: str, key: str, codes: Container[str]) -> bool:
    """Tell whether a list is narrowed to one of these values."""
    return any(name == key and any(one in codes for one in values) for name, values in _arguments(query))


def _arguments(query: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield name and values of every argument of a list's address, of its conditions too."""
    for name, value in parse_qsl(query.removeprefix("?"), keep_blank_values=True):
        yield name, (value,)
        yield from named_in(value)


@dataclass(frozen=True)
class Touched:
    """What a change touches: how many records have it, and what names it."""

    records: int
    uses: tuple[Use, ...]


def uses_of_words(own: OwnField, codes: Container[str], *, actor: Actor) -> Touched:
    """Return what words of a field's list touch, which are to be removed or retired. Raises NotAllowed, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    left = replace(own, words=tuple(word for word in own.words if word.code not in codes))
    wanted = [word.code for word in own.words if word.code in codes]
    with reachable():
        statuses, conditions, fields = Status.words_of_all(), conditions_stored(), fields_of_all()
        rest = [one for one in fields if (one.collection, one.key) != (own.collection, own.key)]
        found = _unread(Draft(fields, statuses, conditions), Draft([*rest, left], statuses, conditions))
        views = User.views_by_name()
        count = RECORDS[own.collection].count_referring({own.key: {"$in": wanted}})
    return Touched(
        count, (*found, *_views(views, own.collection, lambda query: _asks(query, own.key, codes)))
    )


def uses_of_status(collection: str, code: str, *, actor: Actor) -> Touched:
    """Return what a status touches that is to be removed. Raises NotAllowed, Unavailable."""
    actor.demand(Permission.READ)
    with reachable():
        statuses, conditions, fields = Status.words_of_all(), conditions_stored(), fields_of_all()
        words = tuple(word for word in statuses.get(collection, ()) if word[0] != code)
        after = Draft(fields, {**statuses, collection: words}, conditions)
        found = _unread(Draft(fields, statuses, conditions), after)
        views = User.views_by_name()
        hooks = [
            hook for hook in WebHook.in_order() if (hook["of"], hook.get("status")) == (collection, code)
        ]
        count = RECORDS[collection].count_referring({"status": code})
    found += _views(views, collection, lambda query: _asks(query, "status", (code,)))
    return Touched(
        count, (*found, *(Use(UseOf.HOOK, hook["name"], collection, str(hook["_id"])) for hook in hooks))
    )


def uses_of_collection(own: OwnCollection, *, actor: Actor) -> Touched:
    """Return what an own collection touches that is to be hidden or removed. Raises NotAllowed, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    name = own.name
    with reachable():
        fields, conditions, views = fields_of_all(), conditions_stored(), User.views_by_name()
        hooks = [hook for hook in WebHook.in_order() if hook["of"] == name]
        matches = ColumnMatch.of_kind(SHIPPED[name].slug)
        count = RECORDS[name].count_referring({})
    found = [
        Use(UseOf.FIELD, one.label, one.collection, one.key)
        for one in fields
        if name in (one.collection, one.refers_to) and one.kind is not OwnKind.SHIPPED
    ]
    found += [
        Use(UseOf.CONDITION, one.sentence, name, one.key) for one in conditions if one.collection == name
    ]
    found += _views(views, name)
    found += [Use(UseOf.MATCH, "、".join(match["headings"]), name) for match in matches]
    return Touched(
        count, (*found, *(Use(UseOf.HOOK, hook["name"], name, str(hook["_id"])) for hook in hooks))
    )


def _unread(before: Draft, after: Draft) -> list[Use]:
    """Return the formulas and conditions that could be read `before` and could not `after`."""
    unread = {(own.collection, own.key) for own, _ in before.formulas().faults}
    found = [
        Use(UseOf.FORMULA, own.label, own.collection, own.key)
        for own, _ in after.formulas().faults
        if (own.collection, own.key) not in unread
    ]
    unread = {(one.collection, one.key) for one, _ in before.conditions().faults}
    return found + [
        Use(UseOf.CONDITION, one.sentence, one.collection, one.key)
        for one, _ in after.conditions().faults
        if (one.collection, one.key) not in unread
    ]
