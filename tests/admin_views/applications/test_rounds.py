"""Rounds: the list, entering and changing one, its score sheet, closing and reopening it."""

from datetime import date

import pytest
import time_machine
from bson import ObjectId

from services.applications.rounds import read_round
from tests import round_driver as driver
from tests.page_reader import flashes, form, on_top, problems

HOME = "/admin/rounds/"


@pytest.fixture(autouse=True)
def march():
    with time_machine.travel(driver.moment(date(2026, 3, 3)), tick=True):
        yield


def sent(page, **changes):
    """Return what the form would send, with changes; a change to None leaves the field out."""
    found = form(page) | {name: [value] for name, value in changes.items() if value is not None}
    return {name: value for name, value in found.items() if name not in changes or changes[name] is not None}


def typed(browser, **changes):
    data = sent(browser.get(HOME + "new/").text)
    data |= {"name": ["2026年度申报"], "apply_from": ["2026.3.2"], "apply_until": ["2026年6月30日"]}
    return data | {name: [value] for name, value in changes.items()}


def test_an_office_without_a_round_says_what_one_is(office, sign_in):
    page = sign_in("city").get(HOME).text
    assert 'class="empty"' in page
    assert f'href="{HOME}new/"' in page
    assert f'href="{HOME}new/"' not in sign_in("guan").get(HOME).text


def test_a_round_begins_with_the_usual_score_sheet_and_the_year_before(office, sign_in):
    page = sign_in("city").get(HOME + "new/").text
    start = form(page)
    assert start["year"] == ["2026"]
    assert start["assessed_year"] == ["2025"]
    assert [start[f"dimensions-{n}-weight"][0] for n in range(4)] == ["25", "30", "30", "15"]
    assert start["least_experts"] == ["3"]
    assert start["rule_set"] == ["city-2021"]


def test_a_round_is_entered_with_its_days_in_any_spelling_and_read_by_everyone(office, sign_in):
    city = sign_in("city")
    data = typed(
        city, call_title="关于组织申报的通知", call_number="聊工信发[2026]8号", call_dated="2026-2-26"
    )
    answer = city.send(HOME + "new/", data)
    assert answer.status_code == 303
    one = read_round(ObjectId(answer.location.rstrip("/").rsplit("/", 1)[1]))
    assert (one.apply_from, one.apply_until) == (date(2026, 3, 2), date(2026, 6, 30))
    assert one.call_number == "聊工信发〔2026〕8号"
    assert [line.weight for line in one.sheet.dimensions] == [25, 30, 30, 15]
    for name in ("boss", "city", "guan", "reader", "guan_reader"):
        browser = sign_in(name)
        page = browser.get(answer.location).text
        assert "聊工信发〔2026〕8号" in page
        assert "基地运营情况" in page
        assert ("/edit/" in page) == (name in ("boss", "city"))
        assert "2026年度申报" in browser.get(HOME).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"year": "26"}, "year"),
        ({"year": "二〇二六"}, "year"),
        ({"assessed_year": "2027"}, "assessed_year"),
        ({"apply_until": "2026-02-30"}, "apply_until"),
        ({"apply_until": "2026-03-01"}, "apply_until"),
        ({"apply_from": ""}, "apply_from"),
        ({"call_dated": "2026-03-03"}, "apply_from"),
        ({"recommend_until": "2026-01-01"}, "recommend_until"),
        ({"call_number": "八号"}, "call_number"),
        ({"rule_set": "nation-1999"}, "rule_set"),
        ({"rule_set": "city-2026"}, "rule_set"),
        ({"dimensions-0-weight": "26"}, "dimensions"),
        ({"dimensions-0-label": ""}, "dimensions-0-label"),
        ({"dimensions-0-label": "服务能力"}, "dimensions"),
        ({"dimensions-0-weight": "-1"}, "dimensions-0-weight"),
        ({"least_experts": "0"}, "least_experts"),
        ({"drop_from": "2"}, "drop_from"),
        ({"pass_score": "101"}, "pass_score"),
    ],
)
def test_a_wrong_round_is_refused_beside_its_field_and_keeps_what_was_typed(changes, field, office, sign_in):
    city = sign_in("city")
    data = typed(city, call_title="保留这一句", **changes)
    before = office.digest()
    answer = city.send(HOME + "new/", data)
    assert answer.status_code == 422
    assert field in problems(answer.text)
    assert on_top(answer.text)
    again = form(answer.text)
    assert again["call_title"] == ["保留这一句"]
    for name, value in changes.items():
        if name != "rule_set":
            assert again[name] == [value]
    assert office.digest() == before


def test_a_round_without_dimensions_is_refused(office, sign_in):
    city = sign_in("city")
    data = {name: value for name, value in typed(city).items() if not name.startswith("dimensions")}
    answer = city.send(HOME + "new/", data)
    assert answer.status_code == 422
    assert "dimensions" in problems(answer.text)


def test_dimensions_are_added_renamed_and_taken_away_and_keep_their_keys(office, sign_in):
    round_id, city = driver.make_round(), sign_in("city")
    url = f"{HOME}{round_id}/edit/"
    data = form(city.get(url).text)
    data |= {"dimensions-0-label": ["运营"], "dimensions-0-weight": ["40"]}
    for part in ("key", "label", "weight", "of_innovations"):
        del data[f"dimensions-3-{part}"]
    data |= {"dimensions-7-label": ["特色"], "dimensions-7-weight": ["0"], "dimensions-7-key": [""]}
    assert city.send(url, data).status_code == 422  # a weight of nothing
    data["dimensions-0-weight"], data["dimensions-7-weight"] = ["35"], ["5"]
    assert city.send(url, data).status_code == 303
    kept = read_round(round_id).sheet.dimensions
    assert [(line.key, line.label, line.weight) for line in kept] == [
        ("operation", "运营", 35), ("ability", "服务能力", 30), ("effect", "服务绩效", 30), ("line1", "特色", 5),
    ]  # fmt: skip


def test_a_key_sent_twice_or_made_up_does_no_harm(office, sign_in):
    round_id, city = driver.make_round(), sign_in("city")
    url = f"{HOME}{round_id}/edit/"
    data = form(city.get(url).text) | {"dimensions-1-key": ["operation"], "dimensions-2-key": ["$where.x"]}
    assert city.send(url, data).status_code == 303
    keys = [line.key for line in read_round(round_id).sheet.dimensions]
    assert len(set(keys)) == 4
    assert keys[0] == "operation"
    assert keys[3] == "novelty"


def test_a_second_saver_is_told_and_keeps_what_was_typed(office, sign_in):
    round_id, city, boss = driver.make_round(), sign_in("city"), sign_in("boss")
    url = f"{HOME}{round_id}/edit/"
    mine, theirs = form(city.get(url).text), form(boss.get(url).text)
    assert boss.send(url, theirs | {"call_title": ["别人的"]}).status_code == 303
    answer = city.send(url, mine | {"name": ["我的名称"]})
    assert answer.status_code == 409
    assert on_top(answer.text)
    assert form(answer.text)["name"] == ["我的名称"]
    assert read_round(round_id).call_title == "别人的"
    assert city.send(url, form(answer.text)).status_code == 303
    assert read_round(round_id).name == "我的名称"


def test_a_used_score_sheet_cannot_be_changed(office, sign_in):
    round_id, city = driver.make_round(), sign_in("city")
    driver.drive(office.guan.spare, round_id, to=driver.Stage.SCORED)
    url = f"{HOME}{round_id}/edit/"
    data = form(city.get(url).text)
    data |= {"dimensions-0-weight": ["30"], "dimensions-1-weight": ["25"]}
    answer = city.send(url, data)
    assert answer.status_code == 422
    assert "dimensions" in problems(answer.text)
    assert city.send(url, form(city.get(url).text) | {"recommend_until": ["2026-05-01"]}).status_code == 303


def test_a_round_is_closed_and_reopened_after_a_question(office, sign_in):
    round_id, city = driver.make_round(), sign_in("city")
    url = f"{HOME}{round_id}/close/"
    page = city.get(url).text
    assert "2026年度申报" in page
    answer = city.send(url, form(page, url))
    assert answer.status_code == 303
    assert read_round(round_id).closed
    assert flashes(city.get(answer.location).text)
    assert city.send(url, form(page, url)).status_code == 409  # clicked twice: still closed
    assert read_round(round_id).closed
    assert city.send(url, form(city.get(url).text, url)).status_code == 303
    assert not read_round(round_id).closed


@pytest.mark.parametrize("text", ["x", "0" * 24, "%00", "1" * 100])
def test_an_unknown_round_is_not_found(text, office, sign_in):
    city = sign_in("city")
    for path in ("", "edit/", "close/"):
        assert city.get(f"{HOME}{text}/{path}").status_code == 404


def test_a_county_sees_how_many_of_its_own_apply(office, sign_in):
    round_id = driver.make_round()
    driver.drive(office.guan.spare, round_id, to=driver.Stage.SUBMITTED)
    driver.drive(office.shen.spare, round_id, to=driver.Stage.DRAFT)
    own = sign_in("guan").get(f"{HOME}{round_id}/").text
    assert "stage=submitted" in own
    assert "stage=draft" not in own
    assert "stage=draft" in sign_in("city").get(f"{HOME}{round_id}/").text
