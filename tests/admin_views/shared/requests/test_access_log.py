"""The access log: a line a request, without secrets and with nothing from outside that breaks it; request ids."""

import json
import re

import pytest

from admin_views.shared.requests.access_log import HEADER, log_refused, write_access_log
from tests.sample_office import PASSWORD

HOSTILE = 'Mozilla/5.0 \x1b[31m {"user": "boss"}'


@pytest.fixture
def lines(app, tmp_path):
    """Give what returns the lines that were written so far."""
    path = tmp_path / "access.log"
    write_access_log(app, str(path))
    yield lambda: [json.loads(line) for line in path.read_text("ascii").splitlines()]
    write_access_log(app, "off")


def test_a_request_leaves_one_line_that_says_who_what_and_how_it_went(office, sign_in, lines):
    answer = sign_in("city").get("/admin/bases/?search=x", headers={"User-Agent": "Kylin"})
    (line,) = lines()
    assert set(line) == {
        "event", "timestamp", "request_id", "method", "path", "status", "ms", "user", "address", "agent", "bytes",
    }  # fmt: skip
    assert (line["method"], line["path"], line["status"]) == ("GET", "/admin/bases/", 200)
    assert (line["user"], line["address"], line["agent"]) == ("city", "127.0.0.1", "Kylin")
    assert line["bytes"] == len(answer.data)
    assert line["ms"] > 0
    assert line["request_id"] == answer.headers[HEADER]


def test_no_line_holds_a_secret(office, client, sign_in, lines):
    key = "kD3-_9xQzT7wVb2LmN5pRc8sYf1gHj4aEu6oWi0"
    client.get(f"/calendar/{key}.ics")
    client.get(f"/login?next=/calendar/{key}.ics&token={key}")
    client.send("/login", {"username": "guan", "password": PASSWORD})
    client.send("/login", {"username": "guan", "password": PASSWORD + "x"})
    text = json.dumps(lines())
    assert len(lines()) >= 4
    for secret in (key, PASSWORD, "csrf", "office_session"):
        assert secret not in text


def test_nothing_from_outside_breaks_a_line(office, client, lines):
    client.get("/nowhere%0a%0d{%22user%22:%22boss%22}%E2%80%A8", headers={"User-Agent": HOSTILE})
    client.get("/admin/" + "x" * 9000)
    for line in lines():
        assert all(str(value).isprintable() for value in line.values())
        assert len(line["path"]) <= 300
        assert line["user"] == ""
    assert len(lines()) == 2


def test_a_log_that_cannot_be_written_costs_nobody_the_page(office, sign_in, app):
    write_access_log(app, "/dev/full")
    assert sign_in("city").get("/admin/bases/").status_code == 200
    write_access_log(app, "off")


def test_a_request_id_is_random_unless_a_trusted_proxy_gives_a_well_formed_one(office, client, app):
    given = {HEADER: "from-the-proxy-1"}
    numbers = {client.get("/healthz", headers=given).headers[HEADER] for _ in range(5)}
    assert len(numbers) == 5
    assert all(re.fullmatch("[0-9a-f]{16}", number) for number in numbers)
    app.config["TRUSTED_PROXIES"] = 1
    try:
        assert client.get("/healthz", headers=given).headers[HEADER] == "from-the-proxy-1"
        for bad in ("x" * 65, "a b c d e f g", "<b>bold</b>"):
            assert client.get("/healthz", headers={HEADER: bad}).headers[HEADER] != bad
    finally:
        app.config["TRUSTED_PROXIES"] = 0


@pytest.mark.parametrize("path", ["/admin/nothing/", "/admin/users/"])
def test_an_error_page_tells_the_requests_id(office, sign_in, path):
    answer = sign_in("guan").get(path)
    assert answer.status_code in (403, 404)
    assert answer.headers[HEADER] in answer.text


def test_every_entry_of_the_trail_says_from_where(office, sign_in, app):
    browser = sign_in("city")
    browser.environ_base["REMOTE_ADDR"] = "10.1.2.3"
    answer = browser.send("/account/calendar/reset/", headers={"User-Agent": HOSTILE + "y" * 500})
    entry = office.db["audit_entries"].find_one(sort=[("_id", -1)])
    assert entry["action"] == "calendar-link-made"
    assert entry["address"] == "10.1.2.3"
    assert entry["agent"].startswith("Mozilla/5.0  [31m")
    assert len(entry["agent"]) <= 200
    assert entry["request_id"] == answer.headers[HEADER]
    browser.send("/logout")
    assert office.db["audit_entries"].find_one(sort=[("_id", -1)])["address"] == "10.1.2.3"


def test_a_sign_in_says_from_where(office, client):
    client.send("/login", {"username": "guan", "password": PASSWORD}, headers={"User-Agent": "Kylin"})
    entry = office.db["audit_entries"].find_one(sort=[("_id", -1)])
    assert (entry["action"], entry["address"], entry["agent"]) == ("signed-in", "127.0.0.1", "Kylin")


def test_what_the_server_refuses_before_the_application_leaves_the_same_line(app, lines):
    key = "kD3-_9xQzT7wVb2LmN5pRc8sYf1gHj4aEu6oWi0"
    log_refused(
        app, status=413, method="POST", path=f"/calendar/{key}.ics", agent=HOSTILE, address="10.0.0.9", seconds=0.5,
        size=70,
    )  # fmt: skip
    (line,) = lines()
    assert (line["status"], line["method"], line["address"], line["ms"]) == (413, "POST", "10.0.0.9", 500.0)
    assert key not in json.dumps(line)
    assert all(str(value).isprintable() for value in line.values())
    assert len(line["request_id"]) == 16
