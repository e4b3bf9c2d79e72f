"""What is typed of the Measures' successor: its text, what it says of itself, its figures and its articles."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import FileField, StringField, TextAreaField

from forms.fields import Wanted, field_for
from forms.plain_form import PlainForm
from forms.rule_sets import Figures, MonthDayField, figure_field, with_validators
from forms.sentences import article_label
from office.papers.document_text import ENDINGS, MOST_BYTES
from rules.rule_sets.measure_lines import LINES, TRANSITIONS, figures_of
from rules.rule_sets.measures import DecidedUnder, Measures
from rules.rule_sets.provisions import PROVISIONS
from rules.rule_sets.succession.figures import SUMMARIES, FigureValue
from rules.rule_sets.succession.provisions import reference_of
from rules.words import N_
from schema.field import CodeOf, Field, Input, Kind


class TextForm(PlainForm):
    """The text of the successor: pasted, or in a file."""

    title = with_validators(
        field_for(
            Field("title", N_("Name of the rules"), "", required=True, max_length=100),
            N_("As lists show it, until the title and number are known."),
        ),
        [Wanted()],
    )
    file = FileField(
        lazy_gettext(N_("File of the text")),
        description=lazy_gettext(N_(".docx or .txt, at most %(most)s MB."), most=MOST_BYTES >> 20),
        render_kw={"accept": ",".join(ENDINGS)},
    )  # fmt: skip
    text = TextAreaField(
        lazy_gettext(N_("Text")), description=lazy_gettext(N_("Title lines and all; each article begins with 第…条.")),
        render_kw={"rows": "18", "spellcheck": "false"},
    )  # fmt: skip


class HeadingForm(PlainForm):
    """Title, number, body and days of the successor, and which edition decides what was begun before it."""

    title = with_validators(
        field_for(Field("title", N_("Name of the rules"), "", required=True, max_length=100)), [Wanted()]
    )
    document_title = field_for(
        Field("document_title", N_("Title of the document"), "", max_length=200),
        N_("As papers cite it, without book marks."),
    )
    document_number = field_for(
        Field("document_number", N_("Number of the paper"), "", Kind.CODE, code=CodeOf.DOCUMENT_NUMBER)
    )
    body = field_for(Field("body", N_("Issued by"), "", max_length=100))
    first_day = with_validators(field_for(Field("first_day", N_("In force from"), "", Kind.DATE)), [Wanted()])
    last_day = field_for(
        Field("last_day", N_("In force to"), "", Kind.DATE), N_("Leave it blank when no last day is known.")
    )

    @classmethod
    def of(cls, measures: Measures, proposed: Mapping[str, Any]) -> "HeadingForm":
        """Return the form with a draft's values; where it has none yet, with what its text says."""
        values: dict[str, Any] = {name: getattr(measures, name) for name in HEADING}
        values |= {line.key: getattr(measures, line.key).value for line in TRANSITIONS}
        return cls(data=values | dict(proposed))

    def values(self) -> dict[str, Any]:
        """Return what was typed, by the names of `Measures`; call it when the form is valid."""
        texts = ("title", "document_title", "document_number", "body")
        values: dict[str, Any] = {name: self.typed_text(name).strip() for name in texts}
        values |= {name: self.typed_day(name) for name in ("first_day", "last_day")}
        return values | {line.key: DecidedUnder(self._fields[line.key].data) for line in TRANSITIONS}  # type: ignore[call-arg]


HEADING = ("title", "document_title", "document_number", "body", "first_day", "last_day")
for _transition in TRANSITIONS:
    _words = Field(
        _transition.key, _transition.label, "", Kind.CHOICE, choices=DecidedUnder, input=Input.SELECT
    )
    setattr(HeadingForm, _transition.key, field_for(_words))


class ProposedFiguresForm(Figures):
    """Every figure, each with the value that is proposed or typed; only those that are ticked are taken."""

    lines = LINES
    base_summary_by = MonthDayField(lazy_gettext(N_("Base's annual summary, by")))
    county_summary_by = MonthDayField(lazy_gettext(N_("County's annual report, by")))

    @classmethod
    def of(cls, measures: Measures, proposed: Mapping[str, FigureValue]) -> "ProposedFiguresForm":
        """Return the form with what a text names, and for the rest with a draft's figures."""
        values: dict[str, Any] = {
            **figures_of(measures),
            **{key: getattr(measures, key) for key in SUMMARIES},
        }
        values |= proposed
        by_name = {name_of(key): value for key, value in values.items()}
        return cls(data=by_name | {line.name: bool(by_name[line.name]) for line in LINES if line.yes_no})

    @classmethod
    def typed(cls, given: MultiDict[str, str]) -> "ProposedFiguresForm":
        """Return the form as it was sent."""
        return cls(formdata=given)

    def taken(self, keys: Collection[str]) -> dict[str, FigureValue | None]:
        """Return the ticked figures by key; what is wrong elsewhere does not matter, and is forgotten."""
        self.validate()
        for key in (*(line.key for line in LINES), *SUMMARIES):
            if key not in keys:
                self._fields[name_of(key)].errors = []
        if self.errors:
            return {}
        figures = self.figures()
        days: dict[str, FigureValue | None] = {key: self._fields[key].data for key in SUMMARIES}
        return {key: value for key, value in {**figures, **days}.items() if key in keys}


def name_of(key: str) -> str:
    """Return the name of a figure's field."""
    return next((line.name for line in LINES if line.key == key), key)


for _line in LINES:
    setattr(ProposedFiguresForm, _line.name, figure_field(_line))


class ReferenceField(StringField):
    """An article or an item of one, as a text cites it or in short."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the reference as it is typed."""
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = ""
        try:
            self.data = reference_of(self.typed)
        except ValueError as error:
            raise ValueError(gettext(N_("Write the article, and its item, by their numbers."))) from error

    def _value(self) -> str:
        typed = getattr(self, "typed", None)
        return typed if typed is not None else article_label(self.data or "")


class ArticlesForm(PlainForm):
    """The article of each provision."""

    @classmethod
    def of(cls, references: Mapping[str, str]) -> "ArticlesForm":
        """Return the form with these articles, by the provision's key."""
        return cls(data={article_field(key): reference for key, reference in references.items()})

    def references(self) -> dict[str, str]:
        """Return what was typed by the provision's key; call it when the form is valid."""
        return {
            provision.key: self._fields[article_field(provision.key)].data or "" for provision in PROVISIONS
        }


def article_field(key: str) -> str:
    """Return the name of the field for a provision's article, as refusals name it."""
    return f"article-{key}"


def _add_fields(provisions: Iterable[Any]) -> None:
    for provision in provisions:
        setattr(ArticlesForm, article_field(provision.key), ReferenceField(lazy_gettext(provision.label)))


_add_fields(PROVISIONS)
