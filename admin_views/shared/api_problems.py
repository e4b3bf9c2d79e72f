"""What the programming interface answers when something is wrong: problem documents (RFC 9457)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Response, request

from admin_views.shared.request_context import in_chinese
from admin_views.shared.requests.access_log import request_id
from admin_views.shared.translation import gettext
from forms.sentences import sentence
from rules.errors import (
    Missing,
    NotAllowed,
    NotWritten,
    Problem,
    Refusal,
    Refused,
    SavedBefore,
    Stale,
    Unavailable,
    Unreadable,
    Warned,
    token_of,
)
from rules.words import N_
from schema.registry import REGISTRY
from services.desk.api_tokens import NoToken, TooOften

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:base-office:problem:"


@dataclass(frozen=True)
class ProblemKind:
    """A kind of problem: the end of its `type`, its status, and its title (a message id)."""

    word: str
    status: int
    title: str


BAD_REQUEST = ProblemKind("bad-request", 400, N_("The request could not be understood."))
BAD_PARAMETERS = ProblemKind("bad-parameters", 400, N_("The address asks for something that there is not."))
NO_TOKEN = ProblemKind("no-token", 401, N_("A valid token is asked for."))
NOT_ALLOWED = ProblemKind("not-allowed", 403, N_("This is not allowed."))
NOT_FOUND = ProblemKind("not-found", 404, N_("There is no such thing."))
STALE = ProblemKind("stale", 409, N_("Someone else saved this record meanwhile."))
STALE_HEADER = ProblemKind("stale", 412, STALE.title)
IN_USE = ProblemKind("refused", 409, N_("The rules or the data forbid this."))
TOO_LARGE = ProblemKind("too-large", 413, N_("Too much was sent at once."))
WRONG_TYPE = ProblemKind("wrong-media-type", 415, N_("What was sent is of the wrong kind."))
INVALID = ProblemKind("invalid", 422, N_("Some values cannot be kept."))
UNFIT = ProblemKind("bad-parameters", 422, BAD_PARAMETERS.title)  # each may be sent, but these not together
WARNED = ProblemKind("warned", 422, N_("Please look at this once more."))
NO_VERSION = ProblemKind("no-version", 428, N_("The version that was read is asked for."))
TOO_OFTEN = ProblemKind("too-often", 429, N_("Too many requests."))
UNFORESEEN = ProblemKind("unforeseen", 500, N_("Something went wrong that nobody foresaw."))
UNAVAILABLE = ProblemKind("unavailable", 503, N_("The service cannot answer just now."))

KINDS: tuple[ProblemKind, ...] = (
    BAD_REQUEST, BAD_PARAMETERS, NO_TOKEN, NOT_ALLOWED, NOT_FOUND, STALE, STALE_HEADER, IN_USE, TOO_LARGE,
    WRONG_TYPE, INVALID, UNFIT, WARNED, NO_VERSION, TOO_OFTEN, UNFORESEEN, UNAVAILABLE,
)  # fmt: skip
_OF_STATUS: Mapping[int, ProblemKind] = {
    kind.status: kind for kind in reversed(KINDS) if kind not in (BAD_PARAMETERS, UNFIT, WARNED)
}
# A refusal's kind is that of the act: what cannot be kept, or what is in the way.
_OF_ERROR: tuple[tuple[type[Problem], ProblemKind], ...] = (
    (NoToken, NO_TOKEN), (TooOften, TOO_OFTEN), (Missing, NOT_FOUND), (NotAllowed, NOT_ALLOWED), (Stale, STALE),
    (Refused, INVALID), (Warned, WARNED), (SavedBefore, IN_USE), (Unreadable, INVALID), (Unavailable, UNAVAILABLE),
    (NotWritten, UNAVAILABLE),
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What is wrong with one member of what was sent, in words; `field` "" for the whole of it."""

    field: str
    detail: str


@dataclass(eq=False)
class ProblemFound(Exception):
    """Ends a request of the programming interface with this problem."""

    kind: ProblemKind
    detail: str = ""
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def is_api_request() -> bool:
    """Tell whether the present request is one of the programming interface, an unknown address of it too."""
    return request.path.startswith(PREFIX)


def answer_of(found: ProblemFound, **more: object) -> Response:
    """Return the document of a problem; `more` are members of its own."""
    kind = found.kind
    document: dict[str, object] = {
        "type": _TYPE + kind.word,
        "title": gettext(kind.title),
        "status": kind.status,
        "detail": found.detail or gettext(kind.title),
    }
    if found.faults:
        document["errors"] = [
            {**({"field": fault.field} if fault.field else {}), "detail": fault.detail}
            for fault in found.faults
        ]
    if number := request_id():
        document["request_id"] = number
    body = json.dumps(document | more, ensure_ascii=False)
    headers = {"Content-Language": "zh-CN" if in_chinese() else "en", **found.headers}
    if kind is NO_TOKEN:
        headers["WWW-Authenticate"] = 'Bearer realm="api"'
    return Response(body, kind.status, headers, content_type=MEDIA_TYPE)


def answer_to(problem: Problem) -> Response:
    """Return the document of what a service or a rule raised."""
    kind = next((kind for error, kind in _OF_ERROR if isinstance(problem, error)), BAD_REQUEST)
    if kind is INVALID and request.method == "DELETE":
        kind = IN_USE
    headers = {}
    if isinstance(problem, TooOften):
        headers["Retry-After"] = str(problem.seconds)
    elif kind is UNAVAILABLE:
        headers["Retry-After"] = "60"
    detail = sentence(problem.refusals[0]) if kind is not UNAVAILABLE else gettext(kind.title)
    named = [refusal for refusal in problem.refusals if refusal.field]
    several = len(problem.refusals) > 1 or named
    faults = faults_of(problem.refusals) if several and kind in (INVALID, IN_USE, WARNED) else ()
    more: dict[str, object] = {}
    if isinstance(problem, Warned):
        more["confirm"] = list(dict.fromkeys(token_of(refusal) for refusal in problem.refusals))
        about = [refusal.about for refusal in problem.refusals if refusal.about]
        if about:
            more["existing"] = [
                {"collection": REGISTRY[name].slug, "id": str(record_id)} for name, record_id in about
            ]
    return answer_of(ProblemFound(kind, detail, faults, headers), **more)


def faults_of(refusals: Iterable[Refusal]) -> list[Fault]:
    """Return refusals as members of a document."""
    return [Fault(refusal.field or "", sentence(refusal)) for refusal in refusals]


def answer_to_status(code: int) -> Response:
    """Return the document of what HTTP itself refuses."""
    kind = _OF_STATUS.get(code)
    if kind is None:
        title = HTTPStatus(code).phrase if code in {one.value for one in HTTPStatus} else str(code)
        kind = ProblemKind(f"http-{code}", code, title)
    return answer_of(ProblemFound(kind))
