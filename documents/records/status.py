"""The office's dictionary of statuses: a code that the Measures or the office needs, its label and colour."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from mongoengine.fields import BooleanField, IntField, StringField

from documents.records import search
from documents.records.fields import CleanTextField
from documents.records.record import Record, RecordQuerySet
from rules.access import Actor
from rules.choices import Colour, StatusFor

COLOURS = tuple(colour.value for colour in Colour)
# The statuses of bases are the states of the title: the Measures alone make them, the office may only
# re-word and re-colour them.
OPEN_COLLECTIONS = ("tenant_companies", "service_partners", "ledger_entries")

# collection, code, label, colour, order, final, public
NEEDED: tuple[tuple[str, str, str, str, int, bool, bool], ...] = (
    ("bases", "uncertified", "未认定", "grey", 10, False, False),
    ("bases", "certified", "已认定", "green", 20, False, True),
    ("bases", "cancelled", "已取消", "amber", 30, True, True),
    ("bases", "revoked", "已撤销", "red", 40, True, True),
    ("tenant_companies", "housed", "在驻", "green", 10, False, False),
    ("tenant_companies", "moved_out", "已迁出", "grey", 20, True, False),
    ("service_partners", "cooperating", "合作中", "green", 10, False, False),
    ("service_partners", "ended", "已终止", "grey", 20, True, False),
    ("ledger_entries", "draft", "草稿", "grey", 10, False, False),
    ("ledger_entries", "submitted", "已提交", "blue", 20, False, False),
    ("ledger_entries", "verified", "已核验", "green", 30, True, False),
)
DEFAULT_STATUS = {
    "bases": "uncertified",
    "tenant_companies": "housed",
    "service_partners": "cooperating",
    "ledger_entries": "draft",
}


class StatusQuerySet(RecordQuerySet):
    """The dictionary is the whole office's: every clerk reads all of it."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep all."""
        return self


class Status(Record):
    """One word of the dictionary. A `needed` one cannot be deleted or re-coded: the rules speak of its code."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "statuses",
        "queryset_class": StatusQuerySet,
        "auto_create_index": False,
        "indexes": [
            {"fields": ["collection_name", "code"], "unique": True, "name": "code_unique"},
            {"fields": ["collection_name", "label"], "unique": True, "name": "label_unique"},
        ],
    }
    data_keys = ("collection", "code", "label", "colour", "order", "final", "public")

    collection_name = StringField(
        required=True, db_field="collection", choices=tuple(one.value for one in StatusFor)
    )
    code = StringField(required=True, max_length=40, regex=r"^[a-z][a-z0-9_]*$")
    label = CleanTextField(required=True, max_length=20)
    colour = StringField(required=True, choices=COLOURS, default="grey")
    order = IntField(required=True, min_value=0, max_value=9999, default=100)
    final = BooleanField(default=False)
    public = BooleanField(default=False)
    needed = BooleanField(default=False)

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the status's label."""
        return str(raw.get("label", ""))

    @classmethod
    def counties_of(cls, raw: Mapping[str, Any]) -> list[str]:
        """Return no county: the dictionary is the whole office's."""
        return []

    @classmethod
    def is_visible(cls, raw: Mapping[str, Any], actor: Actor) -> bool:
        """Tell that every clerk reads all of the dictionary."""
        return True

    @classmethod
    def search_fields(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derived search fields: label and code."""
        fields = search.index_fields([raw.get("code")], names=[raw.get("label")])
        return fields | {"sort_key": search.sort_key(raw.get("label", ""))}
