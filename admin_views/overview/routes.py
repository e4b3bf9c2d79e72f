"""The routes of 城市概览: the city or a county, a base, and years or counties compared; each as a workbook."""

from admin_views.overview import compare, page
from admin_views.shared.routing import Route, blueprint_of
from rules.access import Permission

overview = blueprint_of(
    "overview",
    "/admin/overview",
    (
        Route("/", "index", page.index, Permission.READ),
        Route("/export/", "export", page.export, Permission.EXPORT),
        Route("/base/", "base", page.base, Permission.READ),
        Route("/base/export/", "export_base", page.export_base, Permission.EXPORT),
        Route("/compare/", "compare", compare.show, Permission.READ),
        Route("/compare/export/", "export_compare", compare.export, Permission.EXPORT),
    ),
)
