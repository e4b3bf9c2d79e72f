"""The columns of the change filings: the list and its workbook; nothing here is imported."""

from rules.deadlines import FilingState
from rules.words import N_
from schema.field import Column, Kind, Sheet

CHANGE_FILINGS = Sheet(
    kind="change-filings",
    collection="change_filings",
    title="变更备案一览表",
    unit_line="",
    identity=("base", "completed_on"),
    columns=(
        Column("base_name", N_("Base"), "基地名称", width=36),
        Column("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20),
        Column("items", N_("What changed"), "变更事项", width=22),
        Column("old", N_("Before the change"), "变更前", Kind.LONG_TEXT, width=36),
        Column("new", N_("After the change"), "变更后", Kind.LONG_TEXT, width=36),
        Column("completed_on", N_("Completed on"), "变更完成日期", Kind.DATE, width=13),
        Column("filed_on", N_("Filed on"), "备案日期", Kind.DATE, width=12, sortable=True),
        Column("due", N_("Due by"), "备案截止日期", Kind.DATE, width=13),
        Column("late", N_("Late or not"), "是否逾期", width=10),
        Column("state", N_("State"), "办理状态", Kind.CHOICE, terms=FilingState, width=10),
        Column("remark", N_("Remark"), "备注", Kind.LONG_TEXT, width=28),
        Column("reason", N_("Reason"), "不予备案理由", Kind.LONG_TEXT, width=28),
    ),
)  # fmt: skip
