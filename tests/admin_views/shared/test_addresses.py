"""Under which name the office answers, and what its absolute addresses begin with."""

import re
from pathlib import Path

import click
import pytest

from app import create_app
from documents.desk.sign_in_failures import SignInFailures
from tests.admin_views.desk.test_calendar_feed import make_link
from tests.sample_office import Browser

ROOT = Path(__file__).resolve().parents[3]
PUBLIC = "https://bases.example.gov.cn"
EVIL = {"Host": "evil.example"}
KEY = {"SECRET_KEY": "only-for-tests-" + "x" * 32}


@pytest.fixture
def office_app(db, monkeypatch):
    """The whole application as an office would configure it."""
    monkeypatch.setenv("PUBLIC_URL", PUBLIC + "/")
    monkeypatch.setenv("TRUSTED_HOSTS", "bases.local, 10.1.2.3")
    return create_app(KEY)


@pytest.mark.parametrize(
    "path", ["/", "/login", "/admin/", "/notices/", "/healthz", "/no/such", "/static/office.css"]
)
def test_a_request_for_another_host_is_refused_without_an_echo(path, office_app):
    browser = Browser(office_app)
    for host in (
        "evil.example",
        "evil.example:443",
        "bases.example.gov.cn.evil.example",
        "bad host",
        "e<vil",
    ):
        answer = browser.get(path, headers={"Host": host})
        assert answer.status_code == 400, host
        assert "evil" not in answer.text
        assert "evil" not in str(answer.headers)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    form = browser.post("/login", data={"username": "a", "password": "b"}, headers=EVIL)
    assert form.status_code == 400


@pytest.mark.parametrize(
    "host", ["bases.local", "10.1.2.3:5001", "bases.example.gov.cn", "127.0.0.1:5000", "localhost"]
)
def test_the_offices_own_names_are_answered(host, office_app):
    assert Browser(office_app).get("/login", headers={"Host": host}).status_code == 200


def test_without_a_list_any_name_is_answered_and_none_is_sent_back(client):
    for path in ("/", "/admin", "/admin/", "/login?next=/admin/"):
        answer = client.get(path, headers=EVIL)
        assert answer.status_code in (200, 302, 308), path
        assert "evil" not in answer.text, path
        assert "evil" not in str(answer.headers), path


def test_a_name_that_a_proxy_forwards_counts_for_nothing(app, client):
    answer = client.get(
        "/admin", headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    )
    assert "evil" not in str(answer.headers)


def failed_from(browser: Browser, forwarded: str) -> set[str]:
    """Fail to sign in behind these addresses; return the addresses that were counted for it."""
    SignInFailures.collection().delete_many({})
    browser.send("/login", {"username": "nobody", "password": "x"}, headers={"X-Forwarded-For": forwarded})
    rows = SignInFailures.collection().find({"_id": {"$regex": "^[0-9]"}})
    return {row["_id"] for row in rows}


def test_an_address_that_a_client_makes_up_counts_for_nothing(app, client):
    """Guesses are counted for the address that the last trusted proxy saw; before it anybody can write anything."""
    assert failed_from(client, "10.9.9.9") == {"127.0.0.1"}
    behind = Browser(create_app({**KEY, "TRUSTED_PROXIES": 1}))
    assert failed_from(behind, "10.9.9.9") == {"10.9.9.9"}
    assert failed_from(behind, "6.6.6.6, 10.9.9.9") == {"10.9.9.9"}


def test_the_calendar_link_begins_with_the_public_address(app, sign_in):
    app.config["PUBLIC_URL"] = PUBLIC
    page = sign_in("city").send("/account/calendar/reset/").text
    assert f'value="{PUBLIC}/calendar/' in page


def test_and_so_does_what_the_calendar_holds(app, sign_in, client):
    link = make_link(sign_in("city"))
    app.config["PUBLIC_URL"] = PUBLIC
    text = client.get(link, headers=EVIL).text.replace("\r\n ", "")
    assert "evil" not in text
    assert {PUBLIC} == set(re.findall(r"URL[^:]*:(https?://[^/]+)", text))


def test_nothing_else_builds_an_absolute_address():
    """Whatever a page, a letter or a feed holds comes from one place: no source asks the request for its host."""
    asking = re.compile(r"\b_external|request\.(host|host_url|url|url_root|base_url|root_url)\b|_scheme=")
    rooms = ("admin_views", "public_views", "services", "forms", "office", "commands", "templates")
    sources = [
        path for room in rooms for path in (ROOT / room).rglob("*.*") if path.suffix in (".py", ".html")
    ]
    asked = {
        str(path.relative_to(ROOT)) for path in [*sources, ROOT / "app.py"] if asking.search(path.read_text())
    }
    assert asked == {"admin_views/shared/addresses.py"}


@pytest.mark.parametrize(
    "url",
    [
        "bases.example.gov.cn",
        "ftp://bases",
        "https://",
        "https://bases/office",
        "https://a:b@bases",
        "https://a:x",
    ],
)
def test_an_address_that_is_none_is_told_at_the_start(url, monkeypatch):
    monkeypatch.setenv("PUBLIC_URL", url)
    with pytest.raises(click.ClickException) as caught:
        create_app(KEY)
    assert "PUBLIC_URL" in caught.value.message


def test_browsers_are_asked_for_https_once_it_is_used(app, client):
    assert "Strict-Transport-Security" not in client.get("/login").headers
    app.config["SESSION_COOKIE_SECURE"] = True
    for path in ("/login", "/no/such", "/static/office.css"):
        header = client.get(path, base_url="https://localhost").headers["Strict-Transport-Security"]
        assert header == "max-age=31536000; includeSubDomains", path
