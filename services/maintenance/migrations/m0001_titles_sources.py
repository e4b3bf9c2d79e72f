"""Titles of before the register of earlier titles say where they come from."""

from datetime import datetime

from documents.records.base import Base
from rules.titles import TitleSource
from rules.words import N_
from services.maintenance.migrations.migration import Migration, Progress


def _run(now: datetime, progress: Progress) -> None:
    """An announced title has a certificate; any other one is older than the program."""
    sources = ((TitleSource.EARLIER, None), (TitleSource.ANNOUNCED, {"$ne": None}))
    for done, (source, certificate) in enumerate(sources, 1):
        Base.mark_title_sources(source.value, certificate)
        progress(done, len(sources))


MIGRATION = Migration(1, N_("Titles say where they come from"), _run)
