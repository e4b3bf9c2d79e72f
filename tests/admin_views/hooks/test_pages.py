"""The pages of the web hooks: made, its secret shown once, changed at its version, its deliveries, deleted."""

import re
from datetime import UTC, datetime

import pytest
from bson import ObjectId

from documents.hooks.delivery import WebHookDelivery
from documents.hooks.web_hook import WebHook
from tests.page_reader import rows

HOME = "/admin/settings/hooks/"
TYPED = {
    "name": "统计平台", "url": "https://example.cn/hook", "of": "tenant_companies", "events": ["created", "status"],
    "status": "tenant_companies:housed", "enabled": "y",
}  # fmt: skip


@pytest.fixture
def boss(sign_in):
    return sign_in("boss")


def test_one_is_made_and_its_secret_shown_once(boss, office):
    answer = boss.send(f"{HOME}new/", TYPED)
    found = re.search(r'value="(hook_[0-9a-f]{64})"', answer.text)
    assert found, answer.text
    hook = WebHook.in_order()[0]
    assert (hook["of"], hook["events"], hook["status"]) == (
        "tenant_companies",
        ["created", "status"],
        "housed",
    )
    (row,) = rows(boss.get(HOME).text)
    assert (row[0], row[2], row[4]) == ("统计平台", "入驻企业", "启用")
    page = boss.get(f"{HOME}{hook['_id']}/").text
    assert found[1] not in page
    assert "尚无推送" in page


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(boss, office):
    answer = boss.send(f"{HOME}new/", TYPED | {"url": "http://127.0.0.1/x", "status": "bases:certified"})
    assert answer.status_code == 422
    assert "不允许推送" in answer.text
    assert 'value="http://127.0.0.1/x"' in answer.text
    assert WebHook.in_order() == []


def test_one_is_changed_at_its_version_given_another_secret_and_deleted(boss, office):
    boss.send(f"{HOME}new/", TYPED)
    hook = WebHook.in_order()[0]
    url = f"{HOME}{hook['_id']}/"
    WebHookDelivery.keep(
        {"_id": ObjectId(), "hook": hook["_id"], "at": datetime.now(UTC), "first": 1, "last": 2, "count": 3,
         "status": 500, "problem": "The other side did not take it.", "milliseconds": 7}
    )  # fmt: skip
    assert "对方未接收" in boss.get(url).text
    off = {key: value for key, value in TYPED.items() if key != "enabled"}
    assert boss.send(url, off | {"version": "9"}).status_code == 409
    assert boss.send(url, off | {"version": "1"}).status_code == 303
    assert WebHook.in_order()[0]["enabled"] is False
    assert boss.send(f"{url}secret/", {"version": "1"}).status_code == 409
    assert "hook_" in boss.send(f"{url}secret/", {"version": "2"}).text
    assert boss.send(f"{url}delete/", {"version": "2"}).status_code == 409
    assert boss.send(f"{url}delete/", {"version": "3"}).status_code == 303
    assert WebHook.in_order() == []
