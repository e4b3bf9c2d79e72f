"""The check of an operator's place of registration: what code and record say, and what the county finds (Art. 5(1))."""

from collections.abc import Sequence
from typing import cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.view_models import RegistrationPage
from admin_views.shared.articles import article_of
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import asked_id, now, today, typed_version
from admin_views.shared.view_models import Item, Link
from documents.records.base import Base, StoredBase
from forms.registration import NO, YES, RegistrationForm
from forms.sentences import put_beside, sentence
from rules.assessment.registration import Registration, registration_of
from rules.errors import Refusal, Refused, Stale
from rules.words import N_
from services.assessment.registration import confirm_registration


def edit() -> ResponseReturnValue:
    """Show the question with what the records say; record the finding; keep what was typed."""
    base = cast("StoredBase", Base.read(asked_id(), current_actor()))
    registration = registration_of(base)
    if request.method == "GET":
        found = {True: YES, False: NO, None: YES if registration.in_city else None}[registration.confirmed]
        form = RegistrationForm(data={"in_city": found, "basis": base.get("registration_basis")})
        return _shown(base, form, base["version"])
    form, version = RegistrationForm(request.form), typed_version()
    refusals: Sequence[Refusal] = ()
    status = 422
    if form.in_city.data not in (YES, NO):
        refusals = (Refusal(N_("Choose what was found."), field="in_city"),)
    elif form.validate():
        try:
            changed = confirm_registration(
                base["_id"], form.in_city.data == YES, form.basis.data or "", version=version, actor=current_actor(),
                now=now(), today=today(),
            )  # fmt: skip
        except Stale as problem:
            refusals, status, version = problem.refusals, 409, base["version"]
        except Refused as problem:
            refusals = problem.refusals
        else:
            flash(gettext(N_("Saved.")) if changed else gettext(N_("Nothing was changed.")), "success")
            return redirect(url_for("base_assessment.base", id=base["_id"]) + "#indicators", 303)
    others = put_beside(form, refusals)
    return _shown(base, form, version, tuple(sentence(refusal) for refusal in others), status)


def _shown(
    base: StoredBase, form: RegistrationForm, version: int, problems: tuple[str, ...] = (), status: int = 200
) -> ResponseReturnValue:
    registration = registration_of(base)
    page = RegistrationPage(
        title=gettext(N_("Place of registration")),
        subtitle=f"{base['name']} · {article_of('registered')}",
        form=form,
        action=url_for("registration.edit", id=base["_id"]),
        cancel_url=url_for("base_assessment.base", id=base["_id"]) + "#indicators",
        base_url=url_for("bases.edit_view", id=base["_id"]),
        version=version,
        facts=_facts(base, registration),
        warning=_warning(registration),
        problems=problems,
        crumbs=(
            Link(gettext(N_("Assessment")), url_for("assessment.index")),
            Link(base["name"], url_for("base_assessment.base", id=base["_id"])),
        ),
    )
    return render_template("assessment/registration.html", page=page), status


def _facts(base: StoredBase, registration: Registration) -> tuple[Item, ...]:
    checked_on, checked_by = base.get("registration_checked_on"), base.get("registration_checked_by", "")
    finding = gettext(registration.finding)
    if registration.confirmed is not None and checked_on:
        finding = f"{finding}（{checked_by} {checked_on:%Y-%m-%d}）"
    return (
        Item(gettext(N_("Operator")), base.get("operator")),
        Item(gettext(N_("USCC")), registration.uscc, align="code"),
        Item(gettext(N_("Division of the code")), registration.division or gettext(N_("It names none"))),
        Item(gettext(N_("Place of registration")), registration.place or gettext(N_("Not filled in"))),
        Item(gettext(N_("Finding so far")), finding, wide=True),
    )


def _warning(registration: Registration) -> str:
    """Return what must be looked at before anything is found; "" when code and place agree on the city."""
    if registration.disagrees:
        sentence_ = N_(
            "The code was given in %(division)s, the record says %(place)s: please check the licence."
        )
        return str(gettext(sentence_, division=registration.division, place=registration.place))
    if registration.in_city is False:
        place = registration.place or registration.division
        return str(
            gettext(
                N_("By the record the operator is registered at %(place)s, not in the city."), place=place
            )
        )
    return ""
