"""The columns and workbooks of the yearly reports: bases, counties, and who is to be reminded (Art. 14, 15)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from office.excel.tables_writer import Table
from rules.annual_reports import Finding, Point, Timeliness
from rules.words import N_
from schema.field import Field, Kind

Line = Mapping[str, Any]
FIGURES: tuple[Field, ...] = (
    Field("tenants", N_("Tenants"), "入驻小微企业（家）", Kind.INTEGER, unit=N_("companies"), width=10),
    Field("people", N_("Employed"), "从业人员（人）", Kind.INTEGER, unit=N_("people"), width=10),
    Field(
        "staff",
        N_("Full-time service staff"),
        "专职服务人员（人）",
        Kind.INTEGER,
        unit=N_("people"),
        width=10,
    ),
    Field("partners", N_("Service partners"), "服务机构（家）", Kind.INTEGER, unit=N_("partners"), width=10),
    Field(
        "company_times",
        N_("Company-times served"),
        "服务家次",
        Kind.INTEGER,
        unit=N_("company-times"),
        width=10,
    ),
    Field(
        "person_times",
        N_("Person-times trained"),
        "培训人次",
        Kind.INTEGER,
        unit=N_("person-times"),
        width=10,
    ),
    Field("low_fee_share", N_("Low-fee share"), "公益低收费占比（%）", Kind.DECIMAL, unit="%", width=11),
    Field(
        "functions_met",
        N_("Functions met"),
        "达标服务功能（项）",
        Kind.INTEGER,
        unit=N_("functions"),
        width=10,
    ),
)
_BASES = (
    ("序号", 6.0), ("基地名称", 36.0), ("运营主体", 30.0), ("所属县（市、区）", 18.0), ("工作总结", 11.0),
    ("收到日期", 12.0), *((column.heading, float(column.width)) for column in FIGURES), ("检查日期", 12.0),
    *((point.zh, 14.0) for point in Point),
)  # fmt: skip
_COUNTIES = (
    ("序号", 6.0), ("县（市、区）", 24.0), ("应报基地", 10.0), ("按时", 8.0), ("逾期报送", 10.0), ("逾期未报", 10.0),
    ("未到期", 8.0), ("已检查", 8.0), ("县报告", 11.0), ("上报日期", 12.0),
)  # fmt: skip
_REMINDED = (
    ("序号", 6.0), ("单位", 40.0), ("所属县（市、区）", 20.0), ("应报材料", 22.0), ("联系人", 12.0), ("联系电话", 18.0),
    ("截止日期", 12.0), ("剩余天数", 10.0),
)  # fmt: skip


def inspected_words(inspection: Line, point: Point) -> str:
    """Return what was found at one point, with its remark; "" for nothing."""
    kept = inspection.get(point.value) or {}
    finding = next((one.zh for one in Finding if one.value == kept.get("finding")), "")
    return "：".join(part for part in (finding, kept.get("remark") or "") if part)


def _base_row(place: int, one: Line) -> tuple[Any, ...]:
    figures, inspection = one["figures"], one["inspection"]
    return (
        place, one["name"], one["operator"], one["county"], one["state"].zh, one["received_on"],
        *(figures.get(column.key) for column in FIGURES), inspection.get("checked_on"),
        *(inspected_words(inspection, point) for point in Point),
    )  # fmt: skip


def year_tables(
    year: int, due: tuple[date, date], bases: Sequence[Line], counties: Sequence[Sequence[Any]], *,
    total: Sequence[Any] | None = None,
) -> tuple[Table, Table]:  # fmt: skip
    """Return a year's table of counties and the bases behind it.

    `bases` have name, operator, county, state, received_on, figures and inspection; `counties` are rows
    from the county's name on. `due` are the two last days of Art. 14 and 15.
    """
    note = f"基地{due[0].isoformat()}前、县级{due[1].isoformat()}前报送"
    rows = [(place, *row) for place, row in enumerate(counties, 1)]
    return (
        Table("各县汇总", f"{year}年度示范基地年度报告情况", _COUNTIES, rows, note, frozen=2, total=total),
        Table(
            "基地明细", f"{year}年度示范基地工作总结和检查情况", _BASES,
            [_base_row(place, one) for place, one in enumerate(bases, 1)], note, frozen=2,
        ),
    )  # fmt: skip


def reminder_table(year: int, today: date, rows: Iterable[Sequence[Any]]) -> Table:
    """Return who has not reported yet: unit, county, what, contact, phone, last day and days left."""
    numbered = [(place, *row) for place, row in enumerate(rows, 1)]
    return Table(
        "催报清单", f"{year}年度报告催报清单", _REMINDED, numbered, f"截至{today.isoformat()}", frozen=2
    )


def county_row(
    name: str, bases: int, counts: Mapping[Timeliness, int], inspected: int, state: str, submitted_on: Any
) -> tuple[Any, ...]:
    """Return one line of the table of counties, from the name on."""
    order = (Timeliness.ON_TIME, Timeliness.LATE, Timeliness.MISSING, Timeliness.NOT_DUE)
    return (name, bases, *(counts.get(one, 0) for one in order), inspected, state, submitted_on)
