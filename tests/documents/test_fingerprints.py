"""The fingerprint by which tests see that nothing was changed: it misses none, and asks for no more than it needs."""

import pytest
from pymongo import InsertOne, UpdateOne

from documents.desk.audit_entry import READING
from tests.stored_rows import digest, full_digest

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


def in_transaction(trail, *rows):
    with trail.database.client.start_session() as session, session.start_transaction():
        trail.insert_many(rows, session=session)


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
