"""What other figures would turn: who, by what, how many by one figure alone; within the actor's scope."""

from dataclasses import replace
from datetime import date

import pytest
from bson import ObjectId

from rules.assessment.indicators import Facts
from rules.errors import NotAllowed
from rules.rule_sets.measure_lines import with_figures
from rules.rule_sets.measures import CITY_2021
from services.assessment.assess import BaseFacts
from services.assessment.what_if import BaseCounts, compare, try_out

GUAN, SHEN = "371525", "371522"
ENOUGH = Facts(
    as_of=date(2025, 12, 31), operating_since=date(2020, 1, 1), tenants=25, people=400, staff=6, partners=4,
    company_times=100, low_fee_company_times=20, functions=CITY_2021.functions,
)  # fmt: skip
STRICTER = with_figures(CITY_2021, {"tenants": 30})


def facts(name, county=GUAN, **changed):
    base = {"_id": ObjectId(), "name": name, "county": county}
    return BaseFacts(base, replace(ENOUGH, **changed))


BASES = [
    facts("恰好"),
    facts("宽裕", SHEN, tenants=30),
    facts("缺伙伴", partners=3),
    facts("缺两样", SHEN, partners=3, tenants=24),
]


def names(found):
    return [one.base["name"] for one in found]


def failing(found, key):
    return next(one for one in found.lines if one.line.key == key)


def test_a_stricter_figure_turns_who_lies_between():
    found = compare(BASES, CITY_2021, STRICTER, [SHEN, GUAN])
    assert names(found.newly_failing) == ["恰好"]
    assert found.newly_passing == []
    assert found.total == BaseCounts(4, 2, 1, 1, 0)
    ((before, after),) = found.newly_failing[0].turned
    assert (before.key, before.met, after.met, after.missing) == ("tenants", True, False, 5)


def test_a_looser_figure_lets_pass_who_failed_by_it_alone():
    found = compare(BASES, CITY_2021, with_figures(CITY_2021, {"partners": 3}), [SHEN, GUAN])
    assert names(found.newly_passing) == ["缺伙伴"]
    assert found.total == BaseCounts(4, 2, 3, 0, 1)


def test_the_counties_stand_in_the_offices_order_with_their_own_counts():
    found = compare(BASES, CITY_2021, STRICTER, [SHEN, GUAN])
    assert list(found.counties.items()) == [
        (SHEN, BaseCounts(2, 1, 1, 0, 0)),
        (GUAN, BaseCounts(2, 1, 0, 1, 0)),
    ]


def test_how_many_fail_each_figure_and_by_it_alone():
    found = compare(BASES, CITY_2021, STRICTER, [])
    tenants, partners = failing(found, "tenants"), failing(found, "partners")
    assert (tenants.before, tenants.after, tenants.alone_before, tenants.alone_after) == (1, 3, 0, 1)
    assert (partners.before, partners.after, partners.alone_before, partners.alone_after) == (2, 2, 1, 0)
    assert tenants.values == (24, 25, 25, 30)


def test_a_functions_figure_turns_a_base_through_the_functions():
    three = {function: CITY_2021.functions[function] for function in list(CITY_2021.functions)[:4]}
    bases = [facts("四项", functions=three)]
    found = compare(bases, CITY_2021, with_figures(CITY_2021, {"training.person_times": 400}), [])
    ((before, after),) = found.newly_failing[0].turned
    assert (before.actual, after.actual, after.key) == (4, 3, "functions")
    line = failing(found, "training.person_times")
    assert (line.before, line.after, line.alone_before) == (0, 1, None)
    assert failing(found, "functions_required").values == (3,)


def test_the_nearest_to_meeting_it_all_stand_first_in_their_county():
    bases = [facts("远", tenants=26), facts("近", tenants=29), facts("别县", SHEN, tenants=28)]
    found = compare(bases, CITY_2021, STRICTER, [SHEN, GUAN])
    assert names(found.newly_failing) == ["别县", "近", "远"]


def test_the_same_rule_set_turns_nobody():
    found = compare(BASES, CITY_2021, CITY_2021, [])
    assert found.newly_failing == found.newly_passing == []
    assert all(one.before == one.after for one in found.lines)


def test_no_base_at_all_is_no_error():
    assert compare([], CITY_2021, STRICTER, []).total == BaseCounts(0, 0, 0, 0, 0)


def test_the_records_are_tried_in_scope_and_by_state(office):
    office.base("甲", GUAN)
    office.base(
        "乙", SHEN, status="certified", announced_on=date(2023, 1, 1), document_number="聊工信发〔2023〕1号"
    )
    known = {"today": office.now.date(), "counties": [SHEN, GUAN]}
    found = try_out(CITY_2021, STRICTER, 2025, actor=office.city, **known)
    assert names(found.bases) == ["甲", "乙"]
    found = try_out(CITY_2021, STRICTER, 2025, actor=office.city, certified_only=True, **known)
    assert names(found.bases) == ["乙"]
    with pytest.raises(NotAllowed):
        try_out(CITY_2021, STRICTER, 2025, actor=office.guan, **known)
