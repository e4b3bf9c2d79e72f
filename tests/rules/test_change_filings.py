"""What a change filing may say (Art. 15)."""

from datetime import date

import pytest

from rules.change_filings import OperatorChange, refusals_of_filing, refusals_of_operator


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


RECORDED = {"operator": "恒越运营", "uscc": "5", "legal_representative": "李"}
NOTHING = {"operator": "", "uscc": "", "legal_representative": ""}
OTHER = {"operator": "新源运营", "uscc": "7", "legal_representative": "王"}
RENAMED, ANOTHER = OperatorChange.RENAMED, OperatorChange.ANOTHER


@pytest.mark.parametrize(
    ("given", "kind", "has_licence", "wrong"),
    [
        (NOTHING, None, False, []),
        (NOTHING | {"operator": "恒越运营"}, None, False, []),  # the same as before
        (NOTHING | {"operator": "恒越运营", "uscc": "5"}, None, False, []),
        # a code alone, before and after the recorded one
        (NOTHING | {"uscc": "4"}, None, False, ["operator"]),
        (NOTHING | {"uscc": "6"}, None, False, ["operator"]),
        (NOTHING | {"uscc": "6"}, RENAMED, True, ["operator"]),
        (NOTHING | {"operator": "恒越运营", "uscc": "6"}, ANOTHER, True, ["operator"]),
        # under a new name, which stands before or after the recorded one
        (NOTHING | {"operator": "一方"}, RENAMED, False, []),
        (NOTHING | {"operator": "鼎新"}, RENAMED, False, []),
        (NOTHING | {"operator": "鼎新", "uscc": "5"}, RENAMED, False, []),
        (NOTHING | {"operator": "鼎新", "uscc": "4"}, RENAMED, False, ["uscc"]),
        (NOTHING | {"operator": "鼎新", "uscc": "6"}, RENAMED, True, ["uscc"]),
        # another legal person
        (OTHER, ANOTHER, True, []),
        (OTHER, None, True, []),
        (OTHER | {"operator": "一方", "uscc": "4"}, ANOTHER, True, []),
        (OTHER, ANOTHER, False, ["licence"]),
        (OTHER | {"uscc": ""}, ANOTHER, True, ["uscc"]),
        (OTHER | {"uscc": "5"}, ANOTHER, True, ["uscc"]),
        (OTHER | {"legal_representative": ""}, ANOTHER, True, ["legal_representative"]),
        (NOTHING | {"operator": "一方"}, ANOTHER, False, ["uscc", "legal_representative", "licence"]),
        (NOTHING | {"operator": "鼎新"}, None, False, ["uscc", "legal_representative", "licence"]),
    ],
)
def test_another_operator_brings_code_representative_and_licence(given, kind, has_licence, wrong):
    assert fields(refusals_of_operator(given, RECORDED, kind, has_licence=has_licence)) == wrong
