"""The office as it is deployed serves, and no part of it that ends or is updated costs an acknowledged save."""

import http.client
import signal
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.deployment.site import NAME, HttpsClerk, Site
from tests.durability.invariants import faults
from tests.durability.running import until
from tests.durability.saving import Saver, acknowledged, lost, saving

MIB = 1024 * 1024
PAGES = ("/admin/tenant-companies/", "/admin/", "/admin/bases/", "/static/office.css")


@contextmanager
def reading(clerk: HttpsClerk) -> Iterator[Counter[int]]:
    """Let a clerk read pages until the block ends; give how often each status came, 0 for no answer at all."""
    stop, statuses = threading.Event(), Counter[int]()

    def read() -> None:
        while not stop.is_set():
            try:
                statuses[clerk.get(PAGES[sum(statuses.values()) % len(PAGES)]).status] += 1
            except (OSError, http.client.HTTPException):
                statuses[0] += 1

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield statuses
    finally:
        stop.set()
        reader.join(100)


def more_saves(savers: list[Saver], many: int, seconds: float = 60) -> None:
    """Wait until so many further saves were acknowledged."""
    before = acknowledged(savers)
    until(lambda: acknowledged(savers) >= before + many, seconds)


def in_order(site: Site, savers: list[Saver]) -> None:
    """Hold that what was acknowledged is stored, and that what is stored is whole."""
    with site.set.database() as db:
        assert lost(savers, db) == []
        assert faults(db) == []


def test_it_serves_over_https_and_sends_everyone_there(site: Site, clerk: HttpsClerk) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", site.http, timeout=10)
    plain.request("GET", "/admin/?page=2", headers={"Host": "elsewhere.example"})
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/admin/?page=2")
    plain.close()
    login = site.clerk().get("/login")
    assert login.status == 200
    assert "max-age=" in login.headers["Strict-Transport-Security"]
    assert "Secure" in login.headers["Set-Cookie"]
    assert clerk.get("/admin/").status == 200


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_the_certificate_is_its_own_and_old_tls_is_refused(site: Site) -> None:
    stranger = http.client.HTTPSConnection("127.0.0.1", site.https, context=ssl.create_default_context())
    with pytest.raises(ssl.SSLCertVerificationError):
        stranger.request("GET", "/")
    old = ssl.create_default_context(cafile=str(HttpsClerk.certificate))
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, OSError)), socket.create_connection(("127.0.0.1", site.https)) as door:
        old.wrap_socket(door, server_hostname=NAME)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (63 * MIB, ""),  # the program reads it all, and says what it thinks of it
        (64 * MIB + 1, "一次最多 64\u00a0MB"),  # the program
        (66 * MIB, "文件过大"),  # nginx's
    ],
    ids=["within", "too large for the program", "too large for nginx"],
)
def test_a_large_upload_is_taken_or_refused_with_a_page(
    clerk: HttpsClerk, tmp_path: Path, size: int, said: str
) -> None:
    file = tmp_path / "large.xlsx"
    file.write_bytes(b"\0" * size)
    answer = clerk.send_file("/admin/import/", {"kind": "tenant-companies", "dry_run": "1"}, file)
    if said:
        assert answer.status == 413
        assert said in answer.text
    else:
        assert answer.status in (200, 422), answer.text
        assert "</h1>" in answer.text


def test_slow_browsers_do_not_hold_up_the_others(site: Site, clerk: HttpsClerk, base: str, numbers) -> None:
    context = ssl.create_default_context(cafile=str(HttpsClerk.certificate))
    begun = f"POST /login HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 500000\r\n\r\nusername=".encode()
    with ExitStack() as slow:
        for number in range(60):
            plain = slow.enter_context(socket.create_connection(("127.0.0.1", site.https), timeout=20))
            connection = slow.enter_context(context.wrap_socket(plain, server_hostname=NAME))
            connection.sendall(begun if number % 2 else begun[:30])
        began = time.monotonic()
        with saving(clerk, base, numbers, 2) as savers:
            more_saves(savers, 10)
        for page in PAGES:
            assert clerk.get(page).status == 200
        assert time.monotonic() - began < 20


def test_an_update_of_one_process_after_the_other_fails_no_request(
    site: Site, clerk: HttpsClerk, base: str, numbers
) -> None:
    with reading(clerk) as statuses, saving(clerk, base, numbers, 4) as savers:
        more_saves(savers, 10)
        site.restart(0)
        more_saves(savers, 5)
        site.restart(1)
        more_saves(savers, 5)
        site.reload()
        more_saves(savers, 5)
    assert {answer.status for saver in savers for answer in saver.answers} == {303}
    assert sum(saver.cut_off for saver in savers) == 0
    assert set(statuses) == {200}, statuses
    in_order(site, savers)


def test_a_killed_process_is_a_page_for_what_it_had_and_nothing_is_lost(
    site: Site, clerk: HttpsClerk, base: str, numbers
) -> None:
    with reading(clerk) as statuses, saving(clerk, base, numbers, 4) as savers:
        more_saves(savers, 10)
        site.webs[1].end(signal.SIGKILL)
        more_saves(savers, 10)
        site.restart(1, signal.SIGKILL)
        more_saves(savers, 5)
    failed = [answer for saver in savers for answer in saver.answers if answer.status != 303]
    assert len(failed) <= 4, "one for each who was being served"
    assert {answer.status for answer in failed} <= {502, 409, 422}
    assert all("可能已经保存，也可能没有保存" in answer.text for answer in failed if answer.status == 502)
    assert statuses.pop(0, 0) <= 2, "a page that was half sent, at each of two kills"
    assert set(statuses) == {200}, "what only reads goes to the other process"
    in_order(site, savers)


def test_a_killed_primary_is_a_pause_and_nothing_is_lost(
    site: Site, clerk: HttpsClerk, base: str, numbers
) -> None:
    with saving(clerk, base, numbers, 4) as savers:
        more_saves(savers, 10)
        primary = site.set.primary()
        primary.kill()
        more_saves(savers, 10, 90)
        primary.start()
        more_saves(savers, 5)
    assert sum(saver.cut_off for saver in savers) == 0
    for saver in savers:
        assert {answer.status for answer in saver.answers} <= {303, 503, 409, 422}
    in_order(site, savers)
    checked = site.command("verify-audit")
    assert checked.returncode == 0, checked.stdout + checked.stderr
