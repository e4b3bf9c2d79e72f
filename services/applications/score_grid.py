"""The scores of a round in one grid: a row for each base and expert, saved together, whatever others save meanwhile.

Each row is compared with what its page had read of it: rows of others stay as they saved them, and only one that both
have changed holds the saving back.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from documents.applications.application import Application, StoredApplication, StoredExpert
from documents.applications.round import Round, StoredRoundExpert
from documents.desk.audit_entry import Change
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.applications import Stage, Verb
from rules.errors import Missing, Refusal, Refused, Stale
from rules.scoring import ScoreSheet, refusals_of_own_base
from rules.words import N_
from services.applications.expert_review import (
    MOST_EXPERTS,
    Expert,
    conclude_in,
    refusals_of_expert,
    stored_expert,
)
from services.applications.rounds import read_round
from services.applications.steps import demand_step, save_application, stage_of
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

UNSEEN = ""  # the mark of a row that holds nothing yet
_MARK = 16  # hexadecimal digits
_CHANGED = N_("Somebody else changed this row meanwhile: %(row)s. Saved again, yours replaces it.")
_SCORED = N_("Somebody else scored %(base)s meanwhile: look at the scores before you conclude.")
_UNKNOWN = N_("This expert is not on the round's list.")


@dataclass(frozen=True)
class GridRow:
    """One expert's scores of one base: what is stored, or nothing yet; `mark` stands for what was read."""

    expert: Expert
    mark: str = UNSEEN


@dataclass(frozen=True)
class GridBase:
    """One base of the grid; its rows can be written while `is_open`."""

    application: StoredApplication
    rows: tuple[GridRow, ...]
    is_open: bool


@dataclass(frozen=True)
class TypedRow:
    """One row as it was typed, with the mark of what its page had read."""

    expert: Expert
    mark: str

    def is_untouched(self, sheet: ScoreSheet) -> bool:
        """Tell whether it still says what its page had read; a row of nothing that is blank does."""
        points = self.expert.scores or {}
        if self.mark == UNSEEN:
            return not self.expert.opinion.strip() and all(value is None for value in points.values())
        return all(points.get(line.key) is not None for line in sheet.dimensions) and (
            mark_of(stored_expert(self.expert, sheet)) == self.mark
        )


@dataclass(frozen=True)
class TypedBase:
    """The rows of one base as typed; `opinion` the experts' joint one where the review is to be concluded."""

    rows: tuple[TypedRow, ...]
    opinion: str | None = None


@dataclass(frozen=True)
class Saved:
    """How many rows were written, and how many bases were concluded."""

    rows: int
    concluded: int


def mark_of(entry: StoredExpert | None) -> str:
    """Return what stands for a stored review, as long as nobody changes it; `UNSEEN` for none."""
    if entry is None:
        return UNSEEN
    parts = [
        entry["name"],
        entry.get("organization", ""),
        sorted(entry["scores"].items()),
        entry.get("opinion", ""),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:_MARK]


def as_expert(entry: StoredExpert) -> Expert:
    """Return a stored review as plain values."""
    return Expert(entry["name"], entry.get("organization", ""), entry["scores"], entry.get("opinion", ""))


def row_id(application_id: ObjectId, expert_name: str) -> str:
    """Return what names one row of the grid, wherever it stands in it."""
    return f"{application_id}-{hashlib.sha256(expert_name.encode()).hexdigest()[:_MARK]}"


def read_grid(round_id: ObjectId, *, actor: Actor) -> tuple[GridBase, ...]:
    """Return the grid of a round: its bases that have come to the experts. Raises Missing, NotAllowed."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    with reachable():
        given = Round.read(round_id).get("experts", [])
        applications = [raw for raw in Application.judged_in(round_id) if actor.sees(raw["county"])]
    return tuple(_base(raw, given) for raw in applications)


def _base(raw: StoredApplication, given: Sequence[StoredRoundExpert]) -> GridBase:
    is_open = stage_of(raw) is Stage.RECOMMENDED
    rows = [GridRow(as_expert(entry), mark_of(entry)) for entry in raw.get("experts", ())]
    names = {row.expert.name for row in rows}
    if is_open:
        rows += [
            GridRow(Expert(expert["name"], expert["organization"]))
            for expert in given
            if raw["_id"] in expert["applications"] and expert["name"] not in names
        ]
    return GridBase(raw, tuple(rows), is_open)


def save_grid(
    round_id: ObjectId, typed: Mapping[ObjectId, TypedBase], *, actor: Actor, now: datetime
) -> Saved:
    """Write what was typed into a round's grid, and conclude the reviews that are to be: all of it, or nothing.

    Rows are written where they differ from what was read. Raises Missing (a base of another round, too), NotAllowed;
    Refused, and Stale for a row that somebody else changed. The field of each reason is that row's `row_id`, with
    `-PART` for a cell, or `opinion-ID`.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    return in_one_transaction(lambda uow: _save(uow, round_id, typed), actor=actor, now=now)


def _save(uow: UnitOfWork, round_id: ObjectId, typed: Mapping[ObjectId, TypedBase]) -> Saved:
    sheet, given = (
        read_round(round_id, uow.session).sheet,
        Round.read(round_id, uow.session).get("experts", []),
    )
    stored = {raw["_id"]: raw for raw in Application.of_ids(typed, uow.session)}
    written, concluded = 0, 0
    refusals: list[Refusal] = []
    conflicts: list[Refusal] = []
    for application_id, base in typed.items():
        raw = stored.get(application_id)
        if raw is None or raw["round"] != round_id or not uow.actor.sees(raw["county"]):
            raise Missing()
        work = _BaseWork(
            raw, base, sheet, {expert["name"] for expert in given if raw["_id"] in expert["applications"]}
        )
        refusals += work.refusals
        conflicts += work.conflicts
        if refusals or conflicts or not (work.changes or base.opinion is not None):
            continue
        try:
            raw = work.save(uow)
            if base.opinion is not None:
                conclude_in(uow, raw, sheet, opinion=base.opinion)
                concluded += 1
        except Refused as problem:
            refusals += [
                Refusal(reason.message, reason.params, f"opinion-{application_id}")
                for reason in problem.refusals
            ]
        written += len(work.changes)
    if conflicts:
        raise Stale(*conflicts, *refusals)
    if refusals:
        raise Refused(*refusals)
    return Saved(written, concluded)


class _BaseWork:
    """What is to be written of one base: its reviews afterwards, what changed, and why it cannot be."""

    def __init__(self, raw: StoredApplication, typed: TypedBase, sheet: ScoreSheet, given: set[str]) -> None:
        self._raw = raw
        self._sheet = sheet
        self._given = given
        self.experts: list[StoredExpert] = list(raw.get("experts", ()))
        self.changes: list[Change] = []
        self.refusals: list[Refusal] = []
        self.conflicts: list[Refusal] = []
        for row in typed.rows:
            self._take(row)
        seen = sorted(row.mark for row in typed.rows if row.mark)
        if (
            typed.opinion is not None
            and seen != sorted(map(mark_of, raw.get("experts", ())))
            and not self.conflicts
        ):
            field = f"opinion-{raw['_id']}"
            self.conflicts.append(Refusal(_SCORED, {"base": raw["base_name"]}, field))

    def _take(self, row: TypedRow) -> None:
        if row.is_untouched(self._sheet):
            return
        at = next(
            (number for number, entry in enumerate(self.experts) if entry["name"] == row.expert.name), None
        )
        found = self.experts[at] if at is not None else None
        field = row_id(self._raw["_id"], row.expert.name)
        if found is None and row.expert.name not in self._given:
            self.refusals.append(Refusal(_UNKNOWN, field=field))
            return
        wrong = [
            Refusal(reason.message, reason.params, f"{field}-{reason.field}" if reason.field else field)
            for reason in self._refusals(row.expert, known=found is not None)
        ]
        entry = None if wrong else stored_expert(row.expert, self._sheet)
        if entry is not None and mark_of(entry) == mark_of(found):
            return  # it stands there already
        is_changed = mark_of(found) != row.mark
        if is_changed:
            name = f"{self._raw['base_name']} {row.expert.name}"
            self.conflicts.append(Refusal(_CHANGED, {"row": name}, field))
        self.refusals += wrong
        if is_changed or entry is None:
            return
        if at is None:
            self.experts.append(entry)
        else:
            self.experts[at] = entry
        was = f"{found['name']} {found['total']:g}" if found else None
        self.changes.append(Change("experts", was, f"{entry['name']} {entry['total']:g}"))

    def _refusals(self, expert: Expert, *, known: bool) -> tuple[Refusal, ...]:
        if not known and len(self.experts) >= MOST_EXPERTS:
            return (Refusal(N_("There are too many experts.")),)
        names = {"base_name": self._raw["base_name"], "operator": self._raw.get("operator", "")}
        return (
            *refusals_of_expert(expert, self._sheet),
            *(() if known else refusals_of_own_base(expert.organization, **names)),
        )

    def save(self, uow: UnitOfWork) -> StoredApplication:
        demand_step(self._raw, Verb.CONCLUDE, uow.actor)
        if not self.changes:
            return self._raw
        after: StoredApplication = {**self._raw, "experts": self.experts}
        return save_application(uow, self._raw, after, action="changed", changes=self.changes)
