"""What colleagues changed of a record since the sender of a row last saw it: a row without a mark merges by that.

Since when is known is the moment at which the sender's workbook was exported, or the last import by which the sender
wrote the record, whichever is later. What a value was then is what the first change after it found (`base`). Where
neither is known nothing is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents.desk.audit_entry import AuditEntry, StoredAuditEntry
from rules.access import SYSTEM, Actor
from rules.errors import Refusal
from rules.words import N_
from schema.collection import Collection
from schema.field import Kind
from services.shared.office_day import office_moment

Raw = Mapping[str, Any]
_SINCE_EXPORT = N_("%(who)s changed this at %(when)s, after the workbook was exported.")
_SINCE_IMPORT = N_("%(who)s changed this at %(when)s, after you last imported this record.")


@dataclass(frozen=True)
class LaterChange:
    """One value that others changed: what it was when the sender saw it, who changed it last and when."""

    base: Any
    who: str
    when: datetime
    after_export: bool

    def as_refusal(self, key: str) -> Refusal:
        """Return why the row is left, at the column `key`."""
        sentence = _SINCE_EXPORT if self.after_export else _SINCE_IMPORT
        return Refusal(sentence, {"who": self.who, "when": office_moment(self.when)}, field=key)


class LaterChanges:
    """Looks up, some records at once, what others changed of them since the sender saw them."""

    def __init__(self, declaration: Collection, actor: Actor, exported_at: datetime | None) -> None:
        """Begin with nothing read. The program itself, as a command, remembers no earlier import (decision 40)."""
        self._collection = declaration.name
        self._actor = actor
        self._exported_at = exported_at
        self._is_asked = exported_at is not None or actor.id != SYSTEM.id
        referring = (*declaration.references, *declaration.reference_lists)
        self._keys = {field.name_key: field.key for field in referring if field.name_key}
        # Of a list that several counties share a clerk sees a part: it is merged as that part (`hooks.complete`).
        shared = {field.key for field in declaration.fields if field.kind is Kind.COOPERATIONS}
        self._left_out = frozenset() if actor.county is None else frozenset(shared)
        self._entries: dict[Any, Sequence[StoredAuditEntry]] = {}

    def read(self, records: Iterable[Raw], session: Any) -> None:
        """Read the trail of these records in one command, of those alone that were saved more than once."""
        if not self._is_asked:
            return
        ids = [raw["_id"] for raw in records if raw["version"] > 1 and raw["_id"] not in self._entries]
        if ids:
            found = AuditEntry.writes_of(self._collection, ids, session)
            self._entries.update({record_id: found.get(record_id, ()) for record_id in ids})

    def of(self, record: Raw, session: Any) -> dict[str, LaterChange]:
        """Return, by key, what others changed of a record since the sender saw it."""
        self.read([record], session)
        entries = self._entries.get(record["_id"], ())
        own = max((entry["_id"] for entry in entries if self._is_own_import(entry)), default=0)
        if not own and self._exported_at is None:
            return {}
        bases: dict[str, Any] = {}
        changed: dict[str, LaterChange] = {}
        for entry in entries:
            if entry["_id"] <= own or (self._exported_at is not None and entry["at"] <= self._exported_at):
                continue
            for change in entry["changes"]:
                key = self._keys.get(change["field"], change["field"])
                old = change.get("old_id") if key != change["field"] else change["old"]
                base = bases.setdefault(key, old)
                if entry["actor_id"] != self._actor.id and key not in self._left_out:
                    changed[key] = LaterChange(base, entry["actor_name"], entry["at"], not own)
        return changed

    def _is_own_import(self, entry: StoredAuditEntry) -> bool:
        batch = entry.get("batch")
        is_asked = self._actor.id != SYSTEM.id and entry["actor_id"] == self._actor.id
        return is_asked and bool(batch) and entry.get("note") == batch
