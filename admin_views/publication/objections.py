"""Objections to a public notice: taken down, with evidence, handled and decided. The city bureau's alone."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from admin_views.publication.shared import application_url, board_link, paper_url, publication
from admin_views.publication.view_models import ObjectionPage, ObjectionRow
from admin_views.records.files import shown_size
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.history import history_entries
from admin_views.shared.request_context import now, office_state, shown_moment, today
from admin_views.shared.slot_files import parse_object_id
from admin_views.shared.view_models import (
    Action,
    FileItem,
    FormPage,
    FormSection,
    Item,
    Link,
    Text,
    Upload,
    badge,
)
from documents.publication.objection import COLLECTION
from forms.publication import HandlingForm, ObjectionForm
from forms.sentences import sentence, show_refusals
from rules.access import Permission
from rules.applications import Stage
from rules.errors import Missing, Refused, Stale
from rules.publication import NoticeKind, ObjectorKind, Outcome, Received
from rules.words import N_
from services.publication.board import applications_of
from services.publication.notice import read_notice
from services.publication.objections import decide_objection, objections_of, read_objection, record_objection
from services.shared.files import ENDINGS, add_file, files_of, open_file, remove_file

_COLOURS = {Outcome.OPEN: "red", Outcome.REJECTED: "grey", Outcome.UPHELD: "amber"}
_HINT = N_("PDF, pictures, Word, Excel, WPS; at most 20 MB each.")


def _outcome(raw: Mapping[str, Any]) -> Outcome:
    return next(one for one in Outcome if one.value == raw["outcome"])


def _word(terms: Any, value: str) -> str:
    return next((str(gettext(one.label)) for one in terms if one.value == value), value)


def _state(raw: Mapping[str, Any]) -> Text:
    outcome = _outcome(raw)
    return badge(gettext(outcome.label), _COLOURS[outcome])


def objection_rows(notice: ObjectId) -> tuple[ObjectionRow, ...]:
    """Return a notice's objections, the latest first; only for who may decide."""
    names = office_state().county_names
    return tuple(
        ObjectionRow(
            url_for("publication.objection", id=raw["_id"]), raw["base_name"], names.get(raw["county"], raw["county"]),
            f"{raw['objector']}（{_word(ObjectorKind, raw['objector_kind'])}）",
            f"{raw['received_on']:%Y-%m-%d} {_word(Received, raw['received'])}", raw["content"], _state(raw),
        )
        for raw in objections_of(notice, current_actor())
    )  # fmt: skip


# --- Taking one down -------------------------------------------------------------------------------


@publication.route("/objections/new/", methods=["GET", "POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def new_objection() -> ResponseReturnValue:
    """Take an objection down as it was received."""
    notice = read_notice(parse_object_id(request.args.get("id")))
    if notice["kind"] != NoticeKind.PUBLIC_NOTICE.value:
        raise Missing()
    bases = [
        (str(raw["_id"]), raw["base_name"])
        for raw in applications_of(notice)
        if raw["stage"] == Stage.ON_NOTICE.value
    ]
    if request.method == "GET":
        started = {"application": request.args.get("application", ""), "received_on": today()}
        return _form_page(notice, ObjectionForm(data=started).offer(bases)), 200
    form = ObjectionForm.typed(request.form).offer(bases)
    if form.validate():
        try:
            made = record_objection(
                form.draft(notice["_id"]), actor=current_actor(), now=now(), today=today()
            )
        except Refused as problem:
            show_refusals(form, problem)
        else:
            _keep_files(made, [one for one in request.files.getlist("evidence") if one.filename])
            flash(
                gettext(N_("The objection is taken down: its base is held back until it is decided.")),
                "success",
            )
            return redirect(url_for("publication.objection", id=made), 303)
    return _form_page(notice, form), 422


def _form_page(notice: Mapping[str, Any], form: ObjectionForm) -> str:
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


def _crumbs(round_id: Any, notice: ObjectId) -> tuple[Link, ...]:
    return (board_link(round_id), Link(gettext(NoticeKind.PUBLIC_NOTICE.label), paper_url(notice)))


def _keep_files(objection: ObjectId, sent: list[FileStorage]) -> int:
    kept = 0
    for one in sent:
        try:
            add_file(COLLECTION, objection, one.filename or "", one.stream, actor=current_actor(), now=now())
            kept += 1
        except Refused as problem:
            flash(f"{one.filename}: {sentence(problem.refusals[0])}", "error")
    return kept


# --- One objection ---------------------------------------------------------------------------------


@publication.route("/objections/", methods=["GET", "POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def objection() -> ResponseReturnValue:
    """Show an objection with its evidence, and decide it."""
    identity = parse_object_id(request.args.get("id"))
    raw, form = read_objection(identity, current_actor()), HandlingForm(data={"decided_on": today()})
    version, code = raw["version"], 200
    if request.method == "POST":
        form, version = HandlingForm.typed(request.form), request.form.get("version", type=int) or 0
        code = 422
        if form.validate():
            try:
                decide_objection(
                    identity, form.chosen(), handling=form.text("handling"), decided_on=form.day("decided_on"),
                    version=version, actor=current_actor(), now=now(), today=today(),
                )  # fmt: skip
            except (Refused, Stale) as problem:
                show_refusals(form, problem)
                code = 409 if isinstance(problem, Stale) else 422
                raw = read_objection(identity, current_actor())
                version = raw["version"]
            else:
                flash(gettext(N_("The objection is decided.")), "success")
                return redirect(paper_url(raw["notice"]) + "#objections", 303)
    return render_template("publication/objection.html", page=_page(raw, form, version)), code


def _page(raw: Mapping[str, Any], form: HandlingForm, version: int) -> ObjectionPage:
    outcome, names = _outcome(raw), office_state().county_names
    is_open = outcome is Outcome.OPEN
    decision = () if is_open else (
        Item(gettext(N_("Outcome")), _state(raw)),
        Item(gettext(N_("Decided on")), f"{raw['decided_on']:%Y-%m-%d}"),
        Item(gettext(N_("Decided by")), raw.get("decided_by") or "—"),
        Item(gettext(N_("How it was handled")), raw["handling"], wide=True),
    )  # fmt: skip
    notice = read_notice(raw["notice"])
    return ObjectionPage(
        title=gettext(N_("Objection to %(name)s"), name=raw["base_name"]), state=_state(raw),
        sections=(
            Item(gettext(N_("County")), names.get(raw["county"], raw["county"])),
            Item(gettext(N_("Received on")), f"{raw['received_on']:%Y-%m-%d}"),
            Item(gettext(N_("How it was received")), _word(Received, raw["received"])),
            Item(gettext(N_("Who objects")), _word(ObjectorKind, raw["objector_kind"])),
            Item(gettext(N_("Name of the objector")), raw["objector"]),
            Item(gettext(N_("How the objector can be reached")), raw["objector_contact"]),
            Item(gettext(N_("Taken down by")), f"{raw['created_by']} {shown_moment(raw['created_at'])}"),
            Item(gettext(N_("What is objected to")), raw["content"], wide=True),
        ),
        decision=decision, files=_files(raw, may=is_open),
        upload=Upload(
            url_for("publication.add_evidence", id=raw["_id"]), hint=gettext(_HINT),
            accept=",".join(f".{ending}" for ending in ENDINGS), many=True,
        ) if is_open else None,
        form=form if is_open or form.errors or form.form_errors else None,
        action=url_for("publication.objection", id=raw["_id"]), version=version, actions=_actions(raw),
        history=history_entries(COLLECTION, raw["_id"], most=20) if current_actor().may(Permission.READ_AUDIT) else (),
        crumbs=_crumbs(notice.get("round"), raw["notice"]),
    )  # fmt: skip


def _actions(raw: Mapping[str, Any]) -> tuple[Action, ...]:
    return (
        Action(gettext(N_("Application")), application_url(raw["application"])),
        Action(
            gettext(NoticeKind.PUBLIC_NOTICE.label), paper_url(raw["notice"]) + "#objections", icon="notice"
        ),
    )


def _files(raw: Mapping[str, Any], *, may: bool) -> tuple[FileItem, ...]:
    return tuple(
        FileItem(
            one["name"], url_for("publication.evidence", file=one["_id"]), shown_size(one["size"]),
            shown_moment(one["uploaded_at"]), one.get("uploaded_by_name") or "",
            url_for("publication.remove_evidence", id=raw["_id"], file=one["_id"]) if may else "",
        )
        for one in files_of(COLLECTION, raw["_id"])
    )  # fmt: skip


# --- Evidence --------------------------------------------------------------------------------------


@publication.route("/objections/files/add/", methods=["POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def add_evidence() -> ResponseReturnValue:
    """Keep evidence with an objection."""
    raw = read_objection(parse_object_id(request.args.get("id")), current_actor())
    sent = [one for one in request.files.getlist("file") if one.filename]
    kept = _keep_files(raw["_id"], sent)
    if kept or not sent:
        said = gettext(N_("The file was kept.")) if kept else gettext(N_("Choose a file first."))
        flash(said, "success" if kept else "error")
    return redirect(url_for("publication.objection", id=raw["_id"]) + "#files", 303)


@publication.route("/objections/files/remove/", methods=["POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def remove_evidence() -> ResponseReturnValue:
    """Take evidence from an objection that is still open."""
    raw = read_objection(parse_object_id(request.args.get("id")), current_actor())
    wanted = parse_object_id(request.args.get("file"))
    if wanted not in {one["_id"] for one in files_of(COLLECTION, raw["_id"])}:
        raise Missing()
    remove_file(wanted, actor=current_actor(), now=now())
    flash(gettext(N_("The file was removed.")), "success")
    return redirect(url_for("publication.objection", id=raw["_id"]) + "#files", 303)


@publication.route("/objections/file/")
@needs(Permission.DECIDE_APPLICATIONS)
def evidence() -> ResponseReturnValue:
    """Send evidence as a download, never shown inside a page."""
    entry, stream = open_file(parse_object_id(request.args.get("file")), actor=current_actor())
    if entry["collection"] != COLLECTION:
        raise Missing()
    answer: Response = send_file(
        stream, mimetype=entry["media_type"], as_attachment=True, download_name=entry["name"]
    )
    answer.content_length = entry["size"]
    return answer
