"""A large package of lists, made by a job and kept for a day for who asked for it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import IO, Any

import bson
from bson import Binary, ObjectId
from gridfs import GridFSBucket, NoFile
from mongoengine.connection import get_db

from documents.jobs.job import Job, JobState, StoredJob
from documents.kinds import RECORDS
from documents.records.office_state import OfficeState, read_office_state
from documents.records.stored_bytes import UPLOADS as BUCKET
from documents.server.connection import patient, reachable
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal, Refused
from rules.words import N_
from schema.registry import REGISTRY
from services.imports.export_package import base_parts, county_parts, package
from services.imports.export_rows import ListExport, ListFacts
from services.imports.uploads import drop_old, drop_upload
from services.jobs.queue import ask
from services.jobs.run import JobKind, JobRun

MOST_BYTES = 300 * 1024 * 1024
_PLACE = "package"
COUNTIES, BASES = "counties", "bases"
_WORDS = {COUNTIES: "按县区", BASES: "按基地"}
_TOO_LARGE = N_("The package would be larger than %(most)d MB: narrow the list.")
_GONE = N_("The package is no longer kept: please make it again.")


def package_parts(whole: ListExport, by: str, state: OfficeState) -> Iterator[tuple[str, ListExport]]:
    """Yield the name and the list of each county (`by` counties) or base of a list, said in its conditions too."""
    facts = whole.facts
    if by == COUNTIES:
        parts = county_parts(whole.records, state, facts.actor)
    else:
        parts = base_parts(whole.records, whole.sheet, facts.actor)
    for part, records in parts:
        words = " · ".join(word for word in (facts.filters, part) if word)
        yield (
            part,
            ListExport(
                whole.sheet, records, replace(facts, filters=words), order=whole.order, columns=whole.columns,
                best_first=whole.best_first,
            ),
        )  # fmt: skip


def package_name(whole: ListExport, by: str) -> str:
    """Return what a package is called, without day and ending."""
    return f"{whole.sheet.title}-{_WORDS[by]}"


def ask_for_package(whole: ListExport, by: str, name: str, *, actor: Actor, now: datetime) -> ObjectId:
    """Let a job make a package of a kept list; `name` is the file's. Return the job. Raises NotAllowed, Unavailable."""
    facts = whole.facts
    question = {"clause": whole.records.filters(), "words": whole.records.words}
    args = {
        "collection": whole.sheet.name, "records": Binary(bson.encode(question)), "by": by, "name": name,
        "order": [list(pair) for pair in whole.order], "columns": [column.key for column in whole.columns],
        "best_first": whole.best_first, "filters": facts.filters, "sorted_by": facts.sorted_by, "page": facts.page,
    }  # fmt: skip
    return ask(PACKAGE, args, actor=actor, now=now)


def _whole(args: Mapping[str, Any], actor: Actor, now: datetime) -> ListExport:
    """Return the list that a job was asked for, as far as it is the actor's to see today."""
    sheet, question = REGISTRY[args["collection"]].seen_by(actor), bson.decode(args["records"])
    records = RECORDS[sheet.name].objects.where_raw(question["clause"])
    records.words = question["words"]
    facts = ListFacts(
        read_office_state(), actor, args["filters"], args["sorted_by"], now=now, page=args["page"]
    )
    return ListExport(
        sheet, records, facts, order=[(key, way) for key, way in args["order"]],
        columns=[sheet.by_key[key] for key in args["columns"] if key in sheet.by_key], best_first=args["best_first"],
    )  # fmt: skip


def _run(run: JobRun) -> Mapping[str, Any]:
    now = datetime.now(UTC)
    whole = _whole(run.args, run.actor, now)
    total = whole.count()
    rows = 0

    def counted() -> Iterator[tuple[str, ListExport]]:
        nonlocal rows
        for part, export in package_parts(whole, run.args["by"], whole.facts.state):
            yield part, export
            rows += export.marker.count
            run.show(rows, total)

    run.show(0, total)
    stored = _keep(package(counted()), run, now)
    return {"file": stored, "rows": rows}


def _keep(parts: Iterator[bytes], run: JobRun, now: datetime) -> ObjectId:
    """Keep a package and return its id; it replaces the one that the same user had made before."""
    bucket = GridFSBucket(get_db(), bucket_name=BUCKET)
    with patient(), reachable():
        drop_old(now)
        for earlier in list(bucket.find({"metadata.user": run.actor.id, "metadata.place": _PLACE})):
            drop_upload(earlier._id)
    metadata = {"user": run.actor.id, "place": _PLACE, "county": run.actor.county, "job": run.id}
    stream = bucket.open_upload_stream(run.args["name"][:200], metadata=metadata)
    size = 0
    try:
        for part in parts:
            run.go_on()
            size += len(part)
            if size > MOST_BYTES:
                raise Refused(Refusal(_TOO_LARGE, {"most": MOST_BYTES // 1024 // 1024}))
            with reachable():
                stream.write(part)
        with reachable():
            stream.close()
    except BaseException:
        with reachable():
            stream.abort()
        raise
    return ObjectId(stream._id)


# --- What was kept -----------------------------------------------------------------------------


def kept_package(job: StoredJob, actor: Actor) -> ObjectId | None:
    """Return the package that a job made for this actor; None where it is somebody else's, or is kept no more."""
    stored = job.get("result", {}).get("file") if job["state"] == JobState.DONE else None
    if stored is None or job["actor_id"] != actor.id or job.get("county") != actor.county:
        return None
    with reachable():
        found = get_db()[f"{BUCKET}.files"].find_one({"_id": stored}, {"metadata": 1})
    return stored if found and found.get("metadata", {}).get("user") == actor.id else None


def opened_package(job_id: ObjectId, *, actor: Actor) -> tuple[IO[bytes], str, int, int]:
    """Return a kept package as a stream, its name, its size in bytes and its rows.

    Raises NotAllowed, Missing when it is gone or somebody else's, Unavailable.
    """
    actor.demand(Permission.EXPORT)
    with reachable():
        job = Job.stored(job_id)
    stored = kept_package(job, actor) if job is not None else None
    if job is None or stored is None:
        raise Missing(_GONE)
    try:
        with reachable():
            stream = GridFSBucket(get_db(), bucket_name=BUCKET).open_download_stream(stored)
    except NoFile as error:
        raise Missing(_GONE) from error
    return stream, str(stream.filename), stream.length, job["result"]["rows"]


PACKAGE = JobKind("package", N_("Make a package of workbooks"), Permission.EXPORT, _run, apart=True)
