"""The columns of the dictionary of statuses: listed and exported, never imported."""

from rules.choices import Colour, StatusFor
from rules.words import N_
from schema.field import Column, Kind, Sheet

STATUSES = Sheet(
    kind="statuses",
    collection="statuses",
    title="状态字典",
    unit_line="",
    identity=("collection", "code"),
    columns=(
        Column("label", N_("Label"), "名称", required=True, sortable=True, most=20),
        Column("collection", N_("For"), "适用对象", Kind.CHOICE, terms=StatusFor, width=14, writable=False),
        Column("code", N_("Code"), "代码", Kind.CODE, width=18, most=40),
        Column("colour", N_("Colour"), "颜色", Kind.CHOICE, terms=Colour, width=10),
        Column("order", N_("Order"), "排序", Kind.INTEGER, width=8, sortable=True),
        Column("final", N_("Final"), "是否终态", Kind.YES_NO, width=10),
        Column("public", N_("Shown to the public"), "是否对外公开", Kind.YES_NO, width=12),
    ),
)
