"""The addresses of the web hooks."""

from admin_views.hooks import pages
from admin_views.shared.routing import FORM, POST, Route, blueprint_of
from rules.access import Permission

_OFFICE = Permission.MANAGE_OFFICE

hooks = blueprint_of(
    "hooks",
    "/admin/settings/hooks",
    (
        Route("/", "index", pages.index, _OFFICE),
        Route("/new/", "new", pages.new, _OFFICE, FORM),
        Route("/<hook_id>/", "edit", pages.edit, _OFFICE, FORM),
        Route("/<hook_id>/secret/", "renew_secret", pages.renew_secret, _OFFICE, POST),
        Route("/<hook_id>/delete/", "delete", pages.delete, _OFFICE, POST),
    ),
)
