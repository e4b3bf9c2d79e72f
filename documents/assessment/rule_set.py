"""A rule set as the office keeps it; once a decision was taken under one, it is never changed."""

from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import BooleanField, DateTimeField, DictField, IntField, StringField

from documents.records.fields import DayField


class RuleSet(Document):
    """One edition of the Measures at one level. `draft` ones are tried out and never in force.

    `figures` holds what `rules.measures.Measures.stored` gives, code, level, title and days apart.
    """

    meta: ClassVar[dict[str, Any]] = {"collection": "rule_sets", "auto_create_index": False, "strict": False}

    code = StringField(primary_key=True)
    title = StringField(required=True)
    level = StringField(required=True)
    first_day = DayField(required=True)
    last_day = DayField()
    draft = BooleanField(default=False)
    shipped = BooleanField(default=False)
    figures = DictField()
    version = IntField(default=1)
    created_at = DateTimeField()
    created_by = StringField()
