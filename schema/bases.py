"""The demonstration bases: who runs them, what they have, the title and its term."""

from datetime import date, timedelta
from typing import Any

from rules.access import Actor, Permission
from rules.choices import BaseType
from rules.counties import office_counties
from rules.errors import NotAllowed, Refusal, Refused
from rules.titles import (
    REGISTER_CLOSED,
    TITLE_IN_BIN,
    Term,
    TitleSource,
    last_valid_day,
    refusals_to_move_title,
    term_on,
)
from rules.words import N_
from schema.collection import (
    Collection,
    Doubled,
    Hooks,
    Index,
    NeededStatus,
    Raw,
    References,
    Section,
    Stored,
)
from schema.field import CodeOf, Field, Kind, Search
from schema.questions.phrases import Phrase
from schema.record_rules import RecordRule, refusing, warning
from schema.shared_rules import WRONG_CODE
from schema.values import day_of, in_order, stored

TITLE_KEYS = ("status", "announced_on", "document_number", "title_first_day", "title_last_day")
# A certificate names who it was issued to (Art. 15).
CODE_ONLY_BY_FILING = N_("The operator of a base with a certificate changes by a change filing alone.")
TITLE_IS_THE_CITYS = N_("Only the city bureau may record a base's title.")
# What belongs to a title beside, and moves with it alone.
KEPT_WITH_TITLE = (*TITLE_KEYS, "certificate_number", "title_source", "earlier_terms")
# What one term of a title consists of, in a base and in each of its `earlier_terms`.
TERM_KEYS = ("announced_on", "document_number", "title_first_day", "title_last_day", "certificate_number")


def terms_of(raw: Stored) -> tuple[Term, ...]:
    """Return the terms of a stored base's title in the order of their announcement; the last is the base's own.

    A base that has or had no title has none.
    """
    own = [{**raw, "status": "certified"}] if raw.get("announced_on") else []
    return tuple(_term(term) for term in (*(raw.get("earlier_terms") or ()), *own))


def _term(raw: Stored) -> Term:
    first, last = (raw.get(key) or raw.get(key.removeprefix("title_")) for key in TERM_KEYS[2:4])
    announced = raw.get("announced_on")
    return Term(
        day_of(first),
        day_of(last),
        day_of(announced),
        raw.get("document_number") or "",
        raw.get("certificate_number") or "",
        held=raw.get("status", "certified") == "certified",
    )


def running_term(raw: Stored, today: date) -> tuple[Term | None, Term | None]:
    """Return the term by which a stored base's title stands today, and the renewed one that follows it, if any."""
    terms = terms_of(raw)
    running = term_on(terms, today)
    return running, None if running is None or running is terms[-1] else terms[-1]


def with_running_term(raw: Stored, today: date) -> dict[str, Any]:
    """Return a stored base with the days, paper and certificate of the term that runs today (`running_term`)."""
    running, follows = running_term(raw, today)
    if running is None or follows is None:
        return dict(raw)
    shown: dict[str, Any] = {
        "announced_on": stored(running.announced_on),
        "document_number": running.document_number,
        "title_first_day": stored(running.first_day),
        "title_last_day": stored(running.last_day),
        "certificate_number": running.certificate_number,
    }
    return {**raw, **shown}


def _follows_a_term(raw: Stored) -> bool:
    """Tell whether a base's term begins where the one before it ended: its announcement may have come later."""
    earlier = [term for term in terms_of(raw)[:-1] if term.held and term.last_day is not None]
    first_day = day_of(raw.get("title_first_day"))
    return bool(earlier and first_day and earlier[-1].last_day == first_day - timedelta(days=1))


def _faults_of_title(values: Stored, today: date) -> list[Refusal]:
    """Return what a title lacks to be whole (Art. 12, 16)."""
    found: list[Refusal] = []
    titled = values.get("status") != "uncertified"
    for key, message in (
        ("announced_on", N_("A base that has or had the title needs the day of its announcement.")),
        ("document_number", N_("A base that has or had the title needs the number of its announcement.")),
    ):
        if titled and not values.get(key):
            found.append(Refusal(message, field=key))
    if not titled:
        found += [
            Refusal(
                N_("A base without the title can have no announcement: clear this, or set the status."),
                field=key,
            )
            for key in ("announced_on", "document_number", "title_first_day", "title_last_day")
            if values.get(key)
        ]
    if not _follows_a_term(values):
        found += in_order(
            values, "announced_on", "title_first_day", N_("The title cannot begin before its announcement.")
        )
    found += in_order(
        values, "title_first_day", "title_last_day", N_("The last valid day is before the first one.")
    )
    return found


def _begins_later(values: Stored, today: date) -> bool:
    since = day_of(values.get("operating_since"))
    return since is not None and since > today


def _began_after_title(values: Stored, today: date) -> bool:
    since, announced = day_of(values.get("operating_since")), day_of(values.get("announced_on"))
    return since is not None and announced is not None and since > announced


RULES: tuple[RecordRule, ...] = (
    refusing("title", (*TITLE_KEYS, "earlier_terms"), _faults_of_title),
    WRONG_CODE,
    warning(
        "operates-later", ("operating_since",), _begins_later,
        N_("The day from which the operator runs the base is still to come."),
    ),
    warning(
        "title-before-operation", ("announced_on", "operating_since"), _began_after_title,
        N_("The title was announced before the operator began to run the base."),
    ),
)  # fmt: skip


def _prepare(raw: Raw, before: Stored | None, actor: Actor, refs: References) -> None:
    if raw.get("county") not in office_counties().by_code:
        raise Refused(Refusal(N_("Choose a county from the list."), field="county"))
    if not actor.sees(raw["county"]):
        raise Refused(Refusal(N_("You may only keep bases of your own county."), field="county"))
    if before is None or refs.title_move is not None:
        _complete_term(raw, refs)
    if before is None:
        _take_earlier_title(raw, actor, refs)
    else:
        _demand_right_to_move(raw, before, refs)
    if before and before.get("certificate_number") and before["uscc"] != raw["uscc"] and not refs.by_filing:
        raise Refused(Refusal(CODE_ONLY_BY_FILING, field="uscc"))
    if before and before.get("name") != raw["name"] and not refs.taking_back:
        former = [*before.get("former_names", []), before.get("name", "")]
        raw["former_names"] = [name for name in dict.fromkeys(former) if name and name != raw["name"]]


def _complete_term(raw: Raw, refs: References) -> None:
    if raw["status"] == "uncertified" or not raw.get("announced_on"):
        return
    first = raw.get("title_first_day") or raw["announced_on"]
    raw["title_first_day"] = first
    if "title_last_day" not in raw:
        raw["title_last_day"] = stored(last_valid_day(first.date(), refs.years_of_validity(first.date())))


def _take_earlier_title(raw: Raw, actor: Actor, refs: References) -> None:
    """Let a new base bring a title older than the system into the register, as long as that is open."""
    if not any(raw.get(key) for key in TITLE_KEYS if key != "status") and raw["status"] == "uncertified":
        raw.pop("title_source", None)
        return
    if not actor.may(Permission.RECORD_TITLES):
        raise NotAllowed(Refusal(TITLE_IS_THE_CITYS, field="status"))
    if not refs.register_is_open():
        raise Refused(Refusal(REGISTER_CLOSED, field="status"))
    raw["title_source"] = TitleSource.EARLIER.value
    deleted = refs.deleted_titles(raw)
    if any(title.get(key) != raw.get(key) for title in deleted for key in TITLE_KEYS):
        raise Refused(Refusal(TITLE_IN_BIN, field="status"))


def _demand_right_to_move(raw: Raw, before: Stored, refs: References) -> None:
    moved = [key for key in KEPT_WITH_TITLE if (raw.get(key) or None) != (before.get(key) or None)]
    reasons = refusals_to_move_title(
        moved, before=before["status"], after=raw["status"], source=before.get("title_source", ""),
        move=refs.title_move,
    )  # fmt: skip
    if reasons:
        raise Refused(*reasons)


def _may_delete(raw: Stored, actor: Actor) -> tuple[Refusal, ...]:
    if raw["status"] != "uncertified" and not actor.may(Permission.RECORD_TITLES):
        raise NotAllowed(N_("Only the city bureau may delete a base that has or had the title."))
    return ()


def _deleted(raw: Stored, refs: References) -> None:
    # What stands for no base any more may be another announcement's number.
    refs.claim_number({"_id": raw["_id"]}, raw)


def _doubled(values: Stored) -> tuple[Doubled, ...]:
    name, county = values.get("name"), values.get("county")
    if not name or not county:
        return ()
    sentence = N_("A base named %(value)s in this county already stands in row %(row)d of this file.")
    return (Doubled((county, name), name, sentence, "name"),)


BASES = Collection(
    name="bases",
    slug="bases",
    title="示范基地",
    label=N_("Bases"),
    one=N_("Base"),
    called=("基地", "示范基地", "园区", "创业创新基地"),
    phrases=(
        Phrase(("到期", "届满", "有效期满", "有效期到", "有效期截止到"), day="title_last_day", is_future=True,
               field="status", values=("certified",)),
        Phrase(("已到期", "已经到期", "过期", "已过期", "超期"), day="title_last_day", is_past=True),
        Phrase(("认定", "新认定", "公布", "新公布", "获得称号", "取得称号", "命名"), day="announced_on", field="status",
               values=("certified",), opposite=("uncertified",)),
        Phrase(("撤销", "被撤销", "撤销命名"), day="dated", field="status", values=("revoked",), elsewhere="decisions",
               also=(("kind", "revocation"),)),
        Phrase(("取消", "被取消", "取消称号"), day="dated", field="status", values=("cancelled",),
               elsewhere="decisions", also=(("kind", "cancellation"),)),
        Phrase(("开始运营", "成立", "投入运营"), day="operating_since"),
    ),
    icon="base",
    import_hint=N_("First: the others refer to them."),
    import_steps=(N_("Import the bases"), N_("The office's list of bases, as it is in Excel.")),
    menu_prefixes=("timeline",),
    found_columns=("name", "operator", "uscc", "county", "status"),
    noted_status="certified",
    note=N_("%(count)s certified"),
    named_by_county=True,
    few=True,
    unknown_name=N_(
        "“%(value)s” is not among the bases that you keep. Please compare the name with the list of bases."
    ),
    ambiguous_name=N_(
        "“%(value)s” is the name of several bases, in %(counties)s. Please write the county before the name."
    ),
    unit_line="单位：人、平方米",
    identity=("uscc",),
    place_key="county",
    restored_as_it_was=True,
    untraced=("earlier_terms", "operator_changes"),
    is_copied=False,  # no two of them are alike, and a title is nobody else's
    written_singly=True,  # the next base's document number asks who carries it
    referred=N_("%(count)d bases refer to %(label)s."),
    absent=N_("Choose a base from the list: this one does not exist in your scope."),
    unseen_code=N_("The code %(value)s cannot be entered in your county. Please ask the city bureau."),
    statuses=(
        NeededStatus("uncertified", "未认定", "grey", 10),
        NeededStatus("certified", "已认定", "green", 20, public=True),
        NeededStatus("cancelled", "已取消", "amber", 30, final=True, public=True),
        NeededStatus("revoked", "已撤销", "red", 40, final=True, public=True),
    ),
    default_status="uncertified",
    # The statuses of bases are the states of the title: the Measures alone make them, one base at a time.
    open_statuses=False,
    bulk_status=False,
    rules=RULES,
    hooks=Hooks(
        prepare=_prepare,
        finish=lambda raw, before, refs: refs.claim_number(raw, before),
        may_delete=_may_delete, deleted=_deleted, doubled=_doubled,
    ),
    indexes=(
        Index("uscc_unique", ("uscc",), N_("The code %(value)s is already registered."), "uscc"),
        Index(
            "name_in_county_unique", ("county", "name"), N_("A base named %(value)s already exists in this county."),
            "name",
        ),
        Index("document_number", ("document_number",), sparse=True),
        Index("earlier_number", ("earlier_terms.document_number",), sparse=True),
        Index("earlier_certificate", ("earlier_terms.certificate_number",), sparse=True),
        Index(
            "certificate_unique", ("certificate_number",), N_("The certificate number %(value)s is already used."),
            "certificate_number", sparse=True,
        ),
    ),
    sections=(
        Section("base", N_("The base")),
        Section("operator", N_("Operator")),
        Section("services", N_("Services"), N_("Counted for the conditions on staff and on the information service.")),
        Section(
            "title", N_("Title"),
            N_("Only for a title that is older than this system: the register of earlier titles."),
        ),
        Section("contact", N_("Contact")),
    ),
    fields=(
        Field("name", N_("Base name"), "基地名称", width=34, required=True, sortable=True,
              aliases=("示范基地名称", "基地", "名称"),
              sent_as=("示范基地", "基地全称", "创业基地名称", "园区名称", "孵化器名称"),
              max_length=100, section="base", listed=1,
              search=Search.NAME, public=True),
        Field("operator", N_("Operator"), "运营主体", width=30, required=True,
              aliases=("运营单位", "运营机构", "申报主体"),
              sent_as=("运营主体名称", "运营单位名称", "运营机构名称", "运营企业", "运营公司", "运营管理单位"),
              section="operator", listed=4, search=Search.NAME,
              help=N_("The legal person that runs the base."), public=True),
        Field("uscc", N_("USCC"), "统一社会信用代码", Kind.CODE, width=21, required=True, code=CodeOf.USCC,
              aliases=("社会信用代码", "信用代码", "统一信用代码"),
              sent_as=("统一代码", "统一社会信用码", "社会统一信用代码", "社会信用统一代码",
                       "统一社会信用代码号", "信用代码号", "运营主体统一社会信用代码",
                       "运营单位统一社会信用代码", "纳税人识别号", "纳税识别号", "税号", "营业执照号"),
              max_length=18, section="operator", half=True,
              help=N_("18 characters; spaces and full-width letters are put right."), search=Search.TEXT),
        Field("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20, required=True, sortable=True,
              aliases=("所属县市区", "县市区", "所在县", "所属县区", "县区", "县"),
              sent_as=("所在县市区", "所在县区", "所属区县", "所在区县", "区县", "市县区"),
              section="base", half=True, listed=3,
              search=Search.COUNTY, public=True),
        Field("base_type", N_("Base type"), "基地类型", Kind.CHOICE, choices=BaseType, width=24, aliases=("类型",),
              sent_as=("基地类别", "类别", "园区类型"),
              section="base", half=True, listed=5, filter=2,
              help=N_("One of the kinds of applicants that the Measures name."), public=True),
        Field("legal_representative", N_("Legal representative"), "法定代表人", width=12,
              aliases=("法人代表", "法人"),
              sent_as=("法定代表", "法人姓名", "法人代表姓名", "法定代表人姓名"),
              max_length=50, section="operator", half=True, search=Search.PERSON,
              personal=True),
        Field("registered_place", N_("Place of registration"), "注册地", width=26,
              aliases=("注册地址", "住所地", "住所", "登记机关所在地", "登记地", "注册地点"), section="operator",
              help=N_("As on the business licence, or the division's six digits. Left blank: what the code says.")),
        Field("address", N_("Address"), "基地地址", width=36, aliases=("地址",),
              sent_as=("详细地址", "基地详细地址", "园区地址", "所在地址"),
              section="base", search=Search.TEXT,
              public=True),
        Field("operating_since", N_("Operating since"), "开始运营时间", Kind.DATE, width=13,
              aliases=("运营时间", "开始运营日期", "成立时间"),
              sent_as=("运营日期", "开始运营年月", "投入运营时间", "开园时间", "成立日期"),
              section="base", half=True,
              help=N_("The day the operator began to run the base: the years in operation are counted from it.")),
        Field("floor_area", N_("Floor area"), "建筑面积（平方米）", Kind.DECIMAL, unit=N_("m²"), width=12,
              aliases=("面积",),
              sent_as=("总建筑面积", "建筑总面积", "基地面积", "园区面积", "场地面积"),
              section="base", half=True),
        Field("service_staff", N_("Full-time service staff"), "专职服务人员（人）", Kind.INTEGER, unit=N_("people"),
              width=12, sortable=True, indexed=True, aliases=("专职人员", "服务人员", "专职服务人员数"),
              sent_as=("专职人员数", "专职服务人数", "专职服务人员数量"),
              section="services", half=True, listed=6),
        Field("online_system", N_("Online information system"), "线上信息系统", Kind.YES_NO, width=10,
              aliases=("信息系统",),
              sent_as=("线上信息服务系统", "信息服务系统", "线上系统", "有无线上信息系统",
                       "是否有线上信息系统"),
              section="services", half=True, filter=3),
        Field("status", N_("Status"), "状态", Kind.STATUS, width=10, sortable=True, indexed=True, required=False,
              aliases=("称号状态",),
              sent_as=("认定状态", "基地状态", "当前状态"),
              section="title", half=True, listed=2, filter=1, public=True,
              default="uncertified"),
        Field("announced_on", N_("Announced on"), "公布日期", Kind.DATE, width=12, sortable=True, indexed=True,
              aliases=("认定日期", "公布时间"),
              sent_as=("认定时间", "命名日期", "命名时间", "授牌日期", "授牌时间"),
              section="title", form_order=1, filter=5, public=True),
        Field("document_number", N_("Document number"), "公布文号", Kind.CODE, width=22,
              code=CodeOf.DOCUMENT_NUMBER, aliases=("文号", "认定文号"),
              sent_as=("文件号", "公布文件号", "发文字号", "认定文件号"),
              max_length=40, section="title", half=True,
              listed=8, search=Search.TEXT, public=True,
              help=N_("For example 聊工信发〔2021〕133号; any brackets will do.")),
        Field("title_first_day", N_("Valid from"), "有效期起", Kind.DATE, width=12, aliases=("有效期开始",),
              section="title", half=True, form_order=2, public=True,
              help=N_("Left blank: the day of the announcement.")),
        Field("title_last_day", N_("Valid to"), "有效期止", Kind.DATE, width=12, sortable=True, indexed=True,
              aliases=("有效期至", "有效期结束"), section="title", half=True, form_order=2, listed=7, filter=4,
              public=True, help=N_("Left blank: as many years as the Measures say, computed.")),
        Field("contact_name", N_("Contact person"), "联系人", width=10, max_length=50,
              sent_as=("联系人姓名", "基地联系人"),
              section="contact", half=True,
              search=Search.PERSON, personal=True),
        Field("contact_phone", N_("Contact phone"), "联系电话", Kind.CODE, width=15, code=CodeOf.PHONE,
              aliases=("电话", "手机", "联系方式"),
              sent_as=("手机号", "手机号码", "电话号码", "联系手机", "联系号码", "联系人电话", "基地电话",
                       "移动电话"),
              max_length=40, section="contact", half=True, search=Search.TEXT,
              personal=True),
        Field("contact_email", N_("Contact e-mail"), "电子邮箱", width=24, aliases=("邮箱", "电子邮件"),
              sent_as=("邮箱地址", "邮件地址", "电子信箱"),
              max_length=100, section="contact", personal=True),
        Field("notes", N_("Notes"), "备注", Kind.LONG_TEXT, width=24, max_length=2000, section="contact"),
        # What the county confirmed of the place of registration, and of which code and place it did.
        Field("registration_in_city", N_("Registered in the city, by the county's check"), "注册地在聊城市（县区核实）",
              kind=Kind.YES_NO,
              exported=False, imported=False, editable=False, section="operator"),
        Field("registration_checked_on", N_("Registration checked on"), "注册地核实日期",
              kind=Kind.DATE, exported=False,
              imported=False, editable=False, section="operator"),
        Field("registration_checked_by", N_("Registration checked by"), "注册地核实人",
              exported=False, imported=False,
              editable=False, section="operator"),
        Field("registration_basis", N_("Basis of the check of the registration"), "注册地核实依据",
              kind=Kind.LONG_TEXT, exported=False,
              imported=False, editable=False, section="operator", max_length=500),
        Field("registration_uscc", N_("USCC of the check of the registration"), "核实注册地时的信用代码",
              kind=Kind.CODE, exported=False,
              imported=False, editable=False),
        Field("registration_place", N_("Place of the check of the registration"), "核实时的注册地",
              exported=False, imported=False,
              editable=False),
        # What decisions and announcements leave; nobody types it here.
        Field("title_source", N_("Source of the title"), "称号来源", Kind.CHOICE, choices=TitleSource,
              exported=False, imported=False, editable=False, section="title", filter=6),
        Field("certificate_number", N_("Certificate number"), "证书编号", Kind.CODE, max_length=40,
              exported=False, imported=False, editable=False, section="title", search=Search.TEXT, public=True),
        Field("former_names", N_("Former names"), "曾用名",
              kind=Kind.TEXTS, exported=False, imported=False, editable=False,
              search=Search.NAME, public=True, reported_at="name"),
        Field("former_operators", N_("Former operators"), "原运营主体",
              kind=Kind.TEXTS, exported=False, imported=False,
              editable=False, search=Search.NAME),  # by accepted change filings
    ),
)  # fmt: skip
