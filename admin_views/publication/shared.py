"""What the pages of the publication desk share: the blueprint, who may decide, the way here, reading what is sent."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId
from flask import Blueprint, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from admin_views.shared.guard import current_actor
from admin_views.shared.slot_files import parse_object_id
from admin_views.shared.view_models import Link, Text, badge
from office.papers.paper_text import PaperText
from rules.access import Permission
from rules.applications import ApplicationKind
from rules.publication import NoticeKind
from rules.words import N_
from services.applications.rounds import KeptRound, read_round

publication = Blueprint("publication", __name__, url_prefix="/admin/publication")
TITLE = N_("Publication")
PAPERS = N_("Published papers")
NOT_CARRIED = ("csrf_token", "seen", "back")
_KIND_COLOURS = {
    NoticeKind.PUBLIC_NOTICE: "amber", NoticeKind.ANNOUNCEMENT: "green", NoticeKind.CORRECTION: "violet",
    NoticeKind.REVERSAL: "blue",
}  # fmt: skip


def may_decide() -> bool:
    """Tell whether the clerk may decide, publish and handle objections."""
    return current_actor().may(Permission.DECIDE_APPLICATIONS)


def asked_round() -> KeptRound:
    """Return the round that the address names. Raises Missing."""
    return read_round(parse_object_id(request.args.get("round")))


def application_url(application: Any) -> str:
    """Return the address of an application's page."""
    return url_for("applications.details_view", id=application)


def paper_url(paper: Any) -> str:
    """Return the address of a published paper's page."""
    return url_for("publication.notice", id=paper)


def board_link(round_id: Any = None) -> Link:
    """Return the way back to the board, of a round where one is known."""
    # The rail names the desk; the round is one step further.
    label = N_("Board") if round_id else TITLE
    return Link(gettext(label), url_for("publication.index", round=round_id))


def papers_link() -> Link:
    """Return the way to all published papers."""
    return Link(gettext(PAPERS), url_for("publication.papers"))


def kind_badge(kind: str) -> Text:
    """Return what is applied for, as a badge."""
    renewal = kind == ApplicationKind.RENEWAL.value
    term = ApplicationKind.RENEWAL if renewal else ApplicationKind.CERTIFICATION
    return badge(gettext(term.label), "teal" if renewal else "blue")


def notice_kind(raw: Mapping[str, Any]) -> NoticeKind:
    """Return what a published paper is."""
    return next(one for one in NoticeKind if one.value == raw["kind"])


def paper_badge(raw: Mapping[str, Any]) -> Text:
    """Return what a published paper is, as a badge."""
    kind = notice_kind(raw)
    return badge(gettext(kind.label), _KIND_COLOURS.get(kind, "red"))


def ticked(form: MultiDict[str, str]) -> list[ObjectId]:
    """Return the applications ticked in a form. Raises Missing for what is no id."""
    return [parse_object_id(text) for text in dict.fromkeys(form.getlist("applications"))]


def versions_sent(form: MultiDict[str, str], chosen: Iterable[ObjectId]) -> dict[ObjectId, int]:
    """Return the version at which the clerk saw each chosen application; 0, which is none, where it was not sent."""
    return {one: form.get(f"version-{one}", type=int) or 0 for one in chosen}


def carried(form: MultiDict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return everything that a form sent, to be sent again."""
    return tuple((name, value) for name, value in form.items(multi=True) if name not in NOT_CARRIED)


def digest_of(text: PaperText) -> str:
    """Return a fingerprint of a paper: what was previewed is what is published."""
    plain = json.dumps(text.stored(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def listed(names: Iterable[str]) -> str:
    """Return names in a sentence."""
    return "、".join(names)
