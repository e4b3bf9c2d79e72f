"""A base's way through the rounds as events: steps of applications, papers, objections (Art. 9-12)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rules.access import Actor, Permission
from rules.applications import Stage, Verb
from rules.errors import Refusal
from rules.materials import DECISION, EXPERT_ON_SITE, ON_SITE, SCORE_SHEETS, Material
from rules.publication import NoticeKind, Outcome
from rules.words import N_
from services.applications.steps import stage_of
from services.timeline.event import Event, EventKind, Files, Raw, day_of, hour_on, moment, word_of

_MATERIALS = tuple(one.value for one in Material)
_SLOTS: Mapping[Verb, tuple[str, ...]] = {
    Verb.SUBMIT: _MATERIALS, Verb.PASS: (ON_SITE,), Verb.FAIL: (ON_SITE,),
    Verb.CONCLUDE: (EXPERT_ON_SITE, SCORE_SHEETS), Verb.SELECT: (DECISION,), Verb.DECLINE: (DECISION,),
}  # fmt: skip
# What the bureau said among itself: a county reads it once the result is public.
_INNER = frozenset({Verb.CONCLUDE, Verb.SELECT, Verb.RECONSIDER})
_RESULT_PUBLIC = frozenset({Stage.ON_NOTICE, Stage.ANNOUNCED, Stage.NOT_CERTIFIED, Stage.WITHDRAWN})


def application_events(rows: Iterable[Raw], files: Files, actor: Actor) -> Iterator[Event]:
    """Yield every step of every application; the files of a place stand with the latest step that they belong to."""
    for raw in rows:
        steps = raw.get("steps", ())
        latest = {line["verb"]: place for place, line in enumerate(steps)}
        open_words = actor.county is None or stage_of(raw) in _RESULT_PUBLIC
        begun = Refusal(N_("Application begun: %(round)s"), {"round": raw.get("round_name", "")})
        place = ("application", str(raw["_id"]))
        yield moment(raw["created_at"], EventKind.APPLICATION, begun, raw.get("created_by"), place=place)
        for number, line in enumerate(steps):
            verb = word_of(Verb, line["verb"])
            kept = files.of(raw["_id"], *_SLOTS.get(verb, ())) if latest[line["verb"]] == number else ()
            words = [line["opinion"]] if line.get("opinion") and (open_words or verb not in _INNER) else []
            words += [text for text in (line.get("reasons") or {}).values() if text]
            if line.get("number") and verb is not Verb.ANNOUNCE:
                words.insert(0, line["number"])
            what = Refusal(N_("%(verb)s (%(round)s)"), {"verb": verb, "round": raw.get("round_name", "")})
            due = day_of(line.get("due"))
            said = (Refusal(N_("To be corrected by %(day)s"), {"day": due.isoformat()}),) if due else ()
            yield moment(
                line["at"], EventKind.APPLICATION, what, line.get("by_name"), said=said, words="；".join(words),
                files=kept, place=place,
            )  # fmt: skip


def paper_events(rows: Iterable[Raw]) -> Iterator[Event]:
    """Yield what was published that names the base, and the corrections of it."""
    for raw in rows:
        kind = word_of(NoticeKind, raw["kind"])
        said = []
        first, last = day_of(raw.get("first_day")), day_of(raw.get("last_day"))
        if first and last:
            params = {"first": first.isoformat(), "last": last.isoformat()}
            said.append(Refusal(N_("Open to objections from %(first)s to %(last)s"), params))
        words = " ".join(text for text in (raw.get("number"), raw.get("title")) if text)
        day = day_of(raw.get("dated")) or first
        if day is None:
            continue
        yield Event(
            day, EventKind.PAPER, Refusal(kind.label), at=hour_on(raw.get("published_at"), day),
            who=raw.get("published_by") or "", said=tuple(said), words=words, place=("notice", str(raw["_id"])),
        )  # fmt: skip


def objection_events(rows: Iterable[Raw], files: Files, actor: Actor) -> Iterator[Event]:
    """Yield the objections; those who may not handle them learn only how many there are."""
    if actor.may(Permission.DECIDE_APPLICATIONS):
        for raw in rows:
            place = ("objection", str(raw["_id"]))
            day = raw["received_on"].date()
            what = Refusal(N_("Objection received"))
            kept = files.of(raw["_id"], "")
            yield Event(
                day, EventKind.OBJECTION, what, words=raw.get("content") or "", files=kept, place=place
            )
            if raw["outcome"] != Outcome.OPEN.value and raw.get("decided_at"):
                what = Refusal(N_("Objection: %(outcome)s"), {"outcome": word_of(Outcome, raw["outcome"])})
                yield moment(
                    raw["decided_at"], EventKind.OBJECTION, what, raw.get("decided_by"),
                    words=raw.get("handling") or "", place=place,
                )  # fmt: skip
        return
    by_notice: dict[Any, list[Raw]] = {}
    for raw in rows:
        by_notice.setdefault(raw["notice"], []).append(raw)
    for notice, those in by_notice.items():
        last = max(one["received_on"].date() for one in those)
        what = Refusal(N_("%(count)s objections received"), {"count": len(those)})
        yield Event(last, EventKind.OBJECTION, what, place=("notice", str(notice)))
