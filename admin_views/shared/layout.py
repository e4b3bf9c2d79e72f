"""What stands around every page: the sidebar with live counts, who is signed in, language and theme."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import g, request, url_for

from admin_views.shared.guard import current_signed_in
from admin_views.shared.help.chapters import chapter_of
from admin_views.shared.request_context import office_state, today
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Layout, Me, SidebarItem
from forms.drawing.words import language
from forms.sentences import sentence
from rules.access import Actor, Permission, Role
from rules.errors import Refusal, UnderMaintenance
from rules.waiting import STATE_KEYS, states_waiting
from rules.words import N_
from schema.definitions.own_collections import PREFIX
from schema.registry import REGISTRY
from services.desk.habits import habit

OWN_RECORDS = "own_records"  # the endpoint of all own collections
_MOST_SHOWN = 100
OFFICE_NAME = N_("Liaocheng base administration")


@dataclass(frozen=True)
class SidebarEntry:
    """One entry of the sidebar: a message id, the endpoint it opens, its icon, and whose count stands beside it."""

    label: str
    endpoint: str
    icon: str
    group: str
    collection: str = ""
    permission: Permission = Permission.READ
    prefixes: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()  # the procedures of which some wait there


_TODAY = SidebarEntry(
    N_("Today"), "admin.index", "today", "day", prefixes=("admin", "calendar_feed"), waiting=tuple(STATE_KEYS)
)
_OVERVIEW = SidebarEntry(
    N_("City overview"), "overview.index", "chart", "day", prefixes=("overview", "own_charts")
)
_TASKS = (
    SidebarEntry(
        N_("Applications"), "applications.index_view", "file", "tasks", prefixes=("applications", "rounds"),
        waiting=("applications",),
    ),
    SidebarEntry(N_("Publication"), "publication.index", "notice", "tasks", waiting=("objections",)),
    SidebarEntry(N_("Yearly reports"), "annual_reports.index", "sheet", "tasks"),
    SidebarEntry(N_("Change filings"), "change_filings.index", "edit", "tasks", waiting=("change_filings",)),
    SidebarEntry(N_("Revocation and cancellation"), "revocation.index", "revoke", "tasks", waiting=("decisions",)),
    SidebarEntry(N_("Upward recommendation"), "upward.index", "upload", "tasks"),
    SidebarEntry(
        N_("Assessment"), "assessment.index", "status", "figures",
        prefixes=("assessment", "base_assessment", "counted", "checklist"),
    ),
    SidebarEntry(N_("Ledger quality"), "ledger_quality.index", "check", "figures"),
    SidebarEntry(
        N_("Settings"), "settings.index", "settings", "office",
        prefixes=(
            "settings", "statuses", "users", "recycle_bin", "doubts", "audit", "imports", "rule_sets", "what_if",
            "calendar", "paper_templates", "earlier_titles", "batches", "own_fields",
            "own_collections", "own_conditions", "configuration", "exposing", "hooks", "messages", "jobs", "components",
        ),
    ),
)  # fmt: skip


_GROUPS = ("day", "records", "tasks", "figures", "office")


def sidebar(actor: Actor) -> tuple[SidebarEntry, ...]:
    """Return the entries of the sidebar: today, the collections that clerks keep, tasks, figures, the office."""
    records = (
        SidebarEntry(
            declaration.label, f"{declaration.name}.index_view", declaration.icon, declaration.menu_group,
            declaration.name, prefixes=(declaration.name, *declaration.menu_prefixes),
        )
        for declaration in REGISTRY.listed_for(actor)
        if declaration.in_menu
    )  # fmt: skip
    entries = (_TODAY, _OVERVIEW, *records, *_TASKS)
    return tuple(sorted(entries, key=lambda entry: _GROUPS.index(entry.group)))


def make_layout() -> Layout:
    """Return the frame of this request; without a sidebar before sign-in, and without the database on an error page."""
    # An error page of an absent database says so in `g`: it must not ask it again.
    signed_in = None if g.get("bare_frame") else current_signed_in()
    locale = language() or "zh_Hans_CN"
    bare = Layout(
        office_name=gettext(OFFICE_NAME),
        locale="en" if locale.startswith("en") else locale,
        today=today().isoformat(),
        theme="dark" if request.cookies.get("theme") == "dark" else "light",
        folded=request.cookies.get("rail") == "folded",
        locale_url=url_for("account.language"),
    )
    if signed_in is None:
        return bare
    actor = signed_in.actor
    county = office_state().county_names.get(actor.county or "", "")
    reason = office_state().maintenance
    banner = sentence(Refusal(UnderMaintenance.default, {"reason": gettext(reason)})) if reason else ""
    return Layout(
        office_name=bare.office_name,
        locale=bare.locale,
        today=bare.today,
        theme=bare.theme,
        folded=bare.folded,
        habits=_habits(signed_in.preferences),
        keeps_lists=habit(signed_in.preferences, "keeps_lists") == "yes",
        habits_url=url_for("account.habits"),
        me=Me(actor.name, gettext(Role(actor.role).label), county, str(signed_in.user_id)),
        sidebar=_sidebar(actor),
        home_url=url_for("admin.index"),
        search_url=url_for("search.index"),
        suggest_url=url_for("search.suggest"),
        locale_url=bare.locale_url,
        password_url=url_for("account.password"),
        sessions_url=url_for("own_sessions.index"),
        calendar_url=url_for("calendar_feed.index"),
        bell_url=url_for("notifications.index"),
        unread=count_shown(signed_in.unread),
        tokens_url=url_for("api_tokens.index"),
        logout_url=url_for("account.logout"),
        help_url=_help_url(),
        maintenance=banner,
    )


def _habits(preferences: Mapping[str, Any]) -> str:
    """Return the classes for how close a user likes the rows, and how large the text."""
    density, size = habit(preferences, "density"), habit(preferences, "text_size")
    return " ".join(
        f"{one}-{value}" for one, value in (("rows", density), ("text", size)) if value != "usual"
    )


def count_shown(count: int) -> str:
    """Return a count as a badge shows it: "" for none, no more than 99+."""
    return "" if count <= 0 else f"{count}" if count < _MOST_SHOWN else f"{_MOST_SHOWN - 1}+"


def _help_url() -> str:
    """Return where this page is explained; the manual's contents where it is no page of a task."""
    chapter = chapter_of(request.endpoint or "")
    return url_for("help.chapter", word=chapter.word) if chapter else url_for("help.index")


def _sidebar(actor: Actor) -> tuple[SidebarItem, ...]:
    """Return the menu; it is made once for each state of the office, place in it, role, county and language."""
    package = (request.endpoint or "").partition(".")[0]
    if package == OWN_RECORDS:
        package = f"{PREFIX}{g.own_word}"
    made = office_state().made
    whose = (actor.role, actor.county, package, language(), request.script_root, REGISTRY.listed)
    if whose not in made:
        made[whose] = _sidebar_made(actor, package)
    return cast("tuple[SidebarItem, ...]", made[whose])


def _sidebar_made(actor: Actor, package: str) -> tuple[SidebarItem, ...]:
    state = office_state()
    return tuple(
        SidebarItem(
            label=gettext(entry.label),
            url=url_for(entry.endpoint),
            icon=entry.icon,
            count=state.count(entry.collection, actor) if entry.collection else None,
            waits=count_shown(_waiting(entry, actor)),
            active=package in (entry.prefixes or (entry.endpoint.partition(".")[0],)),
            group=entry.group,
        )
        for entry in sidebar(actor)
        if actor.may(entry.permission)
    )


def _waiting(entry: SidebarEntry, actor: Actor) -> int:
    """Return how much waits at an entry for the city bureau, or for the actor's county, by the kept counters."""
    state, city = office_state(), actor.county is None
    return sum(
        state.count(procedure, actor, status)
        for procedure in entry.waiting
        for status in states_waiting(procedure, city=city)
    )


def layout_context() -> dict[str, Callable[[], Layout] | Layout]:
    """Return what templates know as `layout`."""
    return {"layout": make_layout()}
