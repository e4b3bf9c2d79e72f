"""The withdrawal of an application: it asks, wants a reason, and is the city's after the recommendation."""

import re

import pytest

from rules.applications import Stage
from tests import round_driver as driver
from tests.admin_views.applications.application_pages import at, buttons, page_of
from tests.page_reader import form, problems, text_of

pytestmark = pytest.mark.usefixtures("travel")


def test_a_withdrawal_names_the_base_and_wants_a_reason(office, sign_in, submitted):
    guan = sign_in("guan")
    url = at(submitted, "withdraw")
    page = guan.get(url).text
    assert "清泉孵化器" in text_of(re.search(r'class="ask-text".*?</p>', page, re.DOTALL)[0])
    answer = guan.send(url, form(page) | {"reason": ["  "]})
    assert answer.status_code == 422
    assert "reason" in problems(answer.text)
    assert guan.send(url, form(page) | {"reason": ["企业撤回"]}).status_code == 303
    assert driver.stored(submitted)["stage"] == "withdrawn"
    assert guan.send(url, form(page) | {"reason": ["企业撤回"]}).status_code == 409


def test_after_the_recommendation_a_county_cannot_withdraw(office, sign_in, round_id):
    one = driver.drive(office.guan.spare, round_id, to=Stage.RECOMMENDED)
    guan = sign_in("guan")
    page = guan.get(at(one, "withdraw")).text
    assert 'name="reason"' not in page
    version = driver.version_of(one)
    assert guan.send(at(one, "withdraw"), {"reason": "x", "version": str(version)}).status_code == 403
    assert driver.stored(one)["stage"] == "recommended"
    assert "withdraw" in buttons(page_of(sign_in("city"), one))
