"""Rules between cells over HTTP: a warning asks once in forms, is counted in acts on many, and shown in a trial."""

from datetime import UTC, datetime

import pytest

from services.records import records
from tests.admin_views.imports.test_grid import company, send
from tests.admin_views.imports.test_trial import address, tried
from tests.page_reader import flashes, form, text_of
from tests.sample_office import code, workbook

NOW = datetime(2026, 3, 3, tzinfo=UTC)
PATH = "/admin/tenant-companies"
LEFT_WITHOUT_DAY = "未填迁出日期"


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def new(office, **values):
    return {
        "name": "核对有限公司", "uscc": code(5102), "base": str(office.guan.base), "status": "housed", **values
    }  # fmt: skip


def stored_company(office, number, name, **values):
    given = {"name": name, "uscc": code(number), "base": office.guan.base, "status": "housed", **values}
    return records.create("tenant_companies", given, actor=office.actor("boss"), now=NOW)


# --- Forms ----------------------------------------------------------------------------------------


def test_a_contradiction_is_asked_once_with_what_was_typed_and_saved_all_the_same(office, city):
    before = office.digest()
    answer = city.send(f"{PATH}/new/", new(office, status="moved_out", notes="长期未联系"))
    assert answer.status_code == 422
    assert office.digest() == before
    page = text_of(answer.text)
    assert LEFT_WITHOUT_DAY in page and "仍要保存" in page
    typed = form(answer.text)
    assert typed["notes"] == ["长期未联系"]
    assert city.send(f"{PATH}/new/", typed).status_code == 303
    assert office.db["tenant_companies"].find_one({"uscc": code(5102)})["status"] == "moved_out"


def test_a_second_contradiction_is_asked_although_the_first_was_confirmed(office, city):
    typed = form(city.send(f"{PATH}/new/", new(office, status="moved_out")).text)
    answer = city.send(f"{PATH}/new/", typed | {"people": "30000"})
    assert answer.status_code == 422
    assert "从业人员数不合常理" in text_of(answer.text)
    assert city.send(f"{PATH}/new/", form(answer.text)).status_code == 303


def test_a_change_that_leaves_the_contradiction_as_it_was_is_not_asked(office, city):
    one = stored_company(office, 5111, "早已迁出有限公司", status="moved_out")
    url = f"{PATH}/edit/?id={one}"
    typed = form(city.get(url).text)
    answer = city.send(url, typed | {"phone": "0635-8241234"})
    assert answer.status_code == 303, text_of(answer.text)
    answer = city.send(url, form(city.get(url).text) | {"status": "housed", "moved_out": "2025-01-02"})
    assert answer.status_code == 422
    assert "迁出日期已到" in text_of(answer.text)


def test_the_same_name_and_base_under_two_codes_is_asked_of_who_may_see_the_other(office, city, sign_in):
    stored_company(office, 5121, "孪生有限公司")
    guan = sign_in("guan")
    before = office.digest()
    for browser in (city, guan):
        answer = browser.send(f"{PATH}/new/", new(office, name="孪生有限公司"))
        assert answer.status_code == 422
        assert code(5121) in text_of(answer.text)
    assert office.digest() == before
    elsewhere = new(office, name="孪生有限公司", base=str(office.shen.base), uscc=code(5122))
    assert city.send(f"{PATH}/new/", elsewhere).status_code == 303, "another base, another company"


def test_an_earlier_version_that_contradicts_itself_is_asked_as_well(office, city):
    one = stored_company(office, 5131, "回退有限公司", status="moved_out")
    version = office.one("tenant_companies", one)["version"]
    records.update(
        "tenant_companies", one, {"moved_out": datetime(2025, 1, 2, tzinfo=UTC)}, version=version,
        actor=office.actor("boss"), now=NOW,
    )  # fmt: skip
    entry = office.db["audit_entries"].find_one({"record_id": one, "action": "created"})["_id"]
    url = f"{PATH}/version/?id={one}&entry={entry}"
    before = office.digest()
    answer = city.send(url, form(city.get(url).text, f"{PATH}/version/"))
    assert answer.status_code == 422 and LEFT_WITHOUT_DAY in text_of(answer.text)
    assert office.digest() == before
    assert city.send(url, form(answer.text, f"{PATH}/version/")).status_code == 303
    assert "moved_out" not in office.one("tenant_companies", one)


# --- Many at once ---------------------------------------------------------------------------------


def test_an_act_on_many_says_of_how_many_it_is_doubtful_before_anything_is_written(office, city):
    ids = [office.guan.company, office.guan.second_company]
    dated = stored_company(office, 5141, "有日期有限公司", moved_out=datetime(2025, 1, 2, tzinfo=UTC))
    versions = {one: office.one("tenant_companies", one)["version"] for one in (*ids, dated)}
    sent = {
        "action": "status",
        "value-status": "moved_out",
        "id": [f"{one}.{at}" for one, at in versions.items()],
    }
    before = office.digest()
    answer = city.send(f"{PATH}/action/?search=", sent)
    assert answer.status_code == 422
    assert office.digest() == before
    assert "2 条记录：" in text_of(answer.text) and LEFT_WITHOUT_DAY in text_of(answer.text)
    again = city.send(f"{PATH}/action/?search=", form(answer.text, f"{PATH}/action/?search="))
    assert again.status_code == 303
    assert "3" in flashes(city.get(again.location).text)[0]
    assert {office.one("tenant_companies", one)["status"] for one in versions} == {"moved_out"}


# --- Workbooks and the grid -----------------------------------------------------------------------


def test_a_trial_shows_what_is_doubtful_on_its_row_and_writing_takes_it(office, city):
    heading = ("企业名称", "统一社会信用代码", "所属基地", "状态", "从业人员（人）")
    rows = [
        ("甲疑有限公司", code(5151), "清泉创业园", "已迁出", 5),
        ("乙好有限公司", code(5152), "清泉创业园", "在驻", 5),
        ("甲疑有限公司", code(5153), "清泉创业园", "在驻", 5),
    ]
    sent = {"kind": "tenant-companies", "file": (workbook([heading, *rows]), "名录.xlsx"), "dry_run": "1"}
    page = city.send("/admin/import/", sent).text
    doubtful = text_of(city.get(f"{address(page)}?show=doubtful").text)
    assert LEFT_WITHOUT_DAY in doubtful and "第 2 行有同名、同基地的企业" in doubtful
    assert "乙好有限公司" not in doubtful
    assert city.send("/admin/import/write", form(page, "/admin/import/write")).status_code == 303
    assert (
        office.db["tenant_companies"].count_documents(
            {"uscc": {"$in": [code(n) for n in (5151, 5152, 5153)]}}
        )
        == 3
    )


def test_the_grid_says_what_is_doubtful_beside_the_cell(office, sign_in):
    answer = send(sign_in("guan"), "check", [company(71, status="已迁出")])
    [result] = answer.json["results"]
    assert result["outcome"] == "created"
    assert LEFT_WITHOUT_DAY in result["faults"]["moved_out"]


@pytest.mark.parametrize(("cell", "said"), [("50%", "是百分比"), ("50 ％", "是百分比")])
def test_a_percentage_is_no_amount_of_money_in_forms_and_workbooks(office, city, cell, said):
    answer = city.send(f"{PATH}/new/", new(office, revenue=cell))
    assert answer.status_code == 422 and said in text_of(answer.text)
    page = tried(city, ("百分有限公司", code(5161), "清泉创业园", cell))
    assert said in text_of(page)
