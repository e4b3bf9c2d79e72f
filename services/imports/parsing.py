"""From raw cells to values that the services store: parsed, names looked up, every fault of a row collected."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bson import ObjectId

from office.excel.cell_numbers import NOTHING
from office.excel.cells import Cooperation, parse
from office.excel.row_marks import cell_digest, read_mark
from office.excel.skipped_rows import is_blank
from office.excel.workbook_reader import ReadRow, ReadSheet
from office.recognition.check_marks import read_check, row_digest
from office.recognition.recognition import Match, SheetChoice
from rules.access import Actor
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.collection import Collection
from schema.field import Field, Kind
from schema.record_rules import breaches
from schema.registry import REGISTRY
from services.imports.names import RecordNames, StatusNames
from services.imports.taken_rows import TakenRows

# Whose cells name another record.
_NAMED = (Kind.REFERENCE, Kind.REFERENCES, Kind.COOPERATIONS)


# Whose values are few, and never changed once they are found.
_FEW_WORDS = frozenset({Kind.CHOICE, Kind.STATUS, Kind.REFERENCE, Kind.COUNTY, Kind.YES_NO})
_MOST_KNOWN = 10_000
# A cell that says so has no value any more; a blank one leaves what is stored.
CLEARED = "清空"
_BLANK = N_("This may not be blank.")
_TWO_TABLES = "\x00"  # stands for a cell that says one thing, and its sheet another
_TORN = N_(
    "This table was changed both in its cell here and on its own sheet, each differently: please change only one of the"
    " two."
)


@dataclass(frozen=True, slots=True)
class Marked:
    """What the mark of an exported row says, and the digests of its cells: as exported and as sent, by column key."""

    record: ObjectId
    version: int
    exported: Mapping[str, str]
    sent: Mapping[str, str]

    def changed(self, keys: Iterable[str]) -> bool:
        """Tell whether one of these cells is not as it was exported."""
        return any(key in self.sent and self.exported.get(key) != self.sent[key] for key in keys)


@dataclass(slots=True)
class ParsedRow:
    """A row that may become a record: the sheet's row number, its values by stored key, its faults.

    Blank cells have no value, those that are to be cleared None. Cooperations are dicts with `base` (id), and
    `first_day`, `last_day` where given. `if_new` are the faults of a row that turns out to be a new record: what it may
    not leave blank, and what stands in cells that were not changed. `number` is the one that the program gave,
    `warnings` what is doubtful within the file; `identity` its identity as it is stored, once that was asked for.
    `order` is its place in the order of writing, `kept_at` where its values wait meanwhile (`services.shared.spool`).
    """

    row: int
    values: dict[str, Any]
    faults: tuple[Refusal, ...] = ()
    if_new: tuple[Refusal, ...] = ()
    mark: Marked | None = None
    number: str = ""
    warnings: tuple[Refusal, ...] = ()
    identity: tuple[Any, ...] = ()
    order: tuple[str, ...] = ()
    kept_at: tuple[int, int] | None = None


@dataclass(frozen=True)
class Reading:
    """How a file is taken: whether blank cells clear, and what was corrected, by row and column key.

    `choice` is what a clerk chose of its sheet and columns; `remembered` what the sender's headings mean, by digest.
    """

    clear_blanks: bool = False
    corrections: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    choice: SheetChoice | None = None
    remembered: Mapping[str, Match] = field(default_factory=dict)


class Parser:
    """Parses the rows of one sheet in the actor's scope."""

    def __init__(
        self, declaration: Collection, read: ReadSheet, actor: Actor, reading: Reading | None = None,
        *, today: date,
    ) -> None:  # fmt: skip
        """Read the names that cells may refer to, as far as the sheet's columns need them."""
        self._today = today
        self._declaration = declaration
        self._reading = reading or Reading()
        marks = read.marks if read.marks and read.marks.collection == declaration.name else None
        self._marks = marks
        self._absent = [
            column
            for column in declaration.imported
            if column.required and column not in read.columns.values()
        ]
        self._fields = list(read.columns.values())
        named = [*self._fields, *(self._absent if self._reading.corrections else ())]
        referred = {field.refers_to for field in named if field.kind in _NAMED}
        self._names = {collection: RecordNames(REGISTRY[collection], actor) for collection in referred}
        has_status = any(field.kind is Kind.STATUS for field in self._fields)
        self._statuses = StatusNames(declaration.name) if has_status else None
        self._seen: dict[tuple[Any, ...], int] = {}
        self._names_seen: dict[int, tuple[int, str]] = {}
        self._taken = TakenRows(actor) if read.checked == declaration.name else None
        self._known: dict[str, dict[str, Any]] = {field.key: {} for field in named}

    def parsed(self, rows: Iterator[ReadRow]) -> Iterator[ParsedRow | ReadRow]:
        """Return each row parsed, or the row itself when it is no record."""
        for row in rows:
            if not row.skipped and self._is_taken(row):
                yield replace(row, cells={}, skipped="taken")
                continue
            yield row if row.skipped else self._parsed(row)

    def _is_taken(self, row: ReadRow) -> bool:
        """Tell whether a check of this workbook could take the row, an import took it, and it is as it was then."""
        mark = read_check(row.check) if self._taken is not None and row.check else None
        if mark is None or self._taken is None or self._reading.corrections.get(row.number):
            return False
        if row_digest(self._fields, row.cells) != mark.digest:
            return False
        return self._taken.holds(mark)

    def _parsed(self, row: ReadRow) -> ParsedRow:
        corrected = self._reading.corrections.get(row.number, {})
        cells = {**row.cells, **dict.fromkeys(row.torn, _TWO_TABLES), **corrected}
        mark = self._marked(row, cells)
        values: dict[str, Any] = {}
        faults: list[Refusal] = []
        if_new: list[Refusal] = []
        everything: list[Refusal] = []  # both, in the order of the columns
        added = [column for column in self._absent if column.key in corrected]
        for column in (*self._fields, *added):
            cell = cells.get(column.key)
            known = self._known[column.key].get(cell) if type(cell) is str else None
            if known is not None:  # one of few words, met before
                values[column.key] = known
                continue
            if self._clears(column, cell, mark):
                if column.required:
                    faults.append(Refusal(_BLANK, field=column.key))
                    everything += faults[-1:]
                values[column.key] = None
                continue
            try:
                value = self._value(column, cell)
            except Refused as refused:
                everything += refused.refusals
                untouched = mark is not None and not mark.changed((column.key,))
                (if_new if untouched else faults).extend(refused.refusals)
                continue
            if value is not None:
                values[column.key] = value
            elif column.required:
                if_new.append(Refusal(_BLANK, field=column.key))
                everything += if_new[-1:]
        if faults and mark is None:  # a row that is refused anyhow is told all at once
            faults = everything
        faults += self._declaration.hooks.spread(values)
        faults += self._doubled(row.number, values)
        if faults:
            faults += _more_faults(self._declaration, values, [*faults, *if_new], self._today)
        if_new += [Refusal(_BLANK, field=column.key) for column in self._absent if column not in added]
        number = str(values.pop(self._declaration.number_key, None) or "")
        warnings = () if mark is not None or number else self._twins(row.number, values)
        return ParsedRow(row.number, values, tuple(faults), tuple(if_new), mark, number, warnings)

    def _marked(self, row: ReadRow, cells: Mapping[str, Any]) -> Marked | None:
        """Return what the mark of a row says; None where it has none of this collection."""
        mark = read_mark(row.mark, self._marks) if self._marks is not None and row.mark else None
        if mark is None or self._marks is None:
            return None
        exported = dict(zip(self._marks.keys, mark.digests, strict=True))
        sent = {column.key: cell_digest(column, cells.get(column.key)) for column in self._fields}
        return Marked(ObjectId(mark.record), mark.version, exported, sent)

    def _clears(self, column: Field, cell: Any, mark: Marked | None) -> bool:
        """Tell whether a cell is to have no value any more."""
        if isinstance(cell, str) and cell.strip() == CLEARED:
            return True
        if not self._reading.clear_blanks or column.required or not is_blank((cell,)):
            return False
        return mark is None or mark.changed((column.key,))

    def _value(self, field: Field, cell: Any) -> Any:
        """Return the value of a cell. Few words stand in many cells: what one means is found once."""
        if cell == _TWO_TABLES:
            raise Refused(Refusal(_TORN, field=field.key))
        if field.kind not in _FEW_WORDS or type(cell) is not str:
            return self._found(field, cell)
        known = self._known[field.key]
        if cell not in known:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known[cell] = self._found(field, cell)
        return known[cell]

    def _found(self, field: Field, cell: Any) -> Any:
        value = parse(field, cell)
        if value is None or (field.required and isinstance(value, str) and value.upper() in NOTHING):
            return None
        if field.kind is Kind.STATUS and self._statuses:
            return self._statuses.find(value, field.key)
        if field.kind is Kind.REFERENCE:
            return self._names[field.refers_to].find(value, field.key)
        if field.kind is Kind.REFERENCES:
            return self._names[field.refers_to].find_all(value, field.key)
        if field.kind is Kind.NAMES:
            return [{"name": name} for name in value]
        if field.kind is Kind.COOPERATIONS:
            return self._cooperations(value, field)
        return value

    def _cooperations(self, value: list[Cooperation], field: Field) -> list[dict[str, Any]]:
        cooperations: list[dict[str, Any]] = []
        faults: list[Refusal] = []
        for given in value:
            try:
                base = self._names[field.refers_to].find(given.base, field.key)
            except Refused as refused:
                faults += refused.refusals
                continue
            days = {"first_day": given.first, "last_day": given.last}
            period = {key: day for key, day in days.items() if day}
            cooperations.append({"base": base, "base_name": given.base, **period})
        if faults:
            raise Refused(*faults)
        return cooperations

    def _doubled(self, number: int, values: Mapping[str, Any]) -> list[Refusal]:
        """Refuse what an earlier row has already: which of the two is right, only the clerk can say."""
        refusals: list[Refusal] = []
        code = values.get("uscc")
        if code and self._declaration.identity == ("uscc",):
            sentence = N_("The code %(value)s already stands in row %(row)d of this file.")
            refusals += self._seen_before(number, (code,), sentence, value=code, field="uscc")
        for doubled in self._declaration.hooks.doubled(values):
            refusals += self._seen_before(
                number, doubled.values, doubled.sentence, value=doubled.shown, field=doubled.field
            )
        return refusals

    def _twins(self, number: int, values: Mapping[str, Any]) -> tuple[Refusal, ...]:
        """Return the warning that an earlier row has, under another code, what should tell this one apart.

        Of records that the program numbers no row has a code: there any second row is warned of.
        """
        twins = self._declaration.twins
        if twins is None or not twins.in_file or any(values.get(key) is None for key in twins.same):
            return ()
        is_numbered = twins.but == self._declaration.number_key
        code = str(number) if is_numbered else values.get(twins.but)
        if not code:
            return ()
        first, its_code = self._names_seen.setdefault(
            hash(tuple(str(values[key]) for key in twins.same)), (number, code)
        )
        if code == its_code:
            return ()
        return (Refusal(twins.in_file, {"row": first}, field=twins.same[0]),)

    def _seen_before(
        self, number: int, key: tuple[Any, ...], sentence: str, *, value: str, field: str
    ) -> list[Refusal]:
        first = self._seen.setdefault(key, number)
        return [] if first == number else [Refusal(sentence, {"value": value, "row": first}, field=field)]


def told_apart(declaration: Collection, rows: Sequence[ParsedRow | ReadRow]) -> list[ParsedRow | ReadRow]:
    """Return the rows with each mark on one of them: a row that was copied within the sheet is one of its own.

    The mark stays with the row whose identity is as it was exported; a second such row without any change is refused.
    """
    counts = Counter(row.mark.record for row in rows if isinstance(row, ParsedRow) and row.mark)
    doubled = {record for record, number in counts.items() if number > 1}
    if not doubled:
        return list(rows)
    keys = ("name", *declaration.identity)
    originals: dict[ObjectId, tuple[bool, int]] = {}
    for row in rows:
        if isinstance(row, ParsedRow) and row.mark and row.mark.record in doubled:
            place = (row.mark.changed(keys), row.row)
            originals[row.mark.record] = min(place, originals.get(row.mark.record, place))
    numbers = {record: number for record, (_, number) in originals.items()}
    return [_copied(row, numbers) for row in rows]


def _copied(row: ParsedRow | ReadRow, originals: Mapping[ObjectId, int]) -> ParsedRow | ReadRow:
    """Return a row without the mark that it was copied with."""
    if isinstance(row, ReadRow) or row.mark is None or originals.get(row.mark.record, row.row) == row.row:
        return row
    number = originals[row.mark.record]
    if not row.mark.changed(row.mark.sent):
        doubled = Refusal(_COPIED, {"row": number}, field=None)
        return replace(row, faults=(*row.faults, doubled))
    return replace(row, mark=None, number="")


_COPIED = N_("This is the same record as row %(row)d of this file.")


def _more_faults(
    declaration: Collection, values: Mapping[str, Any], known: list[Refusal], today: date
) -> list[Refusal]:
    """Return what the rules say besides, of the values that could be read: the clerk corrects a row once."""
    at_fault = {fault.field for fault in known}
    return [
        fault
        for fault in breaches(declaration.rules, values, today, warnings=False)
        # A rule that misses a value may find it in the stored record, so it is not asked here.
        if fault.field in values and fault.field not in at_fault
    ]
