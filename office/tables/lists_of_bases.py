"""The lists that go with papers as workbooks: the published list, and a county's 推荐汇总表."""

from collections.abc import Sequence

from office.excel.tables_writer import Table
from office.papers.facts import RecommendedBase
from office.papers.paper_text import PaperText
from office.papers.texts import SUMMARY_HEADINGS, summary_row, summary_table

_LIST_WIDTHS = {"序号": 6.0, "基地名称": 42.0, "运营主体": 38.0, "所属县（市、区）": 22.0}
_SUMMARY_WIDTHS = (6.0, 36.0, 32.0, 22.0, 20.0, 10.0, 12.0, 10.0, 14.0, 10.0, 12.0, 12.0, 36.0)


def list_of_bases(text: PaperText) -> Table:
    """Return the list of a public notice or an announcement.

    ValueError when the paper has no list.
    """
    if text.table is None:
        raise ValueError("this paper has no list")
    note = "　".join(part for part in (text.signature, text.number, text.dated_zh) if part)
    heads = tuple((heading, _LIST_WIDTHS.get(heading, 14.0)) for heading in text.table.headings)
    rows = [
        tuple(_number(cell) if place == 0 else cell for place, cell in enumerate(row))
        for row in text.table.rows
    ]
    return Table("名单", text.table.caption, heads, rows, note, frozen=2)


def recommendation_summary(
    year: int, bases: Sequence[RecommendedBase], *, county_office: str = "", number: str = ""
) -> Table:
    """Return the 推荐汇总表 of a county."""
    caption = summary_table(year, bases).caption
    note = "　".join(part for part in (county_office, number) if part)
    heads = tuple(zip(SUMMARY_HEADINGS, _SUMMARY_WIDTHS, strict=True))
    rows = [summary_row(place, one) for place, one in enumerate(bases, 1)]
    return Table("推荐汇总表", caption, heads, rows, note, frozen=2)


def _number(cell: str) -> int | str:
    return int(cell) if cell.isdecimal() else cell
