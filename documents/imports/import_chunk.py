"""What became of the rows that an import has written so far: kept with each chunk until the import has ended."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import DictField, ListField, StringField
from pymongo.client_session import ClientSession


class ImportChunk(Document):
    """The rows of one transaction of an import that a job does: number, outcome, reasons and the record of each.

    Whoever goes on with the import after a kill takes from it which rows are written, and what is to be reported.
    """

    meta: ClassVar[dict[str, Any]] = {
        "collection": "import_chunks",
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["batch", "_id"], "name": "batch"}],
    }
    batch = StringField(required=True)
    rows = ListField(DictField())

    @classmethod
    def keep(cls, batch: str, rows: Iterable[Mapping[str, Any]], *, session: ClientSession) -> None:
        """Keep the rows of a chunk within its own transaction."""
        cls._get_collection().insert_one(
            {"batch": batch, "rows": [dict(row) for row in rows]}, session=session
        )

    @classmethod
    def rows_of(cls, batch: str) -> Iterator[dict[str, Any]]:
        """Yield the rows that an import has written, in the order of their writing."""
        for chunk in cls._get_collection().find({"batch": batch}).sort("_id", 1):
            yield from chunk["rows"]

    @classmethod
    def forget(cls, batch: str) -> None:
        """Forget the rows of an import that has come to its end: the batch itself has what is to be told."""
        cls._get_collection().delete_many({"batch": batch})
