"""The title of a certified base: how long it lasts (Art. 16, written as Art. 20 writes its own term)."""

from datetime import date, timedelta


def last_valid_day(first_day: date, years: int) -> date:
    """Return the last day of a term of whole `years` that begins on `first_day`: the day before the anniversary.

    How many years a title lasts is the rule set's (`Measures.years_of_validity`, Art. 16).

    2021-12-20 → 2026-12-19. 29 February has its anniversary on 1 March of a common year, so that
    2024-02-29 → 2029-02-28.
    """
    year = first_day.year + years
    try:
        anniversary = first_day.replace(year=year)
    except ValueError:
        anniversary = date(year, 3, 1)
    return anniversary - timedelta(days=1)


def years_later(day: date, years: int) -> date:
    """Return the same day `years` later; 29 February is 28 February in a common year (decision)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
