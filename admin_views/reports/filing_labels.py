"""What is said of a change filing wherever it is shown: what changed, where it stands, whether it came in time."""

from collections.abc import Iterable

from bson import ObjectId
from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from admin_views.shared.view_models import Item, Link, Text, badge, toned
from documents.reports.change_filing import StoredChangeFiling
from rules.change_filings import FilingState
from rules.words import N_
from services.reports.change_filings import LABELS, filing_due

TITLE = N_("Change filings")
_COLOURS = {FilingState.FILED: "amber", FilingState.ACCEPTED: "green", FilingState.REFUSED: "red"}


def crumbs(filing: StoredChangeFiling | None = None) -> tuple[Link, ...]:
    """Return the way to a page of the filings, or of one."""
    home = Link(gettext(TITLE), url_for("change_filings.index"))
    return (home, Link(filing["base_name"], show_url(filing["_id"]))) if filing else (home,)


def show_url(filing_id: ObjectId) -> str:
    """Return the address of a filing's page."""
    return url_for("change_filings.show", id=filing_id)


def state_badge(code: str) -> Text:
    """Return where a filing stands, by the code that is stored."""
    state = next(state for state in FilingState if state.value == code)
    return badge(gettext(state.label), _COLOURS[state])


def field_label(key: str) -> str:
    """Return what changed, in words."""
    return str(gettext(LABELS[key]))


def timeliness_label(*, late: bool) -> Text:
    """Return whether it was filed in time; "due" and red when it was not."""
    return toned(gettext(N_("Filed late")), "due") if late else toned(gettext(N_("Filed in time")), "met")


def change_items(filing: StoredChangeFiling) -> tuple[Item, ...]:
    """Return what changed: the old value beside the new one."""
    return tuple(
        Item(
            field_label(change["field"]),
            Markup('<span class="filed-change"><del>%s</del><span aria-hidden="true">→</span><ins>%s</ins></span>')
            % (change["old"] or "—", change["new"]),
            wide=True,
        )
        for change in filing["changes"]
    )  # fmt: skip


def provisional_note(filing: StoredChangeFiling) -> str:
    """Return the warning that the last day is provisional; "" when it is not."""
    if not filing.get("provisional"):
        return ""
    due = filing_due(filing["completed_on"].date())
    if not due.provisional:  # the year's calendar has come since: what was counted then may be another day
        sentence = N_("The calendar has come since this was filed: by it the last day is %(day)s.")
        return str(gettext(sentence, day=due.day.isoformat()))
    years = "、".join(str(year) for year in due.missing_years)
    sentence = N_(
        "There is no calendar of %(years)s yet: Monday to Friday were counted, and the last day is provisional."
    )
    return str(gettext(sentence, years=years))


def joined(parts: Iterable[str]) -> str:
    """Return texts one after the other, blank ones left out."""
    return "；".join(part for part in parts if part)
