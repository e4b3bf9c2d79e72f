"""The office's settings, for administrators: one form, made from the settings as they are declared."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.desk.confirmation import FIELD, demand_own_password
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, typed_version
from admin_views.shared.view_models import FormPage, FormSection, Link
from forms.sentences import show_refusals
from forms.settings import SettingsForm
from rules.errors import Refused, Stale
from rules.words import N_
from schema.settings import SETTINGS, SettingGroup, SettingValues
from services.desk.settings import read_settings, save_settings

_OF_SIGN_IN = {setting.key: setting for setting in SETTINGS if setting.group is SettingGroup.SIGN_IN}


def edit() -> ResponseReturnValue:
    """Show the settings as they are stored, and keep what was typed."""
    values, version = read_settings(current_actor())
    if request.method == "GET":
        return render_template("records/form.html", page=_page(SettingsForm.filled(values), version))
    # The version that was read stays: a save after the correction must still see another's.
    form, version = SettingsForm.typed(request.form), typed_version()
    if form.validate() and _save(form, version, values):
        flash(gettext(N_("Saved. The settings are in force from now on.")), "success")
        return redirect(url_for("settings.office"), 303)
    return render_template("records/form.html", page=_page(form, version)), 422


def _save(form: SettingsForm, version: int, stored: SettingValues) -> bool:
    try:
        if any(form.values()[key] != stored.value_of(setting) for key, setting in _OF_SIGN_IN.items()):
            demand_own_password(form.own_password.data)
        save_settings(form.values(), version=version, actor=current_actor(), now=now())
    except (Refused, Stale) as problem:
        show_refusals(form, problem)
        return False
    return True


def _page(form: SettingsForm, version: int) -> FormPage:
    return FormPage(
        title=gettext(N_("Office settings")),
        form=form,
        sections=tuple(_section(group) for group in SettingGroup),
        action=url_for("settings.office"),
        cancel_url=url_for("settings.index"),
        save_label=gettext(N_("Save")),
        version=version,
        help=gettext(N_("What the Measures ask is no setting of the office: it stands in the rule sets.")),
        crumbs=(Link(gettext(N_("Settings")), url_for("settings.index")),),
    )


def _section(group: SettingGroup) -> FormSection:
    keys = [setting.key for setting in SETTINGS if setting.group is group]
    pairs = tuple(tuple(keys[place : place + 2]) for place in range(0, len(keys), 2))
    if group is not SettingGroup.SIGN_IN:
        return FormSection(gettext(group.value), pairs)
    help = gettext(N_("Whoever changes one of these types their own password too."))
    return FormSection(gettext(group.value), (*pairs, (FIELD,)), help=help)
