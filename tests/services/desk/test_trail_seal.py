"""The seal of the trail: a key and heads outside the database, and the state of each record in its last entry."""

import os
from datetime import date, timedelta

import pytest

from documents.desk.audit_entry import GENESIS, seal
from documents.desk.audit_heads import HeadKind, append_head, read_heads
from documents.desk.audit_keys import AuditKeys, audit_keys
from documents.states import STATED, States
from services.desk import trail as audit_trail
from services.desk.trail_upkeep import note_head, take_states
from services.desk.users import create_user
from services.records import records


@pytest.fixture
def trail(office):
    """Forty entries about twenty bases."""
    for number in range(20):
        base = office.base(f"园{number}")
        office.update("bases", base, notes="改")
    return office.db["audit_entries"]


@pytest.fixture
def heads(tmp_path):
    return tmp_path / "heads.log"


def note(office, heads):
    """Write the trail's present end to the file, as a start of the program does."""
    head = office.db["audit_head"].find_one({"_id": "head"})
    append_head(heads, head["seq"], head["hash"], kind=HeadKind.SEEN, now=office.now, keys=audit_keys())


def verified(heads=None):
    return audit_trail.verify(read_heads(heads, audit_keys()) if heads else ())


def cut(office, last):
    """Take the entries behind `last` away and set the head back, as one who may write the database can."""
    entry = office.db["audit_entries"].find_one({"_id": last})
    office.db["audit_entries"].delete_many({"_id": {"$gt": last}})
    office.db["audit_head"].update_one({"_id": "head"}, {"$set": {"seq": last, "hash": entry["hash"]}})


def reseal(office, first, **changed):
    """Change entry `first` and give it and all behind it hashes that fit, as one who knows the program can."""
    trail = office.db["audit_entries"]
    previous = (trail.find_one({"_id": first - 1}) or {"hash": GENESIS})["hash"]
    for entry in list(trail.find({"_id": {"$gte": first}}).sort("_id", 1)):
        entry |= {"previous": previous} | (changed if entry["_id"] == first else {})
        entry["hash"] = previous = seal(entry)
        trail.replace_one({"_id": entry["_id"]}, entry)
    office.db["audit_head"].update_one({"_id": "head"}, {"$set": {"hash": previous}})


# --- The key -----------------------------------------------------------------------------------


def test_a_stretch_sealed_anew_from_the_thirtieth_last_on_is_found_at_its_beginning(office, trail):
    assert verified() is None
    reseal(office, 11, actor_name="别人")
    bad = verified()
    assert (bad.seq, "not sealed by this program" in bad.message) == (11, True)


def test_the_seal_cannot_be_left_out_afterwards(office, trail):
    trail.update_many({"_id": {"$gte": 11}}, {"$unset": {"key": 1, "mac": 1}})
    reseal(office, 11, actor_name="别人")
    bad = verified()
    assert (bad.seq, "not sealed, though" in bad.message) == (11, True)


def test_entries_of_before_the_seal_stay_good_and_the_first_sealed_one_binds_them(office, trail):
    trail.update_many({"_id": {"$lte": 10}}, {"$unset": {"key": 1, "mac": 1}})
    trail.delete_many({"_id": {"$gt": 10}})
    reseal(office, 1)
    last = trail.find_one({"_id": 10})
    office.db["audit_head"].update_one({"_id": "head"}, {"$set": {"seq": 10, "hash": last["hash"]}})
    office.base("新园")
    assert audit_trail.first_bad(trail.find().sort("_id", 1), office.db["audit_head"].find_one()) is None
    reseal(office, 3, actor_name="别人")
    assert verified().seq == 11


def test_the_keys_of_another_machine_are_named_as_what_is_missing(office, trail, monkeypatch):
    monkeypatch.setenv("AUDIT_KEY", "another-key-" + "z" * 32)
    bad = verified()
    assert (bad.seq, "key that is not here" in bad.message) == (1, True)
    office.base("新园")
    assert verified().seq == 1
    monkeypatch.setenv("AUDIT_KEY", "another-key-" + "z" * 32 + " " + "only-for-tests-" + "k" * 32)
    assert verified() is None


def test_the_key_is_kept_beside_the_database_for_its_owner_alone(tmp_path, office):
    keys = audit_keys({"DATA_DIR": str(tmp_path / "data")})
    file = tmp_path / "data" / "audit_key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert keys == audit_keys({"DATA_DIR": str(tmp_path / "data")})
    assert file.read_bytes().strip() in keys.by_name.values()
    words = str([list(office.db[name].find()) for name in office.db.list_collection_names()])
    assert os.environ["AUDIT_KEY"] not in words


# --- The heads outside the database ------------------------------------------------------------


def test_a_cut_end_is_found_though_the_head_was_set_back(office, trail, heads):
    note(office, heads)
    cut(office, 30)
    assert audit_trail.first_bad(trail.find().sort("_id", 1), office.db["audit_head"].find_one()) is None
    bad = verified(heads)
    assert (bad.seq, "its end was cut off" in bad.message) == (31, True)
    assert bad.params["reached"] == 40


def test_a_cut_end_that_grew_again_is_found_too(office, trail, heads):
    note(office, heads)
    cut(office, 30)
    for number in range(20):
        office.base(f"另{number}")
    bad = verified(heads)
    assert (bad.seq, "ended with" in bad.message) == (40, True)


def test_no_line_of_the_file_can_be_changed_without_the_key(office, trail, heads):
    note(office, heads)
    cut(office, 30)
    last = trail.find_one({"_id": 30})
    heads.write_text(heads.read_text().replace(" 40 ", " 30 "))
    assert "file of heads was changed" in verified(heads).message
    with_other = AuditKeys("0" * 8, {"0" * 8: b"guessed"})
    heads.unlink()
    append_head(heads, 30, last["hash"], kind=HeadKind.SEEN, now=office.now, keys=with_other)
    assert [line.is_right for line in read_heads(heads, audit_keys())] == [
        True
    ]  # proves nothing, hides nothing


def test_the_file_grows_when_the_trail_does_and_not_else(office, trail, heads, monkeypatch):
    monkeypatch.setenv("AUDIT_HEADS", str(heads))
    note_head(now=office.now)
    note_head(now=office.now + timedelta(days=1))
    assert len(heads.read_text().splitlines()) == 1
    office.base("新园")
    note_head(now=office.now + timedelta(days=1))
    assert [line.seq for line in read_heads(heads, audit_keys())] == [40, 41]
    assert verified(heads) is None
    assert heads.stat().st_mode & 0o777 == 0o600


def test_a_restored_backup_begins_the_heads_anew(office, trail, heads):
    note(office, heads)
    cut(office, 30)
    append_head(heads, 30, "", kind=HeadKind.RESTORED, now=office.now, keys=audit_keys())
    lines = read_heads(heads, audit_keys())
    assert [line.kind for line in lines] == ["restored"]


# --- The states of records ---------------------------------------------------------------------


def test_a_record_changed_behind_the_programs_back_is_named(office, trail):
    base = office.base("甲园")
    last = trail.count_documents({})
    office.db["bases"].update_one({"_id": base}, {"$set": {"floor_area": 99999.0}})
    bad = verified()
    assert (bad.seq, "changed since" in bad.message) == (last, True)
    assert str(base) in bad.params["record"]


def test_a_record_removed_or_put_there_behind_the_programs_back_is_named(office, trail):
    take_states(now=office.now)
    base = office.base("甲园")
    last = trail.count_documents({})
    raw = office.db["bases"].find_one_and_delete({"_id": base})
    bad = verified()
    assert (bad.seq, "removed since" in bad.message) == (last, True)
    office.db["bases"].insert_one(raw)
    assert verified() is None
    office.db["bases"].insert_one({**raw, "_id": "other", "uscc": "other", "name": "另园"})
    bad = verified()
    assert (bad.seq, "No entry tells" in bad.message) == (0, True)


def test_a_change_that_a_later_act_saved_along_is_found_at_that_act(office, trail):
    base = office.base("甲园")
    office.db["bases"].update_one({"_id": base}, {"$set": {"floor_area": 99999.0}})
    office.update("bases", base, notes="改")
    bad = verified()
    assert (bad.seq, "had been changed" in bad.message) == (trail.count_documents({}), True)


def test_a_right_given_behind_the_programs_back_is_found(office, db):
    user = create_user("lisi", role="reader", actor=office.system, now=office.now).id
    assert verified() is None
    db["users"].update_one({"_id": user}, {"$set": {"preferences": {"theme": "dark"}, "sessions": []}})
    assert verified() is None
    db["users"].update_one({"_id": user}, {"$set": {"role": "admin"}})
    assert "changed since" in verified().message


def test_a_deleted_record_changed_in_the_bin_is_found_and_an_unchanged_one_comes_back_well(office, trail):
    base = office.base("甲园")
    office.delete("bases", base)
    assert verified() is None
    bin_entry = office.db["recycled"].find_one({"record_id": base})
    office.db["recycled"].update_one({"_id": bin_entry["_id"]}, {"$set": {"document.notes": "x"}})
    assert "changed since" in verified().message
    office.db["recycled"].replace_one({"_id": bin_entry["_id"]}, bin_entry)
    records.restore(bin_entry["_id"], actor=office.city, now=office.now)
    assert verified() is None


def test_copies_that_follow_a_renamed_base_make_no_false_alarm(office, trail):
    base = office.base("甲园")
    office.company(base, "甲公司", moved_in=date(2026, 1, 1))
    partner = office.partner(base)
    office.update("bases", base, name="乙园")
    assert office.db["tenant_companies"].find_one({"base": base})["base_name"] == "乙园"
    assert verified() is None
    office.update("service_partners", partner, contact_name="王敏")
    assert verified() is None


def test_records_older_than_states_get_theirs_once(office, trail):
    trail.update_many({}, {"$unset": {"states": 1}})
    office.base("甲园")
    assert take_states(now=office.now) > 20
    count = trail.count_documents({})
    assert take_states(now=office.now) == 0
    assert trail.count_documents({}) == count
    taken = [state for entry in trail.find({"action": "states-taken"}) for state in entry.get("states", ())]
    there = sum(office.db[name].count_documents({}) for name in STATED)
    assert len(taken) == there
    assert {state["state"] for state in taken if state["collection"] == "bases"} == {
        state for _, state in States("bases").read({})
    }
