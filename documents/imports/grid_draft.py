"""The draft of a grid: what a clerk has typed or pasted for one collection and not written yet."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypedDict, cast

from mongoengine import Document
from mongoengine.fields import DateTimeField, IntField, ListField, StringField
from pymongo.errors import DuplicateKeyError

from rules.errors import Stale

_KEPT_FOR = 90 * 24 * 3600  # seconds since it was last changed


class StoredDraft(TypedDict, total=False):
    """A stored draft. `seen` is what each row was held against when it was checked (`row`, `record`, `version`)."""

    _id: str
    version: int
    rows: list[list[str]]  # cells by column, in the order of `columns`
    columns: list[str]  # the keys of the fields
    saved_at: datetime
    checked: str  # the digest of the rows that were checked last
    seen: list[Mapping[str, Any]]


class GridDraft(Document):
    """One draft of one user and collection; `_id` names both."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "grid_drafts",
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["saved_at"], "expireAfterSeconds": _KEPT_FOR, "name": "expiry"}],
    }

    id = StringField(primary_key=True)
    version = IntField()
    rows = ListField(ListField(StringField()))
    columns = ListField(StringField())
    saved_at = DateTimeField(required=True)
    checked = StringField()
    seen = ListField()

    @classmethod
    def of(cls, user_id: str, collection: str) -> StoredDraft | None:
        """Return a user's draft for a collection; None when there is none."""
        return cast("StoredDraft | None", cls._get_collection().find_one({"_id": f"{user_id} {collection}"}))

    @classmethod
    def keep(
        cls, user_id: str, collection: str, columns: Sequence[str], rows: Sequence[Sequence[str]], version: int,
        now: datetime,
    ) -> int:  # fmt: skip
        """Keep a draft that was read at `version` (0: there was none), and return its version since.

        Raises Stale when another window of the same user has saved since.
        """
        draft_id = f"{user_id} {collection}"
        values = {"rows": [list(row) for row in rows], "columns": list(columns), "saved_at": now}
        drafts = cls._get_collection()
        if version == 0:
            try:
                drafts.insert_one({"_id": draft_id, "version": 1, **values})
            except DuplicateKeyError as error:
                raise Stale from error
            return 1
        steps = {"$set": {**values, "version": version + 1}, "$unset": {"checked": 1, "seen": 1}}
        if not drafts.update_one({"_id": draft_id, "version": version}, steps).matched_count:
            raise Stale
        return version + 1

    @classmethod
    def note_check(
        cls, user_id: str, collection: str, version: int, checked: str, seen: Sequence[Mapping[str, Any]]
    ) -> None:
        """Note with a draft of this version that its rows were checked, and what each was held against."""
        clause = {"_id": f"{user_id} {collection}", "version": version}
        cls._get_collection().update_one(clause, {"$set": {"checked": checked, "seen": list(seen)}})
