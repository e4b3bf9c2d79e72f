"""The gate: who is asking, and may they? Deny by default, CSRF, cookies and the headers of every answer.

Every route says what it needs: `@needs(Permission.X)`, `@signed_in_only` or `@public` on the function, or, on
a Flask-Admin view, an entry of the class attribute `permissions` by the method's name. What says nothing is
answered with 403, and `undeclared_endpoints` names it for the test. The programming interface is entered by a bearer
token (`by_token`) and by nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from bson import ObjectId
from flask import Flask, Response, abort, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from admin_views.shared.request_context import take_office_state
from admin_views.shared.requests.access_log import note_user
from documents.desk.user import SignedIn, TokenBearer
from rules.access import Actor, Permission
from rules.errors import NotAllowed, Unavailable
from rules.words import N_
from schema.settings import (
    ADDRESS_FAILURES,
    API_REQUESTS,
    LOCK_AFTER,
    LOCK_MINUTES,
    SESSION_ABSOLUTE,
    SESSION_IDLE,
    Setting,
    SettingValues,
)
from services.desk.api_tokens import NoToken, bearer_of, take_turn
from services.desk.settings import fresh_office_settings, office_settings
from services.desk.sign_in import Policy, load_session, policy_of
from services.shared.origins import present_origin

F = TypeVar("F", bound=Callable[..., Any])
HOME = "/admin/"
_KEY = "session_key"
COOKIE = "office_session"

DEFAULTS: Mapping[str, Any] = {
    "SESSION_COOKIE_NAME": COOKIE,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_SECURE": False,
    "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
}
# The configuration, where it names one of these, goes before the office's setting.
_OVERRIDES: Mapping[str, Setting[int]] = {
    "SESSION_IDLE_MINUTES": SESSION_IDLE,
    "SESSION_ABSOLUTE_HOURS": SESSION_ABSOLUTE,
    "SIGN_IN_LOCK_AFTER": LOCK_AFTER,
    "SIGN_IN_LOCK_MINUTES": LOCK_MINUTES,
    "SIGN_IN_ADDRESS_FAILURES": ADDRESS_FAILURES,
}

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Open(Enum):
    """What a route may say instead of a permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"
    BEARER = "bearer"  # a token: never a cookie: nobody's browser can be made to ask


Access = Permission | Open


def needs(permission: Permission) -> Callable[[F], F]:
    """Declare that a route needs a permission."""
    return lambda view: declare_access(view, permission)


def public(view: F) -> F:
    """Declare that anyone may call a route, signed in or not."""
    return declare_access(view, Open.PUBLIC)


def signed_in_only(view: F) -> F:
    """Declare that whoever is signed in may call a route, whatever the role."""
    return declare_access(view, Open.SIGNED_IN)


def by_token(view: F) -> F:
    """Declare that whoever has a token may call a route, as far as it goes; a session opens nothing here."""
    return declare_access(view, Open.BEARER)


def declare_access(view: F, access: Access) -> F:
    """Declare what a view needs, and return it."""
    view.access = access  # type: ignore[attr-defined]
    return view


def declared_access(endpoint: str) -> Access | None:
    """Return what a route says that it needs; None when it says nothing."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return Open.PUBLIC
    view = current_app.view_functions[endpoint]
    access = getattr(view, "access", None)
    if access is None:
        of_class = getattr(getattr(view, "__self__", None), "permissions", None) or {}
        access = of_class.get(getattr(view, "__name__", ""))
    return cast("Access | None", access)


def undeclared_endpoints(app: Flask) -> list[str]:
    """Return the endpoints that say nothing, which the gate keeps shut; a test holds this list empty."""
    with app.app_context():
        return sorted(endpoint for endpoint in app.view_functions if declared_access(endpoint) is None)


# --- Who is asking -----------------------------------------------------------------------------


class CurrentUser(UserMixin):
    """Flask-Login's view of the one who is signed in; templates know it as `current_user`."""

    def __init__(self, signed_in: SignedIn) -> None:
        """Wrap what the session gave."""
        self.signed_in = signed_in
        self.actor = signed_in.actor
        self.name = signed_in.name
        self.display_name = signed_in.display_name or signed_in.name
        self.preferences = signed_in.preferences
        self.saved_views = signed_in.saved_views
        self.must_change_password = signed_in.must_change_password

    def get_id(self) -> str:
        """Return the user's id, as the cookie holds it."""
        return str(self.signed_in.user_id)

    def may(self, permission: Permission | str) -> bool:
        """Tell whether the user's role holds a permission."""
        return self.actor.may(Permission(permission))


def current_signed_in() -> SignedIn | None:
    """Return who is signed in, or asks by a token; None for nobody."""
    of_request = cast("Any", g)._get_current_object()  # a page asks sixty times
    if of_request.get("is_by_token"):
        bearer = current_bearer()
        return bearer.signed_in if bearer else None
    user = of_request.get("_login_user")  # where Flask-Login keeps it, once it was asked
    return cast("SignedIn | None", getattr(current_user if user is None else user, "signed_in", None))


def current_bearer() -> TokenBearer | None:
    """Return whose token this request came with; None where it came with none."""
    return cast("TokenBearer | None", g.get("token_bearer"))


def signed_in_user() -> SignedIn:
    """Return who is signed in; 401 when nobody is."""
    signed_in = current_signed_in()
    if signed_in is None:
        abort(401)
    return signed_in


def current_actor() -> Actor:
    """Return the actor of this request, with the form that they sent; 401 when nobody is signed in."""
    signed_in, of_request = signed_in_user(), cast("Any", g)._get_current_object()
    sent_form = of_request.get("sent_form")
    made = of_request.get("made_actor")
    if made is None or made[0] is not signed_in or made[1] is not sent_form:
        made = of_request.made_actor = (signed_in, sent_form, replace(signed_in.actor, sent_form=sent_form))
    return cast("Actor", made[2])


def policy() -> Policy:
    """Return the time-outs and limits that the office's settings set, and the configuration before them."""
    config = current_app.config
    given = {setting.key: config[name] for name, setting in _OVERRIDES.items() if name in config}
    values = office_settings()
    return policy_of(SettingValues({**values.by_key(), **given}) if given else values)


def fresh_policy() -> Policy:
    """Return the same, the settings read anew: for who signs in, whose session cannot have read them."""
    fresh_office_settings()
    return policy()


def _load_user(user_id: str) -> CurrentUser | None:
    if g.get("users_unavailable"):
        return None  # the page that says so asks again, and is nobody's page
    try:
        # A page shows the office's state; what writes reads it afterwards, if at all, and a list that is narrowed by
        # other records reads it along with their names.
        is_read = request.method in ("GET", "HEAD") and not _names_others()
        signed_in = load_session(
            user_id, str(session.get(_KEY, "")), datetime.now(UTC), policy, with_state=is_read
        )
    except Unavailable:
        g.users_unavailable = True
        raise
    if signed_in is None:
        return None
    note_user(signed_in.name)
    take_office_state(signed_in.state)
    return CurrentUser(replace(signed_in, origin=present_origin()))


def _names_others() -> bool:
    """Tell whether the address names records besides the one that the page is of, alone or in conditions."""
    given = request.args
    return "where" in given or any(
        ObjectId.is_valid(value) for key, value in given.items(multi=True) if key != "id"
    )


def begin_session(signed_in: SignedIn, key: str) -> None:
    """Put the user and the session's key into the cookie.

    Another user's or nobody's form token dies here; the same user's lives on, so that a form left open in
    another tab when the session ran out can still be saved after signing in again.
    """
    again = session.get("_user_id") == str(signed_in.user_id)
    token = session.get("csrf_token") if again else None
    session.clear()
    if token:
        session["csrf_token"] = token
    session[_KEY] = key
    note_user(signed_in.name)
    login_user(CurrentUser(signed_in))


def forget_session() -> None:
    """Empty the cookie, form token included."""
    logout_user()
    session.clear()


# --- The gate ----------------------------------------------------------------------------------


def _gate() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such address: 404, the same for everyone
    access = declared_access(request.endpoint)
    if access is Open.PUBLIC:
        return None
    if access is None:
        abort(403)
    if access is Open.BEARER:
        _demand_token()
        return None
    signed_in = current_signed_in()
    if signed_in is None:
        return _ask_to_sign_in()
    if signed_in.must_change_password and request.endpoint not in ("account.password", "account.logout"):
        return redirect(url_for("account.password"), 303)
    if isinstance(access, Permission) and not signed_in.actor.may(access):
        abort(403)
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    scripted = request.headers.get("X-Requested-With") is not None
    if request.method in ("GET", "HEAD") and not scripted:
        target = request.full_path if request.query_string else request.path
        return redirect(url_for("account.login", next=None if target == HOME else target))
    kinds = request.accept_mimetypes
    if scripted or kinds.best_match(["text/html", "application/json"], "text/html") == "application/json":
        return {"error": "signed-out"}, 401
    # A form was sent by someone whose session has run out: a redirect would lose what was typed. The browser
    # keeps it for this page and sends it again on reload, once they have signed in in another window.
    return render_template("desk/signed_out.html"), 401


def _demand_token() -> None:
    """Let a request in by its bearer token alone (RFC 6750). Raises NoToken, TooOften, NotAllowed, Unavailable."""
    g.is_by_token = True
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise NoToken()
    now = datetime.now(UTC)
    g.token_bearer = bearer = bearer_of(key.strip(), origin=present_origin(), now=now)
    note_user(bearer.signed_in.name)
    take_turn(bearer, office_settings()[API_REQUESTS], now)
    if request.method not in ("GET", "HEAD", "OPTIONS") and not bearer.token["writes"]:
        raise NotAllowed(N_("This token may only read."))


def _stale_form(error: CSRFError) -> ResponseReturnValue:
    return render_template("desk/stale_form.html"), 400


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    # What a clerk saw, files and exports too, is not left on a shared computer's disk or in a proxy; what is for
    # everyone may be kept.
    if not is_public(request.endpoint) or ("Cache-Control" not in response.headers and session):
        response.headers["Cache-Control"] = "no-store"
    return response


class _FormTokens(CSRFProtect):
    """Asks each form for its token; not what comes with a bearer token, for there no cookie could be misused."""

    def protect(self, apply_exemptions: bool = False) -> None:
        if request.endpoint is None or declared_access(request.endpoint) is not Open.BEARER:
            super().protect(apply_exemptions)


def is_public(endpoint: str | None) -> bool:
    """Tell whether anyone may call a route."""
    return endpoint is not None and declared_access(endpoint) is Open.PUBLIC


def safe_next(target: str | None) -> str | None:
    """Return `target` when it is a path of our own, else None: a link into our sign-in never leads elsewhere."""
    if not target or len(target) > 2000 or not target.startswith("/") or target.startswith("//"):
        return None
    # Browsers read a backslash as a slash, and drop tabs and line ends before they look.
    if "\\" in target or any(ord(char) <= 0x20 or ord(char) == 0x7F for char in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or parts.path.rstrip("/") == "/logout":
        return None
    return target


def init_guard(app: Flask) -> None:
    """Put the gate before every route of an app, and the headers behind it."""
    untouched = {"SESSION_COOKIE_NAME": "session", "SESSION_COOKIE_SAMESITE": None}  # Flask's own defaults
    for name, value in DEFAULTS.items():
        if name not in app.config or (name in untouched and app.config[name] == untouched[name]):
            app.config[name] = value
    if app.config["SESSION_COOKIE_SECURE"] and app.config["SESSION_COOKIE_NAME"] == COOKIE:
        # Browsers take a cookie of such a name from this very host alone, over HTTPS: none can be planted beside it.
        app.config["SESSION_COOKIE_NAME"] = f"__Host-{COOKIE}"
    manager = LoginManager()
    manager.session_protection = None  # it ties sessions to the browser's name, and stops no copied cookie
    manager.user_loader(_load_user)
    # Flask-Login's own context processor reads the session for every template, error pages too; this one waits.
    manager.init_app(app, add_context_processor=False)
    app.context_processor(lambda: {"current_user": current_user})
    app.before_request(_gate)
    _FormTokens(app)
    app.register_error_handler(CSRFError, _stale_form)
    app.after_request(_add_headers)
