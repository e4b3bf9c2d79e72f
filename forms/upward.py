"""What is typed of an upward recommendation: its letter, and what became of it."""

from typing import Self

from bson import ObjectId
from flask_babel import lazy_gettext
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from documents.upward.recommendation import StoredRecommendation
from forms.fields import field_for
from forms.plain_form import PlainForm
from rules.rule_sets.measures import Level
from rules.upward import LEVELS, UpwardOutcome
from rules.words import N_
from schema.field import Field, Kind
from services.shared.office_day import day_of
from services.upward.recommendations import UpwardDraft

_OUTCOMES = (UpwardOutcome.GRANTED, UpwardOutcome.REFUSED)


class UpwardForm(PlainForm):
    """The letter: level, year, number, date."""

    level = RadioField(
        lazy_gettext(N_("Level")),
        choices=[SelectChoice(level.value, lazy_gettext(level.label)) for level in LEVELS],
        validate_choice=False,
    )
    year = field_for(Field("year", N_("Year"), "", Kind.INTEGER, required=True))
    number = field_for(
        Field("number", N_("Number of the letter"), "", Kind.CODE, required=True, max_length=60),
        N_("Like 聊工信发〔2026〕15号; bases of one letter share it."),
    )
    dated = field_for(Field("dated", N_("Date of the letter"), "", Kind.DATE, required=True))
    remark = field_for(Field("remark", N_("Remark"), "", Kind.LONG_TEXT, max_length=2000))

    @classmethod
    def of(cls, recommendation: StoredRecommendation) -> Self:
        """Return the form with the letter of a stored recommendation."""
        keys = ("level", "year", "number", "remark")
        values = {key: recommendation.get(key) for key in keys}
        return cls(data={**values, "dated": day_of(recommendation["dated"])})

    def draft(self, bases: tuple[ObjectId, ...], assessed_year: int) -> UpwardDraft:
        """Return the letter as typed; call it when the form is valid."""
        # What is no level at all goes on as the city's, which the rule refuses.
        level = next((level for level in LEVELS if level.value == self.level.data), Level.CITY)
        year = min(max(int(self.year.data or 0), 1), 9998)
        return UpwardDraft(
            bases, level, year, self.typed_text("number"), self.typed_day("dated"), self.typed_text("remark"),
            assessed_year,
        )  # fmt: skip


class OutcomeForm(PlainForm):
    """What became of a recommendation."""

    outcome = RadioField(
        lazy_gettext(N_("Outcome of the recommendation")),
        choices=[SelectChoice(outcome.value, lazy_gettext(outcome.label)) for outcome in _OUTCOMES],
        validate_choice=False,
    )
    outcome_on = field_for(Field("outcome_on", N_("Date of the outcome"), "", Kind.DATE, required=True))
    outcome_number = field_for(
        Field("outcome_number", N_("Number of the outcome"), "", Kind.CODE, max_length=60),
        N_("The paper of the level above; it may be left blank."),
    )

    @classmethod
    def of(cls, recommendation: StoredRecommendation) -> Self:
        """Return the form with the outcome of a stored recommendation."""
        return cls(
            data={
                "outcome": recommendation["outcome"],
                "outcome_on": day_of(recommendation.get("outcome_on")),
                "outcome_number": recommendation.get("outcome_number"),
            }
        )

    def chosen(self) -> UpwardOutcome:
        """Return what was chosen; PENDING, which the rule refuses, for nothing."""
        return next(
            (outcome for outcome in _OUTCOMES if outcome.value == self.outcome.data), UpwardOutcome.PENDING
        )
