"""How a sharded cluster divides what is stored: by which key each large collection, and which are small enough for one.

What a unique index refuses must stand on one shard, so each unique index begins with the collection's shard key. A
versioned write names the key as well: a write that does not is sent to every shard. An `_id` that rises with time would
send all new documents to one shard, so a key that is `_id` alone is hashed. No cluster has been tried:
`docs/decisions/0032-deployment.md` says what is known by reading only.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

ShardKey = tuple[str, ...]

# The contents of files are no documents of ours: GridFS has its own two collections.
GRIDFS_KEYS: Mapping[str, ShardKey] = MappingProxyType(
    {"files.files": ("_id",), "files.chunks": ("files_id",)}
)


def shard_key(document: type) -> ShardKey:
    """Return the stored keys by which a document's collection is divided; none where one shard holds it all."""
    key: ShardKey = getattr(document, "shard_key", ())
    return key


def unchanged(document: type, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filter that finds a stored document while it has the version it was read at, on one shard."""
    return {key: before.get(key) for key in ("_id", *shard_key(document), "version")}


def shard_command(collection: str, key: ShardKey) -> dict[str, Any]:
    """Return the command that divides a collection of a database named `bases_office` by its key."""
    pattern = {"_id": "hashed"} if key == ("_id",) else dict.fromkeys(key, 1)
    return {"shardCollection": f"bases_office.{collection}", "key": pattern}
