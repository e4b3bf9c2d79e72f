"""Every route for every role, with the ids of another county's records: nothing seen, nothing changed.

The tables (`routes_*.py`) name each endpoint once; a route that is not in them fails the first test.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from werkzeug.test import TestResponse

from admin_views.shared.guard import undeclared_endpoints
from documents.imports.import_trial import ImportTrial
from tests import round_driver as driver
from tests.admin_views.routes import ANYONE, BOUND, XLSX, ApiCall, Call, Route
from tests.admin_views.routes_of_api import API
from tests.admin_views.routes_of_applications import APPLICATIONS
from tests.admin_views.routes_of_help import HELP
from tests.admin_views.routes_of_jobs import JOBS
from tests.admin_views.routes_of_publication import PUBLICATION
from tests.admin_views.routes_of_records import EARLIER_TITLES, ENDPOINTS, SLUGS, of_collection, typed
from tests.admin_views.routes_of_reports import REPORTS
from tests.admin_views.routes_of_revocation import REVOCATION
from tests.admin_views.routes_of_the_office import OTHERS
from tests.admin_views.routes_of_today import TODAY
from tests.office_with_cases import with_cases
from tests.office_with_jobs import with_jobs, with_own_collection, with_own_field
from tests.office_with_reports import with_reports
from tests.office_with_round import with_round
from tests.sample_office import MADE_AT, MARK, SHEN, Browser, Office, cells
from tests.stored_rows import full_digest

GROUPS: dict[str, dict[str, Route]] = {
    "others": OTHERS,
    "applications": APPLICATIONS,
    "publication": PUBLICATION,
    "reports": REPORTS,
    "revocation": REVOCATION,
    "today": TODAY,
    "help": HELP,
    "jobs": JOBS,
    "earlier titles": EARLIER_TITLES,
    "api": API,
    **{
        collection: {
            f"{ENDPOINTS.get(collection, collection)}.{name}": route
            for name, route in of_collection(collection)
        }
        for collection in SLUGS
    },
}
# What is the caller's own, or says what the caller did.
OWN = {
    "users", "sign_in_failures", "audit_entries", "audit_head", "import_batches", "import_trials", "uploads.files",
    "uploads.chunks", "jobs", "own_charts",
}  # fmt: skip
TABLE = {endpoint: route for group in GROUPS.values() for endpoint, route in group.items()}


@pytest.fixture
def office_with() -> Iterator[tuple[Callable[[Office], Office], ...]]:
    """Name a round, reports, cases and a job of 莘县, on a day on which the round takes applications."""
    with time_machine.travel(driver.moment(driver.ANNOUNCED), tick=True):
        yield with_round, with_reports, with_cases, with_jobs, with_own_field, with_own_collection


def test_every_route_is_in_the_table(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(TABLE)


def test_every_method_of_every_route_is_called(app, office):
    for rule in app.url_map.iter_rules():
        route, called = TABLE[rule.endpoint], set()
        for call in route.calls(office):
            called.add(call.verb)
        if called:  # a status has no files
            assert called == rule.methods - {"HEAD", "OPTIONS"}, rule.endpoint


def test_every_route_says_what_it_needs(app):
    assert undeclared_endpoints(app) == []


def words_of(answer: TestResponse) -> str:
    """Return everything an answer says: its body, the cells of its workbook, and what its headers tell."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers if name != "Set-Cookie")
    if answer.mimetype == XLSX:
        return headers + "\n".join(str(cell) for row in cells(answer) for cell in row)
    if answer.is_json:
        return headers + json.dumps(answer.json, ensure_ascii=False)
    return headers + answer.data.decode("utf-8", "replace")


def expected(role: str, route: Route, call: Call) -> tuple[int, ...]:
    if role == "anonymous" and role not in route.who:
        if isinstance(call, ApiCall):
            return (401,)
        return (302,) if call.data is None else (401,)
    if not route.who:
        return (403, 404)
    if role not in route.who:
        return (403,)
    if route.hidden and role in BOUND:
        return (404,)
    return route.answers


@pytest.mark.parametrize("role", sorted(ANYONE))
@pytest.mark.parametrize("group", GROUPS)
def test_a_role_meets_what_the_table_says(role, group, office, sign_in, app):
    """Tried with 莘县's ids: nothing of it is seen or changed by whoever may not, and all of it by whoever may."""
    hidden_from = role == "anonymous" or role in BOUND
    browser = None
    for endpoint, route in GROUPS[group].items():
        for call in route.calls(office):
            where = f"{role} {endpoint} {call.path} {call.data}"
            if browser is None:
                browser = Browser(app) if role == "anonymous" else sign_in(role)
                before, others = office.digest(), other_users(office, role)
            answer = call.send(browser)
            assert answer.status_code in expected(role, route, call), where
            said = words_of(answer)
            if answer.status_code in (302, 303) and not answer.location.startswith("/login"):
                said += words_of(browser.get(answer.location))  # what was flashed
            allowed = role in route.who and not (route.hidden and role in BOUND)
            if hidden_from and not route.published:
                secrets = [*office.secrets, *(["莘县"] if role in BOUND else [])]
                sent = f"{call.path} {call.data} {call.says}"
                assert [word for word in secrets if word in said and word not in sent] == [], where
            after = office.digest()
            changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
            if not allowed or (hidden_from and not route.own):
                assert changed == set(), where
            elif hidden_from:
                assert other_users(office, role) == others, where
                assert changed <= OWN, where
            elif call.data is not None and call.effect:
                assert changed, f"{where}: the call changed nothing, so that its refusal proves nothing"
            if changed or route.own:
                office.reset()
                browser = None
    assert office.digest() == full_digest(office.db), "what was compared on the way is all there is"


def other_users(office: Office, role: str) -> list[dict[str, Any]]:
    return list(office.db["users"].find({"_id": {"$ne": office.users.get(role)}}).sort("_id", 1))


# --- Forged and mistaken requests --------------------------------------------------------------


@pytest.mark.parametrize("group", GROUPS)
def test_a_form_without_its_token_is_refused_without_a_trace(group, office, sign_in):
    browser = sign_in("boss")
    before = office.digest()
    for endpoint, route in GROUPS[group].items():
        for call in route.calls(office):
            if call.data is None or isinstance(call, ApiCall):
                continue  # a program has no form, and no cookie that could be misused
            answer = browser.post(call.path, data=dict(call.data))
            assert answer.status_code == 400, endpoint
            assert "Traceback" not in answer.text
            assert "<html" in answer.text
    assert office.digest() == before


def test_a_form_with_another_sessions_token_is_refused(office, sign_in):
    thief, browser = sign_in("guan"), sign_in("city")
    with thief.session_transaction() as session:
        session["csrf_token"] = "1" * 40
    answer = browser.post("/admin/bases/new/", data={**typed(office, "bases"), "csrf_token": thief.token})
    assert answer.status_code == 400


def test_opening_what_only_a_form_may_send_shows_a_page(app, office, sign_in):
    browser = sign_in("boss")
    readable = {rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    for rule in app.url_map.iter_rules():
        if rule.rule not in readable:
            path = re.sub("<[^>]+>", str(office.users["shen"]), rule.rule)
            answer = browser.get(path)
            assert answer.status_code == 405, path
            assert "<h1" in answer.text, path
            assert "Traceback" not in answer.text


def test_an_unknown_method_is_refused_as_a_page(office, sign_in):
    before = office.digest()
    for method in ("put", "delete", "patch", "trace"):
        answer = getattr(sign_in("boss"), method)(f"/admin/bases/edit/?id={office.shen.base}")
        assert answer.status_code == 405
    office.db["users"].update_many({}, {"$set": {"sessions": []}})
    assert office.digest() == before


# --- What a bound clerk sees of what two counties share ------------------------------------------


def shared_pages(office: Office) -> list[str]:
    one = f"?id={office.shared}"
    return [
        f"/admin/service-partners/details/{one}",
        f"/admin/service-partners/edit/{one}",
        f"/admin/service-partners/delete/{one}",
        "/admin/service-partners/?columns=cooperations&columns=notes",
        "/admin/service-partners/?search=鲁西",
        "/admin/service-partners/export/xlsx/",
        "/admin/service-partners/lookup/?q=鲁西",
        "/admin/search/?search=鲁西",
        "/admin/",
    ]


@pytest.mark.parametrize("role", BOUND)
def test_a_partner_of_two_counties_shows_each_its_own_part(role, office, sign_in):
    browser = sign_in(role)
    for path in shared_pages(office):
        answer = browser.get(path)
        assert answer.status_code == 200 or role == "guan_reader", path
        said = words_of(answer)
        assert MARK not in said, path
        assert "莘县" not in said, path
        if answer.status_code == 200 and path != "/admin/" and "/delete/" not in path:
            assert "鲁西会计师事务所" in said, path
    assert "清泉创业园" in browser.get(shared_pages(office)[0]).text


def test_the_city_sees_both_parts_of_a_shared_partner(office, sign_in):
    page = sign_in("city").get(f"/admin/service-partners/details/?id={office.shared}").text
    assert "清泉创业园" in page
    assert f"{MARK}创业园" in page


def partner_form(office: Office, **more: Any) -> dict[str, Any]:
    raw = office.one("service_partners", office.shared)
    return {
        "name": raw["name"], "uscc": raw["uscc"], "functions": raw["functions"], "status": raw["status"],
        "version": str(raw["version"]), "cooperations-0-base": str(office.guan.base), **more,
    }  # fmt: skip


def test_a_county_clerk_changes_only_the_countys_part_of_a_shared_partner(office, sign_in):
    browser = sign_in("guan")
    path = f"/admin/service-partners/edit/?id={office.shared}"
    other = [
        one for one in office.one("service_partners", office.shared)["cooperations"] if one["county"] == SHEN
    ]
    form = partner_form(office, **{"cooperations-0-first_day": "2026-01-01"})
    assert browser.send(path, form).status_code == 303
    stored = office.one("service_partners", office.shared)["cooperations"]
    assert [one for one in stored if one["county"] == SHEN] == other
    assert len(stored) == 2
    before = office.digest()
    assert browser.send(path, partner_form(office, name="改名")).status_code == 422
    assert office.digest() == before


def test_the_history_of_a_shared_partner_hides_what_the_other_county_did(office, sign_in):
    path = f"/admin/service-partners/edit/?id={office.shared}"
    form = partner_form(office) | {
        "cooperations-0-base": str(office.shen.base),
        "cooperations-0-first_day": "2022-02-02",
    }
    assert sign_in("shen").send(path, form).status_code == 303
    page = words_of(sign_in("guan").get(f"/admin/service-partners/details/?id={office.shared}"))
    assert MARK not in page
    assert "2022-02-02" not in page


def test_a_conflict_over_a_shared_partner_hides_the_other_countys_part(office, sign_in):
    path = f"/admin/service-partners/edit/?id={office.shared}"
    read = partner_form(office)
    mine = read | {"cooperations-0-first_day": "2026-01-01"}
    theirs = read | {"contact_name": "市局所改"}
    for n, base in enumerate((office.guan.base, office.shen.base)):
        theirs |= {f"cooperations-{n}-base": str(base), f"cooperations-{n}-last_day": "2027-07-07"}
    assert sign_in("city").send(path, theirs).status_code == 303
    answer = sign_in("guan").send(path, mine)
    assert answer.status_code == 409
    assert MARK not in answer.text
    assert "清泉创业园" in answer.text


# --- What is the clerk's own is the clerk's own ---------------------------------------------------


def test_everything_of_a_bound_clerks_list_is_the_countys_alone(office, sign_in):
    other = list(office.db["ledger_entries"].find({"county": SHEN}))
    guan = sign_in("guan")
    seen = re.search(r'name="seen" value="(\d+)"', guan.get("/admin/ledger-entries/").text)[1]
    answer = guan.send(
        f"/admin/ledger-entries/action/?county={SHEN}", {"action": "delete", "everything": "1", "seen": seen}
    )
    assert answer.status_code == 303
    assert list(office.db["ledger_entries"].find({"county": SHEN})) == other
    assert office.db["ledger_entries"].count_documents({}) == len(other)


def test_a_base_cannot_be_moved_into_or_taken_from_another_county(office, sign_in):
    raw = office.one("bases", office.guan.spare)
    form = {
        "name": raw["name"],
        "operator": raw["operator"],
        "uscc": raw["uscc"],
        "version": "1",
        "county": SHEN,
    }
    before = office.digest()
    answer = sign_in("guan").send(f"/admin/bases/edit/?id={office.guan.spare}", form)
    office.db["users"].update_many({}, {"$set": {"sessions": []}})
    assert answer.status_code == 422
    assert office.digest() == before


def test_an_upload_is_read_by_nobody_but_its_sender(office, sign_in):
    data = {"kind": "tenant-companies", "upload": str(office.shen.upload)}
    for name in ("boss", "city", "guan"):
        answer = sign_in(name).send("/admin/import/write", data)
        assert answer.status_code in (404, 422)
        assert MARK not in answer.text
    ImportTrial.keep(
        office.shen.upload, [], kind="tenant-companies", actor_id=str(office.users["shen"]), now=MADE_AT
    )
    assert sign_in("shen").send("/admin/import/write", data).status_code == 303
