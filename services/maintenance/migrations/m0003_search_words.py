"""Search words as this program makes them: initials of surnames and place names read rightly."""

from datetime import datetime

from documents.kinds import FILED
from rules.words import N_
from services.maintenance.migrations.migration import Migration, Progress

_AT_ONCE = 500


def _run(now: datetime, progress: Progress) -> None:
    total = sum(document.collection().estimated_document_count() for document in FILED.values())
    done = 0
    for document in FILED.values():
        last = None
        while rows := document.after(last, _AT_ONCE):
            document.renew_search_fields(rows)
            last, done = rows[-1]["_id"], done + len(rows)
            progress(done, max(done, total))


MIGRATION = Migration(3, N_("Search words as this program makes them"), _run)
