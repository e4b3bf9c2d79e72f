"""Values over the records that refer to one: stored with each write that changes them, in its transaction."""

import pytest

from services.records.records import create, delete, update
from tests.admin_views.definitions.test_computed_fields import (
    COMPANIES,
    FIELDS,
    _indexes_as_before,
    add,
    company,
    follow,
    read_form,
    stored,
)
from tests.page_reader import ids
from tests.sample_office import MADE_AT, cells

fresh_indexes = _indexes_as_before
COUNT, SUM = "own_computed_fuwucishu", "own_computed_fuwurenshu"


@pytest.fixture
def boss(office, sign_in):
    return sign_in("boss")


@pytest.fixture
def city(office, sign_in):
    return sign_in("city")


def entry(office, made, **values):
    whole = {
        "base": office.shen.base, "served_on": MADE_AT.date(), "function": "law", "activity": "single",
        "person_times": 3, "companies": [{"name": made["name"]}], **values,
    }  # fmt: skip
    whole = {key: value for key, value in whole.items() if value is not None}
    sample = office.db["ledger_entries"].find_one({"base": office.shen.base})
    whole |= {key: sample[key] for key in ("function", "activity") if key in sample}
    record = create("ledger_entries", whole, actor=office.actor("city"), now=MADE_AT)
    return record


def test_a_ledger_write_moves_the_values_of_its_companies_in_the_same_transaction(office, boss, city):
    made, other = company(city, office, 72), company(city, office, 73)
    first = entry(office, made)
    add(boss, "服务次数", "计数(服务台账)", filtered="y", listed="y")
    add(boss, "服务人数", "合计(服务台账.服务人数, 服务人数 > 1)")
    follow()
    assert (stored(office, made)[COUNT], stored(office, made)[SUM]) == (1, 3)
    assert (stored(office, other)[COUNT], stored(office, other)[SUM]) == (0, 0)
    version = stored(office, made)["version"]
    second = entry(office, made, person_times=5)
    assert (stored(office, made)[COUNT], stored(office, made)[SUM]) == (2, 8)
    assert stored(office, made)["version"] == version, "a copy is nothing that a clerk could have typed over"
    actor = office.actor("city")
    values = {"companies": [{"name": other["name"]}]}
    update("ledger_entries", second, values, version=1, actor=actor, now=MADE_AT)
    assert [stored(office, one)[COUNT] for one in (made, other)] == [1, 1]
    delete("ledger_entries", first, version=1, actor=actor, now=MADE_AT)
    assert [stored(office, one)[COUNT] for one in (made, other)] == [0, 1]
    assert ids(city.get(f"{COMPANIES}?sort=-{COUNT}&search=燕塔精密").text)[0] == str(other["_id"])
    rows = cells(city.get(f"{COMPANIES}export/xlsx/?search=燕塔精密"))
    assert any("服务次数" in row for row in rows)
    assert company(city, office, 74)[COUNT] == 0, "a new one has none"


def test_a_value_that_reads_such_a_value_follows_it_and_it_is_tried_before_it_is_saved(office, boss, city):
    made = company(city, office, 72, people="4")
    add(boss, "服务次数", "计数(服务台账)")
    add(boss, "每人次数", "服务次数 / 从业人员")
    entry(office, made)
    assert stored(office, made)["own_computed_meirencishu"] == 0.25
    tried = boss.get(
        f"{FIELDS}tenant-companies/formula/", query_string={"formula": "计数(服务台账) + 1"}
    ).text
    assert "计数(服务台账) + 1" in tried and ">2<" in tried


def test_what_another_county_has_is_not_counted(office, boss, city):
    made = company(city, office, 72)
    add(boss, "服务次数", "计数(服务台账)")
    entry(office, made)
    # An entry that an earlier base of the company in another county keeps.
    raw = office.db["ledger_entries"].find_one({"companies.company": made["_id"]})
    office.db["ledger_entries"].insert_one(
        {**raw, "_id": office.guan.base, "county": "371525", "number": "x"}
    )
    office.db["tenant_companies"].update_one({"_id": made["_id"]}, {"$unset": {COUNT: ""}})
    entry(office, made)
    assert stored(office, made)[COUNT] == 2


def test_partners_of_several_counties_keep_no_value_over_other_records(office, boss):
    answer = add(boss, "服务次数", "计数(服务台账)", expect=422, slug="service-partners")
    assert "从列表中选择" in answer.text
    assert read_form(answer.text)["formula"] == "计数(服务台账)"
