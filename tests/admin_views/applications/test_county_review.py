"""The county's review through the pages: check on site, pass, fail, return for correction."""

import re
from datetime import date
from io import BytesIO

import pytest

from rules.applications import Stage
from tests import round_driver as driver
from tests.admin_views.applications.application_pages import at, buttons, files_of, page_of, sent, uploads
from tests.page_reader import form, on_top, problems
from tests.sample_office import PDF

pytestmark = pytest.mark.usefixtures("travel")


def reviewed_form(page, **changes):
    given = {"checked_on": ["2026年3月4日"], "people": ["王明、李强"], "findings": ["与材料一致"]}
    photo = {"file-on-site": [(BytesIO(driver.PNG), "现场.png")]}
    return sent(page) | given | photo | {name: [value] for name, value in changes.items()}


def test_a_county_reviews_in_one_form(office, sign_in, submitted):
    guan = sign_in("guan")
    page = page_of(guan, submitted)
    assert buttons(page) == {"pass", "fail", "return", "withdraw"}
    answer = guan.send(at(submitted, "review"), reviewed_form(page, opinion="同意推荐", action="pass"))
    assert answer.status_code == 303
    raw = driver.stored(submitted)
    assert raw["stage"] == "reviewed"
    assert raw["review"]["opinion"] == "同意推荐"
    page = page_of(guan, submitted)
    assert "与材料一致" in page
    assert "现场.png" in page
    assert buttons(page) == {"recommend", "withdraw"}


def test_the_check_is_kept_and_an_opinion_typed_meanwhile_stays_in_its_box(office, sign_in, submitted):
    guan = sign_in("guan")
    answer = guan.send(
        at(submitted, "review"), reviewed_form(page_of(guan, submitted), opinion="初步意见", action="keep")
    )
    assert answer.status_code == 200
    assert form(answer.text)["opinion"] == ["初步意见"]
    assert form(answer.text)["checked_on"] == ["2026年3月4日"]
    assert guan.send(at(submitted, "review"), sent(answer.text, action=["pass"])).status_code == 303
    assert driver.stored(submitted)["review"]["opinion"] == "初步意见"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"checked_on": "2026-02-30"}, "checked_on"),
        ({"checked_on": ""}, "checked_on"),
        ({"checked_on": "2026-03-02"}, "checked_on"),
        ({"checked_on": "2026-03-05"}, "checked_on"),
        ({"people": ""}, "people"),
        ({"people": "人" * 201}, "people"),
        ({"findings": "　"}, "findings"),
        ({"opinion": ""}, "opinion"),
        ({"opinion": "字" * 2001}, "opinion"),
    ],
)
@pytest.mark.parametrize("action", ["pass", "fail"])
def test_a_wrong_review_is_refused_beside_its_field(action, changes, field, office, sign_in, submitted):
    guan = sign_in("guan")
    data = reviewed_form(page_of(guan, submitted), **{"opinion": "同意", **changes}, action=action)
    answer = guan.send(at(submitted, "review"), data)
    assert answer.status_code == 422
    assert field in problems(answer.text)
    assert on_top(answer.text)
    again = form(answer.text)
    assert all(again[name][0].strip() == value.strip() for name, value in changes.items())
    assert driver.stored(submitted)["stage"] == "submitted"
    assert files_of(office, submitted, "on-site") == ["现场.png"]


def test_no_review_without_a_photo_that_is_a_picture(office, sign_in, submitted):
    guan = sign_in("guan")
    data = reviewed_form(page_of(guan, submitted), opinion="同意", action="pass")
    data["file-on-site"] = [(BytesIO(PDF), "现场.pdf")]
    answer = guan.send(at(submitted, "review"), data)
    assert answer.status_code == 422
    assert problems(answer.text)["on-site"]
    del data["file-on-site"]
    answer = guan.send(at(submitted, "review"), sent(answer.text, action=["pass"]))
    assert answer.status_code == 422
    assert problems(answer.text)["on-site"]


@pytest.mark.parametrize("action", ["pass", "fail", "keep"])
def test_a_blank_form_stores_nothing(action, office, sign_in, submitted):
    guan = sign_in("guan")
    page = page_of(guan, submitted)
    before = {name: rows for name, rows in office.digest().items() if name != "users"}
    answer = guan.send(at(submitted, "review"), sent(page, action=[action]))
    assert answer.status_code == (303 if action == "keep" else 422)
    assert {name: rows for name, rows in office.digest().items() if name != "users"} == before


def test_a_pass_without_its_opinion_stores_nothing_of_what_was_typed(office, sign_in, submitted):
    guan = sign_in("guan")
    data = reviewed_form(page_of(guan, submitted), action="pass")
    del data["file-on-site"]
    before = driver.stored(submitted)
    answer = guan.send(at(submitted, "review"), data)
    assert answer.status_code == 422
    assert driver.stored(submitted) == before
    assert form(answer.text)["findings"] == ["与材料一致"]


def test_a_photo_sent_again_after_a_refusal_is_kept_once(office, sign_in, submitted):
    guan = sign_in("guan")
    page = page_of(guan, submitted)
    for opinion in ("", "", "同意推荐"):
        answer = guan.send(at(submitted, "review"), reviewed_form(page, opinion=opinion, action="pass"))
    assert answer.status_code == 303
    assert files_of(office, submitted, "on-site") == ["现场.png"]


def test_what_is_compulsory_is_marked_from_the_start(office, sign_in, submitted):
    page = page_of(sign_in("guan"), submitted)
    review = page.partition('id="review"')[2].partition("</section>")[0]
    for name in ("checked_on", "people", "findings", "opinion"):
        assert re.search(rf'<label for="{name}">[^<]*<span class="must"', review), name
    assert re.search(r'id="place-on-site"><p class="label">[^<]*<span class="must"', review)


def test_a_base_that_misses_a_condition_passes_only_with_a_reason_of_its_own(office, sign_in, round_id):
    driver.verify(office.guan.spare)
    weak = driver.drive(office.guan.spare, round_id, to=Stage.SUBMITTED, meets=False)
    guan = sign_in("guan")
    page = page_of(guan, weak)
    assert "0 / 25" in page.partition('id="review"')[2].partition("</section>")[0]
    answer = guan.send(at(weak, "review"), reviewed_form(page, opinion="同意推荐", action="pass"))
    assert answer.status_code == 422
    assert "入驻" in problems(answer.text)["failing_reason"]
    assert driver.stored(weak)["stage"] == "submitted"
    again = sent(answer.text, action=["pass"], failing_reason=["产业特色突出。"])
    assert guan.send(at(weak, "review"), again).status_code == 303
    step = driver.stored(weak)["steps"][-1]
    assert (step["verb"], step["failing_reason"]) == ("pass", "产业特色突出。")
    assert "产业特色突出。" in page_of(guan, weak).split('id="way"')[1]


def test_a_base_that_misses_a_condition_fails_without_such_a_reason(office, sign_in, round_id):
    driver.verify(office.guan.spare)
    weak = driver.drive(office.guan.spare, round_id, to=Stage.SUBMITTED, meets=False)
    guan = sign_in("guan")
    data = reviewed_form(page_of(guan, weak), opinion="台账不实", action="fail")
    assert guan.send(at(weak, "review"), data).status_code == 303


def test_a_failed_review_ends_the_application_and_says_why(office, sign_in, submitted):
    guan = sign_in("guan")
    answer = guan.send(
        at(submitted, "review"), reviewed_form(page_of(guan, submitted), opinion="台账不实", action="fail")
    )
    assert answer.status_code == 303
    page = page_of(guan, submitted)
    assert driver.stored(submitted)["stage"] == "not-certified"
    assert "台账不实" in page
    assert buttons(page) == set()


def test_two_reviewers_the_second_is_told_what_happened(office, sign_in, submitted):
    guan, city = sign_in("guan"), sign_in("city")
    mine, theirs = page_of(guan, submitted), page_of(city, submitted)
    assert (
        city.send(at(submitted, "review"), reviewed_form(theirs, opinion="同意", action="pass")).status_code
        == 303
    )
    answer = guan.send(at(submitted, "review"), reviewed_form(mine, opinion="我的意见", action="fail"))
    assert answer.status_code in (409, 422)
    assert "我的意见" in answer.text
    assert driver.stored(submitted)["stage"] == "reviewed"


# --- Return and resubmission ---


def test_a_returned_one_shows_each_reason_at_its_item_and_comes_back(office, sign_in, submitted, travel):
    guan = sign_in("guan")
    url = at(submitted, "return")
    data = form(guan.get(url).text) | {"audit": ["缺第三页"], "other": ["装订顺序"], "due": ["2026-03-10"]}
    answer = guan.send(url, data)
    assert answer.status_code == 303
    page = page_of(guan, submitted)
    assert re.search(r'id="place-audit".*?缺第三页', page, re.DOTALL)
    assert "装订顺序" in page
    assert "2026-03-10" in page
    assert buttons(page) == {"submit", "withdraw"}
    travel(date(2026, 3, 12))
    guan = sign_in("guan")
    page = page_of(guan, submitted)
    answer = guan.send(at(submitted, "materials"), sent(page, action=["submit"]) | uploads("audit"))
    assert answer.status_code == 303
    raw = driver.stored(submitted)
    assert raw["stage"] == "submitted"
    assert raw["steps"][-1]["late"]
    assert files_of(office, submitted, "audit")[-1] == "audit.pdf"
    page = page_of(guan, submitted)
    assert not re.search(r'id="place-audit".*?缺第三页', page.split('id="way"')[0], re.DOTALL)
    assert "缺第三页" in page.split('id="way"')[1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"due": ""}, "due"),
        ({"due": "2026-03-03"}, "due"),
        ({"due": "后天"}, "due"),
        ({"audit": "缺" * 501}, "audit"),
        ({"audit": " "}, ""),
    ],
)
def test_a_wrong_return_is_refused_and_keeps_what_was_typed(changes, field, office, sign_in, submitted):
    guan = sign_in("guan")
    url = at(submitted, "return")
    data = form(guan.get(url).text) | {"audit": ["缺页"], "due": ["2026-03-10"], "opinion": ["请尽快"]}
    answer = guan.send(url, data | {name: [value] for name, value in changes.items()})
    assert answer.status_code == 422
    assert field in problems(answer.text) if field else on_top(answer.text)
    assert form(answer.text)["opinion"] == ["请尽快"]
    assert driver.stored(submitted)["stage"] == "submitted"


def test_a_stale_return_keeps_the_reasons(office, sign_in, submitted):
    guan, city = sign_in("guan"), sign_in("city")
    url = at(submitted, "return")
    data = form(guan.get(url).text) | {"audit": ["缺页"], "due": ["2026-03-10"]}
    city.send(at(submitted, "review"), reviewed_form(page_of(city, submitted), action="keep"))
    answer = guan.send(url, data)
    assert answer.status_code == 409
    assert form(answer.text)["audit"] == ["缺页"]
    assert guan.send(url, form(answer.text)).status_code == 303
