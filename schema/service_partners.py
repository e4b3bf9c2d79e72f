"""The columns of the service partners."""

from rules.choices import ServiceFunction
from rules.words import N_
from schema.field import Column, Kind, Sheet

SERVICE_PARTNERS = Sheet(
    kind="service-partners",
    collection="service_partners",
    title="服务机构",
    unit_line="",
    identity=("uscc",),
    columns=(
        Column("name", N_("Partner name"), "机构名称", width=34, required=True, sortable=True,
               aliases=("服务机构", "服务机构名称", "单位名称", "名称"), most=100),
        Column("uscc", N_("USCC"), "统一社会信用代码", Kind.CODE, width=21, required=True,
               aliases=("社会信用代码", "信用代码", "统一信用代码"), most=40),
        Column("functions", N_("Service functions"), "服务功能", Kind.CHOICES, terms=ServiceFunction, width=30,
               aliases=("服务类别", "服务领域")),
        # The period of all cooperations of a row stands in the two columns after it; where the
        # bases differ, each name carries its own: 某某创业园（2024-01-01至2025-12-31）.
        Column("cooperations", N_("Cooperating bases"), "合作基地", Kind.COOPERATIONS, width=44,
               aliases=("合作基地名称", "服务基地", "所属基地"), most=4000),
        Column("cooperation_first_day", N_("Cooperation from"), "合作开始", Kind.DATE, width=12,
               aliases=("合作开始日期", "合作开始时间", "开始日期")),
        Column("cooperation_last_day", N_("Cooperation to"), "合作结束", Kind.DATE, width=12,
               aliases=("合作结束日期", "合作结束时间", "结束日期")),
        Column("contact_name", N_("Contact person"), "联系人", width=10, most=50),
        Column("contact_phone", N_("Contact phone"), "联系电话", Kind.CODE, width=15,
               aliases=("电话", "手机", "联系方式"), most=40),
        Column("status", N_("Status"), "状态", Kind.STATUS, width=10, sortable=True),
        Column("notes", N_("Notes"), "备注", Kind.LONG_TEXT, width=24, most=2000),
    ),
)  # fmt: skip
