"""An office's configuration as one readable file: what is in it, how it is read and written, and what differs.

It holds what an administrator shapes (see `Configuration`), no record, no user and no secret. What two offices have
differently is told entry by entry.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from rules.counties import CountyFacts
from rules.errors import Refusal, Refused
from rules.papers import PaperKind
from rules.words import N_
from schema.definitions.conditions import OwnCondition
from schema.definitions.configured import (
    HookDefinition,
    MovedRuleSet,
    OwnRuleSet,
    OwnTemplate,
    StatusWord,
    Views,
    WorkingYear,
)
from schema.definitions.own_collections import OwnCollection
from schema.definitions.own_fields import OwnField
from schema.definitions.plain_values import made_of, plain_of

FORMAT = "office-configuration"
EDITION = 2  # 1 had settings, counties, collections, fields, conditions and views
MOST_BYTES = 40 << 20  # templates of papers make most of it
NO_CONFIGURATION = N_("This is not a configuration that “schema export” wrote.")
TOO_NEW = N_("A newer edition of the program wrote this configuration: bring this office up to date first.")
TOO_LARGE = N_("A configuration has at most %(most)d MB.")
NO_JSON = N_("Line %(line)d, sign %(sign)d: this is no JSON.")
TWICE = N_("“%(name)s” stands twice in one place.")
AT_FAULT = N_("%(entry)s: %(reason)s")
WRONG_KEY = N_("%(place)s: the key in the entry is another one.")


@dataclass(frozen=True)
class Configuration:
    """The parts of the file: each by what names its entries, in as many levels.

    `settings` by key; `counties` by code; `collections` by word; `fields` and `conditions` by collection
    and key; `statuses` by collection and code; `working_years` by year; `rule_sets` of the office's own and
    `moved_rule_sets`, which come with the program, by code; `templates` by kind of paper; `hooks` by name, further ones
    of one name as name#2; `views` by user, list and name, each a list's query string.
    """

    settings: Mapping[str, int | str] = field(default_factory=dict)
    counties: Mapping[str, CountyFacts] = field(default_factory=dict)
    collections: Mapping[str, OwnCollection] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, OwnField]] = field(default_factory=dict)
    conditions: Mapping[str, Mapping[str, OwnCondition]] = field(default_factory=dict)
    statuses: Mapping[str, Mapping[str, StatusWord]] = field(default_factory=dict)
    working_years: Mapping[str, WorkingYear] = field(default_factory=dict)
    rule_sets: Mapping[str, OwnRuleSet] = field(default_factory=dict)
    moved_rule_sets: Mapping[str, MovedRuleSet] = field(default_factory=dict)
    templates: Mapping[PaperKind, OwnTemplate] = field(default_factory=dict)
    hooks: Mapping[str, HookDefinition] = field(default_factory=dict)
    views: Views = field(default_factory=dict)


class Outcome(Enum):
    """What becomes of an entry when a file is taken; the value is a message id."""

    ADDED = N_("added")
    CHANGED = N_("changed")
    KEPT = N_("only here, stays")
    LEFT = N_("left out")


@dataclass(frozen=True)
class Entry:
    """One thing that can be configured: what it is called, and its values by key."""

    label: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """How an entry of a file differs from what is here; `changes` has key, old and new, `reason` why it is left out.

    `records` is how many records here a change concerns, where that can be said.
    """

    key: str
    label: str
    outcome: Outcome
    changes: tuple[tuple[str, Any, Any], ...] = ()
    reason: str = ""
    records: int | None = None


def of_entry(label: str, reasons: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """Return why a file cannot be taken, each reason with the entry at fault; `label` may be a message id."""
    return tuple(Refusal(AT_FAULT, {"entry": Refusal(label), "reason": reason}) for reason in reasons)


def differences(here: Mapping[str, Entry], wanted: Mapping[str, Entry]) -> tuple[Difference, ...]:
    """Return what a file would add and change, and what it does not know of, which stays as it is."""
    found = []
    for key, entry in wanted.items():
        before = here.get(key)
        old = before.values if before else {}
        changes = tuple(
            (name, old.get(name), value) for name, value in entry.values.items() if old.get(name) != value
        )
        if before is None:
            found.append(Difference(key, entry.label, Outcome.ADDED))
        elif changes:
            found.append(Difference(key, before.label, Outcome.CHANGED, changes))
    kept = (Difference(key, here[key].label, Outcome.KEPT) for key in here if key not in wanted)
    return (*found, *kept)


def written(configuration: Configuration) -> str:
    """Return the file's text: JSON that a person can read, the same for the same configuration."""
    parts = plain_of(configuration, sparse=True)
    whole = {"format": FORMAT, "edition": EDITION, **parts}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def read_text(text: str) -> Configuration:
    """Return the configuration that a file's text says. Raises Refused with where it is at fault."""
    if len(text.encode(errors="replace")) > MOST_BYTES:
        raise Refused(TOO_LARGE, most=MOST_BYTES >> 20)
    try:
        whole = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once_each)
    except json.JSONDecodeError as error:
        raise Refused(NO_JSON, line=error.lineno, sign=error.colno) from error
    except (RecursionError, ValueError) as error:
        raise Refused(NO_CONFIGURATION) from error
    if not isinstance(whole, dict) or whole.pop("format", None) != FORMAT:
        raise Refused(NO_CONFIGURATION)
    edition = whole.pop("edition", None)
    if not isinstance(edition, int) or isinstance(edition, bool) or edition < 1:
        raise Refused(NO_CONFIGURATION)
    if edition > EDITION:
        raise Refused(TOO_NEW)
    configuration = made_of(Configuration, whole, "$")
    _demand_same_keys(configuration)
    return configuration


def _once_each(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Refused(TWICE, name=name[:60])
        found[name] = value
    return found


def _demand_same_keys(configuration: Configuration) -> None:
    named = [(f"$.counties.{code}", code, county.code) for code, county in configuration.counties.items()]
    named += [(f"$.collections.{word}", word, own.word) for word, own in configuration.collections.items()]
    named += [
        (f"$.rule_sets.{code}", code, own.measures.code) for code, own in configuration.rule_sets.items()
    ]
    for place, key, said in named:
        if key != said:
            raise Refused(WRONG_KEY, place=place)
    within: dict[str, Mapping[str, Mapping[str, OwnField | OwnCondition]]] = {
        "fields": configuration.fields, "conditions": configuration.conditions,
    }  # fmt: skip
    for part, collections in within.items():
        for collection, entries in collections.items():
            for key, entry in entries.items():
                if (entry.collection, entry.key) != (collection, key):
                    raise Refused(WRONG_KEY, place=f"$.{part}.{collection}.{key}")
