"""What anyone may read of what is published: a paper is there from its first day on, and not before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.publication.notice import Notice, NoticeQuerySet
from documents.records.fields import stored_day
from documents.records.office_state import read_office_state
from office.papers.paper_text import PaperText
from rules.applications import ApplicationKind
from rules.publication import NoticeKind, days_left

_MOST_OPEN = 200
_MOST_RELATED = 50
# How one paper names another.
_TIES = ("corrects", "answers", "overturns")
_HEAD_KEYS = (
    "kind", "title", "number", "dated", "first_day", "last_day", "corrects", "answers", "overturns",
)  # fmt: skip
_PAPER_KEYS = (*_HEAD_KEYS, "entries", "text")
_NEWEST_FIRST = (("first_day", -1), ("_id", -1))


@dataclass(frozen=True)
class NoticeHead:
    """One paper as a list names it. `days_left` counts today; 0 for what has no period or is over."""

    id: str
    kind: NoticeKind
    title: str
    number: str
    dated: date
    first_day: date
    last_day: date | None = None
    days_left: int = 0


@dataclass(frozen=True)
class NoticeList:
    """Open public notices, one page of all else, and how many there are by kind and by year."""

    open: tuple[NoticeHead, ...]
    past: tuple[NoticeHead, ...]
    total: int
    page: int
    pages: int
    kinds: Mapping[NoticeKind, int]
    years: Mapping[int, int]


@dataclass(frozen=True)
class ListedEntry:
    """One line of a paper's list as it was frozen."""

    name: str
    operator: str
    county_name: str
    renewal: bool
    certificate_number: str = ""


@dataclass(frozen=True)
class PublicPaper:
    """One paper, whole, and the public ones that it belongs with. `text` is None when only its list was kept."""

    head: NoticeHead
    text: PaperText | None
    entries: tuple[ListedEntry, ...]
    corrects: NoticeHead | None = None
    corrected_by: tuple[NoticeHead, ...] = ()
    answers: NoticeHead | None = None
    answered_by: tuple[NoticeHead, ...] = ()
    overturns: NoticeHead | None = None
    overturned_by: tuple[NoticeHead, ...] = ()


def read_notices(
    *, today: date, kind: NoticeKind | None = None, year: int | None = None, page: int = 1, size: int = 50
) -> NoticeList:
    """Return what is published by `today`: open public notices, and one page of the others, the newest first."""
    public = Notice.objects.public_on(today)
    kinds, years = _counters(public)
    chosen = public.of_kind(*((kind.value,) if kind else ()))
    if year in years:
        chosen = chosen.between("first_day", date(year, 1, 1), date(year, 12, 31))
    running = {"kind": NoticeKind.PUBLIC_NOTICE.value, "last_day": {"$gte": stored_day(today)}}
    now = _heads(chosen.where_raw(running).rows(_HEAD_KEYS, _NEWEST_FIRST, limit=_MOST_OPEN), today)
    past = chosen.where_raw({"$nor": [running]})
    total = past.count()
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    rows = _heads(past.rows(_HEAD_KEYS, _NEWEST_FIRST, skip=(page - 1) * size, limit=size), today)
    return NoticeList(now, rows, total, page, pages, kinds, years)


def read_paper(paper_id: str, *, today: date) -> PublicPaper | None:
    """Return one published paper; None when there is none, or not yet."""
    if not ObjectId.is_valid(paper_id):
        return None
    public = Notice.objects.public_on(today)
    found = list(public.where_raw({"_id": ObjectId(paper_id)}).rows(_PAPER_KEYS, _NEWEST_FIRST, limit=1))
    if not found:
        return None
    raw = found[0]
    own = [raw[key] for key in _TIES if raw.get(key)]
    clause = {"$or": [{"_id": {"$in": own}}, *({key: raw["_id"]} for key in _TIES)]}
    related = list(public.where_raw(clause).rows(_HEAD_KEYS, _NEWEST_FIRST, limit=_MOST_RELATED))
    heads = {one["_id"]: _head(one, today) for one in related}
    names = read_office_state().county_names
    return PublicPaper(
        head=_head(raw, today),
        text=_text(raw),
        entries=tuple(_entry(one, names) for one in raw.get("entries") or ()),
        corrects=heads.get(raw.get("corrects")),
        corrected_by=tuple(heads[one["_id"]] for one in related if one.get("corrects") == raw["_id"]),
        answers=heads.get(raw.get("answers")),
        answered_by=tuple(heads[one["_id"]] for one in related if one.get("answers") == raw["_id"]),
        overturns=heads.get(raw.get("overturns")),
        overturned_by=tuple(heads[one["_id"]] for one in related if one.get("overturns") == raw["_id"]),
    )


def papers_of_base(base: ObjectId, *, today: date) -> tuple[NoticeHead, ...]:
    """Return the published papers whose list names a base, the newest first."""
    named = Notice.objects.public_on(today).where_raw({"entries.base": base})
    return _heads(named.rows(_HEAD_KEYS, _NEWEST_FIRST, limit=_MOST_RELATED), today)


def _counters(public: NoticeQuerySet) -> tuple[dict[NoticeKind, int], dict[int, int]]:
    """Count what is public by kind and by year, in one command; years the newest first."""
    grouped = {"_id": {"kind": "$kind", "year": {"$year": "$first_day"}}, "n": {"$sum": 1}}
    found = list(Notice.collection().aggregate([{"$match": public.filters()}, {"$group": grouped}]))
    kinds: dict[NoticeKind, int] = {}
    years: dict[int, int] = {}
    for row in sorted(found, key=lambda row: (-row["_id"]["year"], str(row["_id"]["kind"]))):
        kind, year = _kind(row["_id"]["kind"]), int(row["_id"]["year"])
        kinds[kind] = kinds.get(kind, 0) + row["n"]
        years[year] = years.get(year, 0) + row["n"]
    return {kind: kinds[kind] for kind in NoticeKind if kind in kinds}, years


def _heads(raws: Iterable[Mapping[str, Any]], today: date) -> tuple[NoticeHead, ...]:
    return tuple(_head(raw, today) for raw in raws)


def _head(raw: Mapping[str, Any], today: date) -> NoticeHead:
    kind, last = _kind(raw["kind"]), _day(raw.get("last_day"))
    runs = kind is NoticeKind.PUBLIC_NOTICE and last is not None
    first = raw["first_day"].date()
    return NoticeHead(
        id=str(raw["_id"]),
        kind=kind,
        title=str(raw.get("title") or ""),
        number=str(raw.get("number") or ""),
        dated=_day(raw.get("dated")) or first,
        first_day=first,
        last_day=last if runs else None,
        days_left=days_left(last, today) if runs and last is not None else 0,
    )


def _kind(code: str) -> NoticeKind:
    """Return the kind; a paper of a later version's kind reads as an announcement."""
    return next((kind for kind in NoticeKind if kind.value == code), NoticeKind.ANNOUNCEMENT)


def _text(raw: Mapping[str, Any]) -> PaperText | None:
    """Return the paper's words; None when it was kept without, or in a form that is not read any more."""
    try:
        return PaperText.from_stored(raw["text"]) if raw.get("text") else None
    except (KeyError, TypeError, ValueError, StopIteration):
        return None


def _entry(raw: Mapping[str, Any], county_names: Mapping[str, str]) -> ListedEntry:
    county = str(raw.get("county") or "")
    return ListedEntry(
        name=str(raw.get("base_name") or ""),
        operator=str(raw.get("operator") or ""),
        county_name=county_names.get(county, county),
        renewal=raw.get("kind") == ApplicationKind.RENEWAL.value,
        certificate_number=str(raw.get("certificate_number") or ""),
    )


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else None
