"""Every kind of job that this program does; a worker knows them all."""

from functools import partial
from typing import Any

from rules.access import Permission
from rules.words import N_
from services.assessment.kept_figures import bases_with_figures, note_figures_built, rebuild_figures_within
from services.batches.undo import UNDO
from services.definitions.collection_deletion import DELETION
from services.definitions.following import FOLLOW
from services.definitions.kind_changes import KIND
from services.imports.import_job import IMPORT
from services.imports.package_job import PACKAGE
from services.imports.trial.trying import TRIAL
from services.jobs.run import JobKind, JobRun
from services.records.bulk_job import MANY
from services.records.doubts import CHECK


def _rebuild_figures(run: JobRun) -> dict[str, Any]:
    """Build the kept figures of every base anew, a base a piece."""
    bases = sorted(bases_with_figures())
    begin = run.checkpoint.get("bases", 0)
    for number, base in enumerate(bases[begin:], begin + 1):
        piece = partial(rebuild_figures_within, base=base)
        run.step(piece, {"bases": number}, done=number, total=len(bases))
    run.step(note_figures_built, run.checkpoint, done=len(bases), total=len(bases))
    return {"bases": len(bases)}


FIGURES = JobKind("figures", N_("Count all figures anew"), Permission.MANAGE_OFFICE, _rebuild_figures)
KINDS: tuple[JobKind, ...] = (FIGURES, CHECK, UNDO, IMPORT, TRIAL, MANY, PACKAGE, FOLLOW, KIND, DELETION)
