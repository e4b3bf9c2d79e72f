"""Tasks in words: what each is called, where it leads, how its days are told."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from flask import current_app, url_for

from admin_views.desk.view_models import TaskCounty, TaskFold, TaskLine, TaskSection
from admin_views.shared.request_context import office_state
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Fact
from forms.sentences import sentence
from rules.access import Actor, Permission
from rules.waiting import (
    CountyLine,
    Task,
    TaskGroup,
    TaskKind,
    Urgency,
    by_county,
    days_left,
    grouped,
    waiting_for,
)
from rules.words import N_

_SHOWN = 6  # of one kind in one group; the others open under their count
_TONES = {Urgency.OVERDUE: "due", Urgency.TODAY: "due", Urgency.WEEK: "near"}
_DECIDE, _WRITE, _READ = Permission.DECIDE_APPLICATIONS, Permission.WRITE, Permission.READ
# Where a task leads: the first of these that is there and the clerk may open. (endpoint, permission, arguments)
Place = tuple[str, Permission, Callable[[Task], Mapping[str, Any]]]


def _by(name: str) -> Callable[[Task], Mapping[str, Any]]:
    return lambda task: {name: task.key}


def _of_year(task: Task) -> Mapping[str, Any]:
    year = task.detail.params["year"] if task.detail else None
    return {"year": year, "county": task.county or None}


def _of_round(task: Task) -> Mapping[str, Any]:
    return {"round": task.within}


_BASE: Place = ("bases.details_view", _READ, _by("id"))
_APPLICATION: Place = ("applications.details_view", _READ, _by("id"))
_PLACES: Mapping[TaskKind, tuple[Place, ...]] = {
    **dict.fromkeys(
        (TaskKind.REVIEW, TaskKind.CORRECT, TaskKind.RECOMMEND, TaskKind.EXPERTS), (_APPLICATION,)
    ),
    TaskKind.RESULT: (("publication.results", _DECIDE, _of_round), _APPLICATION),
    TaskKind.NOTICE: (("publication.choose", _DECIDE, _of_round), _APPLICATION),
    TaskKind.NOTICE_ENDS: (("publication.notice", _READ, _by("id")),),
    TaskKind.ANNOUNCE: (
        ("publication.draft_announcement", _DECIDE, _by("id")),
        ("publication.notice", _READ, _by("id")),
    ),
    TaskKind.OBJECTION: (("publication.objection", _DECIDE, _by("id")),),
    TaskKind.CASE: (("revocation.case", _READ, _by("id")), ("bases.index_view", _READ, lambda task: {})),
    TaskKind.CANCEL: (
        ("revocation.new", _DECIDE, lambda task: {"kind": "cancellation", "base": task.key}),
        _BASE,
    ),
    TaskKind.NO_REPORTS: (
        ("revocation.index", _READ, lambda task: {"county": task.county or None, "_anchor": "suspected"}),
    ),
    TaskKind.TITLE_OVER: (_BASE,),
    TaskKind.RENEW: (("applications.new_view", _WRITE, _by("base")), _BASE),
    TaskKind.SUMMARY: (("annual_reports.index", _READ, _of_year),),
    TaskKind.COUNTY_REPORT: (("annual_reports.index", _READ, _of_year),),
    TaskKind.FILING: (
        ("change_filings.show", _READ, _by("id")),
    ),
    TaskKind.LEDGER: (("ledger_quality.index", _READ, lambda task: {"view": "months", **_of_year(task)}),),
    TaskKind.CALL: (("rounds.new", _DECIDE, lambda task: {}), ("applications.index_view", _READ, lambda task: {})),
    TaskKind.RULES: (
        ("succession.begin", Permission.DRAFT_RULES, lambda task: {}),
        ("rule_sets.index", _READ, lambda task: {}),
    ),
    TaskKind.CALENDAR: (("calendar.show", _READ, lambda task: {"text": task.key}),),
}  # fmt: skip


def place_of(task: Task, actor: Actor) -> str:
    """Return the address that a task leads to; "" where the page is not there."""
    places = _PLACES[task.kind]
    if task.kind is TaskKind.RENEW and task.within:  # begun already: there it goes on
        places = (("applications.details_view", _READ, lambda task: {"id": task.within}), *places)
    for endpoint, permission, arguments in places:
        if endpoint in current_app.view_functions and actor.may(permission):
            return url_for(endpoint, **arguments(task))
    return ""


# --- Words -------------------------------------------------------------------------------------


def name_of(task: Task) -> str:
    """Return what a task is about: its own name, or how many bases or counties it stands for."""
    if task.kind is TaskKind.NO_REPORTS:
        return gettext(N_("%(count)s bases never handed in: a case may be begun"), count=task.count)
    if task.kind is TaskKind.SUMMARY:
        return gettext(N_("%(count)s bases have not handed in"), count=task.count)
    if task.kind is TaskKind.COUNTY_REPORT:
        several = N_("%(count)s counties have not reported")
        return gettext(several, count=task.count) if task.count > 1 else gettext(N_("Not yet reported"))
    if task.kind is TaskKind.LEDGER:
        return gettext(N_("%(count)s bases have functions without an entry"), count=task.count)
    if task.kind in (TaskKind.CALENDAR, TaskKind.CALL):
        return gettext(N_("Year %(year)s"), year=task.key)
    return task.name


def note_of(task: Task) -> str:
    """Return what more is said of a task."""
    notes = [sentence(task.detail)] if task.detail else []
    if task.kind is TaskKind.LEDGER and task.worst:
        notes.append(gettext(N_("%(count)s of them with fewer functions than asked"), count=task.worst))
    if len(task.counties) > 1:
        notes.append(gettext(N_("%(count)s counties"), count=len(task.counties)))
    return " · ".join(notes)


def word_of(task: Task, today: date) -> str:
    """Return how a task's days stand: left, late, or how long it has waited."""
    if task.due is None:
        if task.since is None:
            return ""
        waited = (today - task.since).days
        return gettext(N_("waited %(days)s days"), days=waited) if waited > 0 else gettext(N_("came today"))
    left = days_left(task.due, today)
    if left < 0:
        return gettext(N_("%(days)s days late"), days=-left)
    return gettext(N_("%(days)s days left"), days=left) if left else gettext(N_("due today"))


def county_of(task: Task, shorts: Mapping[str, str]) -> str:
    """Return the short name of the county that a task is about; a bound clerk, who has no `shorts`, knows it."""
    return shorts.get(task.county, "")


# --- The page ----------------------------------------------------------------------------------


def shown_tasks(
    tasks: Iterable[Task], actor: Actor, today: date
) -> tuple[tuple[TaskSection, ...], tuple[Fact, ...]]:
    """Return the tasks that wait for the actor by urgency, and how many there are of each."""
    groups = grouped(waiting_for(tasks, city=actor.county is None), today)
    shorts = {code: short for code, _, short in office_state().counties} if actor.county is None else {}
    sections = tuple(_section(group, groups[group], actor, today, shorts) for group in groups)
    totals = tuple(
        Fact(
            gettext(group.label), f"{len(groups.get(group, ())):,}", url=f"#{group.value}" if group in groups else "",
            tone=_TONES.get(group, "") if group in groups else "dim",
        )
        for group in Urgency
    )  # fmt: skip
    return sections, totals


def _section(
    group: Urgency, tasks: list[Task], actor: Actor, today: date, shorts: Mapping[str, str]
) -> TaskSection:
    by_kind: dict[TaskKind, list[TaskLine]] = {}
    shown = []
    for task in tasks:
        line = _line(task, group, actor, today, shorts)
        lines_of_kind = by_kind.setdefault(task.kind, [])
        lines_of_kind.append(line)
        if len(lines_of_kind) <= _SHOWN:
            shown.append(line)
    folds = tuple(
        TaskFold(
            gettext(N_("%(count)s more: %(kind)s"), count=len(lines) - _SHOWN, kind=gettext(kind.label)),
            tuple(lines[_SHOWN:]),
        )
        for kind, lines in by_kind.items()
        if len(lines) > _SHOWN
    )
    return TaskSection(
        group.value, gettext(group.label), len(tasks), _TONES.get(group, ""), tuple(shown), folds
    )


def _line(task: Task, group: Urgency, actor: Actor, today: date, shorts: Mapping[str, str]) -> TaskLine:
    return TaskLine(
        what=gettext(task.kind.label),
        name=name_of(task),
        url=place_of(task, actor),
        note=note_of(task),
        county=county_of(task, shorts),
        day=task.due.isoformat() if task.due else "",
        word=word_of(task, today),
        tone=_TONES.get(group, ""),
    )


_IN_TABLE = tuple(group for group in TaskGroup if group is not TaskGroup.OFFICE)


def county_table(
    tasks: Iterable[Task], today: date
) -> tuple[tuple[str, ...], tuple[TaskCounty, ...], TaskCounty]:
    """Return headings, the counties' counts and the whole city's: what waits there, whoever is to do it."""
    lines = by_county(tasks, today)
    none = CountyLine({}, 0)
    rows = tuple(_county(name, lines.get(code, none)) for code, name, _ in office_state().counties)
    counts: dict[TaskGroup, int] = {
        group: sum(line.counts.get(group, 0) for line in lines.values()) for group in _IN_TABLE
    }
    whole = CountyLine(counts, sum(line.overdue for line in lines.values()))
    heads = tuple(gettext(group.label) for group in _IN_TABLE)
    return heads, rows, _county(gettext(N_("Whole city")), whole)


def _county(name: str, line: CountyLine) -> TaskCounty:
    cells = tuple(f"{line.counts.get(group, 0):,}" for group in _IN_TABLE)
    return TaskCounty(name, cells, f"{line.total:,}", f"{line.overdue:,}")
