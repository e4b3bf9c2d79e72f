"""Columns as a clerk likes them, sums at the foot of a list, and its summary by the words of a column."""

import json
import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from rules.access import Role
from schema.definitions.own_fields import OwnField, OwnKind
from services.definitions.own_fields import add_own_field
from services.records import records
from tests.page_reader import ids, rows, text_of
from tests.sample_office import GUAN, MADE_AT, MARK, SHEN

LIST = "/admin/tenant-companies/"


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def heads(page):
    return re.findall(r'data-column="([^"]+)"', page)


def keep(browser, *keys, act="keep", **more):
    return browser.send(f"{LIST}columns/", {"columns": list(keys), "act": act, **more})


def test_columns_stand_in_the_order_of_the_address(office, city):
    page = city.get(f"{LIST}?columns=status&columns=people&columns=base").text
    assert heads(page) == ["name", "status", "people", "base"]
    answer = keep(city, "people", "status", act="show")
    assert parse_qs(urlsplit(answer.location).query)["columns"] == ["people", "status"]
    assert heads(city.get(answer.location).text) == ["name", "people", "status"]


def test_kept_columns_are_shown_from_then_on_and_to_this_clerk_alone(office, city, sign_in):
    before = heads(city.get(LIST).text)
    keep(
        city, "people", "notes", "status", **{"width.notes": "8", "width.people": "99", "pinned": ["people"]}
    )
    page = city.get(LIST).text
    assert heads(page) == ["name", "people", "notes", "status"]
    assert 'class="num pin"' in page.split("<tbody>")[0]
    assert 'class="w8"' in page.split("<tbody>")[1]
    assert "w99" not in page
    assert page.count("固定</span>") > 3, "what the second box of a column does is told in a word"
    assert heads(city.get(f"{LIST}?columns=base").text) == ["name", "base"], "an address says more"
    assert heads(sign_in("boss").get(LIST).text) == before
    keep(city, act="forget")
    assert heads(city.get(LIST).text) == before
    assert office.db["users"].find_one({"name": "city"})["preferences"].get("columns") in ({}, None)


def test_what_makes_no_sense_of_columns_is_left_out(office, city):
    answer = keep(
        city, "people", "nothing", "$where", **{"width.people": "x", "width.$a": "3", "pinned": ["a.b"]}
    )
    assert answer.status_code == 303
    held = office.db["users"].find_one({"name": "city"})["preferences"]["columns"]["tenant_companies"]
    assert held == {"keys": ["people"], "widths": {}, "pinned": []}


def test_a_column_that_is_kept_from_the_role_later_is_not_shown(office, sign_in):
    boss = office.actor("boss")
    field = add_own_field(OwnField("tenant_companies", "", OwnKind.TEXT, "意见"), actor=boss, now=MADE_AT)
    guan = sign_in("guan")
    keep(guan, field.key, "people")
    assert heads(guan.get(LIST).text) == ["name", field.key, "people"]
    office.db["own_fields"].update_one({"key": field.key}, {"$set": {"unseen_by": [Role.COUNTY.value]}})
    hidden = OwnField("tenant_companies", "", OwnKind.TEXT, "秘密", unseen_by=(Role.COUNTY,))
    key = add_own_field(hidden, actor=boss, now=MADE_AT).key
    office.db["users"].update_one(
        {"name": "guan"}, {"$set": {"preferences.columns.tenant_companies.keys": [key, "people"]}}
    )
    page = guan.get(LIST).text
    assert heads(page) == ["name", "people"]
    assert "秘密" not in page


def sums_on(office, user):
    office.db["users"].update_one({"name": user}, {"$set": {"preferences.shows_sums": "yes"}})


def test_sums_stand_at_the_foot_over_all_that_the_filters_show(office, city, sign_in):
    assert "<tfoot>" not in city.get(LIST).text
    for number, key in enumerate(("company", "left_company")):
        row = office.one("tenant_companies", getattr(office.shen, key))
        records.update("tenant_companies", row["_id"], {"people": 1000 + number, "moved_out": row.get("moved_out")},
                       version=row["version"], actor=office.actor("city"), now=MADE_AT)  # fmt: skip
    sums_on(office, "city")
    sums_on(office, "guan")

    def total(clause):
        held = office.db["tenant_companies"].find(clause)
        return f"{sum(row.get('people') or 0 for row in held):,}"

    def foot(page):
        return text_of(page.split("<tfoot>")[1].split("</tfoot>")[0])

    assert total({"county": SHEN}) in foot(city.get(f"{LIST}?county={SHEN}&size=1").text), "over every page"
    assert total({}) in foot(city.get(LIST).text)
    own = foot(sign_in("guan").get(LIST).text).split()
    assert own[:1] == ["合计"]
    assert total({}) not in own
    assert total({"county": GUAN}) in [*own, "0"]


def test_too_many_records_to_add_up_are_said_so(office, city, monkeypatch):
    sums_on(office, "city")
    monkeypatch.setattr("documents.records.record.RecordQuerySet.sums", lambda *args, **more: None)
    assert "未合计" in text_of(city.get(LIST).text.split("<tfoot>")[1])
    assert "无法即时汇总" in text_of(city.get(f"{LIST}summary/?by=status").text)


@pytest.mark.parametrize("by", ["status", "county", "industry", "base", "moved_in.month", "moved_in.year"])
def test_each_word_of_a_summary_leads_to_its_records(office, city, by):
    where = quote(json.dumps(["all", ["name", "has", "有限"]], ensure_ascii=False))
    page = city.get(f"{LIST}summary/?by={by}&where={where}").text
    found = re.findall(r'<th scope="row"><a href="([^"]+)">.*?</th><td class="num">([\d,]+)</td>', page)
    assert found
    wanted = office.db["tenant_companies"].count_documents({"name": {"$regex": "有限"}})
    assert sum(int(count) for _, count in found) == wanted
    for url, count in found:
        assert len(ids(city.get(url.replace("&amp;", "&") + "&size=200").text)) == int(count)


def test_a_summary_stays_in_the_county(office, sign_in):
    page = sign_in("guan").get(f"{LIST}summary/?by=base").text
    assert MARK not in page
    assert rows(page)
    assert sign_in("guan").get(f"{LIST}summary/?by=county").status_code == 200
    assert sign_in("guan").get(f"{LIST}summary/?by=nothing&where=x").status_code == 200


def divided(page):
    """Return the heads of a divided list, each with its address, count, sums and rows."""
    found = []
    for row in page.split("<tbody>")[1].split("</tbody>")[0].split("</tr>"):
        if 'class="group-head"' in row:
            name = re.search(r'<th scope="rowgroup"><a href="([^"]+)">(.*?)</a> <small>([\d,]+)</small>', row)
            assert name, row
            found.append((name[2], name[1].replace("&amp;", "&"), int(name[3]), text_of(row), []))
        elif 'name="id"' in row:
            found[-1][4].append(row)
    return found


@pytest.mark.parametrize("by", ["status", "county", "industry", "base", "moved_in.month", "moved_in.year"])
def test_a_list_is_divided_with_the_sums_of_each_part_at_its_head(office, city, by):
    keep(city, "people", "base")
    page = city.get(f"{LIST}?group={by}&size=200").text
    parts = divided(page)
    assert len(parts) == len({name for name, *_ in parts}), "each value stands together"
    assert sum(count for _, _, count, *_ in parts) == office.db["tenant_companies"].count_documents({})
    for name, url, count, _, shown in parts:
        assert len(shown) == count, name
        assert len(ids(city.get(f"{url}&size=200").text)) == count, name
    assert 'aria-current="true">' in page.split("group-drop")[1]


def test_the_head_of_a_part_counts_and_adds_up_what_is_on_other_pages_too(office, city, sign_in):
    keep(city, "people")
    row = office.one("tenant_companies", office.shen.company)
    records.update("tenant_companies", row["_id"], {"people": 1234, "moved_out": row.get("moved_out")},
                   version=row["version"], actor=office.actor("city"), now=MADE_AT)  # fmt: skip
    held = list(office.db["tenant_companies"].find({"county": SHEN}))
    (part,) = divided(city.get(f"{LIST}?group=county&county={SHEN}&size=1").text)
    assert part[2] == len(held) > 1
    assert f"{sum(one.get('people') or 0 for one in held):,}" in part[3]
    assert city.get(f"{LIST}?group=name").text.count('class="group-head"') == 0, (
        "not by what is each one's own"
    )
    assert MARK not in sign_in("guan").get(f"{LIST}?group=base").text
    assert city.get(f"{LIST}export/csv/?group=moved_in.month").status_code == 200
