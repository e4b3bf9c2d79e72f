"""All published papers as one list: by kind, round, days and words, with saved views and a workbook."""

from collections.abc import Mapping
from typing import Any, cast

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.publication.labels import PAPERS, board_link, paper_badge, paper_url
from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import FilterSpec, filters_of
from admin_views.shared.record_list import RecordList
from admin_views.shared.request_context import today
from admin_views.shared.view_models import Action, Empty, Text
from documents.publication.notice import StoredNotice
from rules.access import Permission
from rules.publication import days_left
from rules.words import N_
from schema.notices import NOTICES
from services.applications.rounds import rounds
from services.publication.board import day_of, published_papers


def _round_options() -> list[tuple[str, str]]:
    if "round_options" not in g:
        g.round_options = [(str(round_.id), round_.name) for round_ in rounds()]
    return list(g.round_options)


def _derive(row: Mapping[str, Any]) -> dict[str, Any]:
    notice = cast("StoredNotice", row)
    bases = [entry["base_name"] for entry in notice.get("entries") or ()]
    return {
        **row,
        "round_name": dict(_round_options()).get(str(notice.get("round")), ""),
        "state": _state(notice),
        "base_count": len(bases),
        "base_names": "、".join(bases),
    }


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


def _kind(row: Mapping[str, Any]) -> Text:
    return paper_badge(cast("StoredNotice", row))


PAPER_LIST = RecordList(
    NOTICES,
    "publication",
    lambda: published_papers(actor=current_actor(), today=today()),
    row_url=lambda row: paper_url(row["_id"]),
    index="papers",
    title=PAPERS,
    search_hint=N_("Number, title or base"),
    filters=(FilterSpec("round", "choice", N_("Round"), options=_round_options), *filters_of(NOTICES)),
    keys=("kind", "round", "first_day", "last_day", "entries.base_name"),
    derive=_derive,
    special={"kind": _kind},
)


def papers() -> ResponseReturnValue:
    """List the published papers, the latest first."""
    query = PAPER_LIST.query()
    board = board_link()
    actions = [Action(board.label, board.url, icon="notice")]
    if current_actor().may(Permission.EXPORT):
        url = url_for("publication.papers_export") + query.query()
        actions.append(Action(gettext(N_("Export")), url, icon="download"))
    empty = Empty(
        gettext(N_("Nothing is published yet")),
        gettext(N_("Public notices, announcements and corrections stand here once they are published.")),
    )
    return render_template(
        "records/list.html", page=PAPER_LIST.page(query, actions=tuple(actions), empty=empty)
    )


def export() -> ResponseReturnValue:
    """Send the list as filtered, as a workbook."""
    return PAPER_LIST.send(PAPER_LIST.query())
