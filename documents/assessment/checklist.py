"""The checklist of Art. 6 of one base for one year; whose it is, and in which county, the base says."""

from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, IntField, ObjectIdField, StringField


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
    def up_to(cls, base: Any, year: int) -> list[dict[str, Any]]:
        """Return the stored checklists of a base up to a year, the latest first."""
        found = cls._get_collection().find({"base": base, "year": {"$lte": year}})
        return list(found.sort("year", -1))
