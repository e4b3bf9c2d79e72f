"""How far a successor is: the stepper over its pages, and what of its figures and articles is still open."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask import url_for
from flask_babel import gettext

from admin_views.assessment.rule_sets import crumbs
from admin_views.assessment.succession_view_models import SuccessionFrame, SuccessionStep
from admin_views.shared.view_models import Link
from rules.rule_sets.articles import text_of
from rules.rule_sets.measures import Measures, refusals_to_cite
from rules.rule_sets.succession.figures import SUMMARIES, NamedFigure, named_figures, not_named
from rules.words import N_
from services.assessment.rule_sets import Edition

YEARS = 5  # how many years of records are tried
STEPS: tuple[tuple[str, str, str], ...] = (
    ("text", "succession.text", N_("Text and differences")),
    ("heading", "succession.heading", N_("Title, days, transition")),
    ("figures", "succession.figures", N_("Figures")),
    ("articles", "succession.articles", N_("Articles")),
    ("what_if", "succession.what_if", N_("What if, %(years)s years")),
    ("in_force", "rule_sets.begin", N_("Put in force")),
)


def text_of_draft(edition: Edition) -> str:
    """Return the document that a draft was begun from, else its articles as one text."""
    return edition.source_text or text_of(edition.measures.text)


def proposals(measures: Measures) -> dict[str, tuple[NamedFigure, ...]]:
    """Return the figures that a draft's text names, by key; of one key several, where it names several."""
    proposed: dict[str, tuple[NamedFigure, ...]] = {}
    for figure in named_figures(measures.text):
        proposed[figure.key] = (*proposed.get(figure.key, ()), figure)
    return proposed


def summary_lines() -> tuple[tuple[str, str], ...]:
    """Return the days of every year that are figures too, with their labels."""
    labels = (N_("Base's annual summary, by"), N_("County's annual report, by"))
    return tuple(zip(SUMMARIES, (gettext(label) for label in labels), strict=True))


def taken_or_open(edition: Edition, key: str, named: Mapping[str, Sequence[NamedFigure]]) -> str:
    """Return how a figure stands: taken (confirmed), same (the text says what the draft has), open or unnamed."""
    if key in edition.confirmed:
        return "taken"
    proposed = named.get(key, ())
    if not proposed:
        return "unnamed"
    held = _held(edition.measures, key)
    return "same" if len(proposed) == 1 and proposed[0].value == held else "open"


def _held(measures: Measures, key: str) -> object:
    if key in SUMMARIES:
        return getattr(measures, key)
    function, _, figure = key.partition(".")
    if not figure:
        return getattr(measures, key)
    known = {term.value: figures for term, figures in measures.functions.items()}
    return {term.value: least for term, least in known.get(function, {}).items()}.get(figure)


def open_figures(edition: Edition) -> tuple[str, ...]:
    """Return the figures that are neither confirmed nor what the text says."""
    named = proposals(edition.measures)
    keys = (*named, *not_named(named_figures(edition.measures.text)))
    return tuple(key for key in keys if taken_or_open(edition, key, named) in ("open", "unnamed"))


def frame_of(edition: Edition, current: str, today: date) -> SuccessionFrame:
    """Return what every page of a draft shows around its step."""
    code = edition.measures.code
    notes = _notes(edition)
    steps = tuple(
        SuccessionStep(
            gettext(label, years=YEARS), url_for(endpoint, code=code),
            "now" if key == current else "todo" if notes.get(key, "todo") else "done",
            notes.get(key, ""),
        )
        for key, endpoint, label in STEPS
    )  # fmt: skip
    place = next(place for place, (key, _, _) in enumerate(STEPS) if key == current)
    follows = steps[place + 1] if place + 1 < len(steps) else None
    return SuccessionFrame(
        edition.measures.title, steps[place].label, steps, edition.version, follows.url if follows else "",
        follows.label if follows else "",
        (*crumbs(), Link(edition.measures.title, url_for("rule_sets.show", code=code))),
    )  # fmt: skip


def _notes(edition: Edition) -> dict[str, str]:
    """Return, by step, what is still open in it; "" where nothing is."""
    refusals = refusals_to_cite(edition.measures)
    of_articles = sum((refusal.field or "").startswith("article-") for refusal in refusals)
    figures = len(open_figures(edition))
    return {
        "text": "",
        "heading": gettext(N_("title or number missing")) if len(refusals) > of_articles else "",
        "figures": gettext(N_("%(count)s open"), count=figures) if figures else "",
        "articles": gettext(N_("%(count)s missing"), count=of_articles) if of_articles else "",
    }
