"""The routes of 城市概览: the city or a county, a base, years or counties compared; and charts of one's own."""

from admin_views.overview import compare, own_charts, page
from admin_views.shared.routing import FORM, POST, Route, blueprint_of
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
own_charts_blueprint = blueprint_of(
    "own_charts",
    "/admin/charts",
    (
        Route("/", "index", own_charts.index, Permission.READ),
        Route("/new/", "new", own_charts.new, Permission.WRITE, FORM),
        Route("/<chart_id>/", "show", own_charts.show, Permission.READ),
        Route("/<chart_id>/export/", "export", own_charts.export, Permission.EXPORT),
        Route("/<chart_id>/edit/", "edit", own_charts.edit, Permission.WRITE, FORM),
        Route("/<chart_id>/delete/", "delete", own_charts.delete, Permission.WRITE, POST),
    ),
)
