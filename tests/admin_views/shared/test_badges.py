"""The menu says how much waits, from the kept counters, and asks the database nothing more for it."""

import re

import pytest

from documents.indexes import build_indexes
from rules.waiting import STATE_KEYS, states_waiting
from tests.office_with_cases import with_cases
from tests.office_with_reports import with_reports
from tests.office_with_round import with_round


@pytest.fixture
def office_with():
    return with_round, with_reports, with_cases


def badges(browser) -> dict[str, str]:
    page = browser.get("/admin/settings/").text
    found = re.findall(r'<a href="([^"]+)"[^>]*title="[^"]*"><svg.*?</svg><span>[^<]*</span>(.*?)</a>', page)
    return {
        url: count[1] for url, rest in found if (count := re.search(r'<b class="waits"[^>]*>([^<]*)<', rest))
    }


def expected(office, name: str) -> dict[str, int]:
    """Count what waits anew."""
    city = office.actor(name).county is None
    scope = {} if city else {"county": office.actor(name).county}
    return {
        procedure: office.db[procedure].count_documents(
            {key: {"$in": list(states_waiting(procedure, city=city))}, **scope}
        )
        for procedure, key in STATE_KEYS.items()
    }


@pytest.mark.parametrize("name", ["city", "shen", "guan", "reader"])
def test_the_menu_says_how_much_waits_for_who_is_signed_in(office, sign_in, name):
    waits = expected(office, name)
    shown = badges(sign_in(name))
    assert sum(waits.values()) > 0 or name == "guan"
    assert shown.pop("/admin/", "0") == str(sum(waits.values()))
    places = {
        "applications": "/admin/applications/", "objections": "/admin/publication/",
        "change_filings": "/admin/change-filings/", "decisions": "/admin/revocation/",
    }  # fmt: skip
    assert shown == {places[one]: str(count) for one, count in waits.items() if count}


def test_an_office_that_was_not_counted_yet_is_counted_at_the_start(office):
    kept = {one: office.db["tallies"].find_one({"_id": one}) for one in STATE_KEYS}
    office.db["tallies"].delete_many({"_id": {"$in": list(STATE_KEYS)}})
    build_indexes()
    for one, before in kept.items():
        after = office.db["tallies"].find_one({"_id": one})
        assert after["total"] == (before or {}).get("total", 0)
        for status, count in after["statuses"].items():
            assert before["statuses"][status]["total"] == count["total"]
