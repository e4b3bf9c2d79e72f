"""The office's counties, for administrators: their order and names, and a county that is new."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, typed_version
from admin_views.shared.view_models import FormPage, FormSection, Link
from forms.counties import CountyForm, NewCountyForm
from forms.sentences import show_refusals
from rules.errors import Refused, Stale
from rules.words import N_
from services.desk import counties as service

_NAMES, _SPELLINGS, _PAPERS = N_("Place and names"), N_("How it is typed in a search"), N_("Papers")


@dataclass(frozen=True, slots=True)
class CountyLine:
    """One county of the list."""

    code: str
    name: str
    url: str
    order: int
    short: str
    further: str
    spellings: str


@dataclass(frozen=True, slots=True)
class CountiesPage:
    """desk/counties.html: the counties in the office's order."""

    title: str
    rows: tuple[CountyLine, ...]
    new_url: str
    crumbs: tuple[Link, ...] = ()


def _crumbs() -> tuple[Link, ...]:
    return (Link(gettext(N_("Settings")), url_for("settings.index")),)


def index() -> ResponseReturnValue:
    """Show the counties in the office's order."""
    page = CountiesPage(
        gettext(N_("Counties")),
        tuple(_line(stored) for stored in service.list_counties()),
        url_for("settings.new_county"),
        _crumbs(),
    )
    return render_template("desk/counties.html", page=page)


def _line(stored: service.StoredVersion) -> CountyLine:
    county = stored.facts
    return CountyLine(
        county.code, county.name, url_for("settings.county", code=county.code), county.order, county.short,
        "、".join(county.aliases), " ".join((*county.pinyin, *county.initials)),
    )  # fmt: skip


def new() -> ResponseReturnValue:
    """Add a county."""
    title, action = gettext(N_("New county")), url_for("settings.new_county")
    if request.method == "GET":
        last = max(stored.facts.order for stored in service.list_counties())
        return _form_page(NewCountyForm.begun(last + 1), title, action, 0)
    form = NewCountyForm.typed(request.form)
    if form.validate() and _save(form, (form.code.data or "").strip(), 0):
        flash(gettext(N_("The county was added: records can be entered and imported for it.")), "success")
        return redirect(url_for("settings.counties"), 303)
    return _form_page(form, title, action, 0), 422


def edit(code: str) -> ResponseReturnValue:
    """Change a county's place and names; its code stays, for its records bear it."""
    stored = service.read_county(code, current_actor())
    title = gettext(N_("County %(name)s"), name=stored.facts.name)
    action = url_for("settings.county", code=code)
    if request.method == "GET":
        return _form_page(CountyForm.filled(stored.facts), title, action, stored.version)
    form, version = CountyForm.typed(request.form), typed_version()
    if form.validate() and _save(form, code, version or stored.version):
        flash(gettext(N_("Saved.")), "success")
        return redirect(url_for("settings.counties"), 303)
    return _form_page(form, title, action, version), 422


def _save(form: CountyForm, code: str, version: int) -> bool:
    try:
        service.save_county(form.county(code), version=version, actor=current_actor(), now=now())
    except (Refused, Stale) as problem:
        show_refusals(form, problem)
        return False
    return True


def _form_page(form: CountyForm, title: str, action: str, version: int) -> str:
    first = ("code", "order") if "code" in form else ("order",)
    sections = (
        FormSection(gettext(_NAMES), (first, ("name", "short"), ("aliases",))),
        FormSection(gettext(_SPELLINGS), (("pinyin", "initials"),)),
        FormSection(gettext(_PAPERS), (("office",),)),
    )
    crumbs = (*_crumbs(), Link(gettext(N_("Counties")), url_for("settings.counties")))
    page = FormPage(
        title,
        form,
        sections,
        action,
        url_for("settings.counties"),
        gettext(N_("Save")),
        version,
        crumbs=crumbs,
    )
    return render_template("records/form.html", page=page)
