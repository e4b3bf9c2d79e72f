"""Titles lost and restored as clerks meet them: the desk, a case from beginning to public page, overturning, roles."""

import re
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
import time_machine

from documents.applications.application import Application
from documents.revocation.decision import Decision
from services.records import records
from tests import round_driver as driver
from tests.page_reader import flashes, form, on_top, pills, problems, text_of
from tests.sample_office import GUAN, MARK, PDF, SHEN, cells
from tests.stored_rows import digest

HOME = "/admin/revocation/"
NEW = f"{HOME}new/"
TODAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
BEGUN = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)  # before the prior notice was served
FACTS = "虚报服务台账十七场次。"
NUMBER = "聊工信发〔2026〕201号"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def pdf(name="核查笔录.pdf"):
    return (BytesIO(PDF), name)


def begin(browser, base, kind="revocation", grounds=None):
    """Begin a case at the form; return its address and id."""
    grounds = grounds or {"fraud": FACTS}
    given = {f"facts-{ground}": facts for ground, facts in grounds.items()}
    answer = browser.send(NEW, {"base": str(base), "kind": kind, "grounds": list(grounds), **given})
    assert answer.status_code == 303, on_top(answer.text)
    Decision.collection().update_one({"base": base, "open": True}, {"$set": {"created_at": BEGUN}})
    return answer.location.partition("#")[0]


def sent(page, action):
    """Return what a form of a page would send, its token apart."""
    return {name: values for name, values in form(page, action).items() if name != "csrf_token"}


def part(place, name):
    return place.replace("/case/?", f"/case/{name}/?")


def version(browser, place):
    return re.search(r'name="version" value="(\d+)"', browser.get(place).text)[1]


def prepared(browser, base, **more):
    """Begin a case and bring it to where it can be decided."""
    place = begin(browser, base, **more)
    data = {
        "version": version(browser, place),
        "grounds": "fraud",
        "facts-fraud": FACTS,
        "findings-fraud": "falsified",
        "file-evidence": pdf(),
    }
    if more.get("kind") == "reversal":
        data |= {"grounds": "overturned", "facts-overturned": "复议撤销原决定。", "findings-overturned": "annulled",
                 "basis": "review", "basis_body": "聊城市人民政府", "basis_number": "聊政复决字〔2026〕3号",
                 "basis_dated": "2026-11-24"}  # fmt: skip
    if more.get("kind") == "cancellation":
        data |= {"grounds": "no-renewal", "facts-no-renewal": "期满未申请。"}
    assert browser.send(part(place, "grounds"), data).status_code == 303
    if more.get("kind") != "reversal":
        hearing = {"served_on": "2026-11-16", "statement_by": "2026-11-20", "served_how": "当面送达",
                   "file-notice": pdf("告知书.pdf")}  # fmt: skip
        answer = browser.send(part(place, "hearing"), hearing | {"version": version(browser, place)})
        assert answer.status_code == 303
    return place


def preview(browser, place, number=NUMBER, dated="2026-11-24"):
    data = {"number": number, "dated": dated, "version": version(browser, place)}
    return browser.send(part(place, "preview"), data)


def decided(browser, base, number=NUMBER, **more):
    place = prepared(browser, base, **more)
    page = preview(browser, place, number).text
    sign = re.search(r'action="([^"]*case/sign/[^"]*)"', page)[1].replace("&amp;", "&")
    answer = browser.send(sign, sent(page, sign))
    assert answer.status_code == 303, on_top(answer.text)
    assert flashes(browser.get(answer.location).text)
    return place


def late_base(office, name="到期创业园", county=SHEN, clerk="city"):
    title = {
        "status": "certified",
        "announced_on": date(2021, 10, 20),
        "document_number": f"聊工信发〔2021〕{len(name)}7号",
    }
    return driver.make_base(county, name, actor=office.actor(clerk), **title)


def test_a_decision_is_not_signed_before_its_personal_numbers_are_decided(city, office):
    base = driver.make_base(
        SHEN, "丁园13906351234", actor=office.actor("city"), status="certified", operator="丁园公司",
        announced_on=date(2023, 12, 20), document_number="聊工信发〔2023〕77号",
    )  # fmt: skip
    page = preview(city, prepared(city, base)).text
    sign = re.search(r'action="([^"]*case/sign/[^"]*)"', page)[1].replace("&amp;", "&")
    keys = re.findall(r'id="p-([0-9a-f]{16})"', page)
    assert keys
    before = digest(office.db)
    answer = city.send(sign, sent(page, sign))
    assert answer.status_code == 422
    assert "请选择如何处理此号码" in text_of(answer.text)
    assert digest(office.db) == before
    answer = city.send(sign, sent(page, sign) | {f"personal-{key}": "mask" for key in keys})
    assert answer.status_code == 303, on_top(answer.text)
    (published,) = driver.notices_of("revocation")
    assert "13906351234" not in str(published)
    assert "丁园139****1234" in published["title"]


# --- The desk ----------------------------------------------------------------------------------


def test_an_empty_desk_says_what_it_is_for(city):
    page = city.get(HOME)
    assert page.status_code == 200
    assert NEW in page.text


def test_the_system_proposes_and_one_button_takes_it_up(office, city):
    base = late_base(office)
    page = city.get(HOME).text
    assert "到期创业园" in page
    assert "2026-10-19" in page
    link = re.search(r'href="([^"]*revocation/new/[^"]*)">[^<]*</a></td></tr>', page)[1].replace("&amp;", "&")
    given = sent(city.get(link).text, NEW)
    assert given["base"] == [str(base)]
    assert given["kind"] == ["cancellation"]
    assert given["grounds"] == ["no-renewal"]
    assert given["facts-no-renewal"] == ["该基地称号有效期至2026年10月19日，期满当年未按程序申请复核。"]
    answer = city.send(NEW, given)
    assert answer.status_code == 303
    assert "到期创业园" in city.get(answer.location).text
    page = city.get(HOME).text
    assert 'id="proposals"' not in page
    assert 'id="under-way"' in page


def test_each_county_sees_its_own(office, sign_in, city):
    late_base(office)
    begin(city, office.guan.base)
    found = {pill.label: pill.count for pill in pills(city.get(HOME).text)}
    # In 莘县 another base never handed in its summary of 2025.
    assert (found["冠县"], found["莘县"]) == (1, 2)
    page = text_of(sign_in("guan").get(HOME).text)
    assert "清泉创业园" in page
    assert "到期创业园" not in page
    page = (
        sign_in("guan").get(f"{HOME}?county={SHEN}").text
    )  # another county's is not asked for, it is one's own
    assert "清泉创业园" in page
    assert NEW not in page
    narrowed = text_of(city.get(f"{HOME}?county={SHEN}").text)
    assert "到期创业园" in narrowed
    assert "清泉创业园" not in narrowed


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"清泉创业园", f"{MARK}创业园", "到期创业园"}),
        ("?search=清泉", {"清泉创业园"}),
        ("?search=qq", {"清泉创业园"}),
        ("?search=201号", {f"{MARK}创业园"}),
        ("?kind=revocation", {"清泉创业园", f"{MARK}创业园"}),
        ("?kind=cancellation", {"到期创业园"}),
        ("?state=decided", {f"{MARK}创业园"}),
        ("?state=prepared", {"清泉创业园"}),
        (f"?county={GUAN}", {"清泉创业园"}),
        ("?state=nonsense&kind=&page=999&size=x&search=%00", {"清泉创业园", f"{MARK}创业园", "到期创业园"}),
    ],
)
def test_the_desk_is_filtered_and_searched(office, city, query, shown):
    late_base(office)
    begin(city, office.guan.base)
    decided(city, office.shen.base)
    page = text_of(city.get(HOME + query).text)
    every = {"清泉创业园", f"{MARK}创业园", "到期创业园"}
    assert {name for name in every if name in page} == shown


def test_the_workbook_holds_every_case(office, city):
    first = decided(city, office.shen.base)
    begin(city, office.guan.base)
    rows = cells(city.get(f"{HOME}export/xlsx/"))
    assert [row[0] for row in rows[3:]] == ["清泉创业园", f"{MARK}创业园"]
    assert rows[4][10] == NUMBER
    assert "弄虚作假" in rows[4][4]
    assert [row[0] for row in cells(city.get(f"{HOME}export/xlsx/?county={GUAN}"))[3:]] == ["清泉创业园"]
    assert first


# --- A case from beginning to public page ------------------------------------------------------------


def test_a_revocation_from_beginning_to_public_page(office, city, client):
    office.db["bases"].update_one(
        {"_id": office.guan.base}, {"$set": {"certificate_number": "LCSJ-2023-001"}}
    )
    place = prepared(city, office.guan.base)
    page = preview(city, place)
    assert page.status_code == 200
    shown = text_of(page.text)
    for words in ("清泉创业园", NUMBER, FACTS, "第十八条第（一）项", "公告"):
        assert words in shown
    assert office.one("bases", office.guan.base)["status"] == "certified"  # nothing is decided by looking
    sign = re.search(r'action="([^"]*case/sign/[^"]*)"', page.text)[1].replace("&amp;", "&")
    answer = city.send(sign, sent(page.text, sign))
    assert answer.status_code == 303
    done = city.get(answer.location).text
    assert flashes(done)
    assert office.one("bases", office.guan.base)["status"] == "revoked"
    public = re.search(r'href="(/notices/[0-9a-f]{24})"', done)[1]
    for address in (public, "/bases/", "/bases/LCSJ-2023-001"):
        read = text_of(client.get(address).text)
        assert "清泉创业园" in read
        assert FACTS not in read
        assert "撤销" in read
    for what in ("decision", "public"):
        paper = city.get(part(place, "paper") + f"&what={what}")
        assert paper.data[:2] == b"PK"
        assert "docx" in paper.headers["Content-Disposition"]
    assert "已撤销" in text_of(city.get(f"/admin/bases/details/?id={office.guan.base}").text)


def test_what_it_touches_is_shown_with_the_way_to_each(office, city):
    round_id = driver.make_round(apply_until=date(2026, 12, 20))
    base = driver.make_renewable(GUAN, "复核创业园")
    application = driver.begin(base, round_id, actor=driver.CITY, now=TODAY, today=date(2026, 11, 24))
    records.create("tenant_companies", {"name": "甲公司", "uscc": driver.code(9_100_001), "base": base},
                   actor=driver.CITY, now=TODAY)  # fmt: skip
    place = begin(city, base)
    page = city.get(place).text
    for address in (
        f"/admin/tenant-companies/?base={base}", f"/admin/service-partners/?cooperations={base}",
        f"/admin/ledger-entries/?base={base}", f"/admin/applications/details/?id={application}",
    ):  # fmt: skip
        assert address in page.replace("&amp;", "&")
    decided_page = text_of(page)
    assert "2026年度申报" in decided_page
    assert Application.of_ids([application])[0]["open"]


def test_overturning_is_one_button_away_and_the_desk_says_so(office, city, client):
    first = decided(city, office.guan.base)
    page = city.get(first).text
    again = re.search(r'href="([^"]*revocation/new/[^"]*)"', page)[1].replace("&amp;", "&")
    assert sent(city.get(again).text, NEW)["grounds"] == ["overturned"]
    decided(
        city, office.guan.base, "聊工信发〔2026〕202号", kind="reversal", grounds={"overturned": "复议撤销。"}
    )
    assert office.one("bases", office.guan.base)["status"] == "certified"
    desk = text_of(city.get(HOME).text)
    assert "聊工信发〔2026〕202号" in desk
    assert desk.count("聊工信发〔2026〕202号") == 2  # its own row, and beside the one that it overturned
    assert "revocation/new/?kind=reversal" not in city.get(first).text.replace("&amp;", "&")
    assert (
        "聊工信发〔2026〕202号" in city.get(first).text
    )  # the decision before names the one that overturned it
    assert "清泉创业园" in text_of(client.get("/bases/").text)


def test_a_case_is_dropped_with_its_reason(office, city):
    place = begin(city, office.guan.base)
    question = city.get(part(place, "drop")).text
    assert "清泉创业园" in question
    answer = city.send(part(place, "drop"), {"version": "1", "reason": " "})
    assert answer.status_code == 422
    assert "reason" in problems(answer.text)
    answer = city.send(part(place, "drop"), {"version": "7", "reason": "证据不足。"})
    assert answer.status_code == 409
    assert form(answer.text, part(place, "drop"))["reason"] == ["证据不足。"]
    assert form(answer.text, part(place, "drop"))["version"] == ["1"]
    assert city.send(part(place, "drop"), {"version": "1", "reason": "证据不足。"}).status_code == 303
    page = text_of(city.get(place).text)
    assert "证据不足。" in page
    assert "grounds_form" not in page
    assert part(place, "preview") not in city.get(place).text


# --- Wrong input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "at_fault"),
    [
        ({"grounds": []}, ["grounds"]),
        ({"grounds": ["fraud"], "facts-fraud": " "}, ["facts-fraud"]),
        ({"grounds": ["fraud", "other"], "facts-fraud": FACTS}, ["facts-other"]),
        ({"grounds": ["no-renewal"], "facts-no-renewal": FACTS}, ["grounds"]),  # not of this kind
        ({"grounds": ["nonsense"]}, ["grounds"]),
        ({"base": ""}, ["base"]),
        ({"base": "0" * 24}, ["base"]),
        ({"base": "x"}, ["base"]),
        ({"kind": "reversal", "grounds": ["overturned"], "facts-overturned": FACTS}, ["base"]),
    ],
)
def test_a_case_that_cannot_be_begun_keeps_what_was_typed(office, city, data, at_fault):
    given = {
        "base": str(office.guan.base),
        "kind": "revocation",
        "grounds": ["fraud"],
        "facts-fraud": FACTS,
    } | data
    answer = city.send(NEW, given)
    assert answer.status_code == 422
    assert list(problems(answer.text)) == at_fault
    assert on_top(answer.text)
    kept = form(answer.text, NEW)
    assert kept["kind"] == [given["kind"]]
    for name, value in given.items():
        if name.startswith("facts") and value.strip():
            assert kept[name] == [value]
    assert office.db["decisions"].count_documents({}) == 0


def test_a_base_that_lost_its_title_already_is_refused(office, city):
    decided(city, office.guan.base)
    answer = city.send(
        NEW, {"base": str(office.guan.base), "kind": "revocation", "grounds": "fraud", "facts-fraud": FACTS}
    )
    assert answer.status_code == 422
    assert list(problems(answer.text)) == ["base"]


@pytest.mark.parametrize(
    ("data", "at_fault"),
    [
        ({"served_on": ""}, ["served_on"]),
        ({"served_on": "2026-11-30", "statement_by": "2026-12-05"}, ["served_on"]),
        ({"statement_by": "2026-11-17"}, ["statement_by"]),
        ({"served_on": "昨日"}, ["served_on"]),
        ({"statement": "口头陈述。"}, ["statement_on"]),
        ({"statement_on": "2026-11-18"}, ["statement"]),
        ({"statement_on": "2026-11-15", "statement": "早。"}, ["statement_on"]),
    ],
)
def test_a_hearing_out_of_order_keeps_what_was_typed(office, city, data, at_fault):
    place = begin(city, office.guan.base)
    given = {
        "served_on": "2026-11-16",
        "statement_by": "2026-11-20",
        "served_how": "当面送达",
        "version": "1",
    } | data
    answer = city.send(part(place, "hearing"), given)
    assert answer.status_code == 422
    assert set(problems(answer.text)) == set(at_fault)
    assert on_top(answer.text)
    kept = form(answer.text, part(place, "hearing") + "#hearing")
    assert {name: kept[name] for name in given} == {name: [value] for name, value in given.items()}
    assert office.db["decisions"].find_one({})["state"] == "prepared"


@pytest.mark.parametrize(
    ("number", "dated", "at_fault"),
    [
        ("", "2026-11-24", ["number"]),
        ("二〇一号", "2026-11-24", ["number"]),
        ("聊工信发〔2023〕100号", "2026-11-24", ["number"]),  # the base's own announcement
        (NUMBER, "", ["dated"]),
        (NUMBER, "明日", ["dated"]),
        (NUMBER, "2026-11-25", ["dated"]),
        (NUMBER, "2023-12-19", ["dated"]),
        (NUMBER, "2026-11-20", ["dated"]),  # the base may still make its statement on that day
    ],
)
def test_a_decision_that_cannot_be_signed_keeps_what_was_typed(office, city, number, dated, at_fault):
    place = prepared(city, office.guan.base)
    answer = preview(city, place, number, dated)
    assert answer.status_code == 422
    assert list(problems(answer.text)) == at_fault
    assert on_top(answer.text)
    kept = form(answer.text, part(place, "preview") + "#decision")
    assert (kept["number"], kept["dated"]) == ([number], [dated])
    assert office.one("bases", office.guan.base)["status"] == "certified"


def test_what_is_missing_is_said_before_and_after(office, city):
    place = begin(city, office.guan.base)
    page = city.get(place).text
    assert (
        page.count(
            "<li>",
            page.index('class="case-missing"'),
            page.index("</ul>", page.index('class="case-missing"')),
        )
        == 3
    )
    answer = preview(city, place)
    assert answer.status_code == 422
    assert office.one("bases", office.guan.base)["status"] == "certified"
    assert (
        len(re.findall("<li>", re.search(r'<div class="problems".*?</div>', answer.text, re.DOTALL)[0])) == 3
    )


def test_two_clerks_at_once(office, city, sign_in):
    place = prepared(city, office.guan.base)
    page = preview(city, place).text
    sign = re.search(r'action="([^"]*case/sign/[^"]*)"', page)[1].replace("&amp;", "&")
    other = sign_in("boss")
    changed = {"version": version(other, place), "grounds": "other", "facts-other": "另有事实。",
               "findings-other": "complaints"}  # fmt: skip
    assert other.send(part(place, "grounds"), changed).status_code == 303
    answer = city.send(sign, sent(page, sign))
    assert answer.status_code == 409
    assert form(answer.text, part(place, "preview") + "#decision")["number"] == [NUMBER]
    assert office.one("bases", office.guan.base)["status"] == "certified"
    stale = {"version": "1", "grounds": "fraud", "facts-fraud": "我写的事实。"}
    answer = city.send(part(place, "grounds"), stale)
    assert answer.status_code == 409
    assert form(answer.text, part(place, "grounds") + "#grounds")["facts-fraud"] == ["我写的事实。"]


def test_whoever_comes_second_is_told_what_was_decided(office, city, sign_in):
    place = prepared(city, office.guan.base)
    page = preview(city, place).text
    sign = re.search(r'action="([^"]*case/sign/[^"]*)"', page)[1].replace("&amp;", "&")
    given = sent(page, sign)
    assert sign_in("boss").send(sign, given).status_code == 303
    answer = city.send(sign, given)
    assert answer.status_code == 409
    assert NUMBER in on_top(answer.text)
    assert office.db["notices"].count_documents({}) == 1
    late = city.send(
        part(place, "grounds"), {"version": "9", "grounds": "fraud", "facts-fraud": "迟到的事实。"}
    )
    assert late.status_code == 422
    assert "迟到的事实。" in late.text  # nothing typed is lost


def test_files_are_kept_taken_away_and_refused_by_their_content(office, city):
    place = begin(city, office.guan.base)
    data = {"version": "1", "grounds": "fraud", "facts-fraud": "改过的事实。"}
    bad = {"file-evidence": [(BytesIO(b"MZ not a pdf"), "假.pdf"), pdf("真.pdf")]}
    answer = city.send(part(place, "grounds"), data | bad)
    assert answer.status_code == 422
    assert "file-evidence" in problems(answer.text)
    assert [one["name"] for one in office.db["attachments"].find({"collection": "decisions"})] == ["真.pdf"]
    file = office.db["attachments"].find_one({"collection": "decisions"})
    assert city.get(f"{HOME}file/?file={file['_id']}").data == PDF
    answer = city.send(
        part(place, "grounds"), data | {"remove": str(file["_id"]), "facts-fraud": "还没存的话。"}
    )
    assert answer.status_code == 200
    assert form(answer.text, part(place, "grounds") + "#grounds")["facts-fraud"] == ["还没存的话。"]
    assert office.db["attachments"].count_documents({"collection": "decisions"}) == 0
    assert city.get(f"{HOME}file/?file={file['_id']}").status_code == 404


# --- Who may -----------------------------------------------------------------------------------------


def test_a_county_reads_its_own_cases_without_the_evidence(office, city, sign_in):
    place = prepared(city, office.guan.base)
    file = office.db["attachments"].find_one({"collection": "decisions", "slot": "evidence"})
    for name in ("guan", "guan_reader"):
        browser = sign_in(name)
        page = browser.get(place).text
        assert FACTS in page
        assert "核查笔录" not in page
        assert part(place, "grounds") not in page.replace("&amp;", "&")
        assert browser.get(f"{HOME}file/?file={file['_id']}").status_code == 404
        for where, data in (
            ("grounds", {"grounds": "fraud"}),
            ("hearing", {}),
            ("drop", {"reason": "不"}),
            ("preview", {}),
        ):
            assert browser.send(part(place, where), data).status_code == 403
    assert sign_in("reader").get(f"{HOME}file/?file={file['_id']}").status_code == 200
    assert sign_in("shen").get(place).status_code == 404
    assert sign_in("shen").get(part(place, "paper") + "&what=decision").status_code == 404


def test_there_is_no_paper_before_the_decision(office, city):
    place = prepared(city, office.guan.base)
    for what in ("decision", "public", "", "other"):
        assert city.get(part(place, "paper") + f"&what={what}").status_code == 404
    for address in (
        f"{HOME}case/?id=x",
        f"{HOME}case/",
        f"{HOME}file/",
        f"{NEW}?base={'0' * 24}",
        f"{NEW}?base=x",
    ):
        assert city.get(address).status_code == 404
    assert city.get(f"{NEW}?kind=nonsense").status_code == 200
