"""The operating conditions: what counts as verified, and what a county's review asks for."""

import pytest

from rules.assessment.checklist import Check, CheckState, Condition, count_of, refusals_of_checks
from rules.assessment.indicators import Facts, assess
from rules.rule_sets.measures import CITY_2021, NATION_2016

MET, NOT_MET, UNKNOWN = CheckState.MET, CheckState.NOT_MET, CheckState.UNKNOWN
ALL_MET = {condition: Check(MET, grounded=True) for condition in Condition}
FACTS = Facts(CITY_2021.first_day)


@pytest.mark.parametrize(
    ("check", "refusals"),
    [
        (Check(MET, grounded=True), 0),
        (Check(NOT_MET, grounded=True), 0),
        (Check(MET), 1),
        (Check(NOT_MET), 1),
        (Check(UNKNOWN, grounded=True), 1),
        (Check(), 1),
    ],
)
def test_each_condition_is_verified_by_a_finding_or_evidence(check: Check, refusals: int) -> None:
    checks = {**ALL_MET, Condition.PLAN: check}
    found = refusals_of_checks(checks)
    assert len(found) == refusals
    assert all(refusal.params["name"] is Condition.PLAN for refusal in found)


def test_a_base_without_a_checklist_has_nine_conditions_to_be_verified() -> None:
    assert [refusal.params["name"] for refusal in refusals_of_checks({})] == list(Condition)
    assert count_of({}, UNKNOWN) == len(Condition) == 9


@pytest.mark.parametrize(
    ("check", "met", "actual", "finding"),
    [
        (Check(MET, grounded=True), True, 9, "All fulfilled"),
        (Check(NOT_MET, grounded=True), False, 8, "Not all fulfilled"),
        (Check(MET), False, 8, "Not all verified"),
        (Check(), False, 8, "Not all verified"),
    ],
)
def test_the_conditions_are_one_indicator_beside_the_seven(
    check: Check, met: bool, actual: int, finding: str
) -> None:
    facts = Facts(CITY_2021.first_day, conditions={**ALL_MET, Condition.LEDGER: check})
    line = next(line for line in assess(facts, CITY_2021).further if line.key == "conditions")
    assert (line.met, line.actual, line.required, line.finding) == (met, actual, 9, finding)
    assert (line.article, line.binding) == ("6", True)
    assert (line in assess(facts, CITY_2021).failing) is not met


def test_what_a_nations_rules_do_not_ask_binds_nobody() -> None:
    for measures, binding in ((NATION_2016, False), (CITY_2021, True)):
        lines = {line.key: line.binding for line in assess(FACTS, measures).further}
        assert (lines["registered"], lines["conditions"]) == (binding, binding)


@pytest.mark.parametrize("state", CheckState, ids=lambda state: state.value)
def test_what_was_found_without_a_ground_is_told_from_what_was_never_checked(state: CheckState) -> None:
    (refusal,) = refusals_of_checks({**ALL_MET, Condition.PLAN: Check(state)})
    assert ("not verified yet" in str(refusal)) is (state is UNKNOWN)
    assert ("neither evidence nor a finding" in str(refusal)) is (state is not UNKNOWN)
    for grounded in (True, False):
        assert Check(state, grounded).verified is (state if grounded else UNKNOWN)
        counted = {each: count_of({Condition.PLAN: Check(state, grounded)}, each) for each in CheckState}
        expected = {each: 8 if each is UNKNOWN else 0 for each in CheckState}
        expected[state if grounded else UNKNOWN] += 1
        assert counted == expected
