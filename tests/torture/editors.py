"""Two editors of one record, their looks and acts interleaved at random, held against a model of what must come of it.

An act may succeed when nothing happened to the record since its editor looked, and must be refused when something did.
After each act the stored record must be the model's: an edit that another one swallowed is lost, and a refusal without
a reason is a lie.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bson import ObjectId

from tests.durability.clerks import Clerk, company_form
from tests.durability.invariants import faults
from tests.durability.running import House
from tests.sample_office import workbook
from tests.torture.judging import Line, failed_checks
from tests.torture.offices import NUMBERS, embedded_office, folder

_TRIES = 10
_TABLES = 3  # interleavings at once, each on a record of its own
_ACTS = 2  # of each editor in one interleaving
_STATUSES = ("to_see", "to_ask", "to_wait", "housed")


@dataclass
class Model:
    """What the record must be now: its version, what stands in two fields, whether it is there or in the bin."""

    version: int
    people: int
    status: str
    exists: bool = True


@dataclass
class Table:
    """One record that two editors sit at."""

    clerk: Clerk
    house: House
    place: Path
    form: dict[str, Any]
    record: str
    model: Model
    chance: random.Random
    wrong: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)

    @property
    def here(self) -> str:
        return f"id={self.record}"

    def stored(self) -> Model:
        """Return the record as the database has it."""
        with self.house.database() as db:
            raw = db["tenant_companies"].find_one({"uscc": self.form["uscc"]})
            exists = raw is not None
            if raw is None:
                kept = db["recycled"].find_one({"record_id": ObjectId(self.record)})
                raw = kept["document"] if kept else {"version": 0, "people": 0, "status": "lost"}
        return Model(raw["version"], raw["people"], raw["status"], exists)


@dataclass
class Act:
    """An act under way: `finish` sends it; `fits` tells whether the model lets it succeed; `done` is the model then."""

    name: str
    finish: Callable[[], object]
    fits: Callable[[], bool]
    done: Callable[[], Model]


def two_editors(turns: int) -> Iterator[Line]:
    """Run so many interleavings over form, bulk status, bulk delete, import, delete and restore."""
    with folder() as place, embedded_office(place) as (house, clerk, base):
        for order, code in enumerate(_STATUSES[:-1]):
            made = clerk.post("/admin/statuses/new/", {
                "collection": "tenant_companies", "code": code, "label": f"待办{order}", "colour": "amber",
                "order": 50 + order,
            })  # fmt: skip
            assert made.status == 303, made.text
        with ThreadPoolExecutor(_TABLES) as pool:
            tables = list(pool.map(lambda seed: _turn(house, clerk, base, place, seed), range(turns)))
        counted = sum((table.counted for table in tables), Counter[str]())
        wrong = [sentence for table in tables for sentence in table.wrong]
        with house.database() as db:
            others = faults(db)
        others += failed_checks(house.command)
    lost = sum("accepted" in sentence for sentence in wrong)
    answers = Counter({key: many for key, many in counted.items() if key.startswith("refused")})
    saved = sum(many for key, many in counted.items() if key.startswith("saved"))
    kinds = ", ".join(
        f"{key.removeprefix('saved ')} {many:,}"
        for key, many in sorted(counted.items())
        if key.startswith("saved")
    )
    yield Line(
        "two editors interleaved", turns, saved, lost, None, answers, wrong[:3] + others,
        f"saved by {kinds}; {len(wrong) - lost} refusals or writes that the model does not know",
    )  # fmt: skip


def _turn(house: House, clerk: Clerk, base: str, place: Path, seed: int) -> Table:
    """Let two editors do two acts each, their steps in an order of chance."""
    chance = random.Random(seed)
    for _ in range(_TRIES):
        form = company_form(next(NUMBERS), base, people=1)
        made = clerk.post("/admin/tenant-companies/new/", form)
        if made.status != 503:  # a machine too busy for a save, stored or not: another company then
            break
    assert made.status == 303, made.text
    table = Table(clerk.at(clerk.port), house, place, form, made.made, Model(1, 1, form["status"]), chance)
    steps = [editor for editor in (0, 1) for _ in range(2 * _ACTS)]
    chance.shuffle(steps)
    under_way: list[Act | None] = [None, None]
    for place_in_order, editor in enumerate(steps):
        act = under_way[editor]
        if act is None:
            under_way[editor] = _look(table, 100 + place_in_order)
        else:
            under_way[editor] = None
            _finish(table, act)
    return table


def _finish(table: Table, act: Act) -> None:
    fits = act.fits()
    expected = act.done() if fits else table.model
    answer = act.finish()
    stored = table.stored()
    if getattr(answer, "status", None) == 503 and stored in (expected, table.model):
        table.counted["refused by a busy machine"] += 1
    elif stored == expected:
        table.counted[f"{'saved' if fits else 'refused'} {act.name}"] += 1
    elif fits:
        table.wrong.append(
            f"{act.name}: refused without a reason, or written otherwise: {stored} for {expected}"
        )
    else:
        table.wrong.append(f"{act.name}: accepted over what was not seen: {stored} for {expected}")
    table.model = stored


def _look(table: Table, people: int) -> Act | None:
    """Let an editor open what is needed for an act; None where there is nothing to act on."""
    kinds = (
        (_form, _form, _bulk_status, _import, _delete, _bulk_delete) if table.model.exists else (_restore,)
    )
    return table.chance.choice(kinds)(table, people)


def _form(table: Table, people: int) -> Act | None:
    seen = table.model
    page = table.clerk.get(f"/admin/tenant-companies/edit/?{table.here}").text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version and int(version[1]) == seen.version, "the form shows another version than is stored"
    typed = table.form | {"people": people, "status": seen.status, "version": seen.version, **_sent(page)}
    return Act(
        "form",
        lambda: table.clerk.post(f"/admin/tenant-companies/edit/?{table.here}", typed),
        lambda: _fresh(table, seen),
        lambda: Model(seen.version + 1, people, seen.status),
    )


def _delete(table: Table, people: int) -> Act | None:
    seen = table.model
    page = table.clerk.get(f"/admin/tenant-companies/delete/?{table.here}").text
    return Act(
        "delete",
        lambda: table.clerk.post(
            f"/admin/tenant-companies/delete/?{table.here}", {"version": seen.version, **_sent(page)}
        ),
        lambda: _fresh(table, seen),
        lambda: Model(seen.version, seen.people, seen.status, exists=False),
    )


def _bulk_status(table: Table, people: int) -> Act | None:
    seen = table.model
    status = table.chance.choice([code for code in _STATUSES if code != seen.status])
    return Act(
        "bulk status",
        _bulk(table, {"action": "status", "value-status": status}),
        lambda: _fresh(table, seen),
        lambda: Model(seen.version + 1, seen.people, status),
    )


def _bulk_delete(table: Table, people: int) -> Act | None:
    seen = table.model
    return Act(
        "bulk delete",
        _bulk(table, {"action": "delete"}),
        lambda: _fresh(table, seen),
        lambda: Model(seen.version, seen.people, seen.status, exists=False),
    )


def _bulk(table: Table, more: dict[str, str]) -> Callable[[], object]:
    """Open the list that shows the record, tick it, and return what sends the act."""
    page = table.clerk.get(f"/admin/tenant-companies/?search={table.form['uscc']}").text
    ticked = re.search(rf'name="id" value="({table.record}[^"]*)"', page)
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    action = re.search(r'<form id="bulk" method="post" action="([^"]*)"', page)
    assert ticked and action, f"the list does not show the record: {page[-3000:]}"
    data = {"id": ticked[1], **({"seen": seen[1]} if seen else {}), **more, **_sent(page)}
    address = action[1].replace("&amp;", "&")
    return lambda: table.clerk.post(address, data)


def _import(table: Table, people: int) -> Act | None:
    seen = table.model
    book = table.place / f"{table.record}-{people}.xlsx"
    rows = [["企业名称", "统一社会信用代码", "所属基地", "从业人员（人）"]]
    with table.house.database() as db:
        base = db["bases"].find_one({"_id": ObjectId(table.form["base"])}) or {}
    rows.append([table.form["name"], table.form["uscc"], base["name"], people])  # type: ignore[list-item]
    book.write_bytes(workbook(rows).getvalue())
    page = table.clerk.send_file("/admin/import/", {"kind": "tenant-companies", "dry_run": "1"}, book).text
    book.unlink()
    hidden = dict(re.findall(r'<input type="hidden" name="(kind|upload|strict)" value="([^"]*)"', page))
    assert "upload" in hidden, page
    return Act(
        "import",
        lambda: table.clerk.post("/admin/import/write", {**hidden, **_sent(page)}),
        lambda: _fresh(table, seen),
        lambda: Model(seen.version + 1, people, seen.status),
    )


def _restore(table: Table, people: int) -> Act | None:
    seen = table.model
    page = table.clerk.get(f"/admin/recycle-bin/?search={quote(table.form['name'])}").text
    with table.house.database() as db:
        kept = db["recycled"].find_one({"record_id": ObjectId(table.record)}) or {}
    address = f"/admin/recycle-bin/restore?recycled={kept.get('_id')}"
    assert address in page, "the recycle bin does not show the record"

    def fits() -> bool:
        with table.house.database() as db:
            return db["recycled"].count_documents({"_id": kept["_id"]}) == 1

    return Act(
        "restore",
        lambda: table.clerk.post(address, _sent(page)),
        fits,
        lambda: Model(seen.version + 1, seen.people, seen.status),
    )


def _fresh(table: Table, seen: Model) -> bool:
    """Tell whether the record is there as it was when its editor looked."""
    return table.model.exists and table.model.version == seen.version


def _sent(page: str) -> dict[str, str]:
    """Return the key that a form carries so that it counts once, where it carries one."""
    found = re.search(r'name="(form_key)" value="([^"]+)"', page)
    return {found[1]: found[2]} if found else {}
