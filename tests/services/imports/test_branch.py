"""A workbook as a branch: exported, edited on both sides, and brought back; nothing is overwritten unseen."""

import threading
from datetime import timedelta

import pytest
from openpyxl import Workbook

from documents.kinds import RECORDS
from documents.records.office_state import read_office_state
from office.excel.row_marks import Marker
from office.excel.rows import row_maker
from schema.ledger_entries import LEDGER_ENTRIES
from schema.service_partners import SERVICE_PARTNERS
from schema.tenant_companies import TENANT_COMPANIES
from services.imports import chunks as import_chunks
from services.imports.conflicts import Against
from services.imports.import_rows import import_workbook
from services.imports.matching import Question
from services.imports.parsing import Reading
from services.imports.report import Answer, Decision, OnConflict, Outcome, Seen
from services.records.numbers import number_records

COMPANY = ["企业名称", "统一社会信用代码", "所属基地"]


class Sheet:
    """An exported list in a clerk's hands: rows as dicts by heading, their marks, written as a workbook."""

    def __init__(self, office, declaration, actor=None):
        self.declaration, self.columns = declaration, list(declaration.exported)
        state = read_office_state()
        make = row_maker(
            self.columns, county_names=state.county_names, status_labels=state.status_labels(declaration.name)
        )
        marker = Marker(declaration.name, self.columns)
        self.heading = str(marker.heading)
        self.rows = []
        found = RECORDS[declaration.name].objects.visible_to(actor or office.city)
        keys = [*(one.source for one in self.columns), "cooperations", "version"]
        for raw in found.rows(keys, [("_id", 1)]):
            seen = declaration.hooks.in_sight(raw, actor or office.city)
            row = make(seen)
            mark = marker.mark(raw["_id"], raw["version"], [row[one.heading] for one in self.columns])
            self.rows.append({**row, self.heading: mark})

    def saved(self, path, headings=None):
        book = Workbook()
        names = headings or ["序号", *(one.heading for one in self.columns), self.heading]
        book.active.append(names)
        for row in self.rows:
            value = [row.get(name) for name in names]
            book.active.append(value)
        book.save(path)
        return path


@pytest.fixture
def bring(office, tmp_path):
    """Give a function that imports a sheet, or a path."""

    def imported(sheet, declaration=None, actor=None, **options):
        path = sheet.saved(tmp_path / "back.xlsx") if isinstance(sheet, Sheet) else sheet
        declaration = declaration or sheet.declaration
        later = office.now + timedelta(minutes=10)
        return import_workbook(path, declaration, actor=actor or office.city, now=later, **options)

    return imported


def counted(report):
    return {key: number for key, number in report.counts.items() if number}


def everything(office, collection):
    return list(office.db[collection].find({}).sort("_id"))


# --- The five that were reproduced --------------------------------------------------------------


def test_a_colleagues_edit_stays_when_an_older_export_comes_back_with_one_new_figure(office, bring):
    base = office.base("园")
    ids = [office.company(base, f"企业{n}", people=5, legal_representative="张一") for n in range(3)]
    sheet = Sheet(office, TENANT_COMPANIES)
    office.update("tenant_companies", ids[0], people=9, legal_representative="李二")
    sheet.rows[1]["从业人员（人）"] = 7
    report = bring(sheet)
    assert counted(report) == {"updated": 1, "unchanged": 2}
    first, second = (office.get("tenant_companies", one) for one in ids[:2])
    assert (first["people"], first["legal_representative"]) == (9, "李二")
    assert second["people"] == 7


def test_a_cell_that_both_sides_changed_is_a_conflict_with_both_values_and_who(office, bring):
    one = office.company(office.base("园"), "企业", people=5, revenue=1.0)
    sheet = Sheet(office, TENANT_COMPANIES)
    office.update("tenant_companies", one, actor=office.shen, people=9)
    sheet.rows[0] |= {"从业人员（人）": 7, "营业收入（万元）": 2}
    before = office.get("tenant_companies", one)
    report = bring(sheet)
    assert counted(report) == {"conflicts": 1}
    assert office.get("tenant_companies", one) == before
    [row] = report.rows
    assert {(cell.heading, cell.old, cell.new, cell.by) for cell in row.cells} == {
        ("营业收入（万元）", "1", "2", ""),
        ("从业人员（人）", "9", "7", "莘县"),
    }
    # taken one by one: the stored figure of people, the file's revenue
    keep = Decision(Answer.FILE, row.seen, frozenset({"people"}))
    assert counted(bring(sheet, against=Against(decisions={row.row: keep}))) == {"updated": 1}
    after = office.get("tenant_companies", one)
    assert (after["people"], after["revenue"]) == (9, 2)


@pytest.mark.parametrize(("decided", "people"), [(OnConflict.FILE, 7), (OnConflict.STORED, 9)])
def test_all_conflicts_are_decided_one_way(office, bring, decided, people):
    one = office.company(office.base("园"), "企业", people=5, revenue=1.0)
    sheet = Sheet(office, TENANT_COMPANIES)
    office.update("tenant_companies", one, people=9)
    sheet.rows[0] |= {"从业人员（人）": 7, "营业收入（万元）": 2}
    assert counted(bring(sheet, against=Against(on_conflict=decided))) == {"updated": 1}
    after = office.get("tenant_companies", one)
    assert (after["people"], after["revenue"]) == (people, 2)


def test_a_decision_holds_for_what_was_shown_alone(office, bring):
    one = office.company(office.base("园"), "企业", people=5)
    sheet = Sheet(office, TENANT_COMPANIES)
    office.update("tenant_companies", one, people=9)
    sheet.rows[0]["从业人员（人）"] = 7
    [row] = bring(sheet).rows
    office.update("tenant_companies", one, people=11)
    decisions = {row.row: Decision(Answer.FILE, row.seen)}
    assert counted(bring(sheet, against=Against(decisions=decisions))) == {"conflicts": 1}
    assert office.get("tenant_companies", one)["people"] == 11


def test_of_two_imports_of_the_same_codes_at_once_the_second_overwrites_nothing(
    office, workbook, monkeypatch
):
    base = office.base("园")
    codes = [office.code() for _ in range(3)]
    for number, code in enumerate(codes):
        office.company(base, f"企业{number}", uscc=code, people=1)
    paths = [
        workbook(
            [*COMPANY, "从业人员（人）"], *[[f"企业{n}", code, "园", people] for n, code in enumerate(codes)]
        )
        for people in (10, 20)
    ]
    real, begun = import_chunks.ChunkWriter.write, threading.Event()
    reports = {}

    def meeting(writer, rows):
        """Let the second import begin and end while the first one is at work."""
        if not begun.is_set():
            begun.set()
            reports["second"] = import_workbook(
                paths[1], TENANT_COMPANIES, actor=office.shen, now=office.now + timedelta(minutes=11)
            )
        return real(writer, rows)

    monkeypatch.setattr(import_chunks.ChunkWriter, "write", meeting)
    reports["first"] = import_workbook(
        paths[0], TENANT_COMPANIES, actor=office.city, now=office.now + timedelta(minutes=10)
    )
    assert counted(reports["second"]) == {"updated": 3}
    assert counted(reports["first"]) == {"conflicts": 3}
    assert {raw["people"] for raw in everything(office, "tenant_companies")} == {20}
    reason = reports["first"].rows[0].reasons[0]
    assert reason.params["who"] == "莘县"


def test_a_corrected_request_is_a_correction_and_no_second_entry(office, bring):
    base = office.base("园")
    entry = office.entry(base, request="融资", served_on=office.now.date())
    sheet = Sheet(office, LEDGER_ENTRIES)
    sheet.rows[0]["服务诉求"] = "融资对接"
    assert counted(bring(sheet)) == {"updated": 1}
    [stored] = everything(office, "ledger_entries")
    assert (stored["_id"], stored["request"]) == (entry, "融资对接")


def test_a_corrected_code_is_a_correction_and_no_second_company(office, bring):
    one = office.company(office.base("园"), "企业")
    sheet = Sheet(office, TENANT_COMPANIES)
    sheet.rows[0]["统一社会信用代码"] = code = office.code()
    assert counted(bring(sheet)) == {"updated": 1}
    [stored] = everything(office, "tenant_companies")
    assert (stored["_id"], stored["uscc"]) == (one, code)


def test_a_code_of_a_company_of_another_name_and_base_is_asked_never_written(office, workbook, bring):
    code = office.code()
    one = office.company(office.base("莘县园"), "山东山金物流有限公司", uscc=code, people=3)
    other = office.base("冠县园", "371525")
    before = everything(office, "tenant_companies")
    path = workbook([*COMPANY, "从业人员（人）"], ["驿昌新能源有限公司", code, "冠县园", 8])
    report = bring(path, TENANT_COMPANIES)
    assert counted(report) == {"conflicts": 1}
    assert everything(office, "tenant_companies") == before
    [row] = report.rows
    assert row.question is Question.OTHER_NAME
    assert row.reasons[0].field == "uscc"
    assert "山东山金物流有限公司" in str(row.reasons[0])
    same = {row.row: Decision(Answer.FILE, Seen(one, 1))}
    assert counted(bring(path, TENANT_COMPANIES, against=Against(decisions=same))) == {"updated": 1}
    assert office.get("tenant_companies", one)["base"] == other


# --- What happens to rows on the way ------------------------------------------------------------


def test_rows_that_were_sorted_copied_inserted_and_taken_out_are_told_apart(office, bring):
    base = office.base("园")
    ids = [office.company(base, f"企业{n}", people=5) for n in range(3)]
    sheet = Sheet(office, TENANT_COMPANIES)
    copied = {**sheet.rows[0], "企业名称": "新来的", "统一社会信用代码": office.code(), "从业人员（人）": 8}
    twice = dict(sheet.rows[2])
    sheet.rows = [copied, twice, sheet.rows[2], sheet.rows[0]]  # the second one is taken out
    report = bring(sheet)
    assert [row.outcome for row in report.rows] == [
        Outcome.CREATED, Outcome.UNCHANGED, Outcome.REJECTED, Outcome.UNCHANGED,
    ]  # fmt: skip
    assert office.db["tenant_companies"].count_documents({}) == 4
    assert office.get("tenant_companies", ids[1])["people"] == 5, "a row that is missing deletes nothing"


def test_a_row_whose_mark_is_lost_is_matched_by_its_code(office, bring):
    one = office.company(office.base("园"), "企业", people=5)
    sheet = Sheet(office, TENANT_COMPANIES)
    sheet.rows[0] |= {"从业人员（人）": 7, sheet.heading: "弄坏了"}
    assert counted(bring(sheet)) == {"updated": 1}
    assert office.get("tenant_companies", one)["people"] == 7


def test_an_untouched_row_of_a_deleted_record_does_not_bring_it_back(office, bring):
    base = office.base("园")
    ids = [office.company(base, f"企业{n}", people=5) for n in range(2)]
    sheet = Sheet(office, TENANT_COMPANIES)
    for one in ids:
        office.delete("tenant_companies", one)
    sheet.rows[1]["从业人员（人）"] = 7
    assert counted(bring(sheet)) == {"skipped": 1, "conflicts": 1}
    assert everything(office, "tenant_companies") == []


def test_a_mark_of_another_county_is_not_trusted(office, bring):
    one = office.company(office.base("冠县园", "371525"), "企业", people=5)
    sheet = Sheet(office, TENANT_COMPANIES)
    sheet.rows[0]["从业人员（人）"] = 7
    before = office.get("tenant_companies", one)
    report = bring(sheet, actor=office.shen)
    assert counted(report) == {"rejected": 1}
    assert office.get("tenant_companies", one) == before
    assert all(
        "企业" not in str(reason.params) for row in report.rows for reason in row.reasons if reason.field
    )


def test_a_marked_row_that_says_another_company_is_asked(office, bring):
    office.company(office.base("园"), "山金物流有限公司")
    sheet = Sheet(office, TENANT_COMPANIES)
    sheet.rows[0] |= {"企业名称": "驿昌新能源有限公司", "统一社会信用代码": office.code()}
    [row] = bring(sheet).rows
    assert (row.outcome, row.question) == (Outcome.CONFLICT, Question.REPLACED)
    new = {row.row: Decision(Answer.NEW, row.seen)}
    assert counted(bring(sheet, against=Against(decisions=new))) == {"created": 1}


@pytest.mark.parametrize("name", ["企业甲有限公司", "聊城企业甲有限责任公司"])
def test_a_name_of_the_base_under_another_code_is_asked(office, workbook, bring, name):
    office.company(office.base("园"), "企业甲有限公司")
    code = office.code()
    path = workbook(COMPANY, [name, code, "园"])
    [row] = bring(path, TENANT_COMPANIES).rows
    assert row.outcome is Outcome.CONFLICT
    assert row.question in (Question.OTHER_CODE, Question.ALIKE)
    new = {row.row: Decision(Answer.NEW, row.seen)}
    assert counted(bring(path, TENANT_COMPANIES, against=Against(decisions=new))) == {"created": 1}


def test_a_word_clears_a_cell_and_a_tick_lets_blank_ones_clear(office, workbook, bring):
    base, code = office.base("园"), office.code()
    one = office.company(base, "企业", uscc=code, people=5, phone="0635-8000001", moved_in=office.now.date())
    heading = [*COMPANY, "从业人员（人）", "联系电话", "入驻日期"]
    path = workbook(heading, ["企业", code, "园", "清空", None, None])
    assert counted(bring(path, TENANT_COMPANIES)) == {"updated": 1}
    stored = office.get("tenant_companies", one)
    assert "people" not in stored
    assert stored["phone"] == "0635-8000001"
    assert counted(bring(path, TENANT_COMPANIES, reading=Reading(clear_blanks=True))) == {"updated": 1}
    assert not {"phone", "moved_in"} & office.get("tenant_companies", one).keys()
    path = workbook(heading, ["清空", code, "园", None, None, None])
    assert counted(bring(path, TENANT_COMPANIES)) == {"rejected": 1}


def test_blank_cells_clear_of_an_export_only_what_was_there(office, bring):
    one = office.company(office.base("园"), "企业", people=5)
    sheet = Sheet(office, TENANT_COMPANIES)
    office.update("tenant_companies", one, phone="0635-8000001")
    sheet.rows[0]["从业人员（人）"] = None
    assert counted(bring(sheet)) == {"unchanged": 1}
    assert counted(bring(sheet, reading=Reading(clear_blanks=True))) == {"updated": 1}
    stored = office.get("tenant_companies", one)
    assert ("people" in stored, stored["phone"]) == (False, "0635-8000001")


def test_the_days_of_a_partners_cooperations_merge_with_them(office, bring):
    base, other = office.base("甲园"), office.base("乙园")
    partner = office.partner(base, name="某机构")
    sheet = Sheet(office, SERVICE_PARTNERS)
    office.update("service_partners", partner, cooperations=[{"base": base}, {"base": other}])
    sheet.rows[0]["备注"] = "好"
    assert counted(bring(sheet)) == {"updated": 1}
    assert len(office.get("service_partners", partner)["cooperations"]) == 2
    sheet.rows[0]["合作开始"] = office.now.date()
    assert counted(bring(sheet)) == {"conflicts": 1}


# --- Numbers of ledger entries ------------------------------------------------------------------


def test_an_entry_has_a_number_of_its_own_by_which_a_row_without_mark_is_known(office, workbook, bring):
    base = office.base("园")
    first, second = (office.entry(base, request="融资", served_on=office.now.date()) for _ in range(2))
    numbers = [office.get("ledger_entries", one)["number"] for one in (first, second)]
    assert numbers == ["TZ2026-000001", "TZ2026-000002"]
    heading = ["台账编号", "所属基地", "服务功能", "服务日期", "服务诉求"]
    day = office.now.date()
    path = workbook(
        heading,
        [numbers[1], "园", "人员培训", day, "融资对接"],
        ["第99号", "园", "人员培训", day, "融资"],
        [None, "园", "人员培训", day, "培训"],
    )
    report = bring(path, LEDGER_ENTRIES)
    assert [row.outcome for row in report.rows] == [Outcome.UPDATED, Outcome.REJECTED, Outcome.CREATED]
    assert report.rows[1].reasons[0].field == "number"
    assert office.get("ledger_entries", second)["request"] == "融资对接"
    assert office.get("ledger_entries", second)["number"] == numbers[1]
    assert sorted(raw["number"] for raw in everything(office, "ledger_entries")) == [
        *numbers, "TZ2026-000003",
    ]  # fmt: skip


def test_a_number_that_was_given_elsewhere_stays_and_is_given_to_nobody_else(office, workbook, bring):
    base = office.base("园")
    path = workbook(["台账编号", "所属基地", "服务功能"], ["TZ2026-000099", "园", "人员培训"])
    assert counted(bring(path, LEDGER_ENTRIES)) == {"created": 1}
    assert counted(bring(path, LEDGER_ENTRIES)) == {"unchanged": 1}
    office.entry(base)
    assert [raw["number"] for raw in everything(office, "ledger_entries")] == [
        "TZ2026-000099",
        "TZ2026-000100",
    ]


def test_a_row_that_was_copied_and_changed_is_a_new_entry(office, bring):
    office.entry(office.base("园"), request="融资", served_on=office.now.date())
    sheet = Sheet(office, LEDGER_ENTRIES)
    sheet.rows.append({**sheet.rows[0], "服务诉求": "培训"})
    assert counted(bring(sheet)) == {"unchanged": 1, "created": 1}
    assert len({raw["number"] for raw in everything(office, "ledger_entries")}) == 2


def test_entries_from_before_are_numbered_in_their_order_and_a_second_time_changes_nothing(
    office, monkeypatch
):
    monkeypatch.setattr("services.records.numbers._AT_ONCE", 2)
    base = office.base("园")
    ids = [office.entry(base, request=f"诉求{n}") for n in range(5)]
    office.db["record_numbers"].delete_many({})
    office.db["ledger_entries"].update_many({"_id": {"$in": ids}}, {"$unset": {"number": ""}})
    for _ in range(2):
        number_records("ledger_entries", office.now, lambda done, total: None)
        assert [office.get("ledger_entries", one)["number"] for one in ids] == [
            f"TZ2026-{n:06d}" for n in range(1, 6)
        ]


# --- Files of other programs, and columns that are not there ------------------------------------


def test_only_new_records_need_the_required_columns(office, workbook, bring):
    code = office.code()
    one = office.company(office.base("园"), "企业", uscc=code, people=5)
    path = workbook(["纳税人识别号", "从业人员（人）"], [code, 9], [office.code(), 3])
    report = bring(path, TENANT_COMPANIES)
    assert [row.outcome for row in report.rows] == [Outcome.UPDATED, Outcome.REJECTED]
    assert {reason.field for reason in report.rows[1].reasons} == {"name", "base"}
    assert office.get("tenant_companies", one)["people"] == 9


@pytest.mark.parametrize("suffix", [".et", ".xlsm"])
def test_a_file_of_wps_is_what_it_is_inside(office, workbook, bring, suffix):
    office.base("园")
    path = workbook(["企业全称", "纳税人识别号", "入驻园区"], ["企业", office.code(), "园"])
    assert counted(bring(path.rename(path.with_suffix(suffix)), TENANT_COMPANIES)) == {"created": 1}
