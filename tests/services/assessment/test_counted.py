"""The records behind a figure: they add up to the assessment's own figure, and each other one has its reason."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rules.assessment.counting import NotCounted, NotInFigure, NotSatisfied
from rules.choices import ServiceFunction
from rules.rule_sets.measures import CITY_2021, Figure, Measures
from services.assessment.base_years import years_of_base
from services.assessment.counted import (
    LOW_FEE,
    PARTNERS,
    SATISFIED,
    SERVICES,
    SUBJECTS,
    TENANTS,
    SortedRecords,
    Subject,
    counted_records,
)
from tests.services.assessment.test_assess import TODAY, YEARS, fill

S, F = ServiceFunction, Figure


def figure_of(facts: Any, subject: Subject) -> int:
    """Return what the assessment says of a subject."""
    if subject.function and subject.figure:
        return facts.figure(subject.function, subject.figure)
    return {
        TENANTS: facts.tenants,
        PARTNERS: facts.partners,
        LOW_FEE: facts.low_fee_company_times,
        SERVICES: facts.company_times,
        SATISFIED: facts.satisfied,
    }[subject.code]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("measures", [CITY_2021, replace(CITY_2021, entries_without_company_count=False)])
def test_the_records_counted_add_up_to_the_figure_of_the_assessment(db, office, seed, year, measures):
    made = fill(db, seed, bases=3)
    for base in made["bases"]:
        years = years_of_base(base, today=TODAY, actor=office.city)
        facts, sides = years.facts(year).counted_under(measures), years.sides(year, measures)
        for code, subject in SUBJECTS.items():
            found = counted_records(base, subject, year, measures, today=TODAY, actor=office.city)
            assert found.figure == figure_of(facts, subject), code
            assert (len(found.counted), len(found.others)) == (sides[code].counted, sides[code].others), code
        tenants = counted_records(base, SUBJECTS[TENANTS], year, measures, today=TODAY, actor=office.city)
        assert tenants.people == facts.people


@pytest.mark.parametrize("seed", range(2))
def test_every_record_stands_on_one_side_and_every_other_one_has_a_reason(db, office, seed):
    made = fill(db, seed, bases=2)
    for base in made["bases"]:
        for code, subject in SUBJECTS.items():
            found = counted_records(base, subject, 2025, CITY_2021, today=TODAY, actor=office.city)
            sides = [{line.record["_id"] for line in side} for side in (found.counted, found.others)]
            assert not sides[0] & sides[1], code
            assert all(line.reason is not None for line in found.others), code
            assert all(line.reason is None for line in found.counted), code
            assert sum(found.reasons.values()) == len(found.others), code
            if code == SERVICES:
                every = {one["_id"] for one in made["ledger_entries"] if one["base"] == base["_id"]}
                assert sides[0] | sides[1] == every


def sorted_of(
    office: Any, base: Any, what: str, year: int = 2025, measures: Measures = CITY_2021
) -> SortedRecords:
    row = office.get("bases", base)
    return counted_records(row, SUBJECTS[what], year, measures, today=TODAY, actor=office.city)


@pytest.mark.parametrize(
    ("change", "what", "reason"),
    [
        ({"status": "draft"}, "information.activities", NotCounted.DRAFT),
        ({"served_on": None, "status": "draft"}, "information.activities", NotCounted.DRAFT),
        ({"served_on": date(2024, 12, 31)}, "information.activities", NotCounted.OTHER_YEAR),
        ({"activity": None}, "information.activities", NotInFigure.NO_ACTIVITY),
        ({"activity": "advice"}, "information.activities", NotInFigure.OTHER_ACTIVITY),
        ({"mode": "online"}, "information.offline_company_times", NotInFigure.NOT_ON_SITE),
        ({"mode": None}, "information.offline_company_times", NotInFigure.NO_MODE),
        ({"fee_kind": "market"}, "low-fee", NotInFigure.FULL_PRICE),
        ({"fee_kind": None}, "low-fee", NotInFigure.NO_FEE_KIND),
        ({"satisfaction": None}, "satisfaction", NotSatisfied.NO_ANSWER),
        ({"satisfaction": "fair"}, "satisfaction", NotSatisfied.DISSATISFIED),
        ({"satisfaction": "poor"}, "satisfaction", NotSatisfied.DISSATISFIED),
        ({"satisfaction": "very-good"}, "satisfaction", None),
        ({}, "satisfaction", None),
        ({}, "information.activities", None),
        ({}, "information.offline_company_times", None),
        ({}, "low-fee", None),
    ],
)
def test_an_entry_that_is_left_out_says_why(office, change, what, reason):
    base = office.base()
    given = {
        "function": "information", "activity": "service-event", "mode": "offline", "fee_kind": "free",
        "served_on": date(2025, 5, 6), "status": "submitted", "company_times": 3, "person_times": 9,
        "service_record": "已开展", "request": "政策咨询", "place": "会议室", "satisfaction": "good",
    }  # fmt: skip
    entry = office.entry(base, **{key: value for key, value in (given | change).items() if value is not None})
    found = sorted_of(office, base, what)
    lines = [*found.counted, *found.others]
    assert [(line.record["_id"], line.reason) for line in lines] == [(entry, reason)]


def test_an_entry_that_names_no_company_is_left_out_where_the_rule_set_says_so(office):
    base = office.base()
    given = {"served_on": date(2025, 5, 6), "status": "submitted", "person_times": 9, "request": "培训"}
    office.entry(base, **given)
    named = office.entry(base, **given, companies=[{"name": "甲"}])
    strict = replace(CITY_2021, entries_without_company_count=False)
    assert len(sorted_of(office, base, "training.person_times").counted) == 2
    found = sorted_of(office, base, "training.person_times", measures=strict)
    assert [line.record["_id"] for line in found.counted] == [named]
    assert [line.reason for line in found.others] == [NotCounted.NO_COMPANY]
    assert found.figure == 9


def test_a_partner_with_two_cooperations_is_counted_once_by_the_one_that_covers_the_day(office):
    base, other = office.base(), office.base()
    partner = office.partner(
        cooperations=[
            {"base": base, "first_day": date(2020, 1, 1), "last_day": date(2021, 1, 1)},
            {"base": base, "first_day": date(2025, 1, 1)},
            {"base": other, "first_day": date(2020, 1, 1)},
        ]
    )
    found = sorted_of(office, base, "partners")
    assert [line.record["_id"] for line in found.counted] == [partner]
    assert f"{found.counted[0].record['cooperation']['first_day']:%Y}" == "2025"
    assert not found.others
    earlier = sorted_of(office, base, "partners", 2023)
    assert [line.reason for line in earlier.others] == [NotCounted.NOT_YET]


def test_an_online_system_is_no_subject_of_records():
    assert f"{S.INFORMATION.value}.{F.ONLINE.value}" not in SUBJECTS
