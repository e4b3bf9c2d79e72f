"""What is typed about the loss of a title: grounds with their facts, the hearing, the decision, a case dropped."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from flask_babel import gettext, lazy_gettext
from wtforms import RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from documents.revocation.decision import StoredDecision
from forms.fields import LookupField, field_for, reason_to_begin_field
from forms.plain_form import PlainForm
from rules.choices import Choice
from rules.decisions import Overturning
from rules.grounds import (
    FINDINGS,
    GROUNDS,
    DecisionKind,
    Finding,
    Ground,
    OverturnedBy,
    StatementOutcome,
    findings_of,
)
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


def findings_field(ground: Ground) -> str:
    """Return the name of the boxes for a ground's alternatives, as refusals name it."""
    return f"findings-{ground.value}"


def _several(label: str, choices: Iterable[Choice]) -> Any:
    return SelectMultipleField(
        lazy_gettext(label),
        choices=[SelectChoice(choice.value, lazy_gettext(choice.label)) for choice in choices],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )


class GroundsForm(PlainForm):
    """The grounds of one kind of decision, each with a box for its facts and, where it has them, its alternatives.

    On what a reversal stands is typed with them.
    """

    grounds = _several(N_("Grounds"), Ground)
    basis = field_for(
        Field("basis", N_("On what the restoration stands"), "", Kind.CHOICE, choices=OverturnedBy)
    )
    basis_body = field_for(
        Field("basis_body", N_("Who decided on the review, or which court"), "", max_length=100)
    )
    basis_number = field_for(Field("basis_number", N_("Number of that paper"), "", max_length=60))
    basis_dated = _day("basis_dated", N_("Date of that paper"))

    @classmethod
    def of(cls, grounds: Mapping[Ground, str], findings: Sequence[Finding] = (), **more: Any) -> Self:
        """Return the form filled with grounds, their facts and what was found."""
        given: dict[str, Any] = {facts_field(ground): facts for ground, facts in grounds.items()}
        given |= {
            findings_field(ground): [finding.value for finding in findings_of(ground, findings)]
            for ground in FINDINGS
        }
        return cls(data={"grounds": [ground.value for ground in grounds], **given, **more})

    def boxes(self, kind: DecisionKind) -> Sequence[tuple[Ground, Any, bool]]:
        """Return each ground of a kind with the field for its facts, and whether it is chosen."""
        chosen = set(self.grounds.data or ())
        return tuple(
            (ground, self._fields[facts_field(ground)], ground.value in chosen) for ground in GROUNDS[kind]
        )

    def alternatives(self, ground: Ground) -> Any:
        """Return the field for a ground's alternatives; None where it has none."""
        return self._fields.get(findings_field(ground))

    def given(self, kind: DecisionKind) -> dict[Ground, str]:
        """Return the chosen grounds of a kind with their facts; what was typed for another kind says nothing."""
        return {ground: field.data or "" for ground, field, chosen in self.boxes(kind) if chosen}

    def found(self, kind: DecisionKind) -> tuple[Finding, ...]:
        """Return what was found of the chosen grounds of a kind."""
        codes = {
            code
            for ground in self.given(kind)
            if (field := self.alternatives(ground)) is not None
            for code in field.data or ()
        }
        return tuple(finding for finding in Finding if finding.value in codes)

    def overturning(self) -> Overturning:
        """Return on what a reversal stands, as typed."""
        by = next((by for by in OverturnedBy if by.value == self.basis.data), None)
        return Overturning(
            by, self.typed_text("basis_body"), self.typed_text("basis_number"), self.typed_day("basis_dated")
        )


for _ground in Ground:
    setattr(GroundsForm, facts_field(_ground), _text(facts_field(_ground), _ground.label))
for _ground, _findings in FINDINGS.items():
    setattr(GroundsForm, findings_field(_ground), _several(N_("Which of these was found"), _findings))


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
    statement_outcome = field_for(
        Field(
            "statement_outcome", N_("What became of the statement"), "", Kind.CHOICE, choices=StatementOutcome
        )
    )
    statement_answer = _text(
        "statement_answer", N_("Why it was accepted or not"), N_("The decision says so to the base.")
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        days = office_settings()[STATEMENT_DAYS]
        help = gettext(N_("At least %(days)s days after it was served."), days=days)
        self.statement_by.description = help

    @classmethod
    def of(cls, case: StoredDecision) -> Self:
        """Return the form filled with the hearing of a stored case."""
        typed = {name: case.get(name) for name in cls()._fields}
        return cls(data=typed | {"statement_by": case.get("statement_by") or case.get("prior_until")})

    def hearing(self) -> Hearing:
        """Return the hearing as typed; call it when the form is valid."""
        return Hearing(
            served_on=self.typed_day("served_on"),
            statement_by=self.typed_day("statement_by"),
            served_how=self.typed_text("served_how"),
            statement_on=self.typed_day("statement_on"),
            statement=self.typed_text("statement"),
            outcome=next((one for one in StatementOutcome if one.value == self.statement_outcome.data), None),
            answer=self.typed_text("statement_answer"),
        )


class PriorNoticeForm(PlainForm):
    """Number and date of a prior notice, and until when the base may make its statement."""

    prior_number = field_for(
        Field("prior_number", N_("Number of the prior notice"), "", max_length=40, required=True),
        N_("Like 聊工信告〔2026〕5号; every number is used once."),
    )
    prior_dated = _day("prior_dated", N_("Date of the prior notice"), wanted=True)
    prior_until = _day("prior_until", N_("Statement until"), wanted=True)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        days = office_settings()[STATEMENT_DAYS]
        self.prior_until.description = gettext(N_("At least %(days)s days from today."), days=days)


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
