"""The office's own templates of papers: a row for every change, of which the latest of a kind is in use."""

from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import BinaryField, DateTimeField, IntField, StringField


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
