"""A base's past: everything that happened to it, its dossier, and the base as it stood on a day."""

from io import BytesIO

from bson import ObjectId
from flask import Blueprint, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import Action, Link, Option
from admin_views.timeline.dossier import dossier_of
from admin_views.timeline.labels import counts_by_kind, event_years
from admin_views.timeline.snapshot import as_of_page
from admin_views.timeline.view_models import TimelinePage
from office.papers.dossier import write_dossier
from rules.access import Permission
from rules.errors import Missing
from rules.words import N_
from services.timeline.event import EventKind
from services.timeline.timeline import Timeline, timeline_of

timeline = Blueprint("timeline", __name__, url_prefix="/admin/bases")
_TITLE = N_("Timeline")
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def asked_id() -> ObjectId:
    """Return the id that the address names; Missing when it is none."""
    text = request.args.get("id", "")
    if not ObjectId.is_valid(text):
        raise Missing()
    return ObjectId(text)


def _asked() -> Timeline:
    return timeline_of(asked_id(), actor=current_actor(), today=today())


@timeline.route("/timeline/")
@needs(Permission.READ)
def index() -> ResponseReturnValue:
    """Show everything that happened to a base, of all kinds or of one."""
    found = _asked()
    wanted = next((kind for kind in EventKind if kind.value == request.args.get("kind")), None)
    events = [one for one in found.events if wanted is None or one.kind is wanted]
    base_id, county = found.base["_id"], office_state().county_names.get(found.base["county"], "")
    page = TimelinePage(
        title=found.base["name"],
        kind=" · ".join((gettext(_TITLE), county)),
        note=gettext(N_("This base's record lies in the recycle bin.")) if found.deleted else "",
        total=len(events),
        years=event_years(events),
        kinds=_kinds(found, wanted),
        actions=_actions(found),
        day_url=url_for("timeline.as_of"),
        base_id=str(base_id),
        today=today().isoformat(),
        crumbs=(Link(gettext(N_("Bases")), url_for("bases.index_view")),),
    )
    return render_template("timeline/timeline.html", page=page)


def _kinds(found: Timeline, wanted: EventKind | None) -> tuple[Option, ...]:
    base_id, said = found.base["_id"], gettext(N_("All of it"))
    every = Option(url_for("timeline.index", id=base_id), f"{said} {len(found.events)}", wanted is None)
    return (
        every,
        *(
            Option(
                url_for("timeline.index", id=base_id, kind=kind.value),
                f"{gettext(kind.label)} {count}",
                kind is wanted,
            )
            for kind, count in counts_by_kind(found.events).items()
        ),
    )


def _actions(found: Timeline) -> tuple[Action, ...]:
    base_id = found.base["_id"]
    made = [Action(gettext(N_("Dossier (.docx)")), url_for("timeline.dossier", id=base_id), icon="download")]
    if not found.deleted:
        made.insert(
            0,
            Action(gettext(N_("The base's record")), url_for("bases.details_view", id=base_id), icon="base"),
        )
    return tuple(made)


@timeline.route("/timeline/dossier.docx")
@needs(Permission.EXPORT)
def dossier() -> ResponseReturnValue:
    """Send the base's dossier. It is an office paper: in Chinese whatever the language of the screen."""
    found = _asked()
    with force_locale("zh_Hans_CN"):
        data = write_dossier(dossier_of(found, today()))
    name = "".join(sign for sign in found.base["name"] if sign not in '\\/:*?"<>|')
    return send_file(BytesIO(data), mimetype=_DOCX, as_attachment=True, download_name=f"{name}-档案.docx")


@timeline.route("/as-of/")
@needs(Permission.READ)
def as_of() -> ResponseReturnValue:
    """Show a base as it stood at the end of a day of the past."""
    page, status = as_of_page(asked_id(), request.args.get("day", "").strip())
    return render_template("timeline/snapshot.html", page=page), status
