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
    identity=("base", "year"),
    listed=False,
    sort_name="base_name",
    name_keys=("base_name", "year"),
    referred=N_("%(count)d yearly reports refer to %(label)s."),
    fields=(
        Field("base", N_("Base"), kind=Kind.REFERENCE, refers_to="bases", scopes=True, name_key="base_name",
              exported=False, imported=False),
        Field("base_name", N_("Base"), "基地名称", width=36, stored=False),
        Field("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20),
        Field("year", N_("Year"), "年度", Kind.INTEGER, width=10),
    ),
)  # fmt: skip
