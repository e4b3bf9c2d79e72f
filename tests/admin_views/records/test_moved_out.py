"""A company that moved out on no known day: the base's page and the assessment count alike, and count it no more."""

import re

import pytest

from services.assessment.assess import counted_facts_of, facts_of
from services.assessment.kept_figures import differences, rebuild_figures
from tests.page_reader import text_of
from tests.sample_office import MADE_AT

TODAY = MADE_AT.date()
WITHOUT_FIGURES = 1  # a tenant whose size nobody knows: on the page, and not counted


def tenants_on_page(browser, base):
    head = text_of(browser.get(f"/admin/bases/details/?id={base}").text)
    found = re.search(r"现有入驻企业 ?([\d,]+)", head)
    assert found
    return int(found.group(1)) - WITHOUT_FIGURES


def assessed(office, facts):
    made = facts(TODAY.year, today=TODAY, actor=office.actor("guan"))
    return next(each.facts.tenants for each in made if each.base["_id"] == office.guan.base)


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({}, 2),
        ({"status": "moved_out"}, 1),  # as it was set in bulk, without a day
        ({"status": "moved_out", "moved_out": MADE_AT.replace(year=2027)}, 2),  # not yet
        ({"moved_out": MADE_AT.replace(year=2025)}, 1),  # gone, whatever its status says
    ],
)
def test_the_page_of_a_base_and_its_assessment_agree_on_who_has_left(sign_in, office, change, count):
    guan = sign_in("guan")
    if change:
        office.db["tenant_companies"].update_one({"_id": office.guan.company}, {"$set": change})
        rebuild_figures(now=MADE_AT)
    assert tenants_on_page(guan, office.guan.base) == count
    assert assessed(office, facts_of) == assessed(office, counted_facts_of) == count
    assert not list(differences())


def test_what_is_kept_follows_a_status_that_is_set_without_a_day(sign_in, office):
    guan = sign_in("guan")
    company = office.one("tenant_companies", office.guan.company)
    kept = {"action": "status", "value-status": "moved_out", "id": f"{company['_id']}.{company['version']}"}
    guan.send("/admin/tenant-companies/action/", kept)
    counted = 2 - (office.one("tenant_companies", company["_id"])["status"] == "moved_out")
    assert tenants_on_page(guan, office.guan.base) == counted
    assert assessed(office, facts_of) == counted
    assert not list(differences())
