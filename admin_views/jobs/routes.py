"""The addresses of jobs."""

from admin_views.jobs import page
from admin_views.shared.routing import POST, Route, blueprint_of
from rules.access import Permission

jobs = blueprint_of(
    "jobs",
    "/admin/jobs",
    (
        Route("/", "index", page.index, Permission.READ),
        Route("/<job_id>/", "show", page.show, Permission.READ),
        Route("/<job_id>/progress/", "progress", page.progress, Permission.READ),
        Route("/<job_id>/file/", "file", page.send_file, Permission.EXPORT),
        Route("/<job_id>/cancel/", "cancel", page.cancel, Permission.WRITE, POST),
        Route("/figures/count/", "count_figures", page.count_figures, Permission.MANAGE_OFFICE, POST),
    ),
)
