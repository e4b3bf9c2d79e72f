"""What follows from an own field, as a job: indexes of lists, computed values and search words of records."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from documents.definitions.own_field import SHIPPED, OwnFieldRow, kinds_in_force, refresh_own_fields
from documents.jobs.job import Job
from documents.kinds import RECORDS
from documents.maintenance.data_state import DataState
from documents.records.own_indexes import build_own_indexes
from documents.server.connection import patient, reachable
from rules.access import SYSTEM, Permission
from rules.errors import Refused
from rules.words import N_
from schema.definitions.own_fields import COMPUTED_PREFIX
from schema.registry import REGISTRY
from services.jobs.queue import ask
from services.jobs.run import JobKind, JobRun
from services.shared.office_day import office_day
from services.shared.unit_of_work import UnitOfWork

_AT_ONCE = 500


def _follow(run: JobRun) -> Mapping[str, Any]:
    """Build the indexes that are wanted and drop the others; make search words anew, some hundreds at once.

    What stands twice keeps nothing but its own index from following: that is said at the end. Raises Refused.
    """
    collection = run.args["collection"]
    refresh_own_fields()
    document = RECORDS[collection]
    if "last" not in run.checkpoint:
        with suppress(Refused):  # said at the end
            _build(collection)
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
        if any(one.is_related for one in REGISTRY[collection].computed):
            run.step(
                partial(_renew_related, document=document, rows=rows),
                {"last": last},
                done=done,
                total=max(done, total),
            )
    # Again, as it was another process, perhaps, that began: what is built costs nothing.
    _build(collection)
    return {"records": done}


def _build(collection: str) -> None:
    with patient():
        build_own_indexes(SHIPPED[collection], RECORDS[collection])


def _renew(uow: UnitOfWork, *, document: Any, rows: list[dict[str, Any]], gone: list[str]) -> None:
    # Derived from the record, and only where nobody saved it meanwhile: it needs no transaction of its own. So what
    # was changed in the definitions beside it is looked for afterwards.
    while True:
        document.renew_derived_fields(rows, uow.today, gone)
        if DataState.kinds_now() == kinds_in_force():
            return
        refresh_own_fields()
        rows = list(document.having_all({"_id": [raw["_id"] for raw in rows]}))


def _renew_related(uow: UnitOfWork, *, document: Any, rows: list[dict[str, Any]]) -> None:
    # In the transaction: a write to what is counted moves the same records, and one of the two begins again.
    values = document.related_fields([raw["_id"] for raw in rows], uow.today, session=uow.session)
    document.set_fields(values, session=uow.session)


FOLLOW = JobKind(
    "own-fields", N_("Bring lists and search up to an own field"), Permission.MANAGE_OFFICE, _follow
)


def follow_the_day(*, now: datetime) -> int:
    """Let what formulas make of today be computed anew, as a job for each collection, once a day; return how many.

    Every web process calls it every few minutes. Raises Unavailable.
    """
    with reachable():
        refresh_own_fields()
        asked = 0
        for declaration in REGISTRY.listed:
            args = {"collection": declaration.name, "day": office_day(now).isoformat()}
            is_daily = any(one.is_daily for one in declaration.computed)
            if is_daily and Job.latest_of(FOLLOW.name, args) is None:
                ask(FOLLOW, args, actor=SYSTEM, now=now)
                asked += 1
    return asked
