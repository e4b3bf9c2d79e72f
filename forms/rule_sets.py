"""What is typed of a rule set: its title, days and every figure, each with its article beside it."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, SelectField, StringField
from wtforms.validators import ValidationError

from forms.fields import Wanted, field_for
from rules.rule_sets.measure_lines import (
    ASSESSED,
    LINES,
    POLICIES,
    TRANSITIONS,
    MeasureLine,
    figures_of,
    with_figures,
)
from rules.rule_sets.measures import DecidedUnder, Level, Measures
from rules.words import N_
from schema.field import CodeOf, Field, Input, Kind

_DAY = re.compile(r"(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?")


class Between:
    """Refuses a number out of its line's range."""

    def __init__(self, line: MeasureLine) -> None:
        self.line = line

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError for a number that is too small or too large."""
        if field.data is not None and not self.line.least <= field.data <= self.line.most:
            sentence = N_("Between %(least)s and %(most)s.")
            raise ValidationError(gettext(sentence, least=f"{self.line.least:,}", most=f"{self.line.most:,}"))


class MonthDayField(StringField):
    """A day of every year: 01-10, 1月10日."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read month and day; 29 February is no day of every year."""
        self.typed = valuelist[0].strip() if valuelist else ""
        match = _DAY.fullmatch(self.typed)
        self.data = None
        if match is None:
            raise ValueError(gettext(N_("Write month and day like 01-10.")))
        month, day = int(match[1]), int(match[2])
        try:
            date(2023, month, day)
        except ValueError as error:
            raise ValueError(gettext(N_("There is no such day in every year."))) from error
        self.data = (month, day)

    def _value(self) -> str:
        typed = getattr(self, "typed", None)
        return typed if typed is not None else "-".join(f"{part:02}" for part in self.data or ())


def figure_field(line: MeasureLine) -> Any:
    """Return the field of one figure."""
    if line.yes_no:
        return BooleanField(lazy_gettext(line.label))
    field = field_for(Field(line.name, line.label, "", Kind.INTEGER, unit=line.unit))
    required = [Wanted()] if line.function is None else []  # a function's figure may be left out
    return with_validators(field, [*required, Between(line)])


def with_validators(field: Any, validators: list[Any]) -> Any:
    """Return a field with these validators in place of its own."""
    field.kwargs["validators"] = validators
    return field


class Figures(Form):
    """The fields of some lines; every form of a rule set's figures has them."""

    lines: tuple[MeasureLine, ...] = ()

    class Meta:
        """Error messages are ours, already translated."""

        csrf = False
        locales = False

    def figures(self) -> dict[str, int | None]:
        """Return the figures typed, by the lines' keys."""
        figures: dict[str, int | None] = {}
        for line in self.lines:
            value = self._fields[line.name].data
            figures[line.key] = (1 if value else None) if line.yes_no else value
        return figures


def _shown(measures: Measures, lines: tuple[MeasureLine, ...]) -> dict[str, Any]:
    figures = figures_of(measures)
    return {line.name: bool(figures[line.key]) if line.yes_no else figures[line.key] for line in lines}


class FiguresForm(Figures):
    """The figures that an assessment goes by, for trying them out."""

    lines = ASSESSED

    @classmethod
    def filled(cls, measures: Measures) -> "FiguresForm":
        """Return the form with a rule set's figures."""
        return cls(data=_shown(measures, ASSESSED))

    @classmethod
    def typed(cls, given: MultiDict[str, str]) -> "FiguresForm":
        """Return the form as it was sent."""
        return cls(formdata=given)

    def measures(self, start: Measures) -> Measures:
        """Return `start` with the figures typed; call it when the form is valid."""
        return with_figures(start, self.figures())


class RuleSetForm(Figures):
    """A whole rule set."""

    lines = LINES

    title = with_validators(
        field_for(Field("title", N_("Name of the rules"), "", required=True, max_length=100)), [Wanted()]
    )
    document_number = field_for(
        Field("document_number", N_("Number of the paper"), "", Kind.CODE, code=CodeOf.DOCUMENT_NUMBER)
    )
    document_title = field_for(
        Field("document_title", N_("Title of the document"), "", max_length=200),
        N_("As papers cite it, without book marks."),
    )
    body = field_for(Field("body", N_("Issued by"), "", max_length=100))
    level = field_for(Field("level", N_("Level"), "", Kind.CHOICE, choices=Level, input=Input.SELECT))
    first_day = with_validators(field_for(Field("first_day", N_("In force from"), "", Kind.DATE)), [Wanted()])
    last_day = field_for(
        Field("last_day", N_("In force to"), "", Kind.DATE), N_("Leave it blank when no last day is known.")
    )
    base_summary_by = MonthDayField(lazy_gettext(N_("Base's annual summary, by")))
    county_summary_by = MonthDayField(lazy_gettext(N_("County's annual report, by")))
    note = field_for(Field("note", N_("Notes"), "", Kind.LONG_TEXT, max_length=500))

    @classmethod
    def filled(cls, measures: Measures) -> "RuleSetForm":
        """Return the form with a rule set's values."""
        values = {name: getattr(measures, name) for name in _OWN}
        words = {"level": measures.level.value} | {
            line.key: getattr(measures, line.key).value for line in TRANSITIONS
        }
        chosen = {line.key: getattr(measures, line.key) for line in POLICIES}
        return cls(data=values | words | chosen | _shown(measures, LINES))

    @classmethod
    def typed(cls, given: MultiDict[str, str]) -> "RuleSetForm":
        """Return the form as it was sent."""
        return cls(formdata=given)

    def measures(self, start: Measures) -> Measures:
        """Return `start` with everything typed; call it when the form is valid."""
        values = {name: self._fields[name].data for name in _OWN}
        values |= {name: (values[name] or "").strip() for name in _TEXTS}
        values |= {line.key: bool(self._fields[line.key].data) for line in POLICIES}
        values |= {line.key: DecidedUnder(self._fields[line.key].data) for line in TRANSITIONS}  # type: ignore[call-arg]
        level = next(level for level in Level if level.value == self.level.data)
        return with_figures(replace(start, level=level, **values), self.figures())


_TEXTS = ("document_number", "document_title", "body", "note")
_OWN = (
    "title", "document_number", "document_title", "body", "first_day", "last_day", "base_summary_by",
    "county_summary_by",
    "note",
)  # fmt: skip
for _line in ASSESSED:
    setattr(FiguresForm, _line.name, figure_field(_line))
for _line in LINES:
    setattr(RuleSetForm, _line.name, figure_field(_line))
for _policy in POLICIES:
    setattr(
        RuleSetForm,
        _policy.key,
        BooleanField(lazy_gettext(_policy.label), description=lazy_gettext(_policy.help)),
    )
for _transition in TRANSITIONS:
    _words = Field(
        _transition.key, _transition.label, "", Kind.CHOICE, choices=DecidedUnder, input=Input.SELECT
    )
    setattr(RuleSetForm, _transition.key, field_for(_words))


_BEGINS_AFTER_END = next(line for line in POLICIES if line.key == "begins_after_end")


class LastDayForm(Figures):
    """Until when a rule set is in force, and what becomes of it then."""

    last_day = field_for(Field("last_day", N_("In force to"), "", Kind.DATE))
    begins_after_end = BooleanField(
        lazy_gettext(_BEGINS_AFTER_END.label), description=lazy_gettext(_BEGINS_AFTER_END.help)
    )


def sent_fields(measures: Measures) -> dict[str, str]:
    """Return what the form of this rule set would send: for a page that keeps what it has worked out."""
    form = RuleSetForm.filled(measures)
    sent: dict[str, str] = {}
    for field in form:
        if isinstance(field, BooleanField):
            if field.data:
                sent[field.name] = "y"
        else:
            sent[field.name] = str(field.data) if isinstance(field, SelectField) else field._value()
    return sent
