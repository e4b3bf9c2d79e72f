"""What a request sends: JSON, bounded in size and depth, and the version that its sender read."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from flask import request

from admin_views.shared.api_problems import (
    BAD_PARAMETERS,
    BAD_REQUEST,
    INVALID,
    NO_VERSION,
    TOO_LARGE,
    WRONG_TYPE,
    Fault,
    ProblemFound,
)
from admin_views.shared.translation import gettext
from rules.words import N_

MOST_BYTES = 1024 * 1024
MOST_DEPTH = 8
VERSION, MOST_VERSION = "version", 999_999_999
_MEDIA_TYPES = ("application/json", "application/merge-patch+json")
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')
_CONSTANT = N_("NaN and Infinity are no JSON.")


def sent_object() -> dict[str, Any]:
    """Return the JSON object that was sent; its numbers with a fraction are decimals. Raises ProblemFound."""
    if request.mimetype not in _MEDIA_TYPES:
        raise ProblemFound(WRONG_TYPE, gettext(N_("A JSON object is asked for (application/json).")))
    most = gettext(N_("At most %(most)s bytes of JSON are read."), most=f"{MOST_BYTES:,}")
    if (request.content_length or 0) > MOST_BYTES:
        raise ProblemFound(TOO_LARGE, most)
    data = request.get_data(cache=True)
    if len(data) > MOST_BYTES:
        raise ProblemFound(TOO_LARGE, most)
    try:
        found = json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refused, parse_float=_decimal
        )
    except RecursionError as error:
        raise _too_deep() from error
    except (ValueError, InvalidOperation) as error:
        raise ProblemFound(BAD_REQUEST, gettext(N_("This is no JSON that can be read."))) from error
    if not isinstance(found, dict):
        raise ProblemFound(BAD_REQUEST, gettext(N_("A JSON object is asked for (application/json).")))
    if _depth(found) > MOST_DEPTH:
        raise _too_deep()
    return found


def _too_deep() -> ProblemFound:
    return ProblemFound(BAD_REQUEST, gettext(N_("This JSON is nested too deeply.")))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _refused(constant: str) -> NoReturn:
    raise ValueError(_CONSTANT)


def _decimal(text: str) -> Decimal:
    return Decimal(text)


def _depth(value: Any, most: int = MOST_DEPTH) -> int:
    """Return how deep a value is nested; no further than is needed to say that it is too deep."""
    if most < 0 or not isinstance(value, dict | list):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max((_depth(item, most - 1) for item in inner), default=0)


def version_of(values: dict[str, Any] | None = None) -> tuple[int, bool]:
    """Return the version that the sender read, taken out of `values`, and whether `If-Match` names it.

    Raises ProblemFound when there is none, or when there are two.
    """
    header = request.headers.get("If-Match")
    match = _ETAG.fullmatch(header.strip()) if header is not None else None
    if header is not None and match is None:
        raise ProblemFound(BAD_REQUEST, gettext(N_('If-Match names the version that was read, as “"3"”.')))
    in_body = (values or {}).pop(VERSION, None) if values is not None else None
    if values is None and VERSION in request.args:
        in_body = _number(request.args[VERSION])
    if in_body is not None and not _is_version(in_body):
        fault = Fault(VERSION, gettext(N_("A whole number from 1 is asked for here.")))
        raise ProblemFound(INVALID if values is not None else BAD_PARAMETERS, fault.detail, [fault])
    if match is None and in_body is None:
        raise ProblemFound(
            NO_VERSION, gettext(N_("Send the version that you read: as If-Match, or as “version”."))
        )
    if match is not None and in_body is not None and int(match[1]) != in_body:
        raise ProblemFound(INVALID, gettext(N_("If-Match and “version” name two different versions.")))
    return (int(match[1]), True) if match is not None else (int(in_body or 0), False)


def _is_version(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_VERSION


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text
