"""The service partners."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from admin_views.records.page import fact, related_table
from admin_views.records.routes import RecordView
from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import FilterSpec
from admin_views.shared.request_context import today
from admin_views.shared.view_models import Fact, RelatedTable
from documents.records.ledger_entry import LedgerEntry
from forms.service_partners import ServicePartnerForm
from rules.choices import ServiceFunction
from rules.words import N_
from schema.ledger_entries import LEDGER_ENTRIES
from schema.service_partners import SERVICE_PARTNERS


class ServicePartnerView(RecordView):
    """Outside organisations that serve the tenants, and the bases they work with."""

    sheet = SERVICE_PARTNERS
    form_class = ServicePartnerForm
    title = N_("Service partners")
    one = N_("Service partner")
    first_columns = ("name", "status", "functions", "cooperations", "contact_name", "contact_phone", "uscc")
    list_filters = (
        FilterSpec(
            "cooperations", "lookup", N_("Cooperating bases"), lookup="bases", key="cooperations.base"
        ),
        FilterSpec("functions", "choice", N_("Service functions"), ServiceFunction),
        FilterSpec("status", "status", N_("Status")),
    )

    def defaults(self) -> dict[str, Any]:
        """Return what a new partner begins with."""
        return super().defaults() | {"status": "cooperating"}

    def in_sight(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return a partner without other counties' cooperations for a county clerk."""
        county = current_actor().county
        if county is None:
            return dict(raw)
        kept = [one for one in raw.get("cooperations") or [] if one.get("county") == county]
        return {**raw, "cooperations": kept}

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

    def shown_cooperations(self, raw: Mapping[str, Any]) -> Markup:
        """Return each cooperation on a line of its own."""
        lines = [
            Markup('<a class="among" href="{}">{}</a> <span class="t-dim">{} – {}</span>').format(
                url_for("bases.details_view", id=one["base"]),
                one.get("base_name") or "",
                _day(one.get("first_day")),
                _day(one.get("last_day")) or gettext(N_("open")),
            )
            for one in raw.get("cooperations") or []
        ]
        return Markup("<br>").join(lines)


def _day(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if value else ""


def _covers(one: Mapping[str, Any], day: Any) -> bool:
    first, last = one.get("first_day"), one.get("last_day")
    return not (first and first.date() > day) and not (last and last.date() < day)
