"""The addresses of comments."""

from admin_views.comments import pages
from admin_views.shared.routing import FORM, POST, Route, blueprint_of
from rules.access import Permission

_WRITE = Permission.WRITE

comments = blueprint_of(
    "comments",
    "/admin/comments",
    (
        Route("/add/", "add", pages.add, _WRITE, POST),
        Route("/people/", "people", pages.people, _WRITE),
        Route("/<comment_id>/edit/", "edit", pages.edit, _WRITE, FORM),
        Route("/<comment_id>/delete/", "delete", pages.delete, _WRITE, POST),
    ),
)
