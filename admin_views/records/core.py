"""What every part of a record view stands on: its declaration, its list, and reading in the actor's scope."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from flask import url_for

from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import ListQuery
from admin_views.shared.record_list import RecordList
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Action, Fact, Link, ListLayout, RelatedTable, Text
from documents.kinds import RECORDS
from documents.records.record import Record
from rules.access import Act
from rules.errors import Missing
from schema.collection import Collection
from schema.registry import REGISTRY


class RecordCore:
    """One collection on screen. What its declaration cannot say, because it needs other pages, a subclass says."""

    collection: str  # its stored name
    endpoint: str

    # What the head of a record says; a collection says more.

    def due_line(self, raw: Mapping[str, Any]) -> tuple[str, str]:
        """Return the one sentence that asks for something, and its tone."""
        return "", ""

    def subtitle(self, raw: Mapping[str, Any]) -> str:
        """Return the line under the name."""
        return ""

    def state_mark(self, raw: Mapping[str, Any]) -> Text:
        """Return what stands beside the state."""
        return ""

    def facts(self, raw: Mapping[str, Any]) -> tuple[Fact, ...]:
        """Return the figures of the head."""
        return ()

    # What `shown` needs beside the columns.
    shown_keys: tuple[str, ...] = ()

    def shown(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return a stored record as list and page show it; what is typed and exported is what is stored."""
        return dict(raw)

    def more_actions(self, raw: Mapping[str, Any]) -> tuple[Action, ...]:
        """Return the buttons beside edit and delete."""
        return ()

    def related(self, raw: Mapping[str, Any]) -> tuple[RelatedTable, ...]:
        """Return the records that belong to this one."""
        return ()

    def defaults(self) -> dict[str, Any]:
        """Return what a new record begins with: the declared defaults, and the clerk's own county."""
        declaration, actor = self.declaration, current_actor()
        values = {field.key: field.default for field in declaration.fields if field.default is not None}
        county = declaration.by_key.get("county")
        return values | ({"county": actor.county} if actor.county and county and county.editable else {})

    def layouts(self, query: ListQuery, present: str) -> tuple[ListLayout, ...]:
        """Return how the list can be shown; () where a table is the only way."""
        return ()

    def say(self, text: str) -> str:
        """Return a message id in the clerk's language."""
        return str(gettext(text))

    @property
    def declaration(self) -> Collection:
        """The collection's declaration, as the clerk's role knows it."""
        return REGISTRY[self.collection].seen_by(current_actor())

    @property
    def document(self) -> type[Record]:
        """The collection's document class."""
        return RECORDS[self.collection]

    @property
    def records(self) -> RecordList:
        """The collection's list."""
        details = url_for(f"{self.endpoint}.details_view")
        return RecordList(
            self.declaration, self.endpoint, self.visible, row_url=lambda raw: f"{details}?id={raw['_id']}",
            keys=self.shown_keys, derive=self.shown,
        )  # fmt: skip

    def visible(self) -> Any:
        """Return the records in the actor's scope; every read begins here."""
        return self.document.objects.visible_to(current_actor())

    def one_raw(self, text: str | None) -> dict[str, Any]:
        """Return one stored record in scope by the id in the address; Missing when there is none."""
        if not text or not ObjectId.is_valid(text):
            raise Missing()
        raw = self.document.read(ObjectId(text), current_actor())
        return self.declaration.hooks.in_sight(raw, current_actor())

    def may_write(self, act: Act = Act.CHANGE) -> bool:
        """Tell whether the clerk may write here: change records, or what `act` says."""
        actor, declaration = current_actor(), self.declaration
        return actor.may(declaration.write_permission) and declaration.allows(actor, act)

    def crumbs(self) -> tuple[Link, ...]:
        """Return the way to a page of this collection."""
        return (Link(gettext(self.declaration.label), self.records.url),)
