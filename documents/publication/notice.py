"""What is published: public notices, announcements, corrections. Once here, it is never edited."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, ListField, ObjectIdField, StringField
from pymongo.collection import Collection

from documents.records.fields import CleanTextField, DayField, stored_day
from documents.records.record import RecordQuerySet

COLLECTION = "notices"


class NoticeQuerySet(RecordQuerySet):
    """Named queries over what is published."""

    def public_on(self, today: Any) -> Self:
        """Keep what anyone may read on a day: a notice that begins later is not there yet."""
        return self.where_raw({"first_day": {"$lte": stored_day(today)}})

    def of_kind(self, *kinds: str) -> Self:
        """Keep these kinds; all of them for none."""
        return self.having("kind", kinds)

    def of_round(self, round_id: ObjectId) -> Self:
        """Keep one round's."""
        return self.where_raw({"round": round_id})


class Notice(Document):
    """One published paper.

    `entries` is the list as frozen: application, base, base_name, operator, county, kind, and for an announcement
    certificate_number. `text` is the whole paper as it reads (`office.papers.texts.PaperText.stored`).
    `first_day` is the day from which anyone may read it; `last_day` ends the period of a public notice.
    """

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "queryset_class": NoticeQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["kind", "-first_day"], "name": "kind"},
            {"fields": ["-first_day", "-_id"], "name": "first_day"},
            {"fields": ["round"], "name": "round"},
            {"fields": ["entries.base"], "name": "base"},
            {"fields": ["answers"], "sparse": True, "name": "answers"},
            {"fields": ["corrects"], "sparse": True, "name": "corrects"},
            {"fields": ["overturns"], "sparse": True, "name": "overturns"},
        ],
    }

    kind = StringField(required=True)
    title = CleanTextField(required=True, max_length=200)
    number = StringField(max_length=40)
    round = ObjectIdField()
    dated = DayField(required=True)
    first_day = DayField(required=True)
    last_day = DayField()
    term_first = DayField()
    term_last = DayField()
    entries = ListField()
    contact = DictField()
    text = DictField()
    answers = ObjectIdField()  # the public notice that an announcement follows
    corrects = ObjectIdField()  # the paper that a correction names
    overturns = ObjectIdField()  # the paper of the decision that is overturned
    published_at = DateTimeField(required=True)
    published_by = StringField()

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection, on which services write."""
        return cls._get_collection()

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows this paper."""
        return str(raw.get("title", ""))

    @classmethod
    def publish(cls, notice: Mapping[str, Any], session: Any) -> None:
        """Write a paper that is published, within the transaction that publishes it."""
        cls.collection().insert_one(dict(notice), session=session)

    @classmethod
    def text_of(cls, notice_id: ObjectId | None) -> dict[str, Any] | None:
        """Return a paper as it reads (`PaperText.stored`); None when there is no such paper."""
        notice = cls.collection().find_one({"_id": notice_id}, {"text": 1}) if notice_id else None
        return notice["text"] if notice else None

    @classmethod
    def titles_naming(cls, base: ObjectId) -> list[dict[str, Any]]:
        """Return id and title of the papers that name a base, the latest first."""
        found = cls.collection().find({"entries.base": base}, {"title": 1})
        return list(found.sort([("first_day", -1), ("_id", -1)]))

    @classmethod
    def count_naming(cls, base: ObjectId, session: Any = None) -> int:
        """Return how many papers name a base."""
        return cls.collection().count_documents({"entries.base": base}, session=session)
