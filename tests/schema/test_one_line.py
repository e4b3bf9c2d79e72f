"""Low code, held to its word: a field is one line, a collection one declaration; everything else follows from it.

The collections are changed in a temporary registry, while the program runs, and put back.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest
from bson import ObjectId

from app import create_app
from documents.indexes import build_indexes
from documents.kinds import RECORDS
from rules.access import Actor, Role
from rules.choices import ChoiceList, Word
from rules.errors import Refused
from schema.bases import BASES
from schema.collection import Collection, NeededStatus, Section
from schema.field import Field, Kind, Search
from schema.registry import REGISTRY
from schema.tenant_companies import TENANT_COMPANIES
from services.imports.import_rows import import_workbook
from services.records import records
from tests.page_reader import form as read_form
from tests.page_reader import ids
from tests.sample_office import Browser, cells, code, open_session

NOW = datetime(2026, 3, 3, tzinfo=UTC)
CITY = Actor("", "city", Role.CITY)
WEBSITE = Field(
    "website", "Website", "网址", aliases=("官网",), section="company", filter=9, search=Search.TEXT, sortable=True
)  # fmt: skip
URL = "www.yanta-precision.example"


@pytest.fixture
def with_website() -> Iterator[Collection]:
    """Give the companies with one more line in their declaration."""
    declared = replace(TENANT_COMPANIES, fields=(*TENANT_COMPANIES.fields, WEBSITE))
    with REGISTRY.also(declared):
        yield declared


@pytest.fixture
def city(with_website, sign_in) -> Browser:
    return sign_in("city")


def company(office, **values):
    given = {"name": "燕塔精密", "uscc": code(77), "base": office.shen.base, "website": URL, **values}
    return records.create("tenant_companies", given, actor=CITY, now=NOW)


def book(*rows: list[object]) -> BytesIO:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    stream = BytesIO()
    made.save(stream)
    stream.seek(0)
    return stream


def test_a_field_is_entered_in_the_form_and_stands_on_the_page(office, city):
    page = city.get("/admin/tenant-companies/new/").text
    assert 'name="website"' in page
    assert ">Website" in page
    sent = {
        "name": "新公司",
        "uscc": code(78),
        "base": str(office.shen.base),
        "status": "housed",
        "website": URL,
    }
    answer = city.send("/admin/tenant-companies/new/", sent)
    assert answer.status_code == 303
    assert URL in city.get(answer.location).text
    assert office.db["tenant_companies"].find_one({"name": "新公司"})["website"] == URL


def test_a_field_is_checked_where_it_is_stored(office, with_website):
    with pytest.raises(Refused) as refused:
        company(office, website="x" * 201)
    assert [reason.field for reason in refused.value.refusals] == ["website"]


def test_a_field_is_a_column_a_filter_and_an_order_of_the_list(office, city):
    made = company(office)
    address = "/admin/tenant-companies/"
    assert URL not in city.get(address).text  # a column that one may choose
    assert URL in city.get(f"{address}?columns=website").text
    assert ids(city.get(f"{address}?website=yes").text) == [str(made)]
    assert str(made) not in ids(city.get(f"{address}?website=no").text)
    assert ids(city.get(f"{address}?sort=-website").text)[0] == str(made)


def test_a_field_is_found_by_a_part_of_it(office, city):
    made = company(office)
    assert ids(city.get("/admin/tenant-companies/?search=yanta-prec").text) == [str(made)]


def test_a_field_is_exported_imported_and_in_the_template(office, city):
    company(office)
    rows = cells(city.get(f"/admin/tenant-companies/export/xlsx/?search={URL}"))
    assert any("网址" in row and URL in rows[place + 1] for place, row in enumerate(rows))
    assert any("网址" in row for row in cells(city.get("/admin/import/template/tenant-companies.xlsx")))


def test_a_field_comes_in_by_either_heading(office, with_website, tmp_path):
    name = office.db["bases"].find_one({"_id": office.shen.base})["name"]
    path = tmp_path / "企业.xlsx"
    path.write_bytes(
        book(["企业名称", "统一社会信用代码", "所属基地", "官网"], ["甲公司", code(81), name, URL]).getvalue()
    )
    report = import_workbook(path, REGISTRY["tenant_companies"], actor=CITY, now=NOW)
    assert report.counts["created"] == 1
    assert office.db["tenant_companies"].find_one({"uscc": code(81)})["website"] == URL


def test_a_fields_change_stands_in_the_history_under_its_label(office, city):
    made = company(office)
    records.update("tenant_companies", made, {"website": "other.example"}, version=1, actor=CITY, now=NOW)
    page = city.get(f"/admin/tenant-companies/details/?id={made}").text
    history = page[page.index("history") :]
    assert "Website" in history
    assert "other.example" in history


def test_two_clerks_conflict_over_a_field(office, city):
    made = company(office)
    form = read_form(city.get(f"/admin/tenant-companies/edit/?id={made}").text)
    records.update(
        "tenant_companies",
        made,
        {"website": "theirs.example"},
        version=1,
        actor=office.actor("city"),
        now=NOW,
    )
    answer = city.send(f"/admin/tenant-companies/edit/?id={made}", form | {"website": "mine.example"})
    assert answer.status_code == 409
    assert "theirs.example" in answer.text and "mine.example" in answer.text


def test_a_field_survives_the_recycle_bin(office, with_website):
    made = company(office)
    records.delete("tenant_companies", made, version=1, actor=CITY, now=NOW)
    kept = office.db["recycled"].find_one({"record_id": made})
    records.restore(kept["_id"], actor=CITY, now=NOW)
    assert office.db["tenant_companies"].find_one({"_id": made})["website"] == URL


def test_without_the_line_nothing_of_it_is_left(office, sign_in):
    assert "website" not in REGISTRY["tenant_companies"].by_key
    assert 'name="website"' not in sign_in("city").get("/admin/tenant-companies/new/").text


def test_a_public_field_of_a_base_stands_on_its_certificates_page_and_no_other_does(office, app):
    site = Field("site", "Website", "网址", public=True, section="base")
    secret = Field("secret", "Secret", "内部", section="base")
    declared = replace(BASES, fields=(*BASES.fields, site, secret))
    title = {
        "status": "certified",
        "certificate_number": "LCSJ-2024-001",
        "site": URL,
        "secret": "not for you",
    }
    office.db["bases"].update_one({"_id": office.shen.base}, {"$set": title})
    with REGISTRY.also(declared):
        page = Browser(app).get("/bases/LCSJ-2024-001").text
    assert URL in page
    assert "not for you" not in page


# --- One more collection ---------------------------------------------------------------------------

VISITS = Collection(
    name="visits",
    slug="visits",
    title="走访记录",
    label="Visits",
    one="Visit",
    identity=("subject", "company"),
    sort_name="subject",
    name_keys=("subject",),
    referred="%(count)d visits refer to %(label)s.",
    statuses=(NeededStatus("planned", "拟走访", "grey", 10), NeededStatus("done", "已走访", "green", 20, final=True)),
    default_status="planned",
    sections=(Section("visit", "The visit"),),
    fields=(
        Field("subject", "Subject", "走访主题", required=True, sortable=True, section="visit", listed=1,
              search=Search.NAME),
        Field("company", "Company", "走访企业", Kind.REFERENCE, refers_to="tenant_companies", scopes=True,
              name_key="company_name", required=True, section="visit", listed=2, filter=1, search=Search.NAME),
        Field("county", "County", "所属县（市、区）", Kind.COUNTY, imported=False, search=Search.COUNTY),
        Field("visited_on", "Visited on", "走访日期", Kind.DATE, section="visit", listed=3, filter=2, indexed=True,
              sortable=True),
        Field("manner", "Manner", "走访方式", Kind.CHOICE, section="visit", listed=4, filter=3,
              choices=ChoiceList.of(Word("on-site", "On site", "实地"), Word("call", "Rang them up", "电话"))),
        Field("status", "Status", "状态", Kind.STATUS, section="visit", listed=5, filter=4, indexed=True),
    ),
)  # fmt: skip


@pytest.fixture
def visits(office) -> Iterator[Browser]:
    """Give a city clerk's browser of an office that keeps visits too."""
    with REGISTRY.also(
        replace(VISITS, hooks=replace(VISITS.hooks, label_of=lambda raw: raw.get("subject", "")))
    ):
        build_indexes()
        own = create_app({"SECRET_KEY": "only-for-tests-" + "x" * 32, "PROPAGATE_EXCEPTIONS": False})
        yield open_session(own, office.users["city"])
    office.db.drop_collection("visits")
    office.db["statuses"].delete_many({"collection": "visits"})
    office.db["tallies"].delete_one({"_id": "visits"})


def visit(office, company: ObjectId, **values) -> ObjectId:
    given = {"subject": "年度走访", "company": company, "visited_on": NOW.date(), **values}
    return records.create("visits", given, actor=CITY, now=NOW)


def test_a_collection_has_list_form_page_search_export_and_counters(office, visits):
    sent = {"subject": "恒越调研", "company": str(office.shen.company), "visited_on": "2026年3月2日"}
    answer = visits.send("/admin/visits/new/", {**sent, "manner": "call", "status": "planned"})
    assert answer.status_code == 303, answer.text
    made = office.db["visits"].find_one()
    tenant = office.db["tenant_companies"].find_one({"_id": office.shen.company})
    assert made["company_name"] == tenant["name"]
    assert made["county"] == tenant["county"]  # through the reference
    page = visits.get(f"/admin/visits/?county={tenant['county']}&search=hydy&status=planned").text
    assert ids(page) == [str(made["_id"])]
    assert "Rang them up" in visits.get(f"/admin/visits/details/?id={made['_id']}").text
    assert office.db["tallies"].find_one({"_id": "visits"})["counties"][tenant["county"]] == 1
    assert any("恒越调研" in row for row in cells(visits.get("/admin/visits/export/xlsx/")))
    assert visits.get("/admin/import/template/visits.xlsx").status_code == 200


def test_a_collection_is_imported_by_names_with_every_fault_explained(office, visits, tmp_path):
    tenant = office.db["tenant_companies"].find_one({"_id": office.shen.company})["name"]
    path = tmp_path / "走访.xlsx"
    rows = [
        ["走访主题", "走访企业", "走访日期", "走访方式"],
        ["一", tenant, "2026.3.2", "电话"],
        ["二", "无此企业", "", ""],
    ]
    path.write_bytes(book(*rows).getvalue())
    report = import_workbook(path, REGISTRY["visits"], actor=CITY, now=NOW)
    assert (report.counts["created"], report.counts["rejected"]) == (1, 1)
    again = import_workbook(path, REGISTRY["visits"], actor=CITY, now=NOW)
    assert (again.counts["created"], again.counts["unchanged"]) == (0, 1)


def test_a_collections_records_hold_what_they_refer_to_and_follow_its_name(office, visits):
    visit(office, office.shen.company)
    tenant = office.db["tenant_companies"].find_one({"_id": office.shen.company})
    with pytest.raises(Refused, match=r"visits refer to|%\(count\)d visits"):
        records.delete("tenant_companies", tenant["_id"], version=tenant["version"], actor=CITY, now=NOW)
    records.update(
        "tenant_companies", tenant["_id"], {"name": "改名公司"}, version=tenant["version"], actor=CITY, now=NOW
    )  # fmt: skip
    assert office.db["visits"].find_one()["company_name"] == "改名公司"


def test_a_collection_obeys_the_scope_of_what_it_refers_to(office, visits):
    made = visit(office, office.shen.company)
    county = open_session(visits.application, office.users["guan"])
    assert ids(county.get("/admin/visits/").text) == []
    assert county.get(f"/admin/visits/details/?id={made}").status_code == 404
    assert office.db["visits"].index_information().keys() >= {
        "search",
        "visited_on__id",
        "county_visited_on__id",
    }
    assert RECORDS["visits"].declaration.name == "visits"
