"""The tenant companies."""

from collections.abc import Mapping
from typing import Any

from admin_views.records.page import fact, related_table
from admin_views.records.view import RecordView
from admin_views.shared.guard import current_actor
from admin_views.shared.view_models import Fact, RelatedTable, figure
from documents.records.ledger_entry import LedgerEntry
from rules.choices import CompanySize
from rules.words import N_
from schema.ledger_entries import LEDGER_ENTRIES


class TenantCompanyView(RecordView):
    """Companies housed in the bases, with the size that the figures give."""

    collection = "tenant_companies"

    def facts(self, raw: Mapping[str, Any]) -> tuple[Fact, ...]:
        """Return size and the figures it comes from."""
        size = next((term for term in CompanySize if term.value == raw.get("size")), None)
        note = N_("set by hand") if raw.get("size_override") else N_("computed")
        return (
            fact(N_("Size"), self.say(size.label) if size else None, note=self.say(note) if size else ""),
            fact(N_("People employed"), figure(raw.get("people")), N_("people")),
            fact(N_("Revenue"), figure(raw.get("revenue"), 4), N_("10,000 yuan")),
            fact(N_("Total assets"), figure(raw.get("assets"), 4), N_("10,000 yuan")),
        )

    def subtitle(self, raw: Mapping[str, Any]) -> str:
        """Return the base and the code."""
        return " · ".join(text for text in (raw.get("base_name"), raw.get("uscc")) if text)

    def related(self, raw: Mapping[str, Any]) -> tuple[RelatedTable, ...]:
        """Return the entries that name the company."""
        entries = LedgerEntry.objects.visible_to(current_actor()).naming(raw["_id"])
        return (
            related_table(
                N_("Service ledger"), LEDGER_ENTRIES, entries,
                keys=("served_on", "function", "activity", "request", "partner", "status"),
                order=(("served_on", -1), ("_id", -1)), query=f"?companies={raw['_id']}",
                empty=N_("No service of this company has been recorded yet."),
            ),
        )  # fmt: skip
