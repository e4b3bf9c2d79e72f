"""The addresses of batches."""

from admin_views.batches import page, undo
from admin_views.shared.routing import POST, Route, blueprint_of
from rules.access import Permission

batches = blueprint_of(
    "batches",
    "/admin/batches",
    (
        Route("/", "index", page.index, Permission.WRITE),
        Route("/<batch>/", "show", page.show, Permission.WRITE),
        Route("/<batch>/finish/", "finish", page.finish, Permission.WRITE, POST),
        Route("/<batch>/undo/", "preview", undo.preview, Permission.WRITE),
        Route("/<batch>/undo/", "undo", undo.undo, Permission.WRITE, POST),
    ),
)
