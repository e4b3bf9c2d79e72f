"""The few records of many lists that are suggested while somebody types: of all lists in one command."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bson import CodecOptions
from mongoengine.connection import get_db
from pymongo.errors import ExecutionTimeout

from documents.records.record import RecordQuerySet, records_named
from documents.records.search import words_of

Raw = dict[str, Any]
_NAIVE: CodecOptions[Raw] = CodecOptions(tz_aware=False)


@dataclass(frozen=True)
class Wanted:
    """What is looked for: a few of these records, which hold the words, with these keys."""

    records: RecordQuerySet
    words: str
    keys: tuple[str, ...]
    order: Sequence[tuple[str, int]]
    limit: int


def suggested(wanted: Sequence[Wanted], *, milliseconds: int) -> list[list[Raw]] | None:
    """Return the records found of each that is wanted; None where the server needs longer than it may.

    One command finds them all, and one before it the bases that the words name, for lists that are searched through
    them.
    """
    if not wanted:
        return []
    named = _named(wanted)
    parts: list[dict[str, Any]] = []
    for number, one in enumerate(wanted):
        found = one.records.matching(one.words, named)
        pair = found.suggested_steps(one.keys, one.order, one.records.filters(), limit=one.limit)
        for place, steps in enumerate(pair):
            # One answer a part, whose rows stand in their order wherever the parts meet.
            gathered = {"$group": {"_id": {"$literal": [number, place]}, "rows": {"$push": "$$ROOT"}}}
            parts.append({"coll": found._document._get_collection_name(), "pipeline": [*steps, gathered]})
    first, *others = parts
    pipeline = [*first["pipeline"], *({"$unionWith": other} for other in others)]
    collection = get_db().get_collection(first["coll"], codec_options=_NAIVE)
    try:
        rows = list(collection.aggregate(pipeline, maxTimeMS=milliseconds, batchSize=len(parts) + 1))
    except ExecutionTimeout:
        return None
    by_part = {tuple(row["_id"]): row["rows"] for row in rows}
    return [
        _without_doubles([*by_part.get((number, 0), ()), *by_part.get((number, 1), ())])[: one.limit]
        for number, one in enumerate(wanted)
    ]


def _named(wanted: Sequence[Wanted]) -> dict[str, dict[str, list[Any]]]:
    """Return what each word names, by the collection that others are searched through."""
    through: dict[str, dict[str, None]] = {}
    for one in wanted:
        if collection := one.records.searched_through:
            through.setdefault(collection, {}).update(dict.fromkeys(words_of(one.words)))
    return {
        collection: records_named(get_db()[collection], list(words)) if words else {}
        for collection, words in through.items()
    }


def _without_doubles(rows: Iterable[Raw]) -> list[Raw]:
    seen: dict[Any, Raw] = {}
    for row in rows:
        seen.setdefault(row["_id"], row)
    return list(seen.values())
