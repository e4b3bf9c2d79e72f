"""Collections that an administrator makes in the browser: at once as good as those that ship, for every process."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from bson import ObjectId

from documents.definitions.own_field import put_own_fields_in_force
from documents.records.declared import indexes_of
from rules.access import SYSTEM, Act, Role
from rules.errors import Missing, NotAllowed, Refused, Stale
from schema.definitions.own_collections import OwnCollection, OwnScope, OwnStatus
from schema.registry import REGISTRY
from services.definitions import own_collections as service
from services.desk.trail import verify
from services.imports.import_rows import import_workbook
from services.records import records
from tests.page_reader import form as read_form
from tests.page_reader import ids
from tests.sample_office import SHEN, Browser, Office, cells

NOW = datetime(2026, 3, 3, tzinfo=UTC)
HOME = "/admin/settings/collections/"
VISITS = "/admin/c/visits/"
TYPED = {
    "label": "走访记录", "word": "visits", "icon": "calendar", "menu": "records", "name_label": "走访主题",
    "scope": "company", "referred_label": "走访企业", "statuses-0-label": "拟走访", "statuses-0-colour": "grey",
    "statuses-1-label": "已走访", "statuses-1-colour": "green", "statuses-1-final": "y",
    "rights_city": ["see", "create", "change", "delete"], "rights_county": ["see", "create", "change", "delete"],
    "rights_reader": ["see"],
}  # fmt: skip


@pytest.fixture
def boss(office, sign_in) -> Browser:
    return sign_in("boss")


@pytest.fixture
def visits(boss) -> Browser:
    """Give an administrator's browser of an office that keeps visits."""
    answer = boss.send(f"{HOME}new/", TYPED)
    assert answer.status_code == 303, answer.text
    return boss


def visit(office: Office, name: str = "年度走访", *, by: str = "city", **values: Any) -> ObjectId:
    given = {"name": name, "company": office.shen.company, **values}
    return records.create("c_visits", given, actor=office.actor(by), now=NOW)


def test_a_collection_made_in_the_browser_has_list_form_page_search_and_export(office, visits):
    assert ">走访记录<" in visits.get("/admin/").text
    page = visits.get(f"{VISITS}new/").text
    assert "走访主题" in page and "走访企业" in page
    sent = {"name": "恒越调研", "company": str(office.shen.company), "status": "s2"}
    answer = visits.send(f"{VISITS}new/", sent)
    assert answer.status_code == 303, answer.text
    made = office.db["c_visits"].find_one()
    assert (made["name"], made["county"], made["status"]) == ("恒越调研", SHEN, "s2")
    assert "恒越调研" in visits.get(answer.location).text
    for query in (
        "",
        "?search=hydy",
        "?status=s2",
        f"?county={SHEN}",
        f"?company={office.shen.company}",
        "?sort=-name",
    ):
        assert ids(visits.get(VISITS + query).text) == [str(made["_id"])], query
    assert ids(visits.get(f"{VISITS}?status=s1").text) == []
    assert any("恒越调研" in row for row in cells(visits.get(f"{VISITS}export/xlsx/")))
    assert visits.get("/admin/import/template/c-visits.xlsx").status_code == 200
    assert "恒越调研" in visits.get("/admin/search/?search=恒越调研").text
    assert office.db["tallies"].find_one({"_id": "c_visits"})["counties"][SHEN] == 1
    assert {"search", "sort_key__id", "county_sort_key__id"} <= office.db[
        "c_visits"
    ].index_information().keys()


# --- In force everywhere


def test_another_process_knows_it_with_its_next_click(office, visits):
    put_own_fields_in_force([])  # as a process that has not met it
    assert "c_visits" not in REGISTRY
    assert visits.get(VISITS).status_code == 200
    assert visits.get("/admin/c/unknown/").status_code == 404


def test_own_fields_of_it_are_made_with_the_screens_of_own_fields(office, visits):
    sent = {
        "label": "走访日期",
        "kind": "date",
        "section": "own",
        "exported": "y",
        "filtered": "y",
        "listed": "y",
    }
    answer = visits.send("/admin/settings/fields/c-visits/new/", sent)
    assert answer.status_code == 303, answer.text
    page = visits.get(f"{VISITS}new/").text
    assert page.count('name="company"') == page.count('name="own_zoufangriqi"') == 1
    sent = {"name": "恒越调研", "company": str(office.shen.company), "own_zoufangriqi": "2026年3月2日"}
    answer = visits.send(f"{VISITS}new/", sent)
    assert answer.status_code == 303, answer.text
    assert "2026-03-02" in visits.get(answer.location).text
    assert len(ids(visits.get(f"{VISITS}?own_zoufangriqi_from=2026-03-01&sort=own_zoufangriqi").text)) == 1
    assert any("走访日期" in row for row in cells(visits.get(f"{VISITS}export/xlsx/")))


# --- Whose the records are


def test_a_county_sees_its_own_visits_alone(office, visits, sign_in):
    made, guan = visit(office), sign_in("guan")
    assert ids(guan.get(VISITS).text) == []
    for path in (
        f"details/?id={made}",
        f"edit/?id={made}",
        f"delete/?id={made}",
        f"version/?id={made}&entry=1",
    ):
        assert guan.get(VISITS + path).status_code == 404, path
    assert guan.get(f"{VISITS}lookup/?q=走访").json["results"] == []
    assert all("年度走访" not in row for row in cells(guan.get(f"{VISITS}export/xlsx/")))
    assert str(made) not in guan.get("/admin/search/?search=年度走访").text
    refused = guan.send(
        f"{VISITS}new/", {"name": "越界", "company": str(office.shen.company), "status": "s1"}
    )
    assert refused.status_code == 422
    assert office.db["c_visits"].count_documents({}) == 1


@pytest.mark.parametrize(("scope", "sees"), [(OwnScope.COUNTY, True), (OwnScope.CITY, False)])
def test_a_county_keeps_what_is_by_county_and_nothing_of_the_citys(office, boss, sign_in, scope, sees):
    service.add_own_collection(
        OwnCollection("policies", "惠企政策", scope=scope), actor=office.actor("boss"), now=NOW
    )
    values = {"name": "免租政策", "county": SHEN} if sees else {"name": "免租政策"}
    records.create("c_policies", values, actor=office.actor("city"), now=NOW)
    for clerk, status in (
        (("shen", 200), ("guan", 200), ("guan_reader", 200)) if sees else (("shen", 404), ("guan", 404))
    ):
        assert sign_in(clerk).get("/admin/c/policies/").status_code == status
    assert len(ids(sign_in("city").get("/admin/c/policies/").text)) == 1
    assert len(ids(sign_in("shen").get("/admin/c/policies/").text)) == int(sees)
    assert ids(sign_in("guan").get("/admin/c/policies/").text) == []
    with pytest.raises((Refused, Missing)):
        records.create("c_policies", {"name": "二", "county": SHEN}, actor=office.actor("guan"), now=NOW)


# --- Who may do what


def test_a_role_does_what_the_collection_allows_it_and_no_more(office, boss, sign_in):
    rights = {
        Role.CITY: frozenset(Act),
        Role.COUNTY: frozenset({Act.SEE, Act.CREATE}),
        Role.READER: frozenset(),
    }
    own = OwnCollection(
        "tutors", "创业导师", statuses=(OwnStatus("", "在聘"), OwnStatus("", "解聘")), rights=rights
    )
    service.add_own_collection(own, actor=office.actor("boss"), now=NOW)
    shen, made = (
        office.actor("shen"),
        records.create("c_tutors", {"name": "张导师", "county": SHEN}, actor=office.actor("shen"), now=NOW),
    )
    with pytest.raises(NotAllowed):
        records.update("c_tutors", made, {"name": "李"}, version=1, actor=shen, now=NOW)
    with pytest.raises(NotAllowed):
        records.delete("c_tutors", made, version=1, actor=shen, now=NOW)
    browser, home = sign_in("shen"), "/admin/c/tutors/"
    assert browser.get(f"{home}new/").status_code == 200
    assert [
        browser.get(f"{home}{path}/?id={made}").status_code for path in ("details", "edit", "delete")
    ] == [200, 403, 403]
    page = browser.get(f"{home}details/?id={made}").text
    assert "/edit/?id=" not in page and "/delete/?id=" not in page
    assert "kind=c-tutors" not in browser.get(home).text  # an import would change records too
    sent = {"action": "status", "value-status": "s2", "id": f"{made}.1"}
    assert browser.send(f"{home}action/", sent).status_code in (400, 403)
    assert browser.get("/admin/import/template/c-tutors.xlsx").status_code == 404
    assert office.db["c_tutors"].find_one()["version"] == 1
    for reader in ("reader", "guan_reader"):
        assert sign_in(reader).get(home).status_code == 404
        assert "创业导师" not in sign_in(reader).get("/admin/").text


# --- Import


def book(path: Path, *rows: list[str]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


def test_a_workbook_brings_visits_by_the_names_of_companies(office, visits, tmp_path):
    tenant = office.db["tenant_companies"].find_one({"_id": office.shen.company})["name"]
    path = book(
        tmp_path / "走访.xlsx",
        ["走访主题", "走访企业", "状态"],
        ["一", tenant, "已走访"],
        ["二", "无此企业", ""],
    )
    report = import_workbook(path, REGISTRY["c_visits"], actor=office.actor("city"), now=NOW)
    assert (report.counts["created"], report.counts["rejected"]) == (1, 1)
    assert office.db["c_visits"].find_one()["status"] == "s2"
    # Of another county's company a clerk learns no more than of one that does not exist.
    of_guan = import_workbook(path, REGISTRY["c_visits"], actor=office.actor("guan"), now=NOW, dry_run=True)
    theirs, absent = ([reason.message for reason in row.reasons] for row in of_guan.rows[:2])
    assert (of_guan.counts["rejected"], theirs) == (2, absent)


# --- As a board, and as a calendar


def test_a_board_has_a_column_for_each_status_and_moves_a_card_at_the_version_that_it_shows(
    office, visits, sign_in
):
    assert f'href="{VISITS}new/"' in visits.get(f"{VISITS}board/").text, (
        "an empty board says what to do first"
    )
    made = visit(office)
    page = visits.get(f"{VISITS}board/").text
    assert f'href="{VISITS}new/"' not in page
    assert "拟走访" in page and "已走访" in page and "年度走访" in page
    sent = {"id": str(made), "version": "1", "status": "s2"}
    assert visits.send(f"{VISITS}board/move/", sent).status_code == 303
    assert office.db["c_visits"].find_one()["status"] == "s2"
    before = rows_of(office)
    assert (
        visits.send(f"{VISITS}board/move/", {**sent, "status": "s1"}).status_code == 303
    )  # as it no longer stands
    assert visits.send(f"{VISITS}board/move/", {**sent, "version": "2", "status": "none"}).status_code == 303
    assert sign_in("guan").send(f"{VISITS}board/move/", {**sent, "version": "2"}).status_code == 404
    assert rows_of(office) == before
    assert "年度走访" not in sign_in("guan").get(f"{VISITS}board/").text
    assert 'name="status"' not in sign_in("reader").get(f"{VISITS}board/").text


def test_the_statuses_of_a_hidden_collection_stand_in_no_dictionary_until_it_is_shown_again(office, visits):
    assert "拟走访" in visits.get("/admin/statuses/").text
    for hidden in (True, False):
        version = office.db["own_collections"].find_one({"_id": "c_visits"})["version"]
        service.hide_own_collection(
            "visits", hidden=hidden, version=version, actor=office.actor("boss"), now=NOW
        )
        assert ("拟走访" in visits.get("/admin/statuses/").text) is not hidden


def test_a_calendar_shows_a_months_records_by_the_day_that_is_chosen(office, visits, sign_in):
    assert visits.get(f"{VISITS}calendar/").status_code == 404  # it has no day yet
    for label in ("走访日期", "回访日期"):
        sent = {"label": label, "kind": "date", "section": "own", "exported": "y", "filtered": "y"}
        assert visits.send("/admin/settings/fields/c-visits/new/", sent).status_code == 303
    visit(office, own_zoufangriqi=date(2026, 3, 31), own_huifangriqi=date(2026, 4, 1))
    of_march = f"{VISITS}calendar/?month=2026-03&by="
    assert "年度走访" in visits.get(of_march + "own_zoufangriqi").text
    assert "年度走访" not in visits.get(of_march + "own_huifangriqi").text
    assert "年度走访" not in visits.get(f"{of_march}own_zoufangriqi&search=无").text
    assert "年度走访" not in sign_in("guan").get(of_march + "own_zoufangriqi").text
    for month in ("2026-13", "0001-01", "9999-12", "x"):
        assert visits.get(f"{VISITS}calendar/?month={month}").status_code == 200


def test_a_calendar_goes_by_the_days_that_have_an_index_alone(office, visits):
    sent = {"label": "备忘日期", "kind": "date", "section": "own", "exported": "y"}
    assert visits.send("/admin/settings/fields/c-visits/new/", sent).status_code == 303
    visit(office, own_beiwangriqi=date(2026, 3, 31))
    assert visits.get(f"{VISITS}calendar/").status_code == 404
    assert "visits/calendar/" not in visits.get(VISITS).text
    for slug, key in (("tenant-companies", "moved_out"), ("staff-members", "left_on")):
        assert f'value="{key}"' in visits.get(f"/admin/{slug}/calendar/").text
        declared = REGISTRY[slug.replace("-", "_")]
        assert [key] in [index["fields"][:1] for index in indexes_of(declared)]


def test_undo_is_offered_to_who_may_do_it_and_a_refusal_is_a_sentence(office, visits, sign_in):
    own = service.read_own_collection("visits", actor=office.actor("boss"))
    rights = {**own.own.rights, Role.COUNTY: frozenset({Act.SEE, Act.CREATE, Act.CHANGE})}
    service.change_own_collection(
        replace(own.own, rights=rights), version=own.version, actor=office.actor("boss"), now=NOW
    )
    shen, sent = sign_in("shen"), {"name": "不能撤销", "company": str(office.shen.company), "status": "s1"}
    answer = shen.send(f"{VISITS}new/", sent)
    page = shen.get(answer.headers["Location"]).text
    assert "已保存" in page and "take-back/" not in page
    raw = office.db["c_visits"].find_one({})
    back = shen.send(f"{VISITS}take-back/", {"id": str(raw["_id"]), "version": "1"})
    assert back.status_code == 303 and "您的角色" in shen.get(back.headers["Location"]).text
    told = shen.send(
        f"{VISITS}take-back/", {"id": str(raw["_id"]), "version": "1"}, headers={"Accept": "application/json"}
    )
    assert (told.status_code, "您的角色" in told.json["problem"]) == (403, True)
    assert office.db["c_visits"].find_one({}) == raw
    typed = read_form(shen.get(f"{VISITS}edit/?id={raw['_id']}").text) | {"name": "改过"}
    saved = shen.send(f"{VISITS}edit/?id={raw['_id']}", typed)
    assert "take-back/" in shen.get(saved.headers["Location"]).text


# --- Changed, hidden, deleted


def rows_of(office: Office) -> dict[str, Any]:
    return {
        name: list(office.db[name].find({}, sort=[("_id", 1)]))
        for name in ("own_collections", "c_visits", "recycled")
    }


def test_two_administrators_do_not_overwrite_one_another(office, visits):
    page = read_form(visits.get(f"{HOME}visits/").text)
    first = visits.send(f"{HOME}visits/", page | {"label": "走访台账"})
    assert first.status_code == 303, first.text
    before = rows_of(office)
    answer = visits.send(f"{HOME}visits/", page | {"label": "走访清单"})
    assert answer.status_code == 422
    assert rows_of(office) == before
    assert ">走访台账<" in visits.get("/admin/").text


def test_a_hidden_collection_is_nowhere_and_keeps_its_records(office, visits, sign_in):
    made, boss = visit(office), office.actor("boss")
    service.hide_own_collection("visits", hidden=True, version=1, actor=boss, now=NOW)
    city = sign_in("city")
    assert [city.get(path).status_code for path in (VISITS, f"{VISITS}details/?id={made}")] == [404, 404]
    assert "走访记录" not in city.get("/admin/").text
    company = office.db["tenant_companies"].find_one({"_id": office.shen.company})
    records.update(
        "tenant_companies",
        company["_id"],
        {"name": "改名公司"},
        version=company["version"],
        actor=SYSTEM,
        now=NOW,
    )
    assert office.db["c_visits"].find_one()["company_name"] == "改名公司"  # it follows all the same
    with pytest.raises(Refused):
        records.delete(
            "tenant_companies",
            company["_id"],
            version=company["version"] + 1,
            actor=office.actor("city"),
            now=NOW,
        )
    service.hide_own_collection("visits", hidden=False, version=2, actor=boss, now=NOW)
    assert ids(city.get(VISITS).text) == [str(made)]


def test_a_collection_is_deleted_with_its_records_and_its_word_is_never_given_again(office, visits):
    made, before = visit(office), rows_of(office)
    unconfirmed = visits.send(f"{HOME}visits/delete/", {"confirmed_name": "走访", "version": "1"})
    assert unconfirmed.status_code == 422
    assert rows_of(office) == before
    answer = visits.send(f"{HOME}visits/delete/", {"confirmed_name": "走访记录", "version": "1"})
    assert answer.status_code == 303, answer.text
    assert office.db["c_visits"].count_documents({}) == 0
    assert [row["record_id"] for row in office.db["recycled"].find({"collection": "c_visits"})] == [made]
    assert visits.get(VISITS).status_code == 404
    again = visits.send(f"{HOME}new/", TYPED)
    assert again.status_code == 422
    assert "visits" in again.text
    # What is in the bin stays there until the collection is back.
    kept = office.db["recycled"].find_one({"collection": "c_visits"})["_id"]
    with pytest.raises(Refused):
        records.restore(kept, actor=office.actor("boss"), now=NOW)
    back = visits.send(f"{HOME}visits/show/", {"act": "restore", "version": "2"})
    assert back.status_code == 303, back.text
    records.restore(kept, actor=office.actor("boss"), now=NOW)
    assert ids(visits.get(VISITS).text) == [str(made)]


def test_a_version_that_is_no_longer_the_last_deletes_nothing(office, visits):
    visit(office)
    before = rows_of(office)
    with pytest.raises(Stale):
        service.delete_own_collection(
            "visits", typed="走访记录", version=7, actor=office.actor("boss"), now=NOW
        )
    assert rows_of(office) == before


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"label": ""}, "label"),
        ({"label": "企业<b>"}, "label"),
        ({"label": "入驻企业"}, "label"),
        ({"word": "v"}, "word"),
        ({"word": "走访"}, "word"),
        ({"name_label": "状态"}, "name_label"),
        ({"statuses-1-label": "拟走访"}, "statuses"),
        ({"rights_county": ["change"]}, "rights_county"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_made(office, boss, changed, field):
    answer = boss.send(f"{HOME}new/", TYPED | changed)
    assert answer.status_code == 422
    assert f"e-{field}" in answer.text
    assert office.db["own_collections"].count_documents({}) == 0
    assert office.db["statuses"].count_documents({"collection": "c_visits"}) == 0


def test_a_word_is_made_of_the_name_where_none_is_given(office, boss):
    made = [
        service.add_own_collection(OwnCollection("", label), actor=office.actor("boss"), now=NOW).word
        for label in ("走访记录", "走访纪录", "123")
    ]
    assert made == ["zoufangjilu", "zoufangjilu1", "list123"]


# --- What outlasts the process


def test_the_trail_verifies_with_own_collections_hidden_ones_too(office, visits):
    made = visit(office)
    records.update("c_visits", made, {"name": "二次走访"}, version=1, actor=office.actor("city"), now=NOW)
    gone = visit(office, "三")
    records.delete("c_visits", gone, version=1, actor=office.actor("city"), now=NOW)
    assert verify() is None
    office.db["c_visits"].update_one({"_id": made}, {"$set": {"name": "偷改"}})
    assert verify() is not None


def test_an_own_collection_is_suggested_and_asked_in_plain_words(office, visits, sign_in):
    made = visit(office, "恒越调研", status="s2")

    def lines(browser: Browser, words: str) -> dict[str, str]:
        groups = browser.get("/admin/search/suggest/", query_string={"q": words}).json["groups"]
        return {
            " · ".join(item["chips"]) or item["label"]: item["url"]
            for group in groups
            for item in group["items"]
        }

    assert lines(visits, "恒越")["恒越调研"] == f"{VISITS}details/?id={made}"
    assert f"{VISITS}new/" in lines(visits, "新建走访记录").values()
    asked = lines(visits, "莘县已走访的走访记录")
    assert asked["走访记录 · 莘县 · 状态 已走访"] == f"{VISITS}?county={SHEN}&status=s2"
    assert str(made) in visits.get(f"{VISITS}?county={SHEN}&status=s2").text
    assert f"{VISITS}?company_filled=no" in lines(visits, "没有走访企业的走访记录").values()
    guan = lines(sign_in("guan"), "恒越")
    assert f"{VISITS}details/?id={made}" not in guan.values()


def test_an_own_collection_that_a_role_may_not_see_has_no_words_for_it(office, boss, sign_in):
    boss.send(f"{HOME}new/", {**TYPED, "rights_reader": []})
    visit(office, "恒越调研", status="s2")
    for words in ("恒越", "已走访的走访记录", "走访记录"):
        answer = sign_in("reader").get("/admin/search/suggest/", query_string={"q": words}).json
        groups = [group for group in answer["groups"] if group["items"]]
        assert not groups, words
