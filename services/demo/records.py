"""The records of the demonstration office: every status, every kind, titles in each of their states."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain, islice
from random import Random
from typing import Any

from bson import ObjectId

from rules.choices import ActivityType, FeeKind, Industry, Satisfaction, ServiceFunction
from rules.counties import CountyFacts
from rules.grounds import DecisionKind
from services.demo.names import LONG_BASE, LONG_COMPANY, Invent, counties_of_bases

Values = dict[str, Any]
# Beside those of the strong bases: 26 companies and 4 entries each, and 4 partners of them all.
BASES, COMPANIES, PARTNERS, ENTRIES = 36, 1218, 66, 4172
STRONG = 5  # bases that meet every condition: those that apply for the title, and one for its renewal
EARLIER = (1, 2)  # how many years ago the strong bases applied that hold the title by now
KEPT_SINCE = 1095  # days before today: since then the office works with the system

_ENDING = 1826 - 45  # to be renewed this year, where it is not over by then
# status, how many bases, days since the announcement. The title lasts five years less a day.
# Who is to lose it holds it at first; "earlier" is who gets it in an earlier round.
_TITLES: tuple[tuple[str, int, int], ...] = (
    ("certified", 2, 1826 + 75),  # expired, due for cancellation
    ("certified", 3, _ENDING),
    ("certified", 2, 1826 - 150),
    ("certified", 7, 1150),
    ("certified", 5, 760),
    ("certified", 5, 395),
    ("certified", 2, 20),
    ("cancelled", 2, 2280),
    ("revoked", 1, 1150),
    ("revoked", 1, 760),
    ("uncertified", 4, 0),
    ("earlier", 2, 0),
)
_LOST_BY = {"cancelled": DecisionKind.CANCELLATION, "revoked": DecisionKind.REVOCATION}
_ACTIVITIES: dict[ServiceFunction, tuple[ActivityType, ...]] = {
    ServiceFunction.INFORMATION: (ActivityType.SERVICE_EVENT, ActivityType.ADVICE),
    ServiceFunction.START_UP: (ActivityType.ADVICE, ActivityType.TRAINING),
    ServiceFunction.INNOVATION: (
        ActivityType.TECHNOLOGY_FAIR, ActivityType.TECHNOLOGY_MATCHMAKING, ActivityType.ADVICE,
    ),
    ServiceFunction.TRAINING: (ActivityType.TRAINING,),
    ServiceFunction.MARKETING: (
        ActivityType.EXHIBITION, ActivityType.TRADE_TALK, ActivityType.PRODUCT_PROMOTION,
        ActivityType.LEADING_FIRM_MATCHMAKING, ActivityType.PRESENTATION,
    ),
    ServiceFunction.FINANCING: (ActivityType.FINANCING_MEETING, ActivityType.ADVICE),
    ServiceFunction.CONSULTING: (ActivityType.ADVICE,),
    ServiceFunction.PROFESSIONAL: (ActivityType.AGENCY, ActivityType.ADVICE),
}  # fmt: skip
_REQUESTS = (
    "高企申报辅导", "商标注册", "劳动合同咨询", "招聘技术工人", "产品出口咨询", "流动资金贷款对接", "专利申请",
    "财税政策解读",
    "直播电商运营培训", "生产线数字化改造诊断", "环评手续代办", "新产品检验检测",
)  # fmt: skip
_PLACES = ("基地会议室", "企业现场", "路演大厅", "一站式服务窗口")
_SHOWN_IN_FULL = (
    ServiceFunction.START_UP, ServiceFunction.TRAINING, ServiceFunction.CONSULTING, ServiceFunction.PROFESSIONAL,
)  # fmt: skip
_POSITIONS = ("主任", "副主任", "企业服务专员", "创业辅导师", "财务", "综合管理")
_QUALIFICATIONS = ("创业指导师", "中级会计师", "人力资源管理师", "中级经济师", "法律职业资格", "专利代理师")
_LEVELS = ("一般", "较好", "很好")


@dataclass
class DemoBase:
    """An invented base and what the records about it need to know."""

    id: ObjectId
    county: CountyFacts
    since: date
    values: Values
    tenants: list[tuple[str, date]] = field(default_factory=list)  # name, moved in
    strong: bool = False
    applied_ago: int = 0  # years; 0: in this year's round, or in none that is told
    loses_by: DecisionKind | None = None

    def entered_on(self, today: date) -> date:
        """Return when the office entered the base: as it began with the system, or as its title was new."""
        announced: date = self.values.get("announced_on", date.min)
        return max(today - timedelta(days=KEPT_SINCE), announced + timedelta(days=1))


def bases(invent: Invent) -> list[DemoBase]:
    """Return the bases in the office's order of counties, with titles in every state."""
    titles = [(status, ago) for status, many, ago in _TITLES for _ in range(many)]
    invent.random.shuffle(titles)
    found: list[DemoBase] = []
    earlier = iter(EARLIER)
    for county, (status, ago) in zip(counties_of_bases(BASES), titles, strict=True):
        kind, name = invent.base(county)
        since = invent.day(ago + 500, ago + 3200)
        values: Values = {
            "name": name, "operator": invent.operator(), "uscc": invent.code(county), "county": county.code,
            "base_type": kind, "legal_representative": invent.person(), "address": invent.address(county),
            "operating_since": since, "floor_area": float(invent.random.randrange(3_000, 90_000, 50)),
            "service_staff": invent.random.randint(3, 18), "online_system": invent.random.random() < 0.75,
            "status": "certified" if ago else "uncertified", "contact_name": invent.person(),
            "contact_phone": invent.phone(), "contact_email": f"base{len(found) + 1:02d}@example.cn",
        }  # fmt: skip
        if ago:
            announced = invent.today - timedelta(days=ago)
            if ago == _ENDING:
                announced = min(announced, date(invent.today.year - 5, 12, 28))
            values |= _announcement(announced)
        found.append(DemoBase(ObjectId(), county, since, values, loses_by=_LOST_BY.get(status)))
        if status == "earlier":
            found[-1].applied_ago = next(earlier, 0)
    found[7].values["name"] = LONG_BASE
    ends_this_year = (home for home in found if _ends_in(home, invent.today.year))
    untitled = [home for home in found if home.values["status"] == "uncertified"]
    uncertified = (home for home in untitled if not home.applied_ago)
    for home in (
        *islice(chain(uncertified, ends_this_year), STRONG),
        *(home for home in untitled if home.applied_ago),
    ):
        home.strong, home.since = True, invent.today - timedelta(days=2600)
        home.values |= {"operating_since": home.since, "service_staff": 9, "online_system": True}
    return found


def _ends_in(home: DemoBase, year: int) -> bool:
    announced = home.values.get("announced_on")
    return announced is not None and home.values["status"] == "certified" and announced.year + 5 == year


def _announcement(day: date) -> Values:
    """Return the announcement of a working day: the bases of one day share its number."""
    day = _weekday(day)
    number = 10 + day.timetuple().tm_yday // 2
    return {"announced_on": day, "document_number": f"聊工信发〔{day.year}〕{number}号"}


def _weekday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


def companies(invent: Invent, homes: Sequence[DemoBase]) -> Iterator[tuple[ObjectId, Values]]:
    """Return the companies: of every size and industry, some moved out, some with figures still missing."""
    random = invent.random
    weights = [random.choice((0.4, 0.8, 1.0, 1.2, 1.6)) for _ in homes]
    for number in range(COMPANIES):
        home = random.choices(homes, weights)[0]
        # Every base and every industry has its company before chance decides.
        home = homes[number] if number < len(homes) else home
        industries = list(Industry)
        industry = industries[number] if number < len(industries) else random.choice(industries)
        values = _company(invent, home, industry)
        if number == len(homes):
            values["name"] = LONG_COMPANY
        home.tenants.append((values["name"], values["moved_in"]))
        yield ObjectId(), values
    for home in homes:
        for _ in range(26 if home.strong else 0):
            values = _company(invent, home, Industry.MANUFACTURING) | {
                "people": 18, "revenue": 460.0, "assets": 210.0, "moved_in": home.since + timedelta(days=30),
                "status": "housed",
            }  # fmt: skip
            for key in ("moved_out", "size_override", "size_reason"):
                values.pop(key, None)
            home.tenants.append((values["name"], values["moved_in"]))
            yield ObjectId(), values


def _company(invent: Invent, home: DemoBase, industry: Industry) -> Values:
    random = invent.random
    scale = random.choices((1, 8, 60, 500), (46, 40, 12, 2))[0]
    days_open = (invent.today - home.since).days
    moved_in = invent.day(max(days_open - 30, 40), 20)
    values: Values = {
        "name": invent.company(home.county), "uscc": invent.code(home.county), "base": home.id,
        "industry": industry.value, "people": random.randint(2, 9) * scale // random.choice((1, 2)) + 1,
        "revenue": round(random.uniform(15, 160) * scale, 2), "assets": round(random.uniform(10, 190) * scale, 2),
        "moved_in": moved_in, "legal_representative": invent.person(), "phone": invent.phone(), "status": "housed",
    }  # fmt: skip
    if random.random() < 0.09:
        stay = (invent.today - moved_in).days
        values |= {"moved_out": invent.day(stay - 1, 0), "status": "moved_out"}
    if random.random() < 0.04:
        del values["revenue"], values["assets"]
    elif random.random() < 0.01:
        values |= {"size_override": "small", "size_reason": "以统计部门上年度认定结果为准。"}
    return values


def partners(invent: Invent, homes: Sequence[DemoBase]) -> Iterator[tuple[ObjectId, Values]]:
    """Return the service partners, each with cooperations; an eighth of them have ended theirs."""
    random = invent.random
    for number in range(PARTNERS):
        ended = number % 8 == 5
        mine = random.sample(homes, random.randint(1, 6))
        functions = random.sample(list(ServiceFunction), random.randint(1, 4))
        yield ObjectId(), {
            "name": invent.partner(), "uscc": invent.code(None), "functions": [one.value for one in functions],
            "cooperations": [_cooperation(invent, home, ended) for home in mine],
            "contact_name": invent.person(), "contact_phone": invent.phone(),
            "status": "ended" if ended else "cooperating",
        }  # fmt: skip
    strong = [home for home in homes if home.strong]
    for _ in range(4):
        yield ObjectId(), {
            "name": invent.partner(), "uscc": invent.code(None), "functions": ["professional", "consulting"],
            "cooperations": [
                {"base": home.id, "first_day": home.since + timedelta(days=60)} for home in strong
            ],
            "contact_name": invent.person(), "contact_phone": invent.phone(), "status": "cooperating",
        }  # fmt: skip


def _cooperation(invent: Invent, home: DemoBase, ended: bool) -> Values:
    first = max(home.since, invent.day(2000, 420))
    years = invent.random.choice((1, 2, 3))
    last = first + timedelta(days=365 * years - 1)
    if ended:
        return {"base": home.id, "first_day": first, "last_day": min(last, invent.day(200, 30))}
    if last < invent.today and invent.random.random() < 0.8:
        return {"base": home.id, "first_day": first}
    return {"base": home.id, "first_day": first, "last_day": last}


def entries(
    invent: Invent, homes: Sequence[DemoBase], allies: Sequence[tuple[ObjectId, Values]]
) -> Iterator[tuple[ObjectId, Values]]:
    """Return the ledger of three years, base by base; the latest weeks hold drafts and entries to be verified."""
    of_base = {home.id: [one for one, values in allies if _works_with(values, home)] for home in homes}
    weights = [len(home.tenants) + 5 for home in homes]
    chosen = sorted(invent.random.choices(range(len(homes)), weights, k=ENTRIES))
    for number, place in enumerate(chosen):
        home = homes[place]
        yield ObjectId(), _entry(invent, home, of_base[home.id], number)
    for home in homes:
        assessed = date(invent.today.year - 1 - home.applied_ago, 6, 12)
        for function in _SHOWN_IN_FULL if home.strong else ():
            names = [name for name, _ in home.tenants[-22:]]
            yield ObjectId(), {
                **_entry(invent, home, of_base[home.id], 0), "served_on": _weekday(assessed),
                "function": function.value, "activity": _ACTIVITIES[function][0].value, "mode": "offline",
                "place": _PLACES[0], "companies": [{"name": name} for name in names], "company_times": len(names),
                "person_times": 320, "status": "verified", "fee_kind": FeeKind.FREE.value, "fee_amount": 0.0,
            }  # fmt: skip


def _works_with(values: Values, home: DemoBase) -> bool:
    return any(one["base"] == home.id for one in values["cooperations"])


def _entry(invent: Invent, home: DemoBase, allies: Sequence[ObjectId], number: int) -> Values:
    random = invent.random
    function = random.choice(list(ServiceFunction))
    day = invent.day(min(1095, (invent.today - home.since).days), 0)
    day = _weekday(day)
    named = [name for name, moved_in in home.tenants if moved_in <= day]
    named = random.sample(named, min(len(named), random.choice((1, 1, 2, 3, 8, 15))))
    times = len(named) + random.choice((0, 0, 1, 4))
    values: Values = {
        "base": home.id, "served_on": day, "function": function.value,
        "activity": random.choice(_ACTIVITIES[function]).value,
        "mode": random.choices(("offline", "online"), (4, 1))[0],
        "request": f"{random.choice(_REQUESTS)}（{number + 1}）",
        "service_record": "已完成对接，形成服务记录。", "companies": [{"name": name} for name in named],
        "company_times": max(times, 1), "person_times": max(times, 1) * random.choice((1, 2, 2, 5)),
        "status": _entry_status(invent, day),
    }  # fmt: skip
    values["place"] = "线上" if values["mode"] == "online" else random.choice(_PLACES)
    if allies and random.random() < 0.6:
        values["partner"] = random.choice(allies)
    values |= _fee(invent)
    if random.random() < 0.6:
        values["satisfaction"] = random.choices(list(Satisfaction), (50, 38, 9, 3))[0].value
        values["feedback"] = f"服务及时，效果{random.choice(_LEVELS)}。"
    return values


def _entry_status(invent: Invent, day: date) -> str:
    age = (invent.today - day).days
    if age < 20 and invent.random.random() < 0.5:
        return "draft"
    return "submitted" if age < 90 or invent.random.random() < 0.1 else "verified"


def _fee(invent: Invent) -> Values:
    kind = invent.random.choices(list(FeeKind), (45, 25, 30))[0]
    amount = 0.0
    if kind is FeeKind.LOW:
        amount = float(invent.random.choice((100, 200, 500)))
    if kind is FeeKind.MARKET:
        amount = float(invent.random.randrange(800, 20_000, 100))
    return {"fee_kind": kind.value, "fee_amount": amount}


def staff(homes: Sequence[DemoBase]) -> Iterator[tuple[ObjectId, Values]]:
    """Return the staff of each base: as many full-time people as its number says, one part-time, one who left."""
    # Its own source: the other records stay the same, with or without the staff.
    for number, home in enumerate(homes):
        invent = Invent(Random(number), home.since)  # noqa: S311 - invented data, no secrets
        full_time = home.values["service_staff"]
        names: set[str] = set()
        while len(names) < full_time + 2:
            names.add(invent.person())
        for place, name in enumerate(sorted(names)):
            values: Values = {
                "name": name, "base": home.id, "duty": "manager" if place < 2 else "service",
                "position": _POSITIONS[min(place, 1)] if place < 2 else invent.random.choice(_POSITIONS[2:]),
                "employment": "part-time" if place == full_time else "full-time", "phone": invent.phone(),
                "qualification": invent.random.choice(_QUALIFICATIONS), "started_on": home.since,
            }  # fmt: skip
            if place == full_time + 1:
                values["left_on"] = home.since + timedelta(days=200)
            yield ObjectId(), values
