"""The addresses of the channels of messages."""

from admin_views.messages import pages
from admin_views.shared.routing import FORM, POST, Route, blueprint_of
from rules.access import Permission

_OFFICE = Permission.MANAGE_OFFICE

messages = blueprint_of(
    "messages",
    "/admin/settings/messages",
    (
        Route("/", "index", pages.index, _OFFICE),
        Route("/new/", "new", pages.new, _OFFICE, FORM),
        Route("/<channel_id>/", "edit", pages.edit, _OFFICE, FORM),
        Route("/<channel_id>/test/", "send_test", pages.send_test, _OFFICE, POST),
        Route("/<channel_id>/delete/", "delete", pages.delete, _OFFICE, POST),
    ),
)
