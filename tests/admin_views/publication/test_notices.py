"""Public notices, announcements and corrections as the city's clerk makes them, and as others read them."""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import BytesIO
from threading import Barrier, Thread

import pytest
import time_machine
from bson import ObjectId
from docx import Document
from werkzeug.test import TestResponse

from documents.publication.notice import Notice
from office.papers.paper_text import PaperText
from rules.applications import Stage
from rules.publication import Outcome
from services.applications.submission import withdraw
from services.publication.objections import decide_objection
from tests import page_reader as read
from tests import round_driver as driver
from tests.sample_office import GUAN, MARK, SHEN, Browser, Office, cells

HOME = "/admin/publication/"
NUMBER = "聊工信发〔2026〕55号"


@pytest.fixture
def clerk(office: Office, sign_in) -> Iterator[Callable[..., Browser]]:
    """Give a function that moves the clock to a day of the round and signs a user in."""
    travels: list[time_machine.travel] = []

    def come(name: str, day: date) -> Browser:
        for one in travels:
            one.stop()
        travels[:] = [time_machine.travel(driver.moment(day), tick=True)]
        travels[0].start()
        return sign_in(name)

    yield come
    for one in travels:
        one.stop()


def selected(*names: str, county: str = GUAN, meets: bool = True) -> tuple[ObjectId, list[ObjectId]]:
    """Make a round with bases that wait for the notice; return the round and the applications.

    Where they miss a condition, its rule set lets them be announced with a reason.
    """
    round_id = driver.make_round() if meets else driver.make_round(rule_set=driver.lenient_set())
    return round_id, [
        driver.drive(driver.make_base(county, name), round_id, to=Stage.SELECTED, meets=meets)
        for name in names
    ]


def on_notice(*names: str, meets: bool = True) -> tuple[ObjectId, list[ObjectId]]:
    """Return a notice that runs from 16 to 20 March, and its applications."""
    _, found = selected(*names, meets=meets)
    return driver.open_together(found), found


def sent(page: TestResponse, form: str = "form", **changed: object) -> dict[str, object]:
    """Return what a form of the page would send, with some of it changed."""
    found: dict[str, object] = {**read.form(page.text, form), **changed}
    found.pop("csrf_token", None)
    return found


def preview(browser: Browser, path: str, **typed: object) -> TestResponse:
    """Open a form, change some of it and send it to its preview."""
    return browser.send(path, sent(browser.get(path), **typed))


def publish(browser: Browser, shown: TestResponse) -> TestResponse:
    """Press the publishing button of a preview."""
    action = re.search(r'<form method="post" action="([^"]*)" id="publish">', shown.text)
    assert action, read.on_top(shown.text)
    return browser.send(action[1].replace("&amp;", "&"), sent(shown, "publish"))


def paper_of(html: str) -> str:
    """Return the words of the paper on a page."""
    return read.text_of(html.partition('<article class="official')[2].rpartition("</article>")[0])


def only(kind: str) -> dict:
    (found,) = driver.notices_of(kind)
    return found


# --- The public notice ------------------------------------------------------------------------------


def test_the_form_begins_with_today_the_rule_sets_days_and_the_last_contact(clerk):
    _first, _ = selected("清泉甲园")
    driver.open_together([one["_id"] for one in Notice.collection().database["applications"].find()])
    round_id = driver.make_round("第二批")
    driver.drive(driver.make_base(GUAN, "清泉乙园"), round_id, to=Stage.SELECTED)
    page = clerk("city", driver.ANNOUNCED).get(f"{HOME}notices/new/?round={round_id}")
    form = read.form(page.text)
    assert form["first_day"] == ["2026-03-23"]
    assert form["working_days"] == ["5"]
    assert form["telephone"] == [driver.CONTACT.telephone]
    assert form["address"] == [driver.CONTACT.address]
    assert len(form["applications"]) == 1


TYPED = {"telephone": "0635-8288000", "email": "jidi@example.cn", "address": "昌润路1号", "postcode": ""}


def test_the_preview_is_what_is_published(clerk):
    round_id, found = selected("清泉甲园", f"{MARK}乙园")
    browser = clerk("city", driver.NOTICE_FIRST)
    shown = preview(browser, f"{HOME}notices/new/?round={round_id}", **TYPED)
    assert shown.status_code == 200
    assert "2026-03-20" in shown.text
    assert driver.notices_of("public-notice") == []
    answer = publish(browser, shown)
    assert answer.status_code == 303
    kept = only("public-notice")
    page = browser.get(answer.location)
    assert paper_of(page.text) == paper_of(shown.text)
    assert kept["last_day"].date() == driver.NOTICE_LAST
    assert {driver.stored(one)["stage"] for one in found} == {"on-notice"}


def test_only_the_ticked_go_on_the_notice(clerk):
    round_id, (first, second) = selected("清泉甲园", "清泉乙园")
    browser = clerk("city", driver.NOTICE_FIRST)
    shown = preview(browser, f"{HOME}notices/new/?round={round_id}", **TYPED, applications=[str(second)])
    publish(browser, shown)
    assert driver.stored(first)["stage"] == "selected"
    assert [entry["application"] for entry in only("public-notice")["entries"]] == [second]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"telephone": ""}, "telephone"),
        ({"email": " "}, "email"),
        ({"address": "长" * 201}, "address"),
        ({"first_day": ""}, "first_day"),
        ({"first_day": "3月40日"}, "first_day"),
        ({"first_day": "2026-03-13"}, "first_day"),  # past: the day of the preliminary result itself
        ({"first_day": "2026-07-01"}, "first_day"),  # too far ahead
        ({"working_days": "0"}, "working_days"),
        ({"working_days": "61"}, "working_days"),
        ({"working_days": "4"}, "working_days"),  # shorter than the rule set's
        ({"working_days": "五"}, "working_days"),
    ],
)
def test_a_wrong_notice_is_refused_beside_its_field_and_what_was_typed_stays(typed, field, clerk):
    round_id, _ = selected("清泉甲园")
    browser = clerk("city", driver.NOTICE_FIRST)
    wanted = {**TYPED, **typed}
    answer = preview(browser, f"{HOME}notices/new/?round={round_id}", **wanted)
    assert answer.status_code == 422
    assert field in read.problems(answer.text)
    assert read.on_top(answer.text)
    form = read.form(answer.text)
    for name, value in wanted.items():
        assert form[name][0].strip() == str(value).strip(), name
    assert driver.notices_of("public-notice") == []


def test_a_notice_without_a_base_is_refused_on_top(clerk):
    round_id, _ = selected("清泉甲园")
    browser = clerk("city", driver.NOTICE_FIRST)
    answer = preview(browser, f"{HOME}notices/new/?round={round_id}", **TYPED, applications=[])
    assert answer.status_code == 422
    assert read.on_top(answer.text)
    assert "checked" not in answer.text.partition("choices-list")[2].partition("</ul>")[0]


def test_going_back_from_the_preview_keeps_what_was_typed(clerk):
    round_id, (_, second) = selected("清泉甲园", "清泉乙园")
    browser = clerk("city", driver.NOTICE_FIRST)
    path = f"{HOME}notices/new/?round={round_id}"
    shown = preview(browser, path, **TYPED, first_day="2026-03-18", applications=[str(second)])
    back = browser.send(path, sent(shown, "back", back="1"))
    form = read.form(back.text)
    assert back.status_code == 200
    assert (form["first_day"], form["applications"]) == (["2026-03-18"], [str(second)])


def test_a_change_between_preview_and_opening_leads_back_with_everything_typed(clerk):
    round_id, (first, second) = selected("清泉甲园", "清泉乙园")
    browser = clerk("city", driver.NOTICE_FIRST)
    shown = preview(browser, f"{HOME}notices/new/?round={round_id}", **TYPED, first_day="2026-03-18")
    withdraw(
        first, reason="主体变更。", version=driver.version_of(first), actor=driver.CITY,
        now=driver.moment(driver.NOTICE_FIRST),
    )  # fmt: skip
    answer = publish(browser, shown)
    assert answer.status_code in (409, 422)
    assert read.on_top(answer.text)
    assert read.form(answer.text)["first_day"] == ["2026-03-18"]
    assert driver.stored(second)["stage"] == "selected"
    assert driver.notices_of("public-notice") == []


def test_a_call_renamed_after_the_preview_is_shown_again_before_it_is_published(clerk, office):
    round_id, _ = selected("清泉甲园")
    browser = clerk("city", driver.NOTICE_FIRST)
    shown = preview(browser, f"{HOME}notices/new/?round={round_id}", **TYPED)
    office.db["rounds"].update_one({"_id": round_id}, {"$set": {"call_title": "另一通知"}})
    assert publish(browser, shown).status_code == 409
    assert driver.notices_of("public-notice") == []


def test_opened_twice_the_second_is_led_to_the_notice_that_exists(clerk):
    round_id, _ = selected("清泉甲园")
    browser = clerk("city", driver.NOTICE_FIRST)
    shown = preview(browser, f"{HOME}notices/new/?round={round_id}", **TYPED)
    first, second = publish(browser, shown), publish(browser, shown)
    assert first.location == second.location
    assert len(driver.notices_of("public-notice")) == 1
    assert read.flashes(browser.get(second.location).text)


def test_a_year_without_a_calendar_is_warned_of(clerk, office):
    """The calendar of 2027 is not there: days are counted Monday to Friday, and the preview says so."""
    driver.prolong_measures()
    round_id, _ = selected("清泉甲园")
    browser = clerk("city", date(2026, 12, 29))
    path = f"{HOME}notices/new/?round={round_id}"
    shown = preview(browser, path, **TYPED, first_day="2026-12-30", working_days="5")
    assert shown.status_code == 200
    assert "2027" in shown.text.partition("due-line")[2].partition("</p>")[0]
    office.db["calendar_years"].drop()
    sure = preview(clerk("city", date(2026, 12, 21)), path, **TYPED, first_day="2026-12-21", working_days="5")
    assert "due-line" not in sure.text


# --- Really, and in time ------------------------------------------------------------------------------


def rest(office: Office) -> dict[str, str]:
    """Return a fingerprint of everything but the sessions."""
    return {name: rows for name, rows in office.digest().items() if name != "users"}


def test_a_notice_of_the_past_with_one_day_is_neither_opened_nor_announced(clerk, office):
    """The first day was 2026-03-16 with 1 working day, on 2026-12-04, and it was announced in the same minute."""
    round_id, _ = selected("清泉甲园")
    browser, before = clerk("city", date(2026, 12, 4)), rest(office)
    path = f"{HOME}notices/new/?round={round_id}"
    answer = preview(browser, path, **TYPED, first_day="2026-03-16", working_days="1")
    assert answer.status_code == 422
    wrong = read.problems(answer.text)
    assert "公示首日不能早于今天" in wrong["first_day"]
    assert "公示不少于 5 个工作日（第十二条），现为 1 个工作日" in wrong["working_days"]
    forged = sent(answer) | {"seen": "0" * 64}
    assert browser.send(f"{HOME}notices/open/?round={round_id}", forged).status_code == 422
    assert rest(office) == before


def test_a_longer_notice_is_allowed(clerk):
    round_id, _ = selected("清泉甲园")
    browser = clerk("city", driver.NOTICE_FIRST)
    shown = preview(browser, f"{HOME}notices/new/?round={round_id}", **TYPED, working_days="7")
    assert publish(browser, shown).status_code == 303
    assert only("public-notice")["last_day"].date() == date(2026, 3, 24)


def test_nothing_chosen_where_nothing_waits_names_no_field_that_is_not_there(clerk):
    round_id = driver.make_round()
    answer = clerk("city", driver.NOTICE_FIRST).send(f"{HOME}notices/new/?round={round_id}", {})
    assert answer.status_code == 422
    assert read.on_top(answer.text).endswith("请至少选择一项申报。")
    assert 'href="#' not in answer.text.partition('<div class="problems"')[2].partition("</div>")[0]


ELSEWHERE = {
    "first_day": "2026-03-16", "elsewhere": "y", "published_where": "市工信局网站 https://gxj.example.cn/1.html",
    "last_day": "2026-03-20",
}  # fmt: skip
LATER = date(2026, 4, 1)


def record(browser: Browser, shown: TestResponse, *files: tuple[BytesIO, str]) -> TestResponse:
    """Press the recording button of a preview, with evidence."""
    action = re.search(r'<form method="post" action="([^"]*)" id="publish"', shown.text)
    assert action, read.on_top(shown.text)
    data = sent(shown, "publish") | ({"evidence": list(files)} if files else {})
    return browser.send(action[1].replace("&amp;", "&"), data)


def test_a_notice_published_elsewhere_is_recorded_as_that_with_its_evidence(clerk, office):
    round_id, (application,) = selected("清泉甲园")
    browser, before = clerk("city", LATER), rest(office)
    shown = preview(browser, f"{HOME}notices/new/?round={round_id}", **TYPED, **ELSEWHERE)
    assert shown.status_code == 200
    assert "gxj.example.cn" in paper_of(shown.text)
    bare = record(browser, shown)
    assert bare.status_code == 422
    assert "请附当时发布的证明" in read.problems(bare.text)["evidence"]
    wrong = record(browser, bare, (BytesIO(b"MZ no picture"), "截图.png"))
    assert wrong.status_code == 422
    assert "截图.png" in read.problems(wrong.text)["evidence"]
    assert rest(office) == before
    answer = record(browser, wrong, (BytesIO(driver.PNG), "截图.png"))
    assert answer.status_code == 303
    kept = only("public-notice")
    assert (kept["first_day"].date(), kept["last_day"].date()) == (driver.NOTICE_FIRST, driver.NOTICE_LAST)
    assert kept["working_days"] == 5
    assert kept["elsewhere"]["where"] == ELSEWHERE["published_where"]
    assert driver.stored(application)["stage"] == "on-notice"
    said = "当时在 市工信局网站 https://gxj.example.cn/1.html 发布，2026-04-01 补录登记"
    page = browser.get(answer.location).text
    assert said in read.text_of(page)
    file = office.db["attachments"].find_one({"collection": "notices"})
    assert (file["slot"], file["record_id"]) == ("published", kept["_id"])
    added = office.db["audit_entries"].find_one({"action": "file-added", "record_id": kept["_id"]})
    assert added is not None
    assert (added["collection"], added["label"]) == ("notices", kept["title"])
    assert added["note"] == f"截图.png sha256:{hashlib.sha256(driver.PNG).hexdigest()}"
    assert browser.get(f"{HOME}notices/file/?file={file['_id']}").data == driver.PNG
    public = browser.get(f"/notices/{kept['_id']}").text
    assert said in public
    assert "截图" not in public
    assert "2026年4月1日补录登记" in public
    base = driver.stored(application)["base"]
    assert said in read.text_of(browser.get(f"/admin/bases/timeline/?id={base}").text)
    paper = driver.announce_together([application], dated=LATER)
    words = PaperText.from_stored(Notice.read(paper)["text"]).paragraphs[0].text
    assert "2026年3月16日至2026年3月20日，市工信局网站 https://gxj.example.cn/1.html" in words


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"published_where": " "}, "published_where"),
        ({"published_where": "长" * 301}, "published_where"),
        ({"last_day": ""}, "last_day"),
        ({"last_day": "2026-03-18"}, "last_day"),  # three working days
        ({"last_day": "2026-04-01"}, "last_day"),  # it still runs
        ({"last_day": "2026-03-13"}, "last_day"),
        ({"first_day": "2026-04-01"}, "first_day"),
        ({"first_day": "2026-03-01"}, "first_day"),  # before the round
        ({"first_day": ""}, "first_day"),
        ({"elsewhere": ""}, "first_day"),  # past days need the tick
    ],
)
def test_a_notice_elsewhere_without_its_particulars_is_refused_beside_the_field(typed, field, clerk, office):
    round_id, _ = selected("清泉甲园")
    browser, before = clerk("city", LATER), rest(office)
    given = {name: value for name, value in ({**TYPED, **ELSEWHERE} | typed).items() if value != ""}
    answer = preview(browser, f"{HOME}notices/new/?round={round_id}", **given)
    if field not in given:
        answer = browser.send(f"{HOME}notices/new/?round={round_id}", sent(answer) | {field: ""})
    assert answer.status_code == 422
    assert field in read.problems(answer.text)
    assert rest(office) == before


# --- Reading a notice -------------------------------------------------------------------------------


def test_the_notice_says_how_many_days_it_runs(clerk):
    notice, _ = on_notice("清泉甲园")
    path = f"{HOME}notices/?id={notice}"
    for day, left in ((driver.NOTICE_FIRST, "5"), (date(2026, 3, 18), "3")):
        state = clerk("guan", day).get(path).text.partition("<h1>")[2].partition("</h1>")[0]
        assert left in read.text_of(state).rpartition("公示")[2], day
    assert "notices/announce/" not in clerk("city", driver.NOTICE_LAST).get(path).text
    assert "notices/announce/" in clerk("city", driver.ANNOUNCED).get(path).text


def test_a_notice_that_begins_later_is_not_there_for_the_counties(clerk):
    _, found = selected("清泉甲园")
    notice = driver.open_together(found, first_day=date(2026, 3, 18), today=driver.NOTICE_FIRST)
    for path in (
        f"{HOME}notices/?id={notice}",
        f"{HOME}notices/paper.docx?id={notice}",
        f"{HOME}notices/list.xlsx?id={notice}",
    ):
        for name in ("guan", "guan_reader"):
            assert clerk(name, driver.NOTICE_FIRST).get(path).status_code == 404
        assert clerk("city", driver.NOTICE_FIRST).get(path).status_code == 200
    assert "公示" not in clerk("guan", driver.NOTICE_FIRST).get(f"{HOME}papers/").text.partition("<tbody>")[2]
    assert clerk("guan", date(2026, 3, 18)).get(f"{HOME}notices/?id={notice}").status_code == 200


def test_a_county_reads_of_other_counties_only_what_is_published(clerk):
    round_id = driver.make_round()
    own = driver.drive(driver.make_base(GUAN, "清泉甲园"), round_id, to=Stage.SELECTED)
    other = driver.drive(driver.make_base(SHEN, f"{MARK}乙园"), round_id, to=Stage.SELECTED)
    notice = driver.open_together([own, other])
    driver.object_to(other, objector="周某某")
    path = f"{HOME}notices/?id={notice}"
    for name in ("guan", "guan_reader", "reader"):
        page = clerk(name, driver.NOTICE_LAST).get(path).text
        assert "周某某" not in page
        assert "反映入驻企业数量" not in page
        assert "objections/" not in page
        assert read.text_of(page.partition("record-head")[2].partition("</div>\n")[0])
        if name != "reader":
            assert str(other) not in page
            assert str(own) in page
    assert "周某某" in clerk("city", driver.NOTICE_LAST).get(path).text


def test_the_paper_and_its_list_are_downloads(clerk):
    notice, _ = on_notice("清泉甲园", "清泉乙园")
    browser = clerk("guan_reader", driver.NOTICE_LAST)
    paper = browser.get(f"{HOME}notices/paper.docx?id={notice}")
    assert paper.headers["Content-Disposition"].startswith("attachment")
    document = Document(BytesIO(paper.data))
    title = PaperText.from_stored(only("public-notice")["text"]).title
    assert title in "".join(one.text for one in document.paragraphs).replace("\n", "")
    assert [row.cells[1].text for row in document.tables[0].rows[1:]] == ["清泉甲园", "清泉乙园"]
    listed = cells(browser.get(f"{HOME}notices/list.xlsx?id={notice}"))
    assert [row[1] for row in listed if row[0] in (1, 2)] == ["清泉甲园", "清泉乙园"]


# --- The announcement -------------------------------------------------------------------------------


def draft(notice: ObjectId) -> str:
    return f"{HOME}notices/announce/?id={notice}"


def test_the_preview_of_the_announcement_is_what_is_announced(clerk):
    notice, found = on_notice("清泉甲园", "清泉乙园")
    browser = clerk("city", driver.ANNOUNCED)
    form = read.form(browser.get(draft(notice)).text)
    assert form["dated"] == ["2026-03-23"]
    assert sorted(form["applications"]) == sorted(str(one) for one in found)
    shown = preview(browser, draft(notice), number="聊工信发[2026]55号")
    assert NUMBER in paper_of(shown.text)
    assert driver.notices_of("announcement") == []
    answer = publish(browser, shown)
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert paper_of(page) == paper_of(shown.text)
    assert "LCSJ-2026-001" in page
    assert "LCSJ-2026-002" in page
    assert {driver.stored(one)["stage"] for one in found} == {"announced"}


def test_a_renewal_is_announced_in_the_same_list(clerk, office):
    round_id = driver.make_round()
    base = driver.make_renewable(GUAN, "清泉老园")
    found = [driver.drive(base, round_id, to=Stage.SELECTED),
             driver.drive(driver.make_base(GUAN, "清泉新园"), round_id, to=Stage.SELECTED)]  # fmt: skip
    notice = driver.open_together(found)
    browser = clerk("city", driver.ANNOUNCED)
    shown = preview(browser, draft(notice), number=NUMBER)
    assert "（复核）" in paper_of(shown.text)
    publish(browser, shown)
    kept = office.one("bases", base)
    assert kept["title_last_day"].date() == date(2031, 12, 19)  # after its own term
    assert len(kept["earlier_terms"]) == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "第五号"}, "number"),
        ({"number": "聊工信发〔2023〕100号"}, "number"),  # 冠县's base of the sample was announced by it
        ({"dated": "2026-03-20"}, "dated"),  # within the period
        ({"dated": "2026-03-24"}, "dated"),  # in the future
        ({"dated": ""}, "dated"),
        ({"term_first": "2026-03-22"}, "term_first"),
        ({"term_first": "2028-01-01"}, "term_first"),
        ({"certificate_prefix": ""}, "certificate_prefix"),
    ],
)
def test_a_wrong_announcement_is_refused_beside_its_field_and_what_was_typed_stays(
    typed, field, clerk, office
):
    notice, _ = on_notice("清泉甲园")
    browser = clerk("city", driver.ANNOUNCED)
    before = {name: text for name, text in office.digest().items() if name != "users"}
    wanted = {"number": NUMBER, **typed}
    answer = preview(browser, draft(notice), **wanted)
    assert answer.status_code == 422
    assert field in read.problems(answer.text)
    for name, value in wanted.items():
        assert read.form(answer.text)[name] == [value]
    assert {name: text for name, text in office.digest().items() if name != "users"} == before


def test_a_wrong_certificate_prefix_changes_nothing(clerk, office):
    notice, found = on_notice("清泉甲园")
    browser = clerk("city", driver.ANNOUNCED)
    shown = preview(browser, draft(notice), number=NUMBER, certificate_prefix="编号/1")
    answer = publish(browser, shown) if shown.status_code == 200 else shown
    assert answer.status_code == 422
    assert "certificate_prefix" in read.problems(answer.text)
    assert driver.stored(found[0])["stage"] == "on-notice"


def test_nothing_is_announced_while_the_notice_runs(clerk):
    notice, _ = on_notice("清泉甲园")
    browser = clerk("city", driver.NOTICE_LAST)
    answer = preview(browser, draft(notice), number=NUMBER, dated="2026-03-20")
    assert answer.status_code == 422
    assert "2026-03-20" in read.on_top(answer.text)


def test_an_open_objection_holds_back_its_base_and_not_the_other(clerk):
    notice, (first, second) = on_notice("清泉甲园", "清泉乙园")
    objection = driver.object_to(first)
    browser = clerk("city", driver.ANNOUNCED)
    page = browser.get(draft(notice))
    assert read.form(page.text)["applications"] == [str(second)]
    box = re.search(f'<input type="checkbox" id="c-{first}"[^>]*>', page.text)
    assert box
    assert "disabled" in box[0]
    forged = preview(browser, draft(notice), number=NUMBER, applications=[str(first), str(second)])
    assert forged.status_code == 422
    assert "清泉甲园" in read.on_top(forged.text)
    publish(browser, preview(browser, draft(notice), number=NUMBER))
    assert driver.stored(second)["stage"] == "announced"
    assert driver.stored(first)["stage"] == "on-notice"
    decide_objection(
        objection, Outcome.REJECTED, handling="经核查不属实。", decided_on=driver.ANNOUNCED, version=1,
        actor=driver.CITY, now=driver.moment(driver.ANNOUNCED, 15), today=driver.ANNOUNCED,
    )  # fmt: skip
    later = preview(browser, draft(notice), number="聊工信发〔2026〕56号")
    assert publish(browser, later).status_code == 303
    assert len(driver.notices_of("announcement")) == 2


def test_a_base_whose_objection_was_borne_out_is_declined_at_the_results(clerk):
    notice, (first,) = on_notice("清泉甲园")
    objection = driver.object_to(first)
    decide_objection(
        objection, Outcome.UPHELD, handling="经核查属实。", decided_on=driver.ANNOUNCED, version=1, actor=driver.CITY,
        now=driver.moment(driver.ANNOUNCED, 9), today=driver.ANNOUNCED,
    )  # fmt: skip
    browser = clerk("city", driver.ANNOUNCED)
    assert browser.get(draft(notice)).text.count("disabled") >= 1
    round_id = driver.stored(first)["round"]
    page = browser.get(f"{HOME}results/?round={round_id}")
    assert "清泉甲园" in page.text
    data = {
        "applications": str(first), f"version-{first}": str(driver.version_of(first)), "verb": "decline",
        f"reason-{first}": "异议成立。", "confirmed": "1",
    }  # fmt: skip
    assert browser.send(f"{HOME}results/decide/", data).status_code == 303
    assert driver.stored(first)["stage"] == "not-certified"


def test_a_base_that_misses_an_indicator_needs_a_written_reason(clerk):
    notice, (first,) = on_notice("清泉甲园", meets=False)
    browser = clerk("city", driver.ANNOUNCED)
    assert read.form(browser.get(draft(notice)).text)[f"reason-{first}"] == [
        driver.REASON
    ]  # of the selection
    answer = preview(browser, draft(notice), number=NUMBER, **{f"reason-{first}": ""})
    assert answer.status_code == 422
    assert f"reason-{first}" in read.problems(answer.text)
    shown = preview(browser, draft(notice), number=NUMBER, **{f"reason-{first}": "创业辅导成效突出。"})
    assert "列入名单的理由：创业辅导成效突出。" in paper_of(shown.text)
    publish(browser, shown)
    assert driver.stored(first)["steps"][-1]["failing_reason"] == "创业辅导成效突出。"


def test_announced_twice_the_second_is_led_to_the_announcement_that_exists(clerk):
    notice, _ = on_notice("清泉甲园")
    browser = clerk("city", driver.ANNOUNCED)
    shown = preview(browser, draft(notice), number=NUMBER)
    first, second = publish(browser, shown), publish(browser, shown)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert NUMBER in read.flashes(browser.get(second.location).text)[-1]
    assert len(driver.notices_of("announcement")) == 1


def test_two_clerks_at_once_announce_once(clerk, app):
    notice, found = on_notice("清泉甲园", "清泉乙园")
    browsers = [clerk("city", driver.ANNOUNCED), clerk("boss", driver.ANNOUNCED)]
    shown = [
        preview(browser, draft(notice), number=f"聊工信发〔2026〕{55 + n}号")
        for n, browser in enumerate(browsers)
    ]
    gate, answers = Barrier(2), {}

    def press(place: int) -> None:
        gate.wait()
        answers[place] = publish(browsers[place], shown[place])

    threads = [Thread(target=press, args=(place,)) for place in (0, 1)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert {answer.status_code for answer in answers.values()} == {303}
    assert len({answer.location for answer in answers.values()}) == 1
    assert len(driver.notices_of("announcement")) == 1
    numbers = {driver.stored(one)["certificate_number"] for one in found}
    assert numbers == {"LCSJ-2026-001", "LCSJ-2026-002"}


def test_the_announcements_files(clerk, office):
    notice, (first,) = on_notice("清泉甲园")
    paper = driver.announce_together([first], number=NUMBER)
    browser = clerk("guan", driver.ANNOUNCED)
    page = browser.get(f"{HOME}notices/?id={paper}").text
    assert "LCSJ-2026-001" in page
    assert "/bases/LCSJ-2026-001" in page
    certificate = browser.get(f"{HOME}notices/certificate.docx?id={paper}&application={first}")
    assert certificate.status_code == 200
    assert len(Document(BytesIO(certificate.data)).inline_shapes) == 1
    assert cells(browser.get(f"{HOME}notices/list.xlsx?id={paper}"))
    assert NUMBER in "".join(
        p.text for p in Document(BytesIO(browser.get(f"{HOME}notices/paper.docx?id={paper}").data)).paragraphs
    )
    for missing in (
        f"id={notice}&application={first}",
        f"id={paper}&application={ObjectId()}",
        f"id={paper}",
        "id=x",
    ):
        assert browser.get(f"{HOME}notices/certificate.docx?{missing}").status_code == 404, missing


def test_an_announcement_is_no_notice_to_announce_from(clerk):
    _, (first,) = on_notice("清泉甲园")
    paper = driver.announce_together([first])
    assert clerk("city", driver.ANNOUNCED).get(draft(paper)).status_code == 404


# --- Corrections --------------------------------------------------------------------------------------


def test_a_correction_is_a_new_paper_and_both_name_each_other(clerk):
    _, (first,) = on_notice("清泉甲园")
    old = driver.announce_together([first], number=NUMBER)
    before = Notice.collection().find_one({"_id": old})
    browser = clerk("city", driver.ANNOUNCED + timedelta(days=2))
    shown = preview(browser, f"{HOME}notices/correct/?id={old}", words="“清泉甲园”应为“清泉甲创业园”。")
    assert "应为“清泉甲创业园”" in paper_of(shown.text)
    answer = publish(browser, shown)
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert paper_of(page) == paper_of(shown.text)
    assert f"notices/?id={old}" in page
    assert str(only("correction")["_id"]) in browser.get(f"{HOME}notices/?id={old}").text
    assert Notice.collection().find_one({"_id": old}) == before
    again = publish(browser, shown)
    assert again.status_code == 422
    assert len(driver.notices_of("correction")) == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"words": " "}, "words"),
        ({"words": "更正。", "dated": "2026-03-01"}, "dated"),
        ({"words": "更正。", "dated": "2027-01-01"}, "dated"),
        ({"words": "长" * 2001}, "words"),
    ],
)
def test_a_wrong_correction_is_refused_beside_its_field(typed, field, clerk):
    notice, _ = on_notice("清泉甲园")
    browser = clerk("city", driver.ANNOUNCED)
    answer = preview(browser, f"{HOME}notices/correct/?id={notice}", **typed)
    assert answer.status_code == 422
    assert field in read.problems(answer.text)
    assert driver.notices_of("correction") == []


# --- All papers ---------------------------------------------------------------------------------------


def test_the_papers_are_found_by_kind_number_and_base(clerk):
    _, (first, _) = on_notice("清泉甲园", "清泉乙园")
    driver.announce_together([first], number=NUMBER)
    browser = clerk("guan", driver.ANNOUNCED)

    def found(query: str) -> int:
        return len(read.rows(browser.get(f"{HOME}papers/?{query}").text))

    assert found("") == 2
    assert found("kind=announcement") == 1
    assert found("search=55号") == 1
    assert found("search=清泉乙园") == 1
    assert found("search=清泉甲园") == 2
    assert found("search=.*") == 0
    assert found(f"round={driver.stored(first)['round']}") == 2
    for nonsense in (
        "page=-1",
        "page=" + "9" * 30,
        "search=%00",
        "kind=x",
        "round=x",
        "search=" + "长" * 5000,
    ):
        assert browser.get(f"{HOME}papers/?{nonsense}").status_code == 200, nonsense


def test_the_papers_have_columns_saved_views_and_a_workbook_like_every_list(clerk):
    _, (first, _) = on_notice("清泉甲园", "清泉乙园")
    driver.announce_together([first], number=NUMBER)
    browser = clerk("guan", driver.ANNOUNCED)
    page = browser.get(f"{HOME}papers/?columns=title&columns=last_day&columns=base_names")
    assert {"清泉甲园、清泉乙园", "清泉甲园"} <= {row[-1] for row in read.rows(page.text)}
    assert len(read.rows(browser.get(f"{HOME}papers/?last_day_from=2000-01-01").text)) == 1

    saved = browser.send(f"{HOME}views/save/?kind=announcement", {"name": "公布的"})
    assert saved.headers["Location"].endswith("papers/?kind=announcement")
    assert "公布的" in browser.get(f"{HOME}papers/").text

    book = cells(browser.get(f"{HOME}papers/export/xlsx/?kind=announcement"))
    assert book[0][0] == "公示公布一览表"
    listed = [row for row in book if NUMBER in row]
    assert len(listed) == 1 and {"公布通知", 1, "清泉甲园"} <= set(listed[0])


def test_a_decision_on_a_title_is_a_paper_too(clerk, office):
    """Its list names the base alone: no application leads to it."""
    _, (first,) = on_notice("清泉甲园")
    old = driver.announce_together([first])
    entry = {"base": office.guan.base, "base_name": "清泉创业园", "operator": "清泉公司", "county": GUAN}
    row = {
        **(Notice.collection().find_one({"_id": old}) or {}),
        "_id": ObjectId(),
        "kind": "revocation",
        "entries": [entry],
    }
    for key in ("round", "answers"):
        del row[key]
    Notice.collection().insert_one(row)
    for name in ("city", "guan"):
        page = clerk(name, driver.ANNOUNCED).get(f"{HOME}notices/?id={row['_id']}")
        assert page.status_code == 200
        assert f"/admin/bases/details/?id={office.guan.base}" in page.text


def test_unknown_papers_are_no_page(clerk):
    browser = clerk("city", driver.ANNOUNCED)
    for path in (
        "notices/",
        "notices/announce/",
        "notices/correct/",
        "notices/paper.docx",
        "objections/new/",
        "objections/",
    ):
        for identity in ("", "x", "0" * 24):
            assert browser.get(f"{HOME}{path}?id={identity}").status_code == 404, path
