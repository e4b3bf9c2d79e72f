"""The form of a ledger entry: all that Art. 6(3) names."""

from collections.abc import Sequence
from typing import Any

from forms.fields import cell
from forms.record import RecordForm, Section
from rules.words import N_
from schema.ledger_entries import LEDGER_ENTRIES


class LedgerEntryForm(RecordForm):
    """One service given."""

    sheet = LEDGER_ENTRIES
    sections = (
        Section(
            N_("What and when"),
            (("base",), ("served_on", "place"), ("function", "activity"), ("mode", "status")),
        ),
        Section(N_("Who served"), (("partner",),), N_("Left blank: the base itself.")),
        Section(N_("Request and record"), (("request",), ("service_record",))),
        Section(
            N_("Who took part"),
            (("companies",), ("company_times", "person_times")),
            N_("Company-times and person-times are counted once for each service."),
        ),
        Section(
            N_("Fee and feedback"), (("fee_kind", "fee_amount"), ("satisfaction",), ("feedback",), ("notes",))
        ),
    )

    base = cell(LEDGER_ENTRIES, "base", N_("Type part of the name or its pinyin initials."), lookup="bases")
    served_on = cell(LEDGER_ENTRIES, "served_on")
    place = cell(LEDGER_ENTRIES, "place")
    function = cell(LEDGER_ENTRIES, "function", N_("One of the eight functions of Art. 7."))
    activity = cell(LEDGER_ENTRIES, "activity")
    mode = cell(LEDGER_ENTRIES, "mode")
    status = cell(LEDGER_ENTRIES, "status", N_("A draft is not counted."))
    partner = cell(LEDGER_ENTRIES, "partner", lookup="service-partners")
    request = cell(LEDGER_ENTRIES, "request")
    service_record = cell(LEDGER_ENTRIES, "service_record")
    companies = cell(
        LEDGER_ENTRIES,
        "companies",
        N_("Tenants of the base are found by typing; other names may be typed in full."),
        lookup="tenant-companies",
        many="1",
        create="1",
        depends="base",
    )
    company_times = cell(LEDGER_ENTRIES, "company_times")
    person_times = cell(LEDGER_ENTRIES, "person_times")
    fee_kind = cell(LEDGER_ENTRIES, "fee_kind")
    fee_amount = cell(LEDGER_ENTRIES, "fee_amount")
    satisfaction = cell(LEDGER_ENTRIES, "satisfaction")
    feedback = cell(LEDGER_ENTRIES, "feedback")
    notes = cell(LEDGER_ENTRIES, "notes")

    def values(self, *, without: Sequence[str] = ()) -> dict[str, Any]:
        """Return the plain values; companies as a list of names."""
        values = super().values(without=without)
        if "companies" in values:
            values["companies"] = [{"name": name} for name in values["companies"] or ()]
        return values
