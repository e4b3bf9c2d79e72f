"""The office's dictionary of statuses: a code that the Measures or the office needs, its label and colour."""

from datetime import datetime
from typing import Any, TypedDict

from bson import ObjectId

from documents.records.declared import declared
from schema.statuses import STATUSES


class StoredStatus(TypedDict, total=False):
    """One word of the dictionary as it is stored."""

    _id: ObjectId
    collection: str
    code: str
    label: str
    colour: str
    order: int
    final: bool
    public: bool
    needed: bool
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class Status(declared(STATUSES)):  # type: ignore[misc]  # built from the declaration
    """One word of the dictionary. A `needed` one cannot be deleted or re-coded: the rules speak of its code."""

    @classmethod
    def codes_of(cls, collection: str, session: Any = None) -> set[str]:
        """Return the codes of a collection's statuses."""
        rows = cls.collection().find({"collection": collection}, {"code": 1}, session=session)
        return {row["code"] for row in rows}

    @classmethod
    def in_order(cls, session: Any = None) -> list[StoredStatus]:
        """Return every word, each collection's in its order."""
        return list(
            cls.collection().find({}, session=session).sort([("collection", 1), ("order", 1), ("_id", 1)])
        )

    @classmethod
    def free_labels(cls, ids: list[ObjectId], session: Any) -> None:
        """Let others have the labels of these words, which the same transaction gives new ones."""
        for one in ids:
            cls.collection().update_one({"_id": one}, {"$set": {"label": str(one)}}, session=session)

    @classmethod
    def words_of_all(cls, session: Any = None) -> dict[str, tuple[tuple[str, str], ...]]:
        """Return code and label of every collection's statuses."""
        found: dict[str, list[tuple[str, str]]] = {}
        for row in cls.collection().find({}, {"collection": 1, "code": 1, "label": 1}, session=session):
            found.setdefault(row["collection"], []).append((row["code"], row["label"]))
        return {name: tuple(sorted(words)) for name, words in found.items()}

    @classmethod
    def words_of(cls, collection: str) -> list[dict[str, Any]]:
        """Return code and label of a collection's statuses in their order."""
        rows = cls.objects.where_raw({"collection": collection}).rows(["code", "label"], [("order", 1)])
        return list(rows)
