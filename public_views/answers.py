"""Send what anyone may see: made once for each state of the office, and not sent again to who has it.

What is shown depends on the office's records, its day and the address alone. Every write moves the head of the
audit trail, notices begin and end at midnight, so the validator is made of these: after a change the very next
request gets the new page, and until then a reader who has it is answered after one command to the database.
"""

import hashlib
import time
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Response, current_app, g, render_template, request, send_file
from flask_babel import force_locale

from office.excel.tables_writer import Table, stream_tables
from public_views import query
from public_views.answer_cache import Answer, AnswerCache
from public_views.errors import public_error
from public_views.layout import make_layout
from public_views.rate_limit import RateLimit
from services.publication.public_bases import read_stamp

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
# What makes the pages, below the application's folder.
PROGRAM = (
    "public_views/*.py", "services/publication/public_*.py", "documents/publication/*.py", "templates/public/*.html",
    "templates/shared/paper.html", "office/tables/public_list.py",
    "office/papers/p*", "static/public.*", "translations/*/LC_MESSAGES/*.?o",
)  # fmt: skip
_CACHE_CONTROL = "public, no-cache"  # may be kept by anyone, and is asked for again each time
_MOST_CACHED = 32 * 1024 * 1024  # bytes

cache_of_answers = AnswerCache(_MOST_CACHED)


# A reader takes the list once or twice; each search in it is another workbook to be made.
workbooks_made = RateLimit(20, 60)


class _TooMany(Exception):
    """An address has had too many workbooks made; it may ask again after so many seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


def answered_workbook(key: tuple[Any, ...], make: Callable[[], Answer]) -> Response:
    """Answer as `answered` does; one that is not kept is made so many times a minute for an address, else 429."""

    def make_within_limit() -> Answer:
        wait = workbooks_made.wait(request.remote_addr or "", time.monotonic())
        if wait:
            raise _TooMany(wait)
        return make()

    try:
        return answered(key, make_within_limit)
    except _TooMany as refused:
        response = current_app.make_response(public_error(429))
        response.headers["Retry-After"] = str(refused.wait)
        return response


def answered(key: tuple[Any, ...], make: Callable[[], Answer]) -> Response:
    """Answer with what `make` returns for `key`: the endpoint and all that was asked for, the language apart."""
    g.bare_frame = True  # a clerk's session is not looked at: the page is the same for everyone
    locale = query.language()
    with force_locale(locale):
        tag = _tag(repr((key, locale)))
        known = request.if_none_match
        if not known.star_tag and known.contains_weak(tag):
            return _headed(Response(status=304), tag)
        return _sent(cache_of_answers.get(tag, make), tag)


def page(template: str, section: str, *, status: int = 200, **values: Any) -> Answer:
    """Return a page made of a template; `section` says which of the header's links is the present one."""
    html = render_template(f"public/{template}.html", site=make_layout(section), **values)
    return Answer(html.encode(), status=status)


def workbook(table: Table, name: str) -> Answer:
    """Return a table as a workbook, to be sent under `name`."""
    return Answer(b"".join(stream_tables([table])), XLSX, download=name)


def _tag(key: str) -> str:
    stamp = read_stamp()
    state = (stamp.seq, stamp.hash, query.today().isoformat(), _program(current_app.root_path), key)
    return hashlib.sha256(repr(state).encode()).hexdigest()[:32]


@cache
def _program(root: str) -> str:
    """Return a fingerprint of what makes the pages: after an update no reader keeps a page of the old program."""
    digest = hashlib.sha256()
    for pattern in PROGRAM:
        for path in sorted(Path(root).glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _sent(answer: Answer, tag: str) -> Response:
    if answer.download:
        response: Response = send_file(
            BytesIO(answer.body),
            answer.mimetype,
            as_attachment=True,
            download_name=answer.download,
            etag=False,
        )
    else:
        response = Response(answer.body, status=answer.status, mimetype=answer.mimetype)
        response.content_language.add("en" if query.language() == query.ENGLISH else "zh-CN")
    return _headed(response, tag if answer.status == 200 else "")


def _headed(response: Response, tag: str) -> Response:
    response.headers["Cache-Control"] = _CACHE_CONTROL
    if tag:
        # Weak: a workbook made again holds the same cells in other bytes.
        response.set_etag(tag, weak=True)
    return response
