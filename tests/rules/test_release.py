"""What is decided of personal numbers before a text is published: each, with a reason where one is kept."""

import pytest

from rules.personal_numbers import find_personal_numbers
from rules.release import (
    MOST_REASON,
    NOTHING_DECIDED,
    UNDECIDED,
    UNREAD,
    Finding,
    Treated,
    Treatment,
    refusals_to_release,
    refusals_to_release_file,
    release_note,
)


def finding(key, text):
    (number,) = find_personal_numbers(text)
    return Finding(key, ("Paragraph %(n)d", {"n": 1}), number)


FOUND = (finding("a", "13906351234"), finding("b", "0635-8288000"), finding("c", "13906351235"))
MASK = Treated(Treatment.MASK)


@pytest.mark.parametrize(
    ("decided", "left"),
    [
        ({}, ["a", "b", "c"]),
        ({"a": MASK}, ["b", "c"]),
        ({"a": MASK, "b": Treated(Treatment.REMOVE), "c": Treated(Treatment.KEEP)}, ["c"]),
        ({"a": MASK, "b": MASK, "c": Treated(Treatment.KEEP, "  ")}, ["c"]),
        ({"a": MASK, "b": MASK, "c": Treated(Treatment.KEEP, "是13906351235")}, ["c"]),
        ({"a": MASK, "b": MASK, "c": Treated(Treatment.KEEP, "长" * 201)}, ["c"]),
        ({"a": MASK, "b": MASK, "c": Treated(Treatment.KEEP, "长" * 200)}, []),
        ({"a": MASK, "b": MASK, "c": MASK, "of another paper": MASK}, []),
    ],
)
def test_every_number_is_decided_and_a_kept_one_has_its_reason(decided, left):
    assert [refusal.field for refusal in refusals_to_release(FOUND, decided)] == left


def test_the_trail_says_what_was_decided_and_holds_no_number():
    decided = {"a": MASK, "b": Treated(Treatment.KEEP, " 公开热线 "), "c": MASK}
    assert release_note(FOUND, decided) == "手机号码 遮盖 2 处；固定电话 保留 1 处（公开热线）"
    assert release_note((), {}) == ""


def test_each_treatment_puts_its_own_in_the_numbers_place():
    (number,) = find_personal_numbers("13906351234")
    assert [Treated(one).instead_of(number) for one in Treatment] == ["139****1234", "", None]


@pytest.mark.parametrize(
    ("decided", "unread", "left"),
    [
        ({}, [], ["a", "b", "c"]),
        ({"a": MASK, "b": Treated(Treatment.REMOVE)}, [], ["a", "b", "c"]),  # a file is not changed here
        (dict.fromkeys("abc", Treated(Treatment.KEEP, "公开热线")), [], []),
        (dict.fromkeys("abc", Treated(Treatment.KEEP, " ")), [], ["a", "b", "c"]),
        (dict.fromkeys("abc", Treated(Treatment.KEEP, "公开热线")), ["第2页"], [UNREAD]),
        (
            dict.fromkeys("abc", Treated(Treatment.KEEP, "公开热线"))
            | {UNREAD: Treated(Treatment.KEEP, " ")},
            ["第2页"],
            [UNREAD],
        ),
        (
            dict.fromkeys(["a", "b", "c", UNREAD], Treated(Treatment.KEEP, "公开热线")),
            ["第2页"],
            [],
        ),
        (
            dict.fromkeys("abc", Treated(Treatment.KEEP, "公开热线"))
            | {UNREAD: Treated(Treatment.KEEP, "13906351234")},
            ["第2页"],
            [UNREAD],
        ),
    ],
)
def test_a_number_inside_a_file_is_kept_with_its_reason_or_holds_the_file_back(decided, unread, left):
    found = refusals_to_release_file(FOUND, unread, decided)
    assert [refusal.field for refusal in found] == left


def test_what_could_not_be_read_is_named():
    (refusal,) = refusals_to_release_file((), ["第2页", "图片"], {})
    assert refusal.params == {"places": "第2页、图片"}
    assert refusals_to_release_file((), [], {}) == ()


def test_a_number_is_undecided_until_it_is_decided():
    assert not NOTHING_DECIDED
    (refusal,) = refusals_to_release(FOUND[:1], NOTHING_DECIDED)
    assert refusal.message == UNDECIDED
    assert MOST_REASON == 200


@pytest.mark.parametrize("treatment", [one for one in Treatment if one is not Treatment.KEEP])
def test_a_number_that_is_not_kept_has_no_reason_and_a_file_is_changed_by_its_owner(treatment):
    treated = Treated(treatment, "公开热线")
    (refusal,) = refusals_to_release_file(FOUND[:1], [], {"a": treated})
    assert str(refusal).startswith("A number inside a file cannot be changed here")
    assert refusals_to_release(FOUND[:1], {"a": Treated(treatment)}) == ()
    assert release_note(FOUND[:1], {"a": treated}) == f"手机号码 {treatment.zh} 1 处"
