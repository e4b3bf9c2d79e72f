"""What anyone may read of the bases: only public states of the title, only the keys named here; nothing is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId
from mongoengine.connection import get_db

from documents.applications.application import Application
from documents.desk.audit_entry import HEAD
from documents.records.base import Base
from documents.records.fields import stored_day
from documents.records.office_state import OfficeState, StatusWord, read_office_state
from rules.applications import ApplicationKind, Stage
from rules.choices import Choice
from rules.words import N_
from services.publication.public_search import public_clause

CERTIFIED = "certified"
_MOST_ENDED = 200  # of the second list
_MOST_NUMBER = 40  # characters of a certificate number
# All that leaves the database; whoever adds a key here publishes it. The code of the operator only with a certificate.
_KEYS = (
    "name", "operator", "county", "base_type", "address", "status", "announced_on", "document_number",
    "title_first_day", "title_last_day", "certificate_number", "former_names",
)  # fmt: skip
_CERTIFICATE_KEYS = (*_KEYS, "uscc", "earlier_terms")


class TitleState(Choice):
    """How a title stands on a day. An ended one is cancelled or revoked: the office's dictionary has its word."""

    VALID = "valid", N_("Valid"), "有效"
    NOT_BEGUN = "not-begun", N_("Not yet in force"), "未生效"
    RENEWAL = "renewal", N_("Under renewal review"), "复核中"
    EXPIRED = "expired", N_("Expired"), "已到期"
    ENDED = "ended", N_("No longer valid"), "已失效"


def title_state(
    status: str, first: date | None, last: date | None, *, under_renewal: bool, today: date
) -> TitleState:
    """Return how a public title stands: one under renewal review stays certified meanwhile (Art. 16)."""
    if status != CERTIFIED:
        return TitleState.ENDED
    if under_renewal:
        return TitleState.RENEWAL
    if last is not None and last < today:
        return TitleState.EXPIRED
    if first is not None and today < first:
        return TitleState.NOT_BEGUN
    return TitleState.VALID


@dataclass(frozen=True)
class TitleTerm:
    """One term of a title."""

    first_day: date | None = None
    last_day: date | None = None
    announced_on: date | None = None
    document_number: str = ""
    certificate_number: str = ""


@dataclass(frozen=True)
class PublicBase:
    """One base as anyone may know it. `county` and `base_type` are codes; `uscc` only with a certificate."""

    id: ObjectId
    name: str
    operator: str
    county: str
    county_name: str
    base_type: str
    address: str
    term: TitleTerm
    status: StatusWord
    state: TitleState
    former_names: tuple[str, ...] = ()
    uscc: str = ""
    earlier_terms: tuple[TitleTerm, ...] = ()


@dataclass(frozen=True)
class Stamp:
    """Which state of the office an answer was made from: every write of the office moves it."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Directory:
    """One page of the certified bases; `counts` by county code whatever the county asked for; `ended` apart."""

    rows: tuple[PublicBase, ...]
    counties: tuple[tuple[str, str, str], ...]
    counts: Mapping[str, int]
    total: int
    page: int
    pages: int
    ended: tuple[PublicBase, ...] = ()


@dataclass(frozen=True)
class Certificate:
    """The base that a certificate number leads to; `replaced`: the number is that of an earlier term."""

    number: str
    base: PublicBase
    replaced: bool


def read_stamp() -> Stamp:
    """Return the present state, in one command."""
    head = get_db()["audit_head"].find_one({"_id": HEAD}, {"seq": 1, "hash": 1}) or {}
    return Stamp(int(head.get("seq", 0)), str(head.get("hash", "")))


def read_directory(
    *, today: date, county: str = "", search: str = "", page: int = 1, size: int = 0
) -> Directory:
    """Return one page of the certified bases in the office's order of counties; all of them for a `size` of 0."""
    state = read_office_state()
    certified = {"$and": [_public(state, today), {"status": CERTIFIED}, public_clause(search)]}
    counts = _counts(certified)
    total = counts.get(county, 0) if county else sum(counts.values())
    pages = max(1, -(-total // size)) if size else 1
    page = min(max(page, 1), pages)
    narrowed = {"$and": [certified, {"county": county}]} if county else certified
    ended = {"$and": [_public(state, today), {"status": {"$ne": CERTIFIED}}, public_clause(search)]}
    if county:
        ended["$and"].append({"county": county})
    rows = _rows(narrowed, state, today, skip=(page - 1) * size, limit=size)
    return Directory(
        rows, state.counties, counts, total, page, pages, _rows(ended, state, today, limit=_MOST_ENDED)
    )


def find_certificate(number: str, *, today: date) -> Certificate | None:
    """Return the public base that bears or bore this certificate number; None when none does."""
    wanted = number.strip()
    if not wanted or len(wanted) > _MOST_NUMBER or not wanted.isprintable():
        return None
    state = read_office_state()
    numbers = {"$in": list(dict.fromkeys((wanted, wanted.upper())))}
    for key in ("certificate_number", "earlier_terms.certificate_number"):
        clause = {"$and": [_public(state, today), {key: numbers}]}
        raw = Base.collection().find_one(clause, dict.fromkeys(_CERTIFICATE_KEYS, 1))
        if raw is not None:
            (base,) = _made([raw], state, today)
            return Certificate(wanted, base, replaced=key != "certificate_number")
    return None


# --- How it is read ------------------------------------------------------------------------------


def _public(state: OfficeState, today: date) -> dict[str, Any]:
    """Return the filter of what anyone may know of: a public state of the title, announced by today."""
    codes = [code for code, word in state.statuses.get("bases", {}).items() if word.public]
    return {"status": {"$in": codes}, "announced_on": {"$not": {"$gt": stored_day(today)}}}


def _counts(clause: Mapping[str, Any]) -> dict[str, int]:
    steps: list[dict[str, Any]] = [{"$match": clause}, {"$group": {"_id": "$county", "n": {"$sum": 1}}}]
    return {row["_id"]: row["n"] for row in Base.collection().aggregate(steps)}


def _rows(
    clause: Mapping[str, Any], state: OfficeState, today: date, *, skip: int = 0, limit: int = 0
) -> tuple[PublicBase, ...]:
    order = [code for code, _, _ in state.counties]
    steps: list[dict[str, Any]] = [
        {"$match": clause},
        {"$project": {**dict.fromkeys(_KEYS, 1), "sort_key": 1, "place": {"$indexOfArray": [order, "$county"]}}},
        {"$sort": {"place": 1, "sort_key": 1, "_id": 1}},
        {"$skip": skip},
        *([{"$limit": limit}] if limit else []),
    ]  # fmt: skip
    return _made(list(Base.collection().aggregate(steps, allowDiskUse=True)), state, today)


def _made(raws: list[dict[str, Any]], state: OfficeState, today: date) -> tuple[PublicBase, ...]:
    renewing = _under_renewal(raw["_id"] for raw in raws if raw.get("status") == CERTIFIED)
    return tuple(_base(raw, state, today, raw["_id"] in renewing) for raw in raws)


def _under_renewal(ids: Iterable[ObjectId]) -> frozenset[ObjectId]:
    """Return which of these bases have handed in an application for renewal that is under way."""
    wanted = list(ids)
    if not wanted:
        return frozenset()
    clause = {
        "base": {"$in": wanted},
        "kind": ApplicationKind.RENEWAL.value,
        "open": True,
        "stage": {"$ne": Stage.DRAFT.value},
    }
    return frozenset(row["base"] for row in Application.collection().find(clause, {"base": 1}))


def _base(raw: Mapping[str, Any], state: OfficeState, today: date, under_renewal: bool) -> PublicBase:
    term, status = _term(raw), str(raw["status"])
    return PublicBase(
        id=raw["_id"],
        name=raw.get("name") or "",
        operator=raw.get("operator") or "",
        county=raw.get("county") or "",
        county_name=state.county_names.get(raw.get("county", ""), ""),
        base_type=raw.get("base_type") or "",
        address=raw.get("address") or "",
        term=term,
        status=state.statuses["bases"][status],
        state=title_state(status, term.first_day, term.last_day, under_renewal=under_renewal, today=today),
        former_names=tuple(str(name) for name in raw.get("former_names") or () if name != raw.get("name")),
        uscc=raw.get("uscc") or "",
        earlier_terms=tuple(_term(one) for one in reversed(raw.get("earlier_terms") or ())),
    )


def _term(raw: Mapping[str, Any]) -> TitleTerm:
    return TitleTerm(
        _day(raw.get("title_first_day") or raw.get("first_day")),
        _day(raw.get("title_last_day") or raw.get("last_day")),
        _day(raw.get("announced_on")),
        raw.get("document_number") or "",
        raw.get("certificate_number") or "",
    )


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else None
