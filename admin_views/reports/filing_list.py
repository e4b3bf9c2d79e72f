"""The list of change filings (Art. 15), on the screen and as a workbook."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.reports.filing_labels import TITLE, field_label, joined, state_badge, timeliness_label
from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import FilterSpec
from admin_views.shared.record_list import RecordList
from admin_views.shared.view_models import Action, Empty
from documents.reports.change_filing import ChangeFiling
from rules.access import Permission
from rules.change_filings import FilingState
from rules.words import N_
from schema.change_filings import CHANGE_FILINGS

_LATE = "逾期"


def _derive(filing: Mapping[str, Any]) -> dict[str, Any]:
    changes = filing.get("changes") or ()
    return {
        **filing,
        "items": "、".join(field_label(change["field"]) for change in changes),
        "old": joined([change["old"] or "—" for change in changes]),
        "new": joined([change["new"] for change in changes]),
        "late": _LATE if filing.get("late") else "按时",
    }


FILING_LIST = RecordList(
    CHANGE_FILINGS,
    "change_filings",
    lambda: ChangeFiling.objects.visible_to(current_actor()),
    row_url=lambda row: url_for("change_filings.show", id=row["_id"]),
    index="index",
    title=TITLE,
    search_hint=N_("Old or new name, or initials"),
    filters=(
        FilterSpec("state", "choice", N_("State"), FilingState),
        FilterSpec("late", "choice", N_("Late or not")),
        FilterSpec("filed_on", "days", N_("Filed on")),
    ),
    keys=("changes", "late", "state"),
    derive=_derive,
    special={
        "state": lambda row: state_badge(row["state"]),
        "late": lambda row: timeliness_label(late=row["late"] == _LATE),
    },
)


def index() -> ResponseReturnValue:
    """Show the list."""
    actor, query, actions = current_actor(), FILING_LIST.query(), []
    if actor.may(Permission.EXPORT):
        url = url_for("change_filings.export") + query.query()
        actions.append(Action(gettext(N_("Export")), url, icon="download"))
    new = Action(gettext(N_("New filing")), url_for("change_filings.new"), "primary", "plus")
    if actor.may(Permission.WRITE):
        actions.append(new)
    text = N_(
        "A base whose name, operator, address or legal representative changed files it within ten working days."
    )
    empty = Empty(
        gettext(N_("No change filed yet")), gettext(text), (new,) if actor.may(Permission.WRITE) else ()
    )
    return render_template(
        "records/list.html", page=FILING_LIST.page(query, actions=tuple(actions), empty=empty)
    )


def export() -> ResponseReturnValue:
    """Send the list as filtered, as a workbook."""
    return FILING_LIST.send(FILING_LIST.query())
