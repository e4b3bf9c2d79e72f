"""What publication reads of the bases: their titles, for an announcement, and what anyone may know of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypedDict, cast

from bson import ObjectId

from documents.applications.application import Application
from documents.publication.notice import Notice
from documents.records.base import Base, StoredOperatorChange
from documents.records.fields import stored_day
from documents.revocation.decision import Decision
from rules.applications import ApplicationKind, Stage
from rules.publication import NoticeKind
from rules.titles import PapersHere
from schema.registry import REGISTRY

CERTIFIED = "certified"
# A title stands by the term that runs, which may be one before the last that was announced.
_TERMS = "earlier_terms"
# What a certificate tells beside: the code of the operator.
_WITH_A_CERTIFICATE = ("uscc", _TERMS, "operator_changes")


def public_keys() -> tuple[str, ...]:
    """Return all that leaves the database for the public: what the declaration of the bases says is public."""
    return tuple(field.key for field in REGISTRY[Base.declaration.name].fields if field.public)


Clause = dict[str, Any]


class StoredTerm(TypedDict, total=False):
    """An earlier term of a title; days are moments: 00:00 in UTC of that day."""

    title_first_day: datetime
    title_last_day: datetime
    first_day: datetime
    last_day: datetime
    announced_on: datetime
    document_number: str
    certificate_number: str
    status: str


class StoredPublicBase(StoredTerm, total=False):
    """What anyone may know of a base; `uscc` only with a certificate."""

    _id: ObjectId
    name: str
    operator: str
    county: str
    base_type: str
    address: str
    former_names: list[str]
    uscc: str
    operator_changes: list[StoredOperatorChange]
    earlier_terms: list[StoredTerm]


# --- Titles --------------------------------------------------------------------------------------


class StoredTitle(TypedDict, total=False):
    """How the title of a base stands."""

    _id: ObjectId
    status: str
    title_last_day: datetime


def titles_of(bases: Iterable[ObjectId], session: Any = None) -> dict[ObjectId, StoredTitle]:
    """Return how the titles of these bases stand, whatever their county, as a transaction sees them."""
    keys = {"status": 1, "title_last_day": 1}
    rows = Base.collection().find({"_id": {"$in": list(bases)}}, keys, session=session)
    return {row["_id"]: cast("StoredTitle", row) for row in rows}


def under_renewal(bases: Iterable[ObjectId]) -> frozenset[ObjectId]:
    """Return which of these bases have handed in an application for renewal that is under way."""
    wanted = list(bases)
    if not wanted:
        return frozenset()
    clause = {
        "base": {"$in": wanted},
        "kind": ApplicationKind.RENEWAL.value,
        "open": True,
        "stage": {"$ne": Stage.DRAFT.value},
    }
    return frozenset(row["base"] for row in Application.collection().find(clause, {"base": 1}))


def papers_here(base: ObjectId, session: Any = None) -> PapersHere:
    """Return how many papers this system holds of a base."""
    announcing = {"entries.base": base, "kind": NoticeKind.ANNOUNCEMENT.value}
    return PapersHere(
        announcements=Notice.collection().count_documents(announcing, session=session, limit=1),
        applications=Application.collection().count_documents({"base": base}, session=session, limit=1),
        cases=Decision.collection().count_documents({"base": base}, session=session, limit=1),
    )


# --- What anyone may know ------------------------------------------------------------------------


def public_on(today: date, public_statuses: Iterable[str]) -> Clause:
    """Return the filter of what anyone may know of on a day: a public state of the title, announced by then."""
    statuses = {"$in": list(public_statuses)}
    return {"status": statuses, "announced_on": {"$not": {"$gt": stored_day(today)}}}


def narrowed(clause: Clause, *, certified: bool, search: Clause, county: str = "") -> Clause:
    """Return a public filter narrowed to the certified bases, or to all others, to a search and to a county."""
    status = {"status": CERTIFIED if certified else {"$ne": CERTIFIED}}
    return {"$and": [clause, status, search, *([{"county": county}] if county else [])]}


def public_counts(clause: Clause) -> dict[str, int]:
    """Return how many bases meet a public filter, by county code."""
    steps: list[Clause] = [{"$match": clause}, {"$group": {"_id": "$county", "n": {"$sum": 1}}}]
    return {row["_id"]: row["n"] for row in Base.collection().aggregate(steps)}


def not_in_term(clause: Clause, today: date) -> list[StoredPublicBase]:
    """Return county and terms of the bases that meet a public filter and whose latest term does not hold today."""
    day = stored_day(today)
    outside = {"$or": [{"title_last_day": {"$lt": day}}, {"title_first_day": {"$gt": day}}]}
    keys = ("county", "status", "announced_on", "title_first_day", "title_last_day", _TERMS)
    rows = Base.collection().find({"$and": [clause, outside]}, dict.fromkeys(keys, 1))
    return cast("list[StoredPublicBase]", list(rows))


def public_rows(
    clause: Clause, counties: Sequence[str], *, skip: int = 0, limit: int = 0
) -> list[StoredPublicBase]:
    """Return the public keys of the bases that meet a public filter, in the order of `counties`, then by name."""
    place = {"$indexOfArray": [list(counties), "$county"]}
    steps: list[Clause] = [
        {"$match": clause},
        {"$project": {**dict.fromkeys(public_keys(), 1), _TERMS: 1, "sort_key": 1, "place": place}},
        {"$sort": {"place": 1, "sort_key": 1, "_id": 1}},
        {"$skip": skip},
        *([{"$limit": limit}] if limit else []),
    ]
    return cast("list[StoredPublicBase]", list(Base.collection().aggregate(steps, allowDiskUse=True)))


def with_certificate(clause: Clause, numbers: Sequence[str], *, earlier: bool) -> StoredPublicBase | None:
    """Return the base that meets a public filter and bears one of these numbers, or bore it in an `earlier` term."""
    key = "earlier_terms.certificate_number" if earlier else "certificate_number"
    bearing: Mapping[str, Any] = {"$and": [clause, {key: {"$in": list(numbers)}}]}
    row = Base.collection().find_one(bearing, dict.fromkeys((*public_keys(), *_WITH_A_CERTIFICATE), 1))
    return cast("StoredPublicBase | None", row)
