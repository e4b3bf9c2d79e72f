"""What every part of a record view stands on: its sheet, its collection, and reading in the actor's scope."""

from collections.abc import Mapping
from typing import Any, ClassVar

from bson import ObjectId
from flask import url_for
from flask_babel import gettext

from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import FilterSpec
from admin_views.shared.view_models import Action, Fact, Link, RelatedTable
from documents.kinds import RECORDS
from documents.records.record import Record
from forms.record import RecordForm
from rules.access import Permission
from rules.errors import Missing
from schema.field import Column, Sheet


class RecordCore:
    """A subclass says which sheet, form, filters and order it has, and how a clerk calls it."""

    sheet: ClassVar[Sheet]
    form_class: ClassVar[type[RecordForm]]
    list_filters: ClassVar[tuple[FilterSpec, ...]] = ()
    first_columns: ClassVar[tuple[str, ...]] = ()  # those a list shows until others are chosen
    default_order: ClassVar[tuple[tuple[str, int], ...]] = (("sort_key", 1), ("_id", 1))
    title: ClassVar[str] = ""  # the collection, a message id
    one: ClassVar[str] = ""  # one record, a message id
    name_keys: ClassVar[tuple[str, ...]] = ("name",)
    has_files: ClassVar[bool] = True
    has_counties: ClassVar[bool] = True
    importable: ClassVar[bool] = True
    write_permission: ClassVar[Permission] = Permission.WRITE
    more_columns: ClassVar[tuple[Column, ...]] = ()  # shown in the record's page beside those of the sheet
    extra_section: ClassVar[int] = 0  # the section of the form under which they stand
    endpoint: str

    # What the head of a record says; a collection says more.

    def due_line(self, raw: Mapping[str, Any]) -> tuple[str, str]:
        """Return the one sentence that asks for something, and its tone."""
        return "", ""

    def subtitle(self, raw: Mapping[str, Any]) -> str:
        """Return the line under the name."""
        return ""

    def facts(self, raw: Mapping[str, Any]) -> tuple[Fact, ...]:
        """Return the figures of the head."""
        return ()

    def more_actions(self, raw: Mapping[str, Any]) -> tuple[Action, ...]:
        """Return the buttons beside edit and delete."""
        return ()

    def related(self, raw: Mapping[str, Any]) -> tuple[RelatedTable, ...]:
        """Return the records that belong to this one."""
        return ()

    def say(self, text: str) -> str:
        """Return a message id in the clerk's language."""
        return str(gettext(text))

    @property
    def collection(self) -> str:
        """The collection's name."""
        return self.sheet.collection

    @property
    def document(self) -> type[Record]:
        """The collection's document class."""
        return RECORDS[self.collection]

    def visible(self) -> Any:
        """Return the records in the actor's scope; every read begins here."""
        return self.document.objects.visible_to(current_actor())

    def one_raw(self, text: str | None) -> dict[str, Any]:
        """Return one stored record in scope by the id in the address; Missing when there is none."""
        if not text or not ObjectId.is_valid(text):
            raise Missing()
        found = self.visible().where_raw({"_id": ObjectId(text)}).as_pymongo().first()
        if found is None:
            raise Missing()
        return self.in_sight(found)

    def may_write(self) -> bool:
        """Tell whether the clerk may write here."""
        return current_actor().may(self.write_permission)

    def in_sight(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return a record without what in it is not the clerk's to see."""
        return dict(raw)

    def crumbs(self) -> tuple[Link, ...]:
        """Return the way to a page of this collection."""
        return (Link(gettext(self.title), url_for(f"{self.endpoint}.index_view")),)
