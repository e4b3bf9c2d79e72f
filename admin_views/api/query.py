"""What the address of a list asks for: the page's own arguments, but none that is unknown or makes no sense.

A page leaves out what it does not understand; a program that is not told so would take everything for what it asked.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import bson
from bson import ObjectId
from bson.errors import BSONError
from flask import request, url_for

from admin_views.api.door import Door
from admin_views.shared.api_problems import BAD_PARAMETERS, UNFIT, Fault, ProblemFound
from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import (
    CONDITIONS,
    LONGEST_AMOUNT,
    MOST_SEARCH,
    SIZES,
    FilterSpec,
    ListQuery,
)
from admin_views.shared.request_context import office_state
from admin_views.shared.translation import gettext
from forms.sentences import sentence
from rules.counties import office_counties
from rules.words import N_

Order = Sequence[tuple[str, int]]
MOST_PAGE = 1_000_000
LIMIT = "limit"  # what pages call `size`, which a field may be called too
ENDED, ENDS = ("days", "amount", "without"), ("_from", "_to")  # kinds of filters between two ends
MOST_AMOUNT = 10.0**15
_DEFAULT = 50
_PLAIN = ("search", "sort", "page", LIMIT, "columns", "cursor", CONDITIONS)

UNKNOWN = N_("There is no such parameter.")
WRONG = N_("“%(value)s” is not possible here.")
TWICE = N_("This can be given once only.")
BAD_CURSOR = N_("This cursor does not belong to this list.")


def asked(door: Door) -> tuple[ListQuery, str | None]:
    """Return the query of the present address, and its cursor: "" for the beginning, None where pages are asked for.

    Raises ProblemFound, which names each parameter that is unknown or wrong.
    """
    records = door.records
    specs = {spec.name: spec for spec in records.asked_filters}
    known = {*_PLAIN, *(["county"] if door.declaration.county_key else [])}
    faults = []
    for name in request.args:
        spec = _filter_of(name, specs)
        values = request.args.getlist(name)
        if spec is None and name not in known:
            faults.append(Fault(name[:60], gettext(UNKNOWN)))
        elif len(values) > 1 and (spec.kind in ENDED if spec else name != "columns"):
            faults.append(Fault(name, gettext(TWICE)))
        else:
            wrong = [value for value in values if not _is_possible(door, name, spec, value)]
            if wrong:
                faults.append(Fault(name, gettext(WRONG, value=wrong[0][:60])))
    if faults:
        raise ProblemFound(BAD_PARAMETERS, faults=faults)
    if "cursor" in request.args and "page" in request.args:
        detail = gettext(N_("A list is read by pages or by a cursor."))
        raise ProblemFound(UNFIT, faults=[Fault("page", detail)])
    query = replace(records.query(), size=int(request.args.get(LIMIT) or _DEFAULT))
    if query.conditions and query.conditions.fault:
        # What conditions may be no pattern can say: the text as such is none that the description forbids.
        raise ProblemFound(UNFIT, faults=[Fault(CONDITIONS, sentence(query.conditions.fault))])
    seen = {field.key for field in door.fields}
    if query.sort and query.sort not in seen:
        raise ProblemFound(BAD_PARAMETERS, faults=[Fault("sort", gettext(WRONG, value=query.sort))])
    return query, request.args.get("cursor")


def only_parameters(*names: str) -> None:
    """Refuse a parameter of the present address that is none of these. Raises ProblemFound, which names each."""
    unknown = [name for name in request.args if name not in names]
    if unknown:
        faults = [Fault(name[:60], gettext(UNKNOWN)) for name in unknown]
        raise ProblemFound(BAD_PARAMETERS, faults=faults)


def address_of(door: Door, query: ListQuery, **changes: Any) -> str:
    """Return the address of the same list with other arguments."""
    pairs = replace(query, size=_DEFAULT).pairs(**changes)
    if query.size != _DEFAULT:
        pairs.append((LIMIT, str(query.size)))
    return url_for("api.records", collection=door.declaration.slug) + "?" + urlencode(pairs)


def _filter_of(name: str, specs: dict[str, FilterSpec]) -> FilterSpec | None:
    """Return the filter that a parameter belongs to: one with two ends has a parameter for each."""
    for end in ENDS:
        spec = specs.get(name.removesuffix(end)) if name.endswith(end) else None
        if spec is not None and spec.has_ends:
            return spec
    spec = specs.get(name)
    return None if spec is None or spec.kind in ("days", "amount") else spec


def _is_possible(door: Door, name: str, spec: FilterSpec | None, value: str) -> bool:
    if spec is not None:
        return _fits(door, name, spec, value)
    if name == CONDITIONS:
        return True  # what is wrong with them has sentences of its own
    if name == "county":
        actor = current_actor()
        return value in office_counties().by_code and actor.sees(value)
    if name in ("page", LIMIT):
        most = MOST_PAGE if name == "page" else SIZES[-1]
        return value.isascii() and value.isdecimal() and len(value) < 10 and 1 <= int(value) <= most
    if name == "sort":
        sortable = {field.key for field in door.declaration.exported if field.sortable}
        return value.removeprefix("-") in sortable
    if name == "columns":
        return value in {field.key for field in door.fields if field.exported}
    return len(value) <= MOST_SEARCH if name == "search" else len(value) <= 2000


def _fits(door: Door, name: str, spec: FilterSpec, value: str) -> bool:
    if spec.kind == "amount":
        return _is_amount(value)
    if spec.kind == "without" and name == spec.name:
        return value == "yes"
    if spec.kind in ENDED:
        try:
            return len(value) == 10 and bool(datetime.strptime(value, "%Y-%m-%d"))
        except ValueError:
            return False
    if spec.kind == "lookup":
        return len(value) == 24 and ObjectId.is_valid(value)
    if spec.kind == "filled":
        return value in ("yes", "no")
    if spec.kind == "status":
        return value in office_state().status_labels(door.name)
    if spec.options:
        return spec.takes(value)
    if spec.choices:
        return value in {word.value for word in spec.choices}
    return 0 < len(value) <= 60


def _is_amount(value: str) -> bool:
    try:
        return len(value) <= LONGEST_AMOUNT and abs(float(value)) <= MOST_AMOUNT
    except ValueError:
        return False


# --- Cursors -------------------------------------------------------------------------------------


def next_cursor(raw: dict[str, Any], order: Order) -> str:
    """Return the cursor behind a stored record of a list in this order."""
    held = {"o": _named(order), "v": [raw.get(key) for key, _ in order]}
    return base64.urlsafe_b64encode(bson.encode(held)).decode().rstrip("=")


def cursor_of(text: str, order: Order) -> list[Any] | None:
    """Return the values behind which a list in this order goes on; None for the beginning. Raises ProblemFound."""
    if not text:
        return None
    try:
        held = bson.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        values = held["v"]
    except (BSONError, binascii.Error, KeyError, ValueError) as error:
        raise _bad_cursor() from error
    plain = (type(None), str, int, float, bool, datetime, ObjectId)
    is_ours = isinstance(values, list) and len(values) == len(order) and held.get("o") == _named(order)
    if not is_ours or not all(isinstance(value, plain) for value in values):
        raise _bad_cursor()
    return list(values)


def _bad_cursor() -> ProblemFound:
    return ProblemFound(UNFIT, faults=[Fault("cursor", gettext(BAD_CURSOR))])


def _named(order: Order) -> str:
    return ",".join(f"{key}:{way}" for key, way in order)
