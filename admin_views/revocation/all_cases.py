"""All cases about titles as one list: filtered, sorted, with chosen columns, saved views and a workbook."""

from collections.abc import Mapping
from typing import Any, cast

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.revocation.labels import case_url, kind_badge, state_badge
from admin_views.shared.guard import current_actor
from admin_views.shared.record_list import RecordList
from admin_views.shared.view_models import Action, Empty, Text
from documents.revocation.decision import Decision, StoredDecision
from rules.access import Permission
from rules.words import N_
from schema.decisions import DECISIONS
from schema.field import Field
from services.revocation.cases import grounds_of


def _case(row: Mapping[str, Any]) -> StoredDecision:
    return cast("StoredDecision", row)


def _derive(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "grounds": "；".join(ground.zh for ground in grounds_of(_case(row)))}


def _of_the_case(columns: list[Field]) -> list[Field]:
    """Leave out what only the other decision knows; the desk's workbook has it."""
    return [column for column in columns if column.key != "overturned"]


def _kind(row: Mapping[str, Any]) -> Text:
    return kind_badge(_case(row))


def _state(row: Mapping[str, Any]) -> Text:
    return state_badge(_case(row))


CASE_LIST = RecordList(
    DECISIONS,
    "revocation",
    lambda: Decision.objects.visible_to(current_actor()),
    row_url=lambda row: case_url(row["_id"]),
    index="all_cases",
    title=N_("All cases"),
    search_hint=N_("Base, operator or number"),
    keys=("kind", "state", "open", "grounds"),
    derive=_derive,
    allowed=_of_the_case,
    special={"kind": _kind, "state": _state},
)


def index() -> ResponseReturnValue:
    """Show the list."""
    query = CASE_LIST.query()
    actions = [Action(gettext(N_("Cases under way")), url_for("revocation.index"), icon="revoke")]
    if current_actor().may(Permission.EXPORT):
        url = url_for("revocation.all_cases_export") + query.query()
        actions.append(Action(gettext(N_("Export")), url, icon="download"))
    text = N_("Titles past their term are proposed here by the system; a revocation begins at its base.")
    empty = Empty(gettext(N_("No case yet")), gettext(text), tuple(actions[:1]))
    page = CASE_LIST.page(query, actions=tuple(actions), empty=empty)
    return render_template("records/list.html", page=page)


def export() -> ResponseReturnValue:
    """Send the list as filtered, as a workbook."""
    return CASE_LIST.send(CASE_LIST.query())
