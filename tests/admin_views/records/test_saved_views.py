"""Saved views: a list's filters, columns and order under a name, each clerk's own."""

from urllib.parse import parse_qs, urlsplit

import pytest

from services.records.saved_views import MOST_VIEWS
from tests.page_reader import flashes, names
from tests.sample_office import GUAN, MARK, SHEN

LIST = "/admin/tenant-companies/"
QUERY = (
    f"county={GUAN}&search=有限&status=housed&moved_in_from=2024-01-01"
    "&sort=-people&columns=name&columns=notes&size=20"
)


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def views(office, user="city", collection="tenant_companies"):
    found = office.db["users"].find_one(office.users[user])
    return (found.get("saved_views") or {}).get(collection, [])


def save(browser, name, query=QUERY):
    return browser.send(f"{LIST}views/save/?{query}", {"name": name})


def test_a_view_keeps_county_words_filters_order_columns_and_size(office, city):
    answer = save(city, "  冠县  在驻 ")
    assert answer.status_code == 303
    assert flashes(city.get(answer.location).text)
    (view,) = views(office)
    assert view["name"] == "冠县 在驻"
    assert parse_qs(view["query"].removeprefix("?")) == parse_qs(QUERY)
    page = city.get(LIST).text
    assert "冠县 在驻" in page
    link = page.split("冠县 在驻</a>")[0].rpartition('href="')[2].split('"')[0].replace("&amp;", "&")
    assert parse_qs(urlsplit(link).query) == parse_qs(QUERY)
    assert names(city.get(link).text) == names(city.get(f"{LIST}?{QUERY}").text)


def test_the_page_and_what_makes_no_sense_are_not_kept(office, city):
    save(city, "甲", "page=3&nonsense=1&county=999&status=housed")
    assert views(office)[0]["query"] == "?status=housed"


def test_the_same_name_replaces(office, city):
    save(city, "甲", "status=housed")
    save(city, "甲", "status=moved_out")
    assert [view["query"] for view in views(office)] == ["?status=moved_out"]


def test_no_name_and_too_many_are_refused(office, city):
    answer = save(city, "   ")
    assert flashes(city.get(answer.location).text)
    assert views(office) == []
    office.db["users"].update_one(
        {"_id": office.users["city"]},
        {
            "$set": {
                "saved_views.tenant_companies": [{"name": f"v{n}", "query": ""} for n in range(MOST_VIEWS)]
            }
        },
    )
    answer = save(city, "再一个")
    assert len(views(office)) == MOST_VIEWS
    assert flashes(city.get(answer.location).text)


def test_a_view_is_deleted(office, city):
    save(city, "甲")
    save(city, "乙")
    assert city.send(f"{LIST}views/delete/?name=甲").status_code == 303
    assert [view["name"] for view in views(office)] == ["乙"]
    assert city.send(f"{LIST}views/delete/?name=没有").status_code == 303


def test_views_are_each_clerks_own(office, city, sign_in):
    assert MARK not in city.get(LIST).text.split('<table class="rows"')[0]
    city.send(f"{LIST}views/delete/?name={MARK}视图")
    assert views(office, "shen")
    assert f"{MARK}视图" in sign_in("shen").get(LIST).text


def test_views_of_one_list_are_not_anothers(office, city):
    save(city, "甲")
    assert "甲</a>" not in city.get("/admin/bases/").text


def test_a_bound_clerks_view_of_another_county_shows_the_own_one(office, sign_in):
    guan = sign_in("guan")
    save(guan, "别县", f"county={SHEN}")
    query = views(office, "guan")[0]["query"]
    assert MARK not in guan.get(f"{LIST}{query}").text


def test_a_views_name_is_shown_as_text(office, city):
    save(city, '<b onclick="x">')
    page = city.get(LIST).text
    assert "&lt;b onclick" in page
    assert "<b onclick" not in page
