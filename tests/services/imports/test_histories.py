"""Random histories: exports, edits on both sides, imports in any order and at once, held against a model.

Forty short ones here, a thousand in `make torture` (HISTORIES); HISTORY_SEED repeats one. An edit is lost when an
import puts another value over one that the sheet's clerk never saw: the model never does, and the office must equal it.
"""

import csv
import json
import os
import random
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from datetime import timedelta
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from documents.kinds import RECORDS
from documents.records.office_state import read_office_state
from office.child_process import Ended, Ending
from office.excel import parsing_child, workbook_reader
from office.excel.row_marks import Marker
from office.excel.rows import row_maker
from schema.ledger_entries import LEDGER_ENTRIES
from schema.tenant_companies import TENANT_COMPANIES
from services.imports.conflicts import Against
from services.imports.import_rows import import_workbook
from services.imports.report import OnConflict
from services.records import records
from tests.services.imports.history_model import (
    CLEARED,
    Became,
    Mode,
    Model,
    SheetRow,
    after,
    imported,
)

RUNS = int(os.environ.get("HISTORIES", "40"))
SEED = int(os.environ.get("HISTORY_SEED", "0"))
STEPS = int(os.environ.get("HISTORY_STEPS", "10"))
# What clerks and colleagues change, and what tells a new record apart.
EDITED = {
    TENANT_COMPANIES.name: ("people", "legal_representative", "notes", "name"),
    LEDGER_ENTRIES.name: ("person_times", "company_times", "notes", "place"),
}
NUMBERS = frozenset({"people", "person_times", "company_times"})


@pytest.fixture
def reading_here(monkeypatch):
    """Read workbooks in this process: a process each would take the time of the whole test."""
    lock = threading.Lock()

    def run_here(module, job, limits):
        output = TemporaryFile()  # noqa: SIM115 - whoever reads it closes it
        with lock, Path(job["path"]).open("rb") as stream:
            text = TextIOWrapper(output, write_through=True)
            with redirect_stdout(text):
                failed = parsing_child._parse(stream, job)
                sys.stdout.buffer.flush()
            text.detach()
        output.seek(0)
        return Ended(Ending.PROBLEM if failed else Ending.DONE, output)

    monkeypatch.setattr(workbook_reader, "run_child", run_here)


class Sheet:
    """An exported list as it lies on a clerk's desk."""

    def __init__(self, history):
        declaration, self.history = history.declaration, history
        self.columns = list(declaration.exported)
        labels = read_office_state().status_labels(declaration.name)
        make = row_maker(self.columns, county_names={}, status_labels=labels)
        marker = Marker(declaration.name, self.columns)
        self.heading, self.rows, self.others = str(marker.heading), [], {}
        self.dropped = set()
        keys = [*(one.source for one in self.columns), "version"]
        found = RECORDS[declaration.name].objects.having("base", history.bases)
        for raw in found.rows(keys, [("_id", 1)]):
            shown = make(raw)
            cells = [shown[one.heading] for one in self.columns]
            mark = marker.mark(raw["_id"], raw["version"], cells)
            exported = {key: raw.get(key) for key in history.edited}
            self.rows.append(SheetRow(raw["_id"], exported, dict(exported), mark))
            self.others[mark] = {one.key: shown[one.heading] for one in self.columns}

    @property
    def shown(self):
        return frozenset(self.history.edited) - self.dropped

    def saved(self, path):
        columns = [one for one in self.columns if one.key not in self.dropped]
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([*(one.heading for one in columns), self.heading])
            for row in self.rows:
                cells = {**self.others.get(row.mark, {}), **row.sent}
                writer.writerow(
                    [*("" if cells.get(one.key) is None else cells[one.key] for one in columns), row.mark]
                )
        return path


class History:
    """One random history of one base's records, and the model that goes with it."""

    def __init__(self, office, folder, seed):
        self.office, self.folder, self.seed, self.dice = office, folder, seed, random.Random(seed)
        self.declaration = self.dice.choice((TENANT_COMPANIES, LEDGER_ENTRIES))
        self.edited = EDITED[self.declaration.name]
        self.now = office.now + timedelta(days=1 + seed)
        self.base_names = [f"史{seed}第{number}园" for number in (1, 2)]
        self.bases = [office.base(name) for name in self.base_names]
        self.model, self.sheets, self.told, self.count = Model(), [], Counter(), 0
        for _ in range(self.dice.randint(3, 5)):
            self._create()

    def tick(self):
        self.now += timedelta(seconds=2)
        return self.now

    def value(self, key):
        self.count += 1
        if key in NUMBERS:
            return self.dice.randint(1, 9)
        if key == "name":
            return f"名{self.seed}号{self.count}有限公司"
        return f"{self.dice.choice('甲乙丙丁')}{self.dice.randint(1, 3)}"

    def _create(self):
        values = {key: self.value(key) for key in self.edited if self.dice.random() < 0.7}
        base = self.dice.choice(self.bases)
        if self.declaration is TENANT_COMPANIES:
            made = self.office.company(base, **{"name": self.value("name"), **values})
        else:
            self.count += 1
            made = self.office.entry(base, request=f"诉求{self.seed}之{self.count}", **values)
        self.model.records[made] = self.stored(made)
        return made

    def stored(self, record_id):
        raw = self.office.get(self.declaration.name, record_id)
        return {key: raw.get(key) for key in self.edited} if raw else None

    # --- What colleagues do in the pages

    def colleague_edits(self):
        if self.model.records:
            record = self.dice.choice(list(self.model.records))
            key = self.dice.choice(self.edited)
            value = None if key != "name" and self.dice.random() < 0.15 else self.value(key)
            self.office.update(self.declaration.name, record, **{key: value})
            self.model.records[record][key] = value

    def colleague_deletes(self):
        if len(self.model.records) > 2 and self.dice.random() < 0.5:
            record = self.dice.choice(list(self.model.records))
            self.office.delete(self.declaration.name, record)
            self.model.deleted[record] = self.model.records.pop(record)

    def colleague_restores(self):
        if self.model.deleted:
            record = self.dice.choice(list(self.model.deleted))
            records.restore(self.office.bin(record), actor=self.office.city, now=self.tick())
            self.model.records[record] = self.model.deleted.pop(record)

    def colleague_adds(self):
        self._create()

    # --- What clerks do in their sheets

    def clerk_exports(self):
        self.sheets.append(Sheet(self))

    def sheet(self):
        if not self.sheets:
            self.clerk_exports()
        return self.dice.choice(self.sheets)

    def clerk_edits(self):
        sheet = self.sheet()
        rows = [row for row in sheet.rows if row.mark and not row.is_copy]
        for _ in range(self.dice.randint(1, 3)):
            if rows:
                row, key = self.dice.choice(rows), self.dice.choice(self.edited)
                row.sent[key] = self._typed(key)

    def _typed(self, key):
        chance = self.dice.random()
        if key != "name" and chance < 0.15:
            return CLEARED
        return "" if chance < 0.25 else self.value(key)

    def clerk_undoes_an_edit(self):
        sheet = self.sheet()
        if sheet.rows:
            row, key = self.dice.choice(sheet.rows), self.dice.choice(self.edited)
            if row.mark and not row.is_copy:
                row.sent[key] = row.exported[key]

    def clerk_sorts(self):
        self.dice.shuffle(self.sheet().rows)

    def clerk_deletes_rows(self):
        sheet = self.sheet()
        if len(sheet.rows) > 1:
            gone = sheet.rows.pop(self.dice.randrange(len(sheet.rows)))
            # A copy whose original is gone cannot be told from the original with other values.
            sheet.rows = [
                row for row in sheet.rows if not (row.is_copy and row.mark and row.mark == gone.mark)
            ]

    def clerk_drops_a_column(self):
        key = self.dice.choice(self.edited)
        if key != "name":
            self.sheet().dropped.add(key)

    def clerk_pastes_cells(self):
        sheet = self.sheet()
        rows = [row for row in sheet.rows if row.mark and not row.is_copy]
        if len(rows) > 1:
            above, below = self.dice.sample(rows, 2)
            key = self.dice.choice([key for key in self.edited if key != "name"])
            below.sent[key] = above.sent[key]

    def clerk_inserts_a_row(self):
        self._new_row(self.sheet(), "")

    def clerk_copies_a_row(self):
        sheet = self.sheet()
        whole = [
            row for row in sheet.rows
            if row.mark and not row.is_copy and row.sent.get("name") == row.exported.get("name")
        ]  # fmt: skip
        if whole:
            row = self.dice.choice(whole)
            if not any(other.is_copy and other.mark == row.mark for other in sheet.rows):
                self._new_row(sheet, row.mark)

    def _new_row(self, sheet, mark):
        """Add a row that is a record of its own; one that was copied still has the mark of the other."""
        self.count += 1
        sent = {key: self.value(key) for key in self.edited}
        sent["base"] = self.dice.choice(self.base_names)
        if self.declaration is TENANT_COMPANIES:
            sent["uscc"] = self.office.code()
        else:
            sent |= {"function": "人员培训", "request": f"诉求{self.seed}之{self.count}", "number": ""}
        sheet.rows.append(SheetRow(None, {}, sent, mark, is_copy=True))

    # --- Imports

    def clerk_imports(self):
        sheet, mode = self.sheet(), self._mode()
        if any(row.record in self.model.deleted for row in sheet.rows):
            mode = Mode.LEFT
        expected = self._expected(sheet, mode)
        before = {record: dict(values) for record, values in self.model.records.items()}
        report = self._import(sheet, mode)
        self._take(sheet, report, [expected])
        self._count_protected(sheet, before, mode)

    def _mode(self):
        return self.dice.choices(list(Mode), [6, 1, 1])[0]

    def two_import_at_once(self):
        first, second = self.sheet(), Sheet(self)
        self.sheets.append(second)
        if first is second:
            return
        for row in self.dice.sample(second.rows, min(2, len(second.rows))):
            key = self.dice.choice(self.edited)
            row.sent[key] = self._typed(key)
        orders = []
        for one, other in ((first, second), (second, first)):
            records_before = {record: dict(values) for record, values in self.model.records.items()}
            outcomes = {id(sheet): self._expected(sheet, Mode.LEFT) for sheet in (one,)}
            outcomes[id(other)] = self._expected(other, Mode.LEFT)
            orders.append((outcomes, self.model.records))
            self.model.records = records_before
        self.tick()
        with ThreadPoolExecutor(2) as pool:
            reports = list(pool.map(lambda sheet: self._import(sheet, Mode.LEFT), (first, second)))
        for record in list(self.model.records):
            allowed = [held[record] for _, held in orders]
            stored = self.stored(record)
            assert stored in allowed, (self.seed, record, stored, allowed)
            self.model.records[record] = stored
        for sheet, report in zip((first, second), reports, strict=True):
            self._take(sheet, report, [outcomes[id(sheet)] for outcomes, _ in orders], at_once=True)
        self.told["at once"] += 1

    def _expected(self, sheet, mode):
        """Return what becomes of each row by the model, which takes what is written."""
        outcomes = []
        for row in sheet.rows:
            if row.is_copy:
                outcomes.append(Became.CREATED)
                continue
            now = self.model.records.get(row.record)
            outcome, written = imported(row, now, mode, sheet.shown)
            if now is not None:
                self.model.records[row.record] = after(now, written)
            outcomes.append(outcome)
        return outcomes

    def _import(self, sheet, mode):
        path = sheet.saved(self.folder / f"{self.seed}-{id(sheet)}.csv")
        against = Against(on_conflict=OnConflict(mode.value) if mode.value else None)
        return import_workbook(
            path,
            self.declaration,
            actor=self.office.city,
            now=self.tick(),
            against=against,
            file_name="回传.csv",
        )

    def _take(self, sheet, report, possible, *, at_once=False):
        """Compare a report with what the model allows, and take up the records that it made."""
        found = [row.outcome.value for row in sorted(report.rows, key=lambda row: row.row)]
        for place, outcome in enumerate(found):
            allowed = {outcomes[place].value for outcomes in possible}
            assert outcome in allowed, (self.seed, place, outcome, allowed, report.rows[place].reasons)
        self.told.update(found)
        self.told["imports"] += 1
        known = {*self.model.records, *self.model.deleted}
        for raw in self.office.db[self.declaration.name].find({"base": {"$in": self.bases}}, {"_id": 1}):
            if raw["_id"] not in known:
                self.model.records[raw["_id"]] = self.stored(raw["_id"])
        sheet.rows = [row for row in sheet.rows if not row.is_copy]

    def _count_protected(self, sheet, before, mode):
        """Hold each edit that met an older export by itself against what is stored, without the model's merge."""
        for row in sheet.rows:
            for key in sheet.shown if row.record in before else ():
                held = before[row.record][key]
                if held != row.exported[key]:
                    self.told["edits met"] += 1
                    if mode is not Mode.FILE and self.stored(row.record)[key] != held:
                        self.told["lost"] += 1

    def agrees(self):
        """Hold everything that is stored against the model."""
        stored = {
            raw["_id"]: {key: raw.get(key) for key in self.edited}
            for raw in self.office.db[self.declaration.name].find({"base": {"$in": self.bases}})
        }
        assert stored == self.model.records, self.seed


STEPS_OF = (
    (History.colleague_edits, 6), (History.clerk_edits, 6), (History.clerk_imports, 5), (History.clerk_exports, 2),
    (History.clerk_sorts, 1), (History.clerk_deletes_rows, 1), (History.clerk_pastes_cells, 1),
    (History.clerk_inserts_a_row, 1), (History.clerk_copies_a_row, 1), (History.clerk_undoes_an_edit, 1),
    (History.clerk_drops_a_column, 1), (History.colleague_deletes, 1), (History.colleague_restores, 1),
    (History.colleague_adds, 1), (History.two_import_at_once, 1),
)  # fmt: skip


def test_random_histories_lose_no_edit_and_agree_with_the_model(office, tmp_path, reading_here):
    told = Counter()
    for seed in range(SEED, SEED + RUNS):
        history = History(office, tmp_path, seed)
        history.clerk_exports()
        weights = [weight for _, weight in STEPS_OF]
        for step in history.dice.choices([step for step, _ in STEPS_OF], weights, k=STEPS):
            step(history)
        history.clerk_imports()
        history.agrees()
        told.update(history.told)
    told["runs"] = RUNS
    if report := os.environ.get("HISTORIES_REPORT"):
        Path(report).write_text(json.dumps(told), encoding="utf-8")
    assert told["lost"] == 0
    if RUNS >= 40:  # so many that each of these has come up
        assert all(told[word] for word in ("edits met", "conflict", "updated", "created", "at once"))
    assert office.tallies_are_right()
