"""A rule set as the office keeps it; once a decision was taken under one, it is never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, TypedDict, cast

from mongoengine import Document
from mongoengine.fields import BooleanField, DateTimeField, DictField, IntField, ListField, StringField
from pymongo.client_session import ClientSession

from documents.records.fields import DayField


class StoredRuleSet(TypedDict, total=False):
    """A stored rule set; `_id` is its code, `level` a code of `measures.Level`, days are midnights in UTC.

    Of a shipped one that the office ended or prolonged only `last_day` and `begins_after_end` are read. `figures`:
    see `RuleSet`.
    """

    _id: str
    title: str
    level: str
    first_day: datetime
    last_day: datetime
    draft: bool
    shipped: bool
    figures: Mapping[str, Any]
    source_text: str  # the document as it was pasted or uploaded, title lines and all
    confirmed: list[str]  # keys of the figures that were confirmed or set by hand beside the text
    version: int
    created_at: datetime
    created_by: str


class RuleSet(Document):
    """One edition of the Measures at one level. `draft` ones are tried out and never in force.

    `figures` holds what `rules.rule_sets.measures.Measures.stored` gives, code, level, title and days apart.
    """

    meta: ClassVar[dict[str, Any]] = {"collection": "rule_sets", "auto_create_index": False, "strict": False}

    code = StringField(primary_key=True)
    title = StringField(required=True)
    level = StringField(required=True)
    first_day = DayField(required=True)
    last_day = DayField()
    draft = BooleanField(default=False)
    shipped = BooleanField(default=False)
    figures = DictField()
    source_text = StringField()
    confirmed = ListField(StringField())
    version = IntField(default=1)
    created_at = DateTimeField()
    created_by = StringField()

    @classmethod
    def read_all(cls, session: ClientSession | None = None) -> list[StoredRuleSet]:
        """Return every stored rule set, as `session` sees them."""
        return list(cast("Any", cls._get_collection().find({}, session=session)))

    @classmethod
    def read_version(cls, code: str, version: int, session: ClientSession) -> StoredRuleSet | None:
        """Return a rule set in this version, as a transaction sees it; None when there is none, or another."""
        held = cls._get_collection().find_one({"_id": code, "version": version}, session=session)
        return cast("StoredRuleSet | None", held)

    @classmethod
    def delete_version(cls, code: str, version: int, session: ClientSession) -> None:
        """Delete a rule set in this version."""
        cls._get_collection().delete_one({"_id": code, "version": version}, session=session)


class _InForce:
    """The stored rule sets that this process works with, and by how much they had been changed in all."""

    def __init__(self) -> None:
        self.rows: tuple[StoredRuleSet, ...] = ()
        self.seen = (0, 0)


_IN_FORCE = _InForce()


def rule_sets_seen() -> tuple[int, int]:
    """Return how many stored rule sets this process has read, and the sum of their versions: both tell of a change."""
    return _IN_FORCE.seen


def stored_rule_sets() -> tuple[StoredRuleSet, ...]:
    """Return the stored rule sets as this process last read them, which no page costs a command."""
    return _IN_FORCE.rows


def refresh_rule_sets() -> None:
    """Read the stored rule sets: one command."""
    rows = tuple(RuleSet.read_all())
    _IN_FORCE.rows, _IN_FORCE.seen = rows, (len(rows), sum(row.get("version") or 0 for row in rows))
