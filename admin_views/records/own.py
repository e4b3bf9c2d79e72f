"""The collections of the office's own: one view answers for all of them, under /admin/c/WORD/.

Which one it is stands in the address; the view looks it up when the session has been read, and with it what this
process knows of the definitions. A word that no collection has, and one that is not the clerk's to see, are answered
alike: there is no such page.
"""

from collections.abc import Mapping
from typing import Any

from flask import Flask, abort, g, url_for
from flask_admin.base import Admin
from flask_admin.contrib.mongoengine import ModelView

from admin_views.records.view import RecordView
from admin_views.shared.guard import current_actor
from admin_views.shared.layout import OWN_RECORDS
from documents.records.status import Status
from rules.access import Act
from rules.errors import NotAllowed
from schema.definitions.own_collections import PREFIX, SLUG_PREFIX
from schema.registry import REGISTRY

ENDPOINT = OWN_RECORDS
_ACTS: Mapping[str, Act] = {
    "create_view": Act.CREATE,
    "edit_view": Act.CHANGE,
    "version_view": Act.CHANGE,
    "cell_view": Act.CHANGE,
    "take_back_view": Act.CHANGE,
    "add_file_view": Act.CHANGE,
    "remove_file_view": Act.CHANGE,
    "move_view": Act.CHANGE,
    "delete_view": Act.DELETE,
}


class OwnRecordView(RecordView):
    """The records of whichever own collection the address names."""

    def __init__(self) -> None:
        """Register the addresses of all own collections."""
        # The library asks for a document; any will do, since nothing of it is used.
        ModelView.__init__(self, Status, name=ENDPOINT, endpoint=ENDPOINT, url="c/<word>")

    @property
    def collection(self) -> str:  # type: ignore[override]  # told by the address
        """The stored name of the collection that the address names."""
        return PREFIX + str(g.own_word)

    @property
    def endpoint(self) -> str:
        """The endpoint's name: in a request that of the collection, which `own_address` understands."""
        return PREFIX + g.own_word if g and "own_word" in g else ENDPOINT

    @endpoint.setter
    def endpoint(self, name: str) -> None:
        """Leave it as it is: the library sets what it was given."""

    def create_blueprint(self, admin: Admin) -> Any:
        """Make the blueprint; the word of the address is no argument of the views."""
        blueprint = super().create_blueprint(admin)
        blueprint.url_value_preprocessor(_take_word)
        return blueprint

    def _handle_view(self, name: str, **kwargs: Any) -> None:
        """Answer for a collection that is there and the clerk's to see, and for acts that their role may do there."""
        declaration = REGISTRY.by_slug(SLUG_PREFIX + str(g.own_word))
        if declaration is None or not declaration.allows(current_actor(), Act.SEE):
            abort(404)
        if not declaration.allows(current_actor(), _ACTS.get(name, Act.SEE)):
            raise NotAllowed


def _take_word(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values is not None:
        g.own_word = values.pop("word", "")


def init_own_records(app: Flask) -> None:
    """Let `url_for` know the addresses of own collections by their names, as it knows those that ship."""
    app.url_build_error_handlers.append(_own_address)


def _own_address(error: Exception, endpoint: str, values: dict[str, Any]) -> str:
    """Return the address of an endpoint such as `c_visits.details_view`."""
    name, _, view = endpoint.partition(".")
    if not name.startswith(PREFIX) or not view:
        raise error
    return url_for(f"{ENDPOINT}.{view}", word=name.removeprefix(PREFIX), **values)
