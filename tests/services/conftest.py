"""Small offices to write tests on: one line makes a base, a company, a partner, an entry or a workbook."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from openpyxl import Workbook
from stdnum.cn import uscc

from rules.access import SYSTEM, Actor, Role
from rules.waiting import STATE_KEYS
from services.assessment.kept_figures import differences
from services.records import records

NOW = datetime(2026, 11, 23, 1, 30, 0, 123000, tzinfo=UTC)


class Office:
    """Makes records through the services, as clerks do; codes and names are never used twice."""

    city = Actor("c1", "市局", Role.CITY)
    shen = Actor("s1", "莘县", Role.COUNTY, "371522")
    guan = Actor("g1", "冠县", Role.COUNTY, "371525")
    reader = Actor("r1", "读者", Role.READER)
    system = SYSTEM
    now = NOW

    def __init__(self, database: Any) -> None:
        self.db = database
        self._numbers = count(1)

    def code(self) -> str:
        """Return a new code with its right check character."""
        body = f"91371500MA{next(self._numbers):07d}"
        return body + uscc.calc_check_digit(body)

    def base(
        self, name: str = "", county: str = "371522", *, actor: Actor | None = None, **values: Any
    ) -> ObjectId:
        given = {
            "name": name or f"基地{next(self._numbers)}",
            "operator": "聊城运营有限公司",
            "uscc": self.code(),
            "county": county,
        }
        return self.create("bases", given | values, actor)

    def company(
        self, base: ObjectId, name: str = "", *, actor: Actor | None = None, **values: Any
    ) -> ObjectId:
        given = {"name": name or f"企业{next(self._numbers)}", "uscc": self.code(), "base": base}
        return self.create("tenant_companies", given | values, actor)

    def partner(
        self, *bases: ObjectId, name: str = "", actor: Actor | None = None, **values: Any
    ) -> ObjectId:
        given = {
            "name": name or f"机构{next(self._numbers)}",
            "uscc": self.code(),
            "cooperations": [{"base": base} for base in bases],
        }
        return self.create("service_partners", given | values, actor)

    def entry(self, base: ObjectId, *, actor: Actor | None = None, **values: Any) -> ObjectId:
        return self.create("ledger_entries", {"base": base, "function": "training"} | values, actor)

    def create(self, collection: str, values: dict[str, Any], actor: Actor | None = None) -> ObjectId:
        return records.create(collection, values, actor=actor or self.city, now=NOW)

    def get(self, collection: str, record_id: ObjectId) -> dict[str, Any]:
        """Return a stored record; an empty dict when there is none."""
        return self.db[collection].find_one({"_id": record_id}) or {}

    def update(
        self,
        collection: str,
        record_id: ObjectId,
        *,
        actor: Actor | None = None,
        version: int | None = None,
        **values: Any,
    ) -> int:
        read = self.get(collection, record_id).get("version", 1) if version is None else version
        return records.update(collection, record_id, values, version=read, actor=actor or self.city, now=NOW)

    def delete(self, collection: str, record_id: ObjectId, *, actor: Actor | None = None) -> None:
        version = self.db[collection].find_one({"_id": record_id})["version"]
        records.delete(collection, record_id, version=version, actor=actor or self.city, now=NOW)

    def bin(self, record_id: ObjectId) -> ObjectId:
        """Return the id of a deleted record's place in the recycle bin."""
        return self.db["recycled"].find_one({"record_id": record_id})["_id"]

    def tallies_are_right(self) -> bool:
        """Tell whether every count, and every kept figure, is what counting the records gives."""
        if next(differences(), None) is not None:
            return False
        for collection, key in (
            ("bases", "county"), ("tenant_companies", "county"), ("ledger_entries", "county"),
            ("service_partners", "counties"), *((procedure, "county") for procedure in STATE_KEYS),
        ):  # fmt: skip
            kept, status = (
                self.db["tallies"].find_one({"_id": collection}),
                STATE_KEYS.get(collection, "status"),
            )
            rows = [
                {key: row[key], "status": row[status]}
                for row in self.db[collection].find({}, {key: 1, status: 1})
            ]
            if _settled(kept) != _counted(rows, key):
                return False
        return True


def _counted(rows: list[dict[str, Any]], key: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        counties = row[key] if isinstance(row[key], list) else [row[key]]
        for place in ["total", *(f"counties.{code}" for code in counties)]:
            for whole in (place, f"statuses.{row['status']}.{place}"):
                found[whole] = found.get(whole, 0) + 1
    return found


def _settled(kept: Any, path: str = "") -> dict[str, int]:
    """Return the numbers of a count by their dotted path, zeros left out."""
    if isinstance(kept, dict):
        found: dict[str, int] = {}
        for key, value in kept.items():
            if key != "_id":
                found |= _settled(value, f"{path}.{key}" if path else key)
        return found
    return {path: kept} if kept else {}


@pytest.fixture
def office(db: Any) -> Office:
    """Give an empty office."""
    return Office(db)


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that writes rows (the first one the headings) to a workbook and returns its path."""
    numbers = count(1)

    def write(*rows: list[Any], name: str = "") -> Path:
        book = Workbook()
        sheet = book.active
        for row in rows:
            sheet.append(row)
        path = tmp_path / (name or f"book{next(numbers)}.xlsx")
        book.save(path)
        return path

    return write
