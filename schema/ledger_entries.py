"""The service ledger, Art. 6(3): one service given, its request, record, time, place, companies and feedback."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from rules.access import Actor
from rules.choices import ActivityType, FeeKind, Satisfaction, ServiceFunction, ServiceMode
from rules.errors import Refusal
from rules.words import N_
from schema.collection import Collection, Hooks, Index, NeededStatus, Raw, References, Section, Stored
from schema.field import Carried, Field, Kind, Search
from schema.questions.phrases import Phrase
from schema.record_rules import RecordRule, Twins, refusing, warning
from schema.values import day_of, put

_CHARGED = ("low", "market")


def _undated(values: Stored, today: date) -> Iterator[Refusal]:
    if values.get("status") != "draft" and not values.get("served_on"):
        yield Refusal(N_("Only a draft may lack the service date."), field="served_on")


def _free_for_a_fee(values: Stored, today: date) -> Iterator[Refusal]:
    if values.get("fee_kind") == "free" and (values.get("fee_amount") or 0) > 0:
        yield Refusal(N_("A free service cannot have a fee."), field="fee_amount")


def _is_served_later(values: Stored, today: date) -> bool:
    day = day_of(values.get("served_on"))
    return values.get("status") in ("submitted", "verified") and day is not None and day > today


# Art. 6(3); a draft may still lack its date.
RULES: tuple[RecordRule, ...] = (
    refusing("dated", ("status", "served_on"), _undated),
    refusing("free-without-fee", ("fee_kind", "fee_amount"), _free_for_a_fee),
    warning(
        "served-later", ("status", "served_on"), _is_served_later,
        N_("The entry is submitted, although the day of the service is still to come."),
    ),
    warning(
        "fee-without-amount", ("fee_kind", "fee_amount"),
        lambda values, today: values.get("fee_kind") in _CHARGED and values.get("fee_amount") == 0,
        N_("A fee is charged, but its amount is 0."),
    ),
    warning(
        "amount-without-kind", ("fee_amount", "fee_kind"),
        lambda values, today: (values.get("fee_amount") or 0) > 0 and not values.get("fee_kind"),
        N_("There is an amount, but it is not said whether the fee is low or at market price."),
    ),
    warning(
        "more-named-than-counted", ("companies", "company_times"),
        lambda values, today: (
            values.get("company_times") is not None and len(values.get("companies") or ()) > values["company_times"]
        ),
        N_("More companies are named than are counted."),
    ),
)  # fmt: skip
TWINS = Twins(
    ("base", "served_on", "function", "request", "companies"),
    "number",
    N_("The same service is in the ledger under the number %(code)s. Is this another one?"),
    N_("The same service, of the same companies, stands in row %(row)d of this file. Is this another one?"),
)


def _prepare(raw: Raw, before: Stored | None, actor: Actor, refs: References) -> None:
    named = raw.get("companies") or []
    ids = refs.companies_named(raw["base"], [each["name"] for each in named if each.get("name")])
    for company in named:
        put(company, "company", ids.get(company.get("name", "")))


def _label_of(raw: Stored) -> str:
    """Return base, day and request: a ledger entry has no name of its own."""
    day = raw.get("served_on")
    parts = [raw.get("base_name"), f"{day:%Y-%m-%d}" if day else None, (raw.get("request") or "")[:40]]
    return " ".join(part for part in parts if part)


def _referred_as(raw: Stored) -> str:
    """Return number, base and day: the number tells it from every other entry."""
    day = raw.get("served_on")
    parts = [raw.get("number"), raw.get("base_name"), f"{day:%Y-%m-%d}" if day else None]
    return " ".join(part for part in parts if part)


def _comparable(key: str, value: Any) -> Any:
    return [each.get("name") for each in value] if key == "companies" and value else value


LEDGER_ENTRIES = Collection(
    name="ledger_entries",
    slug="ledger-entries",
    title="服务台账",
    label=N_("Service ledger"),
    one=N_("Ledger entry"),
    called=("台账", "台帐", "服务记录", "服务"),
    phrases=(
        Phrase(("未核验", "待核验", "没核验", "没有核验", "尚未核验", "还没核验"), field="status",
               values=("draft", "submitted")),
        Phrase(("核验", "核验过", "核验通过"), field="status", values=("verified",)),
        Phrase(("不收费", "未收费", "没收费", "没有收费", "无偿"), field="fee_kind", values=("free",)),
        Phrase(("参加人数", "人数", "参加人员"), field="person_times"),
        Phrase(("线上服务",), field="mode", values=("online",)),
        Phrase(("线下服务",), field="mode", values=("offline",)),
        Phrase(("未提交", "没提交", "没有提交", "尚未提交", "还没提交"), field="status", values=("draft",)),
    ),
    asked_day="served_on",
    by_week_of="base",
    icon="ledger",
    import_hint=N_("Last: needs bases and partners."),
    import_steps=(N_("Import the service ledger"), N_("Last: it names bases and partners.")),
    found_columns=("base", "served_on", "function", "request", "status"),
    unit_line="单位：家次、人次、元",
    # Of rows without mark and number, the n-th with these values is the n-th record with them.
    identity=("base", "served_on", "function", "activity", "request", "partner"),
    numbered_by_order=True,
    number_key="number",
    number_prefix="TZ",
    read_first=("base", "served_on"),
    default_order=(("served_on", -1), ("_id", -1)),
    sort_name="base",
    name_keys=("base_name", "served_on", "request"),
    referred=N_("%(count)d ledger entries refer to %(label)s."),
    statuses=(
        NeededStatus("draft", "草稿", "grey", 10),
        NeededStatus("submitted", "已提交", "blue", 20),
        NeededStatus("verified", "已核验", "green", 30, final=True),
    ),
    default_status="draft",
    rules=RULES,
    twins=TWINS,
    reference_keys=("number",),
    hooks=Hooks(prepare=_prepare, label_of=_label_of, referred_as=_referred_as, comparable=_comparable),
    shard_key=("_id",),
    indexes=(
        Index("base", ("base", "-served_on")),
        Index("partner", ("partner", "-served_on")),
        Index("companies", ("companies.company",)),
        Index("number", ("number",)),
    ),
    search_index=("search_tokens", "county"),
    sorted_by=(),
    sections=(
        Section("service", N_("What and when")),
        Section("partner", N_("Who served"), N_("Left blank: the base itself.")),
        Section("record", N_("Request and record")),
        Section(
            "companies", N_("Who took part"), N_("Company-times and person-times are counted once for each service.")
        ),
        Section("feedback", N_("Fee and feedback")),
    ),
    fields=(
        Field("base", N_("Base"), "所属基地", Kind.REFERENCE, refers_to="bases", scopes=True, name_key="base_name",
              width=30, required=True, aliases=("基地名称", "基地", "所在基地", "所属园区", "园区"),
              sent_as=("所属基地名称", "所在基地名称", "示范基地", "示范基地名称", "所属示范基地", "所在园区",
                       "园区名称"),
              section="service",
              help=N_("Type part of the name or its pinyin initials."), listed=1, filter=1, search=Search.NAME,
              carried=Carried.ALWAYS),
        Field("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20, imported=False, search=Search.COUNTY,
              reported_at="base"),
        Field("served_on", N_("Service date"), "服务日期", Kind.DATE, width=12, sortable=True, indexed=True,
              aliases=("服务时间", "日期", "时间"),
              sent_as=("服务日", "活动日期", "活动时间", "开展日期", "开展时间", "举办日期", "举办时间"),
              section="service", half=True, listed=2, filter=2,
              carried=Carried.ALWAYS),
        Field("place", N_("Place"), "服务地点", width=16, aliases=("地点",),
              sent_as=("活动地点", "开展地点", "举办地点", "服务场所"),
              section="service", half=True,
              search=Search.TEXT, carried=Carried.ALWAYS),
        Field("function", N_("Service function"), "服务功能", Kind.CHOICE, choices=ServiceFunction, width=14,
              required=True, indexed=True, aliases=("服务类别",),
              sent_as=("服务功能类别", "功能类别"),
              section="service", half=True, listed=4, filter=3,
              help=N_("One of the service functions that the Measures name."), carried=Carried.ALWAYS),
        Field("activity", N_("Activity type"), "活动类型", Kind.CHOICE, choices=ActivityType, width=14,
              sent_as=("活动类别",),
              section="service", half=True, listed=5, filter=4, carried=Carried.ALWAYS),
        Field("mode", N_("Mode"), "服务方式", Kind.CHOICE, choices=ServiceMode, width=10, aliases=("方式",),
              sent_as=("服务形式", "服务模式", "线上线下"),
              section="service", half=True, filter=8, carried=Carried.ALWAYS),
        Field("partner", N_("Service partner"), "服务机构", Kind.REFERENCE, refers_to="service_partners",
              name_key="partner_name", width=28, aliases=("提供服务机构", "服务机构名称"),
              sent_as=("服务提供机构", "提供服务的机构", "合作机构", "服务单位"),
              section="partner",
              listed=7, filter=6, search=Search.NAME, carried=Carried.ALWAYS),
        Field("request", N_("Service request"), "服务诉求", Kind.LONG_TEXT, width=30,
              aliases=("企业服务诉求", "企业诉求", "诉求"),
              sent_as=("服务需求", "企业需求", "诉求内容", "服务诉求内容"),
              max_length=2000, section="record", listed=6,
              search=Search.TEXT, carried=Carried.ASKED),
        Field("service_record", N_("Service record"), "服务记录", Kind.LONG_TEXT, width=36,
              aliases=("提供服务的记录", "记录"),
              sent_as=("服务内容", "服务情况", "服务过程"),
              max_length=4000, section="record", carried=Carried.ASKED),
        Field("companies", N_("Companies served"), "参与企业", Kind.NAMES, refers_to="tenant_companies", width=40,
              aliases=("参与的企业", "服务企业", "企业名单"),
              sent_as=("参与企业名称", "参加企业", "参会企业", "服务企业名称", "服务对象"),
              max_length=20000, section="companies",
              depends_on="base", filter=7, search=Search.TEXT, most_searched=30,
              help=N_("Tenants of the base are found by typing; other names may be typed in full.")),
        Field("company_times", N_("Companies counted"), "服务企业数（家次）", Kind.INTEGER,
              unit=N_("company-times"), width=12, sortable=True, indexed=True, aliases=("家次", "服务企业家次"),
              sent_as=("服务企业数量", "服务家次", "企业家次", "参与企业数"),
              section="companies", half=True, listed=8, counts="companies"),
        Field("person_times", N_("People counted"), "服务人数（人次）", Kind.INTEGER, unit=N_("person-times"),
              width=12, sortable=True, indexed=True, aliases=("人次", "服务人次", "参与人数"),
              sent_as=("参加人数", "参与人次"),
              section="companies",
              half=True, listed=9),
        Field("fee_kind", N_("Fee"), "收费方式", Kind.CHOICE, choices=FeeKind, width=10, aliases=("收费",),
              sent_as=("收费类型", "收费类别"),
              section="feedback", half=True, listed=10, filter=9, carried=Carried.ALWAYS),
        Field("fee_amount", N_("Fee amount"), "收费金额（元）", Kind.DECIMAL, unit=N_("yuan"), width=12,
              aliases=("金额",),
              sent_as=("收费额", "费用", "费用金额"),
              section="feedback", half=True, carried=Carried.ALWAYS),
        Field("satisfaction", N_("Satisfaction"), "满意度", Kind.CHOICE, choices=Satisfaction, width=10,
              sent_as=("满意程度", "满意度评价", "企业满意度"),
              section="feedback", filter=10),
        Field("feedback", N_("Feedback"), "反馈意见", Kind.LONG_TEXT, width=26, aliases=("意见反馈", "反馈"),
              sent_as=("反馈情况", "反馈内容", "企业反馈"),
              max_length=2000, section="feedback"),
        Field("status", N_("Status"), "状态", Kind.STATUS, width=10, sortable=True, indexed=True,
              sent_as=("台账状态", "核验状态", "当前状态"),
              section="service",
              half=True, listed=3, filter=5, help=N_("A draft is not counted."), default="draft",
              carried=Carried.ALWAYS),
        Field("notes", N_("Notes"), "备注", Kind.LONG_TEXT, width=24, max_length=2000, section="feedback"),
        # The program's own; by it a row of a workbook is the entry that it was.
        Field("number", N_("Entry number"), "台账编号", width=16, editable=False,
              sent_as=("台账号",),
              section="service", listed=11,
              max_length=40, search=Search.TEXT),
    ),
)  # fmt: skip
