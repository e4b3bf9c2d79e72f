"""What is typed of an upward recommendation: its letter, and what became of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bson import ObjectId
from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import Form, RadioField

from forms.fields import field_for
from rules.measures import Level
from rules.upward import LEVELS, UpwardOutcome
from rules.words import N_
from schema.field import Column, Kind
from services.upward.recommendations import UpwardDraft

_OUTCOMES = (UpwardOutcome.GRANTED, UpwardOutcome.REFUSED)


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else value


class _Typed(Form):
    class Meta:
        """Error messages are ours, already translated."""

        csrf = False
        locales = False


class UpwardForm(_Typed):
    """The letter: level, year, number, date."""

    level = RadioField(lazy_gettext(N_("Level")), validate_choice=False)
    year = field_for(Column("year", N_("Year"), "", Kind.INTEGER, required=True))
    number = field_for(
        Column("number", N_("Number of the letter"), "", Kind.CODE, required=True, most=60),
        N_("Like 聊工信发〔2026〕15号; bases of one letter share it."),
    )
    dated = field_for(Column("dated", N_("Date of the letter"), "", Kind.DATE, required=True))
    remark = field_for(Column("remark", N_("Remark"), "", Kind.LONG_TEXT, most=2000))

    @classmethod
    def filled(cls, values: Mapping[str, Any]) -> "UpwardForm":
        """Return the form with these values."""
        return cls(data=dict(values)).offer()

    @classmethod
    def typed(cls, given: MultiDict[str, str]) -> "UpwardForm":
        """Return the form as it was sent."""
        return cls(formdata=given).offer()

    def offer(self) -> "UpwardForm":
        """Offer the two levels above the city."""
        self.level.choices = [(one.value, gettext(one.label)) for one in LEVELS]
        return self

    def draft(self, bases: tuple[ObjectId, ...], assessed_year: int) -> UpwardDraft:
        """Return the letter as typed; call it when the form is valid."""
        # What is no level at all goes on as the city's, which the rule refuses.
        level = next((one for one in LEVELS if one.value == self.level.data), Level.CITY)
        year = min(max(int(self.year.data or 0), 1), 9998)
        return UpwardDraft(
            bases, level, year, self.number.data or "", _day(self.dated.data), self.remark.data or "", assessed_year
        )  # fmt: skip


class OutcomeForm(_Typed):
    """What became of a recommendation."""

    outcome = RadioField(lazy_gettext(N_("Outcome of the recommendation")), validate_choice=False)
    outcome_on = field_for(Column("outcome_on", N_("Date of the outcome"), "", Kind.DATE, required=True))
    outcome_number = field_for(
        Column("outcome_number", N_("Number of the outcome"), "", Kind.CODE, most=60),
        N_("The paper of the level above; it may be left blank."),
    )

    @classmethod
    def filled(cls, values: Mapping[str, Any]) -> "OutcomeForm":
        """Return the form with these values."""
        return cls(data=dict(values)).offer()

    @classmethod
    def typed(cls, given: MultiDict[str, str]) -> "OutcomeForm":
        """Return the form as it was sent."""
        return cls(formdata=given).offer()

    def offer(self) -> "OutcomeForm":
        """Offer granted and refused."""
        self.outcome.choices = [(one.value, gettext(one.label)) for one in _OUTCOMES]
        return self

    def chosen(self) -> UpwardOutcome:
        """Return what was chosen; PENDING, which the rule refuses, for nothing."""
        return next((one for one in _OUTCOMES if one.value == self.outcome.data), UpwardOutcome.PENDING)

    def day(self) -> date | None:
        """Return the day of the outcome."""
        return _day(self.outcome_on.data)
