"""The routes of jobs: who may look at one, stop it, or ask for it."""

from tests.admin_views.routes import BOSS, SIGNED_IN, WRITERS, Call, Route, fixed, of_shen

_JOB = "/admin/jobs/{shen.jobs.waiting}"

JOBS: dict[str, Route] = {
    "jobs.index": Route(SIGNED_IN, fixed(Call("/admin/jobs/"))),
    "jobs.show": Route(SIGNED_IN, of_shen(f"{_JOB}/"), hidden=True),
    "jobs.progress": Route(SIGNED_IN, of_shen(f"{_JOB}/progress/"), hidden=True),
    "jobs.cancel": Route(WRITERS, of_shen(f"{_JOB}/cancel/", {}), hidden=True),
    "jobs.count_figures": Route(BOSS, fixed(Call("/admin/jobs/figures/count/", {}))),
}
