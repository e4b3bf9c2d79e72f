"""Views that a user saved: a list's filters, columns and order under a name; each user's own."""

import re
from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from documents.desk.user import User
from rules.errors import Refusal, Refused
from rules.words import N_
from services.shared.unit_of_work import UnitOfWork

MOST_VIEWS = 30  # of one list
_NAME_LENGTH = 40
MOST_QUERY = 4000  # characters of an address
_LIST = re.compile(r"[a-z][a-z0-9_]{1,60}")
_NO_NAME = N_("Give the view a name.")
_TOO_MANY = N_("At most 30 views of one list can be kept: delete one first.")
_TOO_LONG = N_("The address of this list is too long to be kept: take some of its conditions away.")
_NO_LIST = N_("There is no list “%(list)s”.")


def save_view(user_id: ObjectId, collection: str, name: str, query: str) -> str:
    """Keep a list's query string under a name, replacing one of the same name; return the name as it is kept.

    Raises Refused: no name, too many, too long an address.
    """
    name = _name(name)
    if len(query) > MOST_QUERY:
        raise Refused(_TOO_LONG)
    views = views_of(user_id, collection)
    kept = [view for view in views if view["name"] != name]
    if len(kept) >= MOST_VIEWS:
        raise Refused(_TOO_MANY)
    kept.append({"name": name, "query": query})
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


def put_views(uow: UnitOfWork, user: str, lists: Mapping[str, Mapping[str, str]]) -> None:
    """Keep for a user, by login name, the views of a configuration's file: query strings by list and name.

    A user who is not here is passed over, as is what is the same. Raises Refused: too many, no name, too long.
    """
    found = User.find_named(user, uow.session)
    if found is None:
        return
    for collection, named in lists.items():
        if not _LIST.fullmatch(collection):
            raise Refused(Refusal(_NO_LIST, {"list": collection[:_NAME_LENGTH]}))
        here = {
            view["name"]: view["query"] for view in (found.get("saved_views") or {}).get(collection) or []
        }
        given = {_name(name): query for name, query in named.items()}
        if any(len(query) > MOST_QUERY for query in given.values()):
            raise Refused(_TOO_LONG)
        together = {**here, **given}
        if len(together) > MOST_VIEWS:
            raise Refused(_TOO_MANY)
        if together == here:
            continue
        views = [{"name": name, "query": query} for name, query in together.items()]
        User.keep_views(found["_id"], collection, views, uow.session)
        for name in given:
            if given[name] != here.get(name):
                uow.record("view-saved", collection, None, f"{found['name']}：{name}")


def _name(name: str) -> str:
    clean = " ".join(name.split())[:_NAME_LENGTH]
    if not clean:
        raise Refused(Refusal(_NO_NAME, field="name"))
    return clean


def _store(user_id: ObjectId, collection: str, views: list[dict[str, Any]]) -> None:
    User.keep_views(user_id, collection, views)
