"""The table of steps, and who may apply: every pair of stage and step, every reason of Art. 16."""

from dataclasses import replace
from datetime import date

import pytest

from rules.access import PERMISSIONS, Permission, Role
from rules.applications import (
    BROUGHT,
    FINAL,
    MOST_OPINION,
    TRANSITIONS,
    WITH_REASON,
    Applicant,
    ApplicationKind,
    OnSite,
    Stage,
    Verb,
    is_certified,
    is_open,
    kind_for,
    next_stage,
    refusals_of_base_type,
    refusals_of_text,
    refusals_to_apply,
    refusals_to_pass,
    refusals_to_return,
    refusals_to_step,
    steps_from,
)
from rules.rule_sets.measures import CITY_2021

D = date
TODAY = D(2026, 11, 23)
NEW, AGAIN = ApplicationKind.CERTIFICATION, ApplicationKind.RENEWAL
ALL = [(stage, verb) for stage in Stage for verb in Verb]

# The way of Art. 10 to 12, and nothing beside it.
LEGAL = {
    ("draft", "submit"): "submitted",
    ("returned", "submit"): "submitted",
    ("submitted", "return"): "returned",
    ("submitted", "pass"): "reviewed",
    ("submitted", "fail"): "not-certified",
    ("reviewed", "recommend"): "recommended",
    ("recommended", "conclude"): "scored",
    ("scored", "select"): "selected",
    ("scored", "decline"): "not-certified",
    ("scored", "reconsider"): "recommended",
    ("selected", "decline"): "not-certified",
    ("selected", "reconsider"): "scored",
    ("selected", "open-notice"): "on-notice",
    ("on-notice", "decline"): "not-certified",
    ("on-notice", "announce"): "announced",
    **{
        (stage, verb): to
        for stage in (
            "draft", "returned", "submitted", "reviewed", "recommended", "scored", "selected", "on-notice",
        )
        for verb, to in (("withdraw", "withdrawn"), ("terminate", "not-certified"))
    },
}  # fmt: skip


@pytest.mark.parametrize(("stage", "verb"), ALL, ids=lambda one: one.value)
def test_a_step_leads_where_the_measures_say_or_is_refused(stage: Stage, verb: Verb) -> None:
    wanted = LEGAL.get((stage.value, verb.value))
    assert (next_stage(stage, verb) or "") == (wanted or "")
    assert bool(refusals_to_step(stage, verb)) == (wanted is None)


def test_every_stage_is_reached_and_only_ends_are_final() -> None:
    reached, waiting = {Stage.DRAFT}, [Stage.DRAFT]
    while waiting:
        for transition in steps_from(waiting.pop()).values():
            if transition.to not in reached:
                reached.add(transition.to)
                waiting.append(transition.to)
    assert reached == set(Stage)
    assert {stage for stage in Stage if not steps_from(stage)} == FINAL
    assert {stage for stage in Stage if not is_open(stage)} == FINAL


def test_publishing_needs_every_stage_before_it() -> None:
    """Nobody skips a step: without one of these verbs the announcement cannot be reached."""
    for left_out in (Verb.SUBMIT, Verb.PASS, Verb.RECOMMEND, Verb.CONCLUDE, Verb.SELECT, Verb.OPEN_NOTICE):
        reached, waiting = {Stage.DRAFT}, [Stage.DRAFT]
        while waiting:
            for verb, transition in steps_from(waiting.pop()).items():
                if verb is not left_out and transition.to not in reached:
                    reached.add(transition.to)
                    waiting.append(transition.to)
        assert Stage.ANNOUNCED not in reached, left_out


@pytest.mark.parametrize(
    ("role", "verbs"),
    [
        (Role.READER, set()),
        (Role.COUNTY, {Verb.SUBMIT, Verb.RETURN, Verb.PASS, Verb.FAIL, Verb.RECOMMEND, Verb.WITHDRAW}),
        (Role.CITY, set(Verb)),
        (Role.ADMIN, set(Verb)),
    ],
)
def test_a_role_may_take_its_own_steps_only(role: Role, verbs: set[Verb]) -> None:
    held = PERMISSIONS[role]
    assert {verb for (_, verb), step in TRANSITIONS.items() if step.permission in held} == verbs


def test_once_recommended_only_the_city_records_a_withdrawal() -> None:
    own = {stage for stage in Stage if (step := steps_from(stage).get(Verb.WITHDRAW))
           and step.permission is not Permission.DECIDE_APPLICATIONS}  # fmt: skip
    assert own == {Stage.DRAFT, Stage.RETURNED, Stage.SUBMITTED, Stage.REVIEWED}


@pytest.mark.parametrize(
    ("kind", "applicant", "refused"),
    [
        (NEW, Applicant("uncertified"), False),
        (NEW, Applicant("cancelled", D(2025, 12, 19)), False),  # the Measures bar only a valid title
        (NEW, Applicant("revoked", D(2027, 12, 19)), False),
        (NEW, Applicant("certified", D(2026, 11, 23)), True),  # its last day
        (NEW, Applicant("certified", D(2026, 11, 22)), True),  # ended, but nobody decided on it yet
        (NEW, Applicant("uncertified", open_application="2026年度申报"), True),
        (NEW, Applicant("uncertified", operator_certified="别的园"), True),
        (AGAIN, Applicant("certified", D(2026, 12, 19)), False),  # in its year of expiry
        (AGAIN, Applicant("certified", D(2026, 1, 1)), False),  # ended within the same year
        (AGAIN, Applicant("certified", D(2027, 1, 1)), True),  # too early
        (AGAIN, Applicant("certified", D(2025, 12, 31)), True),  # too late
        (AGAIN, Applicant("uncertified"), True),
        (AGAIN, Applicant("revoked", D(2026, 12, 19)), True),
    ],
)
def test_who_may_apply(kind: ApplicationKind, applicant: Applicant, refused: bool) -> None:
    assert bool(refusals_to_apply(kind, applicant, CITY_2021, round_open=True, today=TODAY)) == refused


def test_nobody_applies_outside_the_rounds_days() -> None:
    reasons = refusals_to_apply(NEW, Applicant("uncertified"), CITY_2021, round_open=False, today=TODAY)
    assert [one.field for one in reasons] == ["round"]


def test_a_base_with_a_title_applies_for_renewal() -> None:
    assert kind_for(Applicant("certified", D(2026, 12, 19)), TODAY) is AGAIN
    assert kind_for(Applicant("cancelled", D(2026, 12, 19)), TODAY) is NEW
    assert is_certified(Applicant("certified", TODAY), TODAY)
    assert not is_certified(Applicant("certified", D(2026, 11, 22)), TODAY)


WHOLE = OnSite(D(2026, 11, 20), "张科长", "与材料一致", 2)


@pytest.mark.parametrize(
    ("on_site", "fields"),
    [
        (WHOLE, []),
        (OnSite(D(2026, 11, 18), "张科长", "一致", 1), []),  # the day of submission
        (OnSite(TODAY, "张科长", "一致", 1), []),
        (OnSite(D(2026, 11, 17), "张科长", "一致", 1), ["checked_on"]),
        (OnSite(D(2026, 11, 24), "张科长", "一致", 1), ["checked_on"]),
        (OnSite(None, " ", "", 0), ["checked_on", "people", "findings", "photos"]),
    ],
)
def test_a_review_needs_a_whole_on_site_check(on_site: OnSite, fields: list[str]) -> None:
    reasons = refusals_to_pass(on_site, submitted_on=D(2026, 11, 18), today=TODAY)
    assert [one.field for one in reasons] == fields


def test_a_return_names_an_item_and_a_day() -> None:
    assert refusals_to_return({"audit": "缺盖章"}, TODAY, today=TODAY) == ()
    fields = [one.field for one in refusals_to_return({"audit": " "}, None, today=TODAY)]
    assert fields == ["reasons", "due"]
    past = refusals_to_return({"audit": "缺盖章"}, D(2026, 11, 22), today=TODAY)
    assert [one.field for one in past] == ["due"]


@pytest.mark.parametrize(
    ("text", "refused"),
    [("同意", False), ("", True), ("  ", True), ("字" * MOST_OPINION, False), ("字" * (MOST_OPINION + 1), True),
     ("a\x00b", True), ("\ud800", True), ("一\n二", False)],
)  # fmt: skip
def test_a_text_is_given_and_can_be_shown(text: str, refused: bool) -> None:
    assert bool(refusals_of_text(text, "opinion", wanted="Enter the opinion.")) == refused


# --- Words and limits ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failed", "second_try", "open_application", "sentence"),
    [
        (True, False, "", "In this round it was decided on this base already: it may apply again in a later one."),
        (True, True, "", None),
        (False, False, "", None),
        (True, False, "2026年度", "The base already has an application under way (2026年度)."),
        (True, True, "2026年度", "The base already has an application under way (2026年度)."),
    ],
)  # fmt: skip
def test_a_second_try_in_a_round_is_the_rule_sets(
    failed: bool, second_try: bool, open_application: str, sentence: str | None
) -> None:
    applicant = Applicant("uncertified", open_application=open_application, failed_in_round=failed)
    measures = replace(CITY_2021, second_renewal_try=second_try)
    reasons = refusals_to_apply(NEW, applicant, measures, round_open=True, today=TODAY)
    assert [str(reason) for reason in reasons] == ([sentence] if sentence else [])
    assert not Applicant("uncertified").failed_in_round


@pytest.mark.parametrize(
    ("kind", "applicant", "sentence"),
    [
        (
            NEW,
            Applicant("certified", D(2026, 11, 23)),
            "The base is certified until 2026-11-23 and cannot apply anew (16).",
        ),
        (
            NEW,
            Applicant("certified", D(2026, 11, 22)),
            "The title ended on 2026-11-22: decide on its renewal or cancellation first (16).",
        ),
        (
            NEW,
            Applicant("certified"),
            "The title ended on : decide on its renewal or cancellation first (16).",
        ),
        (
            NEW,
            Applicant("uncertified", operator_certified="别的园"),
            "The operator still runs the certified base 别的园 and cannot apply anew (16).",
        ),
        (
            AGAIN,
            Applicant("certified", D(2027, 1, 1)),
            "Renewal is applied for within the year of expiry; this title ends on 2027-01-01 (16).",
        ),
        (AGAIN, Applicant("certified"), "Only a certified base can apply for renewal."),
        (AGAIN, Applicant("cancelled", D(2026, 12, 19)), "Only a certified base can apply for renewal."),
    ],
)
def test_who_may_not_apply_reads_why(kind: ApplicationKind, applicant: Applicant, sentence: str) -> None:
    reasons = refusals_to_apply(kind, applicant, CITY_2021, round_open=True, today=TODAY)
    assert [(reason.field, str(reason)) for reason in reasons] == [("base", sentence)]


def test_a_title_without_a_last_day_is_none() -> None:
    assert not is_certified(Applicant("certified"), TODAY)
    assert not is_certified(Applicant("revoked", D(2027, 1, 1)), TODAY)
    assert kind_for(Applicant("certified"), TODAY) is NEW
    assert kind_for(Applicant("certified", D(2020, 1, 1)), TODAY) is AGAIN


@pytest.mark.parametrize(
    ("base_type", "fields"), [("incubator", []), ("", ["base_type"]), (None, ["base_type"])]
)
def test_the_kind_of_applicant_is_named_before_it_is_handed_in(
    base_type: str | None, fields: list[str]
) -> None:
    assert [reason.field for reason in refusals_of_base_type(base_type, CITY_2021)] == fields


def test_which_steps_say_why_and_which_no_clerk_takes() -> None:
    assert {Verb.FAIL, Verb.DECLINE, Verb.WITHDRAW, Verb.RECONSIDER, Verb.TERMINATE} == WITH_REASON
    assert {Verb.TERMINATE} == BROUGHT
    assert all(Verb.TERMINATE not in steps_from(stage) for stage in Stage)
    assert {stage for stage in Stage if next_stage(stage, Verb.TERMINATE)} == set(Stage) - FINAL


def test_nothing_was_checked_on_site_until_it_is_said() -> None:
    assert OnSite() == OnSite(None, "", "", 0)


@pytest.mark.parametrize(
    ("code", "refused"),
    [(0x09, False), (0x0A, False), (0x0D, False), (0x00, True), (0x08, True), (0x0B, True), (0x1F, True), (0x20, False),
     (0xD7FF, False), (0xD800, True), (0xDBFF, True), (0xDFFF, True), (0xE000, False)],
)  # fmt: skip
def test_which_characters_can_be_shown(code: int, refused: bool) -> None:
    assert bool(refusals_of_text(f"甲{chr(code)}乙", "opinion")) is refused


def test_a_text_is_as_long_as_is_said() -> None:
    assert MOST_OPINION == 2000
    assert refusals_of_text("", "opinion") == ()
    (refusal,) = refusals_of_text("字" * 11, "opinion", most=10)
    assert (refusal.params, refusal.field) == ({"most": 10}, "opinion")
    assert refusals_of_text("字" * 10, "opinion", most=10) == ()


@pytest.mark.parametrize(("day", "fields"), [(TODAY, []), (D(2026, 11, 22), ["due"]), (D(2026, 11, 24), [])])
def test_a_return_is_due_today_at_the_earliest(day: date, fields: list[str]) -> None:
    assert [one.field for one in refusals_to_return({"a": "", "b": "缺"}, day, today=TODAY)] == fields


@pytest.mark.parametrize("status", ["uncertified", "certified", "cancelled", "revoked"])
@pytest.mark.parametrize(
    ("last_day", "valid"),
    [(D(2026, 11, 22), False), (TODAY, True), (D(2026, 11, 24), True), (D(2030, 1, 1), True), (None, False)],
)
def test_a_title_is_valid_while_held_through_its_last_day(
    status: str, last_day: date | None, valid: bool
) -> None:
    held = status == "certified"
    applicant = Applicant(status, last_day)
    assert is_certified(applicant, TODAY) is (held and valid)
    assert kind_for(applicant, TODAY) is (AGAIN if held and last_day else NEW)
