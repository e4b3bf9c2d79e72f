"""Read the stored records that the rows of a chunk may be: by mark, number, code, name and likeness."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from documents.kinds import RECORDS
from rules.access import Actor
from rules.choices import plain
from rules.likeness.company import core_of
from schema.collection import Collection
from services.imports.matching import Candidates, are_alike, identity_of
from services.imports.parsing import ParsedRow
from services.shared.unit_of_work import UnitOfWork

Raw = dict[str, Any]


class Finder:
    """Finds the records that rows may be; one for each import, since it remembers the names of the places it read.

    What the import itself wrote is no candidate for likeness: the names of a place are read when it first comes up.
    """

    def __init__(self, declaration: Collection, actor: Actor) -> None:
        """Begin with nothing read."""
        self._declaration = declaration
        self._document = RECORDS[declaration.name]
        self._actor = actor
        self._names: dict[Any, _Names] = {}
        self._marked: dict[Any, Raw] = {}
        self._numbered: dict[Any, Raw] = {}

    def read(self, rows: Sequence[ParsedRow], session: Any) -> None:
        """Read what marks and numbers of these rows name, as far as the actor sees it."""
        ids = [row.mark.record for row in rows if row.mark]
        self._marked = {raw["_id"]: raw for raw in self._visible("_id", ids, session)}
        key, numbers = self._declaration.number_key, [row.number for row in rows if row.number]
        self._numbered = {raw[key]: raw for raw in self._visible(key, numbers, session)}

    def read_names(self, rows: Iterable[ParsedRow], session: Any) -> None:
        """Read the names of the places of these rows, each once, in one command: of rows that no code tells."""
        place_key = self._declaration.place_key
        if place_key and self._declaration.matched_by_code:
            places = {row.values.get(place_key) for row in rows if not row.mark} - self._names.keys() - {None}
            if places:
                self._read_names(list(places), session)

    def _visible(self, key: str, values: Sequence[Any], session: Any) -> Iterable[Raw]:
        if not values:
            return ()
        found = self._document.having_all({key: values}, session=session)
        return [dict(raw) for raw in found if self._document.is_visible(raw, self._actor)]

    def marked(self, row: ParsedRow) -> Raw | None:
        """Return the record that a row was exported from; None where there is none in the actor's scope."""
        return self._marked.get(row.mark.record) if row.mark else None

    def numbered(self, row: ParsedRow) -> Raw | None:
        """Return the record whose number a row bears."""
        return self._numbered.get(row.number)

    def candidates(self, row: ParsedRow, by_code: Raw | None, uow: UnitOfWork) -> Candidates:
        """Return what a row of a collection with codes may be."""
        marked = self.marked(row)
        if marked is not None or by_code is not None:
            return Candidates(marked, by_code)
        identity = identity_of(self._declaration, row.values)
        if not identity.name or (identity.code and self._declaration.has_unique_names):
            return Candidates()
        if self._declaration.place_key and identity.place is None:
            return Candidates()
        names = self._names_of(identity.place, uow)
        by_name = names.named(identity.name)
        alike: Sequence[Raw] = ()
        if not by_name:
            stored = names.like(identity.name) if identity.code else names.all()
            alike = [raw for raw in stored if are_alike(identity, identity_of(self._declaration, raw))]
        found = [*by_name, *alike]
        whole = {
            raw["_id"]: raw for raw in self._visible("_id", [raw["_id"] for raw in found], uow.session)
        } if found else {}  # fmt: skip
        return Candidates(
            by_name=[whole[raw["_id"]] for raw in by_name if raw["_id"] in whole],
            alike=[whole[raw["_id"]] for raw in alike if raw["_id"] in whole],
        )

    def _names_of(self, place: Any, uow: UnitOfWork) -> "_Names":
        if place not in self._names:
            self._read_names([place], uow.session)
        return self._names[place]

    def _read_names(self, places: Sequence[Any], session: Any) -> None:
        """Read the names of these places in one command."""
        declaration = self._declaration
        place_key = declaration.place_key
        clause = {place_key: {"$in": list(places)}} if place_key else {}
        keys = ("name", "former_names", "legal_representative", "phone", *declaration.identity)
        rows: dict[Any, list[Raw]] = {place: [] for place in places}
        for row in self._document.shown_of(clause, (*keys, place_key or "name"), session=session):
            rows[row.get(place_key) if place_key else None].append(row)
        self._names.update({place: _Names(found) for place, found in rows.items()})


class _Names:
    """The records of one place, found by name and by what is left of a name without place and legal form."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._by_name: dict[str, list[Raw]] = {}
        self._by_core: dict[str, list[Raw]] | None = None
        for row in rows:
            self._by_name.setdefault(plain(str(row.get("name") or "")), []).append(dict(row))

    def named(self, name: str) -> list[Raw]:
        """Return the records of a name."""
        return self._by_name.get(plain(name), [])

    def like(self, name: str) -> list[Raw]:
        """Return the records whose name differs in place, legal form and signs alone."""
        if not self._by_name:
            return []
        if self._by_core is None:
            self._by_core = {}
            for row in self.all():
                self._by_core.setdefault(core_of(str(row.get("name") or ""))[1], []).append(row)
        return self._by_core.get(core_of(name)[1], [])

    def all(self) -> list[Raw]:
        """Return them all."""
        return [row for rows in self._by_name.values() for row in rows]
