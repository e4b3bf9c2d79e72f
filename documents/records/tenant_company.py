"""A tenant company: a company housed in a base."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, TypedDict

from bson import ObjectId

from documents.records.declared import declared
from documents.records.fields import stored_day
from documents.records.record import RecordQuerySet
from rules.assessment.counting import MOVED_OUT
from schema.tenant_companies import TENANT_COMPANIES


class StoredCompany(TypedDict, total=False):
    """A tenant company as it is stored: `people` in persons, `revenue` and `assets` in 10,000 yuan a year."""

    _id: ObjectId
    name: str
    uscc: str
    base: ObjectId
    base_name: str
    county: str
    industry: str
    people: int
    revenue: float
    assets: float
    size: str
    size_computed: str
    size_override: str
    size_reason: str
    moved_in: datetime
    moved_out: datetime
    legal_representative: str
    phone: str
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


def there_on(day: date) -> dict[str, Any]:
    """Return the filter of the companies that have not moved out by `day` (`counting.has_moved_out`)."""
    on_no_known_day = {"moved_out": None, "status": {"$ne": MOVED_OUT}}
    return {"$or": [{"moved_out": {"$gt": stored_day(day)}}, on_no_known_day]}


class TenantCompanyQuerySet(RecordQuerySet):
    """Named queries over tenant companies."""

    def in_base(self, base: ObjectId) -> "TenantCompanyQuerySet":
        """Keep the companies housed in one base."""
        return self.where_raw({"base": base})

    def there_on(self, day: date) -> "TenantCompanyQuerySet":
        """Keep the companies that have not moved out by `day`."""
        return self.where_raw(there_on(day))


class TenantCompany(declared(TENANT_COMPANIES)):  # type: ignore[misc]  # built from the declaration
    """A company housed in a base. County and base name are copies, kept right when the base changes."""

    meta: ClassVar[dict[str, Any]] = {"queryset_class": TenantCompanyQuerySet}

    @classmethod
    def names_in(
        cls, bases: Iterable[ObjectId], *, names: Sequence[str] | None = None, session: Any = None
    ) -> Any:
        """Return id, name and base of the tenants of these bases; of those with these names where they are given."""
        clause: dict[str, Any] = {"base": {"$in": list(bases)}}
        if names is not None:
            clause["name"] = {"$in": list(names)}
        return cls.collection().find(clause, {"name": 1, "base": 1}, session=session)
