"""The recycle bin: a deleted record is moved here whole, so that no other query has to know of deletion."""

from collections.abc import Mapping
from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, ListField, ObjectIdField, StringField

from documents.records.record import RecordQuerySet
from rules.access import Actor
from rules.errors import Missing


class Recycled(Document):
    """One deleted record: where it was, who deleted it and when, and the document as it stood."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "recycled",
        "queryset_class": RecordQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["collection_name", "record_id"], "unique": True, "name": "record_unique"},
            {"fields": ["counties", "-deleted_at"], "name": "county"},
            {"fields": ["-deleted_at"], "name": "deleted_at"},
        ],
    }
    county_key: ClassVar[str] = "counties"
    shard_key: ClassVar[tuple[str, ...]] = ("collection", "record_id")

    collection_name = StringField(db_field="collection")
    record_id = ObjectIdField()
    label = StringField()
    counties = ListField(StringField())
    deleted_at = DateTimeField()
    deleted_by = StringField()
    deleted_by_name = StringField()
    document = DictField()

    @classmethod
    def keep(cls, entry: Mapping[str, Any], *, session: Any) -> None:
        """Keep a deleted record."""
        cls._get_collection().insert_one(dict(entry), session=session)

    @classmethod
    def read(cls, entry_id: Any, actor: Actor, *, session: Any = None) -> dict[str, Any]:
        """Return a deleted record in the actor's scope, as the transaction sees it. Raises Missing."""
        entry: dict[str, Any] | None = cls._get_collection().find_one({"_id": entry_id}, session=session)
        if entry is None or (actor.county is not None and actor.county not in entry["counties"]):
            raise Missing()
        return entry

    @classmethod
    def remove(cls, entry_id: Any, *, session: Any) -> None:
        """Take a record out that is restored."""
        cls._get_collection().delete_one({"_id": entry_id}, session=session)

    @classmethod
    def titled_bases(cls, uscc: Any, name: Any, county: Any, session: Any = None) -> list[dict[str, Any]]:
        """Return the deleted bases that have or had a title and bear this code, or this name in this county."""
        same = [{"document.uscc": uscc}, {"document.name": name, "document.county": county}]
        clause = {"collection": "bases", "document.status": {"$ne": "uncertified"}, "$or": same}
        return [row["document"] for row in cls._get_collection().find(clause, session=session)]
