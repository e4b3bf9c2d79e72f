"""One import of a workbook: which file, by whom, what became of its rows, and the rows that were refused."""

from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, IntField, ListField, StringField

from documents.records.record import RecordQuerySet
from rules.access import Actor


class ImportBatchQuerySet(RecordQuerySet):
    """Named queries over imports."""

    def visible_to(self, actor: Actor) -> "ImportBatchQuerySet":
        """Keep the imports of the actor's county; those of the city are the city's."""
        return self if actor.county is None else self.where_raw({"county": actor.county})


class ImportBatch(Document):
    """One import. Its id stands as the note of every audit entry it caused; without `finished_at` it was cut short.

    `rejected` holds, for at most so many rows as `services.imports.import_rows` says, the sheet's row number,
    the cells as text by column key, and the reasons (column, message id, parameters).
    """

    meta: ClassVar[dict[str, Any]] = {
        "collection": "import_batches",
        "queryset_class": ImportBatchQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["county", "-started_at"], "name": "county"},
            {"fields": ["-started_at"], "name": "time"},
        ],
    }

    batch = StringField(primary_key=True)
    kind = StringField(required=True)
    file_name = StringField()
    sha256 = StringField(required=True)
    sheet = StringField()
    header_row = IntField()
    actor_id = StringField(required=True)
    actor_name = StringField(required=True)
    county = StringField()
    started_at = DateTimeField(required=True)
    finished_at = DateTimeField()
    counts = DictField()
    rejected = ListField(DictField())
