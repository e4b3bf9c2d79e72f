"""Write the rows of an import, some hundreds in one transaction, each with its audit entry.

A row that the rules refuse is left out; what the database refuses (a code that another clerk
registered meanwhile) undoes the transaction, and its rows are tried again by halves until only the
row at fault is left out.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any
from unicodedata import normalize

from bson import ObjectId

from documents.imports.import_batch import ImportBatch
from documents.kinds import RECORDS
from documents.records.recycled import Recycled
from documents.server.transactions import LONG
from rules.access import Actor
from rules.errors import Problem, Refusal, Refused, Stale, Unavailable
from rules.words import N_
from schema.collection import Collection
from schema.values import stored
from services.imports.candidates import Finder
from services.imports.conflicts import Against, last_change, last_change_of
from services.imports.import_run import ImportRun
from services.imports.later_changes import LaterChange, LaterChanges
from services.imports.matching import (
    Match,
    Question,
    differing_keys,
    identity_of,
    match_of,
    question_about,
    says_nothing_new,
)
from services.imports.merging import Merge, changed_by_clerk, merged_row, value_key
from services.imports.parsing import Marked, ParsedRow
from services.imports.report import Answer, CellChange, Decision, Outcome, RowReport, Seen
from services.imports.shown_cells import ShownCells
from services.records.denormalised_copies import follow_with_copies, is_copied, update_copies
from services.records.records import changed_record, new_record
from services.records.references import References
from services.shared.unit_of_work import TooLarge, UnitOfWork, in_one_transaction

# One company costs some 85 index entries: 1,300 of them outgrow a transaction on the embedded database,
# and other clerks' saves wait for the end of a chunk (0.2 s).
CHUNK = 400
_BEHIND = 50  # new records that the database inserts while the next ones are prepared
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
        against: Against | None = None, run: ImportRun | None = None, exported_at: datetime | None = None,
    ) -> None:  # fmt: skip
        """`note`, the id of the batch, goes into every audit entry; `against` is what the rows were held against.

        `run` is the job that does it, if one does; `exported_at` when the workbook was exported, if it was.
        """
        self._run = run
        self._declaration = declaration
        self._collection = declaration.name
        # Each row is found again by what it says: a file that is sent twice changes nothing the second time.
        self._actor = replace(actor, sent_form=None)
        self._now = now
        self._note = note
        self._trial = trial
        self._against = against or Against()
        # Of rows that neither mark nor number tells, the n-th with an identity is the n-th record with it.
        self._used: Counter[Identity] = Counter()
        self._finder = Finder(declaration, self._actor)
        self._cells = ShownCells(declaration)
        self._claimed = _Claimed()
        self._exported_at = exported_at

    def in_order(self, rows: list[ParsedRow]) -> list[ParsedRow]:
        """Return the rows in the order of writing: base by base, so that a chunk touches few bases' names and figures.

        What marks and numbers of these rows claim is no other row's.
        """
        self._claimed = _Claimed(
            frozenset(row.mark.record for row in rows if row.mark),
            frozenset(row.number for row in rows if row.number),
        )
        return sorted(rows, key=lambda one: one.order)

    def count_written(self, rows: Sequence[ParsedRow], written: Mapping[int, RowReport]) -> None:
        """Count rows that an earlier worker of the same import has written."""
        self._count(rows, [written[row.row] for row in rows])

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
                report = RowReport(rows[0].row, Outcome.REJECTED, refused.refusals)
                if self._run is not None:
                    self._run.commit(lambda uow: [report])
                return [report]
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
            self._used.update(
                _identity_of_row(self._declaration, one) for one in accepted if not _is_claimed(one)
            )

    def _attempt(self, rows: Sequence[ParsedRow]) -> list[RowReport]:
        def work(uow: UnitOfWork) -> list[RowReport]:
            uow.batch, uow.is_trial, uow.looks_for_warnings = self._note, self._trial, self._trial
            chunk = _Chunk(
                self._declaration, uow, rows, self._used, self._note, self._against, self._finder,
                self._cells, self._claimed, LaterChanges(self._declaration, self._actor, self._exported_at),
                trial=self._trial,
            )  # fmt: skip
            reports = chunk.run()
            if self._trial:
                raise _Undone(reports)
            # With the rows themselves: an import that is cut short can say what it had written.
            ImportBatch.advance(self._note, _counted(reports), now=uow.now, session=uow.session)
            return reports

        try:
            if self._run is not None:
                return self._run.commit(work)
            return in_one_transaction(work, actor=self._actor, now=self._now, within=LONG)
        except _Undone as undone:
            return undone.reports


def _accepted(report: RowReport) -> bool:
    return report.outcome is not Outcome.REJECTED


def _counted(reports: Sequence[RowReport]) -> dict[str, int]:
    return dict(Counter(report.outcome.counted_as for report in reports))


def _identity_of(declaration: Collection, values: Mapping[str, Any]) -> Identity:
    return tuple(stored(values.get(key)) for key in declaration.identity)


def _identity_of_row(declaration: Collection, row: ParsedRow) -> Identity:
    if not row.identity:
        row.identity = _identity_of(declaration, row.values)
    return row.identity


@dataclass(frozen=True)
class _Claimed:
    """The records that rows name by mark or number: they are no other row's."""

    ids: frozenset[ObjectId] = frozenset()
    numbers: frozenset[str] = frozenset()

    def holds(self, raw: Mapping[str, Any]) -> bool:
        """Tell whether a record is named so."""
        return raw["_id"] in self.ids or raw.get("number") in self.numbers


def _is_narrower(sent: object, kept: object) -> bool:
    """Tell whether a name is the one on record but for its width: (二期) of a file that is no export for （二期）."""
    if not isinstance(sent, str) or not isinstance(kept, str):
        return False
    return sent != kept and "".join(sent.split()) == "".join(normalize("NFKC", kept).split())


def _is_claimed(row: ParsedRow) -> bool:
    return row.mark is not None or bool(row.number)


def _is_in_sight(deleted: Mapping[str, Any], actor: Actor) -> bool:
    return actor.county is None or actor.county in (deleted.get("counties") or ())


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
        finder: Finder,
        cells: ShownCells,
        claimed: "_Claimed",
        later: LaterChanges,
        *,
        trial: bool,
    ) -> None:
        self._finder = finder
        self._cells = cells
        self._claimed = claimed
        self._later = later
        self._stored: dict[Identity, list[Raw]] = {}
        self._declaration = declaration
        self._collection = declaration.name
        self._document = RECORDS[declaration.name]
        self._uow = uow
        self._rows = rows
        self._used = used
        self._note = note
        self._against = against
        self._trial = trial
        self._refs = References(uow.actor, uow)
        self._inserts: list[Raw] = []
        self._replacements: list[tuple[Raw, Raw]] = []

    def run(self) -> list[RowReport]:
        """Read what the rows need, write them, and say what became of each."""
        self._refs.read_ahead_of(self._declaration, [row.values for row in self._rows])
        self._stored = self._stored_already()
        self._later.read(self._unmarked_records(), self._uow.session)
        self._finder.read(self._rows, self._uow.session)
        new = [one for one in self._rows if _identity_of_row(self._declaration, one) not in self._stored]
        self._finder.read_names(new, self._uow.session)
        used = Counter(self._used)
        reports: list[RowReport] = []
        for one in self._rows:
            identity = _identity_of_row(self._declaration, one)
            match = self._match(one, identity, used[identity])
            before = match.record
            seen = Seen(before["_id"], before["version"]) if before else Seen()
            self._uow.warnings.clear()
            try:
                report = self._reported(one, match, seen)
            except Unavailable:
                raise
            except Problem as problem:
                reports.append(RowReport(one.row, Outcome.REJECTED, problem.refusals, seen))
                continue
            if self._declaration.numbered_by_order and not _is_claimed(one):
                used[identity] += 1
            reports.append(report)
        self._flush()
        return reports

    def _match(self, one: ParsedRow, identity: Identity, place: int) -> Match:
        """Return which stored record a row is, and what has to be asked of it."""
        stored = self._stored.get(identity, [])
        if self._declaration.matched_by_code:
            by_code = stored[0] if stored and one.values.get(self._declaration.identity[0]) else None
            found = self._finder.candidates(one, by_code, self._uow)
            unseen = by_code is not None and not self._document.is_visible(by_code, self._uow.actor)
            # Of what is another county's nothing is asked: it is refused as it always was.
            match = (
                Match(by_code)
                if unseen and found.marked is None
                else match_of(identity_of(self._declaration, one.values), found, self._declaration)
            )
        elif one.mark or one.number:
            match = Match(self._finder.marked(one) or self._finder.numbered(one))
            if match.record is None and not one.number:
                match = Match(self._against.record_of(one.row, stored, place))
        else:
            free = [raw for raw in stored if not self._claimed.holds(raw)]
            match = Match(self._against.record_of(one.row, free, place))
        return match

    def _reported(self, one: ParsedRow, match: Match, seen: Seen) -> RowReport:
        """Write one row, unless it has to be left, and say what became of it."""
        before = match.record
        answer = self._against.answer_of(one.row, before)
        if match.question is not None and before is not None:
            if answer is None:
                return self._asked(one, match.question, before, seen)
            if answer.answer is Answer.STORED:
                return RowReport(one.row, Outcome.SKIPPED, seen=seen)
            if answer.answer is Answer.NEW or (
                self._against.decisions.get(one.row) is None and match.question in (Question.OTHER_CODE, Question.ALIKE)
                and one.values.get(self._declaration.identity[0])
            ):  # fmt: skip
                before, seen = None, Seen()
        if one.mark is not None:
            if before is not None and before["_id"] == one.mark.record:
                return self._merged(one, one.mark, before, seen, answer)
            if before is None and (left := self._deleted_since(one, one.mark, answer)):
                return left
        if left := self._left(one, before, answer):
            return left
        if before is not None and (later := self._later.of(before, self._uow.session)):
            return self._merged_by_trail(one, before, seen, answer, later)
        return self._written(one, one.values, before, seen)

    def _unmarked_records(self) -> Iterator[Raw]:
        """Yield the records of rows without a mark that say something else than they."""
        for row in self._rows if self._declaration.matched_by_code else ():
            found = self._stored.get(_identity_of(self._declaration, row.values), ())
            if (
                row.mark is None
                and len(found) == 1
                and differing_keys(self._declaration, row.values, found[0])
            ):
                yield found[0]

    def _merged_by_trail(
        self,
        one: ParsedRow,
        before: Raw,
        seen: Seen,
        answer: Decision | None,
        later: Mapping[str, LaterChange],
    ) -> RowReport:
        """Write of a row without a mark what the sender changed, and ask about what a colleague changed too."""
        in_sight = self._declaration.hooks.in_sight(before, self._uow.actor)
        differing = set(differing_keys(self._declaration, one.values, in_sight)) & later.keys()
        bases = {key: later[key].base for key in differing}
        conflicts = set(differing_keys(self._declaration, {key: one.values[key] for key in differing}, bases))
        kept = differing - conflicts
        if conflicts and answer is None:
            values = {key: value for key, value in one.values.items() if key not in kept}
            return self._disputed(one, values, conflicts, before, seen, later)
        if answer is not None:
            kept |= conflicts if answer.answer is Answer.STORED else answer.keep & conflicts
        values = {key: value for key, value in one.values.items() if key not in kept}
        return self._written(one, values, before, seen)

    def _written(
        self, one: ParsedRow, values: Mapping[str, Any], before: Raw | None, seen: Seen
    ) -> RowReport:
        if before is None:
            if one.number:
                key = self._declaration.number_key
                taken = self._document.having_all({key: [one.number]}, session=self._uow.session)
                known = self._uow.claim_number(self._collection, one.number)
                if not known or next(iter(taken), None) is not None:
                    raise Refused(Refusal(_NO_SUCH_NUMBER, {"value": one.number}, field=key))
                values = {
                    **values,
                    key: one.number,
                }  # exported by another office, or before this one was emptied
            if one.if_new:
                raise Refused(*one.if_new)
        if one.mark is None and before is not None and _is_narrower(values.get("name"), before.get("name")):
            values = {key: value for key, value in values.items() if key != "name"}
        outcome, after = self._write_one(values, before)
        cells: tuple[CellChange, ...] = ()
        if self._trial and before is not None and after is not None:
            cells = self._cells.changed(before, after)
        label = self._document.label_of(before or after or {})
        warnings: tuple[Refusal, ...] = ()
        if self._trial and after is not None:
            warnings = (*one.warnings, *(warning for _, warning in self._uow.warnings))
        return RowReport(one.row, outcome, seen=seen, cells=cells, label=label, warnings=warnings)

    def _asked(self, one: ParsedRow, question: Question, before: Raw, seen: Seen) -> RowReport:
        """Return the report of a row that may be a record, which only a clerk can say."""
        place = self._cells.place_of(before)
        reasons = question_about(self._declaration, question, before, place)
        values = self._declaration.hooks.complete(one.values, before)
        cells = self._cells.differing(before, values, self._refs) if self._trial else ()
        label = self._document.label_of(before)
        return RowReport(one.row, Outcome.CONFLICT, reasons, seen, label, cells, question)

    def _merged(
        self, one: ParsedRow, mark: Marked, before: Raw, seen: Seen, answer: Decision | None
    ) -> RowReport:
        """Write of an exported row what the clerk changed, and nothing that somebody else changed meanwhile."""
        changed = changed_by_clerk(mark.exported, mark.sent)
        values = {key: value for key, value in one.values.items() if key in changed}
        if not values:
            return RowReport(one.row, Outcome.UNCHANGED, seen=seen, label=self._document.label_of(before))
        in_sight = self._declaration.hooks.in_sight(before, self._uow.actor)
        now = self._cells.digests(in_sight, mark.exported)
        sent = {column: digest for column, digest in mark.sent.items() if value_key(column) in values}
        merges = merged_row(mark.exported, now, sent)
        differing = set(differing_keys(self._declaration, values, in_sight))
        conflicts = {key for key, merge in merges.items() if merge is Merge.CONFLICT and key in differing}
        kept = {key for key, merge in merges.items() if merge is Merge.KEEP}
        if conflicts and answer is None:
            values = {key: value for key, value in values.items() if key not in kept}
            return self._disputed(one, values, conflicts, before, seen)
        if answer is not None:
            kept |= conflicts if answer.answer is Answer.STORED else answer.keep & conflicts
        values = {key: value for key, value in values.items() if key not in kept}
        return self._written(one, values, before, seen)

    def _disputed(
        self, one: ParsedRow, values: Mapping[str, Any], conflicts: set[str], before: Raw, seen: Seen,
        later: Mapping[str, LaterChange] = MappingProxyType({}),
    ) -> RowReport:  # fmt: skip
        """Return the report of a row of which a cell was changed on both sides."""
        reasons: list[Refusal] = []
        for key in sorted(conflicts):
            if key in later:
                reasons.append(later[key].as_refusal(key))
                continue
            change = last_change_of(self._collection, before, key, session=self._uow.session)
            reasons.append(change.as_refusal(key))
        cells = self._cells.differing(before, values, self._refs, reasons)
        label = self._document.label_of(before)
        return RowReport(one.row, Outcome.CONFLICT, tuple(reasons), seen, label, cells)

    def _deleted_since(self, one: ParsedRow, mark: Marked, answer: Decision | None) -> RowReport | None:
        """Return the report of a row whose record was deleted since it was exported; None where it never was there."""
        deleted = Recycled.last_of(self._collection, mark.record, session=self._uow.session)
        if deleted is None or not _is_in_sight(deleted, self._uow.actor):
            return None
        if not mark.changed(mark.sent):
            return RowReport(one.row, Outcome.SKIPPED, seen=Seen())
        if answer is not None:
            return None if answer.answer is Answer.FILE else RowReport(one.row, Outcome.SKIPPED, seen=Seen())
        change = last_change(
            self._collection, None, Seen(mark.record, mark.version), session=self._uow.session
        )
        return RowReport(
            one.row,
            Outcome.CONFLICT,
            (change.as_refusal(self._declaration.exported[0].key),),
            Seen(),
            change.label,
        )

    def _left(self, one: ParsedRow, before: Raw | None, answer: Decision | None) -> RowReport | None:
        """Return the report of a row that is not written, because its record was saved since it was seen."""
        seen = self._against.seen_of(one.row)
        if seen is None:
            if not self._against.saved_meanwhile(before) or before is None:
                return None
            seen = Seen(before["_id"], before["version"])
        elif seen.is_still(before) or (one.row in self._against.decisions and answer is not None):
            return None
        if before is not None and not self._document.is_visible(before, self._uow.actor):
            return None  # refused as any record of another county
        differing = list(one.values)
        if before is not None:
            in_sight = self._declaration.hooks.in_sight(before, self._uow.actor)
            values = self._declaration.hooks.complete(one.values, in_sight)
            differing = differing_keys(self._declaration, values, in_sight)
        if not differing:
            return None
        if answer is not None:
            return (
                None if answer.answer is not Answer.STORED else RowReport(one.row, Outcome.SKIPPED, seen=seen)
            )
        tried = self._against.seen is not None
        change = last_change(self._collection, before, seen, session=self._uow.session, tried=tried)
        reasons = tuple(change.as_refusal(key) for key in differing)
        cells = self._cells.differing(before, one.values, self._refs) if before is not None else ()
        return RowReport(one.row, Outcome.CONFLICT, reasons, change.present, change.label, cells)

    def _stored_already(self) -> dict[Identity, list[Raw]]:
        """Return the records that the rows may be, by identity, oldest first."""
        keys = self._declaration.read_first or self._declaration.identity
        wanted = {key: list({stored(row.values.get(key)) for row in self._rows}) for key in keys}
        found: dict[Identity, list[Raw]] = {}
        for raw in self._document.having_all(wanted, session=self._uow.session):
            found.setdefault(_identity_of(self._declaration, raw), []).append(dict(raw))
        return found

    def _write_one(self, values: Mapping[str, Any], before: Raw | None) -> tuple[Outcome, Raw | None]:
        """Write values as a new record or over one; return what became of them, and the record where it changed."""
        if before is None:
            after: Raw | None = new_record(
                self._uow, self._collection, values, self._refs, record_id=ObjectId(), note=self._note
            )
            self._inserts.append(dict(after or {}))
            if len(self._inserts) >= _BEHIND and not (self._trial or self._replacements):
                self._insert_behind()
            outcome = Outcome.CREATED
        else:
            after = self._change(values, before)
            outcome = Outcome.UPDATED if after is not None else Outcome.UNCHANGED
        if self._declaration.written_singly:
            self._flush()
        return outcome, after

    def _change(self, given: Mapping[str, Any], before: Raw) -> Raw | None:
        if not self._document.is_visible(before, self._uow.actor):
            key = self._declaration.identity[0]
            sentence = self._declaration.unseen_code or _UNSEEN
            raise Refused(Refusal(sentence, {"value": before.get(key, "")}, field=key))
        seen = self._declaration.hooks.in_sight(before, self._uow.actor)
        values = self._declaration.hooks.complete(given, seen)
        if says_nothing_new(self._declaration, values, seen):
            return None
        after = changed_record(self._uow, self._collection, before, values, self._refs, note=self._note)
        if after is not None:
            self._replacements.append((before, after))
        return after

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

    def _is_sure(self, raw: Raw) -> bool:
        """Tell whether a trial need not insert a new record: its identity was looked up, and nothing else is unique."""
        declaration = self._declaration
        looked_up = {*declaration.identity, declaration.number_key}
        unique = {key for index in declaration.indexes if index.unique for key in index.keys}
        return (
            self._trial
            and not declaration.written_singly
            and unique <= looked_up
            and _identity_of(declaration, raw) not in self._stored
        )

    def _insert_behind(self) -> None:
        """Let the database insert the new records so far while the next rows are prepared."""
        inserts, self._inserts = self._inserts, []
        self._uow.inserted(self._collection, inserts)
        self._uow.write_behind(lambda session: self._document.insert(inserts, session=session))

    def _flush(self) -> None:
        session = self._uow.session
        inserts = [self._tried(raw) for raw in self._inserts if not self._is_sure(raw)]
        if inserts:
            self._document.insert(inserts, session=session)
            if not self._trial:
                self._uow.inserted(self._collection, inserts)
        if self._replacements:
            pairs = [(before, self._tried(after)) for before, after in self._replacements]
            if self._document.replace(pairs, session=session) != len(pairs):
                raise Stale()
        for before, after in self._replacements:
            update_copies(self._uow, self._collection, before, after)
        self._inserts, self._replacements = [], []


_NO_SUCH_NUMBER = N_("There is no record with the number %(value)s: leave it blank for a new one.")
_UNSEEN = N_("This record belongs to another county. Please ask the city bureau.")
