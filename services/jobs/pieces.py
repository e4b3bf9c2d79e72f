"""The records of a long job, some at a time in their order: each piece is one transaction."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bson import ObjectId

from documents.records.record import RecordQuerySet
from documents.server.connection import patient, reachable

CHUNK = 100  # records of one transaction
_AT_ONCE = 5_000  # ids that are read at once


def pieces_of(
    records: RecordQuerySet, checkpoint: Callable[[], Mapping[str, Any]]
) -> Iterator[list[ObjectId]]:
    """Yield the ids of the records that are left to do, behind the `last` of the checkpoint as it then stands.

    Raises Unavailable.
    """
    while True:
        at = checkpoint()
        rest = records.where_raw({"_id": {"$gt": at["last"]}}) if "last" in at else records
        with patient(), reachable():
            ids = [row["_id"] for row in rest.rows(("_id",), (("_id", 1),), limit=_AT_ONCE)]
        if not ids:
            return
        for begin in range(0, len(ids), CHUNK):
            yield ids[begin : begin + CHUNK]
