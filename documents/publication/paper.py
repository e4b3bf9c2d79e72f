"""The register of official papers: a document number belongs to one paper, of one date."""

import re
from datetime import datetime
from typing import Any, ClassVar, TypedDict, cast

from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import DictField, ObjectIdField, StringField

from documents.records.fields import DayField

# What bears a number: announcements recorded or made here, counties' letters, certificates, prior notices, decisions,
# and the letters that put bases forward to the level above.
KINDS = ("announcement", "recommendation", "certificate", "prior-notice", "decision", "upward")


class StoredPaper(TypedDict, total=False):
    """A number as it is stored: the number is the key, `dated` the moment 00:00 in UTC of the paper's day."""

    _id: str
    kind: str  # one of KINDS
    dated: datetime
    paper: ObjectId
    text: dict[str, Any]  # `PaperText.stored()` of an upward letter, as it was sent


class Paper(Document):
    """One official paper, held unique by its number (the key). Several bases may stand on one announcement."""

    meta: ClassVar[dict[str, Any]] = {"collection": "papers", "auto_create_index": False, "strict": False}

    number = StringField(primary_key=True)
    kind = StringField(required=True, choices=KINDS)
    dated = DayField(required=True)
    paper = ObjectIdField()  # the notice or letter that bears it, where it was made here
    text = DictField()

    @classmethod
    def numbered(cls, number: str, session: Any = None) -> StoredPaper | None:
        """Return the stored paper of a number; None when no paper has it."""
        return cast("StoredPaper | None", cls._get_collection().find_one({"_id": number}, session=session))

    @classmethod
    def enter(
        cls, number: str, kind: str, dated: datetime, session: Any = None, *, paper: ObjectId | None = None
    ) -> None:
        """Enter a number, with the paper that was made here; the key refuses one that is there."""
        row = StoredPaper(_id=number, kind=kind, dated=dated)
        if paper is not None:
            row["paper"] = paper
        cls._get_collection().insert_one(row, session=session)

    @classmethod
    def freeze(cls, number: str, kind: str, text: dict[str, Any], session: Any = None) -> None:
        """Keep the words of a paper of this kind with its number."""
        cls._get_collection().update_one(
            {"_id": number, "kind": kind}, {"$set": {"text": text}}, session=session
        )

    @classmethod
    def release(cls, number: str, session: Any = None) -> None:
        """Free a number that no paper bears any more."""
        cls._get_collection().delete_one({"_id": number}, session=session)

    @classmethod
    def numbers_beginning(cls, start: str, kind: str, session: Any = None) -> list[str]:
        """Return the numbers of a kind of paper that begin with `start`."""
        clause = {"_id": {"$regex": "^" + re.escape(start)}, "kind": kind}
        return [row["_id"] for row in cls._get_collection().find(clause, {"_id": 1}, session=session)]
