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
