"""Commands for batches: imports, acts on many records and undoings; one taken back."""

import json
import sys
import time
from collections.abc import Mapping
from typing import Any

import click

from commands.database import now, with_database
from forms.sentences import sentence
from rules.access import SYSTEM
from rules.errors import Missing, Refusal
from rules.words import N_
from services.batches.batches import BatchLine, BatchState, batches_of, left_of, read_batch
from services.batches.undo import Choice, Outcome, ask_to_undo
from services.jobs.at_once import work_at_once

_LOOK = 0.5  # seconds between two looks at an undoing that another worker has taken
_NO_BATCH = N_("There is no batch %(batch)s.")


@click.command("batches")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@with_database
def _batches(as_json: bool) -> None:
    """List imports, acts on many records and undoings, the newest first."""
    lines = [_plain(line) for line in batches_of(SYSTEM, now=now())]
    if as_json:
        click.echo(json.dumps(lines, ensure_ascii=False))
        return
    for line in lines:
        counts = " ".join(f"{key}={count}" for key, count in line["counts"].items())
        shown = (
            line["batch"],
            line["act"],
            line["collection"],
            line["state"],
            line["who"],
            line["label"],
            counts,
        )
        click.echo("\t".join(shown))


def _plain(line: BatchLine) -> dict[str, Any]:
    return {
        "batch": line.id, "act": line.act, "collection": line.collection, "label": line.label, "who": line.who,
        "county": line.county, "started_at": line.started_at.isoformat(),
        "finished_at": line.finished_at.isoformat() if line.finished_at else None, "state": line.state.value,
        "counts": dict(line.counts), "undoes": line.undoes or None,
    }  # fmt: skip


@click.command("undo")
@click.argument("batch")
@click.option("--json", "as_json", is_flag=True, help="Print what became of its records as JSON.")
@with_database
def _undo(batch: str, as_json: bool) -> None:
    """Take a batch back; what was changed since is left and listed.

    Exit 0 when every record went back, 1 when some were left, 2 when there is no such batch or it is being written.
    """
    try:
        asked = ask_to_undo(batch, Choice(), actor=SYSTEM, now=now())
    except Missing as missing:
        raise Missing(Refusal(_NO_BATCH, {"batch": batch[:60]})) from missing
    undoing = _done(asked.batch, lambda: work_at_once(asked.job))
    left = left_of(asked.batch, actor=SYSTEM)
    told = [
        {
            "record": str(row.record_id),
            "label": row.label,
            "message": sentence(Refusal(row.message, row.params)),
        }
        for row in left
    ]
    counts = {outcome.value: undoing.counts.get(outcome.value, 0) for outcome in Outcome}
    if as_json:
        click.echo(
            json.dumps(
                {"batch": asked.batch, "undoes": batch, "counts": counts, "left": told}, ensure_ascii=False
            )
        )
    else:
        for row in told:
            click.echo(f"{row['label']}\t{row['message']}")
        click.echo("  ".join(f"{key} {count}" for key, count in counts.items()))
    sys.exit(1 if _left(counts) else 0)


def _left(counts: Mapping[str, int]) -> int:
    return counts[Outcome.EDITED.value] + counts[Outcome.REFUSED.value]


def _done(undoing: str, work: Any) -> BatchLine:
    """Work on an undoing, or wait for the worker who has it, until it has come to its end."""
    while True:
        work()
        line = read_batch(undoing, actor=SYSTEM, now=now())
        if line.state is not BatchState.RUNNING:
            return line
        time.sleep(_LOOK)


COMMANDS: tuple[click.Command, ...] = (_batches, _undo)
