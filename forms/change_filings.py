"""What is typed of a change filing, and of the reason for not accepting one."""

from collections.abc import Mapping
from typing import Any, Self

from bson import ObjectId

from documents.reports.change_filing import StoredChangeFiling
from forms.fields import field_for
from forms.plain_form import PlainForm
from rules.change_filings import CHANGEABLE, OperatorChange, TitleKept
from rules.words import N_
from schema.bases import BASES
from schema.field import Field, Kind
from services.reports.change_filings import FilingDraft
from services.shared.office_day import day_of

NEW_LABELS = {
    "name": N_("New name of the base"),
    "operator": N_("New operator"),
    "uscc": N_("The new operator's code"),
    "address": N_("New address"),
    "legal_representative": N_("New legal representative"),
}


def _new(key: str) -> Any:
    declared = BASES.field(key)
    return field_for(
        Field(key, NEW_LABELS[key], "", declared.kind, max_length=declared.max_length, code=declared.code)
    )


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
    operator_change = field_for(
        Field("operator_change", N_("What became of the operator"), "", Kind.CHOICE, choices=OperatorChange),
        N_("Another legal person brings its own code, licence and representative."),
    )
    uscc = _new("uscc")
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
        kind = filing.get("operator_change")
        return cls(data={**new_values, **days, "remark": filing.get("remark"), "operator_change": kind})

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
            next((kind for kind in OperatorChange if kind.value == self.operator_change.data), None),
        )


class TitleDecisionForm(PlainForm):
    """Whether a base keeps its title under a new operator, and why."""

    title_kept = field_for(
        Field("title_kept", N_("Decision on the title"), "", Kind.CHOICE, choices=TitleKept, required=True),
        N_("The title itself moves by a case's decision alone: without it the base does not lose it."),
    )
    reason = field_for(Field("reason", N_("Reason"), "", Kind.LONG_TEXT, required=True, max_length=2000))

    def decision(self) -> TitleKept:
        """Return what is decided; call it when the form is valid."""
        return next(kept for kept in TitleKept if kept.value == self.title_kept.data)


class ReasonForm(PlainForm):
    """Why a filing is not accepted."""

    reason = field_for(Field("reason", N_("Reason"), "", Kind.LONG_TEXT, required=True, max_length=2000))
