"""The last number given in a series: a ledger entry's number is never given twice, whatever was deleted since."""

from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import IntField, StringField


class RecordNumbers(Document):
    """One series, of a collection and a year (`ledger_entries:2026`), and the last number given in it."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "record_numbers", "auto_create_index": False, "strict": False,
    }  # fmt: skip

    series = StringField(primary_key=True)
    last = IntField(required=True)

    @classmethod
    def last_of(cls, series: str, session: Any) -> int:
        """Return the last number of a series as the transaction sees it; 0 before the first."""
        found = cls._get_collection().find_one({"_id": series}, session=session)
        return int(found["last"]) if found else 0

    @classmethod
    def move(cls, series: str, last: int, session: Any) -> None:
        """Note the last number of a series; two transactions that both do so conflict."""
        cls._get_collection().update_one(
            {"_id": series}, {"$set": {"last": last}}, upsert=True, session=session
        )
