"""The lists that an application asks for and the records hold: staff, service partners, tenants (Art. 11(5) to (7))."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from office.excel.tables_writer import Table
from rules.choices import Choice, CompanySize, Industry, ServiceFunction
from rules.materials import Material

_NUMBER = ("序号", 6.0)
_STAFF = (_NUMBER, ("姓名", 12.0), ("岗位职务", 18.0), ("资质或职称", 30.0), ("是否专职", 10.0))
_PARTNERS = (
    _NUMBER, ("服务机构名称", 34.0), ("统一社会信用代码", 22.0), ("服务功能", 36.0), ("合作起始", 12.0),
    ("合作截止", 12.0),
)  # fmt: skip
_TENANTS = (
    _NUMBER, ("企业名称", 36.0), ("统一社会信用代码", 22.0), ("所属行业", 22.0), ("企业规模", 10.0),
    ("从业人员（人）", 14.0), ("入驻日期", 12.0),
)  # fmt: skip
TITLES: Mapping[Material, str] = {
    Material.STAFF: "主要管理人员、服务人员名单",
    Material.PARTNERS: "引入合作性专业服务机构名单",
    Material.TENANTS: "入驻企业名单",
}


@dataclass(frozen=True)
class StaffMember:
    """One of the people who run a base or serve its tenants."""

    name: str
    post: str = ""
    qualification: str = ""
    full_time: bool = True


def staff_table(base_name: str, day: date, staff: Iterable[StaffMember]) -> Table:
    """Return the list of managers and service staff on a day."""
    rows = [(one.name, one.post, one.qualification, "是" if one.full_time else "否") for one in staff]
    return _table(Material.STAFF, base_name, day, _STAFF, rows)


def partners_table(base_name: str, day: date, partners: Iterable[Mapping[str, Any]]) -> Table:
    """Return the list of partners whose cooperation covers a day; each with that `cooperation`."""
    rows = [
        (
            one["name"], one.get("uscc") or "", _words(ServiceFunction, one.get("functions") or ()),
            _day(one["cooperation"].get("first_day")), _day(one["cooperation"].get("last_day")),
        )
        for one in partners
    ]  # fmt: skip
    return _table(Material.PARTNERS, base_name, day, _PARTNERS, rows)


def tenants_table(base_name: str, day: date, companies: Iterable[Mapping[str, Any]]) -> Table:
    """Return the list of companies housed on a day, whatever their size."""
    rows = [
        (
            one["name"], one.get("uscc") or "", _words(Industry, [one.get("industry")]),
            _words(CompanySize, [one.get("size")]), one.get("people"), _day(one.get("moved_in")),
        )
        for one in companies
    ]  # fmt: skip
    return _table(Material.TENANTS, base_name, day, _TENANTS, rows)


def _table(
    material: Material,
    base_name: str,
    day: date,
    heads: tuple[tuple[str, float], ...],
    rows: Sequence[Sequence[Any]],
) -> Table:
    numbered = [(place, *row) for place, row in enumerate(rows, 1)]
    note = f"截至{day.isoformat()}    共{len(numbered)}项    由系统按名录生成"
    title = TITLES[material]
    return Table(title, f"{base_name}{title}", heads, numbered, note, frozen=2)


def _words(words: type[Choice], codes: Iterable[Any]) -> str:
    by_code = {word.value: word.zh for word in words}
    return "、".join(by_code.get(code, str(code)) for code in codes if code)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None
