"""The kept figures are what counting the records gives, whatever is written by whatever door."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import BytesIO

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from documents.assessment.kept_figures import KeptFigures
from documents.desk.waiting import functions_in_ledger
from documents.records.fields import stored_day
from rules.assessment.ledger_quality import Fault
from rules.choices import ActivityType, FeeKind, Satisfaction, ServiceFunction, ServiceMode
from rules.errors import Problem
from schema.ledger_entries import LEDGER_ENTRIES
from services.assessment.assess import counted_facts_of, facts_of
from services.assessment.kept_figures import differences, ensure_figures, rebuild_figures
from services.assessment.ledger_quality import counted_quality_of, months_of, quality_of
from services.imports.import_rows import import_workbook
from services.records import bulk, records
from services.records.references import References
from services.shared.files import add_file, remove_file
from services.shared.unit_of_work import in_one_transaction

SHEN, GUAN = "371522", "371525"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
# The last hour of 2025 in UTC is the first morning of 2026 in the office.
MOMENTS = tuple(
    datetime(*moment, tzinfo=UTC)
    for moment in (
        (2025, 12, 31, 15),
        (2025, 12, 31, 17),
        (2026, 3, 1, 2),
        (2026, 3, 31, 23),
        (2026, 10, 24, 3),
    )
)
DAYS = (None, *(date(*day) for day in ((2025, 12, 31), (2026, 1, 1), (2026, 2, 28), (2026, 3, 1), (2026, 3, 31),
                                       (2026, 12, 31))))  # fmt: skip
TODAYS = st.one_of(
    st.sampled_from([day for day in DAYS if day]),
    st.dates(date(2025, 11, 1), date(2027, 2, 1)),
)


def some(words):
    return st.sampled_from([None, *(word.value for word in words)])


ENTRIES = st.fixed_dictionaries(
    {
        "served_on": st.sampled_from(DAYS), "function": st.sampled_from([word.value for word in ServiceFunction][:4]),
        "activity": some(ActivityType), "mode": some(ServiceMode), "fee_kind": some(FeeKind),
        "satisfaction": some(Satisfaction), "request": st.sampled_from([None, "贷款", "培训"]),
        "place": st.sampled_from([None, "会议室"]), "feedback": st.sampled_from([None, "好"]),
        "companies": st.sampled_from([[], [{"name": "甲"}], [{"name": "甲"}, {"name": "乙"}]]),
        "company_times": st.sampled_from([None, 0, 1, 5]), "person_times": st.sampled_from([None, 0, 2, 30]),
        "fee_amount": st.sampled_from([None, 0, 100.0]), "status": st.sampled_from(["draft", "submitted", "verified"]),
    }
)  # fmt: skip
COMPANIES = st.fixed_dictionaries(
    {
        "moved_in": st.sampled_from(DAYS), "moved_out": st.sampled_from(DAYS),
        "people": st.sampled_from([None, 0, 5, 12]), "revenue": st.sampled_from([None, 20.0, 900.0, 90_000.0]),
        "industry": st.sampled_from([None, "software", "retail"]),
    }
)  # fmt: skip


class Writers(RuleBasedStateMachine):
    """Clerks who write, change, move, delete and bring back records of three bases, with their files."""

    def __init__(self, office):
        super().__init__()
        self.office, self.entries, self.companies = office, [], []

    @initialize()
    def begin(self):
        for name in (
            "bases",
            "ledger_entries",
            "tenant_companies",
            "recycled",
            "attachments",
            "kept_figures",
        ):
            self.office.db[name].delete_many({})
        self.bases = [self.office.base(county=county) for county in (SHEN, SHEN, GUAN)]

    def tried(self, act, *arguments, now=None, **named):
        try:
            return act(*arguments, **named, actor=self.office.city, now=now or self.office.now)
        except Problem:
            return None  # what is refused leaves no trace

    @rule(values=ENTRIES, base=st.integers(0, 2), now=st.sampled_from(MOMENTS))
    def add_entry(self, values, base, now):
        created = self.tried(records.create, "ledger_entries", {"base": self.bases[base], **values}, now=now)
        self.entries += [created] if created else []

    @rule(values=COMPANIES, base=st.integers(0, 2))
    def add_company(self, values, base):
        named = {"name": "甲", "uscc": self.office.code(), "base": self.bases[base]}
        created = self.tried(records.create, "tenant_companies", named | values)
        self.companies += [created] if created else []

    @rule(number=st.integers(0, 99), values=ENTRIES, base=st.integers(0, 2), keys=st.sets(st.integers(0, 14)))
    def change_entry(self, number, values, base, keys):
        self.change("ledger_entries", self.entries, number, {"base": self.bases[base], **values}, keys)

    @rule(
        number=st.integers(0, 99), values=COMPANIES, base=st.integers(0, 2), keys=st.sets(st.integers(0, 5))
    )
    def change_company(self, number, values, base, keys):
        self.change("tenant_companies", self.companies, number, {"base": self.bases[base], **values}, keys)

    def change(self, collection, ids, number, values, keys):
        if ids:
            record_id = ids[number % len(ids)]
            version = self.office.get(collection, record_id).get("version", 1)
            some_values = {key: value for place, (key, value) in enumerate(values.items()) if place in keys}
            self.tried(records.update, collection, record_id, some_values, version=version)

    @rule(
        base=st.integers(0, 2), county=st.sampled_from([SHEN, GUAN]), name=st.sampled_from(["甲园", "乙园"])
    )
    def rename_and_move_base(self, base, county, name):
        version = self.office.get("bases", self.bases[base])["version"]
        values = {"county": county, "name": f"{name}{base}"}
        self.tried(records.update, "bases", self.bases[base], values, version=version)

    @rule(
        numbers=st.sets(st.integers(0, 30), min_size=1, max_size=3),
        status=st.sampled_from(["draft", "verified"]),
    )
    def set_status_of_many(self, numbers, status):
        ids = [self.entries[number] for number in numbers if number < len(self.entries)]
        found = {entry: self.office.db["ledger_entries"].find_one({"_id": entry}) for entry in ids}
        versions = {entry: raw["version"] for entry, raw in found.items() if raw}
        self.tried(bulk.set_status_of_many, "ledger_entries", versions, status)

    @rule(number=st.integers(0, 99), of_companies=st.booleans())
    def delete(self, number, of_companies):
        collection, ids = (
            ("tenant_companies", self.companies) if of_companies else ("ledger_entries", self.entries)
        )
        if ids:
            record_id = ids[number % len(ids)]
            raw = self.office.db[collection].find_one({"_id": record_id}) or {"version": 1}
            self.tried(records.delete, collection, record_id, version=raw["version"])

    @rule(number=st.integers(0, 99))
    def bring_back(self, number):
        deleted = list(self.office.db["recycled"].find({}, {"_id": 1}).sort("_id", 1))
        if deleted:
            self.tried(records.restore, deleted[number % len(deleted)]["_id"])

    @rule(number=st.integers(0, 99), times=st.integers(1, 2))
    def attach(self, number, times):
        if self.entries:
            entry = self.entries[number % len(self.entries)]
            for _ in range(times):
                self.tried(add_file, "ledger_entries", entry, "照片.pdf", BytesIO(PDF))

    @rule(number=st.integers(0, 99))
    def detach(self, number):
        files = list(self.office.db["attachments"].find({}, {"_id": 1}).sort("_id", 1))
        if files:
            self.tried(remove_file, files[number % len(files)]["_id"])

    @rule(today=TODAYS, year=st.sampled_from([2025, 2026, 2027]), county=st.sampled_from([None, SHEN]))
    def read(self, today, year, county):
        office = self.office
        actor = office.city if county is None else office.shen
        assert facts_of(year, today=today, actor=actor) == counted_facts_of(year, today=today, actor=actor)
        kept, counted = (
            {one.base["_id"]: one for one in of(year, today=today, actor=actor)}
            for of in (quality_of, counted_quality_of)
        )
        assert kept == counted
        shown = KeptFigures.functions_on_day(today.year, today, self.bases, with_nameless=True)
        in_ledger = functions_in_ledger(office.city, date(today.year, 1, 1), today)
        assert {base: words for base, words in shown.items() if words} == in_ledger

    @invariant()
    def nothing_differs(self):
        assert list(differences()) == []


def test_whatever_is_written_the_kept_figures_are_the_counted_ones(office):
    examples = settings(
        max_examples=10, stateful_step_count=25, suppress_health_check=list(HealthCheck), deadline=None
    )
    run_state_machine_as_test(partial(Writers, office), settings=examples)


# --- Imports, transactions that fail --------------------------------------------------------------------------


def ledger_book(workbook, office, rows):
    base = office.base("甲园")
    head = [
        "所属基地",
        "服务日期",
        "服务功能",
        "服务诉求",
        "参与企业",
        "服务企业数（家次）",
        "满意度",
        "状态",
    ]
    lines = [
        ["甲园", date(2026, 1, 1) + timedelta(days=number % 90), "人员培训", f"诉求{number % 40}",
         "甲" if number % 3 else None, number % 4, "满意" if number % 2 else None, "已提交" if number % 5 else "草稿"]
        for number in range(rows)
    ]  # fmt: skip
    return base, workbook(head, *lines)


def test_an_import_of_many_chunks_keeps_the_figures(office, workbook):
    base, book = ledger_book(workbook, office, 450)
    import_workbook(book, LEDGER_ENTRIES, actor=office.city, now=office.now, dry_run=True)
    assert not KeptFigures.bases(), "a trial keeps nothing"
    report = import_workbook(book, LEDGER_ENTRIES, actor=office.city, now=office.now)
    assert report.counts["created"] == 450
    assert list(differences()) == []
    [found] = facts_of(2026, today=date(2026, 12, 31), actor=office.city)
    assert (found.facts.satisfied, found.facts.answered) == (180, 180)
    assert found.facts.nameless.entries == 120
    assert base == found.base["_id"]


def test_what_a_failed_transaction_would_have_added_is_not_kept(office):
    base = office.base()
    before = list(KeptFigures.collection().find())

    def work(uow):
        values = {"base": base, "function": "training"}
        refs = References(uow.actor, uow.session)
        records.create_within(uow, "ledger_entries", values, refs, record_id=ObjectId())
        uow._figures.write(uow.session)
        raise RuntimeError("the power fails")

    with pytest.raises(RuntimeError):
        in_one_transaction(work, actor=office.city, now=office.now)
    assert list(KeptFigures.collection().find()) == before
    assert list(differences()) == []


def test_an_entry_that_is_saved_without_a_change_of_figures_writes_none(office):
    entry = office.entry(office.base(), request="贷款", served_on=date(2026, 3, 2), status="submitted")
    before = list(KeptFigures.collection().find().sort("_id", 1))
    assert office.update("ledger_entries", entry, notes="备注")
    assert list(KeptFigures.collection().find().sort("_id", 1)) == before


# --- Built and compared ----------------------------------------------------------------------------


@pytest.fixture
def kept(office):
    base = office.base()
    for day in (2, 2, 3):
        office.entry(
            base, request="贷款", served_on=date(2026, 3, day), status="submitted", company_times=2,
            companies=[{"name": "甲"}], satisfaction="good",
        )  # fmt: skip
    office.company(base, moved_in=date(2025, 1, 1), industry="software", people=5, revenue=20.0)
    return base


def test_a_figure_that_went_wrong_is_named_and_built_anew(office, kept):
    KeptFigures.collection().update_one({"part": "2026", "base": kept}, {"$inc": {"all.company_times": 3}})
    [difference] = differences()
    assert (difference.base, difference.part, difference.key) == (kept, "2026", "all.company_times")
    assert (difference.kept, difference.counted) == (9, 6)
    assert rebuild_figures(now=office.now) == 1
    assert list(differences()) == []


@pytest.mark.parametrize("part", ["2026", "2026-03", "tenants", "quality-2026", "2025", "2025-01"])
def test_a_part_that_is_lost_is_missed(office, kept, part):
    assert KeptFigures.collection().delete_one({"part": part, "base": kept}).deleted_count == 1
    assert {difference.part for difference in differences()} == {part}
    rebuild_figures(now=office.now)
    assert list(differences()) == []


def test_what_is_built_is_what_the_writes_had_kept(office, kept):
    def stored():
        rows = KeptFigures.whole([kept], None)
        return {place: amounts for place, amounts in rows.items() if amounts}

    before = stored()
    rebuild_figures(now=office.now)
    assert stored() == before
    assert before["quality-2026", kept]["faults.double"] == 2


def test_an_office_without_figures_gets_them_at_start_and_only_then(office, kept):
    KeptFigures.collection().delete_many({})
    assert ensure_figures(now=office.now)
    assert list(differences()) == []
    assert not ensure_figures(now=office.now)


def test_figures_that_meant_something_else_are_built_anew(office, kept, monkeypatch):
    rebuild_figures(now=office.now)
    monkeypatch.setattr("documents.assessment.kept_figures.meaning", lambda: "another")
    assert not KeptFigures.are_built()
    assert ensure_figures(now=office.now)


@pytest.mark.parametrize("year", [2024, 2026])
def test_up_to_every_day_of_a_year_exactly_its_days_are_summed(office, year):
    base, first = office.base(), date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range((date(year, 12, 31) - first).days + 1)]
    office.db["ledger_entries"].insert_many(
        {"base": base, "served_on": stored_day(day), "status": "verified", "function": "training"}
        for day in days
    )
    rebuild_figures(now=office.now)
    for number, day in enumerate(days, 1):
        [found] = KeptFigures.on_day(year, day, [base]).values()
        assert found.all["entries"] == found.nameless["entries"] == number, day


def test_months_and_faults_are_read_from_what_is_kept(office, kept):
    [quality] = quality_of(2026, today=date(2026, 11, 23), actor=office.city)
    assert (quality.entries, quality.faults[Fault.DOUBLE], quality.faults[Fault.NO_EVIDENCE]) == (3, 2, 3)
    [months] = months_of(2026, actor=office.city)
    assert months.counts == {(3, "training"): 3}
