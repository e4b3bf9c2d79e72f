"""The form of a service partner, with a row for each cooperation."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import FieldList, Form, FormField

from forms.fields import LookupField, cell, field_for
from forms.record import RecordForm, Section
from rules.words import N_
from schema.field import Column, Kind
from schema.service_partners import SERVICE_PARTNERS

_BASE = Column(
    "base", N_("Cooperating base"), "合作基地", Kind.REFERENCE, name_key="base_name", required=True
)


class CooperationForm(Form):
    """One cooperation with one base."""

    base = field_for(_BASE, lookup="bases")
    first_day = cell(SERVICE_PARTNERS, "cooperation_first_day")
    last_day = cell(SERVICE_PARTNERS, "cooperation_last_day")

    class Meta:
        """As in every form of a record."""

        csrf = False
        locales = False


class ServicePartnerForm(RecordForm):
    """A service partner: who it is, what it does, which bases it works with."""

    sheet = SERVICE_PARTNERS
    sections = (
        Section(N_("The partner"), (("name",), ("uscc", "status"), ("functions",))),
        Section(N_("Cooperations"), (("cooperations",),), N_("Without a last day the cooperation goes on.")),
        Section(N_("Contact"), (("contact_name", "contact_phone"), ("notes",))),
    )

    name = cell(SERVICE_PARTNERS, "name")
    uscc = cell(SERVICE_PARTNERS, "uscc", N_("18 characters; spaces and full-width letters are put right."))
    functions = cell(SERVICE_PARTNERS, "functions", N_("The service functions of Art. 7 that it supports."))
    cooperations = FieldList(FormField(CooperationForm), lazy_gettext(N_("Cooperations")), max_entries=500)
    contact_name = cell(SERVICE_PARTNERS, "contact_name")
    contact_phone = cell(SERVICE_PARTNERS, "contact_phone")
    status = cell(SERVICE_PARTNERS, "status")
    notes = cell(SERVICE_PARTNERS, "notes")

    def show_names(self, raw: Mapping[str, Any]) -> None:
        """Show the base's name beside each cooperation."""
        super().show_names(raw)
        names = {one["base"]: one.get("base_name") for one in raw.get("cooperations") or []}
        for entry in self.cooperations.entries:
            field = entry.form.base
            if field.data is not None:
                field.chosen = ((str(field.data), names.get(field.data) or str(field.data)),)

    def lookups(self) -> list[LookupField]:
        """Return the bases of the rows."""
        return [entry.form.base for entry in self.cooperations.entries]

    def values(self, *, without: Sequence[str] = ()) -> dict[str, Any]:
        """Return the plain values; cooperations as a list of base, first and last day."""
        values = super().values(without=without)
        if "cooperations" in values:
            values["cooperations"] = [
                {key: one[key] for key in ("base", "first_day", "last_day")} for one in values["cooperations"]
            ]
        return values
