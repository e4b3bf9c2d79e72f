"""The counted figures of every base, which since then are kept with each write."""

from datetime import datetime

from rules.words import N_
from services.assessment.kept_figures import ensure_figures
from services.maintenance.migrations.migration import Migration, Progress


def _run(now: datetime, progress: Progress) -> None:
    ensure_figures(now=now)
    progress(1, 1)


# What a program writes that does not know of the figures leaves them behind.
MIGRATION = Migration(2, N_("Counted figures are kept"), _run, shuts_out=True)
