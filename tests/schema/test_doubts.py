"""What is doubtful about a record by itself, and what is not."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from rules.doubts.doubt import Doubt, DoubtGroup
from schema.record_rules import doubts_of
from schema.registry import REGISTRY

TODAY = date(2026, 3, 2)
PAST, LATER = datetime(2025, 6, 30, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
COMPANY = {"uscc": "91371502MAFTRUQAB4", "status": "housed", "moved_in": PAST, "people": 10, "revenue": 500.0}
MEMBER = {"status": "on_staff", "started_on": PAST}
PARTNER = {
    "uscc": "91371502MAFTRUQAB4", "status": "cooperating", "cooperations": [{"first_day": PAST, "last_day": LATER}]
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "doubts"),
    [
        ({}, ()),
        ({"uscc": "91371502MAFTRUQAB5"}, (Doubt.WRONG_CODE,)),
        ({"uscc": "12371500495570303C"}, (Doubt.OTHER_REGISTER,)),
        ({"uscc": None, "people": None, "revenue": None}, ()),
        ({"people": 20_000}, ()),
        ({"people": 20_001}, (Doubt.ODD_PEOPLE,)),
        ({"people": 0}, (Doubt.ODD_PEOPLE,)),
        ({"people": 0, "revenue": 0}, ()),
        ({"revenue": 100_000}, ()),
        ({"revenue": 100_000.5}, (Doubt.REVENUE_IN_YUAN,)),
        ({"people": None, "revenue": 10_001}, (Doubt.REVENUE_IN_YUAN,)),
        ({"assets": 12_000_000}, (Doubt.ASSETS_IN_YUAN,)),
        ({"status": "moved_out"}, (Doubt.LEFT_WITHOUT_DAY,)),
        ({"status": "moved_out", "moved_out": PAST}, ()),
        ({"status": "moved_out", "moved_out": LATER}, (Doubt.LEAVES_LATER,)),
        ({"moved_out": PAST}, (Doubt.DAY_BUT_THERE,)),
        ({"moved_out": TODAY}, (Doubt.DAY_BUT_THERE,)),
        ({"moved_out": LATER}, ()),
        ({"moved_in": LATER}, (Doubt.COMES_LATER,)),
        ({"moved_in": None}, ()),
        ({"status": "of_the_office", "moved_out": PAST}, ()),
    ],
)
def test_what_is_doubtful_about_a_company(change: dict[str, Any], doubts: tuple[Doubt, ...]) -> None:
    assert doubts_of(REGISTRY["tenant_companies"].rules, {**COMPANY, **change}, TODAY) == doubts


@pytest.mark.parametrize(
    ("change", "doubts"),
    [
        ({}, ()),
        ({"status": "left"}, (Doubt.LEFT_WITHOUT_DAY,)),
        ({"left_on": PAST}, (Doubt.DAY_BUT_THERE,)),
        ({"status": "left", "left_on": PAST}, ()),
        ({"started_on": LATER}, (Doubt.COMES_LATER,)),
    ],
)
def test_what_is_doubtful_about_a_member_of_staff(change: dict[str, Any], doubts: tuple[Doubt, ...]) -> None:
    assert doubts_of(REGISTRY["staff_members"].rules, {**MEMBER, **change}, TODAY) == doubts


@pytest.mark.parametrize(
    ("change", "doubts"),
    [
        ({}, ()),
        ({"uscc": "12371500495570303C"}, ()),  # institutions serve, too
        ({"uscc": "91371502MAFTRUQAB5"}, (Doubt.WRONG_CODE,)),
        ({"cooperations": [{"first_day": PAST, "last_day": PAST}]}, (Doubt.RUNNING_BUT_ENDED,)),
        ({"cooperations": [{"first_day": PAST, "last_day": PAST}, {"first_day": PAST}]}, ()),
        ({"cooperations": []}, ()),
        ({"status": "ended"}, (Doubt.ENDED_BUT_RUNNING,)),
        ({"status": "ended", "cooperations": [{"last_day": PAST}]}, ()),
    ],
)
def test_what_is_doubtful_about_a_partner(change: dict[str, Any], doubts: tuple[Doubt, ...]) -> None:
    assert doubts_of(REGISTRY["service_partners"].rules, {**PARTNER, **change}, TODAY) == doubts


def test_a_base_is_doubted_for_its_code_alone_and_other_collections_for_nothing() -> None:
    assert doubts_of(REGISTRY["bases"].rules, {"uscc": "91371502MAFTRUQAB5"}, TODAY) == (Doubt.WRONG_CODE,)
    assert doubts_of(REGISTRY["statuses"].rules, {"uscc": "x"}, TODAY) == ()


def test_every_doubt_has_a_kind_by_which_the_page_is_narrowed() -> None:
    assert {doubt.group for doubt in Doubt} == set(DoubtGroup)
