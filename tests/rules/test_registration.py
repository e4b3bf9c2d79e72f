"""Where an operator is registered: divisions by name, what a place says, when the county may confirm it."""

import pytest

from rules.divisions import division_name, division_of, place_is_in_city
from rules.registration import (
    CONFIRMED,
    ELSEWHERE,
    NOT_CONFIRMED,
    Registration,
    refusals_to_confirm,
    registration_of,
)

JINAN, GUAN = "91370102MA0000001X", "91371525MA0000001X"


@pytest.mark.parametrize(
    ("division", "name"),
    [
        ("370102", "济南市历下区"),
        ("371525", "聊城市冠县"),
        ("371523", "聊城市茌平县"),  # no more since 2019; its codes stay
        ("371503", "聊城市茌平区"),
        ("371581", "聊城市临清市"),
        ("371500", "聊城市"),
        ("371598", "聊城市（371598）"),
        ("370000", "山东省"),
        ("370883", "济宁市邹城市"),
        ("110105", "北京市（110105）"),
        ("990000", "990000"),
    ],
)
def test_a_division_is_shown_by_its_name(division: str, name: str) -> None:
    assert division_name(division) == name


@pytest.mark.parametrize(
    ("uscc", "division"), [(JINAN, "370102"), ("91370102MA", ""), ("", ""), ("9137010２MA0000001X", "")]
)
def test_a_code_names_a_division_only_when_it_is_whole(uscc: str, division: str) -> None:
    assert division_of(uscc) == division


@pytest.mark.parametrize(
    ("place", "is_in_city"),
    [
        ("聊城市", True),
        ("山东省聊城市冠县振兴路1号", True),
        ("山东 聊城", True),
        ("冠县振兴路1号", True),
        ("371525", True),
        ("371525 冠县", True),
        ("370102", False),
        ("济南市历下区", False),
        ("山东省济南市", False),
        ("山东济南", False),
        ("北京市朝阳区", False),
        ("济南路1号", None),  # a street of that name is in many a city
        ("振兴路1号", None),
        ("37152", None),
        ("", None),
    ],
)
def test_a_place_says_whether_it_lies_in_the_city(place: str, is_in_city: bool | None) -> None:
    assert place_is_in_city(place, ("冠县",)) is is_in_city


@pytest.mark.parametrize(
    ("registration", "met", "finding"),
    [
        (Registration(GUAN), False, NOT_CONFIRMED),
        (Registration(GUAN, confirmed=True), True, CONFIRMED),
        (Registration(GUAN, confirmed=False), False, ELSEWHERE),
        (Registration(JINAN), False, NOT_CONFIRMED),
        (Registration(JINAN, confirmed=True), False, NOT_CONFIRMED),
        (Registration(JINAN, "聊城市冠县", True), True, CONFIRMED),
        (Registration(GUAN, "济南市历下区", True), False, NOT_CONFIRMED),
        (Registration(), False, NOT_CONFIRMED),
        (Registration("", "聊城市", True), True, CONFIRMED),
    ],
)
def test_only_a_confirmed_place_in_the_city_is_met(
    registration: Registration, met: bool, finding: str
) -> None:
    assert (registration.met, registration.finding) == (met, finding)


@pytest.mark.parametrize(
    ("registration", "in_city", "basis", "field"),
    [
        (Registration(GUAN), True, "", None),
        (Registration(JINAN), True, "已迁入", "in_city"),
        (Registration(JINAN, "聊城市冠县"), True, "", "basis"),
        (Registration(JINAN, "聊城市冠县"), True, "迁入登记通知书", None),
        (Registration(GUAN, "济南市历下区"), True, "x", "in_city"),
        (Registration(JINAN), False, "", None),
        (Registration(GUAN), False, "", "basis"),
        (Registration(GUAN), False, "已迁出", None),
        (Registration(GUAN), True, "字" * 500, None),
        (Registration(GUAN), True, "字" * 501, "basis"),
        (Registration(GUAN), True, "\x07", "basis"),
        (Registration(), True, "", "in_city"),
    ],
)
def test_a_finding_against_the_records_needs_its_basis_or_a_corrected_record(
    registration: Registration, in_city: bool, basis: str, field: str | None
) -> None:
    fields = [refusal.field for refusal in refusals_to_confirm(registration, in_city, basis)]
    assert fields == ([field] if field else [])


@pytest.mark.parametrize(
    ("changed", "confirmed"),
    [
        ({}, True),
        ({"uscc": JINAN}, None),
        ({"registered_place": "济南市"}, None),
        ({"registered_place": ""}, None),
    ],
)
def test_what_was_confirmed_of_another_code_or_place_stands_no_more(
    changed: dict[str, str], confirmed: bool | None
) -> None:
    base = {
        "uscc": GUAN, "registered_place": "聊城市", "registration_in_city": True, "registration_uscc": GUAN,
        "registration_place": "聊城市",
    }  # fmt: skip
    assert registration_of(base | changed).confirmed is confirmed
