"""A rule set as data: the thresholds, terms and deadlines of one edition of the Measures, at one level.

The 2021 Measures of the city (聊工信发〔2021〕133号) are one instance, shipped; a successor, a province's or the
nation's are others. Nothing else in the program holds a threshold. 以上 and 不少于 include the number itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rules.assessment.checklist import Condition
from rules.choices import ActivityType, Choice, ServiceFunction
from rules.errors import Refusal, Refused
from rules.grounds import Ground
from rules.rule_sets.articles import Article, articles_of, articles_zh
from rules.rule_sets.provisions import KEYS, PROVISIONS, condition_key, function_key, ground_key
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


class DecidedUnder(Choice):
    """Which edition decides what was begun before it came into force."""

    EARLIER = "earlier", N_("The edition that it was begun under"), "开始时施行的办法"
    THIS = "this", N_("This edition"), "本办法"


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
# Those that the ledger gives; an online system is a fact of the base.
COUNTED_FIGURES: Mapping[ServiceFunction, tuple[Figure, ...]] = MappingProxyType(
    {
        function: tuple(figure for figure in figures if figure is not Figure.ONLINE)
        for function, figures in FIGURES.items()
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

    Counts are of records, percents of 100, deadlines in working days, summaries as (month, day).
    `functions` gives the least of each figure; 1 for a yes. `superseded` warns that newer rules likely exist.

    What papers cite: `body` issues the document `document_title` (without its book marks) as `document_number`; `text`
    holds it by articles, `articles` the article of each provision (`rules.rule_sets.provisions`), as "16" or "18(1)".

    What the Measures leave to the office is a setting of the edition (decisions): `satisfaction_percent`, below which
    a base's satisfaction is marked (0: never); `registered_in_city`, whether Art. 5(1) asks for the place;
    `notice_may_be_shorter` than `notice_working_days`; `failing_may_be_announced` with a reason, though the conditions
    are to be met together; `second_renewal_try` in the round of the first; `renewal_follows_term`: the new term begins
    the day after the old one; `entries_without_company_count` in the ledger.

    Transition: `applications_begun_before`, `terms_begun_before` and `cases_begun_before` this edition's first day are
    decided under which; `begins_after_end`: with a reason something may be begun under it after its last day, while no
    other is in force.
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
    document_title: str = ""
    body: str = ""
    text: tuple[Article, ...] = ()
    articles: Mapping[str, str] = field(default_factory=dict)
    case_characters: int = 3000
    satisfaction_percent: int = 60
    registered_in_city: bool = True
    notice_may_be_shorter: bool = False
    failing_may_be_announced: bool = False
    second_renewal_try: bool = False
    renewal_follows_term: bool = True
    entries_without_company_count: bool = True
    applications_begun_before: DecidedUnder = DecidedUnder.EARLIER
    terms_begun_before: DecidedUnder = DecidedUnder.EARLIER
    cases_begun_before: DecidedUnder = DecidedUnder.EARLIER
    begins_after_end: bool = False

    @property
    def cited(self) -> str:
        """The document as a paper names it, 《…》（聊工信发〔2021〕133号）. Refused when title or number is missing."""
        if not self.document_title or not self.document_number:
            raise Refused(
                N_("The rule set %(title)s has no title or number that papers can cite."), title=self.title
            )
        return f"《{self.document_title}》（{self.document_number}）"

    @property
    def named(self) -> str:
        """The document as sentences on screen name it: as a paper cites it, else the rule set's own title."""
        if self.document_title and self.document_number:
            return self.cited
        return f"《{self.document_title}》" if self.document_title else self.title

    @property
    def issued_by(self) -> str:
        """The body that issued the document. Refused when it is missing."""
        if not self.body:
            raise Refused(N_("The rule set %(title)s does not say which body issued it."), title=self.title)
        return self.body

    def article(self, key: str) -> str:
        """Return the article of a provision, "18(1)". Refused when the rule set names none."""
        if key not in KEYS:
            raise KeyError(key)
        reference = self.articles.get(key, "")
        if not reference:
            missing = next(provision for provision in PROVISIONS if provision.key == key)
            sentence = N_("The rule set %(title)s does not say which article stands for “%(provision)s”.")
            raise Refused(sentence, title=self.title, provision=missing)
        return reference

    def cited_with(self, keys: Iterable[str]) -> str:
        """Return the document with the articles of some provisions: 《…》（…）第十八条第（一）项. Refused as above."""
        return self.cited + articles_zh(dict.fromkeys(self.article(key) for key in keys))

    def covers(self, day: date) -> bool:
        """Tell whether the rule set is in force on `day`."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)

    def stored(self) -> dict[str, Any]:
        """Return the rule set as plain values: enums by code, days as dates."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "functions"}
        plain |= {name: str(plain[name]) for name in ("level", *TRANSITIONS_OF)}
        plain["articles"] = dict(self.articles)
        plain["text"] = [
            {"number": article.number, "chapter": article.chapter, "lines": list(article.lines)}
            for article in self.text
        ]
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
        for name in TRANSITIONS_OF:
            if name in known:
                known[name] = DecidedUnder(known[name])  # type: ignore[call-arg]
        known["text"] = tuple(
            Article(line["number"], tuple(line["lines"]), line["chapter"]) for line in raw.get("text", ())
        )
        return cls(**known)


# What is typed, and kept, of why something is begun under a rule set that has ended.
REASON_TO_BEGIN = "reason_to_begin"
MOST_REASON = 500  # signs
# Of what was begun before an edition: which of them decides it.
TRANSITIONS_OF = ("applications_begun_before", "terms_begun_before", "cases_begun_before")
_TEXTS = Path(__file__).with_name("texts")
_C, _G = Condition, Ground
# The articles of the 2021 Measures.
_ARTICLES_2021: Mapping[str, str] = MappingProxyType(
    {
        "certified_by": "2", "applicants": "3",
        "operated_one_year": "5(1)", "registered": "5(1)", "tenants": "5(2)", "people": "5(2)", "staff": "5(3)",
        "partners": "5(3)", "low_fee_share": "5(4)",
        "conditions": "6",
        **{
            condition_key(condition): f"6({item})"
            for item, conditions in (
                (1, (_C.PREMISES,)),
                (2, (_C.GOVERNANCE, _C.PLAN, _C.YEARLY_GOALS, _C.IMPLEMENTATION)),
                (3, (_C.MANAGEMENT_SYSTEM, _C.PROCESS_AND_FEES, _C.QUALITY, _C.LEDGER)),
            )
            for condition in conditions
        },
        "functions": "7",
        **{function_key(function): f"7({item})" for item, function in enumerate(ServiceFunction, 1)},
        "innovations": "8", "call": "9", "application": "10", "materials": "11", "staff_list": "11(5)",
        "cases": "11(8)", "county_review": "12", "recommendation": "12", "expert_review": "12", "notice": "12",
        "announcement": "12", "guidance": "13", "summary": "14", "inspection": "15", "satisfaction": "15",
        "county_summary": "15", "change_filing": "15", "validity": "16", "no_second_application": "16",
        "renewal": "16", "cancellation": "16", "upward": "17", "revocation": "18",
        ground_key(_G.FRAUD): "18(1)", ground_key(_G.UNFIT): "18(2)", ground_key(_G.NO_REPORTS): "18(3)",
        ground_key(_G.OTHER): "18(4)", ground_key(_G.NO_RENEWAL): "16", ground_key(_G.RENEWAL_FAILED): "16",
    }
)  # fmt: skip
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
    document_title="聊城市小型微型企业创业创新示范基地建设管理办法",
    body="聊城市工业和信息化局",
    text=articles_of((_TEXTS / "city-2021.txt").read_text(encoding="utf-8")),
    articles=_ARTICLES_2021,
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
    registered_in_city=False,
    document_title="国家小型微型企业创业创新示范基地建设管理办法",
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


def deciding(sets: Iterable[Measures], begun: Measures, day: date, transition: str) -> Measures:
    """Return the rule set that decides on `day` what was begun under `begun`.

    `transition` is one of `TRANSITIONS_OF`: an edition that has come into force since decides where it says so.
    """
    decided_under = begun
    for later in sorted(sets, key=lambda measures: measures.first_day):
        follows = later.level is begun.level and begun.first_day < later.first_day <= day
        if follows and getattr(later, transition) is DecidedUnder.THIS:
            decided_under = later
    return decided_under


def of_term(sets: Iterable[Measures], title_first_day: date | None, day: date) -> Measures:
    """Return the city's rule set that a title runs by on `day`: what its base owes, and by when.

    `title_first_day` None: no title is known, and the set of the day itself counts.
    """
    known = tuple(sets)
    begun = in_force(known, title_first_day or day, Level.CITY)[0]
    return deciding(known, begun, day, "terms_begun_before")


def refusals_to_begin_under(
    measures: Measures,
    day: date,
    successor_in_force: Measures | None,
    reason: str,
    *,
    goes_on: bool = False,
    entered: date | None = None,
) -> tuple[Refusal, ...]:
    """Return why nothing may be begun on `day` under a rule set that is not in force then (Art. 20).

    `successor_in_force` is the edition of its level that is in force on that day, if there is one. After the last day
    something is begun with a reason in writing alone: where no edition is in force and this one lets it
    (`begins_after_end`), or where it `goes_on` from what was begun before and the successor leaves that to this one.
    What is only `entered` after the last day, for a day before it, needs the reason too.
    """
    ended_meanwhile = entered is not None and measures.covers(day) and _ended(measures, entered)
    if measures.covers(day) and not ended_meanwhile:
        return ()
    params = {
        "title": measures.named,
        "first": measures.first_day.isoformat(),
        "last": measures.last_day.isoformat() if measures.last_day else "",
        "day": day.isoformat(),
        "successor": successor_in_force.named if successor_in_force else "",
    }
    if day < measures.first_day:
        sentence = N_("%(title)s comes into force on %(first)s: nothing can be begun under it for %(day)s.")
        return (Refusal(sentence, params, "rule_set"),)
    allowed = ended_meanwhile or (goes_on if successor_in_force else measures.begins_after_end)
    if allowed:
        if reason.strip():
            return ()
        sentence = N_("%(title)s ended on %(last)s: say in writing why this is begun under it all the same.")
        return (Refusal(sentence, params, REASON_TO_BEGIN),)
    if successor_in_force:
        sentence = N_("%(title)s ended on %(last)s and %(successor)s is in force: begin it under that one.")
    else:
        sentence = N_(
            "%(title)s ended on %(last)s and no other is in force: nothing can be begun under it. An administrator "
            "puts its successor in force, or records until when it was prolonged."
        )
    return (Refusal(sentence, params, "rule_set"),)


def _ended(measures: Measures, day: date) -> bool:
    return measures.last_day is not None and measures.last_day < day


def begun_after_end(measures: Measures, day: date, reason: str) -> tuple[Refusal, ...]:
    """Return what every preview says of something begun under a rule set that has ended: set, last day and reason."""
    if not _ended(measures, day) or measures.last_day is None:
        return ()
    sentence = N_("%(title)s ended on %(last)s; this is begun under it for the reason: %(reason)s")
    params = {"title": measures.named, "last": measures.last_day.isoformat(), "reason": reason.strip()}
    return (Refusal(sentence, params),)


def refusals_to_cite(measures: Measures) -> tuple[Refusal, ...]:
    """Return what papers could not cite of a city's rule set: body, title, number, the article of each provision."""
    if measures.level is not Level.CITY:
        return ()  # only the city's own decisions become papers
    wanted = {
        "body": N_("Enter the body that issued the document."),
        "document_title": N_("Enter the title of the document: papers cite it."),
        "document_number": N_("Enter the number of the document: papers cite it."),
    }
    refusals = [
        Refusal(sentence, field=key) for key, sentence in wanted.items() if not getattr(measures, key)
    ]
    sentence = N_("Say which article stands for “%(provision)s”.")
    refusals += [
        Refusal(sentence, {"provision": provision}, f"article-{provision.key}")
        for provision in PROVISIONS
        if not measures.articles.get(provision.key)
    ]
    return tuple(refusals)


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
