"""The addresses of what an administrator adds to the declarations."""

from admin_views.definitions import (
    configuration,
    exposing,
    kind_changes,
    own_collections,
    own_conditions,
    own_fields,
    shipped_fields,
)
from admin_views.shared.routing import FORM, POST, Route, blueprint_of
from rules.access import Permission

_OFFICE = Permission.MANAGE_OFFICE

own_conditions_blueprint = blueprint_of(
    "own_conditions",
    "/admin/settings/conditions",
    (
        Route("/", "index", own_conditions.index, _OFFICE),
        Route("/<slug>/new/", "new", own_conditions.new, _OFFICE, FORM),
        Route("/<slug>/formula/", "formula", own_conditions.formula, _OFFICE),
        Route("/<slug>/<key>/", "edit", own_conditions.edit, _OFFICE, FORM),
        Route("/<slug>/<key>/delete/", "delete", own_conditions.delete, _OFFICE, FORM),
    ),
)
own_fields_blueprint = blueprint_of(
    "own_fields",
    "/admin/settings/fields",
    (
        Route("/", "index", own_fields.index, _OFFICE),
        Route("/<slug>/shipped/", "shipped", shipped_fields.index, _OFFICE),
        Route("/<slug>/shipped/<key>/", "change_shipped", shipped_fields.edit, _OFFICE, FORM),
        Route("/<slug>/shipped/<key>/move/<way>/", "move_shipped", shipped_fields.move, _OFFICE, POST),
        Route("/<slug>/new/", "new", own_fields.new, _OFFICE, FORM),
        Route("/<slug>/formula/", "formula", own_fields.formula, _OFFICE),
        Route("/<slug>/<key>/", "edit", own_fields.edit, _OFFICE, FORM),
        Route("/<slug>/<key>/kind/", "change_kind", kind_changes.change, _OFFICE, FORM),
        Route("/<slug>/<key>/hide/", "hide", own_fields.hide, _OFFICE, FORM),
        Route("/<slug>/<key>/show/", "show", own_fields.show, _OFFICE, FORM),
        Route("/<slug>/<key>/delete/", "delete", own_fields.delete, _OFFICE, FORM),
        Route("/<slug>/<key>/move/<way>/", "move", own_fields.move, _OFFICE, POST),
    ),
)

configuration_blueprint = blueprint_of(
    "configuration",
    "/admin/settings/configuration",
    (
        Route("/", "index", configuration.index, _OFFICE, FORM),
        Route("/file/", "file", configuration.file, _OFFICE),
        Route("/take/", "take", configuration.take, _OFFICE, POST),
    ),
)

own_collections_blueprint = blueprint_of(
    "own_collections",
    "/admin/settings/collections",
    (
        Route("/", "index", own_collections.index, _OFFICE),
        Route("/new/", "new", own_collections.new, _OFFICE, FORM),
        Route("/<word>/", "edit", own_collections.edit, _OFFICE, FORM),
        Route("/<word>/show/", "show", own_collections.show, _OFFICE, FORM),
        Route("/<word>/delete/", "delete", own_collections.delete, _OFFICE, FORM),
    ),
)

exposing_blueprint = blueprint_of(
    "exposing",
    "/admin/settings/exposing",
    (
        Route("/", "begin", exposing.begin, _OFFICE, FORM),
        Route("/<upload>/", "choose", exposing.choose, _OFFICE, FORM),
    ),
)
