"""Own fields that name several records: as a single reference, each record of the list in scope, its order kept."""

from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from bson import ObjectId

from rules.errors import Refused
from schema.definitions.own_collections import OwnCollection
from schema.definitions.own_fields import OwnField, OwnKind
from schema.field import MOST_REFERRED
from schema.registry import REGISTRY
from services.definitions import own_collections, own_fields
from services.desk.trail import verify
from services.imports.import_rows import import_workbook
from services.records import merge, records
from services.timeline.taking_back import take_back_save
from tests.page_reader import form, ids, text_of
from tests.sample_office import GUAN, MARK, SHEN, Office, cells

NOW = datetime(2026, 3, 3, tzinfo=UTC)
KEY = "own_canyuqiye"
NAMES = f"{KEY}_name"
POLICIES = "/admin/c/policies/"


@pytest.fixture
def policies(office) -> Office:
    """Give an office whose policies are by county, each with the companies that take part."""
    boss = office.actor("boss")
    own_collections.add_own_collection(OwnCollection("policies", "惠企政策"), actor=boss, now=NOW)
    own = OwnField(
        "c_policies", "", OwnKind.REFERENCES, "参与企业", refers_to="tenant_companies", filtered=True, listed=True,
        searched=True,
    )  # fmt: skip
    assert own_fields.add_own_field(own, actor=boss, now=NOW).key == KEY
    return office


def policy(office: Office, name: str, companies: list[ObjectId], county: str = SHEN, *, by: str = "city") -> Any:
    given = {"name": name, "county": county, KEY: companies}
    return records.create("c_policies", given, actor=office.actor(by), now=NOW)


def stored(office: Office, key: ObjectId) -> dict[str, Any]:
    return dict(office.db["c_policies"].find_one({"_id": key}))


def name_of(office: Office, company: ObjectId) -> str:
    return str(office.one("tenant_companies", company)["name"])


def two(office: Office) -> list[ObjectId]:
    return [office.shen.left_company, office.shen.company]


def test_a_clerk_makes_names_finds_and_corrects_such_a_record_in_the_browser(office, sign_in):
    boss, shen = sign_in("boss"), sign_in("shen")
    sent = {"label": "协办企业", "kind": "references", "refers_to": "tenant_companies", "section": "own",
            "exported": "y", "listed": "y"}  # fmt: skip
    assert boss.send("/admin/settings/fields/ledger-entries/new/", sent).status_code == 303
    key, edit = "own_xiebanqiye", f"/admin/ledger-entries/edit/?id={office.shen.entry}"
    page = shen.get(edit).text
    assert "data-most" in page and "/admin/tenant-companies/lookup/" in page
    wrong = form(page)
    wrong[key] = ["nothing", str(office.shen.company)]
    assert shen.send(edit, wrong).status_code == 422
    right = form(page)
    right[key] = [str(one) for one in two(office)]
    answer = shen.send(edit, right)
    assert answer.status_code == 303, text_of(answer.text)
    raw = office.one("ledger_entries", office.shen.entry)
    assert (raw[key], raw[f"{key}_name"]) == (two(office), [name_of(office, one) for one in two(office)])
    shown = shen.get(f"/admin/ledger-entries/details/?id={office.shen.entry}").text
    assert "、".join(raw[f"{key}_name"]) in text_of(shown)
    for company in two(office):
        assert str(office.shen.entry) in ids(shen.get(f"/admin/ledger-entries/?{key}={company}").text)
        assert "协办企业" in shen.get(f"/admin/tenant-companies/details/?id={company}").text
    # The form has both in their order, and taken away the list is empty.
    again = form(shen.get(edit).text)
    assert again[key] == right[key]
    again[key] = []
    assert shen.send(edit, again).status_code == 303
    assert key not in office.one("ledger_entries", office.shen.entry)
    assert verify() is None
