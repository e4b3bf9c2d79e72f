"""What an own field holds is changed with a trial, by a job that can be killed and taken back."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId

from documents.definitions.own_field import _IN_FORCE, OwnFieldRow, put_own_fields_in_force
from documents.jobs.job import Job
from office.recognition.converted_values import converted
from rules.access import Role
from rules.errors import Refused, Stale
from schema.definitions.kind_changes import POSSIBLE, query_of, with_key
from schema.definitions.own_fields import LISTS, OwnField, OwnKind, OwnWord, as_field, own_field_of
from schema.registry import REGISTRY
from services.batches.undo import Choice, ask_to_undo
from services.definitions import kind_changes as service
from services.definitions.own_fields import DOUBLED, add_own_field, change_own_field, read_own_field
from services.desk.trail import changes_seen_by, verify
from services.jobs.at_once import work_at_once
from services.records import records
from services.records.followed_values import follow_kinds
from tests.page_reader import form
from tests.sample_office import PASSWORD, Browser, Office, code
from tests.stored_rows import full_digest

NOW = datetime(2026, 3, 3, tzinfo=UTC)
COMPANIES = "tenant_companies"
PAGE = "/admin/settings/fields/tenant-companies/own_zhuanlishu/kind/"


@pytest.fixture
def boss(office, sign_in) -> Browser:
    return sign_in("boss")


def patents(office: Office, kind: OwnKind = OwnKind.TEXT, label: str = "专利数", **more: Any) -> OwnField:
    own = OwnField(COMPANIES, "", kind, label, **more)
    return add_own_field(own, actor=office.actor("boss"), now=NOW)


def company(office: Office, number: int, **values: Any) -> ObjectId:
    given = {
        "name": f"企业{number}",
        "uscc": code(8_100_000 + number),
        "base": office.shen.base,
        "status": "housed",
        **values,
    }
    return records.create(COMPANIES, given, actor=office.actor("city"), now=NOW)


def stored(office: Office, record: ObjectId) -> dict[str, Any]:
    return office.db[COMPANIES].find_one({"_id": record})


def asked(office: Office, own: OwnField, kind: OwnKind, *, stops: bool = False, **more: Any) -> str:
    version = read_own_field(COMPANIES, own.key, actor=office.actor("boss")).version
    typed = replace(own, kind=kind, **more)
    return service.ask_to_change_kind(
        COMPANIES, own.key, typed, version=version, stops=stops, actor=office.actor("boss"), now=NOW
    )  # fmt: skip


def done(office: Office, batch: str) -> None:
    work_at_once(office.db["record_batches"].find_one({"_id": batch})["job"])


def digest(office: Office) -> dict[str, str]:
    """Return a fingerprint of everything but the wrong passwords that are counted."""
    return {name: said for name, said in full_digest(office.db).items() if name != "sign_in_failures"}


def read_field(office: Office, key: str) -> OwnField:
    return read_own_field(COMPANIES, key, actor=office.actor("boss")).field


def in_force(label: str = "专利数") -> Any:
    return next(one for one in REGISTRY[COMPANIES].fields if one.label == label)


def test_every_value_that_converts_does_and_the_others_are_named_kept_and_come_back(office):
    own = patents(office, filtered=True)
    right, wrong = company(office, 1, own_zhuanlishu="12"), company(office, 2, own_zhuanlishu="十几")
    batch = asked(office, own, OwnKind.INTEGER)
    # Until the job has ended everything goes on with what the field holds now, and follows what is saved.
    assert in_force().key == own.key
    third = company(office, 3, own_zhuanlishu="7")
    done(office, batch)
    new = in_force()
    assert (new.kind, new.key) == ("integer", "own_zhuanlishu1")
    assert [stored(office, one).get(new.key) for one in (right, wrong, third)] == [12, None, 7]
    assert stored(office, right)["version"] == 1  # nobody who has the record open is disturbed
    row = office.db["record_batches"].find_one({"_id": batch})
    assert row["counts"]["not_converted"] == 1 and [one["record"] for one in row["left"]] == [wrong]
    names = office.db[COMPANIES].index_information()
    assert any("own_zhuanlishu1" in str(one["key"]) for one in names.values())
    # Changed since, then taken back: the earlier field has what was typed later.
    records.update(COMPANIES, right, {new.key: 15}, version=1, actor=office.actor("city"), now=NOW)
    undone = ask_to_undo(batch, Choice(), actor=office.actor("boss"), now=NOW)
    work_at_once(undone.job)
    assert in_force().key == own.key and in_force().kind == "text"
    assert [stored(office, one).get(own.key) for one in (right, wrong, third)] == ["15", "十几", "7"]
    assert verify() is None


def test_what_is_older_than_the_change_is_converted_when_it_comes_back(office):
    own = patents(office)
    gone = company(office, 1, own_zhuanlishu="12")
    records.delete(COMPANIES, gone, version=1, actor=office.actor("city"), now=NOW)
    done(office, asked(office, own, OwnKind.INTEGER))
    kept = office.db["recycled"].find_one({"record_id": gone})
    records.restore(kept["_id"], actor=office.actor("city"), now=NOW)
    assert stored(office, gone)[in_force().key] == 12


def test_a_process_that_knows_the_earlier_kind_writes_the_new_one(office):
    own = patents(office)
    one = company(office, 1, own_zhuanlishu="1")
    rows, kinds = list(office.db["own_fields"].find({})), _IN_FORCE.kinds
    done(office, asked(office, own, OwnKind.INTEGER))
    put_own_fields_in_force(rows)  # as an older process has it
    _IN_FORCE.kinds = kinds
    records.update(COMPANIES, one, {own.key: "25"}, version=1, actor=office.actor("city"), now=NOW)
    assert stored(office, one)["own_zhuanlishu1"] == 25 and in_force().key == "own_zhuanlishu1"


@pytest.mark.parametrize("pieces", [1, 2, 3])
def test_a_job_that_is_killed_goes_on_and_one_that_is_given_up_leaves_the_field_as_it_was(
    office, monkeypatch, pieces
):
    monkeypatch.setattr("services.jobs.pieces.CHUNK", 1)
    own = patents(office)
    made = [company(office, number, own_zhuanlishu=str(number)) for number in range(1, 4)]
    batch = asked(office, own, OwnKind.INTEGER)
    left = pieces

    def killed(*args: Any, **more: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return advance(*args, **more)

    advance = Job.advance
    with monkeypatch.context() as patched:
        patched.setattr(Job, "advance", killed)
        with pytest.raises(KeyboardInterrupt):
            done(office, batch)
    assert in_force().key == own.key and len(REGISTRY[COMPANIES].hidden) == 1
    office.db["jobs"].update_many({}, {"$unset": {"lease_until": ""}, "$set": {"state": "waiting"}})
    if pieces == 2:
        office.db["jobs"].update_many({}, {"$set": {"state": "failed"}})
        ask_to_undo(batch, Choice(), actor=office.actor("boss"), now=NOW)
        assert in_force().key == own.key
        changed = read_own_field(COMPANIES, own.key, actor=office.actor("boss"))
        change_own_field(changed.field, version=changed.version, actor=office.actor("boss"), now=NOW)
        return
    done(office, batch)
    assert [stored(office, one)[in_force().key] for one in made] == [1, 2, 3]
    entries = office.db["audit_entries"].count_documents(
        {"batch": batch, "action": "changed", "collection": COMPANIES}
    )
    assert entries == 3  # each record once


def test_two_administrators_at_once_one_is_told_and_nothing_else_of_the_field_changes(office):
    own = patents(office)
    version = read_own_field(COMPANIES, own.key, actor=office.actor("boss")).version
    asked(office, own, OwnKind.INTEGER)
    before = full_digest(office.db)
    with pytest.raises(Stale):
        service.ask_to_change_kind(
            COMPANIES, own.key, OwnField(COMPANIES, own.key, OwnKind.DATE, "专利数"), version=version, stops=True,
            actor=office.actor("boss"), now=NOW,
        )  # fmt: skip
    with pytest.raises(Refused):
        asked(office, own, OwnKind.DATE)
    present = read_own_field(COMPANIES, own.key, actor=office.actor("boss"))
    with pytest.raises(Refused):
        change_own_field(present.field, version=present.version, actor=office.actor("boss"), now=NOW)
    assert full_digest(office.db) == before


def test_views_formulas_and_conditions_name_the_field_of_the_new_kind(office, boss):
    own = patents(office, OwnKind.INTEGER, filtered=True)
    formula = OwnField(COMPANIES, "", OwnKind.COMPUTED, "人均专利", formula="专利数 / 从业人员")
    computed = add_own_field(formula, actor=office.actor("boss"), now=NOW)
    boss.send(f"/admin/tenant-companies/views/save/?sort=-{own.key}&columns={own.key}", {"name": "专利"})
    page = boss.get(PAGE + "?kind=decimal").text
    assert "人均专利" in page and "专利</a>" in page
    done(office, asked(office, own, OwnKind.DECIMAL))
    new = in_force().key
    row = own_field_of(OwnFieldRow.read(f"{COMPANIES}.{computed.key}", office.actor("boss"))["field"])
    assert new in row.formula
    queries = [view["query"] for user in office.db["users"].find({"saved_views": {"$exists": True}})
               for view in user["saved_views"].get(COMPANIES, ())]  # fmt: skip
    assert any(f"sort=-{new}" in query and f"columns={new}" in query for query in queries)
    text = patents(office, OwnKind.INTEGER, "软著数")
    add_own_field(
        OwnField(COMPANIES, "", OwnKind.COMPUTED, "人均软著", formula="软著数 / 从业人员"),
        actor=office.actor("boss"), now=NOW,
    )  # fmt: skip
    with pytest.raises(Refused):  # a text is divided by nothing
        asked(office, text, OwnKind.TEXT)


def test_the_page_tries_every_value_asks_for_the_password_and_leads_to_the_batch(office, boss):
    patents(office)
    company(office, 1, own_zhuanlishu="12"), company(office, 2, own_zhuanlishu="十几")
    assert "kind=choice" in boss.get(PAGE).text
    page = boss.get(PAGE + "?kind=integer").text
    assert "企业2" in page and "十几" in page and "企业1<" not in page
    sent = {"kind": "integer", "version": "1", "fails": "empty"}
    before = digest(office)
    wrong = boss.send(PAGE, {**sent, "own_password": "falsch"})
    assert (wrong.status_code, wrong.text.count("密码不正确")) == (422, 1)
    assert boss.send(PAGE, {**sent, "own_password": PASSWORD, "fails": "stop"}).status_code == 422
    assert boss.send(PAGE, {**sent, "try": "1"}).status_code == 200
    assert digest(office) == before
    answer = boss.send(PAGE, {**sent, "own_password": PASSWORD})
    assert answer.status_code == 303 and "/batches/" in answer.location
    listed = boss.get("/admin/settings/fields/").text
    assert "正在更改" in listed
    words = boss.get("/admin/settings/fields/tenant-companies/own_zhuanlishu/kind/?kind=choice").text
    assert "十几" in words


def test_before_a_field_is_hidden_what_names_it_is_said(office, boss):
    own = patents(office, OwnKind.INTEGER, filtered=True)
    boss.send(f"/admin/tenant-companies/views/save/?sort=-{own.key}", {"name": "按专利"})
    asked_page = boss.get(f"/admin/settings/fields/tenant-companies/{own.key}/hide/").text
    assert "按专利</a>" in asked_page and f"sort=-{own.key}" in asked_page


def test_a_value_that_some_may_not_see_or_that_is_personal_stands_in_no_batch(office):
    own = patents(office, unseen_by=(Role.CITY,))
    company(office, 1)
    records.update(
        COMPANIES, company(office, 2), {own.key: "保密内容"}, version=1, actor=office.actor("boss"), now=NOW
    )
    batch = asked(office, own, OwnKind.INTEGER)
    done(office, batch)
    row = office.db["record_batches"].find_one({"_id": batch})
    assert len(row["left"]) == 1 and "保密内容" not in str(row)


def test_the_history_under_earlier_keys_is_kept_from_whom_the_field_is_kept_from_later(office):
    own = patents(office)
    one = company(office, 1, own_zhuanlishu="12")
    for kind in (OwnKind.INTEGER, OwnKind.DECIMAL):
        last = asked(office, read_field(office, in_force().key), kind)
        done(office, last)
    changes = [{"field": key, "old": None, "new": 12} for key in (own.key, f"{own.key}1", f"{own.key}2")]
    county = office.actor("guan")
    assert changes_seen_by(county, COMPANIES, changes) == changes

    def restrict(roles: tuple[Role, ...]) -> None:
        found = read_own_field(COMPANIES, in_force().key, actor=office.actor("boss"))
        wanted = replace(found.field, unseen_by=roles)
        change_own_field(wanted, version=found.version, actor=office.actor("boss"), now=NOW)

    restrict((Role.COUNTY,))
    assert changes_seen_by(county, COMPANIES, changes) == []
    assert changes_seen_by(office.actor("city"), COMPANIES, changes) == changes
    # Taken back, the first field is linked to nothing any more, and stays kept from them.
    work_at_once(ask_to_undo(last, Choice(), actor=office.actor("boss"), now=NOW).job)
    assert in_force().key == f"{own.key}1" and stored(office, one)["own_zhuanlishu"] == "12"
    assert changes_seen_by(county, COMPANIES, changes) == []
    restrict(())
    assert changes_seen_by(county, COMPANIES, changes) == changes


def test_two_values_that_become_one_refuse_the_other_kind_of_a_field_whose_values_stand_once(office):
    own = patents(office, unique="city")
    rows = [company(office, number, own_zhuanlishu=text) for number, text in ((1, "7"), (2, "7.0"))]
    batch = asked(office, own, OwnKind.INTEGER)
    done(office, batch)
    job = office.db["jobs"].find_one({"_id": office.db["record_batches"].find_one({"_id": batch})["job"]})
    assert job["state"] == "failed" and DOUBLED in str(job)
    assert in_force().key == own.key and in_force().kind == "text"
    # Corrected, it goes on.
    records.update(COMPANIES, rows[1], {own.key: "8"}, version=1, actor=office.actor("city"), now=NOW)
    work_at_once(service.ask_to_finish_kind(batch, actor=office.actor("boss"), now=NOW))
    assert in_force().kind == "integer" and stored(office, rows[1])[in_force().key] == 8


@pytest.mark.parametrize("typed", ["12", "25"])
def test_a_form_that_was_open_while_the_kind_changed_loses_nothing(office, sign_in, typed):
    own = patents(office)
    one = company(office, 1, own_zhuanlishu="12")
    clerk, page = sign_in("city"), f"/admin/tenant-companies/edit/?id={one}"
    opened = form(clerk.get(page).text)
    done(office, asked(office, own, OwnKind.INTEGER))
    new = in_force().key
    before = stored(office, one)
    answer = clerk.send(page, {**opened, own.key: typed, "people": "31"})
    if typed == "12":  # as it was: what replaced it is not touched
        assert answer.status_code == 303
        after = stored(office, one)
        assert (after[new], after[own.key], after["people"]) == (12, "12", 31)
        return
    assert answer.status_code == 422 and "“25”未保存" in answer.text
    assert stored(office, one) == before
    again = form(answer.text)
    assert again[new] == ["12"] and again["people"] == ["31"]
    assert clerk.send(page, {**again, new: "25"}).status_code == 303
    after = stored(office, one)
    assert (after[new], after["people"]) == (25, 31)


def test_a_form_that_was_open_while_a_field_was_added_does_not_empty_it(office, sign_in):
    one = company(office, 1)
    clerk, page = sign_in("city"), f"/admin/tenant-companies/edit/?id={one}"
    opened = form(clerk.get(page).text)
    patents(office)
    office.db[COMPANIES].update_one({"_id": one}, {"$set": {"own_zhuanlishu": "12"}})  # as a job leaves it
    assert clerk.send(page, {**opened, "people": "31"}).status_code == 303
    assert stored(office, one)["own_zhuanlishu"] == "12"


def test_fields_hidden_while_a_form_was_open_keep_what_they_hold_and_refuse_what_was_typed(office, sign_in):
    words = (OwnWord("", "甲"), OwnWord("", "乙"))
    given: list[tuple[OwnKind, Any, dict[str, Any]]] = [
        (OwnKind.DATE, datetime(2026, 3, 3, tzinfo=UTC), {}), (OwnKind.DECIMAL, 2.5, {}),
        (OwnKind.MOMENT, datetime(2026, 3, 3, 1, 30, tzinfo=UTC), {}), (OwnKind.YES_NO, False, {}),
        (OwnKind.CHOICE, "w1", {"words": words}), (OwnKind.CHOICES, ["w1", "w2"], {"words": words}),
        (OwnKind.COUNTY, office.shen.county, {}), (OwnKind.LONG_TEXT, "一\n二", {}),
        (OwnKind.REFERENCE, office.shen.base, {"refers_to": "bases"}),
        (OwnKind.PHONE, "13800138000", {"personal": True}),
    ]  # fmt: skip
    owns = [patents(office, kind, f"字段{number}", **more) for number, (kind, _, more) in enumerate(given)]
    filled = {own.key: value for own, (_, value, _) in zip(owns, given, strict=True)}
    one = company(office, 1, **filled)
    clerk, page = sign_in("city"), f"/admin/tenant-companies/edit/?id={one}"
    opened = form(clerk.get(page).text)
    for own in owns:
        present = read_own_field(COMPANIES, own.key, actor=office.actor("boss"))
        hidden = replace(present.field, hidden=True)
        change_own_field(hidden, version=present.version, actor=office.actor("boss"), now=NOW)
    before = stored(office, one)
    refused = clerk.send(page, {**opened, owns[4].key: "w2", owns[9].key: "13900139000"})
    assert refused.status_code == 422 and stored(office, one) == before
    assert "“乙”未保存" in refused.text and "“13900139000”未保存" in refused.text
    assert refused.text.count("”未保存。") == 2
    assert clerk.send(page, {**opened, "people": "31"}).status_code == 303
    after = stored(office, one)
    assert {key: after[key] for key in filled} == {key: before[key] for key in filled}


def test_a_reference_that_became_a_text_comes_back_as_it_was_or_empty_and_never_as_a_text(office):
    own = patents(office, OwnKind.REFERENCE, "对接基地", refers_to="bases")
    base = office.shen.base
    kept, renamed, emptied = (company(office, number, **{own.key: base}) for number in (1, 2, 3))
    name = stored(office, kept)[f"{own.key}_name"]
    batch = asked(office, own, OwnKind.TEXT, refers_to="")
    done(office, batch)
    text = in_force("对接基地").key
    city = office.actor("city")
    records.update(COMPANIES, renamed, {text: "另一处"}, version=1, actor=city, now=NOW)
    records.update(COMPANIES, emptied, {text: None}, version=1, actor=city, now=NOW)
    assert [stored(office, one).get(text) for one in (kept, renamed, emptied)] == [name, "另一处", None]
    work_at_once(ask_to_undo(batch, Choice(), actor=office.actor("boss"), now=NOW).job)
    assert in_force("对接基地").key == own.key
    found = [stored(office, one) for one in (kept, renamed, emptied)]
    assert [(one.get(own.key), one.get(f"{own.key}_name")) for one in found] == [
        (base, name), (base, name), (None, None),
    ]  # fmt: skip
    row = office.db["record_batches"].find_one({"undoes": batch})
    assert [one["record"] for one in row["left"]] == [renamed]
    assert verify() is None


def test_a_text_written_while_a_reference_comes_back_is_not_put_in_its_place():
    old = as_field(OwnField(COMPANIES, "own_b", OwnKind.TEXT, "乙"))
    new = as_field(OwnField(COMPANIES, "own_a", OwnKind.REFERENCE, "甲", refers_to="bases"))
    shipped = REGISTRY[COMPANIES]
    following = replace(
        shipped,
        fields=(*shipped.fields, replace(old, section="")),
        hidden=(new,),
        following=(("own_a", "own_b"),),
    )
    held = {"own_a": ObjectId(), "own_a_name": "某园", "own_b": "某园"}
    raw = {**held, "own_b": "另一处"}
    follow_kinds(following, raw, held)
    assert raw == {**held, "own_b": "另一处"}


def test_a_trial_does_not_say_of_a_personal_value_why_it_fails_in_its_own_words(office, boss):
    own = patents(office, label="法人邮箱", personal=True)
    company(office, 1, **{own.key: "zhangsan-anhao"})
    trial = service.try_kind(own, replace(own, kind=OwnKind.EMAIL), actor=office.actor("boss"))
    assert trial.fails == 1 and "zhangsan" not in str(trial)
    page = boss.get(f"/admin/settings/fields/tenant-companies/{own.key}/kind/?kind=email").text
    assert "企业1" in page and "zhangsan" not in page


# --- Plain functions


def test_a_stored_formula_names_another_key_and_texts_stay():
    formula = 'own_a + own_ab - contains(x, "own_a")'
    assert with_key(formula, "own_a", "own_a1") == 'own_a1 + own_ab - contains(x, "own_a")'


@pytest.mark.parametrize(
    ("before", "after", "query", "expected"),
    [
        (OwnKind.INTEGER, OwnKind.DECIMAL, "?own_a_from=1&sort=-own_a", "?own_a1_from=1&sort=-own_a1"),
        (OwnKind.TEXT, OwnKind.INTEGER, "?own_a=x&columns=own_a", "?columns=own_a1"),
        (OwnKind.TEXT, OwnKind.INTEGER, "?own_b=x", "?own_b=x"),
    ],
)
def test_a_saved_view_keeps_what_still_means_something(before, after, query, expected):
    old, new = (OwnField("bases", key, kind, "甲") for key, kind in (("own_a", before), ("own_a1", after)))
    assert query_of(query, old, new)[0] == expected


PAIRS = [
    (OwnKind.TEXT, "12", OwnKind.INTEGER, 12), (OwnKind.TEXT, "1,234.5", OwnKind.DECIMAL, 1234.5),
    (OwnKind.TEXT, "甲、乙", OwnKind.CHOICES, ["w1", "w2"]), (OwnKind.TEXT, "甲", OwnKind.CHOICE, "w1"),
    (OwnKind.TEXT, "有", OwnKind.YES_NO, True), (OwnKind.INTEGER, 1234, OwnKind.TEXT, "1234"),
    (OwnKind.DECIMAL, 2.5, OwnKind.INTEGER, None), (OwnKind.DECIMAL, 2.0, OwnKind.INTEGER, 2),
    (OwnKind.INTEGER, 30, OwnKind.PERCENT, 30.0), (OwnKind.CHOICE, "w1", OwnKind.CHOICES, ["w1"]),
    (OwnKind.CHOICE, "w2", OwnKind.TEXT, "乙"), (OwnKind.CHOICES, ["w1", "w2"], OwnKind.CHOICE, None),
    (OwnKind.YES_NO, True, OwnKind.TEXT, "有"),
    (OwnKind.MOMENT, datetime(2026, 3, 3, 17, tzinfo=UTC), OwnKind.DATE, datetime(2026, 3, 4, tzinfo=UTC)),
]  # fmt: skip


@pytest.mark.parametrize(("before", "value", "after", "expected"), PAIRS)
def test_a_value_converts_as_if_it_were_typed(before, value, after, expected):
    words = (OwnWord("w1", "甲"), OwnWord("w2", "乙"))
    assert after in POSSIBLE[before]
    old = as_field(OwnField("bases", "own_a", before, "甲", words=words if before in LISTS else ()))
    new = as_field(OwnField("bases", "own_b", after, "乙", words=words if after in LISTS else ()))
    if expected is None:
        with pytest.raises(Refused):
            converted(old, new, {"own_a": value})
    else:
        assert converted(old, new, {"own_a": value}) == expected
