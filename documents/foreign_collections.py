"""The collections of the database that are none of ours: another program's, or brought in by hand."""

from collections.abc import Iterator, Mapping
from typing import Any

from documents.desk.user import User
from documents.indexes import documents
from documents.records.office_state import COUNTERS

# Beside what documents are declared for.
_OURS = frozenset({COUNTERS, "audit_head", "readiness"})
_BATCH = 1000


def foreign_collections() -> list[tuple[str, int]]:
    """Return the names of the collections that this program did not make, each with about how many documents it has.

    Views are among them; what the server or GridFS keeps is not, nor what is left of a collection of the office's own.
    """
    database = User._get_db()
    ours = _OURS | {document._get_collection_name() for document in documents()}
    names = [name for name in database.list_collection_names() if name not in ours and _may_be_read(name)]
    return [(name, database[name].estimated_document_count()) for name in sorted(names)]


def _may_be_read(name: str) -> bool:
    return "." not in name and not name.startswith("c_")


def read_foreign(name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the documents of one of the `foreign_collections`, in the order in which they were made."""
    return iter(User._get_db()[name].find({}, batch_size=_BATCH).sort("_id", 1))
