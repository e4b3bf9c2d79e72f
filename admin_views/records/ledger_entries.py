"""The service ledger, Art. 6(3)."""

from collections.abc import Mapping
from typing import Any

from admin_views.records.page import fact
from admin_views.records.view import RecordView
from admin_views.shared.request_context import today
from admin_views.shared.view_models import Fact, figure
from rules.choices import ServiceFunction
from rules.words import N_


class LedgerEntryView(RecordView):
    """Services given: request, record, time, place, companies and people, feedback."""

    collection = "ledger_entries"

    def defaults(self) -> dict[str, Any]:
        """Return what a new entry begins with: a draft of today."""
        return super().defaults() | {"served_on": today()}

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
