"""From raw cells to values that the services store: parsed, names looked up, every fault of a row collected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from office.excel.cells import Cooperation, parse
from office.excel.workbook_reader import ReadRow, ReadSheet
from rules.access import Actor
from rules.errors import Refusal, Refused
from rules.record_checks import refusals_of_base, refusals_of_company, refusals_of_entry, refusals_of_partner
from rules.words import N_
from schema.field import Column, Kind, Sheet
from services.imports.names import BaseNames, PartnerNames, StatusNames

_CHECKS = {
    "bases": refusals_of_base,
    "tenant_companies": refusals_of_company,
    "service_partners": refusals_of_partner,
    "ledger_entries": refusals_of_entry,
}
_COOPERATION_DAYS = ("cooperation_first_day", "cooperation_last_day")


@dataclass(slots=True)
class Candidate:
    """A row that may become a record: the sheet's row number, its values by stored key, its faults.

    Blank cells have no value. Cooperations are dicts with `base` (id), and `first_day`, `last_day` where given.
    """

    row: int
    values: dict[str, Any]
    faults: tuple[Refusal, ...] = ()


class Parser:
    """Parses the rows of one sheet in the actor's scope."""

    def __init__(self, sheet: Sheet, read: ReadSheet, actor: Actor) -> None:
        """Read the names that cells may refer to, as far as the sheet's columns need them."""
        self._sheet = sheet
        self._columns = list(read.columns.values())
        kinds = {column.kind for column in self._columns}
        keys = {column.key for column in self._columns}
        self._bases = BaseNames(actor) if keys & {"base", "cooperations"} else None
        self._partners = PartnerNames(actor) if "partner" in keys else None
        self._statuses = StatusNames(sheet.collection) if Kind.STATUS in kinds else None
        self._seen: dict[tuple[str, ...], int] = {}

    def candidates(self, rows: Iterator[ReadRow]) -> Iterator[Candidate | ReadRow]:
        """Return a candidate for each row, or the row itself when it is no record."""
        for row in rows:
            yield row if row.skipped else self._candidate(row)

    def _candidate(self, row: ReadRow) -> Candidate:
        values: dict[str, Any] = {}
        faults: list[Refusal] = []
        for column in self._columns:
            try:
                value = self._value(column, row.cells.get(column.key))
            except Refused as refused:
                faults += refused.refusals
                continue
            if value is not None:
                values[column.key] = value
            elif column.required:
                faults.append(Refusal(N_("This may not be blank."), field=column.key))
        faults += _spread_days(values)
        faults += self._doubled(row.number, values)
        if faults:
            faults += _more_faults(self._sheet.collection, values, faults)
        return Candidate(row.number, values, tuple(faults))

    def _value(self, column: Column, cell: Any) -> Any:
        value = parse(column, cell)
        if value is None:
            return None
        if column.kind is Kind.STATUS and self._statuses:
            return self._statuses.find(value, column.key)
        if column.key == "base" and self._bases:
            return self._bases.find(value, column.key)
        if column.key == "partner" and self._partners:
            return self._partners.find(value, column.key)
        if column.kind is Kind.NAMES:
            return [{"name": name} for name in value]
        if column.kind is Kind.COOPERATIONS:
            return self._cooperations(value, column.key)
        return value

    def _cooperations(self, value: list[Cooperation], field: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        faults: list[Refusal] = []
        for one in value:
            try:
                base = self._bases.find(one.base, field) if self._bases else None
            except Refused as refused:
                faults += refused.refusals
                continue
            days = {"first_day": one.first, "last_day": one.last}
            found.append(
                {"base": base, "base_name": one.base, **{key: day for key, day in days.items() if day}}
            )
        if faults:
            raise Refused(*faults)
        return found

    def _doubled(self, number: int, values: Mapping[str, Any]) -> list[Refusal]:
        """Refuse what an earlier row has already: which of the two is right, only the clerk can say."""
        found: list[Refusal] = []
        code, name, county = (values.get(key) for key in ("uscc", "name", "county"))
        if code and self._sheet.identity == ("uscc",):
            sentence = N_("The code %(value)s already stands in row %(row)d of this file.")
            found += self._seen_before(number, (code,), sentence, value=code, field="uscc")
        if name and county and self._sheet.collection == "bases":
            sentence = N_("A base named %(value)s in this county already stands in row %(row)d of this file.")
            found += self._seen_before(number, (county, name), sentence, value=name, field="name")
        return found

    def _seen_before(
        self, number: int, key: tuple[str, ...], sentence: str, *, value: str, field: str
    ) -> list[Refusal]:
        first = self._seen.setdefault(key, number)
        return [] if first == number else [Refusal(sentence, {"value": value, "row": first}, field=field)]


def _spread_days(values: dict[str, Any]) -> list[Refusal]:
    """Give the period of the row to each of its cooperations that names none of its own."""
    first, last = (values.pop(key, None) for key in _COOPERATION_DAYS)
    if first and last and last < first:
        return [Refusal(N_("The cooperation ends before it begins."), field=_COOPERATION_DAYS[1])]
    days = {key: day for key, day in (("first_day", first), ("last_day", last)) if day}
    for one in values.get("cooperations", []):
        if "first_day" not in one and "last_day" not in one:
            one.update(days)
    return []


def _more_faults(collection: str, values: Mapping[str, Any], known: list[Refusal]) -> list[Refusal]:
    """Return what the rules say besides, of the values that could be read: the clerk corrects a row once."""
    at_fault = {fault.field for fault in known}
    return [
        fault
        for fault in _CHECKS[collection](values)
        # A rule that misses a value may find it in the stored record, so it is not asked here.
        if fault.field in values and fault.field not in at_fault
    ]
