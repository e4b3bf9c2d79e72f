"""The service partners."""

from collections.abc import Mapping
from typing import Any

from admin_views.records.page import fact, related_table
from admin_views.records.view import RecordView
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import today
from admin_views.shared.view_models import Fact, RelatedTable
from documents.records.ledger_entry import LedgerEntry
from rules.words import N_
from schema.ledger_entries import LEDGER_ENTRIES


class ServicePartnerView(RecordView):
    """Outside organisations that serve the tenants, and the bases they work with."""

    collection = "service_partners"

    def facts(self, raw: Mapping[str, Any]) -> tuple[Fact, ...]:
        """Return how many cooperations run today, and how many services it gave this year."""
        day = today()
        running = [one for one in raw.get("cooperations") or [] if _covers(one, day)]
        year = day.replace(month=1, day=1)
        entries = LedgerEntry.objects.visible_to(current_actor()).by_partner(raw["_id"])
        given = entries.between("served_on", year, None).count()
        return (
            fact(N_("Bases now"), str(len(running)), N_("bases")),
            fact(N_("Service functions"), str(len(raw.get("functions") or [])), N_("of 8")),
            fact(N_("Services this year"), f"{given:,}", N_("entries")),
        )

    def subtitle(self, raw: Mapping[str, Any]) -> str:
        """Return the code."""
        return str(raw.get("uscc", ""))

    def related(self, raw: Mapping[str, Any]) -> tuple[RelatedTable, ...]:
        """Return the services it gave."""
        entries = LedgerEntry.objects.visible_to(current_actor()).by_partner(raw["_id"])
        return (
            related_table(
                N_("Service ledger"), LEDGER_ENTRIES, entries,
                keys=("served_on", "base", "function", "activity", "request", "status"),
                order=(("served_on", -1), ("_id", -1)), query=f"?partner={raw['_id']}",
                empty=N_("No service of this partner has been recorded yet."),
            ),
        )  # fmt: skip


def _covers(one: Mapping[str, Any], day: Any) -> bool:
    first, last = one.get("first_day"), one.get("last_day")
    return not (first and first.date() > day) and not (last and last.date() < day)
