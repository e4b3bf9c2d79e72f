"""An own field whose values may stand once is kept so by the database, whoever writes and however many at once."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import openpyxl
import pytest

from documents.jobs.job import Job
from rules.errors import Refused
from schema.definitions.own_collections import OwnCollection, OwnScope
from services.definitions.following import FOLLOW
from services.definitions.own_collections import add_own_collection
from services.desk.trail import verify
from services.jobs.queue import ask
from services.records import records
from tests.admin_views.definitions.test_own_fields import (
    COMPANIES,
    FIELDS,
    NEW,
    _indexes_as_before,
    add,
    boss,
    city,
    company,
    follow,
    key_of,
)
from tests.page_reader import form as read_form
from tests.sample_office import GUAN, MADE_AT, code

__all__ = ["_indexes_as_before", "boss", "city"]


@pytest.fixture
def numbered(office, boss):
    """Return the key of a field whose values stand once in the city."""
    add(boss, "档案编号", "code", unique="city")
    follow()
    return key_of(office, "档案编号")


def _unique_indexes(office):
    found = office.db["tenant_companies"].index_information()
    return {name for name, index in found.items() if "own_" in name and index.get("unique")}


def _rows(office):
    return sorted(office.db["tenant_companies"].find(), key=lambda raw: raw["_id"])


def test_a_form_is_refused_beside_the_field_what_another_record_has(office, boss, city, numbered):
    assert _unique_indexes(office) == {f"tenant_companies_{numbered}_unique_city"}
    assert company(city, office, **{numbered: "DA-1"}).status_code == 303
    before = _rows(office)
    again = {"name": "另一公司", "uscc": code(78), "base": str(office.shen.base), "status": "housed"}
    answer = city.send(f"{COMPANIES}new/", again | {numbered: "DA-1"})
    assert answer.status_code == 422
    assert f'id="e-{numbered}"' in answer.text and "“DA-1”已是另一条记录的档案编号" in answer.text
    assert _rows(office) == before
    # Blanks are no value: any number of records has none.
    assert city.send(f"{COMPANIES}new/", again).status_code == 303


def test_an_import_a_program_and_the_recycle_bin_are_refused_too(office, boss, city, sign_in, numbered):
    company(city, office, **{numbered: "DA-1"})
    base = office.db["bases"].find_one({"_id": office.shen.base})["name"]
    book, stream = openpyxl.Workbook(), BytesIO()
    book.active.append(["企业名称", "统一社会信用代码", "所属基地", "档案编号"])
    for number, text in ((81, "DA-1"), (82, "DA-2"), (83, "DA-2"), (84, "DA-4")):
        book.active.append([f"{number}号公司", code(number), base, text])
    book.save(stream)
    stream.seek(0)
    page = city.send("/admin/import/", {"kind": "tenant-companies", "file": (stream, "企业.xlsx")})
    assert page.status_code in (200, 303)
    written = {
        raw["uscc"]: raw[numbered]
        for raw in office.db["tenant_companies"].find({numbered: {"$exists": True}})
    }
    assert written == {code(77): "DA-1", code(82): "DA-2", code(84): "DA-4"}
    guan, address = sign_in("guan"), f"/api/v1/tenant-companies/{office.guan.company}"
    version = {"If-Match": guan.ask(address).headers["ETag"]}
    answer = guan.ask(address, "PATCH", json={numbered: "DA-4"}, headers=version)
    assert answer.status_code == 422 and answer.json["errors"][0]["field"] == numbered
    first = office.db["tenant_companies"].find_one({"uscc": code(77)})
    actor = office.actor("city")
    records.delete("tenant_companies", first["_id"], version=first["version"], actor=actor, now=MADE_AT)
    assert guan.ask(address, "PATCH", json={numbered: "DA-1"}, headers=version).status_code == 200
    row = office.db["recycled"].find_one({"record_id": first["_id"]})
    with pytest.raises(Refused) as refused:
        records.restore(row["_id"], actor=actor, now=MADE_AT)
    assert refused.value.refusals[0].field == numbered
    assert office.db["tenant_companies"].find_one({"_id": first["_id"]}) is None


def test_of_two_clerks_at_once_one_is_told_and_one_is_written(office, boss, numbered):
    actor = office.actor("city")
    rows = [office.guan.company, office.shen.company]
    versions = {row: office.db["tenant_companies"].find_one({"_id": row})["version"] for row in rows}

    def save(row):
        try:
            records.update(
                "tenant_companies", row, {numbered: "DA-9"}, version=versions[row], actor=actor, now=MADE_AT
            )
        except Refused as refused:
            return refused.refusals[0].field
        return "written"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(save, rows))
    assert outcomes == sorted([numbered, "written"])
    assert office.db["tenant_companies"].count_documents({numbered: "DA-9"}) == 1


def test_within_a_county_each_may_have_it_once_and_off_again_drops_the_index(office, boss, city):
    add(boss, "县内编号", "integer", unique="county")
    follow()
    key = key_of(office, "县内编号")
    for home in (office.guan, office.shen):
        edit = f"{COMPANIES}edit/?id={home.company}"
        assert city.send(edit, read_form(city.get(edit).text) | {key: "7"}).status_code == 303
    answer = company(city, office, **{key: "7"})
    assert answer.status_code == 422 and "本县（市、区）另一条记录" in answer.text
    edit = f"{FIELDS}tenant-companies/{key}/"
    typed = read_form(boss.get(edit).text)
    tighter = boss.send(edit, typed | {"unique": "city"})
    assert tighter.status_code == 422 and "有 1 个值" in tighter.text and "7" in tighter.text
    assert len(_unique_indexes(office)) == 1
    assert boss.send(edit, typed | {"unique": ""}).status_code == 303
    follow()
    assert _unique_indexes(office) == set()
    assert company(city, office, **{key: "7"}).status_code == 303


def test_a_base_moves_to_another_county_with_what_may_stand_there_once_or_not_at_all(
    office, boss, city, monkeypatch
):
    monkeypatch.setattr("services.records.denormalised_copies._AT_ONCE", 1)
    add(boss, "县内编号", "integer", unique="county")
    follow()
    key, shen, guan = key_of(office, "县内编号"), office.shen.company, office.guan.company
    for company_id, number in ((shen, 7), (guan, 7)):
        version = office.one("tenant_companies", company_id)["version"]
        records.update(
            "tenant_companies",
            company_id,
            {key: number},
            version=version,
            actor=office.actor("city"),
            now=MADE_AT,
        )
    base = office.one("bases", office.shen.base)
    before, edit = _rows(office), f"/admin/bases/edit/?id={base['_id']}"
    moved = read_form(city.get(edit).text) | {"county": GUAN}
    answer = city.send(edit, moved)
    assert answer.status_code == 422 and "“县内编号”的以下值在该县" in answer.text and "：7。" in answer.text
    assert (_rows(office), office.one("bases", base["_id"])) == (before, base)
    version = office.one("tenant_companies", guan)["version"]
    records.update(
        "tenant_companies", guan, {key: 8}, version=version, actor=office.actor("city"), now=MADE_AT
    )
    assert city.send(edit, moved).status_code == 303
    there = {raw["_id"]: raw["county"] for raw in office.db["tenant_companies"].find({"base": base["_id"]})}
    assert len(there) > 1 and set(there.values()) == {GUAN}
    assert office.one("tenant_companies", shen)[key] == 7
    assert not office.db["pending_copies"].count_documents({})
    assert verify() is None


def test_what_a_companys_own_records_have_moves_along_only_where_it_stands_once(office, boss, city):
    own = OwnCollection("visits", "走访记录", scope=OwnScope.COMPANY)
    add_own_collection(own, actor=office.actor("boss"), now=MADE_AT)
    add(boss, "走访编号", "code", slug="c-visits", unique="county")
    key = office.db["own_fields"].find_one({"of": "c_visits"})["field"]["key"]
    follow()
    for company_id in (office.shen.company, office.guan.company):
        given = {"name": "年度走访", "company": company_id, key: "Z-1"}
        records.create("c_visits", given, actor=office.actor("city"), now=MADE_AT)
    before = office.digest()
    version = office.one("tenant_companies", office.shen.company)["version"]
    for collection, record, values in (
        ("bases", office.shen.base, {"county": GUAN}),
        ("tenant_companies", office.shen.company, {"base": office.guan.base}),
    ):
        version = office.one(collection, record)["version"]
        with pytest.raises(Refused) as refused:
            records.update(
                collection, record, values, version=version, actor=office.actor("city"), now=MADE_AT
            )
        assert refused.value.refusals[0].params["values"] == "Z-1"
    assert office.digest() == before


def test_what_is_double_already_is_told_with_how_many_and_a_few_of_them(office, boss, city):
    add(boss, "档案编号", "code")
    key = key_of(office, "档案编号")
    for number in range(8):
        values = {"name": f"{number}号", "uscc": code(60 + number), key: f"DA-{number // 2}"}
        assert company(city, office, **values).status_code == 303
    edit = f"{FIELDS}tenant-companies/{key}/"
    before = office.db["own_fields"].find_one({"field.key": key})
    answer = boss.send(edit, read_form(boss.get(edit).text) | {"unique": "city"})
    assert answer.status_code == 422
    assert "有 4 个值" in answer.text and "DA-0、DA-1、DA-2…" in answer.text
    assert office.db["own_fields"].find_one({"field.key": key}) == before


def test_what_was_doubled_between_the_save_and_the_index_fails_the_job_with_a_sentence(office, boss):
    add(boss, "档案编号", "code", unique="city")
    key = key_of(office, "档案编号")
    for home in (office.guan, office.shen):
        office.db["tenant_companies"].update_one({"_id": home.company}, {"$set": {key: "DA-1"}})
    follow()
    [job] = office.db["jobs"].find({"kind": "own-fields"})
    assert Job.stored(job["_id"])["state"] == "failed"
    assert _unique_indexes(office) == set()


def test_what_is_double_is_said_masked_and_hinders_neither_the_other_indexes_nor_the_search(office, boss):
    add(boss, "甲编号", "code", unique="city", personal="y")
    add(boss, "乙编号", "code", unique="city")
    add(boss, "别名", searched="y")
    first, second, alias = (key_of(office, label) for label in ("甲编号", "乙编号", "别名"))
    for home in (office.guan, office.shen):
        values = {first: "PERSONAL12345", second: str(home.company), alias: "鲁西好公司"}
        office.db["tenant_companies"].update_one({"_id": home.company}, {"$set": values})
    earlier, later = sorted([office.guan.company, office.shen.company])
    for checkpoint in ({}, {"last": earlier}):
        office.db["jobs"].delete_many({})
        job_id = ask(FOLLOW, {"collection": "tenant_companies"}, actor=office.actor("boss"), now=MADE_AT)
        office.db["jobs"].update_one({"_id": job_id}, {"$set": {"checkpoint": checkpoint}})
        follow()
        [job] = office.db["jobs"].find({"kind": "own-fields"})
        assert job["state"] == "failed" and "PERSONAL12345" not in str(job)
        assert "PER****2345" in str(job)
        assert _unique_indexes(office) == {f"tenant_companies_{second}_unique_city"}
        row = office.db["tenant_companies"].find_one({"_id": later})
        assert "鲁西好公司" in row["search_text"]
        office.db["tenant_companies"].update_many({}, {"$set": {"search_text": ""}})


@pytest.mark.parametrize(
    ("slug", "typed", "said"),
    [
        ("tenant-companies", {"unique": "city", "unseen_reader": "y"}, "不能设为唯一"),
        ("service-partners", {"unique": "county"}, "全市唯一"),
        ("tenant-companies", {"unique": "galaxy"}, "请从列表中选择"),
    ],
)
def test_what_cannot_be_unique_is_said(office, boss, slug, typed, said):
    sent = {"label": "编号", "kind": "text", "section": "own", "exported": "y", **typed}
    answer = boss.send(NEW.replace("tenant-companies", slug), sent)
    assert answer.status_code == 422 and said in answer.text
    assert office.db["own_fields"].count_documents({}) == 0
