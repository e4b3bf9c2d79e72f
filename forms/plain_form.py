"""The form that is no collection's own: as typed, as stored, and what stands in a field."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Self

from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form

from rules.words import N_


class PlainForm(Form):
    """What such forms share. The gate checks the token of every request that writes, so that no form does."""

    class Meta:
        """Error messages are ours, already translated."""

        csrf = False
        locales = False

    @classmethod
    def typed(cls, given: MultiDict[str, str]) -> Self:
        """Return the form as it was sent."""
        return cls(formdata=given)

    @classmethod
    def filled(cls, values: Mapping[str, Any]) -> Self:
        """Return the form with these values."""
        return cls(data=dict(values))

    def typed_text(self, name: str) -> str:
        """Return what stands in a text field; "" for nothing."""
        return self._fields[name].data or ""

    def typed_day(self, name: str) -> date | None:
        """Return what stands in a day field."""
        value = self._fields[name].data
        return value.date() if isinstance(value, datetime) else value

    def show_saved_meanwhile(self, stored: "PlainForm") -> None:
        """Say beside each field what another one has saved meanwhile; `stored` is the form as it is stored now."""
        for field in self:
            theirs = stored[field.name]
            differs = (field.data or None) != (theirs.data or None)
            if differs and shown_value(field) != shown_value(theirs):
                sentence = gettext(N_("Saved meanwhile: %(value)s"), value=shown_value(theirs) or "—")
                field.errors = [*field.errors, sentence]


def shown_value(field: Field) -> str:
    """Return the value of a field as a clerk reads it: the word of a choice, or the text of the input."""
    for choice in field.iter_choices() if hasattr(field, "iter_choices") else ():
        if choice.value and choice.value == field.data:
            return str(choice.label)
    return str(field._value() if hasattr(field, "_value") else "")
