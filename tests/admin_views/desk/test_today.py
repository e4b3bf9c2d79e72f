"""今日 as each role sees it: the tasks by urgency, where they lead, what the clock brings."""

import html
import re
from datetime import UTC, date, datetime

import pytest
import time_machine

from rules.applications import Stage
from tests.commands_asked import commands_asked
from tests.round_driver import drive, make_base, make_renewable, make_round, object_to
from tests.sample_office import GUAN, MARK, SHEN

EVERYBODY = ("boss", "city", "guan", "shen", "reader", "guan_reader")


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def page_of(sign_in, name: str, day: date) -> str:
    with time_machine.travel(at_noon(day), tick=False):
        answer = sign_in(name).get("/admin/")
    assert answer.status_code == 200
    return answer.text


def section(page: str, anchor: str) -> str:
    """The part of the page that holds one group of urgency; "" when there is none."""
    _, found, rest = page.partition(f'<section id="{anchor}"')
    return rest.partition("</section>")[0] if found else ""


@pytest.mark.parametrize(
    ("day", "group", "said"),
    [
        (date(2026, 12, 3), "today", "聊工信发〔2021〕133号"),  # the last day of the rules
        (date(2026, 12, 4), "overdue", "聊工信发〔2021〕133号"),
        (date(2027, 1, 10), "today", "2027-01-10"),
        (date(2027, 1, 11), "overdue", "2027-01-10"),
        (date(2027, 1, 20), "today", "2027-01-20"),
        (date(2027, 1, 21), "overdue", "2027-01-20"),
    ],
)
def test_the_days_of_the_measures_on_the_citys_page(office, sign_in, day, group, said):
    for name in ("boss", "city", "reader"):
        assert said in section(page_of(sign_in, name, day), group)


@pytest.mark.parametrize("day", [date(2026, 12, 4), date(2027, 1, 10), date(2027, 1, 11), date(2027, 1, 21)])
def test_a_bound_clerks_day_is_the_countys_alone(office, sign_in, day):
    for name in ("guan", "guan_reader"):
        page = page_of(sign_in, name, day)
        assert MARK not in page
        assert "莘县" not in page
        assert "聊工信发〔2021〕133号" not in page


def test_over_the_29th_of_february(office, sign_in):
    with time_machine.travel(at_noon(date(2028, 2, 1)), tick=False):
        city = office.actor("city")
        title = {
            "status": "certified",
            "announced_on": date(2023, 3, 1),
            "document_number": "聊工信发〔2023〕77号",
        }
        make_base(GUAN, "闰日园", actor=city, **title)
    assert "闰日园" in section(page_of(sign_in, "guan", date(2028, 2, 28)), "week")
    assert "闰日园" in section(page_of(sign_in, "guan", date(2028, 2, 29)), "today")
    over = section(page_of(sign_in, "city", date(2028, 3, 1)), "overdue")
    assert "闰日园" in over
    assert "/admin/revocation/new/?kind=cancellation" in over
    assert "/admin/revocation/new/" not in page_of(sign_in, "reader", date(2028, 3, 1))


def test_each_step_leads_to_its_place(office, sign_in):
    round_id = make_round(recommend_until=date(2026, 3, 10))
    waiting = drive(make_base(GUAN, "待审园"), round_id, to=Stage.SUBMITTED)
    experts = drive(make_base(GUAN, "评审园"), round_id, to=Stage.RECOMMENDED)
    noticed = drive(make_base(GUAN, "公示园"), round_id, to=Stage.ON_NOTICE)
    scored, selected = (
        drive(make_base(GUAN, name), round_id, to=to)
        for name, to in (("待定园", Stage.SCORED), ("待示园", Stage.SELECTED))
    )
    objection = object_to(noticed)
    day = date(2026, 3, 13)
    own = page_of(sign_in, "guan", day)
    assert f"/admin/applications/details/?id={waiting}" in section(own, "overdue")  # due on 10 March
    assert "评审园" not in section(own, "open")
    city = page_of(sign_in, "city", date(2026, 3, 23))
    assert f"/admin/applications/details/?id={experts}" in section(city, "open")
    assert "/admin/publication/notices/announce/?id=" in section(city, "open")
    assert f"/admin/publication/objections/?id={objection}" in section(city, "open")
    assert f"/admin/publication/results/?round={round_id}" in section(city, "open")
    assert f"/admin/publication/notices/new/?round={round_id}" in section(city, "open")
    reader = page_of(sign_in, "reader", date(2026, 3, 23))
    for application in (scored, selected):
        assert f"/admin/applications/details/?id={application}" in section(reader, "open")
    assert "/admin/publication/notices/?id=" in section(reader, "open")
    for path in ("/announce/", "/objections/", "/new/"):
        assert path not in section(reader, "open")


def test_the_citys_table_counts_every_county_and_a_county_has_none(office, sign_in):
    make_round()
    page = page_of(sign_in, "city", date(2027, 1, 11))
    assert page.count('<th scope="row">') >= 2 * 12
    assert page_of(sign_in, "guan", date(2027, 1, 11)).count("by-county") == 0


def test_many_of_one_kind_fold_under_their_count(office, sign_in):
    for number in range(8):
        make_renewable(GUAN, f"到期园{number}")
    page = page_of(sign_in, "guan", date(2026, 12, 4))
    shown = section(page, "month")
    assert shown.count("到期园") == 8
    assert shown.partition("<details>")[2].count("到期园") == 2


def test_every_page_asks_a_bounded_number_of_commands(office, sign_in):
    for number in range(40):
        make_renewable(GUAN, f"到期园{number}")
    for name in EVERYBODY:
        browser = sign_in(name)
        browser.get("/admin/")
        assert 0 < commands_asked(office.db, lambda: browser.get("/admin/")) <= 12, name  # noqa: B023


def test_nothing_waits_is_said(office, sign_in):
    office.db["bases"].update_many({"county": SHEN}, {"$set": {"status": "uncertified"}})
    page = page_of(sign_in, "shen", date(2026, 3, 3))
    assert 'class="task-list"' not in page
    assert 'class="nothing"' in page


@pytest.mark.parametrize("name", EVERYBODY)
def test_every_task_leads_somewhere(office, sign_in, name):
    round_id = make_round(recommend_until=date(2026, 3, 10))
    for number, stage in enumerate(Stage):
        drive(make_base(SHEN, f"{MARK}{number}号园"), round_id, to=stage)
    make_renewable(SHEN, f"{MARK}到期园")
    for day in (date(2026, 3, 20), date(2026, 12, 20), date(2027, 1, 11)):
        page = page_of(sign_in, name, day).partition('class="sheet tasks"')[2].partition('class="sheet"')[0]
        links = {html.unescape(one) for one in re.findall(r'href="(/[^"]+)"', page)}
        assert links
        with time_machine.travel(at_noon(day), tick=False):
            browser = sign_in(name)
            for link in links:
                assert browser.get(link).status_code == 200, link
