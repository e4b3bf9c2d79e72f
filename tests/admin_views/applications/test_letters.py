"""Letters of recommendation: chosen, previewed, issued exactly so, and never twice."""

import re
from datetime import date

import pytest

from rules.applications import Stage
from tests import round_driver as driver
from tests.admin_views.applications.application_pages import DAY, HOME, RECOMMEND
from tests.page_reader import form, on_top, problems, text_of
from tests.sample_office import MARK, cells

pytestmark = pytest.mark.usefixtures("travel")


@pytest.fixture
def reviewed(office, round_id, travel):
    bases = [
        office.guan.spare,
        driver.make_base("371525", "鲁西北农村电子商务与智能装备小微企业创业创新示范基地（二期）"),
    ]
    applications = [driver.drive(base, round_id, to=Stage.REVIEWED) for base in bases]
    driver.drive(office.shen.spare, round_id, to=Stage.REVIEWED)
    travel(date(2026, 3, 6))
    return applications


def letter(page, **changes):
    return (
        form(page) | {"number": ["冠工信字[2026]7号"], "dated": ["2026-3-6"], "action": ["preview"]} | changes
    )


def test_the_letter_is_previewed_and_issued_exactly_so(office, sign_in, reviewed):
    guan = sign_in("guan")
    page = guan.get(RECOMMEND).text
    assert sorted(form(page)["id"]) == sorted(map(str, reviewed))
    assert MARK not in page
    preview = guan.send(RECOMMEND, letter(page))
    assert preview.status_code == 200
    paper = text_of(re.search(r"<article.*</article>", preview.text, re.DOTALL)[0])
    assert "冠工信字〔2026〕7号" in paper
    assert "2026年3月6日" in paper
    assert office.db["letters"].count_documents({}) == 0
    assert driver.stored(reviewed[0])["stage"] == "reviewed"
    answer = guan.send(RECOMMEND, form(preview.text) | {"action": ["issue"]})
    assert answer.status_code == 303
    shown = guan.get(answer.location).text
    assert text_of(re.search(r"<article.*</article>", shown, re.DOTALL)[0]) == paper
    assert {driver.stored(one)["stage"] for one in reviewed} == {"recommended"}
    assert "冠工信字〔2026〕7号" in guan.get(HOME + "letters/").text
    assert guan.get(answer.location + "docx/").data.startswith(b"PK")
    table = cells(guan.get(answer.location + "xlsx/"))
    assert sum("创业创新示范基地（二期）" in str(row) for row in table) == 1
    for path in ("", "docx/", "xlsx/"):
        assert sign_in("shen").get(answer.location + path).status_code == 404
    assert "冠工信字" not in sign_in("shen").get(HOME + "letters/").text


def test_one_of_several_is_recommended_and_the_other_waits(office, sign_in, reviewed):
    guan = sign_in("guan")
    page = guan.get(RECOMMEND).text
    preview = guan.send(RECOMMEND, letter(page, id=[str(reviewed[0])]))
    assert guan.send(RECOMMEND, form(preview.text) | {"action": ["issue"]}).status_code == 303
    assert [driver.stored(one)["stage"] for one in reviewed] == ["recommended", "reviewed"]
    assert form(guan.get(RECOMMEND).text)["id"] == [str(reviewed[1])]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": [""]}, "number"),
        ({"number": ["七号"]}, "number"),
        ({"number": ["冠工信字〔2026〕99号"]}, "number"),
        ({"dated": [""]}, "dated"),
        ({"dated": ["2026-03-07"]}, "dated"),
        ({"dated": ["2026-03-04"]}, "dated"),
        ({"dated": ["三月"]}, "dated"),
        ({"id": []}, ""),
    ],
)
def test_a_wrong_letter_is_refused_and_keeps_what_was_typed(changes, field, office, sign_in, reviewed):
    office.db["papers"].insert_one({"_id": "冠工信字〔2026〕99号", "kind": "x", "dated": driver.moment(DAY)})
    guan = sign_in("guan")
    page = guan.get(RECOMMEND).text
    answer = guan.send(RECOMMEND, letter(page, **changes))
    assert answer.status_code == 422
    assert field in problems(answer.text) if field else on_top(answer.text)
    again = form(answer.text)
    for name, value in changes.items():
        assert again.get(name, []) == value
    assert office.db["letters"].count_documents({}) == 0


def test_a_change_between_preview_and_issue_is_told(office, sign_in, reviewed):
    guan = sign_in("guan")
    preview = guan.send(RECOMMEND, letter(guan.get(RECOMMEND).text)).text
    office.db["applications"].update_one({"_id": reviewed[1]}, {"$inc": {"version": 1}})
    answer = guan.send(RECOMMEND, form(preview) | {"action": ["issue"]})
    assert answer.status_code == 409
    assert form(answer.text)["number"] == ["冠工信字[2026]7号"]
    assert office.db["letters"].count_documents({}) == 0
    again = guan.send(RECOMMEND, form(answer.text) | {"action": ["preview"]})
    assert guan.send(RECOMMEND, form(again.text) | {"action": ["issue"]}).status_code == 303


def test_issued_twice_the_second_is_refused(office, sign_in, reviewed):
    guan = sign_in("guan")
    preview = guan.send(RECOMMEND, letter(guan.get(RECOMMEND).text)).text
    assert guan.send(RECOMMEND, form(preview) | {"action": ["issue"]}).status_code == 303
    assert guan.send(RECOMMEND, form(preview) | {"action": ["issue"]}).status_code in (409, 422)
    assert office.db["letters"].count_documents({}) == 1


def test_what_the_list_itself_sends_stands_ticked_in_the_letter(sign_in, reviewed):
    guan = sign_in("guan")
    boxes = re.findall(r'name="id" value="([^"]*)"', guan.get(f"{HOME}?stage=reviewed").text)
    assert sorted(box.partition(".")[0] for box in boxes) == sorted(map(str, reviewed))
    answer = guan.send(RECOMMEND, {"action": "choose", "id": boxes})
    assert answer.status_code == 200
    assert sorted(form(answer.text)["id"]) == sorted(map(str, reviewed))
    (only,) = form(guan.send(RECOMMEND, {"action": "choose", "id": boxes[0]}).text)["id"]
    assert only == boxes[0].partition(".")[0]
    assert guan.send(RECOMMEND, {"action": "choose", "id": "no.1"}).status_code == 404


def test_ticked_in_the_list_they_stand_ticked_in_the_letter(office, sign_in, reviewed, round_id):
    guan = sign_in("guan")
    waiting = driver.drive(driver.make_base("371525", "待审园"), round_id, to=Stage.SUBMITTED)
    page = guan.send(RECOMMEND, {"action": "choose", "id": [str(reviewed[1]), str(waiting)]}).text
    assert form(page)["id"] == [str(reviewed[1])]
    assert on_top(page)
    assert guan.send(RECOMMEND, {"action": "choose"}).status_code == 422
    other = office.db["applications"].find_one({"county": "371522"})["_id"]
    for action in ("choose", "preview", "issue"):
        data = {
            "action": action,
            "id": str(other),
            "round": str(round_id),
            "number": "冠工信字〔2026〕8号",
            "dated": "2026-03-06",
        }
        assert guan.send(RECOMMEND, data).status_code == 404
