"""What waits for whom: tasks with their due days, how urgent each is, in which order they are done.

Whose step an application waits for says `rules.applications`; here stand the days and the words. `today` is an
argument: nothing reads a clock.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from rules.applications import Stage
from rules.change_filings import FilingState
from rules.choices import Choice
from rules.decisions import DecisionState
from rules.errors import Refusal
from rules.publication import Outcome
from rules.titles import TitleState
from rules.words import N_

SOON_DAYS = 7  # what is due within so many days stands in a group of its own
NOTICE_DAYS = 3  # how long before its last day a public notice is pointed at
RETURN_DAYS = 3  # the same for the day by which an application is to be corrected
SUMMARIES_FROM = (12, 15)  # from this day on the summaries of the running year are pointed at
NEXT_CALENDAR_FROM = (11, 1)  # the State Council publishes the next year's calendar in November
LEDGER_FROM = (7, 1)  # earlier in the year a function without an entry is no hole yet (decision)
RULES_DAYS = 365  # a rule set that ends within so many days without a successor is pointed at


class Urgency(Choice):
    """The groups in which tasks are shown, the most urgent first."""

    OVERDUE = "overdue", N_("Overdue"), "逾期"
    TODAY = "today", N_("Due today"), "今天到期"
    WEEK = "week", N_("Within 7 days"), "7天内"
    OPEN = "open", N_("No fixed day"), "无固定期限"
    MONTH = "month", N_("This month"), "本月"
    LATER = "later", N_("Later on"), "以后"


class TaskGroup(Choice):
    """What tasks are about; a column each in the table of counties."""

    APPLICATIONS = "applications", N_("Applications"), "申报复核"
    TITLES = "titles", N_("Titles"), "称号"
    REPORTS = "reports", N_("Yearly reports"), "年度报告"
    CHANGES = "changes", N_("Change filings"), "变更备案"
    LEDGER = "ledger", N_("Service ledger"), "服务台账"
    OFFICE = "office", N_("Rules and calendar"), "制度与日历"


class TaskKind(Choice):
    """What is to be done."""

    REVIEW = "review", N_("Review in the county"), "初审"
    CORRECT = "correct", N_("Correction due"), "补正到期"
    RECOMMEND = "recommend", N_("Recommend"), "行文推荐"
    EXPERTS = "experts", N_("Have experts review"), "组织评审"
    RESULT = "result", N_("Study the preliminary result"), "研究初步结果"
    NOTICE = "notice", N_("Put on notice"), "组织公示"
    NOTICE_ENDS = "notice-ends", N_("Notice ends"), "公示将满"
    ANNOUNCE = "announce", N_("Announce"), "公布"
    OBJECTION = "objection", N_("Handle the objection"), "处理异议"
    CASE = "case", N_("Case about the title"), "称号处理"
    CANCEL = "cancel", N_("Propose cancellation"), "提请取消称号"
    NO_REPORTS = "no-reports", N_("Summary never came"), "总结逾期未报立案"
    TITLE_OVER = "title-over", N_("Title ended"), "称号期满"
    RENEW = "renew", N_("Apply for renewal"), "申请复核"
    SUMMARY = "summary", N_("Annual summaries"), "基地年度总结"
    COUNTY_REPORT = "county-report", N_("County report"), "县级年度报告"
    FILING = "filing", N_("Accept the change"), "受理变更"
    LEDGER = "ledger", N_("Ledger holes"), "台账缺口"
    CALL = "call", N_("Make the year's call"), "组织年度申报"
    RULES = "rules", N_("Rule set ends"), "办法到期"
    CALENDAR = "calendar", N_("Enter the calendar"), "录入工作日历"

    @property
    def group(self) -> TaskGroup:
        """What it is about."""
        return _GROUPS[self]


_K, _G = TaskKind, TaskGroup
_GROUPS: Mapping[TaskKind, TaskGroup] = MappingProxyType(
    {
        **dict.fromkeys(
            (_K.REVIEW, _K.CORRECT, _K.RECOMMEND, _K.EXPERTS, _K.RESULT, _K.NOTICE, _K.NOTICE_ENDS, _K.ANNOUNCE,
             _K.OBJECTION),
            _G.APPLICATIONS,
        ),
        **dict.fromkeys((_K.CASE, _K.CANCEL, _K.NO_REPORTS, _K.TITLE_OVER, _K.RENEW), _G.TITLES),
        **dict.fromkeys((_K.SUMMARY, _K.COUNTY_REPORT), _G.REPORTS),
        _K.FILING: _G.CHANGES,
        _K.LEDGER: _G.LEDGER,
        **dict.fromkeys((_K.CALL, _K.RULES, _K.CALENDAR), _G.OFFICE),
    }
)  # fmt: skip
# Whose the tasks are: the county's, the city bureau's, or both look after them.
OF_COUNTY = frozenset({_K.REVIEW, _K.CORRECT, _K.RECOMMEND, _K.TITLE_OVER})
OF_BOTH = frozenset({_K.RENEW, _K.SUMMARY, _K.COUNTY_REPORT, _K.LEDGER})
OF_CITY = frozenset(_K) - OF_COUNTY - OF_BOTH
# Those that stand for several bases of a county: the city bureau reads them in one line.
SUMMED = frozenset({_K.NO_REPORTS, _K.SUMMARY, _K.COUNTY_REPORT, _K.LEDGER})
# The step that an application waits for, by the stage at which it stands.
STEPS: Mapping[Stage, TaskKind] = MappingProxyType(
    {
        Stage.SUBMITTED: _K.REVIEW,
        Stage.RETURNED: _K.CORRECT,
        Stage.REVIEWED: _K.RECOMMEND,
        Stage.RECOMMENDED: _K.EXPERTS,
        Stage.SCORED: _K.RESULT,
        Stage.SELECTED: _K.NOTICE,
    }
)


@dataclass(frozen=True)
class Procedure:
    """Under which key a procedure keeps where it stands, and which of its states wait for the city or for a county."""

    state_key: str
    of_city: tuple[str, ...]
    of_county: tuple[str, ...] = ()


def _stages(kinds: Collection[TaskKind]) -> tuple[str, ...]:
    return tuple(stage.value for stage, kind in STEPS.items() if kind in kinds)


# How many stand where is counted with each write. An application that was returned waits for its base: 今日 points at
# it when its day is near.
PROCEDURES: Mapping[str, Procedure] = MappingProxyType(
    {
        "applications": Procedure("stage", _stages(OF_CITY), _stages(OF_COUNTY - {_K.CORRECT})),
        "objections": Procedure("outcome", (Outcome.OPEN.value,)),
        "change_filings": Procedure("state", (FilingState.FILED.value,)),
        "decisions": Procedure("state", (DecisionState.PREPARED.value, DecisionState.NOTIFIED.value)),
    }
)
STATE_KEYS: Mapping[str, str] = MappingProxyType({name: one.state_key for name, one in PROCEDURES.items()})


@dataclass(frozen=True)
class Task:
    """One thing that waits.

    `county` is a code, "" for the bureau's own; `name` what it is about, `key` its id; `due` the last day on which
    it is done in time (None: no day is set), `since` the day from which it has waited; `count` the bases (or
    applications) that it stands for, `worst` how many of these are worst off; `detail` says more; `within` is the
    id of what it belongs to (a round; of a renewal, the application that is being filled in); `counties` are those of a
    line that sums several.
    """

    kind: TaskKind
    county: str
    name: str = ""
    key: str = ""
    due: date | None = None
    since: date | None = None
    count: int = 1
    worst: int = 0
    detail: Refusal | None = None
    within: str = ""
    counties: tuple[str, ...] = ()

    @property
    def uid(self) -> str:
        """A name that stays with the task, whatever becomes of its days."""
        return f"{self.kind.value}-{self.key or self.county or 'office'}"


def days_left(due: date, today: date) -> int:
    """Return how many days there are until the due day: 0 on it, negative after it."""
    return (due - today).days


def urgency(task: Task, today: date) -> Urgency:
    """Return the group in which a task stands."""
    if task.due is None:
        return Urgency.OPEN
    left = days_left(task.due, today)
    if left < 0:
        return Urgency.OVERDUE
    if left == 0:
        return Urgency.TODAY
    if left <= SOON_DAYS:
        return Urgency.WEEK
    return Urgency.MONTH if (task.due.year, task.due.month) == (today.year, today.month) else Urgency.LATER


def states_waiting(collection: str, *, city: bool) -> tuple[str, ...]:
    """Return the states of a procedure that wait for the city bureau, or for a county: what a menu's badge counts."""
    procedure = PROCEDURES.get(collection)
    if procedure is None:
        return ()
    return procedure.of_city if city else procedure.of_county


def in_order(tasks: Iterable[Task], today: date) -> list[Task]:
    """Return tasks the most urgent first; within a group by due day, then the longest waiting, then kind and name."""
    groups, kinds = list(Urgency), list(TaskKind)

    def place(task: Task) -> tuple[int, date, date, int, str, str]:
        since = task.since or date.max
        return (
            groups.index(urgency(task, today)), task.due or date.max, since, kinds.index(task.kind), task.county,
            task.name,
        )  # fmt: skip

    return sorted(tasks, key=place)


def grouped(tasks: Iterable[Task], today: date) -> dict[Urgency, list[Task]]:
    """Return tasks by group, the most urgent first; groups without any are left out."""
    found: dict[Urgency, list[Task]] = {}
    for task in in_order(tasks, today):
        found.setdefault(urgency(task, today), []).append(task)
    return found


def waiting_for(tasks: Iterable[Task], *, city: bool) -> list[Task]:
    """Return the tasks that wait for the city bureau, or for a county; the city reads sums of counties in one line."""
    wanted = OF_BOTH | (OF_CITY if city else OF_COUNTY)
    kept = [task for task in tasks if task.kind in wanted]
    return summed(kept) if city else kept


def summed(tasks: Iterable[Task]) -> list[Task]:
    """Return tasks with those of the same kind and due day in several counties put together."""
    found: list[Task] = []
    places: dict[tuple[TaskKind, date | None], int] = {}
    for task in tasks:
        if task.kind not in SUMMED:
            found.append(task)
            continue
        place = places.setdefault((task.kind, task.due), len(found))
        if place == len(found):
            year = task.due.year if task.due else ""
            found.append(replace(task, key=f"all-{year}", counties=(task.county,)))
        else:
            one = found[place]
            found[place] = replace(
                one, county="", count=one.count + task.count, worst=one.worst + task.worst,
                counties=(*one.counties, task.county),
            )  # fmt: skip
    return found


@dataclass(frozen=True)
class CountyLine:
    """One county's tasks: how many in each group, and how many of all are overdue."""

    counts: Mapping[TaskGroup, int]
    overdue: int

    @property
    def total(self) -> int:
        """How many there are in all."""
        return sum(self.counts.values())


def by_county(tasks: Iterable[Task], today: date) -> dict[str, CountyLine]:
    """Return what waits in each county, whoever does it; the bureau's own things are nobody's."""
    counts: dict[str, dict[TaskGroup, int]] = {}
    late: dict[str, int] = {}
    for task in tasks:
        if task.county:
            line = counts.setdefault(task.county, {})
            line[task.kind.group] = line.get(task.kind.group, 0) + task.count
            overdue = task.count if urgency(task, today) is Urgency.OVERDUE else 0
            late[task.county] = late.get(task.county, 0) + overdue
    return {county: CountyLine(line, late[county]) for county, line in counts.items()}


# --- When something becomes a task -------------------------------------------------------------


def reported_year(today: date) -> int:
    """Return the year whose summaries are due next, or overdue: from mid-December on the running one."""
    return today.year if (today.month, today.day) >= SUMMARIES_FROM else today.year - 1


def is_correction_near(due: date | None, today: date) -> bool:
    """Tell whether a returned application is pointed at: its day is near or past; before that the base works on it."""
    return due is not None and days_left(due, today) <= RETURN_DAYS


def notice_task(last_day: date, today: date) -> TaskKind | None:
    """Return what a public notice asks for: nothing yet, that its end is seen, or its announcement."""
    left = days_left(last_day, today)
    if left < 0:
        return TaskKind.ANNOUNCE
    return TaskKind.NOTICE_ENDS if left <= NOTICE_DAYS else None


def title_tasks(state: TitleState) -> tuple[TaskKind, ...]:
    """Return what a title's state asks for (Art. 16): its renewal, or its cancellation."""
    if state is TitleState.EXPIRING:
        return (TaskKind.RENEW,)
    if state is TitleState.DUE_FOR_CANCELLATION:
        return (TaskKind.CANCEL, TaskKind.TITLE_OVER)
    return ()


def counts_holes(today: date) -> bool:
    """Tell whether a function without an entry this year is a hole by now."""
    return (today.month, today.day) >= LEDGER_FROM


def rules_due(last_day: date | None, *, followed: bool, really: bool, today: date) -> date | None:
    """Return the last day of the rule set in use, when it ends within a year, or has ended, and nothing follows it."""
    if last_day is None or followed:
        return None
    return last_day if not really or days_left(last_day, today) <= RULES_DAYS else None


def call_due(called: bool, today: date) -> date | None:
    """Return the last day of the year whose call for applications has not been made yet (Art. 9)."""
    return None if called else date(today.year, 12, 31)


def calendar_due(known: Iterable[int], today: date) -> tuple[int, date] | None:
    """Return the year whose calendar is missing, with the last day before it begins; None when none is missing yet."""
    years = set(known)
    if today.year not in years:
        return today.year, date(today.year, 1, 1) - timedelta(days=1)
    if (today.month, today.day) >= NEXT_CALENDAR_FROM and today.year + 1 not in years:
        return today.year + 1, date(today.year, 12, 31)
    return None
