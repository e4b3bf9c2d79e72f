"""What tests know of the rows that stand in the database: no change is missed, and no more is read than needs be."""

import pytest
from pymongo import InsertOne, UpdateOne
from pymongo.errors import DuplicateKeyError

from documents.desk.audit_entry import READING
from tests.stored_rows import WRITES, StoredRows, digest, full_digest, unnoticed

ACT = "changed"
CHANGES = {
    "an act": lambda trail: trail.insert_one({"action": ACT}),
    "an act among others": lambda trail: trail.insert_many([{"action": "denied"}, {"action": ACT}]),
    "an act in a bundle": lambda trail: trail.bulk_write([InsertOne({"action": "denied"}), InsertOne({"action": ACT})]),
    "an act in a transaction": lambda trail: in_transaction(trail, {"action": ACT}),
    "an act that is another": lambda trail: trail.update_one({"_id": 1}, {"$set": {"record_id": 7}}),
    "an act that was a refusal": lambda trail: trail.bulk_write([UpdateOne({"_id": 2}, {"$set": {"action": ACT}})]),
    "an act that is gone": lambda trail: trail.delete_one({"_id": 1}),
    "an act that was put anew": lambda trail: trail.find_one_and_replace({"_id": 1}, {"action": ACT, "changes": [1]}),
    "what names no act": lambda trail: trail.insert_one({"x": 1}),
    "another collection": lambda trail: trail.database["bases"].insert_one({"x": 1}),
}  # fmt: skip


def in_transaction(trail, *rows, removing=None):
    with trail.database.client.start_session() as session, session.start_transaction():
        trail.insert_many(rows, session=session)
        if removing:
            trail.delete_one({"_id": removing}, session=session)


@pytest.fixture
def trail(db):
    db["audit_entries"].insert_many(
        [{"_id": 1, "action": ACT, "record_id": 6}, {"_id": 2, "action": "denied"}]
    )
    return db["audit_entries"]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_and_what_the_trail_tells_of_it_is_seen(trail, change):
    before = digest(trail.database)
    CHANGES[change](trail)
    assert digest(trail.database) != before
    assert digest(trail.database) == full_digest(trail.database)


def test_what_the_trail_tells_of_reading_is_no_change(trail):
    before = digest(trail.database)
    trail.insert_many({"action": action} for action in sorted(READING))
    in_transaction(trail, {"action": "denied"})
    assert digest(trail.database) == before == full_digest(trail.database)


# --- What is put back without being read ---------------------------------------------------------------


def rows_of(trail):
    return list(trail.find())


PUT_IN = {
    "one": lambda trail: trail.insert_one({"_id": 3}),
    "in a transaction": lambda trail: in_transaction(trail, {"_id": 3}, {"_id": "甲"}),
    "one that stands there": lambda trail: insert_again(trail, {"_id": 1}),
    "one with what else was done": lambda trail: (trail.insert_one({"_id": 3}), trail.delete_one({"_id": 1})),
    "one after a change": lambda trail: (
        trail.update_one({"_id": 1}, {"$set": {"x": 1}}),
        trail.insert_one({}),
    ),
    "one that another gave": lambda trail: trail.update_one({"_id": 4}, {"$set": {"x": 1}}, upsert=True),
    "in a transaction, after a change": lambda trail: in_transaction(trail, {"_id": 3}, removing=1),
    "one from another process": lambda trail: from_another_process(trail, {"_id": 3}),
}


def insert_again(trail, row):
    with pytest.raises(DuplicateKeyError):
        trail.insert_one(row)


def from_another_process(trail, row):
    counted = dict(WRITES._counts), dict(WRITES._since)
    trail.insert_one(row)
    WRITES._counts.clear(), WRITES._since.clear()
    WRITES._counts.update(counted[0]), WRITES._since.update(counted[1])
    WRITES.by_another_process(trail.database.name)


@pytest.mark.parametrize("put", PUT_IN)
def test_what_was_put_in_is_taken_out_whatever_else_was_done(trail, put):
    stored, before = StoredRows(trail.database), rows_of(trail)
    PUT_IN[put](trail)
    stored.put_back(trail.database)
    assert rows_of(trail) == before
    assert unnoticed(trail.database) == []


def test_what_was_put_in_is_taken_out_unread(trail):
    stored = StoredRows(trail.database)
    trail.insert_many([{"_id": 3}, {"_id": 4}])
    asked = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.stored_rows._read", lambda db, name: asked.append(name) or [])
        stored.put_back(trail.database)
    assert "audit_entries" not in asked
    assert trail.count_documents({}) == 2


def test_a_transaction_that_ends_after_the_rows_were_put_back_is_noticed(trail):
    stored, before = StoredRows(trail.database), rows_of(trail)
    with trail.database.client.start_session() as session:
        session.start_transaction()
        trail.insert_one({"_id": 3}, session=session)
        stored.put_back(trail.database)
        session.commit_transaction()
    assert len(rows_of(trail)) == 3
    stored.put_back(trail.database)
    assert rows_of(trail) == before
