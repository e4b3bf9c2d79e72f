"""Field types of our own: a calendar day, a word of a list, numbers and texts that refuse what Excel cannot hold."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from mongoengine.errors import ValidationError
from mongoengine.fields import BaseField, FloatField, IntField, StringField

from rules.choices import Choice, Word
from schema.expressions.mongo_parts import OFFICE_MILLISECONDS
from schema.field import ROW_SIGNS

_OFFICE_TIME = timezone(timedelta(milliseconds=OFFICE_MILLISECONDS))
_PART = re.compile(r"p[1-9][0-9]{0,5}")
_MOST_INTEGER = 2**53 - 1  # what a workbook and a browser can hold exactly


def stored_day(day: date) -> datetime:
    """Return the moment that stands for `day` in the database: its 00:00 in UTC, whatever the clerk's zone."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def office_midnight(day: date) -> datetime:
    """Return the moment at which a day begins for the office."""
    return datetime.combine(day, time.min, tzinfo=_OFFICE_TIME)


class DayField(BaseField):
    """A calendar day (`datetime.date`), stored as 00:00 UTC of that day; it has no zone and never shifts."""

    def validate(self, value: Any) -> None:
        """Refuse anything but a date."""
        if not isinstance(value, date):
            self.error("not a day")

    def to_mongo(self, value: Any) -> Any:
        """Return the stored form."""
        if isinstance(value, date) and not isinstance(value, datetime):
            return stored_day(value)
        return value

    def to_python(self, value: Any) -> Any:
        """Return the day."""
        return value.date() if isinstance(value, datetime) else value

    def prepare_query_value(self, op: str, value: Any) -> Any:
        """Return the stored form for a query."""
        return self.to_mongo(value)


class CountField(IntField):
    """A whole number of at least 0 that a workbook can hold exactly."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_value", _MOST_INTEGER)
        super().__init__(**kwargs)


class AmountField(FloatField):
    """A finite number of at least 0; NaN and infinity are refused."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_value", 1e12)
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        """Refuse what is not a finite number within the limits."""
        if isinstance(value, float) and not math.isfinite(value):
            self.error("not a finite number")
        super().validate(value)


class CleanTextField(StringField):
    """Text without NUL, other control characters (line ends and tabs apart) or lone surrogates."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        """Refuse text that a workbook or a page could not show."""
        super().validate(value)
        if any((ord(sign) < 32 and sign not in "\n\t") or 0xD800 <= ord(sign) <= 0xDFFF for sign in value):
            self.error("holds a character that cannot be shown")


class WordField(StringField):
    """The code of a word; `words` are asked at each check, since the registry's grow with it."""

    def __init__(self, words: Iterable[Choice | Word], **kwargs: Any) -> None:
        self.words = words
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        """Refuse what is no code of the list."""
        super().validate(value)
        if not any(word.value == value for word in self.words):
            self.error("not a word of the list")


class RowsField(BaseField):
    """The rows of a small table: each a mapping from the keys of its sub-fields to values that these take.

    A key of a sub-field that is no more is left as it is: its records may come back from the recycle bin.
    """

    def __init__(self, parts: Mapping[str, BaseField], most: int, **kwargs: Any) -> None:
        self.parts = parts
        self.most = most
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        """Refuse what is no list of such rows, too many of them, and a value that its sub-field does not take."""
        if not isinstance(value, list) or len(value) > self.most:
            self.error("no rows, or too many")
        for row in value:
            if not isinstance(row, dict) or not row or not all(_PART.fullmatch(str(key)) for key in row):
                self.error("not a row")
            for key, part in self.parts.items():
                held = row.get(key)
                if held is None and part.required:
                    self.error(f"{key} is missing")
                if held is not None:
                    self._demand(part, held)

    def _demand(self, part: BaseField, held: Any) -> None:
        if isinstance(held, str) and ROW_SIGNS.search(held):
            self.error("holds a sign that parts rows")
        try:
            part._validate(part.to_python(held))
        except (ValidationError, ValueError, TypeError) as error:
            self.error(str(error))
