"""What is said of a recommendation wherever it is shown: where it stands, the way to it, whether the clerk may act."""

from bson import ObjectId
from flask import url_for
from flask_babel import gettext

from admin_views.shared.guard import current_actor
from admin_views.shared.view_models import Link, Text, badge
from documents.upward.recommendation import StoredRecommendation
from rules.access import Permission
from rules.upward import UpwardOutcome
from rules.words import N_

TITLE = N_("Upward recommendation")
_COLOURS = {
    UpwardOutcome.PENDING: "amber", UpwardOutcome.GRANTED: "green", UpwardOutcome.REFUSED: "grey",
    UpwardOutcome.ENDED: "red",
}  # fmt: skip


def crumbs(recommendation: StoredRecommendation | None = None) -> tuple[Link, ...]:
    """Return the way to a page of the recommendations, or of one."""
    home = Link(gettext(TITLE), url_for("upward.index"))
    if recommendation is None:
        return (home,)
    return home, Link(recommendation["base_name"], show_url(recommendation["_id"]))


def show_url(recommendation_id: ObjectId) -> str:
    """Return the address of a recommendation's page."""
    return url_for("upward.show", id=recommendation_id)


def may_decide() -> bool:
    """Tell whether the clerk may recommend."""
    return current_actor().may(Permission.DECIDE_APPLICATIONS)


def outcome_badge(code: str) -> Text:
    """Return what became of a recommendation, by the code that is stored."""
    outcome = next(outcome for outcome in UpwardOutcome if outcome.value == code)
    return badge(gettext(outcome.label), _COLOURS[outcome])


def met_label(met: bool) -> str:
    """Return whether all that a level asks is met."""
    return str(gettext(N_("Met")) if met else gettext(N_("Not all met")))
