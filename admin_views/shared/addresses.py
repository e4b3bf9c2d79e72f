"""The office's own address: which Host a request may name, and what stands before a path that is shown outside.

`PUBLIC_URL` is the office's address as others reach it, `TRUSTED_HOSTS` the names under which it answers. Nothing else
may build an absolute address: `tests/admin_views/shared/test_addresses.py` reads the sources.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import SecurityError

from rules.errors import Refusal, Refused
from rules.words import N_

# Under these the machine asks itself: health checks of a proxy, a unit, a container.
_ITSELF = ("127.0.0.1", "localhost")
_YEAR = 365 * 24 * 3600  # seconds


def addresses_of(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return `PUBLIC_URL` and `TRUSTED_HOSTS` for the configuration, as the environment gives them.

    `TRUSTED_HOSTS` is a list by commas or blanks; `.example.gov.cn` also means every name below it. Blank: any Host.
    With a list, the host of `PUBLIC_URL` and the machine's own names are trusted too.

    Raises: Refused for a `PUBLIC_URL` that is no address of a whole host.
    """
    public = environ.get("PUBLIC_URL", "").strip().rstrip("/")
    hosts = environ.get("TRUSTED_HOSTS", "").replace(",", " ").split()
    name = _host_of(public) if public else None
    if public and name is None:
        sentence = N_(
            "PUBLIC_URL must be the office's address without a path, like https://bases.example.gov.cn."
        )
        raise Refused(Refusal(sentence))
    trusted = [*dict.fromkeys([*hosts, *([name] if name else []), *_ITSELF])] if hosts else None
    return {"PUBLIC_URL": public, "TRUSTED_HOSTS": trusted}


def _host_of(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        bare = not (parts.path or parts.query or parts.fragment or parts.username or parts.password)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        return None
    return parts.hostname if parts.scheme in ("http", "https") and bare and port_fits else None


def public_address(path: str) -> str:
    """Return a path of ours as an address for outside: a calendar, a certificate, a text."""
    return str(current_app.config.get("PUBLIC_URL") or request.host_url).rstrip("/") + path


def own_path(url: str) -> str:
    """Return the path of an address under the name that this request asked; any other address as it is."""
    here = request.host_url
    return "/" + url[len(here) :].lstrip("/") if here and url.startswith(here) else url


def init_addresses(app: Flask) -> None:
    """Refuse requests for another host, keep redirects relative, and ask browsers for HTTPS where it is used."""
    app.register_error_handler(SecurityError, _refuse)
    app.after_request(_finish)


def _refuse(error: SecurityError) -> ResponseReturnValue:
    # No page of ours: it would need addresses, which this request cannot give. And no word of what was sent.
    sentence = gettext(N_("The office is not reached under this address."))
    return Response(sentence, 400, content_type="text/plain; charset=utf-8")


def _finish(response: Response) -> Response:
    location = response.headers.get("Location", "")
    if location and location != (path := own_path(location)):
        # The browser knows better than we under which name it asked; the text beside it names it too.
        response.set_data("")
        response.headers["Location"] = path
    if current_app.config["SESSION_COOKIE_SECURE"] or request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}; includeSubDomains")
    return response
