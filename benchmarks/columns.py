"""The three columns: ours, stock and floor, each asked through Flask's own test client in this process."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from benchmarks.data import CLERK, PASSWORD
from benchmarks.floor import floor_app
from benchmarks.stock import stock_app
from documents.server.connection import database

OURS, FLOOR, STOCK = "ours", "floor", "stock"
NAMES = (OURS, FLOOR, STOCK)
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_SAVED_KEYS = (
    "name", "uscc", "base", "industry", "revenue", "assets", "moved_in", "legal_representative", "phone", "status",
)  # fmt: skip


def make_app(column: str) -> Flask:
    """Return the application of a column; it uses the connection that is open."""
    if column == OURS:
        return create_app({"SECRET_KEY": "bench"})
    return stock_app() if column == STOCK else floor_app()


def make_client(column: str) -> FlaskClient:
    """Return a client of a column, signed in where there is something to sign in to."""
    client = make_app(column).test_client()
    if column == OURS:
        form = {"username": CLERK, "password": PASSWORD, "csrf_token": token(client.get("/login").text)}
        answer = client.post("/login", data=form)
        if answer.status_code != 303:
            raise RuntimeError(f"the clerk of the measurements could not sign in: {answer.status_code}")
    return client


def token(page: str) -> str:
    """Return the token of a page's form."""
    found = _TOKEN.search(page)
    if found is None:
        raise RuntimeError("the page has no form token")
    return found[1]


def company_form(record_id: Any) -> dict[str, str]:
    """Return a company's form as a browser would send it, with one more person employed."""
    raw: Mapping[str, Any] = database()["tenant_companies"].find_one({"_id": record_id}) or {}
    form = {key: _typed(raw[key]) for key in _SAVED_KEYS if key in raw}
    return form | {"people": str(raw["people"] + 1), "version": str(raw["version"])}


def _typed(value: Any) -> str:
    # The stock form wants the time of day as well; ours reads it too.
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
