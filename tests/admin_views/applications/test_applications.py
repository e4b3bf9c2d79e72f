"""Applications: the list, the ten materials, the county's review, the letter, the experts - through the pages."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
import time_machine
from bson import ObjectId

from rules.applications import Stage
from rules.materials import Material
from tests import round_driver as driver
from tests.page_reader import flashes, form, names, on_top, pills, problems, rows, text_of
from tests.sample_office import MARK, PDF, cells

HOME = "/admin/applications/"
DAY = date(2026, 3, 4)
EXE = b"MZ\x90\x00" + b"\0" * 60


@pytest.fixture(autouse=True)
def travel():
    """Stand on a day of March 2026; the returned function goes on to another."""
    travels = []

    def to(day, hour=15):
        for old in travels:
            old.stop()
        travels[:] = [time_machine.travel(driver.moment(day, hour), tick=True)]
        travels[0].start()

    to(DAY)
    yield to
    travels[0].stop()


@pytest.fixture
def round_id(office):
    return driver.make_round()


def at(application, path="details"):
    return f"{HOME}{path}/?id={application}"


def page_of(browser, application):
    answer = browser.get(at(application))
    assert answer.status_code == 200
    return answer.text


def sent(page, **changes):
    """Return what the page's form would send without its buttons, with changes."""
    data = {name: value for name, value in form(page).items() if not name.startswith("file-")}
    return data | changes


def buttons(page):
    """Return the steps that the page offers: values of buttons, and the pages of steps that it links to."""
    found = set(re.findall(r'name="action" value="(\w+)"(?! tabindex)', page)) - {"keep"}
    found |= set(re.findall(r'href="/admin/applications/(return|withdraw|recommend|expert)/', page))
    return found


def files_of(office, application, slot):
    return [one["name"] for one in office.db["attachments"].find({"record_id": application, "slot": slot})]


# --- The list ------------------------------------------------------------------------------------


def test_an_office_without_rounds_says_what_to_do_first(office, sign_in):
    page = sign_in("guan").get(HOME).text
    assert 'class="empty"' in page
    assert "/admin/rounds/" in page


def test_the_list_shows_stage_county_and_days_waiting(office, sign_in, round_id, travel):
    driver.drive(office.guan.spare, round_id, to=Stage.SUBMITTED)
    driver.drive(office.shen.spare, round_id, to=Stage.RECOMMENDED)
    travel(date(2026, 3, 10))
    page = sign_in("city").get(HOME).text
    assert sorted(names(page)) == sorted(["清泉孵化器", f"{MARK}孵化器"])
    (guan,) = [row for row in rows(page) if row[0] == "清泉孵化器"]
    assert guan[4] == "7"
    assert {pill.label: pill.count for pill in pills(page)}["冠县"] == 1
    assert names(sign_in("city").get(HOME + "?stage=recommended").text) == [f"{MARK}孵化器"]
    assert names(sign_in("city").get(HOME + "?search=清泉").text) == ["清泉孵化器"]
    assert names(sign_in("city").get(HOME + "?search=qq").text) == ["清泉孵化器"]
    assert names(sign_in("city").get(f"{HOME}?round={ObjectId()}").text) == []
    assert len(names(sign_in("city").get(f"{HOME}?round={round_id}&kind=certification").text)) == 2


def test_a_county_sees_its_own_applications_alone(office, sign_in, round_id):
    driver.drive(office.guan.spare, round_id, to=Stage.SUBMITTED)
    other = driver.drive(office.shen.spare, round_id, to=Stage.SUBMITTED)
    for name in ("guan", "guan_reader"):
        browser = sign_in(name)
        assert names(browser.get(HOME + "?county=371522").text) == ["清泉孵化器"]
        assert browser.get(at(other)).status_code == 404
        assert MARK not in str(cells(browser.get(HOME + "export/xlsx/")))


def test_the_export_says_what_the_list_says(office, sign_in, round_id, travel):
    driver.drive(office.guan.spare, round_id, to=Stage.SCORED)
    travel(date(2026, 3, 15))
    found = cells(sign_in("city").get(HOME + "export/xlsx/?stage=scored"))
    row = dict(zip(found[2], found[3], strict=True))
    assert row["基地名称"] == "清泉孵化器"
    assert row["当前环节"] == "待定初步结果"
    assert row["已等待（天）"] == 3
    assert row["专家评审均分（分）"] == 86
    own = sign_in("guan").get(HOME + "export/xlsx/")
    assert "专家评审均分（分）" not in cells(own)[2]


@pytest.mark.parametrize(
    "query", ["page=-1", "page=" + "9" * 20, "search=%00", "sort=x", "stage=x", "round=x", "size=0"]
)
def test_an_odd_address_is_a_list_all_the_same(query, office, sign_in, round_id):
    assert sign_in("city").get(f"{HOME}?{query}").status_code == 200


@pytest.mark.parametrize("text", ["", "x", "0" * 24, "%00"])
def test_an_unknown_application_is_not_found(text, office, sign_in):
    city = sign_in("city")
    for path in ("details", "return", "withdraw", "expert"):
        assert city.get(f"{HOME}{path}/?id={text}").status_code == 404
    for path in ("materials", "review", "experts"):
        assert city.send(f"{HOME}{path}/?id={text}", {}).status_code == 404
    assert city.get(f"{HOME}file/?file={text}").status_code == 404


# --- Beginning one -------------------------------------------------------------------------------


def test_a_clerk_begins_an_application_of_a_base_of_the_county(office, sign_in, round_id):
    guan = sign_in("guan")
    page = guan.get(f"{HOME}new/?base={office.guan.spare}").text
    data = form(page)
    assert data["base"] == [str(office.guan.spare)]
    answer = guan.send(HOME + "new/", data)
    assert answer.status_code == 303
    page = guan.get(answer.location).text
    assert "清泉孵化器" in page
    assert buttons(page) == {"submit", "withdraw"}
    again = guan.send(HOME + "new/", data)
    assert again.status_code == 422
    assert "base" in problems(again.text)
    assert form(again.text)["base"] == [str(office.guan.spare)]


def test_a_certified_base_is_told_at_once_that_it_cannot_apply_anew(office, sign_in, round_id):
    guan = sign_in("guan")
    assert "2028-12-19" in on_top(guan.get(f"{HOME}new/?base={office.guan.base}").text)
    answer = guan.send(HOME + "new/", {"base": str(office.guan.base), "round": str(round_id)})
    assert answer.status_code == 422
    assert "2028-12-19" in problems(answer.text)["base"]


def test_a_base_of_another_county_does_not_exist(office, sign_in, round_id):
    before = office.digest()
    guan = sign_in("guan")
    assert guan.get(f"{HOME}new/?base={office.shen.spare}").status_code == 404
    assert (
        guan.send(HOME + "new/", {"base": str(office.shen.spare), "round": str(round_id)}).status_code == 404
    )
    office.db["users"].update_many({}, {"$set": {"sessions": []}})
    assert office.digest() == before


def test_without_an_open_round_nobody_begins(office, sign_in, round_id, travel):
    travel(date(2026, 7, 1))
    guan = sign_in("guan")
    assert on_top(guan.get(HOME + "new/").text)
    answer = guan.send(HOME + "new/", {"base": str(office.guan.spare), "round": str(round_id)})
    assert answer.status_code == 422


# --- The ten materials -----------------------------------------------------------------------------


@pytest.fixture
def draft(office, round_id):
    return driver.drive(office.guan.spare, round_id, to=Stage.DRAFT)


def uploads(*slots, content=PDF, ending="pdf"):
    return {f"file-{slot}": [(BytesIO(content), f"{slot}.{ending}")] for slot in slots}


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


# --- The county's review -----------------------------------------------------------------------------


@pytest.fixture
def submitted(office, round_id):
    return driver.drive(office.guan.spare, round_id, to=Stage.SUBMITTED)


def found(page, **changes):
    given = {"checked_on": ["2026年3月4日"], "people": ["王明、李强"], "findings": ["与材料一致"]}
    photo = {"file-on-site": [(BytesIO(driver.PNG), "现场.png")]}
    return sent(page) | given | photo | {name: [value] for name, value in changes.items()}


def test_a_county_reviews_in_one_form(office, sign_in, submitted):
    guan = sign_in("guan")
    page = page_of(guan, submitted)
    assert buttons(page) == {"pass", "fail", "return", "withdraw"}
    answer = guan.send(at(submitted, "review"), found(page, opinion="同意推荐", action="pass"))
    assert answer.status_code == 303
    raw = driver.stored(submitted)
    assert raw["stage"] == "reviewed"
    assert raw["review"]["opinion"] == "同意推荐"
    page = page_of(guan, submitted)
    assert "与材料一致" in page
    assert "现场.png" in page
    assert buttons(page) == {"recommend", "withdraw"}


def test_the_check_is_kept_and_an_opinion_typed_meanwhile_stays_in_its_box(office, sign_in, submitted):
    guan = sign_in("guan")
    answer = guan.send(
        at(submitted, "review"), found(page_of(guan, submitted), opinion="初步意见", action="keep")
    )
    assert answer.status_code == 200
    assert form(answer.text)["opinion"] == ["初步意见"]
    assert form(answer.text)["checked_on"] == ["2026年3月4日"]
    assert guan.send(at(submitted, "review"), sent(answer.text, action=["pass"])).status_code == 303
    assert driver.stored(submitted)["review"]["opinion"] == "初步意见"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"checked_on": "2026-02-30"}, "checked_on"),
        ({"checked_on": ""}, "checked_on"),
        ({"checked_on": "2026-03-02"}, "checked_on"),
        ({"checked_on": "2026-03-05"}, "checked_on"),
        ({"people": ""}, "people"),
        ({"people": "人" * 201}, "people"),
        ({"findings": "　"}, "findings"),
        ({"opinion": ""}, "opinion"),
        ({"opinion": "字" * 2001}, "opinion"),
    ],
)
@pytest.mark.parametrize("action", ["pass", "fail"])
def test_a_wrong_review_is_refused_beside_its_field(action, changes, field, office, sign_in, submitted):
    guan = sign_in("guan")
    data = found(page_of(guan, submitted), **{"opinion": "同意", **changes}, action=action)
    answer = guan.send(at(submitted, "review"), data)
    assert answer.status_code == 422
    assert field in problems(answer.text)
    assert on_top(answer.text)
    again = form(answer.text)
    assert all(again[name][0].strip() == value.strip() for name, value in changes.items())
    assert driver.stored(submitted)["stage"] == "submitted"
    assert files_of(office, submitted, "on-site") == ["现场.png"]


def test_no_review_without_a_photo_that_is_a_picture(office, sign_in, submitted):
    guan = sign_in("guan")
    data = found(page_of(guan, submitted), opinion="同意", action="pass")
    data["file-on-site"] = [(BytesIO(PDF), "现场.pdf")]
    answer = guan.send(at(submitted, "review"), data)
    assert answer.status_code == 422
    assert problems(answer.text)["on-site"]
    del data["file-on-site"]
    answer = guan.send(at(submitted, "review"), sent(answer.text, action=["pass"]))
    assert answer.status_code == 422
    assert problems(answer.text)["on-site"]


def test_a_failed_review_ends_the_application_and_says_why(office, sign_in, submitted):
    guan = sign_in("guan")
    answer = guan.send(
        at(submitted, "review"), found(page_of(guan, submitted), opinion="台账不实", action="fail")
    )
    assert answer.status_code == 303
    page = page_of(guan, submitted)
    assert driver.stored(submitted)["stage"] == "not-certified"
    assert "台账不实" in page
    assert buttons(page) == set()


def test_two_reviewers_the_second_is_told_what_happened(office, sign_in, submitted):
    guan, city = sign_in("guan"), sign_in("city")
    mine, theirs = page_of(guan, submitted), page_of(city, submitted)
    assert city.send(at(submitted, "review"), found(theirs, opinion="同意", action="pass")).status_code == 303
    answer = guan.send(at(submitted, "review"), found(mine, opinion="我的意见", action="fail"))
    assert answer.status_code in (409, 422)
    assert "我的意见" in answer.text
    assert driver.stored(submitted)["stage"] == "reviewed"


# --- Return and resubmission -------------------------------------------------------------------------


def test_a_returned_one_shows_each_reason_at_its_item_and_comes_back(office, sign_in, submitted, travel):
    guan = sign_in("guan")
    url = at(submitted, "return")
    data = form(guan.get(url).text) | {"audit": ["缺第三页"], "other": ["装订顺序"], "due": ["2026-03-10"]}
    answer = guan.send(url, data)
    assert answer.status_code == 303
    page = page_of(guan, submitted)
    assert re.search(r'id="place-audit".*?缺第三页', page, re.DOTALL)
    assert "装订顺序" in page
    assert "2026-03-10" in page
    assert buttons(page) == {"submit", "withdraw"}
    travel(date(2026, 3, 12))
    guan = sign_in("guan")
    page = page_of(guan, submitted)
    answer = guan.send(at(submitted, "materials"), sent(page, action=["submit"]) | uploads("audit"))
    assert answer.status_code == 303
    raw = driver.stored(submitted)
    assert raw["stage"] == "submitted"
    assert raw["steps"][-1]["late"]
    assert files_of(office, submitted, "audit")[-1] == "audit.pdf"
    page = page_of(guan, submitted)
    assert not re.search(r'id="place-audit".*?缺第三页', page.split('id="way"')[0], re.DOTALL)
    assert "缺第三页" in page.split('id="way"')[1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"due": ""}, "due"),
        ({"due": "2026-03-03"}, "due"),
        ({"due": "后天"}, "due"),
        ({"audit": "缺" * 501}, "audit"),
        ({"audit": " "}, ""),
    ],
)
def test_a_wrong_return_is_refused_and_keeps_what_was_typed(changes, field, office, sign_in, submitted):
    guan = sign_in("guan")
    url = at(submitted, "return")
    data = form(guan.get(url).text) | {"audit": ["缺页"], "due": ["2026-03-10"], "opinion": ["请尽快"]}
    answer = guan.send(url, data | {name: [value] for name, value in changes.items()})
    assert answer.status_code == 422
    assert field in problems(answer.text) if field else on_top(answer.text)
    assert form(answer.text)["opinion"] == ["请尽快"]
    assert driver.stored(submitted)["stage"] == "submitted"


def test_a_stale_return_keeps_the_reasons(office, sign_in, submitted):
    guan, city = sign_in("guan"), sign_in("city")
    url = at(submitted, "return")
    data = form(guan.get(url).text) | {"audit": ["缺页"], "due": ["2026-03-10"]}
    city.send(at(submitted, "review"), found(page_of(city, submitted), action="keep"))
    answer = guan.send(url, data)
    assert answer.status_code == 409
    assert form(answer.text)["audit"] == ["缺页"]
    assert guan.send(url, form(answer.text)).status_code == 303


# --- Withdrawal --------------------------------------------------------------------------------------


def test_a_withdrawal_names_the_base_and_wants_a_reason(office, sign_in, submitted):
    guan = sign_in("guan")
    url = at(submitted, "withdraw")
    page = guan.get(url).text
    assert "清泉孵化器" in text_of(re.search(r'class="ask-text".*?</p>', page, re.DOTALL)[0])
    answer = guan.send(url, form(page) | {"reason": ["  "]})
    assert answer.status_code == 422
    assert "reason" in problems(answer.text)
    assert guan.send(url, form(page) | {"reason": ["企业撤回"]}).status_code == 303
    assert driver.stored(submitted)["stage"] == "withdrawn"
    assert guan.send(url, form(page) | {"reason": ["企业撤回"]}).status_code == 409


def test_after_the_recommendation_a_county_cannot_withdraw(office, sign_in, round_id):
    one = driver.drive(office.guan.spare, round_id, to=Stage.RECOMMENDED)
    guan = sign_in("guan")
    page = guan.get(at(one, "withdraw")).text
    assert 'name="reason"' not in page
    version = driver.version_of(one)
    assert guan.send(at(one, "withdraw"), {"reason": "x", "version": str(version)}).status_code == 403
    assert driver.stored(one)["stage"] == "recommended"
    assert "withdraw" in buttons(page_of(sign_in("city"), one))


# --- The letter --------------------------------------------------------------------------------------

RECOMMEND = HOME + "recommend/"


@pytest.fixture
def reviewed(office, round_id, travel):
    bases = [
        office.guan.spare,
        driver.make_base("371525", "鲁西北农村电子商务与智能装备小微企业创业创新示范基地（二期）"),
    ]
    made = [driver.drive(base, round_id, to=Stage.REVIEWED) for base in bases]
    driver.drive(office.shen.spare, round_id, to=Stage.REVIEWED)
    travel(date(2026, 3, 6))
    return made


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


# --- The expert review -------------------------------------------------------------------------------


@pytest.fixture
def recommended(office, round_id, travel):
    one = driver.drive(office.guan.spare, round_id, to=Stage.RECOMMENDED)
    travel(driver.SCORED)
    return one


def score(browser, application, expert, points, **more):
    url = at(application, "expert")
    data = form(browser.get(url).text) | {"name": [expert], "organization": ["聊城大学"]}
    data |= {f"score_{key}": [str(points)] for key in ("operation", "ability", "effect", "novelty")}
    return browser.send(url, data | {key: [value] for key, value in more.items()})


def test_experts_score_the_extremes_are_dropped_and_it_is_concluded(office, sign_in, recommended):
    city = sign_in("city")
    assert buttons(page_of(city, recommended)) == {"conclude", "expert", "withdraw"}
    for name, points in (("甲", 60), ("乙", 80), ("丙", 82.5), ("丁", 84), ("戊", 99)):
        assert score(city, recommended, name, points, opinion=f"{name}的意见").status_code == 303
    page = page_of(city, recommended)
    assert "82.17" in page
    assert page.count('class="dropped"') == 2
    assert "甲的意见" in page
    data = sent(page, opinion=["一致同意"], action=["conclude"])
    data["file-score-sheets"] = [(BytesIO(PDF), "评分表.pdf")]
    assert city.send(at(recommended, "experts"), data).status_code == 303
    raw = driver.stored(recommended)
    assert raw["stage"] == "scored"
    assert raw["conclusion"]["average"] == 82.17
    page = page_of(city, recommended)
    assert "评分表.pdf" in page
    assert "/admin/publication/" in page


def test_a_county_reads_no_single_score_before_or_after(office, sign_in, round_id, travel):
    one = driver.drive(office.guan.spare, round_id, to=Stage.SCORED)
    secret = ("赵教授", "钱研究员", "服务扎实，特色明显。", "专家组一致认为")
    for name in ("guan", "guan_reader"):
        browser = sign_in(name)
        for page in (page_of(browser, one), browser.get(HOME + "?columns=average").text):
            assert [word for word in (*secret, ">86", "86.00") if word in page] == []
    assert "赵教授" in page_of(sign_in("reader"), one)  # a reader of the whole city
    page = page_of(sign_in("city"), one)
    assert all(word in page for word in secret)


def test_score_sheets_are_the_citys_even_by_their_address(office, sign_in, recommended):
    city = sign_in("city")
    data = sent(page_of(city, recommended), action=["keep"])
    data["file-score-sheets"] = [(BytesIO(PDF), "评分表.pdf")]
    data["file-expert-on-site"] = [(BytesIO(driver.PNG), "复核.png")]
    assert city.send(at(recommended, "experts"), data).status_code == 303
    guan = sign_in("guan")
    for raw in office.db["attachments"].find({"slot": {"$in": ["score-sheets", "expert-on-site"]}}):
        assert guan.get(f"{HOME}file/?file={raw['_id']}").status_code == 404
        assert raw["name"] not in page_of(guan, recommended)
        assert city.get(f"{HOME}file/?file={raw['_id']}").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "名" * 51}, "name"),
        ({"score_ability": ""}, "score_ability"),
        ({"score_ability": "101"}, "score_ability"),
        ({"score_ability": "-1"}, "score_ability"),
        ({"score_ability": "优"}, "score_ability"),
        ({"score_ability": "nan"}, "score_ability"),
        ({"name": "甲"}, "name"),
    ],
)
def test_wrong_scores_are_refused_beside_their_field(changes, field, office, sign_in, recommended):
    city = sign_in("city")
    assert score(city, recommended, "甲", 80).status_code == 303
    answer = score(city, recommended, "乙", 80, **{"opinion": "保留", **changes})
    assert answer.status_code == 422
    assert field in problems(answer.text)
    assert form(answer.text)["opinion"] == ["保留"]
    assert form(answer.text)[next(iter(changes))] == list(changes.values())
    assert len(driver.stored(recommended)["experts"]) == 1


def test_an_experts_scores_are_corrected_and_taken_away(office, sign_in, recommended):
    city = sign_in("city")
    for name in ("甲", "乙"):
        score(city, recommended, name, 80)
    url = f"{at(recommended, 'expert')}&place=1"
    data = form(city.get(url).text)
    assert data["name"] == ["乙"]
    assert city.send(url, data | {"score_effect": ["90"]}).status_code == 303
    assert driver.stored(recommended)["experts"][1]["total"] == 83
    assert city.send(url, data | {"score_effect": ["10"]}).status_code == 409  # read before that
    page = page_of(city, recommended)
    answer = city.send(at(recommended, "experts"), sent(page, drop=["0"], opinion=["先记着"]))
    assert answer.status_code == 200
    assert form(answer.text)["opinion"] == ["先记着"]
    assert [row["name"] for row in driver.stored(recommended)["experts"]] == ["乙"]
    assert city.get(f"{at(recommended, 'expert')}&place=7").status_code == 404
    assert "乙" in city.get(at(recommended, "expert")).text  # offered again


def test_too_few_experts_or_no_opinion_conclude_nothing(office, sign_in, recommended):
    city = sign_in("city")
    for name in ("甲", "乙"):
        score(city, recommended, name, 80)
    answer = city.send(
        at(recommended, "experts"), sent(page_of(city, recommended), action=["conclude"], people=["王明"])
    )
    assert answer.status_code == 422
    assert "opinion" in problems(answer.text)
    assert len(re.findall("<li>", re.search(r'class="problems".*?</div>', answer.text, re.DOTALL)[0])) == 2
    assert form(answer.text)["people"] == ["王明"]
    assert driver.stored(recommended)["stage"] == "recommended"
    tomorrow = driver.SCORED + timedelta(days=1)
    answer = city.send(
        at(recommended, "experts"), sent(answer.text, checked_on=[tomorrow.isoformat()], action=["keep"])
    )
    assert answer.status_code == 422
    assert "checked_on" in problems(answer.text)


def test_the_expert_review_is_closed_to_counties(office, sign_in, recommended):
    guan = sign_in("guan")
    assert guan.get(at(recommended, "expert")).status_code == 403
    assert guan.send(at(recommended, "experts"), {"version": "1"}).status_code == 403


# --- Everyone ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_a_page_for_everyone_and_readers_see_no_buttons(stage, office, sign_in, round_id):
    one = driver.drive(office.guan.spare, round_id, to=stage)
    for name in ("boss", "city", "guan", "reader", "guan_reader"):
        browser = sign_in(name)
        page = page_of(browser, one)
        assert "清泉孵化器" in page
        assert page.count("<h1") == 1
        if "reader" in name:
            assert buttons(page) == set()
            assert 'method="post"' not in page.split("<main")[1]
        assert ('id="history"' in page) == (name in ("boss", "city"))
        assert browser.get(HOME).status_code == 200


def test_frozen_data_stay_when_the_base_changes(office, sign_in, submitted):
    office.db["bases"].update_one(
        {"_id": office.guan.spare}, {"$set": {"name": "改名园", "service_staff": 99}}
    )
    page = page_of(sign_in("city"), submitted)
    assert "改名园" not in page
    assert "清泉孵化器" in page


def test_a_name_with_signs_is_escaped_everywhere(office, sign_in, round_id):
    base = driver.make_base("371525", "<b>&园")
    one = driver.drive(base, round_id, to=Stage.REVIEWED)
    guan = sign_in("guan")
    for path in (at(one), HOME, RECOMMEND, at(one, "withdraw")):
        page = guan.get(path).text
        assert "<b>&园" not in page
        assert "&lt;b&gt;&amp;园" in page


def test_what_happened_stands_in_the_history_in_words(office, sign_in, submitted):
    page = page_of(sign_in("city"), submitted).split('id="history"')[1]
    assert "application-" not in page
    assert "on_site" not in page
    assert flashes(page) == []
