"""The empty workbook for an import: its headings are known again, its lists hold the words we take."""

from pathlib import Path

import openpyxl
import pytest

from office.excel.cells import parse
from office.excel.template_writer import example_of, template_workbook, words_of
from office.excel.workbook_look import NUMBER_WIDTH, scale_of
from office.excel.workbook_reader import read_workbook
from schema.bases import BASES
from schema.collection import Collection
from schema.ledger_entries import LEDGER_ENTRIES
from schema.registry import REGISTRY
from schema.service_partners import SERVICE_PARTNERS
from schema.tenant_companies import TENANT_COMPANIES

SHEETS = (BASES, TENANT_COMPANIES, SERVICE_PARTNERS, LEDGER_ENTRIES)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.slug)
def test_a_template_is_read_back_with_every_column_and_no_row_but_its_examples(
    tmp_path: Path, sheet: Collection
) -> None:
    path = tmp_path / "template.xlsx"
    path.write_bytes(template_workbook(sheet))
    with read_workbook(path, sheet) as found:
        assert (found.sheet, found.header_row, found.ignored) == (sheet.title, 3, ())
        assert tuple(found.columns.values()) == sheet.imported
        assert [(row.number, row.skipped) for row in found.rows] == [(4, "example"), (5, "example")]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.slug)
def test_the_words_offered_are_words_that_are_taken(sheet: Collection) -> None:
    for column in sheet.exported:
        assert all(parse(column, word) is not None for word in words_of(column, ["在驻"]))


def test_choices_have_lists_and_every_column_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    path.write_bytes(template_workbook(TENANT_COMPANIES, status_labels=["在驻", "已迁出"]))
    table, page = openpyxl.load_workbook(path)
    lists = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in table.data_validations.dataValidation}
    assert lists["M4"] == '"在驻,已迁出"'
    assert "农、林、牧、渔业,工业" in lists["E4"]
    explained = [row[0] for row in page.iter_rows(min_row=2, values_only=True)]
    assert explained == [column.heading for column in TENANT_COMPANIES.imported]
    assert all(row[2] for row in page.iter_rows(min_row=2, values_only=True))


@pytest.mark.parametrize("sheet", REGISTRY.importable, ids=lambda sheet: sheet.slug)
def test_a_template_prints_at_a_size_that_can_be_read(tmp_path: Path, sheet: Collection) -> None:
    path = tmp_path / "template.xlsx"
    path.write_bytes(template_workbook(sheet))
    table, page = openpyxl.load_workbook(path)
    widths = [NUMBER_WIDTH, *(column.width for column in sheet.imported)]
    if scale_of(widths):  # over pages side by side, the name on each of them
        assert (table.page_setup.scale, table.page_setup.pageOrder) == (85, "overThenDown")
        assert not table.sheet_properties.pageSetUpPr.fitToPage
    else:
        assert table.page_setup.fitToHeight == 0
    assert (table.print_title_cols, table.print_title_rows) == ("$A:$B", "$3:$3")
    explained = sum(column.width for column in page.column_dimensions.values())
    assert (page.page_setup.paperSize, explained < 135) == (9, True)


@pytest.mark.parametrize("sheet", REGISTRY.importable, ids=lambda sheet: sheet.slug)
def test_an_example_shows_for_every_column_what_would_be_taken(sheet: Collection) -> None:
    for column in sheet.imported:
        for number in (0, 1):
            value = example_of(column, number, ["在驻", "已迁出"])
            assert parse(column, value) is not None, (column.heading, value)
