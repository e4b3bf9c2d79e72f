"""Pages and the program's files leave packed for whoever takes it, and a first visit is light."""

import gzip
import re

import pytest
from werkzeug.test import TestResponse

from tests.sample_office import Browser

PACKED = {"Accept-Encoding": "gzip, deflate, br"}
FIRST, FURTHER = 150_000, 30_000  # bytes of a first visit, and of each page after it
_LOADED = re.compile(r'(?:<script[^>]*? src|<link[^>]*? href|<use href)="([^"#]+)')


def read(answer: TestResponse) -> bytes:
    """Return what a packed answer holds."""
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    return gzip.decompress(answer.data)


def without_tokens(page: bytes) -> bytes:
    """Return a page without what is another one each time."""
    return re.sub(rb'name="(csrf_token|form_key)" value="[^"]*"', b"", page)


@pytest.mark.parametrize(
    "path", ["/admin/tenant-companies/", "/static/office.css", "/static/icons.svg", "/admin/"]
)
def test_whoever_takes_gzip_is_sent_the_same_packed(office, sign_in, path) -> None:
    browser = sign_in("city")
    plain, packed = browser.get(path), browser.get(path, headers=PACKED)
    assert "Content-Encoding" not in plain.headers
    assert without_tokens(read(packed)) == without_tokens(plain.data)
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_a_browser_that_wants_no_gzip_is_sent_none(office, sign_in) -> None:
    answer = sign_in("city").get("/admin/bases/", headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert "Content-Encoding" not in answer.headers


def test_a_file_that_the_browser_has_already_is_not_sent_again(client) -> None:
    first = client.get("/static/office.css", headers=PACKED)
    again = client.get("/static/office.css", headers={**PACKED, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_stylesheet_is_one_file_that_is_kept_until_a_part_of_it_changes(office, sign_in) -> None:
    browser = sign_in("city")
    addresses = re.findall(r'<link rel="stylesheet" href="([^"]+)"', browser.get("/admin/bases/").text)
    ours = [one for one in addresses if "bootstrap" not in one and "vendor" not in one]
    assert len(ours) == 1
    assert re.fullmatch(r"/static/office\.css\?v=[0-9a-f]{12}", ours[0])
    kept = browser.get(ours[0]).headers["Cache-Control"]
    assert {"immutable", "max-age=31536000"} <= set(kept.split(", "))
    for other in ("/static/office.css", "/static/office.css?v=0"):
        assert "immutable" not in browser.get(other).headers["Cache-Control"]


def test_a_part_of_a_file_is_sent_as_it_is(client) -> None:
    answer = client.get("/static/office.css", headers={**PACKED, "Range": "bytes=0-9"})
    assert (answer.status_code, len(answer.data)) == (206, 10)
    assert "Content-Encoding" not in answer.headers


def test_how_long_a_page_is_packed_tells_nothing_of_its_token(office, sign_in) -> None:
    browser = sign_in("city")
    assert len({len(browser.get("/admin/bases/", headers=PACKED).data) for _ in range(12)}) > 3


def test_a_workbook_is_sent_as_it_is(office, sign_in) -> None:
    answer = sign_in("city").get("/admin/bases/export/xlsx/", headers=PACKED)
    assert answer.data.startswith(b"PK")
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/tenant-companies/", "/admin/ledger-entries/", "/admin/ledger-entries/new/"]
)
def test_a_first_visit_and_every_further_one_are_light(office, sign_in, path) -> None:
    browser: Browser = sign_in("city")
    page = browser.get(path, headers=PACKED)
    loaded = set(_LOADED.findall(read(page).decode()))
    assert any("office.css" in one for one in loaded)
    weights = {one: len(browser.get(one, headers=PACKED).data) for one in loaded if one.startswith("/")}
    assert len(page.data) <= FURTHER, path
    assert len(page.data) + sum(weights.values()) <= FIRST, sorted(weights.items(), key=lambda one: -one[1])
