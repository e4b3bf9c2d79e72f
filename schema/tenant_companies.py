"""The columns of the tenant companies."""

from rules.choices import CompanySize, Industry
from rules.words import N_
from schema.field import Column, Kind, Sheet

TENANT_COMPANIES = Sheet(
    kind="tenant-companies",
    collection="tenant_companies",
    title="入驻企业",
    unit_line="单位：人、万元",
    identity=("uscc",),
    columns=(
        Column("name", N_("Company name"), "企业名称", width=34, required=True, sortable=True,
               aliases=("公司名称", "单位名称", "入驻企业", "入驻企业名称", "名称"), most=100),
        Column("uscc", N_("USCC"), "统一社会信用代码", Kind.CODE, width=21, required=True,
               aliases=("社会信用代码", "信用代码", "统一信用代码"), most=40),
        Column("base", N_("Base"), "所属基地", Kind.REFERENCE, name_key="base_name", width=30, required=True,
               aliases=("所在基地", "入驻基地", "基地名称", "基地")),
        Column("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20, writable=False),
        Column("industry", N_("Industry"), "所属行业", Kind.CHOICE, terms=Industry, width=22,
               aliases=("行业", "行业类别")),
        Column("people", N_("People employed"), "从业人员（人）", Kind.INTEGER, unit=N_("people"), width=11,
               sortable=True, aliases=("从业人数", "从业人员数", "职工人数", "员工人数")),
        Column("revenue", N_("Revenue"), "营业收入（万元）", Kind.DECIMAL, unit=N_("10,000 yuan"), width=14,
               sortable=True, aliases=("年营业收入", "营收", "年收入")),
        Column("assets", N_("Total assets"), "资产总额（万元）", Kind.DECIMAL, unit=N_("10,000 yuan"),
               width=14, aliases=("资产", "总资产", "资产总计")),
        Column("size", N_("Size"), "企业规模", Kind.CHOICE, terms=CompanySize, width=10, writable=False),
        Column("moved_in", N_("Moved in"), "入驻日期", Kind.DATE, width=12, sortable=True,
               aliases=("入驻时间", "进驻时间", "进驻日期")),
        Column("moved_out", N_("Moved out"), "迁出日期", Kind.DATE, width=12,
               aliases=("退出时间", "迁出时间", "退出日期", "搬离时间")),
        Column("legal_representative", N_("Legal representative"), "法定代表人", width=12,
               aliases=("法人代表", "法人"), most=50),
        Column("phone", N_("Phone"), "联系电话", Kind.CODE, width=15,
               aliases=("电话", "手机", "联系方式"), most=40),
        Column("status", N_("Status"), "状态", Kind.STATUS, width=10, sortable=True),
        Column("notes", N_("Notes"), "备注", Kind.LONG_TEXT, width=24, most=2000),
    ),
)  # fmt: skip
