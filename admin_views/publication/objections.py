"""Objections to a public notice: taken down, with evidence, handled and decided. The city bureau's alone."""

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from admin_views.publication.labels import application_url, board_link, notice_link, paper_url
from admin_views.publication.view_models import ObjectionPage, ObjectionRow
from admin_views.shared.files import (
    keep_sent,
    listed_files,
    remove_slot_file,
    said_of_upload,
    send_slot_file,
    upload_to,
)
from admin_views.shared.guard import current_actor
from admin_views.shared.history import history_entries, name_of
from admin_views.shared.request_context import asked_id, now, office_state, shown_moment, today, typed_version
from admin_views.shared.view_models import (
    Action,
    FileItem,
    FormPage,
    FormSection,
    Item,
    Link,
    Text,
    badge,
)
from documents.publication.notice import Notice, StoredNotice
from documents.publication.objection import COLLECTION, StoredObjection
from forms.publication import HandlingForm, ObjectionForm
from forms.sentences import show_refusals
from rules.access import Permission
from rules.choices import Choice
from rules.errors import Missing, Refused, Stale
from rules.publication import NoticeKind, ObjectorKind, Outcome, Received
from rules.words import N_
from schema.file_places import RECORD, may_change_files
from services.publication.board import applications_of
from services.publication.objections import (
    OBJECTED_TO,
    decide_objection,
    objections_of,
    read_objection,
    record_objection,
)
from services.shared.files import files_of

_TAKEN = N_("The objection is taken down: its base is held back until it is decided.")
_TAKEN_LATE = N_(
    "The objection is taken down as late: it came after the period and holds nothing back by itself."
)
_COLOURS = {Outcome.OPEN: "red", Outcome.REJECTED: "grey", Outcome.UPHELD: "amber"}


def _outcome(objection: StoredObjection) -> Outcome:
    return next(outcome for outcome in Outcome if outcome.value == objection["outcome"])


def _word(terms: type[Choice], code: str) -> str:
    return next((gettext(term.label) for term in terms if term.value == code), code)


def _state(objection: StoredObjection) -> Text:
    outcome = _outcome(objection)
    return badge(gettext(outcome.label), _COLOURS[outcome])


def _late(objection: StoredObjection) -> Text:
    return badge(gettext(N_("Objected late")), "grey") if objection.get("late") else ""


def objection_rows(notice: ObjectId) -> tuple[ObjectionRow, ...]:
    """Return a notice's objections, the latest first; only for who may decide."""
    names = office_state().county_names
    return tuple(
        ObjectionRow(
            url_for("publication.objection", id=raw["_id"]), raw["base_name"], names.get(raw["county"], raw["county"]),
            f"{raw['objector']}（{_word(ObjectorKind, raw['objector_kind'])}）",
            f"{raw['received_on']:%Y-%m-%d} {_word(Received, raw['received'])}", raw["content"], _state(raw),
            _late(raw),
        )
        for raw in objections_of(notice, current_actor())
    )  # fmt: skip


# --- Taking one down -------------------------------------------------------------------------------


def new_objection() -> ResponseReturnValue:
    """Take an objection down as it was received."""
    notice = Notice.read(asked_id())
    if notice["kind"] != NoticeKind.PUBLIC_NOTICE.value:
        raise Missing()
    bases = [
        (str(raw["_id"]), raw["base_name"]) for raw in applications_of(notice) if raw["stage"] in OBJECTED_TO
    ]
    if request.method == "GET":
        started = {"application": request.args.get("application", "")}
        return _form_page(notice, ObjectionForm(data=started).offer(bases)), 200
    form = ObjectionForm.typed(request.form).offer(bases)
    if form.validate():
        try:
            objection_id = record_objection(
                form.draft(notice["_id"]), actor=current_actor(), now=now(), today=today()
            )
        except Refused as problem:
            show_refusals(form, problem)
        else:
            keep_sent(COLLECTION, objection_id, name="evidence")
            late = read_objection(objection_id, current_actor()).get("late")
            flash(gettext(_TAKEN_LATE if late else _TAKEN), "success")
            return redirect(url_for("publication.objection", id=objection_id), 303)
    return _form_page(notice, form), 422


def _form_page(notice: StoredNotice, form: ObjectionForm) -> str:
    page = FormPage(
        title=gettext(N_("Record an objection")), form=form,
        sections=(
            FormSection(
                gettext(N_("What was received")),
                (("application",), ("received_on", "received"), ("content",), ("evidence",)),
                notice["title"],
            ),
            FormSection(
                gettext(N_("Who objects")), (("objector_kind",), ("objector", "objector_contact")),
                gettext(N_("A person signs a real name and a way to be reached; an organisation seals it.")),
            ),
        ),
        action=url_for("publication.new_objection", id=notice["_id"]), cancel_url=paper_url(notice["_id"]),
        save_label=gettext(N_("Record the objection")), multipart=True, crumbs=_crumbs(notice["round"], notice["_id"]),
    )  # fmt: skip
    return render_template("records/form.html", page=page)


def _crumbs(round_id: ObjectId | None, notice_id: ObjectId) -> tuple[Link, ...]:
    return (board_link(round_id), notice_link(notice_id))


# --- One objection ---------------------------------------------------------------------------------


def objection() -> ResponseReturnValue:
    """Show an objection with its evidence, and decide it."""
    objection_id = asked_id()
    raw, form = read_objection(objection_id, current_actor()), HandlingForm(data={"decided_on": today()})
    version, code = raw["version"], 200
    if request.method == "POST":
        form, version = HandlingForm.typed(request.form), typed_version()
        code = 422
        if form.validate():
            try:
                decide_objection(
                    objection_id, form.chosen(), handling=form.text("handling"), decided_on=form.day("decided_on"),
                    version=version, actor=current_actor(), now=now(), today=today(),
                )  # fmt: skip
            except (Refused, Stale) as problem:
                show_refusals(form, problem)
                code = 409 if isinstance(problem, Stale) else 422
                raw = read_objection(objection_id, current_actor())
                version = raw["version"]
            else:
                flash(gettext(N_("The objection is decided.")), "success")
                return redirect(paper_url(raw["notice"]) + "#objections", 303)
    return render_template("publication/objection.html", page=_page(raw, form, version)), code


def _page(raw: StoredObjection, form: HandlingForm, version: int) -> ObjectionPage:
    outcome, names = _outcome(raw), office_state().county_names
    is_open = outcome is Outcome.OPEN
    may_change = may_change_files(COLLECTION, RECORD, raw, current_actor())
    decision = () if is_open else (
        Item(gettext(N_("Outcome")), _state(raw)),
        Item(gettext(N_("Decided on")), f"{raw['decided_on']:%Y-%m-%d}"),
        Item(gettext(N_("Decided by")), name_of(raw.get("decided_by")) or "—"),
        Item(gettext(N_("How it was handled")), raw["handling"], wide=True),
    )  # fmt: skip
    notice = Notice.read(raw["notice"])
    return ObjectionPage(
        title=gettext(N_("Objection to %(name)s"), name=raw["base_name"]), state=_state(raw),
        sections=(
            Item(gettext(N_("County")), names.get(raw["county"], raw["county"])),
            Item(gettext(N_("Received on")), _received_on(raw)),
            Item(gettext(N_("How it was received")), _word(Received, raw["received"])),
            Item(gettext(N_("Who objects")), _word(ObjectorKind, raw["objector_kind"])),
            Item(gettext(N_("Name of the objector")), raw["objector"]),
            Item(gettext(N_("How the objector can be reached")), raw["objector_contact"]),
            Item(gettext(N_("Taken down by")), f"{name_of(raw['created_by'])} {shown_moment(raw['created_at'])}"),
            Item(gettext(N_("What is objected to")), raw["content"], wide=True),
        ),
        decision=decision, files=_files(raw, removable=may_change),
        upload=upload_to(url_for("publication.add_evidence", id=raw["_id"])) if may_change else None,
        form=form if is_open or form.errors or form.form_errors else None,
        action=url_for("publication.objection", id=raw["_id"]), version=version, actions=_actions(raw),
        history=history_entries(COLLECTION, raw["_id"], most=20) if current_actor().may(Permission.READ_AUDIT) else (),
        crumbs=_crumbs(notice.get("round"), raw["notice"]),
    )  # fmt: skip


def _received_on(raw: StoredObjection) -> Text:
    day = f"{raw['received_on']:%Y-%m-%d}"
    return Markup("%s %s") % (day, _late(raw)) if raw.get("late") else day


def _actions(raw: StoredObjection) -> tuple[Action, ...]:
    return (
        Action(gettext(N_("Application")), application_url(raw["application"])),
        Action(
            gettext(NoticeKind.PUBLIC_NOTICE.label), paper_url(raw["notice"]) + "#objections", icon="notice"
        ),
    )


def _files(raw: StoredObjection, *, removable: bool) -> tuple[FileItem, ...]:
    def remove_url(file_id: ObjectId) -> str:
        return url_for("publication.remove_evidence", id=raw["_id"], file=file_id)

    return listed_files(
        files_of(COLLECTION, raw["_id"], current_actor()),
        lambda file_id: url_for("publication.evidence", file=file_id),
        remove_url if removable else None,
    )


# --- Evidence --------------------------------------------------------------------------------------


def add_evidence() -> ResponseReturnValue:
    """Keep evidence with an objection."""
    objection = read_objection(asked_id(), current_actor())
    said_of_upload(keep_sent(COLLECTION, objection["_id"]))
    return _back_to_files(objection["_id"])


def remove_evidence() -> ResponseReturnValue:
    """Take evidence from an objection that is still open."""
    objection = read_objection(asked_id(), current_actor())
    remove_slot_file((COLLECTION,), objection["_id"])
    return _back_to_files(objection["_id"])


def _back_to_files(objection_id: ObjectId) -> ResponseReturnValue:
    return redirect(url_for("publication.objection", id=objection_id) + "#files", 303)


def evidence() -> ResponseReturnValue:
    """Send evidence as a download, never shown inside a page."""
    return send_slot_file((COLLECTION,))
