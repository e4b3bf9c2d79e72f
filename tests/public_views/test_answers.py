"""Nothing private in any byte, fresh from the first request after a change, cheap until then, and no cookie."""

import re
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pymongo import monitoring
from pymongo.errors import ServerSelectionTimeoutError

from public_views.answer_cache import Answer, AnswerCache
from public_views.answers import PROGRAM, cache_of_answers
from public_views.routes import ROUTES
from services.records.records import update
from tests.public_views.published import PRIVATE, add_base, touch
from tests.sample_office import GUAN, Browser

LISTS = ("/bases/", "/bases/?page=2", f"/bases/?county={GUAN}", "/bases/?search=园", "/bases/?lang=en", "/notices/",
         "/notices/?kind=public-notice", "/notices/?year=2026", "/bases/list.xlsx", "/bases/list.xlsx?search=园",
         "/notices/?lang=en", "/bases/LCSJ-2021-009", "/bases/LCSJ-2026-009")  # fmt: skip


def pages(published) -> list[str]:
    """Return the address of every page and file, the hidden ones' too."""
    papers = [published[name] for name in ("open", "future", "past", "announced", "correction")]
    numbers = [f"/bases/LCSJ-2024-{number:03d}" for number in range(1, 14)]
    files = [f"/notices/{paper}/list.xlsx" for paper in papers]
    return [*LISTS, *numbers, *files, *(f"/notices/{paper}" for paper in papers)]


def bytes_of(answer) -> str:
    """Return all that was sent, what a workbook packs too."""
    sent = answer.data
    if sent[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(sent)) as book:
            sent = b"".join(book.read(name) for name in book.namelist())
    return sent.decode() + str(answer.headers)


def test_no_answer_holds_what_is_private_or_unpublished(published, client, office):
    ids = {
        str(row["_id"])
        for name in ("bases", "applications", "objections")
        for row in office.db[name].find({}, {})
    }
    for path in pages(published):
        sent = bytes_of(client.get(path))
        for word in (*PRIVATE, *ids):
            assert word not in sent, (path, word)


def test_every_route_is_open_to_anyone_and_changes_nothing(published, client, office):
    before = office.digest()
    found = {rule.endpoint for rule in client.application.url_map.iter_rules()}
    assert {endpoint for _, endpoint, _ in ROUTES} == {one for one in found if one.startswith("public.")}
    for path in pages(published):
        assert client.get(path).status_code in (200, 404)
        assert client.post(path).status_code in (400, 405)
    assert office.digest() == before


def test_a_clerk_sees_what_anyone_sees_and_no_session_is_touched(published, client, sign_in):
    clerk = sign_in("boss")
    clerk.set_cookie("language", "en")
    clerk.set_cookie("theme", "dark")
    for path in (
        "/bases/",
        "/notices/",
        f"/notices/{published['open']}",
        "/bases/LCSJ-2024-001",
        "/bases/nobody",
    ):
        cache_of_answers.clear()
        mine = clerk.get(path)
        cache_of_answers.clear()
        theirs = client.get(path)
        assert mine.data == theirs.data
        for answer in (mine, theirs):
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Cache-Control"] == "public, no-cache"


def test_the_language_is_the_addresss(published, client):
    chinese, english = client.get("/bases/?county=371525"), client.get("/bases/?county=371525&lang=en")
    assert ('lang="zh-CN"' in chinese.text, '<html lang="en">' in english.text) == (True, True)
    assert chinese.headers["ETag"] != english.headers["ETag"]
    assert "/bases/?county=371525&amp;lang=en" in chinese.text
    assert 'href="/notices/?lang=en"' in english.text
    # Every link of an English page stays English, the switch and files of style apart.
    links = re.findall(r'<a [^>]*href="(/[^"]*)"', english.text)
    assert [one for one in links if "lang=en" not in one] == ["/bases/?county=371525"]


# --- Validators


def again(browser: Browser, path: str, tag: str, **more):
    return browser.get(path, headers={"If-None-Match": tag, **more})


@pytest.mark.parametrize("path", LISTS)
def test_who_has_the_page_is_not_sent_it_again(path, published, client):
    first = client.get(path)
    tag = first.headers["ETag"]
    second = again(client, path, tag)
    assert (second.status_code, second.data) == (304, b"")
    assert second.headers["ETag"] == tag
    assert second.headers["Cache-Control"] == "public, no-cache"
    assert again(client, path, f'"other", {tag}').status_code == 304
    for other in ('"other"', "*", "", "W/", '"' + "x" * 5000):
        assert again(client, path, other).status_code == 200


class Heard(monitoring.CommandListener):
    """Writes down the commands sent while it listens."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.said.append(event.command_name)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


@contextmanager
def heard(db) -> Iterator[list[str]]:
    """Give the commands that are sent meanwhile."""
    publisher, listener = db.client._event_listeners, Heard()
    listeners = publisher._EventListeners__command_listeners
    listeners.append(listener)
    publisher._EventListeners__enabled_for_commands = True
    try:
        yield listener.said
    finally:
        listeners.remove(listener)


def test_a_page_held_by_the_reader_or_by_us_is_answered_after_one_command(published, client, office):
    for path in (
        "/bases/",
        "/notices/",
        f"/notices/{published['open']}",
        "/bases/LCSJ-2024-002",
        "/bases/list.xlsx",
    ):
        with heard(office.db) as said:
            tag = client.get(path).headers["ETag"]
        assert len(said) <= 8, (path, said)  # however many bases and papers there are
        for headers in ({"If-None-Match": tag}, {}):
            with heard(office.db) as said:
                assert client.get(path, headers=headers).status_code in (200, 304)
            assert said == ["find"], path


def test_the_first_request_after_a_change_has_it(published, client, office):
    tag = client.get("/bases/").headers["ETag"]
    assert "新近园" not in client.get("/bases/").text
    add_base(office.db, "新近园", GUAN, 50)
    answer = again(client, "/bases/", tag)
    assert answer.status_code == 200
    assert "新近园" in answer.text
    office.db["bases"].update_one({"name": "新近园"}, {"$set": {"status": "revoked"}})
    touch(office.db)
    assert "已撤销" in client.get("/bases/LCSJ-2024-050").text


def test_a_write_of_the_office_moves_the_validator(published, client, office):
    tag = client.get("/bases/").headers["ETag"]
    actor, now = office.actor("city"), datetime.now(UTC)
    update("bases", published["second"], {"address": "新址路1号"}, version=1, actor=actor, now=now)
    assert again(client, "/bases/", tag).status_code == 200
    assert "新址路1号" in client.get("/bases/LCSJ-2024-002").text


def test_midnight_moves_the_validator(published, client, clock):
    tag = client.get("/notices/").headers["ETag"]
    clock.shift(timedelta(hours=11, minutes=59))
    assert again(client, "/notices/", tag).status_code == 304
    clock.shift(timedelta(minutes=1))
    assert again(client, "/notices/", tag).status_code == 200


def test_one_pages_validator_says_nothing_of_another(published, client):
    tag = client.get("/bases/").headers["ETag"]
    for path in ("/notices/", "/bases/nobody", f"/notices/{published['future']}", f"/bases/?county={GUAN}"):
        assert again(client, path, tag).status_code != 304


@pytest.mark.parametrize("path", LISTS)
def test_head_is_get_without_the_body(path, published, client):
    whole, head = client.get(path), client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("ETag", "Cache-Control", "Content-Type", "Content-Length"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize("path", LISTS)
def test_a_page_has_one_heading_and_its_landmarks(path, published, client):
    html = client.get(path).text if ".xlsx" not in path else client.get("/bases/nobody").text
    assert html.count("<h1") == 1
    for mark in ("<header", "<nav", "<main id=", "<footer", 'class="skip"'):
        assert mark in html
    wanted = re.findall(r'<input id="([^"]+)"', html)
    assert all(f'<label for="{name}"' in html for name in wanted)
    assert not re.search(r"<[^>]+ (style|on\w+)=", html)
    assert "csrf_token" not in html


# --- What is kept


def test_what_is_wanted_by_many_at_once_is_made_once():
    made, begun, answers = [], threading.Event(), AnswerCache(10_000)

    def make() -> Answer:
        made.append(1)
        begun.wait(5)
        return Answer(b"page")

    found: list[Answer] = []
    threads = [threading.Thread(target=lambda: found.append(answers.get("key", make))) for _ in range(12)]
    for thread in threads:
        thread.start()
    begun.set()
    for thread in threads:
        thread.join(10)
    assert (len(made), len(found)) == (1, 12)
    assert answers._turns == {}


def test_what_is_kept_is_bounded_and_the_oldest_goes():
    answers = AnswerCache(10_000)
    for number in range(100):
        answers.get(str(number), lambda: Answer(b"x" * 1000))
    assert answers._size <= 10_000
    assert list(answers._answers) == ["94", "95", "96", "97", "98", "99"]


@pytest.mark.parametrize("answer", [Answer(b"x" * 3000), Answer(b"", status=404)])
def test_what_is_large_or_missing_is_not_kept(answer):
    answers = AnswerCache(10_000)
    assert answers.get("key", lambda: answer) is answer
    assert answers.get("key", lambda: Answer(b"fresh")).body == b"fresh"


def test_one_who_fails_leaves_the_way_free():
    answers = AnswerCache(10_000)
    with pytest.raises(ZeroDivisionError):
        answers.get("key", lambda: Answer(b"x" * (1 // 0)))
    assert answers.get("key", lambda: Answer(b"well")).body == b"well"


@pytest.mark.parametrize("pattern", PROGRAM)
def test_what_makes_the_pages_is_found_where_it_is_looked_for(app, pattern):
    # else an update would leave readers with the pages of the old program
    assert list(Path(app.root_path).glob(pattern))


# --- What goes wrong


def test_without_the_database_the_page_says_so_and_tells_nothing(published, client, monkeypatch):
    def gone() -> None:
        raise ServerSelectionTimeoutError("mongodb://clerk:secret-word@10.0.0.7/office.sock")

    monkeypatch.setattr("public_views.answers.read_stamp", gone)
    client.application.extensions.pop("revive", None)
    for path in ("/bases/", "/bases/list.xlsx", "/notices/", "/bases/LCSJ-2024-001"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.text.count("<h1") == 1
        assert "public" not in answer.headers["Cache-Control"]
        for leak in ("Traceback", "mongodb", "10.0.0.7", ".sock", "ServerSelection", ".py", "find("):
            assert leak not in answer.text


def test_many_readers_at_once_get_the_same_page(published, app):
    cache_of_answers.clear()
    with ThreadPoolExecutor(12) as pool:
        paths = ("/bases/", "/notices/", "/bases/list.xlsx") * 8
        answers = list(pool.map(lambda path: (path, Browser(app).get(path)), paths))
    assert {answer.status_code for _, answer in answers} == {200}
    for path in set(paths):
        assert len({answer.data for one, answer in answers if one == path}) == 1
