"""The yearly reports of bases (Art. 14, 15): whose they are, and what refers to a base."""

from rules.words import N_
from schema.collection import Collection
from schema.field import Field, Kind

ANNUAL_REPORTS = Collection(
    name="annual_reports",
    slug="annual-reports",
    title="年度报告",
    label=N_("Yearly reports"),
    one=N_("Yearly report"),
    called=("年报", "年度总结", "年度工作总结"),
    asked_year="year",
    identity=("base", "year"),
    listed=False,
    default_order=(("year", -1), ("sort_key", 1), ("_id", 1)),
    sort_name="base_name",
    name_keys=("base_name", "year"),
    referred=N_("%(count)d yearly reports refer to %(label)s."),
    fields=(
        Field("base", N_("Base"), kind=Kind.REFERENCE, refers_to="bases", scopes=True, name_key="base_name",
              exported=False, imported=False),
        Field("base_name", N_("Base"), "基地名称", width=36, stored=False, listed=1),
        Field("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20, listed=2),
        Field("year", N_("Year"), "年度", Kind.INTEGER, width=10, listed=3),
        Field("received_on", N_("Received on"), "收到日期", Kind.DATE, width=12, listed=4, filter=1),
        Field("summary", N_("Summary"), "工作总结", Kind.LONG_TEXT, width=40),
        Field("checked_on", N_("Inspected on"), "检查日期", Kind.DATE, width=12, listed=5, stored=False),
    ),
)  # fmt: skip
