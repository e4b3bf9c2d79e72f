"""All published papers: by kind, round and words."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from bson import ObjectId
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.publication.labels import PAPERS, board_link, paper_badge, paper_url
from admin_views.publication.view_models import PaperRow, PapersPage
from admin_views.shared.guard import current_actor
from admin_views.shared.list_page import SIZE, simple_pager
from admin_views.shared.request_context import today
from admin_views.shared.view_models import Empty, Filter, Option
from documents.publication.notice import StoredNotice
from rules.publication import NoticeKind, days_left
from rules.words import N_
from services.applications.rounds import rounds
from services.publication.board import day_of, published_papers

_MOST_WORDS = 100


def papers() -> ResponseReturnValue:
    """List the published papers, the latest first."""
    args = request.args
    names = {str(round_.id): round_.name for round_ in rounds()}
    kind = args.get("kind", "") if args.get("kind") in {kind.value for kind in NoticeKind} else ""
    chosen = args.get("round", "") if args.get("round") in names else ""
    words = "".join(sign for sign in args.get("search", "") if sign.isprintable())[:_MOST_WORDS].strip()
    query: dict[str, Any] = {
        "actor": current_actor(), "today": today(), "kind": kind, "round_id": ObjectId(chosen) if chosen else None,
        "words": words,
    }  # fmt: skip
    text = args.get("page", "1")
    page_number = int(text) if text.isdecimal() and len(text) < 8 else 1
    papers_ = published_papers(**query, skip=max(page_number - 1, 0) * SIZE, limit=SIZE)
    url = url_for("publication.papers")
    pager = simple_pager(papers_.total, args, url)
    if pager.page != max(page_number, 1):  # past the end: the last page
        papers_ = published_papers(**query, skip=(pager.page - 1) * SIZE, limit=SIZE)
    narrow = bool(kind or chosen or words)
    page = PapersPage(
        title=gettext(PAPERS), total=papers_.total, rows=tuple(_row(notice, names) for notice in papers_.rows),
        pager=pager, url=url,
        arguments=tuple(args.items(multi=True)), search=words, search_hint=gettext(N_("Number, title or base")),
        filters=(_kinds(kind), _rounds(chosen, names)), clear_url=url if narrow else "",
        empty=None if papers_.rows else _empty(narrow), crumbs=(board_link(),),
    )  # fmt: skip
    return render_template("publication/papers.html", page=page)


def _without(name: str) -> str:
    others = [(key, value) for key, value in request.args.items(multi=True) if key not in (name, "page")]
    return url_for("publication.papers") + ("?" + urlencode(others) if others else "")


def _kinds(chosen: str) -> Filter:
    options = tuple(Option(kind.value, gettext(kind.label), kind.value == chosen) for kind in NoticeKind)
    return _filter("kind", gettext(N_("Kind")), options)


def _rounds(chosen: str, names: Mapping[str, str]) -> Filter:
    options = tuple(Option(round_id, name, round_id == chosen) for round_id, name in names.items())
    return _filter("round", gettext(N_("Round")), options)


def _filter(name: str, label: str, options: tuple[Option, ...]) -> Filter:
    chip = next((option.label for option in options if option.selected), "")
    return Filter(
        name, label, options=options, many=False, chip=chip, clear_url=_without(name) if chip else ""
    )


def _row(notice: StoredNotice, names: Mapping[str, str]) -> PaperRow:
    return PaperRow(
        notice["title"], paper_url(notice["_id"]), notice.get("number") or "", paper_badge(notice),
        f"{notice['dated']:%Y-%m-%d}", names.get(str(notice.get("round")), ""), _state(notice),
    )  # fmt: skip


def _state(notice: StoredNotice) -> str:
    first, last = day_of(notice, "first_day"), day_of(notice, "last_day")
    if last is None or first is None:
        return ""
    if first > today():
        return str(gettext(N_("Begins on %(day)s"), day=first.isoformat()))
    left = days_left(last, today())
    if not left:
        return str(gettext(N_("Over")))
    return str(gettext(N_("Ends today")) if left == 1 else gettext(N_("%(count)s days left"), count=left))


def _empty(narrow: bool) -> Empty:
    if narrow:
        return Empty(
            gettext(N_("No paper fits")), gettext(N_("Take filters away, or search for other words."))
        )
    return Empty(
        gettext(N_("Nothing is published yet")),
        gettext(N_("Public notices, announcements and corrections stand here once they are published.")),
    )
