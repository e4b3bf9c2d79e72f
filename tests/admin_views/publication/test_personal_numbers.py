"""No personal number becomes public unseen: each is shown in place, and nothing is published before it is decided."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import time_machine
from docx import Document
from werkzeug.test import TestResponse

from rules.applications import Stage
from tests import page_reader as read
from tests import round_driver as driver
from tests.sample_office import GUAN, Browser, Office, cells
from tests.stored_rows import digest

HOME = "/admin/publication/notices/"
PHONE, MASKED = "13906351234", "139****1234"
NAME = f"清泉园（联系人手机{PHONE}）"
CONTACT = {
    "telephone": "0635-8288000",
    "email": "jidi@example.cn",
    "address": "昌润路1号",
    "postcode": "252000",
}
UNDECIDED = "请选择如何处理此号码"


@pytest.fixture
def clerk(office: Office, sign_in) -> Iterator[Callable[[date], Browser]]:
    """Give a function that moves the clock to a day of the round and signs the city's clerk in."""
    travels: list[time_machine.travel] = []

    def come(day: date) -> Browser:
        for travel in travels:
            travel.stop()
        travels[:] = [time_machine.travel(driver.moment(day), tick=True)]
        travels[0].start()
        return sign_in("city")

    yield come
    for travel in travels:
        travel.stop()


@pytest.fixture
def city(clerk) -> Browser:
    return clerk(driver.NOTICE_FIRST)


def keys(page: str) -> list[str]:
    return re.findall(r'<fieldset class="field check[^"]*" id="p-([0-9a-f]{16})">', page)


def fields(page: TestResponse, form: str, **more: Any) -> dict[str, Any]:
    sent = {**read.form(page.text, form), **more}
    sent.pop("csrf_token", None)
    return sent


def publish(browser: Browser, shown: TestResponse, **choices: str) -> TestResponse:
    action = re.search(r'<form method="post" action="([^"]*)" id="publish">', shown.text)
    assert action, read.on_top(shown.text)
    return browser.send(action[1].replace("&amp;", "&"), fields(shown, "publish", **choices))


def notice_preview(city: Browser, name: str = NAME, **contact: str) -> TestResponse:
    round_id = driver.make_round(f"批次{name}")
    driver.drive(driver.make_base(GUAN, name), round_id, to=Stage.SELECTED)
    path = f"{HOME}new/?round={round_id}"
    return city.send(path, fields(city.get(path), "form", **{**CONTACT, **contact}))


def trail(office: Office, action: str) -> dict[str, Any]:
    entry = office.db["audit_entries"].find_one({"action": action}, sort=[("_id", -1)])
    assert entry is not None
    return entry


def test_a_number_is_shown_in_its_place_with_the_three_choices(city):
    shown = notice_preview(city)
    key, _ = keys(shown.text)  # of the base and of its operator, which is named after it
    words = read.text_of(shown.text)
    assert "名单第1行 基地名称" in words
    assert "名单第1行 运营主体" in words
    assert "手机号码" in words
    assert f"<mark>{PHONE}</mark>" in shown.text.partition('<article class="official')[2]
    for choice in ("遮盖", "删去", "保留", MASKED):
        assert choice in words
    assert shown.text.count(f'name="personal-{key}"') == 3


def test_the_offices_own_lines_are_no_question_and_a_mobile_among_them_is(city):
    assert keys(notice_preview(city, "清泉甲园").text) == []
    shown = notice_preview(city, "清泉乙园", telephone=f"0635-8288000 {PHONE}")
    assert len(keys(shown.text)) == 1
    assert "联系方式第1行" in read.text_of(shown.text)


def test_publishing_without_having_decided_is_refused_and_nothing_changes(city, office):
    shown = notice_preview(city)
    before = digest(office.db)
    answer = publish(city, shown)
    assert answer.status_code == 422
    assert UNDECIDED in read.text_of(answer.text)
    assert digest(office.db) == before
    key, other = keys(answer.text)
    masked = {f"personal-{other}": "mask"}
    without_reason = publish(city, answer, **masked, **{f"personal-{key}": "keep"})
    assert without_reason.status_code == 422
    assert "请说明公开此号码的理由" in read.text_of(without_reason.text)
    assert 'value="keep" checked' in without_reason.text
    telling = {f"personal-{key}": "keep", f"personal-reason-{key}": f"即{PHONE}"}
    assert "理由中含有个人号码" in read.text_of(publish(city, shown, **masked, **telling).text)
    for nonsense in ("", "show", "MASK"):
        assert publish(city, shown, **masked, **{f"personal-{key}": nonsense}).status_code == 422
    assert digest(office.db) == before


def test_a_mask_stands_in_the_text_the_list_the_papers_and_the_public_page_and_the_trail_has_no_number(
    city, office
):
    shown = notice_preview(city)
    answer = publish(city, shown, **{f"personal-{key}": "mask" for key in keys(shown.text)})
    assert answer.status_code == 303, read.on_top(answer.text)
    (notice,) = driver.notices_of("public-notice")
    assert PHONE not in str(notice)
    assert notice["entries"][0]["base_name"] == NAME.replace(PHONE, MASKED)
    identity = notice["_id"]
    docx = Document(BytesIO(city.get(f"{HOME}paper.docx?id={identity}").data))
    assert docx.tables[0].cell(1, 1).text == NAME.replace(PHONE, MASKED)
    public = city.get(f"/notices/{identity}")
    assert PHONE not in public.text and MASKED in public.text
    assert MASKED in str(cells(city.get(f"/notices/{identity}/list.xlsx")))
    assert trail(office, "notice-opened")["note"] == "手机号码 遮盖 2 处"


def test_a_number_that_is_removed_leaves_nothing_and_one_that_is_kept_stays_with_its_reason(city, office):
    shown = notice_preview(city)
    removed = {f"personal-{key}": "remove" for key in keys(shown.text)}
    assert publish(city, shown, **removed).status_code == 303
    (notice,) = driver.notices_of("public-notice")
    assert notice["entries"][0]["base_name"] == NAME.replace(PHONE, "")

    other = notice_preview(city, f"清泉乙园{PHONE}")
    reason = {f"personal-{key}": "keep" for key in keys(other.text)}
    reason |= {f"personal-reason-{key}": "招商热线，企业同意公开" for key in keys(other.text)}
    assert publish(city, other, **reason).status_code == 303
    assert any(PHONE in str(row) for row in driver.notices_of("public-notice"))
    note = trail(office, "notice-opened")["note"]
    assert note == "手机号码 保留 2 处（招商热线，企业同意公开）"
    assert PHONE not in str(trail(office, "notice-opened")["note"])


def test_an_announcement_and_a_correction_are_searched_too(clerk, office):
    round_id = driver.make_round()
    application = driver.drive(driver.make_base(GUAN, "清泉甲园"), round_id, to=Stage.SELECTED)
    notice = driver.open_together([application])
    office.db["notices"].update_one(
        {"_id": notice}, {"$set": {"entries.0.operator": "清泉公司0635-8299999"}}
    )  # of before numbers were searched
    city = clerk(driver.ANNOUNCED)
    path = f"{HOME}announce/?id={notice}"
    shown = city.send(path, fields(city.get(path), "form", number="聊工信发〔2026〕55号"))
    assert shown.status_code == 200, read.on_top(shown.text)
    (key,) = keys(shown.text)
    before = digest(office.db)
    assert publish(city, shown).status_code == 422
    assert digest(office.db) == before
    assert publish(city, shown, **{f"personal-{key}": "mask"}).status_code == 303
    (announced,) = driver.notices_of("announcement")
    assert announced["text"]["table"]["rows"][0][2] == "清泉公司0635****999"
    assert "8299999" not in str(announced)

    path = f"{HOME}correct/?id={announced['_id']}"
    words = "联系人身份证号371502198501011239，邮箱li@example.cn。"
    from_form = fields(city.get(path), "form", words=words)
    shown = city.send(path, from_form)
    found = keys(shown.text)
    assert len(found) >= 1
    before = digest(office.db)
    assert publish(city, shown).status_code == 422
    assert digest(office.db) == before
    answer = publish(city, shown, **{f"personal-{key}": "mask" for key in found})
    assert answer.status_code == 303
    (corrected,) = driver.notices_of("correction")
    assert "l***@example.cn" in str(corrected["text"])
    again = publish(city, shown, **{f"personal-{key}": "mask" for key in found})
    assert again.status_code == 422
    assert len(driver.notices_of("correction")) == 1
