"""Conditions that an office sets on the records of a collection: what must hold, what is warned of, what is coloured.

A condition is written in the language of formulas (`schema.expressions`). One that must hold becomes a rule between
fields like those that ship, so that forms, acts on many, imports, the grid and earlier versions are judged by it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from rules.choices import Choice
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.collection import Collection, Colouring
from schema.expressions import ExpressionError, PythonExpression, Scope, read_stored, to_python
from schema.expressions.tree import FieldValue, Tree, walk
from schema.expressions.types import BOOLEAN
from schema.record_rules import RecordRule
from schema.values import Stored

MOST_CONDITIONS = 50  # of one collection
LONGEST_SENTENCE, LONGEST_NAME = 120, 30
_FORBIDDEN = re.compile(r"[<>%\x00-\x1f\x7f]")
NO_SENTENCE = N_("Please say what is shown where the condition does not hold.")
NO_NAME = N_("Please say what the colour stands for.")
BAD_SIGN = N_("The percent sign and the signs < and > may not stand here.")
TOO_LONG = N_("At most %(most)d characters.")
TOO_MANY = N_("%(collection)s has %(most)d conditions already: more are not possible.")
NO_FIELD = N_("Choose a field of this collection.")


class Purpose(Choice):
    """What a condition is for."""

    MUST = "must", N_("Must hold"), "必须成立"
    WARN = "warn", N_("Warning"), "警告"
    COLOUR = "colour", N_("Coloured"), "着色"


class Colour(Choice):
    """The colours of rows and cells; each is a class of the stylesheet for both themes."""

    RED = "red", N_("Red"), "红色"
    AMBER = "amber", N_("Yellow"), "黄"
    GREEN = "green", N_("Green"), "绿色"
    BLUE = "blue", N_("Blue"), "蓝色"
    VIOLET = "violet", N_("Violet"), "紫色"
    GREY = "grey", N_("Grey"), "灰色"


LABELS: Mapping[str, str] = {
    "purpose": N_("What it is for"), "formula": N_("Condition"), "sentence": N_("Sentence"),
    "at": N_("Field it belongs to"),
    "colour": N_("Colour"), "resting": N_("Switched off"),
}  # fmt: skip


@dataclass(frozen=True)
class OwnCondition:
    """A condition on the records of a collection, its `formula` as it is stored.

    `sentence` is said where one that must hold does not, beside the field `at` ("": the first that it reads), or says
    what a colour stands for; a colour is of the cell of `at`, or of the whole row for "". A `resting` one does nothing.
    """

    collection: str
    key: str
    purpose: Purpose
    formula: str
    sentence: str
    at: str = ""
    colour: Colour = Colour.AMBER
    resting: bool = False


def refusals_of_condition(
    one: OwnCondition, declared: Collection, others: Iterable[OwnCondition]
) -> tuple[Refusal, ...]:
    """Return why a condition may not be so, its formula apart; `others` are those of its collection."""
    reasons = []
    is_colour = one.purpose is Purpose.COLOUR
    if not one.sentence:
        reasons.append(Refusal(NO_NAME if is_colour else NO_SENTENCE, field="sentence"))
    elif _FORBIDDEN.search(one.sentence):
        reasons.append(Refusal(BAD_SIGN, field="sentence"))
    most = LONGEST_NAME if is_colour else LONGEST_SENTENCE
    if len(one.sentence) > most:
        reasons.append(Refusal(TOO_LONG, {"most": most}, "sentence"))
    if one.at and one.at not in declared.by_key:
        reasons.append(Refusal(NO_FIELD, field="at"))
    if sum(1 for _ in others) >= MOST_CONDITIONS:
        reasons.append(Refusal(TOO_MANY, {"collection": declared.title, "most": MOST_CONDITIONS}, "formula"))
    return tuple(reasons)


@dataclass(frozen=True, eq=False)
class Condition:
    """A condition that was read."""

    own: OwnCondition
    tree: Tree

    @property
    def reads(self) -> tuple[str, ...]:
        """The stored keys that it compares."""
        found = [one for one in walk(self.tree) if isinstance(one, FieldValue)]
        return tuple(dict.fromkeys(key for one in found for key in (one.key, one.path)))

    def value(self, values: Stored, today: date) -> Any:
        """Return whether it holds of a record's values; None where that is not known."""
        return _compiled(self, today)(values)

    def holds(self, values: Stored, today: date) -> bool:
        """Tell whether it is known to hold."""
        return self.value(values, today) is True

    def as_rule(self) -> RecordRule:
        """Return the rule between fields that it is."""
        found = (Refusal(self.own.sentence, field=self.own.at or (*self.reads, "")[0]),)
        return RecordRule(
            self.own.key, self.reads, lambda values, today: found if self.value(values, today) is False else (),
            warning=self.own.purpose is Purpose.WARN,
        )  # fmt: skip

    def as_colouring(self) -> Colouring:
        """Return the colour that it gives."""
        own = self.own
        return Colouring(own.key, own.sentence, own.colour.value, own.at, self.reads, self.holds)


@lru_cache(maxsize=1000)
def _compiled(condition: Condition, today: date) -> PythonExpression:
    return to_python(condition.tree, today=today)


@dataclass(frozen=True)
class Conditions:
    """The conditions of an office by collection, and those that cannot be read."""

    of: Mapping[str, tuple[Condition, ...]] = field(default_factory=dict)
    faults: tuple[tuple[OwnCondition, Refused], ...] = ()


def conditions_of(all_of: Iterable[OwnCondition], scope: Callable[[str], Scope]) -> Conditions:
    """Return the conditions that do not rest; `scope` says what those of a collection may read."""
    found: dict[str, tuple[Condition, ...]] = {}
    faults: list[tuple[OwnCondition, Refused]] = []
    for own in all_of:
        if own.resting:
            continue
        try:
            condition = Condition(own, read_stored(own.formula, scope(own.collection), BOOLEAN))
        except ExpressionError as error:
            faults.append((own, error))
        else:
            found[own.collection] = (*found.get(own.collection, ()), condition)
    return Conditions(found, tuple(faults))


def own_condition_of(stored: Mapping[str, Any]) -> OwnCondition:
    """Return a condition as it is stored (`stored_condition`)."""
    plain = {key: value for key, value in stored.items() if key in OwnCondition.__dataclass_fields__}
    return OwnCondition(
        **plain | {"purpose": Purpose(plain["purpose"]), "colour": Colour(plain.get("colour") or "amber")}  # type: ignore[call-arg]
    )


def stored_condition(one: OwnCondition) -> dict[str, Any]:
    """Return a condition as it is stored: plain values alone."""
    values = {name: getattr(one, name) for name in OwnCondition.__dataclass_fields__}
    return values | {"purpose": one.purpose.value, "colour": one.colour.value}
