"""A rule set in words: its articles, its days, how it stands today, and its figures as rows."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext

from admin_views.assessment.rule_set_view_models import CellGroup, FigureCell, FigureGroup, FigureRow
from admin_views.shared.articles import article_of
from admin_views.shared.view_models import Text, badge, figure
from rules.choices import ServiceFunction
from rules.rule_sets.measure_lines import (
    CONDITIONS,
    FUNCTION_LINES,
    PERIODS,
    POLICIES,
    TRANSITIONS,
    MeasureLine,
)
from rules.rule_sets.measures import Measures
from rules.words import N_
from services.assessment.rule_sets import Edition


def days_text(measures: Measures) -> str:
    """Return from when to when a rule set is in force."""
    last = measures.last_day.isoformat() if measures.last_day else gettext(N_("no last day"))
    return f"{measures.first_day.isoformat()} – {last}"


def state_badge(edition: Edition, today: date) -> Text:
    """Return how a rule set stands today, as a badge."""
    measures = edition.measures
    if edition.draft:
        return badge(gettext(N_("Draft rules")), "violet")
    if measures.last_day and measures.last_day < today:
        return badge(gettext(N_("No longer in force")), "grey")
    if measures.first_day > today:
        return badge(gettext(N_("Not yet in force")), "blue")
    if measures.superseded:
        return badge(gettext(N_("Likely superseded")), "amber")
    return badge(gettext(N_("In force today")), "green")


def asked_text(line: MeasureLine, asked: int | None) -> str:
    """Return what a rule set asks of a line; a dash where it asks nothing."""
    if asked is None:
        return "—"
    return gettext(N_("asked for")) if line.yes_no else figure(asked)


def line_groups() -> list[tuple[str, str, tuple[MeasureLine, ...]]]:
    """Return heading, provision ("" where each line has its own) and lines: conditions, each function, periods."""
    groups: list[tuple[str, str, tuple[MeasureLine, ...]]] = [(gettext(N_("Conditions")), "", CONDITIONS)]
    for function in ServiceFunction:
        lines = tuple(line for line in FUNCTION_LINES if line.function is function)
        groups.append((gettext(function.label), lines[0].provision, lines))
    return [*groups, (gettext(N_("Periods")), "", PERIODS)]


def figure_groups(measures: Measures, other: Measures | None = None) -> tuple[FigureGroup, ...]:
    """Return every figure of a rule set with its article, beside those of another."""
    groups = []
    for title, provision, lines in line_groups():
        rows = tuple(_row(line, measures, other) for line in lines)
        groups.append(FigureGroup(title, rows, article_of(provision, measures) if provision else ""))
    summaries = (
        ("base_summary_by", "summary", N_("Base's annual summary, by")),
        ("county_summary_by", "county_summary", N_("County's annual report, by")),
    )
    last = groups.pop()
    more = tuple(
        _plain_row(
            article_of(provision, measures),
            label,
            month_day(getattr(measures, key)),
            month_day(getattr(other, key)) if other else "",
        )
        for key, provision, label in summaries
    )
    return (*groups, FigureGroup(last.title, last.rows + more), _decided_by_the_office(measures, other))


def _decided_by_the_office(measures: Measures, other: Measures | None) -> FigureGroup:
    """Return what the Measures leave to the office, and which edition decides what was begun before this one."""

    def row(label: str, key: str, words: Callable[[Any], str]) -> FigureRow:
        return _plain_row(
            "", label, words(getattr(measures, key)), words(getattr(other, key)) if other else ""
        )

    policies = [row(line.label, line.key, yes_no) for line in POLICIES]
    transitions = [row(line.label, line.key, lambda under: str(gettext(under.label))) for line in TRANSITIONS]
    return FigureGroup(gettext(N_("Left to the office, and transition")), tuple(policies + transitions))


def yes_no(value: bool) -> str:
    """Return a yes or a no in words."""
    return str(gettext(N_("Yes"))) if value else str(gettext(N_("No")))


def _row(line: MeasureLine, measures: Measures, other: Measures | None) -> FigureRow:
    asked, asked_before = line.asked(measures), line.asked(other) if other else None
    return FigureRow(
        "" if line.function else article_of(line.provision, measures),
        gettext(line.label),
        asked_text(line, asked),
        unit_of(line) if asked is not None and not line.yes_no else "",
        asked_text(line, asked_before) if other else "",
        other is not None and asked != asked_before,
    )


def _plain_row(article: str, label: str, value: str, other: str) -> FigureRow:
    return FigureRow(article, gettext(label), value, "", other, bool(other) and other != value)


def month_day(value: tuple[int, int]) -> str:
    """Return month and day of a day of every year: 01-10."""
    return "-".join(f"{part:02}" for part in value)


def unit_of(line: MeasureLine) -> str:
    """Return what a line is counted in."""
    return line.unit if line.unit == "%" else gettext(line.unit) if line.unit else ""


def cell_groups(
    groups: Sequence[tuple[str, str, tuple[MeasureLine, ...]]],
    other: Measures | None,
    typed: dict[str, int | None],
) -> tuple[CellGroup, ...]:
    """Return the figures to be typed, each beside what `other` asks."""
    return tuple(
        CellGroup(
            title,
            tuple(figure_cell(line, other, typed) for line in lines),
            article_of(provision, other) if provision else "",
        )
        for title, provision, lines in groups
    )


def figure_cell(line: MeasureLine, other: Measures | None, typed: dict[str, int | None]) -> FigureCell:
    """Return one figure to be typed."""
    asked_before = line.asked(other) if other else None
    return FigureCell(
        line.name,
        gettext(line.label),
        unit_of(line),
        "" if line.function else article_of(line.provision, other),
        asked_text(line, asked_before) if other else "",
        line.yes_no,
        other is not None and line.key in typed and typed[line.key] != asked_before,
    )
