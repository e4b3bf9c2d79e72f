"""Take a change filing down, correct it, accept it or not (Art. 15)."""

from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.reports.filing_labels import change_items, crumbs, field_label, provisional_note, show_url
from admin_views.shared.files import keep_sent, warn_of_lost_files
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import after_refusal, asked_id, now, today, typed_version
from admin_views.shared.view_models import ConfirmPage, FormPage, FormSection, Item
from documents.records.base import Base
from documents.reports.change_filing import COLLECTION, PROOF, StoredChangeFiling
from forms.change_filings import ChooseForm, FilingForm, ReasonForm, TitleDecisionForm
from forms.sentences import sentence, show_refusals
from rules.change_filings import FilingState, TitleKept
from rules.errors import Refusal, Refused, Stale
from rules.words import N_
from services.reports import change_filings as service
from services.reports.change_filings import (
    may_decide_on_title,
    read_filing,
    refusals_to_accept,
    state_of,
    title_kept_of,
)
from services.shared.files import SentFile

_NEW = N_("New filing")


def _base(base_id: ObjectId) -> dict[str, Any]:
    """Return a base in the clerk's scope. Raises Missing."""
    return Base.read(base_id, current_actor())


def _stored_version(filing: StoredChangeFiling) -> int:
    return read_filing(filing["_id"], current_actor())["version"]


def new() -> ResponseReturnValue:
    """Take a filing down: first the base, then what changed, its recorded values beside."""
    if not request.args.get("base"):
        return _choose()
    base = _base(asked_id("base"))
    if request.method == "GET":
        return _form_page(FilingForm.filled({"filed_on": today()}), base, None)
    form = FilingForm.typed(request.form)
    if form.validate():
        try:
            filing_id = service.file_change(
                form.draft(base["_id"]), actor=current_actor(), now=now(), today=today(), licence=_sent_licence()
            )  # fmt: skip
        except Refused as problem:
            show_refusals(form, problem)
        else:
            keep_sent(COLLECTION, filing_id, PROOF)
            flash(gettext(N_("The filing is taken down.")), "success")
            return redirect(show_url(filing_id), 303)
    return _form_page(form, base, None), 422


def _sent_licence() -> SentFile | None:
    upload = request.files.get("licence")
    return SentFile(upload.filename, upload.stream) if upload and upload.filename else None


def _choose() -> ResponseReturnValue:
    form = ChooseForm.typed(request.form)
    form.look_up_at(url_for("bases.lookup_view"))
    if request.method == "POST" and form.validate():
        return redirect(url_for("change_filings.new", base=_base(form.base.data)["_id"]), 303)
    page = FormPage(
        title=gettext(_NEW), form=form,
        sections=(FormSection(gettext(N_("Which base filed the change?")), (("base",),)),),
        action=url_for("change_filings.new"), cancel_url=url_for("change_filings.index"),
        save_label=gettext(N_("Go on")), crumbs=crumbs(),
    )  # fmt: skip
    return render_template("records/form.html", page=page), 422 if request.method == "POST" else 200


def _form_page(
    form: FilingForm,
    base: Mapping[str, Any],
    filing: StoredChangeFiling | None,
    version: int | None = None,
) -> str:
    """Return the page of a form; `filing` None is a new one, which may bring its proof along."""
    form.show_old(base, gettext(N_("Recorded now: %(value)s"), value="%(value)s"))
    warn_of_lost_files(form, "file", "licence")
    sections = (
        FormSection(
            gettext(N_("What changed")),
            (
                ("name",),
                ("operator",),
                ("operator_change",),
                ("uscc", "legal_representative"),
                ("address",),
            ),
            gettext(N_("Leave blank what did not change.")),
        ),
        FormSection(gettext(N_("Filing")), (("completed_on", "filed_on"), ("remark",))),
    )
    if filing is None:
        title = f"{gettext(_NEW)} · {base['name']}"
        action, cancel_url = (
            url_for("change_filings.new", base=base["_id"]),
            url_for("change_filings.index"),
        )
    else:
        title = gettext(N_("Edit: %(name)s"), name=base["name"])
        action, cancel_url = request.full_path, show_url(filing["_id"])
    page = FormPage(
        title=title, form=form, sections=sections, action=action, cancel_url=cancel_url, save_label=gettext(N_("Save")),
        version=version, multipart=filing is None, crumbs=crumbs(filing),
    )  # fmt: skip
    return render_template("reports/filing_form.html", page=page)


def edit() -> ResponseReturnValue:
    """Correct a filing that nobody has decided on."""
    filing = read_filing(asked_id(), current_actor())
    if request.method == "GET" and state_of(filing) is not FilingState.FILED:
        return _closed(filing)
    base = _base(filing["base"])
    if request.method == "GET":
        return _form_page(FilingForm.of(filing), base, filing, filing["version"])
    form, version, status = FilingForm.typed(request.form), typed_version(), 422
    if form.validate():
        try:
            service.correct_filing(
                filing["_id"],
                form.draft(base["_id"]),
                version=version,
                actor=current_actor(),
                now=now(),
                today=today(),
            )
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
            version, status = after_refusal(problem, lambda: _stored_version(filing))
        else:
            flash(gettext(N_("Saved.")), "success")
            return redirect(show_url(filing["_id"]), 303)
    return _form_page(form, base, filing, version), status


def _closed(filing: StoredChangeFiling) -> ResponseReturnValue:
    """Lead back to a filing that is decided: there is nothing to ask any more."""
    flash(gettext(service.DECIDED), "error")
    return redirect(show_url(filing["_id"]), 303)


# --- Deciding ------------------------------------------------------------------------------------


def accept() -> ResponseReturnValue:
    """Ask, then accept a filing: the base's record changes with it."""
    filing = read_filing(asked_id(), current_actor())
    if request.method != "POST" and state_of(filing) is not FilingState.FILED:
        return _closed(filing)
    if request.method != "POST":
        return _question_page(filing, refusals_to_accept(filing, _base(filing["base"])))
    try:
        service.accept_filing(filing["_id"], version=typed_version(), actor=current_actor(), now=now())
    except (Refused, Stale) as problem:
        return _question_page(filing, problem.refusals), 409
    flash(gettext(N_("The filing is accepted: the base's record is changed.")), "success")
    return redirect(show_url(filing["_id"]), 303)


def _refusal_text(refusals: Iterable[Refusal]) -> str:
    """Return refusals as one text, each with the item that it speaks of."""
    return " ".join(
        f"{field_label(refusal.field)}：{sentence(refusal)}"
        if refusal.field in service.LABELS
        else sentence(refusal)
        for refusal in refusals
    )


def _question_page(filing: StoredChangeFiling, refusals: Iterable[Refusal]) -> str:
    consequences = [
        gettext(N_("The base's record is changed at once, and its tenants, partners and ledger follow.")),
        gettext(N_("The old name stays findable.")),
    ]
    if not service.has_proof(filing["_id"]):
        consequences.append(gettext(N_("No proof of the change is kept yet.")))
    if filing.get("provisional"):
        consequences.append(provisional_note(filing))
    page = ConfirmPage(
        title=gettext(N_("Accept the filing")),
        question=gettext(N_("Accept the change filing of “%(name)s”?"), name=filing["base_name"]),
        action=url_for("change_filings.accept", id=filing["_id"]),
        button=gettext(N_("Accept")),
        cancel_url=show_url(filing["_id"]),
        consequences=tuple(consequences),
        facts=(
            *change_items(filing),
            Item(gettext(N_("Completed on")), f"{filing['completed_on']:%Y-%m-%d}"),
            Item(gettext(N_("Filed on")), f"{filing['filed_on']:%Y-%m-%d}"),
        ),
        refusal=_refusal_text(refusals),
        hidden=(("version", str(filing["version"])),),
        danger=False,
        crumbs=crumbs(filing),
    )
    return render_template("shared/confirm.html", page=page)


def refuse() -> ResponseReturnValue:
    """Do not accept a filing, with a reason."""
    filing = read_filing(asked_id(), current_actor())
    if request.method != "POST" and state_of(filing) is not FilingState.FILED:
        return _closed(filing)
    form, version, status = ReasonForm.typed(request.form), filing["version"], 200
    if request.method == "POST":
        version, status = typed_version(), 422
        if form.validate():
            try:
                service.refuse_filing(
                    filing["_id"],
                    reason=form.typed_text("reason"),
                    version=version,
                    actor=current_actor(),
                    now=now(),
                )
            except (Refused, Stale) as problem:
                show_refusals(form, problem)
                version, status = after_refusal(problem, lambda: _stored_version(filing))
            else:
                flash(gettext(N_("The filing is not accepted; the base's record stays as it is.")), "success")
                return redirect(show_url(filing["_id"]), 303)
    page = FormPage(
        title=gettext(N_("Do not accept the filing")), form=form,
        sections=(FormSection(filing["base_name"], (("reason",),)),),
        action=url_for("change_filings.refuse", id=filing["_id"]), cancel_url=show_url(filing["_id"]),
        save_label=gettext(N_("Do not accept")), version=version, crumbs=crumbs(filing),
    )  # fmt: skip
    return render_template("records/form.html", page=page), status


def decide_title() -> ResponseReturnValue:
    """Record whether the base keeps its title under the new operator, with the reason."""
    filing = read_filing(asked_id(), current_actor())
    if not may_decide_on_title(filing):
        flash(
            gettext(N_("Only an accepted filing of another operator asks for a decision on the title.")), "error"
        )  # fmt: skip
        return redirect(show_url(filing["_id"]), 303)
    kept = title_kept_of(filing)
    stored = {"title_kept": kept.value if kept else None, "reason": filing.get("title_reason")}
    form, version, status = TitleDecisionForm.filled(stored), filing["version"], 200
    if request.method == "POST":
        form, version, status = TitleDecisionForm.typed(request.form), typed_version(), 422
        if form.validate():
            try:
                service.decide_on_title(
                    filing["_id"], form.decision(), reason=form.typed_text("reason"), version=version,
                    actor=current_actor(), now=now(),
                )  # fmt: skip
            except (Refused, Stale) as problem:
                show_refusals(form, problem)
                version, status = after_refusal(problem, lambda: _stored_version(filing))
            else:
                return _title_decided(filing, form.decision())
    page = FormPage(
        title=gettext(N_("Decide on the title")), form=form,
        sections=(FormSection(filing["base_name"], (("title_kept",), ("reason",))),),
        action=url_for("change_filings.decide_title", id=filing["_id"]), cancel_url=show_url(filing["_id"]),
        save_label=gettext(N_("Record the decision")), version=version, crumbs=crumbs(filing),
    )  # fmt: skip
    return render_template("records/form.html", page=page), status


def _title_decided(filing: StoredChangeFiling, decision: TitleKept) -> ResponseReturnValue:
    if decision is TitleKept.KEPT:
        flash(gettext(N_("Recorded: the base keeps the title.")), "success")
        return redirect(show_url(filing["_id"]), 303)
    flash(gettext(N_("Recorded. The title moves only by a case's decision: open the case here.")), "success")
    return redirect(url_for("revocation.new", base=filing["base"]), 303)
