"""Charts of one's own: made from a list with its filter, counted in the viewer's scope, shared, pinned, refused."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
import time_machine
from bson import ObjectId
from pymongo.collection import Collection
from pymongo.errors import ExecutionTimeout

from rules.access import Role
from schema.definitions.own_fields import OwnField, OwnKind
from services.definitions import own_fields
from services.records import records
from services.records.saved_views import MOST_QUERY
from tests.page_reader import form as read_form
from tests.page_reader import problems, text_of
from tests.sample_office import cells

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
NEW = "/admin/charts/new/?of=ledger_entries&query=%3Fstatus%3Dsubmitted%26sort%3Dserved_on"
TYPED = {"name": "各功能台账", "group": "function", "measure": ""}
_CELL = re.compile(r'<td class="num"><a href="([^"]+)">([\d,]+)</a></td>')
_TOTAL = re.compile(r"<h1>[^<]*<small>([\d,]+)")


@pytest.fixture(autouse=True)
def _a_monday_of_2026():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def filled(office):
    """Give both counties' bases services of some functions and months; two of five are submitted."""
    for base in (office.guan.base, office.shen.base):
        for number, (function, status) in enumerate((
            ("consulting", "submitted"), ("training", "submitted"), ("training", "draft"),
        )):  # fmt: skip
            values = {
                "base": base, "function": function, "served_on": date(2026, 2 + number, 3), "status": status,
                "company_times": 4 + number, "request": f"诉求{number}",
            }  # fmt: skip
            records.create("ledger_entries", values, actor=office.actor("city"), now=NOW)
    return office


def made(browser, url=NEW, **more):
    answer = browser.send(url, TYPED | more)
    assert answer.status_code == 303, text_of(answer.text)
    return answer.headers["Location"]


def marks(html):
    return {(unescape(url), int(n.replace(",", ""))) for url, n in _CELL.findall(html)}


def total_of(browser, url):
    return int(_TOTAL.search(browser.get(url).text).group(1).replace(",", ""))


@pytest.mark.parametrize(
    "group", ["function", "status", "county", "base", "served_on:month", "served_on:year"]
)
@pytest.mark.parametrize("who", ["city", "guan"])
def test_each_number_is_that_of_its_list_in_the_viewers_scope(filled, sign_in, group, who):
    browser = sign_in(who)
    shown = marks(browser.get(made(browser, group=group)).text)
    assert shown
    assert {(url, total_of(browser, url)) for url, _ in shown} == shown
    asked = {"status": "submitted", "served_on": {"$ne": None}}
    if who == "guan":
        asked["county"] = filled.actor("guan").county
    assert sum(n for _, n in shown) == filled.db["ledger_entries"].count_documents(asked)


def test_a_figure_is_added_up_and_goes_out_as_a_workbook(filled, sign_in):
    browser = sign_in("guan")
    page = made(browser, group="function", measure="company_times")
    rows = {row[0]: row[1] for row in cells(browser.get(f"{page}export/"))}
    asked = {"status": "submitted", "county": filled.actor("guan").county, "function": "training"}
    assert rows["人员培训"] == sum(
        one.get("company_times") or 0 for one in filled.db["ledger_entries"].find(asked)
    )


def test_the_list_leads_to_a_form_that_keeps_its_filter(filled, sign_in):
    browser = sign_in("guan")
    page = browser.get("/admin/ledger-entries/?status=submitted&served_on_from=2026-02-01").text
    (address,) = {unescape(url) for url in re.findall(r'href="(/admin/charts/new/[^"]*)"', page)}
    form = browser.get(address).text
    assert read_form(form)["name"] == ["服务台账"]
    assert "已提交" in text_of(form)
    show = browser.get(made(browser, address)).text
    assert "served_on_from=2026-02-01" in unescape(show)


def test_what_is_shared_is_seen_by_the_same_county_and_of_the_city_by_all(filled, sign_in):
    guan, shen, city = sign_in("guan"), sign_in("shen"), sign_in("city")
    of_guan, of_city = made(guan, shared="y"), made(city, shared="y")
    private = made(guan)
    assert [sign_in(who).get(of_guan).status_code for who in ("guan", "guan_reader", "city", "shen")] == [
        200, 200, 200, 404,
    ]  # fmt: skip
    assert [browser.get(of_city).status_code for browser in (guan, shen, city)] == [200] * 3
    assert [browser.get(private).status_code for browser in (guan, city)] == [200, 404]
    # In the viewer's scope, whoever made it.
    assert marks(guan.get(of_city).text).isdisjoint({("", 0)})
    assert all(total_of(shen, url) == n for url, n in marks(shen.get(of_city).text))


def test_it_stands_where_it_was_pinned(filled, sign_in):
    browser = sign_in("guan")
    made(browser, name="钉在今日", on_today="y")
    made(browser, name="钉在概览", on_overview="y")
    today, overview = (text_of(browser.get(url).text) for url in ("/admin/", "/admin/overview/"))
    assert ("钉在今日" in today, "钉在概览" in today) == (True, False)
    assert ("钉在今日" in overview, "钉在概览" in overview) == (False, True)
    listed = text_of(browser.get("/admin/charts/").text)
    assert "钉在今日" in listed
    assert "钉在概览" in listed


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": " "}, "name"), ({"name": "图" * 61}, "name"), ({"group": "request"}, "group"),
        ({"group": "county:month"}, "group"), ({"group": ""}, "group"), ({"measure": "notes"}, "measure"),
    ],
)  # fmt: skip
def test_what_makes_no_chart_is_refused_beside_its_field(filled, sign_in, typed, field):
    browser = sign_in("guan")
    before = filled.digest()
    answer = browser.send(NEW, TYPED | typed)
    assert answer.status_code == 422
    assert field in problems(answer.text)
    assert filled.digest() == before


@pytest.mark.parametrize("of", ["", "users", "nothing", "applications"])
def test_no_chart_of_what_is_no_list(filled, sign_in, of):
    assert sign_in("city").send(f"/admin/charts/new/?of={of}", TYPED).status_code == 404


def test_of_two_who_change_it_the_second_is_told(filled, sign_in):
    browser = sign_in("guan")
    page = made(browser)
    assert browser.send(f"{page}edit/", TYPED | {"name": "改过的", "version": "1"}).status_code == 303
    before = filled.digest()
    assert browser.send(f"{page}edit/", TYPED | {"name": "另一个", "version": "1"}).status_code == 409
    assert browser.send(f"{page}delete/", {"version": "1"}).status_code == 409
    assert filled.digest() == before
    assert browser.send(f"{page}delete/", {"version": "2"}).status_code == 303
    assert browser.get(page).status_code == 404
    acts = [
        row["action"] for row in filled.db["audit_entries"].find({"collection": "own_charts"}).sort("_id", 1)
    ]
    assert acts == ["created", "changed", "deleted"]


def test_another_ones_chart_is_changed_by_nobody_but_an_administrator(filled, sign_in):
    page, city = made(sign_in("guan"), shared="y"), sign_in("city")
    before = filled.digest()
    assert city.send(f"{page}delete/", {"version": "1"}).status_code == 403
    assert city.send(f"{page}edit/", TYPED | {"version": "1"}).status_code == 403
    assert filled.digest() == before
    assert sign_in("boss").send(f"{page}delete/", {"version": "1"}).status_code == 303


def test_a_field_that_a_role_may_not_see_is_counted_for_nobody_of_it(filled, sign_in):
    boss = filled.actor("boss")
    own = OwnField(
        "tenant_companies",
        "",
        OwnKind.YES_NO,
        "内部评级",
        filtered=True,
        listed=True,
        unseen_by=(),
        unchanged_by=(),
    )
    own = own_fields.add_own_field(own, actor=boss, now=NOW)
    company = filled.guan.company
    version = filled.one("tenant_companies", company)["version"]
    records.update("tenant_companies", company, {own.key: True}, version=version, actor=boss, now=NOW)
    page = made(sign_in("boss"), "/admin/charts/new/?of=tenant_companies", group=own.key, shared="y")
    assert "内部评级" in text_of(sign_in("guan").get(page).text)
    stored = own_fields.read_own_field("tenant_companies", own.key, actor=boss)
    kept = replace(own, unseen_by=(Role.COUNTY,))
    own_fields.change_own_field(kept, version=stored.version, actor=boss, now=NOW)
    html = sign_in("guan").get(page).text
    assert "内部评级" not in text_of(html)
    assert not marks(html)
    assert marks(sign_in("boss").get(page).text)


def test_an_absent_chart_is_absent(filled, sign_in):
    assert sign_in("city").get(f"/admin/charts/{ObjectId()}/").status_code == 404


def test_the_conditions_of_a_list_narrow_its_chart_as_they_narrow_the_list(filled, sign_in):
    browser = sign_in("guan")
    asked = urlencode({"where": '["any",["company_times","gte","5"],["function","in","consulting"]]'})
    page = browser.get(f"/admin/ledger-entries/?status=submitted&{asked}").text
    (address,) = {unescape(url) for url in re.findall(r'href="(/admin/charts/new/[^"]*)"', page)}
    shown = browser.get(made(browser, address)).text
    assert marks(shown)
    assert all("where=" in url and total_of(browser, url) == n for url, n in marks(shown))
    narrower = urlencode({"where": '["all",["company_times","gte","5"]]'})
    some = browser.get(
        made(browser, f"/admin/charts/new/?of=ledger_entries&{urlencode({'query': '?' + narrower})}")
    )
    clause = {"county": filled.actor("guan").county, "company_times": {"$gte": 5}}
    counted = filled.db["ledger_entries"].count_documents(clause)
    assert sum(n for _, n in marks(some.text)) == counted
    assert counted < total_of(browser, "/admin/ledger-entries/")


def test_conditions_that_cannot_be_read_make_an_empty_chart_with_its_reason(filled, sign_in):
    browser = sign_in("guan")
    text = urlencode({"query": "?" + urlencode({"where": '["all",["no_such_field","gte","5"]]'})})
    shown = browser.get(made(browser, f"/admin/charts/new/?of=ledger_entries&{text}")).text
    assert not marks(shown)
    assert "条件中有此处没有的字段。" in text_of(shown)


def test_a_chart_keeps_as_long_a_filter_as_a_saved_view(filled, sign_in):
    browser = sign_in("guan")
    asked = ",".join(f'["request","lacks","{sign * 60}"]' for sign in "甲乙丙丁")
    query = "?" + urlencode({"where": f'["all",{asked}]'})
    assert 2_000 < len(query) < MOST_QUERY
    page = made(browser, f"/admin/charts/new/?of=ledger_entries&{urlencode({'query': query})}")
    shown = browser.get(page).text
    assert marks(shown)
    assert all("where=" in url for url, _ in marks(shown))


def test_a_chart_that_takes_too_long_says_so_in_its_place_and_is_not_counted_again_at_once(
    filled, sign_in, monkeypatch
):
    browser, counted, asked = sign_in("guan"), Collection.aggregate, []
    page = made(browser, name="钉在今日", on_today="y", on_overview="y")

    def bounded(self, steps, *given, **bounds):
        if bounds.get("maxTimeMS") == 5_000:
            asked.append(steps)
            raise ExecutionTimeout("operation exceeded time limit", 50)
        return counted(self, steps, *given, **bounds)

    monkeypatch.setattr(Collection, "aggregate", bounded)
    for url in ("/admin/", "/admin/overview/", page):
        answer = browser.get(url)
        assert answer.status_code == 200
        assert "此图表统计用时过长" in text_of(answer.text)
    assert len(asked) == 1
    monkeypatch.undo()
    assert not marks(browser.get(page).text)
    with time_machine.travel(NOW + timedelta(minutes=6), tick=True):
        assert marks(browser.get(page).text)


def test_a_chart_is_counted_anew_where_a_restored_trail_has_the_same_numbers_again(filled, sign_in):
    browser = sign_in("guan")
    page = made(browser)
    before = marks(browser.get(page).text)
    filled.db["ledger_entries"].delete_many({"function": "training"})
    assert marks(browser.get(page).text) == before
    filled.db["audit_head"].update_one({}, {"$set": {"hash": "another trail's"}})
    assert marks(browser.get(page).text) < before


def test_today_shows_the_shared_charts_of_ones_own_level_alone(filled, sign_in):
    for who, name in (("guan", "冠县的图"), ("shen", "莘县的图"), ("city", "市里的图")):
        made(sign_in(who), name=name, on_today="y", shared="y")
    names = ("冠县的图", "莘县的图", "市里的图")
    shown = {
        who: [name for name in names if name in text_of(sign_in(who).get("/admin/").text)]
        for who in ("guan_reader", "shen", "boss")
    }
    assert shown == {"guan_reader": ["冠县的图"], "shen": ["莘县的图"], "boss": ["市里的图"]}
