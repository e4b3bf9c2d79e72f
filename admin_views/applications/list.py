"""The list of applications and its workbook."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from admin_views.applications.labels import days_waiting, shows_result, stage_badge_of
from admin_views.applications.shared import TITLE, page_url
from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import FilterSpec, ListQuery, filters_of
from admin_views.shared.record_list import RecordList
from admin_views.shared.request_context import today
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Action, BulkAction, Empty, Text
from documents.applications.application import Application, ApplicationQuerySet, StoredApplication
from rules.access import Permission
from rules.words import N_
from schema.applications import APPLICATIONS
from schema.field import Field
from services.applications.rounds import rounds
from services.applications.steps import stage_of


def _visible() -> ApplicationQuerySet:
    return Application.objects.visible_to(current_actor())


def _round_options() -> list[tuple[str, str]]:
    return [(str(entered.id), entered.name) for entered in rounds()]


def _without_scores(columns: list[Field]) -> list[Field]:
    """Leave out what the experts found, which is the city's alone."""
    return columns if current_actor().county is None else [one for one in columns if one.key != "average"]


APPLICATION_LIST = RecordList(
    APPLICATIONS,
    "applications",
    _visible,
    row_url=lambda raw: page_url(raw["_id"]),
    title=TITLE,
    search_hint=N_("Base, operator or initials"),
    filters=(FilterSpec("round", "choice", N_("Round"), options=_round_options), *filters_of(APPLICATIONS)),
    keys=(
        "kind", "stage", "open", "since", "submission.on", "submission.assessment.meets", "letter.number",
        "conclusion.average",
    ),
    derive=lambda raw: _listed(cast("StoredApplication", raw), today()),
    special={"stage": lambda raw: _stage_cell(raw)},
    allowed=_without_scores,
)  # fmt: skip


def index() -> ResponseReturnValue:
    """Show the list."""
    query, may = APPLICATION_LIST.query(), _may_recommend()
    bulk = (BulkAction("choose", gettext(N_("Recommend the selected …"))),) if may else ()
    page = APPLICATION_LIST.page(
        query, actions=_list_actions(query), empty=_empty(), bulk_actions=bulk, selectable=may,
        bulk_url=url_for("applications.recommend") + query.query(),
    )  # fmt: skip
    return render_template("records/list.html", page=page)


def export() -> ResponseReturnValue:
    """Send the list as filtered, as a workbook."""
    return APPLICATION_LIST.send(APPLICATION_LIST.query())


def _may_recommend() -> bool:
    return current_actor().may(Permission.REVIEW_APPLICATIONS)


def _listed(raw: StoredApplication, day: date) -> dict[str, Any]:
    """Return a stored application with what the list shows beside; `waiting` in days, None when it is at an end."""
    submission = raw.get("submission", {})
    assessment, letter = submission.get("assessment"), raw.get("letter")
    return {
        **raw,
        "waiting": days_waiting(raw, day),
        "submitted_on": submission.get("on"),
        "meets": assessment.get("meets") if assessment else None,
        "letter_number": letter.get("number") if letter else None,
        "average": raw.get("conclusion", {}).get("average") if shows_result(raw) else None,
    }


def _stage_cell(raw: Mapping[str, Any]) -> Text:
    return stage_badge_of(stage_of(raw))


def _list_actions(query: ListQuery) -> tuple[Action, ...]:
    actor = current_actor()
    actions = [
        Action(gettext(N_("Rounds")), url_for("rounds.index"), icon="calendar"),
        Action(gettext(N_("Letters")), url_for("applications.letters"), icon="notice"),
    ]
    if actor.may(Permission.EXPORT):
        actions.append(
            Action(gettext(N_("Export")), url_for("applications.export") + query.query(), icon="download")
        )
    if actor.may(Permission.WRITE):
        actions.append(_new_action())
    return tuple(actions)


def _new_action() -> Action:
    return Action(gettext(N_("New application")), url_for("applications.new_view"), "primary", "plus")


def _empty() -> Empty:
    if not rounds():
        return Empty(
            gettext(N_("No application yet")), gettext(N_("Bases apply in a round: the city enters it first.")),
            (Action(gettext(N_("Rounds")), url_for("rounds.index")),),
        )  # fmt: skip
    return Empty(
        gettext(N_("No application yet")),
        gettext(N_("Begin one for a base: what it applies for follows from its title.")),
        (_new_action(),) if current_actor().may(Permission.WRITE) else (),
    )
