"""The demonstration office: every state is there, the same each time, and nothing real is ever lost to it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from stdnum.cn import uscc

from documents.kinds import RECORDS
from rules.annual_reports import Timeliness
from rules.choices import (
    ActivityType,
    CompanySize,
    FeeKind,
    Industry,
    Satisfaction,
    ServiceFunction,
    ServiceMode,
)
from rules.counties import SHIPPED
from rules.errors import Refused
from schema.registry import REGISTRY
from services.demo import records
from services.demo.demo import load_demo
from services.demo.names import LONG_BASE, LONG_COMPANY, Invent
from services.demo.visits import VISITS
from services.desk import trail as audit_trail
from services.desk.working_days import office_calendar
from services.reports.annual_reports import reports_of_year
from tests.services.conftest import NOW

NEEDED = [(one.name, status.code) for one in REGISTRY.listed for status in one.statuses]


@pytest.mark.slow
def test_the_office_has_its_believable_size_and_every_state(office):
    load_demo(now=office.now)
    db, today = office.db, office.now.replace(hour=0, minute=0, second=0, microsecond=0)
    counts = {
        name: db[name].count_documents({})
        for name in ("bases", "tenant_companies", "service_partners", "ledger_entries")
    }
    assert counts == {"bases": 36, "tenant_companies": 1400, "service_partners": 70, "ledger_entries": 4200}
    for collection, code in NEEDED:
        assert db[collection].count_documents({"status": code}), (collection, code)
    assert set(db["bases"].distinct("county")) == {county.code for county in SHIPPED}
    for collection, key, terms in (
        ("tenant_companies", "industry", Industry), ("tenant_companies", "size", CompanySize),
        ("ledger_entries", "function", ServiceFunction), ("ledger_entries", "activity", ActivityType),
        ("ledger_entries", "mode", ServiceMode), ("ledger_entries", "fee_kind", FeeKind),
        ("ledger_entries", "satisfaction", Satisfaction), ("service_partners", "functions", ServiceFunction),
    ):  # fmt: skip
        assert set(db[collection].distinct(key)) >= {term.value for term in terms}, key
    certified = {"status": "certified"}
    assert db["bases"].count_documents(certified | {"title_last_day": {"$lt": today}})
    assert db["bases"].count_documents(
        certified | {"title_last_day": {"$gte": today, "$lt": today + timedelta(days=90)}}
    )
    assert db["tenant_companies"].count_documents({"size_override": {"$exists": True}})
    assert (
        db["bases"].count_documents({"name": LONG_BASE})
        == db["tenant_companies"].count_documents({"name": LONG_COMPANY})
        == 1
    )
    assert office.tallies_are_right()
    assert audit_trail.verify() is None
    _demand_three_years(office)


def _demand_three_years(office):
    """Look at all that an office of three years has (in the one office that is there whole)."""
    db, today = office.db, office.now.date()
    assert db["rounds"].distinct("year") == [today.year - 2, today.year - 1, today.year]
    stages = {raw["stage"] for raw in db["applications"].find()}
    assert stages >= {
        "draft", "submitted", "returned", "reviewed", "recommended", "on-notice", "announced"
    }  # fmt: skip
    for year in range(today.year - 3, today.year):
        reports = reports_of_year(year, today=today, actor=office.city)
        states = {line.state for line in reports.bases}
        assert states >= {Timeliness.ON_TIME, Timeliness.LATE}, year
        assert sum(line.inspected for line in reports.bases) > len(reports.bases) // 2
        assert len(reports.county_reports) >= 6
    assert Timeliness.MISSING in states
    lost = {
        raw["_id"]: raw["status"] for raw in db["bases"].find({"status": {"$in": ["revoked", "cancelled"]}})
    }
    cases = list(db["decisions"].find({"open": False}))
    assert {raw["base"] for raw in cases} == set(lost)
    for raw in cases:
        assert raw["number"] and raw["prior_number"] and db["notices"].find_one({"decision": raw["_id"]})
        assert (raw["statement_by"] - raw["served_on"]).days >= 3
        assert raw["dated"] > raw["statement_by"]
    assert set(db["change_filings"].distinct("state")) == {"filed", "accepted", "refused"}
    assert db["change_filings"].distinct("late") == [False, True]
    outcomes = set(db["upward_recommendations"].distinct("outcome"))
    assert outcomes == {"granted", "refused", "pending"}
    months = {raw["served_on"].strftime("%Y-%m") for raw in db["ledger_entries"].find({}, {"served_on": 1})}
    assert len(months) >= 36
    assert db["c_zoufangjilu"].count_documents({}) == VISITS
    latest = audit_trail.recent(office.city)
    assert {entry["action"] for entry in latest[:6]} == {"changed"}
    assert all(office.now - entry["at"] < timedelta(days=10) for entry in latest[:6])
    calendar = office_calendar()
    for collection, key in (
        ("notices", "dated"), ("notices", "first_day"), ("decisions", "dated"), ("decisions", "served_on"),
        ("annual_reports", "received_on"), ("change_filings", "filed_on"), ("upward_recommendations", "dated"),
    ):  # fmt: skip
        days = [raw[key].date() for raw in db[collection].find({key: {"$exists": True}})]
        assert days, (collection, key)
        assert all(calendar.is_working(day) for day in days if day != today), (collection, key)


def test_what_is_invented_could_be_real(office, small):
    load_demo(now=office.now)
    db, today = office.db, office.now
    for name in ("bases", "tenant_companies", "service_partners"):
        codes = db[name].distinct("uscc")
        assert len(codes) == db[name].count_documents({})
        assert all(uscc.is_valid(code) for code in codes)
    for raw in db["tenant_companies"].find({}):
        assert raw["moved_in"] <= today
        assert raw.get("moved_out", today) <= today
    since = {raw["_id"]: raw["operating_since"] for raw in db["bases"].find({})}
    for raw in db["ledger_entries"].find({}):
        assert raw["served_on"] <= today
        assert raw["served_on"].weekday() < 5
        assert all(one.get("company") for one in raw.get("companies", []))
    announced = Counter(
        (raw["announced_on"], raw["document_number"])
        for raw in db["bases"].find({"status": {"$ne": "uncertified"}})
    )
    assert max(announced.values()) > 1
    assert len({number for _, number in announced}) == len(announced)
    assert all(
        raw["announced_on"] > since[raw["_id"]]
        for raw in db["bases"].find({"announced_on": {"$exists": True}})
    )


def test_the_same_seed_gives_the_same_office_and_another_seed_another(office, small):
    office.db["users"].insert_one({"name": "lisi", "name_key": "lisi"})
    seen = []
    for _ in range(2):
        load_demo(now=office.now, replace=True, seed=1)
        seen.append(
            {
                name: sorted(tuple(raw[key] for key in keys) for raw in office.db[name].find({}))
                for name, keys in (
                    ("tenant_companies", ("name", "uscc", "base_name")),
                    ("change_filings", ("base_name", "filed_on", "state")),
                    ("decisions", ("base_name", "state", "kind")),
                    ("annual_reports", ("base_name", "year", "received_on")),
                    ("applications", ("base_name", "stage")),
                    ("c_zoufangjilu", ("name", "base_name")),
                )
            }
        )
    assert seen[0] == seen[1]
    other = records.bases(Invent(Random(2), office.now.date()))
    assert {home.values["uscc"] for home in other}.isdisjoint(office.db["bases"].distinct("uscc"))
    # Loaded again it has gone on with the collection and the views that it made.
    assert office.db["own_collections"].count_documents({}) == 1
    views = office.db["users"].find_one({"name": "lisi"})["saved_views"]
    assert {"今年到期"} == {view["name"] for view in views["bases"]}
    assert set(views) == {"bases", "ledger_entries", "c_zoufangjilu"}
    _demand_this_years_round(office)
    assert audit_trail.verify() is None


def test_it_is_never_loaded_over_existing_records(office, small):
    base = office.base("真实的园")
    for _ in range(2):  # a deleted record is one too
        with pytest.raises(Refused) as refused:
            load_demo(now=office.now)
        assert len(refused.value.refusals) == 1
        assert office.db["bases"].count_documents({"name": {"$ne": "真实的园"}}) == 0
        if office.get("bases", base):
            office.delete("bases", base)


def test_told_to_replace_it_removes_records_but_no_user_and_nothing_of_the_trail(office, small):
    base = office.base(
        "真实的园", status="certified", announced_on=office.now.date(), document_number="聊工信发〔2026〕9号"
    )
    office.company(base), office.entry(base), office.partner(base)
    office.db["users"].insert_one({"name": "lisi", "name_key": "lisi"})
    entries = office.db["audit_entries"].count_documents({})
    counts = load_demo(now=office.now, replace=True)
    assert office.db["bases"].count_documents({"name": "真实的园"}) == 0
    assert {name: office.db[name].count_documents({}) for name in counts} == counts
    assert office.db["users"].count_documents({}) == 1
    assert office.db["papers"].count_documents({"_id": "聊工信发〔2026〕9号"}) == 0
    assert [entry["action"] for entry in audit_trail.history("bases", base, office.city)] == [
        "deleted",
        "created",
    ]
    written = sum(count for name, count in counts.items() if name in RECORDS)
    noted = {
        action: office.db["audit_entries"].count_documents({"action": action, "note": "demo"})
        for action in ("created", "deleted")
    }
    assert noted == {"created": written, "deleted": 4}
    assert office.db["audit_entries"].count_documents({}) > entries + 4 + written
    assert office.tallies_are_right()
    assert audit_trail.verify() is None


def _demand_this_years_round(office):
    stages = {raw["stage"] for raw in office.db["applications"].find()}
    assert stages >= {"announced", "on-notice", "recommended", "returned", "submitted"}
    kinds = {raw["kind"] for raw in office.db["notices"].find()}
    assert kinds == {"public-notice", "announcement", "revocation", "cancellation"}
    assert office.db["objections"].count_documents({"outcome": "open"}) == 1
    assert office.db["decisions"].count_documents({"open": True}) == 1
    assert office.db["rounds"].count_documents({}) == 2


@pytest.mark.parametrize(
    "day",
    [
        datetime(2024, 2, 29, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 12, 10, tzinfo=UTC),  # a week after the end of the Measures
        datetime(2027, 5, 8, 20, tzinfo=UTC),
        *(NOW + timedelta(days=ahead) for ahead in (92, 276)),
    ],
    ids="{:%F}".format,
)
def test_the_demonstration_with_its_round_can_be_told_on_any_day_of_the_year(office, small, day):
    assert load_demo(now=day)["bases"] == 36
    assert office.db["notices"].count_documents({"kind": "announcement"}) == 2
