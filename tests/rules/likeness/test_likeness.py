"""Each way in which the same company comes to stand twice, and each in which two companies only look like one."""

from dataclasses import replace

import pytest

from benchmarks.doubles import measure
from rules.likeness.company import Company
from rules.likeness.doubles import likely_doubles
from rules.likeness.verdict import Reason, reasons_to_be_one

NAME, SOUND, SLIP, ORDER, LONGER = Reason.NAME, Reason.SOUND, Reason.SLIP, Reason.ORDER, Reason.LONGER
CODE, PERSON, PHONE, BASE = Reason.CODE, Reason.PERSON, Reason.PHONE, Reason.BASE

ONE = Company(1, "聊城市恒越轴承有限公司", "91371502MA3C2K1P4X", "park", "翟志远", "13806350001")
OTHER_CODE = "91371522MA7D9Q8R2B"
COPY = replace(ONE, key=2, code=OTHER_CODE)


@pytest.mark.parametrize(
    ("double", "reasons"),
    [
        (replace(COPY, name="聊城市恒越轴承有限责任公司"), (NAME, PERSON, PHONE, BASE)),
        (replace(COPY, name="聊城恒越轴承公司", phone=""), (NAME, PERSON, BASE)),
        (replace(COPY, name="聊城恒越轴承股份公司（自然人独资）", phone=""), (NAME, PERSON, BASE)),
        (replace(COPY, name="恒越轴承（聊城）有限公司"), (NAME, PERSON, PHONE, BASE)),
        (replace(COPY, name="聊城市 恒越轴承有限公司 "), (NAME, PERSON, PHONE, BASE)),
        (replace(COPY, name="聊城市衡越轴承有限公司", base="other"), (SOUND, PERSON, PHONE)),
        (replace(COPY, person="翟志苑", phone=""), (NAME, PERSON, BASE)),
        (replace(COPY, name="聊城市恒跃轴乘有限公司", phone=""), (SOUND, PERSON, BASE)),
        (replace(COPY, name="聊城市恒鑫轴承有限公司", phone=""), (SLIP, PERSON, BASE)),
        (replace(COPY, name="聊城市恒轴承有限公司", phone=""), (SLIP, PERSON, BASE)),
        (replace(COPY, name="聊城市越恒轴承有限公司", person=""), (ORDER, PHONE, BASE)),
        (replace(COPY, name="聊城市恒越轴承科技有限公司"), (LONGER, PERSON, PHONE, BASE)),
        (replace(COPY, person="", phone=""), (NAME, BASE)),
        (replace(COPY, phone="0086 138-0635-0001", person=""), (NAME, PHONE, BASE)),
        (replace(COPY, name="聊城鲁岳食品有限公司", code="91371525MA3C2K1P4Q", phone=""), (CODE, PERSON, BASE)),
        (replace(ONE, key=2, code="91371502MA3C2K7P4Y", person="", phone=""), (NAME, CODE, BASE)),
    ],
)  # fmt: skip
def test_the_same_company_entered_twice_is_found(double: Company, reasons: tuple[Reason, ...]) -> None:
    assert reasons_to_be_one(ONE, double) == reasons
    assert reasons_to_be_one(double, ONE) == reasons
    assert [(pair.first, pair.second, pair.reasons) for pair in likely_doubles([ONE, double])] == [
        (ONE, double, reasons)
    ]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (replace(COPY, name="聊城市瑞丰食品有限公司"), "one owner's second company"),
        (replace(COPY, name="聊城市恒越轴承一厂有限公司", phone=""), "a branch"),
        (replace(COPY, name="聊城市新恒越轴承有限公司", phone=""), "a successor of a name"),
        (replace(COPY, name="济南恒越轴承有限公司", person="徐文", phone=""), "another city's, other people"),
        (replace(COPY, person="徐文", phone="", name="聊城恒越轴承公司"), "one name, two people"),
        (replace(COPY, name="聊城市衡越轴承有限公司", person="徐文", phone=""), "only the sound"),
        (replace(COPY, name="聊城市恒鑫轴承有限公司", base="other", phone=""), "a slip, and another base"),
        (replace(COPY, name="", code="", person="", phone=""), "nothing known"),
    ],
)
def test_two_companies_that_only_look_like_one_are_left_alone(other: Company, why: str) -> None:
    assert reasons_to_be_one(ONE, other) == (), why
    assert not list(likely_doubles([ONE, other])), why


def test_a_region_that_is_not_listed_is_one_with_and_without_its_kind() -> None:
    first = replace(ONE, name="青州市恒越轴承有限公司")
    assert reasons_to_be_one(first, replace(COPY, name="青州恒越轴承有限公司")) == (NAME, PERSON, PHONE, BASE)
    assert (
        reasons_to_be_one(first, replace(COPY, name="寿光市恒越轴承有限公司", person="徐文", phone="")) == ()
    )


def test_two_branches_are_never_a_slip() -> None:
    for first, second in (("第一分公司", "第二分公司"), ("12号店", "21号店")):
        one, other = replace(ONE, name=f"聊城恒越超市{first}"), replace(COPY, name=f"聊城恒越超市{second}")
        assert reasons_to_be_one(one, other) == ()


def test_each_pair_is_told_once_and_not_compared_with_itself() -> None:
    companies = [ONE, COPY, replace(COPY, key=3, code="91371526MA5B1H3T6J")]
    pairs = [(double.first.key, double.second.key) for double in likely_doubles(companies)]
    assert sorted(pairs) == [(1, 2), (1, 3), (2, 3)]


def test_a_key_that_a_whole_chain_shares_is_not_compared() -> None:
    chain = [Company(number, "聊城恒越超市", phone="06358888888") for number in range(61)]
    assert len(list(likely_doubles(chain[:60]))) == 60 * 59 / 2
    assert not list(likely_doubles(chain))


def test_planted_doubles_are_found_and_others_left_alone() -> None:
    result = measure(0.02)
    assert len(result.planted) == 11
    assert result.recall >= 0.95
    assert result.precision >= 0.98
