"""What one cell means: read from every spelling that offices use, refused with a sentence that helps."""

import datetime as dt
from typing import Any

import pytest

from office.excel.cells import Cooperation, parse, show
from rules.errors import Refused
from schema.bases import BASES
from schema.collection import Listing
from schema.field import Field, Kind
from schema.ledger_entries import LEDGER_ENTRIES
from schema.service_partners import SERVICE_PARTNERS
from schema.tenant_companies import TENANT_COMPANIES

SHEETS = (BASES, TENANT_COMPANIES, SERVICE_PARTNERS, LEDGER_ENTRIES)


def column(key: str) -> Field:
    return next(column for sheet in SHEETS for column in sheet.exported if column.key == key)


def refusal(key: str, value: object) -> str:
    """Return the sentence with which the cell is refused, after checking that it names the column."""
    with pytest.raises(Refused) as caught:
        parse(column(key), value)
    (reason,) = caught.value.refusals
    assert reason.field == key
    return str(reason)


D = dt.date
DAYS: list[tuple[object, dt.date]] = [
    (D(2021, 2, 26), D(2021, 2, 26)),  # a real date
    (dt.datetime(2021, 2, 26, 23, 59), D(2021, 2, 26)),  # the time is dropped
    ("2021年2月26日", D(2021, 2, 26)),
    ("2021 年 2 月 26 号", D(2021, 2, 26)),  # spaces inside, 号
    ("2021年2月26", D(2021, 2, 26)),  # 日 forgotten
    ("2025.5.16", D(2025, 5, 16)),
    ("2018/01/26 ", D(2018, 1, 26)),
    ("2021-2-26", D(2021, 2, 26)),
    ("20250116", D(2025, 1, 16)),
    (20250116.0, D(2025, 1, 16)),  # the same as a number
    ("2022年8月", D(2022, 8, 1)),  # a month is its first day
    ("2022年8月份", D(2022, 8, 1)),
    ("2022.8", D(2022, 8, 1)),
    ("2022-08", D(2022, 8, 1)),
    ("202208", D(2022, 8, 1)),
    (2022.8, D(2022, 8, 1)),  # Excel made a number of 2022.8
    (43175.0, D(2018, 3, 16)),  # Excel's day number
    ("43175", D(2018, 3, 16)),  # the same as text
    (45653.354, D(2024, 12, 27)),  # with a time
    ("2021-2-26 8:30", D(2021, 2, 26)),
    ("2021-02-26T00:00:00", D(2021, 2, 26)),
    ("2021/2/26 下午 3:20", D(2021, 2, 26)),
    ("2021年2月26日8时30分", D(2021, 2, 26)),
    ("2021年2月26日 星期五", D(2021, 2, 26)),
    ("２０２１年２月２６日", D(2021, 2, 26)),  # full width
    ("二〇二一年二月二十六日", D(2021, 2, 26)),
    ("二○二一年十二月三十一日", D(2021, 12, 31)),  # a circle for the zero
    ("二〇二一年十月", D(2021, 10, 1)),
    ("　2021\n-02-03", D(2021, 2, 3)),  # wide space, line end
    ("2024-02-29", D(2024, 2, 29)),  # a leap day
]


@pytest.mark.parametrize(("value", "day"), DAYS)
def test_a_day_is_read_from_every_spelling(value: object, day: dt.date) -> None:
    assert parse(column("moved_in"), value) == day


NO_DAYS = [
    ("2025年13月40日", "does not exist"),
    ("2023-02-29", "does not exist"),  # no leap year
    ("202213", "does not exist"),  # month 13
    ("1899-12-31", "between 1900 and 2200"),
    ("2201-01-01", "between 1900 and 2200"),
    (D(1800, 1, 1), "between 1900 and 2200"),
    (2022.1, "January or October"),  # 2022.10 as Excel shortens it
    (2022.0, "only a year"),
    ("2022", "is not a date"),
    (5.0, "is not a date"),  # a count in the wrong column
    (1e300, "is not a date"),
    (float("nan"), "is not a date"),
    (True, "is not a date"),
    ("1/2/2021", "is not a date"),  # day or month first? nobody knows
    ("abc", "is not a date"),
    ("2021-1-1-1", "is not a date"),
    ("#N/A", "error value #N/A"),
    ("#FORMULA", "without its result"),
    (10**400, "is not a date"),
]


@pytest.mark.parametrize(("value", "sentence"), NO_DAYS)
def test_what_is_no_day_is_refused(value: object, sentence: str) -> None:
    assert sentence in refusal("moved_in", value)


NUMBERS: list[tuple[str, object, float]] = [
    ("revenue", "1,234.50", 1234.5),
    ("revenue", "１，２３４．５０", 1234.5),  # full width
    ("revenue", "1 234.5", 1234.5),
    ("revenue", "1,234.5万元", 1234.5),
    ("revenue", "2亿元", 20000.0),  # a larger unit is converted
    ("revenue", "12345元", 1.2345),  # a smaller one too
    ("revenue", "￥12.5万元", 12.5),
    ("revenue", 0.1 + 0.2, 0.3),  # a formula's long tail
    ("revenue", 1234.56785, 1234.5679),  # half up at the fourth decimal
    ("revenue", "1E3", 1000.0),
    ("revenue", "1e-999999999", 0.0),
    ("revenue", 0, 0.0),
    ("people", "177人", 177),
    ("people", 12.0, 12),
    ("people", "12.0", 12),
    ("people", "1.2万人", 12000),
    ("people", 999_999_999_999_999, 999_999_999_999_999),  # all that a cell holds exactly
    ("company_times", "12家次", 12),
    ("person_times", "300人次", 300),
    ("fee_amount", "500元", 500.0),
    ("fee_amount", "0.5万元", 5000.0),
    ("floor_area", "80483㎡", 80483.0),
    ("floor_area", "8万平方米", 80000.0),
]


@pytest.mark.parametrize(("key", "value", "number"), NUMBERS)
def test_a_number_is_read_with_its_commas_and_units(key: str, value: object, number: float) -> None:
    found = parse(column(key), value)
    assert found == number
    assert type(found) is (int if column(key).kind is Kind.INTEGER else float)


NO_NUMBERS = [
    ("people", "12.5", "not a whole number"),
    ("people", -5.0, "may not be negative"),
    ("revenue", "−5", "may not be negative"),  # a typographic minus
    ("people", "300人次", "in 人"),  # a unit of something else
    ("revenue", "8美元", "in 万元"),
    ("floor_area", "3亩", "in 平方米"),
    ("revenue", "12,34", "not a number"),  # a comma where none belongs
    ("revenue", "约100", "not a number"),
    ("revenue", float("inf"), "not a number"),
    ("revenue", float("nan"), "not a number"),
    ("revenue", "1e400", "too large"),
    ("revenue", 1e300, "too large"),
    ("people", 2**63, "too large"),
    ("people", 10**400, "too large"),
    ("revenue", 10.0**11, "too large"),
    ("revenue", 99_999_999_999.99995, "too large"),  # too large once rounded
    ("revenue", True, "not a number"),
    ("revenue", D(2020, 1, 1), "not a number"),
    ("revenue", "#DIV/0!", "error value #DIV/0!"),
]


@pytest.mark.parametrize(("key", "value", "sentence"), NO_NUMBERS)
def test_what_is_no_count_or_amount_is_refused(key: str, value: object, sentence: str) -> None:
    assert sentence in refusal(key, value)


CODES = [
    "91371502MANMLE23Q2",
    "91371502manmle23q2",  # lower case
    "９１３７１５０２ＭＡＮＭＬＥ２３Ｑ２",  # full width
    "913715 02MANMLE23Q2\n",  # a space, a line end
    "91371502-MANMLE23Q-2",
    "'91371502MANMLE23Q2",  # the sign that makes a text in Excel
    "91371502MANMLE23Q2\x00",
]


@pytest.mark.parametrize("value", CODES)
def test_a_uscc_is_folded_to_its_eighteen_characters(value: str) -> None:
    assert parse(column("uscc"), value) == "91371502MANMLE23Q2"


WRONG_CODES = [
    (9.13715e17, "Excel has turned the code into a number"),
    ("9.13715E+17", "Excel has turned the code into a number"),
    (913715020000000000, "Excel has turned the code into a number"),
    ("91371502MANMLE23Q3", "the last character does not match"),
    ("91371502", "has 8 characters"),
    ("91371502MAIMLE23Q2", "the letter I"),
    ("X1371502MANMLE23Q2", "not built like"),
    ("9137150@MANMLE23Q2", "not built like"),
    ("٩١٣٧١٥٠٢MANMLE23Q2", "not built like"),  # digits of another script
]


@pytest.mark.parametrize(("value", "sentence"), WRONG_CODES)
def test_a_wrong_uscc_is_refused_with_what_is_wrong(value: object, sentence: str) -> None:
    assert sentence in refusal("uscc", value)


PHONES = [
    (18449038930.0, "18449038930"),  # Excel made a number of it
    ("136 1234 5678", "13612345678"),
    ("0635—8241234", "0635-8241234"),  # a long dash
    ("（0635）8241234", "(0635)8241234"),
    ("0635-8241234转8001", "0635-8241234转8001"),
    ("13612345678/0635-8241234", "13612345678、0635-8241234"),
    ("13612345678 15912345678", "13612345678、15912345678"),
    ("400-123-4567", "400-123-4567"),
    ("12345", "12345"),  # a service line
]


@pytest.mark.parametrize(("value", "phone"), PHONES)
def test_telephone_numbers_stay_text(value: object, phone: str) -> None:
    assert parse(column("phone"), value) == phone


@pytest.mark.parametrize("value", ["1361234567", "138****1234", "张三13612345678", "1.8449E+10", "x"])
def test_what_is_no_telephone_number_is_refused(value: str) -> None:
    assert "telephone number" in refusal("phone", value)


DOCUMENTS = [
    "聊工信发〔2021〕133号",
    "聊工信发[2021]133号",
    "聊工信发［2021］第0133号",  # 第 and the leading zero do not belong
    "聊工信发 （2021） 133 号",
    "聊工信发【２０２１】１３３号",
]


@pytest.mark.parametrize("value", DOCUMENTS)
def test_a_document_number_gets_its_six_angle_brackets(value: str) -> None:
    assert parse(column("document_number"), value) == "聊工信发〔2021〕133号"


@pytest.mark.parametrize(
    "value", ["聊工信发2021133号", "聊工信发〔2021〕0号", "〔2021〕133号", "聊工信发〔21〕1号", "abc"]
)
def test_what_is_no_document_number_is_refused(value: str) -> None:
    assert "not a document number" in refusal("document_number", value)


TEXTS: list[tuple[str, object, str | None]] = [
    ("name", " 山东诚明文化传媒有限公司　", "山东诚明文化传媒有限公司"),
    ("name", "创业园（二期）", "创业园（二期）"),  # full-width brackets are part of the name
    ("name", "聊城\n市", "聊城市"),  # wrapped by hand
    ("name", "A\r\nB", "A B"),
    ("name", "\ufeffa\x00\u200bb", "ab"),  # nothing unseen is kept
    ("name", "=1+1有限公司", "=1+1有限公司"),
    ("name", 123.0, "123"),
    ("name", " \u3000\n", None),
    ("notes", "a\r\nb \n\n c", "a\nb\n\n c"),  # notes keep their lines
    ("base", "  茌平隆汇M-Lab（二期） ", "茌平隆汇M-Lab（二期）"),
]


@pytest.mark.parametrize(("key", "value", "text"), TEXTS)
def test_texts_are_cleaned_of_what_no_one_sees(key: str, value: object, text: str | None) -> None:
    assert parse(column(key), value) == text


def test_half_a_character_and_too_long_texts_are_refused() -> None:
    assert "half a character" in refusal("name", "a\ud800")
    assert "has 101 characters; at most 100" in refusal("name", "长" * 101)
    assert "at most 2000" in refusal("notes", "长" * 2001)
    assert "at most 20000" in refusal("companies", "长、" * 10001)


WORDS: list[tuple[str, object, Any]] = [
    ("industry", "农、林、牧、渔业", "farming"),  # a word that contains 、
    ("industry", "农,林,牧,渔业", "farming"),
    ("industry", " 工 业", "manufacturing"),
    ("industry", "software", "software"),  # the code, as a form sends it
    ("functions", "创新支持、投融资服务，专业服务", ["innovation", "financing", "professional"]),
    ("functions", "信息服务/信息服务;人员培训\n市场营销", ["information", "training", "marketing"]),
    ("functions", ["training", "marketing"], ["training", "marketing"]),  # a form's several values
    ("online_system", "有", True),
    ("online_system", "√", True),
    ("online_system", True, True),
    ("online_system", "Y", True),
    ("online_system", "×", False),
    ("online_system", "n", False),
    ("online_system", 0.0, False),
    ("county", "聊城市 莘县", "371522"),
    ("county", "茌平县", "371503"),  # its former name
    ("county", 371522.0, "371522"),
    ("companies", "甲、乙（聊城、莘县）公司；丙\n甲", ["甲", "乙（聊城、莘县）公司", "丙"]),  # each once
    ("companies", "ABC Co., Ltd.,甲公司", ["ABC Co., Ltd.", "甲公司"]),
]


@pytest.mark.parametrize(("key", "value", "found"), WORDS)
def test_words_of_a_list_are_known(key: str, value: object, found: object) -> None:
    assert parse(column(key), value) == found


def test_several_industries_in_one_cell_are_told_apart() -> None:
    many = Field("x", "x", "x", Kind.CHOICES, choices=column("industry").choices)
    assert parse(many, "工业、农、林、牧、渔业、批发业") == ["manufacturing", "farming", "wholesale"]


def test_a_word_that_is_not_allowed_is_refused_with_those_that_are() -> None:
    assert "农、林、牧、渔业；工业" in refusal("industry", "玄学业")
    assert "信息服务；创业辅导" in refusal("functions", "创新支持、玄学")
    assert "东昌府区、茌平区" in refusal("county", "长清区")
    assert "neither yes" in refusal("online_system", "也许")


COOPERATIONS: list[tuple[str, list[Cooperation]]] = [
    ("某园（二期）", [Cooperation("某园（二期）")]),  # brackets that are part of the name
    ("某园（2024-01-01至2025-12-31）", [Cooperation("某园", D(2024, 1, 1), D(2025, 12, 31))]),
    ("某园（2024-01-01起）", [Cooperation("某园", D(2024, 1, 1))]),
    ("某园（2024年1月至今）", [Cooperation("某园", D(2024, 1, 1))]),
    ("某园(至2025年12月31日)", [Cooperation("某园", None, D(2025, 12, 31))]),
    ("某园（2024.1.1-2025.12.31）", [Cooperation("某园", D(2024, 1, 1), D(2025, 12, 31))]),
    ("某园（二期）（2024-01-01起）", [Cooperation("某园（二期）", D(2024, 1, 1))]),
    ("某园（2020）、乙园", [Cooperation("某园（2020）"), Cooperation("乙园")]),
]


@pytest.mark.parametrize(("value", "found"), COOPERATIONS)
def test_a_base_may_carry_the_period_of_its_cooperation(value: str, found: list[Cooperation]) -> None:
    assert parse(column("cooperations"), value) == found


def test_a_wrong_period_is_refused() -> None:
    assert "ends before it begins" in refusal("cooperations", "某园（2025-01-01至2024-01-01）")
    assert "does not exist" in refusal("cooperations", "某园（2024-13-01起）")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.slug)
@pytest.mark.parametrize("blank", [None, "", " ", "\u3000\n", "\ufeff"])
def test_a_blank_cell_of_any_column_is_nothing(sheet: Listing, blank: object) -> None:
    assert [parse(column, blank) for column in sheet.exported] == [None] * len(sheet.exported)


@pytest.mark.parametrize("mark", ["-", "—", "/", "无", "N/A"])
@pytest.mark.parametrize("key", ["moved_out", "people", "revenue", "phone"])
def test_the_office_s_marks_for_nothing_are_nothing(key: str, mark: str) -> None:
    assert parse(column(key), mark) is None


SHOWN: list[tuple[str, object, str, str]] = [
    ("moved_in", dt.datetime(2026, 11, 23, tzinfo=dt.UTC), "2026-11-23", "2026-11-23"),
    ("people", 1200, "1,200", "1,200"),
    ("revenue", 1200.0, "1,200", "1,200"),
    ("revenue", 1234.5, "1,234.5", "1,234.5"),
    ("industry", "farming", "农、林、牧、渔业", "Agriculture, forestry, animal husbandry and fishery"),
    ("industry", "gone", "gone", "gone"),  # a code that no longer exists
    ("functions", ["training", "marketing"], "人员培训、市场营销", "Staff training, Marketing"),
    ("online_system", False, "无", "No"),
    ("county", "371522", "莘县", "莘县"),
    ("companies", [{"name": "甲", "company": None}, {"name": "乙", "company": 1}], "甲、乙", "甲、乙"),
    ("name", None, "", ""),
    (
        "cooperations",
        [
            {"base_name": "某园（二期）", "first_day": dt.datetime(2024, 1, 1), "last_day": None},
            {"base_name": "乙园"},
        ],
        "某园（二期）（2024-01-01起）、乙园",
        "某园（二期）（2024-01-01起）、乙园",
    ),
]


@pytest.mark.parametrize(("key", "value", "zh", "en"), SHOWN)
def test_a_stored_value_is_shown_as_a_clerk_reads_it(key: str, value: object, zh: str, en: str) -> None:
    assert show(column(key), value) == zh
    assert show(column(key), value, zh=False) == en


def test_a_moment_is_shown_in_the_office_s_time() -> None:
    moment = Field("at", "At", "时间", Kind.MOMENT)
    assert show(moment, dt.datetime(2026, 11, 22, 16, 5, tzinfo=dt.UTC)) == "2026-11-23 00:05"
    assert parse(moment, "2026-11-23 00:05") == dt.datetime(2026, 11, 22, 16, 5, tzinfo=dt.UTC)
