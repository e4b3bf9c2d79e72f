"""Batches as a clerk meets them: what an import or an act on many records did, and how it is undone."""

import re

import pytest

from services.jobs.kinds import KINDS
from services.jobs.worker import Worker
from tests.page_reader import flashes, form, rows, text_of
from tests.sample_office import MARK, SHEN, code, workbook

LIST = "/admin/batches/"


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def set_status(browser, office, ids, status="moved_out"):
    picked = [f"{one}.{office.one('tenant_companies', one)['version']}" for one in ids]
    path = "/admin/tenant-companies/action/"
    answer = browser.send(path, {"action": "status", "value-status": status, "id": picked})
    if status == "moved_out":  # of companies that no day is known of: asked once
        assert answer.status_code == 422
        answer = browser.send(path, form(answer.text, path))
    assert answer.status_code == 303


def batch_url(browser, number=0):
    return re.findall(r'href="(/admin/batches/[^"]+/)"', browser.get(LIST).text)[number]


def companies(office):
    moved = {"version", "updated_at", "updated_by"}
    return [
        {key: row[key] for key in row if key not in moved}
        for row in office.db["tenant_companies"].find().sort("_id", 1)
    ]


def test_a_status_set_for_many_stands_in_the_list_and_is_undone_and_done_again(office, city):
    before = companies(office)
    set_status(city, office, [office.guan.company, office.shen.company])
    after = companies(office)
    assert after != before
    url = batch_url(city)
    assert rows(city.get(LIST).text)[0][:2] == ["设置状态：已迁出", "入驻企业"]
    preview = city.get(f"{url}undo/").text
    assert "将撤回" in text_of(preview)
    seen = re.search(r'name="seen" value="(\d+)"', preview)[1]
    answer = city.send(f"{url}undo/", {"seen": seen})
    assert companies(office) == before
    page = text_of(city.get(answer.location).text)
    assert "已撤回" in page
    assert "已撤回" in rows(city.get(LIST).text)[1][2]
    city.send(f"{answer.location}undo/", {"seen": "0"})
    assert companies(office) == after


def test_an_import_is_undone_days_later_and_what_was_edited_since_stays(office, sign_in):
    """On the earlier program a batch that was imported could not be taken back."""
    shen = sign_in("shen")
    heading = ("企业名称", "统一社会信用代码", "所属基地", "从业人员（人）")
    changed = office.one("tenant_companies", office.shen.company)
    sheet = workbook([
        heading,
        ("新企业一有限公司", code(7301, SHEN), f"{MARK}创业园", 5),
        ("新企业二有限公司", code(7302, SHEN), f"{MARK}创业园", 6),
        (changed["name"], changed["uscc"], f"{MARK}创业园", 999),
    ])  # fmt: skip
    before = companies(office)
    sent = shen.send("/admin/import/", {"kind": "tenant-companies", "file": (sheet, "名录.xlsx")})
    batch = sent.location.rsplit("/", 1)[1]
    assert len(companies(office)) == len(before) + 2
    edited = office.db["tenant_companies"].find_one({"uscc": code(7301, SHEN)})["_id"]
    set_status(shen, office, [edited])
    url = f"/admin/batches/{batch}/"
    assert "导入：名录.xlsx" in shen.get(url).text
    preview = shen.get(f"{url}undo/").text
    assert f'name="record" value="{edited}"' in preview
    assert "999" in preview
    answer = shen.send(f"{url}undo/", {"seen": "999999"})
    assert [row for row in companies(office) if row["_id"] != edited] == before
    assert office.one("tenant_companies", edited)["status"] == "moved_out"
    assert "新企业一有限公司" in text_of(shen.get(answer.location).text)
    assert office.db["recycled"].count_documents({"document.uscc": code(7302, SHEN)}) == 1
    shen.send(f"{answer.location}undo/", {"seen": "0"})
    assert len(companies(office)) == len(before) + 2
    assert office.one("tenant_companies", office.shen.company)["people"] == 999


def test_a_page_that_was_opened_before_someone_saved_takes_nothing_of_theirs_back(office, city):
    set_status(city, office, [office.guan.company])
    url = batch_url(city)
    preview = city.get(f"{url}undo/").text
    seen = re.search(r'name="seen" value="(\d+)"', preview)[1]
    set_status(city, office, [office.guan.company], "housed")
    before = companies(office)
    city.send(f"{url}undo/", {"seen": seen, "every": "1", "record": str(office.guan.company)})
    assert companies(office) == before


def test_an_undoing_that_was_cut_short_says_so_and_is_finished(office, city):
    from_import = f"/admin/batches/{office.shen.batch}/"
    city.send(f"{from_import}undo/", {"seen": "0"})
    office.db["record_batches"].update_one({}, {"$unset": {"finished_at": ""}})
    url = batch_url(city)
    assert "未完成" in text_of(city.get(url).text)
    city.send(f"{url}finish/", {})
    assert "未完成" not in text_of(city.get(url).text)
    city.send(f"{url}finish/", {})
    assert "已经结束" in flashes(city.get(url).text)[0]


def test_a_large_workbook_is_written_by_a_job_whose_page_may_be_closed(office, city, monkeypatch):
    """On the earlier program the page was answered when the last row was written."""
    monkeypatch.setattr("admin_views.imports.page.MOST_AT_ONCE", 0)
    heading = ("企业名称", "统一社会信用代码", "所属基地")
    sheet = workbook([heading, *((f"新企业{one}有限公司", code(7310 + one), "清泉创业园") for one in range(3)),
                      ("坏行有限公司", code(7320), "没有这个园")])  # fmt: skip
    before = len(companies(office))
    answer = city.send("/admin/import/", {"kind": "tenant-companies", "file": (sheet, "名录.xlsx")})
    url = answer.location
    assert url.startswith(LIST)
    page = city.get(url).text
    assert "data-job=" in page
    assert len(companies(office)) == before
    assert city.send(f"{url}undo/", {"seen": "0"}).status_code == 422
    assert Worker(KINDS).work_once()
    assert len(companies(office)) == before + 3
    result = re.search(r'href="(/admin/import/batch/[^"]+)"', city.get(url).text)[1]
    assert "没有这个园" in city.get(result).text
    city.send(f"{url}undo/", {"seen": "0"})
    assert len(companies(office)) == before


def test_an_import_that_was_stopped_before_it_began_is_finished_later(office, city, monkeypatch):
    monkeypatch.setattr("admin_views.imports.page.MOST_AT_ONCE", 0)
    sheet = workbook(
        [("企业名称", "统一社会信用代码", "所属基地"), ("新企业有限公司", code(7330), "清泉创业园")]
    )
    answer = city.send("/admin/import/", {"kind": "tenant-companies", "file": (sheet, "名录.xlsx")})
    page = city.get(answer.location).text
    city.send(re.search(r'action="(/admin/jobs/[^"]+/cancel/)"', page)[1], {})
    assert "尚未写入任何内容" in city.get(answer.location).text
    city.send(f"{answer.location}finish/", {})
    assert Worker(KINDS).work_once()
    assert office.db["tenant_companies"].count_documents({"uscc": code(7330)}) == 1
    assert "未完成" not in text_of(city.get(answer.location).text)


def test_a_county_sees_its_own_batches_and_a_reader_none(office, sign_in):
    guan, reader = sign_in("guan"), sign_in("guan_reader")
    assert MARK not in guan.get(LIST).text
    assert guan.get(f"/admin/batches/{office.shen.batch}/").status_code == 404
    before = companies(office)
    assert guan.send(f"/admin/batches/{office.shen.batch}/undo/", {"seen": "0"}).status_code == 404
    assert companies(office) == before
    assert reader.get(LIST).status_code == 403


def test_more_than_a_request_does_at_once_is_a_job_whose_batch_is_shown_and_undone(office, city, monkeypatch):
    """On the earlier program more than 500 were refused: the list had to be narrowed."""
    monkeypatch.setattr("admin_views.records.list.MOST_AT_ONCE", 2)
    before = companies(office)
    page = city.get("/admin/tenant-companies/?status=housed").text
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    sent = {"action": "status", "value-status": "to_check", "everything": "1", "seen": seen}
    answer = city.send("/admin/tenant-companies/action/?status=housed", sent)
    assert answer.location.startswith(LIST)
    assert companies(office) == before, "nobody has worked on it yet"
    shown = city.get(answer.location).text
    assert "设置状态：" in text_of(shown)
    assert "data-job=" in shown
    while Worker(KINDS).work_once():
        pass
    housed = sum(row["status"] == "housed" for row in before)
    assert office.db["tenant_companies"].count_documents({"status": "to_check"}) == housed > 2
    shown = city.get(answer.location).text
    assert re.search(rf"修改\D{{0,9}}{housed}\b", text_of(shown))
    assert "完成" in rows(city.get(LIST).text)[0][2]
    seen = re.search(r'name="seen" value="(\d+)"', city.get(f"{answer.location}undo/").text)[1]
    city.send(f"{answer.location}undo/", {"seen": seen})
    assert companies(office) == before


def test_an_act_on_many_that_was_stopped_is_finished_from_its_page(office, city, monkeypatch):
    monkeypatch.setattr("admin_views.records.list.MOST_AT_ONCE", 2)
    seen = re.search(r'name="seen" value="(\d+)"', city.get("/admin/tenant-companies/").text)[1]
    sent = {"action": "status", "value-status": "to_check", "everything": "1", "seen": seen}
    address = city.send("/admin/tenant-companies/action/", sent).location
    job = office.db["jobs"].find_one({"kind": "many"})["_id"]
    city.send(f"/admin/jobs/{job}/cancel/", {})
    page = city.get(address).text
    assert "尚未完成" in text_of(page)
    assert city.send(f"{address}finish/", {}).status_code == 303
    while Worker(KINDS).work_once():
        pass
    total = office.db["tenant_companies"].count_documents({})
    assert office.db["tenant_companies"].count_documents({"status": "to_check"}) == total
