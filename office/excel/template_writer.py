"""The empty workbook that an office fills in: the same headings, lists to choose from, a sheet of help."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from office.excel.cell_numbers import unit_of
from office.excel.plain_writer import finish_sheet, start_sheet
from office.excel.workbook_look import HEADING_FILL, HEADING_INK, HEADING_ROW, NUMBER_FORMATS, look_of
from rules.counties import office_counties
from schema.collection import Tabular
from schema.field import CodeOf, Field, Kind

_ROWS = 2_000  # that have formats and lists to choose from
_LONGEST_LIST = 255  # what Excel takes for the words of one list, the commas included
_HELP_HEADINGS = (("列名", 22), ("是否必填", 10), ("填写要求", 70), ("可选内容", 70))

# In Chinese, since a workbook is read by itself and not on our screens.
_HELP: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.TEXT: "文字，最多 {most} 个字。",
        Kind.LONG_TEXT: "文字，可以换行，最多 {most} 个字。",
        Kind.CODE: "按文本填写，不要让表格软件把它变成数字，最多 {most} 个字。",
        Kind.INTEGER: "不小于 0 的整数{unit}。",
        Kind.DECIMAL: "不小于 0 的数{unit}，最多保留 4 位小数。",
        Kind.DATE: "日期，如 2026-11-23，也可写 2026年11月23日、2026.11.23；只知道月份的写 2026年11月，按当月 1 日计。",
        Kind.MOMENT: "日期和时间，如 2026-11-23 09:30。",
        Kind.YES_NO: "填“有”或“无”。",
        Kind.CHOICE: "从可选内容中选一项。",
        Kind.CHOICES: "从可选内容中选一项或几项，用顿号“、”隔开。",
        Kind.COUNTY: "填县（市、区）全称。",
        Kind.STATUS: "填系统中已有的状态名称。",
        Kind.REFERENCE: "填系统中已有的名称，须与系统中一致。",
        Kind.NAMES: "名称，多个用顿号“、”隔开。",
        Kind.TEXTS: "文字，多个用顿号“、”隔开。",
        Kind.COOPERATIONS: (
            "基地名称，多个用顿号“、”隔开；起止日期各不相同的，在各基地名称后注明，"
            "如：某某创业园（2024-01-01至2025-12-31）。"
        ),
    }
)
_HELP_BY_CODE: Mapping[CodeOf | None, str] = MappingProxyType(
    {
        CodeOf.USCC: "18 位统一社会信用代码，按文本填写。",
        CodeOf.PHONE: "手机或带区号的固定电话，多个用顿号“、”隔开。",
        CodeOf.DOCUMENT_NUMBER: "发文字号，如 聊工信发〔2021〕133号。",
    }
)


def write_template(
    target: str | os.PathLike[str], sheet: Tabular, *, status_labels: Sequence[str] = ()
) -> None:
    """Write the empty workbook for an import of `sheet`; `status_labels` are the words its status column may hold.

    Required headings are red. The second sheet says for each column what to fill in, in Chinese.
    """
    target = Path(target)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    look = look_of(sheet, sheet.imported, f"{sheet.title}导入模板", "")
    try:
        with xlsxwriter.Workbook(str(part)) as book:
            table = start_sheet(book, look, 1)
            _prepare(book, table, look.columns, status_labels)
            finish_sheet(table, look, 1)
            _explain(book, look.columns, status_labels)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _prepare(
    book: Workbook, table: Worksheet, columns: Sequence[Field], status_labels: Sequence[str]
) -> None:
    """Give each column its format and, where its words are few, the list to choose from."""
    needed = book.add_format(
        {"bold": True, "font_color": "#B3261E", "bg_color": HEADING_FILL, "text_wrap": True, "align": "center",
         "valign": "vcenter", "bottom": 1, "bottom_color": HEADING_INK}
    )  # fmt: skip
    for place, column in enumerate(columns, 1):
        number_format = NUMBER_FORMATS.get(column.kind)
        table.set_column(
            place,
            place,
            column.width,
            book.add_format({"num_format": number_format}) if number_format else None,
        )
        if column.required:
            table.write_string(HEADING_ROW, place, column.heading, needed)
        words = [] if column.kind is Kind.CHOICES else words_of(column, status_labels)
        if words and len(",".join(words)) <= _LONGEST_LIST and not any("," in word for word in words):
            table.data_validation(
                HEADING_ROW + 1, place, HEADING_ROW + _ROWS, place,
                {"validate": "list", "source": words, "error_title": "请从列表中选择",
                 "error_message": "请从下拉列表中选择一项。"},
            )  # fmt: skip


def words_of(column: Field, status_labels: Sequence[str] = ()) -> list[str]:
    """Return the words that a cell of the column may hold, [] when they are not a closed list."""
    if column.choices is not None:
        return [term.zh for term in column.choices]
    if column.kind is Kind.COUNTY:
        return [county.name for county in office_counties()]
    if column.kind is Kind.YES_NO:
        return ["有", "无"]
    return list(status_labels) if column.kind is Kind.STATUS else []


def _explain(book: Workbook, columns: Sequence[Field], status_labels: Sequence[str]) -> None:
    page = book.add_worksheet("填写说明")
    heading = book.add_format(
        {"bold": True, "bg_color": HEADING_FILL, "font_color": HEADING_INK, "bottom": 1}
    )
    text = book.add_format({"text_wrap": True, "valign": "top"})
    for place, (word, width) in enumerate(_HELP_HEADINGS):
        page.set_column(place, place, width)
        page.write_string(0, place, word, heading)
    for row, column in enumerate(columns, 1):
        unit = f"，单位：{unit_of(column)}" if unit_of(column) else ""
        rule = _HELP_BY_CODE.get(column.code) or _HELP[column.kind].format(most=column.max_length, unit=unit)
        choices = "；".join(words_of(column, status_labels))
        for place, words in enumerate((column.heading, "必填" if column.required else "", rule, choices)):
            page.write_string(row, place, words, text)
    page.freeze_panes(1, 1)
    page.fit_to_pages(1, 0)
    page.set_landscape()
