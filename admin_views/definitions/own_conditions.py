"""The conditions that an office sets on records, for administrators: which there are, one added, changed or deleted."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.definitions.formulas import formula_help, tried_formula
from admin_views.definitions.view_models import ConditionLine, ConditionsOf, ConditionsPage
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, typed_version
from admin_views.shared.translation import gettext as own_gettext
from admin_views.shared.view_models import ConfirmPage, FormPage, FormSection, Link, badge
from documents.definitions.own_field import SHIPPED
from forms.definitions.own_conditions import ConditionForm
from forms.sentences import show_refusals
from rules.errors import Missing, Refused, Stale
from rules.words import N_
from schema.collection import Collection
from schema.definitions.conditions import OwnCondition, Purpose
from schema.expressions.types import BOOLEAN
from schema.registry import REGISTRY
from services.definitions import conditions as service

_TITLE = N_("Rules and colours")


def index() -> ResponseReturnValue:
    """Show every collection's conditions."""
    stored = service.conditions_of_all(actor=current_actor())
    groups = [
        ConditionsOf(
            gettext(shipped.label),
            tuple(_line(one) for one in stored if one.condition.collection == shipped.name),
            url_for("own_conditions.new", slug=shipped.slug),
        )
        for shipped in SHIPPED.values()
        if shipped.listed and shipped.importable
    ]
    page = ConditionsPage(gettext(_TITLE), tuple(groups), _crumbs()[:1])
    return render_template("definitions/own_conditions.html", page=page)


def _line(stored: service.StoredCondition) -> ConditionLine:
    one = stored.condition
    declared = REGISTRY[one.collection]
    address: dict[str, Any] = {"slug": declared.slug, "key": one.key}
    field = declared.by_key.get(one.at)
    purpose = gettext(one.purpose.label)
    return ConditionLine(
        badge(gettext(one.colour.label), one.colour.value) if one.purpose is Purpose.COLOUR else purpose,
        one.sentence, stored.shown, own_gettext(field.label) if field else "", one.resting,
        url_for("own_conditions.edit", **address), url_for("own_conditions.delete", **address),
    )  # fmt: skip


def _crumbs() -> tuple[Link, ...]:
    return (
        Link(gettext(N_("Settings")), url_for("settings.index")),
        Link(gettext(_TITLE), url_for("own_conditions.index")),
    )


def _declared(slug: str) -> Collection:
    found = REGISTRY.by_slug(slug)
    if found is None or found.name not in SHIPPED or not found.listed or not found.importable:
        raise Missing()
    return found


def new(slug: str) -> ResponseReturnValue:
    """Add a condition."""
    declared = _declared(slug)
    form = ConditionForm() if request.method == "GET" else ConditionForm.typed(request.form)
    form.offer(declared)
    if _is_sent(form) and _saved(
        form,
        lambda: service.add_condition(form.condition(declared.name), actor=current_actor(), now=now()),
    ):
        return _done()
    title = gettext(N_("New rule or colour of %(collection)s"), collection=gettext(declared.label))
    return _page(form, title, url_for("own_conditions.new", slug=slug), declared)


def edit(slug: str, key: str) -> ResponseReturnValue:
    """Change a condition, or switch it off and on."""
    declared = _declared(slug)
    stored = service.read_condition(declared.name, key, actor=current_actor())
    version = stored.version
    form = (
        ConditionForm.of(stored.condition, stored.shown)
        if request.method == "GET"
        else ConditionForm.typed(request.form)
    )
    form.offer(declared)
    if request.method == "POST":
        version = typed_version() or 0
    if _is_sent(form) and _saved(
        form,
        lambda: service.change_condition(
            form.condition(declared.name, key), version=version, actor=current_actor(), now=now()
        ),
    ):
        return _done()
    return _page(
        form, stored.condition.sentence, url_for("own_conditions.edit", slug=slug, key=key), declared, version
    )


def _is_sent(form: ConditionForm) -> bool:
    return request.method == "POST" and not request.form.get("try") and bool(form.validate())


def _saved(form: ConditionForm, save: Callable[[], OwnCondition]) -> bool:
    try:
        save()
    except (Refused, Stale) as problem:
        show_refusals(form, problem)
        return False
    return True


def _done() -> ResponseReturnValue:
    flash(gettext(N_("Saved.")), "success")
    return redirect(url_for("own_conditions.index"), 303)


def _page(
    form: ConditionForm, title: str, action: str, declared: Collection, version: int | None = None
) -> ResponseReturnValue:
    sections = (
        FormSection(gettext(N_("Condition")), (("purpose",), ("formula",))),
        FormSection(gettext(N_("What is shown")), (("sentence",), ("at",), ("colour",), ("resting",))),
    )
    page = FormPage(
        title, form, sections, action, url_for("own_conditions.index"), gettext(N_("Save")), version,
        crumbs=_crumbs(),
    )  # fmt: skip
    tried = request.form.get("try")
    shown = tried_formula(declared.name, request.form.get("formula", ""), BOOLEAN) if tried else None
    help = formula_help(
        declared.name, url_for("own_conditions.formula", slug=declared.slug), tried=shown, is_condition=True
    )
    status = 422 if request.method == "POST" and not tried else 200
    return render_template("definitions/formula_form.html", page=page, formula=help), status


def formula(slug: str) -> ResponseReturnValue:
    """Tell of some records whether a typed condition holds: the part of the page that follows the typing."""
    tried = tried_formula(_declared(slug).name, request.args.get("formula", ""), BOOLEAN)
    return render_template("definitions/tried.html", tried=tried)


def delete(slug: str, key: str) -> ResponseReturnValue:
    """Ask, then delete a condition."""
    declared = _declared(slug)
    stored = service.read_condition(declared.name, key, actor=current_actor())
    if request.method == "POST":
        service.delete_condition(
            declared.name, key, version=typed_version() or 0, actor=current_actor(), now=now()
        )
        return _done()
    question = gettext(N_("Delete “%(label)s” for good?"), label=stored.condition.sentence)
    page = ConfirmPage(
        title=question, question=question, action=url_for("own_conditions.delete", slug=slug, key=key),
        cancel_url=url_for("own_conditions.index"), button=gettext(N_("Delete")),
        consequences=(gettext(N_("No record is changed by that.")),),
        hidden=(("version", str(stored.version)),), danger=True,
    )  # fmt: skip
    return render_template("shared/confirm.html", page=page)
