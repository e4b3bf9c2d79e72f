"""The collections that every office has; whoever asks for a declaration by name asks here."""

from schema.annual_reports import ANNUAL_REPORTS
from schema.applications import APPLICATIONS
from schema.bases import BASES
from schema.change_filings import CHANGE_FILINGS
from schema.collection import REGISTRY, Registry
from schema.decisions import DECISIONS
from schema.ledger_entries import LEDGER_ENTRIES
from schema.service_partners import SERVICE_PARTNERS
from schema.staff_members import STAFF_MEMBERS
from schema.statuses import STATUSES
from schema.tenant_companies import TENANT_COMPANIES
from schema.upward_recommendations import UPWARD_RECOMMENDATIONS

# In this order they stand in menus, tables of counts and refusals.
REGISTRY.add(
    BASES, TENANT_COMPANIES, SERVICE_PARTNERS, STAFF_MEMBERS, LEDGER_ENTRIES, STATUSES,
    APPLICATIONS, ANNUAL_REPORTS, CHANGE_FILINGS, DECISIONS, UPWARD_RECOMMENDATIONS,
)  # fmt: skip

__all__ = ["REGISTRY", "Registry"]
