"""The upward recommendations (Art. 17): what lists and workbooks show of them."""

from rules.rule_sets.measures import Level
from rules.upward import UpwardOutcome
from rules.words import N_
from schema.collection import Collection
from schema.field import Field, Kind

UPWARD_RECOMMENDATIONS = Collection(
    name="upward_recommendations",
    slug="upward",
    title="择优推荐一览表",
    label=N_("Upward recommendation"),
    one=N_("Upward recommendation"),
    called=("择优推荐", "推荐"),
    asked_day="dated",
    identity=("base", "level", "year"),
    listed=False,
    default_order=(("dated", -1), ("sort_key", 1), ("_id", 1)),
    sort_name="base_name",
    name_keys=("base_name", "year"),
    referred=N_("%(count)d upward recommendations refer to %(label)s."),
    fields=(
        Field("base", N_("Base"), kind=Kind.REFERENCE, refers_to="bases", scopes=True, name_key="base_name",
              copied_while=(("outcome", UpwardOutcome.PENDING.value),), exported=False, imported=False),
        Field("base_name", N_("Base"), "基地名称", width=36, stored=False, listed=1),
        Field("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20, listed=2),
        Field("level", N_("Level"), "推荐级别", Kind.CHOICE, choices=Level, width=10,
              listed=3, filter=1),
        Field("year", N_("Year"), "推荐年度", Kind.INTEGER, width=10, listed=4),
        Field("number", N_("Number of the letter"), "推荐文号", Kind.CODE, width=22, listed=5),
        Field("dated", N_("Date of the letter"), "推荐日期", Kind.DATE, width=12, sortable=True,
              listed=6, filter=3),
        Field("meets", N_("Met its level when recommended"), "推荐时指标", width=14, stored=False, listed=7),
        Field("outcome", N_("Outcome of the recommendation"), "推荐结果", Kind.CHOICE, choices=UpwardOutcome, width=14,
              listed=8, filter=2),
        Field("outcome_on", N_("Date of the outcome"), "批复日期", Kind.DATE, width=12, listed=9),
        Field("outcome_number", N_("Number of the outcome"), "批复文号", Kind.CODE, width=22),
        Field("remark", N_("Remark"), "备注", Kind.LONG_TEXT, width=28),
    ),
)  # fmt: skip
