"""A renewed title goes on without a gap: its term begins when the one before it has ended (Art. 16)."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from documents.records.base import Base
from public_views.answers import cache_of_answers
from rules.applications import Stage
from rules.waiting import TaskKind
from services.desk.today import all_tasks
from tests import round_driver as driver
from tests.page_reader import text_of
from tests.round_driver import ANNOUNCED, make_base, make_renewable, make_round
from tests.sample_office import SHEN

# Certified on 2021-12-20, so valid to 2026-12-19; the renewal is announced in March.
LAST, NEXT_FIRST, NEXT_LAST = date(2026, 12, 19), date(2026, 12, 20), date(2031, 12, 19)
RUNNING_CERTIFICATE = "LCSJ-2021-777"


@pytest.fixture
def announced(office):
    """One announcement of a new base and of a renewed one; gives the announcement and both bases."""
    round_id = make_round()
    renewed, new = make_renewable(SHEN, "续期园"), make_base(SHEN, "新园")
    Base.collection().update_one({"_id": renewed}, {"$set": {"certificate_number": RUNNING_CERTIFICATE}})
    going = [driver.drive(base, round_id, to=Stage.SELECTED) for base in (renewed, new)]
    driver.open_together(going)
    return driver.announce_together(going, number="聊工信发〔2026〕66号"), renewed, new


def at(day):
    cache_of_answers.clear()
    return time_machine.travel(datetime.combine(day, datetime.min.time(), UTC).replace(hour=2), tick=True)


def test_one_announcement_holds_a_term_for_each_base(announced, sign_in):
    paper, renewed, new = announced
    with at(ANNOUNCED):
        page = text_of(sign_in("city").get(f"/admin/publication/notices/?id={paper}").text)
        public = text_of(sign_in("city").get(f"/notices/{paper}").text)
    assert "2026-12-20 – 2031-12-19" in page and "2026-03-23 – 2031-03-22" in page
    for words in (
        "新认定的示范基地，有效期为5年，自2026年3月23日起至2031年3月22日止。",
        "通过复核的示范基地，有效期为5年，自2026年12月20日起至2031年12月19日止。",
    ):
        assert words in page and words in public
    base = Base.collection().find_one({"_id": renewed})
    assert (base["title_first_day"].date(), base["title_last_day"].date()) == (NEXT_FIRST, NEXT_LAST)
    assert Base.collection().find_one({"_id": new})["title_last_day"].date() == date(2031, 3, 22)


@pytest.mark.parametrize(
    ("day", "last", "number"),
    [
        (ANNOUNCED, "2026-12-19", RUNNING_CERTIFICATE),
        (LAST, "2026-12-19", RUNNING_CERTIFICATE),
        (NEXT_FIRST, "2031-12-19", "LCSJ-2026-002"),
        (date(2031, 12, 19), "2031-12-19", "LCSJ-2026-002"),
    ],
)
def test_list_page_and_certificate_show_the_term_that_runs(announced, sign_in, day, last, number):
    _, renewed, _ = announced
    with at(day):
        browser = sign_in("city")
        found = text_of(browser.get("/admin/bases/?search=续期园").text)
        page = text_of(browser.get(f"/admin/bases/details/?id={renewed}").text)
        public = text_of(browser.get("/bases/?search=续期园").text)
        certificates = [
            text_of(browser.get(f"/bases/{one}").text) for one in (RUNNING_CERTIFICATE, "LCSJ-2026-002")
        ]
        as_of = text_of(browser.get(f"/admin/bases/as-of/?id={renewed}&day={day}").text)
    assert last in found and ("2031-12-19" in found) is (last == "2031-12-19")
    assert f"有效期止 {last}" in page
    assert last in public and "未生效" not in public
    assert all("此证书有效" in text or "已换发" in text for text in certificates)
    assert all(f"证书编号 {number}" in text and "未生效" not in text for text in certificates)
    assert f"至 {last}" in as_of or f"至{last}" in as_of


def test_the_page_says_when_the_next_term_begins(announced, sign_in):
    _, renewed, _ = announced
    with at(LAST):
        page = text_of(sign_in("city").get(f"/admin/bases/details/?id={renewed}").text)
        certificate = text_of(sign_in("city").get("/bases/LCSJ-2026-002").text)
    assert "已通过复核：下一有效期自2026-12-20至2031-12-19。" in page
    assert "已通过复核：自2026-12-20起适用证书LCSJ-2026-002" in certificate


def test_a_renewed_title_is_neither_due_for_renewal_nor_for_cancellation(announced, sign_in):
    _, renewed, _ = announced
    for day in (ANNOUNCED, LAST, NEXT_FIRST):
        with at(day):
            desk = text_of(sign_in("city").get("/admin/revocation/").text)
        # Its summary of the year before never came: that is another matter, and is proposed.
        assert "续期园 莘县 不按要求报送" in desk and desk.count("续期园") == 1
        kinds = {task.kind for task in all_tasks(driver.CITY, day) if task.key == str(renewed)}
        assert kinds <= {TaskKind.NO_REPORTS}
    in_year_of_expiry = {
        task.kind for task in all_tasks(driver.CITY, date(2031, 1, 4)) if task.key == str(renewed)
    }
    assert in_year_of_expiry == {TaskKind.RENEW}
