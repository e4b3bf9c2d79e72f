"""All published papers: by kind, round and words."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from bson import ObjectId
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.publication.shared import PAPERS, board_link, paper_badge, paper_url, publication
from admin_views.publication.view_models import PaperRow, PapersPage
from admin_views.records.recycle_bin import SIZE, simple_pager
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import today
from admin_views.shared.view_models import Empty, Filter, Option
from rules.access import Permission
from rules.publication import NoticeKind, days_left
from rules.words import N_
from services.applications.rounds import rounds
from services.publication.board import day_of, published_papers

_MOST_WORDS = 100


@publication.route("/papers/")
@needs(Permission.READ)
def papers() -> ResponseReturnValue:
    """List the published papers, the latest first."""
    args = request.args
    names = {str(one.id): one.name for one in rounds()}
    kind = args.get("kind", "") if args.get("kind") in {one.value for one in NoticeKind} else ""
    chosen = args.get("round", "") if args.get("round") in names else ""
    words = "".join(sign for sign in args.get("search", "") if sign.isprintable())[:_MOST_WORDS].strip()
    narrowed = {"kind": kind, "round_id": ObjectId(chosen) if chosen else None, "words": words}
    asked: dict[str, Any] = {"actor": current_actor(), "today": today(), **narrowed}
    text = args.get("page", "1")
    page_number = int(text) if text.isdecimal() and len(text) < 8 else 1
    found = published_papers(**asked, skip=max(page_number - 1, 0) * SIZE, limit=SIZE)
    url = url_for("publication.papers")
    pager = simple_pager(found.total, args, url)
    if pager.page != max(page_number, 1):  # past the end: the last page
        found = published_papers(**asked, skip=(pager.page - 1) * SIZE, limit=SIZE)
    narrow = bool(kind or chosen or words)
    page = PapersPage(
        title=gettext(PAPERS), total=found.total, rows=tuple(_row(raw, names) for raw in found.rows),
        pager=pager, url=url,
        arguments=tuple(args.items(multi=True)), search=words, search_hint=gettext(N_("Number, title or base")),
        filters=(_kinds(kind), _rounds(chosen, names)), clear_url=url if narrow else "",
        empty=None if found.rows else _empty(narrow), crumbs=(board_link(),),
    )  # fmt: skip
    return render_template("publication/papers.html", page=page)


def _without(name: str) -> str:
    kept = [(key, value) for key, value in request.args.items(multi=True) if key not in (name, "page")]
    return url_for("publication.papers") + ("?" + urlencode(kept) if kept else "")


def _kinds(chosen: str) -> Filter:
    options = tuple(Option(one.value, gettext(one.label), one.value == chosen) for one in NoticeKind)
    return _filter("kind", gettext(N_("Kind")), options)


def _rounds(chosen: str, names: Mapping[str, str]) -> Filter:
    options = tuple(Option(identity, name, identity == chosen) for identity, name in names.items())
    return _filter("round", gettext(N_("Round")), options)


def _filter(name: str, label: str, options: tuple[Option, ...]) -> Filter:
    chip = next((one.label for one in options if one.selected), "")
    return Filter(
        name, label, options=options, many=False, chip=chip, clear_url=_without(name) if chip else ""
    )


def _row(raw: Mapping[str, Any], names: Mapping[str, str]) -> PaperRow:
    return PaperRow(
        raw["title"], paper_url(raw["_id"]), raw.get("number") or "", paper_badge(raw), f"{raw['dated']:%Y-%m-%d}",
        names.get(str(raw.get("round")), ""), _state(raw),
    )  # fmt: skip


def _state(raw: Mapping[str, Any]) -> str:
    first, last = day_of(raw, "first_day"), day_of(raw, "last_day")
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
