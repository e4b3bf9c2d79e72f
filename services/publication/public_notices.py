"""What anyone may read of what is published: a paper is there from its first day on, and not before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.publication.notice import Notice, NoticeEntry, NoticeQuerySet
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
_PAPER_KEYS = (*_HEAD_KEYS, "entries", "text", "elsewhere")
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
    """One paper, whole, and the public ones that it belongs with. `text` is None when only its list was kept.

    `elsewhere` is where a public notice was published then, and `recorded_on` when that was recorded here.
    """

    head: NoticeHead
    text: PaperText | None
    entries: tuple[ListedEntry, ...]
    corrects: NoticeHead | None = None
    corrected_by: tuple[NoticeHead, ...] = ()
    answers: NoticeHead | None = None
    answered_by: tuple[NoticeHead, ...] = ()
    overturns: NoticeHead | None = None
    overturned_by: tuple[NoticeHead, ...] = ()
    elsewhere: str = ""
    recorded_on: date | None = None


def read_notices(
    *, today: date, kind: NoticeKind | None = None, year: int | None = None, page: int = 1, size: int = 50
) -> NoticeList:
    """Return what is published by `today`: open public notices, and one page of the others, the newest first."""
    public = Notice.objects.public_on(today)
    kinds, years = _counters(public)
    chosen = public.of_kind(*((kind.value,) if kind else ()))
    if year in years:
        chosen = chosen.between("first_day", date(year, 1, 1), date(year, 12, 31))
    running = _heads(chosen.running(today).rows(_HEAD_KEYS, _NEWEST_FIRST, limit=_MOST_OPEN), today)
    past = chosen.not_running(today)
    total = past.count()
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    rows = _heads(past.rows(_HEAD_KEYS, _NEWEST_FIRST, skip=(page - 1) * size, limit=size), today)
    return NoticeList(running, rows, total, page, pages, kinds, years)


def read_paper(paper_id: str, *, today: date) -> PublicPaper | None:
    """Return one published paper; None when there is none, or not yet."""
    if not ObjectId.is_valid(paper_id):
        return None
    public = Notice.objects.public_on(today)
    raw = next(public.with_id(ObjectId(paper_id)).rows(_PAPER_KEYS, _NEWEST_FIRST, limit=1), None)
    if raw is None:
        return None
    named = [raw[key] for key in _TIES if raw.get(key)]
    ties = public.related_to(raw["_id"], named, _TIES)
    related = list(ties.rows(_HEAD_KEYS, _NEWEST_FIRST, limit=_MOST_RELATED))
    heads = {paper["_id"]: _head(paper, today) for paper in related}

    def naming_it(key: str) -> tuple[NoticeHead, ...]:
        return tuple(heads[paper["_id"]] for paper in related if paper.get(key) == raw["_id"])

    names = read_office_state().county_names
    elsewhere = raw.get("elsewhere") or {}
    return PublicPaper(
        head=_head(raw, today),
        text=_text(raw),
        entries=tuple(_entry(entry, names) for entry in raw.get("entries") or ()),
        corrects=heads.get(raw.get("corrects")),
        corrected_by=naming_it("corrects"),
        answers=heads.get(raw.get("answers")),
        answered_by=naming_it("answers"),
        overturns=heads.get(raw.get("overturns")),
        overturned_by=naming_it("overturns"),
        elsewhere=elsewhere.get("where", ""),
        recorded_on=_day(elsewhere.get("recorded_on")),
    )


def papers_of_base(base: ObjectId, *, today: date) -> tuple[NoticeHead, ...]:
    """Return the published papers whose list names a base, the newest first."""
    named = Notice.objects.public_on(today).naming(base)
    return _heads(named.rows(_HEAD_KEYS, _NEWEST_FIRST, limit=_MOST_RELATED), today)


def _counters(public: NoticeQuerySet) -> tuple[dict[NoticeKind, int], dict[int, int]]:
    """Count what is public by kind and by year, in one command; years the newest first."""
    kinds: dict[NoticeKind, int] = {}
    years: dict[int, int] = {}
    for code, year, count in sorted(public.counts_by_kind_and_year(), key=lambda row: (-row[1], row[0])):
        kind = _kind(code)
        kinds[kind] = kinds.get(kind, 0) + count
        years[year] = years.get(year, 0) + count
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


def _entry(entry: NoticeEntry, county_names: Mapping[str, str]) -> ListedEntry:
    county = entry.get("county") or ""
    return ListedEntry(
        name=entry.get("base_name") or "",
        operator=entry.get("operator") or "",
        county_name=county_names.get(county, county),
        renewal=entry.get("kind") == ApplicationKind.RENEWAL.value,
        certificate_number=entry.get("certificate_number") or "",
    )


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else None
