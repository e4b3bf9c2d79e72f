"""The characters of the service cases are counted in files too: shown when they come in, held against the Measures."""

from io import BytesIO

import pytest

from rules.materials import Material
from services.demo.files import demo_pdf
from tests import round_driver as driver
from tests.admin_views.applications.application_pages import at, files_of, page_of, sent, uploads
from tests.office.files.old_word import old_word
from tests.office.files.test_counted_text import word
from tests.page_reader import on_top
from tests.sample_office import PDF

pytestmark = pytest.mark.usefixtures("travel")
OTHERS = [one.value for one in Material if one is not Material.CASES]


def hand_in(browser, draft, name, content, cases=""):
    data = sent(page_of(browser, draft), cases=[cases], sealed=["1"], action=["submit"]) | uploads(*OTHERS)
    data["file-cases"] = [(BytesIO(content), name)]
    return browser.send(at(draft, "materials"), data)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("案例.docx", word("案" * 5000, in_table="例" * 1000)),
        ("案例.doc", old_word("案" * 6000)),
        ("案例.txt", ("案" * 6000).encode("gb18030")),
    ],
)
def test_six_thousand_characters_in_a_file_are_refused(name, content, office, sign_in, draft):
    guan = sign_in("guan")
    answer = hand_in(guan, draft, name, content)
    assert answer.status_code == 422
    assert "典型服务案例共 6000 字，不得超过 3000 字（第十一条第（八）项）" in on_top(answer.text)
    assert driver.stored(draft)["stage"] == "draft"
    assert files_of(office, draft, "cases") == [name]
    page = page_of(guan, draft)
    assert "6,000 字" in page
    assert 'data-more="6000"' in page


@pytest.mark.parametrize(("typed", "status"), [(1000, 303), (1001, 422)])
def test_typed_text_and_files_are_one_text(typed, status, office, sign_in, draft):
    answer = hand_in(sign_in("guan"), draft, "案例.docx", word("案" * 2000, header="页眉"), "字" * typed)
    assert answer.status_code == status
    assert driver.stored(draft)["stage"] == ("submitted" if status == 303 else "draft")


def test_photos_beside_the_cases_count_nothing(office, sign_in, draft):
    assert hand_in(sign_in("guan"), draft, "案例.png", driver.PNG, "字" * 3000).status_code == 303


def test_a_pdf_with_text_is_counted(office, sign_in, draft):
    guan = sign_in("guan")
    assert hand_in(guan, draft, "案例.pdf", demo_pdf("Twelve signs")).status_code == 303
    [entry] = office.db["attachments"].find({"record_id": draft, "slot": "cases"})
    assert entry["characters"] == 11


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("扫描.pdf", PDF, "文件已损坏"),
        ("空白.docx", word(""), "没有可读取的文字"),
        ("加密.doc", old_word("案例", encrypted=True), "密码"),
    ],
)
def test_what_cannot_be_counted_is_said_and_not_passed(name, content, why, office, sign_in, draft):
    guan = sign_in("guan")
    answer = hand_in(guan, draft, name, content, "案例")
    assert answer.status_code == 422
    assert f"无法统计“{name}”的字数" in on_top(answer.text)
    assert driver.stored(draft)["stage"] == "draft"
    page = page_of(guan, draft)
    assert "字数未统计" in page
    assert why in page


def test_a_file_of_before_is_counted_when_it_is_handed_in(office, sign_in, draft):
    guan = sign_in("guan")
    hand_in(guan, draft, "案例.docx", word("案" * 3001))
    unset = {"$unset": {"characters": 1}}
    office.db["attachments"].update_one({"record_id": draft, "slot": "cases"}, unset)
    answer = guan.send(at(draft, "materials"), sent(page_of(guan, draft), sealed=["1"], action=["submit"]))
    assert answer.status_code == 422
    assert "共 3001 字" in on_top(answer.text)
