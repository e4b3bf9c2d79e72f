"""One search box for everything: the first hits of each collection, and the way to all of them."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.desk.view_models import SearchPage
from admin_views.records.page import related_table
from admin_views.shared.guard import current_actor
from admin_views.shared.list_page import COUNT_LIMIT
from admin_views.shared.view_models import RelatedTable
from documents.kinds import RECORDS
from schema.registry import REGISTRY

_KEYS = {
    "bases": ("name", "operator", "uscc", "county", "status"),
    "tenant_companies": ("name", "uscc", "base", "county", "status"),
    "service_partners": ("name", "uscc", "functions", "status"),
    "ledger_entries": ("base", "served_on", "function", "request", "status"),
}
_BY_NAME, _BY_DAY = (("sort_key", 1), ("_id", 1)), (("served_on", -1), ("_id", -1))


def index() -> ResponseReturnValue:
    """Show what the words find."""
    words = "".join(sign for sign in request.args.get("search", "")[:100] if sign.isprintable()).strip()
    groups = tuple(_group(collection, words) for collection in _KEYS) if words else ()
    return render_template("desk/search.html", page=SearchPage(words, url_for("search.index"), groups))


def _group(collection: str, words: str) -> RelatedTable:
    records = RECORDS[collection].objects.visible_to(current_actor()).matching(words)
    order = _BY_DAY if collection == "ledger_entries" else _BY_NAME
    return related_table(
        REGISTRY[collection].label, REGISTRY[collection], records,
        keys=_KEYS[collection], order=order, query="?" + _encoded(words), most=COUNT_LIMIT,
    )  # fmt: skip


def _encoded(words: str) -> str:
    return url_for("search.index", search=words).partition("?")[2]
