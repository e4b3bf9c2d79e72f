"""What is typed of a change filing, and of the reason for not accepting one."""

from collections.abc import Mapping
from typing import Any, Self

from bson import ObjectId

from documents.reports.change_filing import StoredChangeFiling
from forms.fields import field_for
from forms.plain_form import PlainForm
from rules.change_filings import CHANGEABLE
from rules.words import N_
from schema.bases import BASES
from schema.field import Field, Kind
from services.reports.change_filings import FilingDraft
from services.shared.office_day import day_of

NEW_LABELS = {
    "name": N_("New name of the base"),
    "operator": N_("New operator"),
    "address": N_("New address"),
    "legal_representative": N_("New legal representative"),
}


def _new(key: str) -> Any:
    return field_for(Field(key, NEW_LABELS[key], "", max_length=BASES.field(key).max_length))


class ChooseForm(PlainForm):
    """Which base has filed a change."""

    base = field_for(
        Field("base", N_("Base"), "", Kind.REFERENCE, name_key="base_name", required=True), lookup="bases"
    )

    def look_up_at(self, url: str) -> None:
        """Set the address that answers the look-up."""
        self.base.render_kw = {**(self.base.render_kw or {}), "data-lookup": url}


class FilingForm(PlainForm):
    """A change as the base reported it; what did not change is left blank."""

    name = _new("name")
    operator = _new("operator")
    address = _new("address")
    legal_representative = _new("legal_representative")
    completed_on = field_for(
        Field("completed_on", N_("Change completed on"), "", Kind.DATE, required=True),
        N_("The day of the change itself is not counted."),
    )
    filed_on = field_for(
        Field("filed_on", N_("Filed on"), "", Kind.DATE, required=True),
        N_("The day on which the county received the filing."),
    )
    remark = field_for(Field("remark", N_("Remark"), "", Kind.LONG_TEXT, max_length=2000))

    @classmethod
    def of(cls, filing: StoredChangeFiling) -> Self:
        """Return the form with a stored filing: the new values, its days, its remark."""
        new_values = {change["field"]: change["new"] for change in filing["changes"]}
        days = {"completed_on": day_of(filing["completed_on"]), "filed_on": day_of(filing["filed_on"])}
        return cls(data={**new_values, **days, "remark": filing.get("remark")})

    def show_old(self, base: Mapping[str, Any], sentence: str) -> None:
        """Say under each field what the record holds now; `sentence` holds %(value)s."""
        for key in CHANGEABLE:
            self[key].description = sentence.replace("%(value)s", str(base.get(key) or "—"))

    def draft(self, base: ObjectId) -> FilingDraft:
        """Return the filing of a base as typed; call it when the form is valid."""
        values = {key: self.typed_text(key) for key in CHANGEABLE}
        return FilingDraft(
            base,
            values,
            self.typed_day("completed_on"),
            self.typed_day("filed_on"),
            self.typed_text("remark"),
        )


class ReasonForm(PlainForm):
    """Why a filing is not accepted."""

    reason = field_for(Field("reason", N_("Reason"), "", Kind.LONG_TEXT, required=True, max_length=2000))
