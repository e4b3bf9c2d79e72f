"""The lists that the records hold: fetched before, there without a file, kept as they were when handed in (Art. 11)."""

import hashlib
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from docx import Document

from documents.records.attachment import open_bytes
from rules.access import SYSTEM
from rules.materials import Material
from services.records import records
from tests import round_driver as driver
from tests.admin_views.applications.application_pages import HOME, at, page_of, sent, uploads
from tests.page_reader import problems
from tests.sample_office import code

pytestmark = pytest.mark.usefixtures("travel")
DAY = date(2026, 3, 4)
LISTED = (Material.PARTNERS, Material.TENANTS)


@pytest.fixture
def housed(office):
    """Give the base that applies two tenants and a partner."""
    made = []
    for number, name in enumerate(("清泉轴承有限公司", "清泉食品有限公司")):
        values = {"name": name, "uscc": code(7100 + number), "base": office.guan.spare, "industry": "manufacturing",
                  "people": 20, "revenue": 400.0, "moved_in": date(2025, 1, 6)}  # fmt: skip
        made.append(create("tenant_companies", values))
    partner = {"name": "清泉会计事务所", "uscc": code(7110), "functions": ["professional"],
               "cooperations": [{"base": office.guan.spare, "first_day": date(2025, 1, 1)}]}  # fmt: skip
    create("service_partners", partner)
    return made


def create(collection, values):
    return records.create(collection, values, actor=SYSTEM, now=driver.moment(date(2026, 3, 3)))


def rows_of(data):
    return [list(row) for row in openpyxl.load_workbook(BytesIO(data)).active.iter_rows(values_only=True)]


def fetched(browser, application, material, ending="xlsx"):
    answer = browser.get(f"{at(application, 'materials/list')}&material={material.value}&format={ending}")
    assert answer.status_code == 200
    return answer.data


def generated(office, application):
    found = office.db["attachments"].find({"record_id": application, "generated": True})
    return {entry["slot"]: entry for entry in found}


def hand_in(browser, application, *materials):
    """Upload a file for each of the materials, and hand in."""
    data = sent(page_of(browser, application), cases="案例", sealed="1", action="submit")
    # The cases are typed: a file without words beside them could not be counted.
    sent_as_files = (one.value for one in materials if one is not Material.CASES)
    return browser.send(at(application, "materials"), data | uploads(*sent_as_files))


def test_a_list_is_made_from_the_records_as_they_are_now(office, sign_in, draft, housed):
    guan = sign_in("guan")
    rows = rows_of(fetched(guan, draft, Material.TENANTS))
    assert rows[0][0] == "清泉孵化器入驻企业名单"
    assert [row[1] for row in rows[3:]] == ["清泉食品有限公司", "清泉轴承有限公司"]
    rows = rows_of(fetched(guan, draft, Material.PARTNERS))
    assert (rows[3][1], rows[3][3]) == ("清泉会计事务所", "专业服务")
    paper = Document(BytesIO(fetched(guan, draft, Material.TENANTS, "docx")))
    assert [row.cells[1].text for row in paper.tables[0].rows][1:] == ["清泉食品有限公司", "清泉轴承有限公司"]
    for material in ("audit", "x"):
        assert guan.get(f"{at(draft, 'materials/list')}&material={material}").status_code == 404


def test_a_list_that_is_not_empty_is_there_without_a_file(office, sign_in, draft, housed):
    guan = sign_in("guan")
    page = page_of(guan, draft)
    assert "名录 2 项" in page and "materials/list/" in page
    answer = hand_in(guan, draft, *(one for one in Material if one not in LISTED))
    assert answer.status_code == 303, problems(answer.text)
    assert driver.stored(draft)["stage"] == "submitted"


def test_an_empty_list_is_no_material(office, sign_in, draft):
    guan = sign_in("guan")
    answer = hand_in(guan, draft, *(one for one in Material if one is not Material.TENANTS))
    assert answer.status_code == 422
    assert "tenants" in problems(answer.text)
    assert driver.stored(draft)["stage"] == "draft"
    assert generated(office, draft) == {}


def test_form_and_lists_stay_with_the_application_as_they_were_when_handed_in(office, sign_in, draft, housed):
    guan = sign_in("guan")
    assert hand_in(guan, draft, *(one for one in Material if one not in LISTED)).status_code == 303
    kept = generated(office, draft)
    assert set(kept) == {"partners", "tenants", "form"}
    for entry in kept.values():
        assert hashlib.sha256(open_bytes(entry["stored"]).read()).hexdigest() == entry["sha256"]
    page = page_of(guan, draft)
    assert page.count("由系统生成，SHA-256") == 3 and "materials/list/" not in page
    records.update(
        "tenant_companies", housed[0], {"moved_out": date(2026, 3, 4)}, version=1, actor=SYSTEM, now=driver.moment(DAY)
    )  # fmt: skip
    rows = rows_of(guan.get(f"{HOME}file/?file={kept['tenants']['_id']}").data)
    assert len(rows) == 5 and "截至2026-03-04" in rows[1][0]
    notes = [one["note"] for one in office.db["audit_entries"].find({"action": "file-generated"})]
    assert len(notes) == 3 and all("sha256:" in note for note in notes)


def test_a_list_that_was_kept_cannot_be_taken_away_after_a_return(office, sign_in, draft, housed):
    guan = sign_in("guan")
    hand_in(guan, draft, *(one for one in Material if one not in LISTED))
    driver._return(draft, driver.CITY)
    kept = generated(office, draft)["tenants"]["_id"]
    page = page_of(guan, draft)
    answer = guan.send(at(draft, "materials"), sent(page, remove=str(kept)))
    assert answer.status_code == 422 and "不能删除" in answer.text
    assert generated(office, draft)["tenants"]["_id"] == kept
