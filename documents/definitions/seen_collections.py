"""Which collections of the office's own an actor may know of, for lists that hold rows about records of any."""

import re
from typing import Any

from documents.definitions.own_field import changes_in_force
from rules.access import Act, Actor, Role
from schema.definitions.own_collections import PREFIX, SLUG_PREFIX
from schema.registry import REGISTRY


def of_seen_collections(actor: Actor, key: str = "collection") -> dict[str, Any]:
    """Return the filter that leaves out rows about own collections that are not this actor's to see.

    Those that are hidden or deleted are an administrator's. `key` says where the stored name stands.
    """
    return _known(
        actor, key, PREFIX, [one.name for one in REGISTRY if one.is_own and one.allows(actor, Act.SEE)]
    )


def of_seen_kinds(actor: Actor, key: str = "kind") -> dict[str, Any]:
    """Return the same for rows that name a collection by its word in addresses."""
    return _known(
        actor, key, SLUG_PREFIX, [one.slug for one in REGISTRY if one.is_own and one.allows(actor, Act.SEE)]
    )


def _known(actor: Actor, key: str, prefix: str, seen: list[str]) -> dict[str, Any]:
    if actor.role is Role.ADMIN or not changes_in_force()[1]:
        return {}
    return {"$or": [{key: {"$not": re.compile(f"^{prefix}")}}, {key: {"$in": seen}}]}
