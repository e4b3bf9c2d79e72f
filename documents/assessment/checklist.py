"""The checklist of Art. 6 of one base for one year; whose it is, and in which county, the base says."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, TypedDict, cast

from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, IntField, ObjectIdField, StringField
from pymongo.client_session import ClientSession

from documents.records.attachment import Attachment


class StoredCheck(TypedDict, total=False):
    """What was found of one condition: a code of `rules` (`CheckState`), a remark, ids of attachments."""

    state: str
    remark: str
    files: list[ObjectId]


class StoredChecklist(TypedDict, total=False):
    """A stored checklist; `items` by the code of a condition, without those of which nothing was found."""

    _id: ObjectId
    base: ObjectId
    year: int
    items: Mapping[str, StoredCheck]
    version: int
    updated_at: datetime
    updated_by: str


class Checklist(Document):
    """One base in one year. `items` holds by condition its `state`, `remark` and `files` (attachment ids)."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "checklists",
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["base", "year"], "unique": True, "name": "base_year_unique"}],
    }

    base = ObjectIdField(required=True)
    year = IntField(required=True)
    items = DictField()
    version = IntField(required=True, default=1)
    updated_at = DateTimeField()
    updated_by = StringField()

    @classmethod
    def latest_up_to(cls, base: ObjectId, year: int) -> StoredChecklist | None:
        """Return the checklist of a base for a year, else the latest of an earlier one; None without any."""
        earlier = {"base": base, "year": {"$lte": year}}
        return cast("StoredChecklist | None", cls._get_collection().find_one(earlier, sort=[("year", -1)]))

    @classmethod
    def of_bases(cls, year: int, bases: Iterable[ObjectId] | None = None) -> dict[ObjectId, StoredChecklist]:
        """Return the checklists of exactly this year by base, of these bases or of all."""
        clause: dict[str, Any] = {"year": year}
        if bases is not None:
            clause["base"] = {"$in": list(bases)}
        return {row["base"]: cast("StoredChecklist", row) for row in cls._get_collection().find(clause)}

    @classmethod
    def of_base(cls, base: ObjectId) -> dict[int, StoredChecklist]:
        """Return every checklist of a base by its year."""
        rows = cls._get_collection().find({"base": base})
        return {row["year"]: cast("StoredChecklist", row) for row in rows}

    @classmethod
    def of_year(cls, base: ObjectId, year: int, session: ClientSession) -> StoredChecklist | None:
        """Return the checklist of a base for exactly this year, as a transaction sees it; None without any."""
        own = {"base": base, "year": year}
        return cast("StoredChecklist | None", cls._get_collection().find_one(own, session=session))


def files_of_base(files: Collection[ObjectId], base: ObjectId, session: ClientSession) -> set[ObjectId]:
    """Return which of these attachments are, as a transaction sees them, files of the base's own record."""
    own = {"_id": {"$in": list(files)}, "collection": "bases", "record_id": base}
    rows = Attachment._get_collection().find(own, {"_id": 1}, session=session)
    return {row["_id"] for row in rows}


def are_files_of_base(files: Collection[ObjectId], base: ObjectId, session: ClientSession) -> bool:
    """Tell whether each of these attachments is, as a transaction sees it, a file of the base's own record."""
    return len(files_of_base(files, base, session)) == len(files)
