"""The columns of the sheet that tells which bases other rules would turn."""

from rules.rule_sets.measure_lines import CONDITIONS
from rules.words import N_
from schema.collection import Listing
from schema.field import Field, Kind

_INDICATORS = tuple(
    column
    for number, line in enumerate(CONDITIONS)
    for column in (
        Field(f"actual{number}", line.label, f"{line.zh}·实际", Kind.DECIMAL, width=12),
        Field(f"before{number}", line.label, f"{line.zh}·原要求", Kind.INTEGER, width=12),
        Field(f"after{number}", line.label, f"{line.zh}·新要求", Kind.INTEGER, width=12),
    )
)
WHAT_IF = Listing(
    slug="what-if",
    title="办法试算",
    fields=(
        Field("name", N_("Base"), "基地名称", width=34),
        Field("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=16),
        Field("status", N_("Status"), "状态", Kind.STATUS, width=10),
        Field("meets_before", N_("Before"), "原办法", width=10),
        Field("meets_after", N_("After"), "新办法", width=10),
        Field("change", N_("Change"), "变化", width=12),
        Field("reasons", N_("Turned by"), "变化原因", Kind.LONG_TEXT, width=60),
        *_INDICATORS,
    ),
)
WHAT_IF_YEARS = Listing(
    slug="what-if-years",
    title="办法试算（近五年）",
    fields=(Field("year", N_("Year"), "年度", Kind.INTEGER, width=8), *WHAT_IF.fields),
)
