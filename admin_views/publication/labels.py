"""What the pages of the publication desk say and where they lead: titles, badges, links, lines of text."""

from collections.abc import Container, Iterable
from datetime import date

from bson import ObjectId
from flask import url_for
from flask_babel import gettext

from admin_views.assessment.labels import SHORT_LABELS, amount_words
from admin_views.shared.guard import current_actor
from admin_views.shared.view_models import Link, Text, badge
from documents.applications.application import FrozenIndicator, StoredApplication
from documents.publication.notice import StoredNotice
from rules.access import Permission
from rules.applications import ApplicationKind
from rules.publication import NoticeKind
from rules.words import N_
from services.applications.shortfall import failing_indicators

TITLE = N_("Publication")
PAPERS = N_("Published papers")
_KIND_COLOURS = {
    NoticeKind.PUBLIC_NOTICE: "amber", NoticeKind.ANNOUNCEMENT: "green", NoticeKind.CORRECTION: "violet",
    NoticeKind.REVERSAL: "blue",
}  # fmt: skip


def may_decide() -> bool:
    """Tell whether the clerk may decide, publish and handle objections."""
    return current_actor().may(Permission.DECIDE_APPLICATIONS)


# --- Links ---------------------------------------------------------------------------------------


def application_url(application_id: ObjectId) -> str:
    """Return the address of an application's page."""
    return url_for("applications.details_view", id=application_id)


def paper_url(paper_id: ObjectId) -> str:
    """Return the address of a published paper's page."""
    return url_for("publication.notice", id=paper_id)


def board_link(round_id: ObjectId | None = None) -> Link:
    """Return the way back to the board, of a round where one is known."""
    # The sidebar names the desk; the round is one step further.
    label = N_("Board") if round_id else TITLE
    return Link(gettext(label), url_for("publication.index", round=round_id))


def papers_link() -> Link:
    """Return the way to all published papers."""
    return Link(gettext(PAPERS), url_for("publication.papers"))


def notice_link(notice_id: ObjectId) -> Link:
    """Return the way to a public notice."""
    return Link(gettext(NoticeKind.PUBLIC_NOTICE.label), paper_url(notice_id))


# --- Badges and lines ----------------------------------------------------------------------------


def kind_badge(kind: str) -> Text:
    """Return what is applied for, as a badge."""
    renewal = kind == ApplicationKind.RENEWAL.value
    term = ApplicationKind.RENEWAL if renewal else ApplicationKind.CERTIFICATION
    return badge(gettext(term.label), "teal" if renewal else "blue")


def paper_badge(notice: StoredNotice) -> Text:
    """Return what a published paper is, as a badge."""
    kind = next(kind for kind in NoticeKind if kind.value == notice["kind"])
    return badge(gettext(kind.label), _KIND_COLOURS.get(kind, "red"))


def shown_terms(terms: Iterable[tuple[date, date]]) -> str:
    """Return the different terms of an announcement."""
    different = dict.fromkeys(terms)
    return "；".join(f"{first.isoformat()} – {last.isoformat()}" for first, last in different)


def listed(names: Iterable[str]) -> str:
    """Return names in a sentence."""
    return "、".join(names)


def missing_indicators(application: StoredApplication, *, apart_from: Container[str] = ()) -> tuple[str, ...]:
    """Return which indicators stop an application by its frozen assessment, each with its figures; some left out."""
    return tuple(
        _missing(indicator)
        for indicator in failing_indicators(application)
        if indicator["key"] not in apart_from
    )


def _missing(indicator: FrozenIndicator) -> str:
    label = gettext(SHORT_LABELS.get(indicator["key"], indicator["label"]))
    if indicator["key"] == "operated_one_year":
        return str(gettext(N_("less than a year in operation")))
    if not indicator["unit"]:  # yes or no
        return str(label)
    unit = indicator["unit"] if indicator["unit"] == "%" else ""
    actual = "—" if indicator["actual"] is None else amount_words(indicator["actual"], unit)
    return f"{label} {actual} / {amount_words(indicator['required'], unit)}"
