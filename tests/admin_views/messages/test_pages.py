"""The pages of the channels of messages: made, tested, changed at their version, deleted; no secret is shown again."""

import pytest

from documents.messages.channel import MessageChannel
from services.hooks import posting
from services.messages.sealing import seal
from tests.page_reader import flashes, rows
from tests.services.messages.local_servers import robot

HOME = "/admin/settings/messages/"
ROBOT = {
    "name": "值班群", "kind": "dingtalk", "county": "371525", "events": ["objection", "filing"], "digest": "y",
    "enabled": "y", "url": "https://oapi.example.cn/send?access_token=verborgen", "signing": "SECverborgen",
}  # fmt: skip


@pytest.fixture
def boss(sign_in):
    return sign_in("boss")


def made(boss):
    answer = boss.send(f"{HOME}new/", ROBOT)
    assert answer.status_code == 303, answer.text
    return MessageChannel.in_order()[0]


def test_one_is_made_and_no_secret_of_it_is_shown_again(boss, office):
    channel = made(boss)
    (row,) = rows(boss.get(HOME).text)
    assert row[:3] == ["值班群", "钉钉群机器人", "oapi.example.cn"]
    assert row[3] == "收到异议、变更备案、每周摘要"
    for page in (HOME, f"{HOME}{channel['_id']}/", "/admin/audit/"):
        assert "verborgen" not in boss.get(page).text


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(boss, office):
    mail = {"name": "邮件", "kind": "mail", "host": "mail.example.cn", "port": "465", "security": "none", "user": "u",
            "secret": "verborgen", "sender": "x", "recipients": "a@b.cn\nc", "digest": "y"}  # fmt: skip
    answer = boss.send(f"{HOME}new/", mail)
    assert answer.status_code == 422
    for sentence in ("使用密码时须选择加密连接", "“x”不是有效的邮箱地址", "“c”不是有效的邮箱地址"):
        assert sentence in answer.text
    assert 'value="mail.example.cn"' in answer.text
    assert "verborgen" not in answer.text
    assert MessageChannel.in_order() == []


def test_a_test_message_is_sent_at_once_and_its_outcome_said(boss, office, monkeypatch):
    channel, told = made(boss), []
    url = f"{HOME}{channel['_id']}/"
    monkeypatch.setattr(posting, "may_be_told", lambda address, private: True)
    with robot(told) as address:
        sealed = seal(address, boss.application.config["SECRET_KEY"])
        MessageChannel.collection().update_one({}, {"$set": {"url": sealed}})
        boss.send(f"{url}test/", {})
        assert flashes(boss.get(url).text)[-1].startswith("测试消息已发送")
    assert "测试消息" in told[0][1]["text"]["content"]
    boss.send(f"{url}test/", {})
    assert flashes(boss.get(url).text)[-1].startswith("测试消息未能发送：")


def test_one_is_changed_at_its_version_and_deleted(boss, office):
    url = f"{HOME}{made(boss)['_id']}/"
    blank = {**ROBOT, "url": "", "signing": "", "name": "改名"}
    assert boss.send(url, {**blank, "version": "9"}).status_code == 409
    assert boss.send(url, {**blank, "version": "1"}).status_code == 303
    channel = MessageChannel.in_order()[0]
    assert (channel["name"], bool(channel["url"]), bool(channel["signing"])) == ("改名", True, True)
    assert boss.send(f"{url}delete/", {"version": "1"}).status_code == 409
    assert boss.send(f"{url}delete/", {"version": "2"}).status_code == 303
    assert MessageChannel.in_order() == []
