"""The office's settings as they are stored: one document; and their values in force in this process.

Every signed-in request reads them in the command that reads its session (`documents/desk/user.py`), so that a change
is known to the very next request of every process, and no page costs a command for it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypedDict

from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, IntField, StringField
from pymongo.collection import Collection

from documents.assessment.rule_set import refresh_rule_sets, rule_sets_seen
from documents.definitions.own_field import changes_in_force, refresh_own_fields
from documents.records.county import refresh_counties, versions_in_force
from rules.access import Actor
from schema.settings import SettingValues

OFFICE = "office"
_KIND = "_kind"


class StoredSettings(TypedDict, total=False):
    """The settings' document; `values` holds, by key, those that were saved: a missing one has its default."""

    _id: str
    values: dict[str, int | str]
    version: int


class OfficeSettings(Document):
    """The settings: one document, absent until an administrator saves for the first time."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "office_settings",
        "auto_create_index": False,
        "strict": False,
    }

    key = StringField(primary_key=True)
    values = DictField()
    version = IntField(default=1)
    updated_at = DateTimeField()
    updated_by = StringField()

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection."""
        return cls._get_collection()

    @classmethod
    def read(cls, key: str, actor: Actor, session: Any = None) -> dict[str, Any]:
        """Return the stored document, empty at version 0 as long as there is none."""
        raw = cls.collection().find_one({"_id": key}, session=session)
        return dict(raw) if raw else {"_id": key, "values": {}, "version": 0}


# The rows that any pipeline may take along: the settings, and by how much counties, rule sets, own fields, conditions
# and own collections have been changed in all.
STEPS: tuple[dict[str, Any], ...] = (
    {
        "$unionWith": {
            "coll": "office_settings",
            "pipeline": [{"$project": {"values": 1, "version": 1}}, {"$set": {_KIND: "settings"}}],
        }
    },
    {
        "$unionWith": {
            "coll": "counties",
            "pipeline": [
                {"$group": {"_id": None, "versions": {"$sum": "$version"}}},
                {"$set": {_KIND: "counties"}},
            ],
        }
    },
    {
        "$unionWith": {
            "coll": "rule_sets",
            "pipeline": [
                {"$group": {"_id": None, "sets": {"$sum": 1}, "versions": {"$sum": "$version"}}},
                {"$set": {_KIND: "rule_sets"}},
            ],
        }
    },
    {
        "$unionWith": {
            "coll": "own_fields",
            "pipeline": [
                {"$group": {"_id": None, "versions": {"$sum": "$version"}}},
                {"$set": {_KIND: "own_fields"}},
            ],
        }
    },
    {
        "$unionWith": {
            "coll": "own_collections",
            "pipeline": [
                {"$group": {"_id": None, "versions": {"$sum": "$version"}}},
                {"$set": {_KIND: "own_collections"}},
            ],
        }
    },
    {
        "$unionWith": {
            "coll": "own_conditions",
            "pipeline": [
                {"$group": {"_id": None, "versions": {"$sum": "$version"}}},
                {"$set": {_KIND: "own_conditions"}},
            ],
        }
    },
)


class _InForce:
    """What this process works with."""

    def __init__(self) -> None:
        self.values = SettingValues()

    def take(self, rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Put in force what the rows of `STEPS` say; return the other rows."""
        rest, values, rule_sets = [], SettingValues(), (0, 0)
        own = {"own_fields": 0, "own_conditions": 0, "own_collections": 0}
        for row in rows:
            if row.get(_KIND) == "settings":
                values = SettingValues(row.get("values") or {})
            elif row.get(_KIND) == "counties":
                if row["versions"] != versions_in_force():
                    refresh_counties()
            elif row.get(_KIND) == "rule_sets":
                rule_sets = (row["sets"], row["versions"])
            elif row.get(_KIND) in own:
                own[row[_KIND]] = row["versions"]
            else:
                rest.append(row)
        if rule_sets != rule_sets_seen():
            refresh_rule_sets()
        if tuple(own.values()) != changes_in_force():
            refresh_own_fields()
        self.values = values
        return rest


_IN_FORCE = _InForce()


def take_settings(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Put in force what the rows of a pipeline with `STEPS` say; return its other rows."""
    return _IN_FORCE.take(rows)


def settings_in_force() -> SettingValues:
    """Return the settings as this process last read them."""
    return _IN_FORCE.values


def refresh_settings() -> SettingValues:
    """Read the settings (and counties that were changed) and put them in force: one command, seldom two."""
    pipeline: list[dict[str, Any]] = [
        {"$project": {"values": 1, "version": 1}},
        {"$set": {_KIND: "settings"}},
        *STEPS[1:],
    ]
    take_settings(OfficeSettings.collection().aggregate(pipeline))
    return settings_in_force()
