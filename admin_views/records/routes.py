"""The views of the collections that clerks keep, and the addresses of the recycle bin."""

from admin_views.records import recycle_bin as bin_page
from admin_views.records.bases import BaseView
from admin_views.records.ledger_entries import LedgerEntryView
from admin_views.records.service_partners import ServicePartnerView
from admin_views.records.statuses import StatusView
from admin_views.records.tenant_companies import TenantCompanyView
from admin_views.records.view import RecordView
from admin_views.shared.routing import POST, Route, blueprint_of
from rules.access import Permission
from schema.registry import REGISTRY

# Those whose pages say more than a declaration can.
_VIEWS: dict[str, type[RecordView]] = {
    view.collection: view
    for view in (BaseView, TenantCompanyView, ServicePartnerView, LedgerEntryView, StatusView)
}


def record_views() -> list[RecordView]:
    """Return a view for every collection that clerks keep."""
    return [_VIEWS.get(declaration.name, RecordView)(declaration.name) for declaration in REGISTRY.listed]


recycle_bin = blueprint_of(
    "recycle_bin",
    "/admin/recycle-bin",
    (
        Route("/", "index", bin_page.index, Permission.READ),
        Route("/restore", "bring_back", bin_page.bring_back, Permission.WRITE, POST),
    ),
)
