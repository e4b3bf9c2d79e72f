"""Public notice and announcement: dates in order, what holds a base back, what is refused."""

from dataclasses import replace
from datetime import date

import pytest

from rules.applications import ApplicationKind, Stage
from rules.publication import (
    AnnouncementCandidate,
    Contact,
    days_left,
    held_back,
    refusals_of_contact,
    refusals_to_announce,
    refusals_to_open,
)

D = date
LAST = D(2026, 11, 27)
FIT = AnnouncementCandidate("甲园", Stage.ON_NOTICE, ApplicationKind.CERTIFICATION)
AGAIN = AnnouncementCandidate(
    "乙园", Stage.ON_NOTICE, ApplicationKind.RENEWAL, certified_until=D(2026, 12, 19), base_status="certified"
)


@pytest.mark.parametrize(
    ("chosen", "first", "fields"),
    [
        (1, D(2026, 11, 23), []),
        (1, D(2026, 11, 20), []),  # the day of the decision itself
        (1, D(2026, 11, 19), ["first_day"]),
        (1, D(2027, 1, 22), []),
        (1, D(2027, 1, 23), ["first_day"]),  # more than 60 days ahead: a slip
        (0, None, ["applications", "first_day"]),
    ],
)
def test_a_notice_begins_after_the_decision(chosen: int, first: date | None, fields: list[str]) -> None:
    found = refusals_to_open(
        chosen=chosen, first_day=first, decided_on=D(2026, 11, 20), today=D(2026, 11, 23)
    )
    assert [one.field for one in found] == fields


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
        (replace(FIT, upheld_objections=1), 1),
        (replace(FIT, stage=Stage.ANNOUNCED), 1),
        (replace(FIT, stage=Stage.WITHDRAWN, open_objections=2), 2),
        (replace(FIT, certified_until=D(2030, 1, 1)), 1),  # certified by hand meanwhile
        (replace(AGAIN, base_status="revoked", certified_until=None), 1),
    ],
)
def test_what_holds_a_base_back(one: AnnouncementCandidate, held: int) -> None:
    assert len(held_back(one)) == held


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
        ([replace(FIT, meets=False)], D(2026, 11, 30), D(2026, 11, 30), D(2026, 11, 30), ["reasons"]),
        (
            [replace(FIT, meets=False, reason="产业特色突出")],
            D(2026, 11, 30),
            D(2026, 11, 30),
            D(2026, 11, 30),
            [],
        ),
        ([replace(FIT, open_objections=1), AGAIN], D(2026, 11, 30), D(2026, 11, 30), D(2026, 11, 30), [None]),
    ],
)
def test_what_cannot_be_announced(candidates, dated, first, today, fields) -> None:  # type: ignore[no-untyped-def]
    found = refusals_to_announce(candidates, notice_last_day=LAST, dated=dated, term_first=first, today=today)
    assert [one.field for one in found] == fields
