"""The days of the demonstration's story: so many before today, each of them a working day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.working_days import OfficeCalendar


@dataclass(frozen=True)
class Past:
    """Counts days back from `today`, a day of the office, at the time of day that `now` has."""

    now: datetime
    today: date
    calendar: OfficeCalendar

    def day(self, ago: int) -> date:
        """Return the working day so many days before today, or the last one before it; today itself for 0."""
        return self.working(self.today - timedelta(days=ago)) if ago else self.today

    def moment(self, ago: int) -> datetime:
        """Return a moment on that day."""
        return self.on(self.day(ago))

    def on(self, day: date) -> datetime:
        """Return a moment on a day."""
        return self.now - (self.today - day)

    def working(self, day: date) -> date:
        """Return the day itself where it is worked, else the last working day before it."""
        while not self.calendar.is_working(day):
            day -= timedelta(days=1)
        return day

    def years_ago(self, years: int) -> "Past":
        """Return the same as it was told so many years earlier, on the same day of the year."""
        first = self.today.replace(day=28) if (self.today.month, self.today.day) == (2, 29) else self.today
        then = first.replace(year=first.year - years)
        return Past(self.on(then), then, self.calendar)
