"""Web hooks against a server of the test's own: what is told, signed, tried again, given up, and never told."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from documents.hooks.delivery import WebHookDelivery
from documents.hooks.web_hook import WebHook
from rules.access import SYSTEM
from rules.errors import NotAllowed, Refused, Stale
from rules.requests.web_hooks import MOST_FAILURES, may_be_told, refusals_of_url, target_of, wait_after
from schema.registry import REGISTRY
from services.hooks import posting
from services.hooks.delivering import deliver_due
from services.hooks.events import secret_of, told_fields
from services.hooks.hooks import HookValues, change_hook, delete_hook, list_hooks, make_hook, renew_secret
from services.records import records
from tests.sample_office import code

KEY = "k" * 40
STATUSES = ["housed", "moved_out"]
EVERYTHING = ("created", "changed", "deleted")


class Receiver(BaseHTTPRequestHandler):
    """Notes what it gets, and answers as it is told."""

    got: ClassVar[list[tuple[dict[str, str], bytes]]] = []
    status: ClassVar[int] = 204

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((dict(self.headers), body))
        self.send_response(self.status)
        if self.status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def url(monkeypatch) -> Iterator[str]:
    """The address of a receiver on this machine, which the test alone allows."""
    monkeypatch.setattr(posting, "may_be_told", lambda address, private: True)
    Receiver.got, Receiver.status = [], 204
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://localhost:{server.server_port}/hook?x=1"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def office(_whole, db):
    """The sample office, as the views' tests have it."""
    return _whole


def now() -> datetime:
    return datetime.now(UTC)


def made(url: str, *events: str, status: str = "", of: str = "tenant_companies") -> Any:
    """Make a hook as if its address were one of the web."""
    values = HookValues("平台", "https://example.cn/x", of, events or EVERYTHING, status, enabled=True)
    hook = make_hook(values, STATUSES, actor=SYSTEM, now=now())
    WebHook.collection().update_one({"_id": hook["_id"]}, {"$set": {"url": url}})
    return WebHook.read(hook["_id"], SYSTEM)


def company(office, **more: Any) -> Any:
    values = {"name": "推送公司", "uscc": code(7000501), "base": office.guan.base, "phone": "13906350777"}
    return records.create("tenant_companies", values | more, actor=office.actor("guan"), now=now())


def change(office, record_id, **values: Any) -> None:
    version = office.one("tenant_companies", record_id)["version"]
    records.update(
        "tenant_companies", record_id, values, version=version, actor=office.actor("guan"), now=now()
    )


def told() -> list[dict[str, Any]]:
    return [event for _, body in Receiver.got for event in json.loads(body)["events"]]


def test_what_happens_is_told_once_in_order_and_signed(office, url):
    company(office, name="以前的", uscc=code(7000500))
    hook = made(url)
    first = company(office)
    change(office, first, people=12)
    raw = office.one("tenant_companies", first)
    records.delete("tenant_companies", first, version=raw["version"], actor=office.actor("guan"), now=now())
    assert deliver_due(KEY) == 1
    assert [(event["event"], event["id"]) for event in told()] == [
        (event, str(first)) for event in ("created", "changed", "deleted")
    ]
    assert told()[1]["changes"]["people"] == 12
    headers, body = Receiver.got[0]
    moment, _, digest = headers["X-Office-Signature"].partition(",v1=")
    expected = hmac.new(
        secret_of(hook, KEY).encode(), moment[2:].encode() + b"." + body, hashlib.sha256
    ).hexdigest()
    assert digest == expected
    assert deliver_due(KEY) == 0
    (delivery,) = WebHookDelivery.latest_of(hook["_id"], 10)
    assert (delivery["count"], delivery["status"], delivery["problem"]) == (3, 204, "")


def test_nothing_personal_and_no_free_text_leaves_the_office(office, url):
    made(url)
    company(office, notes="电话 13906350778", legal_representative="康某某")
    deliver_due(KEY)
    sent = Receiver.got[0][1].decode()
    for secret in ("13906350777", "13906350778", "康某某"):
        assert secret not in sent
    assert told()[0]["changes"]["name"] == "推送公司"


@pytest.mark.parametrize("collection", ["bases", "tenant_companies", "service_partners", "staff_members"])
def test_the_fields_that_are_told_are_named_by_their_declaration(collection):
    fields = told_fields(REGISTRY[collection])
    assert not {"phone", "contact_name", "contact_phone", "legal_representative", "notes", "email"} & set(
        fields
    )
    assert "name" in fields or collection == "staff_members"


def test_a_status_is_told_when_a_record_gets_it(office, url):
    made(url, "status", status="moved_out")
    first = company(office)
    change(office, first, people=5)
    change(
        office,
        first,
        status="moved_out",
        moved_in=datetime(2025, 1, 1, tzinfo=UTC),
        moved_out=datetime(2026, 1, 1, tzinfo=UTC),
    )
    deliver_due(KEY)
    assert [(event["event"], event["changes"]["status"]) for event in told()] == [("status", "moved_out")]


def test_what_was_not_written_is_not_told(office, url):
    made(url)
    with pytest.raises(Refused):
        company(office, uscc=office.one("tenant_companies", office.guan.company)["uscc"])
    assert deliver_due(KEY) == 0
    assert Receiver.got == []


def due_again(hook: Any) -> None:
    WebHook.collection().update_one({"_id": hook["_id"]}, {"$set": {"next_at": now()}})


@pytest.mark.parametrize("status", [500, 302, 404])
def test_what_is_not_taken_is_tried_again_later_and_nothing_is_left_out(office, url, status):
    hook = made(url)
    Receiver.status = status
    first = company(office)
    assert deliver_due(KEY) == 1
    after = WebHook.read(hook["_id"], SYSTEM)
    assert (after["failures"], after["position"]) == (1, hook["position"])
    assert after["next_at"] > now() + timedelta(seconds=20)
    assert deliver_due(KEY) == 0
    change(office, first, people=3)
    Receiver.status, Receiver.got = 200, []
    due_again(hook)
    assert deliver_due(KEY) == 1
    assert [event["event"] for event in told()] == ["created", "changed"]
    assert WebHook.read(hook["_id"], SYSTEM)["failures"] == 0


@pytest.mark.parametrize(("status", "before"), [(500, MOST_FAILURES - 1), (410, 0)])
def test_after_many_failures_or_when_it_is_unwanted_it_is_switched_off(office, url, status, before):
    hook = made(url)
    WebHook.collection().update_one({"_id": hook["_id"]}, {"$set": {"failures": before}})
    Receiver.status = status
    company(office)
    deliver_due(KEY)
    stored = WebHook.read(hook["_id"], SYSTEM)
    assert (stored["enabled"], "stopped_at" in stored) == (False, True)
    assert office.db["audit_entries"].find_one({"action": "web-hook-stopped", "record_id": hook["_id"]})
    due_again(hook)
    assert deliver_due(KEY) == 0
    values = HookValues("平台", "https://example.cn/x", "tenant_companies", EVERYTHING, "", enabled=True)
    change_hook(hook["_id"], values, STATUSES, version=stored["version"], actor=SYSTEM, now=now())
    WebHook.collection().update_one({"_id": hook["_id"]}, {"$set": {"url": url}})
    Receiver.status, Receiver.got = 200, []
    assert deliver_due(KEY) == 1
    assert [event["event"] for event in told()] == ["created"]


def test_one_that_is_being_delivered_is_left_to_who_does(office, url):
    hook = made(url)
    company(office)
    WebHook.collection().update_one(
        {"_id": hook["_id"]}, {"$set": {"lease_until": now() + timedelta(seconds=60)}}
    )
    assert deliver_due(KEY) == 0
    WebHook.collection().update_one({"_id": hook["_id"]}, {"$set": {"lease_until": now()}})
    assert deliver_due(KEY) == 1


def test_an_inner_address_is_never_reached(office, url, monkeypatch):
    monkeypatch.setattr(posting, "may_be_told", may_be_told)
    hook = made(url)
    company(office)
    deliver_due(KEY)
    assert Receiver.got == []
    assert WebHookDelivery.latest_of(hook["_id"], 1)[0]["problem"].startswith("This address leads")


# --- Kept by administrators ----------------------------------------------------------------------


def test_only_an_administrator_keeps_them_and_at_the_version_that_was_read(office):
    values = HookValues("平台", "https://example.cn/x", "bases", ["created"], "", enabled=True)
    with pytest.raises(NotAllowed):
        make_hook(values, [], actor=office.actor("city"), now=now())
    hook = make_hook(values, [], actor=office.actor("boss"), now=now())
    with pytest.raises(Stale):
        change_hook(hook["_id"], values, [], version=9, actor=office.actor("boss"), now=now())
    secret = secret_of(hook, KEY)
    assert secret not in str(list(office.db["web_hooks"].find()))
    renewed = renew_secret(hook["_id"], version=1, actor=office.actor("boss"), now=now())
    assert secret_of(renewed, KEY) != secret
    delete_hook(hook["_id"], version=2, actor=office.actor("boss"), now=now())
    assert list_hooks(office.actor("boss")) == []
    acts = [
        entry["action"]
        for entry in office.db["audit_entries"].find({"record_id": hook["_id"]}).sort("_id", 1)
    ]
    assert acts == ["created", "web-hook-secret", "deleted"]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"name": ""}, "name"),
        ({"url": "ftp://example.cn/"}, "url"),
        ({"of": "users"}, "of"),
        ({"events": []}, "events"),
        ({"events": ["status"], "status": "nothing"}, "status"),
    ],
)
def test_one_is_not_made_of_what_is_wrong(office, wrong, named):
    values = {
        "name": "平台",
        "url": "https://example.cn/x",
        "of": "bases",
        "events": ["created"],
        "status": "",
        "enabled": True,
    }
    with pytest.raises(Refused) as problem:
        make_hook(HookValues(**values | wrong), ["certified"], actor=SYSTEM, now=now())
    assert [refusal.field for refusal in problem.value.refusals] == [named]


# --- Addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "outside", "inside"),
    [
        ("93.184.216.34", True, True),
        ("2606:2800:220:1::1", True, True),
        ("10.1.2.3", False, True),
        ("192.168.1.9", False, True),
        ("172.16.0.1", False, True),
        ("fd12::1", False, True),
        ("127.0.0.1", False, False),
        ("127.8.8.8", False, False),
        ("::1", False, False),
        ("0.0.0.0", False, False),
        ("::", False, False),
        ("169.254.169.254", False, False),
        ("fe80::1%eth0", False, False),
        ("fd00:ec2::254", False, False),
        ("100.100.100.200", False, False),
        ("::ffff:127.0.0.1", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("224.0.0.1", False, False),
        ("240.0.0.1", False, False),
        ("x", False, False),
    ],
)
def test_which_addresses_may_be_told(address, outside, inside):
    assert may_be_told(address, private=False) is outside
    assert may_be_told(address, private=True) is inside


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "//example.cn/", "ftp://example.cn/", "http://", "http://user@example.cn/", "http://example.cn:0/",
        "http://example.cn:99999/", "http://example.cn/#x", "http://exa mple.cn/", "http://example.cn\\@127.0.0.1/",
        "http://127.0.0.1/", "http://[::1]/", "http://localhost/", "http://localhost./", "http://例.cn/", "http://[x",
        "https://169.254.169.254/latest", "http://" + "x" * 500,
    ],
)  # fmt: skip
def test_an_address_that_no_hook_may_have_is_refused(url):
    assert [refusal.field for refusal in refusals_of_url(url)] == ["url"]


def test_an_address_has_host_port_and_path():
    target = target_of("https://Example.cn/a/b?c=1")
    assert (target.secure, target.host, target.port, target.path) == (True, "example.cn", 443, "/a/b?c=1")
    assert target_of("http://example.cn:8080").path == "/"
    assert refusals_of_url("http://10.0.0.5:8080/x") == ()


def test_it_waits_twice_as_long_each_time_and_an_hour_at_most():
    assert [wait_after(n).total_seconds() for n in (1, 2, 3, 8, 20)] == [30, 60, 120, 3600, 3600]
