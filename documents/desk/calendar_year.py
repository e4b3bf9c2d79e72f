"""A year of the office's own working-day calendar: entered by hand where none is published, or in its place."""

from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import DateTimeField, IntField, ListField, StringField

from documents.records.fields import CleanTextField, DayField


class CalendarYear(Document):
    """One year: its days off and the Saturdays and Sundays that are worked; other days are as the week has them."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "calendar_years",
        "auto_create_index": False,
        "strict": False,
    }

    year = IntField(primary_key=True)
    holidays = ListField(DayField())
    workdays = ListField(DayField())
    source = CleanTextField()
    version = IntField(default=1)
    updated_at = DateTimeField()
    updated_by = StringField()
