"""The timeline of a base: everything that happened to it, of all kinds or of one."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import asked_id, office_state, today
from admin_views.shared.view_models import Action, Link, Option
from admin_views.timeline.labels import counts_by_kind, event_years
from admin_views.timeline.view_models import TimelinePage
from rules.words import N_
from services.timeline.event import EventKind
from services.timeline.history import BaseHistory, history_of

_TITLE = N_("Timeline")


def show() -> ResponseReturnValue:
    """Show everything that happened to a base, of all kinds or of one."""
    history = history_of(asked_id(), actor=current_actor(), today=today())
    chosen = next((kind for kind in EventKind if kind.value == request.args.get("kind")), None)
    events = [event for event in history.events if chosen is None or event.kind is chosen]
    base_id, county = history.base["_id"], office_state().county_names.get(history.base["county"], "")
    page = TimelinePage(
        title=history.base["name"],
        kind=" · ".join((gettext(_TITLE), county)),
        note=gettext(N_("This base's record lies in the recycle bin.")) if history.deleted else "",
        total=len(events),
        years=event_years(events),
        kinds=_kinds(history, chosen),
        actions=_actions(history),
        day_url=url_for("timeline.as_of"),
        base_id=str(base_id),
        today=today().isoformat(),
        crumbs=(Link(gettext(N_("Bases")), url_for("bases.index_view")),),
    )
    return render_template("timeline/timeline.html", page=page)


def _kinds(history: BaseHistory, chosen: EventKind | None) -> tuple[Option, ...]:
    base_id, label = history.base["_id"], gettext(N_("All of it"))
    every = Option(url_for("timeline.index", id=base_id), f"{label} {len(history.events)}", chosen is None)
    return (
        every,
        *(
            Option(
                url_for("timeline.index", id=base_id, kind=kind.value),
                f"{gettext(kind.label)} {count}",
                kind is chosen,
            )
            for kind, count in counts_by_kind(history.events).items()
        ),
    )


def _actions(history: BaseHistory) -> tuple[Action, ...]:
    base_id = history.base["_id"]
    actions = [
        Action(gettext(N_("Dossier (.docx)")), url_for("timeline.dossier", id=base_id), icon="download")
    ]
    if not history.deleted:
        actions.insert(
            0,
            Action(gettext(N_("The base's record")), url_for("bases.details_view", id=base_id), icon="base"),
        )
    return tuple(actions)
