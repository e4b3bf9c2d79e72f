"""The innovations of Art. 8: entered one by one with their evidence, handed in, read, and scored."""

import re
from io import BytesIO

import pytest

from rules.applications import Stage
from rules.materials import Material
from services.applications.application_form import form_of
from tests import round_driver as driver
from tests.admin_views.applications.application_pages import HOME, at, files_of, page_of, sent, uploads
from tests.page_reader import form, problems
from tests.sample_office import PDF

pytestmark = pytest.mark.usefixtures("travel")
ITEM = {
    "innovation_1_aspect": ["service-platform"], "innovation_1_title": ["“一网通办”创业服务平台"],
    "innovation_1_description": ["企业线上提交，\n三日内办结。"],
}  # fmt: skip
STORED = {
    "place": 1, "aspect": "service-platform", "title": "“一网通办”创业服务平台",
    "description": "企业线上提交，\n三日内办结。",
}  # fmt: skip
EVIDENCE = "平台截图.pdf"


def evidence(place=1, name=EVIDENCE):
    return {f"file-innovation-{place}": [(BytesIO(PDF), name)]}


def save(browser, application, *files, **changes):
    data = sent(page_of(browser, application), **{"action": ["keep"], **changes})
    return browser.send(
        at(application, "materials"), {**data, **{k: v for file in files for k, v in file.items()}}
    )


def hand_in(browser, application, *files, **changes):
    slots = [one.value for one in Material if one is not Material.CASES]
    changes = {"cases": ["案例"], "sealed": ["1"], "action": ["submit"], **changes}
    return save(browser, application, uploads(*slots), *files, **changes)


def characteristics(application):
    """Return the line of the form that the innovations fill."""
    facts = form_of(
        driver.stored(application),
        actor=driver.CITY,
        now=driver.moment(driver.ANNOUNCED),
        today=driver.ANNOUNCED,
    )
    return facts.values["characteristics"]


@pytest.fixture
def recommended(office, sign_in, round_id, monkeypatch):
    """Bring an application with one innovation, its text entered and a file beside it, before the experts."""
    submit = driver._STEPS[Stage.SUBMITTED]

    def with_innovation(application, actor, points):
        assert save(sign_in("guan"), application, evidence(), **ITEM).status_code == 303
        submit(application, actor, points)

    monkeypatch.setitem(driver._STEPS, Stage.SUBMITTED, with_innovation)
    # Not what the usual steps made once.
    return driver.drive.__wrapped__(office.guan.spare, round_id, to=Stage.RECOMMENDED)


def test_an_innovation_is_saved_with_its_evidence_and_stands_in_the_trail(office, sign_in, draft):
    guan = sign_in("guan")
    assert save(guan, draft, evidence(), **ITEM).status_code == 303
    assert driver.stored(draft)["innovations"] == [STORED]
    assert files_of(office, draft, "innovation-1") == [EVIDENCE]
    page = page_of(guan, draft)
    assert form(page) | ITEM == form(page)
    assert EVIDENCE in page and "第八条" in page
    entry = office.db["audit_entries"].find_one({"record_id": draft, "changes.field": "innovations"})
    assert "创业服务平台化：“一网通办”创业服务平台" in str(entry["changes"])
    version = driver.version_of(draft)
    assert save(guan, draft).status_code == 303  # the same once more
    assert driver.version_of(draft) == version


def test_an_innovation_is_taken_away_by_clearing_it(office, sign_in, draft):
    guan = sign_in("guan")
    save(guan, draft, **ITEM)
    save(guan, draft, **{name: [""] for name in ITEM})
    assert driver.stored(draft)["innovations"] == []
    save(guan, draft, innovation_7_title=["第七项"])
    assert [item["place"] for item in driver.stored(draft)["innovations"]] == [7]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("innovation_1_title", "名" * 101),
        ("innovation_2_description", "说" * 1001),
        ("innovation_3_aspect", "made-up"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field_and_stays_typed(
    field, value, office, sign_in, draft
):
    guan = sign_in("guan")
    before = driver.stored(draft)
    answer = save(guan, draft, cases=["同时录入"], **{**ITEM, field: [value]})
    assert answer.status_code == 422
    assert set(problems(answer.text)) == {field}
    again = form(answer.text)
    assert again["cases"] == ["同时录入"]
    if not field.endswith("aspect"):
        assert again[field] == [value]
    assert again["innovation_1_description"] == ITEM["innovation_1_description"]
    assert driver.stored(draft) == before


def test_an_innovation_without_aspect_or_evidence_is_not_handed_in(office, sign_in, draft):
    guan = sign_in("guan")
    answer = hand_in(guan, draft, evidence(2), innovation_1_title=["只有名称"])
    assert answer.status_code == 422
    assert set(problems(answer.text)) == {
        "innovation_1_aspect", "innovation_1_description", "innovation_2_aspect", "innovation_2_title",
    }  # fmt: skip
    assert "请选择第 1 项创新与特色所属方面。" in answer.text
    assert form(answer.text)["innovation_1_title"] == ["只有名称"]
    assert driver.stored(draft)["stage"] == "draft"


def test_none_is_compulsory(office, sign_in, draft):
    assert hand_in(sign_in("guan"), draft).status_code == 303
    assert driver.stored(draft)["submission"]["innovations"] == []
    assert 'id="innovations"' not in page_of(sign_in("guan"), draft)


def test_what_was_handed_in_is_frozen_with_its_files(office, sign_in, draft):
    guan = sign_in("guan")
    read_before = sent(page_of(guan, draft))
    assert hand_in(guan, draft, evidence(), **ITEM).status_code == 303
    assert driver.stored(draft)["submission"]["innovations"] == [{**STORED, "files": [EVIDENCE]}]
    page = page_of(guan, draft)
    assert 'name="innovation_1_title"' not in page
    section = re.search(r'<section class="sheet" id="innovations">.*?</section>', page, re.DOTALL)[0]
    assert "创业服务平台化" in section and "三日内办结" in section and EVIDENCE in section
    before = office.digest()
    late = {**read_before, "version": [str(driver.version_of(draft))], "innovation_1_title": ["改过的"]}
    answer = guan.send(at(draft, "materials"), {**late, **evidence(name="后补.pdf")})
    assert answer.status_code == 422
    assert "改过的" in answer.text  # what was typed is shown
    assert {key: value for key, value in office.digest().items() if key != "users"} == {
        key: value for key, value in before.items() if key != "users"
    }


def test_a_second_saver_sees_what_the_first_saved_and_keeps_what_was_typed(office, sign_in, draft):
    guan, city = sign_in("guan"), sign_in("city")
    mine = sent(page_of(guan, draft), action=["keep"], innovation_1_title=["我的"])
    save(city, draft, **ITEM)
    answer = guan.send(at(draft, "materials"), mine)
    assert answer.status_code == 409
    assert form(answer.text)["innovation_1_title"] == ["我的"]
    assert "创业服务平台化：“一网通办”创业服务平台" in answer.text
    assert driver.stored(draft)["innovations"] == [STORED]


def test_a_county_of_another_scope_sees_nothing(office, sign_in, draft):
    save(sign_in("guan"), draft, evidence(), **ITEM)
    file = office.db["attachments"].find_one({"record_id": draft, "slot": "innovation-1"})["_id"]
    shen = sign_in("shen")
    before = office.digest()
    assert shen.get(at(draft)).status_code == 404
    assert shen.get(f"{HOME}file/?file={file}").status_code == 404
    assert (
        shen.send(at(draft, "materials"), {"version": "1", "innovation_1_title": "越权"}).status_code == 404
    )
    assert office.digest()["applications"] == before["applications"]


def test_the_forms_line_is_made_of_the_innovations_and_of_the_text_without_any(office, sign_in, draft):
    guan = sign_in("guan")
    save(guan, draft, characteristics=["原来的文字"])
    save(guan, draft, **ITEM)
    assert characteristics(draft) == "1. 创业服务平台化：“一网通办”创业服务平台\n企业线上提交，\n三日内办结。"
    assert driver.stored(draft)["characteristics"] == "原来的文字"
    save(guan, draft, **{name: [""] for name in ITEM})
    assert characteristics(draft) == "原来的文字"


def test_the_expert_page_shows_the_innovations_beside_the_dimension_that_scores_them(
    office, sign_in, recommended
):
    city = sign_in("city")
    page = city.get(at(recommended, "expert")).text
    rows = re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    place = next(number for number, row in enumerate(rows) if "scored-innovations" in row)
    assert "特色与示范性" in rows[place - 1]
    assert "“一网通办”创业服务平台" in rows[place] and EVIDENCE in rows[place] and "第八条" in rows[place]
    file = re.search(r"/admin/applications/file/\?file=\w+", rows[place])[0]
    assert city.get(file).data == PDF
    for name in ("guan", "reader"):
        page = page_of(sign_in(name), recommended)
        assert "“一网通办”创业服务平台" in page and EVIDENCE in page


def test_a_round_says_which_dimension_scores_the_innovations(office, sign_in, recommended):
    city = sign_in("city")
    round_id = driver.stored(recommended)["round"]
    url = f"/admin/rounds/{round_id}/edit/"
    data = form(city.get(url).text)
    assert [name for name in data if name.endswith("of_innovations")] == ["dimensions-3-of_innovations"]
    moved = {name: value for name, value in data.items() if name != "dimensions-3-of_innovations"}
    assert city.send(url, {**moved, "dimensions-1-of_innovations": ["y"]}).status_code == 303
    lines = office.db["rounds"].find_one({"_id": round_id})["dimensions"]
    assert [line["key"] for line in lines if line["of_innovations"]] == ["ability"]
    rows = re.findall(r"<tr.*?</tr>", city.get(at(recommended, "expert")).text, re.DOTALL)
    place = next(number for number, row in enumerate(rows) if "scored-innovations" in row)
    assert "服务能力" in rows[place - 1]
    assert "评创新与特色" in city.get(f"/admin/rounds/{round_id}/").text


def test_a_round_of_before_scores_them_where_the_standard_sheet_does(office, sign_in, recommended):
    round_id = driver.stored(recommended)["round"]
    office.db["rounds"].update_one({"_id": round_id}, {"$unset": {"dimensions.$[].of_innovations": ""}})
    rows = re.findall(r"<tr.*?</tr>", sign_in("city").get(at(recommended, "expert")).text, re.DOTALL)
    place = next(number for number, row in enumerate(rows) if "scored-innovations" in row)
    assert "特色与示范性" in rows[place - 1]
