"""A share in percent is cut, so that one that misses what is asked never reads as if it reached it."""

import pytest

from rules.assessment.shares import floored, share_words


@pytest.mark.parametrize(
    ("percent", "number", "words"),
    [
        (18.0258, 18.0, "18.0%"),
        (19.96, 19.9, "19.9%"),
        (19.9999, 19.9, "19.9%"),
        (20, 20.0, "20.0%"),
        (20.0, 20.0, "20.0%"),
        (0, 0.0, "0.0%"),
        (0.04, 0.0, "0.0%"),
        (33.333333, 33.3, "33.3%"),
        (66.666667, 66.6, "66.6%"),
        (100.0, 100.0, "100.0%"),
        (29.9, 29.9, "29.9%"),  # a binary fraction just below it is not cut to 29.8
    ],
)
def test_a_share_is_cut_to_one_decimal(percent, number, words):
    assert floored(percent) == number
    assert share_words(percent) == words


@pytest.mark.parametrize(
    ("places", "number"), [(0, 18.0), (1, 18.0), (2, 18.02), (3, 18.025), (4, 18.0258), (6, 18.025836)]
)
def test_a_share_is_cut_to_as_many_decimals_as_are_asked_for(places, number):
    assert floored(18.0258369, places) == number
