"""The formulas of computed fields: checked as they are typed, tried over real records, and kept readable together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from pymongo.client_session import ClientSession

from documents.definitions.own_condition import OwnConditionRow
from documents.definitions.own_field import SHIPPED, OwnFieldRow
from documents.kinds import RECORDS
from documents.records.status import Status
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.collection import Collection, Registry
from schema.definitions.conditions import Conditions, OwnCondition, conditions_of, own_condition_of
from schema.definitions.formulas import (
    Formula,
    Formulas,
    StatusWords,
    formulas_of,
    gives,
    office_scope,
    words_given,
)
from schema.definitions.own_fields import OwnField, OwnWord, own_field_of, with_own_fields
from schema.definitions.shipped_fields import with_changes
from schema.expressions import (
    ExpressionError,
    Scope,
    check,
    fields_read,
    read_stored,
    show,
    stored_text,
    to_python,
)
from schema.expressions.blanks import SAID_SO
from schema.expressions.tree import Tree, aggregates
from schema.expressions.types import Type
from schema.registry import REGISTRY

_ROWS_TRIED = 8
STILL_READ = N_(
    "The formula of “%(label)s” (%(collection)s) could not be computed any more: %(formula)s. Please change that"
    " formula first, or hide that field."
)

STILL_ASKED = N_(
    "The condition “%(label)s” (%(collection)s) could not be read any more: %(formula)s. Please change or delete it"
    " first."
)


def fields_of_all(session: ClientSession | None = None) -> list[OwnField]:
    """Return the own fields of every collection, hidden ones too."""
    return [own_field_of(row["field"]) for row in OwnFieldRow.present(session) if row.get("field")]


class Draft:
    """The declarations as they would be with these own fields, and what their formulas may speak of."""

    def __init__(
        self,
        fields: Iterable[OwnField],
        statuses: StatusWords,
        conditions: Iterable[OwnCondition] = (),
        new: Mapping[str, Collection] = {},
    ) -> None:
        """Declare everything with `fields`, and the own collections `new`, which are being made or changed."""
        # A collection that was deleted may come back; until then nothing of it is read.
        self.fields = tuple(own for own in fields if own.collection in REGISTRY or own.collection in new)
        self.own_conditions = tuple(one for one in conditions if one.collection in REGISTRY)
        self.registry = Registry()
        for one in (*REGISTRY, *(each for name, each in new.items() if name not in REGISTRY)):
            shipped = new.get(one.name) or SHIPPED.get(one.name)
            own = [each for each in self.fields if each.collection == one.name]
            self.registry.add(one if shipped is None else with_own_fields(with_changes(shipped, own), own))
        self.scope: Callable[[str], Scope] = cache(
            lambda name: office_scope(self.registry[name], self.registry, statuses, related=True)
        )
        self.own_scope: Callable[[str], Scope] = cache(
            lambda name: office_scope(self.registry[name], self.registry, statuses)
        )

    def formulas(self) -> Formulas:
        """Return the formulas. Raises Refused for a circle."""
        return formulas_of(self.fields, self.scope)

    def conditions(self) -> Conditions:
        """Return the conditions."""
        return conditions_of(self.own_conditions, self.own_scope)

    def tree(
        self, collection: str, formula: str, expects: Type | None = None, *, is_stored: bool = False
    ) -> Tree:
        """Return a formula, as typed or as stored, read. Raises Refused at the field `formula`, with the place."""
        scope = (self.scope if expects is None else self.own_scope)(collection)
        try:
            return (read_stored if is_stored else check)(formula, scope, expects)
        except ExpressionError as error:
            raise Refused(*(replace(one, field="formula") for one in error.refusals)) from error

    def shown(self, collection: str, formula: str) -> str:
        """Return a stored formula as a person reads it; as it is stored where it cannot be read now."""
        try:
            return show(read_stored(formula, self.scope(collection)), self.scope(collection))
        except ExpressionError:
            return formula


def draft_now(session: ClientSession | None = None) -> Draft:
    """Return the declarations as they are stored."""
    return Draft(fields_of_all(session), Status.words_of_all(session), conditions_stored(session))


def conditions_stored(session: ClientSession | None = None) -> list[OwnCondition]:
    """Return the conditions of every collection."""
    rows = OwnConditionRow.read_all(session)
    return [own_condition_of(row["condition"]) for row in rows if not row.get("deleted")]


def with_formula(own: OwnField, now: Draft, *, is_stored: bool = False) -> OwnField:
    """Return a computed field with its formula, typed or stored, as it is stored, and what it gives. Raises Refused."""
    tree = now.tree(own.collection, own.formula, is_stored=is_stored)
    words = tuple(OwnWord(code, label) for code, label in words_given(tree))
    unit = own.unit if tree.type.is_number else ""
    return replace(own, formula=stored_text(tree), gives=gives(tree), words=words, unit=unit)


def demand_readable(
    before: Draft,
    fields: Sequence[OwnField],
    statuses: StatusWords,
    new: Mapping[str, Collection] = {},
    conditions: Sequence[OwnCondition] | None = None,
) -> None:
    """Refuse fields with which what can be read `before`, a formula or a condition, could not be read any more.

    `new` are own collections that are only being made, `conditions` those that take the place of the present ones.
    Raises Refused, also for a circle.
    """
    after = Draft(fields, statuses, before.own_conditions if conditions is None else conditions, new)
    _demand_conditions(before, after)
    unread = {(own.collection, own.key) for own, _ in before.formulas().faults}
    for own, error in after.formulas().faults:
        if (own.collection, own.key) in unread:
            continue
        known = next(
            (one for one in before.fields if (one.collection, one.key) == (own.collection, own.key)), None
        )
        if known is None or known.hidden:
            raise Refused(*(replace(one, field="formula") for one in error.refusals)) from error
        params = {
            "label": own.label, "collection": after.registry[own.collection].title,
            "formula": before.shown(own.collection, own.formula),
        }  # fmt: skip
        raise Refused(Refusal(STILL_READ, params)) from error


def demand_readable_without_status(collection: str, code: str, session: ClientSession | None = None) -> None:
    """Refuse to lose a status of a collection that a formula or a condition names. Raises Refused."""
    now = draft_now(session)
    if not now.own_conditions and not any(own.is_computed for own in now.fields):
        return
    statuses = Status.words_of_all(session)
    left = tuple(word for word in statuses.get(collection, ()) if word[0] != code)
    demand_readable(now, now.fields, {**statuses, collection: left})


def _demand_conditions(before: Draft, after: Draft) -> None:
    unread = {(one.collection, one.key) for one, _ in before.conditions().faults}
    for one, error in after.conditions().faults:
        if (one.collection, one.key) not in unread:
            params = {
                "label": one.sentence, "collection": after.registry[one.collection].title,
                "formula": before.shown(one.collection, one.formula),
            }  # fmt: skip
            raise Refused(Refusal(STILL_ASKED, params)) from error


@dataclass(frozen=True)
class TriedRow:
    """One record and what a formula gives of it; `reason` says why it gives nothing."""

    record: dict[str, Any]
    value: Any
    reason: Refusal | None


@dataclass(frozen=True)
class Tried:
    """A formula that can be read: as it is understood, the code of what it gives, and some records."""

    shown: str
    gives: str
    words: tuple[tuple[str, str], ...]
    rows: tuple[TriedRow, ...]


def try_formula(
    collection: str, typed: str, *, today: date, actor: Actor, expects: Type | None = None
) -> Tried:
    """Read a typed formula and compute it over the newest records. Raises NotAllowed, Refused, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    with reachable():
        draft = draft_now()
        tree = draft.tree(collection, typed, expects)
        scope = draft.scope(collection)
        document, declaration = RECORDS[collection], REGISTRY[collection]
        names = [scope.by_key(key) for name, key in fields_read(tree, collection) if name == collection]
        keys = {"_id", *declaration.name_keys, *(name.path or name.key for name in names if name)}
        found = list(document.objects.visible_to(actor).rows(keys, (("_id", -1),), limit=_ROWS_TRIED))
        if aggregates(tree):
            formula = Formula("own_computed_tried", tree, is_related=True)
            values = document.related_fields([raw["_id"] for raw in found], today, computed=(formula,))
    rows = []
    if aggregates(tree):
        for raw in found:
            value = values.get(raw["_id"], {}).get(formula.key)
            rows.append(TriedRow(raw, value, Refusal(SAID_SO) if value is None else None))
        return Tried(show(tree, scope), gives(tree), words_given(tree), tuple(rows))
    compute = to_python(tree, today=today)
    for raw in found:
        outcome = compute.explained(raw, scope)
        rows.append(TriedRow(raw, outcome.value, outcome.reason))
    return Tried(show(tree, scope), gives(tree), words_given(tree), tuple(rows))
