"""What is wrong with a ledger entry: each fault just there and just not."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from rules.ledger_quality import (
    Fault,
    FaultGroup,
    doubled,
    explanation,
    faults_of,
    is_hole,
    level_of,
    own_faults,
)

F = Fault
TODAY = date(2026, 3, 31)
WHOLE: dict[str, Any] = {
    "_id": 1, "base": "b", "served_on": datetime(2026, 3, 2), "function": "training", "partner": None,
    "request": "诉求", "service_record": "记录", "place": "会议室", "companies": [{"name": "甲"}, {"name": "乙"}],
    "company_times": 2, "person_times": 2, "feedback": "好", "fee_kind": "free", "fee_amount": 0,
    "status": "submitted", "created_at": datetime(2026, 3, 2, tzinfo=UTC),
}  # fmt: skip


def test_a_whole_entry_has_no_fault() -> None:
    assert own_faults(WHOLE, today=TODAY) == ()
    assert faults_of([WHOLE], with_files={1}, today=TODAY) == {1: ()}


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        # Art. 6(3): the request, the record, time, place, companies, people, feedback
        ({"request": None}, [F.NO_REQUEST]),
        ({"request": ""}, [F.NO_REQUEST]),
        ({"service_record": None}, [F.NO_RECORD]),
        ({"served_on": None}, [F.NO_DATE]),
        ({"place": None}, [F.NO_PLACE]),
        ({"companies": []}, [F.NO_COMPANIES]),
        ({"companies": None}, [F.NO_COMPANIES]),
        ({"person_times": None}, [F.NO_PEOPLE]),
        ({"person_times": 0}, [F.NO_PEOPLE]),
        ({"feedback": None}, [F.NO_FEEDBACK]),
        # more companies named than counted: 2 named
        ({"company_times": 1}, [F.MORE_NAMED]),
        ({"company_times": 3, "person_times": 3}, []),
        ({"company_times": None}, [F.MORE_NAMED]),
        # fewer people than companies
        ({"person_times": 1}, [F.FEWER_PEOPLE]),
        ({"person_times": 3}, []),
        # free, with a fee
        ({"fee_amount": 0.01}, [F.FREE_WITH_FEE]),
        ({"fee_amount": 5, "fee_kind": "low"}, []),
        ({"fee_amount": None}, []),
        # a draft made on 1 March is 30 days old on 31 March, and one of 28 February older
        ({"status": "draft", "created_at": datetime(2026, 3, 1, tzinfo=UTC)}, []),
        ({"status": "draft", "created_at": datetime(2026, 2, 28, 23, 59)}, [F.OLD_DRAFT]),
        ({"status": "submitted", "created_at": datetime(2026, 1, 1, tzinfo=UTC)}, []),
        ({"status": "draft", "created_at": None}, []),
        ({"place": None, "feedback": None}, [F.NO_PLACE, F.NO_FEEDBACK]),
    ],
)
def test_each_fault_just_there_and_just_not(changed: dict[str, Any], faults: list[Fault]) -> None:
    assert list(own_faults(WHOLE | changed, today=TODAY)) == faults


@pytest.mark.parametrize(
    ("other", "twice"),
    [
        ({}, True),
        ({"place": "别处", "person_times": 9}, True),
        ({"base": "c"}, False),
        ({"served_on": datetime(2026, 3, 3)}, False),
        ({"function": "consulting"}, False),
        ({"request": "别的"}, False),
        ({"partner": "p"}, False),
    ],
)
def test_two_entries_alike_in_what_tells_a_service_are_doubles(other: dict[str, Any], twice: bool) -> None:
    assert doubled([WHOLE, WHOLE | {"_id": 2} | other]) == ({1, 2} if twice else set())


@pytest.mark.parametrize("blank", ["served_on", "request"])
def test_entries_without_date_or_request_are_no_doubles(blank: str) -> None:
    one = WHOLE | {blank: None}
    assert doubled([one, one | {"_id": 2}]) == set()


def test_an_entry_without_a_file_lacks_evidence() -> None:
    found = faults_of([WHOLE, WHOLE | {"_id": 2, "request": "二"}], with_files={2}, today=TODAY)
    assert found == {1: (F.NO_EVIDENCE,), 2: ()}


def test_a_fault_is_told_with_its_figures() -> None:
    assert str(explanation(F.MORE_NAMED, WHOLE | {"company_times": 1})) == "2 companies named, 1 counted"
    assert str(explanation(F.FEWER_PEOPLE, WHOLE | {"person_times": 1})) == "1 people, 2 companies"
    assert str(explanation(F.NO_PLACE, WHOLE)) == F.NO_PLACE.label


def test_every_fault_is_of_a_kind_and_the_kinds_stand_together() -> None:
    kinds = [fault.group for fault in Fault]
    assert list(dict.fromkeys(kinds)) == list(FaultGroup)
    assert kinds == sorted(kinds, key=list(FaultGroup).index)


@pytest.mark.parametrize(
    ("month", "count", "year", "hole"),
    [(2, 0, 2026, True), (2, 1, 2026, False), (3, 0, 2026, False), (4, 0, 2026, False), (12, 0, 2025, True)],
)
def test_a_hole_is_a_month_that_has_passed_empty(month: int, count: int, year: int, hole: bool) -> None:
    assert is_hole(month, count, year, date(2026, 3, 15)) is hole


@pytest.mark.parametrize(("count", "level"), [(0, 0), (1, 1), (25, 1), (26, 2), (75, 3), (76, 4), (100, 4)])
def test_how_full_a_month_is(count: int, level: int) -> None:
    assert level_of(count, 100) == level
