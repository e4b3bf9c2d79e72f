"""What a visitor reads when an address leads nowhere or the office cannot be reached: no menu, no cookie, no detail."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from public_views.site import make_site

_OURS = ("/notices", "/bases")


def is_public_address() -> bool:
    """Tell whether the request is for what anyone may read."""
    path = request.path
    return any(path == one or path.startswith(f"{one}/") for one in _OURS)


def public_error(code: int) -> ResponseReturnValue:
    """Return the page of an error; it asks the database for nothing."""
    section = "bases" if request.path.startswith("/bases") else "notices"
    shown = render_template("public/error.html", site=make_site(section), code=code)
    return shown, code, {"Cache-Control": "no-store"}
