"""Public notices, announcements and all else that is published; each paper as it reads, and its list as a workbook."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Response, abort
from flask_babel import gettext

from office.excel.tables_writer import Table
from office.papers.pdf import render_pdf
from public_views import query
from public_views.answer_cache import Answer
from public_views.answers import PDF, answered, answered_workbook, page, workbook
from public_views.layout import make_pager, to
from rules.errors import Refused
from rules.publication import NoticeKind
from rules.words import N_
from services.publication.public_notices import ListedEntry, NoticeHead, PublicPaper, read_notices, read_paper
from services.shared.files import clean_name

_SIZE = 50
_HEADS = (
    ("序号", 7.0), ("基地名称", 40.0), ("运营主体", 36.0), ("所属县（市、区）", 20.0), ("类别", 8.0),
    ("证书编号", 20.0),
)  # fmt: skip


@dataclass(frozen=True)
class NoticeLine:
    """One paper of a list, in words."""

    url: str
    kind: str
    title: str
    number: str
    day: str
    left: str = ""
    until: str = ""


@dataclass(frozen=True)
class FilterLink:
    """One value of a filter."""

    label: str
    url: str
    count: int | None
    active: bool


def notice_list() -> Response:
    """Show what is published: open public notices first."""
    kind, year, number = query.kind(), query.year(), query.page()
    return answered(("notices", kind and kind.value, year, number), lambda: _list_page(kind, year, number))


def notice(paper_id: str) -> Response:
    """Show one paper."""
    return answered(("notice", paper_id), lambda: _paper_page(paper_id))


def notice_workbook(paper_id: str) -> Response:
    """Send the list of one paper as a workbook."""
    return answered_workbook(("notice.xlsx", paper_id), lambda: _paper_workbook(paper_id))


def notice_pdf(paper_id: str) -> Response:
    """Send one paper as PDF."""
    return answered(("notice.pdf", paper_id), lambda: _paper_pdf(paper_id))


def _list_page(kind: NoticeKind | None, year: int | None, number: int) -> Answer:
    notices = read_notices(today=query.today(), kind=kind, year=year, page=number, size=_SIZE)
    year = year if year in notices.years else None
    arguments = {"kind": kind.value if kind else "", "year": year}
    return page(
        "notices",
        "notices",
        open=[_line(head) for head in notices.open],
        past=[_line(head) for head in notices.past],
        kinds=_kinds(notices.kinds, kind, year),
        years=_years(notices.years, kind, year),
        narrowed=bool(kind or year),
        pager=make_pager(
            notices.page,
            notices.pages,
            notices.total,
            len(notices.past),
            _SIZE,
            "public.notices",
            **arguments,
        ),
    )


def _kinds(counted: Iterable[NoticeKind], kind: NoticeKind | None, year: int | None) -> list[FilterLink]:
    present = set(counted)
    links = [FilterLink(gettext(N_("All")), to("public.notices", year=year), None, kind is None)]
    for other in NoticeKind:
        if other is kind or other in present:
            url = to("public.notices", kind=other.value, year=year)
            links.append(FilterLink(gettext(other.label), url, None, other is kind))
    return links


def _years(counted: Iterable[int], kind: NoticeKind | None, year: int | None) -> list[FilterLink]:
    code = kind.value if kind else ""
    links = [FilterLink(gettext(N_("All years")), to("public.notices", kind=code), None, year is None)]
    for other in counted:
        links.append(FilterLink(str(other), to("public.notices", kind=code, year=other), None, other == year))
    return links


def _line(head: NoticeHead) -> NoticeLine:
    return NoticeLine(
        url=to("public.notice", paper_id=head.id),
        kind=gettext(head.kind.label),
        title=head.title,
        number=head.number,
        day=head.first_day.isoformat(),
        left=days_left_in_words(head),
        until=head.last_day.isoformat() if head.last_day else "",
    )


def days_left_in_words(head: NoticeHead) -> str:
    """Return how long a public notice still runs; "" when it does not."""
    if head.days_left == 1:
        return gettext(N_("Ends today"))
    return gettext(N_("%(days)d days left"), days=head.days_left) if head.days_left else ""


def _elsewhere(paper: PublicPaper) -> str:
    """Return where a public notice was published then; "" for one that was published here."""
    if not paper.elsewhere or paper.recorded_on is None:
        return ""
    sentence = N_("Published then on %(where)s; recorded here on %(day)s")
    return gettext(sentence, where=paper.elsewhere, day=paper.recorded_on.isoformat())


def _paper_page(paper_id: str) -> Answer:
    paper = read_paper(paper_id, today=query.today())
    if paper is None:
        return page("no_notice", "notices", status=404, notices=to("public.notices"))
    head = paper.head
    return page(
        "notice",
        "notices",
        paper=paper.text,
        head=head,
        kind=gettext(head.kind.label),
        left=days_left_in_words(head),
        over=head.last_day is not None and not head.days_left,
        elsewhere=_elsewhere(paper),
        entries=paper.entries,
        **_related(paper),
        workbook=to("public.notice_workbook", paper_id=head.id) if _has_list(paper) else "",
        pdf=to("public.notice_pdf", paper_id=head.id) if paper.text else "",
        back=to("public.notices"),
    )


def _has_list(paper: PublicPaper) -> bool:
    """Tell whether a list of bases stands on a paper; one about a single title names its base in the text."""
    return bool(paper.entries) and (paper.text is None or paper.text.table is not None)


def _related(paper: PublicPaper) -> dict[str, Any]:
    related = {
        "corrects": (paper.corrects,) if paper.corrects else (),
        "corrected_by": paper.corrected_by,
        "answers": (paper.answers,) if paper.answers else (),
        "answered_by": paper.answered_by,
        "overturns": (paper.overturns,) if paper.overturns else (),
        "overturned_by": paper.overturned_by,
    }
    return {name: [_line(head) for head in heads] for name, heads in related.items()}


def _paper_workbook(paper_id: str) -> Answer:
    paper = read_paper(paper_id, today=query.today())
    if paper is None or not paper.entries:
        return page("no_notice", "notices", status=404, notices=to("public.notices"))
    head = paper.head
    note = "    ".join(part for part in (head.number, head.dated.isoformat()) if part)
    table = Table(
        "名单",
        head.title,
        _HEADS,
        [_cells(place, entry) for place, entry in enumerate(paper.entries, 1)],
        note,
    )
    return workbook(table, f"名单-{head.first_day:%Y%m%d}.xlsx")


def _paper_pdf(paper_id: str) -> Answer:
    paper = read_paper(paper_id, today=query.today())
    if paper is None or paper.text is None:
        return page("no_notice", "notices", status=404, notices=to("public.notices"))
    try:
        return Answer(render_pdf(paper.text), PDF, download=clean_name(f"{paper.head.title}.pdf"))
    except Refused:
        abort(503)  # this machine has no fonts, or no time: the page is there all the same


def _cells(place: int, entry: ListedEntry) -> tuple[object, ...]:
    how = "复核" if entry.renewal else "认定"
    return (place, entry.name, entry.operator, entry.county_name, how, entry.certificate_number)
