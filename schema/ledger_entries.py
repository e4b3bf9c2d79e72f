"""The columns of the service ledger, Art. 6(3)."""

from rules.choices import ActivityType, FeeKind, Satisfaction, ServiceFunction, ServiceMode
from rules.words import N_
from schema.field import Column, Kind, Sheet

LEDGER_ENTRIES = Sheet(
    kind="ledger-entries",
    collection="ledger_entries",
    title="服务台账",
    unit_line="单位：家次、人次、元",
    # A ledger has no number of its own: the n-th row with these values is the n-th record with them.
    identity=("base", "served_on", "function", "activity", "request", "partner"),
    columns=(
        Column("base", N_("Base"), "所属基地", Kind.REFERENCE, name_key="base_name", width=30, required=True,
               aliases=("基地名称", "基地", "所在基地")),
        Column("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20, writable=False),
        Column("served_on", N_("Service date"), "服务日期", Kind.DATE, width=12, sortable=True,
               aliases=("服务时间", "日期", "时间")),
        Column("place", N_("Place"), "服务地点", width=16, aliases=("地点",)),
        Column("function", N_("Service function"), "服务功能", Kind.CHOICE, terms=ServiceFunction, width=14,
               required=True, aliases=("服务类别",)),
        Column("activity", N_("Activity type"), "活动类型", Kind.CHOICE, terms=ActivityType, width=14),
        Column("mode", N_("Mode"), "服务方式", Kind.CHOICE, terms=ServiceMode, width=10, aliases=("方式",)),
        Column("partner", N_("Service partner"), "服务机构", Kind.REFERENCE, name_key="partner_name", width=28,
               aliases=("提供服务机构", "服务机构名称")),
        Column("request", N_("Service request"), "服务诉求", Kind.LONG_TEXT, width=30,
               aliases=("企业服务诉求", "企业诉求", "诉求"), most=2000),
        Column("service_record", N_("Service record"), "服务记录", Kind.LONG_TEXT, width=36,
               aliases=("提供服务的记录", "记录"), most=4000),
        Column("companies", N_("Companies served"), "参与企业", Kind.NAMES, width=40,
               aliases=("参与的企业", "服务企业", "企业名单"), most=20000),
        Column("company_times", N_("Companies counted"), "服务企业数（家次）", Kind.INTEGER,
               unit=N_("company-times"), width=12,
               sortable=True, aliases=("家次", "服务企业家次")),
        Column("person_times", N_("People counted"), "服务人数（人次）", Kind.INTEGER,
               unit=N_("person-times"), width=12,
               sortable=True, aliases=("人次", "服务人次", "参与人数")),
        Column("fee_kind", N_("Fee"), "收费方式", Kind.CHOICE, terms=FeeKind, width=10, aliases=("收费",)),
        Column("fee_amount", N_("Fee amount"), "收费金额（元）", Kind.DECIMAL, unit=N_("yuan"), width=12,
               aliases=("金额",)),
        Column("satisfaction", N_("Satisfaction"), "满意度", Kind.CHOICE, terms=Satisfaction, width=10),
        Column("feedback", N_("Feedback"), "反馈意见", Kind.LONG_TEXT, width=26,
               aliases=("意见反馈", "反馈"), most=2000),
        Column("status", N_("Status"), "状态", Kind.STATUS, width=10, sortable=True),
        Column("notes", N_("Notes"), "备注", Kind.LONG_TEXT, width=24, most=2000),
    ),
)  # fmt: skip
