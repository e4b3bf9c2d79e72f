"""The database counts faults by the words of the rules: for all bases at once, in scope, as the entries show them."""

import random
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from bson import ObjectId
from pymongo import monitoring

from documents.records.office_state import read_office_state
from documents.server.connection import connect, database, disconnect
from office.excel.tables_writer import write_tables
from rules.assessment.ledger_quality import Fault
from rules.choices import ServiceFunction
from rules.errors import Missing
from services.assessment.kept_figures import rebuild_figures
from services.assessment.ledger_quality import (
    entries_of,
    entries_table,
    faults_table,
    months_of,
    months_table,
    quality_of,
)
from services.shared.files import add_file

TODAY = date(2026, 11, 23)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
WHOLE = {
    "served_on": date(2026, 3, 2), "place": "会议室", "request": "培训", "service_record": "已办", "feedback": "好",
    "companies": [{"name": "甲公司"}], "company_times": 1, "person_times": 3, "status": "submitted",
}  # fmt: skip


def attach(office, entry):
    add_file(
        "ledger_entries", entry, "照片.pdf", BytesIO(PDF + entry.binary), actor=office.city, now=office.now
    )


@pytest.fixture
def found(office):
    """Make random entries of three bases, straight in the database, some with files."""
    chance = random.Random(20261123)
    bases = [office.base(county="371525"), office.base(county="371525"), office.base(county="371522")]
    rows = []
    for number in range(400):
        base = chance.choice(bases)
        day = datetime(
            chance.choice((2025, 2026)), chance.choice((1, 3, 12)), chance.randint(1, 2), tzinfo=UTC
        )
        rows.append({
            "_id": ObjectId(), "base": base, "base_name": "x", "version": 1, "search_tokens": [],
            "county": "371522" if base == bases[2] else "371525",
            "served_on": chance.choice((day, day, day, None)), "place": chance.choice(("室", None, "")),
            "function": chance.choice(list(ServiceFunction)[:3]).value,
            "request": chance.choice(("贷款", "培训", None)),
            "partner": None, "service_record": chance.choice(("记", None)), "feedback": chance.choice(("好", None)),
            "companies": [{"name": f"企业{n}"} for n in range(chance.randint(0, 3))],
            "company_times": chance.choice((None, 0, 1, 2, 5)), "person_times": chance.choice((None, 0, 1, 3, 9)),
            "fee_kind": chance.choice(("free", "low", None)), "fee_amount": chance.choice((None, 0, 12.5)),
            "status": chance.choice(("draft", "submitted", "verified")),
            "created_at": MIDNIGHT - timedelta(days=chance.randint(0, 700), hours=number % 24),
        })  # fmt: skip
    office.db["ledger_entries"].insert_many(rows)
    rebuild_figures(now=office.now)
    for row in rows[::7]:
        attach(office, row["_id"])
        if row["place"]:
            attach(office, row["_id"])  # a second file counts no further
    return office, bases


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_counts_of_every_base_are_those_of_its_entries(found, year):
    office, bases = found
    counted = {one.base["_id"]: one for one in quality_of(year, today=TODAY, actor=office.city)}
    assert set(counted) == set(bases)
    for base in bases:
        _, entries = entries_of(base, year, today=TODAY, actor=office.city)
        assert len(entries) > 20
        assert counted[base].entries == len(entries)
        told = {fault: sum(fault in faults for _, faults in entries) for fault in Fault}
        assert counted[base].faults == told
        assert all(told.values()), "the sample shows each fault"


def test_every_entry_belongs_to_one_year(found):
    office, _ = found
    known = sum(
        one.entries for year in (2024, 2025, 2026) for one in quality_of(year, today=TODAY, actor=office.city)
    )
    assert known == office.db["ledger_entries"].count_documents({})


def test_a_whole_entry_with_a_file_has_no_fault_and_its_double_has_one(office):
    base = office.base()
    entry = office.entry(base, **WHOLE)
    attach(office, entry)
    assert [faults for _, faults in entries_of(base, 2026, today=TODAY, actor=office.city)[1]] == [()]
    attach(office, office.entry(base, **WHOLE))
    assert [faults for _, faults in entries_of(base, 2026, today=TODAY, actor=office.city)[1]] == [
        (Fault.DOUBLE,)
    ] * 2
    (one,) = quality_of(2026, today=TODAY, actor=office.city)
    assert (one.worst, one.faults[Fault.DOUBLE]) == (2, 2)


def test_a_base_without_entries_is_there_and_the_worst_stands_first(office):
    office.base("空园")
    full = office.base("满园")
    office.entry(full, **WHOLE)
    assert [(one.base["name"], one.entries, one.worst) for one in quality_of(2026, today=TODAY, actor=office.city)] == [
        ("满园", 1, 1), ("空园", 0, 0),
    ]  # fmt: skip


def test_a_county_clerk_sees_the_countys_own(found):
    office, (first, second, other) = found
    city = {one.base["_id"]: one.faults for one in quality_of(2026, today=TODAY, actor=office.city)}
    own = {one.base["_id"]: one.faults for one in quality_of(2026, today=TODAY, actor=office.guan)}
    assert own == {key: city[key] for key in (first, second)}
    assert quality_of(2026, today=TODAY, actor=office.guan, county="371522") == []
    assert [one.base["_id"] for one in quality_of(2026, today=TODAY, actor=office.city, county="371522")] == [
        other
    ]
    assert {one.base["_id"] for one in months_of(2026, actor=office.guan)} == {first, second}
    for read in (
        lambda: entries_of(other, 2026, today=TODAY, actor=office.guan),
        lambda: months_of(2026, actor=office.guan, base=other),
        lambda: entries_of(ObjectId(), 2026, today=TODAY, actor=office.city),
    ):
        with pytest.raises(Missing):
            read()


def test_the_months_count_what_is_submitted_or_verified_by_the_day_of_service(found):
    office, bases = found
    for one in months_of(2026, actor=office.city):
        stored = office.db["ledger_entries"].find(
            {"base": one.base["_id"], "status": {"$ne": "draft"}, "served_on": {"$ne": None}}
        )
        rows = [row for row in stored if row["served_on"].year == 2026]
        for month in range(1, 13):
            own = [row for row in rows if row["served_on"].month == month]
            assert one.count(month) == len(own)
            for function in ServiceFunction:
                assert one.count(month, function.value) == sum(row["function"] == function for row in own)
    (alone,) = months_of(2026, actor=office.city, base=bases[0])
    assert alone in months_of(2026, actor=office.city)


class Commands(monitoring.CommandListener):
    """Keeps the collections of the commands that were sent."""

    def __init__(self):
        self.sent = []

    def started(self, event):
        if event.command_name in ("find", "aggregate", "count", "distinct"):
            self.sent.append(event.command[event.command_name])

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


def test_it_takes_two_commands_however_many_bases(found, mongo_uri):
    office, _ = found
    listener, name = Commands(), database().name
    disconnect()
    listeners = monitoring._LISTENERS.command_listeners  # `monitoring.register` has no way back
    listeners.append(listener)
    connect(mongo_uri, name)
    listeners.remove(listener)
    try:
        quality_of(2026, today=TODAY, actor=office.city)
        assert sorted(listener.sent) == ["bases", "kept_figures"]
        listener.sent.clear()
        months_of(2026, actor=office.city)
        assert sorted(listener.sent) == ["bases", "kept_figures"]
    finally:
        disconnect()
        connect(mongo_uri, name)


def test_the_workbooks_hold_what_the_pages_show(found, tmp_path):
    office, bases = found
    given = {"actor": office.city, "state": read_office_state(), "note": "2026年度"}
    quality = quality_of(2026, today=TODAY, actor=office.city)
    months = months_of(2026, actor=office.city)
    base, entries = entries_of(bases[0], 2026, today=TODAY, actor=office.city)
    assert write_tables(tmp_path / "a.xlsx", [faults_table(quality, **given)]) == 3
    assert write_tables(tmp_path / "b.xlsx", [months_table(months, **given)]) == 24
    faulty = sum(bool(faults) for _, faults in entries)
    assert write_tables(tmp_path / "c.xlsx", [entries_table(entries, **given)]) == faulty
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [cell.value for cell in sheet[3]][4:] == [fault.zh for fault in Fault]
    assert [cell.value for cell in sheet[4]][3:] == [quality[0].entries, *quality[0].faults.values()]
    assert base["_id"] == bases[0]
