"""What the forms of all records have in common: sections, filling from a record, and the values typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from werkzeug.datastructures import MultiDict
from wtforms import Form

from forms.fields import LookupField
from schema.field import Sheet


@dataclass(frozen=True)
class Section:
    """Fields under one heading (a message id); a row of two names is a pair of short ones."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    help: str = ""


class RecordForm(Form):
    """A form over one record. The page's CSRF token is checked by the app for every POST, not here."""

    sheet: ClassVar[Sheet]
    sections: ClassVar[tuple[Section, ...]] = ()

    class Meta:
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
        form.show_names(raw)
        return form

    def show_names(self, raw: Mapping[str, Any]) -> None:
        """Show the copied name beside each reference."""
        for name, field in self._fields.items():
            if isinstance(field, LookupField) and field.data is not None:
                known = field.data == raw.get(name)
                text = raw.get(field.column.name_key) if known else None
                field.chosen = ((str(field.data), text or str(field.data)),)

    def lookups(self) -> list[LookupField]:
        """Return the fields that refer to another record."""
        return [field for field in self if isinstance(field, LookupField)]

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
        """Return the plain values by stored key."""
        return {name: field.data for name, field in self._fields.items() if name not in without}
