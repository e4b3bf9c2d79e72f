"""A workbook names the record that a cell refers to by its name or by its code; what is neither's alone is refused."""

import openpyxl
import pytest

from schema.definitions.own_collections import OwnCollection
from schema.definitions.own_fields import OwnField, OwnKind
from schema.registry import REGISTRY
from services.definitions import own_collections, own_fields
from services.imports.import_rows import import_workbook
from tests.sample_office import MADE_AT

KEY = "own_duijiedanwei"


@pytest.fixture
def brought(office, tmp_path):
    """Return what a workbook of policies with these cells gives: for each row what is stored, else the sentence."""
    boss = office.actor("boss")
    own_collections.add_own_collection(OwnCollection("policies", "惠企政策"), actor=boss, now=MADE_AT)
    own = OwnField(
        "c_policies", "", OwnKind.REFERENCE, "对接单位", refers_to="tenant_companies", filtered=True
    )
    own_fields.add_own_field(own, actor=boss, now=MADE_AT)

    def bring(*texts, by="city"):
        book = openpyxl.Workbook()
        book.active.append(["名称", "所属县（市、区）", "对接单位"])
        for number, text in enumerate(texts):
            book.active.append([f"政策{number}", "冠县", text])
        book.save(tmp_path / "政策.xlsx")
        report = import_workbook(
            tmp_path / "政策.xlsx", REGISTRY["c_policies"], actor=office.actor(by), now=MADE_AT
        )
        stored = {raw["name"]: raw.get(KEY) for raw in office.db["c_policies"].find()}
        return [
            (row.reasons[0].field, row.reasons[0].message) if row.reasons else stored[f"政策{number}"]
            for number, row in enumerate(report.rows[: len(texts)])
        ]

    return bring


def test_a_company_is_named_by_its_code_in_any_spelling(office, brought):
    company = office.one("tenant_companies", office.guan.company)
    assert brought(company["uscc"], company["uscc"].lower(), company["name"]) == [company["_id"]] * 3


def test_a_code_out_of_the_clerks_sight_is_as_good_as_none(office, brought):
    foreign = office.one("tenant_companies", office.shen.company)
    theirs, absent = brought(foreign["uscc"], "91371525MA3NOSUCH0", by="guan")
    assert theirs == absent and theirs[0] == KEY


def test_what_is_one_records_name_and_anothers_code_is_refused_at_its_column(office, brought):
    company = office.one("tenant_companies", office.guan.company)
    other = office.db["tenant_companies"].find_one(
        {"county": company["county"], "_id": {"$ne": company["_id"]}}
    )
    if other is None:
        other = {key: value for key, value in company.items() if key not in ("_id", "number")}
        other |= {"uscc": "91371525MA3ANOTHER"}
        other["_id"] = office.db["tenant_companies"].insert_one(other).inserted_id
    office.db["tenant_companies"].update_one({"_id": other["_id"]}, {"$set": {"name": company["uscc"]}})
    [(field, message)] = brought(company["uscc"])
    assert field == KEY and "the code of another" in message
