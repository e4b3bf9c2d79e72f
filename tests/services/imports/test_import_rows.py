"""Importing workbooks: what becomes of every row, for whom, and what a second import changes."""

import json
import threading
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from rules.errors import NotAllowed, Unreadable
from schema.bases import BASES
from schema.ledger_entries import LEDGER_ENTRIES
from schema.service_partners import SERVICE_PARTNERS
from schema.tenant_companies import TENANT_COMPANIES
from services.desk import trail as audit_trail
from services.imports import chunks as import_chunks
from services.imports.import_rows import import_workbook
from services.imports.report import Outcome, heading_of
from services.records import records
from services.shared.unit_of_work import TooLarge

# What the office really has; the other tests of this file make workbooks like them.
DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
with_data = pytest.mark.skipif(not DATA.is_dir(), reason="the office's own workbooks are not here")

SHEETS = {
    "bases": BASES,
    "tenant-companies": TENANT_COMPANIES,
    "service-partners": SERVICE_PARTNERS,
    "ledger-entries": LEDGER_ENTRIES,
}
COMPANY = ["企业名称", "统一社会信用代码", "所属基地"]


def load(office, path, sheet=TENANT_COMPANIES, actor=None, **options):
    return import_workbook(path, sheet, actor=actor or office.city, now=office.now, **options)


def outcomes(report):
    """Return outcome and columns at fault by row number."""
    return {
        row["row"]: (row["outcome"], [error["column"] for error in row["errors"]])
        for row in report.as_json()["rows"]
    }


def only(report):
    """Return outcome, columns and messages of the only row."""
    [row] = report.as_json()["rows"]
    return row["outcome"], [(error["column"], error["message"]) for error in row["errors"]]


def counted(report):
    return {key: number for key, number in report.counts.items() if number}


# --- The office's own workbooks ----------------------------------------------------------------


@with_data
@pytest.mark.slow
def test_the_offices_workbooks_are_imported_whole_and_a_second_time_change_nothing(office):
    files = [
        ("bases", "bases.xlsx", 36), ("tenant-companies", "tenant-companies.xlsx", 1400),
        ("tenant-companies", "tenant-companies-2003.xls", 40), ("service-partners", "service-partners.xlsx", 72),
        ("ledger-entries", "ledger-entries.xlsx", 4200),
    ]  # fmt: skip
    for outcome in ("created", "unchanged"):
        for kind, name, rows in files:
            assert counted(load(office, DATA / name, SHEETS[kind])) == {outcome: rows}, name
    assert office.tallies_are_right()
    assert audit_trail.verify() is None


@with_data
def test_every_row_of_a_messy_workbook_becomes_what_it_must(office):
    load(office, DATA / "bases.xlsx", BASES)
    report = load(office, DATA / "messy-tenant-companies.xlsx")
    expected = json.loads((DATA / "messy-tenant-companies.expected.json").read_text())
    words = {"accept": "created", "reject": "rejected", "skip": "skipped"}
    assert outcomes(report) == {row["row"]: (words[row["outcome"]], row["columns"] or []) for row in expected}
    values = {row["values"]["统一社会信用代码"]: row["values"] for row in expected if row["values"]}
    stored = {raw["uscc"]: shown(raw) for raw in office.db["tenant_companies"].find({})}
    assert stored == values


def shown(raw):
    """Return a stored company as the expectations write it."""
    industry = {term.value: term.zh for term in TENANT_COMPANIES.field("industry").choices}
    days = {key: f"{raw[key]:%F}" if raw.get(key) else None for key in ("moved_in", "moved_out")}
    return {
        "企业名称": raw["name"], "统一社会信用代码": raw["uscc"], "所属基地": raw["base_name"],
        "所属行业": industry[raw["industry"]], "从业人员（人）": raw["people"], "营业收入（万元）": raw["revenue"],
        "入驻日期": days["moved_in"], "迁出日期": days["moved_out"], "联系电话": raw["phone"],
    }  # fmt: skip


# --- One row -----------------------------------------------------------------------------------


def test_a_sheet_with_titles_blank_rows_and_a_total_is_reported_row_by_row(office, workbook):
    office.base("莘县创业园")
    path = workbook(
        ["××县入驻企业统计表"], ["单位：人、万元"], ["序号", *COMPANY, "从业人员（人）"],
        [1, "聊城甲有限公司", office.code(), "莘县创业园", "12人"],
        [],
        [2, "聊城乙有限公司", office.code(), "莘县创业园", -5],
        ["合计", None, None, None, 12],
    )  # fmt: skip
    report = load(office, path)
    assert outcomes(report) == {
        4: ("created", []), 5: ("skipped", []), 6: ("rejected", ["从业人员（人）"]), 7: ("skipped", []),
    }  # fmt: skip
    found = report.as_json()
    assert (found["kind"], found["sheet"], found["header_row"], found["created"]) == (
        "tenant-companies",
        "Sheet",
        3,
        1,
    )
    assert office.db["tenant_companies"].find_one({})["people"] == 12


def test_every_fault_of_a_row_is_reported_at_once(office, workbook):
    path = workbook(
        [*COMPANY, "所属行业", "入驻日期", "迁出日期", "状态"],
        ["", "12345", "不存在的园", "玄学业", "2025-05-01", "2025-04-30", "没有的状态"],
    )
    _, faults = only(load(office, path))
    assert [column for column, _ in faults] == [
        "企业名称", "统一社会信用代码", "所属基地", "所属行业", "状态", "迁出日期",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "cell", "column"),
    [
        ("状态", "撤销", "状态"),
        ("企业名称", None, "企业名称"),
        ("统一社会信用代码", 9.13715e17, "统一社会信用代码"),
        ("从业人员（人）", 12.5, "从业人员（人）"),
        ("入驻日期", "2025年13月40日", "入驻日期"),
        ("备注", "长" * 2001, "备注"),
    ],
)
def test_a_fault_is_reported_in_its_own_column(office, workbook, heading, cell, column):
    office.base("莘县创业园")
    row = {"企业名称": "聊城甲有限公司", "统一社会信用代码": office.code(), "所属基地": "莘县创业园"} | {
        heading: cell
    }
    outcome, faults = only(load(office, workbook(list(row), list(row.values()))))
    assert (outcome, [found for found, _ in faults]) == ("rejected", [column])


def test_a_reason_is_translated_for_the_reader(office, workbook):
    report = load(office, workbook(COMPANY, ["甲", office.code(), "无此园"]))
    [row] = report.as_json(lambda reason: f"中文：{reason.params['value']}")["rows"]
    assert row["errors"] == [{"column": "所属基地", "message": "中文：无此园"}]


@pytest.mark.parametrize(
    ("key", "heading"),
    [
        ("size_reason", "企业规模"),
        ("county", "所属县（市、区）"),
        ("nonsense", "企业名称"),
        (None, "企业名称"),
    ],
)
def test_a_reason_without_a_column_stands_at_the_nearest_one(key, heading):
    assert heading_of(TENANT_COMPANIES, key) == heading


def test_statuses_are_known_by_label_and_by_code_as_the_office_words_them(office, workbook):
    office.base("园")
    housed = office.db["statuses"].find_one({"code": "housed"})["_id"]
    office.update("statuses", housed, label="入驻中")
    path = workbook(
        [*COMPANY, "状态"],
        ["甲", office.code(), "园", "入驻中"],
        ["乙", office.code(), "园", "moved_out"],
        ["丙", office.code(), "园", "在驻"],
    )  # fmt: skip
    report = load(office, path)
    assert [row.outcome for row in report.rows] == [Outcome.CREATED, Outcome.CREATED, Outcome.REJECTED]
    assert report.rows[2].reasons[0].params["words"] == "入驻中；已迁出"


# --- Bases by name -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "莘县九汇M-Lab（二期）",
        " 莘县九汇Ｍ-Lab(二期) ",
        "莘县九汇m-lab（二期）",
        "九汇M-Lab（二期）",
        "聊城市莘县九汇M-Lab（二期）",
        "莘县旧园",
        "莘县九汇M—Lab二期",
    ],
)
def test_a_base_is_found_by_what_a_county_calls_it(office, workbook, written):
    base = office.base("莘县旧园")
    office.update("bases", base, name="莘县九汇M-Lab（二期）")
    office.base("莘县创业园")
    assert only(load(office, workbook(COMPANY, ["甲", office.code(), written]))) == ("created", [])
    assert office.db["tenant_companies"].find_one({})["base"] == base


def test_a_name_that_two_counties_use_is_not_guessed_at(office, workbook):
    shen, _ = office.base("创业园", "371522"), office.base("创业园", "371525")
    path = workbook(COMPANY, ["甲", office.code(), "创业园"], ["乙", office.code(), "莘县创业园"])
    report = load(office, path)
    assert outcomes(report) == {2: ("rejected", ["所属基地"]), 3: ("created", [])}
    assert report.rows[0].reasons[0].params["counties"] == "莘县、冠县"
    assert office.db["tenant_companies"].find_one({})["base"] == shen


def test_names_that_differ_in_signs_alone_are_not_guessed_at(office, workbook):
    office.base("创业园（二期）", "371522")
    office.base("创业园-二期", "371522")
    assert only(load(office, workbook(COMPANY, ["甲", office.code(), "创业园二期"])))[0] == "rejected"


@pytest.mark.parametrize("blank", ["无", "—", "/"])
def test_a_sign_for_nothing_is_no_name(office, workbook, blank):
    office.base("园")
    outcome, [(column, _)] = only(load(office, workbook(COMPANY, [blank, office.code(), "园"])))
    assert (outcome, column) == ("rejected", "企业名称")


def test_a_status_is_known_without_the_sign_that_it_has_come(office, workbook):
    office.base("园")
    load(office, workbook([*COMPANY, "企业状态"], ["甲", office.code(), "园", "迁出"]))
    assert office.db["tenant_companies"].find_one({})["status"] == "moved_out"


# --- Again -------------------------------------------------------------------------------------


def test_a_blank_cell_leaves_what_is_stored_and_a_new_value_replaces_it(office, workbook):
    base = office.base("园")
    company = office.company(base, "甲", people=5, phone="18806350001", notes="旧")
    code = office.get("tenant_companies", company)["uscc"]
    path = workbook([*COMPANY, "从业人员（人）", "联系电话", "备注"], ["甲", code, "园", 8, "", None])
    assert counted(load(office, path)) == {"updated": 1}
    stored = office.get("tenant_companies", company)
    assert (stored["people"], stored["phone"], stored["notes"], stored["version"]) == (
        8,
        "18806350001",
        "旧",
        2,
    )
    assert counted(load(office, path)) == {"unchanged": 1}
    assert office.get("tenant_companies", company)["version"] == 2


def test_a_county_s_file_makes_no_name_narrower_that_stands_in_full_width(office, workbook):
    company = office.company(office.base("园"), "聊城（二期）甲有限公司")
    code = office.get("tenant_companies", company)["uscc"]
    assert counted(load(office, workbook(COMPANY, ["聊城(二期) 甲有限公司", code, "园"]))) == {"unchanged": 1}
    assert counted(load(office, workbook(COMPANY, ["聊城（二期）乙有限公司", code, "园"]))) == {"updated": 1}


def test_a_day_of_moving_out_ends_the_stay(office, workbook):
    company = office.company(office.base("园"), "甲", moved_in=date(2024, 1, 1))
    code = office.get("tenant_companies", company)["uscc"]
    assert counted(load(office, workbook([*COMPANY, "迁出日期"], ["甲", code, "园", "2026-01-31"]))) == {
        "updated": 1
    }
    assert office.get("tenant_companies", company)["status"] == "moved_out"


def test_a_rule_sees_the_stored_values_that_the_row_leaves_blank(office, workbook):
    company = office.company(office.base("园"), "甲", moved_in=date(2024, 1, 1))
    code = office.get("tenant_companies", company)["uscc"]
    report = load(office, workbook([*COMPANY, "迁出日期"], ["甲", code, "园", "2023-12-31"]))
    assert outcomes(report) == {2: ("rejected", ["迁出日期"])}


def test_a_code_that_stands_twice_in_a_file_counts_once(office, workbook):
    office.base("园")
    code = office.code()
    report = load(office, workbook(COMPANY, ["甲", code, "园"], ["乙", code, "园"]))
    assert outcomes(report) == {2: ("created", []), 3: ("rejected", ["统一社会信用代码"])}
    assert str(report.rows[1].reasons[0]) == f"The code {code} already stands in row 2 of this file."


def test_equal_rows_of_a_ledger_are_so_many_services_however_often_imported(office, workbook):
    base = office.base("园")
    office.company(base, "聊城甲有限公司")
    same = ["园", "2026-03-02", "人员培训", "培训", "聊城甲有限公司", 3]
    other = ["园", "2026-03-02", "人员培训", "咨询", "", 1]
    path = workbook(
        ["所属基地", "服务日期", "服务功能", "活动类型", "参与企业", "服务人数（人次）"],
        same,
        same,
        other,
        same,
    )
    assert counted(load(office, path, LEDGER_ENTRIES)) == {"created": 4}
    assert counted(load(office, path, LEDGER_ENTRIES)) == {"unchanged": 4}
    assert office.db["ledger_entries"].count_documents({}) == 4


def test_the_nth_equal_row_changes_the_nth_equal_entry(office, workbook):
    office.base("园")
    heading = ["所属基地", "服务日期", "服务功能", "服务人数（人次）"]
    load(
        office,
        workbook(heading, ["园", "2026-03-02", "人员培训", 1], ["园", "2026-03-02", "人员培训", 2]),
        LEDGER_ENTRIES,
    )
    report = load(
        office,
        workbook(heading, ["园", "2026-03-02", "人员培训", 1], ["园", "2026-03-02", "人员培训", 9]),
        LEDGER_ENTRIES,
    )
    assert outcomes(report) == {2: ("unchanged", []), 3: ("updated", [])}
    assert [raw["person_times"] for raw in office.db["ledger_entries"].find({}).sort("_id")] == [1, 9]


def test_a_refused_row_between_equal_ones_does_not_breed_on_a_second_import(office, workbook):
    office.base("园")
    heading = ["所属基地", "服务日期", "服务功能", "收费方式", "收费金额（元）"]
    path = workbook(
        heading,
        ["园", "2026-03-02", "人员培训", "免费", 100],
        ["园", "2026-03-02", "人员培训", "市场价", 100],
    )
    assert outcomes(load(office, path, LEDGER_ENTRIES)) == {
        2: ("rejected", ["收费金额（元）"]),
        3: ("created", []),
    }
    assert outcomes(load(office, path, LEDGER_ENTRIES)) == {
        2: ("rejected", ["收费金额（元）"]),
        3: ("unchanged", []),
    }


def test_equal_rows_are_told_apart_across_chunks(office, workbook, monkeypatch):
    monkeypatch.setattr("services.imports.import_rows.CHUNK", 2)
    office.base("园")
    row = ["园", "2026-03-02", "人员培训"]
    path = workbook(["所属基地", "服务日期", "服务功能"], *[row] * 7)
    assert counted(load(office, path, LEDGER_ENTRIES, dry_run=True)) == {"created": 7}
    assert counted(load(office, path, LEDGER_ENTRIES)) == {"created": 7}
    assert counted(load(office, path, LEDGER_ENTRIES)) == {"unchanged": 7}


def test_a_ledger_names_its_partner_or_the_base_itself(office, workbook):
    base = office.base("园")
    partner = office.partner(base, name="山东事务所")
    path = workbook(
        ["所属基地", "服务功能", "服务机构"],
        ["园", "专业服务", "山东 事务所"],
        ["园", "专业服务", "本基地"],
        ["园", "专业服务", ""],
        ["园", "专业服务", "没有的所"],
    )  # fmt: skip
    report = load(office, path, LEDGER_ENTRIES)
    assert Counter(row.outcome for row in report.rows) == {Outcome.CREATED: 3, Outcome.REJECTED: 1}
    assert outcomes(report)[5] == ("rejected", ["服务机构"])
    assert (
        office.db["ledger_entries"].count_documents({"partner": partner, "partner_name": "山东事务所"}) == 1
    )


# --- Partners and their cooperations -----------------------------------------------------------

PARTNER = ["机构名称", "统一社会信用代码", "合作基地", "合作开始", "合作结束"]


def cooperations(office):
    """Return (base name, first, last) of the only partner's cooperations."""
    days = [
        (one["base_name"], *(f"{one[key]:%F}" if one.get(key) else None for key in ("first_day", "last_day")))
        for one in office.db["service_partners"].find_one({})["cooperations"]
    ]
    return sorted(days)


def test_the_period_of_a_row_is_that_of_every_base_without_its_own(office, workbook):
    office.base("甲园"), office.base("乙园")
    path = workbook(
        PARTNER, ["山东事务所", office.code(), "甲园、乙园（2024-01-01至2024-12-31）", "2025-02-01", ""]
    )
    assert counted(load(office, path, SERVICE_PARTNERS)) == {"created": 1}
    assert cooperations(office) == [("乙园", "2024-01-01", "2024-12-31"), ("甲园", "2025-02-01", None)]
    assert counted(load(office, path, SERVICE_PARTNERS)) == {"unchanged": 1}


def test_a_row_is_the_whole_list_of_cooperations_but_blank_days_stay(office, workbook):
    office.base("甲园"), office.base("乙园"), office.base("丙园")
    code = office.code()
    load(
        office,
        workbook(PARTNER, ["山东事务所", code, "甲园、乙园", "2024-01-01", "2026-12-31"]),
        SERVICE_PARTNERS,
    )
    load(office, workbook(PARTNER, ["山东事务所", code, "乙园、丙园", "", ""]), SERVICE_PARTNERS)
    assert cooperations(office) == [("丙园", None, None), ("乙园", "2024-01-01", "2026-12-31")]
    load(office, workbook(PARTNER, ["山东事务所", code, "", "", ""]), SERVICE_PARTNERS)
    assert len(cooperations(office)) == 2


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        (["甲园、没有的园、也没有的园", "", ""], ["合作基地", "合作基地"]),
        (["甲园", "2025-01-01", "2024-01-01"], ["合作结束"]),
        (["甲园（2025-01-01至2024-01-01）", "", ""], ["合作基地"]),
        (["甲园、甲园", "", ""], ["合作基地"]),
    ],
)
def test_faults_of_cooperations_are_found(office, workbook, cells, columns):
    office.base("甲园")
    report = load(office, workbook(PARTNER, ["山东事务所", office.code(), *cells]), SERVICE_PARTNERS)
    assert outcomes(report) == {2: ("rejected", columns)}


def test_a_county_clerk_sets_only_its_own_cooperations(office, workbook):
    ours, theirs = office.base("莘县甲园"), office.base("冠县乙园", "371525")
    partner = office.partner(ours, theirs, name="山东事务所")
    code = office.get("service_partners", partner)["uscc"]
    office.base("莘县丙园")
    report = load(
        office,
        workbook(PARTNER, ["山东事务所", code, "莘县丙园", "", ""]),
        SERVICE_PARTNERS,
        actor=office.shen,
    )
    assert counted(report) == {"updated": 1}
    assert [name for name, *_ in cooperations(office)] == ["冠县乙园", "莘县丙园"]
    again = load(
        office,
        workbook(PARTNER, ["山东事务所", code, "莘县丙园", "", ""]),
        SERVICE_PARTNERS,
        actor=office.shen,
    )
    assert counted(again) == {"unchanged": 1}


# --- Bases -------------------------------------------------------------------------------------

BASE = ["基地名称", "运营主体", "统一社会信用代码", "所属县（市、区）", "状态", "公布日期", "公布文号"]


def test_bases_of_one_announcement_come_in_with_their_terms(office, workbook):
    title = ["已认定", "2023-12-01", "聊工信发[2023]90号"]
    rows = [[f"园{number}", "运营公司", office.code(), "莘县", *title] for number in range(3)]
    wrong = ["园9", "运营公司", office.code(), "莘县", "已认定", "2023-12-02", "聊工信发〔2023〕90号"]
    report = load(office, workbook(BASE, *rows, wrong), BASES)
    assert outcomes(report) == {
        2: ("created", []),
        3: ("created", []),
        4: ("created", []),
        5: ("rejected", ["公布文号"]),
    }
    assert {f"{raw['title_last_day']:%F}" for raw in office.db["bases"].find({})} == {"2028-11-30"}
    assert office.db["papers"].count_documents({}) == 1


def test_a_base_name_twice_in_a_county_refuses_the_later_row_only(office, workbook):
    rows = [[name, "运营公司", office.code(), county] for name, county in
            (("甲园", "莘县"), ("乙园", "莘县"), ("甲园", "冠县"), ("甲园", "莘县"), ("丙园", "莘县"))]  # fmt: skip
    report = load(office, workbook(BASE[:4], *rows), BASES)
    assert {row: found for row, found in outcomes(report).items() if found[0] != "created"} == {
        5: ("rejected", ["基地名称"])
    }
    assert office.db["bases"].count_documents({}) == 4
    assert office.tallies_are_right()


def test_a_renamed_base_carries_its_copies_along(office, workbook):
    base = office.base("旧园")
    company = office.company(base)
    code = office.get("bases", base)["uscc"]
    assert counted(load(office, workbook(BASE[:4], ["新园", "聊城运营有限公司", code, "莘县"]), BASES)) == {
        "updated": 1
    }
    assert office.get("tenant_companies", company)["base_name"] == "新园"


# --- Scope -------------------------------------------------------------------------------------


def test_a_county_clerk_brings_in_its_own_rows_only_and_learns_nothing_of_others(office, workbook):
    office.base("莘县甲园")
    office.company(office.base("冠县乙园", "371525"), "冠县企业", uscc=(code := office.code()))
    path = workbook(
        COMPANY,
        ["本县企业", office.code(), "莘县甲园"],
        ["他县基地", office.code(), "冠县乙园"],
        ["没有的基地", office.code(), "冠县无园"],
        ["他县企业", code, "莘县甲园"],
    )  # fmt: skip
    report = load(office, path, actor=office.shen)
    assert outcomes(report) == {
        2: ("created", []),
        3: ("rejected", ["所属基地"]),
        4: ("rejected", ["所属基地"]),
        5: ("rejected", ["统一社会信用代码"]),
    }  # fmt: skip
    theirs, nowhere = (
        str(row.reasons[0]).replace(row.reasons[0].params["value"], "…") for row in report.rows[1:3]
    )
    assert theirs == nowhere
    assert "冠县" not in str(report.rows[3].reasons[0])
    assert office.db["tenant_companies"].find_one({"uscc": code})["name"] == "冠县企业"


def test_a_county_clerk_brings_in_bases_of_its_county_without_titles(office, workbook):
    path = workbook(
        BASE,
        ["甲园", "运营公司", office.code(), "莘县", "", "", ""],
        ["乙园", "运营公司", office.code(), "冠县", "", "", ""],
        ["丙园", "运营公司", office.code(), "莘县", "已认定", "2023-12-01", "聊工信发〔2023〕90号"],
    )
    report = load(office, path, BASES, actor=office.shen)
    assert outcomes(report) == {
        2: ("created", []),
        3: ("rejected", ["所属县（市、区）"]),
        4: ("rejected", ["状态"]),
    }


def test_a_reader_imports_nothing(office, workbook):
    with pytest.raises(NotAllowed):
        load(office, workbook(COMPANY, ["甲", office.code(), "园"]), actor=office.reader)


# --- Trials, strictness, batches ---------------------------------------------------------------


@pytest.fixture
def mixed(office, workbook):
    """Three good rows and a bad one, of which a company exists."""
    base = office.base("园")
    code = office.get("tenant_companies", office.company(base, "甲"))["uscc"]
    return workbook(
        COMPANY,
        ["甲", code, "园"],
        ["乙", office.code(), "园"],
        ["丙", office.code(), "园"],
        ["丁", "1", "园"],
    )


def everything(office):
    return {
        name: list(office.db[name].find({}).sort("_id")) for name in sorted(office.db.list_collection_names())
    }


def test_a_dry_run_reports_the_same_and_writes_nothing(office, mixed):
    before = everything(office)
    trial = load(office, mixed, dry_run=True)
    assert everything(office) == before
    real = load(office, mixed)
    assert (trial.batch, trial.rows) == (None, real.rows)
    assert counted(real) == {"unchanged": 1, "created": 2, "rejected": 1}


def test_a_dry_run_finds_what_only_the_database_refuses(office, workbook):
    office.base("甲园")
    rows = [
        [name, "运营公司", office.code(), "莘县", "已认定", day, "聊工信发〔2023〕90号"]
        for name, day in (("乙园", "2023-12-01"), ("甲园", "2023-12-01"), ("丙园", "2023-12-02"))
    ]
    path = workbook(BASE, *rows)
    expected = {2: ("created", []), 3: ("rejected", ["基地名称"]), 4: ("rejected", ["公布文号"])}
    assert outcomes(load(office, path, BASES, dry_run=True)) == expected
    assert office.db["bases"].count_documents({}) == 1
    assert outcomes(load(office, path, BASES)) == expected


def test_a_strict_import_writes_all_or_nothing(office, mixed, workbook):
    before = everything(office)
    report = load(office, mixed, strict=True)
    assert everything(office) == before
    assert (report.batch, counted(report)) == (None, {"unchanged": 1, "skipped": 2, "rejected": 1})
    good = workbook(COMPANY, ["乙", office.code(), "园"])
    assert counted(load(office, good, strict=True)) == {"created": 1}


def test_a_batch_tells_who_brought_in_what_and_keeps_the_refused_rows(office, mixed):
    report = load(office, mixed, actor=office.shen, file_name="莘县第三季度.xlsx")
    batch = office.db["import_batches"].find_one({"_id": report.batch})
    assert (batch["file_name"], batch["actor_name"], batch["county"]) == (
        "莘县第三季度.xlsx",
        "莘县",
        "371522",
    )
    assert batch["counts"] == report.counts
    assert len(batch["sha256"]) == 64
    assert batch["finished_at"] == office.now
    [refused] = batch["rejected"]
    assert refused["row"] == 5
    assert refused["cells"] == {"name": "丁", "uscc": "1", "base": "园"}
    assert [error["column"] for error in refused["errors"]] == ["统一社会信用代码"]
    acts = Counter(entry["action"] for entry in office.db["audit_entries"].find({"note": report.batch}))
    assert acts == {"created": 2, "imported": 1}


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04cut short"])
def test_a_file_that_is_no_workbook_is_refused_with_one_sentence(office, tmp_path, content):
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as unreadable:
        load(office, path)
    assert len(unreadable.value.refusals) == 1
    assert office.db["import_batches"].count_documents({}) == 0


# --- Others write meanwhile; the power fails ---------------------------------------------------


def test_a_code_registered_meanwhile_refuses_its_own_row_only(office, workbook, monkeypatch):
    base = office.base("园")
    codes = [office.code() for _ in range(9)]
    real = import_chunks._Chunk._stored_already

    def meanwhile(chunk):
        """Let the chunk believe that a code is new, as if the other clerk were faster by a moment."""
        return {key: raws for key, raws in real(chunk).items() if key != (codes[4],)}

    office.company(base, "先来的", uscc=codes[4])
    monkeypatch.setattr(import_chunks._Chunk, "_stored_already", meanwhile)
    report = load(office, workbook(COMPANY, *[[f"企业{code[-3:]}", code, "园"] for code in codes]))
    assert {row: found for row, found in outcomes(report).items() if found[0] != "created"} == {
        6: ("rejected", ["统一社会信用代码"])
    }
    assert office.db["tenant_companies"].count_documents({}) == 9
    assert office.tallies_are_right()


def test_clerks_who_save_during_an_import_lose_nothing(office, workbook, monkeypatch):
    monkeypatch.setattr("services.imports.import_rows.CHUNK", 20)
    base = office.base("园")
    path = workbook(COMPANY, *[[f"企业{number}", office.code(), "园"] for number in range(100)])
    done, saved = threading.Event(), []

    def keep_saving():
        while not done.is_set():
            values = {"name": "手工", "uscc": office.code(), "base": base}
            saved.append(records.create("tenant_companies", values, actor=office.city, now=office.now))

    clerk = threading.Thread(target=keep_saving)
    clerk.start()
    try:
        report = load(office, path)
    finally:
        done.set()
        clerk.join()
    assert counted(report) == {"created": 100}
    assert office.db["tenant_companies"].count_documents({}) == 100 + len(saved)
    assert office.tallies_are_right()
    assert audit_trail.verify() is None


def test_an_import_cut_short_leaves_whole_chunks_and_is_finished_by_the_next(office, workbook, monkeypatch):
    monkeypatch.setattr("services.imports.import_rows.CHUNK", 10)
    office.base("园")
    path = workbook(COMPANY, *[[f"企业{number}", office.code(), "园"] for number in range(35)])
    real, calls = import_chunks.ChunkWriter.write, []

    def failing(writer, rows):
        calls.append(rows)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(writer, rows)

    with monkeypatch.context() as patch:
        patch.setattr(import_chunks.ChunkWriter, "write", failing)
        with pytest.raises(KeyboardInterrupt):
            load(office, path)
    assert office.db["tenant_companies"].count_documents({}) == 20
    assert "finished_at" not in office.db["import_batches"].find_one({})
    assert counted(load(office, path)) == {"unchanged": 20, "created": 15}
    assert office.tallies_are_right()


def test_a_base_deleted_while_its_companies_are_read_refuses_them(office, workbook, monkeypatch):
    base = office.base("园")
    path = workbook(COMPANY, ["甲", office.code(), "园"])
    real = import_chunks.ChunkWriter.write

    def slow(writer, rows):
        office.delete("bases", base)
        return real(writer, rows)

    monkeypatch.setattr(import_chunks.ChunkWriter, "write", slow)
    assert outcomes(load(office, path)) == {2: ("rejected", ["所属基地"])}


def test_a_chunk_too_large_for_one_transaction_is_written_in_parts(office, workbook, monkeypatch):
    office.base("园")
    real = import_chunks.in_one_transaction

    def narrow(work, **options):
        def counting(uow):
            result = work(uow)
            if len(result) > 3:
                raise TooLarge
            return result

        return real(counting, **options)

    monkeypatch.setattr(import_chunks, "in_one_transaction", narrow)
    path = workbook(COMPANY, *[[f"企业{number}", office.code(), "园"] for number in range(10)])
    assert counted(load(office, path)) == {"created": 10}
    assert counted(load(office, path, dry_run=True)) == {"unchanged": 10}
    assert office.db["tenant_companies"].count_documents({}) == 10
