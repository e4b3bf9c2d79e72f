"""The ten materials: files, text and tick are saved, handed in, refused item by item."""

import re
from io import BytesIO

import pytest

from rules.applications import Stage
from rules.materials import Material
from tests import round_driver as driver
from tests.admin_views.applications.application_pages import DAY, HOME, at, files_of, page_of, sent, uploads
from tests.page_reader import form, on_top, problems
from tests.sample_office import PDF

pytestmark = pytest.mark.usefixtures("travel")
EXE = b"MZ\x90\x00" + b"\0" * 60


def test_several_files_and_the_text_are_kept_in_one_go(office, sign_in, draft):
    guan = sign_in("guan")
    data = sent(page_of(guan, draft), cases=["第一个案例\n第二段"], sealed=["1"], action=["keep"])
    data["file-report"] = [(BytesIO(PDF), "一.pdf"), (BytesIO(PDF), "二.pdf")]
    assert guan.send(at(draft, "materials"), data).status_code == 303
    assert files_of(office, draft, "report") == ["一.pdf", "二.pdf"]
    page = page_of(guan, draft)
    assert form(page)["cases"] == ["第一个案例\n第二段"]
    assert form(page)["sealed"] == ["1"]
    assert "2/10" in page
    assert driver.stored(draft)["stage"] == "draft"


def test_what_is_missing_is_said_item_by_item_and_what_was_typed_stays(office, sign_in, draft):
    guan = sign_in("guan")
    data = sent(page_of(guan, draft), cases=["案例"], action=["submit"]) | uploads("report", "licence")
    answer = guan.send(at(draft, "materials"), data)
    assert answer.status_code == 422
    wrong = problems(answer.text)
    assert set(wrong) == {*(one.value for one in Material)} - {"report", "licence", "cases"} | {"sealed"}
    assert len(re.findall("<li>", re.search(r'class="problems".*?</div>', answer.text, re.DOTALL)[0])) == 8
    assert form(answer.text)["cases"] == ["案例"]
    assert files_of(office, draft, "report") == ["report.pdf"]
    assert driver.stored(draft)["stage"] == "draft"


@pytest.mark.parametrize(("count", "status"), [(3000, 303), (3001, 422)])
def test_the_service_cases_have_at_most_3000_characters_blanks_not_counted(
    count, status, office, sign_in, draft
):
    guan = sign_in("guan")
    text = "案" * (count - 1) + "\r\n　 \r\n例"
    slots = [one.value for one in Material if one is not Material.CASES]
    data = sent(page_of(guan, draft), cases=[text], sealed=["1"], action=["submit"]) | uploads(*slots)
    answer = guan.send(at(draft, "materials"), data)
    assert answer.status_code == status
    if status == 303:
        assert driver.stored(draft)["stage"] == "submitted"
    else:
        assert "3001" in on_top(answer.text).replace(",", "")
        assert form(answer.text)["cases"][0].count("案") == count - 1
        assert driver.stored(draft)["stage"] == "draft"
        assert "3,001" in page_of(guan, draft)  # too long, and kept all the same


@pytest.mark.parametrize(
    ("name", "content"),
    [("程序.pdf", EXE), ("网页.html", b"<html>"), ("空.pdf", b""), ("假图.png", PDF)],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_and_the_others_stay(
    name, content, office, sign_in, draft
):
    guan = sign_in("guan")
    data = sent(page_of(guan, draft), cases=["已录入"], action=["submit"]) | uploads("report")
    data["file-audit"] = [(BytesIO(content), name), (BytesIO(PDF), "好的.pdf")]
    answer = guan.send(at(draft, "materials"), data)
    assert answer.status_code == 422
    assert problems(answer.text)["audit"]
    assert files_of(office, draft, "audit") == ["好的.pdf"]
    assert files_of(office, draft, "report") == ["report.pdf"]
    assert driver.stored(draft)["cases"] == "已录入"
    assert driver.stored(draft)["stage"] == "draft"


def test_a_file_comes_back_as_a_download_and_is_taken_away_without_losing_the_text(office, sign_in, draft):
    guan = sign_in("guan")
    guan.send(at(draft, "materials"), sent(page_of(guan, draft)) | uploads("report"))
    page = page_of(guan, draft)
    file = re.search(r"/admin/applications/file/\?file=(\w+)", page)[1]
    answer = guan.get(f"{HOME}file/?file={file}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == "no-store"
    assert sign_in("shen").get(f"{HOME}file/?file={file}").status_code == 404
    assert guan.get(f"/admin/bases/file/?file={file}").status_code == 404
    assert guan.get(f"{HOME}file/?file={office.guan.files['bases']}").status_code == 404
    answer = guan.send(at(draft, "materials"), sent(page, cases=["还没保存"], remove=[file]))
    assert answer.status_code == 303
    assert files_of(office, draft, "report") == []
    assert driver.stored(draft)["cases"] == "还没保存"


def test_no_file_of_another_record_can_be_taken_away_here(office, sign_in, draft, round_id):
    other = driver.drive(driver.make_base("371525", "另一园"), round_id, to=Stage.SUBMITTED)
    file = office.db["attachments"].find_one({"record_id": other})["_id"]
    guan = sign_in("guan")
    for one in (file, office.guan.files["bases"]):
        assert (
            guan.send(at(draft, "materials"), sent(page_of(guan, draft), remove=[str(one)])).status_code
            == 404
        )
    assert office.db["attachments"].find_one({"_id": file})


def test_a_second_saver_keeps_what_was_typed_beside_what_the_first_saved(office, sign_in, draft):
    guan, city = sign_in("guan"), sign_in("city")
    mine, theirs = page_of(guan, draft), page_of(city, draft)
    city.send(at(draft, "materials"), sent(theirs, cases=["市局录入"], action=["keep"]))
    answer = guan.send(
        at(draft, "materials"), sent(mine, cases=["我录入的"], action=["submit"]) | uploads("report")
    )
    assert answer.status_code == 409
    assert form(answer.text)["cases"] == ["我录入的"]
    assert "市局录入" in answer.text
    assert files_of(office, draft, "report") == ["report.pdf"]
    assert guan.send(at(draft, "materials"), sent(answer.text, action=["keep"])).status_code == 303
    assert driver.stored(draft)["cases"] == "我录入的"


def test_what_was_typed_is_shown_when_the_form_is_gone(office, sign_in, draft):
    guan = sign_in("guan")
    mine = sent(page_of(guan, draft), cases=["迟到的文字"], action=["keep"])
    driver.withdraw(draft, reason="不报了", version=1, actor=driver.CITY, now=driver.moment(DAY))
    answer = guan.send(at(draft, "materials"), mine)
    assert answer.status_code == 409
    assert "迟到的文字" in answer.text
    assert 'name="cases"' not in answer.text


def test_a_text_with_what_cannot_be_stored_is_refused(office, sign_in, draft):
    guan = sign_in("guan")
    for text in ("零\x00字", "半\ud800字".encode("utf-8", "surrogatepass"), "长" * 20_001):
        answer = guan.send(at(draft, "materials"), sent(page_of(guan, draft), cases=[text], action=["keep"]))
        assert answer.status_code in (303, 422)
        assert "\x00" not in driver.stored(draft)["cases"]
    assert len(driver.stored(draft)["cases"]) < 20_000
