"""The days of a year by which the Measures want something: fixed ones, those of rounds, the titles that end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from documents.records.base import Base
from documents.server.connection import reachable
from rules.access import Actor
from rules.annual_reports import base_summary_due, county_summary_due
from rules.errors import Refusal
from rules.rule_sets.measures import Level, Measures, in_force
from rules.words import N_
from services.applications.rounds import ApplicationRound, rounds
from services.assessment.rule_sets import rule_sets
from services.shared.office_day import day_of


@dataclass(frozen=True)
class YearDay:
    """One day: what is wanted or ends on it, the article that says so ("": none), and of which bases, by name."""

    day: date
    what: Refusal
    article: str = ""
    bases: tuple[str, ...] = ()


def year_days(year: int, *, actor: Actor) -> tuple[YearDay, ...]:
    """Return a year's days in their order, the titles that end in the actor's scope: three commands."""
    with reachable():
        sets = rule_sets()
        of_titles = Base.objects.visible_to(actor).having("status", ("certified",))
        ending = of_titles.between("title_last_day", date(year, 1, 1), date(year, 12, 31))
        bases = list(ending.rows(("name", "title_last_day"), (("title_last_day", 1), ("sort_key", 1))))
        days = [
            *_of_reports(year, sets),
            *_of_rounds(year, rounds(), sets),
            *_of_titles(year, bases, sets),
            *_of_measures(year, sets),
        ]
    return tuple(sorted(days, key=lambda one: one.day))


def _measures(day: date, sets: tuple[Measures, ...]) -> Measures:
    return in_force(sets, day, Level.CITY)[0]


def _of_reports(year: int, sets: tuple[Measures, ...]) -> Iterator[YearDay]:
    reported = year - 1
    measures = _measures(date(reported, 12, 31), sets)
    for due, sentence, provision in (
        (base_summary_due(reported, measures), N_("Last day for the bases' summaries of %(year)s"), "summary"),
        (county_summary_due(reported, measures), N_("Last day for the counties' reports on %(year)s"), "inspection"),
    ):  # fmt: skip
        yield YearDay(due, Refusal(sentence, {"year": str(reported)}), measures.articles.get(provision, ""))


def _of_rounds(year: int, known: Iterable[ApplicationRound], sets: tuple[Measures, ...]) -> Iterator[YearDay]:
    for one in known:
        for day, sentence in (
            (one.apply_from, N_("Applications begin: %(round)s")),
            (one.apply_until, N_("Applications end: %(round)s")),
            (one.recommend_until, N_("Last day to recommend: %(round)s")),
        ):
            if day is not None and day.year == year:
                article = _measures(day, sets).articles.get("call", "")
                yield YearDay(day, Refusal(sentence, {"round": one.name}), article)


def _of_titles(year: int, bases: Iterable[dict[str, Any]], sets: tuple[Measures, ...]) -> Iterator[YearDay]:
    by_day: dict[date, list[str]] = {}
    for base in bases:
        if ends := day_of(base["title_last_day"]):
            by_day.setdefault(ends, []).append(base["name"])
    for ends, names in by_day.items():
        sentence = N_("The title of %(count)s bases ends")
        yield YearDay(ends, Refusal(sentence, {"count": str(len(names))}), bases=tuple(names))
    if by_day:
        last = date(year, 12, 31)
        sentence = N_("Last day to apply for the renewal of the titles that end this year")
        yield YearDay(last, Refusal(sentence), _measures(last, sets).articles.get("renewal", ""))


def _of_measures(year: int, sets: tuple[Measures, ...]) -> Iterator[YearDay]:
    for measures in sets:
        if measures.level is not Level.CITY:
            continue
        for day, sentence in (
            (measures.first_day, N_("In force from this day: %(title)s")),
            (measures.last_day, N_("Last day in force: %(title)s")),
        ):
            if day is not None and day.year == year:
                yield YearDay(day, Refusal(sentence, {"title": measures.title}))
