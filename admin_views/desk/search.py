"""One search box for everything: the first hits of each collection, and the way to all of them."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.desk.view_models import SearchPage
from admin_views.records.page import related_table
from admin_views.shared.guard import current_actor
from admin_views.shared.list_page import SEARCH_COUNT_LIMIT
from admin_views.shared.view_models import RelatedTable
from documents.kinds import RECORDS
from rules.standard_signs import standard_signs
from schema.collection import Collection
from schema.registry import REGISTRY


def index() -> ResponseReturnValue:
    """Show what the words find."""
    typed = standard_signs(request.args.get("search", "")[:100])
    words = "".join(sign for sign in typed if sign.isprintable()).strip()
    groups = (
        tuple(
            _group(declaration, words)
            for declaration in REGISTRY.listed_for(current_actor())
            if declaration.in_menu or declaration.is_own
        )
        if words
        else ()
    )
    return render_template("desk/search.html", page=SearchPage(words, url_for("search.index"), groups))


def _group(declaration: Collection, words: str) -> RelatedTable:
    records = RECORDS[declaration.name].objects.visible_to(current_actor()).matching(words)
    return related_table(
        declaration.label, declaration, records, keys=declaration.found_columns or declaration.first_columns[:4],
        order=declaration.default_order, query="?" + _encoded(words), most=SEARCH_COUNT_LIMIT,
    )  # fmt: skip


def _encoded(words: str) -> str:
    return url_for("search.index", search=words).partition("?")[2]
