"""The conditions that bind, through the pages: kind of applicant, place of registration, operating conditions."""

import re

import pytest

from rules.applications import Stage
from tests import round_driver as driver
from tests.admin_views.applications.application_pages import at, page_of, sent
from tests.admin_views.applications.test_county_review import reviewed_form
from tests.page_reader import on_top
from tests.sample_office import GUAN, code

pytestmark = pytest.mark.usefixtures("travel")
REGISTRATION = "/admin/assessment/registration/"


def registered_line(page):
    """Return the line of the place of registration, without tags."""
    row = re.search(r'<tr class="further"><th scope="row"><span class="art">第五条.*?</tr>', page, re.DOTALL)
    return re.sub(r"<[^>]+>", " ", row[0])


def test_nothing_is_handed_in_without_the_kind_of_applicant(office, sign_in, round_id):
    base = driver.make_base(GUAN, "无类型园", base_type=None)  # it may be kept like that
    application = driver.drive(base, round_id, to=Stage.DRAFT)
    guan, before = sign_in("guan"), driver.stored(application)
    answer = guan.send(at(application, "materials"), sent(page_of(guan, application), action=["submit"]))
    assert answer.status_code == 422
    assert "未填写申报主体类型（第三条），请在示范基地的编辑页填写“基地类型”。" in on_top(answer.text)
    assert f"/admin/bases/edit/?id={base}#base_type" in answer.text
    assert driver.stored(application) == before


def test_no_review_passes_while_a_condition_is_not_verified(office, sign_in, unverified):
    guan = sign_in("guan")
    data = reviewed_form(page_of(guan, unverified), opinion="同意", action="pass")
    answer = guan.send(at(unverified, "review"), data)
    assert answer.status_code == 422
    assert answer.text.count("尚未核实，请在运营条件核实表中核实") == 9
    raw = driver.stored(unverified)
    assert raw["stage"] == "submitted"
    assert "checks" not in raw.get("review", {})
    assert f"/admin/assessment/checklist/?id={office.guan.spare}&amp;year=2025" in answer.text


def test_a_condition_without_evidence_or_finding_is_not_verified(office, sign_in, unverified):
    guan = sign_in("guan")
    states = {f"state-{key}": "met" for key in CONDITIONS}
    remarks = {f"remark-{key}": "现场核实" for key in CONDITIONS if key != "plan"}
    url = f"/admin/assessment/checklist/?id={office.guan.spare}&year=2025"
    assert guan.send(url, {"version": "0", **states, **remarks}).status_code == 303
    data = reviewed_form(page_of(guan, unverified), opinion="同意", action="pass")
    answer = guan.send(at(unverified, "review"), data)
    assert answer.status_code == 422
    assert "“发展规划”没有证明材料，也没有核实说明，请在运营条件核实表中补充。" in answer.text
    assert driver.stored(unverified)["stage"] == "submitted"


CONDITIONS = (
    "premises", "governance", "plan", "yearly-goals", "implementation", "management-system", "process-and-fees",
    "quality", "ledger",
)  # fmt: skip


def test_a_review_may_find_against_a_base_of_which_nothing_is_verified(office, sign_in, unverified):
    guan = sign_in("guan")
    data = reviewed_form(page_of(guan, unverified), opinion="台账不实", action="fail")
    assert guan.send(at(unverified, "review"), data).status_code == 303
    assert driver.stored(unverified)["stage"] == "not-certified"


def test_the_checks_stay_with_the_review_as_they_were(office, sign_in, submitted):
    guan = sign_in("guan")
    data = reviewed_form(page_of(guan, submitted), opinion="同意", action="pass")
    assert guan.send(at(submitted, "review"), data).status_code == 303
    frozen = driver.stored(submitted)["review"]
    assert {check["state"] for check in frozen["checks"].values()} == {"met"}
    assert {line["key"]: line["met"] for line in frozen["further"]} == {
        "registered": True,
        "conditions": True,
    }
    url = f"/admin/assessment/checklist/?id={office.guan.spare}&year=2025"
    changed = {"version": "1", "state-plan": "not-met", "remark-plan": "规划过期"}
    assert guan.send(url, changed).status_code == 303
    assert driver.stored(submitted)["review"] == frozen
    review = page_of(guan, submitted).split('id="review"')[1].split("</section>")[0]
    assert "规划过期" not in review
    assert "现场核实符合。" in review
    assert "县区已核实" in review


# --- The place of registration ---


def test_a_code_of_another_city_shows_where_it_is_from_and_is_not_met(office, sign_in, round_id):
    base = driver.make_base(GUAN, "外地园", uscc=code(77, "370102"))
    guan = sign_in("guan")
    page = guan.get(f"/admin/assessment/base/?id={base}&year=2025").text
    assert "济南市历下区" in registered_line(page)
    assert "未核实" in registered_line(page)
    application = driver.drive(base, round_id, to=Stage.SUBMITTED)
    assert "济南市历下区" in registered_line(page_of(guan, application))
    form = guan.get(f"{REGISTRATION}?id={base}").text
    assert "按记录，运营主体注册地为济南市历下区，不在聊城市。" in form
    before = office.one("bases", base)
    answer = guan.send(f"{REGISTRATION}?id={base}", {"version": "1", "in_city": "yes", "basis": "已迁入"})
    assert answer.status_code == 422
    assert "不在聊城市：请先在示范基地记录中更正注册地" in answer.text
    assert "已迁入" in answer.text
    assert office.one("bases", base) == before
    # It moved here: the record says so, and what that rests on.
    office.db["bases"].update_one({"_id": base}, {"$set": {"registered_place": "聊城市冠县"}})
    assert "代码登记机关在济南市历下区" in guan.get(f"{REGISTRATION}?id={base}").text
    answer = guan.send(f"{REGISTRATION}?id={base}", {"version": "1", "in_city": "yes", "basis": ""})
    assert (answer.status_code, "请填写核实依据" in answer.text) == (422, True)
    answer = guan.send(f"{REGISTRATION}?id={base}", {"version": "1", "in_city": "yes", "basis": "迁入通知书"})
    assert answer.status_code == 303
    line = registered_line(guan.get(f"/admin/assessment/base/?id={base}&year=2025").text)
    assert "县区已核实" in line
    assert "代码登记机关所在地为济南市历下区" in line


def test_the_county_confirms_once_and_the_trail_keeps_who_and_when(office, sign_in):
    guan, base = sign_in("guan"), office.guan.base
    version = office.one("bases", base)["version"]
    data = {"version": str(version), "in_city": "yes", "basis": ""}
    assert guan.send(f"{REGISTRATION}?id={base}", data).status_code == 303
    stored = office.one("bases", base)
    assert stored["registration_in_city"] is True
    assert stored["registration_checked_by"] == "冠县甲"
    assert stored["version"] == version + 1
    [entry] = office.db["audit_entries"].find({"action": "registration-confirmed"})
    assert entry["record_id"] == base
    assert guan.send(f"{REGISTRATION}?id={base}", data).status_code == 409
    assert office.one("bases", base) == stored
    page = guan.get(f"/admin/bases/details/?id={base}").text
    assert "注册地在聊城市（县区核实）" in page


def test_no_finding_is_no_confirmation(office, sign_in):
    guan, base = sign_in("guan"), office.guan.base
    before = office.one("bases", base)
    answer = guan.send(f"{REGISTRATION}?id={base}", {"version": str(before["version"])})
    assert answer.status_code == 422
    assert "请选择核实结果。" in answer.text
    assert office.one("bases", base) == before
