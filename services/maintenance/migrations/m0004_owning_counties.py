"""Files of records that several counties share have an owning county."""

from datetime import datetime

from rules.words import N_
from services.maintenance.migrations.migration import Migration, Progress
from services.records.county_parts import derive_owning_counties


def _run(now: datetime, progress: Progress) -> None:
    done = derive_owning_counties()
    progress(done, done)


MIGRATION = Migration(4, N_("Files of shared records have an owning county"), _run)
