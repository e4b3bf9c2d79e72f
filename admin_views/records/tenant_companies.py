"""The tenant companies."""

from collections.abc import Mapping
from typing import Any

from admin_views.records.page import fact, related_table
from admin_views.records.routes import RecordView
from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import FilterSpec
from admin_views.shared.view_models import Fact, RelatedTable, figure
from documents.records.ledger_entry import LedgerEntry
from forms.tenant_companies import TenantCompanyForm
from rules.choices import CompanySize, Industry
from rules.words import N_
from schema.field import Column, Kind
from schema.ledger_entries import LEDGER_ENTRIES
from schema.tenant_companies import TENANT_COMPANIES


class TenantCompanyView(RecordView):
    """Companies housed in the bases, with the size that the figures give."""

    sheet = TENANT_COMPANIES
    form_class = TenantCompanyForm
    title = N_("Tenant companies")
    one = N_("Tenant company")
    first_columns = (
        "name",
        "status",
        "base",
        "county",
        "industry",
        "people",
        "revenue",
        "size",
        "moved_in",
        "uscc",
    )
    list_filters = (
        FilterSpec("base", "lookup", N_("Base"), lookup="bases"),
        FilterSpec("status", "status", N_("Status")),
        FilterSpec("size", "choice", N_("Size"), CompanySize),
        FilterSpec("industry", "choice", N_("Industry"), Industry),
        FilterSpec("moved_in", "days", N_("Moved in")),
        FilterSpec("moved_out", "days", N_("Moved out")),
    )
    more_columns = (
        Column("size", N_("Size"), "企业规模", Kind.CHOICE, terms=CompanySize),
        Column("size_computed", N_("Computed size"), "测算规模", Kind.CHOICE, terms=CompanySize),
        Column(
            "size_override",
            N_("Size, if not as computed"),
            "企业规模（人工）",
            Kind.CHOICE,
            terms=CompanySize,
        ),
        Column("size_reason", N_("Reason"), "人工认定原因", Kind.LONG_TEXT),
    )
    extra_section = 2

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
