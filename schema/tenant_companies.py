"""The tenant companies: housed in a base, with the size that their figures give (people; 10,000 yuan a year)."""

from collections.abc import Iterator
from datetime import date

from rules.access import Actor
from rules.assessment.company_size import company_size
from rules.assessment.counting import MOVED_OUT
from rules.choices import CompanySize, Industry
from rules.doubts.doubt import Doubt
from rules.errors import Refusal
from rules.words import N_
from schema.collection import Collection, Hooks, Index, NeededStatus, Raw, References, Section, Stored
from schema.field import CodeOf, Field, Kind, Search
from schema.questions.phrases import Phrase
from schema.record_rules import RecordRule, StaySentences, Twins, order, refusing, stay, warning
from schema.shared_rules import OTHER_REGISTER, WRONG_CODE
from schema.values import put

HOUSED = "housed"
_INDUSTRIES = {one.value: one for one in Industry}


# More than any company of a base employs, and more than one person turns over or holds (10,000 yuan).
_MOST_PEOPLE = 20_000
_MOST_A_PERSON = 10_000


def _size_without_reason(values: Stored, today: date) -> Iterator[Refusal]:
    if values.get("size_override") and not values.get("size_reason"):
        yield Refusal(N_("Say why the computed size is not used."), field="size_reason")


def _has_odd_people(values: Stored, today: date) -> bool:
    people = values.get("people")
    return people is not None and (people > _MOST_PEOPLE or (people == 0 and bool(values.get("revenue"))))


def _is_in_yuan(key: str, values: Stored) -> bool:
    """Tell whether an amount is more than so many people could turn over or hold."""
    return (values.get(key) or 0) > _MOST_A_PERSON * max(values.get("people") or 0, 1)


RULES: tuple[RecordRule, ...] = (
    order("days-in-order", "moved_in", "moved_out", N_("The company cannot move out before it moved in.")),
    refusing("size-with-reason", ("size_override", "size_reason"), _size_without_reason),
    WRONG_CODE,
    OTHER_REGISTER,
    warning(
        "odd-people", ("revenue", "people"), _has_odd_people, N_("This number of people is hardly possible."),
        doubt=Doubt.ODD_PEOPLE,
    ),
    warning(
        "revenue-in-yuan", ("people", "revenue"), lambda values, today: _is_in_yuan("revenue", values),
        N_("This revenue is very large for so few people: is it in yuan?"), doubt=Doubt.REVENUE_IN_YUAN,
    ),
    warning(
        "assets-in-yuan", ("people", "assets"), lambda values, today: _is_in_yuan("assets", values),
        N_("These assets are very large for so few people: are they in yuan?"), doubt=Doubt.ASSETS_IN_YUAN,
    ),
    *stay(
        "moved_in", "moved_out", there=HOUSED, gone=MOVED_OUT,
        said=StaySentences(
            no_day=N_("The company has moved out, on no known day: it is then counted on no day."),
            still_there=N_("The company is housed, although its day of moving out has come."),
            not_yet_left=N_("The company has moved out, although the day of it is still to come."),
            not_yet_there=N_("The company is housed, although the day it moves in is still to come."),
        ),
    ),
)  # fmt: skip
TWINS = Twins(
    ("name", "base"), "uscc",
    N_("%(label)s is on record in this base under the code %(code)s. Is it another company?"),
    N_("The same name and base stand in row %(row)d of this file, under another code."),
)  # fmt: skip


def _prepare(raw: Raw, before: Stored | None, actor: Actor, refs: References) -> None:
    industry = _INDUSTRIES.get(raw.get("industry") or "")
    computed = company_size(
        industry, people=raw.get("people"), revenue=raw.get("revenue"), assets=raw.get("assets")
    )
    put(raw, "size_computed", computed.value if computed else None)
    put(raw, "size", raw.get("size_override") or raw.get("size_computed"))


def _default_status(raw: Stored) -> str:
    return MOVED_OUT if raw.get("moved_out") else HOUSED


def _complete(values: Stored, before: Stored) -> Raw:
    """Let a row that brings the day of moving out end the stay, unless it says otherwise."""
    leaves = "moved_out" in values and "status" not in values
    if leaves and before.get("status") == HOUSED and not before.get("moved_out"):
        return {**values, "status": MOVED_OUT}
    return dict(values)


TENANT_COMPANIES = Collection(
    name="tenant_companies",
    slug="tenant-companies",
    title="入驻企业",
    label=N_("Tenant companies"),
    one=N_("Tenant company"),
    called=("企业", "公司", "入驻公司", "商户"),
    phrases=(
        Phrase(("入驻", "新入驻", "进驻", "搬入"), day="moved_in", field="status", values=(HOUSED,)),
        Phrase(("迁出", "搬走", "搬离", "退出", "离开"), day="moved_out", field="status", values=(MOVED_OUT,)),
        Phrase(("员工", "职工", "人数", "用工人数"), field="people"),
        Phrase(("小微企业", "小微"), field="size", values=("small", "micro")),
        Phrase(("大中型企业", "大中型"), field="size", values=("large", "medium")),
        Phrase(("软件", "软件业", "软件行业", "信息技术"), field="industry", values=("software",)),
        Phrase(("工业企业", "制造企业", "制造"), field="industry", values=("manufacturing",)),
        Phrase(("农业", "农业企业", "种植业"), field="industry", values=("farming",)),
        Phrase(("物流", "运输"), field="industry", values=("transport",)),
        Phrase(("餐饮",), field="industry", values=("catering",)),
    ),
    icon="company",
    import_hint=N_("Needs the bases."),
    import_steps=(N_("Import the tenant companies"), N_("Each names its base.")),
    found_columns=("name", "uscc", "base", "county", "status"),
    unit_line="单位：人、万元",
    identity=("uscc",),
    place_key="base",
    referred=N_("%(count)d tenant companies refer to %(label)s."),
    absent=N_("Choose a company from the list: this one does not exist in your scope."),
    unseen_code=N_("The code %(value)s cannot be entered in your county. Please ask the city bureau."),
    statuses=(
        NeededStatus(HOUSED, "在驻", "green", 10),
        NeededStatus(MOVED_OUT, "已迁出", "grey", 20, final=True),
    ),
    default_status=HOUSED,
    rules=RULES,
    twins=TWINS,
    hooks=Hooks(prepare=_prepare, default_status=_default_status, complete=_complete),
    shard_key=("uscc",),
    indexes=(
        Index("uscc_unique", ("uscc",), N_("The code %(value)s is already registered."), "uscc"),
        Index("base", ("base", "sort_key")),
    ),
    sections=(
        Section("company", N_("The company")),
        Section("tenancy", N_("Tenancy")),
        Section(
            "size", N_("Size"),
            N_("The size is computed from industry and figures when you save (工信部联企业〔2011〕300号)."),
        ),
        Section("notes", N_("Notes")),
    ),
    fields=(
        Field("name", N_("Company name"), "企业名称", width=34, required=True, sortable=True,
              aliases=("公司名称", "单位名称", "入驻企业", "入驻企业名称", "企业全称", "公司全称", "单位全称",
                       "名称"),
              sent_as=("企业", "公司", "企业名", "在驻企业名称", "在园企业名称", "入园企业名称",
                       "入孵企业名称", "小微企业名称", "市场主体名称"),
              max_length=100,
              section="company", listed=1, search=Search.NAME),
        Field("uscc", N_("USCC"), "统一社会信用代码", Kind.CODE, width=21, required=True, code=CodeOf.USCC,
              aliases=("社会信用代码", "信用代码", "统一信用代码", "纳税人识别号", "税号"),
              sent_as=("统一代码", "统一社会信用码", "社会统一信用代码", "社会信用统一代码",
                       "统一社会信用代码号", "信用代码号", "企业统一社会信用代码", "单位统一社会信用代码",
                       "企业信用代码", "纳税识别号", "营业执照号", "营业执照编号"),
              max_length=18, section="company", half=True,
              help=N_("18 characters; spaces and full-width letters are put right."), listed=10,
              search=Search.TEXT),
        Field("base", N_("Base"), "所属基地", Kind.REFERENCE, refers_to="bases", scopes=True, name_key="base_name",
              width=30, required=True, aliases=("所在基地", "入驻基地", "入驻园区", "所在园区", "所属园区", "园区名称",
                       "园区", "基地名称", "基地"),
              sent_as=("所属基地名称", "所在基地名称", "入驻基地名称", "示范基地", "示范基地名称",
                       "所属示范基地", "所在示范基地", "所属园区名称", "所在园区名称", "入驻园区名称",
                       "入驻孵化器", "所属孵化器", "入驻载体", "所属载体"),
              section="tenancy",
              help=N_("Type part of the name or its pinyin initials."), listed=3, filter=1, search=Search.NAME),
        Field("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20, imported=False, listed=4,
              search=Search.COUNTY, reported_at="base"),
        Field("industry", N_("Industry"), "所属行业", Kind.CHOICE, choices=Industry, width=22,
              aliases=("行业", "行业类别"),
              sent_as=("所属行业类别", "所属行业名称", "行业分类", "行业名称", "主营行业"),
              section="size", indexed=True, listed=5, filter=4),
        Field("people", N_("People employed"), "从业人员（人）", Kind.INTEGER, unit=N_("people"), width=11,
              sortable=True, indexed=True, aliases=("从业人数", "从业人员数", "职工人数", "员工人数"),
              sent_as=("从业人员人数", "从业人员数量", "从业人员总数", "从业人员期末人数", "期末从业人员",
                       "年末从业人员", "职工数", "职工总数", "员工数", "员工总数", "企业人数", "人数"),
              section="size", listed=6),
        Field("revenue", N_("Revenue"), "营业收入（万元）", Kind.DECIMAL, unit=N_("10,000 yuan"), width=14,
              sortable=True, indexed=True, aliases=("年营业收入", "营收", "年收入"),
              sent_as=("营业额", "年营业额", "营业总收入", "年度营业收入", "全年营业收入"),
              section="size", half=True,
              listed=7),
        Field("assets", N_("Total assets"), "资产总额（万元）", Kind.DECIMAL, unit=N_("10,000 yuan"), width=14,
              aliases=("资产", "总资产", "资产总计"),
              sent_as=("资产合计", "资产总值", "资产规模", "期末资产总额", "年末资产总额"),
              section="size", half=True),
        Field("size", N_("Size"), "企业规模", Kind.CHOICE, choices=CompanySize, width=10, imported=False,
              editable=False, section="size", indexed=True, listed=8, filter=3),
        Field("moved_in", N_("Moved in"), "入驻日期", Kind.DATE, width=12, sortable=True, indexed=True,
              aliases=("入驻时间", "进驻时间", "进驻日期"),
              sent_as=("入驻年月", "入驻日", "入园时间", "入园日期", "进园时间", "进园日期", "入孵时间",
                       "入孵日期", "入住时间", "入住日期", "迁入时间", "迁入日期"),
              section="tenancy", half=True, listed=9, filter=5),
        Field("moved_out", N_("Moved out"), "迁出日期", Kind.DATE, width=12,
              aliases=("退出时间", "迁出时间", "退出日期", "搬离时间"),
              sent_as=("搬离日期", "搬出时间", "搬出日期", "退园时间", "退园日期", "离园时间", "离园日期",
                       "出园时间", "出园日期", "退驻时间", "退驻日期"),
              section="tenancy", half=True, indexed=True,
              filter=6, not_yet=("至今", "在驻", "仍在驻", "在园", "未迁出", "未退出"),
              help=N_("Blank while the company is still there.")),
        Field("legal_representative", N_("Legal representative"), "法定代表人", width=12,
              aliases=("法人代表", "法人"),
              sent_as=("法定代表", "法人姓名", "法人代表姓名", "法定代表人姓名", "企业法人", "企业法定代表人"),
              max_length=50, section="company", half=True, search=Search.PERSON,
              personal=True),
        Field("phone", N_("Phone"), "联系电话", Kind.CODE, width=15, code=CodeOf.PHONE,
              aliases=("电话", "手机", "联系方式"),
              sent_as=("手机号", "手机号码", "电话号码", "联系手机", "联系号码", "联系人电话", "企业电话",
                       "企业联系电话", "移动电话"),
              max_length=40, section="company", search=Search.TEXT,
              personal=True),
        Field("status", N_("Status"), "状态", Kind.STATUS, width=10, sortable=True, indexed=True,
              sent_as=("企业状态", "入驻状态", "在驻状态", "当前状态"),
              section="tenancy",
              form_order=1, listed=2, filter=2),
        Field("notes", N_("Notes"), "备注", Kind.LONG_TEXT, width=24, max_length=2000, section="notes"),
        Field("size_computed", N_("Computed size"), "测算规模", Kind.CHOICE, choices=CompanySize, exported=False,
              imported=False, editable=False, section="size", form_order=1, reported_at="size"),
        Field("size_override", N_("Size, if not as computed"), "企业规模（人工）", Kind.CHOICE, choices=CompanySize,
              exported=False, imported=False, section="size", form_order=1, reported_at="size"),
        Field("size_reason", N_("Reason"), "人工认定原因", Kind.LONG_TEXT, max_length=500, exported=False,
              imported=False, section="size", form_order=1, reported_at="size"),
    ),
)  # fmt: skip
