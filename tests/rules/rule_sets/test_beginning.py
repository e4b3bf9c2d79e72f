"""What may be begun under a rule set: while it is in force; afterwards only as its end or its successor lets."""

from dataclasses import replace
from datetime import date

import pytest

from rules.rule_sets.measures import (
    CITY_2021,
    REASON_TO_BEGIN,
    begun_after_end,
    refusals_to_begin_under,
)

LETS = replace(CITY_2021, begins_after_end=True)
NEXT = replace(
    CITY_2021, code="city-2027", document_title="新办法", document_number="聊工信发〔2026〕90号",
    first_day=date(2027, 1, 11), last_day=None,
)  # fmt: skip
LAST, AFTER = date(2026, 12, 3), date(2026, 12, 4)
BEFORE_NEXT, NEXT_FIRST, LATER = date(2027, 1, 10), date(2027, 1, 11), date(2027, 6, 1)
ENDED, NAMES_NEXT, WHY, NOT_YET = (
    "no other is in force",
    "begin it under that one",
    "in writing",
    "comes into force",
)


@pytest.mark.parametrize(
    ("measures", "day", "successor", "reason", "goes_on", "sentence"),
    [
        (CITY_2021, date(2021, 12, 3), None, "", False, NOT_YET),
        (CITY_2021, date(2021, 12, 4), None, "", False, ""),
        (CITY_2021, LAST, None, "", False, ""),
        (CITY_2021, AFTER, None, "", False, ENDED),
        (CITY_2021, AFTER, None, "局长办公会研究同意", False, ENDED),
        (CITY_2021, BEFORE_NEXT, None, "", True, ENDED),
        (LETS, AFTER, None, "", False, WHY),
        (LETS, AFTER, None, "  ", False, WHY),
        (LETS, AFTER, None, "局长办公会研究同意", False, ""),
        (LETS, BEFORE_NEXT, None, "局长办公会研究同意", True, ""),
        # Once another is in force, the end of the first lets nothing begin any more.
        (LETS, NEXT_FIRST, NEXT, "局长办公会研究同意", False, NAMES_NEXT),
        (CITY_2021, NEXT_FIRST, NEXT, "", False, NAMES_NEXT),
        # What goes on by the successor's transition needs its reason.
        (CITY_2021, NEXT_FIRST, NEXT, "", True, WHY),
        (CITY_2021, NEXT_FIRST, NEXT, "申报在旧办法施行期间开始", True, ""),
        (NEXT, BEFORE_NEXT, None, "", False, NOT_YET),
        (NEXT, BEFORE_NEXT, None, "提前准备", True, NOT_YET),
        (NEXT, NEXT_FIRST, NEXT, "", False, ""),
        (NEXT, LATER, NEXT, "", False, ""),
    ],
)
def test_what_may_be_begun_under_a_set(measures, day, successor, reason, goes_on, sentence):
    refusals = refusals_to_begin_under(measures, day, successor, reason, goes_on=goes_on)
    assert len(refusals) == bool(sentence)
    for refusal in refusals:
        assert sentence in str(refusal)
        assert refusal.field == (REASON_TO_BEGIN if sentence == WHY else "rule_set")
        assert refusal.params["title"] == measures.cited


@pytest.mark.parametrize(
    ("day", "entered", "reason", "sentence"),
    [
        (LAST, LAST, "", ""),
        (LAST, AFTER, "", WHY),
        (LAST, AFTER, "十二月三日签发，次日录入", ""),
        (date(2026, 3, 2), LATER, "", WHY),
        (date(2021, 12, 4), LATER, "", WHY),  # its first day
        (date(2026, 3, 2), date(2026, 3, 2), "", ""),
        (date(2026, 3, 2), date(2026, 12, 2), "", ""),
    ],
)
def test_what_is_entered_after_the_end_for_a_day_before_it_needs_its_reason(day, entered, reason, sentence):
    refusals = refusals_to_begin_under(CITY_2021, day, None, reason, entered=entered)
    assert [sentence in str(refusal) for refusal in refusals] == [True] * bool(sentence)


@pytest.mark.parametrize(
    ("measures", "day", "says"),
    [
        (CITY_2021, date(2026, 12, 2), False),
        (CITY_2021, LAST, False),
        (CITY_2021, AFTER, True),
        (CITY_2021, LATER, True),
        (NEXT, LATER, False),
    ],
)
def test_a_preview_says_that_the_set_has_ended_and_why_it_is_used(measures, day, says):
    sentences = [str(refusal) for refusal in begun_after_end(measures, day, " 局长办公会研究同意 ")]
    assert len(sentences) == says
    assert all("2026-12-03" in text and "局长办公会研究同意" in text for text in sentences)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({}, "《聊城市小型微型企业创业创新示范基地建设管理办法》（聊工信发〔2021〕133号）"),
        ({"document_number": ""}, "《聊城市小型微型企业创业创新示范基地建设管理办法》"),
        ({"document_title": ""}, "聊工信发〔2021〕133号"),
    ],
)
def test_a_sentence_names_a_set_as_papers_cite_it_or_by_its_title(changed, named):
    assert replace(CITY_2021, **changed).named == named
