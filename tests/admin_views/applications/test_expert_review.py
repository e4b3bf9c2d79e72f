"""The expert review: scores entered by the city, kept from the counties, concluded."""

import re
from datetime import timedelta
from io import BytesIO

import pytest

from rules.applications import Stage
from tests import round_driver as driver
from tests.admin_views.applications.application_pages import HOME, at, buttons, page_of, sent
from tests.page_reader import form, problems
from tests.sample_office import PDF

pytestmark = pytest.mark.usefixtures("travel")


@pytest.fixture
def recommended(office, round_id, travel):
    one = driver.drive(office.guan.spare, round_id, to=Stage.RECOMMENDED)
    travel(driver.SCORED)
    return one


def score(browser, application, expert, points, **more):
    url = at(application, "expert")
    data = form(browser.get(url).text) | {"name": [expert], "organization": ["聊城大学"]}
    data |= {f"score_{key}": [str(points)] for key in ("operation", "ability", "effect", "novelty")}
    return browser.send(url, data | {key: [value] for key, value in more.items()})


def test_experts_score_the_extremes_are_dropped_and_it_is_concluded(office, sign_in, recommended):
    city = sign_in("city")
    assert buttons(page_of(city, recommended)) == {"conclude", "expert", "withdraw"}
    for name, points in (("甲", 60), ("乙", 80), ("丙", 82.5), ("丁", 84), ("戊", 99)):
        assert score(city, recommended, name, points, opinion=f"{name}的意见").status_code == 303
    page = page_of(city, recommended)
    assert "82.17" in page
    assert page.count('class="dropped"') == 2
    assert "甲的意见" in page
    data = sent(page, opinion=["一致同意"], action=["conclude"])
    data["file-score-sheets"] = [(BytesIO(PDF), "评分表.pdf")]
    assert city.send(at(recommended, "experts"), data).status_code == 303
    raw = driver.stored(recommended)
    assert raw["stage"] == "scored"
    assert raw["conclusion"]["average"] == 82.17
    page = page_of(city, recommended)
    assert "评分表.pdf" in page
    assert "/admin/publication/" in page


def test_a_county_reads_no_single_score_before_or_after(office, sign_in, round_id, travel):
    one = driver.drive(office.guan.spare, round_id, to=Stage.SCORED)
    secret = ("赵教授", "钱研究员", "服务扎实，特色明显。", "专家组一致认为")
    for name in ("guan", "guan_reader"):
        browser = sign_in(name)
        for page in (page_of(browser, one), browser.get(HOME + "?columns=average").text):
            assert [word for word in (*secret, ">86", "86.00") if word in page] == []
    assert "赵教授" in page_of(sign_in("reader"), one)  # a reader of the whole city
    page = page_of(sign_in("city"), one)
    assert all(word in page for word in secret)


def test_score_sheets_are_the_citys_even_by_their_address(office, sign_in, recommended):
    city = sign_in("city")
    data = sent(page_of(city, recommended), action=["keep"])
    data["file-score-sheets"] = [(BytesIO(PDF), "评分表.pdf")]
    data["file-expert-on-site"] = [(BytesIO(driver.PNG), "复核.png")]
    assert city.send(at(recommended, "experts"), data).status_code == 303
    guan = sign_in("guan")
    for raw in office.db["attachments"].find({"slot": {"$in": ["score-sheets", "expert-on-site"]}}):
        assert guan.get(f"{HOME}file/?file={raw['_id']}").status_code == 404
        assert raw["name"] not in page_of(guan, recommended)
        assert city.get(f"{HOME}file/?file={raw['_id']}").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "名" * 51}, "name"),
        ({"score_ability": ""}, "score_ability"),
        ({"score_ability": "101"}, "score_ability"),
        ({"score_ability": "-1"}, "score_ability"),
        ({"score_ability": "优"}, "score_ability"),
        ({"score_ability": "nan"}, "score_ability"),
        ({"name": "甲"}, "name"),
    ],
)
def test_wrong_scores_are_refused_beside_their_field(changes, field, office, sign_in, recommended):
    city = sign_in("city")
    assert score(city, recommended, "甲", 80).status_code == 303
    answer = score(city, recommended, "乙", 80, **{"opinion": "保留", **changes})
    assert answer.status_code == 422
    assert field in problems(answer.text)
    assert form(answer.text)["opinion"] == ["保留"]
    assert form(answer.text)[next(iter(changes))] == list(changes.values())
    assert len(driver.stored(recommended)["experts"]) == 1


def test_an_experts_scores_are_corrected_and_taken_away(office, sign_in, recommended):
    city = sign_in("city")
    for name in ("甲", "乙"):
        score(city, recommended, name, 80)
    url = f"{at(recommended, 'expert')}&place=1"
    data = form(city.get(url).text)
    assert data["name"] == ["乙"]
    assert city.send(url, data | {"score_effect": ["90"]}).status_code == 303
    assert driver.stored(recommended)["experts"][1]["total"] == 83
    assert city.send(url, data | {"score_effect": ["10"]}).status_code == 409  # read before that
    page = page_of(city, recommended)
    answer = city.send(at(recommended, "experts"), sent(page, drop=["0"], opinion=["先记着"]))
    assert answer.status_code == 200
    assert form(answer.text)["opinion"] == ["先记着"]
    assert [row["name"] for row in driver.stored(recommended)["experts"]] == ["乙"]
    assert city.get(f"{at(recommended, 'expert')}&place=7").status_code == 404
    assert "乙" in city.get(at(recommended, "expert")).text  # offered again


def test_too_few_experts_or_no_opinion_conclude_nothing(office, sign_in, recommended):
    city = sign_in("city")
    for name in ("甲", "乙"):
        score(city, recommended, name, 80)
    answer = city.send(
        at(recommended, "experts"), sent(page_of(city, recommended), action=["conclude"], people=["王明"])
    )
    assert answer.status_code == 422
    assert "opinion" in problems(answer.text)
    assert len(re.findall("<li>", re.search(r'class="problems".*?</div>', answer.text, re.DOTALL)[0])) == 2
    assert form(answer.text)["people"] == ["王明"]
    assert driver.stored(recommended)["stage"] == "recommended"
    tomorrow = driver.SCORED + timedelta(days=1)
    answer = city.send(
        at(recommended, "experts"), sent(answer.text, checked_on=[tomorrow.isoformat()], action=["keep"])
    )
    assert answer.status_code == 422
    assert "checked_on" in problems(answer.text)


def test_the_expert_review_is_closed_to_counties(office, sign_in, recommended):
    guan = sign_in("guan")
    assert guan.get(at(recommended, "expert")).status_code == 403
    assert guan.send(at(recommended, "experts"), {"version": "1"}).status_code == 403
