"""Which document class keeps which collection; the words of the command line and the addresses."""

from documents.applications.application import Application
from documents.publication.objection import Objection
from documents.records.base import Base
from documents.records.ledger_entry import LedgerEntry
from documents.records.record import Record
from documents.records.service_partner import ServicePartner
from documents.records.status import Status
from documents.records.tenant_company import TenantCompany
from documents.reports.annual_report import AnnualReport, CountyReport
from documents.reports.change_filing import ChangeFiling
from documents.revocation.decision import Decision
from documents.upward.recommendation import UpwardRecommendation

RECORDS: dict[str, type[Record]] = {
    "bases": Base,
    "tenant_companies": TenantCompany,
    "service_partners": ServicePartner,
    "ledger_entries": LedgerEntry,
    "statuses": Status,
}
# What files may belong to, and whose scope theirs is; those added here are not kept by hand like the records above.
FILED: dict[str, type[Record]] = {
    **RECORDS,
    "applications": Application,
    "objections": Objection,
    "annual_reports": AnnualReport,
    "county_reports": CountyReport,
    "change_filings": ChangeFiling,
    "decisions": Decision,
    "upward_recommendations": UpwardRecommendation,
}


def slug(collection: str) -> str:
    """Return the word of a collection in addresses and commands, e.g. tenant-companies."""
    return collection.replace("_", "-")
