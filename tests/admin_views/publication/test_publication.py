"""The publication desk: the board of a round by role, and the preliminary result."""

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
import time_machine

from admin_views.publication.board import COLUMNS, FOLDED
from rules.applications import Stage
from tests import page_reader as read
from tests import round_driver as driver
from tests.sample_office import GUAN, MARK, SHEN, Browser, Office

HOME = "/admin/publication/"


@pytest.fixture
def on() -> Iterator[Callable[[date], None]]:
    """Give a function that moves the clock of the whole process to a day of the round."""
    travels: list[time_machine.travel] = []

    def move(day: date) -> None:
        for one in travels:
            one.stop()
        travels[:] = [time_machine.travel(driver.moment(day), tick=True)]
        travels[0].start()

    yield move
    for one in travels:
        one.stop()


@pytest.fixture
def clerk(office: Office, sign_in, on) -> Callable[[str, date], Browser]:
    """Give a function that returns a browser of a user, signed in on a day."""

    def come(name: str, day: date) -> Browser:
        on(day)
        return sign_in(name)

    return come


def columns(html: str) -> dict[str, tuple[int, list[str]]]:
    """Return the board's columns: how many each counts, and the names on its cards."""
    found = {}
    for part in html.split('<section class="board-column')[1:]:
        heading = re.search(r"<h2[^>]*>(.*?) <b>([\d,]+)</b></h2>", part, re.DOTALL)
        assert heading
        names = re.findall(r'class="card-name" href="[^"]*">(.*?)</a>', part.partition("</section>")[0])
        found[read.text_of(heading[1])] = (int(heading[2]), names)
    return found


def buttons(html: str) -> list[str]:
    """Return the cards' buttons, as they are read aloud: the step and the base."""
    board = html.partition('<div class="board"')[2]
    return re.findall(r'<a class="btn btn-sm btn-primary" href="[^"]*" aria-label="([^"]*)"', board)


def full_round(office: Office) -> dict[Stage, str]:
    """Make one application at each stage, in 冠县 and 莘县 by turns; return the bases' names."""
    round_id, names = driver.make_round(), {}
    for number, stage in enumerate(Stage):
        county, word = (GUAN, "清泉") if number % 2 else (SHEN, MARK)
        names[stage] = f"{word}{stage.zh}园"
        driver.drive(driver.make_base(county, names[stage]), round_id, to=stage)
    return names


# --- The board -----------------------------------------------------------------------------------


def test_without_a_round_the_board_says_what_to_do_first(clerk):
    city = clerk("city", driver.OPENED).get(HOME)
    assert city.status_code == 200
    assert "/admin/rounds/new/" in city.text
    assert "/admin/rounds/new/" not in clerk("guan", driver.OPENED).get(HOME).text


def test_a_round_without_applications_says_where_they_begin(clerk, office):
    driver.make_round()
    page = clerk("guan", driver.OPENED).get(HOME).text
    assert 'class="empty"' in page
    assert 'class="board"' not in page


def test_the_board_shows_every_stage_with_its_count(clerk, office):
    names = full_round(office)
    page = clerk("city", driver.ANNOUNCED).get(HOME).text
    found = columns(page)
    assert [count for count, _ in found.values()] == [2, 1, 1, 1, 1, 1, 1, 1]
    assert next(iter(found.values()))[1] == [names[Stage.RETURNED], names[Stage.DRAFT]]
    folded = page.partition("board-folded")[2]
    assert names[Stage.NOT_CERTIFIED] in folded
    assert names[Stage.WITHDRAWN] in folded
    pills = {pill.label: pill.count for pill in read.pills(page)}
    assert next(pills[label] for label in pills) == 11


def test_a_county_clerk_sees_the_countys_cards_alone(clerk, office):
    full_round(office)
    for name in ("guan", "guan_reader"):
        page = clerk(name, driver.ANNOUNCED).get(f"{HOME}?county={SHEN}").text
        assert MARK not in page
        assert "莘县" not in page
        assert sum(count for count, _ in columns(page).values()) == 4  # and one that was withdrawn


def test_a_county_does_not_read_the_experts_average_before_the_result(clerk, office):
    driver.drive(driver.make_base(GUAN, "清泉甲园"), driver.make_round(), to=Stage.SCORED, points=83)
    for name in ("guan", "guan_reader"):
        assert "83" not in read.text_of(
            clerk(name, driver.SELECTED).get(HOME).text.partition('class="board"')[2]
        )
    assert "83" in read.text_of(clerk("city", driver.SELECTED).get(HOME).text.partition('class="board"')[2])


def test_the_county_bar_narrows_the_board(clerk, office):
    names = full_round(office)
    page = clerk("city", driver.ANNOUNCED).get(f"{HOME}?county={SHEN}").text
    shown = [name for _, cards in columns(page).values() for name in cards]
    assert names[Stage.DRAFT] in shown
    assert names[Stage.SUBMITTED] not in shown
    assert [pill.count for pill in read.pills(page) if pill.on] == [6]


@pytest.mark.parametrize(
    ("role", "stages"),
    [
        ("city", {Stage.DRAFT, Stage.SUBMITTED, Stage.RETURNED, Stage.REVIEWED, Stage.RECOMMENDED, Stage.SCORED,
                  Stage.SELECTED, Stage.ON_NOTICE}),
        # what the table lets a county do
        ("guan", {Stage.SUBMITTED, Stage.REVIEWED}),
        ("reader", set()),
        ("guan_reader", set()),
    ],
)  # fmt: skip
def test_a_card_offers_the_one_step_that_the_role_may_take(role, stages, clerk, office):
    names = full_round(office)
    offered = buttons(clerk(role, driver.ANNOUNCED).get(HOME).text)
    assert {said.rpartition(": ")[2] for said in offered} == {names[stage] for stage in stages}


def test_cards_say_what_they_wait_for(clerk, office):
    round_id = driver.make_round()
    application = driver.drive(driver.make_base(GUAN, "清泉甲园"), round_id, to=Stage.ON_NOTICE)
    driver.drive(driver.make_base(GUAN, "清泉乙园"), round_id, to=Stage.RETURNED)
    running = clerk("city", driver.NOTICE_LAST).get(HOME).text
    assert "2026-03-20" in running.partition("清泉甲园")[2].partition("</li>")[0]
    assert "t-due" in running.partition('<ul><li class="card-board')[2].partition("清泉乙园")[0]
    driver.object_to(application)
    held = clerk("city", driver.ANNOUNCED).get(HOME).text
    assert f"id={driver.stored(application)['notice']}#objections" in held


def test_a_column_shows_thirty_cards_and_how_many_more(clerk, office):
    round_id = driver.make_round()
    for number in range(32):
        driver.drive(driver.make_base(GUAN, f"清泉{number}号园"), round_id, to=Stage.DRAFT)
    count, cards = next(iter(columns(clerk("city", driver.SUBMITTED).get(HOME).text).values()))
    assert (count, len(cards)) == (32, 30)


def test_nonsense_in_the_address_is_passed_over(clerk, office):
    full_round(office)
    browser = clerk("city", driver.ANNOUNCED)
    for query in ("round=x", "round=" + "0" * 24, "county=nowhere", "county=%00", "round=%F0%28"):
        assert browser.get(f"{HOME}?{query}").status_code == 200, query


def test_every_stage_has_its_place_on_the_board():
    shown = [stage for _, stages in COLUMNS for stage in stages] + list(FOLDED)
    assert sorted(shown) == sorted(Stage)
