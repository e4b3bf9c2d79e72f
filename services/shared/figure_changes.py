"""What the writes of one transaction add to the kept figures: gathered record by record, written once at its end.

Two things depend on more than the record itself and are read when all is written: whether its file is the first
or the last one, and how many other entries are the same service entered again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from documents.assessment.kept_figures import (
    DOUBLE,
    WITH_FILES,
    Added,
    KeptFigures,
    Place,
    added_by_company,
    added_by_entry,
    quality_place,
)
from documents.records.attachment import Attachment
from documents.records.ledger_entry import LedgerEntry
from rules.assessment.ledger_quality import same_service
from schema.ledger_entries import LEDGER_ENTRIES
from schema.tenant_companies import TENANT_COMPANIES

Raw = Mapping[str, Any]
# What entries of one service have in common (`rules.assessment.ledger_quality.SAME`).
Service = tuple[Any, ...]


class FigureChanges:
    """What a transaction has added to the kept figures so far."""

    def __init__(self) -> None:
        """Begin with nothing."""
        # By base, and there by part and key: one company adds to some nine figures of one base.
        self._amounts: dict[ObjectId, dict[tuple[str, str], int]] = {}
        self._services: Counter[Service] = Counter()
        self._place_of: dict[Service, Place] = {}
        self._entries: dict[ObjectId, Counter[Place]] = {}
        self._files: Counter[ObjectId] = Counter()
        self._with_files_at: dict[ObjectId, Place] = {}

    def count(self, collection: str, raw: Raw, by: int) -> None:
        """Count a record in (`by` 1) or out (-1)."""
        if collection == TENANT_COMPANIES.name:
            self._add_all(raw["base"], added_by_company(raw), by)
        elif collection == LEDGER_ENTRIES.name:
            self._add_all(raw["base"], added_by_entry(raw), by)
            self._count_entry(raw, by)

    def count_file(self, collection: str, record: Raw, by: int) -> None:
        """Count a file of a record in (`by` 1) or out (-1)."""
        place = quality_place(record) if collection == LEDGER_ENTRIES.name else None
        if place is not None:
            self._files[record["_id"]] += by
            self._with_files_at[record["_id"]] = place

    def write(self, session: ClientSession) -> None:
        """Write what was gathered; every record has been written before."""
        self._settle_doubles(session)
        self._settle_files(session)
        changes: dict[Place, dict[str, int]] = {}
        for base, amounts in self._amounts.items():
            for (part, key), amount in amounts.items():
                changes.setdefault((part, base), {})[key] = amount
        KeptFigures.add(changes, session)

    def _add_all(self, base: ObjectId, added: Added, by: int) -> None:
        amounts = self._amounts.setdefault(base, {})
        for part, key, amount in added:
            amounts[part, key] = amounts.get((part, key), 0) + by * amount

    def _add(self, place: Place, key: str, amount: int) -> None:
        part, base = place
        self._add_all(base, iter([(part, key, amount)]), 1)

    def _count_entry(self, entry: Raw, by: int) -> None:
        place = quality_place(entry)
        if place is None:
            return
        places = self._entries.get(entry["_id"])
        if places is None:
            places = self._entries[entry["_id"]] = Counter()
        places[place] += by
        service = same_service(entry)
        if service is not None:
            self._services[service] += by
            self._place_of[service] = place

    def _settle_doubles(self, session: ClientSession) -> None:
        changed = {service: by for service, by in self._services.items() if by}
        if not changed:
            return
        now = Counter(same_service(entry) for entry in LedgerEntry.on_days_of(changed, session))
        for service, by in changed.items():
            before, after = now[service] - by, now[service]
            self._add(self._place_of[service], DOUBLE, _doubled(after) - _doubled(before))

    def _settle_files(self, session: ClientSession) -> None:
        moved = {entry: places for entry, places in self._entries.items() if any(places.values())}
        asked = moved.keys() | {entry for entry, by in self._files.items() if by}
        if not asked:
            return
        now = Attachment.objects.of_records(LEDGER_ENTRIES.name, asked).by_record(session)
        for entry in asked:
            before, after = now.get(entry, 0) - self._files[entry], now.get(entry, 0)
            places = moved.get(entry)
            if places is None:
                self._add(self._with_files_at[entry], WITH_FILES, bool(after) - bool(before))
                continue
            for place, by in places.items():
                # Out of one ledger with the files it had, into another with those that it has.
                self._add(place, WITH_FILES, by * bool(before if by < 0 else after))


def _doubled(entries: int) -> int:
    return entries if entries > 1 else 0


def doubled_entries(entries: Iterable[Raw]) -> Counter[Place]:
    """Return how many of all these entries are entered more than once, by where that is kept."""
    services: Counter[tuple[Place, Service]] = Counter()
    for entry in entries:
        service, place = same_service(entry), quality_place(entry)
        if service is not None and place is not None:
            services[place, service] += 1
    doubles: Counter[Place] = Counter()
    for (place, _), count in services.items():
        doubles[place] += _doubled(count)
    return doubles
