"""Form fields made from columns, so that a form reads a value exactly as an import does."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from bson.errors import InvalidId
from flask_babel import gettext, lazy_gettext
from wtforms import Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError

from forms.sentences import sentence
from office.excel.cells import parse, show
from rules.errors import Refused
from rules.words import N_
from schema.field import Column, Kind, Sheet

WANTED = N_("Please fill in this field.")


class Wanted:
    """Refuses a blank where the column may not be blank, and marks the field as required."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError for a blank; a value that could not be read has its own sentence already."""
        if field.data in (None, "", []) and not field.process_errors:
            raise ValidationError(gettext(WANTED))


class _Cell:
    """What every field made from a column does: parse what was typed, keep it as typed when it is wrong."""

    column: Column
    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the value as an import reads a cell."""
        self.typed = valuelist[0] if valuelist else ""
        try:
            self.data = parse(self.column, self.typed)
        except Refused as problem:
            self.data = None
            raise ValueError(sentence(problem.refusals[0])) from problem

    def _value(self) -> str:
        if getattr(self, "typed", None) is not None:
            return str(self.typed)
        value = self.data.date() if isinstance(self.data, datetime) else self.data
        if self.column.kind in (Kind.INTEGER, Kind.DECIMAL) and value is not None:
            return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
        return show(self.column, value)


class CellField(_Cell, StringField):
    """One line of text, a code, a number or a day."""


class CellAreaField(_Cell, TextAreaField):
    """Several lines of text."""


class SingleChoiceField(SelectField):
    """One word of a closed list, with a blank first choice (nothing is chosen until the clerk chooses)."""

    column: Column

    def iter_choices(self) -> Iterable[Any]:
        """Offer a blank and the words in the clerk's language."""
        self.choices = [("", "")] + [(term.value, gettext(term.label)) for term in self.column.terms or ()]
        return super().iter_choices()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the code, or nothing for the blank."""
        self.data = (valuelist[0] if valuelist else "") or None

    def pre_validate(self, form: Any) -> None:
        """Refuse a code that is not in the list."""
        if self.data and self.data not in {term.value for term in self.column.terms or ()}:
            raise ValidationError(gettext(N_("Choose one from the list.")))


class MultipleChoiceField(SelectMultipleField):
    """Several words of a closed list."""

    column: Column

    def iter_choices(self) -> Iterable[Any]:
        """Offer the words in the clerk's language."""
        self.choices = [(term.value, gettext(term.label)) for term in self.column.terms or ()]
        return super().iter_choices()

    def pre_validate(self, form: Any) -> None:
        """Refuse a code that is not in the list."""
        if set(self.data or ()) - {term.value for term in self.column.terms or ()}:
            raise ValidationError(gettext(N_("Choose from the list.")))


class ChoiceField(SelectField):
    """A choice whose words come from the office: a status, a county. The view sets `choices`."""

    column: Column

    def __init__(self, label: Any = None, **options: Any) -> None:
        options.setdefault("choices", [])
        super().__init__(label, validate_choice=False, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the code, or nothing for the blank."""
        self.data = (valuelist[0] if valuelist else "") or None

    def pre_validate(self, form: Any) -> None:
        """Refuse a code that is not offered, and a blank where none is."""
        offered = {code for code, _ in self.choices or ()}
        if self.data and self.data not in offered:
            raise ValidationError(gettext(N_("Choose one from the list.")))
        if not self.data and "" not in offered:
            raise ValidationError(gettext(WANTED))


class YesNoField(SelectField):
    """Yes, no, or not known yet."""

    column: Column

    def iter_choices(self) -> Iterable[Any]:
        """Offer a blank, yes and no."""
        self.choices = [("", ""), ("yes", gettext(N_("Yes"))), ("no", gettext(N_("No")))]
        held, self.data = self.data, {True: "yes", False: "no", None: ""}[self.data]
        offered = list(super().iter_choices())
        self.data = held
        return offered

    def process_data(self, value: Any) -> None:
        """Keep a stored yes or no as it is."""
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take yes, no, or nothing."""
        self.data = {"yes": True, "no": False}.get(valuelist[0] if valuelist else "")

    def pre_validate(self, form: Any) -> None:
        """Every answer is allowed."""


class LookupField(Field):
    """A reference found by typing: the id of another record, with its name beside it."""

    column: Column
    chosen: tuple[tuple[str, str], ...] = ()

    @property
    def collection(self) -> str:
        """The collection that is looked up, as long as the view has not put the address in its place."""
        return str((self.render_kw or {}).get("data-lookup", "")).replace("-", "_")

    def process_data(self, value: Any) -> None:
        """Take a stored id; the view sets `chosen` to show its name."""
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the id that was chosen."""
        text = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if text:
            try:
                self.data = ObjectId(text)
            except InvalidId as error:
                raise ValueError(gettext(N_("Choose one from the list."))) from error

    def _value(self) -> str:
        return str(self.data) if self.data else ""


class NamesField(Field):
    """Several names, found by typing or typed as they are."""

    column: Column

    @property
    def chosen(self) -> tuple[tuple[str, str], ...]:
        """The names, as the look-up shows them."""
        return tuple((name, name) for name in self.data or ())

    def process_data(self, value: Any) -> None:
        """Take stored names."""
        self.data = [one["name"] if isinstance(one, Mapping) else one for one in value or ()]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take every name, each checked as an import checks it."""
        try:
            self.data = [name for text in valuelist for name in parse(self.column, text) or ()]
        except Refused as problem:
            self.data = [text for text in valuelist if text.strip()]
            raise ValueError(sentence(problem.refusals[0])) from problem


_FIELDS: Mapping[Kind, type[Field]] = {
    Kind.LONG_TEXT: CellAreaField,
    Kind.YES_NO: YesNoField,
    Kind.CHOICE: SingleChoiceField,
    Kind.CHOICES: MultipleChoiceField,
    Kind.COUNTY: ChoiceField,
    Kind.STATUS: ChoiceField,
    Kind.REFERENCE: LookupField,
    Kind.NAMES: NamesField,
}


def cell(sheet: Sheet, key: str, help: str = "", **look: str) -> Any:
    """Return the field for one column of a sheet; `look` becomes `data-…` of the input (lookup, many, depends)."""
    return field_for(sheet.column(key), help, **look)


def field_for(column: Column, help: str = "", **look: str) -> Any:
    """Return the field for a column."""
    render: dict[str, Any] = {f"data-{name.replace('_', '-')}": value for name, value in look.items()}
    if column.unit:
        render["data-unit"] = lazy_gettext(column.unit)
    if column.kind is Kind.DATE:
        render["data-date"] = "1"
    if column.kind is Kind.LONG_TEXT:
        render |= {"rows": "3", "maxlength": str(column.most), "data-count": "1"}
    if column.kind in (Kind.CODE, Kind.INTEGER, Kind.DECIMAL):
        render["autocomplete"] = "off"
    kind = _FIELDS.get(column.kind, CellField)
    made = type(kind.__name__, (kind,), {"column": column})
    wanted = [Wanted()] if column.required else []
    return made(
        lazy_gettext(column.label),
        validators=wanted,
        description=lazy_gettext(help) if help else "",
        render_kw=render,
    )
