"""Form fields made from columns, so that a form reads a value exactly as an import does."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from bson.errors import InvalidId
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Field as InputField
from wtforms.validators import ValidationError

from forms.drawing.words import gettext, later
from forms.sentences import sentence
from office.excel.cell_dates import with_year
from office.excel.cell_lists import ROW_FAULT, TOO_MANY_ROWS
from office.excel.cells import parse, show
from rules.errors import Refusal, Refused
from rules.personal_numbers import masked, masked_file
from rules.rule_sets.measures import MOST_REASON, REASON_TO_BEGIN
from rules.words import N_
from schema.collection import Collection
from schema.field import MOST_REFERRED, ROW_SIGNS, Field, Input, Kind
from schema.registry import REGISTRY
from schema.service_partners import PERIOD_KEYS
from schema.values import TOO_MANY_REFERRED
from services.shared.files import ENDINGS
from services.shared.office_day import office_today

_MOMENT = N_("YYYY-MM-DD HH:MM")
FILES_HINT = N_("PDF, pictures, Word, Excel, WPS; at most 20 MB each.")
TOO_MANY_FILES = N_("At most %(most)d files can stand here.")
WANTED = N_("Please fill in this field.")
_MOST_SENT_ROWS = 200  # of a small table that are looked at; what a form may hold is far less


class Wanted:
    """Refuses a blank where the column may not be blank, and marks the field as required."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError for a blank; a value that could not be read has its own sentence already."""
        if field.data in (None, "", []) and not field.process_errors:
            raise ValidationError(gettext(WANTED))


class Marked:
    """Marks a field as required, and leaves it to the step that needs it to refuse a blank."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Take whatever was typed."""


class _Cell:
    """What every field made from a column does: parse what was typed, keep it as typed when it is wrong."""

    column: Field
    data: Any
    is_typed = True  # its value stands once in what is drawn of it, and nothing else of it differs

    def drawn_by(self) -> Hashable:
        """Return what else of the record its drawing hangs on: nothing."""
        return None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the value as an import reads a cell."""
        self.typed = valuelist[0] if valuelist else ""
        try:
            text = self.typed
            if self.column.kind is Kind.DATE:
                text = with_year(text, office_today())
            self.data = parse(self.column, text)
        except Refused as problem:
            self.data = None
            raise ValueError(sentence(problem.refusals[0])) from problem

    def _value(self) -> str:
        if getattr(self, "typed", None) is not None:
            return str(self.typed)
        if self.column.masked and self.data:
            return masked(str(self.data))
        is_day = isinstance(self.data, datetime) and self.column.kind is not Kind.MOMENT
        value = self.data.date() if is_day else self.data
        if self.column.kind in (Kind.INTEGER, Kind.DECIMAL) and value is not None:
            return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
        return show(self.column, value)


class _Chosen:
    """What every field of few values does: each looks in one way only, as long as the words stay."""

    column: Field
    data: Any
    is_typed = False

    def drawn_by(self) -> Hashable:
        """Return what its drawing hangs on: what is chosen, and of which words."""
        chosen = tuple(self.data) if isinstance(self.data, list) else self.data
        words, offered = self.column.choices or (), self.column.offered
        return (
            chosen,
            None if isinstance(words, type) else tuple((word.value, word.label) for word in words),
            frozenset(offered()) if offered else None,
        )


class CellField(_Cell, StringField):
    """One line of text, a code, a number or a day."""


class CellAreaField(_Cell, TextAreaField):
    """Several lines of text."""


class SingleChoiceField(_Chosen, SelectField):
    """One word of a closed list, with a blank first choice (nothing is chosen until the clerk chooses)."""

    column: Field

    def iter_choices(self) -> Iterable[Any]:
        """Offer a blank and the words in the clerk's language."""
        self.choices = [("", ""), *_offered(self.column, self.data)]
        return super().iter_choices()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the code, or nothing for the blank."""
        self.data = (valuelist[0] if valuelist else "") or None

    def pre_validate(self, form: Any) -> None:
        """Refuse a code that is not in the list."""
        if self.data and self.data not in {term.value for term in self.column.choices or ()}:
            raise ValidationError(gettext(N_("Choose one from the list.")))


class MultipleChoiceField(_Chosen, SelectMultipleField):
    """Several words of a closed list."""

    column: Field

    def iter_choices(self) -> Iterable[Any]:
        """Offer the words in the clerk's language."""
        self.choices = _offered(self.column, *(self.data or ()))
        return super().iter_choices()

    def pre_validate(self, form: Any) -> None:
        """Refuse a code that is not in the list."""
        if set(self.data or ()) - {term.value for term in self.column.choices or ()}:
            raise ValidationError(gettext(N_("Choose from the list.")))


class ChoiceField(_Chosen, SelectField):
    """A choice whose words come from the office: a status, a county. The view sets `choices`."""

    column: Field

    def __init__(self, label: Any = None, **options: Any) -> None:
        options.setdefault("choices", [])
        super().__init__(label, validate_choice=False, **options)

    def drawn_by(self) -> Hashable:
        """Return what its drawing hangs on: what is chosen, and what the view offers."""
        return (self.data, *map(tuple, self.choices or ()))

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


class OfferedField(_Chosen, SelectField):
    """One word of a closed list without a blank: what the declaration offers, or all of it."""

    column: Field

    def __init__(self, label: Any = None, **options: Any) -> None:
        super().__init__(label, choices=[], validate_choice=False, **options)

    def iter_choices(self) -> Iterable[Any]:
        """Offer the words in the clerk's language."""
        self.choices = _offered(self.column)
        return super().iter_choices()

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not offered."""
        if self.data not in {code for code, _ in _offered(self.column)}:
            raise ValidationError(gettext(N_("Choose one from the list.")))


class RadiosField(_Chosen, RadioField):
    """One of a few words, all in sight."""

    column: Field

    def __init__(self, label: Any = None, **options: Any) -> None:
        super().__init__(label, choices=[], validate_choice=False, **options)

    def iter_choices(self) -> Iterable[Any]:
        """Offer the words in the clerk's language."""
        self.choices = _offered(self.column)
        return super().iter_choices()

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not offered."""
        if self.data not in {code for code, _ in _offered(self.column)}:
            raise ValidationError(gettext(N_("Choose one from the list.")))


def _offered(field: Field, *held: Any) -> list[tuple[str, str]]:
    """Return code and word of what a form offers; what the record holds already is offered in any case."""
    allowed = {*field.offered(), *held} if field.offered else None
    return [
        (word.value, gettext(word.label))
        for word in field.choices or ()
        if allowed is None or word.value in allowed
    ]


class TickField(_Chosen, BooleanField):
    """Yes or no, never unknown."""

    column: Field


class YesNoField(_Chosen, SelectField):
    """Yes, no, or not known yet."""

    column: Field
    data: Any

    def iter_choices(self) -> Iterable[Any]:
        """Offer a blank, yes and no."""
        self.choices = [("", ""), ("yes", gettext(N_("Yes"))), ("no", gettext(N_("No")))]
        held: bool | None = self.data
        self.data = {True: "yes", False: "no", None: ""}[held]
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


class LookupField(InputField):
    """A reference found by typing: the id of another record, with its name beside it."""

    column: Field
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


class ReferencesField(InputField):
    """References found by typing: the ids of other records in the order of choice, with their names beside them."""

    column: Field
    chosen: tuple[tuple[str, str], ...] = ()

    @property
    def collection(self) -> str:
        """The collection that is looked up, as long as the view has not put the address in its place."""
        return str((self.render_kw or {}).get("data-lookup", "")).replace("-", "_")

    def process_data(self, value: Any) -> None:
        """Take stored ids; the view sets `chosen` to show their names."""
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the ids that were chosen, each once. Raises ValueError for what is none, and for too many."""
        texts = [text.strip() for text in valuelist if text.strip()]
        self.data = list(dict.fromkeys(ObjectId(text) for text in texts if ObjectId.is_valid(text)))
        if not all(map(ObjectId.is_valid, texts)):
            raise ValueError(gettext(N_("Choose one from the list.")))
        if len(self.data) > MOST_REFERRED:
            raise ValueError(gettext(TOO_MANY_REFERRED, most=MOST_REFERRED, count=len(self.data)))


class NamesField(InputField):
    """Several names, found by typing or typed as they are."""

    column: Field

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


class CooperationForm(Form):
    """One cooperation with one base; the fields are made from the declaration (`_cooperations`)."""

    class Meta:
        """As in every form of a record."""

        csrf = False
        locales = False


class RowForm(Form):
    """One row of a small table; the fields are made from its sub-fields (`_rows`)."""

    class Meta:
        """As in every form of a record."""

        csrf = False
        locales = False

    @property
    def values(self) -> dict[str, Any]:
        """The values of the row without blanks."""
        return {name: field.data for name, field in self._fields.items() if field.data not in (None, "")}

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed in it."""
        return not self.values and not any(field.process_errors for field in self)


class RowsField(FieldList):
    """A small table: rows that can be added, moved and taken away. A row with nothing in it is none."""

    column: Field
    entries: list[Any]
    errors: Any
    movable = True

    @property
    def data(self) -> list[dict[str, Any]]:
        """The rows by the keys of the sub-fields."""
        return [entry.form.values for entry in self.entries if not entry.form.is_blank]

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Check each row that has something in it, and how many there are."""
        self.entries = [entry for entry in self.entries if not entry.form.is_blank]
        is_valid: bool = super().validate(form, extra_validators)
        if len(self.entries) > self.column.most_rows:
            words = gettext(TOO_MANY_ROWS, count=len(self.entries), most=self.column.most_rows)
            self.errors = [*self.errors, words]
        return is_valid and not self.errors


def row_errors(field: InputField) -> list[str]:
    """Return what is wrong in a small table with row and sub-field in each sentence; [] for any other field."""
    if not isinstance(field, RowsField):
        return []
    said = [str(error) for error in field.errors if isinstance(error, str)]
    for number, entry in enumerate(field.entries, 1):
        for part in entry.form:
            reasons = (
                sentence(Refusal(ROW_FAULT, {"row": number, "part": part.label.text, "reason": error}))
                for error in part.errors
            )
            said += reasons
    return said


class FilesField(InputField):
    """The files of a field: those that stand there, those that are to go, and those that were sent and wait.

    Beside its own name, which the files come under, it is sent `NAME-drop` (ids of those that go) and `NAME-new`
    (what the page carries of those that wait, which the view reads: `waiting`).
    """

    column: Field

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.held: tuple[Mapping[str, Any], ...] = ()
        self.waiting: tuple[Mapping[str, Any], ...] = ()
        self.dropped: frozenset[str] = frozenset()
        self.carried: tuple[str, ...] = ()
        self.refused: tuple[str, ...] = ()

    def process(self, formdata: Any, *data: Any, **more: Any) -> None:
        """Take what is stored, and what was sent beside the files."""
        super().process(formdata, *data, **more)
        if formdata is not None:
            self.dropped = frozenset(formdata.getlist(f"{self.name}-drop"))
            self.carried = tuple(formdata.getlist(f"{self.name}-new"))[: self.column.most_files]

    def process_data(self, value: Any) -> None:
        """Take what is stored."""
        self.held = tuple(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Leave what stands there as it is: the files themselves are the view's to take."""

    @property
    def data(self) -> list[dict[str, Any]]:
        """What the field holds once it is saved."""
        return [dict(item) for item in (*self.held, *self.waiting) if str(item["file"]) not in self.dropped]

    @data.setter
    def data(self, value: Any) -> None:
        self.held = tuple(value or ())

    def shown(self, item: Mapping[str, Any]) -> str:
        """Return what the page calls a file."""
        return masked_file(item["name"]) if self.column.masked else str(item["name"])

    def pre_validate(self, form: Any) -> None:
        """Refuse files that could not be taken, and more than may stand here."""
        if self.refused:
            raise ValidationError(" ".join(self.refused))
        if len(self.data) > self.column.most_files:
            raise ValidationError(gettext(TOO_MANY_FILES, most=self.column.most_files))


class WithoutRowSigns:
    """Refuses a sign that parts the values of a row in a workbook."""

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError for a text with such a sign."""
        if field.data and ROW_SIGNS.search(str(field.data)):
            raise ValidationError(
                gettext(N_("The sign ｜ may not stand here: it parts the values of a row in workbooks."))
            )


_FIELDS: Mapping[Kind, type[InputField]] = {
    Kind.LONG_TEXT: CellAreaField,
    Kind.YES_NO: YesNoField,
    Kind.CHOICE: SingleChoiceField,
    Kind.CHOICES: MultipleChoiceField,
    Kind.COUNTY: ChoiceField,
    Kind.STATUS: ChoiceField,
    Kind.REFERENCE: LookupField,
    Kind.REFERENCES: ReferencesField,
    Kind.NAMES: NamesField,
    Kind.FILES: FilesField,
}
_INPUTS: Mapping[Input, type[InputField]] = {
    Input.SELECT: OfferedField,
    Input.RADIO: RadiosField,
    Input.CHECKBOX: TickField,
}


def cell(collection: Collection, key: str, help: str = "", **look: str) -> Any:
    """Return the form field for one declared field; `look` becomes `data-…` of the input (lookup, many, depends)."""
    return field_for(collection.field(key), help, **look)


def field_for(field: Field, help: str = "", **look: str) -> Any:
    """Return the form field for a declared one; `help` takes the place of the declaration's."""
    if field.kind is Kind.COOPERATIONS:
        return _cooperations(field)
    if field.kind is Kind.ROWS:
        return _rows(field)
    kind = _INPUTS.get(field.input) or _FIELDS.get(field.kind, CellField)
    body = {"column": field, **({"drawn_before": {}} if hasattr(kind, "drawn_by") else {})}
    made = type(kind.__name__, (kind,), body)
    options: dict[str, Any] = {"default": field.default} if field.input is not Input.USUAL else {}
    text = help or field.help or (FILES_HINT if field.kind is Kind.FILES else "")
    return made(
        later(field.form_label or field.label),
        validators=[Wanted()] if field.required else [],
        description=later(text) if text else "",
        render_kw=_attributes(field, look),
        **options,
    )


def _attributes(field: Field, look: Mapping[str, str]) -> dict[str, Any]:
    """Return the attributes of the input that the page's script and the browser go by."""
    look = {**_lookup_of(field), **look}
    found: dict[str, Any] = {f"data-{name.replace('_', '-')}": value for name, value in look.items()}
    if field.unit:
        found["data-unit"] = later(field.unit)
    if field.kind is Kind.DATE:
        found["data-date"] = "1"
    if field.counts:
        found["data-counts"] = field.counts
    if field.kind is Kind.FILES:
        found["accept"] = ",".join(f".{ending}" for ending in ENDINGS)
    if field.kind is Kind.MOMENT:
        found |= {"placeholder": later(_MOMENT), "maxlength": "40"}
    if field.kind is Kind.LONG_TEXT:
        found |= {"rows": "3", "maxlength": str(field.max_length), "data-count": "1"}
    if field.kind in (Kind.CODE, Kind.INTEGER, Kind.DECIMAL, Kind.MOMENT):
        found["autocomplete"] = "off"
    if field.input is Input.RADIO:
        found["data-swatches"] = "1"
    return found


def _lookup_of(field: Field) -> dict[str, str]:
    """Return how a reference is looked up: in which collection, for one or many, narrowed by which other field."""
    if not field.refers_to:
        return {}
    look = {"lookup": REGISTRY[field.refers_to].slug}
    if field.kind is Kind.NAMES:
        look |= {"many": "1", "create": "1"}
    if field.kind is Kind.REFERENCES:
        look |= {"many": "1", "ids": "1", "most": str(MOST_REFERRED)}
    return look | ({"depends": field.depends_on} if field.depends_on else {})


def _cooperations(field: Field) -> Any:
    """Return the rows of cooperations: base, first and last day."""
    base = replace(
        field, key="base", label=N_("Cooperating base"), kind=Kind.REFERENCE, name_key="base_name", required=True,
        help="", max_length=200,
    )  # fmt: skip
    first, last = (REGISTRY["service_partners"].field(key) for key in PERIOD_KEYS)
    row = type(
        "CooperationForm",
        (CooperationForm,),
        {"base": field_for(base), "first_day": field_for(first), "last_day": field_for(last)},
    )
    return FieldList(FormField(row), later(N_("Cooperations")), max_entries=500)


def _rows(field: Field) -> Any:
    """Return the rows of a small table, each with a field for every sub-field."""
    parts: dict[str, Any] = {}
    for part in field.parts:
        made = field_for(part)
        if part.kind is Kind.TEXT:
            made.kwargs["validators"].append(WithoutRowSigns())
        parts[part.key] = made
    row = type("RowForm", (RowForm,), parts)
    made = type("RowsField", (RowsField,), {"column": field})
    return made(
        FormField(row), later(field.form_label or field.label),
        validators=[Wanted()] if field.required else [], max_entries=_MOST_SENT_ROWS,
        description=later(field.help) if field.help else "",
    )  # fmt: skip


def reason_to_begin_field() -> Any:
    """Return the field for why something is begun under a rule set that has ended."""
    label = N_("Why it is begun under rules that have ended")
    field = field_for(Field(REASON_TO_BEGIN, label, "", Kind.LONG_TEXT, max_length=MOST_REASON))
    field.kwargs["render_kw"] |= {"rows": "2", "class": "low"}
    return field
