"""What is typed of an application: its beginning, the county's review, a return, a letter, an expert's scores."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectField

from forms.fields import Marked, field_for, reason_to_begin_field
from rules.applications import MOST_OPINION, OnSite
from rules.innovations import MOST_DESCRIPTION, MOST_TITLE, PLACES, Aspect, Innovation, field_of
from rules.materials import Material
from rules.scoring import ScoreSheet
from rules.shortfalls import FAILING_REASON, MOST_FAILING_REASON
from rules.words import N_
from schema.field import Field, Kind

_MOST_PEOPLE, _MOST_REASON = 200, 500  # characters
SCORE = "score_"  # before a dimension's key, this makes the name of its field


def _text(
    key: str, label: str, help: str = "", *, most: int = MOST_OPINION, required: bool = False, marked: bool = False,
    rows: int = 3,
) -> Any:  # fmt: skip
    field = field_for(Field(key, label, "", Kind.LONG_TEXT, max_length=most, required=required), help)
    field.kwargs["render_kw"] |= {"rows": str(rows), "class": "low" if rows == 1 else ""}
    return _marked(field) if marked else field


def _line(
    key: str, label: str, help: str = "", *, most: int = 100, required: bool = False, marked: bool = False
) -> Any:
    field = field_for(Field(key, label, "", max_length=most, required=required), help)
    return _marked(field) if marked else field


def _day(key: str, label: str, help: str = "", *, required: bool = False, marked: bool = False) -> Any:
    field = field_for(Field(key, label, "", Kind.DATE, required=required), help)
    return _marked(field) if marked else field


def _marked(field: Any) -> Any:
    """Return a field that is marked as compulsory from the start: the step asks for it, saving meanwhile does not."""
    field.kwargs["validators"] = [*field.kwargs["validators"], Marked()]
    return field


class _Form(Form):
    class Meta:
        """The page's token is checked by the app; error messages are ours, already translated."""

        csrf = False
        locales = False


class BeginForm(_Form):
    """Which base applies in which round."""

    base = field_for(
        Field("base", N_("Base"), "", Kind.REFERENCE, name_key="base_name", required=True),
        N_("Type part of the name or its pinyin initials."), lookup="bases",
    )  # fmt: skip
    round = SelectField(lazy_gettext(N_("Round")), validate_choice=False)
    reason_to_begin = reason_to_begin_field()


class SeveralForm(_Form):
    """Why several applications are begun, where a reason is asked for; the bases are ticked on the page."""

    reason_to_begin = reason_to_begin_field()


class _OnSiteForm(_Form):
    """The record of a check on site."""

    checked_on: Any
    people: Any
    findings: Any

    def on_site(self) -> OnSite:
        """Return what was typed; call it when the form is valid."""
        return OnSite(self.checked_on.data, self.people.data or "", self.findings.data or "")


def _check_fields(*, marked: bool) -> tuple[Any, Any, Any]:
    """Return the fields of a check on site: its day, who was present, what was found."""
    people = N_("Names and offices, parted by 、")
    return (
        _day("checked_on", N_("Day of the on-site check"), marked=marked),
        _line("people", N_("Present at the check"), people, most=_MOST_PEOPLE, marked=marked),
        _text("findings", N_("What was found"), rows=4, marked=marked),
    )


class ReviewForm(_OnSiteForm):
    """The county's check on site and its opinion (Art. 12); why a base goes on that misses a condition."""

    checked_on, people, findings = _check_fields(marked=True)
    opinion = _text(
        "opinion", N_("Opinion of the county"), N_("It stands in the letter of recommendation."), marked=True
    )
    failing_reason = _text(
        FAILING_REASON, N_("Why it goes on although a condition is not met"),
        N_("Compulsory to pass it; it stays with the step."), most=MOST_FAILING_REASON, marked=True,
    )  # fmt: skip


class ConcludeForm(_OnSiteForm):
    """The experts' check on site, where one was needed, and their joint opinion."""

    checked_on, people, findings = _check_fields(marked=False)
    opinion = _text("opinion", N_("Joint opinion of the experts"), marked=True)


class ReasonForm(_Form):
    """Why an application is withdrawn."""

    reason = _text("reason", N_("Reason"), required=True)


class ReturnForm(_Form):
    """Item by item what is to be corrected, and by when."""

    due = _day("due", N_("To be corrected by"))
    opinion = _text("opinion", N_("General remark"))
    other = _text("other", N_("Anything else to be corrected"), most=_MOST_REASON, rows=1)

    def reasons(self) -> dict[str, str]:
        """Return what was typed by item, a material's code or `other`; call it when the form is valid."""
        items = (*(material.value for material in Material), "other")
        return {item: self[item].data for item in items if self[item].data}


for _material in Material:
    _field = _text(_material.value, _material.label, most=_MOST_REASON, rows=1)
    setattr(ReturnForm, _material.value, _field)


class InnovationsForm(_Form):
    """The innovations of Art. 8, each with its aspect, title and description; the fields are `field_of` its place."""

    def at(self, place: int) -> dict[str, Any]:
        """Return the fields of the innovation at a place, by their part."""
        return {part: self[field_of(place, part)] for part in _INNOVATION_PARTS}

    def innovations(self) -> tuple[Innovation, ...]:
        """Return what was entered at every place; call it when the form is valid."""
        return tuple(
            Innovation(
                place,
                Aspect.worded(fields["aspect"].data) if fields["aspect"].data else None,
                fields["title"].data or "",
                fields["description"].data or "",
            )
            for place in PLACES
            for fields in (self.at(place),)
        )

    def typed(self) -> dict[str, str]:
        """Return what was typed, by the label of its field; blanks are left out."""
        typed = {}
        for place in PLACES:
            for part, field in self.at(place).items():
                aspect = Aspect.worded(field.data) if part == "aspect" and field.data else None
                value = (gettext(aspect.label) if aspect else "") if part == "aspect" else field._value()
                if value:
                    typed[str(field.label.text)] = str(value)
        return typed

    def is_typed_at(self, place: int) -> bool:
        """Tell whether anything stands at a place, or is wrong there."""
        fields = self.at(place)
        return any(
            field.data or field.errors or field.raw_data not in (None, [], [""]) for field in fields.values()
        )


_INNOVATION_PARTS: Mapping[str, Field] = {
    "aspect": Field("aspect", N_("Aspect"), "", Kind.CHOICE, choices=Aspect),
    "title": Field("title", N_("Name of the innovation"), "", max_length=MOST_TITLE),
    "description": Field("description", N_("Description"), "", Kind.LONG_TEXT, max_length=MOST_DESCRIPTION),
}
for _place in PLACES:
    for _part, _column in _INNOVATION_PARTS.items():
        _innovation_field = field_for(replace(_column, key=field_of(_place, _part)))
        _of_place = N_("Innovation %(number)d: %(part)s")
        _label = lazy_gettext(_of_place, number=_place, part=lazy_gettext(_column.label))
        _innovation_field.args = (_label, *_innovation_field.args[1:])
        setattr(InnovationsForm, field_of(_place, _part), _innovation_field)


def innovations_form(
    sent: MultiDict[str, str] | None = None, stored: Iterable[Mapping[str, Any]] = ()
) -> InnovationsForm:
    """Return the form of the innovations, as it was sent or filled with those that are stored."""
    if sent is not None:
        return InnovationsForm(sent)
    return InnovationsForm(
        data={
            field_of(innovation["place"], part): innovation[part]
            for innovation in stored
            for part in _INNOVATION_PARTS
        }
    )


class LetterForm(_Form):
    """Number and date of a letter of recommendation."""

    number = field_for(
        Field("number", N_("Number of the letter"), "", Kind.CODE, required=True, max_length=60),
        N_("Like 冠工信字〔2026〕12号; any kind of brackets will do."),
    )
    dated = _day("dated", N_("Dated"), required=True)


class ExpertForm(_Form):
    """One expert's name and opinion; `expert_form` adds a field for each dimension of the round's score sheet."""

    name = _line("name", N_("Expert"), most=50, required=True)
    organization = _line("organization", N_("Organisation"))
    opinion = _text("opinion", N_("Opinion of this expert"))

    def scores(self) -> dict[str, float | None]:
        """Return the points, 0 to 100, by the key of a dimension; None for a blank."""
        return {
            name.removeprefix(SCORE): field.data
            for name, field in self._fields.items()
            if name.startswith(SCORE)
        }


def expert_form(
    sheet: ScoreSheet, sent: MultiDict[str, str] | None = None, filled: Mapping[str, Any] | None = None
) -> ExpertForm:
    """Return the form of one expert under a round's score sheet, as it was sent or filled with what is stored."""
    fields = {
        f"{SCORE}{line.key}": field_for(
            Field(f"{SCORE}{line.key}", line.label, "", Kind.DECIMAL, unit=N_("points"))
        )
        for line in sheet.dimensions
    }
    form_class = type("ExpertFormOfRound", (ExpertForm,), fields)
    return form_class(formdata=sent) if sent is not None else form_class(data=dict(filled or {}))


def day_of(moment: datetime | None) -> date | None:
    """Return a stored day, which is a moment, as a form takes it."""
    return moment.date() if moment is not None else None
