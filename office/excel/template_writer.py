"""The empty workbook that an office fills in: the same headings, lists to choose from, a sheet of help."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from types import MappingProxyType

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from office.excel.cell_lists import ROW_SIGN
from office.excel.cell_numbers import unit_of
from office.excel.cell_texts import as_text
from office.excel.skipped_rows import EXAMPLE
from office.excel.small_tables.sheet_marks import TableHeading
from office.excel.small_tables.table_writer import table_look
from office.excel.workbook_look import (
    A4,
    FOOTER,
    FROZEN_COLUMNS,
    HEADING_FILL,
    HEADING_HEIGHT,
    HEADING_INK,
    HEADING_ROW,
    MARGINS,
    NUMBER_FORMATS,
    TITLE_HEIGHT,
    Look,
    first_page_columns,
    look_of,
    scale_of,
)
from rules.counties import office_counties
from schema.collection import Tabular
from schema.field import MOST_REFERRED, CodeOf, Field, Kind

_ROWS = 2_000  # that have formats and lists to choose from
_LONGEST_LIST = 255  # what Excel takes for the words of one list, the commas included
_EXAMPLES_LINE = "序号为“示例”的两行只作示范，导入时不读取"
_HELP_HEADINGS = (("列名", 24), ("是否必填", 10), ("填写要求", 50), ("可选内容", 44))

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
        Kind.REFERENCES: (
            f"填系统中已有的名称或能唯一确定的编号，多个用顿号“、”或分号“；”隔开，最多 {MOST_REFERRED} 个。"
        ),
        Kind.NAMES: "名称，多个用顿号“、”隔开。",
        Kind.TEXTS: "文字，多个用顿号“、”隔开。",
        Kind.COOPERATIONS: (
            "基地名称，多个用顿号“、”隔开；起止日期各不相同的，在各基地名称后注明，"
            "如：某某创业园（2024-01-01至2025-12-31）。"
        ),
        Kind.ROWS: (
            "每行一条，最多 {most} 条，依次填写：{parts}，用竖线“｜”隔开；没有的留空。"
            "也可写在同名工作表中，一行一条。"
        ),
    }
)
_HELP_BY_CODE: Mapping[CodeOf | None, str] = MappingProxyType(
    {
        CodeOf.USCC: "18 位统一社会信用代码，按文本填写。",
        CodeOf.PHONE: "手机或带区号的固定电话，多个用顿号“、”隔开。",
        CodeOf.DOCUMENT_NUMBER: "发文字号，如 聊工信发〔2021〕133号。",
        CodeOf.LINK: "网址，如 www.example.cn。",
        CodeOf.EMAIL: "电子邮箱，如 office@example.cn。",
    }
)


def template_workbook(sheet: Tabular, *, status_labels: Sequence[str] = ()) -> bytes:
    """Return the empty workbook for an import of `sheet`; `status_labels` are the words its status column may hold.

    Required headings are red. The second sheet says for each column what to fill in, in Chinese.
    """
    look = look_of(sheet, sheet.imported, f"{sheet.title}导入模板", _EXAMPLES_LINE)
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        table = _start_sheet(book, look)
        _prepare(book, table, look.columns, status_labels)
        _show_examples(book, table, look.columns, status_labels)
        _finish_sheet(table, look, 1)
        for column in look.columns:
            if column.kind is Kind.ROWS:
                _add_table(book, sheet, column, look.columns)
        _explain(book, look.columns, status_labels)
    return made.getvalue()


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


_EXAMPLES: Mapping[Kind, tuple[object, object]] = MappingProxyType(
    {
        Kind.TEXT: ("示例文字", "另一示例"), Kind.LONG_TEXT: ("可写说明", "可留空"), Kind.CODE: ("A-001", "A-002"),
        Kind.INTEGER: (12, 30), Kind.DECIMAL: (100, 235.5), Kind.DATE: ("2026-01-15", "2026年3月"),
        Kind.MOMENT: ("2026-01-15 09:30", "2026-03-02 14:00"), Kind.YES_NO: ("有", "无"),
        Kind.REFERENCE: ("某某创业园", "某某产业园"), Kind.REFERENCES: ("某某创业园", "某某创业园、某某产业园"),
        Kind.NAMES: ("某某有限公司", "某某有限公司、另一有限公司"),
        Kind.TEXTS: ("甲", "甲、乙"),
        Kind.COOPERATIONS: ("某某创业园", "某某创业园（2024-01-01至2025-12-31）"),
    }
)  # fmt: skip
_EXAMPLES_BY_CODE: Mapping[CodeOf, tuple[str, str]] = MappingProxyType(
    {
        CodeOf.USCC: ("91371502MA3C00001F", "91371525MA3C00002W"),
        CodeOf.PHONE: ("0635-8212345", "13800000000"),
        CodeOf.DOCUMENT_NUMBER: ("聊工信发〔2021〕133号", "聊工信发〔2024〕7号"),
        CodeOf.LINK: ("www.example.cn", "https://www.example.cn/company"),
        CodeOf.EMAIL: ("office@example.cn", "sales@example.cn"),
    }
)


def example_of(column: Field, number: int, status_labels: Sequence[str] = ()) -> object:
    """Return what the n-th example row (0 or 1) shows in the column."""
    if column.code:
        return _EXAMPLES_BY_CODE[column.code][number]
    if column.kind is Kind.ROWS:
        lines = [[as_text(example_of(part, line)) for part in column.parts] for line in range(number + 1)]
        return "\n".join(ROW_SIGN.join(line) for line in lines)
    if words := words_of(column, status_labels):
        chosen = words[: number + 1] if column.kind is Kind.CHOICES else [words[min(number, len(words) - 1)]]
        return "、".join(chosen)
    return _EXAMPLES.get(column.kind, ("", ""))[number]


def _show_examples(
    book: Workbook, table: Worksheet, columns: Sequence[Field], status_labels: Sequence[str]
) -> None:
    """Write two rows that show how; an import knows them by the word in the place of the serial number."""
    grey = book.add_format({"italic": True, "font_color": "#5B6675", "num_format": "@"})
    for number in (0, 1):
        line = HEADING_ROW + 1 + number
        table.write_string(line, 0, EXAMPLE, grey)
        for place, column in enumerate(columns, 1):
            value = example_of(column, number, status_labels)
            if isinstance(value, str):
                table.write_string(line, place, value, grey)
            else:
                table.write(line, place, value, grey)


def _add_table(book: Workbook, sheet: Tabular, column: Field, columns: Sequence[Field]) -> None:
    """Add the sheet of a small table, whose rows may be written there one by one instead of in a cell."""
    look = table_look(sheet, column, columns)
    taken = {one.name.casefold() for one in book.worksheets()}
    names = (look.name_of(number) for number in range(1, len(taken) + 2))
    look = replace(look, sheet_name=next(one for one in names if one.casefold() not in taken))
    table = _start_sheet(book, look)
    heading = str(TableHeading(getattr(sheet, "name", ""), column.key))
    hidden = len(look.headings)
    table.write_string(HEADING_ROW, hidden, heading)
    table.set_column(hidden, hidden, 9, None, {"hidden": True})
    _prepare(book, table, look.columns, ())
    _show_examples(book, table, look.columns, ())
    _finish_sheet(table, look, 1)


def help_of(column: Field) -> str:
    """Return what is to be filled in in a cell of the column, in Chinese."""
    unit = f"，单位：{unit_of(column)}" if unit_of(column) else ""
    if column.kind is Kind.ROWS:
        parts = ROW_SIGN.join(f"{part.heading}{'*' if part.required else ''}" for part in column.parts)
        return _HELP[column.kind].format(most=column.most_rows, parts=parts)
    return _HELP_BY_CODE.get(column.code) or _HELP[column.kind].format(most=column.max_length, unit=unit)


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
        rule = help_of(column)
        choices = "；".join(words_of(column, status_labels))
        for place, words in enumerate((column.heading, "必填" if column.required else "", rule, choices)):
            page.write_string(row, place, words, text)
    page.freeze_panes(1, 1)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    _set_paper(page)


def _start_sheet(book: Workbook, look: Look) -> Worksheet:
    """Add the sheet with title, line and heading."""
    sheet = book.add_worksheet(look.name_of(1))
    scale = scale_of(look.widths)
    last = (
        first_page_columns(look.widths, scale, FROZEN_COLUMNS) if scale else len(look.headings)
    ) - 1  # so that the whole title stands on the first page
    for place, width in enumerate(look.widths):
        sheet.set_column(place, place, width)
    sheet.set_row(0, TITLE_HEIGHT)
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    sheet.merge_range(0, 0, 0, last, look.title, title)
    sheet.merge_range(1, 0, 1, last, look.line, book.add_format({"align": "right", "font_color": "#5B6675"}))
    heading = book.add_format(
        {"bold": True, "font_color": HEADING_INK, "bg_color": HEADING_FILL, "text_wrap": True, "align": "center",
         "valign": "vcenter", "bottom": 1, "bottom_color": HEADING_INK}
    )  # fmt: skip
    sheet.set_row(HEADING_ROW, HEADING_HEIGHT)
    for place, text in enumerate(look.headings):
        sheet.write_string(HEADING_ROW, place, text, heading)
    return sheet


def _finish_sheet(sheet: Worksheet, look: Look, rows: int) -> None:
    """Set what spans the rows: filter, frozen panes, codes that are text on purpose, paper."""
    last_row, last = HEADING_ROW + max(rows, 1), len(look.headings) - 1
    sheet.autofilter(HEADING_ROW, 0, last_row, last)
    sheet.freeze_panes(HEADING_ROW + 1, FROZEN_COLUMNS)
    if codes := [place for place, text in enumerate(look.headings) if text in look.codes]:
        areas = " ".join(
            f"{(name := xlsxwriter.utility.xl_col_to_name(place))}{HEADING_ROW + 2}:{name}{last_row + 1}"
            for place in codes
        )
        sheet.ignore_errors({"number_stored_as_text": areas})
    if scale := scale_of(look.widths):
        sheet.set_print_scale(scale)
        sheet.print_across()
    else:
        sheet.fit_to_pages(1, 0)
    sheet.repeat_columns(0, FROZEN_COLUMNS - 1)
    sheet.repeat_rows(HEADING_ROW)
    _set_paper(sheet)


def _set_paper(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(*(MARGINS[side] for side in ("left", "right", "top", "bottom")))
    sheet.set_footer(FOOTER)
