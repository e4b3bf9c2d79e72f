"""What a text says of itself: title, number, body, first and last day."""

import pytest

from rules.rule_sets.succession.headings import Heading, heading_of
from tests.new_measures import BODY, NUMBER, TITLE, new_text


def said(heading: Heading) -> tuple[str, ...]:
    return (
        heading.title.value, heading.number.value, heading.body.value, heading.first_day.value, heading.last_day.value,
    )  # fmt: skip


def test_a_whole_document_says_everything():
    heading = heading_of(new_text())
    assert said(heading) == (TITLE, NUMBER, BODY, "2027-01-11", "2032-01-10")
    assert heading.first_day.source == heading.last_day.source == "本办法自2027年1月11日起施行，有效期5年。"
    assert heading.number.source == NUMBER


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一条 甲。", ("", "", "", "", "")),
        (
            "聊城市小型微型企业创业创新\n示范基地建设管理办法\n第一条 甲。",
            ("聊城市小型微型企业创业创新示范基地建设管理办法", "", "", "", ""),
        ),
        ("示范基地管理办法（试行）\n第一条 甲。", ("示范基地管理办法（试行）", "", "", "", "")),
        ("聊工信发[2026] 7号\n第一条 甲。", ("", "聊工信发〔2026〕7号", "", "", "")),
        # What is cited in an article, or behind book marks, is not its own number.
        ("第一条 依据国发〔2015〕32号制定。", ("", "", "", "", "")),
        ("依据《意见》（国发〔2015〕32号）\n第一条 甲。", ("", "", "", "", "")),
        ("第一条 本办法由聊城市工业和信息化局负责解释。", ("", "", "聊城市工业和信息化局", "", "")),
        (
            "第一条 本办法自2027年1月11日起施行，有效期至2031年12月31日。",
            ("", "", "", "2027-01-11", "2031-12-31"),
        ),
        (
            "第一条 自二〇二七年一月十一日起施行，有效期为三年。",
            ("", "", "", "2027-01-11", "2030-01-10"),
        ),
        ("第一条 自2027年1月11日起实施。", ("", "", "", "2027-01-11", "")),
        ("第一条 自2027年2月30日起施行。", ("", "", "", "", "")),
        ("第一条 本办法自发布之日起施行。", ("", "", "", "", "")),
    ],
)
def test_what_the_lines_say(text, expected):
    assert said(heading_of(text)) == expected


SIXTEEN = "企业创业创新示范基地建设管理办法"


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ("管理办法", "管理办法"),
        ("小型微型\n管理办法", "小型微型管理办法"),
        ("小 型 微 型\n管 理 办 法", "小型微型管理办法"),
        (f"小型微型\n{SIXTEEN[1:]}", f"小型微型{SIXTEEN[1:]}"),  # 15 signs may be half a title
        (f"小型微型\n{SIXTEEN}", SIXTEEN),
        (f"小型微型\n某{SIXTEEN}", f"某{SIXTEEN}"),
        ("聊城市工业和信息化局\n管理办法", "管理办法"),  # a body is no half
        ("聊城市工业和信息化局文件\n管理办法", "管理办法"),
        ("聊工信发〔2026〕7号\n管理办法", "管理办法"),  # nor a number
        ("2026年\n管理办法", "管理办法"),
        ("甲\n乙\n管理办法", "乙管理办法"),
        ("管理办法\n二〇二六年一月", "管理办法"),  # the last title line, whatever stands below it
        ("旧办法\n说明\n：\n新办法\n（2026年）", "新办法"),
        ("说明\n：", ""),
    ],
)
def test_a_title_is_the_last_line_that_can_be_one(lines, title):
    assert heading_of(f"{lines}\n第一条 甲。").title.value == title


def test_what_is_printed_with_a_letter_has_its_title_from_it():
    title = heading_of("关于印发《示范基地管理办法》的通知\n别的办法\n第一条 甲。").title
    assert (title.value, title.source) == ("示范基地管理办法", "印发《示范基地管理办法》")


@pytest.mark.parametrize(
    ("text", "body", "source"),
    [
        ("聊城市工业和信息化局\n第一条 甲。", "聊城市工业和信息化局", "聊城市工业和信息化局"),
        ("聊城市 财政局 文件\n第一条 甲。", "聊城市财政局", "聊城市 财政局 文件"),
        ("通知\n聊城市财政局\n第一条 由聊城市工信局负责解释。", "聊城市财政局", "聊城市财政局"),
        (
            "第一条 甲。\n第二条 乙。\n由聊城市工信局负责解释。\n第三条 丙。",
            "聊城市工信局",
            "由聊城市工信局负责解释。",
        ),
        ("第一条 甲。", "", ""),
    ],
)
def test_the_body_stands_in_the_head_or_explains_the_text(text, body, source):
    found = heading_of(text).body
    assert (found.value, found.source) == (body, source)


def test_the_days_stand_in_any_paragraph_of_the_last_article_that_names_them():
    text = (
        "第一条 自2020年1月1日起施行。\n第二条 另行解释。\n自2027年1月11日起施行。\n有效期另定。\n第三条 丙。"
    )
    heading = heading_of(text)
    assert (heading.first_day.value, heading.first_day.source) == ("2027-01-11", "自2027年1月11日起施行。")
    assert heading.last_day.value == ""
