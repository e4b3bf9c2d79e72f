"""The office's own workbooks, where they are at hand: every cell of the clean ones is read, every row of the messy
one becomes what its expectations say, as far as a cell alone can tell."""

import json
from pathlib import Path

import pytest

from office.excel.cells import parse, show
from office.excel.workbook_reader import read_workbook
from rules.errors import Refused
from schema.bases import BASES
from schema.collection import Collection
from schema.ledger_entries import LEDGER_ENTRIES
from schema.service_partners import SERVICE_PARTNERS
from schema.tenant_companies import TENANT_COMPANIES

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
MESSY = DATA / "messy-tenant-companies.xlsx"

CLEAN = [
    ("bases.xlsx", BASES, 3, 36),
    ("tenant-companies.xlsx", TENANT_COMPANIES, 3, 1400),
    ("tenant-companies-2003.xls", TENANT_COMPANIES, 1, 40),  # no title rows, the old format
    ("service-partners.xlsx", SERVICE_PARTNERS, 3, 72),
    ("ledger-entries.xlsx", LEDGER_ENTRIES, 3, 4200),
]


@pytest.mark.skipif(not MESSY.exists(), reason="the office's workbooks are not on this machine")
@pytest.mark.parametrize(("name", "sheet", "header_row", "count"), CLEAN, ids=lambda value: str(value)[:20])
def test_every_cell_of_a_clean_workbook_is_read(
    name: str, sheet: Collection, header_row: int, count: int
) -> None:
    with read_workbook(DATA / name, sheet) as found:
        rows = list(found.rows)
        assert (found.header_row, found.ignored, len(rows)) == (header_row, (), count)
        assert [row.number for row in rows] == list(range(header_row + 1, header_row + count + 1))
        for row in rows:
            values = {column.key: parse(column, row.cells[column.key]) for column in found.columns.values()}
            assert all(values[column.key] is not None for column in sheet.imported if column.required)


@pytest.mark.skipif(not MESSY.exists(), reason="the office's workbooks are not on this machine")
def test_every_row_of_the_messy_workbook_becomes_what_is_expected_of_it() -> None:
    expected = {row["row"]: row for row in json.loads(MESSY.with_suffix(".expected.json").read_text("utf-8"))}
    with read_workbook(MESSY, TENANT_COMPANIES) as found:
        rows = {row.number: row for row in found.rows}
        columns = list(found.columns.values())
    assert rows.keys() == expected.keys()
    # What only the other records can tell: duplicates, unknown bases, days in the wrong order, a missing value.
    beyond = {"dup_in_file", "no_such_base", "out_before_in", "missing_name"}
    for number, wanted in expected.items():
        row, refused, values = rows[number], [], {}
        assert bool(row.skipped) == (wanted["outcome"] == "skip"), number
        for column in columns if not row.skipped else ():
            try:
                values[column.heading] = parse(column, row.cells[column.key])
            except Refused:
                refused.append(column.heading)
        assert refused == ((wanted["columns"] or []) if wanted["kind"] not in beyond else []), number
        for column in columns if wanted["values"] else ():
            if column.heading in wanted["values"]:
                value = values[column.heading]
                told = show(column, value) if column.choices else value
                assert str(told) == str(wanted["values"][column.heading]), (number, column.heading)
