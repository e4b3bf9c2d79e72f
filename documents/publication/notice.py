"""What is published: public notices, announcements, corrections. Once here, it is never edited."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Self, TypedDict, cast

from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, ListField, ObjectIdField, StringField
from pymongo.collection import Collection

from documents.records.fields import CleanTextField, DayField, stored_day
from documents.records.record import RecordQuerySet
from rules.errors import Missing
from rules.publication import NoticeKind

COLLECTION = "notices"
PUBLISHED = "published"  # the place of the files that show where a notice was published before
_MOST_WORDS = 8
_PATTERN_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in r"\^$.|?*+()[]{}"})


class NoticeEntry(TypedDict, total=False):
    """One base of a published list as it was frozen; a decision on a title has no application and no kind.

    `kind` is a code of `rules.applications.ApplicationKind`; `certificate_number` stands in announcements alone, as
    do the days of the term that is granted (older papers have one term for all).
    """

    application: ObjectId
    base: ObjectId
    base_name: str
    operator: str
    county: str
    kind: str
    certificate_number: str
    term_first: datetime
    term_last: datetime


class StoredElsewhere(TypedDict):
    """That a public notice was published elsewhere, and the day on which that was recorded here."""

    where: str
    recorded_on: datetime


class StoredNotice(TypedDict, total=False):
    """A published paper as it is stored; see `Notice`. Days are moments: 00:00 in UTC of that day."""

    _id: ObjectId
    kind: str  # a code of `rules.publication.NoticeKind`
    title: str
    number: str
    round: ObjectId
    rule_set: str  # the code of the one that it was decided under
    reason_to_begin: str  # why it was published under a rule set that had ended
    dated: datetime
    first_day: datetime
    last_day: datetime
    working_days: int
    elsewhere: StoredElsewhere
    term_first: datetime
    term_last: datetime
    entries: list[NoticeEntry]
    contact: dict[str, str]
    text: dict[str, Any]
    answers: ObjectId
    corrects: ObjectId
    overturns: ObjectId
    published_at: datetime
    published_by: str


class NoticeQuerySet(RecordQuerySet):
    """Named queries over what is published."""

    def public_on(self, today: Any) -> Self:
        """Keep what anyone may read on a day: a notice that begins later is not there yet."""
        return self.where_raw({"first_day": {"$lte": stored_day(today)}})

    def of_kind(self, *kinds: str) -> Self:
        """Keep these kinds; all of them for none."""
        return self.having("kind", kinds)

    def with_id(self, notice_id: ObjectId) -> Self:
        """Keep one paper."""
        return self.where_raw({"_id": notice_id})

    def naming(self, base: ObjectId) -> Self:
        """Keep the papers whose list names a base."""
        return self.where_raw({"entries.base": base})

    def running(self, today: Any) -> Self:
        """Keep the public notices whose period is not over on a day."""
        return self.where_raw(_running(today))

    def not_running(self, today: Any) -> Self:
        """Keep all else: notices whose period is over, and papers that have none."""
        return self.where_raw({"$nor": [_running(today)]})

    def matching(self, words: str, named: Mapping[str, Mapping[str, Sequence[Any]]] | None = None) -> Self:
        """Keep the papers that hold every word in title, number or a base's name; operators are no part of it."""
        narrowed = self
        for word in words.split()[:_MOST_WORDS]:
            pattern = {"$regex": word.translate(_PATTERN_SIGNS), "$options": "i"}
            places = ("title", "number", "entries.base_name")
            narrowed = narrowed.where_raw({"$or": [{place: pattern} for place in places]})
        return narrowed

    def related_to(self, notice_id: ObjectId, named: Sequence[ObjectId], ties: Sequence[str]) -> Self:
        """Keep the papers `named`, and those that name this one by one of the keys `ties`."""
        return self.where_raw({"$or": [{"_id": {"$in": list(named)}}, *({key: notice_id} for key in ties)]})

    def page(
        self, keys: Sequence[str], order: Sequence[tuple[str, int]], *, skip: int = 0, limit: int = 0
    ) -> list[StoredNotice]:
        """Return papers with these keys only, in one command."""
        cursor = Notice.collection().find(self.filters(), dict.fromkeys(keys, 1)).sort(list(order))
        return cast("list[StoredNotice]", list(cursor.skip(skip).limit(limit)))

    def counts_by_kind_and_year(self) -> list[tuple[str, int, int]]:
        """Return kind, year of the first day, and how many papers there are of both, in one command."""
        grouped = {"_id": {"kind": "$kind", "year": {"$year": "$first_day"}}, "n": {"$sum": 1}}
        rows = Notice.collection().aggregate([{"$match": self.filters()}, {"$group": grouped}])
        return [(str(row["_id"]["kind"]), int(row["_id"]["year"]), int(row["n"])) for row in rows]


def _running(today: Any) -> dict[str, Any]:
    return {"kind": NoticeKind.PUBLIC_NOTICE.value, "last_day": {"$gte": stored_day(today)}}


class Notice(Document):
    """One published paper.

    `entries` is the list as frozen; `text` is the whole paper as it reads (`PaperText.stored` of `office.papers`).
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
    rule_set = StringField()
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
    def read(cls, notice_id: ObjectId, session: Any = None) -> StoredNotice:
        """Return a published paper, whatever its day. Raises Missing."""
        raw = cls.collection().find_one({"_id": notice_id}, session=session)
        if raw is None:
            raise Missing()
        return cast("StoredNotice", raw)

    @classmethod
    def counties_of(cls, raw: Mapping[str, Any]) -> list[str]:
        """Return the county codes of the bases that a paper names."""
        return sorted({entry["county"] for entry in raw.get("entries", ())})

    @classmethod
    def publish(cls, notice: Mapping[str, Any], session: Any) -> None:
        """Write a paper that is published, within the transaction that publishes it."""
        cls.collection().insert_one(dict(notice), session=session)

    @classmethod
    def latest_of_kind(cls, kind: str) -> StoredNotice | None:
        """Return the paper of a kind that was published last; None when there is none."""
        return cast("StoredNotice | None", cls.collection().find_one({"kind": kind}, sort=[("_id", -1)]))

    @classmethod
    def has_correction(cls, notice_id: ObjectId, text: Mapping[str, Any], session: Any = None) -> bool:
        """Tell whether a correction of a paper with the paragraphs of this stored text is published."""
        same = {"corrects": notice_id, "text.paragraphs": text["paragraphs"]}
        return cls.collection().find_one(same, {"_id": 1}, session=session) is not None

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
