"""Exporting lists: what is in scope, in order, with typed cells - and back in again."""

import threading
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from documents.kinds import RECORDS
from documents.records.base import Base
from documents.records.ledger_entry import LedgerEntry
from documents.records.office_state import read_office_state
from documents.records.service_partner import ServicePartner
from documents.records.tenant_company import TenantCompany
from office.excel.row_marks import MARK_HEADING
from rules.access import Actor, Role
from rules.errors import NotAllowed
from schema.bases import BASES
from schema.ledger_entries import LEDGER_ENTRIES
from schema.service_partners import SERVICE_PARTNERS
from schema.tenant_companies import TENANT_COMPANIES
from services.demo import records as demo_records
from services.demo.demo import load_demo
from services.imports import export_rows
from services.imports.export_rows import ListExport, ListFacts, export_workbook
from services.imports.import_rows import import_workbook


@pytest.fixture
def export(office, tmp_path):
    """Give a function that exports and returns the rows by heading, and one that returns the bare cells."""

    def run(sheet, query_set, actor=None, **options):
        path = tmp_path / "export.xlsx"
        count = export_workbook(
            path, sheet, query_set, actor=actor or office.city, state=read_office_state(), **options
        )
        lines = list(load_workbook(path).active.iter_rows(values_only=True))
        heading = next(number for number, line in enumerate(lines) if line[0] == "序号")
        assert lines[heading][-1].startswith(MARK_HEADING)
        rows = [dict(zip(lines[heading][:-1], line[:-1], strict=True)) for line in lines[heading + 1 :]]
        assert len(rows) == count
        return rows

    return run


def test_cells_are_typed_and_codes_stay_text(office, export):
    code = office.code()
    office.company(
        office.base("莘县创业园"), "=1+1有限公司", uscc=code, people=12, revenue=1234.5, industry="software",
        moved_in=date(2024, 2, 29), phone="018806350001",
    )  # fmt: skip
    [row] = export(TENANT_COMPANIES, TenantCompany.objects)
    assert row["企业名称"] == "=1+1有限公司"
    assert (row["统一社会信用代码"], row["联系电话"]) == (code, "018806350001")
    assert (row["从业人员（人）"], row["营业收入（万元）"]) == (12, 1234.5)
    assert row["入驻日期"] in (datetime(2024, 2, 29), date(2024, 2, 29))
    assert (row["所属基地"], row["所属县（市、区）"], row["状态"]) == ("莘县创业园", "莘县", "在驻")
    assert (row["所属行业"], row["企业规模"], row["迁出日期"]) == ("软件和信息技术服务业", "小型", None)


def test_what_the_query_set_holds_is_written_in_the_order_asked_for(office, export):
    base = office.base()
    for name, people in (("乙厂", 3), ("甲厂", 1), ("丙厂", 2), ("丁店", 9)):
        office.company(base, name, people=people)
    rows = export(TENANT_COMPANIES, TenantCompany.objects.matching("厂"), order=[("people", -1), ("_id", -1)])
    assert [row["企业名称"] for row in rows] == ["乙厂", "丙厂", "甲厂"]
    assert [row["序号"] for row in rows] == [1, 2, 3]


def test_an_empty_list_still_has_its_heading(office, export):
    assert export(LEDGER_ENTRIES, LedgerEntry.objects) == []


def test_chosen_columns_alone_are_written(office, export):
    base = office.base("莘县创业园")
    office.partner(base, name="山东事务所", cooperations=[{"base": base, "first_day": date(2024, 1, 1)}])
    columns = [SERVICE_PARTNERS.field(key) for key in ("name", "cooperation_first_day")]
    [row] = export(SERVICE_PARTNERS, ServicePartner.objects, columns=columns)
    assert list(row) == ["序号", "机构名称", "合作开始"]
    assert f"{row['合作开始']:%F}" == "2024-01-01"


def test_a_county_clerk_exports_its_county_even_from_a_query_set_of_the_whole_city(office, export):
    for county in ("371522", "371525"):
        base = office.base(county=county)
        office.company(base), office.entry(base)
    for sheet, document in ((BASES, Base), (TENANT_COMPANIES, TenantCompany), (LEDGER_ENTRIES, LedgerEntry)):
        assert {row["所属县（市、区）"] for row in export(sheet, document.objects, actor=office.shen)} == {
            "莘县"
        }
        assert len(export(sheet, document.objects)) == 2


def test_what_a_partner_does_elsewhere_is_left_out_for_a_county_clerk(office, export):
    ours, theirs = office.base("莘县甲园"), office.base("冠县乙园", "371525")
    cooperations = [
        {"base": ours, "first_day": date(2024, 1, 1)},
        {"base": theirs, "first_day": date(2025, 1, 1)},
    ]
    office.partner(ours, theirs, cooperations=cooperations)
    [row] = export(SERVICE_PARTNERS, ServicePartner.objects, actor=office.shen)
    assert (row["合作基地"], f"{row['合作开始']:%F}") == ("莘县甲园", "2024-01-01")
    [row] = export(SERVICE_PARTNERS, ServicePartner.objects)
    assert row["合作基地"] == "莘县甲园（2024-01-01起）、冠县乙园（2025-01-01起）"


def test_a_stream_of_several_batches_that_is_left_early_ends_its_reading(office, monkeypatch):
    monkeypatch.setattr(export_rows, "_BATCH", 2)
    base = office.base("莘县创业园")
    for number in range(7):
        office.company(base, f"第{number}有限公司")
    facts = ListFacts(read_office_state(), office.city)
    whole = ListExport(TENANT_COMPANIES, TenantCompany.objects, facts)
    assert b"".join(whole.stream()).startswith(b"PK")
    assert whole.marker.count == 7
    left = ListExport(TENANT_COMPANIES, TenantCompany.objects, facts).stream()
    next(left)
    left.close()
    assert not [one.name for one in threading.enumerate() if one.name.startswith("export")]


def test_who_may_not_export_gets_nothing(office, export, monkeypatch):
    monkeypatch.setattr("rules.access.PERMISSIONS", {Role.READER: frozenset()})
    with pytest.raises(NotAllowed):
        export(BASES, Base.objects, actor=Actor("x", "x", Role.READER))


def test_an_exported_office_comes_back_unchanged_and_into_an_empty_one_equal(office, tmp_path, monkeypatch):
    monkeypatch.setattr(demo_records, "COMPANIES", 300)
    monkeypatch.setattr(demo_records, "ENTRIES", 700)
    load_demo(now=office.now)
    sheets = (BASES, TENANT_COMPANIES, SERVICE_PARTNERS, LEDGER_ENTRIES)
    for sheet in sheets:
        path = tmp_path / f"{sheet.slug}.xlsx"
        query_set = RECORDS[sheet.name].objects
        count = export_workbook(path, sheet, query_set, actor=office.city, state=read_office_state())
        report = import_workbook(path, sheet, actor=office.city, now=office.now)
        assert {key: number for key, number in report.counts.items() if number} == {"unchanged": count}, (
            sheet.slug
        )
    before = {sheet.slug: contents(office, sheet) for sheet in sheets}
    for name in (*(sheet.name for sheet in sheets), "papers"):
        office.db[name].delete_many({})
    # The counters of what stays - reports, filings, cases - stay with it.
    office.db["tallies"].delete_many({"_id": {"$in": [sheet.name for sheet in sheets]}})
    office.db["kept_figures"].delete_many({"base": {"$ne": None}})
    for sheet in sheets:
        import_workbook(tmp_path / f"{sheet.slug}.xlsx", sheet, actor=office.city, now=office.now)
        assert contents(office, sheet) == before[sheet.slug], sheet.slug
    assert office.tallies_are_right()


def contents(office, sheet):
    """Return what the workbook can carry of every record, in order of the file."""
    keys = [column.source for column in sheet.imported]
    rows = []
    for raw in office.db[sheet.name].find({}):
        row = {key: raw.get(key) for key in keys}
        for key, inner in (
            ("companies", ("name",)),
            ("cooperations", ("base_name", "first_day", "last_day")),
        ):
            if row.get(key):
                row[key] = sorted(str([one.get(name) for name in inner]) for one in row[key])
        rows.append(str(row))
    return sorted(rows)
