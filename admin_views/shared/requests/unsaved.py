"""The page of a form that could not be saved: what is known of it, what was typed, and how it is sent again."""

import re
from dataclasses import dataclass

from flask import request, url_for

from admin_views.shared.requests.sent_forms import FORM_KEY, NOT_TYPED, TRIES, UNANSWERED, key_of_request

_MOST_KEPT = 1024 * 1024  # characters; a page beyond that is slower to keep than to type again
_LONGEST_WAIT = 60  # seconds
_NO_WORDS = re.compile(
    r"[0-9a-f]{24}|\d{0,3}|[a-z][a-z0-9_-]*", re.ASCII
)  # ids, codes, boxes that were ticked


@dataclass(frozen=True, slots=True)
class UnsavedPage:
    """shared/unsaved.html. `message` is what happened, in a sentence; "" for a database that is not there.

    `unknown` says that the form may have been saved, `written` how many of its writes are known to be. `fields` are
    sent again to `action`, by a button and after `wait` seconds by the page itself; none where it cannot be (a
    password, which is in no page; a file, which no page can hold: `has_files`). `typed` is what people read of them.
    """

    message: str
    unknown: bool
    written: int
    action: str
    fields: tuple[tuple[str, str], ...]
    typed: tuple[str, ...]
    has_files: bool
    status_url: str
    wait: int
    back_url: str


def unsaved_page(message: str, *, unknown: bool, written: int) -> UnsavedPage:
    """Return the page of this request's form. It asks the database for nothing."""
    sent = list(request.form.items(multi=True))
    has_files = any(file.filename for file in request.files.values())
    secret = any("password" in name and value for name, value in sent)
    large = sum(len(name) + len(value) for name, value in sent) > _MOST_KEPT
    typed = [(name, value) for name, value in sent if name not in NOT_TYPED]
    unknown = unknown or request.form.get(UNANSWERED) == "1"
    tries = request.form.get(TRIES, default=0, type=int)
    key = key_of_request()
    again = () if secret or has_files or large else _again(sent, unknown=unknown, tries=tries)
    return UnsavedPage(
        message="" if unknown or written else message,  # such a sentence ends with: nothing was saved
        unknown=unknown,
        written=written,
        action=request.full_path.rstrip("?"),
        fields=again,
        typed=() if secret or large else tuple(value for _, value in typed if not _NO_WORDS.fullmatch(value)),
        has_files=has_files,
        status_url=url_for("sent_forms.status", key=key) if key else "",
        wait=min(3 * 2 ** min(tries, 10), _LONGEST_WAIT),
        back_url=request.full_path.rstrip("?") if "GET" in _methods() else "",
    )


def _again(sent: list[tuple[str, str]], *, unknown: bool, tries: int) -> tuple[tuple[str, str], ...]:
    kept = [(name, value) for name, value in sent if name not in (TRIES, UNANSWERED)]
    if not any(name == FORM_KEY for name, _ in kept):
        return ()  # nothing would keep it from being done twice
    return (*kept, (TRIES, str(tries + 1)), *([(UNANSWERED, "1")] if unknown else []))


def _methods() -> frozenset[str]:
    rule = request.url_rule
    return frozenset(rule.methods or ()) if rule else frozenset()
