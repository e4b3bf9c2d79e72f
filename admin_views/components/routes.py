"""The address of the page of components."""

from admin_views.components import page
from admin_views.shared.routing import Route, blueprint_of
from rules.access import Permission

components_blueprint = blueprint_of(
    "components", "/admin/settings/components", (Route("/", "index", page.index, Permission.MANAGE_OFFICE),)
)
