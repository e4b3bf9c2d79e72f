"""One change filing: old and new, its days, its proof (Art. 15)."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from admin_views.reports.filing_labels import (
    change_items,
    crumbs,
    joined,
    provisional_note,
    show_url,
    state_badge,
)
from admin_views.shared.files import (
    file_items,
    keep_sent,
    remove_slot_file,
    said_of_upload,
    send_slot_file,
    upload_to,
)
from admin_views.shared.guard import current_actor
from admin_views.shared.history import history_entries, name_of
from admin_views.shared.request_context import asked_id, office_state, shown_moment
from admin_views.shared.view_models import Action, DataSection, Fact, Item, RecordPage
from documents.reports.change_filing import COLLECTION, LICENCE, PROOF, StoredChangeFiling
from rules.access import Permission
from rules.change_filings import FilingState, TitleKept
from rules.words import N_
from services.reports.change_filings import (
    brings_operator,
    has_licence,
    may_decide_on_title,
    operator_change_of,
    read_filing,
    state_of,
    title_kept_of,
)
from services.shared.files import files_of

_HISTORY_ROWS = 20


def show_filing() -> ResponseReturnValue:
    """Show one filing."""
    return render_template("records/page.html", page=_page(read_filing(asked_id(), current_actor())))


def _page(filing: StoredChangeFiling) -> RecordPage:
    waits, may_write = state_of(filing) is FilingState.FILED, current_actor().may(Permission.WRITE)
    files = files_of(COLLECTION, filing["_id"], current_actor())
    unproven = gettext(N_("No proof of the change is kept yet.")) if waits and not files else ""
    wants_licence = waits and brings_operator(filing) and not has_licence(filing["_id"])
    if wants_licence:
        unproven = gettext(N_("Add the new operator's business licence."))
    undecided = may_decide_on_title(filing) and title_kept_of(filing) is None
    asked = (
        gettext(N_("Decide whether the base keeps its title under the new operator.")) if undecided else ""
    )
    place = "add_licence" if wants_licence else "add_file"
    upload_url = url_for(f"change_filings.{place}", id=filing["_id"])
    return RecordPage(
        kind=gettext(N_("Change filing")),
        title=filing["base_name"],
        state=state_badge(filing["state"]),
        county=office_state().county_names.get(filing["county"], ""),
        due=joined([provisional_note(filing), unproven, asked]),
        facts=_facts(filing),
        actions=_actions(filing, waits),
        sections=(
            DataSection(gettext(N_("What changed")), change_items(filing)),
            DataSection(gettext(N_("Filing")), _items(filing)),
        ),
        files=file_items("change_filings", files, removable=waits and may_write, id=filing["_id"]),
        upload=upload_to(upload_url) if waits and may_write else None,
        history=history_entries(COLLECTION, filing["_id"], most=_HISTORY_ROWS),
        crumbs=crumbs(),
    )


def _facts(filing: StoredChangeFiling) -> tuple[Fact, ...]:
    days_late = (filing["filed_on"].date() - filing["due"].date()).days
    late = days_late > 0
    note = gettext(N_("%(days)d days late"), days=days_late) if late else gettext(N_("Filed in time"))
    provisional = filing.get("provisional")
    counted = gettext(N_("provisional")) if provisional else gettext(N_("working days counted"))
    filed_on = f"{filing['filed_on']:%Y-%m-%d}"
    return (
        Fact(gettext(N_("Completed on")), f"{filing['completed_on']:%Y-%m-%d}"),
        Fact(gettext(N_("Due by")), f"{filing['due']:%Y-%m-%d}", note=counted),
        Fact(gettext(N_("Filed on")), filed_on, note=note, tone="due" if late else "met"),
    )


def _items(filing: StoredChangeFiling) -> tuple[Item, ...]:
    base = Markup('<a href="%s">%s</a>') % (
        url_for("bases.details_view", id=filing["base"]),
        gettext(N_("The base's record")),
    )
    created = f"{name_of(filing.get('created_by'))} {shown_moment(filing.get('created_at'))}"
    items = [Item(gettext(N_("Base")), base), Item(gettext(N_("Taken down by")), created)]
    if filing.get("decided_at"):
        decided = f"{name_of(filing['decided_by'])} {shown_moment(filing['decided_at'])}"
        items.append(Item(gettext(N_("Decided by")), decided))
    kind, kept = operator_change_of(filing), title_kept_of(filing)
    if kind is not None:
        items.append(Item(gettext(N_("What became of the operator")), gettext(kind.label)))
    if kept is not None:
        by = f"{name_of(filing['title_decided_by'])} {shown_moment(filing['title_decided_at'])}"
        items.append(Item(gettext(N_("Decision on the title")), f"{gettext(kept.label)} · {by}"))
        items.append(
            Item(gettext(N_("Reason of the decision on the title")), filing["title_reason"], wide=True)
        )
    items.append(Item(gettext(N_("Remark")), filing.get("remark"), wide=True))
    if filing.get("reason"):
        items.append(Item(gettext(N_("Reason")), filing["reason"], wide=True))
    return tuple(items)


def _actions(filing: StoredChangeFiling, waits: bool) -> tuple[Action, ...]:
    actor, actions = current_actor(), []
    if not waits:
        if not may_decide_on_title(filing) or not actor.may(Permission.DECIDE_APPLICATIONS):
            return ()
        kept = title_kept_of(filing)
        decide = url_for("change_filings.decide_title", id=filing["_id"])
        actions.append(
            Action(gettext(N_("Decide on the title …")), decide, "" if kept else "primary", "check")
        )
        if kept is TitleKept.NOT_KEPT:
            case = url_for("revocation.new", base=filing["base"])
            actions.append(Action(gettext(N_("Open a case …")), case, "danger", "revoke"))
        return tuple(actions)
    edit, refuse, accept = (
        url_for(f"change_filings.{name}", id=filing["_id"]) for name in ("edit", "refuse", "accept")
    )
    if actor.may(Permission.WRITE):
        actions.append(Action(gettext(N_("Edit")), edit, icon="edit"))
    if actor.may(Permission.DECIDE_APPLICATIONS):
        actions.append(Action(gettext(N_("Do not accept …")), refuse, icon="revoke"))
        actions.append(Action(gettext(N_("Accept …")), accept, "primary", "check"))
    return tuple(actions)


# --- Files -----------------------------------------------------------------------------------------


def add_proof() -> ResponseReturnValue:
    """Keep proof with a filing."""
    filing = read_filing(asked_id(), current_actor())
    said_of_upload(keep_sent(COLLECTION, filing["_id"], PROOF))
    return redirect(show_url(filing["_id"]) + "#files", 303)


def add_licence() -> ResponseReturnValue:
    """Keep the new operator's business licence with a filing."""
    filing = read_filing(asked_id(), current_actor())
    said_of_upload(keep_sent(COLLECTION, filing["_id"], LICENCE))
    return redirect(show_url(filing["_id"]) + "#files", 303)


def remove_proof() -> ResponseReturnValue:
    """Take proof from a filing that nobody has decided on."""
    return redirect(show_url(remove_slot_file((COLLECTION,))) + "#files", 303)


def download_proof() -> ResponseReturnValue:
    """Send a proof as a download."""
    return send_slot_file((COLLECTION,))
