"""A base that misses a condition: it goes on with a reason in writing, and onto a list where the rule set allows it."""

from dataclasses import replace

import pytest

from rules.rule_sets.articles import ArticleRef
from rules.rule_sets.measures import CITY_2021, Measures
from rules.shortfalls import (
    FAILING_REASON,
    MissedCondition,
    Shortfall,
    refusals_to_go_on,
    refusals_to_publish,
)

LENIENT = replace(CITY_2021, failing_may_be_announced=True)
WEAK = Shortfall("甲园", (MissedCondition("people", "People employed", ArticleRef("5(2)")),))
FIT = Shortfall("乙园")


@pytest.mark.parametrize(
    ("shortfall", "reason", "fields"),
    [
        (FIT, "", []),
        (WEAK, "创业辅导成效突出。", []),
        (WEAK, "", [FAILING_REASON]),
        (WEAK, " \n　", [FAILING_REASON]),
        (WEAK, "长" * 500, []),
        (WEAK, "长" * 501, [FAILING_REASON]),
    ],
)
def test_a_step_needs_a_reason(shortfall: Shortfall, reason: str, fields: list[str]) -> None:
    assert [refusal.field for refusal in refusals_to_go_on(shortfall, reason)] == fields


@pytest.mark.parametrize(
    ("shortfall", "reason", "measures", "fields"),
    [
        (FIT, "", CITY_2021, []),
        (WEAK, "创业辅导成效突出。", CITY_2021, [None]),  # the conditions are to be met together
        (WEAK, "创业辅导成效突出。", LENIENT, []),
        (WEAK, "", LENIENT, [FAILING_REASON]),
    ],
)
def test_a_list_needs_the_rule_set_to_allow_it(
    shortfall: Shortfall, reason: str, measures: Measures, fields: list[str | None]
) -> None:
    assert [refusal.field for refusal in refusals_to_publish(shortfall, reason, measures)] == fields
