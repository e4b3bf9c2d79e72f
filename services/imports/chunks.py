"""Write the rows of an import, some hundreds in one transaction, each with its audit entry.

A row that the rules refuse is left out; what the database refuses (a code that another clerk
registered meanwhile) undoes the transaction, and its rows are tried again by halves until only the
row at fault is left out.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.imports.import_batch import ImportBatch
from documents.kinds import RECORDS
from documents.server.transactions import LONG
from rules.access import Actor
from rules.errors import Problem, Refusal, Refused, Stale, Unavailable
from rules.words import N_
from schema.collection import Collection
from schema.values import stored
from services.imports.conflicts import Against, last_change
from services.imports.matching import differing_keys, says_nothing_new
from services.imports.parsing import ParsedRow
from services.imports.report import OnConflict, Outcome, RowReport, Seen
from services.records.denormalised_copies import follow_with_copies, is_copied, update_copies
from services.records.records import changed_record, new_record
from services.records.references import References
from services.shared.unit_of_work import TooLarge, UnitOfWork, in_one_transaction

# One company costs some 85 index entries: 1,300 of them outgrow a transaction on the embedded database,
# and other clerks' saves wait for the end of a chunk (0.2 s).
CHUNK = 200
Raw = dict[str, Any]
Identity = tuple[Any, ...]


class _Undone(Exception):
    """Carries the reports of a trial out of the transaction that it undoes."""

    def __init__(self, reports: list[RowReport]) -> None:
        super().__init__("a trial is undone")
        self.reports = reports


class ChunkWriter:
    """Writes chunks of one import in turn; with `trial` it does all but commit."""

    def __init__(
        self, declaration: Collection, *, actor: Actor, now: datetime, note: str, trial: bool = False,
        against: Against | None = None,
    ) -> None:  # fmt: skip
        """`note`, the id of the batch, goes into every audit entry; `against` is what the rows were held against."""
        self._declaration = declaration
        self._collection = declaration.name
        # Each row is found again by what it says: a file that is sent twice changes nothing the second time.
        self._actor = replace(actor, sent_form=None)
        self._now = now
        self._note = note
        self._trial = trial
        self._against = against or Against()
        # A ledger has no number: the n-th row of the file with an identity is the n-th record with it.
        self._used: Counter[Identity] = Counter()

    def in_order(self, rows: list[ParsedRow]) -> list[ParsedRow]:
        """Return the rows in the order of writing: a ledger base by base, so that a chunk needs few bases' tenants."""
        if not self._declaration.numbered_by_order:
            return rows
        return sorted(rows, key=lambda one: (str(one.values["base"]), str(one.values.get("served_on", ""))))

    def write(self, rows: Sequence[ParsedRow]) -> list[RowReport]:
        """Write one chunk and return a report for each row. Raises Unavailable."""
        reports = self._write(rows, [])
        if self._trial:
            self._count(rows, reports)
        elif is_copied(self._collection):
            follow_with_copies(actor=self._actor, now=self._now)
        return reports

    def _write(self, rows: Sequence[ParsedRow], good: list[ParsedRow]) -> list[RowReport]:
        """Write some rows; a trial, which keeps nothing, does so after the `good` ones of the chunk."""
        if not rows:
            return []
        try:
            reports = self._attempt([*good, *rows])[len(good) :]
        except Refused as refused:
            too_large = isinstance(refused, TooLarge)
            if too_large and good:
                return self._write(rows, [])
            if len(rows) == 1:
                return [RowReport(rows[0].row, Outcome.REJECTED, refused.refusals)]
            half = len(rows) // 2
            reports = self._write(rows[:half], good)
            if self._trial and not too_large:
                good = good + [one for one, report in zip(rows, reports, strict=False) if _accepted(report)]
            return reports + self._write(rows[half:], good)
        if not self._trial:
            self._count(rows, reports)
        return reports

    def _count(self, rows: Sequence[ParsedRow], reports: Sequence[RowReport]) -> None:
        if self._declaration.numbered_by_order:
            accepted = (one for one, report in zip(rows, reports, strict=True) if _accepted(report))
            self._used.update(_identity_of(self._declaration, one.values) for one in accepted)

    def _attempt(self, rows: Sequence[ParsedRow]) -> list[RowReport]:
        def work(uow: UnitOfWork) -> list[RowReport]:
            uow.batch = self._note
            chunk = _Chunk(
                self._declaration, uow, rows, self._used, self._note, self._against, trial=self._trial
            )
            reports = chunk.run()
            if self._trial:
                raise _Undone(reports)
            # With the rows themselves: an import that is cut short can say what it had written.
            ImportBatch.advance(self._note, _counted(reports), now=uow.now, session=uow.session)
            return reports

        try:
            return in_one_transaction(work, actor=self._actor, now=self._now, within=LONG)
        except _Undone as undone:
            return undone.reports


def _accepted(report: RowReport) -> bool:
    return report.outcome is not Outcome.REJECTED


def _counted(reports: Sequence[RowReport]) -> dict[str, int]:
    return dict(Counter(report.outcome.counted_as for report in reports))


def _identity_of(declaration: Collection, values: Mapping[str, Any]) -> Identity:
    return tuple(stored(values.get(key)) for key in declaration.identity)


class _Chunk:
    """One run of one chunk within one transaction; a run that the database repeats begins with a new one."""

    def __init__(
        self,
        declaration: Collection,
        uow: UnitOfWork,
        rows: Sequence[ParsedRow],
        used: Mapping[Identity, int],
        note: str,
        against: Against,
        *,
        trial: bool,
    ) -> None:
        self._declaration = declaration
        self._collection = declaration.name
        self._document = RECORDS[declaration.name]
        self._uow = uow
        self._rows = rows
        self._used = used
        self._note = note
        self._against = against
        self._trial = trial
        self._refs = References(uow.actor, uow.session)
        self._inserts: list[Raw] = []
        self._replacements: list[tuple[Raw, Raw]] = []

    def run(self) -> list[RowReport]:
        """Read what the rows need, write them, and say what became of each."""
        self._refs.read_ahead_of(self._declaration, [row.values for row in self._rows])
        stored_already = self._stored_already()
        used = Counter(self._used)
        reports: list[RowReport] = []
        for one in self._rows:
            identity = _identity_of(self._declaration, one.values)
            place = used[identity]
            before = self._against.record_of(one.row, stored_already.get(identity, []), place)
            seen = Seen(before["_id"], before["version"]) if before else Seen()
            try:
                report = self._left(one, before) or RowReport(
                    one.row, self._write_one(one, before), seen=seen
                )
            except Unavailable:
                raise
            except Problem as problem:
                reports.append(RowReport(one.row, Outcome.REJECTED, problem.refusals, seen))
                continue
            if self._declaration.numbered_by_order:
                used[identity] += 1
            reports.append(report)
        self._flush()
        return reports

    def _left(self, one: ParsedRow, before: Raw | None) -> RowReport | None:
        """Return the report of a row that is not written, because its record was saved since it was seen."""
        seen = self._against.seen_of(one.row)
        if seen is None or seen.is_still(before):
            return None
        if before is not None and not self._document.is_visible(before, self._uow.actor):
            return None  # refused as any record of another county
        differing = list(one.values)
        if before is not None:
            values = self._declaration.hooks.complete(one.values, before)
            differing = differing_keys(self._declaration, values, before)
        if not differing or self._against.on_conflict is OnConflict.FILE:
            return None
        if self._against.on_conflict is OnConflict.STORED:
            return RowReport(one.row, Outcome.SKIPPED, seen=seen)
        change = last_change(self._collection, before, seen, session=self._uow.session)
        reasons = tuple(change.as_refusal(key) for key in differing)
        return RowReport(one.row, Outcome.CONFLICT, reasons, change.present, change.label)

    def _stored_already(self) -> dict[Identity, list[Raw]]:
        """Return the records that the rows may be, by identity, oldest first."""
        keys = self._declaration.read_first or self._declaration.identity
        wanted = {key: list({stored(row.values.get(key)) for row in self._rows}) for key in keys}
        found: dict[Identity, list[Raw]] = {}
        for raw in self._document.having_all(wanted, session=self._uow.session):
            found.setdefault(_identity_of(self._declaration, raw), []).append(dict(raw))
        return found

    def _write_one(self, one: ParsedRow, before: Raw | None) -> Outcome:
        if before is None:
            raw = new_record(
                self._uow, self._collection, one.values, self._refs, record_id=ObjectId(), note=self._note
            )
            self._inserts.append(raw)
            outcome = Outcome.CREATED
        else:
            outcome = self._change(one.values, before)
        if self._declaration.written_singly:
            self._flush()
        return outcome

    def _change(self, given: Mapping[str, Any], before: Raw) -> Outcome:
        if not self._document.is_visible(before, self._uow.actor):
            key = self._declaration.identity[0]
            sentence = self._declaration.unseen_code or _UNSEEN
            raise Refused(Refusal(sentence, {"value": before.get(key, "")}, field=key))
        seen = self._declaration.hooks.in_sight(before, self._uow.actor)
        values = self._declaration.hooks.complete(given, seen)
        if says_nothing_new(self._declaration, values, seen):
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
        if not self._trial:
            return raw
        declaration = self._declaration
        asked = {"_id", "version", declaration.county_key, *declaration.name_keys, *declaration.identity}
        asked |= {key for index in declaration.indexes for key in index.keys}
        return {key: value for key, value in raw.items() if key in asked}

    def _flush(self) -> None:
        session = self._uow.session
        if self._inserts:
            self._document.insert([self._tried(raw) for raw in self._inserts], session=session)
        if self._replacements:
            pairs = [(before, self._tried(after)) for before, after in self._replacements]
            if self._document.replace(pairs, session=session) != len(pairs):
                raise Stale()
        for before, after in self._replacements:
            update_copies(self._uow, self._collection, before, after)
        self._inserts, self._replacements = [], []


_UNSEEN = N_("This record belongs to another county. Please ask the city bureau.")
