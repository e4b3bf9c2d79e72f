"""Which document class keeps which collection; the words of the command line and the addresses."""

from documents.base import Base
from documents.ledger_entry import LedgerEntry
from documents.record import Record
from documents.service_partner import ServicePartner
from documents.status import Status
from documents.tenant_company import TenantCompany

RECORDS: dict[str, type[Record]] = {
    "bases": Base,
    "tenant_companies": TenantCompany,
    "service_partners": ServicePartner,
    "ledger_entries": LedgerEntry,
    "statuses": Status,
}


def slug(collection: str) -> str:
    """Return the word of a collection in addresses and commands, e.g. tenant-companies."""
    return collection.replace("_", "-")
