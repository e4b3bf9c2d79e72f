"""Public notice and announcement: dates in order, what holds a base back, what is refused."""

from dataclasses import replace
from datetime import date

import pytest

from rules.applications import ApplicationKind, Stage
from rules.publication import (
    AnnouncementCandidate,
    Contact,
    NoticePeriod,
    PublishedElsewhere,
    days_left,
    held_back,
    is_late,
    refusals_of_contact,
    refusals_of_evidence,
    refusals_to_announce,
    refusals_to_open,
)
from rules.rule_sets.articles import ArticleRef
from rules.rule_sets.measures import CITY_2021, Measures
from rules.shortfalls import MissedCondition

D = date
TODAY = D(2026, 11, 23)  # a Monday
MISSING = (MissedCondition("tenants", "Small and micro tenants", ArticleRef("5(2)")),)
LENIENT = replace(CITY_2021, failing_may_be_announced=True)
LAST = D(2026, 11, 27)
FIT = AnnouncementCandidate("甲园", Stage.ON_NOTICE, ApplicationKind.CERTIFICATION)
AGAIN = AnnouncementCandidate(
    "乙园", Stage.ON_NOTICE, ApplicationKind.RENEWAL, certified_until=D(2026, 12, 19), base_status="certified"
)


@pytest.mark.parametrize(
    ("chosen", "first", "days", "shorter", "fields"),
    [
        (1, TODAY, 5, False, []),
        (1, TODAY, 7, False, []),  # longer is allowed
        (1, TODAY, 60, False, []),
        (1, TODAY, 61, False, ["working_days"]),
        (1, TODAY, 4, False, ["working_days"]),
        (1, TODAY, 4, True, []),
        (1, TODAY, 1, True, []),
        (1, TODAY, 0, True, ["working_days"]),
        (
            1,
            D(2026, 3, 16),
            1,
            False,
            ["first_day", "working_days"],
        ),  # as it was announced in the same minute
        (1, D(2026, 11, 22), 5, False, ["first_day"]),  # yesterday
        (1, D(2027, 1, 22), 5, False, []),
        (1, D(2027, 1, 23), 5, False, ["first_day"]),  # more than 60 days ahead: a slip
        (0, None, 5, False, ["applications", "first_day"]),
    ],
)
def test_a_notice_begins_today_or_later_and_has_its_working_days(
    chosen: int, first: date | None, days: int, shorter: bool, fields: list[str]
) -> None:
    measures = replace(CITY_2021, notice_may_be_shorter=shorter)
    found = refusals_to_open(
        chosen=chosen, period=NoticePeriod(first, days), calls_from=D(2026, 3, 2), measures=measures, today=TODAY
    )  # fmt: skip
    assert [one.field for one in found] == fields


@pytest.mark.parametrize(("days", "shown"), [(-3, 0), (-1, 0), (0, 0), (1, 1), (4, 4)])
def test_how_short_a_notice_is_is_said_with_its_days(days: int, shown: int) -> None:
    (found,) = refusals_to_open(
        chosen=1, period=NoticePeriod(TODAY, days), calls_from=D(2026, 3, 2), measures=CITY_2021, today=TODAY
    )
    assert (found.params["days"], found.params["least"]) == (shown, 5)


@pytest.mark.parametrize(
    ("first", "last", "days", "where", "fields"),
    [
        (D(2026, 3, 16), D(2026, 3, 20), 5, "市工信局网站", []),
        (D(2026, 3, 2), D(2026, 3, 6), 5, "市工信局网站", []),  # the day on which the round began
        (D(2026, 3, 1), D(2026, 3, 6), 5, "市工信局网站", ["first_day"]),
        (D(2026, 11, 16), D(2026, 11, 22), 5, "市工信局网站", []),
        (D(2026, 11, 16), TODAY, 6, "市工信局网站", ["last_day"]),  # it still runs
        (TODAY, D(2026, 11, 27), 5, "市工信局网站", ["first_day", "last_day"]),
        (D(2026, 11, 23), D(2026, 11, 27), 5, "市工信局网站", ["first_day", "last_day"]),
        (D(2026, 11, 24), D(2026, 11, 30), 5, "市工信局网站", ["first_day", "last_day"]),
        (
            D(2026, 3, 16),
            D(2026, 3, 16),
            1,
            "市工信局网站",
            ["last_day"],
        ),  # one day is too short, and no more
        (D(2026, 3, 16), D(2026, 3, 18), 3, "市工信局网站", ["last_day"]),  # it was too short
        (D(2026, 3, 16), D(2026, 3, 13), 0, "市工信局网站", ["last_day", "last_day"]),
        (D(2026, 3, 16), D(2026, 6, 30), 70, "市工信局网站", []),
        (D(2026, 3, 16), D(2026, 3, 20), 5, " ", ["published_where"]),
        (None, None, 5, "市工信局网站", ["first_day", "last_day"]),
    ],
)
def test_what_was_published_elsewhere_has_its_real_days(
    first: date | None, last: date | None, days: int, where: str, fields: list[str]
) -> None:
    period = NoticePeriod(first, days, PublishedElsewhere(where, last))
    found = refusals_to_open(
        chosen=1, period=period, calls_from=D(2026, 3, 2), measures=CITY_2021, today=TODAY
    )
    assert [one.field for one in found] == fields


@pytest.mark.parametrize(
    ("elsewhere", "fields"),
    [
        (None, []),
        (PublishedElsewhere("市工信局网站", LAST, 1), []),
        (PublishedElsewhere("市工信局网站", LAST), ["evidence"]),
    ],
)
def test_what_was_published_elsewhere_is_shown_by_a_file(
    elsewhere: PublishedElsewhere | None, fields: list[str]
) -> None:
    assert [one.field for one in refusals_of_evidence(elsewhere)] == fields


@pytest.mark.parametrize(
    ("received", "late"), [(D(2026, 11, 23), False), (LAST, False), (D(2026, 11, 28), True)]
)
def test_an_objection_is_late_after_the_last_day(received: date, late: bool) -> None:
    assert is_late(received, LAST) is late


def test_contact_lines_are_whole() -> None:
    assert refusals_of_contact(Contact("0635-8288888", "gxj@example.cn", "聊城市东昌府区")) == ()
    assert [one.field for one in refusals_of_contact(Contact(" ", "", ""))] == [
        "telephone",
        "email",
        "address",
    ]


@pytest.mark.parametrize(
    ("today", "left"),
    [(D(2026, 11, 23), 5), (LAST, 1), (D(2026, 11, 28), 0)],
)
def test_days_left_count_today(today: date, left: int) -> None:
    assert days_left(LAST, today) == left


@pytest.mark.parametrize(
    ("one", "held"),
    [
        (FIT, 0),
        (AGAIN, 0),  # the title runs on while its renewal is under way
        (replace(FIT, open_objections=1), 1),
        (replace(FIT, late_objections=2), 0),
        (replace(FIT, rejected_objections=1), 0),
        (replace(FIT, upheld_objections=1), 1),
        (replace(FIT, stage=Stage.ANNOUNCED), 1),
        (replace(FIT, stage=Stage.WITHDRAWN, open_objections=2), 2),
        (replace(FIT, certified_until=D(2030, 1, 1)), 1),  # certified by hand meanwhile
        (replace(AGAIN, base_status="revoked", certified_until=None), 1),
    ],
)
def test_what_holds_a_base_back(one: AnnouncementCandidate, held: int) -> None:
    assert len(held_back(one, CITY_2021)) == held


def test_the_conditions_are_to_be_met_together_unless_the_rule_set_lets_a_reason_do() -> None:
    weak = replace(FIT, missing=MISSING, reason="产业特色突出")
    (barred,) = held_back(weak, CITY_2021)
    assert (barred.field, barred.params["missing"]) == (None, MISSING)
    assert held_back(weak, LENIENT) == ()


@pytest.mark.parametrize(
    ("candidates", "dated", "first", "today", "fields"),
    [
        ([FIT, AGAIN], D(2026, 11, 30), D(2026, 11, 30), D(2026, 11, 30), []),
        ([FIT], D(2026, 11, 28), D(2027, 1, 1), D(2026, 11, 30), []),
        ([], D(2026, 11, 30), D(2026, 11, 30), D(2026, 11, 30), ["applications"]),
        ([FIT], LAST, LAST, LAST, [None, "dated"]),  # the notice still runs on its last day
        ([FIT], LAST, D(2026, 11, 28), D(2026, 11, 30), ["dated"]),
        ([FIT], D(2026, 12, 1), D(2026, 12, 1), D(2026, 11, 30), ["dated"]),
        ([FIT], D(2026, 11, 30), D(2026, 11, 29), D(2026, 11, 30), ["term_first"]),
        ([FIT], D(2026, 11, 30), D(2027, 12, 2), D(2026, 11, 30), ["term_first"]),
        ([FIT], None, None, D(2026, 11, 30), ["dated"]),
        ([replace(FIT, open_objections=1), AGAIN], D(2026, 11, 30), D(2026, 11, 30), D(2026, 11, 30), [None]),
    ],
)
def test_what_cannot_be_announced(candidates, dated, first, today, fields) -> None:  # type: ignore[no-untyped-def]
    found = refusals_to_announce(
        candidates, notice_last_day=LAST, dated=dated, term_first=first, measures=CITY_2021, today=today
    )
    assert [one.field for one in found] == fields


@pytest.mark.parametrize(
    ("measures", "reason", "fields"),
    [
        (CITY_2021, "产业特色突出", [None]),
        (CITY_2021, "", [None]),
        (LENIENT, "产业特色突出", []),
        (LENIENT, " ", ["reasons"]),
        (LENIENT, "长" * 501, ["reasons"]),
    ],
)
def test_one_that_misses_a_condition_is_announced_with_a_reason_or_not_at_all(
    measures: Measures, reason: str, fields: list[str | None]
) -> None:
    day = D(2026, 11, 30)
    found = refusals_to_announce(
        [replace(FIT, missing=MISSING, reason=reason)], notice_last_day=LAST, dated=day, term_first=day,
        measures=measures, today=day,
    )  # fmt: skip
    assert [one.field for one in found] == fields


def test_a_candidate_is_fit_and_untouched_until_it_is_said() -> None:
    assert (FIT.open_objections, FIT.upheld_objections, FIT.shortfall.missing, FIT.reason) == (0, 0, (), "")
    assert (FIT.certified_until, FIT.base_status) == (None, "uncertified")


@pytest.mark.parametrize(
    ("first", "fields"), [(D(2027, 12, 1), []), (D(2027, 12, 2), ["term_first"]), (None, ["term_first"])]
)
def test_a_term_begins_within_a_year_of_its_announcement(first: date | None, fields: list[str]) -> None:
    day = D(2026, 11, 30)
    found = refusals_to_announce(
        [FIT], notice_last_day=LAST, dated=day, term_first=first, measures=CITY_2021, today=day
    )
    assert [one.field for one in found] == fields


@pytest.mark.parametrize(
    ("one", "sentences"),
    [
        (replace(FIT, open_objections=3), ["An objection to 甲园 is still being handled."]),
        (replace(FIT, upheld_objections=2), ["An objection to 甲园 was borne out: it is not certified."]),
        (
            replace(FIT, certified_until=D(2030, 1, 1)),
            ["甲园 has been certified until 2030-01-01 meanwhile."],
        ),
        (replace(AGAIN, base_status="cancelled"), ["乙园 does not hold the title any more."]),
        (replace(AGAIN, certified_until=None), []),
        (replace(FIT, base_status="certified"), []),
    ],
)
def test_what_holds_a_base_back_is_said_by_its_name(one: AnnouncementCandidate, sentences: list[str]) -> None:
    assert [str(refusal) for refusal in held_back(one, CITY_2021)] == sentences


@pytest.mark.parametrize(
    ("today", "left"),
    [(D(2026, 11, 27), 1), (D(2026, 11, 26), 2), (D(2026, 11, 28), 0), (D(2026, 12, 30), 0)],
)
def test_a_notice_runs_out_and_stays_out(today: date, left: int) -> None:
    assert days_left(LAST, today) == left


BEFORE, ON, AFTER = D(2026, 11, 26), D(2026, 11, 27), D(2026, 11, 28)


@pytest.mark.parametrize(
    ("today", "dated", "fields"),
    [
        (D(2026, 11, 20), None, [None, "dated"]),
        (BEFORE, BEFORE, [None, "dated"]),
        (ON, BEFORE, [None, "dated"]),
        (ON, ON, [None, "dated"]),
        (AFTER, BEFORE, ["dated"]),
        (AFTER, ON, ["dated"]),
        (AFTER, AFTER, []),
        (D(2026, 12, 30), D(2026, 11, 1), ["dated"]),
        (D(2026, 12, 30), AFTER, []),
        (D(2026, 12, 30), D(2026, 12, 31), ["dated"]),
    ],
)
def test_an_announcement_is_made_and_dated_after_the_notices_last_day(
    today: date, dated: date | None, fields: list[str | None]
) -> None:
    found = refusals_to_announce(
        [FIT], notice_last_day=LAST, dated=dated, term_first=dated, measures=CITY_2021, today=today
    )
    assert [one.field for one in found] == fields
