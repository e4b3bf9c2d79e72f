"""Views that a user saved: a list's filters, columns and order under a name; each user's own."""

from typing import Any

from bson import ObjectId

from documents.desk.user import User
from rules.errors import Refusal, Refused
from rules.words import N_

MOST_VIEWS = 30  # of one list
_NAME_LENGTH = 40


def save_view(user_id: ObjectId, collection: str, name: str, query: str) -> str:
    """Keep a list's query string under a name, replacing one of the same name; return the name as it is kept.

    Raises Refused: no name, too many.
    """
    name = " ".join(name.split())[:_NAME_LENGTH]
    if not name:
        raise Refused(Refusal(N_("Give the view a name."), field="name"))
    views = views_of(user_id, collection)
    kept = [view for view in views if view["name"] != name]
    if len(kept) >= MOST_VIEWS:
        raise Refused(N_("At most 30 views of one list can be kept: delete one first."))
    kept.append({"name": name, "query": query[:2000]})
    _store(user_id, collection, kept)
    return name


def drop_view(user_id: ObjectId, collection: str, name: str) -> bool:
    """Forget a view; False for one that is not there."""
    views = views_of(user_id, collection)
    left = [view for view in views if view["name"] != name]
    _store(user_id, collection, left)
    return len(left) < len(views)


def views_of(user_id: ObjectId, collection: str) -> list[dict[str, Any]]:
    """Return the user's views of one list, oldest first."""
    found = User.collection().find_one({"_id": user_id}, {f"saved_views.{collection}": 1})
    return list(((found or {}).get("saved_views") or {}).get(collection) or [])


def _store(user_id: ObjectId, collection: str, views: list[dict[str, Any]]) -> None:
    User.collection().update_one({"_id": user_id}, {"$set": {f"saved_views.{collection}": views}})
