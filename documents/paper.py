"""The register of official papers: a document number belongs to one paper, of one date."""

from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import StringField

from documents.fields import DayField


class Paper(Document):
    """One official paper, held unique by its number (the key). Several bases may stand on one announcement."""

    meta: ClassVar[dict[str, Any]] = {"collection": "papers", "auto_create_index": False, "strict": False}

    number = StringField(primary_key=True)
    kind = StringField(required=True, choices=("announcement",))
    dated = DayField(required=True)
