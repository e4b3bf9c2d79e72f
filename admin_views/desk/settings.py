"""Settings: what an office keeps beside its records. Only what is built is listed."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.desk.view_models import LinkGroup, SettingsPage
from admin_views.shared.guard import current_actor
from admin_views.shared.view_models import Link
from rules.access import Actor, Permission
from rules.words import N_

_ENTRIES = (
    (N_("Records"), (
        (N_("Import from Excel"), "imports.index", N_("Bring in bases, companies, partners, staff and ledger entries."),
         "upload", Permission.IMPORT),
        (N_("Batches"), "batches.index", N_("Imports and acts on many records: what they did, and how to undo them."),
         "audit", Permission.WRITE),
        (N_("Register of earlier titles"), "earlier_titles.index",
         N_("Titles older than this system: entered at its start, then closed."), "base", Permission.RECORD_TITLES),
        (N_("Check of the records"), "doubts.index",
         N_("Companies that stand twice, impossible figures, statuses that contradict days."), "check",
         Permission.READ),
        (N_("Recycle bin"), "recycle_bin.index", N_("Deleted records can be restored here."), "bin", Permission.READ),
    )),
    (N_("The Measures"), (
        (N_("Rule sets"), "rule_sets.index", N_("What the Measures ask, from when to when; new editions."), "file",
         Permission.READ),
        (N_("What if"), "what_if.index", N_("Try other figures: who would newly fail or pass."), "columns",
         Permission.DRAFT_RULES),
        (N_("Working days"), "calendar.index", N_("Days off and week-ends that are worked; years entered by hand."),
         "calendar", Permission.READ),
    )),
    (N_("Office"), (
        (N_("Office settings"), "settings.office", N_("Sign-in, years and days, papers, how the office is reached."),
         "settings", Permission.MANAGE_OFFICE),
        (N_("Counties"), "settings.counties", N_("Order, short and further names; a county that is new."), "base",
         Permission.MANAGE_OFFICE),
        (N_("Fields of your own"), "own_fields.index",
         N_("What else the office wants to keep of a base, company, partner or service."), "columns",
         Permission.MANAGE_OFFICE),
        (N_("Collections of your own"), "own_collections.index",
         N_("Whatever else the office keeps a list of: visits, policies, tutors."), "ledger",
         Permission.MANAGE_OFFICE),
        (N_("Rules and colours"), "own_conditions.index",
         N_("What must hold between fields, what is warned of, and what lists show in colour."), "check",
         Permission.MANAGE_OFFICE),
        (N_("Statuses"), "statuses.index_view", N_("Labels, colours and order; statuses of your own."), "status",
         Permission.READ),
        (N_("Paper templates"), "paper_templates.index", N_("What papers look like; templates of your own."), "file",
         Permission.READ),
        (N_("Configuration as a file"), "configuration.index",
         N_("From a trial to the real office, or to another one: compared first, then taken."), "download",
         Permission.MANAGE_OFFICE),
        (N_("Users"), "users.index", N_("Who may sign in, with which role and county."), "users",
         Permission.MANAGE_USERS),
        (N_("Web hooks"), "hooks.index", N_("Other programs that are told of what happens here."), "upload",
         Permission.MANAGE_OFFICE),
        (N_("Messages to the outside"), "messages.index",
         N_("E-mail and robots that tell the office what happened, and a weekly digest."), "notice",
         Permission.MANAGE_OFFICE),
        (N_("How programs ask"), "api_reference.index",
         N_("Addresses and fields of the interface for programs."), "file", Permission.READ),
        (N_("Components of the pages"), "components.index",
         N_("Every button, field, list and bar as pages draw it, with examples, in both themes."), "columns",
         Permission.MANAGE_OFFICE),
        (N_("Jobs"), "jobs.index", N_("What is under way, how far it is, how it ended."), "settings", Permission.READ),
        (N_("Audit trail"), "audit.index", N_("Who did what, when."), "audit", Permission.READ_AUDIT),
    )),
)  # fmt: skip


def groups_for(actor: Actor) -> tuple[LinkGroup, ...]:
    """Return what an actor may open, group by group."""
    groups = (
        LinkGroup(
            gettext(title),
            tuple(
                Link(gettext(label), url_for(endpoint), gettext(hint), icon)
                for label, endpoint, hint, icon, permission in entries
                if actor.may(permission)
            ),
        )
        for title, entries in _ENTRIES
    )
    return tuple(group for group in groups if group.links)


def index() -> ResponseReturnValue:
    """Show what this clerk may open."""
    page = SettingsPage(gettext(N_("Settings")), groups_for(current_actor()))
    return render_template("desk/settings.html", page=page)
