"""A collection that the office has made is answered like those that ship, as far as its rights go."""

import pytest

from rules.access import Act, Role
from schema.definitions.own_collections import OwnCollection, OwnStatus
from services.definitions.own_collections import add_own_collection
from tests.office_with_jobs import with_own_collection
from tests.sample_office import GUAN, MADE_AT

VISITS = "/api/v1/c-visits"


@pytest.fixture
def office_with():
    return (with_own_collection,)


def test_it_is_listed_described_written_and_deleted(office, sign_in):
    guan = sign_in("guan")
    assert "c-visits" in {one["collection"] for one in guan.ask("/api/v1/").json["collections"]}
    assert VISITS in guan.ask("/api/v1/openapi.json").json["paths"]
    made = guan.ask(VISITS, "POST", json={"name": "年度走访", "company": str(office.guan.company)})
    assert (made.status_code, made.json["county"]) == (201, GUAN)
    path = made.headers["Location"]
    changed = guan.ask(path, "PATCH", json={"status": "s2"}, headers={"If-Match": made.headers["ETag"]})
    assert (changed.status_code, changed.json["status"]) == (200, "s2")
    assert [item["id"] for item in guan.ask(f"{VISITS}?status=s2").json["items"]] == [made.json["id"]]
    assert guan.ask(path, "DELETE", headers={"If-Match": changed.headers["ETag"]}).status_code == 204
    assert guan.ask(VISITS).json["items"] == []


def test_another_countys_records_are_absent(office, sign_in):
    guan = sign_in("guan")
    assert guan.ask(VISITS).json["items"] == []
    assert guan.ask(f"{VISITS}/{office.shen.visits.one}").status_code == 404
    foreign = guan.ask(VISITS, "POST", json={"name": "越界", "company": str(office.shen.company)})
    assert (foreign.status_code, foreign.json["errors"][0]["field"]) == (422, "company")
    assert len(sign_in("shen").ask(VISITS).json["items"]) == 2


def test_a_role_does_what_the_collection_allows_it_and_no_more(office, sign_in):
    rights = {
        Role.CITY: frozenset(Act),
        Role.COUNTY: frozenset({Act.SEE, Act.CREATE}),
        Role.READER: frozenset(),
    }
    own = OwnCollection(
        "tutors", "创业导师", statuses=(OwnStatus("", "在聘"), OwnStatus("", "解聘")), rights=rights
    )
    add_own_collection(own, actor=office.actor("boss"), now=MADE_AT)
    tutors, guan, reader = "/api/v1/c-tutors", sign_in("guan"), sign_in("reader")
    made = guan.ask(tutors, "POST", json={"name": "张导师", "county": GUAN})
    assert made.status_code == 201
    path, version = made.headers["Location"], {"If-Match": made.headers["ETag"]}
    assert guan.ask(path, "PATCH", json={"name": "李导师"}, headers=version).status_code == 403
    assert guan.ask(path, "DELETE", headers=version).status_code == 403
    assert {*guan.ask("/api/v1/openapi.json").json["paths"][f"{tutors}/{{record_id}}"]} == {
        "get",
        "parameters",
    }
    for address in (tutors, path, f"{path}/history", f"{path}/files"):
        assert reader.ask(address).status_code == 404, address
    assert not [path for path in reader.ask("/api/v1/openapi.json").json["paths"] if "tutors" in path]
    assert "c-tutors" not in reader.get("/admin/api/").text
