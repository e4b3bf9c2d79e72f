"""What an upward recommendation and its outcome may say (Art. 17)."""

from datetime import date

import pytest

from rules.rule_sets.measures import CITY_2021, Level
from rules.upward import UpwardOutcome, refusals_of_outcome, refusals_to_recommend

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, []),
        ({"level": Level.NATION}, []),
        ({"dated": date(2026, 1, 5), "year": 2025}, []),  # a letter of January for the year before
        ({"valid_title": False}, ["base"]),
        ({"level": Level.CITY}, ["level"]),
        ({"dated": None}, ["dated"]),
        ({"dated": date(2026, 11, 24)}, ["dated"]),
        ({"dated": TODAY}, []),
        ({"dated": date(2026, 11, 22)}, []),
        ({"dated": date(2024, 5, 5)}, ["dated"]),
        ({"dated": date(2024, 12, 31), "year": 2025}, ["dated"]),
        ({"dated": date(2025, 1, 1), "year": 2025}, []),
        ({"dated": date(2026, 11, 23), "year": 2025}, []),
        ({"dated": date(2026, 1, 1), "year": 2024}, ["dated"]),
    ],
)
def test_who_may_be_put_forward_by_which_letter(given, wrong):
    usual = {
        "valid_title": True,
        "level": Level.PROVINCE,
        "year": 2026,
        "dated": date(2026, 6, 1),
        "today": TODAY,
    }
    assert [one.field for one in refusals_to_recommend(CITY_2021, **(usual | given))] == wrong


@pytest.mark.parametrize(
    ("outcome", "day", "wrong"),
    [
        (UpwardOutcome.GRANTED, date(2026, 9, 1), []),
        (UpwardOutcome.REFUSED, TODAY, []),
        (UpwardOutcome.GRANTED, date(2026, 6, 1), []),
        (UpwardOutcome.PENDING, date(2026, 9, 1), ["outcome"]),
        (UpwardOutcome.ENDED, date(2026, 9, 1), ["outcome"]),
        (UpwardOutcome.GRANTED, None, ["outcome_on"]),
        (UpwardOutcome.GRANTED, date(2026, 5, 31), ["outcome_on"]),
        (UpwardOutcome.GRANTED, date(2026, 11, 24), ["outcome_on"]),
    ],
)
def test_what_an_outcome_may_say(outcome, day, wrong):
    found = refusals_of_outcome(outcome, day, dated=date(2026, 6, 1), today=TODAY)
    assert [one.field for one in found] == wrong
