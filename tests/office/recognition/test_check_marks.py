"""The marks of a checked workbook: read as they were written, and nothing else is taken for one."""

import datetime as dt

import pytest

from office.recognition.check_marks import (
    CheckMark,
    check_heading,
    checked_collection,
    read_check,
    row_digest,
)
from office.recognition.recognition import SheetChoice, heading_digest
from schema.tenant_companies import TENANT_COMPANIES

FIELDS = [TENANT_COMPANIES.field(key) for key in ("name", "people", "moved_in")]
CELLS = {"name": "好企业", "people": 12.0, "moved_in": dt.date(2024, 5, 1)}


def test_a_mark_is_read_as_it_was_written() -> None:
    mark = CheckMark("5f" * 12, "n", 7, row_digest(FIELDS, CELLS))
    assert read_check(str(mark)) == mark
    assert checked_collection(check_heading("tenant_companies")) == "tenant_companies"


@pytest.mark.parametrize(
    "text", ["", None, 7, "x", f"{'5f' * 12}.n.7.short", f"{'5F' * 12}.n.7.{'A' * 16}", "a" * 70_000]
)
def test_what_is_no_mark_is_taken_for_none(text: object) -> None:
    assert read_check(text) is None
    assert checked_collection(text) == ""


@pytest.mark.parametrize(
    "cells",
    [
        {**CELLS, "people": "12"}, {**CELLS, "people": 12}, {**CELLS, "moved_in": dt.datetime(2024, 5, 1)},
        {**CELLS, "moved_in": "2024年5月1日"}, {**CELLS, "phone": "not among the columns"},
    ],
)  # fmt: skip
def test_cells_that_say_the_same_have_one_digest_however_a_program_saved_them(
    cells: dict[str, object],
) -> None:
    assert row_digest(FIELDS, cells) == row_digest(FIELDS, CELLS)


@pytest.mark.parametrize(
    "cells", [{**CELLS, "people": 13}, {**CELLS, "people": ""}, {**CELLS, "name": "好企业2"}, {}]
)
def test_a_changed_cell_changes_the_digest(cells: dict[str, object]) -> None:
    assert row_digest(FIELDS, cells) != row_digest(FIELDS, CELLS)


def test_another_match_of_the_columns_changes_the_digest() -> None:
    assert row_digest(FIELDS[:2], CELLS) != row_digest(FIELDS, CELLS)


def test_a_heading_is_the_same_in_full_width_and_with_spaces_and_another_in_another_column() -> None:
    assert heading_digest({0: "企业 名称（全称）", 2: "人数"}) == heading_digest(
        {0: "企业名称(全称)", 2: "人数 "}
    )
    assert heading_digest({0: "企业名称"}) != heading_digest({1: "企业名称"})


@pytest.mark.parametrize(
    "choice", [SheetChoice(), SheetChoice("一季度", 3, {0: "name", 7: ""}, False), SheetChoice(columns={})]
)
def test_a_choice_is_kept_as_it_was_made(choice: SheetChoice) -> None:
    assert SheetChoice.from_stored(choice.as_stored()) == choice
