"""What a change filing may say (Art. 15)."""

from datetime import date

import pytest

from rules.change_filings import refusals_of_filing


def fields(refusals):
    return [refusal.field for refusal in refusals]


@pytest.mark.parametrize(
    ("changes", "completed", "filed", "wrong"),
    [
        ({"name": "新名"}, date(2026, 11, 2), date(2026, 11, 20), []),
        ({"name": "新名"}, date(2026, 11, 2), date(2026, 11, 2), []),
        ({}, date(2026, 11, 2), date(2026, 11, 20), ["name"]),
        ({"name": "新名"}, None, None, ["completed_on", "filed_on"]),
        ({"name": "新名"}, date(2026, 11, 24), date(2026, 11, 24), ["completed_on", "filed_on"]),
        ({"name": "新名"}, date(2026, 11, 20), date(2026, 11, 19), ["filed_on"]),
    ],
)
def test_what_a_filing_may_say(changes, completed, filed, wrong):
    assert fields(refusals_of_filing(changes, completed, filed, today=date(2026, 11, 23))) == wrong


@pytest.mark.parametrize(
    ("completed", "filed", "wrong"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), []),  # all of it today
        (date(2026, 11, 24), date(2026, 11, 23), ["completed_on", "filed_on"]),
        (date(2026, 11, 20), date(2026, 11, 24), ["filed_on"]),
        (None, date(2026, 11, 20), ["completed_on"]),
        (date(2026, 11, 20), None, ["filed_on"]),
    ],
)
def test_the_days_of_a_filing_are_in_order(completed, filed, wrong):
    assert fields(refusals_of_filing({"name": "新名"}, completed, filed, today=date(2026, 11, 23))) == wrong
