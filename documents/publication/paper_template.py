"""The office's own templates of papers: a row for every change, of which the latest of a kind is in use."""

from datetime import datetime
from typing import Any, ClassVar, TypedDict, cast

from bson import Binary, ObjectId
from mongoengine import Document
from mongoengine.fields import BinaryField, DateTimeField, IntField, StringField

_WITHOUT_DATA = {"data": 0}


class StoredPaperTemplate(TypedDict, total=False):
    """One change of a kind's template. `size` in bytes; without `data` the default template is in use again."""

    _id: ObjectId
    kind: str  # a code of `rules.papers.PaperKind`
    version: int
    name: str
    data: Binary
    size: int
    sha256: str
    uploaded_at: datetime
    uploaded_by: str
    uploaded_by_name: str


class PaperTemplate(Document):
    """One change of one kind's template. `data` is the .docx, of at most 5 MB; without it the default is in use again.

    Rows are never changed, so that what an earlier paper was made from can be looked up.
    """

    meta: ClassVar[dict[str, Any]] = {
        "collection": "paper_templates",
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["kind", "version"], "unique": True, "name": "kind_version_unique"}],
    }

    kind = StringField(required=True)
    version = IntField(required=True)
    name = StringField()
    data = BinaryField(max_bytes=5 << 20)
    size = IntField()
    sha256 = StringField()
    uploaded_at = DateTimeField()
    uploaded_by = StringField()
    uploaded_by_name = StringField()

    @classmethod
    def changes(cls) -> list[StoredPaperTemplate]:
        """Return every change without its file, by kind, the latest first: one command."""
        rows = cls._get_collection().find({}, _WITHOUT_DATA).sort([("kind", 1), ("version", -1)])
        return cast("list[StoredPaperTemplate]", list(rows))

    @classmethod
    def latest(cls, kind: str, *, with_data: bool, session: Any = None) -> StoredPaperTemplate | None:
        """Return the latest change of a kind; None when there is none."""
        keys = None if with_data else _WITHOUT_DATA
        row = cls._get_collection().find_one({"kind": kind}, keys, sort=[("version", -1)], session=session)
        return cast("StoredPaperTemplate | None", row)

    @classmethod
    def of_version(cls, kind: str, version: int) -> StoredPaperTemplate | None:
        """Return one change of a kind, with its file; None when there is none."""
        row = cls._get_collection().find_one({"kind": kind, "version": version})
        return cast("StoredPaperTemplate | None", row)

    @classmethod
    def append(cls, row: StoredPaperTemplate, session: Any) -> None:
        """Write the next change of a kind, within a transaction."""
        cls._get_collection().insert_one(row, session=session)
