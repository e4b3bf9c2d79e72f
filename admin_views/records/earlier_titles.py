"""The register of earlier titles: its page, an entry for a base that is here, a correction, and its closing."""

from collections.abc import Callable, Mapping
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.shared.files import warn_of_lost_files
from admin_views.shared.guard import current_actor
from admin_views.shared.history import history_entries, name_of
from admin_views.shared.request_context import (
    after_refusal,
    asked_id,
    now,
    office_state,
    shown_moment,
    today,
    typed_version,
)
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import (
    Action,
    DataSection,
    Fact,
    FormPage,
    FormSection,
    Item,
    Link,
    RecordPage,
    badge,
)
from documents.records.base import Base
from documents.records.title_register import COLLECTION, EARLIER_TITLES
from forms.earlier_titles import CorrectionForm, EarlierTitleForm, RegisterForm
from forms.sentences import sentence, show_refusals
from rules.access import Permission
from rules.errors import Refused, Stale
from rules.titles import TitleSource
from rules.words import N_
from services.records import earlier_titles as service
from services.shared.files import SentFile

_TITLE = N_("Register of earlier titles")
_HISTORY_ROWS = 20
_ROWS = (("status",), ("document_number", "announced_on"), ("title_first_day", "title_last_day"), ("paper",))


def _crumbs() -> tuple[Link, ...]:
    return (Link(gettext(_TITLE), url_for("earlier_titles.index")),)


# --- The register --------------------------------------------------------------------------------


def index() -> ResponseReturnValue:
    """Show whether the register is open, how many titles stand in it, and when it was closed or opened."""
    register, actor = service.read_register(), current_actor()
    entered = Base.objects.visible_to(actor).having("title_source", [TitleSource.EARLIER.value]).count()
    is_open = register["open"]
    what_may_be_entered = (
        N_("A new base may bring its earlier title; the city may enter one for a base of which nothing else is known.")
        if is_open
        else N_("No earlier title can be entered any more; a wrong entry is still corrected on the base's page.")
    )  # fmt: skip
    since = (
        f"{shown_moment(register['updated_at'])} {name_of(register.get('updated_by'))}"
        if register["version"]
        else ""
    )
    actions: tuple[Action, ...] = ()
    if actor.may(Permission.MANAGE_OFFICE):
        label = N_("Close the register …") if is_open else N_("Open the register again …")
        endpoint = "earlier_titles.close" if is_open else "earlier_titles.reopen"
        actions = (Action(gettext(label), url_for(endpoint), "danger" if is_open else "", "status"),)
    page = RecordPage(
        kind=gettext(N_("Settings")),
        title=gettext(_TITLE),
        state=badge(gettext(N_("Open for entries")), "green")
        if is_open
        else badge(gettext(N_("Closed for entries")), "grey"),
        facts=(
            Fact(
                gettext(N_("Earlier titles")),
                f"{entered:,}",
                gettext(N_("bases")),
                url=url_for("bases.index_view", title_source=TitleSource.EARLIER.value),
            ),
        ),
        actions=actions,
        sections=(
            DataSection(
                gettext(N_("How it stands")),
                (
                    Item(gettext(N_("What may be entered")), gettext(what_may_be_entered), wide=True),
                    Item(gettext(N_("Since")), since),
                    Item(gettext(N_("Reason")), register.get("reason"), wide=True),
                ),
            ),
        ),
        history=history_entries(COLLECTION, EARLIER_TITLES, most=_HISTORY_ROWS),
        crumbs=(Link(gettext(N_("Settings")), url_for("settings.index")),),
    )
    return render_template("records/page.html", page=page)


def close() -> ResponseReturnValue:
    """Close the register, with the reason."""
    return _move_register(
        service.close_register, N_("Close the register"), "earlier_titles.close",
        N_("After this a base gets the title only by an announcement made here; forms and workbooks are refused."),
        N_("The register is closed."),
    )  # fmt: skip


def reopen() -> ResponseReturnValue:
    """Open the register again, with the reason."""
    return _move_register(
        service.reopen_register, N_("Open the register again"), "earlier_titles.reopen",
        N_("Earlier titles can be entered again; close it when that is done."), N_("The register is open again."),
    )  # fmt: skip


def _move_register(
    move: Callable[..., None], title: str, endpoint: str, consequence: str, done: str
) -> ResponseReturnValue:
    form, version, status = RegisterForm.typed(request.form), service.read_register()["version"], 200
    if request.method == "POST":
        version, status = typed_version(), 422
        if form.validate():
            try:
                move(form.typed_text("reason"), version=version, actor=current_actor(), now=now())
            except (Refused, Stale) as problem:
                show_refusals(form, problem)
                version, status = after_refusal(problem, lambda: service.read_register()["version"])
            else:
                flash(gettext(done), "success")
                return redirect(url_for("earlier_titles.index"), 303)
    page = FormPage(
        title=gettext(title), form=form,
        sections=(FormSection(gettext(title), (("reason",),), gettext(consequence)),),
        action=url_for(endpoint), cancel_url=url_for("earlier_titles.index"), save_label=gettext(title),
        version=version, crumbs=_crumbs(),
    )  # fmt: skip
    return render_template("records/form.html", page=page), status


# --- One title -----------------------------------------------------------------------------------


def enter() -> ResponseReturnValue:
    """Enter the earlier title of a base that is here already, with the announcement's paper."""
    base = Base.read(asked_id(), current_actor())
    if request.method == "GET":
        for refusal in service.refusals_of_entry(base):
            flash(sentence(refusal), "error")
            return redirect(url_for("bases.details_view", id=base["_id"]), 303)
    return _title_page(base, EarlierTitleForm, _enter, N_("Enter an earlier title"), "earlier_titles.enter",
                       N_("Entered in the register of earlier titles."))  # fmt: skip


def _enter(form: Any, base_id: ObjectId, version: int) -> None:
    service.enter_earlier_title(
        base_id, form.title(), _sent_paper(), version=version, actor=current_actor(), now=now(), today=today()
    )


def correct() -> ResponseReturnValue:
    """Mend a wrong entry of the register, with the reason."""
    base = Base.read(asked_id(), current_actor())
    if request.method == "GET":
        for refusal in service.refusals_of_correction(base):
            flash(sentence(refusal), "error")
            return redirect(url_for("bases.details_view", id=base["_id"]), 303)
    return _title_page(base, CorrectionForm, _correct, N_("Correct the earlier title"), "earlier_titles.correct",
                       N_("The earlier title is corrected."))  # fmt: skip


def _correct(form: Any, base_id: ObjectId, version: int) -> None:
    service.correct_earlier_title(
        base_id, form.title(), _sent_paper(), reason=form.typed_text("reason"), version=version,
        actor=current_actor(), now=now(), today=today(),
    )  # fmt: skip


def _sent_paper() -> SentFile | None:
    upload = request.files.get("paper")
    return SentFile(upload.filename, upload.stream) if upload and upload.filename else None


def _title_page(
    base: Mapping[str, Any], form_class: type[EarlierTitleForm], keep: Callable[[Any, ObjectId, int], None],
    title: str, endpoint: str, done: str,
) -> ResponseReturnValue:  # fmt: skip
    corrects = form_class is CorrectionForm
    labels = office_state().status_labels("bases")
    form = form_class.of(base) if corrects else form_class.filled({"status": "certified"})
    version, status = base["version"], 200
    if request.method == "POST":
        form, version, status = form_class.typed(request.form), typed_version(), 422
    form.offer(labels, withdrawn=corrects)
    if request.method == "POST" and form.validate():
        try:
            keep(form, base["_id"], version)
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
            version, status = after_refusal(
                problem, lambda: int(Base.read(base["_id"], current_actor())["version"])
            )
        else:
            flash(gettext(done), "success")
            return redirect(url_for("bases.details_view", id=base["_id"]), 303)
    warn_of_lost_files(form, "paper")
    hint = N_("What the announcement says; the paper itself is kept as evidence.")
    why = (FormSection(gettext(N_("Correction of the title")), (("reason",),)),) if corrects else ()
    page = FormPage(
        title=f"{gettext(title)} · {base['name']}", form=form,
        sections=(FormSection(gettext(N_("Earlier title")), _ROWS, gettext(hint)), *why),
        action=url_for(endpoint, id=base["_id"]), cancel_url=url_for("bases.details_view", id=base["_id"]),
        save_label=gettext(N_("Save")), version=version, multipart=True, crumbs=_crumbs(),
    )  # fmt: skip
    return render_template("records/form.html", page=page), status
