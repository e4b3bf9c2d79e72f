"""Records over the programming interface: the same values, scope, checks and sentences as on the pages."""

import json
from urllib.parse import urlsplit

import pytest

from admin_views.api.json_values import WrongJson, to_typed
from schema.field import Field, Kind
from schema.registry import REGISTRY
from tests.sample_office import GUAN, MARK, SHEN, Browser, Office, code

COMPANIES = "/api/v1/tenant-companies"
PROBLEM = "application/problem+json"


def fields_at_fault(answer) -> set[str]:
    return {error.get("field", "") for error in answer.json["errors"]}


def entries_of(office: Office, record_id) -> list[str]:
    found = office.db["audit_entries"].find({"record_id": record_id}).sort("_id", 1)
    return [entry["action"] for entry in found]


def company_of(office: Office, browser: Browser) -> dict:
    return browser.ask(f"{COMPANIES}/{office.guan.company}").json


# --- Reading -------------------------------------------------------------------------------------


def test_the_collections_are_named_with_what_may_be_done(sign_in):
    found = sign_in("guan").ask("/api/v1/").json["collections"]
    assert [one["collection"] for one in found] == [one.slug for one in REGISTRY.listed]
    assert {one["collection"]: one["writable"] for one in found} == {
        one.slug: one.name != "statuses" for one in REGISTRY.listed
    }
    assert not any(one["writable"] for one in sign_in("reader").ask("/api/v1/").json["collections"])


def test_a_list_is_the_page_s_list(office, sign_in):
    city = sign_in("city")
    answer = city.ask(COMPANIES).json
    stored = office.db["tenant_companies"].count_documents({})
    assert (answer["total"], answer["total_is_exact"], answer["page"], answer["next"]) == (
        stored,
        True,
        1,
        None,
    )
    assert {item["county"] for item in answer["items"]} == {GUAN, SHEN}
    assert {item["id"] for item in sign_in("guan").ask(COMPANIES).json["items"]} == {
        str(row["_id"]) for row in office.db["tenant_companies"].find({"county": GUAN})
    }


def test_a_record_has_each_stored_field_under_its_key(office, sign_in):
    answer = sign_in("city").ask(f"{COMPANIES}/{office.guan.company}")
    raw = office.one("tenant_companies", office.guan.company)
    assert answer.headers["ETag"] == f'"{raw["version"]}"'
    declared = {field.key for field in REGISTRY["tenant_companies"].fields if field.stored}
    assert declared <= set(answer.json)
    assert answer.json["base"] == str(raw["base"])
    assert (answer.json["base_name"], answer.json["county"]) == (raw["base_name"], GUAN)
    assert answer.json["moved_in"] == (raw["moved_in"].strftime("%Y-%m-%d") if raw.get("moved_in") else None)
    assert not {"search_text", "search_tokens", "sort_key"} & set(answer.json)
    same = sign_in("city").ask(
        f"{COMPANIES}/{office.guan.company}", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (same.status_code, same.data) == (304, b"")


@pytest.mark.parametrize("size", [1, 2, 200])
@pytest.mark.parametrize("query", ["", "&sort=name", "&sort=-moved_in", "&sort=people", "&sort=-people"])
def test_cursor_and_pages_meet_every_record_once_in_the_same_order(office, sign_in, size, query):
    city = sign_in("city")
    walked = {}
    for start in ("cursor=", "page=1"):
        address, found = f"{COMPANIES}?{start}&limit={size}{query}", []
        while address:
            answer = city.ask(address)
            assert answer.status_code == 200, answer.text
            found += [item["id"] for item in answer.json["items"]]
            address = answer.json["next"]
        walked[start] = found
    assert walked["cursor="] == walked["page=1"]
    assert sorted(walked["cursor="]) == sorted(
        str(row["_id"]) for row in office.db["tenant_companies"].find()
    )


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("nmae=x", {"nmae"}),
        ("status=nothing", {"status"}),
        ("sort=notes", {"sort"}),
        ("page=0", {"page"}),
        ("page=x&limit=201", {"page", "limit"}),
        ("county=999999", {"county"}),
        ("moved_in_from=1.1.2026", {"moved_in_from"}),
        ("columns=search_text", {"columns"}),
        ("search=a&search=b", {"search"}),
        ("base=园", {"base"}),
        ("people_from=many", {"people_from"}),
        ("people_from=1&people_from=2", {"people_from"}),
        ("people=3", {"people"}),
    ],
)
def test_what_an_address_asks_wrongly_is_named_and_never_left_out(sign_in, query, named):
    answer = sign_in("city").ask(f"{COMPANIES}?{query}")
    assert (answer.status_code, answer.mimetype) == (400, PROBLEM)
    assert fields_at_fault(answer) == named


def test_a_cursor_of_another_list_is_refused(sign_in):
    city = sign_in("city")
    following = city.ask(f"{COMPANIES}?cursor=&limit=1").json["next"]
    answer = city.ask(f"{COMPANIES}?{urlsplit(following).query}&sort=-name")
    assert (answer.status_code, fields_at_fault(answer)) == (422, {"cursor"})


@pytest.mark.parametrize(("query", "named"), [("cursor=abc", {"cursor"}), ("cursor=&page=2", {"page"})])
def test_what_may_each_be_asked_but_makes_no_sense_together_is_named(sign_in, query, named):
    answer = sign_in("city").ask(f"{COMPANIES}?{query}")
    assert (answer.status_code, answer.mimetype, fields_at_fault(answer)) == (422, PROBLEM, named)


@pytest.mark.parametrize("start", ["cursor=&", "page=1&"])
def test_a_list_that_is_read_beyond_its_first_page_stands_in_the_trail_once(office, sign_in, start):
    city = sign_in("city")
    told = lambda: list(office.db["audit_entries"].find({"action": "exported"}))  # noqa: E731
    following = city.ask(f"{COMPANIES}?{start}limit=1&county={GUAN}").json["next"]
    assert not told()
    while following:
        following = city.ask(following).json["next"]
    (entry,) = told()
    assert (entry["label"], entry["actor_id"]) == ("入驻企业", str(office.users["city"]))
    assert {change["field"]: change["new"] for change in entry["changes"]}.keys() == {"filter", "pages"}


def test_numbers_and_what_is_missing_narrow_a_list_as_on_the_page(office, sign_in):
    city = sign_in("city")
    everybody = city.ask(f"{COMPANIES}?limit=200").json["items"]
    most = max(one["people"] or 0 for one in everybody)
    few = city.ask(f"{COMPANIES}?limit=200&people_to={most - 1}").json["items"]
    assert {one["id"] for one in few} == {
        one["id"] for one in everybody if one["people"] is not None and one["people"] < most
    }
    bases, housing = "/api/v1/bases?limit=200", {one["base"] for one in everybody}
    empty = city.ask(f"{bases}&without_tenant_companies=yes").json["items"]
    assert {one["id"] for one in empty} == {
        one["id"] for one in city.ask(bases).json["items"] if one["id"] not in housing
    }
    wrong = city.ask(f"{bases}&without_tenant_companies=no&without_ledger_entries_to=soon")
    assert fields_at_fault(wrong) == {"without_tenant_companies", "without_ledger_entries_to"}


def test_columns_and_filters_are_those_of_the_page(office, sign_in):
    city = sign_in("city")
    found = city.ask(f"{COMPANIES}?county={SHEN}&columns=name&columns=base").json["items"]
    assert {frozenset(item) - {"created_at", "created_by", "updated_at", "updated_by"} for item in found} == {
        frozenset({"id", "version", "name", "base", "base_name"})
    }
    assert city.ask(f"{COMPANIES}?size=small&limit=1").status_code == 200
    named = city.ask(f"{COMPANIES}?search={MARK}&base={office.shen.base}&status=housed").json["items"]
    assert {item["base"] for item in named} == {str(office.shen.base)}


@pytest.mark.parametrize("who", ["guan", "guan_reader"])
def test_another_countys_record_is_as_good_as_absent(office, sign_in, who):
    absent = sign_in(who).ask(f"{COMPANIES}/{'0' * 24}")
    foreign = sign_in(who).ask(f"{COMPANIES}/{office.shen.company}")
    assert absent.status_code == foreign.status_code == 404
    parts = ("type", "title", "status", "detail")
    assert [absent.json[part] for part in parts] == [foreign.json[part] for part in parts]


def test_a_partner_of_two_counties_shows_each_its_own_part(office, sign_in):
    path = f"/api/v1/service-partners/{office.shared}"
    for answer in (sign_in("guan").ask(path), sign_in("guan").ask("/api/v1/service-partners?cursor=")):
        assert "清泉创业园" in json.dumps(answer.json, ensure_ascii=False)
        assert MARK not in json.dumps(answer.json, ensure_ascii=False)
    cooperations = sign_in("city").ask(path).json["cooperations"]
    assert {one["base"] for one in cooperations} == {str(office.guan.base), str(office.shen.base)}
    assert "2025-01-01" in {one.get("first_day") for one in cooperations}


# --- Writing -------------------------------------------------------------------------------------


def new_company(office: Office, **more) -> dict:
    return {"name": "接口公司", "uscc": code(7000201), "base": str(office.guan.base), **more}


def test_a_record_is_made_as_by_the_form(office, sign_in):
    guan = sign_in("guan")
    answer = guan.ask(COMPANIES, "POST", json=new_company(office, moved_in="2026-03-01", people=12))
    assert answer.status_code == 201
    made = answer.json
    assert (made["version"], made["county"], made["base_name"]) == (1, GUAN, "清泉创业园")
    assert (made["moved_in"], made["people"], made["status"]) == ("2026-03-01", 12, "housed")
    assert guan.ask(answer.headers["Location"]).json == made
    entry = office.db["audit_entries"].find_one({"collection": "tenant_companies", "label": "接口公司"})
    assert (entry["action"], entry["actor_id"]) == ("created", str(office.users["guan"]))
    assert entry["agent"].startswith("API 样例")


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"uscc": "123"}, "uscc"),
        ({"name": None}, "name"),
        ({"name": 5}, "name"),
        ({"people": "12"}, "people"),
        ({"people": -1}, "people"),
        ({"people": 1.5}, "people"),
        ({"people": True}, "people"),
        ({"people": 1e300}, "people"),
        ({"moved_in": "2026/3/1"}, "moved_in"),
        ({"moved_in": "2026-02-30"}, "moved_in"),
        ({"status": "nothing"}, "status"),
        ({"status": ""}, "status"),
        ({"industry": ""}, "industry"),
        ({"base": ""}, "base"),
        ({"base": "x"}, "base"),
        ({"base": "0" * 24}, "base"),
        ({"nmae": "x"}, "nmae"),
        ({"county": SHEN}, "county"),
        ({"search_text": "x"}, "search_text"),
        ({"base_name": "x"}, "base_name"),
        ({"name": "\x00\ud800"}, "name"),
        ({"name": "长" * 500}, "name"),
        ({"name": "长" + " " * 500}, "name"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field_and_changes_nothing(office, sign_in, wrong, named):
    guan, before = sign_in("guan"), office.digest()
    data = json.dumps(new_company(office) | wrong)
    answer = guan.ask(COMPANIES, "POST", data=data, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (422, PROBLEM)
    assert fields_at_fault(answer) == {named}
    assert office.digest() == before


def test_another_countys_base_cannot_be_chosen(office, sign_in):
    before = office.digest()
    guan = sign_in("guan")
    foreign = guan.ask(COMPANIES, "POST", json=new_company(office, base=str(office.shen.base)))
    absent = guan.ask(COMPANIES, "POST", json=new_company(office, base="0" * 24))
    assert foreign.status_code == absent.status_code == 422
    assert foreign.json["errors"] == absent.json["errors"]
    office.db["users"].update_many({}, {"$set": {"sessions": []}})
    assert office.digest() == before


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b'{"name": "a", "name": "b"}', "application/json", 400),
        (b'{"name":' + b"[" * 9 + b"]" * 9 + b"}", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"people": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"name=x", "application/x-www-form-urlencoded", 415),
        (b'{"name": "' + b"x" * (1 << 20) + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_is_no_bounded_json_object_is_refused(office, sign_in, body, content_type, status):
    guan, before = sign_in("guan"), office.digest()
    answer = guan.ask(COMPANIES, "POST", data=body, content_type=content_type)
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM)
    assert office.digest() == before


def test_a_change_keeps_what_was_not_sent(office, sign_in):
    guan = sign_in("guan")
    before = company_of(office, guan)
    path = f"{COMPANIES}/{office.guan.company}"
    answer = guan.ask(path, "PATCH", json={"people": 77, "version": before["version"]})
    assert (answer.status_code, answer.headers["ETag"]) == (200, f'"{before["version"] + 1}"')
    moved = {key for key in before if answer.json[key] != before[key]}
    assert (
        {"people", "version"}
        <= moved
        <= {"people", "version", "updated_at", "updated_by", "size", "size_computed"}
    )
    again = guan.ask(path, "PATCH", json={"people": None}, headers={"If-Match": answer.headers["ETag"]})
    assert (again.status_code, again.json["people"]) == (200, None)
    assert entries_of(office, office.guan.company)[-2:] == ["changed", "changed"]
    newest = guan.ask(f"{path}/history").json["items"][0]
    assert {"field": "people", "old": 77, "new": None} in newest["changes"]


@pytest.mark.parametrize(
    ("sent", "headers", "status"),
    [
        ({}, {}, 428),
        ({}, {"If-Match": "*"}, 400),
        ({}, {"If-Match": ""}, 400),
        ({"version": 1}, {"If-Match": ""}, 400),
        ({}, {"If-Match": '"99"'}, 412),
        ({"version": 99}, {}, 409),
        ({"version": "1"}, {}, 422),
        ({"version": 0}, {}, 422),
        ({"version": 10**30}, {}, 422),
        ({"version": 1}, {"If-Match": '"2"'}, 422),
    ],
)
def test_a_change_without_the_version_that_stands_is_refused(office, sign_in, sent, headers, status):
    guan, before = sign_in("guan"), office.digest()
    path = f"{COMPANIES}/{office.guan.company}"
    answer = guan.ask(path, "PATCH", json={"people": 78, **sent}, headers=headers)
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM)
    assert office.digest() == before


@pytest.mark.parametrize(
    ("method", "more", "sent"),
    [
        ("GET", "?serach=x", None),
        ("GET", "/history?page=2", None),
        ("GET", "/files?limit=5", None),
        ("PATCH", "?confrim=x", {"people": 78, "version": 1}),
        ("DELETE", "?versoin=1", None),
        ("DELETE", "?version=0", None),
    ],
)
def test_a_parameter_that_no_address_reads_is_refused_by_name(office, sign_in, method, more, sent):
    guan, before = sign_in("guan"), office.digest()
    answer = guan.ask(f"{COMPANIES}/{office.guan.company}{more}", method, json=sent)
    assert (answer.status_code, answer.mimetype) == (400, PROBLEM)
    assert answer.json["errors"][0]["field"] == more.partition("?")[2].partition("=")[0]
    assert office.digest() == before


def test_a_deleted_record_lies_in_the_recycle_bin(office, sign_in):
    guan = sign_in("guan")
    path = f"{COMPANIES}/{office.guan.left_company}"
    version = guan.ask(path).json["version"]
    assert guan.ask(path, "DELETE").status_code == 428
    assert guan.ask(f"{path}?version=99", "DELETE").status_code == 409
    assert guan.ask(path, "DELETE", headers={"If-Match": f'"{version}"'}).status_code == 204
    assert guan.ask(path).status_code == 404
    assert office.db["recycled"].find_one({"record_id": office.guan.left_company})


def test_what_is_referred_to_is_not_deleted(office, sign_in):
    path = f"/api/v1/bases/{office.guan.base}"
    city, before = sign_in("city"), office.digest()
    answer = city.ask(path, "DELETE", headers={"If-Match": city.ask(path).headers["ETag"]})
    assert (answer.status_code, answer.json["type"]) == (409, "urn:base-office:problem:refused")
    assert office.digest() == before


def test_a_title_is_not_given_over_the_interface(office, sign_in):
    path = f"/api/v1/bases/{office.guan.spare}"
    city, before = sign_in("city"), office.digest()
    answer = city.ask(path, "PATCH", json={"status": "certified", "version": city.ask(path).json["version"]})
    assert (answer.status_code, fields_at_fault(answer)) == (422, {"status"})
    assert office.digest() == before


def test_what_the_rules_warn_of_is_kept_once_it_is_said_all_the_same(office, sign_in):
    guan = sign_in("guan")
    doubtful = new_company(office, name=company_of(office, guan)["name"])
    answer = guan.ask(COMPANIES, "POST", json=doubtful)
    assert (answer.status_code, answer.json["type"]) == (422, "urn:base-office:problem:warned")
    confirm = "&".join(f"confirm={token}" for token in answer.json["confirm"])
    assert guan.ask(f"{COMPANIES}?{confirm}", "POST", json=doubtful).status_code == 201


def test_sent_twice_with_one_key_it_is_one_record(office, sign_in):
    guan, key = sign_in("guan"), {"Idempotency-Key": "import-2026-0001"}
    first = guan.ask(COMPANIES, "POST", json=new_company(office), headers=key)
    again = guan.ask(COMPANIES, "POST", json=new_company(office), headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert office.db["tenant_companies"].count_documents({"name": "接口公司"}) == 1


def test_the_citys_own_words_are_changed_by_the_city_alone(office, sign_in):
    path = f"/api/v1/statuses/{office.own_status}"
    version = sign_in("guan").ask(path).json["version"]
    assert sign_in("guan").ask(path, "PATCH", json={"label": "改", "version": version}).status_code == 403
    assert sign_in("city").ask(path, "PATCH", json={"label": "改", "version": version}).status_code == 200


# --- Every collection ----------------------------------------------------------------------------


def test_an_unknown_collection_is_absent(sign_in):
    for word in ("nothing", "tenant_companies", "users", "applications"):
        answer = sign_in("city").ask(f"/api/v1/{word}")
        assert (answer.status_code, answer.mimetype) == (404, PROBLEM)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_field_is_read_or_said_not_to_be(kind):
    field = Field("x", "x", "x", kind)
    for value in (None, 1, True, "x", [], {}, ["x"], [{}], 1.0):
        try:
            to_typed(field, value)
        except WrongJson as problem:
            assert problem.message


# --- Words ---------------------------------------------------------------------------------------


def test_problems_are_said_in_chinese_or_english(sign_in):
    city = sign_in("city")
    chinese = city.ask(f"{COMPANIES}/{'0' * 24}")
    english = city.ask(f"{COMPANIES}/{'0' * 24}", headers={"Accept-Language": "en"})
    assert chinese.json["title"] == "没有这个内容。"
    assert english.json["title"] == "There is no such thing."
    assert (chinese.headers["Content-Language"], english.headers["Content-Language"]) == ("zh-CN", "en")


def test_an_unknown_address_and_method_are_problems_too(sign_in):
    city = sign_in("city")
    for path, method, status in (
        ("/api/v2/x", "GET", 404),
        ("/api/v1/bases/x/y/z", "GET", 404),
        (COMPANIES, "PUT", 405),
        (f"{COMPANIES}/{'0' * 24}", "POST", 405),
    ):
        answer = city.ask(path, method)
        assert (answer.status_code, answer.mimetype) == (status, PROBLEM), path
    assert "GET" in city.ask(COMPANIES, "PUT").headers["Allow"]
