"""A doubt that a check has found: about one record, or about two that may be the same."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Self, TypedDict, cast

from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import DateTimeField, ListField, ObjectIdField, StringField
from pymongo import UpdateOne
from pymongo.client_session import ClientSession

from documents.records.record import RecordQuerySet
from rules.access import Actor
from rules.errors import Missing

COLLECTION = "doubts"


class StoredDoubt(TypedDict, total=False):
    """A stored doubt. `check` is the job that found it last; `dismissed_at` is there once somebody said it is none."""

    _id: str
    kind: str  # a code of `rules.doubts.doubt.Doubt`
    collection: str
    records: list[ObjectId]
    labels: list[str]
    counties: list[str]
    reasons: list[str]  # codes of `rules.likeness.verdict.Reason`
    check: ObjectId
    found_at: datetime
    dismissed_at: datetime
    dismissed_by: str


class DoubtQuerySet(RecordQuerySet):
    """Named queries over doubts."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep what is in the actor's scope: of a bound one the doubts about records of that county alone."""
        return self if actor.county is None else self.where_raw({"counties": [actor.county]})

    def of_kinds(self, kinds: Iterable[str]) -> Self:
        """Keep the doubts of these kinds."""
        return self.where_raw({"kind": {"$in": sorted(kinds)}})

    def dismissed(self, wanted: bool) -> Self:
        """Keep those that somebody said are none, or the others."""
        return self.where_raw({"dismissed_at": {"$exists": wanted}})

    def page(self, skip: int, most: int) -> list[StoredDoubt]:
        """Return some of them, in an order that stays."""
        rows = self._document._get_collection().find(self.filters()).sort([("kind", 1), ("_id", 1)])
        return cast("list[StoredDoubt]", list(rows.skip(skip).limit(most)))

    def counts_by_kind(self) -> dict[str, int]:
        """Return how many there are of each kind."""
        steps = [{"$match": self.filters()}, {"$group": {"_id": "$kind", "n": {"$sum": 1}}}]
        return {row["_id"]: row["n"] for row in self._document._get_collection().aggregate(steps)}


class DoubtRow(Document):
    """See the module; `_id` says kind and records, so that a later check finds its own again."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "queryset_class": DoubtQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["counties", "kind"], "name": "county"},
            {"fields": ["kind", "_id"], "name": "kind"},
            {"fields": ["records"], "name": "records"},
        ],
    }
    county_key: ClassVar[str] = "counties"
    shard_key: ClassVar[tuple[str, ...]] = ("_id",)

    id = StringField(primary_key=True)
    kind = StringField(required=True)
    collection_name = StringField(db_field="collection", required=True)
    records = ListField(ObjectIdField())
    labels = ListField(StringField())
    counties = ListField(StringField())
    reasons = ListField(StringField())
    check = ObjectIdField()
    found_at = DateTimeField()
    dismissed_at = DateTimeField()
    dismissed_by = StringField()

    @classmethod
    def read(cls, doubt_id: str, actor: Actor, session: ClientSession | None = None) -> StoredDoubt:
        """Return a doubt in the actor's scope. Raises Missing."""
        clause = {"$and": [{"_id": doubt_id}, cls.objects.visible_to(actor).filters()]}
        found = cls._get_collection().find_one(clause, session=session)
        if found is None:
            raise Missing()
        return cast("StoredDoubt", found)

    @classmethod
    def keep(cls, doubts: Sequence[StoredDoubt], session: ClientSession) -> None:
        """Write what a check has found; what somebody said of one before stays."""
        steps = [
            UpdateOne(
                {"_id": doubt["_id"]},
                {"$set": {key: value for key, value in doubt.items() if key != "_id"}},
                upsert=True,
            )
            for doubt in doubts
        ]
        if steps:
            cls._get_collection().bulk_write(steps, ordered=False, session=session)

    @classmethod
    def forget_others(cls, check: ObjectId, county: str | None, session: ClientSession) -> None:
        """Forget the doubts of earlier checks that this one, of a county or of all, has not found again.

        What somebody said is none stays, in case it is found once more.
        """
        clause: dict[str, Any] = {"check": {"$ne": check}, "dismissed_at": {"$exists": False}}
        if county is not None:
            clause["counties"] = [county]
        cls._get_collection().delete_many(clause, session=session)

    @classmethod
    def forget_of(cls, record_id: ObjectId, session: ClientSession) -> None:
        """Forget the doubts about a record that is gone."""
        cls._get_collection().delete_many({"records": record_id}, session=session)

    @classmethod
    def dismiss(cls, doubt_id: str, who: str, now: datetime, session: ClientSession) -> bool:
        """Note who said that a doubt is none; False when somebody had said so before."""
        clause = {"_id": doubt_id, "dismissed_at": {"$exists": False}}
        said = {"$set": {"dismissed_at": now, "dismissed_by": who}}
        return cls._get_collection().update_one(clause, said, session=session).matched_count == 1

    @classmethod
    def doubt_again(cls, doubt_id: str, session: ClientSession) -> bool:
        """Take back that a doubt is none; False when nobody had said so."""
        clause = {"_id": doubt_id, "dismissed_at": {"$exists": True}}
        again = {"$unset": {"dismissed_at": 1, "dismissed_by": 1}}
        return cls._get_collection().update_one(clause, again, session=session).matched_count == 1


def doubt_id(kind: str, records: Iterable[ObjectId]) -> str:
    """Return the id of a doubt: the same for the same kind and records, in whatever order."""
    text = f"{kind} {' '.join(sorted(map(str, records)))}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def new_doubt(
    kind: str, collection: str, records: Sequence[Mapping[str, Any]], *, labels: Sequence[str],
    counties: Sequence[str], reasons: Sequence[str] = (), check: ObjectId, now: datetime,
) -> StoredDoubt:  # fmt: skip
    """Return a doubt about these records as it is stored."""
    ids = [record["_id"] for record in records]
    return {
        "_id": doubt_id(kind, ids), "kind": kind, "collection": collection, "records": ids, "labels": list(labels),
        "counties": sorted(set(counties)), "reasons": list(reasons), "check": check, "found_at": now,
    }  # fmt: skip
