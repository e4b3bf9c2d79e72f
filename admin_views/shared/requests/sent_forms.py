"""A form is carried out once, however often it arrives: its key, what it did, and its answer when it comes again.

Each form of a page carries a key beside its token (`form_token`). What was typed belongs to it: the same key with
other words is another form, as when a clerk goes back in the browser and enters the next record in the old page.
"""

import hmac
import re
import secrets
from datetime import UTC, datetime

import pymongo
import structlog
from flask import Flask, Response, current_app, flash, g, make_response, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from pymongo.errors import PyMongoError

from admin_views.shared.addresses import own_path
from admin_views.shared.guard import HOME, current_actor, current_signed_in, safe_next
from documents.desk.sent_form_outcome import SentFormOutcome
from documents.server.connection import reachable
from forms.drawing import fields as drawn
from rules.errors import SavedBefore
from rules.requests.sent_form import SentForm

FORM_KEY = "form_key"
# What a page that could not save sends besides when it tries again: how often, and that an answer is still owed.
TRIES, UNANSWERED = "form_tries", "form_unanswered"
NOT_TYPED = frozenset({"csrf_token", FORM_KEY, TRIES, UNANSWERED})

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SENT_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}\.[0-9a-f]{32}")
_NOTE_SECONDS = 0.5
_log = structlog.get_logger()


def init_sent_forms(app: Flask) -> None:
    """Let every form of an app be drawn, and carried out once. Call it after the gate: nobody learns of another's."""
    app.jinja_env.globals.update(
        form_token=form_token, drawn_field=drawn.field, drawn_control=drawn.control, drawn_notes=drawn.notes
    )
    app.before_request(_recall)
    app.after_request(_remember)


def form_token() -> Markup:
    """Return the hidden fields that every form of a page begins with: its token and its key."""
    # Both are of letters, digits and signs that need no escaping.
    token, key = generate_csrf(), secrets.token_urlsafe(18)
    return Markup(  # noqa: S704
        f'<input type="hidden" name="csrf_token" value="{token}"><input type="hidden" name="{FORM_KEY}" value="{key}">'
    )


def _recall() -> ResponseReturnValue | None:
    """Answer a form that was carried out before as it was answered then."""
    if request.method != "POST" or current_signed_in() is None:
        return None
    form = g.sent_form = SentForm(key_of_request())
    if not form.key:
        return None
    with reachable():
        location = SentFormOutcome.answer_of(form.key, current_actor().id)
    return _said_before(location) if location else None


def _said_before(location: str) -> ResponseReturnValue:
    flash(gettext(SavedBefore.default), "info")
    return redirect(location, 303)


def said_where_it_came_from() -> ResponseReturnValue:
    """Lead back to the page of a form that was carried out before and whose answer nobody remembers."""
    return _said_before(safe_next(own_path(request.referrer or "")) or HOME)


def _remember(response: Response) -> Response:
    form: SentForm | None = g.get("sent_form")
    if form is None or not form.key or not form.committed:
        return response
    if form.is_repeated and response.status_code == 200 and response.mimetype == "text/html":
        # The page would show what this sending made up, a one-time password for one, and not what was saved.
        return make_response(said_where_it_came_from())
    location = safe_next(response.location) if response.status_code in (302, 303) else None
    if location:
        try:
            with pymongo.timeout(_NOTE_SECONDS):
                SentFormOutcome.note_answer(form.key, current_actor().id, location, datetime.now(UTC))
        except PyMongoError as error:
            _log.warning("answer not noted", cause=repr(error))
    return response


def key_of_request() -> str:
    """Return the key of the form, of its sender and of what was typed into it; "" where the form carries none."""
    key = request.form.get(FORM_KEY, "")
    if not _KEY.fullmatch(key):
        return ""
    who = f"{session.get('_user_id')} {request.full_path}"
    # With the office's own key: what was typed, a password for one, cannot be guessed from what is stored.
    secret = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.new(secret, who.encode("utf-8", "replace"), "sha256")
    for name, value in request.form.items(multi=True):
        if name not in NOT_TYPED:
            digest.update(repr((name, value)).encode("utf-8", "replace"))
    for name, file in request.files.items(multi=True):
        digest.update(repr((name, file.filename)).encode("utf-8", "replace"))
        while block := file.stream.read(1 << 20):
            digest.update(block)
        file.stream.seek(0)
    return f"{key}.{digest.hexdigest()[:32]}"


def status(key: str) -> ResponseReturnValue:
    """Tell a page that could not save what became of its form: how many of its writes there are, and where it led."""
    if not _SENT_KEY.fullmatch(key):
        return {"written": 0, "location": ""}
    with reachable():
        actor_id = current_actor().id
        written = SentFormOutcome.count_written(key, actor_id)
        return {"written": written, "location": SentFormOutcome.answer_of(key, actor_id)}
