"""What follows from an own field, as a job: indexes of lists, computed values and search words of records."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from documents.definitions.own_field import SHIPPED, OwnFieldRow, refresh_own_fields
from documents.kinds import RECORDS
from documents.records.own_indexes import build_own_indexes
from documents.server.connection import patient
from rules.access import Permission
from rules.words import N_
from schema.own_fields import COMPUTED_PREFIX
from services.jobs.run import JobKind, JobRun
from services.shared.unit_of_work import UnitOfWork

_AT_ONCE = 500


def _follow(run: JobRun) -> Mapping[str, Any]:
    """Build the indexes that are wanted and drop the others; make search words anew, some hundreds at once."""
    collection = run.args["collection"]
    refresh_own_fields()
    document = RECORDS[collection]
    if "last" not in run.checkpoint:
        with patient():
            build_own_indexes(SHIPPED[collection], document)
    gone = OwnFieldRow.deleted_keys(collection, COMPUTED_PREFIX)
    total = document.collection().estimated_document_count()
    last, done = run.checkpoint.get("last"), run.done
    while rows := document.after(last, _AT_ONCE):
        last, done = rows[-1]["_id"], done + len(rows)
        run.step(
            partial(_renew, document=document, rows=rows, gone=gone),
            {"last": last},
            done=done,
            total=max(done, total),
        )
    return {"records": done}


def _renew(uow: UnitOfWork, *, document: Any, rows: list[dict[str, Any]], gone: list[str]) -> None:
    # Derived from the record, and only where nobody saved it meanwhile: it needs no transaction of its own.
    document.renew_derived_fields(rows, uow.today, gone)


FOLLOW = JobKind(
    "own-fields", N_("Bring lists and search up to an own field"), Permission.MANAGE_OFFICE, _follow
)
