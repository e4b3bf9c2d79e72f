"""What the database counts for all bases at once, held against a plain count by the rules' own words."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from bson import ObjectId
from pymongo.monitoring import CommandListener, CommandStartedEvent

from documents.records.fields import stored_day
from rules.assessment.checklist import Check, CheckState, Condition
from rules.assessment.counting import as_of, is_full_time_on, why_not_entry, why_not_partner, why_not_tenant
from rules.assessment.indicators import Facts, LedgerFacts
from rules.assessment.registration import Registration
from rules.choices import ActivityType, CompanySize, FeeKind, Satisfaction, ServiceFunction, ServiceMode
from rules.rule_sets.measures import ACTIVITIES, CITY_2021, FIGURES, Figure
from services.assessment.assess import assess_bases, counted_facts_of, facts_of
from services.assessment.base_years import years_of_base
from services.assessment.kept_figures import rebuild_figures
from tests.services.conftest import NOW

TODAY = date(2026, 11, 23)
COUNTIES = ("371522", "371525", "kfq")
YEARS = (2024, 2025, 2026, 2027)


def _day(dice: random.Random) -> Any:
    """Return a stored day of 2023 to 2027, often an edge of a year or around today, sometimes none."""
    edges = [date(year, month, day) for year in (2024, 2025, 2026, 2027) for month, day in ((1, 1), (12, 31))]
    edges += [TODAY + timedelta(days=by) for by in (-1, 0, 1)]
    pick = dice.random()
    if pick < 0.15:
        return None
    day = dice.choice(edges) if pick < 0.5 else date(2023, 1, 1) + timedelta(days=dice.randrange(1800))
    return stored_day(day)


def _some(dice: random.Random, terms: Any) -> str | None:
    return dice.choice([None, *(term.value for term in terms)])


def fill(db: Any, seed: int, *, bases: int = 6, each: int = 40) -> dict[str, list[dict[str, Any]]]:
    """Put records of every kind, the impossible ones too, into the database, and return them."""
    dice = random.Random(seed)
    made: dict[str, list[dict[str, Any]]] = {
        "bases": [
            {
                "_id": ObjectId(), "name": f"基地{n}", "sort_key": f"{n:03d}", "county": dice.choice(COUNTIES),
                "status": "certified", "uscc": f"b{seed}-{n}", "operating_since": _day(dice),
                "service_staff": dice.choice([None, 0, 5, 6, 9]), "online_system": dice.choice([None, True, False]),
                "registered_place": dice.choice([None, "聊城市", "济南市"]),
                "registration_in_city": dice.choice([None, True, False]), "registration_uscc": f"b{seed}-{n}",
                "registration_place": dice.choice([None, "聊城市"]),
            }
            for n in range(bases)
        ]
    }  # fmt: skip
    homes = made["bases"]
    made["tenant_companies"] = [
        {
            "_id": ObjectId(), "uscc": f"c{seed}-{n}", "name": f"企业{n}", "base": home["_id"],
            "county": home["county"],
            "size": _some(dice, CompanySize), "people": dice.choice([None, 0, 7, 30]),
            "moved_in": _day(dice), "moved_out": _day(dice) if dice.random() < 0.4 else None,
        }
        for n in range(bases * each)
        for home in [dice.choice(homes)]
    ]  # fmt: skip
    made["service_partners"] = []
    for n in range(bases * 3):
        chosen = [dice.choice(homes) for _ in range(dice.randrange(4))]  # the same base twice, too
        cooperations = [
            {"base": home["_id"], "base_name": home["name"], "county": home["county"], "first_day": _day(dice),
             "last_day": _day(dice)}
            for home in chosen
        ]  # fmt: skip
        made["service_partners"].append(
            {"_id": ObjectId(), "uscc": f"p{seed}-{n}", "name": f"机构{n}", "cooperations": cooperations,
             "counties": sorted({home["county"] for home in chosen})}
        )  # fmt: skip
    # Some bases list their staff, the others have the typed number alone.
    made["staff_members"] = [
        {
            "_id": ObjectId(), "name": f"人员{n}", "base": home["_id"], "county": home["county"],
            "employment": dice.choice(["full-time", "full-time", "part-time"]),
            "status": dice.choice(["on_staff", "left"]),
            "started_on": _day(dice), "left_on": _day(dice) if dice.random() < 0.4 else None,
        }
        for n in range(bases * 5)
        for home in [dice.choice(homes[: max(1, bases // 2)])]
    ]  # fmt: skip
    made["ledger_entries"] = [
        {
            "_id": ObjectId(), "base": home["_id"], "base_name": home["name"], "county": home["county"],
            "served_on": _day(dice), "status": dice.choice(["draft", "submitted", "verified", "own-status"]),
            "function": dice.choice(list(ServiceFunction)).value, "activity": _some(dice, ActivityType),
            "mode": _some(dice, ServiceMode), "fee_kind": _some(dice, FeeKind),
            "company_times": dice.choice([None, 0, 1, 8]), "person_times": dice.choice([None, 0, 25]),
            "companies": dice.choice([None, [], [{"name": "甲"}], [{"name": "甲"}]]),
            "satisfaction": _some(dice, Satisfaction), "created_at": stored_day(date(2026, 1, dice.randrange(1, 29))),
        }
        for _ in range(bases * each * 2)
        for home in [dice.choice(homes)]
    ]  # fmt: skip
    made["checklists"] = [
        {
            "_id": ObjectId(), "base": home["_id"], "year": year, "version": 1,
            "items": {
                condition.value: {
                    "state": dice.choice(list(CheckState)).value, "remark": dice.choice(["", "现场核实"]),
                    "files": dice.choice([[], [ObjectId()]]),
                }
                for condition in Condition if dice.random() < 0.8
            },
        }
        for home in homes for year in YEARS if dice.random() < 0.5
    ]  # fmt: skip
    for name, rows in made.items():
        # A blank is a missing key, as the services store it; now and then a null, as an older hand may have.
        for row in rows:
            for key in [key for key, value in row.items() if value is None and dice.random() < 0.8]:
                del row[key]
        if rows:
            db[name].insert_many(rows)
    rebuild_figures(now=NOW)
    return made


def plain_count(made: dict[str, list[dict[str, Any]]], base: dict[str, Any], year: int) -> Facts:
    """Count one base as the Measures would be read aloud: record by record (`rules.assessment.counting`)."""
    day, key = as_of(year, TODAY), base["_id"]
    tenants = [
        one for one in made["tenant_companies"] if one["base"] == key and why_not_tenant(one, day) is None
    ]
    partners = sum(
        any(one["base"] == key and why_not_partner(one, day) is None for one in partner["cooperations"])
        for partner in made["service_partners"]
    )
    entries = [
        one for one in made["ledger_entries"] if one["base"] == key and why_not_entry(one, year, day) is None
    ]
    nameless = [one for one in entries if not one.get("companies")]
    whole, without = _ledger(base, entries), _ledger(base, nameless)
    since = base.get("operating_since")
    staff = [one for one in made["staff_members"] if one["base"] == key]
    return Facts(
        as_of=day,
        operating_since=since.date() if since else None,
        tenants=len(tenants),
        people=sum(one.get("people") or 0 for one in tenants),
        staff=sum(is_full_time_on(one, day) for one in staff) if staff else base.get("service_staff") or 0,
        staff_listed=bool(staff),
        staff_typed=base.get("service_staff"),
        partners=partners,
        company_times=whole.company_times,
        low_fee_company_times=whole.low_fee_company_times,
        functions=whole.functions,
        satisfied=whole.satisfied,
        answered=whole.answered,
        nameless=replace(
            without,
            functions={
                function: {
                    figure: amount for figure, amount in figures.items() if figure is not Figure.ONLINE
                }
                for function, figures in without.functions.items()
            },
        ),
        registration=_registration(base),
        conditions={
            condition: Check(CheckState(item["state"]), bool(item["remark"] or item["files"]))  # type: ignore[call-arg]
            for checklist in made["checklists"]
            if checklist["base"] == key and checklist["year"] == year
            for condition in Condition
            if (item := checklist["items"].get(condition.value))
        },
    )


def _registration(base: dict[str, Any]) -> Registration:
    place = base.get("registered_place") or ""
    confirmed = base.get("registration_in_city") if place == (base.get("registration_place") or "") else None
    return Registration(base["uscc"], place, confirmed)


def _ledger(base: Any, entries: list[Any]) -> LedgerFacts:
    return LedgerFacts(
        entries=len(entries),
        company_times=sum(one.get("company_times") or 0 for one in entries),
        low_fee_company_times=sum(
            one.get("company_times") or 0 for one in entries if one.get("fee_kind") in ("free", "low")
        ),
        satisfied=sum(one.get("satisfaction") in ("very-good", "good") for one in entries),
        answered=sum(bool(one.get("satisfaction")) for one in entries),
        functions={
            function: {figure: _figure(base, entries, function, figure) for figure in figures}
            for function, figures in FIGURES.items()
        },
    )


def _figure(base: Any, entries: list[Any], function: ServiceFunction, figure: Figure) -> int:
    own = [one for one in entries if one["function"] == function.value]
    match figure:
        case Figure.ONLINE:
            return int(base.get("online_system") is True)
        case Figure.COMPANY_TIMES:
            return sum(one.get("company_times") or 0 for one in own)
        case Figure.OFFLINE_COMPANY_TIMES:
            return sum(one.get("company_times") or 0 for one in own if one.get("mode") == "offline")
        case Figure.PERSON_TIMES:
            return sum(one.get("person_times") or 0 for one in own)
        case _:
            wanted = {activity.value for activity in ACTIVITIES[(function, figure)]}
            return sum(one.get("activity") in wanted for one in own)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("facts", [facts_of, counted_facts_of])
def test_every_base_is_counted_as_a_plain_count_would(db, office, seed, year, facts):
    made = fill(db, seed)
    found = {one.base["_id"]: one.facts for one in facts(year, today=TODAY, actor=office.city)}
    assert found == {base["_id"]: plain_count(made, base, year) for base in made["bases"]}


@pytest.mark.parametrize("seed", range(3))
def test_one_base_through_the_years_agrees_with_all_bases_at_once(db, office, seed):
    made = fill(db, seed)
    for base in made["bases"]:
        years = years_of_base(base, today=TODAY, actor=office.city)
        for year in YEARS:
            assert years.facts(year) == plain_count(made, base, year)


@pytest.mark.parametrize("seed", range(8))
def test_adding_a_counted_entry_never_lowers_a_figure(db, office, seed):
    made, dice = fill(db, seed, bases=1, each=20), random.Random(seed)
    [base] = made["bases"]
    [before] = counted_facts_of(2025, today=TODAY, actor=office.city)
    db["ledger_entries"].insert_one(
        {
            "base": base["_id"], "county": base["county"], "status": "submitted",
            "served_on": stored_day(date(2025, 6, 1)),
            "function": dice.choice(list(ServiceFunction)).value, "activity": _some(dice, ActivityType),
            "mode": _some(dice, ServiceMode), "fee_kind": _some(dice, FeeKind), "company_times": dice.randrange(5),
            "person_times": dice.randrange(50),
        }
    )  # fmt: skip
    [after] = counted_facts_of(2025, today=TODAY, actor=office.city)
    assert after.facts.company_times >= before.facts.company_times
    assert after.facts.low_fee_company_times >= before.facts.low_fee_company_times
    for function, figures in FIGURES.items():
        for figure in figures:
            assert after.facts.figure(function, figure) >= before.facts.figure(function, figure)


def test_a_county_clerk_has_the_own_countys_bases_with_the_same_figures(db, office):
    fill(db, 1)
    whole = {one.base["_id"]: one for one in facts_of(2025, today=TODAY, actor=office.city)}
    own = facts_of(2025, today=TODAY, actor=office.shen)
    assert own
    assert {one.base["county"] for one in own} == {"371522"}
    assert all(whole[one.base["_id"]] == one for one in own)
    assert len(own) == sum(one.base["county"] == "371522" for one in whole.values())


class _Commands(CommandListener):
    """Counts what is sent while it is told to."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.listening = False

    def started(self, event: CommandStartedEvent) -> None:
        if self.listening:
            self.sent.append(event.command_name)

    def succeeded(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...


@contextmanager
def counted_commands(db: Any) -> Iterator[list[str]]:
    """Give the commands that the connection sends meanwhile."""
    listeners = db.client.options.event_listeners or []
    found = next((one for one in listeners if isinstance(one, _Commands)), None)
    if found is None:
        found = _Commands()
        # The client publishes to the listeners it was made with; ours joins them.
        publisher = db.client._event_listeners
        publisher._EventListeners__command_listeners.append(found)
        publisher._EventListeners__enabled_for_commands = True
    found.sent.clear()
    found.listening = True
    try:
        yield found.sent
    finally:
        found.listening = False


@pytest.mark.parametrize("bases", [1, 300])
def test_any_number_of_bases_takes_five_commands(db, office, bases):
    fill(db, 5, bases=bases, each=4)
    with counted_commands(db) as sent:
        found = assess_bases(2026, CITY_2021, today=TODAY, actor=office.city)
    assert len(found) == bases
    assert [name for name in sent if name != "getMore"] == ["find", "aggregate", "aggregate", "find", "find"]


def test_the_years_of_one_base_take_five_commands(db, office):
    made = fill(db, 6)
    with counted_commands(db) as sent:
        years_of_base(made["bases"][0], today=TODAY, actor=office.city)
    assert [name for name in sent if name != "getMore"] == ["find", "find", "find", "aggregate", "find"]
