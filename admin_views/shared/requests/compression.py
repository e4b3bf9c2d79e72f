"""Texts leave packed where the browser takes gzip: pages each time, the files of the program once a process.

What is streamed (exports, downloads) is packed already and is left alone. A page holds both a form's token and words
of the address, so that the length of what is packed could tell the token sign by sign (BREACH): every page is made
longer by a random number of bytes.
"""

import gzip
import io
import secrets
from functools import lru_cache

from flask import Flask, Response, request

_LEAST = 1024  # bytes that are worth it
_LEVEL = 4
_MOST_PADDING = 100  # bytes, drawn anew for each page
_TEXTS = frozenset({
    "application/javascript", "application/json", "application/problem+json", "image/svg+xml", "text/css", "text/html",
    "text/javascript", "text/plain",
})  # fmt: skip


def init_compression(app: Flask) -> None:
    """Pack what `app` answers, for whoever takes it."""
    app.after_request(_pack)


def _pack(response: Response) -> Response:
    is_file = response.direct_passthrough
    if response.mimetype not in _TEXTS or (response.is_streamed and not is_file):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code in (204, 206, 304) or response.content_encoding:
        return response
    if request.accept_encodings["gzip"] <= 0:
        return response
    # A file that is not the program's may be large: it stays the stream that it is.
    if is_file and not (request.endpoint or "").endswith("static"):
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) < _LEAST:
        return response
    response.set_data(_packed_file(data) if is_file else _packed_page(data))
    response.content_encoding = "gzip"
    tag, is_weak = response.get_etag()
    if tag is not None and not is_weak:
        response.set_etag(tag, weak=True)  # the same file, but other bytes
    return response


@lru_cache(maxsize=128)
def _packed_file(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


def _packed_page(data: bytes) -> bytes:
    packed = io.BytesIO()
    name = "x" * secrets.randbelow(_MOST_PADDING)  # stands in the head of what is packed
    with gzip.GzipFile(name, "wb", _LEVEL, packed, mtime=0) as file:
        file.write(data)
    return packed.getvalue()
