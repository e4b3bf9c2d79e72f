"""What is wrong with a ledger entry: each fault just there and just not."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from rules.assessment.ledger_quality import (
    DRAFT_DAYS,
    Fault,
    FaultGroup,
    doubled,
    draft_since,
    explanation,
    faults_of,
    is_hole,
    level_of,
    own_faults,
    quality_year,
    waits_since,
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
        ({"person_times": -1}, []),  # the field's own least refuses it
        # free, with a fee
        ({"fee_amount": 0.01}, [F.FREE_WITH_FEE]),
        ({"fee_amount": -1}, []),
        ({"fee_amount": 5, "fee_kind": "low"}, []),
        ({"fee_amount": None}, []),
        # a draft made on 1 March is 30 days old on 31 March, and one of 28 February older
        ({"status": "draft", "created_at": datetime(2026, 3, 1, tzinfo=UTC)}, []),
        ({"status": "draft", "created_at": datetime(2026, 3, 2, tzinfo=UTC)}, []),
        ({"status": "draft", "created_at": datetime(2026, 3, 31, tzinfo=UTC)}, []),
        ({"status": "draft", "created_at": datetime(2025, 3, 31, tzinfo=UTC)}, [F.OLD_DRAFT]),
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


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"company_times": None, "companies": []}, [F.NO_COMPANIES]),
        ({"company_times": None, "companies": [{"name": "甲"}]}, [F.MORE_NAMED]),
        ({"company_times": 0, "companies": None}, [F.NO_COMPANIES]),
        ({"company_times": 2, "companies": None}, [F.NO_COMPANIES]),
        ({"person_times": None, "company_times": 9}, [F.NO_PEOPLE]),
        ({"fee_amount": 1}, [F.FREE_WITH_FEE]),
        ({"fee_amount": 0.5, "fee_kind": "market"}, []),
        ({"fee_amount": 0.5, "fee_kind": None}, []),
    ],
)
def test_figures_that_are_blank_or_none_contradict_nothing(
    changed: dict[str, Any], faults: list[Fault]
) -> None:
    assert list(own_faults(WHOLE | changed, today=TODAY)) == faults
    assert own_faults(entry=WHOLE, today=TODAY) == ()


def test_a_draft_waits_thirty_days() -> None:
    assert DRAFT_DAYS == 30
    assert waits_since(TODAY) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("status", "created_at", "since"),
    [
        ("draft", datetime(2026, 2, 28, 23, tzinfo=UTC), date(2026, 2, 28)),
        ("draft", None, None),
        ("submitted", datetime(2026, 2, 28, tzinfo=UTC), None),
        (None, datetime(2026, 2, 28, tzinfo=UTC), None),
    ],
)
def test_only_a_draft_waits(status: str | None, created_at: datetime | None, since: date | None) -> None:
    assert draft_since({"status": status, "created_at": created_at}) == since


@pytest.mark.parametrize(
    ("served", "created", "year"),
    [
        (datetime(2024, 12, 31), datetime(2026, 1, 1, tzinfo=UTC), 2024),
        (date(2025, 1, 1), None, 2025),
        (None, datetime(2025, 12, 31, 15, 59, tzinfo=UTC), 2025),
        (None, datetime(2025, 12, 31, 16, 0, tzinfo=UTC), 2026),  # midnight by the office's clock
        (None, None, None),
    ],
)
def test_to_which_years_ledger_an_entry_belongs(
    served: date | None, created: datetime | None, year: int | None
) -> None:
    assert quality_year({"served_on": served, "created_at": created}) == year


@pytest.mark.parametrize(
    ("fault", "entry", "words"),
    [
        (F.FREE_WITH_FEE, {"fee_amount": 12.5}, "Free, with a fee of 12.5 yuan"),
        (F.FREE_WITH_FEE, {"fee_amount": 300.0}, "Free, with a fee of 300 yuan"),
        (F.FREE_WITH_FEE, {}, "Free, with a fee of 0 yuan"),
        (F.MORE_NAMED, {"companies": [{}]}, "1 companies named, 0 counted"),
        (F.MORE_NAMED, {"companies": None, "company_times": 4}, "0 companies named, 4 counted"),
        (F.FEWER_PEOPLE, {"company_times": 7}, "0 people, 7 companies"),
    ],
)
def test_what_is_blank_is_told_as_none(fault: Fault, entry: dict[str, Any], words: str) -> None:
    assert str(explanation(fault, entry)) == words


@pytest.mark.parametrize(
    ("fault", "group"),
    [
        (F.NO_DATE, FaultGroup.MISSING), (F.DOUBLE, FaultGroup.DOUBLE), (F.MORE_NAMED, FaultGroup.IMPOSSIBLE),
        (F.FEWER_PEOPLE, FaultGroup.IMPOSSIBLE), (F.FREE_WITH_FEE, FaultGroup.IMPOSSIBLE),
        (F.NO_EVIDENCE, FaultGroup.EVIDENCE), (F.OLD_DRAFT, FaultGroup.WAITING),
    ],
)  # fmt: skip
def test_of_which_kind_a_fault_is(fault: Fault, group: FaultGroup) -> None:
    assert fault.group is group


def test_every_fault_of_an_entry_stands_in_the_order_of_the_list() -> None:
    old = WHOLE | {"status": "draft", "created_at": datetime(2026, 1, 1, tzinfo=UTC), "place": None}
    found = faults_of([old, old | {"_id": 2}], with_files=set(), today=TODAY)
    assert found == dict.fromkeys((1, 2), (F.NO_PLACE, F.DOUBLE, F.NO_EVIDENCE, F.OLD_DRAFT))


def test_three_alike_are_doubles_and_others_are_none() -> None:
    entries = [WHOLE | {"_id": number} for number in (1, 2, 3)] + [WHOLE | {"_id": 4, "request": "别的"}]
    assert doubled(entries) == {1, 2, 3}
    assert doubled(entries[3:]) == set()


@pytest.mark.parametrize(
    ("count", "most", "level"),
    [(0, 0, 0), (1, 0, 4), (3, 1, 4), (1, 1, 4), (1, 1000, 1), (50, 100, 2), (51, 100, 3), (200, 100, 4)],
)
def test_the_fullest_month_is_full_and_any_service_shows(count: int, most: int, level: int) -> None:
    assert level_of(count, most) == level


@pytest.mark.parametrize(
    ("month", "year", "hole"),
    [(3, 2025, True), (12, 2025, True), (1, 2027, False), (3, 2027, False), (1, 2026, True)],
)
def test_a_month_of_another_year(month: int, year: int, hole: bool) -> None:
    assert is_hole(month, 0, year, date(2026, 3, 15)) is hole


@pytest.mark.parametrize(
    ("count", "most", "level"),
    [(0, 0, 0), (0, 1, 0), (1, 1, 4), (1, 2, 2), (1, 3, 2), (1, 4, 1), (1, 5, 1), (1, 1000, 1), (3, 2, 4), (5, 0, 4)],
)  # fmt: skip
def test_a_month_with_a_single_service_is_never_empty_and_none_above_the_fullest(
    count: int, most: int, level: int
) -> None:
    assert level_of(count, most) == level
