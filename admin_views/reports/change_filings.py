"""Change filings of Art. 15: the list, one filing, and its files. Taking down and deciding stand in the file beside."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from admin_views.shared.filed_list import FiledList, joined
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.history import history_entries
from admin_views.shared.list_query import FilterSpec, ListQuery
from admin_views.shared.request_context import office_state, shown_moment
from admin_views.shared.slot_files import (
    asked_id,
    file_items,
    keep_sent,
    remove_slot_file,
    said_of_upload,
    send_slot_file,
    upload_to,
)
from admin_views.shared.view_models import (
    Action,
    DataSection,
    Empty,
    Fact,
    Item,
    Link,
    RecordPage,
    Text,
    badge,
    toned,
)
from documents.reports.change_filing import COLLECTION, ChangeFiling
from forms.sentences import sentence
from office.tables.change_filings import CHANGE_FILINGS
from rules.access import Permission
from rules.change_filings import FilingState
from rules.words import N_
from services.reports.change_filings import LABELS, filing_due, read_filing, state_of
from services.shared.files import files_of

change_filings = Blueprint("change_filings", __name__, url_prefix="/admin/change-filings")
TITLE = N_("Change filings")
PROOF = "proof"
_COLOURS = {FilingState.FILED: "amber", FilingState.ACCEPTED: "green", FilingState.REFUSED: "red"}
_HISTORY_ROWS = 20
Raw = Mapping[str, Any]


def crumbs(raw: Raw | None = None) -> tuple[Link, ...]:
    """Return the way to a page of the filings, or of one."""
    home = Link(gettext(TITLE), url_for("change_filings.index"))
    return (home, Link(raw["base_name"], show_url(raw["_id"]))) if raw else (home,)


def show_url(identity: Any) -> str:
    """Return the address of a filing's page."""
    return url_for("change_filings.show", id=identity)


def may_decide() -> bool:
    """Tell whether the clerk may accept filings."""
    return current_actor().may(Permission.DECIDE_APPLICATIONS)


def state_badge(raw: Raw) -> Text:
    """Return where a filing stands."""
    state = state_of(raw)
    return badge(gettext(state.label), _COLOURS[state])


def field_label(key: str) -> str:
    """Return what changed, in words."""
    return str(gettext(LABELS[key]))


def late_word(raw: Raw) -> Text:
    """Return whether it was filed in time; "due" and red when it was not."""
    if raw.get("late"):
        return toned(gettext(N_("Filed late")), "due")
    return toned(gettext(N_("Filed in time")), "met")


# --- The list ------------------------------------------------------------------------------------


def _derive(raw: Raw) -> dict[str, Any]:
    made = raw.get("changes") or ()
    return {
        **raw,
        "items": "、".join(field_label(one["field"]) for one in made),
        "old": joined([one["old"] or "—" for one in made]),
        "new": joined([one["new"] for one in made]),
        "late": "逾期" if raw.get("late") else "按时",
    }


LIST = FiledList(
    endpoint="change_filings",
    title=TITLE,
    search_hint=N_("Old or new name, or initials"),
    sheet=CHANGE_FILINGS,
    first_columns=("base_name", "county", "items", "new", "completed_on", "filed_on", "due", "late", "state"),
    filters=(
        FilterSpec("state", "choice", N_("State"), FilingState),
        FilterSpec("late", "choice", N_("Late or not")),
        FilterSpec("filed_on", "days", N_("Filed on")),
    ),
    order=(("filed_on", -1), ("_id", -1)),
    records=lambda: ChangeFiling.objects.visible_to(current_actor()),
    keys=(
        "base_name", "county", "changes", "completed_on", "filed_on", "due", "late", "state", "remark", "reason",
    ),
    derive=_derive,
    special={"state": state_badge, "late": lambda raw: late_word({"late": raw["late"] == "逾期"})},
)  # fmt: skip


def _query() -> ListQuery:
    return ListQuery.read(request.args, CHANGE_FILINGS, LIST.filters, bound=current_actor().county)


@change_filings.route("/")
@needs(Permission.READ)
def index() -> ResponseReturnValue:
    """Show the list."""
    actor, query, actions = current_actor(), _query(), []
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
    return render_template("records/list.html", page=LIST.page(query, actions=tuple(actions), empty=empty))


@change_filings.route("/export/xlsx/")
@needs(Permission.EXPORT)
def export() -> ResponseReturnValue:
    """Send the list as filtered, as a workbook."""
    return LIST.send(_query())


# --- One filing ------------------------------------------------------------------------------------


@change_filings.route("/details/")
@needs(Permission.READ)
def show() -> ResponseReturnValue:
    """Show one filing: old and new, its days, its proof."""
    return render_template("records/page.html", page=_page(read_filing(asked_id(), current_actor())))


def change_items(raw: Raw) -> tuple[Item, ...]:
    """Return what changed: the old value beside the new one."""
    return tuple(
        Item(
            field_label(one["field"]),
            Markup('<span class="filed-change"><del>%s</del><span aria-hidden="true">→</span><ins>%s</ins></span>')
            % (one["old"] or "—", one["new"]),
            wide=True,
        )
        for one in raw["changes"]
    )  # fmt: skip


def provisional_note(raw: Raw) -> str:
    """Return the warning that the last day is provisional; "" when it is not."""
    if not raw.get("provisional"):
        return ""
    due = filing_due(raw["completed_on"].date())
    if not due.provisional:  # the year's calendar has come since: what was counted then may be another day
        said = N_("The calendar has come since this was filed: by it the last day is %(day)s.")
        return str(gettext(said, day=due.day.isoformat()))
    years = "、".join(str(year) for year in due.missing_years)
    sentence_ = N_(
        "There is no calendar of %(years)s yet: Monday to Friday were counted, and the last day is provisional."
    )
    return str(gettext(sentence_, years=years))


def _page(raw: Raw) -> RecordPage:
    waits, may = state_of(raw) is FilingState.FILED, current_actor().may(Permission.WRITE)
    files = files_of(COLLECTION, raw["_id"])
    return RecordPage(
        kind=gettext(N_("Change filing")),
        title=raw["base_name"],
        state=state_badge(raw),
        county=office_state().county_names.get(raw["county"], ""),
        due=joined([provisional_note(raw), _missing_proof(waits, bool(files))]),
        facts=_facts(raw),
        actions=_actions(raw, waits),
        sections=(
            DataSection(gettext(N_("What changed")), change_items(raw)),
            DataSection(gettext(N_("Filing")), _filing_items(raw)),
        ),
        files=file_items("change_filings", files, removable=waits and may, id=raw["_id"]),
        upload=upload_to(url_for("change_filings.add_file", id=raw["_id"])) if waits and may else None,
        history=history_entries(COLLECTION, raw["_id"], most=_HISTORY_ROWS),
        crumbs=crumbs(),
    )


def _missing_proof(waits: bool, proven: bool) -> str:
    return gettext(N_("No proof of the change is kept yet.")) if waits and not proven else ""


def _facts(raw: Raw) -> tuple[Fact, ...]:
    late = (raw["filed_on"].date() - raw["due"].date()).days
    note = gettext(N_("%(days)d days late"), days=late) if late > 0 else gettext(N_("Filed in time"))
    counted = gettext(N_("provisional")) if raw.get("provisional") else gettext(N_("working days counted"))
    return (
        Fact(gettext(N_("Completed on")), f"{raw['completed_on']:%Y-%m-%d}"),
        Fact(gettext(N_("Due by")), f"{raw['due']:%Y-%m-%d}", note=counted),
        Fact(
            gettext(N_("Filed on")),
            f"{raw['filed_on']:%Y-%m-%d}",
            note=note,
            tone="due" if late > 0 else "met",
        ),
    )


def _filing_items(raw: Raw) -> tuple[Item, ...]:
    base = Markup('<a href="%s">%s</a>') % (
        url_for("bases.details_view", id=raw["base"]),
        gettext(N_("The base's record")),
    )
    made = [
        Item(gettext(N_("Base")), base),
        Item(
            gettext(N_("Taken down by")),
            f"{raw.get('created_by') or ''} {shown_moment(raw.get('created_at'))}",
        ),
    ]
    if raw.get("decided_at"):
        made.append(Item(gettext(N_("Decided by")), f"{raw['decided_by']} {shown_moment(raw['decided_at'])}"))
    made.append(Item(gettext(N_("Remark")), raw.get("remark"), wide=True))
    if raw.get("reason"):
        made.append(Item(gettext(N_("Reason")), raw["reason"], wide=True))
    return tuple(made)


def _actions(raw: Raw, waits: bool) -> tuple[Action, ...]:
    if not waits:
        return ()
    made, identity = [], raw["_id"]
    if current_actor().may(Permission.WRITE):
        made.append(Action(gettext(N_("Edit")), url_for("change_filings.edit", id=identity), icon="edit"))
    if may_decide():
        refuse, accept = (url_for(f"change_filings.{name}", id=identity) for name in ("refuse", "accept"))
        made.append(Action(gettext(N_("Do not accept …")), refuse, icon="revoke"))
        made.append(Action(gettext(N_("Accept …")), accept, "primary", "check"))
    return tuple(made)


# --- Files -----------------------------------------------------------------------------------------


@change_filings.route("/files/add/", methods=["POST"])
@needs(Permission.WRITE)
def add_file() -> ResponseReturnValue:
    """Keep proof with a filing."""
    raw = read_filing(asked_id(), current_actor())
    said_of_upload(keep_sent(COLLECTION, raw["_id"], PROOF))
    return redirect(show_url(raw["_id"]) + "#files", 303)


@change_filings.route("/files/remove/", methods=["POST"])
@needs(Permission.WRITE)
def remove_file() -> ResponseReturnValue:
    """Take proof from a filing that nobody has decided on."""
    return redirect(show_url(remove_slot_file((COLLECTION,))) + "#files", 303)


@change_filings.route("/file/")
@needs(Permission.READ)
def file() -> ResponseReturnValue:
    """Send a proof as a download."""
    return send_slot_file((COLLECTION,))


def said(reasons: Any) -> str:
    """Return refusals as one text."""
    return " ".join(sentence(one) for one in reasons)
