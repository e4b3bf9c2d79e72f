"""Take a change filing down, correct it, accept it or not (Art. 15)."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.reports.change_filings import (
    PROOF,
    change_filings,
    change_items,
    crumbs,
    field_label,
    provisional_note,
    said,
    show_url,
)
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, today
from admin_views.shared.slot_files import asked_id, keep_sent, sent_files
from admin_views.shared.view_models import ConfirmPage, FormPage, FormSection, Item
from documents.records.base import Base
from documents.reports.change_filing import COLLECTION
from forms.change_filings import ChooseForm, FilingForm, ReasonForm
from forms.sentences import show_refusals
from rules.access import Permission
from rules.errors import Missing, Refusal, Refused, Stale
from rules.words import N_
from services.reports import change_filings as service
from services.reports.change_filings import read_filing, refusals_to_accept

__all__ = ["change_filings"]
_NEW = N_("New filing")
Raw = Mapping[str, Any]


def _base(identity: ObjectId) -> dict[str, Any]:
    found = Base.by_ids([identity], current_actor()).as_pymongo().first()
    if found is None:
        raise Missing()
    return dict(found)


def _version() -> int:
    return request.form.get("version", type=int) or 0


@change_filings.route("/new/", methods=["GET", "POST"])
@needs(Permission.WRITE)
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
            made = service.file_change(
                form.draft(base["_id"]), actor=current_actor(), now=now(), today=today()
            )
        except Refused as problem:
            show_refusals(form, problem)
        else:
            keep_sent(COLLECTION, made, PROOF)
            flash(gettext(N_("The filing is taken down.")), "success")
            return redirect(show_url(made), 303)
    return _form_page(form, base, None), 422


def _choose() -> ResponseReturnValue:
    form = ChooseForm.typed(request.form, url_for("bases.lookup_view"))
    if request.method == "POST" and form.validate():
        return redirect(url_for("change_filings.new", base=_base(form.base.data)["_id"]), 303)
    page = FormPage(
        title=gettext(_NEW), form=form,
        sections=(FormSection(gettext(N_("Which base filed the change?")), (("base",),)),),
        action=url_for("change_filings.new"), cancel_url=url_for("change_filings.index"),
        save_label=gettext(N_("Go on")), crumbs=crumbs(),
    )  # fmt: skip
    return render_template("records/form.html", page=page), 422 if request.method == "POST" else 200


def _form_page(form: FilingForm, base: Raw, raw: Raw | None, version: int | None = None) -> str:
    form.show_old(base, gettext(N_("Recorded now: %(value)s"), value="%(value)s"))
    if sent_files():
        form.form_errors.append(gettext(N_("The files you chose were not kept: please choose them again.")))
    sections = (
        FormSection(
            gettext(N_("What changed")),
            (("name",), ("operator",), ("address",), ("legal_representative",)),
            gettext(N_("Leave blank what did not change.")),
        ),
        FormSection(gettext(N_("Filing")), (("completed_on", "filed_on"), ("remark",))),
    )
    new_one = raw is None
    where = url_for("change_filings.new", base=base["_id"]) if raw is None else request.full_path
    page = FormPage(
        title=f"{gettext(_NEW)} · {base['name']}" if new_one else gettext(N_("Edit: %(name)s"), name=base["name"]),
        form=form, sections=sections, action=where,
        cancel_url=url_for("change_filings.index") if raw is None else show_url(raw["_id"]),
        save_label=gettext(N_("Save")), version=version, multipart=new_one, crumbs=crumbs(raw),
    )  # fmt: skip
    return render_template("reports/change_filing_form.html", page=page)


@change_filings.route("/edit/", methods=["GET", "POST"])
@needs(Permission.WRITE)
def edit() -> ResponseReturnValue:
    """Correct a filing that nobody has decided on."""
    raw = read_filing(asked_id(), current_actor())
    base = _base(raw["base"])
    if request.method == "GET":
        typed = {one["field"]: one["new"] for one in raw["changes"]}
        days = {key: raw[key].date() for key in ("completed_on", "filed_on")}
        form = FilingForm.filled({**typed, **days, "remark": raw.get("remark")})
        return _form_page(form, base, raw, raw["version"])
    form, version, code = FilingForm.typed(request.form), _version(), 422
    if form.validate():
        try:
            service.correct_filing(
                raw["_id"],
                form.draft(base["_id"]),
                version=version,
                actor=current_actor(),
                now=now(),
                today=today(),
            )
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
            if isinstance(problem, Stale):
                # Saved again it replaces what the other one saved: the page has said so.
                version, code = read_filing(raw["_id"], current_actor())["version"], 409
        else:
            flash(gettext(N_("Saved.")), "success")
            return redirect(show_url(raw["_id"]), 303)
    return _form_page(form, base, raw, version), code


# --- Deciding ------------------------------------------------------------------------------------


@change_filings.route("/accept/", methods=["GET", "POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def accept() -> ResponseReturnValue:
    """Ask, then accept a filing: the base's record changes with it."""
    raw, refused = read_filing(asked_id(), current_actor()), ""
    if request.method == "POST":
        try:
            service.accept_filing(raw["_id"], version=_version(), actor=current_actor(), now=now())
        except (Refused, Stale) as problem:
            refused = _named(problem.refusals)
        else:
            flash(gettext(N_("The filing is accepted: the base's record is changed.")), "success")
            return redirect(show_url(raw["_id"]), 303)
    else:
        refused = _named(refusals_to_accept(raw, _base(raw["base"])))
    return render_template(
        "shared/confirm.html", page=_question(raw, refused)
    ), 409 if request.method == "POST" else 200


def _named(reasons: tuple[Refusal, ...]) -> str:
    """Return refusals, each with the item that it speaks of."""
    return " ".join(
        f"{field_label(one.field)}：{said([one])}" if one.field in service.LABELS else said([one])
        for one in reasons
    )


def _question(raw: Raw, refused: str) -> ConfirmPage:
    consequences = [
        gettext(N_("The base's record is changed at once, and its tenants, partners and ledger follow.")),
        gettext(N_("The old name stays findable.")),
    ]
    if not service.has_proof(raw["_id"]):
        consequences.append(gettext(N_("No proof of the change is kept yet.")))
    if raw.get("provisional"):
        consequences.append(provisional_note(raw))
    facts = [*change_items(raw), Item(gettext(N_("Completed on")), f"{raw['completed_on']:%Y-%m-%d}")]
    facts.append(Item(gettext(N_("Filed on")), f"{raw['filed_on']:%Y-%m-%d}"))
    return ConfirmPage(
        title=gettext(N_("Accept the filing")),
        question=gettext(N_("Accept the change filing of “%(name)s”?"), name=raw["base_name"]),
        action=url_for("change_filings.accept", id=raw["_id"]),
        button=gettext(N_("Accept")),
        cancel_url=show_url(raw["_id"]),
        consequences=tuple(consequences),
        facts=tuple(facts),
        refusal=refused,
        hidden=(("version", str(raw["version"])),),
        danger=False,
        crumbs=crumbs(raw),
    )


@change_filings.route("/refuse/", methods=["GET", "POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def refuse() -> ResponseReturnValue:
    """Do not accept a filing, with a reason."""
    raw = read_filing(asked_id(), current_actor())
    form, version, code = ReasonForm.typed(request.form), raw["version"], 200
    if request.method == "POST":
        version, code = _version(), 422
        if form.validate():
            try:
                service.refuse_filing(
                    raw["_id"],
                    reason=form.reason.data or "",
                    version=version,
                    actor=current_actor(),
                    now=now(),
                )
            except (Refused, Stale) as problem:
                show_refusals(form, problem)
                code = 409
            else:
                flash(gettext(N_("The filing is not accepted; the base's record stays as it is.")), "success")
                return redirect(show_url(raw["_id"]), 303)
    page = FormPage(
        title=gettext(N_("Do not accept the filing")), form=form,
        sections=(FormSection(raw["base_name"], (("reason",),)),),
        action=url_for("change_filings.refuse", id=raw["_id"]), cancel_url=show_url(raw["_id"]),
        save_label=gettext(N_("Do not accept")), version=version, crumbs=crumbs(raw),
    )  # fmt: skip
    return render_template("records/form.html", page=page), code
