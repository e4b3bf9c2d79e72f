"""What is typed about the loss of a title: grounds with their facts, the hearing, the decision, a case dropped."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from flask_babel import gettext, lazy_gettext
from wtforms import RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from documents.revocation.decision import StoredDecision
from forms.fields import LookupField, field_for, reason_to_begin_field
from forms.plain_form import PlainForm
from rules.grounds import GROUNDS, DecisionKind, Ground
from rules.words import N_
from schema.field import Field, Kind
from schema.settings import STATEMENT_DAYS
from services.desk.settings import office_settings
from services.revocation.cases import MOST_FACTS, Hearing


def _day(name: str, label: str, help: str = "", *, wanted: bool = False) -> Any:
    return field_for(Field(name, label, "", Kind.DATE, required=wanted), help)


def _text(name: str, label: str, help: str = "") -> Any:
    return field_for(Field(name, label, "", Kind.LONG_TEXT, max_length=MOST_FACTS), help)


def facts_field(ground: Ground) -> str:
    """Return the name of the box for a ground's facts, as refusals name it."""
    return f"facts-{ground.value}"


class GroundsForm(PlainForm):
    """The grounds of one kind of decision, each with a box for its facts."""

    grounds = SelectMultipleField(
        lazy_gettext(N_("Grounds")),
        choices=[SelectChoice(ground.value, lazy_gettext(ground.label)) for ground in Ground],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )

    @classmethod
    def of(cls, grounds: Mapping[Ground, str], **more: Any) -> Self:
        """Return the form filled with grounds and their facts."""
        given = {facts_field(ground): facts for ground, facts in grounds.items()}
        return cls(data={"grounds": [ground.value for ground in grounds], **given, **more})

    def boxes(self, kind: DecisionKind) -> Sequence[tuple[Ground, Any, bool]]:
        """Return each ground of a kind with the field for its facts, and whether it is chosen."""
        chosen = set(self.grounds.data or ())
        return tuple(
            (ground, self._fields[facts_field(ground)], ground.value in chosen) for ground in GROUNDS[kind]
        )

    def given(self, kind: DecisionKind) -> dict[Ground, str]:
        """Return the chosen grounds of a kind with their facts; what was typed for another kind says nothing."""
        return {ground: field.data or "" for ground, field, chosen in self.boxes(kind) if chosen}


for _ground in Ground:
    setattr(GroundsForm, facts_field(_ground), _text(facts_field(_ground), _ground.label))


class CaseForm(GroundsForm):
    """A new case: the base, what is to be decided, the grounds."""

    base = LookupField(
        lazy_gettext(N_("Base")),
        description=lazy_gettext(N_("Name, code, person or initials")),
        render_kw={"data-lookup": "bases"},
    )
    reason_to_begin = reason_to_begin_field()
    kind = RadioField(
        lazy_gettext(N_("What is decided")),
        choices=[SelectChoice(kind.value, lazy_gettext(kind.label)) for kind in DecisionKind],
        validate_choice=False,
    )

    @property
    def chosen_kind(self) -> DecisionKind:
        """What is to be decided; revocation where nothing was said."""
        return next((kind for kind in DecisionKind if kind.value == self.kind.data), DecisionKind.REVOCATION)


class HearingForm(PlainForm):
    """The prior notice and what the base stated."""

    served_on = _day("served_on", N_("Prior notice served on"))
    statement_by = _day("statement_by", N_("Statement until"))
    served_how = field_for(
        Field("served_how", N_("How it was served"), "", max_length=200),
        N_("Like: handed over, registered letter, through the county."),
    )
    statement_on = _day(
        "statement_on", N_("Statement made on"), N_("Leave it blank as long as there is none.")
    )
    statement = _text("statement", N_("What the base stated, in short"))

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        days = office_settings()[STATEMENT_DAYS]
        help = gettext(N_("At least %(days)s days after it was served."), days=days)
        self.statement_by.description = help

    @classmethod
    def of(cls, case: StoredDecision) -> Self:
        """Return the form filled with the hearing of a stored case."""
        return cls(data={name: case.get(name) for name in cls()._fields})

    def hearing(self) -> Hearing:
        """Return the hearing as typed; call it when the form is valid."""
        return Hearing(
            served_on=self.typed_day("served_on"),
            statement_by=self.typed_day("statement_by"),
            served_how=self.typed_text("served_how"),
            statement_on=self.typed_day("statement_on"),
            statement=self.typed_text("statement"),
        )


class DecisionForm(PlainForm):
    """Number and date of a decision."""

    number = field_for(
        Field("number", N_("Decision number"), "", max_length=40, required=True),
        N_("Like 聊工信发〔2026〕133号; every number is used once."),
    )
    dated = _day("dated", N_("Date of the decision"), wanted=True)


class DropForm(PlainForm):
    """Why a case is closed without a decision."""

    reason = _text("reason", N_("Reason"))
