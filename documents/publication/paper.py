"""The register of official papers: a document number belongs to one paper, of one date."""

from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import ObjectIdField, StringField

from documents.records.fields import DayField

# What bears a number: announcements recorded or made here, counties' letters, certificates, decisions, and the
# letters that put bases forward to the level above.
KINDS = ("announcement", "recommendation", "certificate", "decision", "upward")


class Paper(Document):
    """One official paper, held unique by its number (the key). Several bases may stand on one announcement."""

    meta: ClassVar[dict[str, Any]] = {"collection": "papers", "auto_create_index": False, "strict": False}

    number = StringField(primary_key=True)
    kind = StringField(required=True, choices=KINDS)
    dated = DayField(required=True)
    paper = ObjectIdField()  # the notice or letter that bears it, where it was made here

    @classmethod
    def numbered(cls, number: str, session: Any = None) -> dict[str, Any] | None:
        """Return the stored paper of a number; None when no paper has it."""
        found: dict[str, Any] | None = cls._get_collection().find_one({"_id": number}, session=session)
        return found

    @classmethod
    def enter(cls, number: str, kind: str, dated: Any, session: Any = None) -> None:
        """Enter a number; the key refuses one that is there."""
        cls._get_collection().insert_one({"_id": number, "kind": kind, "dated": dated}, session=session)

    @classmethod
    def release(cls, number: str, session: Any = None) -> None:
        """Free a number that no paper bears any more."""
        cls._get_collection().delete_one({"_id": number}, session=session)
