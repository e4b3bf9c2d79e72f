"""Turn what went wrong into a page with a sentence, or a problem document: never a trace, a host or a query."""

import errno
from dataclasses import dataclass, field, replace

import structlog
from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from admin_views.shared.api_problems import (
    ProblemFound,
    answer_of,
    answer_to,
    answer_to_status,
    is_api_request,
)
from admin_views.shared.requests.access_log import reference
from admin_views.shared.requests.sent_forms import said_where_it_came_from
from admin_views.shared.requests.unsaved import unsaved_page
from admin_views.shared.told import tell_denial
from documents.server.connection import DISK_FULL, reachable
from documents.server.folder import DISK_FULL as NO_ROOM
from forms.sentences import sentence
from rules.errors import (
    Missing,
    NotAllowed,
    NotWritten,
    OutcomeUnknown,
    Problem,
    Refusal,
    Refused,
    SavedBefore,
    Stale,
    Unavailable,
    UnderMaintenance,
    Unreadable,
)
from rules.requests.origin import masked_path
from rules.requests.sent_form import SentForm

_log = structlog.get_logger()
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CODES: tuple[tuple[type[Problem], int], ...] = (
    (Missing, 404), (NotAllowed, 403), (Stale, 409), (Refused, 409), (Unreadable, 422), (Unavailable, 503),
    (NotWritten, 503),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """shared/error.html. The template has a sentence for every `code`; `message` says more exactly what happened.

    `is_written` says that the form was saved, in part at least, before something failed.
    """

    code: int
    message: str = ""
    reasons: tuple[str, ...] = ()
    back_url: str = ""
    is_written: bool = False
    reference: str = field(default_factory=reference)


def init_problems(app: Flask) -> None:
    """Register the handlers: one for our own errors, one for HTTP's, one for what nobody foresaw."""
    app.register_error_handler(Problem, _known)
    app.register_error_handler(ProblemFound, answer_of)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _known(problem: Problem) -> ResponseReturnValue:
    code = next((code for kind, code in _CODES if isinstance(problem, kind)), 400)
    if is_api_request():
        tell_denial(code)
        return answer_to(problem)
    if isinstance(problem, SavedBefore):
        return said_where_it_came_from()
    if isinstance(problem, Unavailable):
        _log.error("unavailable", path=masked_path(request.path), cause=repr(problem.__cause__))
        return _unavailable(problem, code)
    tell_denial(code)
    silent = isinstance(problem, Missing | NotAllowed) and _is_default(problem)
    message = "" if silent else sentence(problem.refusals[0])
    reasons = tuple(sentence(refusal) for refusal in problem.refusals[1:])
    return _page(ErrorPage(code, message, reasons, _back()), code)


def _unavailable(problem: Unavailable, code: int) -> ResponseReturnValue:
    """Say what is known of a form that could not be saved, and keep it; a page that only reads says it in short."""
    refusal = problem.refusals[0]
    trouble = current_app.extensions.get("trouble", lambda: None)()
    if trouble is not None and trouble.refusals[0].message == NO_ROOM:
        refusal = Refusal(DISK_FULL)
    # A sentence with parameters may name a folder or a host; why writes are held back, everyone may know.
    is_hidden = bool(refusal.params) and not isinstance(problem, UnderMaintenance)
    is_short = refusal.message in (Unavailable.default, OutcomeUnknown.default)
    message = "" if is_hidden or is_short else sentence(_in_words(refusal))
    if request.method != "POST" or request.accept_mimetypes.best == "application/json" or _public_page(code):
        return _bare(code, message)
    g.bare_frame = True
    form: SentForm | None = g.get("sent_form")
    page = unsaved_page(
        message, unknown=isinstance(problem, OutcomeUnknown), written=form.committed if form else 0
    )
    return render_template("shared/unsaved.html", page=page), code


def _in_words(refusal: Refusal) -> Refusal:
    """Return a refusal whose reason, where it is one of the program's own, is in the reader's language."""
    reason = refusal.params.get("reason")
    return replace(refusal, params={**refusal.params, "reason": gettext(reason)}) if reason else refusal


def _is_default(problem: Problem) -> bool:
    return problem.refusals[0].message == type(problem).default


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    tell_denial(error.code)
    if is_api_request():
        answer = answer_to_status(error.code)
        for name, value in error.get_headers():
            if name == "Allow":
                answer.headers[name] = value
        return answer
    return _page(ErrorPage(error.code, back_url=_back()), error.code)


def _unforeseen(error: Exception) -> ResponseReturnValue:
    try:
        with reachable():
            raise error
    except Unavailable as problem:  # a read that nobody expected to fail: the database went away under it
        return _known(problem)
    except Exception:
        full = isinstance(error, OSError) and error.errno in _FULL
        return _known(NotWritten()) if full else _unknown(error)


def _unknown(error: Exception) -> ResponseReturnValue:
    _log.error("unforeseen", reference=reference(), path=masked_path(request.path), exc_info=error)
    if is_api_request():
        return answer_to_status(500)
    form: SentForm | None = g.get("sent_form")
    is_written = bool(form and form.committed)
    return _page(ErrorPage(500, back_url=_back(), is_written=is_written), 500)


def _back() -> str:
    return "/admin/" if request.path != "/admin/" else ""


def _page(page: ErrorPage, code: int) -> ResponseReturnValue:
    public = _public_page(code)
    if public is not None:
        return public
    if request.accept_mimetypes.best == "application/json":
        return {"error": page.message or str(code)}, code
    try:
        return render_template("shared/error.html", page=page), code
    except Exception:  # the frame itself needs the database
        _log.exception("error page failed", path=masked_path(request.path))
        return _bare(code)


def _public_page(code: int) -> ResponseReturnValue | None:
    """Return what a visitor of the public pages reads; None for the office's own addresses."""
    is_public, show = current_app.extensions.get("public_errors", (None, None))
    if is_public is None or not is_public():
        return None
    g.bare_frame = True  # a visitor is nobody, whatever cookie the browser holds
    return show(code)


def _bare(code: int, message: str = "") -> ResponseReturnValue:
    """Show the page without anybody's name and without the sidebar: it must come even when the database is gone."""
    public = _public_page(code)
    if public is not None:
        return public
    g.bare_frame = True
    return render_template("shared/error.html", page=ErrorPage(code, message)), code
