"""What waits in the actor's scope today: read in a fixed number of commands, judged by `rules.waiting`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bson import ObjectId

from documents.assessment.kept_figures import KeptFigures
from documents.desk import waiting
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.annual_reports import county_summary_due, owes_report
from rules.applications import Stage
from rules.choices import ServiceFunction
from rules.decisions import DecisionState
from rules.errors import Refusal
from rules.grounds import DecisionKind
from rules.rule_sets.measures import Level, Measures, in_force
from rules.titles import title_state
from rules.waiting import (
    STEPS,
    Task,
    TaskKind,
    calendar_due,
    call_due,
    counts_holes,
    is_correction_near,
    notice_task,
    reported_year,
    rules_due,
    title_tasks,
)
from rules.words import N_
from rules.working_days import STANDARD
from services.applications.steps import kind_of, stage_of
from services.assessment.rule_sets import ONE_DAY, rule_sets
from services.desk.working_days import stored_years
from services.reports.annual_reports import summaries_pursued, summary_due, terms_held, years_pursued
from services.revocation.titles import titles_of
from services.shared.office_day import office_day

Raw = Mapping[str, Any]


def all_tasks(actor: Actor, today: date) -> list[Task]:
    """Return everything that waits in the actor's scope, whoever is to do it: eight commands at most.

    Objections are there only for those who handle them. Raises Unavailable.
    """
    year = reported_year(today)
    with reachable():
        rows = waiting.waiting_rows(actor, {year, *years_pursued(today)}, today.year)
        bases = waiting.certified_bases(actor)
        sets = rule_sets()
        known = {year for year in (today.year, today.year + 1) if STANDARD.knows(year)} | set(stored_years())
        measures, really = in_force(sets, today, Level.CITY)
        tasks = [*_applications(rows["applications"], today), *_notices(rows, today)]
        tasks += _titles(bases, rows, today)
        if counts_holes(today):
            tasks += _ledger(bases, measures, today)
        tasks += _unreported(bases, rows, sets, today)
    tasks += _cases(rows["decisions"])
    tasks += _filings(rows["change_filings"])
    tasks += _reports(bases, rows, sets, year)
    if actor.may(Permission.DECIDE_APPLICATIONS):
        tasks += _objections(rows["objections"])
    if actor.county is None:
        tasks += _office(sets, measures, really=really, known=known, today=today)
        due = call_due(bool(rows["rounds"]), today)
        if due is not None:
            detail = Refusal(N_("No round of this year has been opened."))
            tasks.append(Task(TaskKind.CALL, "", key=str(today.year), due=due, detail=detail))
    return tasks


def _day(value: Any) -> date | None:
    return value.date() if value else None


# --- Applications and notices ------------------------------------------------------------------


def _applications(rows: Sequence[Raw], today: date) -> Iterator[Task]:
    waits = [row for row in rows if stage_of(row) in STEPS]
    last_days = waiting.last_recommending_days({row["round"] for row in waits})
    for row in waits:
        kind = STEPS[stage_of(row)]
        due = None
        if kind in (TaskKind.REVIEW, TaskKind.RECOMMEND):
            due = last_days.get(row["round"])
        elif kind is TaskKind.CORRECT:
            due = _day(row.get("returned", {}).get("due"))
            if not is_correction_near(due, today):
                continue
        yield Task(
            kind, row["county"], row["base_name"], str(row["_id"]), due, office_day(row["since"]),
            detail=Refusal(N_("%(kind)s, %(round)s"), {"kind": kind_of(row), "round": row["round_name"]}),
            within=str(row["round"]),
        )  # fmt: skip


def _notices(rows: Mapping[str, Sequence[Raw]], today: date) -> Iterator[Task]:
    """Yield the notices that end soon or are over while applications still stand on them."""
    standing: dict[ObjectId, list[Raw]] = {}
    for row in rows["applications"]:
        if row.get("notice") and stage_of(row) is Stage.ON_NOTICE:
            standing.setdefault(row["notice"], []).append(row)
    objected = {row["application"] for row in rows["objections"] if not row.get("late")}
    for notice in waiting.notices_of(standing):
        last, waits = notice["last_day"].date(), standing[notice["_id"]]
        kind = notice_task(last, today)
        if kind is None:
            continue
        held = sum(row["_id"] in objected for row in waits)
        params = {"count": len(waits), "held": held}
        sentence = (
            N_("%(count)s bases, %(held)s with an open objection") if held else N_("%(count)s bases on it")
        )
        over = kind is TaskKind.ANNOUNCE
        yield Task(
            kind, "", notice["title"], str(notice["_id"]), None if over else last, last + ONE_DAY if over else None,
            count=len(waits), detail=Refusal(sentence, params),
        )  # fmt: skip


def _objections(rows: Iterable[Raw]) -> Iterator[Task]:
    for row in rows:
        yield Task(
            TaskKind.OBJECTION,
            row["county"],
            row["base_name"],
            str(row["_id"]),
            since=_day(row["received_on"]),
        )


# --- Titles ------------------------------------------------------------------------------------


def _titles(bases: Sequence[Raw], rows: Mapping[str, Sequence[Raw]], today: date) -> Iterator[Task]:
    ending = [row for row in bases if row.get("title_last_day") and row["title_last_day"].year <= today.year]
    titles, proposed = titles_of(ending), {row["base"] for row in rows["decisions"]}
    begun = {row["base"]: str(row["_id"]) for row in rows["applications"] if stage_of(row) is Stage.DRAFT}
    for row in ending:
        title = titles[row["_id"]]
        last = row["title_last_day"].date()
        over = title.renewal_failed or last < today
        reason = (
            N_("Its renewal review failed.") if title.renewal_failed else N_("No renewal was applied for.")
        )
        for kind in title_tasks(title_state(title, today)):
            if kind is TaskKind.CANCEL and row["_id"] in proposed:
                continue
            due = last if not over or last < today else None
            draft = begun.get(row["_id"], "") if kind is TaskKind.RENEW else ""
            detail = Refusal(reason) if over else Refusal(N_("It is being filled in.")) if draft else None
            yield Task(kind, row["county"], row["name"], str(row["_id"]), due, detail=detail, within=draft)


_STATES = {state.value: state for state in DecisionState}
_KINDS = {kind.value: kind for kind in DecisionKind}


def _cases(rows: Iterable[Raw]) -> Iterator[Task]:
    for row in rows:
        heard = row.get("statement_on") is not None
        due = None if heard else _day(row.get("statement_by"))
        detail = Refusal(
            N_("%(kind)s: %(state)s"), {"kind": _KINDS[row["kind"]], "state": _STATES[row["state"]]}
        )
        since = office_day(row["created_at"])
        yield Task(TaskKind.CASE, row["county"], row["base_name"], str(row["_id"]), due, since, detail=detail)


# --- Reports, changes, ledger ------------------------------------------------------------------


def _reports(
    bases: Sequence[Raw], rows: Mapping[str, Sequence[Raw]], sets: tuple[Measures, ...], year: int
) -> Iterator[Task]:
    """Yield what is missing of a year, by county: bases without a summary, counties without a report (Art. 14, 15)."""
    came = {row["base"] for row in rows["annual_reports"] if row["year"] == year}
    reported = {row["county"] for row in rows["county_reports"] if row["year"] == year}
    asked: dict[str, int] = {}
    measures = in_force(sets, date(year, 12, 31), Level.CITY)[0]
    first_due: dict[str, date] = {}
    for row in bases:
        due = summary_due(row, year, sets)
        if owes_report(terms_held(row), year, due):
            county, is_missing = row["county"], row["_id"] not in came
            asked[county] = asked.get(county, 0) + is_missing
            if is_missing:
                first_due[county] = min(due, first_due.get(county, due))
    for county, missing in sorted(asked.items()):
        detail = Refusal(N_("Year %(year)s"), {"year": year})
        if missing:
            yield Task(
                TaskKind.SUMMARY,
                county,
                key=f"{county}-{year}",
                due=first_due[county],
                count=missing,
                detail=detail,
            )
        if county not in reported:
            last = county_summary_due(year, measures)
            yield Task(TaskKind.COUNTY_REPORT, county, key=f"{county}-{year}", due=last, detail=detail)


def _unreported(
    bases: Sequence[Raw], rows: Mapping[str, Sequence[Raw]], sets: tuple[Measures, ...], today: date
) -> Iterator[Task]:
    """Yield, by county, how many bases never handed in a summary that was reminded of (Art. 18(3))."""
    came = {(row["base"], row["year"]) for row in rows["annual_reports"]}
    with_case = {row["base"] for row in rows["decisions"]}
    without_case = [row for row in bases if row["_id"] not in with_case]
    pursued = summaries_pursued(without_case, sets, today)
    missing: dict[tuple[str, int], list[date]] = {}
    for row in without_case:
        summary = pursued.get(row["_id"])
        if summary and (row["_id"], summary.year) not in came:
            missing.setdefault((row["county"], summary.year), []).append(summary.due)
    for (county, year), due_days in sorted(missing.items()):
        detail = Refusal(N_("Year %(year)s"), {"year": year})
        yield Task(
            TaskKind.NO_REPORTS,
            county,
            key=f"{county}-{year}",
            since=min(due_days),
            count=len(due_days),
            detail=detail,
        )


def _filings(rows: Iterable[Raw]) -> Iterator[Task]:
    for row in rows:
        filed, due = _day(row["filed_on"]), _day(row["due"])
        late = filed is not None and due is not None and filed > due
        params = {"filed": filed.isoformat() if filed else "", "due": due.isoformat() if due else ""}
        sentence = (
            N_("filed on %(filed)s, was due on %(due)s: late") if late else N_("filed on %(filed)s, in time")
        )
        detail = Refusal(sentence, params)
        yield Task(
            TaskKind.FILING,
            row["county"],
            row["base_name"],
            str(row["_id"]),
            since=filed,
            worst=int(late),
            detail=detail,
        )


def _ledger(bases: Sequence[Raw], measures: Measures, today: date) -> Iterator[Task]:
    """Yield, by county, how many bases show nothing of some function this year, and how many too little (Art. 7)."""
    last = date(today.year, 12, 31)
    counting = measures.entries_without_company_count
    shown = KeptFigures.functions_on_day(
        today.year, today, [row["_id"] for row in bases], with_nameless=counting
    )
    holes: dict[str, int] = {}
    short: dict[str, int] = {}
    for row in bases:
        functions = len(shown.get(row["_id"], ()))
        if functions < len(ServiceFunction):
            holes[row["county"]] = holes.get(row["county"], 0) + 1
            short[row["county"]] = short.get(row["county"], 0) + (functions < measures.functions_required)
    detail = Refusal(N_("Year %(year)s"), {"year": today.year})
    for county, count in sorted(holes.items()):
        key = f"{county}-{today.year}"
        yield Task(
            TaskKind.LEDGER, county, key=key, due=last, count=count, worst=short[county], detail=detail
        )


# --- The bureau's own --------------------------------------------------------------------------


def _office(
    sets: tuple[Measures, ...], measures: Measures, *, really: bool, known: Iterable[int], today: date
) -> Iterator[Task]:
    last = measures.last_day
    followed = last is not None and any(
        measures_after.level is Level.CITY and measures_after.covers(last + ONE_DAY)
        for measures_after in sets
    )
    due = rules_due(last, followed=followed, really=really, today=today)
    if due is not None:
        detail = Refusal(N_("No rule set follows it."))
        yield Task(TaskKind.RULES, "", measures.title, measures.code, due, detail=detail)
    missing = calendar_due(known, today)
    if missing is not None:
        year, day = missing
        yield Task(
            TaskKind.CALENDAR, "", key=str(year), due=day,
            detail=Refusal(N_("Without it periods are counted Monday to Friday.")),
        )  # fmt: skip
