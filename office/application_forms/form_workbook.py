"""A form as a workbook: a field a row, its key in a hidden column; what does not come back is grey and locked."""

import datetime as dt
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from office.application_forms.form_text import (
    HELP,
    SEALED,
    SIGNED,
    STATEMENT,
    TITLES,
    FormFacts,
    label_of,
    shown_value,
)
from office.excel.cell_texts import without_unseen
from office.excel.workbook_look import A4, FOOTER, HEADING_FILL, HEADING_INK, TITLE_HEIGHT
from office.papers.custom_properties import FORM_PROPERTY
from schema.application_form import MARK_LABEL, FormField, Source, grouped
from schema.field import Kind

SHEET = "申请表"
KEY_PREFIX = "field:"  # before a field's key in the hidden column
_COLUMNS = (("项目", 26), ("填报内容", 58), ("单位", 8))
HEADINGS = tuple(heading for heading, _ in _COLUMNS)
_KEY_COLUMN = len(_COLUMNS)
_GREY = "#F0F2F5"
_FIRST_DAY = dt.date(1900, 1, 1)  # before it Excel knows no days


class _Looks:
    """The formats of the form's cells; what may be filled in is not locked."""

    def __init__(self, book: Workbook) -> None:
        base = {"border": 1, "valign": "vcenter", "text_wrap": True, "font_size": 11}
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self.small = book.add_format(
            {"font_size": 9, "font_color": "#5B6675", "text_wrap": True, "valign": "top"}
        )
        self.heading = book.add_format(
            {**base, "bold": True, "bg_color": HEADING_FILL, "font_color": HEADING_INK}
        )
        self.label = book.add_format({**base, "bold": True})
        self.fixed = book.add_format({**base, "bg_color": _GREY, "align": "left"})
        self.open = {
            number: book.add_format({**base, "locked": False, "align": "left", "num_format": number})
            for number in ("@", "yyyy-mm-dd", "#,##0.####", "0")
        }
        self.plain = book.add_format(base)

    def of(self, field: FormField) -> Format:
        """Return the format of a field's value."""
        if not field.comes_back:
            return self.fixed
        numbers = {Kind.DATE: "yyyy-mm-dd", Kind.DECIMAL: "#,##0.####", Kind.INTEGER: "0"}
        return self.open[numbers.get(field.column.kind, "@")]


def form_workbook(facts: FormFacts) -> bytes:
    """Return the form as an .xlsx; the words around the fields are those of the default paper."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        created = dt.datetime.combine(facts.dated, dt.time.min)
        book.set_properties({"title": TITLES[facts.kind], "created": created})
        book.set_custom_property(FORM_PROPERTY, str(facts.mark))
        _write_form(book, book.add_worksheet(SHEET), facts)
    return stream.getvalue()


def _write_form(book: Workbook, sheet: Worksheet, facts: FormFacts) -> None:
    looks = _Looks(book)
    for place, (_, width) in enumerate(_COLUMNS):
        sheet.set_column(place, place, width)
    sheet.set_column(_KEY_COLUMN, _KEY_COLUMN, 2, None, {"hidden": True})
    last = len(_COLUMNS) - 1
    sheet.set_row(0, TITLE_HEIGHT)
    sheet.merge_range(0, 0, 0, last, TITLES[facts.kind], looks.title)
    sheet.merge_range(1, 0, 1, last, f"{MARK_LABEL}：{facts.mark}", looks.small)
    sheet.write_string(1, _KEY_COLUMN, str(facts.mark))
    for place, heading in enumerate(HEADINGS):
        sheet.write_string(2, place, heading, looks.heading)
    row = 2
    for group, fields in grouped(facts.fields):
        row += 1
        sheet.merge_range(row, 0, row, last, group, looks.heading)
        for field in fields:
            row += 1
            _write_field(sheet, row, field, facts.values.get(field.key), looks)
    sheet.merge_range(row + 1, 0, row + 1, last, f"{STATEMENT}\n{SIGNED}", looks.plain)
    sheet.merge_range(row + 2, 0, row + 2, last, HELP, looks.small)
    sheet.set_row(row + 1, 44)
    sheet.set_row(row + 2, 44)
    sheet.freeze_panes(3, 0)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(FOOTER)
    # Without a password: who must change a locked cell can, and sees by that that it is locked.
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _write_field(sheet: Worksheet, row: int, field: FormField, value: Any, looks: _Looks) -> None:
    column, look = field.column, looks.of(field)
    sheet.write_string(row, 0, label_of(field), looks.label)
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date) and value >= _FIRST_DAY:
        moment = dt.datetime.combine(value, dt.time.min)
        sheet.write_datetime(row, 1, moment, look) if field.comes_back else sheet.write_string(
            row, 1, shown_value(field, value), look
        )
    elif isinstance(value, int | float) and not isinstance(value, bool) and column.kind is not Kind.CODE:
        sheet.write_number(row, 1, value, look)
    else:
        text = SEALED if field.source is Source.OPINION and not value else shown_value(field, value)
        sheet.write_string(row, 1, without_unseen(text), look)
    unit = column.heading.rpartition("（")[2].rstrip("）") if column.heading.endswith("）") else ""
    sheet.write_string(row, 2, unit if len(unit) <= 4 else "", looks.plain)
    sheet.write_string(row, _KEY_COLUMN, KEY_PREFIX + field.key)
    if words := _words_of(field):
        sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": words, "error_type": "warning"})
    if field.source in (Source.OPINION, Source.APPLICATION):
        sheet.set_row(row, 90)


def _words_of(field: FormField) -> list[str]:
    if not field.comes_back:
        return []
    if field.column.kind is Kind.YES_NO:
        return ["有", "无"]
    return [word.zh for word in field.column.choices or ()]
