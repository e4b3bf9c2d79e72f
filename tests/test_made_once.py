"""What tests make once: put back when it is asked for upon the same rows, made anew where something was written."""

import pytest

from documents.records.base import Base
from services.records import records
from tests.made_once import made_once
from tests.round_driver import CITY, OPENED, moment
from tests.sample_office import code

_runs: list[str] = []


@made_once
def _base(name: str) -> object:
    _runs.append(name)
    values = {"name": name, "operator": "园区公司", "uscc": code(4_000_000 + len(_runs)), "county": "371525"}
    return records.create("bases", values, actor=CITY, now=moment(OPENED))


def _rows(db):
    return {
        name: list(db[name].find({}).sort("_id", 1))
        for name in ("bases", "audit_entries", "audit_head", "tallies")
    }


@pytest.fixture
def first(office, db):
    """Make a base, for the first time or again, and give its id with the rows then."""
    made = _base("甲园")
    return made, _rows(db)


_seen = []


@pytest.mark.parametrize("turn", [1, 2])
def test_the_same_upon_the_same_rows_is_put_back(turn, first):
    _seen.append(first)
    assert all(one == first for one in _seen)
    assert _runs.count("甲园") == 1


def test_what_is_made_upon_it_is_made_once_too(office, db):
    for _ in range(2):
        office.reset()
        _base("甲园"), _base("乙园")
    assert _runs.count("乙园") == 1
    assert {"甲园", "乙园"} <= {raw["name"] for raw in Base.collection().find()}


def test_after_another_write_it_is_made_anew(office, db):
    _base("丙园")
    office.reset()
    db["bases"].update_one({"_id": office.guan.base}, {"$set": {"notes": "别的"}})
    _base("丙园")
    assert _runs.count("丙园") == 2
    assert office.one("bases", office.guan.base)["notes"] == "别的"


def test_signing_in_is_no_other_write(office, sign_in, db):
    _base("丁园")
    office.reset()
    browser = sign_in("city")
    base = _base("丁园")
    assert _runs.count("丁园") == 1
    assert browser.get(f"/admin/bases/details/?id={base}").status_code == 200
