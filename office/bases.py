"""The columns of the demonstration bases."""

from office.columns import Column, Kind, Sheet
from rules.terms import BaseType
from rules.words import N_

BASES = Sheet(
    kind="bases",
    collection="bases",
    title="示范基地",
    unit_line="单位：人、平方米",
    identity=("uscc",),
    columns=(
        Column("name", N_("Base name"), "基地名称", width=34, required=True, sortable=True,
               aliases=("示范基地名称", "基地", "名称"), most=100),
        Column("operator", N_("Operator"), "运营主体", width=30, required=True,
               aliases=("运营单位", "运营机构", "申报主体")),
        Column("uscc", N_("USCC"), "统一社会信用代码", Kind.CODE, width=21, required=True,
               aliases=("社会信用代码", "信用代码", "统一信用代码"), most=40),
        Column("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20, required=True, sortable=True,
               aliases=("所属县市区", "县市区", "所在县", "所属县区", "县区", "县")),
        Column("base_type", N_("Base type"), "基地类型", Kind.CHOICE, terms=BaseType, width=24, aliases=("类型",)),
        Column("legal_representative", N_("Legal representative"), "法定代表人", width=12,
               aliases=("法人代表", "法人"), most=50),
        Column("address", N_("Address"), "基地地址", width=36, aliases=("地址",)),
        Column("operating_since", N_("Operating since"), "开始运营时间", Kind.DATE, width=13,
               aliases=("运营时间", "开始运营日期", "成立时间")),
        Column("floor_area", N_("Floor area"), "建筑面积（平方米）", Kind.DECIMAL, unit=N_("m²"), width=12, aliases=("面积",)),
        Column("service_staff", N_("Full-time service staff"), "专职服务人员（人）", Kind.INTEGER, unit=N_("people"),
               width=12, sortable=True, aliases=("专职人员", "服务人员", "专职服务人员数")),
        Column("online_system", N_("Online information system"), "线上信息系统", Kind.YES_NO, width=10, aliases=("信息系统",)),
        Column("status", N_("Status"), "状态", Kind.STATUS, width=10, sortable=True, aliases=("称号状态",)),
        Column("announced_on", N_("Announced on"), "公布日期", Kind.DATE, width=12, sortable=True,
               aliases=("认定日期", "公布时间")),
        Column("document_number", N_("Document number"), "公布文号", Kind.CODE, width=22,
               aliases=("文号", "认定文号"), most=40),
        Column("title_first_day", N_("Valid from"), "有效期起", Kind.DATE, width=12,
               aliases=("有效期开始",)),
        Column("title_last_day", N_("Valid to"), "有效期止", Kind.DATE, width=12, sortable=True,
               aliases=("有效期至", "有效期结束")),
        Column("contact_name", N_("Contact person"), "联系人", width=10, most=50),
        Column("contact_phone", N_("Contact phone"), "联系电话", Kind.CODE, width=15,
               aliases=("电话", "手机", "联系方式"), most=40),
        Column("contact_email", N_("Contact e-mail"), "电子邮箱", width=24,
               aliases=("邮箱", "电子邮件"), most=100),
        Column("notes", N_("Notes"), "备注", Kind.LONG_TEXT, width=24, most=2000),
    ),
)  # fmt: skip
