"""The columns of the applications: the list and its workbook; nothing here is imported."""

from rules.applications import ApplicationKind, Stage
from rules.words import N_
from schema.field import Column, Kind, Sheet

APPLICATIONS = Sheet(
    kind="applications",
    collection="applications",
    title="申报复核一览表",
    unit_line="单位：天、分",
    identity=("base", "round"),
    columns=(
        Column("base_name", N_("Base"), "基地名称", width=36, sortable=True),
        Column("operator", N_("Operator"), "运营主体", width=32),
        Column("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20),
        Column("kind", N_("Applied for"), "申报类型", Kind.CHOICE, terms=ApplicationKind, width=10),
        Column("stage", N_("Stage"), "当前环节", Kind.CHOICE, terms=Stage, width=14),
        Column("waiting", N_("At this stage for"), "已等待（天）", Kind.INTEGER, unit=N_("days"), width=12),
        Column("since", N_("At this stage since"), "进入本环节时间", Kind.MOMENT, width=18, sortable=True),
        Column("round_name", N_("Round"), "申报批次", width=22),
        Column("submitted_on", N_("Handed in"), "提交日期", Kind.DATE, width=12),
        Column("meets", N_("Meets every indicator"), "指标全部达标", Kind.YES_NO, width=12),
        Column("letter_number", N_("Letter of recommendation"), "推荐文号", Kind.CODE, width=22),
        Column("average", N_("Average score"), "专家评审均分（分）", Kind.DECIMAL, unit=N_("points"), width=14),
        Column("certificate_number", N_("Certificate number"), "证书编号", Kind.CODE, width=18),
    ),
)  # fmt: skip
