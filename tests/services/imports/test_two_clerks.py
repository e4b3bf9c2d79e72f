"""Two sheets of one ledger brought back at once, the workers killed in between: each change once, none lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from documents.imports.import_batch import ImportBatch
from documents.imports.import_chunk import ImportChunk
from rules.access import SYSTEM
from schema.ledger_entries import LEDGER_ENTRIES
from services.desk.trail import verify
from services.imports import chunks, import_rows
from services.imports.import_job import ask_to_import
from services.imports.uploads import keep_upload
from services.jobs.run import JobRun
from tests.services.imports.test_histories import EDITED, Sheet, reading_here  # noqa: F401 - a fixture
from tests.services.killing import Killer, work_through


def asked(office, sheet, path):
    with sheet.saved(path).open("rb") as stream:
        upload = keep_upload(stream, path.name, place=f"import:{path.stem}", actor=SYSTEM, now=office.now)
    return ask_to_import(
        upload, LEDGER_ENTRIES, strict=False, tried=False, actor=SYSTEM, now=datetime.now(UTC)
    )


@pytest.mark.parametrize("seed", range(3))
def test_two_sheets_of_a_ledger_at_once_under_kills_write_each_change_once_and_lose_none(
    office, tmp_path, monkeypatch, reading_here, seed  # noqa: F811
):  # fmt: skip
    monkeypatch.setattr(import_rows, "CHUNK", 2)
    monkeypatch.setattr(chunks, "CHUNK", 2)
    park = office.base("莘县创业园")
    ids = [office.entry(park, request=f"诉求{number}", person_times=1, notes="原") for number in range(8)]
    listed = SimpleNamespace(declaration=LEDGER_ENTRIES, bases=[park], edited=EDITED["ledger_entries"])
    first, second = Sheet(listed), Sheet(listed)
    for number in range(5):
        first.rows[number].sent["person_times"] = 10 + number
    for number in range(3, 8):
        second.rows[number].sent["notes"] = f"乙{number}"
    second.rows[4].sent["person_times"] = 99  # what the first one changes, too
    batches = [
        asked(office, sheet, tmp_path / name) for sheet, name in ((first, "甲.csv"), (second, "乙.csv"))
    ]
    killer = Killer(seed, 0.2)
    with monkeypatch.context() as patched, ThreadPoolExecutor(2) as pool:
        patched.setattr(JobRun, "step", killer.step_of(JobRun.step))
        list(pool.map(work_through, [ImportBatch.stored(batch)["job"] for batch in batches]))
    stored = [office.get("ledger_entries", one) for one in ids]
    reports = [ImportBatch._get_collection().find_one({"_id": batch}) for batch in batches]
    assert killer.kills > 0
    assert office.db["ledger_entries"].count_documents({}) == len(ids), "nothing is doubled"
    assert [raw["person_times"] for raw in stored[:4]] == [10, 11, 12, 13]
    assert [raw["notes"] for raw in (stored[3], *stored[5:])] == ["乙3", "乙5", "乙6", "乙7"]
    # Of the row that both changed the earlier holds, and the later one is told.
    [left] = [row for report in reports for row in report["conflicts"]]
    assert left["record"] == ids[4]
    assert (stored[4]["person_times"], stored[4]["notes"]) in ((14, "原"), (99, "乙4"))
    changed = office.db["audit_entries"].count_documents(
        {"collection": "ledger_entries", "action": "changed"}
    )
    assert changed == 4 + 4 + 1, "each once, whoever was killed"
    assert sum(raw["version"] - 1 for raw in stored) == changed
    assert ImportChunk._get_collection().count_documents({}) == 0
    assert office.tallies_are_right()
    assert verify() is None
