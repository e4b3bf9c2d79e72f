"""Change what an own field holds: which kind, the trial of every value, what names the field, then the act."""

from dataclasses import replace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.batches.labels import batch_url
from admin_views.definitions.own_fields import crumbs, shipped_of
from admin_views.definitions.uses import shown_uses
from admin_views.definitions.view_models import FailedValue, KindTrialShown
from admin_views.desk.confirmation import FIELD, demand_own_password
from admin_views.desk.view_models import LinkGroup, SettingsPage
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, typed_version
from admin_views.shared.view_models import FormPage, FormSection, Link
from forms.definitions.own_fields import OwnFieldForm
from forms.sentences import sentence, show_refusals
from rules.errors import Refused, Stale
from rules.words import N_
from schema.collection import Collection
from schema.definitions.kind_changes import possible_kinds
from schema.definitions.own_fields import LISTS, OwnField, OwnKind
from services.definitions import kind_changes as service
from services.definitions.own_fields import StoredOwnField, read_own_field

_HINTS = {
    OwnKind.CHOICE: N_("The words that records hold are proposed as its list"),
    OwnKind.CHOICES: N_("Texts parted by 、 become several words"),
    OwnKind.INTEGER: N_("What is no whole number does not convert"),
    OwnKind.DATE: N_("What is no day, however it is written, does not convert"),
}
_OTHER_HINT = N_("Each value is tried first")
_OF_KIND = ("words", "unit", "mask", "minimum", "maximum")


def change(slug: str, key: str) -> ResponseReturnValue:
    """Choose another kind, see what becomes of every value, and change it."""
    shipped = shipped_of(slug)
    stored = read_own_field(shipped.name, key, actor=current_actor())
    kind = next(
        (one for one in possible_kinds(stored.field) if one.value == request.values.get("kind")), None
    )
    if kind is None:
        return _choice(shipped, stored.field), 422 if request.method == "POST" else 200
    version, is_sent = stored.version, request.method == "POST"
    form = OwnFieldForm.typed(request.form) if is_sent else OwnFieldForm.of(_begun(stored.field, kind))
    form.offer(shipped)
    form.fix_kind(kind)
    for name in list(form._fields):
        if name not in _OF_KIND:
            del form[name]
    if not is_sent:
        return _page(form, stored, shipped, kind, version)
    version = typed_version() or 0
    if not form.validate() or request.form.get("try"):
        return _page(form, stored, shipped, kind, version)
    try:
        demand_own_password(request.form.get(FIELD))
        batch = service.ask_to_change_kind(
            shipped.name, key, _typed(form, stored.field, kind), version=version,
            stops=request.form.get("fails") != "empty", actor=current_actor(), now=now(),
        )  # fmt: skip
    except (Refused, Stale) as problem:
        show_refusals(form, problem)
        return _page(form, stored, shipped, kind, version)
    return redirect(batch_url(batch), 303)


def _choice(shipped: Collection, own: OwnField) -> str:
    address: dict[str, Any] = {"slug": shipped.slug, "key": own.key}
    links = tuple(
        Link(
            gettext(one.label), url_for("own_fields.change_kind", **address, kind=one.value),
            gettext(_HINTS.get(one, _OTHER_HINT)), "edit",
        )
        for one in possible_kinds(own)
    )  # fmt: skip
    title = gettext(
        N_("“%(label)s” holds %(kind)s: what else?"), label=gettext(own.label), kind=gettext(own.kind.label)
    )
    none = gettext(N_("A field of this kind cannot become another one: make a new field."))
    heading = gettext(N_("Each value is tried before anything is changed.")) if links else none
    return render_template(
        "desk/settings.html", page=SettingsPage(title, (LinkGroup(heading, links),), crumbs())
    )


def _begun(own: OwnField, kind: OwnKind) -> OwnField:
    """Return the field as the form proposes it: with the words that records hold where it becomes a list."""
    if kind in LISTS and own.kind not in LISTS:
        return replace(own, kind=kind, words=service.words_found(own, actor=current_actor()))
    return replace(own, kind=kind)


def _typed(form: OwnFieldForm, own: OwnField, kind: OwnKind) -> OwnField:
    return form.of_kind(own, kind)


def _page(
    form: OwnFieldForm,
    stored: StoredOwnField,
    shipped: Collection,
    kind: OwnKind,
    version: int,
) -> ResponseReturnValue:
    own, actor = stored.field, current_actor()
    trial = service.try_kind(own, _typed(form, own, kind), actor=actor) if not form.errors else None
    if trial is not None and trial.refusals and not form.errors:
        show_refusals(form, Refused(*trial.refusals))
    shown = trial and KindTrialShown(
        trial.filled, trial.converts, trial.fails,
        tuple(
            FailedValue(
                one.label, url_for(f"{own.collection}.details_view", id=one.record_id), one.value, sentence(one.reason)
            )
            for one in trial.rows
        ),
        tuple(sentence(one) for one in trial.refusals if one.field not in form),
        gettext(own.kind.label), gettext(kind.label),
    )  # fmt: skip
    rows: tuple[tuple[str, ...], ...] = tuple((name,) for name in ("words", "unit", "mask") if name in form)
    rows += (("minimum", "maximum"),) if "minimum" in form else ()
    title = gettext(
        N_("%(label)s: from %(before)s to %(after)s"), label=gettext(own.label), before=gettext(own.kind.label),
        after=gettext(kind.label),
    )  # fmt: skip
    page = FormPage(
        title, form, (FormSection(gettext(kind.label), rows),) if rows else (),
        url_for("own_fields.change_kind", slug=shipped.slug, key=own.key), url_for("own_fields.index"),
        gettext(N_("Change what it holds")), version, hidden=(("kind", kind.value),), crumbs=crumbs(),
    )  # fmt: skip
    sent = request.method == "POST" and not request.form.get("try")
    return render_template(
        "definitions/kind_change.html", page=page, trial=shown, uses=shown_uses(own)
    ), 422 if sent else 200
