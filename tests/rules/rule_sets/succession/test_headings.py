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
