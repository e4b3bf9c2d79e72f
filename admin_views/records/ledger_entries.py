"""The service ledger, Art. 6(3)."""

from collections.abc import Mapping
from typing import Any

from admin_views.records.page import fact
from admin_views.records.routes import RecordView
from admin_views.shared.list_query import FilterSpec
from admin_views.shared.request_context import today
from admin_views.shared.view_models import Fact, figure
from forms.ledger_entries import LedgerEntryForm
from rules.choices import ActivityType, FeeKind, Satisfaction, ServiceFunction, ServiceMode
from rules.words import N_
from schema.ledger_entries import LEDGER_ENTRIES


class LedgerEntryView(RecordView):
    """Services given: request, record, time, place, companies and people, feedback."""

    sheet = LEDGER_ENTRIES
    form_class = LedgerEntryForm
    title = N_("Service ledger")
    one = N_("Ledger entry")
    first_columns = (
        "base",
        "served_on",
        "status",
        "function",
        "activity",
        "request",
        "partner",
        "company_times",
        "person_times",
        "fee_kind",
    )
    default_order = (("served_on", -1), ("_id", -1))
    name_keys = ("base_name", "served_on", "request")
    list_filters = (
        FilterSpec("base", "lookup", N_("Base"), lookup="bases"),
        FilterSpec("served_on", "days", N_("Service date")),
        FilterSpec("function", "choice", N_("Service function"), ServiceFunction),
        FilterSpec("activity", "choice", N_("Activity type"), ActivityType),
        FilterSpec("status", "status", N_("Status")),
        FilterSpec("partner", "lookup", N_("Service partner"), lookup="service_partners"),
        FilterSpec(
            "companies", "lookup", N_("Companies served"), lookup="tenant_companies", key="companies.company"
        ),
        FilterSpec("mode", "choice", N_("Mode"), ServiceMode),
        FilterSpec("fee_kind", "choice", N_("Fee"), FeeKind),
        FilterSpec("satisfaction", "choice", N_("Satisfaction"), Satisfaction),
    )

    def defaults(self) -> dict[str, Any]:
        """Return what a new entry begins with: a draft of today."""
        return {"status": "draft", "served_on": today()}

    def facts(self, raw: Mapping[str, Any]) -> tuple[Fact, ...]:
        """Return what the entry counts for."""
        function = next((term for term in ServiceFunction if term.value == raw.get("function")), None)
        counted = raw.get("status") in ("submitted", "verified")
        return (
            fact(N_("Service function"), self.say(function.label) if function else None),
            fact(N_("Companies counted"), figure(raw.get("company_times")), N_("company-times")),
            fact(N_("People counted"), figure(raw.get("person_times")), N_("person-times")),
            fact(N_("Counted"), self.say(N_("Yes") if counted else N_("No")),
                 note="" if counted else self.say(N_("only submitted and verified entries count"))),
        )  # fmt: skip

    def subtitle(self, raw: Mapping[str, Any]) -> str:
        """Return who served and where."""
        who = raw.get("partner_name") or self.say(N_("The base itself"))
        return " · ".join(text for text in (who, raw.get("place")) if text)
