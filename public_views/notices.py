"""Public notices, announcements and all else that is published; each paper as it reads, and its list as a workbook."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Response
from flask_babel import gettext

from office.excel.tables_writer import Table, write_tables
from public_views import asked
from public_views.answers import answered, page, workbook
from public_views.kept import Answer
from public_views.site import make_steps, to
from rules.publication import NoticeKind
from rules.words import N_
from services.publication.public_notices import ListedEntry, NoticeHead, PublicPaper, read_notices, read_paper

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
class Choice:
    """One value of a filter."""

    label: str
    url: str
    count: int | None
    active: bool


def notice_list() -> Response:
    """Show what is published: open public notices first."""
    kind, year, number = asked.kind(), asked.year(), asked.page()
    return answered(("notices", kind and kind.value, year, number), lambda: _list_page(kind, year, number))


def notice(paper_id: str) -> Response:
    """Show one paper."""
    return answered(("notice", paper_id), lambda: _paper_page(paper_id))


def notice_workbook(paper_id: str) -> Response:
    """Send the list of one paper as a workbook."""
    return answered(("notice.xlsx", paper_id), lambda: _paper_workbook(paper_id))


def _list_page(kind: NoticeKind | None, year: int | None, number: int) -> Answer:
    found = read_notices(today=asked.today(), kind=kind, year=year, page=number, size=_SIZE)
    year = year if year in found.years else None
    asked_for = {"kind": kind.value if kind else "", "year": year}
    return page(
        "notices",
        "notices",
        open=[_line(one) for one in found.open],
        past=[_line(one) for one in found.past],
        kinds=_kinds(found.kinds, kind, year),
        years=_years(found.years, kind, year),
        narrowed=bool(kind or year),
        steps=make_steps(
            found.page, found.pages, found.total, len(found.past), _SIZE, "public.notices", **asked_for
        ),
    )


def _kinds(counted: Iterable[NoticeKind], kind: NoticeKind | None, year: int | None) -> list[Choice]:
    present = set(counted)
    found = [Choice(gettext(N_("All")), to("public.notices", year=year), None, kind is None)]
    for one in NoticeKind:
        if one is kind or one in present:
            url = to("public.notices", kind=one.value, year=year)
            found.append(Choice(gettext(one.label), url, None, one is kind))
    return found


def _years(counted: Iterable[int], kind: NoticeKind | None, year: int | None) -> list[Choice]:
    code = kind.value if kind else ""
    found = [Choice(gettext(N_("All years")), to("public.notices", kind=code), None, year is None)]
    for one in counted:
        found.append(Choice(str(one), to("public.notices", kind=code, year=one), None, one == year))
    return found


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


def _paper_page(paper_id: str) -> Answer:
    found = read_paper(paper_id, today=asked.today())
    if found is None:
        return page("no_notice", "notices", status=404, notices=to("public.notices"))
    head = found.head
    return page(
        "notice",
        "notices",
        paper=found.text,
        head=head,
        kind=gettext(head.kind.label),
        left=days_left_in_words(head),
        over=head.last_day is not None and not head.days_left,
        entries=found.entries,
        **_related(found),
        workbook=to("public.notice_workbook", paper_id=head.id) if _has_list(found) else "",
        back=to("public.notices"),
    )


def _has_list(found: PublicPaper) -> bool:
    """Tell whether a list of bases stands on a paper; one about a single title names its base in the text."""
    return bool(found.entries) and (found.text is None or found.text.table is not None)


def _related(found: PublicPaper) -> dict[str, Any]:
    related = {
        "corrects": (found.corrects,) if found.corrects else (),
        "corrected_by": found.corrected_by,
        "answers": (found.answers,) if found.answers else (),
        "answered_by": found.answered_by,
        "overturns": (found.overturns,) if found.overturns else (),
        "overturned_by": found.overturned_by,
    }
    return {name: [_line(one) for one in heads] for name, heads in related.items()}


def _paper_workbook(paper_id: str) -> Answer:
    found = read_paper(paper_id, today=asked.today())
    if found is None or not found.entries:
        return page("no_notice", "notices", status=404, notices=to("public.notices"))
    head = found.head
    note = "    ".join(part for part in (head.number, head.dated.isoformat()) if part)
    table = Table(
        "名单", head.title, _HEADS, [_cells(place, one) for place, one in enumerate(found.entries, 1)], note
    )
    return workbook(lambda path: write_tables(path, [table]), f"名单-{head.first_day:%Y%m%d}.xlsx")


def _cells(place: int, one: ListedEntry) -> tuple[object, ...]:
    how = "复核" if one.renewal else "认定"
    return (place, one.name, one.operator, one.county_name, how, one.certificate_number)
