"""From raw cells to values that the services store: parsed, names looked up, every fault of a row collected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from office.excel.cells import Cooperation, parse
from office.excel.workbook_reader import ReadRow, ReadSheet
from rules.access import Actor
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.collection import Collection
from schema.field import Field, Kind
from schema.registry import REGISTRY
from services.imports.names import RecordNames, StatusNames

# Whose cells name another record.
_NAMED = (Kind.REFERENCE, Kind.COOPERATIONS)


@dataclass(slots=True)
class ParsedRow:
    """A row that may become a record: the sheet's row number, its values by stored key, its faults.

    Blank cells have no value. Cooperations are dicts with `base` (id), and `first_day`, `last_day` where given.
    """

    row: int
    values: dict[str, Any]
    faults: tuple[Refusal, ...] = ()


class Parser:
    """Parses the rows of one sheet in the actor's scope."""

    def __init__(self, declaration: Collection, read: ReadSheet, actor: Actor) -> None:
        """Read the names that cells may refer to, as far as the sheet's columns need them."""
        self._declaration = declaration
        self._fields = list(read.columns.values())
        referred = {field.refers_to for field in self._fields if field.kind in _NAMED}
        self._names = {collection: RecordNames(REGISTRY[collection], actor) for collection in referred}
        has_status = any(field.kind is Kind.STATUS for field in self._fields)
        self._statuses = StatusNames(declaration.name) if has_status else None
        self._seen: dict[tuple[Any, ...], int] = {}

    def parsed(self, rows: Iterator[ReadRow]) -> Iterator[ParsedRow | ReadRow]:
        """Return each row parsed, or the row itself when it is no record."""
        for row in rows:
            yield row if row.skipped else self._parsed(row)

    def _parsed(self, row: ReadRow) -> ParsedRow:
        values: dict[str, Any] = {}
        faults: list[Refusal] = []
        for field in self._fields:
            try:
                value = self._value(field, row.cells.get(field.key))
            except Refused as refused:
                faults += refused.refusals
                continue
            if value is not None:
                values[field.key] = value
            elif field.required:
                faults.append(Refusal(N_("This may not be blank."), field=field.key))
        faults += self._declaration.hooks.spread(values)
        faults += self._doubled(row.number, values)
        if faults:
            faults += _more_faults(self._declaration, values, faults)
        return ParsedRow(row.number, values, tuple(faults))

    def _value(self, field: Field, cell: Any) -> Any:
        value = parse(field, cell)
        if value is None:
            return None
        if field.kind is Kind.STATUS and self._statuses:
            return self._statuses.find(value, field.key)
        if field.kind is Kind.REFERENCE:
            return self._names[field.refers_to].find(value, field.key)
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

    def _seen_before(
        self, number: int, key: tuple[Any, ...], sentence: str, *, value: str, field: str
    ) -> list[Refusal]:
        first = self._seen.setdefault(key, number)
        return [] if first == number else [Refusal(sentence, {"value": value, "row": first}, field=field)]


def _more_faults(declaration: Collection, values: Mapping[str, Any], known: list[Refusal]) -> list[Refusal]:
    """Return what the rules say besides, of the values that could be read: the clerk corrects a row once."""
    at_fault = {fault.field for fault in known}
    return [
        fault
        for fault in declaration.hooks.checks(values)
        # A rule that misses a value may find it in the stored record, so it is not asked here.
        if fault.field in values and fault.field not in at_fault
    ]
