"""Write the rows of an import, some hundreds in one transaction, each with its audit entry.

A row that the rules refuse is left out; what the database refuses (a code that another clerk
registered meanwhile) undoes the transaction, and its rows are tried again by halves until only the
row at fault is left out.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import ReplaceOne

from documents.kinds import RECORDS
from rules.access import Actor
from rules.errors import Problem, Refusal, Refused, Stale, Unavailable
from rules.words import N_
from schema.field import Sheet
from services.imports.matching import completed, says_nothing_new
from services.imports.names import distinct
from services.imports.parsing import Candidate
from services.imports.report import Outcome, RowReport
from services.records.denormalised_copies import COPIED, finish_copies, update_copies
from services.records.prepare import stored
from services.records.records import changed_record, new_record
from services.records.references import References
from services.shared.unit_of_work import TooLarge, UnitOfWork, in_one_transaction

# One company costs some 85 index entries: 1,300 of them outgrow a transaction on the embedded database,
# and other clerks' saves wait for the end of a chunk (0.2 s).
CHUNK = 200
# What identity, unique indexes, scope and later rows of a chunk ask for.
_TRIED = (
    "_id", "version", "county", "counties", "name", "uscc", "document_number", "announced_on", "collection", "code",
    "label",
)  # fmt: skip
Raw = dict[str, Any]
Identity = tuple[Any, ...]


class _Undone(Exception):
    """Carries the reports of a trial out of the transaction that it undoes."""

    def __init__(self, reports: list[RowReport]) -> None:
        super().__init__("a trial is undone")
        self.reports = reports


class ChunkWriter:
    """Writes chunks of one import in turn; with `trial` it does all but commit."""

    def __init__(self, sheet: Sheet, *, actor: Actor, now: datetime, note: str, trial: bool = False) -> None:
        """`note` goes into every audit entry."""
        self._sheet = sheet
        self._collection = sheet.collection
        self._document = RECORDS[sheet.collection]
        self._actor = actor
        self._now = now
        self._note = note
        self._trial = trial
        # A ledger has no number: the n-th row of the file with an identity is the n-th record with it.
        self._used: Counter[Identity] = Counter()

    def in_order(self, candidates: list[Candidate]) -> list[Candidate]:
        """Return the rows in the order of writing: a ledger base by base, so that a chunk needs few bases' tenants."""
        if self._collection != "ledger_entries":
            return candidates
        return sorted(
            candidates, key=lambda one: (str(one.values["base"]), str(one.values.get("served_on", "")))
        )

    def write(self, candidates: Sequence[Candidate]) -> list[RowReport]:
        """Write one chunk and return a report for each row. Raises Unavailable."""
        reports = self._write(candidates, [])
        if self._trial:
            self._count(candidates, reports)
        elif self._collection in COPIED:
            finish_copies(actor=self._actor, now=self._now)
        return reports

    def _write(self, candidates: Sequence[Candidate], good: list[Candidate]) -> list[RowReport]:
        """Write some rows; a trial, which keeps nothing, does so after the `good` ones of the chunk."""
        if not candidates:
            return []
        try:
            reports = self._attempt([*good, *candidates])[len(good) :]
        except Refused as refused:
            too_large = isinstance(refused, TooLarge)
            if too_large and good:
                return self._write(candidates, [])
            if len(candidates) == 1:
                return [RowReport(candidates[0].row, Outcome.REJECTED, refused.refusals)]
            half = len(candidates) // 2
            reports = self._write(candidates[:half], good)
            if self._trial and not too_large:
                good = good + [
                    one for one, report in zip(candidates, reports, strict=False) if _accepted(report)
                ]
            return reports + self._write(candidates[half:], good)
        if not self._trial:
            self._count(candidates, reports)
        return reports

    def _count(self, candidates: Sequence[Candidate], reports: Sequence[RowReport]) -> None:
        if self._collection == "ledger_entries":
            accepted = (one for one, report in zip(candidates, reports, strict=True) if _accepted(report))
            self._used.update(_identity_of(self._sheet, one.values) for one in accepted)

    def _attempt(self, candidates: Sequence[Candidate]) -> list[RowReport]:
        def work(uow: UnitOfWork) -> list[RowReport]:
            reports = _Chunk(self._sheet, uow, candidates, self._used, self._note, trial=self._trial).run()
            if self._trial:
                raise _Undone(reports)
            return reports

        try:
            return in_one_transaction(work, actor=self._actor, now=self._now)
        except _Undone as undone:
            return undone.reports


def _accepted(report: RowReport) -> bool:
    return report.outcome is not Outcome.REJECTED


def _identity_of(sheet: Sheet, values: Mapping[str, Any]) -> Identity:
    return tuple(stored(values.get(key)) for key in sheet.identity)


class _Chunk:
    """One run of one chunk within one transaction; a run that the database repeats begins with a new one."""

    def __init__(
        self,
        sheet: Sheet,
        uow: UnitOfWork,
        candidates: Sequence[Candidate],
        used: Mapping[Identity, int],
        note: str,
        *,
        trial: bool,
    ) -> None:
        self._collection = sheet.collection
        self._sheet = sheet
        self._document = RECORDS[sheet.collection]
        self._uow = uow
        self._candidates = candidates
        self._used = used
        self._note = note
        self._trial = trial
        self._refs = References(uow.actor, uow.session)
        self._inserts: list[Raw] = []
        self._replacements: list[tuple[Raw, Raw]] = []

    def run(self) -> list[RowReport]:
        """Read what the rows need, write them, and say what became of each."""
        self._read_ahead()
        stored_already = self._stored_already()
        used = Counter(self._used)
        reports: list[RowReport] = []
        for one in self._candidates:
            identity = _identity_of(self._sheet, one.values)
            place = used[identity]
            known = stored_already.get(identity, [])
            try:
                outcome = self._write_one(one, known[place] if place < len(known) else None)
            except Unavailable:
                raise
            except Problem as problem:
                reports.append(RowReport(one.row, Outcome.REJECTED, problem.refusals))
                continue
            if self._collection == "ledger_entries":
                used[identity] += 1
            reports.append(RowReport(one.row, outcome))
        self._flush()
        return reports

    def _read_ahead(self) -> None:
        values = [one.values for one in self._candidates]
        cooperating = [each["base"] for one in values for each in one.get("cooperations", [])]
        bases = distinct([*(one.get("base") for one in values), *cooperating])
        self._refs.read_ahead(bases, distinct(one.get("partner") for one in values))
        if self._collection == "ledger_entries":
            self._refs.all_companies_of(bases)

    def _stored_already(self) -> dict[Identity, list[Raw]]:
        """Return the records that the rows may be, by identity, oldest first."""
        keys = ("base", "served_on") if self._collection == "ledger_entries" else self._sheet.identity
        clause = {
            key: {"$in": list({stored(one.values.get(key)) for one in self._candidates})} for key in keys
        }
        found: dict[Identity, list[Raw]] = {}
        for raw in self._document.collection().find(clause, session=self._uow.session).sort("_id", 1):
            found.setdefault(_identity_of(self._sheet, raw), []).append(dict(raw))
        return found

    def _write_one(self, one: Candidate, before: Raw | None) -> Outcome:
        if before is None:
            raw = new_record(
                self._uow, self._collection, one.values, self._refs, record_id=ObjectId(), note=self._note
            )
            self._inserts.append(raw)
            outcome = Outcome.CREATED
        else:
            outcome = self._change(one.values, before)
        if self._collection == "bases":
            self._flush()  # the next base's document number asks who carries it
        return outcome

    def _change(self, given: Mapping[str, Any], before: Raw) -> Outcome:
        if not self._document.is_visible(before, self._uow.actor):
            sentence = N_("The code %(value)s cannot be entered in your county. Please ask the city bureau.")
            raise Refused(Refusal(sentence, {"value": before.get("uscc", "")}, field="uscc"))
        values = completed(self._collection, given, before)
        if says_nothing_new(values, before):
            return Outcome.UNCHANGED
        after = changed_record(self._uow, self._collection, before, values, self._refs, note=self._note)
        if after is None:
            return Outcome.UNCHANGED
        self._replacements.append((before, after))
        return Outcome.UPDATED

    def _tried(self, raw: Raw) -> Raw:
        """Return what is written of a record: of a trial only what a unique index may refuse.

        What a trial undoes stays in the pages of the indexes until they are cleaned. A page that outgrows its
        limit is cleaned in vain at every insert into it: with search tokens the seventh chunk took a minute.
        """
        return {key: raw[key] for key in _TRIED if key in raw} if self._trial else raw

    def _flush(self) -> None:
        collection, session = self._document.collection(), self._uow.session
        if self._inserts:
            collection.insert_many([self._tried(raw) for raw in self._inserts], session=session)
        if self._replacements:
            steps = [
                ReplaceOne({"_id": before["_id"], "version": before["version"]}, self._tried(after))
                for before, after in self._replacements
            ]
            if collection.bulk_write(steps, session=session).matched_count != len(steps):
                raise Stale()
        for before, after in self._replacements:
            update_copies(self._uow, self._collection, before, after)
        self._inserts, self._replacements = [], []
