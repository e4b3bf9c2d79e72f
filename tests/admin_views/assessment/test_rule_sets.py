"""Rule sets as clerks meet them: read, drafted, put in force, ended."""

from datetime import date

import pytest
import time_machine

from forms.rule_sets import sent_fields
from rules.rule_sets.measures import CITY_2021
from services.assessment.rule_sets import rule_sets
from tests.page_reader import flashes, form, on_top, problems, text_of

NEW = "/admin/rule-sets/new/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(date(2026, 11, 24), tick=True):
        yield


@pytest.fixture
def fields(app):
    with app.test_request_context():
        return sent_fields(CITY_2021) | {
            "title": "新办法",
            "first_day": "2026-12-04",
            "last_day": "",
            "tenants": "30",
        }


def draft(browser, fields, **changed):
    answer = browser.send(NEW, fields | changed)
    assert answer.status_code == 303, on_top(answer.text)
    return answer.location


def test_the_list_shows_each_level_and_what_is_amiss(sign_in):
    page = text_of(sign_in("guan").get("/admin/rule-sets/").text)
    for word in ("市级", "省级", "国家级", "聊工信发〔2021〕133号", "2021-12-04 – 2026-12-03", "2026-12-03"):
        assert word in page
    assert "新建" not in page  # a county clerk only reads


def test_one_set_shows_every_figure_with_its_article(sign_in):
    page = text_of(sign_in("reader").get("/admin/rule-sets/city-2021/").text)
    for word in ("第五条第（二）项", "第七条第（八）项", "第十六条", "400", "300", "01-20"):
        assert word in page


def test_a_new_set_begins_as_a_copy_and_is_kept_as_a_draft(sign_in, office):
    boss = sign_in("boss")
    sent = {name: values[0] for name, values in form(boss.get(NEW).text).items() if name != "csrf_token"}
    assert sent["tenants"] == "25"
    assert sent["first_day"] == "2026-12-04"
    assert sent["information__online"] == "y"
    place = draft(boss, sent, title="二〇二六办法", tenants="３０", training__person_times="")
    assert "二〇二六办法" in boss.get(place).text
    stored = office.db["rule_sets"].find_one({"_id": "city-2026-2"})
    assert stored["draft"]
    assert stored["figures"]["tenants"] == 30
    assert "training" not in stored["figures"]["functions"]
    assert [one.code for one in rule_sets()] == ["city-2021", "nation-2016"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("tenants", "二十五"), ("tenants", "-1"), ("tenants", ""), ("tenants", "3.5"), ("low_fee_percent", "120"),
        ("functions_required", "9"), ("training__person_times", "0"), ("notice_working_days", "0"),
        ("first_day", "明年"), ("first_day", ""), ("last_day", "2026-12-03"), ("title", " "),
        ("base_summary_by", "2-29"), ("county_summary_by", "一月"), ("document_number", "133"),
    ],
)  # fmt: skip
def test_wrong_input_is_kept_with_its_sentence_beside_the_field(name, typed, sign_in, fields, office):
    answer = sign_in("city").send(NEW, fields | {name: typed})
    assert answer.status_code == 422
    assert list(problems(answer.text)) == [name]
    assert form(answer.text)[name] == [typed]
    assert form(answer.text)["people"] == ["400"]
    assert office.db["rule_sets"].count_documents({}) == 1


def test_a_draft_is_put_in_force_after_a_question_and_then_stays(sign_in, fields, office):
    boss = sign_in("boss")
    place = draft(boss, fields, begin="1")
    assert place.endswith("/put-in-force/")
    question = boss.get(place).text
    assert "新办法" in question
    assert "25 → 30" in text_of(question)
    sent = {name: values[0] for name, values in form(question, place).items()}
    answer = boss.send(place, sent)
    assert answer.status_code == 303
    assert flashes(boss.get(answer.location).text)
    for path in ("edit/", "delete/", "put-in-force/"):
        assert boss.get(f"/admin/rule-sets/city-2026-2/{path}").status_code == 409
    assert not office.db["rule_sets"].find_one({"_id": "city-2026-2"})["draft"]


def test_an_overlap_is_said_before_and_refused(sign_in, fields, office):
    boss = sign_in("boss")
    place = draft(boss, fields, first_day="2026-12-03")
    assert "聊工信发〔2021〕133号" in text_of(boss.get(place).text)
    question = boss.get(place + "put-in-force/")
    assert form(question.text, place + "put-in-force/") == {}  # no button
    assert boss.send(place + "put-in-force/", {"version": "1"}).status_code == 409
    assert office.db["rule_sets"].find_one({"_id": "city-2026-2"})["draft"]


def test_a_second_saver_of_a_draft_keeps_what_was_typed(sign_in, fields):
    city, boss = sign_in("city"), sign_in("boss")
    place = draft(city, fields)
    assert boss.send(place + "edit/", fields | {"version": "1", "people": "500"}).status_code == 303
    answer = city.send(place + "edit/", fields | {"version": "1", "people": "600"})
    assert answer.status_code == 422
    assert on_top(answer.text)
    assert form(answer.text)["people"] == ["600"]
    assert form(answer.text)["version"] == ["1"]


def test_a_draft_is_the_citys_alone(sign_in, fields):
    place = draft(sign_in("city"), fields)
    for name in ("guan", "reader"):
        browser = sign_in(name)
        assert browser.get(place).status_code == 404
        assert "新办法" not in browser.get("/admin/rule-sets/").text
        assert browser.get("/admin/what-if/").status_code == 403


def test_the_last_day_is_moved_by_an_administrator(sign_in, office):
    boss, path = sign_in("boss"), "/admin/rule-sets/city-2021/last-day/"
    assert form(boss.get(path).text)["last_day"] == ["2026-12-03"]
    answer = boss.send(path, {"last_day": "2026-11-01", "version": "0"})
    assert answer.status_code == 422
    assert list(problems(answer.text)) == ["last_day"]
    assert boss.send(path, {"last_day": "2027年12月3日", "version": "0"}).status_code == 303
    assert "2027-12-03" in boss.get("/admin/rule-sets/").text
    assert sign_in("city").get(path).status_code == 403


def test_the_trail_tells_what_was_changed_in_the_offices_words(sign_in, fields):
    boss = sign_in("boss")
    place = draft(boss, fields)
    assert (
        boss.send(place + "edit/", fields | {"version": "1", "training__person_times": "350"}).status_code
        == 303
    )
    page = text_of(boss.get("/admin/audit/").text)
    assert "人员培训 · " in page
    assert "350" in page
