"""The register of titles older than the system: whether it is open, and since when; one document.

The titles themselves stand in their bases (`title_source`).
"""

from datetime import datetime
from typing import Any, ClassVar, TypedDict, cast

from mongoengine import Document
from mongoengine.fields import BooleanField, DateTimeField, IntField, StringField

COLLECTION = "title_register"
EARLIER_TITLES = "earlier-titles"


class StoredRegister(TypedDict, total=False):
    """The register as it is stored; an office that never closed it has none. `reason` is that of the last act."""

    _id: str
    open: bool
    reason: str
    version: int
    updated_at: datetime
    updated_by: str


class TitleRegister(Document):
    """Whether earlier titles may still be entered."""

    meta: ClassVar[dict[str, Any]] = {"collection": COLLECTION, "auto_create_index": False, "strict": False}

    key = StringField(primary_key=True)
    open = BooleanField(required=True)
    reason = StringField(max_length=2000)
    version = IntField(default=1)
    updated_at = DateTimeField()
    updated_by = StringField()

    @classmethod
    def stored(cls, session: Any = None) -> StoredRegister:
        """Return the register, open at version 0 as long as nobody has closed it."""
        row = cls._get_collection().find_one({"_id": EARLIER_TITLES}, session=session)
        return (
            cast("StoredRegister", row) if row else StoredRegister(_id=EARLIER_TITLES, open=True, version=0)
        )
