"""The routes of jobs, of the check of the records that is one, and of batches."""

from documents.kinds import RECORDS
from rules.access import SYSTEM
from tests.admin_views.routes import BOSS, SIGNED_IN, WRITERS, Call, Route, fixed, of_shen
from tests.sample_office import Office

_BATCH = "/admin/batches/{shen.batch}"
_CUT = "/admin/batches/{shen.jobs.cut_short}"
_JOB = "/admin/jobs/{shen.jobs.waiting}"


def _merge(office: Office) -> list[Call]:
    first, second = office.shen.company, office.shen.second_company
    url = f"/admin/doubts/merge/?first={first}&second={second}"
    versions = {
        name: RECORDS["tenant_companies"].read(company, SYSTEM)["version"]
        for name, company in (("version", first), ("second_version", second))
    }
    return [Call(url), Call(url, versions)]


JOBS: dict[str, Route] = {
    "jobs.index": Route(SIGNED_IN, fixed(Call("/admin/jobs/"))),
    "jobs.show": Route(SIGNED_IN, of_shen(f"{_JOB}/"), hidden=True),
    "jobs.progress": Route(SIGNED_IN, of_shen(f"{_JOB}/progress/"), hidden=True),
    # What a job has made is its asker's own: the one that waits has made nothing yet.
    "jobs.file": Route(SIGNED_IN, of_shen(f"{_JOB}/file/"), answers=(404,), hidden=True),
    "jobs.cancel": Route(WRITERS, of_shen(f"{_JOB}/cancel/", {}), hidden=True),
    "doubts.index": Route(SIGNED_IN, fixed(Call("/admin/doubts/"), Call("/admin/doubts/?settled=1"))),
    "doubts.check": Route(WRITERS, fixed(Call("/admin/doubts/check", {})), own=True),
    "doubts.dismiss": Route(
        WRITERS, of_shen("/admin/doubts/dismiss?doubt={shen.jobs.doubt}", {}), hidden=True
    ),
    "doubts.again": Route(
        WRITERS, of_shen("/admin/doubts/again?doubt={shen.jobs.dismissed}", {}), hidden=True
    ),
    "doubts.export": Route(SIGNED_IN, fixed(Call("/admin/doubts/export/xlsx/"))),
    "doubts.merge": Route(WRITERS, _merge, hidden=True),
    "jobs.count_figures": Route(BOSS, fixed(Call("/admin/jobs/figures/count/", {}))),
    "batches.index": Route(WRITERS, fixed(Call("/admin/batches/"))),
    "batches.show": Route(WRITERS, of_shen(f"{_CUT}/"), hidden=True),
    "batches.preview": Route(WRITERS, of_shen(f"{_BATCH}/undo/"), hidden=True),
    "batches.undo": Route(WRITERS, of_shen(f"{_BATCH}/undo/", {"seen": "999999", "every": "1"}), hidden=True),
    "batches.finish": Route(WRITERS, of_shen(f"{_CUT}/finish/", {}), hidden=True),
}
