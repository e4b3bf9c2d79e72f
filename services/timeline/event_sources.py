"""How what is stored of a base becomes events: one function a kind of record.

Terms, steps of applications, papers, objections (Art. 9-12), yearly reports, change filings, cases about the title,
recommendations upwards, and edits of the record itself. Each function takes stored documents of its collection.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from bson import ObjectId

from rules.access import Actor, Permission
from rules.applications import Stage, Verb
from rules.change_filings import CHANGEABLE, FilingState, TitleKept
from rules.decisions import DecisionState
from rules.errors import Refusal
from rules.grounds import DecisionKind
from rules.materials import DECISION, EXPERT_ON_SITE, ON_SITE, SCORE_SHEETS, Material
from rules.publication import NoticeKind, Outcome
from rules.rule_sets.measures import Level
from rules.titles import TitleSource
from rules.upward import UpwardOutcome
from rules.words import N_
from schema.file_places import EARLIER_TITLE
from services.applications.steps import stage_of
from services.timeline.event import (
    Event,
    EventKind,
    ReadableFiles,
    StoredRow,
    choice_of,
    day_of,
    event_at,
    hour_on,
)

# --- Titles ------------------------------------------------------------------------------------


def title_events(base: StoredRow, notices: Iterable[StoredRow], today: date) -> Iterator[Event]:
    """Yield the announcements that no paper made here tells of, and the end of a term that has passed."""
    known_numbers = {notice.get("number") for notice in notices if notice.get("number")}
    terms = [*base.get("earlier_terms", ()), base]
    for term in terms:
        announced, last = day_of(term.get("announced_on")), day_of(term.get("title_last_day"))
        if announced is None:
            continue
        if term.get("document_number") not in known_numbers:
            details = _term_details(term)
            if term.get("title_source") == TitleSource.EARLIER.value:
                details += (Refusal(N_("An earlier title, from the register")),)
            number = term.get("document_number") or ""
            yield Event(
                announced, EventKind.TITLE, Refusal(N_("Title announced")), details=details, text=number
            )
        if last is not None and last < today and term is terms[-1]:
            yield Event(last, EventKind.TITLE, Refusal(N_("Last day of the term")))


def _term_details(term: StoredRow) -> tuple[Refusal, ...]:
    first, last = day_of(term.get("title_first_day")), day_of(term.get("title_last_day"))
    if first is None or last is None:
        return ()
    params = {"first": first.isoformat(), "last": last.isoformat()}
    return (Refusal(N_("Valid from %(first)s to %(last)s"), params),)


# --- The way through the rounds ----------------------------------------------------------------

_MATERIALS = tuple(material.value for material in Material)
_SLOTS: Mapping[Verb, tuple[str, ...]] = {
    Verb.SUBMIT: _MATERIALS, Verb.PASS: (ON_SITE,), Verb.FAIL: (ON_SITE,),
    Verb.CONCLUDE: (EXPERT_ON_SITE, SCORE_SHEETS), Verb.SELECT: (DECISION,), Verb.DECLINE: (DECISION,),
}  # fmt: skip
# What the bureau said among itself: a county reads it once the result is public.
_INNER = frozenset({Verb.CONCLUDE, Verb.SELECT, Verb.RECONSIDER})
_RESULT_PUBLIC = frozenset({Stage.ON_NOTICE, Stage.ANNOUNCED, Stage.NOT_CERTIFIED, Stage.WITHDRAWN})


def application_events(
    applications: Iterable[StoredRow], files: ReadableFiles, actor: Actor
) -> Iterator[Event]:
    """Yield every step of every application; the files of a place stand with the latest step that they belong to."""
    for application in applications:
        steps = application.get("steps", ())
        latest_steps = {step["verb"]: number for number, step in enumerate(steps)}
        may_read_all = actor.county is None or stage_of(application) in _RESULT_PUBLIC
        begun = Refusal(N_("Application begun: %(round)s"), {"round": application.get("round_name", "")})
        target = ("application", str(application["_id"]))
        yield event_at(
            application["created_at"],
            EventKind.APPLICATION,
            begun,
            application.get("created_by"),
            target=target,
        )
        for number, step in enumerate(steps):
            verb = choice_of(Verb, step["verb"])
            attached = (
                files.of(application["_id"], *_SLOTS.get(verb, ()))
                if latest_steps[step["verb"]] == number
                else ()
            )
            text = [step["opinion"]] if step.get("opinion") and (may_read_all or verb not in _INNER) else []
            if step.get("failing_reason") and (may_read_all or verb not in _INNER):
                text.append(step["failing_reason"])
            text += [reason for reason in (step.get("reasons") or {}).values() if reason]
            if step.get("number") and verb is not Verb.ANNOUNCE:
                text.insert(0, step["number"])
            what = Refusal(
                N_("%(verb)s (%(round)s)"), {"verb": verb, "round": application.get("round_name", "")}
            )
            due = day_of(step.get("due"))
            details = (Refusal(N_("To be corrected by %(day)s"), {"day": due.isoformat()}),) if due else ()
            yield event_at(
                step["at"], EventKind.APPLICATION, what, step.get("by_name"), details=details, text="；".join(text),
                files=attached, target=target,
            )  # fmt: skip


def paper_events(notices: Iterable[StoredRow]) -> Iterator[Event]:
    """Yield what was published that names the base, and the corrections of it."""
    for notice in notices:
        kind = choice_of(NoticeKind, notice["kind"])
        details = []
        first, last = day_of(notice.get("first_day")), day_of(notice.get("last_day"))
        if first and last:
            params = {"first": first.isoformat(), "last": last.isoformat()}
            details.append(Refusal(N_("Open to objections from %(first)s to %(last)s"), params))
        if notice.get("elsewhere"):
            recorded = f"{notice['elsewhere']['recorded_on']:%Y-%m-%d}"
            where = {"where": notice["elsewhere"]["where"], "day": recorded}
            details.append(Refusal(N_("Published then on %(where)s; recorded here on %(day)s"), where))
        text = " ".join(part for part in (notice.get("number"), notice.get("title")) if part)
        day = day_of(notice.get("dated")) or first
        if day is None:
            continue
        yield Event(
            day, EventKind.PAPER, Refusal(kind.label), at=hour_on(notice.get("published_at"), day),
            who=notice.get("published_by") or "", details=tuple(details), text=text,
            target=("notice", str(notice["_id"])),
        )  # fmt: skip


def objection_events(objections: Iterable[StoredRow], files: ReadableFiles, actor: Actor) -> Iterator[Event]:
    """Yield the objections; those who may not handle them learn only how many there are."""
    if actor.may(Permission.DECIDE_APPLICATIONS):
        for objection in objections:
            yield from _objection(objection, files)
        return
    by_notice: dict[Any, list[StoredRow]] = {}
    for objection in objections:
        by_notice.setdefault(objection["notice"], []).append(objection)
    for notice, of_notice in by_notice.items():
        last = max(objection["received_on"].date() for objection in of_notice)
        what = Refusal(N_("%(count)s objections received"), {"count": len(of_notice)})
        yield Event(last, EventKind.OBJECTION, what, target=("notice", str(notice)))


def _objection(objection: StoredRow, files: ReadableFiles) -> Iterator[Event]:
    target = ("objection", str(objection["_id"]))
    received = N_("Objection received late, after the notice's period")
    yield Event(
        objection["received_on"].date(), EventKind.OBJECTION,
        Refusal(received if objection.get("late") else N_("Objection received")),
        text=objection.get("content") or "", files=files.of(objection["_id"], ""), target=target,
    )  # fmt: skip
    if objection["outcome"] != Outcome.OPEN.value and objection.get("decided_at"):
        what = Refusal(N_("Objection: %(outcome)s"), {"outcome": choice_of(Outcome, objection["outcome"])})
        yield event_at(
            objection["decided_at"], EventKind.OBJECTION, what, objection.get("decided_by"),
            text=objection.get("handling") or "", target=target,
        )  # fmt: skip


# --- Reports, changes, decisions, recommendations ----------------------------------------------


def report_events(reports: Iterable[StoredRow], files: ReadableFiles) -> Iterator[Event]:
    """Yield a base's yearly summaries as they were received, and the county's inspections."""
    for report in reports:
        target, params = ("report", f"{report['base']}-{report['year']}"), {"year": report["year"]}
        received = day_of(report.get("received_on"))
        if received:
            what = Refusal(N_("Summary of %(year)s received"), params)
            attached = files.of(report["_id"], "summary")
            yield Event(
                received,
                EventKind.REPORT,
                what,
                text=(report.get("summary") or "")[:200],
                files=attached,
                target=target,
            )
        checked = day_of(report.get("inspection", {}).get("checked_on"))
        if checked:
            what = Refusal(N_("Inspected by the county for %(year)s"), params)
            yield Event(
                checked, EventKind.REPORT, what, files=files.of(report["_id"], "inspection"), target=target
            )


FIELD_LABELS: Mapping[str, str] = {
    "name": N_("Base name"), "operator": N_("Operator"), "uscc": N_("USCC"), "address": N_("Address"),
    "legal_representative": N_("Legal representative"),
}  # fmt: skip


def changed_fields(filing: StoredRow) -> list[tuple[str, str, str]]:
    """Return what a filing changes: the field's label (a message id), its old and its new value."""
    known = (change for change in filing.get("changes", ()) if change.get("field") in CHANGEABLE)
    return [
        (FIELD_LABELS[change["field"]], str(change.get("old") or ""), str(change.get("new") or ""))
        for change in known
    ]


def change_events(filings: Iterable[StoredRow], files: ReadableFiles) -> Iterator[Event]:
    """Yield the change filings: completed and filed, and what was decided on them."""
    for filing in filings:
        target = ("filing", str(filing["_id"]))
        text = "；".join(f"{old or '—'} → {new}" for _, old, new in changed_fields(filing))
        filed, completed, due = filing["filed_on"].date(), filing["completed_on"].date(), filing["due"].date()
        params = {"done": completed.isoformat(), "due": due.isoformat()}
        late = N_("completed on %(done)s, due on %(due)s: filed late")
        timeliness = Refusal(
            late if filed > due else N_("completed on %(done)s, due on %(due)s: in time"), params
        )
        attached = files.of(filing["_id"], "proof", "licence")
        yield Event(
            filed,
            EventKind.CHANGE,
            Refusal(N_("Change filed")),
            details=(timeliness,),
            text=text,
            files=attached,
            target=target,
        )
        if filing.get("title_decided_at"):
            kept = Refusal(
                N_("Title under the new operator: %(decision)s"),
                {"decision": choice_of(TitleKept, filing["title_kept"])},
            )
            yield event_at(
                filing["title_decided_at"], EventKind.CHANGE, kept, filing.get("title_decided_by"),
                text=filing.get("title_reason") or "", target=target,
            )  # fmt: skip
        if filing["state"] != FilingState.FILED.value and filing.get("decided_at"):
            what = Refusal(N_("Change filing: %(state)s"), {"state": choice_of(FilingState, filing["state"])})
            yield event_at(
                filing["decided_at"], EventKind.CHANGE, what, filing.get("decided_by"), text=filing.get("remark") or "",
                target=target,
            )  # fmt: skip


def decision_events(cases: Iterable[StoredRow], files: ReadableFiles) -> Iterator[Event]:
    """Yield the cases about the title: begun, notice served, statement made, decided or dropped."""
    for case in cases:
        target, kind = ("case", str(case["_id"])), choice_of(DecisionKind, case["kind"])
        evidence = files.of(case["_id"], "evidence")
        what = Refusal(N_("Case begun: %(kind)s"), {"kind": kind})
        yield event_at(
            case["created_at"], EventKind.DECISION, what, case.get("created_by"), files=evidence, target=target,
            text="；".join(ground.get("facts", "") for ground in case.get("grounds", ())),
        )  # fmt: skip
        for key, sentence, slot, quoted in (
            ("served_on", N_("Prior notice served"), "notice", case.get("served_how")),
            ("statement_on", N_("The base's statement"), "statement", case.get("statement")),
        ):
            day = day_of(case.get(key))
            if day:
                attached = files.of(case["_id"], slot)
                yield Event(
                    day,
                    EventKind.DECISION,
                    Refusal(sentence),
                    text=quoted or "",
                    files=attached,
                    target=target,
                )
        yield from _ending(case, kind, target)


def _ending(case: StoredRow, kind: Any, target: tuple[str, str]) -> Iterator[Event]:
    dated = day_of(case.get("dated"))
    if case["state"] == DecisionState.DECIDED.value and dated:
        what = Refusal(N_("Decided: %(kind)s"), {"kind": kind})
        details = (Refusal(N_("Overturned by a later decision")),) if case.get("reversed_by") else ()
        yield Event(
            dated, EventKind.DECISION, what, at=hour_on(case.get("decided_at"), dated),
            who=case.get("decided_by") or "", text=case.get("number") or "", details=details, target=target,
        )  # fmt: skip
    elif case["state"] == DecisionState.DROPPED.value:
        what = Refusal(N_("Case dropped: %(kind)s"), {"kind": kind})
        yield event_at(
            case["updated_at"], EventKind.DECISION, what, case.get("updated_by"), text=case.get("closed_reason") or "",
            target=target,
        )  # fmt: skip


def upward_events(recommendations: Iterable[StoredRow], files: ReadableFiles) -> Iterator[Event]:
    """Yield the recommendations to the province or the nation, and their outcomes."""
    for recommendation in recommendations:
        target, level = ("upward", str(recommendation["_id"])), choice_of(Level, recommendation["level"])
        what = Refusal(N_("Recommended upwards: %(level)s"), {"level": level})
        dated, decided = day_of(recommendation.get("dated")), day_of(recommendation.get("outcome_on"))
        if dated:
            attached = files.of(recommendation["_id"], "letter")
            yield Event(
                dated, EventKind.UPWARD, what, text=recommendation.get("number") or "", files=attached, target=target,
                who=recommendation.get("created_by") or "",
            )  # fmt: skip
        if decided:
            outcome = choice_of(UpwardOutcome, recommendation["outcome"])
            what = Refusal(N_("%(level)s: %(outcome)s"), {"level": level, "outcome": outcome})
            attached = files.of(recommendation["_id"], "outcome")
            yield Event(
                decided,
                EventKind.UPWARD,
                what,
                text=recommendation.get("outcome_number") or "",
                files=attached,
                target=target,
            )


# --- The record --------------------------------------------------------------------------------


def record_events(entries: Iterable[StoredRow], files: ReadableFiles, base_id: ObjectId) -> Iterator[Event]:
    """Yield what was done to the base's record itself."""
    named = {file.name: file for file in files.of(base_id, "", EARLIER_TITLE)}
    for entry in entries:
        note = entry.get("note") or ""
        attached = (named[note],) if entry["action"] == "file-added" and note in named else ()
        yield event_at(
            entry["at"],
            EventKind.RECORD,
            Refusal(entry["action"]),
            entry.get("actor_name"),
            files=attached,
            entry=entry,
        )
