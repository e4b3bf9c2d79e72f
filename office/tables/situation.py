"""The year's 《基地情况汇总表》 of one base: what the records show, beside last year and what the base confirmed."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from office.excel.tables_writer import Table
from office.tables.annual_reports import FIGURES
from rules.rule_sets.measure_lines import FUNCTION_LINES
from rules.rule_sets.measures import Figure
from schema.field import Kind

_HEADS = (
    ("序号", 6.0), ("指标", 34.0), ("单位", 10.0), ("上年度", 14.0), ("本年度（系统统计）", 20.0),
    ("本年度（基地确认）", 20.0),
)  # fmt: skip
SHEET = "基地情况汇总表"
Figures = Mapping[str, float | None]
_UNITS = {Figure.OFFLINE_COMPANY_TIMES: "家次", Figure.COMPANY_TIMES: "家次", Figure.PERSON_TIMES: "人次"}


def situation_table(
    base_name: str, county: str, year: int, day: date, counted: Figures, before: Figures, confirmed: Figures
) -> Table:
    """Return the table as of a day; figures by the keys of the summary's figures and of the lines of Art. 7."""
    rows = [(place, *row) for place, row in enumerate(_rows(counted, before, confirmed), 1)]
    note = "    ".join(part for part in (county, f"截至{day.isoformat()}", "由系统按名录和台账生成") if part)
    return Table(SHEET, f"{base_name}{year}年度基地情况汇总表", _HEADS, rows, note, frozen=2)


def _rows(counted: Figures, before: Figures, confirmed: Figures) -> Iterator[tuple[Any, ...]]:
    for column in FIGURES:
        name, _, unit = column.heading.rstrip("）").partition("（")
        whole = column.kind is Kind.INTEGER
        values = [_number(figures.get(column.key), whole) for figures in (before, counted, confirmed)]
        yield (name, unit or name[-2:], *values)
    for line in FUNCTION_LINES:
        if line.function is None or line.figure is None:
            continue
        name = f"{line.function.zh}·{line.figure.zh}"
        pair = [figures.get(line.key) for figures in (before, counted)]
        if line.figure is Figure.ONLINE:
            yield (name, "", *(None if one is None else "有" if one else "无" for one in pair), None)
        else:
            yield (name, _UNITS.get(line.figure, "次"), *(_number(one, True) for one in pair), None)


def _number(value: float | None, whole: bool) -> float | None:
    return int(value) if value is not None and whole else value
