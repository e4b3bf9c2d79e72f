"""The quality of the ledgers as clerks of the city and of a county read it."""

from datetime import date

import pytest
import time_machine

from tests.sample_office import MARK, SHEN, cells


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(date(2026, 11, 24), tick=True):
        yield


def test_the_quality_page_counts_each_base_and_leads_to_its_entries(sign_in, office):
    city = sign_in("city")
    page = city.get("/admin/ledger-quality/?year=2026").text
    assert "清泉创业园" in page
    address = f"/admin/ledger-quality/?year=2026&base={office.guan.base}&fault=no-place"
    assert address.replace("&", "&amp;") in page
    shown = city.get(address).text
    assert f"details/?id={office.guan.draft}" in shown
    assert f"details/?id={office.guan.entry}" not in shown


def test_the_months_show_a_hole_in_words(sign_in, office):
    city = sign_in("city")
    for query in (
        "year=2026&view=months",
        f"year=2026&view=months&base={office.guan.base}",
        "year=2026&view=months&function=training",
    ):
        page = city.get(f"/admin/ledger-quality/?{query}").text
        assert 'hole">无<' in page
        assert "served_on_from=2026-02-01" in page


def test_a_county_clerk_sees_the_countys_ledgers_alone(sign_in, office):
    browser = sign_in("guan")
    for query in ("", f"?county={SHEN}", "?view=months"):
        page = browser.get(f"/admin/ledger-quality/{query}").text
        assert "清泉创业园" in page
        assert MARK not in page
    for path in ("", "export/"):
        assert browser.get(f"/admin/ledger-quality/{path}?base={office.shen.base}").status_code == 404
    assert MARK not in str(cells(browser.get(f"/admin/ledger-quality/export/?county={SHEN}")))


@pytest.mark.parametrize(
    "query",
    ["view=faults", "view=months", "base={base}", "base={base}&view=months", "base={base}&fault=no-file"],
)
def test_what_is_shown_is_exported(query, sign_in, office):
    answer = sign_in("city").get(
        "/admin/ledger-quality/export/?year=2026&" + query.format(base=office.guan.base)
    )
    assert answer.status_code == 200
    assert "清泉创业园" in str(cells(answer))


@pytest.mark.parametrize(
    "query", ["year=x", "year=1", "county=zz", "fault=zz", "view=zz", "function=zz", "page=99999"]
)
def test_a_strange_question_shows_the_page(query, sign_in, office):
    assert sign_in("city").get(f"/admin/ledger-quality/?{query}").status_code == 200
    assert sign_in("city").get(f"/admin/ledger-quality/?base={office.guan.base}&{query}").status_code == 200


def test_a_base_that_is_none_is_not_there(sign_in):
    assert sign_in("city").get("/admin/ledger-quality/?base=zz").status_code == 404
