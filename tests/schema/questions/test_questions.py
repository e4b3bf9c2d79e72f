"""Questions that clerks ask, each with what it means, by a day in November 2026: at least 95 in 100 are read so."""

from datetime import date
from pathlib import Path

import pytest

from rules.counties import SHIPPED, Counties
from schema.questions.grammar import read_question
from schema.questions.meaning import Meaning
from schema.questions.numbers import chinese_number
from schema.questions.periods import period_at
from schema.questions.vocabulary import AskedTable, Vocabulary
from schema.registry import REGISTRY

TODAY = date(2026, 11, 26)
TABLE = Path(__file__).with_name("questions.tsv")
QUESTIONS = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def vocabulary():
    """Give the words of the shipped declarations."""
    tables = (
        AskedTable(
            one, {status.code: status.label for status in one.statuses},
            keys=None if one.listed else frozenset(field.key for field in one.filters),
        )
        for one in REGISTRY if one.name != "statuses"
    )  # fmt: skip
    return Vocabulary(tables, Counties.of(SHIPPED))


def said(meaning: Meaning) -> tuple[list[str], str]:
    """Return a meaning as the table writes it: the list, what stands in its address, what was not understood."""
    head = "assessment" if meaning.is_assessment else meaning.table
    return sorted([head, *(f"{key}={value}" for key, value in meaning.arguments())]), " / ".join(
        meaning.unread
    )


def wanted(text: str) -> tuple[list[str], str]:
    """Return a line of the table likewise."""
    meant, _, unread = text.partition(" ? ")
    return sorted(meant.split()), unread


def test_at_least_95_of_100_of_200_questions_are_read_as_they_are_meant(vocabulary):
    read = {
        question: [said(one) for one in read_question(question, vocabulary, TODAY)]
        for question, _ in QUESTIONS
    }
    wrong = [
        (question, read[question]) for question, meaning in QUESTIONS if read[question] != [wanted(meaning)]
    ]
    assert len(read) >= 200
    assert len(wrong) <= len(read) * 0.05, wrong


def test_what_is_read_wrongly_is_never_silent(vocabulary):
    for question, meaning in QUESTIONS:
        for one in read_question(question, vocabulary, TODAY):
            assert said(one) == wanted(meaning) or one.unread, question


@pytest.mark.parametrize(
    "words", ["", "今年", "冠县", "启程", "50", "2026年", "%%", "的", "没有", "前十", "🏭", "x" * 100]
)
def test_what_is_no_question_is_read_as_none(words, vocabulary):
    assert read_question(words, vocabulary, TODAY) == ()


def test_words_that_several_lists_know_are_read_for_each(vocabulary):
    found = {one.table: said(one)[0] for one in read_question("没有电话", vocabulary, TODAY)}
    assert found["tenant_companies"] == ["phone_filled=no", "tenant_companies"]
    assert found["bases"] == ["bases", "contact_phone_filled=no"]


@pytest.mark.parametrize(
    ("question", "unread"),
    [
        ("在驻的蓝色企业", ("蓝色",)),
        ("冠县和莘县的在驻企业", ("莘县",)),
        ("免费的在驻企业", ("免费",)),
        ("企业最多的基地", ("企业最多",)),
        ("把冠县在驻企业删除", ("把", "删除")),
    ],
)
def test_what_was_not_understood_is_named(question, unread, vocabulary):
    (meaning,) = read_question(question, vocabulary, TODAY)
    assert set(unread) <= set(meaning.unread)


def test_a_month_that_is_still_to_come_is_last_years_where_the_past_is_asked(vocabulary):
    (meaning,) = read_question("12月的台账", vocabulary, TODAY)
    assert meaning.conditions[0].first == date(2025, 12, 1)
    (meaning,) = read_question("12月到期的基地", vocabulary, TODAY)
    assert meaning.conditions[0].first == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("words", "number"),
    [("五十", 50), ("两百", 200), ("十二", 12), ("三百二", 320), ("一千零五", 1005), ("二〇二六", 2026), ("十", 10),
     ("三万", 30_000), ("一亿", 100_000_000), ("人", None), ("", None)],
)  # fmt: skip
def test_chinese_numerals_are_numbers(words, number):
    assert chinese_number(words) == number


@pytest.mark.parametrize("words", ["2026年2月31日", "2026-13", "9999年99月", "近零天", "0月", "2026-02-30"])
def test_a_day_that_is_none_is_no_period(words):
    found = period_at(words, 0, TODAY)
    assert found is None or found[0].first != date.max


@pytest.mark.parametrize("question", [
    "9999-12-31以后的台账", "0001-01-01之前的企业", "从业人员超过一" + "亿" * 60 + "人的企业",
    "2026年到期的基地建筑面积最大", "2025年撤销的建筑面积超过1000平方米的基地",
    "10000000000000000000000000年的台账", "2月29日的台账", "前" + "9" * 90 + "家企业",
])  # fmt: skip
@pytest.mark.parametrize("today", [TODAY, date(2028, 2, 3)])
def test_no_question_is_too_odd_to_be_read(vocabulary, question, today):
    for meaning in read_question(question, vocabulary, today):
        assert all(key and value for key, value in meaning.arguments())


def test_what_is_asked_of_bases_is_not_asked_of_the_decisions_on_them(vocabulary):
    (meaning,) = [
        one
        for one in read_question("2025年撤销的建筑面积超过1000平方米的基地", vocabulary, TODAY)
        if one.table == "decisions"
    ]
    assert not any("area" in key for key, _ in meaning.arguments())
    assert meaning.unread
