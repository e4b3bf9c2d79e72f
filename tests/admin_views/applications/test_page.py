"""The page of an application at every stage, for everyone."""

import pytest

from rules.applications import Stage
from tests import round_driver as driver
from tests.admin_views.applications.application_pages import HOME, RECOMMEND, at, buttons, page_of
from tests.page_reader import flashes

pytestmark = pytest.mark.usefixtures("travel")


@pytest.mark.parametrize("text", ["", "x", "0" * 24, "%00"])
def test_an_unknown_application_is_not_found(text, office, sign_in):
    city = sign_in("city")
    for path in ("details", "return", "withdraw", "expert"):
        assert city.get(f"{HOME}{path}/?id={text}").status_code == 404
    for path in ("materials", "review", "experts"):
        assert city.send(f"{HOME}{path}/?id={text}", {}).status_code == 404
    assert city.get(f"{HOME}file/?file={text}").status_code == 404


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_a_page_for_everyone_and_readers_see_no_buttons(stage, office, sign_in, round_id):
    one = driver.drive(office.guan.spare, round_id, to=stage)
    for name in ("boss", "city", "guan", "reader", "guan_reader"):
        browser = sign_in(name)
        page = page_of(browser, one)
        assert "清泉孵化器" in page
        assert page.count("<h1") == 1
        if "reader" in name:
            assert buttons(page) == set()
            assert 'method="post"' not in page.split("<main")[1]
        assert ('id="history"' in page) == (name in ("boss", "city"))
        assert browser.get(HOME).status_code == 200


def test_frozen_data_stay_when_the_base_changes(office, sign_in, submitted):
    office.db["bases"].update_one(
        {"_id": office.guan.spare}, {"$set": {"name": "改名园", "service_staff": 99}}
    )
    page = page_of(sign_in("city"), submitted)
    assert "改名园" not in page
    assert "清泉孵化器" in page


def test_a_name_with_signs_is_escaped_everywhere(office, sign_in, round_id):
    base = driver.make_base("371525", "<b>&园")
    one = driver.drive(base, round_id, to=Stage.REVIEWED)
    guan = sign_in("guan")
    for path in (at(one), HOME, RECOMMEND, at(one, "withdraw")):
        page = guan.get(path).text
        assert "<b>&园" not in page
        assert "&lt;b&gt;&amp;园" in page


def test_what_happened_stands_in_the_history_in_words(office, sign_in, submitted):
    page = page_of(sign_in("city"), submitted).split('id="history"')[1]
    assert "application-" not in page
    assert "on_site" not in page
    assert flashes(page) == []
