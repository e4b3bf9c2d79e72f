"""A row without a mark merges by the trail: what a colleague changed since its sender saw it stays, or is asked."""

from datetime import timedelta

import pytest
from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty

from documents.desk.audit_entry import AuditEntry
from office.excel.row_marks import PROPERTY
from rules.access import SYSTEM
from schema.tenant_companies import TENANT_COMPANIES
from services.imports.conflicts import Against
from services.imports.import_rows import import_workbook
from services.imports.report import Answer, Decision, OnConflict
from services.records import records

HEADINGS = ["企业名称", "统一社会信用代码", "所属基地", "从业人员（人）", "法定代表人"]


@pytest.fixture
def park(office):
    return office.base("园")


@pytest.fixture
def bring(office, tmp_path):
    """Give a function that imports rows a minute later; `exported` is what the workbook says of its export."""

    def imported(*rows, actor=None, exported="", headings=HEADINGS, **options):
        book = Workbook()
        for row in (headings, *rows):
            book.active.append(row)
        if exported:
            book.custom_doc_props.append(StringProperty(name=PROPERTY, value=exported))
        path = tmp_path / "sent.xlsx"
        book.save(path)
        office.now += timedelta(minutes=1)
        return import_workbook(path, TENANT_COMPANIES, actor=actor or office.city, now=office.now, **options)

    return imported


def counted(report):
    return {key: number for key, number in report.counts.items() if number}


def row_of(office, one, people, person="张一"):
    return [one["name"], one["uscc"], "园", people, person]


def edited(office, one, **values):
    office.now += timedelta(minutes=1)
    version = office.get("tenant_companies", one["_id"])["version"]
    records.update("tenant_companies", one["_id"], values, version=version, actor=office.shen, now=office.now)


@pytest.fixture
def company(office, park, bring):
    """Give a company that the city clerk's own workbook brought: five people, 张一."""
    bring(["企业", office.code(), "园", 5, "张一"])
    return office.db["tenant_companies"].find_one({"name": "企业"})


def test_the_same_workbook_sent_again_leaves_what_a_colleague_changed_since(office, company, bring):
    edited(office, company, people=9)
    before = office.get("tenant_companies", company["_id"])
    assert counted(bring(row_of(office, company, 5))) == {"unchanged": 1}
    assert office.get("tenant_companies", company["_id"]) == before
    # and a new figure beside it is written alone
    assert counted(bring(row_of(office, company, 5, "李二"))) == {"updated": 1}
    after = office.get("tenant_companies", company["_id"])
    assert (after["people"], after["legal_representative"]) == (9, "李二")


def test_a_cell_that_both_changed_is_a_question_with_who_and_is_answered(office, company, bring):
    edited(office, company, people=9)
    before = office.get("tenant_companies", company["_id"])
    report = bring(row_of(office, company, 7, "李二"))
    assert counted(report) == {"conflicts": 1}
    assert office.get("tenant_companies", company["_id"]) == before
    [row] = report.rows
    assert [(reason.field, reason.params["who"]) for reason in row.reasons] == [("people", "莘县")]
    assert "you last imported" in row.reasons[0].message
    assert {(cell.key, cell.old, cell.new, cell.by) for cell in row.cells} == {
        ("people", "9", "7", "莘县"), ("legal_representative", "张一", "李二", ""),
    }  # fmt: skip
    keep = Decision(Answer.FILE, row.seen, frozenset({"people"}))
    bring(row_of(office, company, 7, "李二"), against=Against(decisions={row.row: keep}))
    after = office.get("tenant_companies", company["_id"])
    assert (after["people"], after["legal_representative"]) == (9, "李二")


@pytest.mark.parametrize(("decided", "people"), [(OnConflict.FILE, 7), (OnConflict.STORED, 9)])
def test_all_are_decided_one_way(office, company, bring, decided, people):
    edited(office, company, people=9)
    bring(row_of(office, company, 7, "李二"), against=Against(on_conflict=decided))
    after = office.get("tenant_companies", company["_id"])
    assert (after["people"], after["legal_representative"]) == (people, "李二")


def test_what_the_sender_changed_by_hand_is_no_colleague_s(office, company, bring):
    office.now += timedelta(minutes=1)
    office.update("tenant_companies", company["_id"], actor=office.city, people=9)
    assert counted(bring(row_of(office, company, 7))) == {"updated": 1}
    assert office.get("tenant_companies", company["_id"])["people"] == 7


def test_who_never_imported_the_record_writes_as_ever_and_so_does_the_command_line(office, company, bring):
    for actor, people in ((office.shen, 7), (SYSTEM, 8)):
        edited(office, company, people=9)
        assert counted(bring(row_of(office, company, people), actor=actor)) == {"updated": 1}
        assert office.get("tenant_companies", company["_id"])["people"] == people


def test_an_inserted_row_of_an_exported_workbook_asks_about_what_changed_since_the_export(
    office, park, bring
):
    one = office.get("tenant_companies", office.company(park, "企业", people=5, legal_representative="张一"))
    office.now += timedelta(minutes=5)
    moment = (office.now + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")
    said = f"tenant_companies {moment} 市局 1 {'0' * 64}"
    edited(office, one, people=9)
    assert counted(bring(row_of(office, one, 5), actor=SYSTEM, exported=said)) == {"unchanged": 1}
    report = bring(row_of(office, one, 7), actor=SYSTEM, exported=said)
    assert counted(report) == {"conflicts": 1}
    assert "the workbook was exported" in report.rows[0].reasons[0].message
    assert office.get("tenant_companies", one["_id"])["people"] == 9
    # of another kind, or of no day, a workbook says nothing
    for other in (said.replace("tenant_companies", "bases"), "tenant_companies 2026-99-99 10:00 市局"):
        edited(office, one, people=9)
        bring(row_of(office, one, 7), actor=SYSTEM, exported=other)
        assert office.get("tenant_companies", one["_id"])["people"] == 7


def test_a_moved_company_is_compared_by_its_base_not_by_the_name_of_it(office, company, bring):
    other = office.base("新园")
    edited(office, company, base=other)
    assert counted(bring(row_of(office, company, 5))) == {"unchanged": 1}
    assert office.get("tenant_companies", company["_id"])["base"] == other


def test_many_rows_are_looked_up_in_one_command(office, park, bring, monkeypatch):
    rows = [[f"企业{number}", office.code(), "园", 5, "张一"] for number in range(5)]
    bring(*rows)
    for raw in office.db["tenant_companies"].find({}):
        edited(office, raw, people=9)
    asked, real = [], AuditEntry.writes_of.__func__

    def writes_of(cls, collection, ids, *more, **options):
        asked.append(len(ids))
        return real(cls, collection, ids, *more, **options)

    monkeypatch.setattr(AuditEntry, "writes_of", classmethod(writes_of))
    assert counted(bring(*([*row[:3], 7, "张一"] for row in rows))) == {"conflicts": 5}
    assert asked == [5]
