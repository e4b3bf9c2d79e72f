"""A chart of somebody's own over a list: what it counts by, whose it is, and where it stands."""

from datetime import datetime
from typing import Any, ClassVar, TypedDict, cast

from bson import ObjectId
from mongoengine.fields import BooleanField, StringField
from pymongo.client_session import ClientSession

from documents.versioned import Versioned
from rules.access import Actor
from rules.errors import Missing

COLLECTION = "own_charts"


class StoredChart(TypedDict, total=False):
    """A stored chart. `of` is the list's collection, `query` its address's arguments, `group` what it counts by.

    `measure` is "" for a count, else the field that is summed. `owner` is a user's id, `county` the owner's, "" for
    the city; `shared`: it is there for others of that county, of the whole office where the city made it.
    """

    _id: ObjectId
    name: str
    of: str
    query: str
    group: str
    measure: str
    owner: str
    owner_name: str
    county: str
    shared: bool
    on_today: bool
    on_overview: bool
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class OwnChart(Versioned):
    """See the module."""

    meta: ClassVar[dict[str, Any]] = {"collection": COLLECTION, "auto_create_index": False, "strict": False}

    name = StringField(required=True)
    of = StringField(required=True)
    query = StringField()
    group = StringField(required=True)
    measure = StringField()
    owner = StringField(required=True)
    owner_name = StringField()
    county = StringField()
    shared = BooleanField(default=False)
    on_today = BooleanField(default=False)
    on_overview = BooleanField(default=False)

    @classmethod
    def read(cls, chart_id: Any, actor: Actor, session: ClientSession | None = None) -> dict[str, Any]:
        """Return a stored chart that the actor may see. Raises Missing."""
        raw = cls.collection().find_one({"$and": [{"_id": chart_id}, _seen_by(actor)]}, session=session)
        if raw is None:
            raise Missing()
        return dict(raw)

    @classmethod
    def visible_to(cls, actor: Actor, place: str = "", most: int = 0) -> list[StoredChart]:
        """Return the charts that the actor may see, the own ones first; those of a place (`on_today`) alone."""
        clause: dict[str, Any] = {"$and": [_seen_by(actor), {place: True} if place else {}]}
        rows = [cast("StoredChart", raw) for raw in cls.collection().find(clause).sort("_id", 1).limit(most)]
        return sorted(rows, key=lambda raw: raw["owner"] != actor.id)

    @classmethod
    def count_of(cls, owner: str, session: ClientSession) -> int:
        """Return how many charts somebody has."""
        return cls.collection().count_documents({"owner": owner}, session=session)

    @classmethod
    def remove(cls, chart_id: ObjectId, version: int, session: ClientSession) -> bool:
        """Take a chart away where it has this version; tell whether it did."""
        clause = {"_id": chart_id, "version": version}
        return cls.collection().delete_one(clause, session=session).deleted_count == 1


def _seen_by(actor: Actor) -> dict[str, Any]:
    """Return the clause for the own charts and those shared: a county sees the city's and those of its own."""
    shared: dict[str, Any] = {"shared": True}
    if actor.county is not None:
        shared["county"] = {"$in": ["", actor.county]}
    return {"$or": [{"owner": actor.id}, shared]}
