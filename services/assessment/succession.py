"""The successor of the Measures, from its text to the day that it comes into force: every step a change of a draft.

The draft begins with the figures of the set that it follows and with no article of its own; title, days, figures and
articles are proposed from the text (`rule_sets.succession`) and kept only as they were confirmed. It is put in force by
`services.assessment.rule_sets`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from documents.applications.application import Application
from documents.applications.round import Round
from documents.publication.notice import Notice
from documents.records.base import Base
from documents.revocation.decision import Decision
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Refusal, Refused
from rules.rule_sets.articles import articles_of
from rules.rule_sets.measure_lines import with_figures
from rules.rule_sets.measures import DecidedUnder, Level, Measures, deciding, in_force
from rules.rule_sets.provisions import PROVISIONS
from rules.rule_sets.succession.comparison import refusals_of_text
from rules.rule_sets.succession.figures import SUMMARIES, FigureValue
from rules.rule_sets.succession.provisions import references_of
from rules.words import N_
from services.applications.rounds import as_round
from services.assessment.rule_sets import (
    ONE_DAY,
    Edition,
    change_draft,
    create_draft,
    read_edition,
    read_editions,
    rule_sets,
)
from services.shared.office_day import office_day


def predecessor_of(measures: Measures) -> Measures | None:
    """Return the rule set of its level that is in force last before a rule set begins; None where there is none."""
    earlier = [
        other
        for other in rule_sets()
        if other.level is measures.level
        and other.code != measures.code
        and other.first_day <= measures.first_day
    ]
    return max(earlier, key=lambda other: other.first_day, default=None)


def begin_succession(text: str, *, today: date, title: str, actor: Actor, now: datetime) -> str:
    """Keep a draft of the city's next rule set with this text, named `title`; return its code.

    Raises Refused (no articles in the text), NotAllowed.
    """
    actor.demand(Permission.DRAFT_RULES)
    _demand(refusals_of_text(text))
    old = in_force(rule_sets(), today, Level.CITY)[0]
    first = old.last_day + ONE_DAY if old.last_day else date(today.year + 1, 1, 1)
    draft = replace(
        old, code="", title=title, document_title="", document_number="", first_day=max(first, today), last_day=None,
        superseded=False, note="", text=articles_of(text), articles={}, begins_after_end=False,
    )  # fmt: skip
    return create_draft(draft, source_text=text, actor=actor, now=now)


def save_text(code: str, text: str, *, version: int, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Cut the text of a draft anew; return the provisions whose article is there no more, which are set again.

    Raises Refused, Stale, Missing, NotAllowed.
    """
    _demand(refusals_of_text(text))
    edition = read_edition(code, actor)
    cut = articles_of(text)
    known = set(references_of(cut))
    kept = {key: reference for key, reference in edition.measures.articles.items() if reference in known}
    gone = tuple(key for key in edition.measures.articles if key not in kept)
    after = replace(edition.measures, text=cut, articles=kept)
    change_draft(after, source_text=text, version=version, actor=actor, now=now)
    return gone


def save_heading(code: str, values: Mapping[str, Any], *, version: int, actor: Actor, now: datetime) -> None:
    """Keep title, number, body, days and transitions of a draft, as they were confirmed.

    Raises Refused, Stale, Missing, NotAllowed.
    """
    edition = read_edition(code, actor)
    change_draft(replace(edition.measures, **values), version=version, actor=actor, now=now)


def save_figures(
    code: str, chosen: Mapping[str, FigureValue | None], *, version: int, actor: Actor, now: datetime
) -> None:
    """Keep the figures that were confirmed or typed, by key; the others stay. None takes a function's figure out.

    Raises Refused, Stale, Missing, NotAllowed.
    """
    edition = read_edition(code, actor)
    plain = {key: value for key, value in chosen.items() if not isinstance(value, tuple)}
    days: dict[str, Any] = {key: chosen[key] for key in SUMMARIES if key in chosen}
    after = replace(with_figures(edition.measures, plain), **days)
    confirmed = sorted({*edition.confirmed, *chosen})
    change_draft(after, confirmed=confirmed, version=version, actor=actor, now=now)


def save_articles(
    code: str, references: Mapping[str, str], *, version: int, actor: Actor, now: datetime
) -> None:
    """Keep the article of each provision, "5(2)"; a blank one leaves the set incomplete.

    Raises Refused (an article that the text does not have), Stale, Missing, NotAllowed.
    """
    edition = read_edition(code, actor)
    known = set(references_of(edition.measures.text))
    sentence = N_("The text has no such article or item.")
    refusals = tuple(
        Refusal(sentence, field=f"article-{key}")
        for key, reference in references.items()
        if reference and reference not in known
    )
    _demand(refusals)
    kept = {
        provision.key: references[provision.key] for provision in PROVISIONS if references.get(provision.key)
    }
    change_draft(replace(edition.measures, articles=kept), version=version, actor=actor, now=now)


def _demand(refusals: tuple[Refusal, ...]) -> None:
    if refusals:
        raise Refused.because(refusals)


# --- What comes with it --------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenMatter:
    """Something under way: its collection, id, name, and the rule set that decides it once the draft is in force."""

    collection: str
    id: Any
    name: str
    decided_under: Measures


@dataclass(frozen=True)
class Consequences:
    """What putting a draft in force means: days without any set, open matters, and terms that run on."""

    gap: tuple[date, date] | None  # days between the sets on which nothing is in force
    matters: tuple[OpenMatter, ...]
    running_terms: int  # titles that run on the first day
    terms_under: Measures


def consequences_of(edition: Edition, *, today: date, actor: Actor) -> Consequences:
    """Return what changes for what is under way, as it would be decided on the draft's first day.

    Raises NotAllowed.
    """
    actor.demand(Permission.DRAFT_RULES)
    draft = edition.measures
    day = max(draft.first_day, today)
    with reachable():
        sets = (*rule_sets(), draft)
        old = predecessor_of(draft)
        matters = (*_open_rounds(sets, day), *_running_notices(sets, day, today), *_open_cases(sets, day))
        running = Base.objects.having("status", ("certified",)).between("title_last_day", day, None).count()
    gap = None
    if old and old.last_day and old.last_day + ONE_DAY < draft.first_day:
        gap = (old.last_day + ONE_DAY, draft.first_day - timedelta(days=1))
    by_term = old if old and draft.terms_begun_before is DecidedUnder.EARLIER else draft
    return Consequences(gap, matters, running, by_term)


def _of_code(sets: tuple[Measures, ...], code: str | None, begun: date) -> Measures:
    known = {measures.code: measures for measures in sets}
    return known.get(code or "") or in_force(sets, begun, Level.CITY)[0]


def _open_rounds(sets: tuple[Measures, ...], day: date) -> list[OpenMatter]:
    """Return the rounds that take applications, or have some under way."""
    under_way = {raw["round"] for raw in Application.objects.under_way().rows(("round",), (("_id", 1),))}
    matters = []
    for raw in Round.latest_first():
        of_round = as_round(raw)
        if not of_round.closed or raw["_id"] in under_way:
            begun = _of_code(sets, of_round.rule_set, of_round.apply_from)
            decided = deciding(sets, begun, day, "applications_begun_before")
            matters.append(OpenMatter("rounds", raw["_id"], of_round.name, decided))
    return matters


def _running_notices(sets: tuple[Measures, ...], day: date, today: date) -> list[OpenMatter]:
    rows = Notice.objects.running(today).rows(("title", "rule_set", "first_day"), (("_id", -1),))
    return [
        OpenMatter(
            "notices", raw["_id"], raw["title"],
            deciding(
                sets, _of_code(sets, raw.get("rule_set"), raw["first_day"].date()), day, "applications_begun_before"
            ),
        )
        for raw in rows
    ]  # fmt: skip


def _open_cases(sets: tuple[Measures, ...], day: date) -> list[OpenMatter]:
    rows = Decision.objects.under_way().rows(("base_name", "rule_set", "created_at"), (("_id", -1),))
    return [
        OpenMatter(
            "decisions", raw["_id"], raw["base_name"],
            deciding(
                sets, _of_code(sets, raw.get("rule_set"), office_day(raw["created_at"].replace(tzinfo=UTC))), day,
                "cases_begun_before",
            ),
        )
        for raw in rows
    ]  # fmt: skip


def drafts_of_successors() -> tuple[Edition, ...]:
    """Return the drafts of the city's rule sets, the latest first."""
    drafts = (
        edition for edition in read_editions() if edition.draft and edition.measures.level is Level.CITY
    )
    return tuple(sorted(drafts, key=lambda edition: edition.measures.first_day, reverse=True))
