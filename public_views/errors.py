"""What a visitor reads when an address leads nowhere or the office cannot be reached: no menu, no cookie, no detail."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from public_views.layout import make_layout
from services.shared.origins import present_origin

_PUBLIC = ("/notices", "/bases")


def is_public_address() -> bool:
    """Tell whether the request is for what anyone may read."""
    path = request.path
    return any(path == address or path.startswith(f"{address}/") for address in _PUBLIC)


def public_error(code: int) -> ResponseReturnValue:
    """Return the page of an error; it asks the database for nothing."""
    section = "bases" if request.path.startswith("/bases") else "notices"
    page = render_template(
        "public/error.html", site=make_layout(section), code=code, reference=present_origin().request_id
    )
    return page, code, {"Cache-Control": "no-store"}
