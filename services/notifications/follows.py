"""Which records a user follows: they are told when somebody else changes one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from documents.desk.user import SignedIn, User
from documents.kinds import RECORDS
from documents.server.connection import reachable
from rules.access import Act, Permission
from rules.errors import Missing, Refusal, Refused
from rules.requests.notifications import MOST_FOLLOWED
from rules.words import N_
from schema.registry import REGISTRY

TOO_MANY = N_("You follow %(most)d records already. Please stop following some first.")


@dataclass(frozen=True, slots=True)
class Followed:
    """A record that is followed; `label` is "" where it is gone, or out of the user's scope by now."""

    collection: str
    id: ObjectId
    label: str


def follow(signed_in: SignedIn, collection: str, record_id: ObjectId) -> str:
    """Let a user follow a record in their scope, and return its name. Raises Missing, Refused, Unavailable."""
    actor = signed_in.actor
    actor.demand(Permission.READ)
    declaration = REGISTRY.get(collection)
    if declaration is None or collection not in RECORDS or not declaration.allows(actor, Act.SEE):
        raise Missing()
    with reachable():
        raw = RECORDS[collection].read(record_id, actor)
        if str(record_id) not in signed_in.followed and len(signed_in.followed) >= MOST_FOLLOWED:
            raise Refused(Refusal(TOO_MANY, {"most": MOST_FOLLOWED}))
        User.follow(signed_in.user_id, str(record_id), collection)
    return RECORDS[collection].label_of(raw)


def stop_following(signed_in: SignedIn, record_id: ObjectId) -> None:
    """Let a user follow a record no longer; nothing where they did not. Raises Unavailable."""
    with reachable():
        User.stop_following(signed_in.user_id, str(record_id))


def followed_by(signed_in: SignedIn) -> list[Followed]:
    """Return what a user follows, by collection and name: one command a collection. Raises Unavailable."""
    wanted: dict[str, list[ObjectId]] = {}
    for key, collection in signed_in.followed.items():
        wanted.setdefault(collection, []).append(ObjectId(key))
    found = []
    with reachable():
        for collection, ids in wanted.items():
            labels = _labels(collection, ids, signed_in)
            found += [Followed(collection, one, labels.get(one, "")) for one in ids]
    return sorted(found, key=lambda one: (one.collection, one.label))


def _labels(collection: str, ids: list[ObjectId], signed_in: SignedIn) -> Mapping[Any, str]:
    declaration, document = REGISTRY.get(collection), RECORDS.get(collection)
    if declaration is None or document is None or not declaration.allows(signed_in.actor, Act.SEE):
        return {}
    clause = document.objects.visible_to(signed_in.actor).where_raw({"_id": {"$in": ids}}).filters()
    return {raw["_id"]: document.label_of(raw) for raw in document._get_collection().find(clause)}
