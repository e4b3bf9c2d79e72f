"""The figures of one base as lines: each indicator and each figure of a function, with the way to its records."""

from collections.abc import Mapping

from flask import url_for
from flask_babel import gettext

from admin_views.assessment.labels import (
    actual_words,
    indicator_word,
    is_blank,
    lacking_words,
    met_word,
)
from admin_views.assessment.view_models import FunctionCard, IndicatorLine
from admin_views.shared.articles import article_of
from admin_views.shared.guard import current_actor
from admin_views.shared.view_models import Link, Meter, figure
from documents.assessment.assessment_counts import BaseRow
from forms.sentences import article_label
from rules.access import Permission
from rules.assessment.indicators import SATISFACTION, Assessment, FunctionResult, Indicator
from rules.assessment.shares import floored
from rules.rule_sets.measure_lines import UNITS
from rules.rule_sets.measures import Figure
from rules.rule_sets.provisions import function_key
from rules.words import N_
from services.assessment.base_years import BaseYears, Sides
from services.assessment.counted import LOW_FEE, PARTNERS, SATISFIED, SERVICES, TENANTS, Subject, subject_of


def meter_of(value: float, required: float) -> Meter | None:
    """Return the bar: twice what is asked is full, so that every threshold stands in the middle."""
    return Meter(value, required, required * 2, "") if required else None


def counted_url(base: BaseRow, subject: str, year: int) -> str:
    """Return the address of the records behind a figure."""
    return url_for("counted.index", id=base["_id"], year=year, what=subject)


def side_links(
    base: BaseRow, subject: str, year: int, sides: Mapping[str, Sides], *, fragment: str = ""
) -> tuple[Link, ...]:
    """Return the ways to the records counted and to those that are not, each with how many."""
    url, counts = counted_url(base, subject, year), sides[subject]
    return (
        Link(gettext(N_("Counted")), f"{url}#counted", figure(counts.counted)),
        Link(gettext(N_("Not counted")), f"{url}#others", figure(counts.others)),
    )


def _record_links(base: BaseRow, blank: bool) -> tuple[Link, ...]:
    """Return the way to the base's own record, or to its form where the record is blank."""
    if blank and current_actor().may(Permission.WRITE):
        return (Link(gettext(N_("Fill it in")), url_for("bases.edit_view", id=base["_id"])),)
    return (Link(gettext(N_("The base's record")), url_for("bases.details_view", id=base["_id"])),)


def indicator_lines(years: BaseYears, assessment: Assessment, year: int) -> tuple[IndicatorLine, ...]:
    """Return the seven indicators (Art. 5, 7)."""
    base, sides = years.base, years.sides(year, assessment.measures)
    return tuple(
        _indicator(item, assessment, base, year, sides, years.people_unknown(year))
        for item in assessment.indicators
    )


def satisfaction_line(years: BaseYears, assessment: Assessment, year: int) -> IndicatorLine:
    """Return the satisfaction of the year, which proposes and never decides (Art. 15, 18(4))."""
    item, facts = assessment.indicator(SATISFACTION), assessment.facts
    answers = gettext(
        N_("%(satisfied)s of %(answered)s answers"), satisfied=figure(facts.satisfied), answered=figure(facts.answered)
    )  # fmt: skip
    return IndicatorLine(
        label=gettext(item.label),
        required=figure(item.required) if item.required else "",
        actual=gettext(N_("No answer")) if item.actual is None else figure(floored(item.actual), 1),
        unit="%",
        met=item.met,
        word=satisfaction_word(item),
        article=article_label(item.article),
        meter=meter_of(item.actual, item.required) if item.actual is not None else None,
        links=side_links(years.base, SATISFIED, year, years.sides(year, assessment.measures)),
        note=answers if facts.answered else "",
        binding=False,
    )


def satisfaction_word(item: Indicator) -> str:
    """Return whether the satisfaction is marked, in words that decide nothing."""
    if item.actual is None or not item.required:
        return ""
    return gettext(N_("Not marked")) if item.met else gettext(N_("Low: to be looked into"))


def _indicator(
    item: Indicator,
    assessment: Assessment,
    base: BaseRow,
    year: int,
    sides: Mapping[str, Sides],
    people_unknown: int,
) -> IndicatorLine:
    word, note = indicator_word(item, assessment, base)
    blank, facts = is_blank(item, base), assessment.facts
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
    elif item.key == "staff" and facts.staff_listed:
        links = (Link(gettext(N_("List of staff")), url_for("staff_members.index_view", base=base["_id"])),)
        if facts.staff_differ:
            differ = gettext(
                N_("%(listed)s on the list, %(typed)s typed in the base's record: please put them right"),
                listed=figure(facts.staff), typed=figure(facts.staff_typed),
            )  # fmt: skip
            note = "；".join(text for text in (note, differ) if text)
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
        article=article_label(item.article),
        meter=meter_of(item.actual or 0, item.required),
        links=links,
        note=note,
    )


def further_lines(assessment: Assessment, base: BaseRow, year: int) -> tuple[IndicatorLine, ...]:
    """Return the indicators beside the seven: what a base fails of the binding ones stops it as well."""
    # How satisfied companies are has a line of its own: it proposes.
    return tuple(
        _further(item, assessment, base, year) for item in assessment.further if item.key != "satisfaction"
    )


def _further(item: Indicator, assessment: Assessment, base: BaseRow, year: int) -> IndicatorLine:
    actor, registration = current_actor(), assessment.facts.registration
    notes = [] if item.binding else [gettext(N_("Not asked by this rule set"))]
    links: tuple[Link, ...] = ()
    required, actual = figure(item.required), figure(item.actual)
    if item.key == "registered":
        required, actual = "", registration.place or registration.division
        if registration.disagrees:
            sentence_ = N_("The code was given in %(division)s")
            notes.append(gettext(sentence_, division=registration.division))
        if actor.may(Permission.REVIEW_APPLICATIONS):
            links = (Link(gettext(N_("Check it")), url_for("registration.edit", id=base["_id"])),)
    elif item.key == "conditions":
        links = (Link(gettext(N_("The nine conditions")), "#conditions"),)
    return IndicatorLine(
        label=gettext(item.label),
        required=required,
        actual=actual,
        unit=gettext(item.unit) if item.unit not in ("", "%") else item.unit,
        met=item.met,
        word=gettext(item.finding) if item.finding else met_word(item.met),
        article=article_label(item.article),
        meter=meter_of(item.actual or 0, item.required) if required else None,
        links=links,
        note="；".join(notes),
    )


def function_cards(years: BaseYears, assessment: Assessment, year: int) -> tuple[FunctionCard, ...]:
    """Return the eight functions of Art. 7, each with its own figures."""
    sides = years.sides(year, assessment.measures)
    return tuple(_card(result, assessment, years.base, year, sides) for result in assessment.functions)


def _card(
    result: FunctionResult, assessment: Assessment, base: BaseRow, year: int, sides: Mapping[str, Sides]
) -> FunctionCard:
    is_named = bool(assessment.measures.functions.get(result.function))
    figures = tuple(
        _online(actual, bool(required), base) if kind is Figure.ONLINE
        else _figure(subject_of(result.function, kind), required, actual, base, year, sides)
        for kind, required, actual, _ in result.figures
    )  # fmt: skip
    return FunctionCard(
        label=gettext(result.function.label),
        article=article_of(function_key(result.function), assessment.measures),
        met=result.met,
        word=met_word(result.met) if is_named else gettext(N_("Not named by this rule set")),
        figures=figures,
    )


def _online(actual: int, is_asked: bool, base: BaseRow) -> IndicatorLine:
    blank = base.get("online_system") is None
    yes, no = gettext(N_("In place")), gettext(N_("Not in place"))
    met = bool(actual) or not is_asked
    return IndicatorLine(
        label=gettext(Figure.ONLINE.label),
        required=yes if is_asked else "",
        actual=gettext(N_("Not filled in")) if blank else (yes if actual else no),
        unit="",
        met=met,
        word=met_word(met),
        links=_record_links(base, blank),
    )


def _figure(
    subject: Subject, required: int, actual: int, base: BaseRow, year: int, sides: Mapping[str, Sides]
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


def services_link(base: BaseRow, year: int) -> Link:
    """Return the way to every entry of the year."""
    return Link(gettext(N_("All services of the year")), counted_url(base, SERVICES, year))
