"""The forms of all records, made from the declarations: sections, filling from a record, and the values typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form

from forms.drawing.inputs import QuickDrawing
from forms.fields import FilesField, LookupField, ReferencesField, field_for
from rules.personal_numbers import MASK
from schema.collection import Collection
from schema.definitions.own_fields import PREFIX
from schema.field import Field, Kind
from schema.values import referred_names

DRAWN = "drawn"  # sent beside the fields: which of the office's own ones the page showed


def drawn_names(data: MultiDict[str, str]) -> tuple[str, ...] | None:
    """Return the own fields that the page which was sent showed; None where it does not say."""
    return tuple(data[DRAWN].split()) if DRAWN in data else None


@dataclass(frozen=True)
class Section:
    """Fields under one heading (a message id); a row of two names is a pair of short ones."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    help: str = ""


class RecordForm(Form):
    """A form over one record. The page's CSRF token is checked by the app for every POST, not here."""

    sections: ClassVar[tuple[Section, ...]] = ()
    kinds: ClassVar[Mapping[str, Kind]] = {}

    class Meta(QuickDrawing):
        """Error messages are ours, already translated."""

        csrf = False
        locales = False

    @classmethod
    def filled(cls, raw: Mapping[str, Any]) -> "RecordForm":
        """Return the form with a stored record's values."""
        form = cls(data=dict(raw))
        form.show_names(raw)
        return form

    @classmethod
    def typed(cls, data: MultiDict[str, str], raw: Mapping[str, Any]) -> "RecordForm":
        """Return the form as it was sent; `raw` is the stored record, {} for a new one."""
        form = cls(formdata=data)
        for field in form.file_fields():
            field.process_data(raw.get(field.name))
        form.keep_undrawn(data, raw)
        form.show_names(raw)
        form.keep_hidden(raw)
        return form

    @property
    def own_names(self) -> tuple[str, ...]:
        """The names of the office's own fields."""
        return tuple(name for name in self._fields if name.startswith(PREFIX))

    def undrawn(self, data: MultiDict[str, str]) -> tuple[str, ...]:
        """Return the own fields that came into the form after the page which was sent had been drawn."""
        drawn = drawn_names(data)
        return () if drawn is None else tuple(name for name in self.own_names if name not in drawn)

    def keep_undrawn(self, data: MultiDict[str, str], raw: Mapping[str, Any]) -> None:
        """Give each field that nobody was asked for what is stored of it: it was not left blank."""
        for name in self.undrawn(data):
            field: Any = self._fields[name]
            field.typed = None  # nobody typed anything
            if isinstance(field, FilesField):
                field.dropped = frozenset()
            field.process(None, *([raw[name]] if name in raw else ()))

    def keep_hidden(self, raw: Mapping[str, Any]) -> None:
        """Keep what is stored where personal data came back as it was shown, its middle hidden."""
        for name, field in self._fields.items():
            column: Field | None = getattr(field, "column", None)
            if (
                column is not None
                and column.masked
                and column.kind is not Kind.FILES
                and MASK in (getattr(field, "typed", None) or "")
                and raw.get(name)
            ):
                field.data, field.process_errors = raw[name], []

    def show_names(self, raw: Mapping[str, Any]) -> None:
        """Show the copied name beside each reference."""
        for name, field in self._fields.items():
            if isinstance(field, ReferencesField):
                field.chosen = _shown_names(field, raw)
            elif isinstance(field, LookupField):
                _show_name(field, raw.get(name), raw.get(field.column.name_key))
            elif self.kinds.get(name) is Kind.COOPERATIONS:
                names = {each["base"]: each.get("base_name") for each in raw.get(name) or []}
                for entry in field.entries:
                    _show_name(entry.form.base, entry.form.base.data, names.get(entry.form.base.data))

    def file_fields(self) -> list[FilesField]:
        """Return the fields that hold files."""
        return [field for field in self if isinstance(field, FilesField)]

    def lookups(self) -> list[LookupField]:
        """Return the fields that refer to another record, those of rows too."""
        found = [field for field in self if isinstance(field, LookupField)]
        for field in self:
            if isinstance(field, FieldList):
                found += [
                    one for entry in field.entries for one in entry.form if isinstance(one, LookupField)
                ]
        return found

    def reference_lists(self) -> list[ReferencesField]:
        """Return the fields that refer to several records each."""
        return [field for field in self if isinstance(field, ReferencesField)]

    def drop(self, names: Sequence[str]) -> None:
        """Take fields away that this clerk may not change."""
        for name in names:
            if name in self._fields:
                del self[name]

    def shown_sections(self) -> tuple[Section, ...]:
        """Return the sections without fields that were dropped; empty ones disappear."""
        kept = []
        for section in self.sections:
            rows = tuple(tuple(name for name in row if name in self._fields) for row in section.rows)
            rows = tuple(row for row in rows if row)
            if rows:
                kept.append(Section(section.title, rows, section.help))
        return tuple(kept)

    def values(self, *, without: Sequence[str] = ()) -> dict[str, Any]:
        """Return the plain values by stored key: names as a list of names, cooperations as base and days."""
        values = {name: field.data for name, field in self._fields.items() if name not in without}
        for name in values.keys() & self.kinds.keys():
            if self.kinds[name] is Kind.NAMES:
                values[name] = [{"name": text} for text in values[name] or ()]
            elif self.kinds[name] is Kind.COOPERATIONS:
                keys = ("base", "first_day", "last_day")
                values[name] = [{key: each[key] for key in keys} for each in values[name]]
        return values


def _show_name(field: LookupField, stored_id: Any, name: str | None) -> None:
    if field.data is not None:
        known = field.data == stored_id
        field.chosen = ((str(field.data), (name if known else None) or str(field.data)),)


def _shown_names(field: ReferencesField, raw: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the ids of a list of references with their copied names; of one that has none the id again."""
    names = referred_names(raw, field.column.key, field.column.name_key)
    return tuple((str(one), names.get(one) or str(one)) for one in field.data or ())


@lru_cache(maxsize=100)
def form_of(collection: Collection) -> type[RecordForm]:
    """Return the form of a collection: its editable fields in the sections of the declaration."""
    sections = tuple(
        Section(section.title, collection.rows_of(section.key), section.help)
        for section in collection.sections
    )
    shown = [collection.field(name) for section in sections for row in section.rows for name in row]
    lists = (Kind.NAMES, Kind.COOPERATIONS)
    body: dict[str, Any] = {
        "__doc__": f"The form of {collection.name}.",
        "sections": sections,
        "kinds": {field.key: field.kind for field in shown if field.kind in lists},
        **{field.key: field_for(field) for field in shown},
    }
    return type(f"FormOf{collection.name.title().replace('_', '')}", (RecordForm,), body)


def form_of_one(column: Field) -> type[RecordForm]:
    """Return a form that asks for one field alone, whether or not its collection shows it."""
    body: dict[str, Any] = {"__doc__": f"The form of {column.key}.", column.key: field_for(column)}
    return type("FormOfOne", (RecordForm,), body)
