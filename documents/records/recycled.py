"""The recycle bin: a deleted record is moved here whole, so that no other query has to know of deletion."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, ListField, ObjectIdField, StringField

from documents.definitions.seen_collections import of_seen_collections
from documents.records.record import RecordQuerySet
from rules.access import Actor, Permission, Role
from rules.errors import Missing
from schema.definitions.own_fields import PREFIX
from schema.file_places import Readers
from schema.registry import REGISTRY

FILES = "attachments"  # the `collection` of a removed file
OWN_FIELDS = "own_fields"  # that of a deleted field, whose values stay in the records, seen by nobody


class RecycledQuerySet(RecordQuerySet):
    """Named queries over what was deleted."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep what is in the actor's scope: the records of its county, and the files that it might read."""
        found = super().visible_to(actor)
        unread = [readers.name for readers in Readers if not readers.include(actor)]
        clauses = [of_seen_collections(actor), of_seen_collections(actor, "document.collection")]
        clauses.append(_of_seen_fields(actor))
        clauses.append({"readers": {"$nin": unread}} if unread else {})
        # Who may not make fields knows nothing of those that were: some may have been kept from them.
        is_maker = actor.may(Permission.MANAGE_OFFICE)
        clauses.append({} if is_maker else {"collection": {"$ne": OWN_FIELDS}})
        clauses = [clause for clause in clauses if clause]
        if not clauses:
            return found
        return found.where_raw({"$and": clauses} if len(clauses) > 1 else clauses[0])

    def removed_before(self, moment: datetime) -> Self:
        """Keep the files that were removed before a moment."""
        return self.where_raw({"collection": FILES, "deleted_at": {"$lt": moment}})


def _of_seen_fields(actor: Actor) -> dict[str, Any]:
    """Return the filter that leaves out files of own fields which the actor's role may not see, or which are gone."""
    if actor.role is Role.ADMIN:
        return {}
    declarations = (declaration.seen_by(actor) for declaration in REGISTRY if declaration.file_fields)
    seen: list[dict[str, Any]] = [
        {
            "document.collection": one.name,
            "document.slot": {"$in": [key for key in keys if key in one.by_key]},
        }
        for one in declarations
        if (keys := [field.key for field in one.file_fields])
    ]
    return {"$or": [{"document.slot": {"$not": re.compile(f"^{PREFIX}")}}, *seen]}


class Recycled(Document):
    """One deleted record, or one removed file: where it was, who took it when, and the document as it stood.

    A file's `document` are its particulars, its bytes stay in GridFS; `readers` names who might read it. That of a
    field says its collection and key.
    """

    meta: ClassVar[dict[str, Any]] = {
        "collection": "recycled",
        "queryset_class": RecycledQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["collection_name", "record_id"], "unique": True, "name": "record_unique"},
            {"fields": ["counties", "-deleted_at"], "name": "county"},
            {"fields": ["-deleted_at"], "name": "deleted_at"},
            {"fields": ["collection_name", "deleted_at"], "name": "kind"},
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
    readers = StringField()
    document = DictField()
    merge = DictField()  # `services.records.merge.MergeNote`, of a record that was merged into another

    @classmethod
    def keep(cls, entry: Mapping[str, Any], *, session: Any) -> None:
        """Keep a deleted record."""
        cls._get_collection().insert_one(dict(entry), session=session)

    @classmethod
    def read(cls, entry_id: Any, actor: Actor, *, session: Any = None) -> dict[str, Any]:
        """Return what was deleted in the actor's scope, as the transaction sees it. Raises Missing."""
        clause = {"$and": [{"_id": entry_id}, cls.objects.visible_to(actor).filters()]}
        entry: dict[str, Any] | None = cls._get_collection().find_one(clause, session=session)
        if entry is None:
            raise Missing()
        return entry

    @classmethod
    def last_of(cls, collection: str, record_id: Any, *, session: Any) -> dict[str, Any] | None:
        """Return the deleted record of this id; None when it was not deleted."""
        found: dict[str, Any] | None = cls._get_collection().find_one(
            {"collection": collection, "record_id": record_id}, session=session
        )
        return found

    @classmethod
    def note_merge(cls, entry_id: Any, note: Mapping[str, Any], *, session: Any) -> None:
        """Note with a record that was merged into another what was changed with it, for the way back."""
        cls._get_collection().update_one({"_id": entry_id}, {"$set": {"merge": dict(note)}}, session=session)

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
