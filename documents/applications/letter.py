"""A county's letter of recommendation: several applications under one document number (Art. 12)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypedDict, cast

from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, ListField, ObjectIdField, StringField
from pymongo.collection import Collection

from documents.records.fields import DayField
from documents.records.record import RecordQuerySet
from rules.access import Actor
from rules.errors import Missing

COLLECTION = "letters"


class LetterEntry(TypedDict):
    """One application in a letter, its names as they were; `kind` is a code of `ApplicationKind`."""

    application: ObjectId
    base: ObjectId
    base_name: str
    kind: str


class StoredLetter(TypedDict, total=False):
    """A letter as it is stored; `dated` is 00:00 UTC of its day, `text` a `PaperText.stored()`."""

    _id: ObjectId
    number: str
    county: str
    round: ObjectId
    round_name: str
    dated: datetime
    entries: list[LetterEntry]
    text: dict[str, Any]
    made_at: datetime
    made_by: str


class Letter(Document):
    """One letter. `entries` is its list as frozen; `text` the paper as it reads."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "queryset_class": RecordQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["round", "county"], "name": "round_county"}],
    }

    county_key: ClassVar[str] = "county"

    number = StringField(required=True, max_length=40)
    county = StringField(required=True)
    round = ObjectIdField(required=True)
    round_name = StringField()
    dated = DayField(required=True)
    entries = ListField()
    text = DictField()
    made_at = DateTimeField()
    made_by = StringField()

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection, on which services write."""
        return cls._get_collection()

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows this letter."""
        return str(raw.get("number", ""))

    @classmethod
    def read(cls, letter_id: ObjectId, actor: Actor) -> StoredLetter:
        """Return a letter in the actor's scope. Raises Missing."""
        raw = cls.collection().find_one({"_id": letter_id})
        if raw is None or not actor.sees(raw["county"]):
            raise Missing()
        return cast("StoredLetter", raw)

    @classmethod
    def latest_first(cls, actor: Actor, most: int) -> Sequence[StoredLetter]:
        """Return the letters in the actor's scope, the latest first; at most so many."""
        return list(cls.objects.visible_to(actor).order_by("-dated", "-id").limit(most).as_pymongo())

    @classmethod
    def add(cls, letter: StoredLetter, session: Any) -> None:
        """Write a letter that is being issued; it is never changed."""
        cls.collection().insert_one(dict(letter), session=session)
