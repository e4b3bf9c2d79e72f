"""The preliminary result: a question before each decision, alone or together; what misses a condition is stopped."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from bson import ObjectId
from werkzeug.test import TestResponse

from documents.applications.application import Application
from rules.applications import Stage
from tests import page_reader as read
from tests import round_driver as driver
from tests.sample_office import GUAN, Browser, Office

HOME = "/admin/publication/"
DECIDE = f"{HOME}results/decide/"
Clerk = Callable[..., Browser]


@pytest.fixture
def clerk(office: Office, sign_in) -> Iterator[Clerk]:
    """Give a function that moves the clock to a day of the round and signs a user in."""
    travels: list[time_machine.travel] = []

    def come(name: str = "city", day: date = driver.SELECTED) -> Browser:
        for one in travels:
            one.stop()
        travels[:] = [time_machine.travel(driver.moment(day), tick=True)]
        travels[0].start()
        return sign_in(name)

    yield come
    for one in travels:
        one.stop()


def scored(office: Office, name: str = "清泉甲园", round_id: ObjectId | None = None, **more: Any) -> ObjectId:
    """Return an application that waits for its result; the round's line is 80."""
    round_id = round_id or driver.make_round()
    office.db["rounds"].update_one({"_id": round_id}, {"$set": {"pass_score": 80}})
    return driver.drive(driver.make_base(GUAN, name), round_id, to=Stage.SCORED, **more)


def sent(verb: str, *applications: ObjectId, **more: str) -> dict[str, Any]:
    """Return what the results page sends when a button is pressed."""
    versions = {f"version-{one}": str(driver.version_of(one)) for one in applications}
    return {"verb": verb, "applications": [str(one) for one in applications], **versions, **more}


def decide(browser: Browser, verb: str, application: ObjectId, reason: str = "", **more: str) -> TestResponse:
    """Answer the question that a button asks."""
    data = sent(verb, application, confirmed="1") | {f"reason-{application}": reason}
    return browser.send(DECIDE, data | more)


def without_sessions(office: Office) -> dict[str, str]:
    return {name: rows for name, rows in office.digest().items() if name != "users"}


# --- What the page says --------------------------------------------------------------------------


def test_the_results_say_what_is_scored_and_what_is_missing(clerk, office):
    application = scored(office, meets=False, points=71)
    page = clerk().get(f"{HOME}results/?round={driver.stored(application)['round']}").text
    said = read.text_of(page)
    for word in ("清泉甲园", "71.00", "80", "0 / 25", "0 / 400", "材料齐全，现场核实无误", "专家组一致认为"):
        assert word in said, word


@pytest.mark.parametrize(
    ("actual", "words"), [(18.0258, "18% / 20%"), (19.96, "19.9% / 20%"), (None, "— / 20%")]
)
def test_a_share_that_is_missed_is_shown_cut_and_in_percent(actual, words, clerk, office):
    application = scored(office, meets=False)
    lines = driver.stored(application)["submission"]["assessment"]["indicators"]
    place = next(place for place, line in enumerate(lines) if line["key"] == "low_fee_share")
    frozen = f"submission.assessment.indicators.{place}"
    office.db["applications"].update_one(
        {"_id": application}, {"$set": {f"{frozen}.actual": actual, f"{frozen}.met": False}}
    )
    page = clerk().get(f"{HOME}results/?round={driver.stored(application)['round']}").text
    assert f"低收费占比 {words}" in read.text_of(page)
    assert "低收费占比 20 / 20" not in read.text_of(page)


def test_the_results_stand_by_their_average_the_highest_first(clerk, office):
    round_id = driver.make_round()
    for name, points in (("清泉甲园", 71), ("清泉乙园", 93), ("清泉丙园", 85)):
        scored(office, name, round_id, points=points)
    said = read.text_of(clerk().get(f"{HOME}results/?round={round_id}").text)
    places = [said.index(name) for name in ("清泉乙园", "清泉丙园", "清泉甲园")]
    assert places == sorted(places)


# --- The question before ---------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["select", "decline", "reconsider"])
def test_a_button_asks_before_it_acts(verb, clerk, office):
    application = scored(office)
    browser, before = clerk(), without_sessions(office)
    asked = browser.send(DECIDE, sent(verb, application))
    assert asked.status_code == 200
    assert without_sessions(office) == before
    assert "清泉甲园" in asked.text
    form = read.form(asked.text)
    assert form["applications"] == [str(application)]
    answer = browser.send(DECIDE, form | {f"reason-{application}": ["研究决定。"]})
    assert answer.status_code == 303
    to = {"select": "selected", "decline": "not-certified", "reconsider": "recommended"}[verb]
    assert driver.stored(application)["stage"] == to


@pytest.mark.parametrize("verb", ["select", "decline"])
def test_several_are_decided_together_after_one_question_that_names_them(verb, clerk, office):
    round_id = driver.make_round()
    names = ("清泉甲园", "清泉乙园", "清泉丙园")
    applications = [scored(office, name, round_id) for name in names]
    browser = clerk()
    asked = browser.send(DECIDE, sent(verb, *applications))
    said = read.text_of(asked.text.partition("<main")[2])
    assert all(name in said for name in names)
    assert "3 家" in said
    form = read.form(asked.text) | {f"reason-{one}": ["研究决定。"] for one in applications}
    assert browser.send(DECIDE, form).status_code == 303
    to = {"select": "selected", "decline": "not-certified"}[verb]
    assert {driver.stored(one)["stage"] for one in applications} == {to}


def test_together_means_all_or_none(clerk, office):
    round_id = driver.make_round()
    good, below = scored(office, "清泉甲园", round_id), scored(office, "清泉乙园", round_id, points=71)
    browser, before = clerk(), without_sessions(office)
    form = read.form(browser.send(DECIDE, sent("select", good, below)).text)
    answer = browser.send(DECIDE, form)
    assert answer.status_code == 422
    assert set(read.problems(answer.text)) == {f"reason-{below}"}
    assert without_sessions(office) == before


def test_pressed_with_nothing_ticked_says_so(clerk, office):
    application = scored(office)
    round_id = driver.stored(application)["round"]
    answer = clerk().send(f"{DECIDE}?round={round_id}", {"verb": "select"})
    assert answer.status_code == 422
    assert "请至少选择一项申报" in read.on_top(answer.text)


def test_the_compulsory_reason_is_marked_before_anything_is_sent(clerk, office):
    application = scored(office, points=71)
    for verb, must in (("select", True), ("decline", True)):
        page = clerk().send(DECIDE, sent(verb, application)).text
        box = page.partition(f'id="reason-{application}"')[2].partition(">")[0]
        assert ('aria-required="true"' in box) is must


# --- What is asked -------------------------------------------------------------------------------


def test_selecting_above_the_line_needs_no_reason(clerk, office):
    application = scored(office)
    assert decide(clerk(), "select", application).status_code == 303
    assert driver.stored(application)["stage"] == Stage.SELECTED.value


def test_selecting_below_the_line_without_a_reason_is_refused_beside_the_box(clerk, office):
    application = scored(office, points=71)
    browser, before = clerk(), driver.stored(application)
    answer = decide(browser, "select", application)
    assert answer.status_code == 422
    assert "71" in read.problems(answer.text)[f"reason-{application}"]
    assert driver.stored(application) == before
    assert decide(browser, "select", application, "成效突出。").status_code == 303


@pytest.mark.parametrize("verb", ["decline", "reconsider"])
def test_deciding_against_needs_a_reason(verb, clerk, office):
    application = scored(office)
    browser = clerk()
    answer = decide(browser, verb, application)
    assert answer.status_code == 422
    assert read.problems(answer.text)[f"reason-{application}"]
    assert decide(browser, verb, application, "材料需核实。").status_code == 303


def test_what_misses_a_condition_is_not_selected_where_they_are_to_be_met_together(clerk, office):
    application = scored(office, meets=False)
    browser, before = clerk(), without_sessions(office)
    asked = browser.send(DECIDE, sent("select", application))
    assert "需同时满足" in asked.text
    assert "第五条第（二）项" in asked.text
    assert "data-save" not in asked.text  # there is nothing to press
    answer = decide(
        browser, "select", application, "成效突出。", **{f"failing_reason-{application}": "特色。"}
    )
    assert answer.status_code == 422
    assert "需同时满足" in read.text_of(answer.text)
    assert without_sessions(office) == before


def test_what_misses_a_condition_is_selected_with_a_reason_of_its_own_where_the_rule_set_allows(
    clerk, office
):
    round_id = driver.make_round(rule_set=driver.lenient_set())
    application = scored(office, round_id=round_id, meets=False)
    browser = clerk()
    asked = browser.send(DECIDE, sent("select", application))
    said = read.text_of(asked.text)
    assert "其中 1 家未全部达到条件：清泉甲园" in said
    answer = browser.send(DECIDE, read.form(asked.text) | {f"reason-{application}": ["集体研究同意。"]})
    assert answer.status_code == 422
    assert "入驻" in read.problems(answer.text)[f"failing_reason-{application}"]
    assert driver.stored(application)["stage"] == "scored"
    answer = browser.send(
        DECIDE, read.form(answer.text) | {f"failing_reason-{application}": ["产业特色突出。"]}
    )
    assert answer.status_code == 303
    stored = driver.stored(application)
    assert stored["steps"][-1]["failing_reason"] == "产业特色突出。"
    assert {"tenants", "people"} <= set(stored["steps"][-1]["failing"])
    (entry,) = office.db["audit_entries"].find({"action": "application-select"})
    assert "产业特色突出。" in [change["new"] for change in entry["changes"]]
    assert "产业特色突出。" in browser.get(f"/admin/applications/details/?id={application}").text
    assert "产业特色突出。" in browser.get(f"{HOME}results/?round={round_id}").text


def test_what_was_selected_before_and_misses_a_condition_opens_no_notice(clerk, office):
    round_id = driver.make_round()
    application = driver.drive(driver.make_base(GUAN, "清泉甲园"), round_id, to=Stage.SELECTED)
    fails = {"$set": {"submission.assessment.indicators.2.met": False}}
    Application.collection().update_one({"_id": application}, fails)
    browser, before = clerk(day=driver.NOTICE_FIRST), without_sessions(office)
    path = f"{HOME}notices/new/?round={round_id}"
    page = browser.get(path).text
    assert "需同时满足" in page
    typed = {"telephone": "0635-8288000", "email": "jidi@example.cn", "address": "昌润路1号"}
    forged = browser.send(path, {**read.form(page), **typed, "applications": [str(application)]})
    assert forged.status_code == 422
    assert "需同时满足" in read.on_top(forged.text)
    assert without_sessions(office) == before


# --- Two clerks ------------------------------------------------------------------------------------


def test_a_decision_on_what_another_clerk_has_just_taken_up_is_said_so(clerk, office):
    application = scored(office)
    browser, version = clerk(), str(driver.version_of(application))
    assert decide(clerk("boss"), "reconsider", application, "再评。").status_code == 303
    more = {f"version-{application}": version}
    answer = decide(browser, "decline", application, "名额有限。", **more)
    assert answer.status_code == 409
    assert read.on_top(answer.text)


def test_a_stale_decision_keeps_its_reason(clerk, office):
    application = scored(office)
    version = driver.version_of(application)
    more = {f"version-{application}": str(version - 1)}
    answer = decide(clerk(), "decline", application, "名额有限。", **more)
    assert answer.status_code == 409
    assert "名额有限。" in answer.text
    assert f'name="version-{application}" value="{version}"' in answer.text


def test_a_selected_one_may_be_taken_up_again_until_its_notice(clerk, office):
    round_id = driver.make_round()
    application = driver.drive(driver.make_base(GUAN, "清泉甲园"), round_id, to=Stage.SELECTED)
    browser = clerk(day=driver.NOTICE_FIRST)
    assert "清泉甲园" in browser.get(f"{HOME}results/?round={round_id}").text
    driver.open_together([application])
    assert decide(browser, "reconsider", application, "再议。").status_code == 422
    assert "清泉甲园" not in browser.get(f"{HOME}results/?round={round_id}").text.partition("<main")[2]


def test_an_unknown_verb_or_application_is_no_page(clerk, office):
    application = scored(office)
    browser = clerk()
    assert decide(browser, "announce", application).status_code == 404
    assert browser.send(DECIDE, {"applications": "x", "verb": "select"}).status_code == 404
    assert browser.get(f"{HOME}results/?round=x").status_code == 404
