"""What goes wrong is a page with a sentence in Chinese: never a trace, a host, a query or a file name of ours."""

import re
from types import SimpleNamespace

import pytest

from documents.server.connection import connect, database, disconnect
from tests.page_reader import form, text_of

HAN = re.compile("[一-鿿]")
LEAKS = (
    "Traceback",
    "File &#34;",
    'File "',
    ".py",
    "pymongo",
    "mongodb",
    ".sock",
    "ServerSelection",
    "/tmp/",
    "find(",
    "KeyError",
)


def checked(answer, code):
    """Check that an answer is a page of ours that tells nothing; return its words."""
    assert answer.status_code == code
    assert answer.mimetype == "text/html"
    for leak in LEAKS:
        assert leak not in answer.text, leak
    words = text_of(answer.text)
    assert HAN.search(words)
    assert f"{code}" in words
    assert answer.text.count("<h1") == 1
    return words


@pytest.fixture
def no_database(app, office, sign_in, tmp_path, monkeypatch):
    """Give a browser whose session was begun before the database went away."""
    monkeypatch.setattr(
        "documents.server.connection._TIMEOUTS", {"serverSelectionTimeoutMS": 50, "connectTimeoutMS": 50}
    )
    browser, name = sign_in("city"), database().name
    app.extensions.pop("revive", None)
    disconnect()
    socket = str(tmp_path / "nobody.sock").replace("/", "%2F")
    connect(f"mongodb://clerk:secret-word@{socket}/?directConnection=true", name)
    yield browser
    disconnect()


PAGES = ["/admin/", "/admin/bases/", "/admin/tenant-companies/?search=启程", "/admin/bases/new/", "/admin/import/",
         "/admin/bases/export/xlsx/", "/admin/search/?search=a", "/admin/recycle-bin/", "/admin/settings/"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_without_the_database_every_page_says_so(path, no_database):
    words = checked(no_database.get(path), 503)
    assert "secret-word" not in words


def test_without_the_database_nobody_signs_in_and_nothing_is_lost(no_database, client):
    checked(client.send("/login", {"username": "guan", "password": "x"}), 503)
    checked(no_database.send("/admin/bases/new/", {"name": "新园"}), 503)
    assert client.get("/login").status_code == 200
    assert client.get("/static/office.css").status_code == 200


def test_without_the_database_the_health_page_says_503(no_database, client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json["status"] != "ok"
    assert "sock" not in answer.text


def test_with_the_database_the_health_page_says_200(app, client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/admin/nothing/",
        "/admin/bases/nothing",
        "/.git/config",
        "/static/../README.md",
        "/admin/castles/",
    ],
)
def test_an_unknown_page_is_not_found_for_anyone(path, office, client, sign_in):
    checked(client.get(path), 404)
    checked(sign_in("boss").get(path), 404)


def test_a_bug_is_a_page_with_a_reference_that_stands_in_the_log(office, sign_in, monkeypatch, capsys):
    def broken(*_args, **_more):
        raise RuntimeError("secret of the house: db.users.find(x)")

    monkeypatch.setattr("admin_views.shared.record_list.filters", broken)
    words = checked(sign_in("city").get("/admin/bases/"), 500)
    assert "secret of the house" not in words
    reference = re.search(r"\b[0-9a-f]{16}\b", words).group(0)
    said = capsys.readouterr()
    assert reference in said.out + said.err


def test_a_bug_while_saving_writes_nothing(office, sign_in, monkeypatch):
    browser = sign_in("city")
    path = f"/admin/bases/edit/?id={office.guan.base}"
    sent = form(browser.get(path).text) | {"notes": ["改"]}

    def broken(*_args, **_more):
        raise RuntimeError

    monkeypatch.setattr("services.records.records.update_copies", broken)
    before = office.digest()
    checked(browser.send(path, sent), 500)
    assert office.digest() == before


def test_a_bug_in_the_frame_is_still_a_page(office, sign_in, monkeypatch):
    monkeypatch.setattr("admin_views.shared.layout._sidebar", lambda actor: SimpleNamespace() + 1)
    answer = sign_in("city").get("/admin/bases/")
    checked(answer, 500)


@pytest.mark.parametrize("path", ["/admin/users/", "/admin/audit/"])
def test_what_a_role_may_not_do_is_a_page(path, office, sign_in):
    checked(sign_in("guan").get(path), 403)


def test_a_script_is_answered_in_its_own_language(office, sign_in, client):
    accept = {"Accept": "application/json"}
    answer = sign_in("city").get(f"/admin/bases/details/?id={'0' * 24}", headers=accept)
    assert (answer.status_code, list(answer.json)) == (404, ["error"])
    answer = client.get("/admin/bases/lookup/", headers={"X-Requested-With": "XMLHttpRequest"})
    assert (answer.status_code, answer.json) == (401, {"error": "signed-out"})


def test_an_error_page_is_english_for_who_reads_english(office, sign_in):
    browser = sign_in("city")
    browser.send("/account/language", {"locale": "en"})
    answer = browser.get("/admin/nothing/")
    assert answer.status_code == 404
    assert '<html lang="en"' in answer.text
    assert "There is nothing here" in answer.text


@pytest.mark.parametrize("path", ["/admin/", "/admin/bases/", "/login", "/nothing", "/healthz"])
def test_every_answer_carries_the_safety_headers(path, office, sign_in):
    headers = sign_in("city").get(path).headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Server" not in headers or "Werkzeug" not in headers["Server"]
