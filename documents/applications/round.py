"""A round: one year's call for applications (Art. 9), its days, rule set and score sheet."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, NotRequired, TypedDict, cast

from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import BooleanField, DateTimeField, IntField, ListField, StringField
from pymongo.collection import Collection

from documents.records.fields import CleanTextField, DayField
from documents.records.record import RecordQuerySet
from rules.errors import Missing

COLLECTION = "rounds"


class StoredDimension(TypedDict):
    """One line of a score sheet; `weight` in percent.

    `of_innovations` whether the innovations are scored here; where it was never said, the standard sheet says it.
    """

    key: str
    label: str
    weight: int
    of_innovations: NotRequired[bool]


class StoredRoundExpert(TypedDict, total=False):
    """An expert of a round: whose bases they are given, by application; the link of theirs, as a digest, if any.

    `key` names them within the office. `until` is the last day of the link, 00:00 in UTC; `revoked_at` when it was
    taken back.
    """

    key: str
    name: str
    organization: str
    applications: list[ObjectId]
    token: str
    until: datetime
    linked_at: datetime
    revoked_at: datetime


class StoredRound(TypedDict, total=False):
    """A round as it is stored; days are moments: 00:00 in UTC of that day. Blank ones have no key."""

    _id: ObjectId
    year: int
    name: str
    call_title: str
    call_number: str
    call_dated: datetime
    apply_from: datetime
    apply_until: datetime
    recommend_until: datetime
    rule_set: str
    assessed_year: int
    dimensions: list[StoredDimension]
    least_experts: int
    drop_from: int
    pass_score: int | None
    closed: bool
    reason_to_begin: str  # why it was begun under a rule set that had ended
    experts: list[StoredRoundExpert]
    version: int
    updated_at: datetime
    updated_by: str


class Round(Document):
    """One call. Every clerk reads it; `dimensions` hold key, label and weight of each line of the score sheet."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "queryset_class": RecordQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["name"], "unique": True, "name": "round_name_unique"},
            {"fields": ["experts.token"], "sparse": True, "name": "expert_link"},
        ],
    }

    year = IntField(required=True)
    name = CleanTextField(required=True, max_length=100)
    call_title = CleanTextField(max_length=200)
    call_number = StringField(max_length=40)
    call_dated = DayField()
    apply_from = DayField(required=True)
    apply_until = DayField(required=True)
    recommend_until = DayField()
    rule_set = StringField(required=True)
    assessed_year = IntField(required=True)
    dimensions = ListField()
    least_experts = IntField(required=True)
    drop_from = IntField(required=True)
    pass_score = IntField()
    closed = BooleanField(default=False)
    experts = ListField()
    version = IntField(required=True, default=1)
    updated_at = DateTimeField()
    updated_by = StringField()

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection, on which services write."""
        return cls._get_collection()

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows this round."""
        return str(raw.get("name", ""))

    @classmethod
    def read(cls, round_id: ObjectId, session: Any = None) -> StoredRound:
        """Return a stored round; every clerk may read it. Raises Missing."""
        raw = cls.collection().find_one({"_id": round_id}, session=session)
        if raw is None:
            raise Missing()
        return cast("StoredRound", raw)

    @classmethod
    def of_link(cls, token: str, session: Any = None) -> StoredRound | None:
        """Return the round in which an expert has the link of this digest; None for no such link."""
        return cast(
            "StoredRound | None", cls.collection().find_one({"experts.token": token}, session=session)
        )

    @classmethod
    def latest_first(cls) -> Sequence[StoredRound]:
        """Return every round, the latest first."""
        rows = cls.collection().find({}).sort([("year", -1), ("apply_from", -1), ("_id", -1)])
        return [cast("StoredRound", row) for row in rows]
