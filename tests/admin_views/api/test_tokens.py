"""Tokens: made and shown once, read-only or not, for some collections or all, dead when they must be; how often."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from documents.desk.user import User
from rules.access import SYSTEM
from services.desk.users import change_user, disable_user, enable_user, end_sessions, reset_password
from tests.page_reader import flashes, rows
from tests.sample_office import PASSWORD, SHEN, Browser

COMPANIES = "/api/v1/tenant-companies"
WANTED = {"name": "统计平台", "access": "read", "days": "30", "own_password": PASSWORD}


def make(browser: Browser, **more: object) -> str:
    """Make a token as the page does, and return it."""
    answer = browser.send("/account/tokens/new/", WANTED | more)
    assert answer.status_code == 200, answer.text
    found = re.search(r'value="(office_[\w-]{43})"', answer.text)
    assert found
    return found[1]


def status(browser: Browser, key: str, path: str = COMPANIES, method: str = "GET", **more: object) -> int:
    answer = browser.open(path, method=method, headers={"Authorization": f"Bearer {key}"}, **more)
    return answer.status_code


@pytest.fixture
def guan(sign_in, office):
    """The browser of 冠县's clerk, who has a password, and no token yet."""
    User.collection().update_many({}, {"$unset": {"api_tokens": ""}})
    return sign_in("guan")


def test_a_token_is_shown_once_and_only_its_hash_is_kept(guan, client, office):
    key = make(guan)
    assert key not in guan.get("/account/tokens/").text
    assert key not in str(list(office.db["users"].find()))
    assert status(client, key) == 200
    entry = office.db["audit_entries"].find_one({"action": "api-token-made"})
    assert (entry["note"], entry["actor_id"]) == ("统计平台", str(office.users["guan"]))
    (row,) = rows(guan.get("/account/tokens/").text)
    assert row[:3] == ["统计平台", "只读", "全部"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, ""),
        ({"days": "5"}, ""),
        ({"own_password": "falsch-falsch-9"}, "密码"),
        ({"collections": "users"}, ""),
        ({"name": "长" * 41}, "最多"),
    ],
)
def test_a_token_is_not_made_of_what_is_wrong(guan, office, wrong, said):
    answer = guan.send("/account/tokens/new/", WANTED | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert User.tokens_of(office.users["guan"]) == []


def test_one_that_only_reads_writes_nothing(guan, client, office):
    key, before = make(guan), office.digest()
    path = f"{COMPANIES}/{office.guan.company}"
    assert status(client, key, path, "PATCH", json={"people": 1, "version": 1}) == 403
    assert status(client, key, f"{path}?version=1", "DELETE") == 403
    assert status(client, key, COMPANIES, "POST", json={}) == 403
    office.db["users"].update_many({}, {"$unset": {"api_tokens": ""}})
    assert {name for name in before if before[name] != office.digest()[name]} <= {"users"}
    assert status(client, make(guan, access="write"), path, "PATCH", json={"people": 1, "version": 1}) == 200


def test_one_for_some_collections_knows_no_others(guan, client):
    key = make(guan, collections="bases")
    assert status(client, key, "/api/v1/bases") == 200
    assert status(client, key) == status(client, key, "/api/v1/nothing") == 404
    answer = client.get("/api/v1/openapi.json", headers={"Authorization": f"Bearer {key}"}).json
    assert {path.split("/")[3] for path in answer["paths"]} == {"", "bases"}


def test_no_session_opens_the_interface_and_no_token_a_page(sign_in, office):
    city, before = sign_in("city"), office.digest()
    for method, path in (
        ("GET", COMPANIES),
        ("POST", COMPANIES),
        ("DELETE", f"{COMPANIES}/{office.guan.company}"),
    ):
        answer = city.open(path, method=method)
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert "Set-Cookie" not in answer.headers
    assert office.digest() == before
    stranger = Browser(city.application)
    stranger.bearer = city.bearer
    assert stranger.ask("/admin/bases/").status_code == 302


@pytest.mark.parametrize(
    "sent", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer x", "Bearer office_" + "x" * 43, "Bearer é"]
)
def test_what_is_no_token_opens_nothing(client, office, sent):
    answer = client.get(COMPANIES, headers={"Authorization": sent.encode("utf-8").decode("latin-1")})
    assert (answer.status_code, answer.json["type"]) == (401, "urn:base-office:problem:no-token")


@pytest.mark.parametrize("act", [disable_user, reset_password, end_sessions])
def test_a_token_that_somebody_else_may_hold_never_lives_again(act, guan, client, office):
    key, user = make(guan), str(office.users["guan"])
    act(user, actor=SYSTEM, now=datetime.now(UTC))
    enable_user(user, actor=SYSTEM, now=datetime.now(UTC))
    User.collection().update_one({"_id": office.users["guan"]}, {"$set": {"must_change_password": False}})
    assert status(client, key) == 401


def test_another_county_ends_it_and_so_do_ones_other_sessions(guan, client, office):
    key = make(guan)
    version = User.collection().find_one({"_id": office.users["guan"]})["version"]
    change_user(
        str(office.users["guan"]), display_name="", role="county", county=SHEN, version=version, actor=SYSTEM,
        now=datetime.now(UTC),
    )  # fmt: skip
    assert status(client, key) == 401


def test_signing_everywhere_else_out_ends_it(guan, client):
    key = make(guan)
    assert guan.send("/account/sessions/end-others/").status_code == 303
    assert status(client, key) == 401


def test_it_dies_with_its_day_and_when_it_is_revoked(guan, client, office):
    first, second = make(guan), make(guan, name="第二个")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=30, seconds=1), tick=False):
        assert status(client, first) == 401
    assert status(client, first) == 200
    token = User.tokens_of(office.users["guan"])[0]["id"]
    answer = guan.send(f"/account/tokens/{token}/revoke/")
    assert "令牌已撤销" in flashes(guan.get(answer.location).text)[0]
    assert (status(client, first), status(client, second)) == (401, 200)
    assert "已经结束" in flashes(guan.get(guan.send(f"/account/tokens/{token}/revoke/").location).text)[0]


def test_administrators_see_and_revoke_everyones(guan, client, office, sign_in):
    key = make(guan)
    boss = sign_in("boss")
    (row,) = rows(boss.get("/admin/users/tokens/").text)
    assert row[0] == "统计平台"
    token = User.tokens_of(office.users["guan"])[0]["id"]
    assert boss.send(f"/admin/users/{office.users['guan']}/tokens/{token}/revoke/").status_code == 303
    assert status(client, key) == 401
    assert office.db["audit_entries"].find_one({"action": "api-token-revoked"})["actor_id"] == str(
        office.users["boss"]
    )


def test_the_last_use_is_noted(guan, client, office):
    key = make(guan)
    assert "used_at" not in User.tokens_of(office.users["guan"])[0]
    assert status(client, key) == 200
    token = User.tokens_of(office.users["guan"])[0]
    assert (token["used_from"], token["used_at"] is not None) == ("127.0.0.1", True)


def test_a_token_that_asks_too_often_waits(guan, client, office):
    key = make(guan)
    office.db["office_settings"].update_one(
        {"_id": "office"}, {"$set": {"values.api_requests_a_minute": 10, "version": 1}}, upsert=True
    )
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        assert {status(client, key) for _ in range(10)} == {200}
        answer = client.get(COMPANIES, headers={"Authorization": f"Bearer {key}"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
        clock.shift(61)
        assert status(client, key) == 200


def test_an_address_that_sends_wrong_tokens_waits_and_a_right_one_is_heard(guan, client, office):
    key, wrong = make(guan), "office_" + "x" * 43
    with time_machine.travel(datetime.now(UTC), tick=False):
        assert {status(client, wrong) for _ in range(30)} == {401}
        assert status(client, wrong) == 429
        assert status(client, key) == 200
