"""What happens to a base and its title as events: terms, reports, changes, cases, recommendations, edits."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from bson import ObjectId

from rules.deadlines import CHANGEABLE, FilingState
from rules.decisions import DecisionKind, DecisionState
from rules.errors import Refusal
from rules.measures import Level
from rules.upward import UpwardOutcome
from rules.words import N_
from services.timeline.event import Event, EventKind, Files, Raw, day_of, hour_on, moment, word_of

# --- Titles ------------------------------------------------------------------------------------


def title_events(base: Raw, notices: Iterable[Raw], today: date) -> Iterator[Event]:
    """Yield the announcements that no paper made here tells of, and the end of a term that has passed."""
    papers = {one.get("number") for one in notices if one.get("number")}
    terms = [*base.get("earlier_terms", ()), base]
    for one in terms:
        announced, last = day_of(one.get("announced_on")), day_of(one.get("title_last_day"))
        if announced is None:
            continue
        if one.get("document_number") not in papers:
            said = _term_words(one)
            number = one.get("document_number") or ""
            yield Event(announced, EventKind.TITLE, Refusal(N_("Title announced")), said=said, words=number)
        if last is not None and last < today and one is terms[-1]:
            yield Event(last, EventKind.TITLE, Refusal(N_("Last day of the term")))


def _term_words(one: Raw) -> tuple[Refusal, ...]:
    first, last = day_of(one.get("title_first_day")), day_of(one.get("title_last_day"))
    if first is None or last is None:
        return ()
    params = {"first": first.isoformat(), "last": last.isoformat()}
    return (Refusal(N_("Valid from %(first)s to %(last)s"), params),)


# --- Reports, changes, decisions, recommendations ----------------------------------------------


def report_events(rows: Iterable[Raw], files: Files) -> Iterator[Event]:
    """Yield a base's yearly summaries as they were received, and the county's inspections."""
    for raw in rows:
        place, params = ("report", f"{raw['base']}-{raw['year']}"), {"year": raw["year"]}
        received = day_of(raw.get("received_on"))
        if received:
            what = Refusal(N_("Summary of %(year)s received"), params)
            kept = files.of(raw["_id"], "summary")
            yield Event(
                received,
                EventKind.REPORT,
                what,
                words=(raw.get("summary") or "")[:200],
                files=kept,
                place=place,
            )
        checked = day_of(raw.get("inspection", {}).get("checked_on"))
        if checked:
            what = Refusal(N_("Inspected by the county for %(year)s"), params)
            yield Event(
                checked, EventKind.REPORT, what, files=files.of(raw["_id"], "inspection"), place=place
            )


FIELD_LABELS: Mapping[str, str] = {
    "name": N_("Base name"), "operator": N_("Operator"), "address": N_("Address"),
    "legal_representative": N_("Legal representative"),
}  # fmt: skip


def change_lines(raw: Raw) -> list[tuple[str, str, str]]:
    """Return what a filing changes: the field's label (a message id), its old and its new value."""
    known = [one for one in raw.get("changes", ()) if one.get("field") in CHANGEABLE]
    return [
        (FIELD_LABELS[one["field"]], str(one.get("old") or ""), str(one.get("new") or "")) for one in known
    ]


def change_events(rows: Iterable[Raw], files: Files) -> Iterator[Event]:
    """Yield the change filings: completed and filed, and what was decided on them."""
    for raw in rows:
        place = ("filing", str(raw["_id"]))
        words = "；".join(f"{old or '—'} → {new}" for _, old, new in change_lines(raw))
        filed, done, due = raw["filed_on"].date(), raw["completed_on"].date(), raw["due"].date()
        params = {"done": done.isoformat(), "due": due.isoformat()}
        late = N_("completed on %(done)s, due on %(due)s: filed late")
        said = Refusal(late if filed > due else N_("completed on %(done)s, due on %(due)s: in time"), params)
        kept = files.of(raw["_id"], "proof")
        yield Event(
            filed,
            EventKind.CHANGE,
            Refusal(N_("Change filed")),
            said=(said,),
            words=words,
            files=kept,
            place=place,
        )
        if raw["state"] != FilingState.FILED.value and raw.get("decided_at"):
            what = Refusal(N_("Change filing: %(state)s"), {"state": word_of(FilingState, raw["state"])})
            yield moment(
                raw["decided_at"], EventKind.CHANGE, what, raw.get("decided_by"), words=raw.get("remark") or "",
                place=place,
            )  # fmt: skip


def decision_events(rows: Iterable[Raw], files: Files) -> Iterator[Event]:
    """Yield the cases about the title: begun, notice served, statement made, decided or dropped."""
    for raw in rows:
        place, kind = ("case", str(raw["_id"])), word_of(DecisionKind, raw["kind"])
        evidence = files.of(raw["_id"], "evidence")
        what = Refusal(N_("Case begun: %(kind)s"), {"kind": kind})
        yield moment(
            raw["created_at"], EventKind.DECISION, what, raw.get("created_by"), files=evidence, place=place,
            words="；".join(one.get("facts", "") for one in raw.get("grounds", ())),
        )  # fmt: skip
        for key, sentence, slot, words in (
            ("served_on", N_("Prior notice served"), "notice", raw.get("served_how")),
            ("statement_on", N_("The base's statement"), "statement", raw.get("statement")),
        ):
            day = day_of(raw.get(key))
            if day:
                kept = files.of(raw["_id"], slot)
                yield Event(
                    day, EventKind.DECISION, Refusal(sentence), words=words or "", files=kept, place=place
                )
        yield from _ending(raw, kind, place)


def _ending(raw: Raw, kind: Any, place: tuple[str, str]) -> Iterator[Event]:
    dated = day_of(raw.get("dated"))
    if raw["state"] == DecisionState.DECIDED.value and dated:
        what = Refusal(N_("Decided: %(kind)s"), {"kind": kind})
        said = (Refusal(N_("Overturned by a later decision")),) if raw.get("reversed_by") else ()
        yield Event(
            dated, EventKind.DECISION, what, at=hour_on(raw.get("decided_at"), dated),
            who=raw.get("decided_by") or "", words=raw.get("number") or "", said=said, place=place,
        )  # fmt: skip
    elif raw["state"] == DecisionState.DROPPED.value:
        what = Refusal(N_("Case dropped: %(kind)s"), {"kind": kind})
        yield moment(
            raw["updated_at"], EventKind.DECISION, what, raw.get("updated_by"), words=raw.get("closed_reason") or "",
            place=place,
        )  # fmt: skip


def upward_events(rows: Iterable[Raw], files: Files) -> Iterator[Event]:
    """Yield the recommendations to the province or the nation, and their outcomes."""
    for raw in rows:
        place, level = ("upward", str(raw["_id"])), word_of(Level, raw["level"])
        what = Refusal(N_("Recommended upwards: %(level)s"), {"level": level})
        dated, on = day_of(raw.get("dated")), day_of(raw.get("outcome_on"))
        if dated:
            kept = files.of(raw["_id"], "letter")
            yield Event(
                dated, EventKind.UPWARD, what, words=raw.get("number") or "", files=kept, place=place,
                who=raw.get("created_by") or "",
            )  # fmt: skip
        if on:
            outcome = word_of(UpwardOutcome, raw["outcome"])
            what = Refusal(N_("%(level)s: %(outcome)s"), {"level": level, "outcome": outcome})
            kept = files.of(raw["_id"], "outcome")
            yield Event(
                on, EventKind.UPWARD, what, words=raw.get("outcome_number") or "", files=kept, place=place
            )


# --- The record --------------------------------------------------------------------------------


def record_events(rows: Iterable[Raw], files: Files, base_id: ObjectId) -> Iterator[Event]:
    """Yield what was done to the base's record itself."""
    named = {one.name: one for one in files.of(base_id, "")}
    for entry in rows:
        note = entry.get("note") or ""
        kept = (named[note],) if entry["action"] == "file-added" and note in named else ()
        yield moment(
            entry["at"],
            EventKind.RECORD,
            Refusal(entry["action"]),
            entry.get("actor_name"),
            files=kept,
            entry=entry,
        )
