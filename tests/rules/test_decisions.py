"""Losing the title (Art. 16, 18): every ground, every refusal, the hearing and the dates, as tables."""

from dataclasses import replace
from datetime import date

import pytest

from rules.decisions import (
    OPEN_STATES,
    TITLE_AFTER,
    CaseFacts,
    DecisionState,
    Overturning,
    TitleFacts,
    refusals_of_ending,
    refusals_of_findings,
    refusals_of_grounds,
    refusals_to_begin,
    refusals_to_decide,
    refusals_to_notify,
    refusals_to_overturn,
)
from rules.grounds import (
    FINDINGS,
    GROUNDS,
    DecisionKind,
    Finding,
    Ground,
    OverturnedBy,
    StatementOutcome,
    findings_of,
)
from rules.rule_sets.measures import CITY_2021
from rules.rule_sets.provisions import ground_key

TODAY = date(2026, 11, 24)
REVOCATION, CANCELLATION, REVERSAL = DecisionKind
HELD = TitleFacts("certified", date(2021, 12, 20), date(2026, 12, 19))
ENDED = replace(HELD, announced_on=date(2021, 10, 20), last_day=date(2026, 10, 19))
LOST = replace(HELD, status="revoked")
READY = CaseFacts(
    REVOCATION, DecisionState.NOTIFIED, {Ground.FRAUD: "虚报台账。"}, 1, served_on=date(2026, 11, 16),
    statement_by=date(2026, 11, 20), findings=tuple(Finding),
    statement_outcome=StatementOutcome.NOT_ACCEPTED, statement_answer="与核查结果不符。",
)  # fmt: skip
REVIEW = Overturning(OverturnedBy.REVIEW, "聊城市人民政府", "聊政复决字〔2026〕3号", date(2026, 11, 20))
CANCEL = replace(READY, kind=CANCELLATION, grounds={Ground.NO_RENEWAL: "期满未申请。"})
RESTORE = CaseFacts(
    REVERSAL,
    DecisionState.PREPARED,
    {Ground.OVERTURNED: "复议撤销。"},
    1,
    decided_before=date(2026, 11, 10),
    findings=(Finding.ANNULLED,),
    overturning=REVIEW,
)


def said(reasons):
    return [(one.field, str(one)) for one in reasons]


def fields(reasons):
    return [one.field for one in reasons]


# --- Grounds -----------------------------------------------------------------------------------


def test_each_kind_has_its_grounds_and_articles():
    assert [CITY_2021.articles.get(ground_key(one), "") for one in GROUNDS[REVOCATION]] == [
        "18(1)",
        "18(2)",
        "18(3)",
        "18(4)",
    ]
    assert [CITY_2021.articles.get(ground_key(one), "") for one in GROUNDS[CANCELLATION]] == ["16", "16"]
    assert [CITY_2021.articles.get(ground_key(one), "") for one in GROUNDS[REVERSAL]] == [""]
    assert {kind: TITLE_AFTER[kind] for kind in DecisionKind} == {
        REVOCATION: "revoked", CANCELLATION: "cancelled", REVERSAL: "certified",
    }  # fmt: skip
    assert {DecisionState.PREPARED, DecisionState.NOTIFIED} == OPEN_STATES


@pytest.mark.parametrize(("kind", "ground"), [(kind, one) for kind, all_ in GROUNDS.items() for one in all_])
def test_a_ground_with_its_facts_is_enough(kind, ground):
    assert refusals_of_grounds(kind, {ground: "查明的事实。"}) == ()


@pytest.mark.parametrize(
    ("kind", "ground"), [(kind, one) for kind in DecisionKind for one in Ground if one not in GROUNDS[kind]]
)
def test_a_ground_of_another_kind_is_none(kind, ground):
    assert fields(refusals_of_grounds(kind, {ground: "查明的事实。"})) == ["grounds"]


@pytest.mark.parametrize(
    ("grounds", "at_fault"),
    [
        ({}, ["grounds"]),
        ({Ground.FRAUD: ""}, ["facts-fraud"]),
        ({Ground.FRAUD: " \n　"}, ["facts-fraud"]),
        ({Ground.FRAUD: "实", Ground.OTHER: ""}, ["facts-other"]),
        (dict.fromkeys(GROUNDS[REVOCATION], ""), ["facts-fraud", "facts-unfit", "facts-no-reports", "facts-other"]),
        (dict.fromkeys(GROUNDS[REVOCATION], "实"), []),
    ],
)  # fmt: skip
def test_no_ground_without_its_facts(grounds, at_fault):
    assert fields(refusals_of_grounds(REVOCATION, grounds)) == at_fault


# --- Findings, statement, and on what a restoration stands ------------------------------------------


@pytest.mark.parametrize("ground", Ground)
def test_of_a_ground_with_alternatives_one_is_chosen(ground):
    wanted = [f"findings-{ground.value}"] if ground in FINDINGS else []
    assert fields(refusals_of_findings({ground: "实"}, ())) == wanted
    for finding in FINDINGS.get(ground, ()):
        assert refusals_of_findings({ground: "实"}, (finding,)) == ()
    others = tuple(finding for finding in Finding if finding not in FINDINGS.get(ground, ()))
    assert fields(refusals_of_findings({ground: "实"}, others)) == wanted
    assert findings_of(ground, tuple(reversed(Finding))) == FINDINGS.get(ground, ())


def test_a_decision_names_what_was_found():
    assert fields(refusals(replace(READY, findings=()))) == ["findings-fraud"]
    assert fields(refusals(replace(RESTORE, findings=()), LOST)) == ["findings-overturned"]


@pytest.mark.parametrize(
    ("more", "at_fault"),
    [
        ({}, ["statement_answer"]),
        ({"statement_outcome": StatementOutcome.PARTLY}, ["statement_answer"]),
        ({"statement_answer": "与核查结果不符。"}, ["statement_answer"]),
        ({"statement_outcome": StatementOutcome.PARTLY, "statement_answer": "　"}, ["statement_answer"]),
        ({"statement_outcome": StatementOutcome.PARTLY, "statement_answer": "部分属实。"}, []),
    ],
)
def test_a_statement_is_answered_before_the_decision(more, at_fault):
    unanswered = {"statement_outcome": None, "statement_answer": ""}
    heard = replace(READY, statement_on=date(2026, 11, 18), **unanswered | more)
    assert fields(refusals(heard)) == at_fault


OWN = Overturning(OverturnedBy.OWN)
CORRECTED = replace(RESTORE, findings=(Finding.CORRECTED,), overturning=OWN)


@pytest.mark.parametrize(
    ("overturning", "findings", "at_fault"),
    [
        (REVIEW, (Finding.ANNULLED,), []),
        (REVIEW, (Finding.VARIED,), []),
        (replace(REVIEW, by=OverturnedBy.JUDGMENT), (Finding.ANNULLED,), []),
        (OWN, (Finding.CORRECTED,), []),
        (Overturning(), (Finding.ANNULLED,), ["basis"]),
        (replace(REVIEW, body=" "), (Finding.ANNULLED,), ["basis_body"]),
        (replace(REVIEW, number=""), (Finding.ANNULLED,), ["basis_number"]),
        (replace(REVIEW, dated=None), (Finding.ANNULLED,), ["basis_dated"]),
        (replace(REVIEW, dated=TODAY), (Finding.ANNULLED,), []),
        (replace(REVIEW, dated=date(2026, 11, 25)), (Finding.ANNULLED,), ["basis_dated"]),
        (replace(REVIEW, dated=date(2026, 11, 10)), (Finding.ANNULLED,), []),
        (replace(REVIEW, dated=date(2026, 11, 9)), (Finding.ANNULLED,), ["basis_dated"]),
        (REVIEW, (Finding.CORRECTED,), ["findings-overturned"]),
        (OWN, (Finding.ANNULLED,), ["findings-overturned"]),
    ],
)
def test_a_restoration_stands_on_a_paper_or_on_the_offices_own_correction(overturning, findings, at_fault):
    found = refusals_to_overturn(overturning, findings, date(2026, 11, 10), TODAY)
    assert fields(found) == at_fault


# --- Beginning -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status", "sentence"),
    [
        (REVOCATION, "certified", None),
        (REVOCATION, "uncertified", "The base holds no title."),
        (REVOCATION, "revoked", "The base's title is revoked already."),
        (REVOCATION, "cancelled", "The base's title is cancelled already."),
        (REVOCATION, "office-own", "The base holds no title."),
        (CANCELLATION, "certified", None),
        (CANCELLATION, "uncertified", "The base holds no title."),
        (CANCELLATION, "revoked", "The base's title is revoked already."),
        (CANCELLATION, "cancelled", "The base's title is cancelled already."),
        (REVERSAL, "revoked", None),
        (REVERSAL, "cancelled", None),
        (REVERSAL, "certified", "Only a title that was revoked or cancelled can be restored."),
        (REVERSAL, "uncertified", "Only a title that was revoked or cancelled can be restored."),
    ],
)
def test_only_a_title_can_be_lost_and_only_a_lost_one_restored(kind, status, sentence):
    found = refusals_to_begin(kind, TitleFacts(status))
    assert said(found) == ([("base", sentence)] if sentence else [])


@pytest.mark.parametrize("kind", DecisionKind)
def test_one_case_at_a_time(kind):
    facts = replace(LOST if kind is REVERSAL else HELD, open_case=True)
    assert said(refusals_to_begin(kind, facts)) == [
        ("base", "A case about this base's title is under way already.")
    ]


# --- Art. 16 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ground", "facts", "today", "count"),
    [
        (Ground.NO_RENEWAL, ENDED, date(2026, 10, 20), 0),  # the day after the last
        (Ground.NO_RENEWAL, ENDED, date(2026, 10, 19), 1),  # its last day is the title's own
        (Ground.NO_RENEWAL, replace(ENDED, last_day=None), TODAY, 1),
        (Ground.NO_RENEWAL, replace(ENDED, renewal_open=True), TODAY, 1),
        (Ground.NO_RENEWAL, replace(ENDED, renewal_failed=True), TODAY, 1),  # it was applied for
        (Ground.NO_RENEWAL, replace(HELD, renewal_open=True), TODAY, 2),
        (Ground.RENEWAL_FAILED, replace(HELD, renewal_failed=True), TODAY, 0),  # the term need not have ended
        (Ground.RENEWAL_FAILED, HELD, TODAY, 1),
        (Ground.RENEWAL_FAILED, replace(ENDED, renewal_open=True), TODAY, 1),
        (Ground.FRAUD, HELD, TODAY, 0),  # Art. 18 asks for no end of the term
    ],
)
def test_a_ground_of_article_16_must_hold(ground, facts, today, count):
    found = refusals_of_ending((ground,), facts, today)
    assert fields(found) == ["grounds"] * count


# --- The hearing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("served", "until", "at_fault"),
    [
        (date(2026, 11, 20), date(2026, 11, 23), []),  # three days
        (TODAY, date(2026, 11, 27), []),
        (date(2026, 11, 20), date(2026, 11, 22), ["statement_by"]),
        (date(2026, 11, 20), date(2026, 11, 19), ["statement_by"]),
        (date(2024, 2, 28), date(2024, 3, 1), ["statement_by"]),  # a leap year: 29 February lies between
        (date(2024, 2, 28), date(2024, 3, 2), []),
        (None, date(2026, 11, 23), ["served_on"]),
        (date(2026, 11, 20), None, ["statement_by"]),
        (None, None, ["served_on", "statement_by"]),
        (date(2026, 11, 25), date(2026, 11, 30), ["served_on"]),  # tomorrow
    ],
)
def test_a_prior_notice_leaves_time_for_a_statement(served, until, at_fault):
    begun = date(2024, 2, 28)
    assert fields(refusals_to_notify(served, until, TODAY, begun_on=begun, least_days=3)) == at_fault


@pytest.mark.parametrize(("begun", "at_fault"), [("2026-11-20", []), ("2026-11-21", ["served_on"])])
def test_a_prior_notice_is_not_served_before_its_case_is_opened(begun, at_fault):
    served, until = date(2026, 11, 20), date(2026, 11, 23)
    found = refusals_to_notify(served, until, TODAY, begun_on=date.fromisoformat(begun), least_days=3)
    assert fields(found) == at_fault


# --- Deciding --------------------------------------------------------------------------------------


def refusals(case, facts=HELD, dated=TODAY, today=TODAY):
    return refusals_to_decide(case, facts, dated=dated, today=today)


@pytest.mark.parametrize("ground", GROUNDS[REVOCATION])
def test_a_revocation_on_each_ground(ground):
    assert refusals(replace(READY, grounds={ground: "实。"})) == ()


def test_a_revocation_on_all_grounds_at_once():
    assert refusals(replace(READY, grounds=dict.fromkeys(GROUNDS[REVOCATION], "实。"))) == ()


def test_a_cancellation_on_each_ground():
    assert refusals(CANCEL, ENDED) == ()
    failed = replace(CANCEL, grounds={Ground.RENEWAL_FAILED: "未达标。"})
    assert refusals(failed, replace(HELD, renewal_failed=True)) == ()


def test_a_restored_title_needs_no_hearing():
    assert refusals(RESTORE, LOST) == ()
    assert refusals(RESTORE, replace(LOST, status="cancelled")) == ()


@pytest.mark.parametrize(
    ("case", "facts", "at_fault"),
    [
        (replace(READY, grounds={}), HELD, ["grounds"]),
        (replace(READY, grounds={Ground.FRAUD: " "}), HELD, ["facts-fraud"]),
        (replace(READY, grounds={Ground.RENEWAL_FAILED: "实"}), HELD, ["grounds"]),
        (replace(READY, evidence=0), HELD, ["evidence"]),
        (replace(RESTORE, evidence=0), LOST, ["evidence"]),
        (replace(READY, served_on=None, statement_by=None), HELD, ["served_on"]),
        (replace(READY, statement_by=None), HELD, ["served_on"]),
        (replace(READY, statement_by=TODAY), HELD, ["statement_on", "dated"]),  # the whole day is the base's
        (replace(READY, state=DecisionState.DECIDED), HELD, [None]),
        (replace(READY, state=DecisionState.DROPPED), HELD, [None]),
        (READY, LOST, ["base"]),
        (READY, replace(HELD, status="cancelled"), ["base"]),
        (READY, TitleFacts("uncertified"), ["base"]),
        (RESTORE, HELD, ["base"]),
        (replace(CANCEL, served_on=None), ENDED, ["served_on"]),
        (replace(CANCEL, statement_by=TODAY), ENDED, ["statement_on", "dated"]),
        (replace(CANCEL, statement_by=None), ENDED, ["served_on"]),
        (CANCEL, HELD, ["grounds", "dated"]),
        (CANCEL, replace(ENDED, renewal_open=True), ["grounds"]),
    ],
)
def test_what_stands_against_a_decision(case, facts, at_fault):
    assert fields(refusals(case, facts)) == at_fault


def test_a_statement_made_ends_the_wait():
    waiting = replace(READY, served_on=date(2026, 11, 20), statement_by=date(2026, 11, 30))
    assert fields(refusals(waiting)) == ["statement_on", "dated"]
    assert refusals(replace(waiting, statement_on=date(2026, 11, 23))) == ()


@pytest.mark.parametrize(
    ("case", "facts", "dated", "sentence"),
    [
        (READY, HELD, None, "Enter the date of the decision."),
        (READY, HELD, date(2026, 11, 25), "The decision cannot be dated in the future."),
        (READY, HELD, date(2026, 11, 20), "The time for the statement runs: the decision is dated 2026-11-21 or later."),  # noqa: E501
        (READY, HELD, date(2026, 11, 21), None),
        (READY, HELD, TODAY, None),
        (
            replace(READY, statement_on=date(2026, 11, 18)), HELD, date(2026, 11, 17),
            "The decision cannot be dated before the statement of 2026-11-18.",
        ),
        (replace(READY, statement_on=date(2026, 11, 18)), HELD, date(2026, 11, 18), None),
        (
            replace(READY, statement_on=date(2026, 11, 15)), HELD, date(2026, 11, 15),
            "The decision cannot be dated before the prior notice of 2026-11-16.",
        ),
        (
            CORRECTED, replace(LOST, announced_on=date(2026, 11, 20)), date(2026, 11, 19),
            "The decision cannot be dated before the announcement of 2026-11-20.",
        ),
        (RESTORE, LOST, date(2026, 11, 19), "The decision cannot be dated before the paper that it stands on, of 2026-11-20."),  # noqa: E501
        (RESTORE, LOST, date(2026, 11, 20), None),
        (CORRECTED, LOST, date(2026, 11, 9),
         "The decision cannot be dated before the one it overturns, of 2026-11-10."),
        (CORRECTED, LOST, date(2026, 11, 10), None),
        (
            replace(CANCEL, statement_on=date(2026, 11, 17)), replace(ENDED, last_day=date(2026, 11, 20)),
            date(2026, 11, 20), "The title runs on: the decision is dated 2026-11-21 or later.",
        ),
        (
            replace(CANCEL, statement_on=date(2026, 11, 17)), replace(ENDED, last_day=date(2026, 11, 20)),
            date(2026, 11, 21), None,
        ),
    ],
)  # fmt: skip
def test_the_date_follows_everything_before_it(case, facts, dated, sentence):
    assert said(refusals(case, facts, dated)) == ([("dated", sentence)] if sentence else [])


def test_every_reason_is_given_at_once():
    bare = CaseFacts(REVOCATION, DecisionState.PREPARED, {}, 0)
    assert fields(refusals(bare, LOST, None)) == ["base", "grounds", "evidence", "served_on", "dated"]


# A status of the office's own, before and after the four in the alphabet, is no title either.
NO_TITLE, REVOKED, GONE = (
    "The base holds no title.", "The base's title is revoked already.", "The base's title is cancelled already.",
)  # fmt: skip
NOT_LOST = "Only a title that was revoked or cancelled can be restored."


@pytest.mark.parametrize(
    ("status", "ending", "restoring"),
    [
        ("certified", None, NOT_LOST),
        ("uncertified", NO_TITLE, NOT_LOST),
        ("revoked", REVOKED, None),
        ("cancelled", GONE, None),
        ("", NO_TITLE, NOT_LOST),
        ("applied", NO_TITLE, NOT_LOST),
        ("paused", NO_TITLE, NOT_LOST),
        ("withdrawn", NO_TITLE, NOT_LOST),
    ],
)
def test_only_a_title_that_is_held_ends_and_one_that_was_lost_is_restored(status, ending, restoring):
    for kind in DecisionKind:
        sentence = restoring if kind is REVERSAL else ending
        found = refusals_to_begin(kind, replace(HELD, status=status))
        assert said(found) == ([("base", sentence)] if sentence else [])
