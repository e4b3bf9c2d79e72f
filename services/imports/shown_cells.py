"""The cells of stored records as exports and pages have them: digests to merge by, and texts to be read."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from documents.records.office_state import OfficeState, read_office_state
from office.excel.cells import show
from office.excel.row_marks import cell_digest
from office.excel.rows import Row, row_maker
from rules.errors import Refusal
from rules.personal_numbers import masked
from schema.collection import Collection
from schema.field import Field, Kind
from schema.values import stored
from services.imports.report import CellChange
from services.records.records import changes_between
from services.records.references import References

_LONGEST = 300  # signs of a value that a trial shows

Raw = Mapping[str, Any]


class ShownCells:
    """One for each import: what it needs of the office is read once."""

    def __init__(self, declaration: Collection) -> None:
        """Read nothing until it is asked."""
        self._declaration = declaration
        self._office: OfficeState | None = None
        self._makers: dict[tuple[str, ...], Callable[[Raw], Row]] = {}
        self._by_source: dict[str, Field] = {}
        for column in declaration.fields:
            if column.heading:
                self._by_source.setdefault(column.source, column)
                self._by_source.setdefault(column.key, column)

    @property
    def _state(self) -> OfficeState:
        if self._office is None:
            self._office = read_office_state()
        return self._office

    def digests(self, raw: Raw, keys: Iterable[str]) -> dict[str, str]:
        """Return the digest of each of these columns as an export of the record would have it now."""
        known = self._declaration.by_key
        columns = [known[key] for key in keys if key in known]
        wanted = tuple(column.key for column in columns)
        if wanted not in self._makers:
            self._makers[wanted] = row_maker(
                columns,
                county_names=self._state.county_names,
                status_labels=self._state.status_labels(self._declaration.name),
            )
        row = self._makers[wanted](raw)
        return {column.key: cell_digest(column, row[column.heading]) for column in columns}

    def place_of(self, raw: Raw) -> str:
        """Return the name of the base or county that a record is in; "" where it is in none."""
        if not self._declaration.place_key:
            return ""
        column = self._declaration.by_key[self._declaration.place_key]
        return self._shown(column, raw.get(column.source))

    def changed(self, before: Raw, after: Raw) -> tuple[CellChange, ...]:
        """Return what differs between a record and what is written over it."""
        changes = changes_between(self._declaration.name, before, after)
        return tuple(
            CellChange(
                column.heading, column.key, self._stored(column, change.old), self._shown(column, change.new)
            )
            for change in changes
            if (column := self._by_source.get(change.field)) is not None
        )

    def differing(
        self, before: Raw, values: Raw, refs: References, disputed: Iterable[Refusal] = ()
    ) -> tuple[CellChange, ...]:
        """Return what a row says otherwise than its record, and by whom the disputed cells were changed."""
        by_key = {refusal.field: refusal.params for refusal in disputed}
        comparable = self._declaration.hooks.comparable
        cells: list[CellChange] = []
        for key, value in values.items():
            column = self._declaration.by_key.get(key)
            if column is None or comparable(key, stored(value)) == comparable(key, before.get(key)):
                continue
            if column.kind is Kind.REFERENCE:
                referred = refs.anywhere(column.refers_to, value) if value is not None else None
                value = referred["name"] if referred else None
            elif column.kind is Kind.REFERENCES:
                named = (refs.anywhere(column.refers_to, one) for one in value or ())
                value = [referred["name"] for referred in named if referred]
            params = by_key.get(key, {})
            cells.append(
                CellChange(
                    column.heading, key, self._stored(column, before.get(column.source)), self._shown(column, value),
                    str(params.get("who", "")), str(params.get("when", "")),
                )
            )  # fmt: skip
        return tuple(cells)

    def _stored(self, column: Field, value: Any) -> str:
        """Return what a record holds, personal data as lists show it; what was sent is the sender's own."""
        text = self._shown(column, value)
        return masked(text) if column.masked and text else text

    def _shown(self, column: Field, value: Any) -> str:
        if column.kind is Kind.STATUS and value is not None:
            value = self._state.status_labels(self._declaration.name).get(value, value)
        text = show(column, value)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
