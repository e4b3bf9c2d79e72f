"""What every document has that only services write: the number of its saves, and who made and last changed it."""

from typing import TYPE_CHECKING, Any, ClassVar

from mongoengine import DateTimeField, Document, IntField, StringField

if TYPE_CHECKING:
    from pymongo.collection import Collection


class Versioned(Document):
    """A document whose version counts its saves: a write names the version it read (`services.shared.unit_of_work`)."""

    meta: ClassVar[dict[str, Any]] = {"abstract": True, "auto_create_index": False, "strict": False}

    version = IntField(required=True, default=1)
    created_at = DateTimeField()
    created_by = StringField()
    updated_at = DateTimeField()
    updated_by = StringField()

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection, on which services write."""
        return cls._get_collection()
