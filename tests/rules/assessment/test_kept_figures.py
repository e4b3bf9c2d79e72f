"""What one record adds to the kept figures: each figure by its key, and from which day."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from rules.assessment import kept_figures
from rules.assessment.kept_figures import (
    counted_amounts,
    counted_day,
    counted_parts,
    counted_words,
    fault_key,
    figure_key,
    function_key,
    meaning,
    moves_of_company,
    quality_amounts,
    steps_of_company,
)
from rules.assessment.ledger_quality import Fault
from rules.choices import ServiceFunction
from rules.rule_sets.measures import Figure

S, F = ServiceFunction, Figure
DAY = date(2025, 6, 1)


@pytest.mark.parametrize(
    ("entry", "amounts"),
    [
        ({}, {"entries": 1}),
        ({"company_times": 3}, {"entries": 1, "company_times": 3}),
        ({"company_times": 3, "fee_kind": "low"}, {"entries": 1, "company_times": 3, "low_fee_company_times": 3}),
        ({"company_times": 3, "fee_kind": "market"}, {"entries": 1, "company_times": 3}),
        ({"satisfaction": "good"}, {"entries": 1, "answered": 1, "satisfied": 1}),
        ({"satisfaction": "poor"}, {"entries": 1, "answered": 1}),
        (
            {"function": "training", "company_times": 2, "person_times": 40},
            {"entries": 1, "company_times": 2, "functions/training": 1, "figures/training/person_times": 40},
        ),
        (
            {"function": "information", "company_times": 2, "mode": "offline", "activity": "service-event"},
            {
                "entries": 1, "company_times": 2, "functions/information": 1,
                "figures/information/offline_company_times": 2, "figures/information/activities": 1,
            },
        ),
        (
            {"function": "information", "company_times": 2, "mode": "online", "activity": "advice"},
            {"entries": 1, "company_times": 2, "functions/information": 1},
        ),
        ({"function": "of-an-office"}, {"entries": 1}),
    ],
)  # fmt: skip
def test_what_a_counted_entry_adds(entry: dict[str, Any], amounts: dict[str, int]) -> None:
    assert counted_amounts(entry) == amounts


def test_the_keys_of_figures() -> None:
    assert function_key(S.TRAINING) == "functions/training"
    assert figure_key(S.TRAINING, F.PERSON_TIMES) == "figures/training/person_times"
    assert fault_key(Fault.NO_PLACE) == "faults.no-place"


@pytest.mark.parametrize(
    ("entry", "day"),
    [
        ({"status": "submitted", "served_on": DAY}, DAY),
        ({"status": "verified", "served_on": datetime(2025, 6, 1, 23, tzinfo=UTC)}, DAY),
        ({"status": "draft", "served_on": DAY}, None),
        ({"status": "submitted"}, None),
    ],
)
def test_on_which_day_an_entry_counts(entry: dict[str, Any], day: date | None) -> None:
    assert counted_day(entry) == day


def test_an_entry_that_names_no_company_is_added_to_both_parts() -> None:
    assert counted_parts({}) == ("all", "nameless")
    assert counted_parts({"companies": [{"name": "甲"}]}) == ("all",)


def test_each_lasting_fault_of_an_entry_adds_one() -> None:
    whole = {
        "request": "诉求", "service_record": "记录", "served_on": DAY, "place": "厅", "companies": [{"name": "甲"}],
        "company_times": 1, "person_times": 1, "feedback": "好",
    }  # fmt: skip
    assert quality_amounts(whole) == {"entries": 1}
    assert quality_amounts(whole | {"place": "", "feedback": None}) == {
        "entries": 1, "faults.no-place": 1, "faults.no-feedback": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("company", "steps"),
    [
        ({"moved_in": DAY, "size": "small", "people": 7}, ((DAY, {"tenants": 1, "people": 7}),)),
        ({"moved_in": DAY, "size": "micro"}, ((DAY, {"tenants": 1}),)),
        (
            {"moved_in": DAY, "size": "micro", "people": 7, "moved_out": datetime(2025, 9, 1, tzinfo=UTC)},
            ((DAY, {"tenants": 1, "people": 7}), (date(2025, 9, 1), {"tenants": -1, "people": -7})),
        ),
        (
            {"moved_in": DAY, "size": "micro", "people": 7, "moved_out": date(2025, 5, 1)},
            ((DAY, {"tenants": 1, "people": 7}), (DAY, {"tenants": -1, "people": -7})),
        ),
        (
            {"moved_in": DAY, "size": "micro", "people": 0, "moved_out": DAY},
            ((DAY, {"tenants": 1}), (DAY, {"tenants": -1})),
        ),
        ({"moved_in": DAY, "size": "medium", "people": 7}, ()),
        ({"moved_in": DAY, "people": 7}, ()),
        ({"moved_in": DAY, "size": "small", "status": "moved_out"}, ()),  # on no known day
        ({"moved_in": DAY, "size": "small", "status": "housed"}, ((DAY, {"tenants": 1}),)),
        ({"size": "small", "people": 7}, ()),
    ],
)
def test_from_which_day_a_company_is_counted(company: dict[str, Any], steps: tuple[Any, ...]) -> None:
    assert steps_of_company(company) == steps


def test_figures_of_another_meaning_are_told_from_these(monkeypatch: pytest.MonkeyPatch) -> None:
    now = meaning()
    assert (meaning(), len(now)) == (now, 64)
    for name, other in (
        ("_SHAPE", 99),
        ("LOW_FEES", ()),
        ("SATISFIED", ()),
        ("COUNTED_SIZES", ()),
        ("SAME", ()),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(kept_figures, name, other)
            assert meaning() != now, name


@pytest.mark.parametrize(
    ("entry", "keys"),
    [
        ({}, ("fees.06.none",)),
        ({"fee_kind": "free"}, ("fees.06.free",)),
        ({"fee_kind": "low", "satisfaction": "poor"}, ("fees.06.low", "answers.06.poor")),
    ],
)
def test_an_entry_is_one_more_of_its_fee_and_its_answer(entry: dict[str, Any], keys: tuple[str, ...]) -> None:
    assert counted_words(entry, DAY) == keys


@pytest.mark.parametrize(
    ("company", "keys"),
    [
        ({}, ()),
        ({"moved_in": DAY}, ("moved_in.2025.none",)),
        ({"moved_in": DAY, "industry": "retail", "size": "large"}, ("moved_in.2025.retail",)),
        (
            {"moved_in": DAY, "moved_out": datetime(2026, 1, 1, tzinfo=UTC), "industry": "post"},
            ("moved_in.2025.post", "moved_out.2026.post"),
        ),
        ({"moved_out": DAY}, ("moved_out.2025.none",)),
    ],
)
def test_a_company_of_any_size_is_one_more_of_each_move(
    company: dict[str, Any], keys: tuple[str, ...]
) -> None:
    assert moves_of_company(company) == keys
