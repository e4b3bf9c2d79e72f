"""Ledger entries have a number each."""

from datetime import datetime

from rules.words import N_
from services.maintenance.migrations.migration import Migration, Progress
from services.records.numbers import number_records


def _run(now: datetime, progress: Progress) -> None:
    number_records("ledger_entries", now, progress)


MIGRATION = Migration(6, N_("Ledger entries have a number each"), _run)
