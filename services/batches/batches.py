"""The batches that an actor may see: imports, acts on many records, and undoings, the newest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from bson import ObjectId

from documents.batches.batch import Batch, StoredBatch
from documents.imports.import_batch import ImportBatch
from documents.jobs.job import ENDED, Job, JobState
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Missing, Refused
from schema.registry import REGISTRY
from services.records.records import GONE

IMPORT = "import"
_MOST_SHOWN = 200
# An import that wrote nothing for so long was cut short; a chunk takes seconds.
_RUNS_AT_MOST = timedelta(minutes=2)


class BatchState(StrEnum):
    """Where a batch stands."""

    RUNNING = "running"
    UNFINISHED = "unfinished"
    DONE = "done"
    UNDONE = "undone"


@dataclass(frozen=True)
class BatchLine:
    """One batch. `act` is "import" or a `BatchAct`; `undoes` the batch that it takes back; `counts` records by outcome.

    `label` is the file's name or the status that was set, `job` the job that does it.
    """

    id: str
    act: str
    collection: str
    label: str
    who: str
    county: str | None
    started_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int]
    state: BatchState
    undoes: str = ""
    job: ObjectId | None = None


def batches_of(actor: Actor, *, most: int = _MOST_SHOWN, now: datetime) -> list[BatchLine]:
    """Return the batches in the actor's scope, the newest first. Raises NotAllowed, Unavailable."""
    actor.demand(Permission.WRITE)
    with reachable():
        imports = ImportBatch.objects.visible_to(actor).newest(most)
        acts = Batch.objects.visible_to(actor).latest(most)
        lines = _lines(imports, acts, now)
    return sorted(lines, key=lambda line: line.started_at, reverse=True)[:most]


def read_batch(batch: str, *, actor: Actor, now: datetime) -> BatchLine:
    """Return one batch in the actor's scope. Raises NotAllowed, Missing, Unavailable."""
    actor.demand(Permission.WRITE)
    with reachable():
        imports = ImportBatch.objects.visible_to(actor).where_raw({"_id": batch}).newest(1)
        act = None if imports else Batch.objects.visible_to(actor).one(batch)
        lines = _lines(imports, [act] if act else [], now)
    if not lines:
        raise Missing()
    return lines[0]


def demand_there(collection: str) -> None:
    """Raise Refused where the collection of a batch was deleted since, or is hidden: nothing can be written to it."""
    if collection not in REGISTRY or REGISTRY[collection].is_hidden:
        raise Refused(GONE)


@dataclass(frozen=True)
class LeftRecord:
    """A record that an undoing left: its label, a message id and parameters that say why."""

    record_id: Any
    label: str
    message: str
    params: Mapping[str, Any]


def left_of(batch: str, *, actor: Actor) -> tuple[LeftRecord, ...]:
    """Return what an undoing in the actor's scope has left so far."""
    with reachable():
        stored = Batch.objects.visible_to(actor).one(batch) or {}
    return tuple(
        LeftRecord(row["record"], row["label"], row["message"], row["params"])
        for row in stored.get("left", ())
    )


def undoings_of(batch: str) -> tuple[str, ...]:
    """Return the undoings of a batch that came to their end, the oldest first."""
    with reachable():
        return tuple(Batch.undoing([batch]).get(batch, ()))


def _lines(
    imports: Iterable[Mapping[str, Any]], acts: Iterable[StoredBatch], now: datetime
) -> list[BatchLine]:
    imports, acts = list(imports), list(acts)
    undone = _undone([row["_id"] for row in (*imports, *acts)])
    jobs = Job.states_of([row["job"] for row in (*imports, *acts) if row.get("job")])
    lines = []
    for row in imports:
        declaration = REGISTRY.by_slug(row["kind"])
        if declaration is not None:
            runs = _is_open(jobs, row) if "job" in row else _may_run(row, now)
            state = _state(row["_id"], "counts" in row, runs, undone)
            counts = row.get("counts", row.get("progress", {}))
            lines.append(_line(row, IMPORT, declaration.name, row.get("file_name", ""), counts, state))
    for act in acts:
        state = _state(act["_id"], "finished_at" in act, _is_open(jobs, act), undone)
        lines.append(_line(act, act["act"], act["collection"], act.get("label", ""), act["counts"], state))
    return lines


def _is_open(jobs: Mapping[ObjectId, str], row: Mapping[str, Any]) -> bool:
    state = jobs.get(row["job"]) if "job" in row else None
    return state is not None and JobState(state) not in ENDED


def _may_run(row: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether an import that a request does may still be under way."""
    return "counts" not in row and now - _aware(row.get("progress_at") or row["started_at"]) < _RUNS_AT_MOST


def _line(
    row: Mapping[str, Any], act: str, collection: str, label: str, counts: Mapping[str, int], state: BatchState
) -> BatchLine:  # fmt: skip
    ended = row.get("finished_at")
    return BatchLine(
        row["_id"], act, collection, label, row["actor_name"], row.get("county"), _aware(row["started_at"]),
        _aware(ended) if ended else None, counts, state, row.get("undoes", ""), row.get("job"),
    )  # fmt: skip


def _state(batch: str, ended: bool, runs: bool, undone: frozenset[str]) -> BatchState:
    if runs:
        return BatchState.RUNNING
    if batch in undone:
        return BatchState.UNDONE
    return BatchState.DONE if ended else BatchState.UNFINISHED


def _undone(batches: list[str]) -> frozenset[str]:
    """Return which of these are undone: by an undoing that came to its end and is not undone itself."""
    undoings: dict[str, list[str]] = {}
    asked = batches
    while asked:
        found = Batch.undoing(asked)
        undoings |= found
        asked = [undoing for of_batch in found.values() for undoing in of_batch]

    def is_undone(batch: str) -> bool:
        return any(not is_undone(undoing) for undoing in undoings.get(batch, ()))

    return frozenset(batch for batch in batches if is_undone(batch))


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
