"""The addresses of the bell, and of following a record."""

from admin_views.notifications import choices, inbox
from admin_views.shared.routing import FORM, POST, Route, blueprint_of
from rules.access import Permission

_READ = Permission.READ

notifications = blueprint_of(
    "notifications",
    "/admin/notifications",
    (
        Route("/", "index", inbox.index, _READ),
        Route("/read/", "read_all", inbox.read_all, _READ, POST),
        Route("/<notification_id>/open/", "open", inbox.open_one, _READ, POST),
        Route("/<notification_id>/mark/", "mark", inbox.mark_one, _READ, POST),
        Route("/choices/", "choices", choices.choose, _READ, FORM),
        Route("/follow/", "follow", choices.follow, _READ, POST),
        Route("/unfollow/", "unfollow", choices.unfollow, _READ, POST),
    ),
)
