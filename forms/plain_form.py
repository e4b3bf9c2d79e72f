"""The form that is no collection's own: as typed, as stored, and what stands in a field."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Self

from werkzeug.datastructures import MultiDict
from wtforms import Form


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
