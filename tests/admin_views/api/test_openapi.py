"""The description of the interface: made from the declarations, as who asks may see them, and true."""

import re
from collections.abc import Iterator

import pytest

from schema.registry import REGISTRY
from tests.admin_views.definitions.test_own_fields import add, key_of
from tests.sample_office import GUAN


def refs(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from refs(value)


@pytest.mark.parametrize("role", ["boss", "guan", "reader"])
def test_every_reference_leads_somewhere_and_every_path_is_a_route(app, sign_in, role):
    document = sign_in(role).ask("/api/v1/openapi.json").json
    assert document["openapi"] == "3.1.0"
    for ref in set(refs(document)):
        node = document
        for part in ref.removeprefix("#/").split("/"):
            node = node[part]
    adapter = app.url_map.bind("localhost")
    names = []
    for path, item in document["paths"].items():
        for method in ("get", "post", "patch", "delete"):
            if method in item:
                endpoint, _ = adapter.match(re.sub(r"\{\w+\}", "0" * 24, path), method=method.upper())
                assert endpoint.startswith("api.")
                names.append(item[method]["operationId"])
    assert len(set(names)) == len(names)


def test_it_names_each_field_that_is_answered_and_each_that_is_written(sign_in):
    schemas = sign_in("boss").ask("/api/v1/openapi.json").json["components"]["schemas"]
    for declaration in REGISTRY.listed:
        stored = {field.key for field in declaration.fields if field.stored}
        assert stored <= set(schemas[declaration.name]["properties"])
        assert set(schemas[f"{declaration.name}_change"]["properties"]) <= stored | {"version"}
    new = schemas["tenant_companies_new"]
    assert new["additionalProperties"] is False
    assert {"name", "uscc", "base"} == set(new["required"])
    assert new["properties"]["people"]["type"] == ["integer", "null"]
    assert "title" not in set(schemas["bases_change"]["properties"])


def test_no_parameter_stands_twice_where_two_fields_refer_to_one_collection(office, sign_in):
    boss = sign_in("boss")
    add(boss, "原基地", "reference", refers_to="bases")
    add(boss, "所属县区", "county", filtered="y")
    document = boss.ask("/api/v1/openapi.json").json
    for path, item in document["paths"].items():
        names = [one["name"] for one in item.get("get", {}).get("parameters", ())]
        assert len(names) == len(set(names)), path
    asked = {one["name"]: one["schema"] for one in document["paths"]["/api/v1/bases"]["get"]["parameters"]}
    assert "without_tenant_companies" in asked
    assert f"without_tenant_companies_{key_of(office, '原基地')}" in asked
    companies = document["paths"]["/api/v1/tenant-companies"]["get"]["parameters"]
    of_county = next(one["schema"] for one in companies if one["name"] == key_of(office, "所属县区"))
    assert GUAN in of_county["items"]["enum"]


def test_a_reader_is_told_of_no_writing(sign_in):
    document = sign_in("reader").ask("/api/v1/openapi.json").json
    assert {method for item in document["paths"].values() for method in item} <= {"get", "parameters"}
    assert not [name for name in document["components"]["schemas"] if name.endswith(("_new", "_change"))]


@pytest.mark.parametrize(
    ("role", "path", "allowed"),
    [
        ("boss", "statuses", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("guan", "statuses", {"GET", "HEAD", "OPTIONS"}),
        ("guan", f"statuses/{'0' * 24}", {"GET", "HEAD", "OPTIONS"}),
        ("guan", "bases", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("reader", f"bases/{'0' * 24}/files", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_the_methods_that_are_named_are_those_that_are_described(sign_in, role, path, allowed):
    answer = sign_in(role).ask(f"/api/v1/{path}", "OPTIONS")
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (200, allowed)


def test_a_collection_that_there_is_not_has_no_methods(sign_in):
    answer = sign_in("guan").ask("/api/v1/nothing", "OPTIONS")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_county_is_told_of_its_own_county_alone(sign_in):
    document = sign_in("guan").ask("/api/v1/openapi.json").json
    counties = {
        tuple(parameter["schema"]["enum"])
        for item in document["paths"].values()
        for parameter in item.get("get", {}).get("parameters", [])
        if parameter["name"] == "county"
    }
    assert counties == {("371525",)}


def test_the_page_names_each_collection_and_field(sign_in):
    page = sign_in("guan").get("/admin/api/")
    assert page.status_code == 200
    for declaration in REGISTRY.listed:
        assert f"/api/v1/{declaration.slug}" in page.text
    for key in ("moved_in", "uscc", "cooperations"):
        assert key in page.text
