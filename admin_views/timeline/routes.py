"""The routes of a base's past: its timeline, its dossier, and the base as it stood on a day."""

from admin_views.shared.routing import Route, blueprint_of
from admin_views.timeline import dossier, page, snapshot
from rules.access import Permission

timeline = blueprint_of(
    "timeline",
    "/admin/bases",
    (
        Route("/timeline/", "index", page.show, Permission.READ),
        Route("/timeline/dossier.docx", "dossier", dossier.send, Permission.EXPORT),
        Route("/as-of/", "as_of", snapshot.show, Permission.READ),
    ),
)
