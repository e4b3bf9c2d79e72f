"""Messages against servers of the tests' own: what is counted, sent, tried again, given up, and never said."""

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from email import message_from_string, policy
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bson import ObjectId

from documents.messages.channel import MessageChannel
from rules.access import SYSTEM
from rules.errors import NotAllowed, Refused, Stale
from rules.requests.messages import ChannelValues, digest_week
from rules.requests.web_hooks import MOST_FAILURES, may_be_told
from services.hooks import posting
from services.messages.channels import change_channel, delete_channel, make_channel
from services.messages.delivering import send_due, send_trial
from services.messages.sealing import seal, unseal
from services.messages.sending import NO_KEY, NO_TLS, NOT_TAKEN, ROBOT_REFUSED
from services.shared.unit_of_work import in_one_transaction
from tests.services.messages.local_servers import mail_server, robot

KEY = "k" * 40
HOME = "https://bases.example.gov.cn"
COUNTIES = ("371522", "371525")
ROBOT: dict[str, Any] = {
    "name": "值班群", "kind": "wecom", "enabled": True, "county": "", "events": ("application", "objection"),
    "digest": False, "url": "https://example.cn/send?key=verborgen", "security": "",
}  # fmt: skip
MAIL: dict[str, Any] = {
    "name": "邮件", "kind": "mail", "enabled": True, "county": "", "events": ("objection",), "digest": False,
    "host": "mail.example.cn", "port": 465, "security": "tls", "user": "bureau", "secret": "geheim",
    "sender": "bases@example.cn", "recipients": ("a@example.cn", "b@example.cn"),
}  # fmt: skip


@pytest.fixture
def office(_whole, db):
    """The sample office."""
    return _whole


@pytest.fixture(autouse=True)
def _this_machine(monkeypatch) -> None:
    """Let the tests alone reach servers on this machine."""
    monkeypatch.setattr(posting, "may_be_told", lambda address, private: True)


def now() -> datetime:
    return datetime.now(UTC)


def made(**values: Any) -> ObjectId:
    """Make a channel as an administrator does."""
    typed = (MAIL if values.get("kind") == "mail" else ROBOT) | values
    return make_channel(ChannelValues(**typed), COUNTIES, KEY, actor=SYSTEM, now=now())


def move(channel: ObjectId, **values: Any) -> None:
    """Let a channel go to a server of this machine, which no form would take."""
    MessageChannel.collection().update_one({"_id": channel}, {"$set": values})


def stored(channel: ObjectId) -> dict[str, Any]:
    return MessageChannel.read(channel, SYSTEM)


def act(office, action: str, *, county: str = "371525", collection: str = "applications") -> None:
    in_one_transaction(
        lambda uow: uow.record(
            action, collection, ObjectId(), "清泉创业园 康某某", counties=[county] if county else []
        ),
        actor=office.actor("guan"),
        now=now(),
    )


def test_a_robot_is_told_numbers_and_a_link_and_no_name(office):
    channel, told = made(), []
    for action in (
        "application-submit",
        "application-return",
        "objection-received",
        "changed",
        "notice-opened",
    ):
        act(office, action)
    with robot(told) as url:
        move(channel, url=seal(url, KEY))
        assert send_due(KEY, HOME) == 1
        assert send_due(KEY, HOME) == 0
    ((path, body),) = told
    assert path == "/send?key=verborgen"
    assert body == {
        "msgtype": "text",
        "text": {
            "content": "【聊城示范基地管理系统】全市新情况\n· 申报提交、初审、推荐 2 件\n· 收到异议 1 件\n"
            f"请登录查看：{HOME}/admin/"
        },
    }


def test_a_countys_channel_counts_what_happens_there_alone(office):
    channel, told = made(county="371522"), []
    act(office, "application-submit")
    act(office, "objection-received", county="")
    with robot(told) as url:
        move(channel, url=seal(url, KEY))
        assert send_due(KEY, HOME) == 0
        act(office, "application-submit", county="371522")
        assert send_due(KEY, "") == 1
    assert told[0][1]["text"]["content"] == (
        "【聊城示范基地管理系统】莘县新情况\n· 申报提交、初审、推荐 1 件\n请登录系统查看"
    )


def test_what_happens_soon_after_is_told_in_one_message_later(office):
    channel, told = made(), []
    with robot(told) as url:
        move(channel, url=seal(url, KEY))
        act(office, "application-submit")
        assert send_due(KEY, HOME) == 1
        act(office, "application-submit")
        act(office, "application-pass")
        assert send_due(KEY, HOME) == 0
        move(channel, next_at=now())
        assert send_due(KEY, HOME) == 1
    assert "推荐 2 件" in told[1][1]["text"]["content"]


def test_dingtalk_is_signed(office):
    channel, told = made(kind="dingtalk", signing="SECabc"), []
    with robot(told) as url:
        move(channel, url=seal(url, KEY))
        assert send_trial(channel, KEY, HOME, actor=SYSTEM) == ""
    asked = parse_qs(urlsplit(told[0][0]).query)
    digest = hmac.new(b"SECabc", f"{asked['timestamp'][0]}\nSECabc".encode(), hashlib.sha256).digest()
    assert asked["sign"] == [base64.b64encode(digest).decode()]


def test_a_mail_says_the_same_and_names_no_recipient_to_another(office):
    channel, mails = made(kind="mail"), []
    act(office, "objection-received", county="")
    with mail_server(mails) as port:
        move(channel, host="localhost", port=port, security="none", user="")
        assert send_due(KEY, HOME) == 1
    mail = message_from_string(mails[0], policy=policy.default)
    assert mail["Subject"] == "【聊城示范基地管理系统】全市新情况"
    assert "a@example.cn" not in mails[0]
    assert "收到异议 1 件" in mail.get_content()
    assert "康" not in mail.get_content()


def test_the_weekly_digest_says_what_waits_once_a_week(office):
    channel, told = made(events=(), digest=True), []
    with robot(told) as url:
        move(channel, url=seal(url, KEY))
        assert send_due(KEY, HOME) == 0  # made this week: the next one is told
        move(channel, digest_week="2026-W01")
        assert send_due(KEY, HOME) == 1
        assert send_due(KEY, HOME) == 0
    said = told[0][1]["text"]["content"]
    assert re.search(r"】全市每周摘要（\d{4}-\d\d-\d\d）\n· (待办共 \d+ 件|目前没有待办)", said)
    assert not [secret for secret in office.secrets if secret in said]


@pytest.mark.parametrize(
    ("moment", "week"),
    [("2026-11-30T07:59", "2026-W48"), ("2026-11-30T08:00", "2026-W49"), ("2027-01-03T12:00", "2026-W53")],
)
def test_a_week_begins_on_monday_morning(moment, week):
    assert digest_week(datetime.fromisoformat(moment)) == week


def test_what_is_not_taken_is_tried_again_later_and_then_given_up(office):
    channel, told = made(), []
    act(office, "application-submit")
    with robot(told, code=93000) as url:
        move(channel, url=seal(url, KEY))
        assert send_due(KEY, HOME) == 1
        after = stored(channel)
        assert (after["failures"], after["problem"]) == (1, ROBOT_REFUSED)
        assert after["next_at"] > now() + timedelta(seconds=20)
        assert send_due(KEY, HOME) == 0
        move(channel, next_at=now(), failures=MOST_FAILURES - 1)
        send_due(KEY, HOME)
    assert stored(channel)["enabled"] is False
    assert office.db["audit_entries"].find_one({"action": "messages-stopped", "record_id": channel})


@pytest.mark.parametrize(
    ("security", "takes", "problem"), [("starttls", True, NO_TLS), ("none", False, NOT_TAKEN)]
)
def test_a_mail_server_that_does_not_take_it_is_said_in_a_sentence(office, security, takes, problem):
    channel, mails = made(kind="mail"), []
    with mail_server(mails, takes=takes) as port:
        move(channel, host="localhost", port=port, security=security, user="")
        assert send_trial(channel, KEY, HOME, actor=SYSTEM) == problem
    assert mails == []


def test_an_inner_address_is_never_reached(office, monkeypatch):
    monkeypatch.setattr(posting, "may_be_told", may_be_told)
    channel, mails = made(kind="mail"), []
    with mail_server(mails) as port:
        move(channel, host="localhost", port=port, security="none", user="")
        assert send_trial(channel, KEY, HOME, actor=SYSTEM).startswith("This address leads")
    assert mails == []


def test_secrets_are_sealed_and_stay_where_a_form_leaves_them_blank(office):
    channel = made(kind="mail")
    kept = str(office.db["message_channels"].find_one()) + str(list(office.db["audit_entries"].find()))
    assert "geheim" not in kept
    blank = ChannelValues(**MAIL | {"secret": "", "name": "改名"})
    change_channel(channel, blank, COUNTIES, KEY, version=1, actor=SYSTEM, now=now())
    assert unseal(stored(channel)["secret"], KEY) == "geheim"
    # A password is not carried to another server.
    elsewhere = ChannelValues(**MAIL | {"secret": "", "host": "other.example.cn"})
    change_channel(channel, elsewhere, COUNTIES, KEY, version=2, actor=SYSTEM, now=now())
    assert "secret" not in stored(channel)


def test_a_sealed_secret_is_read_with_its_own_key_alone_and_as_it_was():
    sealed = seal("群密钥" * 30, KEY)
    assert unseal(sealed, KEY) == "群密钥" * 30
    assert seal("群密钥" * 30, KEY) != sealed
    raw = bytearray(base64.b64decode(sealed))
    raw[20] ^= 1
    for wrong, key in ((sealed, "x" * 40), (base64.b64encode(raw).decode(), KEY), ("%", KEY), ("", KEY)):
        assert unseal(wrong, key) is None


def test_another_key_of_the_office_is_said(office):
    channel = made()
    assert send_trial(channel, "x" * 40, HOME, actor=SYSTEM) == NO_KEY


def test_only_an_administrator_keeps_them_and_at_the_version_that_was_read(office):
    for name in ("city", "guan", "reader"):
        with pytest.raises(NotAllowed):
            make_channel(ChannelValues(**ROBOT), COUNTIES, KEY, actor=office.actor(name), now=now())
    channel = made()
    with pytest.raises(NotAllowed):
        send_trial(channel, KEY, HOME, actor=office.actor("city"))
    with pytest.raises(Stale):
        change_channel(channel, ChannelValues(**ROBOT), COUNTIES, KEY, version=7, actor=SYSTEM, now=now())
    with pytest.raises(Stale):
        delete_channel(channel, version=7, actor=SYSTEM, now=now())
    delete_channel(channel, version=1, actor=SYSTEM, now=now())
    assert MessageChannel.in_order() == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "fax"}, "kind"),
        ({"county": "999999"}, "county"),
        ({"events": ()}, "events"),
        ({"events": ("nothing",)}, "events"),
        ({"url": ""}, "url"),
        ({"url": "http://127.0.0.1/x"}, "url"),
        ({"kind": "mail", "host": ""}, "host"),
        ({"kind": "mail", "host": "127.0.0.1"}, "host"),
        ({"kind": "mail", "host": "a b"}, "host"),
        ({"kind": "mail", "port": 0}, "port"),
        ({"kind": "mail", "security": "none"}, "security"),
        ({"kind": "mail", "sender": "x"}, "sender"),
        ({"kind": "mail", "sender": "a@b.cn\nBcc: c@d.cn"}, "sender"),
        ({"kind": "mail", "recipients": ()}, "recipients"),
        ({"kind": "mail", "recipients": ("a@b.cn", "x")}, "recipients"),
        ({"kind": "mail", "secret": "a\nb"}, "secret"),
    ],
)
def test_none_is_made_of_what_is_wrong(office, wrong, field):
    with pytest.raises(Refused) as problem:
        made(**wrong)
    assert [refusal.field for refusal in problem.value.refusals] == [field]
