"""The numbers of the rules in one table, and what holds where nothing is said: neither changes unseen."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from types import ModuleType
from typing import Any

import pytest

import rules

# By module: its limits, days (month and day) and other numbers. Lengths are in characters.
NUMBERS: dict[str, dict[str, Any]] = {
    "rules.applications": {"MOST_OPINION": 2000},
    "rules.assessment.ledger_quality": {"DRAFT_DAYS": 30},
    "rules.assessment.registration": {"MOST_BASIS": 500},
    "rules.counties": {"LONGEST_NAME": 30, "MOST_NAMES": 20, "LAST_PLACE": 999},
    "rules.innovations": {
        "MOST_INNOVATIONS": 10, "MOST_TITLE": 100, "MOST_DESCRIPTION": 1000,
        "PLACES": (1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    },
    "rules.requests.origin": {"AGENT_LENGTH": 200, "_ADDRESS_LENGTH": 64},
    "rules.papers": {"LONGEST_PREFIX": 12},
    "rules.personal_numbers": {
        "_CONTEXT": 12, "_WEIGHTS": (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2),  # GB 11643
    },
    "rules.publication": {"LONGEST_AHEAD": 60, "MOST_WORKING_DAYS": 60, "MOST_WHERE": 300},
    "rules.release": {"MOST_REASON": 200},
    "rules.rule_sets.measure_lines": {"_MOST": 1_000_000},
    "rules.rule_sets.measures": {"MOST_REASON": 500},
    "rules.rule_sets.succession.comparison": {
        "LEAST_LIKENESS": 0.5, "_ISLAND": 1, "MOST_SIGNS": 200_000, "_MOST_SHOWN": 60,
    },
    "rules.rule_sets.succession.headings": {"_SHORT": 16},
    "rules.rule_sets.succession.provisions": {"_SAME_ARTICLE": 0.15},
    "rules.scoring": {"FULL_WEIGHT": 100, "MOST_POINTS": 100},
    "rules.shortfalls": {"MOST_FAILING_REASON": 500},
    "rules.waiting": {
        "SOON_DAYS": 7, "NOTICE_DAYS": 3, "RETURN_DAYS": 3, "RULES_DAYS": 365, "SUMMARIES_FROM": (12, 15),
        "NEXT_CALENDAR_FROM": (11, 1), "LEDGER_FROM": (7, 1),
    },
    "rules.working_days": {"_LONGEST": 400},
}  # fmt: skip
# Numbers and yes or no that a class has where nothing is said.
_NO_ENTRIES = {"company_times": 0, "low_fee_company_times": 0, "satisfied": 0, "answered": 0}
DEFAULTS: dict[str, dict[str, Any]] = {
    "Applicant": {"failed_in_round": False},
    "OnSite": {"photos": 0},
    "Check": {"grounded": False},
    "LedgerFacts": {"entries": 0, **_NO_ENTRIES},
    "Facts": {"tenants": 0, "people": 0, "staff": 0, "staff_listed": False, "partners": 0, **_NO_ENTRIES},
    "Indicator": {"binding": True},
    "TitleFacts": {"renewal_open": False, "renewal_failed": False, "open_case": False},
    "CaseFacts": {"own_papers": 0},
    "Innovation": {"files": 0},
    "Submission": {"sealed": False},
    "PublishedElsewhere": {"evidence": 0},
    "AnnouncementCandidate": {
        "open_objections": 0, "late_objections": 0, "upheld_objections": 0, "rejected_objections": 0,
    },
    "MeasureLine": {"least": 0, "most": 1_000_000},
    "Measures": {
        "years_of_validity": 5, "notice_working_days": 5, "change_filing_working_days": 10, "superseded": False,
        "base_summary_by": (1, 10), "county_summary_by": (1, 20),
        "case_characters": 3000, "satisfaction_percent": 60, "registered_in_city": True,
        "notice_may_be_shorter": False, "failing_may_be_announced": False, "second_renewal_try": False,
        "renewal_follows_term": True, "entries_without_company_count": True, "begins_after_end": False,
    },
    "Dimension": {"of_innovations": False},
    "ScoreSheet": {"least_experts": 3, "drop_from": 5},
    "Term": {"held": True},
    "Title": {"renewal_open": False, "renewal_failed": False},
    "PapersHere": {"announcements": 0, "applications": 0, "cases": 0},
    "Task": {"count": 1, "worst": 0},
    "DueDay": {"provisional": False},
}  # fmt: skip


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def classes_of(package: ModuleType) -> Iterator[type]:
    for module in modules_of(package):
        for value in vars(module).values():
            if isinstance(value, type) and is_dataclass(value) and value.__module__ == module.__name__:
                yield value


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_of_the_rules_is_what_the_table_says(name: str) -> None:
    module = vars(importlib.import_module(name))
    assert {key: module[key] for key in NUMBERS[name]} == NUMBERS[name]


def test_what_holds_where_nothing_is_said_is_what_the_table_says() -> None:
    found = {
        each.__name__: {field.name: field.default for field in fields(each)} for each in classes_of(rules)
    }
    assert {name: {key: found[name][key] for key in keys} for name, keys in DEFAULTS.items()} == DEFAULTS
