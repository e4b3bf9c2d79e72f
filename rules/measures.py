"""A rule set as data: the thresholds, terms and deadlines of one edition of the Measures, at one level.

The 2021 Measures of the city (聊工信发〔2021〕133号) are one instance, shipped; a successor, a province's or the
nation's are others. Nothing else in the program holds a threshold. 以上 and 不少于 include the number itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from rules.choices import ActivityType, Choice, ServiceFunction
from rules.errors import Refusal
from rules.words import N_


class Level(Choice):
    """Whose rules they are, Art. 17."""

    CITY = "city", N_("City"), "市级"
    PROVINCE = "province", N_("Province"), "省级"
    NATION = "nation", N_("Nation"), "国家级"


class Figure(Choice):
    """What is counted of a service function in a year, Art. 7."""

    ONLINE = "online", N_("Online information system"), "线上信息系统"
    OFFLINE_COMPANY_TIMES = "offline_company_times", N_("Company-times on site"), "线下服务家次"
    COMPANY_TIMES = "company_times", N_("Company-times served"), "服务家次"
    PERSON_TIMES = "person_times", N_("Person-times trained"), "培训人次"
    ACTIVITIES = "activities", N_("Service events held"), "服务活动次数"
    MEETINGS = "meetings", N_("Meetings held"), "对接会次数"
    EXHIBITIONS = "exhibitions", N_("Exhibitions and promotions"), "展览展销、洽谈、推介次数"
    MATCHMAKING = "matchmaking", N_("Matchmaking with leading firms held"), "龙头企业对接次数"


F, S = Figure, ServiceFunction

# The figures of each function, in the order of Art. 7, whatever their thresholds are.
FIGURES: Mapping[ServiceFunction, tuple[Figure, ...]] = MappingProxyType(
    {
        S.INFORMATION: (F.ONLINE, F.OFFLINE_COMPANY_TIMES, F.ACTIVITIES),
        S.START_UP: (F.COMPANY_TIMES,),
        S.INNOVATION: (F.MEETINGS,),
        S.TRAINING: (F.PERSON_TIMES,),
        S.MARKETING: (F.EXHIBITIONS, F.MATCHMAKING),
        S.FINANCING: (F.COMPANY_TIMES, F.MEETINGS),
        S.CONSULTING: (F.COMPANY_TIMES,),
        S.PROFESSIONAL: (F.COMPANY_TIMES,),
    }
)
_A = ActivityType
# Which activities of a function's entries a figure counts (decision, where Art. 7 names none).
ACTIVITIES: Mapping[tuple[ServiceFunction, Figure], frozenset[ActivityType]] = MappingProxyType(
    {
        (S.INFORMATION, F.ACTIVITIES): frozenset({_A.SERVICE_EVENT}),
        (S.INNOVATION, F.MEETINGS): frozenset({_A.TECHNOLOGY_FAIR, _A.TECHNOLOGY_MATCHMAKING}),
        (S.MARKETING, F.EXHIBITIONS): frozenset({_A.EXHIBITION, _A.TRADE_TALK, _A.PRODUCT_PROMOTION}),
        (S.MARKETING, F.MATCHMAKING): frozenset({_A.LEADING_FIRM_MATCHMAKING}),
        (S.FINANCING, F.MEETINGS): frozenset({_A.FINANCING_MEETING}),
    }
)
FunctionThresholds = Mapping[ServiceFunction, Mapping[Figure, int]]


@dataclass(frozen=True)
class Measures:
    """One rule set, in force from `first_day` to `last_day` (both included; None: not known yet).

    Counts are of records, `low_fee_percent` of 100, deadlines in working days, summaries as (month, day).
    `functions` gives the least of each figure; 1 for a yes. `superseded` warns that newer rules likely exist.
    """

    code: str
    title: str
    level: Level
    first_day: date
    last_day: date | None
    years_operated: int
    tenants: int
    people: int
    staff: int
    partners: int
    low_fee_percent: int
    functions_required: int
    functions: FunctionThresholds = field(default_factory=dict)
    years_of_validity: int = 5
    notice_working_days: int = 5
    change_filing_working_days: int = 10
    base_summary_by: tuple[int, int] = (1, 10)
    county_summary_by: tuple[int, int] = (1, 20)
    superseded: bool = False
    note: str = ""
    document_number: str = ""

    def covers(self, day: date) -> bool:
        """Tell whether the rule set is in force on `day`."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)

    def stored(self) -> dict[str, Any]:
        """Return the rule set as plain values: enums by code, days as dates."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "functions"}
        plain["level"] = self.level.value
        plain["functions"] = {
            function.value: {figure.value: least for figure, least in figures.items()}
            for function, figures in self.functions.items()
        }
        return plain

    @classmethod
    def from_stored(cls, raw: Mapping[str, Any]) -> "Measures":
        """Return the rule set of plain values; keys of later versions are passed over."""
        known = {name: raw[name] for name in cls.__dataclass_fields__ if name in raw}
        known["level"] = next(level for level in Level if level.value == raw["level"])
        known["functions"] = {
            ServiceFunction(function): {Figure(figure): int(least) for figure, least in figures.items()}  # type: ignore[call-arg]
            for function, figures in raw["functions"].items()
        }
        for name in ("base_summary_by", "county_summary_by"):
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)


CITY_2021 = Measures(
    code="city-2021",
    title="聊工信发〔2021〕133号",
    level=Level.CITY,
    first_day=date(2021, 12, 4),  # Art. 20
    last_day=date(2026, 12, 3),
    years_operated=1,  # Art. 5(1)
    tenants=25,  # Art. 5(2)
    people=400,
    staff=6,  # Art. 5(3)
    partners=4,
    low_fee_percent=20,  # Art. 5(4)
    functions_required=4,  # Art. 7
    functions={
        S.INFORMATION: {F.ONLINE: 1, F.OFFLINE_COMPANY_TIMES: 40, F.ACTIVITIES: 4},
        S.START_UP: {F.COMPANY_TIMES: 10},
        S.INNOVATION: {F.MEETINGS: 4},
        S.TRAINING: {F.PERSON_TIMES: 300},
        S.MARKETING: {F.EXHIBITIONS: 1, F.MATCHMAKING: 1},  # decision: Art. 7(5) names no number
        S.FINANCING: {F.COMPANY_TIMES: 20, F.MEETINGS: 2},
        S.CONSULTING: {F.COMPANY_TIMES: 20},
        S.PROFESSIONAL: {F.COMPANY_TIMES: 20},
    },
    note="第七条第（五）项未定数量，按各 1 次计。",
    document_number="聊工信发〔2021〕133号",
)
NATION_2016 = Measures(
    code="nation-2016",
    title="国家小型微型企业创业创新示范基地建设管理办法（2016年）",
    level=Level.NATION,
    first_day=date(2016, 7, 1),
    last_day=None,
    years_operated=3,
    tenants=80,
    people=1500,
    staff=10,
    partners=5,
    low_fee_percent=20,
    functions_required=4,
    functions={
        S.INFORMATION: {F.ONLINE: 1, F.OFFLINE_COMPANY_TIMES: 100, F.ACTIVITIES: 6},
        S.START_UP: {F.COMPANY_TIMES: 50},
        S.INNOVATION: {F.MEETINGS: 6},
        S.TRAINING: {F.PERSON_TIMES: 300},
        S.MARKETING: {F.EXHIBITIONS: 2, F.MATCHMAKING: 2},
        S.FINANCING: {F.COMPANY_TIMES: 50, F.MEETINGS: 4},
        S.CONSULTING: {F.COMPANY_TIMES: 20},
        S.PROFESSIONAL: {F.COMPANY_TIMES: 20},
    },
    superseded=True,
    note="2025年10月21日已有新的国家办法，本组数字可能已失效，请核对；另要求创业导师不少于3人，系统未记录。",
)
SHIPPED = (CITY_2021, NATION_2016)


def in_force(sets: tuple[Measures, ...], day: date, level: Level = Level.CITY) -> tuple[Measures, bool]:
    """Return the rule set of a level for `day`, and whether it is really in force then.

    Between two editions, or after the last one, the latest that began by then goes on being used, and
    before the first the first: the caller shows the warning. ValueError when the level has none.
    """
    of_level = sorted(
        (measures for measures in sets if measures.level is level), key=lambda measures: measures.first_day
    )
    if not of_level:
        raise ValueError(f"no rule set of the level {level}")
    begun = [measures for measures in of_level if measures.first_day <= day]
    for measures in reversed(begun):
        if measures.covers(day):
            return measures, True
    return (begun[-1] if begun else of_level[0]), False


def refusals_of_measures(measures: Measures, others: tuple[Measures, ...]) -> tuple[Refusal, ...]:
    """Return why a rule set may not be kept: dates out of order, figures out of range, two in force at once."""
    refusals = []
    if measures.last_day is not None and measures.last_day < measures.first_day:
        refusals.append(Refusal(N_("The last day in force is before the first one."), field="last_day"))
    if not 0 <= measures.low_fee_percent <= 100:
        refusals.append(Refusal(N_("A share lies between 0 and 100 percent."), field="low_fee_percent"))
    if not 0 <= measures.functions_required <= len(measures.functions):
        refusals.append(
            Refusal(N_("No more functions can be asked for than there are."), field="functions_required")
        )
    for other in others:
        same_level = other.level is measures.level and other.code != measures.code
        if same_level and _overlap(measures, other):
            sentence = N_(
                "On some days %(title)s would be in force as well: end one before the other begins."
            )
            refusals.append(Refusal(sentence, {"title": other.title}, field="first_day"))
    return tuple(refusals)


def _overlap(measures: Measures, other: Measures) -> bool:
    return (measures.last_day is None or other.first_day <= measures.last_day) and (
        other.last_day is None or measures.first_day <= other.last_day
    )
