"""The columns of the upward recommendations: the list and its workbook; nothing here is imported."""

from rules.measures import Level
from rules.upward import UpwardOutcome
from rules.words import N_
from schema.field import Column, Kind, Sheet

UPWARD = Sheet(
    kind="upward",
    collection="upward_recommendations",
    title="择优推荐一览表",
    unit_line="",
    identity=("base", "level", "year"),
    columns=(
        Column("base_name", N_("Base"), "基地名称", width=36),
        Column("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20),
        Column("level", N_("Level"), "推荐级别", Kind.CHOICE, terms=Level, width=10),
        Column("year", N_("Year"), "推荐年度", Kind.INTEGER, width=10),
        Column("number", N_("Number of the letter"), "推荐文号", Kind.CODE, width=22),
        Column("dated", N_("Date of the letter"), "推荐日期", Kind.DATE, width=12, sortable=True),
        Column("meets", N_("Met its level when recommended"), "推荐时指标", width=14),
        Column(
            "outcome",
            N_("Outcome of the recommendation"),
            "推荐结果",
            Kind.CHOICE,
            terms=UpwardOutcome,
            width=14,
        ),
        Column("outcome_on", N_("Date of the outcome"), "批复日期", Kind.DATE, width=12),
        Column("outcome_number", N_("Number of the outcome"), "批复文号", Kind.CODE, width=22),
        Column("remark", N_("Remark"), "备注", Kind.LONG_TEXT, width=28),
    ),
)
