"""How many entries have which fee and answer a month, and how many companies moved a year by industry.

Counted from the records, one aggregation a collection: the independent count of what
`documents.assessment.kept_figures` keeps.
"""

from collections.abc import Iterator
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from documents.records.ledger_entry import LedgerEntry
from documents.records.record import RecordQuerySet
from documents.records.tenant_company import TenantCompany
from rules.assessment.counting import COUNTED_STATUSES

# Of a base, in a year, in a month of it (of companies none), so many with a word; None where nothing is said.
Counted = tuple[ObjectId, int, int, str | None, int]


def words_by_month(entries: RecordQuerySet, key: str, session: ClientSession) -> Iterator[Counted]:
    """Yield how many counted entries of each base and month have each word of a field."""
    counted = entries.where_raw({"served_on": {"$ne": None}, "status": {"$in": list(COUNTED_STATUSES)}})
    group = {
        "base": "$base",
        "year": {"$year": "$served_on"},
        "month": {"$month": "$served_on"},
        "word": f"${key}",
    }
    steps = [{"$match": counted.filters()}, {"$group": {"_id": group, "n": {"$sum": 1}}}]
    for row in LedgerEntry.collection().aggregate(steps, session=session):
        found = row["_id"]
        yield found["base"], found["year"], found["month"], found.get("word"), row["n"]


def moves_by_year(companies: RecordQuerySet, key: str, session: ClientSession) -> Iterator[Counted]:
    """Yield how many companies of each base and industry moved in a year; `key` is the day of the move."""
    moved = companies.where_raw({key: {"$ne": None}})
    group = {"base": "$base", "year": {"$year": f"${key}"}, "word": "$industry"}
    steps: list[dict[str, Any]] = [{"$match": moved.filters()}, {"$group": {"_id": group, "n": {"$sum": 1}}}]
    for row in TenantCompany.collection().aggregate(steps, session=session):
        found = row["_id"]
        yield found["base"], found["year"], 0, found.get("word"), row["n"]
