"""The columns of the cases about titles: the list and its workbook; nothing here is imported."""

from rules.decisions import DecisionKind, DecisionState
from rules.words import N_
from schema.field import Column, Kind, Sheet

DECISIONS = Sheet(
    kind="decisions",
    collection="decisions",
    title="称号撤销取消一览表",
    unit_line="",
    identity=("base", "number"),
    columns=(
        Column("base_name", N_("Base"), "基地名称", width=36),
        Column("operator", N_("Operator"), "运营主体", width=32),
        Column("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=18),
        Column("kind", N_("What is decided"), "处理类型", Kind.CHOICE, terms=DecisionKind, width=12),
        Column("grounds", N_("Grounds"), "理由", Kind.LONG_TEXT, width=36),
        Column("state", N_("State"), "状态", Kind.CHOICE, terms=DecisionState, width=12),
        Column("created_at", N_("Case begun"), "立案日期", Kind.DATE, width=12),
        Column("served_on", N_("Prior notice served on"), "事先告知日期", Kind.DATE, width=14),
        Column("statement_by", N_("Statement until"), "陈述申辩截止", Kind.DATE, width=14),
        Column("statement_on", N_("Statement made on"), "陈述申辩日期", Kind.DATE, width=14),
        Column("number", N_("Decision number"), "决定文号", Kind.CODE, width=24),
        Column("dated", N_("Date of the decision"), "决定日期", Kind.DATE, width=12),
        Column("overturned", N_("Overturned by"), "推翻该决定的文号", Kind.CODE, width=24),
        Column("closed_reason", N_("Why it was dropped"), "不予处理原因", Kind.LONG_TEXT, width=36),
    ),
)
