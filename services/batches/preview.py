"""What undoing a batch would do, before anybody asks for it: tried in a transaction that is not kept."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents.desk.audit_entry import AuditEntry, StoredChange
from documents.server.connection import reachable
from documents.server.transactions import LONG
from rules.access import Actor, Permission
from rules.errors import Problem, Refusal, Refused, Unavailable
from services.batches.batches import BatchLine, demand_there, read_batch
from services.batches.effects import Effect, Standing, effects_of
from services.batches.undo import Choice, edited_since, take_back
from services.records.references import References
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

MOST_TRIED = 300  # records whose undoing is tried for the preview; the rules judge the others when it is done
_READ_AT_ONCE = 500


@dataclass(frozen=True)
class PreviewRow:
    """One record: what would happen to it. `reason` says why it would be left.

    `verb` is "delete", "restore" or "change"; `changes` what the batch changed, which would go back to `old`.
    `is_present` tells whether the record stands outside the recycle bin now.
    """

    record_id: Any
    label: str
    verb: str
    changes: tuple[StoredChange, ...] = ()
    reason: Refusal | None = None
    is_present: bool = True


@dataclass(frozen=True)
class Preview:
    """What undoing would do: `going` back, `edited` since and left unless chosen, `refused` by a rule, `back` already.

    The lists hold the first records only, the counts tell all; `untried` are those that no rule was asked about.
    `seen` is the last entry of the trail that this has seen.
    """

    batch: BatchLine
    going: tuple[PreviewRow, ...]
    edited: tuple[PreviewRow, ...]
    refused: tuple[PreviewRow, ...]
    going_count: int
    edited_count: int
    refused_count: int
    back_count: int
    untried: int
    seen: int


class _Tried(Exception):
    """Leads out of the transaction of a trial, which is not kept."""


def preview_undo(batch: str, *, actor: Actor, now: datetime, most: int = MOST_TRIED) -> Preview:
    """Return what undoing a batch would do. Raises NotAllowed, Missing, Unavailable."""
    actor.demand(Permission.WRITE)
    line = read_batch(batch, actor=actor, now=now)
    demand_there(line.collection)
    with reachable():
        seen = AuditEntry.last_number()
        ids = AuditEntry.records_of_batch(batch, line.collection, actor)
        first = effects_of(batch, line.collection, ids[:most], county=actor.county)
        rest = list(_brief(line, ids[most:], actor))
    going = [effect for effect in first if effect.standing is Standing.AS_LEFT]
    refusals = _refusals(batch, line.collection, going, actor, now)
    edited = [effect for effect in first if effect.standing is Standing.EDITED]
    untried = sum(standing is Standing.AS_LEFT for standing in rest)
    standings = [*(effect.standing for effect in first), *rest]
    return Preview(
        batch=line,
        going=tuple(_row(effect) for effect in going if effect.record_id not in refusals),
        edited=tuple(_row(effect, edited_since(effect)) for effect in edited),
        refused=tuple(
            _row(effect, refusals[effect.record_id]) for effect in going if effect.record_id in refusals
        ),
        going_count=len(going) - len(refusals) + untried,
        edited_count=standings.count(Standing.EDITED),
        refused_count=len(refusals),
        back_count=standings.count(Standing.BACK),
        untried=untried,
        seen=seen,
    )


def _brief(line: BatchLine, ids: Sequence[Any], actor: Actor) -> Iterator[Standing]:
    for begin in range(0, len(ids), _READ_AT_ONCE):
        piece = ids[begin : begin + _READ_AT_ONCE]
        for effect in effects_of(line.id, line.collection, piece, county=actor.county, brief=True):
            yield effect.standing


def _row(effect: Effect, reason: Refusal | None = None) -> PreviewRow:
    verb = "change" if effect.existed and effect.exists else "restore" if effect.existed else "delete"
    changes = effect.changes if verb == "change" else ()
    return PreviewRow(effect.record_id, effect.label, verb, changes, reason, effect.is_present)


def _refusals(
    batch: str, collection: str, effects: Sequence[Effect], actor: Actor, now: datetime
) -> dict[Any, Refusal]:
    """Return why the rules refuse to take some of these back.

    What only the database refuses, as a code that another record has by now, is told when it is done.
    """
    found: dict[Any, Refusal] = {}

    def work(uow: UnitOfWork) -> None:
        found.clear()
        refs = References(uow.actor, uow.session, taking_back=True)
        for effect in effects:
            try:
                take_back(uow, batch, collection, effect, refs, choice=Choice(), note="")
            except Unavailable:
                raise
            except Problem as problem:
                found[effect.record_id] = problem.refusals[0]
        raise _Tried

    with suppress(_Tried, Refused):
        in_one_transaction(work, actor=actor, now=now, within=LONG)
    return found
