"""The addresses of a clerk's own desk: 今日, search, one's account, settings and what an office keeps there."""

from typing import ClassVar

from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView, expose

from admin_views.desk import (
    account,
    api_tokens,
    calendar_feed,
    counties,
    office_settings,
    own_sessions,
    paper_templates,
    search,
    settings,
    today,
    trail,
    users,
    working_days,
    year,
)
from admin_views.desk.suggestions import answer
from admin_views.shared.guard import Open
from admin_views.shared.requests import sent_forms
from admin_views.shared.routing import FORM, POST, Route, blueprint_of
from rules.access import Permission

_READ, _OFFICE, _USERS = Permission.READ, Permission.MANAGE_OFFICE, Permission.MANAGE_USERS

account_blueprint = blueprint_of(
    "account",
    "",
    (
        Route("/login", "login", account.login, Open.PUBLIC, FORM),
        Route("/logout", "logout", account.logout, Open.SIGNED_IN, POST),
        Route("/account/password", "password", account.password, Open.SIGNED_IN, FORM),
        Route("/account/habits/", "habits", account.habits, Open.SIGNED_IN, FORM),
        Route("/account/language", "language", account.language, Open.PUBLIC, POST),
        Route("/account/theme", "theme", account.theme, Open.PUBLIC, POST),
        Route("/account/rail", "rail", account.sidebar, Open.PUBLIC, POST),
        Route("/account/tour", "tour", account.tour, Open.SIGNED_IN, POST),
    ),
)
own_sessions_blueprint = blueprint_of(
    "own_sessions",
    "/account/sessions",
    (
        Route("/", "index", own_sessions.index, Open.SIGNED_IN),
        Route("/<session_id>/end/", "end", own_sessions.end, Open.SIGNED_IN, POST),
        Route("/end-others/", "end_others", own_sessions.end_others, Open.SIGNED_IN, POST),
    ),
)
api_tokens_blueprint = blueprint_of(
    "api_tokens",
    "/account/tokens",
    (
        Route("/", "index", api_tokens.index, Open.SIGNED_IN),
        Route("/new/", "new", api_tokens.new, Open.SIGNED_IN, FORM),
        Route("/<token_id>/revoke/", "revoke", api_tokens.revoke, Open.SIGNED_IN, POST),
    ),
)
calendar_feed_blueprint = blueprint_of(
    "calendar_feed",
    "",
    (
        Route("/account/calendar/", "index", calendar_feed.index, Open.SIGNED_IN),
        Route("/account/calendar/reset/", "reset", calendar_feed.reset, Open.SIGNED_IN, POST),
        Route("/account/calendar/drop/", "drop", calendar_feed.drop, Open.SIGNED_IN, POST),
        Route("/calendar/<key>.ics", "feed", calendar_feed.feed, Open.PUBLIC),
    ),
)
sent_forms_blueprint = blueprint_of(
    "sent_forms", "/admin/sent", (Route("/<key>", "status", sent_forms.status, Open.SIGNED_IN),)
)
settings_blueprint = blueprint_of(
    "settings",
    "/admin/settings",
    (
        Route("/", "index", settings.index, _READ),
        Route("/office/", "office", office_settings.edit, _OFFICE, FORM),
        Route("/counties/", "counties", counties.index, _OFFICE),
        Route("/counties/new/", "new_county", counties.new, _OFFICE, FORM),
        Route("/counties/<code>/", "county", counties.edit, _OFFICE, FORM),
    ),
)
users_blueprint = blueprint_of(
    "users",
    "/admin/users",
    (
        Route("/", "index", users.index, _USERS),
        Route("/new/", "new", users.new, _USERS, FORM),
        Route("/<user_id>/", "edit", users.edit, _USERS, FORM),
        Route("/<user_id>/disable/", "disable", users.disable, _USERS, POST),
        Route("/<user_id>/enable/", "enable", users.enable, _USERS, POST),
        Route("/<user_id>/reset-password/", "reset_password", users.reset_password, _USERS, POST),
        Route("/<user_id>/unlock/", "unlock", users.unlock, _USERS, POST),
        Route("/<user_id>/end-sessions/", "end_sessions", users.end_sessions, _USERS, POST),
        Route("/tokens/", "tokens", api_tokens.everyones, _USERS),
        Route(
            "/<user_id>/tokens/<token_id>/revoke/", "revoke_token", api_tokens.revoke_anyones, _USERS, POST
        ),
    ),
)
working_days_blueprint = blueprint_of(
    "calendar",
    "/admin/calendar",
    (
        Route("/", "index", working_days.index, _READ),
        Route("/<text>/", "show", working_days.show, _READ),
        Route("/<text>/save", "save", working_days.save, _OFFICE, POST),
        Route("/<text>/drop", "drop", working_days.drop, _OFFICE, POST),
    ),
)
paper_templates_blueprint = blueprint_of(
    "paper_templates",
    "/admin/paper-templates",
    (
        Route("/", "index", paper_templates.index, _READ),
        Route("/<code>/template.docx", "download", paper_templates.download, _READ),
        Route("/<code>/default.docx", "default", paper_templates.default, _READ),
        Route("/<code>/sample.docx", "sample", paper_templates.sample, _READ),
        Route("/<code>/upload", "upload", paper_templates.upload, _OFFICE, POST),
        Route("/<code>/drop", "drop", paper_templates.drop, _OFFICE, POST),
    ),
)

BLUEPRINTS = (
    account_blueprint,
    own_sessions_blueprint,
    api_tokens_blueprint,
    blueprint_of("home", "", (Route("/", "root", today.root, Open.PUBLIC),)),
    calendar_feed_blueprint,
    blueprint_of(
        "search",
        "/admin/search",
        (Route("/", "index", search.index, _READ), Route("/suggest/", "suggest", answer.suggest, _READ)),
    ),
    sent_forms_blueprint,
    settings_blueprint,
    users_blueprint,
    blueprint_of(
        "audit",
        "/admin/audit",
        (
            Route("/", "index", trail.index, Permission.READ_AUDIT),
            Route("/export/xlsx/", "export", trail.export, Permission.READ_AUDIT),
        ),
    ),
    working_days_blueprint,
    blueprint_of(
        "year",
        "/admin/year",
        (
            Route("/", "index", year.index, _READ),
            Route("/<int:year>/", "show", year.show, _READ),
            Route("/<int:year>/days.ics", "feed", year.feed, Permission.EXPORT),
        ),
    ),
    paper_templates_blueprint,
)


class HomeView(AdminIndexView):
    """今日 in the place of the library's own first page, to which the lists of records are added."""

    permissions: ClassVar = {"index": _READ}

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Show the clerk's day."""
        return today.index()
