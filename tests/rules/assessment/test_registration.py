"""Where an operator is registered: divisions by name, what a place says, when the county may confirm it."""

import pytest

from rules.assessment.divisions import DIVISIONS, division_name, division_of, place_is_in_city
from rules.assessment.registration import (
    CONFIRMED,
    ELSEWHERE,
    MOST_BASIS,
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
        ("110100", "北京市（110100）"),
        ("410102", "河南省（410102）"),
        ("410000", "河南省"),
        ("990000", "990000"),
    ],
)
def test_a_division_is_shown_by_its_name(division: str, name: str) -> None:
    assert division_name(division) == name


@pytest.mark.parametrize(
    ("uscc", "division"), [(JINAN, "370102"), ("91370102MA", ""), ("", ""), ("9137010２MA0000001X", ""),
     ("91370102MA0000001", ""), ("91370102MA0000001XY", "")],
)  # fmt: skip
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
        ("371525" + "0" * 6, True),
        ("37152５", None),  # a full-width figure
        ("37152号院", None),
        ("37152a", None),
        ("37152-", None),
        ("历下区经十路1号", None),  # a unit alone says nothing of its city
        ("河南省郑州市", False),
        ("山东东营东城", False),
        ("山东省威海", False),
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
        (Registration("", "", True), False, NOT_CONFIRMED),  # nothing says where
        (Registration("", "振兴路1号", True), False, NOT_CONFIRMED),
        (Registration("", "冠县振兴路1号", True), True, CONFIRMED),  # a county of the city
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
        (Registration(), False, "", None),
        (Registration("", "振兴路1号"), False, "", None),
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
        ({"uscc": "93371525MA0000001X"}, None),
        ({"registered_place": "聊城市冠县"}, None),
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


@pytest.mark.parametrize(
    ("registration", "by_code", "by_place", "in_city", "disagrees"),
    [
        (Registration(), None, None, None, False),
        (Registration(GUAN), True, None, True, False),
        (Registration(JINAN), False, None, False, False),
        (Registration(GUAN, "济南市"), True, False, False, True),
        (Registration(JINAN, "聊城市"), False, True, True, True),
        (Registration(JINAN, "济南市"), False, False, False, False),
        (Registration(GUAN, "聊城市"), True, True, True, False),
        (Registration("", "济南市"), None, False, False, False),
        (Registration(GUAN, "振兴路1号"), True, None, True, False),
    ],
)
def test_the_typed_place_goes_before_the_code(
    registration: Registration,
    by_code: bool | None,
    by_place: bool | None,
    in_city: bool | None,
    disagrees: bool,
) -> None:
    assert (registration.by_code, registration.by_place) == (by_code, by_place)
    assert (registration.in_city, registration.disagrees) == (in_city, disagrees)


@pytest.mark.parametrize(
    ("code", "refused"),
    [(0x09, False), (0x0A, False), (0x0D, False), (0x1F, True), (0x20, False), (0xD7FF, False), (0xD800, True),
     (0xDFFF, True), (0xE000, False)],
)  # fmt: skip
def test_which_characters_a_basis_may_hold(code: int, refused: bool) -> None:
    assert bool(refusals_to_confirm(Registration(GUAN), True, f"甲{chr(code)}乙")) is refused


def test_a_division_of_a_code_is_named() -> None:
    assert (Registration(GUAN).division, Registration("x").division) == ("聊城市冠县", "")
    assert MOST_BASIS == 500
    (refusal,) = refusals_to_confirm(Registration(JINAN), True, "")
    assert refusal.params == {"place": "济南市历下区"}
    assert refusals_to_confirm(Registration("x"), True, "")[0].params == {"place": "x"}
    assert refusals_to_confirm(Registration(GUAN, "济南市"), True, "")[0].params == {"place": "济南市"}


@pytest.mark.parametrize("registration", [Registration(GUAN, "济南市"), Registration(JINAN, "聊城市")])
@pytest.mark.parametrize("in_city", [True, False])
def test_while_code_and_place_disagree_a_finding_says_why(registration: Registration, in_city: bool) -> None:
    fields = [refusal.field for refusal in refusals_to_confirm(registration, in_city, " ")]
    assert fields == (["in_city"] if in_city and registration.in_city is False else ["basis"])


@pytest.mark.parametrize(
    ("place", "is_in_city"),
    [
        ("371525", True), ("3715250", True), ("37010", None), ("370102济南", False), ("山东", None), ("山东省", None),
        ("山东省青岛市", False), ("青岛市", False), ("青岛路", None), ("山东青岛路", False), ("江苏省南京市", False),
        ("江苏", None), ("冠 县", True),
    ],
)  # fmt: skip
def test_what_a_place_says_at_the_edges(place: str, is_in_city: bool | None) -> None:
    assert place_is_in_city(place, ("", "冠县")) is is_in_city


@pytest.mark.parametrize(
    ("division", "name"),
    [
        ("370000", "山东省"),
        ("110000", "北京市"),
        ("379900", "山东省（379900）"),
        ("370100", "济南市"),
        ("370199", "济南市（370199）"),
        ("000000", "000000"),
        ("320100", "江苏省（320100）"),
    ],
)
def test_a_division_that_the_table_lacks_is_named_as_far_as_it_is_known(division: str, name: str) -> None:
    assert division_name(division) == name


def test_the_table_of_divisions_has_every_unit_of_the_province() -> None:
    assert len(DIVISIONS) == 172
    assert sum(code.endswith("00") for code in DIVISIONS) == 17
    assert all(len(code) == 6 and code.startswith("37") and code.isdigit() for code in DIVISIONS)
    assert not any(character.isdigit() for name in DIVISIONS.values() for character in name)


@pytest.mark.parametrize(
    ("code", "name"),
    [("11", "北京市"), ("13", "河北省"), ("32", "江苏省"), ("36", "江西省"), ("41", "河南省"), ("50", "重庆市")],
)  # fmt: skip
def test_of_another_province_only_its_name_is_known(code: str, name: str) -> None:
    for unit in ("0000", "0100", "1500", "1525"):
        assert division_name(code + unit) == (name if unit == "0000" else f"{name}（{code}{unit}）")
    assert place_is_in_city(f"{name}某市某路1号") is False
    assert place_is_in_city(f"{code}1525") is False
