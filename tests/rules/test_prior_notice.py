"""The prior notice, as tables: what it needs, what it told the base, its service, the decision upon it."""

from dataclasses import replace
from datetime import date

import pytest

from rules.decisions import CaseFacts, DecisionState
from rules.grounds import DecisionKind, Finding, Ground
from rules.prior_notice import (
    IssuedNotice,
    refusals_of_service,
    refusals_to_issue,
    refusals_without_notice,
    untold,
)

TODAY, BEGUN = date(2026, 11, 24), date(2026, 11, 10)
FRAUD, FALSIFIED = {Ground.FRAUD: "虚报。"}, (Finding.FALSIFIED,)
ISSUED = IssuedNotice("聊工信告〔2026〕5号", date(2026, 11, 16), date(2026, 11, 20), FRAUD, FALSIFIED)
CASE = CaseFacts(DecisionKind.REVOCATION, DecisionState.PREPARED, FRAUD, 1, findings=FALSIFIED)
SERVED = replace(CASE, served_on=date(2026, 11, 16), statement_by=date(2026, 11, 20))


def fields(refusals):
    return [one.field for one in refusals]


@pytest.mark.parametrize(
    ("grounds", "findings", "expected"),
    [
        (FRAUD, FALSIFIED, False),
        ({Ground.FRAUD: " 虚报。 "}, FALSIFIED, False),
        ({Ground.FRAUD: "虚报二十场。"}, FALSIFIED, True),
        ({**FRAUD, Ground.UNFIT: "不符。"}, FALSIFIED, True),
        (FRAUD, (Finding.FALSIFIED, Finding.BREACH), True),
        (FRAUD, (), False),
        ({}, (), False),
        (FRAUD, (Finding.FALSIFIED, Finding.COMPLAINTS), False),  # of a ground that is not among them
    ],
)
def test_what_the_base_was_not_told(grounds, findings, expected):
    assert untold(ISSUED, grounds, findings) is expected


@pytest.mark.parametrize(
    ("case", "issued", "dated", "until", "expected"),
    [
        (CASE, None, TODAY, date(2026, 11, 27), []),
        (CASE, None, BEGUN, date(2026, 11, 27), []),
        (CASE, None, BEGUN, date(2026, 11, 26), ["prior_until"]),  # three days from today
        (CASE, None, date(2026, 11, 9), date(2026, 11, 27), ["prior_dated"]),
        (CASE, None, date(2026, 11, 25), date(2026, 11, 30), ["prior_dated"]),
        (CASE, None, None, None, ["prior_dated", "prior_until"]),
        (replace(CASE, grounds={}), None, TODAY, date(2026, 11, 27), ["grounds"]),
        (replace(CASE, findings=()), None, TODAY, date(2026, 11, 27), ["findings-fraud"]),
        (replace(CASE, state=DecisionState.DECIDED), None, TODAY, date(2026, 11, 27), [None]),
        (CASE, ISSUED, TODAY, date(2026, 11, 27), []),  # not served yet
        (CASE, ISSUED, date(2026, 11, 16), date(2026, 11, 27), []),
        (CASE, ISSUED, date(2026, 11, 15), date(2026, 11, 27), ["prior_dated"]),
        (SERVED, ISSUED, TODAY, date(2026, 11, 27), [None]),
        (replace(SERVED, grounds={Ground.FRAUD: "别的。"}), ISSUED, TODAY, date(2026, 11, 27), []),
    ],
)
def test_what_a_prior_notice_needs(case, issued, dated, until, expected):
    found = refusals_to_issue(case, issued, dated, until, TODAY, begun_on=BEGUN, least_days=3)
    assert fields(found) == expected


def test_a_title_is_restored_without_a_prior_notice():
    case = replace(
        CASE, kind=DecisionKind.REVERSAL, grounds={Ground.OVERTURNED: "撤。"}, findings=(Finding.ANNULLED,)
    )
    until = date(2026, 11, 27)
    (found,) = refusals_to_issue(case, None, TODAY, until, TODAY, begun_on=BEGUN, least_days=3)
    assert str(found) == "Restoring a title burdens nobody: it needs no prior notice."
    assert refusals_without_notice(replace(case, served_on=TODAY), None) == ()


@pytest.mark.parametrize(
    ("served", "until", "expected"),
    [
        (date(2026, 11, 16), date(2026, 11, 20), []),
        (date(2026, 11, 15), date(2026, 11, 20), ["served_on"]),
        (date(2026, 11, 17), date(2026, 11, 21), ["statement_by"]),
        (date(2026, 11, 17), date(2026, 11, 19), ["statement_by"]),
        (None, None, []),
    ],
)
def test_service_goes_with_the_notice(served, until, expected):
    assert fields(refusals_of_service(ISSUED, served, until)) == expected


@pytest.mark.parametrize(
    ("case", "issued", "expected"),
    [
        (SERVED, ISSUED, []),
        (SERVED, None, ["prior_number"]),
        (replace(SERVED, own_papers=1), None, []),
        (replace(SERVED, grounds={Ground.FRAUD: "别的。"}, own_papers=1), ISSUED, ["prior_number"]),
        (CASE, None, []),  # it is to be served first of all
    ],
)
def test_a_decision_stands_on_what_the_base_was_told(case, issued, expected):
    assert fields(refusals_without_notice(case, issued)) == expected


@pytest.mark.parametrize("kind", [kind for kind in DecisionKind if kind is not DecisionKind.REVERSAL])
def test_whoever_loses_a_title_is_told_beforehand(kind):
    grounds = {Ground.NO_RENEWAL: "期满未申请。"} if kind is DecisionKind.CANCELLATION else FRAUD
    case = replace(SERVED, kind=kind, grounds=grounds)
    found = refusals_to_issue(case, None, TODAY, date(2026, 11, 27), TODAY, begun_on=BEGUN, least_days=3)
    assert found == ()
    assert fields(refusals_without_notice(case, None)) == ["prior_number"]
