"""The views of the collections that clerks keep; the addresses of the recycle bin and of the earlier titles."""

from admin_views.records import doubts as doubts_page
from admin_views.records import earlier_titles as titles_page
from admin_views.records import merge as merge_page
from admin_views.records import recycle_bin as bin_page
from admin_views.records.bases import BaseView
from admin_views.records.ledger_entries import LedgerEntryView
from admin_views.records.own import OwnRecordView
from admin_views.records.service_partners import ServicePartnerView
from admin_views.records.statuses import StatusView
from admin_views.records.tenant_companies import TenantCompanyView
from admin_views.records.view import RecordView
from admin_views.shared.routing import FORM, POST, Route, blueprint_of
from rules.access import Permission
from schema.registry import REGISTRY

# Those whose pages say more than a declaration can.
_VIEWS: dict[str, type[RecordView]] = {
    view.collection: view
    for view in (BaseView, TenantCompanyView, ServicePartnerView, LedgerEntryView, StatusView)
}


def record_views() -> list[RecordView]:
    """Return a view for every collection that ships, and the one for all of the office's own."""
    shipped = [declaration.name for declaration in REGISTRY.listed if not declaration.is_own]
    return [*(_VIEWS.get(name, RecordView)(name) for name in shipped), OwnRecordView()]


def view_of(name: str) -> RecordView:
    """Return what makes the pages of a collection, for who reads and writes it by other ways."""
    declaration = REGISTRY[name]
    held = _MADE.get(name)
    if held is None:
        held = _MADE[name] = _VIEWS.get(declaration.name, RecordView)(declaration.name)
    return held


_MADE: dict[str, RecordView] = {}

recycle_bin = blueprint_of(
    "recycle_bin",
    "/admin/recycle-bin",
    (
        Route("/", "index", bin_page.index, Permission.READ),
        Route("/restore", "bring_back", bin_page.bring_back, Permission.WRITE, POST),
    ),
)

doubts = blueprint_of(
    "doubts",
    "/admin/doubts",
    (
        Route("/", "index", doubts_page.index, Permission.READ),
        Route("/check", "check", doubts_page.check, Permission.WRITE, POST),
        Route("/dismiss", "dismiss", doubts_page.dismiss, Permission.WRITE, POST),
        Route("/again", "again", doubts_page.again, Permission.WRITE, POST),
        Route("/export/xlsx/", "export", doubts_page.export, Permission.EXPORT),
        Route("/merge/", "merge", merge_page.merge, Permission.WRITE, FORM),
    ),
)

earlier_titles = blueprint_of(
    "earlier_titles",
    "/admin/earlier-titles",
    (
        Route("/", "index", titles_page.index, Permission.RECORD_TITLES),
        Route("/new/", "enter", titles_page.enter, Permission.RECORD_TITLES, FORM),
        Route("/correct/", "correct", titles_page.correct, Permission.RECORD_TITLES, FORM),
        Route("/close/", "close", titles_page.close, Permission.MANAGE_OFFICE, FORM),
        Route("/reopen/", "reopen", titles_page.reopen, Permission.MANAGE_OFFICE, FORM),
    ),
)
