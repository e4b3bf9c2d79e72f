"""What an earlier program did not keep of records of several counties: each county's search words, each file's county.

Where nothing is derived yet, nothing is told: a partner without a county's words is found by nobody of that county,
and a file without a county is the city bureau's alone. Both run in small steps and may be cut short and repeated.
"""

from itertools import islice
from typing import Any

from pymongo import UpdateOne

from documents.desk.user import User
from documents.kinds import RECORDS
from documents.records.attachment import Attachment
from documents.server.connection import reachable
from schema.registry import REGISTRY

_BATCH = 500


def derive_county_words() -> int:
    """Give the records of several counties the search words of each county's part; return how many. Raises Unavailable.

    One that is saved meanwhile gets its words by that save, and is left alone.
    """
    changed = 0
    with reachable():
        for name in [one.name for one in REGISTRY.listed if one.in_several_counties]:
            document = RECORDS[name]
            rows = document.collection().find({"county_tokens": {"$exists": False}}, batch_size=_BATCH)
            while some := list(islice(rows, _BATCH)):
                steps = [_with_words(document, raw) for raw in some]
                changed += document.collection().bulk_write(steps, ordered=False).modified_count
    return changed


def derive_owning_counties() -> int:
    """Give the files of records of several counties the county of who attached them; return how many.

    One that somebody of the city bureau attached, or somebody who is unknown by now, or whose county the record had
    nothing to do with then, is the city bureau's. Raises Unavailable.
    """
    changed = 0
    with reachable():
        shared = [one.name for one in REGISTRY.listed if one.in_several_counties]
        rows = Attachment.collection().find(
            {"collection": {"$in": shared}, "owning_county": {"$exists": False}}, batch_size=_BATCH
        )
        while some := list(islice(rows, _BATCH)):
            steps = [UpdateOne({"_id": entry["_id"]}, {"$set": _owner_of(entry)}) for entry in some]
            changed += Attachment.collection().bulk_write(steps, ordered=False).modified_count
    return changed


def _owner_of(entry: dict[str, Any]) -> dict[str, Any]:
    county = User.county_of(entry.get("uploaded_by"))
    if county not in entry.get("counties", ()):
        county = None
    return {"owning_county": county, "counties": [county] if county else []}


def _with_words(document: Any, raw: dict[str, Any]) -> UpdateOne:
    unchanged = {"_id": raw["_id"], "version": raw["version"]}
    return UpdateOne(unchanged, {"$set": document.search_fields(raw)})
