"""The shipped rule sets figure by figure, and that nothing of the rules can be changed once it is made."""

import dataclasses
import importlib
from datetime import date
from pathlib import Path

import pytest

from rules.choices import ServiceFunction
from rules.measures import CITY_2021, NATION_2016, SHIPPED, DecidedUnder, Figure, Level, Measures

ROOT = Path(__file__).resolve().parents[2]
F, S = Figure, ServiceFunction
_NAMED = {
    "years_operated", "tenants", "people", "staff", "partners", "low_fee_percent", "functions_required",
    "years_of_validity", "notice_working_days", "change_filing_working_days", "base_summary_by", "county_summary_by",
    "case_characters",
}  # fmt: skip


def figures(measures: Measures) -> dict[str, object]:
    return {key: getattr(measures, key) for key in _NAMED}


def test_the_city_rule_set_says_what_the_measures_of_2021_say():
    assert figures(CITY_2021) == {
        "years_operated": 1, "tenants": 25, "people": 400, "staff": 6, "partners": 4, "low_fee_percent": 20,
        "functions_required": 4, "years_of_validity": 5, "notice_working_days": 5, "change_filing_working_days": 10,
        "base_summary_by": (1, 10), "county_summary_by": (1, 20), "case_characters": 3000,
    }  # fmt: skip
    assert CITY_2021.functions == {
        S.INFORMATION: {F.ONLINE: 1, F.OFFLINE_COMPANY_TIMES: 40, F.ACTIVITIES: 4},
        S.START_UP: {F.COMPANY_TIMES: 10},
        S.INNOVATION: {F.MEETINGS: 4},
        S.TRAINING: {F.PERSON_TIMES: 300},
        S.MARKETING: {F.EXHIBITIONS: 1, F.MATCHMAKING: 1},
        S.FINANCING: {F.COMPANY_TIMES: 20, F.MEETINGS: 2},
        S.CONSULTING: {F.COMPANY_TIMES: 20},
        S.PROFESSIONAL: {F.COMPANY_TIMES: 20},
    }
    assert (CITY_2021.first_day, CITY_2021.last_day) == (date(2021, 12, 4), date(2026, 12, 3))
    assert (CITY_2021.level, CITY_2021.superseded) == (Level.CITY, False)


def test_the_national_rule_set_says_what_that_of_2016_says_and_that_it_is_likely_superseded():
    assert figures(NATION_2016) | {"case_characters": 3000} == figures(CITY_2021) | {
        "years_operated": 3, "tenants": 80, "people": 1500, "staff": 10, "partners": 5,
    }  # fmt: skip
    assert NATION_2016.functions == {
        S.INFORMATION: {F.ONLINE: 1, F.OFFLINE_COMPANY_TIMES: 100, F.ACTIVITIES: 6},
        S.START_UP: {F.COMPANY_TIMES: 50},
        S.INNOVATION: {F.MEETINGS: 6},
        S.TRAINING: {F.PERSON_TIMES: 300},
        S.MARKETING: {F.EXHIBITIONS: 2, F.MATCHMAKING: 2},
        S.FINANCING: {F.COMPANY_TIMES: 50, F.MEETINGS: 4},
        S.CONSULTING: {F.COMPANY_TIMES: 20},
        S.PROFESSIONAL: {F.COMPANY_TIMES: 20},
    }
    assert (NATION_2016.first_day, NATION_2016.last_day) == (date(2016, 7, 1), None)
    assert (NATION_2016.level, NATION_2016.superseded) == (Level.NATION, True)
    assert SHIPPED == (CITY_2021, NATION_2016)


def test_what_the_measures_leave_open_is_decided_as_the_domain_page_says():
    assert {
        key: getattr(CITY_2021, key)
        for key in (
            "registered_in_city", "notice_may_be_shorter", "failing_may_be_announced", "second_renewal_try",
            "renewal_follows_term", "entries_without_company_count", "begins_after_end", "satisfaction_percent",
            "applications_begun_before", "terms_begun_before", "cases_begun_before",
        )
    } == {
        "registered_in_city": True, "notice_may_be_shorter": False, "failing_may_be_announced": False,
        "second_renewal_try": False, "renewal_follows_term": True, "entries_without_company_count": True,
        "begins_after_end": False, "satisfaction_percent": 60, "applications_begun_before": DecidedUnder.EARLIER,
        "terms_begun_before": DecidedUnder.EARLIER, "cases_begun_before": DecidedUnder.EARLIER,
    }  # fmt: skip


@pytest.mark.parametrize("room", ["rules", "schema"])
def test_nothing_of_the_rules_and_declarations_changes_once_it_is_made(room: str) -> None:
    changeable = []
    for path in sorted((ROOT / room).glob("*.py")):
        module = importlib.import_module(f"{room}.{path.stem}") if path.stem != "__init__" else None
        for name, value in vars(module).items() if module else ():
            own = isinstance(value, type) and value.__module__ == f"{room}.{path.stem}"
            if own and dataclasses.is_dataclass(value) and not value.__dataclass_params__.frozen:
                changeable.append(f"{path.name}: {name}")
    assert changeable == []
