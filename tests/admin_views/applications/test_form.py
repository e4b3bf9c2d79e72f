"""The form of an application: sent pre-filled, filled in, taken back with every difference shown (Art. 10, 16)."""

import re
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from docx import Document

from rules.access import SYSTEM
from services.records import records
from tests import round_driver as driver
from tests.admin_views.applications.application_pages import at, files_of, page_of, sent
from tests.filled_forms import document_text, filled_document, filled_workbook, without_controls
from tests.page_reader import form, problems
from tests.sample_office import code

pytestmark = pytest.mark.usefixtures("travel")

PHONE, ADDRESS = "13906351234", "聊城市冠县振兴路18号"


@pytest.fixture
def guan(sign_in):
    return sign_in("guan")


def fetch(browser, application, ending="docx"):
    answer = browser.get(f"{at(application, 'form')}&format={ending}")
    assert answer.status_code == 200
    return answer.data


def send_back(browser, application, data, name="申请表.docx"):
    return browser.send(at(application, "form/read"), {"form": (BytesIO(data), name)})


def compared(browser, application, data, name="申请表.docx"):
    """Return the address of the page of differences, and the page."""
    answer = send_back(browser, application, data, name)
    assert answer.status_code == 303, problems(answer.text)
    return answer.location, browser.get(answer.location).text


def row(page, key):
    """Return the words of one difference."""
    found = re.search(rf'<tr[^>]* id="d-{key}">(.*?)</tr>', page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1])) if found else ""


def ticked(page):
    return set(re.findall(r'name="take" value="(\w+)"[^>]* checked', page))


def offered(page):
    return set(re.findall(r'name="take" value="(\w+)"', page))


def take(browser, location, page, *keys, **more):
    versions = {name: form(page)[name] for name in ("version", "base_version")}
    return browser.send(location, {**versions, "take": list(keys), **more})


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_the_form_is_filled_in_from_the_records_and_says_what_it_was_made_from(office, guan, draft, ending):
    data = fetch(guan, draft, ending)
    if ending == "docx":
        text = document_text(data)
        base = office.one("bases", office.guan.spare)
        assert base["name"] in text and base["operator"] in text and base["uscc"] in text
        assert str(draft) in text
    _, page = compared(guan, draft, data, f"申请表.{ending}")
    assert offered(page) == set() and 'id="d-' not in page
    assert "表中内容与系统中一致" in page


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_what_the_operator_changed_is_shown_ticked_and_written_after_a_confirmation(
    office, guan, draft, ending
):
    fill = filled_document if ending == "docx" else filled_workbook
    data = fill(fetch(guan, draft, ending), {"contact_phone": PHONE, "address": ADDRESS})
    before = office.one("bases", office.guan.spare)
    location, page = compared(guan, draft, data, f"申请表.{ending}")
    assert office.one("bases", office.guan.spare) == before
    assert PHONE in row(page, "contact_phone") and ADDRESS in row(page, "address")
    assert ticked(page) == {"contact_phone", "address"}
    answer = take(guan, location, page, "contact_phone", "address", keep="1")
    assert answer.status_code == 303
    after = office.one("bases", office.guan.spare)
    assert (after["contact_phone"], after["address"]) == (PHONE, ADDRESS)
    assert after["version"] == before["version"] + 1
    assert {key for key in after if after[key] != before.get(key)} <= {
        "contact_phone", "address", "version", "updated_at", "updated_by", "search_text", "search_tokens",
    }  # fmt: skip
    entry = office.db["audit_entries"].find_one({"record_id": office.guan.spare}, sort=[("_id", -1)])
    assert {change["field"] for change in entry["changes"]} == {"contact_phone", "address"}
    assert entry["note"] == f"申请表.{ending}"
    assert files_of(office, draft, "form") == [f"申请表.{ending}"]


def test_what_is_not_ticked_stays_as_it_is(office, guan, draft):
    data = filled_document(fetch(guan, draft), {"contact_phone": PHONE, "address": ADDRESS})
    location, page = compared(guan, draft, data)
    take(guan, location, page, "contact_phone")
    after = office.one("bases", office.guan.spare)
    assert after["contact_phone"] == PHONE and after.get("address") != ADDRESS
    assert files_of(office, draft, "form") == []


def test_the_applications_own_text_comes_back_with_its_lines(office, guan, draft):
    text = "物业服务智慧化。\n孵化成效：三年60家。"
    data = filled_workbook(fetch(guan, draft, "xlsx"), {"characteristics": text})
    base = office.one("bases", office.guan.spare)
    location, page = compared(guan, draft, data, "申请表.xlsx")
    assert take(guan, location, page, "characteristics").status_code == 303
    assert driver.stored(draft)["characteristics"] == text
    assert office.one("bases", office.guan.spare) == base
    assert "物业服务智慧化。" in page_of(guan, draft)
    assert 'id="d-' not in compared(guan, draft, fetch(guan, draft))[1]


def test_the_line_that_named_innovations_fill_never_comes_back_by_a_form(office, guan, draft):
    data = sent(page_of(guan, draft), innovation_1_title=["智慧园区"], innovation_1_description=["一网通办"])
    assert guan.send(at(draft, "materials"), data).status_code == 303
    assert 'id="d-' not in compared(guan, draft, fetch(guan, draft))[1]
    changed = filled_workbook(fetch(guan, draft, "xlsx"), {"characteristics": "改写的文字"})
    before = driver.stored(draft)
    location, page = compared(guan, draft, changed, "申请表.xlsx")
    assert "请在申报页面逐项修改" in row(page, "characteristics")
    assert take(guan, location, page, "characteristics").status_code == 422
    assert driver.stored(draft) == before


def test_a_form_is_understood_when_the_word_processor_dropped_what_it_does_not_know(office, guan, draft):
    plain = without_controls(fetch(guan, draft))
    data = filled_document(plain, {"联系电话": PHONE, "基地地址": ADDRESS}, by_label=True)
    _, page = compared(guan, draft, data)
    assert ticked(page) == {"contact_phone", "address"}


def test_a_counted_figure_and_what_the_application_is_are_shown_and_never_written(office, guan, draft):
    data = filled_document(
        fetch(guan, draft), {"figure_tenants": "88", "county": "莘县", "kind": "复核", "city_opinion": "同意"}
    )
    before = office.digest()
    location, page = compared(guan, draft, data)
    assert offered(page) == set()
    assert "记录为 0" in row(page, "figure_tenants") and "88" in row(page, "figure_tenants")
    assert "冠县" in row(page, "county") and "认定" in row(page, "kind")
    assert "审核意见由主管部门" in row(page, "city_opinion")
    answer = take(guan, location, page, "figure_tenants", "county")
    assert answer.status_code == 422
    assert unchanged_but_uploads(office, before)


def unchanged_but_uploads(office, before):
    """Tell whether nothing but the sessions and the upload itself was written."""
    passed_over = {"users", "uploads.files", "uploads.chunks"}
    now = office.digest()
    return {key: now.get(key) for key in {*now, *before} - passed_over} == {
        key: before.get(key) for key in {*now, *before} - passed_over
    }


def test_a_title_never_comes_back_by_a_form(office, sign_in, round_id):
    base_id = driver.make_renewable("371525", "清泉老园")
    renewal = driver.drive(base_id, round_id, to=driver.Stage.DRAFT)
    guan = sign_in("guan")
    data = filled_document(
        fetch(guan, renewal),
        {"title_last_day": "2036-12-31", "document_number": "聊工信发〔2030〕1号", "operator": "新的运营有限公司",
         "contact_phone": PHONE},
    )  # fmt: skip
    before = office.one("bases", base_id)
    location, page = compared(guan, renewal, data)
    assert offered(page) == {"contact_phone"}
    for key in ("title_last_day", "document_number"):
        assert "称号只能由公布或决定改变" in row(page, key)
    assert "变更备案" in row(page, "operator")
    answer = take(guan, location, page, "title_last_day", "operator", "contact_phone")
    assert answer.status_code == 422
    assert office.one("bases", base_id) == before


def test_what_cannot_be_read_says_so_in_its_row_and_the_rest_can_be_taken(office, guan, draft):
    wrong = {
        "contact_phone": "一三九",
        "uscc": code(1)[:-1] + "?",
        "name": "",
        "base_type": "养殖场",
        "address": ADDRESS,
    }
    location, page = compared(guan, draft, filled_document(fetch(guan, draft), wrong))
    assert offered(page) == {"address"}
    assert "不是有效的电话号码" in row(page, "contact_phone")
    assert row(page, "uscc") and row(page, "base_type") and "不能为空" in row(page, "name")
    assert take(guan, location, page, "address").status_code == 303
    assert office.one("bases", office.guan.spare)["address"] == ADDRESS


def test_a_code_that_another_base_has_is_refused_in_its_row_and_nothing_is_written(office, guan, draft):
    taken = office.one("bases", office.guan.base)["uscc"]
    data = filled_document(fetch(guan, draft), {"uscc": taken, "address": ADDRESS})
    before = office.one("bases", office.guan.spare)
    location, page = compared(guan, draft, data)
    answer = take(guan, location, page, "uscc", "address")
    assert answer.status_code == 422
    assert taken in row(answer.text, "uscc") and "wrong" in answer.text
    assert ticked(answer.text) == {"uscc", "address"}
    assert office.one("bases", office.guan.spare) == before


def test_an_older_form_shows_what_both_sides_changed_and_ticks_neither(office, guan, draft, travel, sign_in):
    data = filled_document(fetch(guan, draft), {"contact_phone": PHONE, "address": ADDRESS})
    travel(date(2026, 3, 5))
    version = office.one("bases", office.guan.spare)["version"]
    changed = {"contact_phone": "13906359999", "legal_representative": "新法人"}
    records.update(
        "bases", office.guan.spare, changed, version=version, actor=SYSTEM, now=driver.moment(date(2026, 3, 5))
    )  # fmt: skip
    guan = sign_in("guan")
    location, page = compared(guan, draft, data)
    assert ticked(page) == {"address"}
    assert "双方均有改动" in row(page, "contact_phone") and "13906359999" in row(page, "contact_phone")
    assert "仍是旧值" in row(page, "legal_representative")
    assert take(guan, location, page, "address", "contact_phone").status_code == 303
    after = office.one("bases", office.guan.spare)
    assert (after["contact_phone"], after["legal_representative"]) == (PHONE, "新法人")


def test_a_record_saved_while_the_differences_were_on_screen_is_not_overwritten(office, guan, draft):
    data = filled_document(fetch(guan, draft), {"contact_phone": PHONE})
    location, page = compared(guan, draft, data)
    version = office.one("bases", office.guan.spare)["version"]
    records.update(
        "bases", office.guan.spare, {"contact_phone": "13906359999"}, version=version, actor=SYSTEM,
        now=driver.moment(date(2026, 3, 4), 16),
    )  # fmt: skip
    answer = take(guan, location, page, "contact_phone")
    assert answer.status_code == 409
    assert office.one("bases", office.guan.spare)["contact_phone"] == "13906359999"
    assert "双方均有改动" in row(answer.text, "contact_phone")


def test_labels_that_mean_nothing_are_named(office, guan, draft):
    book = openpyxl.load_workbook(BytesIO(fetch(guan, draft, "xlsx")))
    last = book.active.max_row + 1
    book.active.cell(last, 1, "年度税收（万元）")
    book.active.cell(last, 2, 1260)
    stream = BytesIO()
    book.save(stream)
    _, page = compared(guan, draft, stream.getvalue(), "申请表.xlsx")
    assert "年度税收（万元）" in page and "1260" in page


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"%PDF-1.4 form", "不是 .docx 或 .xlsx"), (b"PK\x03\x04 broken", "损坏"), (b"", "文件是空的")],
)
def test_a_file_that_is_no_form_is_refused_with_a_sentence(office, guan, draft, content, said):
    answer = send_back(guan, draft, content)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_form_without_its_number_or_of_another_application_is_refused(office, guan, draft, sign_in):
    data = fetch(guan, draft)
    paper = Document(BytesIO(without_controls(data)))
    for line in paper.paragraphs:
        if str(draft) in line.text:
            line.text = ""
    stream = BytesIO()
    paper.save(stream)
    answer = send_back(guan, draft, stream.getvalue())
    assert answer.status_code == 422 and "没有表格编号" in answer.text
    other = driver.drive(office.shen.spare, driver.stored(draft)["round"], to=driver.Stage.DRAFT)
    shen = sign_in("shen")
    answer = send_back(shen, other, data)
    assert answer.status_code == 422 and "另一项申报" in answer.text


def test_after_handing_in_the_form_no_longer_comes_back(office, guan, submitted):
    page = page_of(guan, submitted)
    assert "form/read/" not in page
    before = office.digest()
    answer = send_back(guan, submitted, fetch(guan, submitted))
    assert answer.status_code == 422 and "不再收回申请表" in answer.text
    assert unchanged_but_uploads(office, before)
