"""The columns of the sheets that tell how well the service ledgers are kept."""

from rules.assessment.ledger_quality import Fault
from rules.choices import ServiceFunction
from rules.words import N_
from schema.collection import Listing
from schema.field import Field, Kind

_NAME = Field("name", N_("Base"), "基地名称", width=34)
_COUNTY = Field("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=16)


def _sheet(title: str, *columns: Field) -> Listing:
    return Listing(slug="ledger-quality", title=title, fields=columns, unit_line="单位：条")


FAULTS = _sheet(
    "台账质量",
    _NAME,
    _COUNTY,
    Field("entries", N_("Entries"), "台账条数", Kind.INTEGER, width=10),
    *(Field(fault.value, fault.label, fault.zh, Kind.INTEGER, width=11) for fault in Fault),
)
MONTHS = _sheet(
    "台账逐月",
    _NAME,
    _COUNTY,
    Field("function", N_("Service function"), "服务功能", Kind.CHOICE, choices=ServiceFunction, width=14),
    *(Field(f"month{month}", N_("Month"), f"{month}月", Kind.INTEGER, width=8) for month in range(1, 13)),
    Field("total", N_("Total"), "合计", Kind.INTEGER, width=9),
)
ENTRIES = _sheet(
    "问题台账",
    Field("base_name", N_("Base"), "所属基地", width=30),
    Field("served_on", N_("Service date"), "服务日期", Kind.DATE, width=12),
    Field("function", N_("Service function"), "服务功能", Kind.CHOICE, choices=ServiceFunction, width=14),
    Field("request", N_("Service request"), "服务诉求", Kind.LONG_TEXT, width=36),
    Field("status", N_("Status"), "状态", Kind.STATUS, width=10),
    Field("faults", N_("Faults"), "存在问题", Kind.LONG_TEXT, width=50),
)
