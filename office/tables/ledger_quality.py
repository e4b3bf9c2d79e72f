"""The columns of the sheets that tell how well the service ledgers are kept."""

from rules.choices import ServiceFunction
from rules.ledger_quality import Fault
from rules.words import N_
from schema.field import Column, Kind, Sheet

_NAME = Column("name", N_("Base"), "基地名称", width=34)
_COUNTY = Column("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=16)


def _sheet(title: str, *columns: Column) -> Sheet:
    return Sheet("ledger-quality", "ledger_entries", title, "单位：条", columns, ("name",))


FAULTS = _sheet(
    "台账质量",
    _NAME,
    _COUNTY,
    Column("entries", N_("Entries"), "台账条数", Kind.INTEGER, width=10),
    *(Column(fault.value, fault.label, fault.zh, Kind.INTEGER, width=11) for fault in Fault),
)
MONTHS = _sheet(
    "台账逐月",
    _NAME,
    _COUNTY,
    Column("function", N_("Service function"), "服务功能", Kind.CHOICE, terms=ServiceFunction, width=14),
    *(Column(f"month{month}", N_("Month"), f"{month}月", Kind.INTEGER, width=8) for month in range(1, 13)),
    Column("total", N_("Total"), "合计", Kind.INTEGER, width=9),
)
ENTRIES = _sheet(
    "问题台账",
    Column("base_name", N_("Base"), "所属基地", width=30),
    Column("served_on", N_("Service date"), "服务日期", Kind.DATE, width=12),
    Column("function", N_("Service function"), "服务功能", Kind.CHOICE, terms=ServiceFunction, width=14),
    Column("request", N_("Service request"), "服务诉求", Kind.LONG_TEXT, width=36),
    Column("status", N_("Status"), "状态", Kind.STATUS, width=10),
    Column("faults", N_("Faults"), "存在问题", Kind.LONG_TEXT, width=50),
)
