"""The service partners: outside organisations that serve the tenants, and the bases they work with."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from rules.access import Actor
from rules.choices import ServiceFunction
from rules.doubts.doubt import Doubt
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.collection import Collection, Hooks, Index, NeededStatus, Raw, References, Section, Stored
from schema.field import CodeOf, Field, Kind, Search
from schema.questions.phrases import Phrase
from schema.record_rules import RecordRule, Twins, refusing, warning
from schema.shared_rules import WRONG_CODE
from schema.values import day_of, stored

# Said of a partner that a county did not enter alone; it tells nothing of who else works with it.
KEPT_BY_THE_CITY = N_(
    "The city bureau keeps this partner: only it may change or delete it. Your own cooperations stay yours."
)
# Days that stand in no record: the period that all cooperations of a row share.
PERIOD_KEYS = ("cooperation_first_day", "cooperation_last_day")
_OF_THE_CITY = ("name", "uscc", "functions", "contact_name", "contact_phone", "status", "notes")


def _faults_of_cooperations(values: Stored, today: date) -> Iterator[Refusal]:
    seen: set[tuple[Any, Any]] = set()
    for one in values.get("cooperations") or []:
        key = (one.get("base"), one.get("first_day"))
        if key in seen:
            yield Refusal(
                N_("The cooperation with %(base)s is entered twice."),
                {"base": one.get("base_name") or ""},
                field="cooperations",
            )
        seen.add(key)
        if one.get("first_day") and one.get("last_day") and one["last_day"] < one["first_day"]:
            yield Refusal(
                N_("The cooperation with %(base)s ends before it begins."),
                {"base": one.get("base_name") or ""},
                field="cooperations",
            )


def _runs(term: Stored, today: date) -> bool:
    last = day_of(term.get("last_day"))
    return last is None or last >= today


def _is_ended_but_runs(values: Stored, today: date) -> bool:
    terms = values.get("cooperations") or ()
    running = any(_runs(term, today) for term in terms)
    return values.get("status") == "ended" and running and any(term.get("first_day") for term in terms)


def _has_run_out(values: Stored, today: date) -> bool:
    terms = values.get("cooperations") or ()
    return (
        values.get("status") == "cooperating"
        and bool(terms)
        and not any(_runs(term, today) for term in terms)
    )


RULES: tuple[RecordRule, ...] = (
    refusing("cooperations", ("cooperations",), _faults_of_cooperations),
    WRONG_CODE,
    warning(
        "ended-but-running", ("cooperations", "status"), _is_ended_but_runs,
        N_("The partner has ended, although a cooperation goes on."), doubt=Doubt.ENDED_BUT_RUNNING,
    ),
    warning(
        "running-but-ended", ("cooperations", "status"), _has_run_out,
        N_("The partner is cooperating, although every cooperation has ended."), doubt=Doubt.RUNNING_BUT_ENDED,
    ),
)  # fmt: skip
TWINS = Twins(
    ("name",), "uscc",
    N_("%(label)s is on record under the code %(code)s. Is it another partner?"),
    N_("The same name stands in row %(row)d of this file, under another code."),
)  # fmt: skip


def _prepare(raw: Raw, before: Stored | None, actor: Actor, refs: References) -> None:
    if actor.county is not None:
        _keep_within_county(raw, before, actor, refs)
    cooperations = raw.get("cooperations") or []
    # A new one has no county yet.
    mine = [each for each in cooperations if actor.county in (None, each.get("county") or actor.county)]
    for cooperation in mine:
        base = refs.anywhere("bases", cooperation.get("base"))
        if base is None:
            raise Refused(Refusal(N_("Choose a base from the list."), field="cooperations"))
        cooperation["base_name"], cooperation["county"] = base["name"], base["county"]
    if raw.get("functions"):  # a set: the order in which they were ticked or written says nothing
        known = [function.value for function in ServiceFunction if function.value in raw["functions"]]
        raw["functions"] = [*known, *sorted(set(raw["functions"]) - set(known))]
    raw["counties"] = counties_of(raw)


def counties_of(raw: Stored) -> list[str]:
    """Return the counties of a partner: those of its cooperations, and where it was entered."""
    counties = {cooperation["county"] for cooperation in raw.get("cooperations") or []}
    return sorted(counties | ({raw["home_county"]} if raw.get("home_county") else set()))


def _keep_within_county(raw: Raw, before: Stored | None, actor: Actor, refs: References) -> None:
    """Let a county clerk change only what is the county's: its own cooperations, and a partner of its own."""
    given = before is None or raw.get("cooperations") is not before.get("cooperations")
    if given:
        for cooperation in raw.get("cooperations") or []:
            refs.record("bases", cooperation.get("base"), "cooperations")
    if before is None:
        raw["home_county"] = actor.county
        return
    if given:
        raw["cooperations"] = _with_own(
            before.get("cooperations") or [], raw.get("cooperations") or [], actor.county
        )
    changed = [key for key in _OF_THE_CITY if raw.get(key) != before.get(key)]
    if changed and not is_kept_by(before, actor):
        raise Refused(*(Refusal(KEPT_BY_THE_CITY, field=key) for key in changed))


def is_kept_by(raw: Stored, actor: Actor) -> bool:
    """Tell whether the actor may change what a partner itself is, and delete it.

    A county may where it entered the partner, and as long as it is the only one that works with it; whatever else
    there is, is the city bureau's.
    """
    if actor.county is None:
        return True
    others = {*counties_of(raw), *(raw.get("counties") or ())} - {actor.county}
    return raw.get("home_county") == actor.county and not others


def _with_own(held: Sequence[Stored], given: Sequence[Stored], county: str | None) -> list[Any]:
    """Return the cooperations that are held with those of a county as given; others', and their places, stay."""
    own = [each for each in held if each.get("county") == county]
    if [(each["base"], each.get("first_day"), each.get("last_day")) for each in own] == [
        (each.get("base"), each.get("first_day"), each.get("last_day")) for each in given
    ]:
        return list(held)
    return [*(each for each in held if each.get("county") != county), *given]


def _may_delete(raw: Stored, actor: Actor) -> tuple[Refusal, ...]:
    return () if is_kept_by(raw, actor) else (Refusal(KEPT_BY_THE_CITY),)


def _in_sight(raw: Stored, actor: Actor) -> Raw:
    """Leave out what a partner does in other counties: a county clerk sees its own cooperations only."""
    if actor.county is None:
        return dict(raw)
    own = [each for each in raw.get("cooperations") or [] if each.get("county") == actor.county]
    counties = {"counties": [actor.county]} if "counties" in raw else {}
    return {**raw, "cooperations": own, **counties}


def _spread(values: Raw) -> list[Refusal]:
    """Give the period of the row to each of its cooperations that names none of its own."""
    first, last = (values.pop(key, None) for key in PERIOD_KEYS)
    if first and last and last < first:
        return [Refusal(N_("The cooperation ends before it begins."), field=PERIOD_KEYS[1])]
    days = {key: day for key, day in (("first_day", first), ("last_day", last)) if day}
    for cooperation in values.get("cooperations", []):
        if "first_day" not in cooperation and "last_day" not in cooperation:
            cooperation.update(days)
    return []


def _complete(values: Stored, before: Stored) -> Raw:
    """Give the cooperations of a row the days stored for them that the row leaves blank."""
    if "cooperations" not in values:
        return dict(values)
    held = before.get("cooperations") or []
    return {
        **values,
        "cooperations": [each for one in values["cooperations"] for each in _with_days(one, held)],
    }


def _with_days(cooperation: Stored, held: list[Stored]) -> list[Raw]:
    first, last = stored(cooperation.get("first_day")), stored(cooperation.get("last_day"))
    same = [
        old for old in held if old["base"] == cooperation["base"] and first in (None, old.get("first_day"))
    ]
    if first is None and last is None and same:
        return [dict(old) for old in same]
    return [{**same[0], **cooperation}] if len(same) == 1 else [dict(cooperation)]


def _comparable(key: str, value: Any) -> Any:
    if key == "cooperations" and value:
        return [(each.get("base"), each.get("first_day"), each.get("last_day")) for each in value]
    return value


SERVICE_PARTNERS = Collection(
    name="service_partners",
    slug="service-partners",
    title="服务机构",
    label=N_("Service partners"),
    one=N_("Service partner"),
    called=("机构", "服务商", "合作机构"),
    phrases=(
        Phrase(("合作", "正在合作", "在合作"), field="status", values=("cooperating",)),
        Phrase(("终止合作", "停止合作", "不再合作"), field="status", values=("ended",)),
        Phrase(("培训", "培训机构"), field="functions", values=("training",)),
    ),
    icon="partner",
    import_hint=N_("Needs the bases."),
    import_steps=(N_("Import the service partners"), N_("With the bases they work with.")),
    found_columns=("name", "uscc", "functions", "status"),
    # Written in the partner's column when the base gave the service itself.
    nobody=("本基地", "基地", "基地自身", "基地自办", "无", "-", "—", "/"),
    unknown_name=N_(
        "“%(value)s” is not among the service partners that you keep. Please compare the name with their list."
    ),
    ambiguous_name=N_("“%(value)s” is the name of several service partners. Please enter this row on screen."),
    identity=("uscc",),
    county_key="counties",
    referred=N_("%(count)d service partners refer to %(label)s."),
    absent=N_("Choose a service partner from the list: this one does not exist in your scope."),
    unseen_code=N_("The code %(value)s cannot be entered in your county. Please ask the city bureau."),
    statuses=(
        NeededStatus("cooperating", "合作中", "green", 10),
        NeededStatus("ended", "已终止", "grey", 20, final=True),
    ),
    default_status="cooperating",
    rules=RULES,
    twins=TWINS,
    hooks=Hooks(
        prepare=_prepare, may_delete=_may_delete, in_sight=_in_sight, spread=_spread, complete=_complete,
        comparable=_comparable,
    ),
    shard_key=("uscc",),
    indexes=(
        Index("uscc_unique", ("uscc",), N_("The code %(value)s is already registered."), "uscc"),
        Index("cooperations_base", ("cooperations.base",)),
    ),
    search_index=("search_tokens",),
    sections=(
        Section("partner", N_("The partner")),
        Section("cooperations", N_("Cooperations"), N_("Without a last day the cooperation goes on.")),
        Section("contact", N_("Contact")),
    ),
    fields=(
        Field("name", N_("Partner name"), "机构名称", width=34, required=True, sortable=True,
              aliases=("服务机构", "服务机构名称", "机构全称", "单位名称", "名称"),
              sent_as=("机构", "服务机构全称", "合作机构", "合作机构名称", "单位全称", "企业名称", "公司名称"),
              max_length=100, section="partner", listed=1,
              search=Search.NAME),
        Field("uscc", N_("USCC"), "统一社会信用代码", Kind.CODE, width=21, required=True, code=CodeOf.USCC,
              aliases=("社会信用代码", "信用代码", "统一信用代码", "纳税人识别号", "税号"),
              sent_as=("统一代码", "统一社会信用码", "社会统一信用代码", "社会信用统一代码",
                       "统一社会信用代码号", "信用代码号", "机构统一社会信用代码", "纳税识别号", "营业执照号"),
              max_length=18, section="partner", half=True,
              help=N_("18 characters; spaces and full-width letters are put right."), listed=7,
              search=Search.TEXT),
        Field("functions", N_("Service functions"), "服务功能", Kind.CHOICES, choices=ServiceFunction, width=30,
              aliases=("服务类别", "服务领域"),
              sent_as=("服务功能类别", "服务职能", "服务类型"),
              section="partner", form_order=2, listed=3, filter=2,
              help=N_("The service functions that it supports.")),
        # The period of all cooperations of a row stands in the two columns after it; where the
        # bases differ, each name carries its own: 某某创业园（2024-01-01至2025-12-31）.
        Field("cooperations", N_("Cooperating bases"), "合作基地", Kind.COOPERATIONS, refers_to="bases", width=44,
              aliases=("合作基地名称", "服务基地", "所属基地"),
              sent_as=("合作园区", "签约基地", "合作示范基地", "所在基地"),
              max_length=4000, section="cooperations", listed=4,
              filter=1, search=Search.NAME),
        Field("cooperation_first_day", N_("Cooperation from"), "合作开始", Kind.DATE, width=12, stored=False,
              aliases=("合作开始日期", "合作开始时间", "开始日期"),
              sent_as=("合作起始", "合作起始日期", "合作起始时间", "协议开始日期", "签约日期", "签约时间")),
        Field("cooperation_last_day", N_("Cooperation to"), "合作结束", Kind.DATE, width=12, stored=False,
              aliases=("合作结束日期", "合作结束时间", "结束日期"),
              sent_as=("合作截止", "合作截止日期", "合作截止时间", "合作终止日期", "合作到期日期",
                       "协议到期日期"),
              not_yet=("至今", "长期", "长期有效", "无固定期限")),
        Field("contact_name", N_("Contact person"), "联系人", width=10, max_length=50,
              sent_as=("联系人姓名", "机构联系人"),
              section="contact", half=True,
              listed=5, search=Search.PERSON, personal=True),
        Field("contact_phone", N_("Contact phone"), "联系电话", Kind.CODE, width=15, code=CodeOf.PHONE,
              aliases=("电话", "手机", "联系方式"),
              sent_as=("手机号", "手机号码", "电话号码", "联系手机", "联系号码", "联系人电话", "机构电话",
                       "移动电话"),
              max_length=40, section="contact", half=True, listed=6,
              search=Search.TEXT, personal=True),
        Field("status", N_("Status"), "状态", Kind.STATUS, width=10, sortable=True, indexed=True,
              sent_as=("合作状态", "机构状态", "当前状态"),
              section="partner",
              half=True, form_order=1, listed=2, filter=3, default="cooperating"),
        Field("notes", N_("Notes"), "备注", Kind.LONG_TEXT, width=24, max_length=2000, section="contact"),
        Field("counties", N_("Counties"), kind=Kind.TEXTS, exported=False, imported=False, editable=False,
              traced=False, search=Search.COUNTY, reported_at="cooperations"),
        # Where a county clerk entered it; keeps it in sight before the first cooperation.
        Field("home_county", N_("Entered in"), kind=Kind.COUNTY, exported=False, imported=False, editable=False,
              traced=False, reported_at="cooperations"),
    ),
)  # fmt: skip
