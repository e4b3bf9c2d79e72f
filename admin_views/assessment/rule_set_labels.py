"""A rule set in words: its articles, its days, how it stands today, and its figures as rows."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext

from admin_views.assessment.labels import article_label
from admin_views.assessment.rule_set_view_models import CellGroup, FigureCell, FigureGroup, FigureRow
from admin_views.shared.view_models import Text, badge, figure
from rules.choices import ServiceFunction
from rules.measure_lines import CONDITIONS, FUNCTION_LINES, LINES, PERIODS, MeasureLine
from rules.measures import Measures
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
    """Return heading, article and lines: the conditions, each function, the periods."""
    groups: list[tuple[str, str, tuple[MeasureLine, ...]]] = [(gettext(N_("Conditions")), "5", CONDITIONS)]
    for function in ServiceFunction:
        lines = tuple(line for line in FUNCTION_LINES if line.function is function)
        groups.append((gettext(function.label), lines[0].article, lines))
    return [*groups, (gettext(N_("Periods")), "", PERIODS)]


def figure_groups(measures: Measures, other: Measures | None = None) -> tuple[FigureGroup, ...]:
    """Return every figure of a rule set with its article, beside those of another."""
    groups = []
    for title, article, lines in line_groups():
        rows = tuple(_row(line, measures, other, bool(article)) for line in lines)
        own_article = article if lines[0].function else ""
        groups.append(FigureGroup(title, rows, article_label(own_article) if own_article else ""))
    summaries = (
        ("base_summary_by", "14", N_("Base's annual summary, by")),
        ("county_summary_by", "15", N_("County's annual report, by")),
    )
    last = groups.pop()
    more = tuple(
        _plain_row(article, label, _month_day(measures, key), _month_day(other, key) if other else "")
        for key, article, label in summaries
    )
    return (*groups, FigureGroup(last.title, last.rows + more))


def _row(line: MeasureLine, measures: Measures, other: Measures | None, plain: bool) -> FigureRow:
    asked, asked_before = line.asked(measures), line.asked(other) if other else None
    return FigureRow(
        "" if line.function else article_label(line.article),
        gettext(line.label),
        asked_text(line, asked),
        _unit(line) if asked is not None and not line.yes_no else "",
        asked_text(line, asked_before) if other else "",
        other is not None and asked != asked_before,
    )


def _plain_row(article: str, label: str, value: str, other: str) -> FigureRow:
    return FigureRow(article_label(article), gettext(label), value, "", other, bool(other) and other != value)


def _month_day(measures: Measures, key: str) -> str:
    return "-".join(f"{part:02}" for part in getattr(measures, key))


def _unit(line: MeasureLine) -> str:
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
            article_label(article) if article and lines[0].function else "",
        )
        for title, article, lines in groups
    )


def figure_cell(line: MeasureLine, other: Measures | None, typed: dict[str, int | None]) -> FigureCell:
    """Return one figure to be typed."""
    asked_before = line.asked(other) if other else None
    return FigureCell(
        line.name,
        gettext(line.label),
        _unit(line),
        "" if line.function else article_label(line.article),
        asked_text(line, asked_before) if other else "",
        line.yes_no,
        other is not None and line.key in typed and typed[line.key] != asked_before,
    )


_OWN_LABELS = {
    "rule_sets": {
        "title": N_("Name of the rules"), "document_number": N_("Number of the paper"), "note": N_("Notes"),
        "level": N_("Level"), "first_day": N_("In force from"), "last_day": N_("In force to"),
        "base_summary_by": N_("Base's annual summary, by"), "county_summary_by": N_("County's annual report, by"),
    },
    "calendar_years": {
        "holidays": N_("Days off"), "workdays": N_("Week-ends that are worked"), "source": N_("According to"),
    },
}  # fmt: skip


def change_label(collection: str, key: str) -> str:
    """Return what the trail calls a value of a rule set or of a calendar; '' for any other."""
    labels = _OWN_LABELS.get(collection)
    if labels is None:
        return ""
    if key in labels:
        return gettext(labels[key])
    line = next((line for line in LINES if line.key == key), None)
    if line is None:
        return ""
    label = gettext(line.label)
    return f"{gettext(line.function.label)} · {label}" if line.function else label
