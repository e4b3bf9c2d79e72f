"""A published paper: how it reads, what became of each base on its list, what follows it, and its files."""

from collections.abc import Mapping, Sequence

from bson import ObjectId
from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.publication.labels import (
    application_url,
    board_link,
    kind_badge,
    may_decide,
    paper_url,
    papers_link,
    shown_terms,
)
from admin_views.publication.objections import objection_rows
from admin_views.publication.view_models import ListedRow, PaperPage
from admin_views.shared.addresses import public_address
from admin_views.shared.beginning import reason_facts
from admin_views.shared.exporting import send_tables
from admin_views.shared.files import file_items, send_slot_file
from admin_views.shared.guard import current_actor
from admin_views.shared.history import history_entries, name_of
from admin_views.shared.papers import send_docx, send_pdf
from admin_views.shared.request_context import asked_id, office_state, today
from admin_views.shared.view_models import Action, Fact, FileItem, Link, Text, badge
from documents.applications.application import StoredApplication
from documents.publication.notice import COLLECTION, NoticeEntry, StoredNotice
from forms.sentences import sentence
from office.papers.facts import CertificateFacts
from office.papers.paper_text import PaperText
from office.papers.qr import qr_png
from office.papers.texts import certificate as certificate_text
from office.tables.lists_of_bases import list_of_bases
from rules.access import Permission
from rules.applications import ApplicationKind, Stage
from rules.errors import Missing
from rules.publication import AnnouncementCandidate, NoticeKind, days_left, held_back
from rules.words import N_
from services.applications.rounds import measures_of, read_round
from services.applications.steps import stage_of
from services.assessment.rule_sets import recorded_set
from services.publication.announcement import candidates_of
from services.publication.board import (
    RelatedPapers,
    applications_of,
    begins_later,
    day_of,
    open_objections,
    readable_notice,
    related_papers,
    term_of_entry,
)
from services.publication.notice import listed_bases
from services.publication.objections import OBJECTED_TO
from services.shared.files import clean_name, files_of

_ListedState = tuple[Text, tuple[str, ...], tuple[Link, ...]]  # what became of a base: state, notes, links
_HISTORY = 20
_LISTED = {
    NoticeKind.PUBLIC_NOTICE.value: N_("What became of each base"),
    NoticeKind.ANNOUNCEMENT.value: N_("Bases and certificates"),
}


def _asked_notice() -> StoredNotice:
    return readable_notice(asked_id(), actor=current_actor(), today=today())


def notice() -> ResponseReturnValue:
    """Show one published paper."""
    raw = _asked_notice()
    applications = {application["_id"]: application for application in applications_of(raw)}
    related = related_papers(raw)
    is_public_notice = raw["kind"] == NoticeKind.PUBLIC_NOTICE.value
    candidates: Mapping[ObjectId, AnnouncementCandidate] = {}
    held: dict[ObjectId, tuple[str, ...]] = {}
    if is_public_notice:
        measures = measures_of(read_round(raw["round"]), today())
        candidates = candidates_of(raw["_id"], list(applications.values()), measures=measures, today=today())
        held = {
            key: tuple(sentence(refusal) for refusal in held_back(candidate, measures))
            for key, candidate in candidates.items()
        }
    count = open_objections(raw["_id"]) if is_public_notice else 0
    free = any(not reasons for reasons in held.values())
    due, tone = _due(raw, count, free=free, on_notice=_on_notice(applications))
    page = PaperPage(
        kind=raw["kind"], title=raw["title"], state=_paper_state(raw, _on_notice(applications)),
        text=PaperText.from_stored(raw["text"]), facts=_facts(raw, count),
        listed=_listed_rows(raw, applications, candidates, held, related.announcements),
        elsewhere=_elsewhere(raw), evidence=_evidence(raw),
        listed_title=gettext(_LISTED.get(raw["kind"], N_("Bases"))),
        actions=_actions(raw, free=free), downloads=_downloads(raw), related=_related(related), due=due, due_tone=tone,
        corrected=tuple(_link(correction) for correction in related.corrections),
        objections=objection_rows(raw["_id"]) if is_public_notice and may_decide() else None,
        new_objection=_new_objection(raw, applications) if is_public_notice else "",
        history=history_entries("notices", raw["_id"], most=_HISTORY)
        if current_actor().may(Permission.READ_AUDIT) else (),
        crumbs=(board_link(raw.get("round")), papers_link()),
        certified=raw["kind"] == NoticeKind.ANNOUNCEMENT.value,
    )  # fmt: skip
    return render_template("publication/notice.html", page=page)


def _on_notice(applications: Mapping[ObjectId, StoredApplication]) -> bool:
    return any(stage_of(application) is Stage.ON_NOTICE for application in applications.values())


def _paper_state(raw: StoredNotice, on_notice: bool = False) -> Text:
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


def _due(raw: StoredNotice, objections: int, *, free: bool, on_notice: bool) -> tuple[str, str]:
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


def _facts(raw: StoredNotice, objections: int) -> tuple[Fact, ...]:
    facts = []
    if raw.get("number"):
        facts.append(Fact(gettext(N_("Document number")), raw["number"]))
    first, last = day_of(raw, "first_day"), day_of(raw, "last_day")
    if last is not None and first is not None:
        period = f"{first.isoformat()} – {last.isoformat()}"
        facts.append(Fact(gettext(N_("Period of the notice")), period))
        length = Fact(
            gettext(N_("Length of the notice")), str(raw["working_days"]), gettext(N_("working days"))
        )
        facts.append(length)
    else:
        facts.append(Fact(gettext(N_("Dated")), f"{raw['dated']:%Y-%m-%d}"))
    if raw["kind"] == NoticeKind.ANNOUNCEMENT.value:
        terms = [term for entry in raw["entries"] if (term := term_of_entry(raw, entry))]
        facts.append(Fact(gettext(N_("Term")), shown_terms(terms)))
    if raw["entries"]:
        facts.append(Fact(gettext(N_("Bases")), str(len(raw["entries"]))))
    if raw["kind"] == NoticeKind.PUBLIC_NOTICE.value:
        tone = "due" if objections else ""
        facts.append(Fact(gettext(N_("Open objections")), str(objections), tone=tone))
    facts += reason_facts(raw)
    facts.append(Fact(gettext(N_("Published by")), name_of(raw.get("published_by")) or "—"))
    return tuple(facts)


def _actions(raw: StoredNotice, *, free: bool) -> tuple[Action, ...]:
    actions = []
    if not begins_later(raw, today()):
        actions.append(Action(gettext(N_("Public page")), f"/notices/{raw['_id']}", icon="lang"))
    if not may_decide():
        return tuple(actions)
    if raw["kind"] != NoticeKind.CORRECTION.value:
        actions.append(
            Action(
                gettext(N_("Correct")), url_for("publication.draft_correction", id=raw["_id"]), icon="edit"
            )
        )
    over = raw.get("last_day") is not None and today() > raw["last_day"].date()
    if raw["kind"] == NoticeKind.PUBLIC_NOTICE.value and over and free:
        actions.append(
            Action(
                gettext(N_("Prepare the announcement")),
                url_for("publication.draft_announcement", id=raw["_id"]),
                "primary",
            )
        )
    return tuple(actions)


def _downloads(raw: StoredNotice) -> tuple[Link, ...]:
    links = [
        Link(gettext(N_("Paper (.docx)")), url_for("publication.paper_file", id=raw["_id"])),
        Link(gettext(N_("Paper (.pdf)")), url_for("publication.paper_pdf", id=raw["_id"])),
    ]
    if raw["text"].get("table"):
        links.append(Link(gettext(N_("List (.xlsx)")), url_for("publication.list_file", id=raw["_id"])))
    return tuple(links)


def _link(raw: StoredNotice) -> Link:
    number = raw.get("number") or ""
    return Link(f"{number} {raw['title']}".strip(), paper_url(raw["_id"]), f"{raw['dated']:%Y-%m-%d}")


def _related(papers: RelatedPapers) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    groups = (
        (gettext(N_("Corrects")), (_link(papers.corrects),) if papers.corrects else ()),
        (gettext(N_("Follows the public notice")), (_link(papers.answers),) if papers.answers else ()),
        (gettext(N_("Announced by")), tuple(_link(paper) for paper in papers.announcements)),
        (gettext(N_("Corrected by")), tuple(_link(paper) for paper in papers.corrections)),
    )
    return tuple(group for group in groups if group[1])


def _new_objection(raw: StoredNotice, applications: Mapping[ObjectId, StoredApplication]) -> str:
    standing = any(application["stage"] in OBJECTED_TO for application in applications.values())
    may = may_decide() and not begins_later(raw, today()) and standing
    return url_for("publication.new_objection", id=raw["_id"]) if may else ""


# --- The list and what became of each base; another county's unpublished state is not told ----------


def _listed_rows(
    notice: StoredNotice, applications: Mapping[ObjectId, StoredApplication],
    candidates: Mapping[ObjectId, AnnouncementCandidate], held: Mapping[ObjectId, tuple[str, ...]],
    announcements: Sequence[StoredNotice],
) -> tuple[ListedRow, ...]:  # fmt: skip
    """Return the lines of a paper's list, in its order."""
    announced = {
        entry["application"]: (entry["certificate_number"], announcement)
        for announcement in announcements
        for entry in announcement["entries"]
    }
    names, rows = office_state().county_names, []
    for number, entry in enumerate(notice["entries"], 1):
        in_scope = current_actor().sees(entry["county"])
        if notice["kind"] == NoticeKind.ANNOUNCEMENT.value:
            state, notes, links = _certified(notice, entry)
        elif (application_id := entry.get("application")) is None:
            state, notes, links = "", (), ()
        elif application_id in announced:
            state, notes, links = _announced(*announced[application_id])
        elif in_scope and application_id in candidates:
            stage = stage_of(applications[application_id])
            state, notes, links = _waiting(candidates[application_id], held[application_id], stage)
        else:
            state, notes, links = "", (), ()
        rows.append(
            ListedRow(
                number, entry["base_name"], _url(entry) if in_scope else "", entry["operator"],
                names.get(entry["county"], entry["county"]), kind_badge(entry["kind"]) if entry.get("kind") else "",
                state, notes, links,
            )
        )  # fmt: skip
    return tuple(rows)


def _url(entry: NoticeEntry) -> str:
    """Return the page of an entry's application; a decision on a title names the base alone."""
    if entry.get("application"):
        return application_url(entry["application"])
    return url_for("bases.details_view", id=entry["base"])


def _certified(notice: StoredNotice, entry: NoticeEntry) -> _ListedState:
    number = entry["certificate_number"]
    file, pdf = (
        url_for(f"publication.{endpoint}", id=notice["_id"], application=entry["application"])
        for endpoint in ("certificate_file", "certificate_pdf")
    )
    links = (
        Link(gettext(N_("Certificate (.docx)")), file),
        Link(gettext(N_("Certificate (.pdf)")), pdf),
        Link(gettext(N_("Public page")), f"/bases/{number}"),
    )
    return number, (), links


def _announced(certificate_number: str, paper: StoredNotice) -> _ListedState:
    link = Link(f"{paper['number']} · {certificate_number}", paper_url(paper["_id"]))
    return badge(gettext(Stage.ANNOUNCED.label), "green"), (), (link,)


def _waiting(candidate: AnnouncementCandidate, held: tuple[str, ...], stage: Stage) -> _ListedState:
    if stage is not Stage.ON_NOTICE:
        return badge(gettext(stage.label), "grey"), (), ()
    if held:
        return badge(gettext(N_("Held back")), "red"), held, ()
    late = gettext(N_("A late objection is being handled; it holds nothing back by itself."))
    return badge(gettext(stage.label), "amber"), (late,) if candidate.late_objections else (), ()


def _elsewhere(raw: StoredNotice) -> str:
    """Return where a notice was published then, and when that was recorded here; "" for one published here."""
    elsewhere = raw.get("elsewhere")
    if not elsewhere:
        return ""
    sentence_ = N_("Published then on %(where)s; recorded here on %(day)s")
    return gettext(sentence_, where=elsewhere["where"], day=f"{elsewhere['recorded_on']:%Y-%m-%d}")


def _evidence(raw: StoredNotice) -> tuple[FileItem, ...]:
    if not raw.get("elsewhere"):
        return ()
    return file_items("publication", files_of(COLLECTION, raw["_id"], current_actor()), removable=False)


def file() -> ResponseReturnValue:
    """Send the evidence of where a notice was published, as a download."""
    return send_slot_file((COLLECTION,))


# --- Files -----------------------------------------------------------------------------------------


def paper_file() -> ResponseReturnValue:
    """Send a published paper as .docx, in the office's own template where it has one."""
    text = PaperText.from_stored(_asked_notice()["text"])
    return send_docx(text, text.title)


def paper_pdf() -> ResponseReturnValue:
    """Send a published paper as PDF, with the words that were frozen."""
    text = PaperText.from_stored(_asked_notice()["text"])
    return send_pdf(text, text.title)


def list_file() -> ResponseReturnValue:
    """Send the list of a published paper as a workbook."""
    text = PaperText.from_stored(_asked_notice()["text"])
    if text.table is None:
        raise Missing()
    return send_tables([list_of_bases(text)], clean_name(f"{text.table.caption}.xlsx"), about=False)


def certificate_file() -> ResponseReturnValue:
    """Send the certificate of one base of an announcement, with the code that leads to its public page."""
    text, name, url = _certificate()
    return send_docx(text, name, qr_png(url))


def certificate_pdf() -> ResponseReturnValue:
    """Send the same certificate as PDF."""
    return send_pdf(*_certificate())


def _certificate() -> tuple[PaperText, str, str]:
    """Return the certificate that the address names, the name of its file, and its public page. Raises Missing."""
    raw = _asked_notice()
    application_id = asked_id("application")
    entries = (entry for entry in raw["entries"] if entry.get("application") == application_id)
    entry = next(entries, None)
    if raw["kind"] != NoticeKind.ANNOUNCEMENT.value or entry is None:
        raise Missing()
    (line,) = listed_bases([entry])
    number, term = entry["certificate_number"], term_of_entry(raw, entry)
    if term is None:
        raise Missing()
    url = public_address(f"/bases/{number}")
    text = certificate_text(
        CertificateFacts(
            measures=recorded_set(raw.get("rule_set"), raw["dated"].date()), name=line.name,
            operator=line.operator, county=line.county, certificate_number=number,
            document_number=raw["number"], announced_on=raw["dated"].date(), term_first=term[0],
            term_last=term[1], url=url, renewal=entry["kind"] == ApplicationKind.RENEWAL.value,
        )
    )  # fmt: skip
    return text, f"{number} {line.name}", url
