"""A published paper: how it reads, what became of each base on its list, what follows it, and its files."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from bson import ObjectId
from flask import Response, current_app, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.publication.listed_bases import listed_rows
from admin_views.publication.objections import objection_rows
from admin_views.publication.shared import (
    board_link,
    may_decide,
    paper_url,
    papers_link,
    publication,
)
from admin_views.publication.view_models import PaperPage
from admin_views.shared.exporting import send_written
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.history import history_entries
from admin_views.shared.request_context import today
from admin_views.shared.slot_files import parse_object_id
from admin_views.shared.view_models import Action, Fact, Link, Text, badge
from office.papers.facts import CertificateFacts
from office.papers.paper_text import PaperText
from office.papers.qr import qr_png
from office.papers.render import render_paper
from office.papers.texts import certificate as certificate_text
from office.tables.lists_of_bases import write_list_of_bases
from rules.access import Permission
from rules.applications import ApplicationKind, Stage
from rules.errors import Missing
from rules.publication import NoticeKind, days_left, held_back
from rules.words import N_
from services.publication.announcement import candidates_of
from services.publication.board import (
    RelatedPapers,
    applications_of,
    begins_later,
    day_of,
    open_objections,
    readable_notice,
    related_papers,
)
from services.publication.notice import listed_bases
from services.publication.paper_templates import template_for
from services.shared.files import clean_name

Raw = Mapping[str, Any]
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_HISTORY = 20
_LISTED = {
    NoticeKind.PUBLIC_NOTICE.value: N_("What became of each base"),
    NoticeKind.ANNOUNCEMENT.value: N_("Bases and certificates"),
}


def _asked() -> dict[str, Any]:
    return readable_notice(parse_object_id(request.args.get("id")), actor=current_actor(), today=today())


@publication.route("/notices/")
@needs(Permission.READ)
def notice() -> ResponseReturnValue:
    """Show one published paper."""
    raw = _asked()
    applications = {one["_id"]: one for one in applications_of(raw)}
    related = related_papers(raw)
    running = raw["kind"] == NoticeKind.PUBLIC_NOTICE.value
    candidates = candidates_of(raw, list(applications.values()), today=today()) if running else {}
    count = open_objections(raw["_id"]) if running else 0
    free = any(not held_back(one) for one in candidates.values())
    due, tone = _due(raw, count, free=free, on_notice=_on_notice(applications))
    page = PaperPage(
        kind=raw["kind"], title=raw["title"], state=paper_state(raw, _on_notice(applications)),
        text=PaperText.from_stored(raw["text"]), facts=_facts(raw, count),
        listed=listed_rows(raw, applications, candidates, related.announcements),
        listed_title=gettext(_LISTED.get(raw["kind"], N_("Bases"))),
        actions=_actions(raw, free=free), downloads=_downloads(raw), related=_related(related), due=due, due_tone=tone,
        corrected=tuple(_link(one) for one in related.corrections),
        objections=objection_rows(raw["_id"]) if running and may_decide() else None, open_objections=count,
        new_objection=_new_objection(raw, applications) if running else "",
        history=history_entries("notices", raw["_id"], most=_HISTORY)
        if current_actor().may(Permission.READ_AUDIT) else (),
        crumbs=(board_link(raw.get("round")), papers_link()),
        certified=raw["kind"] == NoticeKind.ANNOUNCEMENT.value,
    )  # fmt: skip
    return render_template("publication/notice.html", page=page)


def _on_notice(applications: Mapping[ObjectId, Raw]) -> bool:
    return any(one["stage"] == Stage.ON_NOTICE.value for one in applications.values())


def paper_state(raw: Raw, on_notice: bool = False) -> Text:
    """Return where a paper stands: a public notice begins later, runs, or is over."""
    if raw["kind"] != NoticeKind.PUBLIC_NOTICE.value:
        return badge(gettext(N_("Published")), "green")
    if begins_later(raw, today()):
        return badge(gettext(N_("Begins on %(day)s"), day=f"{raw['first_day']:%Y-%m-%d}"), "blue")
    left = days_left(raw["last_day"].date(), today())
    if left == 1:
        return badge(gettext(N_("Ends today")), "amber")
    if left:
        return badge(gettext(N_("%(count)s days left"), count=left), "amber")
    return (
        badge(gettext(N_("Over, to be announced")), "red")
        if on_notice
        else badge(gettext(N_("Over")), "grey")
    )


def _due(raw: Raw, objections: int, *, free: bool, on_notice: bool) -> tuple[str, str]:
    """Return the one sentence that asks for something."""
    if raw["kind"] != NoticeKind.PUBLIC_NOTICE.value:
        return "", ""
    if objections:
        return gettext(
            N_("Objections being handled: %(count)s; the bases objected to are held back."), count=objections
        ), "due"
    over = today() > raw["last_day"].date()
    if over and free and on_notice:
        return gettext(N_("The period is over: what nothing holds back can be announced.")), "near"
    return "", ""


def _facts(raw: Raw, objections: int) -> tuple[Fact, ...]:
    found = []
    if raw.get("number"):
        found.append(Fact(gettext(N_("Document number")), raw["number"]))
    first, last = day_of(raw, "first_day"), day_of(raw, "last_day")
    if last is not None and first is not None:
        period = f"{first.isoformat()} – {last.isoformat()}"
        found.append(Fact(gettext(N_("Period of the notice")), period))
        length = Fact(
            gettext(N_("Length of the notice")), str(raw["working_days"]), gettext(N_("working days"))
        )
        found.append(length)
    else:
        found.append(Fact(gettext(N_("Dated")), f"{raw['dated']:%Y-%m-%d}"))
    if raw.get("term_first"):
        found.append(Fact(gettext(N_("Term")), f"{raw['term_first']:%Y-%m-%d} – {raw['term_last']:%Y-%m-%d}"))
    if raw["entries"]:
        found.append(Fact(gettext(N_("Bases")), str(len(raw["entries"]))))
    if raw["kind"] == NoticeKind.PUBLIC_NOTICE.value:
        tone = "due" if objections else ""
        found.append(Fact(gettext(N_("Open objections")), str(objections), tone=tone))
    found.append(Fact(gettext(N_("Published by")), raw.get("published_by") or "—"))
    return tuple(found)


def _actions(raw: Raw, *, free: bool) -> tuple[Action, ...]:
    found = []
    if not begins_later(raw, today()):
        found.append(Action(gettext(N_("Public page")), f"/notices/{raw['_id']}", icon="lang"))
    if not may_decide():
        return tuple(found)
    if raw["kind"] != NoticeKind.CORRECTION.value:
        found.append(
            Action(
                gettext(N_("Correct")), url_for("publication.draft_correction", id=raw["_id"]), icon="edit"
            )
        )
    over = raw.get("last_day") is not None and today() > raw["last_day"].date()
    if raw["kind"] == NoticeKind.PUBLIC_NOTICE.value and over and free:
        found.append(
            Action(
                gettext(N_("Prepare the announcement")),
                url_for("publication.draft_announcement", id=raw["_id"]),
                "primary",
            )
        )
    return tuple(found)


def _downloads(raw: Raw) -> tuple[Link, ...]:
    found = [Link(gettext(N_("Paper (.docx)")), url_for("publication.paper_file", id=raw["_id"]))]
    if raw["text"].get("table"):
        found.append(Link(gettext(N_("List (.xlsx)")), url_for("publication.list_file", id=raw["_id"])))
    return tuple(found)


def _link(raw: Raw) -> Link:
    number = raw.get("number") or ""
    return Link(f"{number} {raw['title']}".strip(), paper_url(raw["_id"]), f"{raw['dated']:%Y-%m-%d}")


def _related(found: RelatedPapers) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    groups = (
        (gettext(N_("Corrects")), (_link(found.corrects),) if found.corrects else ()),
        (gettext(N_("Follows the public notice")), (_link(found.answers),) if found.answers else ()),
        (gettext(N_("Announced by")), tuple(_link(one) for one in found.announcements)),
        (gettext(N_("Corrected by")), tuple(_link(one) for one in found.corrections)),
    )
    return tuple(group for group in groups if group[1])


def _new_objection(raw: Raw, applications: Mapping[ObjectId, Raw]) -> str:
    may = may_decide() and not begins_later(raw, today()) and _on_notice(applications)
    return url_for("publication.new_objection", id=raw["_id"]) if may else ""


# --- Files -----------------------------------------------------------------------------------------


@publication.route("/notices/paper.docx")
@needs(Permission.READ)
def paper_file() -> ResponseReturnValue:
    """Send a published paper as .docx, in the office's own template where it has one."""
    text = PaperText.from_stored(_asked()["text"])
    return _send(render_paper(text, template_for(text.kind)), f"{text.title}.docx")


@publication.route("/notices/list.xlsx")
@needs(Permission.EXPORT)
def list_file() -> ResponseReturnValue:
    """Send the list of a published paper as a workbook."""
    text = PaperText.from_stored(_asked()["text"])
    if text.table is None:
        raise Missing()
    return send_written(
        lambda path: write_list_of_bases(path, text), clean_name(f"{text.table.caption}.xlsx")
    )


@publication.route("/notices/certificate.docx")
@needs(Permission.READ)
def certificate_file() -> ResponseReturnValue:
    """Send the certificate of one base of an announcement, with the code that leads to its public page."""
    raw = _asked()
    wanted = parse_object_id(request.args.get("application"))
    entry = next((one for one in raw["entries"] if one["application"] == wanted), None)
    if raw["kind"] != NoticeKind.ANNOUNCEMENT.value or entry is None:
        raise Missing()
    (line,) = listed_bases([entry])
    number = entry["certificate_number"]
    url = _outside(f"/bases/{number}")
    text = certificate_text(
        CertificateFacts(
            name=line.name, operator=line.operator, county=line.county, certificate_number=number,
            document_number=raw["number"], announced_on=raw["dated"].date(), term_first=raw["term_first"].date(),
            term_last=raw["term_last"].date(), url=url, renewal=entry["kind"] == ApplicationKind.RENEWAL.value,
        )
    )  # fmt: skip
    return _send(render_paper(text, template_for(text.kind), qr_png(url)), f"{number} {line.name}.docx")


def _outside(path: str) -> str:
    """Return an address as the public reaches it: PUBLIC_URL where the office has set it, else this host's."""
    return str(current_app.config.get("PUBLIC_URL") or request.host_url).rstrip("/") + path


def _send(data: bytes, name: str) -> ResponseReturnValue:
    answer: Response = send_file(
        BytesIO(data), mimetype=_DOCX, as_attachment=True, download_name=clean_name(name)
    )
    return answer
