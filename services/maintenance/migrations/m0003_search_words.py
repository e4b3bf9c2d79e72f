"""Search words as this program makes them: initials of surnames and place names read rightly."""

from datetime import datetime

from documents.kinds import FILED
from rules.words import N_
from services.maintenance.migrations.migration import Migration, Progress
from services.shared.office_day import office_day

_AT_ONCE = 500


def renew_search_words(now: datetime, progress: Progress) -> None:
    """Make the search fields of every record anew, some hundreds at once; one that has them already is not written."""
    total = sum(document.collection().estimated_document_count() for document in FILED.values())
    done = 0
    for document in FILED.values():
        last = None
        while rows := document.after(last, _AT_ONCE):
            document.renew_derived_fields(rows, office_day(now))
            last, done = rows[-1]["_id"], done + len(rows)
            progress(done, max(done, total))


MIGRATION = Migration(3, N_("Search words as this program makes them"), renew_search_words)
