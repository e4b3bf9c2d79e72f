"""What the configuration of a file would change in an office, part by part, as a person reads it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from documents.definitions.own_field import SHIPPED
from documents.kinds import RECORDS
from rules.counties import LABELS as COUNTY_LABELS
from rules.counties import CountyFacts
from rules.errors import Refused
from rules.papers import PaperKind
from rules.words import N_
from schema.definitions.conditions import LABELS as CONDITION_LABELS
from schema.definitions.conditions import OwnCondition
from schema.definitions.configuration import Configuration, Difference, Entry, Outcome, differences
from schema.definitions.configured import (
    LABELS,
    HookDefinition,
    MovedRuleSet,
    OwnRuleSet,
    OwnTemplate,
    StatusWord,
    Views,
    WorkingYear,
    flat_template,
)
from schema.definitions.own_collections import LABELS as COLLECTION_LABELS
from schema.definitions.own_collections import OwnCollection
from schema.definitions.own_fields import LABELS as OWN_FIELD_LABELS
from schema.definitions.own_fields import OwnField
from schema.definitions.plain_values import plain_of
from schema.registry import REGISTRY
from schema.settings import SETTINGS
from services.assessment.rule_sets import flat_measures, moved_measures
from services.desk.counties import with_spellings
from services.publication.paper_templates import digest_of

_NOBODY = N_("nobody of this name is here")
SETTING_LABELS = {setting.key: setting.label for setting in SETTINGS}
UNKNOWN_SETTING = N_("This program has no setting “%(key)s”.")
_Named = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class PartOf:
    """A part of the configuration: its title, and what its values are called, both message ids; how it differs.

    Rule sets call their values by the words of their forms (`forms.rule_sets.change_label`).
    """

    name: str
    title: str
    labels: Mapping[str, str]
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Comparison:
    """What a file would change, part by part; `seen` tells this state of the office's configuration from any other."""

    parts: tuple[PartOf, ...]
    seen: str

    @property
    def moves(self) -> int:
        """How many entries taking the file writes."""
        moving = (Outcome.ADDED, Outcome.CHANGED)
        return sum(each.outcome in moving for part in self.parts for each in part.differences)


def compared(here: Configuration, wanted: Configuration) -> tuple[PartOf, ...]:
    """Return how each part differs. Raises Refused for a setting that this program has not."""
    for key in wanted.settings:
        if key not in SETTING_LABELS:
            raise Refused(UNKNOWN_SETTING, key=key[:60])
    titles = _titles(wanted.collections)

    def part(
        name: str, title: str, labels: Mapping[str, str], entries: Callable[[Any], dict[str, Entry]]
    ) -> PartOf:
        found = differences(entries(getattr(here, name)), entries(getattr(wanted, name)))
        return PartOf(name, title, labels, tuple(_with_records(name, one) for one in found))

    return (
        part("settings", N_("Office settings"), {"value": ""}, _settings),
        part("counties", N_("Counties"), COUNTY_LABELS, _counties),
        part("working_years", N_("Working days"), LABELS["working_years"], _working_years),
        part("rule_sets", N_("Rule sets"), {}, _rule_sets),
        part("moved_rule_sets", N_("Rule sets that come with the program"), {}, _moved_rule_sets),
        part("templates", N_("Paper templates"), LABELS["templates"], _templates),
        part("collections", N_("Collections of your own"), COLLECTION_LABELS, _collections),
        part("statuses", N_("Statuses"), LABELS["statuses"], lambda words: _statuses(words, titles)),
        part("fields", N_("Fields of your own"), OWN_FIELD_LABELS, lambda fields: _fields(fields, titles)),
        part("conditions", N_("Rules and colours"), CONDITION_LABELS, _conditions),
        part("hooks", N_("Web hooks"), LABELS["hooks"], lambda hooks: _hooks(hooks, titles)),
        PartOf(
            "views",
            N_("Saved views"),
            {"query": N_("Its address")},
            _differing_views(here.views, wanted.views),
        ),
    )


def _with_records(part: str, one: Difference) -> Difference:
    """Return a change with how many records here have what it changes."""
    count = _COUNTED.get(part)
    return (
        one if count is None or one.outcome is not Outcome.CHANGED else replace(one, records=count(one.key))
    )


def _of_collection(word: str) -> int:
    return _count(OwnCollection(word, "").name, {})


def _with_status(key: str) -> int:
    collection, _, code = key.partition(".")
    return _count(collection, {"status": code})


def _with_field(key: str) -> int:
    collection, _, name = key.partition(".")
    return _count(collection, {name: {"$nin": [None, "", []]}})


def _in_county(code: str) -> int:
    keyed = ((one.name, one.county_key) for one in REGISTRY.listed if one.county_key)
    return sum(_count(name, {key: code}) for name, key in keyed)


def _count(collection: str, clause: Mapping[str, Any]) -> int:
    return RECORDS[collection].count_referring(clause) if collection in REGISTRY else 0


_COUNTED: Mapping[str, Callable[[str], int]] = {
    "counties": _in_county, "collections": _of_collection, "statuses": _with_status, "fields": _with_field,
}  # fmt: skip


def _titles(new: Mapping[str, OwnCollection]) -> dict[str, str]:
    """Return what each collection is called, those that a file brings too."""
    return {
        **{own.name: own.label for own in new.values()},
        **{one.name: one.title for one in REGISTRY},
        **{name: bare.title for name, bare in SHIPPED.items()},
    }


def _settings(values: Mapping[str, int | str]) -> dict[str, Entry]:
    return {key: Entry(SETTING_LABELS[key], {"value": value}) for key, value in values.items()}


def _counties(counties: Mapping[str, CountyFacts]) -> dict[str, Entry]:
    return {code: Entry(county.name, plain_of(with_spellings(county))) for code, county in counties.items()}


def _working_years(years: Mapping[str, WorkingYear]) -> dict[str, Entry]:
    return {year: Entry(year, plain_of(one)) for year, one in years.items()}


def _rule_sets(sets: Mapping[str, OwnRuleSet]) -> dict[str, Entry]:
    return {
        code: Entry(
            one.measures.title,
            {**flat_measures(one.measures), "draft": one.draft, "source_text": one.source_text},
        )
        for code, one in sets.items()
    }


def _moved_rule_sets(sets: Mapping[str, MovedRuleSet]) -> dict[str, Entry]:
    found = {}
    for code, one in sets.items():
        measures = moved_measures(code, one)
        found[code] = Entry(measures.title, plain_of(one))
    return found


def _templates(templates: Mapping[PaperKind, OwnTemplate]) -> dict[str, Entry]:
    return {
        kind.value: Entry(kind.zh, flat_template(one, digest_of(one.data))) for kind, one in templates.items()
    }


def _collections(collections: Mapping[str, OwnCollection]) -> dict[str, Entry]:
    return {word: Entry(own.label, _flat(own)) for word, own in collections.items()}


def _flat(own: OwnCollection) -> dict[str, Any]:
    """Return a collection's values with one for each role's rights, sorted as they are written."""
    values = plain_of(own)
    return {**values, **{f"rights_{role}": acts for role, acts in values.pop("rights").items()}}


def _statuses(words: Mapping[str, Mapping[str, StatusWord]], titles: Mapping[str, str]) -> dict[str, Entry]:
    return {
        f"{collection}.{code}": Entry(
            f"{titles.get(collection, collection)}：{word.label}",
            {**plain_of(word), "colour": word.colour.zh},
        )
        for collection, each in words.items()
        for code, word in each.items()
    }


def _fields(fields: Mapping[str, Mapping[str, OwnField]], titles: Mapping[str, str]) -> dict[str, Entry]:
    return {
        f"{collection}.{key}": Entry(f"{titles.get(collection, collection)}：{own.label}", plain_of(own))
        for collection, each in fields.items()
        for key, own in each.items()
    }


def _conditions(conditions: Mapping[str, Mapping[str, OwnCondition]]) -> dict[str, Entry]:
    return {
        f"{collection}.{key}": Entry(one.sentence, plain_of(one))
        for collection, each in conditions.items()
        for key, one in each.items()
    }


def _hooks(hooks: Mapping[str, HookDefinition], titles: Mapping[str, str]) -> dict[str, Entry]:
    return {
        name: Entry(
            name,
            {
                **plain_of(one), "of": titles.get(one.of, one.of),
                "events": sorted(event.zh for event in one.events),
            },
        )
        for name, one in hooks.items()
    }  # fmt: skip


def _differing_views(here: Views, wanted: Views) -> tuple[Difference, ...]:
    found = differences(_views(here), _views({name: each for name, each in wanted.items() if name in here}))
    left = [
        Difference(key, entry.label, Outcome.LEFT, reason=_NOBODY)
        for key, entry in _views({name: each for name, each in wanted.items() if name not in here}).items()
    ]
    return (*found, *left)


def _views(views: Views) -> dict[str, Entry]:
    return {
        f"{user}/{collection}/{name}": Entry(f"{user}：{_list_title(collection)}“{name}”", {"query": query})
        for user, lists in views.items()
        for collection, named in lists.items()
        for name, query in named.items()
    }


def _list_title(collection: str) -> str:
    declaration = REGISTRY.get(collection)
    return declaration.title if declaration else collection


def by_collection(conditions: Iterable[OwnCondition]) -> dict[str, dict[str, OwnCondition]]:
    """Return conditions by collection and key, in that order."""
    found: dict[str, dict[str, OwnCondition]] = {}
    for one in sorted(conditions, key=lambda one: (one.collection, one.key)):
        found.setdefault(one.collection, {})[one.key] = one
    return found
