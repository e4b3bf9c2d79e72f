"""What is typed of a change filing, and of the reason for not accepting one."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bson import ObjectId
from werkzeug.datastructures import MultiDict
from wtforms import Form

from forms.fields import field_for
from rules.change_filings import CHANGEABLE
from rules.words import N_
from schema.bases import BASES
from schema.field import Column, Kind
from services.reports.change_filings import FilingDraft

NEW_LABELS = {
    "name": N_("New name of the base"),
    "operator": N_("New operator"),
    "address": N_("New address"),
    "legal_representative": N_("New legal representative"),
}


def _new(key: str) -> Any:
    return field_for(Column(key, NEW_LABELS[key], "", most=BASES.column(key).most))


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else value


class _Typed(Form):
    class Meta:
        """Error messages are ours, already translated."""

        csrf = False
        locales = False


class ChooseForm(_Typed):
    """Which base has filed a change."""

    base = field_for(
        Column("base", N_("Base"), "", Kind.REFERENCE, name_key="base_name", required=True), lookup="bases"
    )

    @classmethod
    def typed(cls, given: MultiDict[str, str], url: str) -> "ChooseForm":
        """Return the form as it was sent; `url` answers its look-up."""
        form = cls(formdata=given)
        form.base.render_kw = {**(form.base.render_kw or {}), "data-lookup": url}
        return form


class FilingForm(_Typed):
    """A change as the base reported it; what did not change is left blank."""

    name = _new("name")
    operator = _new("operator")
    address = _new("address")
    legal_representative = _new("legal_representative")
    completed_on = field_for(
        Column("completed_on", N_("Change completed on"), "", Kind.DATE, required=True),
        N_("The day of the change itself is not counted."),
    )
    filed_on = field_for(
        Column("filed_on", N_("Filed on"), "", Kind.DATE, required=True),
        N_("The day on which the county received the filing."),
    )
    remark = field_for(Column("remark", N_("Remark"), "", Kind.LONG_TEXT, most=2000))

    @classmethod
    def filled(cls, values: Mapping[str, Any]) -> "FilingForm":
        """Return the form with these values."""
        return cls(data=dict(values))

    @classmethod
    def typed(cls, given: MultiDict[str, str]) -> "FilingForm":
        """Return the form as it was sent."""
        return cls(formdata=given)

    def show_old(self, base: Mapping[str, Any], words: str) -> None:
        """Say under each field what the record holds now; `words` holds %(value)s."""
        for key in CHANGEABLE:
            self[key].description = words.replace("%(value)s", str(base.get(key) or "—"))

    def draft(self, base: ObjectId) -> FilingDraft:
        """Return the filing of a base as typed; call it when the form is valid."""
        values = {key: self[key].data or "" for key in CHANGEABLE}
        return FilingDraft(
            base, values, _day(self.completed_on.data), _day(self.filed_on.data), self.remark.data or ""
        )


class ReasonForm(_Typed):
    """Why a filing is not accepted."""

    reason = field_for(Column("reason", N_("Reason"), "", Kind.LONG_TEXT, required=True, most=2000))

    @classmethod
    def typed(cls, given: MultiDict[str, str]) -> "ReasonForm":
        """Return the form as it was sent."""
        return cls(formdata=given)
