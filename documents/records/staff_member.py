"""A member of staff: someone who runs a base or serves its tenants."""

from datetime import datetime
from typing import Any, ClassVar, TypedDict

from bson import ObjectId

from documents.records.declared import declared
from documents.records.record import RecordQuerySet
from schema.staff_members import STAFF_MEMBERS


class StoredMember(TypedDict, total=False):
    """A member of staff as stored: days as 00:00 UTC; `left_on` is the first day without the person."""

    _id: ObjectId
    name: str
    phone: str
    base: ObjectId
    base_name: str
    county: str
    duty: str
    position: str
    employment: str
    qualification: str
    started_on: datetime
    left_on: datetime
    status: str
    notes: str
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    search_text: str
    search_tokens: list[str]
    sort_key: str


class StaffMemberQuerySet(RecordQuerySet):
    """Named queries over the staff of bases."""

    def in_base(self, base: ObjectId) -> "StaffMemberQuerySet":
        """Keep the staff of one base."""
        return self.where_raw({"base": base})


class StaffMember(declared(STAFF_MEMBERS)):  # type: ignore[misc]  # built from the declaration
    """One of a base's staff. County and base name are copies, kept right when the base changes."""

    meta: ClassVar[dict[str, Any]] = {"queryset_class": StaffMemberQuerySet}
