"""A session read with its user and the office's settings in one command, which only the server knows."""

from datetime import UTC, datetime

import pytest

from documents.desk.settings import settings_in_force
from documents.desk.user import User
from rules.counties import office_counties
from schema.settings import LOCK_AFTER
from tests.documents.samples import sample

MOMENT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("db")


def test_a_session_is_found_with_its_user_and_without_the_others():
    other, mine = ({"key_hash": key, "created_at": MOMENT, "seen_at": MOMENT} for key in ("other", "mine"))
    made = sample(User, county="371522", role="county", sessions=[])
    made.save()
    User.collection().update_one({"_id": made.pk}, {"$set": {"sessions": [other, mine]}})
    signed_in = User.find_signed_in(made.pk, "mine")
    assert (signed_in.key_hash, signed_in.name, signed_in.actor.county) == ("mine", "Li", "371522")
    assert signed_in.actor.name == "Li", "without a name on screen it is the login name"
    assert User.find_signed_in(made.pk, "third") is None
    User.collection().update_one({"_id": made.pk}, {"$set": {"disabled": True}})
    assert User.find_signed_in(made.pk, "mine") is None


def test_the_settings_and_the_counties_come_with_it(db):
    user = sample(User, sessions=[])
    user.save()
    session = {"key_hash": "mine", "created_at": MOMENT, "seen_at": MOMENT}
    User.collection().update_one({"_id": user.pk}, {"$set": {"sessions": [session]}})
    db["office_settings"].insert_one({"_id": "office", "values": {"lock_after": 9}, "version": 1})
    db["counties"].insert_one({"_id": "xq", "name": "聊城新区", "short": "新区", "order": 12, "version": 1})
    assert User.find_signed_in(user.pk, "mine") is not None
    assert settings_in_force()[LOCK_AFTER] == 9
    assert office_counties().by_code["xq"].short == "新区"
    db["office_settings"].delete_many({})
    assert User.find_signed_in(user.pk, "other") is None
    assert settings_in_force()[LOCK_AFTER] == 5, "whoever asks, what was read is in force"
