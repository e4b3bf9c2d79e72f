"""The one door of the programming interface: which collections there are for who asks, and which of their fields.

Every declared collection that clerks keep is one, those too that an office adds; a token may know fewer.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from bson import ObjectId

from admin_views.api.json_values import json_of
from admin_views.records.routes import view_of
from admin_views.records.view import RecordView
from admin_views.shared.guard import current_actor, current_bearer
from admin_views.shared.record_list import RecordList
from documents.kinds import RECORDS
from documents.records.record import Record
from rules.access import Act, Permission
from rules.errors import Missing, NotAllowed
from schema.collection import Collection
from schema.field import Field
from schema.registry import REGISTRY
from services.desk.api_tokens import may_ask
from services.shared.plain_json import plain

# Beside the fields: who knows of a record what every record has.
ALWAYS = ("_id", "version", "created_at", "created_by", "updated_at", "updated_by")


def seen_collections() -> tuple[Collection, ...]:
    """Return the collections that who asks may read, each as their role knows it."""
    bearer, actor = current_bearer(), current_actor()
    return tuple(
        one.seen_by(actor)
        for one in REGISTRY.listed_for(actor)
        if bearer is None or may_ask(bearer.token, one.name)
    )


class Door:
    """One collection as who asks may see it."""

    def __init__(self, declaration: Collection) -> None:
        self.declaration = declaration
        self.name = declaration.name

    @classmethod
    def of(cls, slug: str) -> "Door":
        """Return the collection of a word in the address. Raises Missing for none that who asks may know."""
        declaration = next((one for one in seen_collections() if one.slug == slug), None)
        if declaration is None:
            raise Missing()
        current_actor().demand(Permission.READ)
        return cls(declaration)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields that are answered."""
        return tuple(field for field in self.declaration.fields if field.stored)

    @property
    def document(self) -> type[Record]:
        """The class of its records."""
        return RECORDS[self.name]

    @property
    def view(self) -> RecordView:
        """Its pages, whose form is what is written through."""
        return view_of(self.name)

    @property
    def records(self) -> RecordList:
        """Its list, as the page has it."""
        return RecordList(
            self.declaration, self.name, lambda: self.document.objects.visible_to(current_actor()),
            row_url=lambda raw: "", keys=ALWAYS,
        )  # fmt: skip

    def may(self, act: Act) -> bool:
        """Tell whether who asks may do this here: with their role, in this collection, by this token."""
        bearer, actor = current_bearer(), current_actor()
        writes = bearer is None or bearer.token["writes"]
        return writes and actor.may(self.declaration.write_permission) and self.declaration.allows(actor, act)

    def demand(self, act: Act) -> None:
        """Raise NotAllowed unless who asks may do this here."""
        if not self.may(act):
            raise NotAllowed()

    def read(self, text: str) -> dict[str, Any]:
        """Return one stored record in scope, without what is not to be seen of it. Raises Missing."""
        if not ObjectId.is_valid(text) or len(text) != 24:
            raise Missing()
        raw = self.document.read(ObjectId(text), current_actor())
        return self.declaration.hooks.in_sight(raw, current_actor())

    def json_record(self, raw: dict[str, Any], fields: Iterable[Field] | None = None) -> dict[str, Any]:
        """Return a stored record as it is answered: what every record has, then its fields by key."""
        found: dict[str, Any] = {"id": str(raw["_id"]), "version": raw.get("version", 0)}
        # Who saved a record of several counties last, and when, may be another county's matter.
        is_shared = self.declaration.in_several_counties and current_actor().county is not None
        for key in ALWAYS[2:]:
            found[key] = None if is_shared else plain(raw.get(key))
        for field in self.fields if fields is None else fields:
            key, name_key = field.key, field.name_key
            found[key] = json_of(field, raw.get(key))
            if name_key:
                found[name_key] = plain(raw.get(name_key))
        return found
