"""Pages of the menu and of the settings by their names, written, by pinyin or by initials."""

from collections.abc import Iterator

from flask import url_for

from admin_views.desk.settings import groups_for
from admin_views.desk.suggestions.suggested import Suggestion, begins, meets
from admin_views.shared.guard import current_actor
from admin_views.shared.layout import sidebar
from admin_views.shared.translation import gettext
from rules.access import Permission
from rules.words import N_

_MOST = 5
# Pages that are reached from others: their names, their endpoints, an icon, who may open them.
_FURTHER = (
    (N_("Rounds"), "rounds.index", "calendar", Permission.READ),
    (N_("Letters"), "applications.letters", "notice", Permission.READ),
    (N_("Published papers"), "publication.papers", "notice", Permission.READ),
    (N_("All reports"), "annual_reports.all_reports", "sheet", Permission.READ),
    (N_("Reminder list"), "annual_reports.reminder", "alert", Permission.READ),
    (N_("All cases"), "revocation.all_cases", "revoke", Permission.READ),
)
_OWN = (
    (N_("Change password"), "account.password", "key"),
    (N_("Where I am signed in"), "own_sessions.index", "users"),
    (N_("Subscribe in a calendar"), "calendar_feed.index", "calendar"),
    (N_("Access for programs"), "api_tokens.index", "key"),
)


def found_pages(words: str) -> tuple[Suggestion, ...]:
    """Return the pages that the words name, those that begin with them first."""
    found = [page for page in _pages() if meets(words, page.label)]
    return tuple(sorted(found, key=lambda page: not begins(words, page.label))[:_MOST])


def first_pages() -> tuple[Suggestion, ...]:
    """Return what stands in the menu, for somebody who has typed nothing yet."""
    return tuple(_menu())[:_MOST]


def _menu() -> Iterator[Suggestion]:
    actor = current_actor()
    for entry in sidebar(actor):
        if actor.may(entry.permission):
            yield Suggestion(gettext(entry.label), url_for(entry.endpoint), entry.icon)


def _pages() -> Iterator[Suggestion]:
    actor = current_actor()
    yield from _menu()
    for label, endpoint, icon, permission in _FURTHER:
        if actor.may(permission):
            yield Suggestion(gettext(label), url_for(endpoint), icon)
    settings = gettext(N_("Settings"))
    for group in groups_for(actor):
        for link in group.links:
            yield Suggestion(link.label, link.url, link.icon or "settings", settings)
    for label, endpoint, icon in _OWN:
        yield Suggestion(gettext(label), url_for(endpoint), icon)
