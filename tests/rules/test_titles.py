"""The title: its last valid day (Art. 16, as Art. 20 writes its own term), and how it stands on a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.measures import CITY_2021
from rules.titles import Title, TitleState, last_valid_day, title_state


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2021-12-04", "2026-12-03"),  # Art. 20's own
        ("2021-12-20", "2026-12-19"),
        ("2024-02-29", "2029-02-28"),  # the anniversary is 1 March of a common year
        ("2024-03-01", "2029-02-28"),
        ("2023-03-01", "2028-02-29"),  # the day before is a leap day
        ("2024-01-01", "2028-12-31"),
        ("2024-02-28", "2029-02-27"),
        ("2023-12-31", "2028-12-30"),
    ],
)
def test_a_title_of_five_years(first, last):
    assert last_valid_day(date.fromisoformat(first), CITY_2021.years_of_validity) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("first", "years", "last"),
    [
        ("2024-02-29", 4, "2028-02-28"),  # a leap year again: the anniversary is 29 February
        ("2024-02-29", 1, "2025-02-28"),
        ("2021-12-20", 3, "2024-12-19"),
        ("2096-02-29", 4, "2100-02-28"),  # 2100 is none
    ],
)
def test_a_term_of_other_years(first, years, last):
    assert last_valid_day(date.fromisoformat(first), years) == date.fromisoformat(last)


def test_the_measures_say_five_years():
    assert CITY_2021.years_of_validity == 5


@given(st.dates(date(1990, 1, 1), date(2190, 12, 31)), st.integers(1, 9))
def test_the_term_ends_before_the_anniversary_and_never_a_day_early(first, years):
    last = last_valid_day(first, years)
    assert last.year - first.year in (years, years - 1)
    after = last + timedelta(days=1)
    if (first.month, first.day) != (2, 29):
        assert (after.month, after.day, after.year) == (first.month, first.day, first.year + years)


@pytest.mark.parametrize(
    ("title", "state"),
    [
        (Title("uncertified"), TitleState.NONE),
        (Title("certified", date(2027, 12, 19)), TitleState.VALID),
        (Title("certified", date(2026, 12, 19)), TitleState.EXPIRING),
        (Title("certified", date(2026, 12, 19), renewal_open=True), TitleState.UNDER_RENEWAL),
        (Title("certified", date(2026, 11, 1), renewal_open=True), TitleState.UNDER_RENEWAL),
        (Title("certified", date(2026, 11, 22)), TitleState.DUE_FOR_CANCELLATION),
        (Title("certified", date(2026, 12, 19), renewal_failed=True), TitleState.DUE_FOR_CANCELLATION),
        (Title("cancelled", date(2026, 12, 19)), TitleState.CANCELLED),
        (Title("revoked", date(2026, 12, 19)), TitleState.REVOKED),
    ],
)
def test_how_a_title_stands(title, state):
    assert title_state(title, date(2026, 11, 23)) is state
