"""What a change touches is said before it is made: a word of a list, a status, a collection."""

import pytest

from tests.admin_views.definitions.test_own_collections import TYPED
from tests.admin_views.definitions.test_own_fields import FIELDS, add, key_of
from tests.admin_views.definitions.test_own_fields import _indexes_as_before as _indexes_as_before
from tests.page_reader import form as read_form
from tests.page_reader import text_of

CONDITIONS = "/admin/settings/conditions/tenant-companies/new/"


@pytest.fixture
def boss(office, sign_in):
    return sign_in("boss")


def saved_view(office, name, query, collection="tenant_companies"):
    views = [{"name": name, "query": query}]
    office.db["users"].update_one({"name": "city"}, {"$set": {f"saved_views.{collection}": views}})


@pytest.fixture
def chain(office, boss):
    add(boss, "产业链", "choice", **{"words-0-label": "化工", "words-1-label": "纺织"}, filtered="y")
    key = key_of(office, "产业链")
    office.db["tenant_companies"].update_many({}, {"$set": {key: "w1"}})
    return f"{FIELDS}tenant-companies/{key}/"


def retire(boss, address, *numbers):
    page = boss.get(address)
    sent = dict(read_form(page.text, address)) | {f"words-{number}-retired": "y" for number in numbers}
    return boss.send(address, sent)


def test_who_has_and_names_a_word_is_said_before_it_is_retired_and_nothing_typed_is_lost(office, boss, chain):
    key = chain.rstrip("/").rpartition("/")[2]
    rule = {"purpose": "warn", "formula": '产业链 != "化工"', "sentence": "化工企业须复核"}
    assert boss.send(CONDITIONS, rule).status_code == 303
    saved_view(office, "化工企业", f'?conditions=["all",["{key}","in","w1"]]')
    before = office.db["own_fields"].find_one({"field.key": key})
    asked = retire(boss, chain, 0)
    assert asked.status_code == 200
    words = text_of(asked.text)
    count = office.db["tenant_companies"].count_documents({})
    for said in ("“化工”", f"已有 {count} 条记录使用", "化工企业须复核", "化工企业"):
        assert said in words, said
    assert office.db["own_fields"].find_one({"field.key": key}) == before
    assert boss.send(chain, dict(read_form(asked.text, chain))).status_code == 303
    after = office.db["own_fields"].find_one({"field.key": key})["field"]["words"]
    assert [(one["label"], bool(one.get("retired"))) for one in after] == [("化工", True), ("纺织", False)]


def test_a_word_that_nothing_names_is_taken_away_without_a_question(office, boss, chain):
    assert retire(boss, chain, 1).status_code == 303


def test_a_view_that_asks_for_a_word_is_said_before_the_word_is_removed(office, boss, chain):
    key = chain.rstrip("/").rpartition("/")[2]
    saved_view(office, "纺织", f"?{key}=w2")
    sent = dict(read_form(boss.get(chain).text, chain))
    sent = {name: value for name, value in sent.items() if not name.startswith("words-1-")}
    asked = boss.send(chain, sent)
    assert asked.status_code == 200
    assert "city：纺织" in text_of(asked.text)
    assert boss.send(chain, dict(read_form(asked.text, chain))).status_code == 303


def test_what_else_names_a_status_is_said_before_it_is_deleted(office, boss, sign_in):
    made = {
        "label": "待回访",
        "collection": "tenant_companies",
        "code": "to_call",
        "colour": "amber",
        "order": "60",
    }
    assert boss.send("/admin/statuses/new/", made).status_code == 303
    row = office.db["statuses"].find_one({"code": "to_call"})
    saved_view(office, "待回访企业", "?status=to_call")
    address = f"/admin/statuses/delete/?id={row['_id']}"
    assert "city：待回访企业" in text_of(boss.get(address).text)
    assert "待回访企业" not in text_of(sign_in("city").get(address).text), (
        "views of others are told to administrators"
    )
    rule = {"purpose": "warn", "formula": '状态 != "待回访"', "sentence": "请尽快回访"}
    assert boss.send(CONDITIONS, rule).status_code == 303
    refused = text_of(boss.get(address).text)
    for said in ("请尽快回访", "city：待回访企业"):
        assert said in refused, said


def test_what_an_own_collection_touches_is_said_before_it_is_hidden_or_deleted(office, boss):
    assert boss.send("/admin/settings/collections/new/", TYPED).status_code == 303
    add(boss, "走访人数", "integer", "c-visits")
    add(boss, "最近走访", "reference", refers_to="c_visits")
    saved_view(office, "本月走访", "?sort=name", "c_visits")
    for act in ("show", "delete"):
        words = text_of(boss.get(f"/admin/settings/collections/visits/{act}/").text)
        for said in ("走访人数", "最近走访", "city：本月走访"):
            assert said in words, (act, said)
