"""今日: what waits for the clerk, by urgency; below it what the office has, and what was changed last."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.desk.tasks import county_table, shown_tasks
from admin_views.desk.view_models import CountyRow, TodayPage, TourStep
from admin_views.overview.own_charts import pinned
from admin_views.shared.guard import current_actor, current_signed_in
from admin_views.shared.history import shown_entries
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import Fact, Link
from documents.records.office_state import OfficeState
from rules.access import Actor, Permission
from rules.words import N_
from schema.registry import REGISTRY
from services.desk.today import all_tasks
from services.desk.trail import recent
from services.overview.own_charts import ON_TODAY

_MOST_RECENT = 10


# What the first day shows: title, words, and where on the page it stands.
_TOUR = (
    (N_("The menu"), N_("All lists and tasks; the numbers count what you may see."), "#rail"),
    (
        N_("Find anything"), N_("Names, pinyin initials, pages, acts, questions: Ctrl+K on every page."), ".find",
    ),
    (N_("What waits"), N_("Your tasks, overdue first. A click leads to where each is done."), ".tasks"),
    (N_("Help and manual"), N_("This page's chapter of the manual, and its keys: press ? on any page."), ".help-menu"),
    (N_("You"), N_("Password, calendar and log out stand under your name."), "details.me"),
)  # fmt: skip


def root() -> ResponseReturnValue:
    """Lead to the desk."""
    return redirect(url_for("admin.index"))


def index() -> ResponseReturnValue:
    """Show the clerk's day."""
    actor, state = current_actor(), office_state()
    greeting = gettext(N_("%(name)s, %(day)s"), name=actor.name, day=today().isoformat())
    counted = REGISTRY.counted_for(actor)
    if not any(state.count(collection, actor) for collection in counted):
        page = TodayPage(greeting, tour=_tour(), guide=_guide(actor))
        return render_template("desk/today.html", page=page)
    day = today()
    tasks = all_tasks(actor, day)
    sections, totals = shown_tasks(tasks, actor, day)
    whole = actor.county is None
    heads, counties, total = county_table(tasks, day) if whole else ((), (), None)
    page = TodayPage(
        greeting=greeting,
        tour=_tour(),
        sections=sections,
        totals=totals,
        task_heads=heads,
        task_counties=counties,
        task_total=total,
        facts=tuple(_fact(collection, state, actor) for collection in counted),
        county_heads=tuple(gettext(REGISTRY[collection].label) for collection in _by_county()),
        county_rows=_county_rows(actor, state) if whole else (),
        county_total=_county_row(gettext(N_("Whole city")), "", state) if whole else None,
        drafts=state.count("ledger_entries", actor, "draft"),
        drafts_url=url_for("ledger_entries.index_view", status="draft"),
        recent=shown_entries(recent(actor, _MOST_RECENT, counted)),
        recent_url=url_for("audit.index") if actor.may(Permission.READ_AUDIT) else "",
        feed_url=url_for("calendar_feed.index"),
        charts=pinned(ON_TODAY),
    )
    return render_template("desk/today.html", page=page)


def _tour() -> tuple[TourStep, ...]:
    """Return the steps of the first day; none for whoever has put them away."""
    signed_in = current_signed_in()
    if signed_in is None or signed_in.preferences.get("tour") == "seen":
        return ()
    return tuple(TourStep(gettext(title), gettext(text), at) for title, text, at in _TOUR)


def _guide(actor: Actor) -> tuple[Link, ...]:
    if not actor.may(Permission.IMPORT):
        return (Link(gettext(N_("Nothing has been entered yet.")), url_for("bases.index_view")),)
    return (*_first_of_office(actor), *_imports(), *_last_of_office(actor))


def _first_of_office(actor: Actor) -> tuple[Link, ...]:
    if not actor.may(Permission.MANAGE_OFFICE):
        return ()
    return (
        Link(
            gettext(N_("Enter how the office is reached")), url_for("settings.office"),
            gettext(N_("Papers and public notices name its telephone, e-mail and address.")),
        ),
        Link(
            gettext(N_("Give everybody an account")), url_for("users.index"),
            gettext(N_("A county's clerk is bound to the county and sees nothing of others.")),
        ),
    )  # fmt: skip


def _last_of_office(actor: Actor) -> tuple[Link, ...]:
    if not actor.may(Permission.RECORD_TITLES):
        return ()
    hint = gettext(N_("Titles older than this system: entered at its start, then closed."))
    return (Link(gettext(N_("Register of earlier titles")), url_for("earlier_titles.index"), hint),)


def _imports() -> tuple[Link, ...]:
    return tuple(
        Link(gettext(step), url_for("imports.index", kind=declaration.slug), gettext(hint))
        for declaration in REGISTRY.importable
        for step, hint in (declaration.import_steps,)
        if step
    )


def _fact(collection: str, state: OfficeState, actor: Actor) -> Fact:
    declaration = REGISTRY[collection]
    noted = state.count(collection, actor, declaration.noted_status) if declaration.note else 0
    note = gettext(declaration.note, count=noted) if declaration.note else ""
    return Fact(
        gettext(declaration.label), f"{state.count(collection, actor):,}", note=note,
        url=url_for(f"{collection}.index_view"),
    )  # fmt: skip


def _by_county() -> tuple[str, ...]:
    """Return the collections of the table by county: those that ship, as the office's own may be dozens."""
    return tuple(name for name in REGISTRY.counted if not REGISTRY[name].is_own)


def _county_rows(actor: Actor, state: OfficeState) -> tuple[CountyRow, ...]:
    shown = [(code, name) for code, name, _ in state.counties if actor.sees(code)]
    return tuple(_county_row(name, code, state) for code, name in shown)


def _county_row(name: str, code: str, state: OfficeState) -> CountyRow:
    cells = []
    for collection in _by_county():
        counts = state.counts(collection)
        count = counts.by_county.get(code, 0) if code else counts.total
        cells.append(Link(f"{count:,}", url_for(f"{collection}.index_view", county=code or None)))
    return CountyRow(name, tuple(cells))
