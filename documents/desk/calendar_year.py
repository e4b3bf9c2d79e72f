"""A year of the office's own working-day calendar: entered by hand where none is published, or in its place."""

from datetime import datetime
from typing import Any, ClassVar, TypedDict, cast

from mongoengine import Document
from mongoengine.fields import DateTimeField, IntField, ListField, StringField
from pymongo.client_session import ClientSession

from documents.records.fields import CleanTextField, DayField


class StoredCalendarYear(TypedDict, total=False):
    """A year as it is stored; `_id` is the year, days are 00:00 UTC."""

    _id: int
    holidays: list[datetime]
    workdays: list[datetime]
    source: str
    version: int


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

    @classmethod
    def read_all(cls, session: ClientSession | None = None) -> list[StoredCalendarYear]:
        """Return every year that the office entered."""
        return cast("list[StoredCalendarYear]", list(cls._get_collection().find({}, session=session)))

    @classmethod
    def find(cls, year: int, session: ClientSession) -> StoredCalendarYear | None:
        """Return the office's own calendar of a year; None when it entered none."""
        return cast(
            "StoredCalendarYear | None", cls._get_collection().find_one({"_id": year}, session=session)
        )

    @classmethod
    def drop(cls, year: int, version: int, session: ClientSession) -> None:
        """Take a year away where it still has this version."""
        cls._get_collection().delete_one({"_id": year, "version": version}, session=session)
