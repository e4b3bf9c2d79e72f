"""The list of applications and its workbook, in the scope of whoever looks."""

from datetime import date

import pytest
from bson import ObjectId

from rules.applications import Stage
from tests import round_driver as driver
from tests.admin_views.applications.application_pages import HOME, at
from tests.page_reader import names, pills, rows
from tests.sample_office import MARK, cells

pytestmark = pytest.mark.usefixtures("travel")


def test_an_office_without_rounds_says_what_to_do_first(office, sign_in):
    page = sign_in("guan").get(HOME).text
    assert 'class="empty"' in page
    assert "/admin/rounds/" in page


def test_the_list_shows_stage_county_and_days_waiting(office, sign_in, round_id, travel):
    driver.drive(office.guan.spare, round_id, to=Stage.SUBMITTED)
    driver.drive(office.shen.spare, round_id, to=Stage.RECOMMENDED)
    travel(date(2026, 3, 10))
    page = sign_in("city").get(HOME).text
    assert sorted(names(page)) == sorted(["清泉孵化器", f"{MARK}孵化器"])
    (guan,) = [row for row in rows(page) if row[0] == "清泉孵化器"]
    assert guan[4] == "7"
    assert {pill.label: pill.count for pill in pills(page)}["冠县"] == 1
    assert names(sign_in("city").get(HOME + "?stage=recommended").text) == [f"{MARK}孵化器"]
    assert names(sign_in("city").get(HOME + "?search=清泉").text) == ["清泉孵化器"]
    assert names(sign_in("city").get(HOME + "?search=qq").text) == ["清泉孵化器"]
    assert names(sign_in("city").get(f"{HOME}?round={ObjectId()}").text) == []
    assert len(names(sign_in("city").get(f"{HOME}?round={round_id}&kind=certification").text)) == 2


def test_a_county_sees_its_own_applications_alone(office, sign_in, round_id):
    driver.drive(office.guan.spare, round_id, to=Stage.SUBMITTED)
    other = driver.drive(office.shen.spare, round_id, to=Stage.SUBMITTED)
    for name in ("guan", "guan_reader"):
        browser = sign_in(name)
        assert names(browser.get(HOME + "?county=371522").text) == ["清泉孵化器"]
        assert browser.get(at(other)).status_code == 404
        assert MARK not in str(cells(browser.get(HOME + "export/xlsx/")))


def test_the_export_says_what_the_list_says(office, sign_in, round_id, travel):
    driver.drive(office.guan.spare, round_id, to=Stage.SCORED)
    travel(date(2026, 3, 15))
    found = cells(sign_in("city").get(HOME + "export/xlsx/?stage=scored"))
    row = dict(zip(found[2], found[3], strict=True))
    assert row["基地名称"] == "清泉孵化器"
    assert row["当前环节"] == "待定初步结果"
    assert row["已等待（天）"] == 3
    assert row["专家评审均分（分）"] == 86
    own = sign_in("guan").get(HOME + "export/xlsx/")
    assert "专家评审均分（分）" not in cells(own)[2]


@pytest.mark.parametrize(
    "query", ["page=-1", "page=" + "9" * 20, "search=%00", "sort=x", "stage=x", "round=x", "size=0"]
)
def test_an_odd_address_is_a_list_all_the_same(query, office, sign_in, round_id):
    assert sign_in("city").get(f"{HOME}?{query}").status_code == 200
