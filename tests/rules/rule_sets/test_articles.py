"""The text of a rule set by articles, and how they are cited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.rule_sets.articles import (
    Article,
    article_zh,
    articles_of,
    articles_zh,
    is_reference,
    numeral,
    numeral_value,
    text_of,
)
from rules.rule_sets.measures import CITY_2021

SCANNED = """第一章  总 则
第一条 为加强管理，
制定本办法。

第二条：申报需同时满足以下条件：
(1)入驻企业30家以上，从业
人员450人以上;
- （二） 专职人员不少于8人。
第二章 附则
第三条　本办法自2027年1月1日起施行。"""


@given(st.integers(1, 199))
def test_a_numeral_says_the_number_it_was_made_of(number: int) -> None:
    assert numeral_value(numeral(number)) == number


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (105, "一百零五"), (110, "一百一十")],
)
def test_numerals_read_as_they_are_written(number: int, words: str) -> None:
    assert numeral(number) == words


def test_what_is_no_numeral_is_refused() -> None:
    with pytest.raises(ValueError, match="丙"):
        numeral_value("丙")


@pytest.mark.parametrize(
    ("references", "words"),
    [
        (("16",), "第十六条"),
        (("18(1)", "18(3)"), "第十八条第（一）项、第（三）项"),
        (("16", "18(4)"), "第十六条、第十八条第（四）项"),
        (("18(1)", "18(1)"), "第十八条第（一）项"),
    ],
)
def test_several_articles_are_cited_each_once(references: tuple[str, ...], words: str) -> None:
    assert articles_zh(references) == words


def test_no_reference_is_no_article() -> None:
    assert article_zh("") == ""
    assert not is_reference("第五条")
    with pytest.raises(ValueError, match="x"):
        articles_zh(["x"])


def test_a_scanned_text_is_cut_into_articles_with_broken_lines_joined() -> None:
    first, second, third = articles_of(SCANNED)
    assert first == Article(1, ("为加强管理，制定本办法。",), "第一章 总 则")
    assert second.lines == (
        "申报需同时满足以下条件：", "（一）入驻企业30家以上，从业人员450人以上;", "（二）专职人员不少于8人。"
    )  # fmt: skip
    assert (third.number, third.chapter) == (3, "第二章 附则")
    assert second.part(2) == "专职人员不少于8人。"
    assert second.part(3) == ""


def test_the_shipped_text_is_whole_and_reads_the_same_when_written_out() -> None:
    assert [article.number for article in CITY_2021.text] == list(range(1, 21))
    assert articles_of(text_of(CITY_2021.text)) == CITY_2021.text
    assert CITY_2021.text[10].part(8) == "基地典型服务案例（不超过3000字，可附照片）；"
    assert "2026年12月3日" in CITY_2021.text[19].text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("二百", 200),
        ("百", 100),
        ("百一", 101),
        ("两百三十", 230),
        ("三百二十一", 321),
        ("〇", 0),
        ("十", 10),
        (" 18 ", 18),
        ("１８", 18),
        ("一百零五", 105),
        ("一百一十", 110),
        ("", 0),
    ],
)
def test_numerals_and_figures_say_their_number(text: str, number: int) -> None:
    assert numeral_value(text) == number


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, ""),
        (9, "九"),
        (19, "十九"),
        (100, "一百"),
        (101, "一百零一"),
        (199, "一百九十九"),
        (115, "一百一十五"),
        (230, "二百三十"),
        (999, "九百九十九"),
    ],
)
def test_every_place_of_a_numeral_is_written(number: int, words: str) -> None:
    assert numeral(number) == words


def test_an_item_is_found_by_its_own_number_alone() -> None:
    article = Article(300, ("首部：", "（一）甲", "（二）乙", "(三) 丙", "（三百）丁"))
    assert [article.part(item) for item in (0, 1, 2, 3, 4, 300)] == ["", "甲", "乙", "丙", "", "丁"]
    assert article.text == "首部：\n（一）甲\n（二）乙\n(三) 丙\n（三百）丁"


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        ("第一条\n甲。", ("甲。",)),  # nothing stands beside its number
        ("第一条　\n（一）甲；\n乙", ("（一）甲；", "乙")),
        ("第一条 甲\n乙。", ("甲乙。",)),
        ("第一条 甲。\n乙", ("甲。", "乙")),
        ("第一条 甲。乙\n丙", ("甲。乙丙",)),  # its last sign decides, not one before it
        ("第一条 。\n乙", ("。", "乙")),
        ("第一条 字\n乙", ("字乙",)),
        ("第一条 甲乙；\n丙", ("甲乙；", "丙")),
        ("第一条 甲乙：\n丙", ("甲乙：", "丙")),
        ("第一条 ；甲\n丙", ("；甲丙",)),
        ("前言\n第一条 甲。", ("甲。",)),
        ("第一条 甲。\r\n\r\n乙。", ("甲。", "乙。")),
    ],
)
def test_a_line_goes_on_unless_the_one_before_it_ends(lines: str, read: tuple[str, ...]) -> None:
    (article,) = articles_of(lines)
    assert (article.number, article.lines, article.chapter) == (1, read, "")


def test_a_text_is_written_out_with_each_chapter_once() -> None:
    articles = (
        Article(1, ("甲。",)), Article(2, ("乙。", "丙。"), "第一章 总则"), Article(3, (), "第一章 总则"),
        Article(4, ("丁。",), "第二章 附则"), Article(5, ("戊。",)), Article(6, ("己。",), "第二章 附则"),
    )  # fmt: skip
    assert text_of(articles).split("\n") == [
        "第一条　甲。",
        "第一章 总则",
        "第二条　乙。",
        "丙。",
        "第三条　",
        "第二章 附则",
        "第四条　丁。",
        "第五条　戊。",
        "第六条　己。",
    ]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("16", True),
        ("18(1)", True),
        ("", False),
        ("18(", False),
        ("18()", False),
        ("x18", False),
        ("18(1)x", False),
    ],
)
def test_what_is_a_reference(text: str, is_one: bool) -> None:
    assert is_reference(text) is is_one
    if is_one:
        assert article_zh(text).startswith("第")
