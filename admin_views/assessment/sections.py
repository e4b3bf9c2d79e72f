"""The parts of one base's assessment: indicators, functions, years, levels - each from rules to words."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from admin_views.assessment.labels import (
    UNITS,
    actual_words,
    article_words,
    indicator_word,
    is_blank,
    lacking_words,
    level_label,
    met_word,
)
from admin_views.assessment.view_models import FunctionCard, IndicatorLine, LevelHead, LevelLine
from admin_views.shared.guard import current_actor
from admin_views.shared.view_models import Link, Meter, figure
from rules.access import Permission
from rules.assessment import Assessment, FunctionResult, Indicator
from rules.choices import ServiceFunction
from rules.measures import Figure, Level
from rules.words import N_
from services.assessment.base_assessment import BaseYears, Sides
from services.assessment.counted import LOW_FEE, PARTNERS, SERVICES, TENANTS, Subject, subject_of

Base = Mapping[str, Any]
_ARTICLES = {function: f"7({place})" for place, function in enumerate(ServiceFunction, 1)}


def meter_of(value: float, required: float) -> Meter | None:
    """Return the bar: twice what is asked is full, so that every threshold stands in the middle."""
    return Meter(value, required, required * 2, "") if required else None


def counted_url(base: Base, subject: str, year: int) -> str:
    """Return the address of the records behind a figure."""
    return url_for("counted.index", id=base["_id"], year=year, what=subject)


def side_links(
    base: Base, subject: str, year: int, sides: Mapping[str, Sides], *, fragment: str = ""
) -> tuple[Link, ...]:
    """Return the ways to the records counted and to those that are not, each with how many."""
    url, one = counted_url(base, subject, year), sides[subject]
    return (
        Link(gettext(N_("Counted")), f"{url}#counted", figure(one.counted)),
        Link(gettext(N_("Not counted")), f"{url}#others", figure(one.others)),
    )


def _record_links(base: Base, blank: bool) -> tuple[Link, ...]:
    """Return the way to the base's own record, or to its form where the record is blank."""
    if blank and current_actor().may(Permission.WRITE):
        return (Link(gettext(N_("Fill it in")), url_for("bases.edit_view", id=base["_id"])),)
    return (Link(gettext(N_("The base's record")), url_for("bases.details_view", id=base["_id"])),)


def indicator_lines(years: BaseYears, one: Assessment, year: int) -> tuple[IndicatorLine, ...]:
    """Return the seven indicators (Art. 5, 7)."""
    base, sides = years.base, years.sides(year)
    return tuple(
        _indicator(item, one, base, year, sides, years.people_unknown(year)) for item in one.indicators
    )


def _indicator(
    item: Indicator, one: Assessment, base: Base, year: int, sides: Mapping[str, Sides], people_unknown: int
) -> IndicatorLine:
    word, note = indicator_word(item, one, base)
    blank, facts = is_blank(item, base), one.facts
    links: tuple[Link, ...] = ()
    if item.key in ("tenants", "people"):
        links = side_links(base, TENANTS, year, sides)
    elif item.key == "partners":
        links = side_links(base, PARTNERS, year, sides)
    elif item.key == "low_fee_share":
        links = (*side_links(base, LOW_FEE, year, sides), services_link(base, year))
        of_all = gettext(
            N_("%(part)s of %(whole)s company-times"),
            part=figure(facts.low_fee_company_times), whole=figure(facts.company_times),
        )  # fmt: skip
        note = "；".join(text for text in (of_all, note) if text) if facts.company_times else note
    elif item.key == "functions":
        links = (Link(gettext(N_("The eight functions")), "#functions"),)
    else:
        links = _record_links(base, blank)
    if item.key == "people" and people_unknown:
        blanks = gettext(N_("%(count)s counted companies do not say how many"), count=people_unknown)
        note = "；".join(text for text in (note, blanks) if text)
    if item.key == "operated_one_year" and facts.operating_since and item.met:
        note = gettext(N_("since %(day)s"), day=facts.operating_since.isoformat())
    return IndicatorLine(
        label=gettext(item.label),
        required=figure(item.required),
        actual=actual_words(item, base),
        unit=gettext(item.unit) if item.unit != "%" else "%",
        met=item.met,
        word=word,
        article=article_words(item.article),
        meter=meter_of(item.actual or 0, item.required),
        links=links,
        note=note,
    )


def function_cards(years: BaseYears, one: Assessment, year: int) -> tuple[FunctionCard, ...]:
    """Return the eight functions of Art. 7, each with its own figures."""
    sides = years.sides(year)
    return tuple(_card(result, one, years.base, year, sides) for result in one.functions)


def _card(
    result: FunctionResult, one: Assessment, base: Base, year: int, sides: Mapping[str, Sides]
) -> FunctionCard:
    asked = bool(one.measures.functions.get(result.function))
    figures = tuple(
        _online(actual, bool(required), base) if kind is Figure.ONLINE
        else _figure(subject_of(result.function, kind), required, actual, base, year, sides)
        for kind, required, actual, _ in result.figures
    )  # fmt: skip
    return FunctionCard(
        label=gettext(result.function.label),
        article=article_words(_ARTICLES[result.function]),
        met=result.met,
        word=met_word(result.met) if asked else gettext(N_("Not named by this rule set")),
        figures=figures,
    )


def _online(actual: int, asked: bool, base: Base) -> IndicatorLine:
    blank = base.get("online_system") is None
    yes, no = gettext(N_("In place")), gettext(N_("Not in place"))
    met = bool(actual) or not asked
    return IndicatorLine(
        label=gettext(Figure.ONLINE.label),
        required=yes if asked else "",
        actual=gettext(N_("Not filled in")) if blank else (yes if actual else no),
        unit="",
        met=met,
        word=met_word(met),
        links=_record_links(base, blank),
    )


def _figure(
    subject: Subject, required: int, actual: int, base: Base, year: int, sides: Mapping[str, Sides]
) -> IndicatorLine:
    kind = subject.figure
    assert kind is not None  # a subject of Art. 7 always has one
    met = actual >= required
    unit = UNITS[kind]
    return IndicatorLine(
        label=gettext(kind.label),
        required=figure(required) if required else "",
        actual=figure(actual),
        unit=gettext(unit),
        met=met,
        word=met_word(True) if met else lacking_words(figure(required - actual), unit),
        meter=meter_of(actual, required),
        links=side_links(base, subject.code, year, sides),
    )


def services_link(base: Base, year: int) -> Link:
    """Return the way to every entry of the year."""
    return Link(gettext(N_("All services of the year")), counted_url(base, SERVICES, year))


def lacking(one: Assessment) -> str:
    """Return what is not met, by name; "" when all is."""
    return "、".join(gettext(item.label) for item in one.indicators if not item.met)


def level_heads(found: Mapping[Level, tuple[Assessment, bool] | None]) -> tuple[LevelHead, ...]:
    """Return the levels of Art. 17, each with its rule set or that there is none."""
    return tuple(_level_head(level, pair) for level, pair in found.items())


def _level_head(level: Level, pair: tuple[Assessment, bool] | None) -> LevelHead:
    if pair is None:
        return LevelHead(level_label(level), gettext(N_("Not entered yet")), known=False)
    measures, really = pair[0].measures, pair[1]
    warn = ""
    if measures.superseded:
        warn = gettext(N_("The figures may be out of date: check them."))
    elif not really:
        warn = gettext(N_("Not in force on the day of counting"))
    return LevelHead(level_label(level), measures.title, warn, note=measures.note)


def level_lines(base: Base, found: Mapping[Level, tuple[Assessment, bool] | None]) -> tuple[LevelLine, ...]:
    """Return every indicator and function under every level; what no level asks has no line."""
    known = [pair[0] for pair in found.values() if pair]
    if not known:
        return ()
    made = []
    for item in known[0].indicators:
        cells = tuple(_level_cell(pair, item.key) for pair in found.values())
        # How many functions are met depends on the level: there is no one figure for all.
        actual = "" if item.key == "functions" else _with_unit(actual_words(item, base), item.unit)
        made.append(LevelLine(gettext(item.label), actual, cells))
    for place, result in enumerate(known[0].functions):
        cells = tuple(_function_cell(pair, place) for pair in found.values())
        made.append(LevelLine("　" + gettext(result.function.label), "", cells))
    verdicts = tuple(pair and ("", pair[0].meets, met_word(pair[0].meets)) for pair in found.values())
    made.append(LevelLine(gettext(N_("Verdict")), "", verdicts, strong=True))
    return tuple(made)


def _with_unit(text: str, unit: str) -> str:
    if not text[:1].isdecimal():
        return text
    return f"{text}%" if unit == "%" else f"{text} {gettext(unit)}"


def _level_cell(pair: tuple[Assessment, bool] | None, key: str) -> tuple[str, bool, str] | None:
    if pair is None:
        return None
    item = pair[0].indicator(key)
    word = met_word(item.met)
    if key == "functions":
        word = f"{word} · {figure(item.actual)}/8"
    return f"≥ {_with_unit(figure(item.required), item.unit)}", item.met, word


def _function_cell(pair: tuple[Assessment, bool] | None, place: int) -> tuple[str, bool, str] | None:
    if pair is None:
        return None
    result = pair[0].functions[place]
    asked = " · ".join(
        figure(required) for kind, required, _, _ in result.figures if required and kind is not Figure.ONLINE
    )
    return f"≥ {asked}" if asked else "", result.met, met_word(result.met)
