"""A county-level unit, with the office's sort number; the facts stand in `rules.counties`."""

from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import IntField, StringField


class County(Document):
    """One county. `order` is the office's customary place of it, which an administrator may change."""

    meta: ClassVar[dict[str, Any]] = {"collection": "counties", "auto_create_index": False, "strict": False}

    code = StringField(primary_key=True)
    name = StringField(required=True)
    short = StringField(required=True)
    order = IntField(required=True)
