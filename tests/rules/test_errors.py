"""Foreseen errors: each holds the reasons that it was given, or its own."""

import pytest

from rules.errors import Missing, NotAllowed, Problem, Refusal, Refused, Stale

PROBLEMS = (Problem, Refused, Stale, Missing, NotAllowed)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_without_a_reason_an_error_says_its_own(problem: type[Problem]) -> None:
    assert problem().refusals == (Refusal(problem.default),)
    assert str(problem()) == problem.default


@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_reasons_given_are_the_reasons_held(problem: type[Problem]) -> None:
    first, second = Refusal("No %(thing)s.", {"thing": "name"}, "name"), Refusal("Too late.")
    assert problem(first, second).refusals == (first, second)
    assert str(problem(first, second)) == "No name.; Too late."
    assert problem("No %(thing)s.", thing="day").refusals == (Refusal("No %(thing)s.", {"thing": "day"}),)
    assert Refused.because([second]).refusals == (second,)


def test_several_values_of_a_sentence_stand_in_one_line() -> None:
    assert str(Refusal("Missing: %(years)s", {"years": (2027, 2028)})) == "Missing: 2027, 2028"
    assert str(Refusal("100 %")) == "100 %"
