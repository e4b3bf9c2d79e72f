"""Signing in, guessing, sessions: on a real database, since all of it is a question of atomic writes."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher

from documents.desk.sign_in_failures import SignInFailures, network_of, row_of_name, row_of_pair
from documents.desk.user import User, name_key
from rules.access import SYSTEM, Role
from rules.errors import Refused
from services.desk import sign_in as door
from services.desk.sign_in import STANDARD, SlowDown, load_session, refusals_to_password, sign_in, sign_out
from services.desk.users import create_user, disable_user, reset_password, set_preference, unlock_user
from services.maintenance.maintenance import end_by_command, hold_by_command

# Far ahead: the database forgets by its own clock what has expired.
NOW = datetime(2056, 3, 2, 1, 0, tzinfo=UTC)
GOOD = "green-lamp-river-40"


@pytest.fixture
def clerk(db):
    """Make a county clerk of 莘县 whose password is GOOD."""
    return create_user("Zhang.San", role="county", county="371522", password=GOOD, actor=SYSTEM, now=NOW).id


def enter(name="zhang.san", password=GOOD, *, now=NOW, address="10.0.0.1", policy=STANDARD):
    return sign_in(name, password, address=address, agent="test", now=now, policy=policy)


def refused(*args, **kwargs):
    """Return the sentence of a refused sign-in."""
    with pytest.raises(Refused) as caught:
        enter(*args, **kwargs)
    return str(caught.value)


def stored(user_id):
    return User.collection().find_one({"_id": user_id})


def pair(address="10.0.0.1", name="zhang.san"):
    """Return the row that counts and locks a name from an address."""
    return SignInFailures.collection().find_one({"_id": row_of_pair(name, address)}) or {}


def acts(db, action):
    return list(db["audit_entries"].find({"action": action}))


# --- Signing in --------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["Zhang.San", "zhang.san", " ZHANG.SAN ", "ｚｈａｎｇ.ｓａｎ"])
def test_a_name_is_found_however_it_is_typed(clerk, typed):
    signed_in, key = enter(typed)
    assert signed_in.user_id == clerk
    assert signed_in.actor.role is Role.COUNTY
    assert signed_in.actor.county == "371522"
    assert load_session(str(clerk), key, NOW) == signed_in


def test_one_sentence_for_wrong_name_wrong_password_locked_and_disabled(clerk):
    sentences = {refused("nobody"), refused(password="wrong"), refused(""), refused(name="\ud800\x00")}
    for _ in range(4):
        sentences.add(refused(password="wrong"))
    sentences.add(refused())  # right, but locked
    disable_user(str(clerk), actor=SYSTEM, now=NOW)
    sentences.add(refused(now=NOW + timedelta(hours=1)))
    assert len(sentences) == 1


def test_a_sign_in_is_on_record_without_secrets(clerk, db):
    _, key = enter()
    (entry,) = acts(db, "signed-in")
    assert (entry["actor_id"], entry["label"], entry["record_id"]) == (str(clerk), "Zhang.San", clerk)
    assert key not in str(list(db["audit_entries"].find()))
    assert "argon2" not in str(list(db["audit_entries"].find()))
    assert key not in str(stored(clerk))


def test_the_hash_follows_the_parameters(clerk):
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    User.collection().update_one({"_id": clerk}, {"$set": {"password_hash": weak}})
    enter()
    assert "m=19456,t=2,p=1" in stored(clerk)["password_hash"]
    enter()  # and it still fits


def test_a_password_that_was_reset_meanwhile_opens_nothing(clerk):
    really = door.password_is_right

    def then_reset(stored_hash, password):
        answer = really(stored_hash, password)
        User.collection().update_one(
            {"_id": clerk}, {"$set": {"password_hash": door.hash_password("another one")}}
        )
        return answer

    with patch.object(door, "password_is_right", then_reset):
        refused()
    assert stored(clerk)["sessions"] == []


# --- Guessing ----------------------------------------------------------------------------------


def test_the_fifth_wrong_password_locks_for_a_quarter_of_an_hour(clerk, db):
    """For the address that they came from."""
    for _ in range(4):
        refused(password="wrong")
    enter()  # the count begins again
    for _ in range(5):
        refused(password="wrong")
    refused()
    refused(now=NOW + timedelta(minutes=14, seconds=59))
    enter(now=NOW + timedelta(minutes=15))
    assert len(acts(db, "locked-out")) == 1


def test_many_guesses_at_once_count_exactly_and_lock_once(clerk, db):
    """Forty threads guess; one of them, late, is right: exactly five are counted, and one lock is on record."""
    policy = replace(STANDARD, address_failures=1000)
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda n: refused(password=f"guess {n}", policy=policy), range(40)))
    assert len(told) == 40
    assert (pair()["count"], pair()["locked_until"]) == (0, NOW + STANDARD.lock_for)
    assert len(acts(db, "locked-out")) == 1
    refused(policy=policy)
    assert stored(clerk)["sessions"] == []


def test_four_guesses_at_once_are_four(clerk):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: refused(password=f"guess {n}"), range(4)))
    assert pair()["count"] == 4


def test_wrong_passwords_from_one_address_lock_no_other(clerk, db):
    for _ in range(6):
        refused(password="wrong", address="10.6.6.6")
    refused(address="10.6.6.6")
    enter()
    refused(address="10.6.6.6")  # and the owner's own sign-in elsewhere opens nothing there


@pytest.fixture
def looked_at(clerk):
    """Give the hashes that passwords were compared with, without argon2's time."""
    compared, real = [], stored(clerk)["password_hash"]

    def compare(stored_hash, password):
        compared.append(stored_hash == real)
        return stored_hash == real and password == GOOD

    with patch.object(door, "password_is_right", compare):
        yield compared


def test_an_owner_enters_from_where_they_were_before_however_many_guess_elsewhere(clerk, looked_at):
    """A guess every twenty seconds from ever new addresses: the owner is never kept out."""
    enter()
    for n in range(60):
        now = NOW + timedelta(seconds=n * 20)
        refused(password=f"guess {n}", address=f"10.66.0.{n}", now=now)
        if n % 12 == 11:
            enter(now=now)
    for n in range(4):
        refused(password=f"slip {n}", now=now)
    enter(now=now)


def test_guesses_at_one_name_from_many_addresses_are_slowed_more_and_more(clerk, looked_at):
    """From addresses that its owner never used, one guess a turn is looked at; the turns grow to a minute."""
    for second in range(150):
        refused(password="wrong", address=f"10.77.0.{second}", now=NOW + timedelta(seconds=second))
    assert len(looked_at) == 150
    assert looked_at[:6] == [True] * 6
    assert 8 <= sum(looked_at) <= 13
    assert SignInFailures.count_of(row_of_name("zhang.san"), NOW) == sum(looked_at)


def test_a_slowed_guess_is_not_looked_at_even_when_it_is_right(clerk):
    for second in range(7):
        refused(password="wrong", address=f"10.77.0.{second}", now=NOW + timedelta(seconds=second))
    at = NOW + timedelta(seconds=7)
    refused(address="10.77.1.1", now=at)
    assert pair("10.77.1.1") == {}
    enter(address="10.77.1.1", now=at + timedelta(seconds=1))  # in turn


def test_a_name_that_is_nobodys_is_slowed_and_locked_like_any_other(db):
    for n in range(8):
        refused("nobody", "wrong", now=NOW + timedelta(seconds=n))
    assert pair(name="nobody")["locked_until"] == NOW + timedelta(seconds=4) + STANDARD.lock_for
    assert SignInFailures.count_of(row_of_name("nobody"), NOW) == 5
    assert acts(db, "locked-out") == []
    assert "nobody" not in {
        row["_id"].split(":")[-1] for row in SignInFailures.collection().find({"_id": {"$regex": ":"}})
    }


@pytest.mark.parametrize("act", [unlock_user, reset_password])
def test_an_administrator_ends_every_lock_of_a_name(act, clerk, db):
    for address in ("10.0.0.1", "10.0.0.2"):
        for _ in range(5):
            refused(password="wrong", address=address)
    once = act(str(clerk), actor=SYSTEM, now=NOW)
    enter(password=once or GOOD)
    enter(password=once or GOOD, address="10.0.0.2")
    assert len(acts(db, "unlocked" if act is unlock_user else "password-reset")) == 1


def test_a_network_is_known_for_half_a_year(clerk):
    enter()
    enter(address="2001:db8::1", now=NOW + timedelta(days=1))
    assert [known["network"] for known in stored(clerk)["known_networks"]] == ["2001:db8::/64", "10.0.0.1"]
    late = NOW + timedelta(days=180, hours=1)
    for n in range(6):
        refused(password="wrong", address=f"10.88.0.{n}", now=late)
    refused(address="10.88.0.9", now=late)
    refused(now=late)  # forgotten: as good as any other address
    enter(address="2001:db8::2", now=late)
    few = replace(STANDARD, networks_kept=2)
    enter(address="10.99.0.1", now=late + timedelta(hours=2), policy=few)
    assert [known["network"] for known in stored(clerk)["known_networks"]] == ["10.99.0.1", "2001:db8::/64"]


# --- Passwords that are over ------------------------------------------------------------------------


def test_a_one_time_password_is_good_for_three_days(db):
    made = create_user("lisi", role="reader", actor=SYSTEM, now=NOW)
    policy = replace(STANDARD, one_time_for=timedelta(hours=72))
    enter("lisi", made.one_time_password, now=NOW + timedelta(hours=72), policy=policy)
    said = refused("lisi", made.one_time_password, now=NOW + timedelta(hours=72, seconds=1), policy=policy)
    assert said == refused("lisi", "wrong")
    once = reset_password(str(made.id), actor=SYSTEM, now=NOW + timedelta(hours=80))
    assert enter("lisi", once, now=NOW + timedelta(hours=81), policy=policy)[0].must_change_password


def test_a_password_of_ones_own_is_not_out_of_date(clerk):
    assert not enter(now=NOW + timedelta(days=3000))[0].must_change_password


def test_an_old_password_must_be_changed_at_sign_in_where_the_office_says_so(clerk):
    policy = replace(STANDARD, password_age=timedelta(days=90))
    early, key = enter(now=NOW + timedelta(days=90), policy=policy)
    assert not early.must_change_password
    at = NOW + timedelta(days=90, seconds=1)
    late, late_key = enter(now=at, policy=policy)
    assert late.must_change_password
    assert late.password_is_old
    # Who is at work is not interrupted; who signed in with it is asked at every click.
    assert not load_session(str(clerk), key, at).must_change_password
    assert load_session(str(clerk), late_key, at).must_change_password


def test_eight_right_ones_at_once_all_enter(clerk):
    with ThreadPoolExecutor(8) as pool:
        keys = {key for _, key in pool.map(lambda _: enter(), range(8))}
    assert len(keys) == len(stored(clerk)["sessions"]) == 8


def test_an_address_that_fails_often_must_wait_longer_and_longer(clerk):
    policy = replace(STANDARD, address_failures=3)
    for n in range(3):
        refused(f"name{n}", policy=policy)
    now = NOW + timedelta(seconds=1)
    refused("name4", now=now, policy=policy)  # admitted; from here one a turn
    with pytest.raises(SlowDown):
        enter(now=now + timedelta(milliseconds=500), policy=policy)
    enter(now=now, address="10.0.0.2", policy=policy)  # others are not slowed
    enter(now=now + timedelta(seconds=40), policy=policy)  # slowed, never shut out
    enter(now=NOW + timedelta(minutes=16), policy=policy)
    assert SignInFailures.count_of("10.0.0.1", NOW + timedelta(minutes=16)) == 0


def test_failures_of_one_address_count_exactly(db):
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: SignInFailures.count_one("10.9.9.9", NOW, timedelta(minutes=15)), range(50)))
    assert SignInFailures.count_of("10.9.9.9", NOW) == 50


def test_a_whole_ipv6_network_is_one_address(db):
    for n in range(3):
        SignInFailures.count_one(network_of(f"2001:db8::{n}"), NOW, timedelta(minutes=15))
    assert SignInFailures.count_of(network_of("2001:db8::ffff"), NOW) == 3


def test_the_database_forgets_failures_by_itself(db):
    SignInFailures.ensure_indexes()
    indexes = SignInFailures.collection().index_information()
    assert indexes["forget"]["expireAfterSeconds"] == 0


def test_an_unknown_name_costs_what_a_known_one_costs(clerk):
    """The same hash is computed and the same number of writes waited for; the times are then alike."""
    loose = replace(STANDARD, lock_after=1000, address_failures=1000)

    def took(name):
        began = time.perf_counter()
        refused(name, "wrong", policy=loose)
        return time.perf_counter() - began

    took("zhang.san"), took("nobody")
    with patch.object(door, "password_is_right", wraps=door.password_is_right) as hashed:
        times = [(took("zhang.san"), took("nobody")) for _ in range(15)]
        assert hashed.call_count == 30
    known, unknown = (median(column) for column in zip(*times, strict=True))
    assert 0.5 < known / unknown < 2


# --- Sessions ----------------------------------------------------------------------------------


def test_a_session_is_read_in_one_command_and_written_once_a_minute(clerk):
    _, key = enter()
    users = User.collection()
    with (
        patch.object(type(users), "aggregate", autospec=True, side_effect=type(users).aggregate) as read,
        patch.object(type(users), "update_one", autospec=True, side_effect=type(users).update_one) as written,
    ):
        for seconds in (0, 20, 59):
            assert load_session(str(clerk), key, NOW + timedelta(seconds=seconds))
        assert (read.call_count, written.call_count) == (3, 0)
        assert load_session(str(clerk), key, NOW + timedelta(seconds=60))
        assert load_session(str(clerk), key, NOW + timedelta(seconds=119))
        assert written.call_count == 1
    assert stored(clerk)["sessions"][0]["seen_at"] == NOW + timedelta(seconds=60)


def test_an_idle_session_ends(clerk):
    _, key = enter()
    assert load_session(str(clerk), key, NOW + timedelta(minutes=60))
    assert load_session(str(clerk), key, NOW + timedelta(minutes=120, seconds=1)) is None
    assert stored(clerk)["sessions"] == []
    assert load_session(str(clerk), key, NOW) is None


def test_a_busy_session_ends_after_twelve_hours(clerk):
    _, key = enter()
    for hours in range(1, 13):
        assert load_session(str(clerk), key, NOW + timedelta(hours=hours))
    assert load_session(str(clerk), key, NOW + timedelta(hours=12, seconds=1)) is None


def test_a_session_signed_out_is_dead(clerk, db):
    signed_in, key = enter()
    _, other = enter()
    sign_out(signed_in, NOW)
    sign_out(signed_in, NOW)
    assert load_session(str(clerk), key, NOW) is None
    assert load_session(str(clerk), other, NOW)
    assert len(acts(db, "signed-out")) == 1


@pytest.mark.parametrize("user_id", ["", "x", "0" * 24, "\x00", "{'$ne': 1}"])
def test_a_made_up_cookie_is_nobody(clerk, user_id):
    _, key = enter()
    assert load_session(user_id, key, NOW) is None
    assert load_session(str(clerk), "", NOW) is None
    assert load_session(str(clerk), "\ud800", NOW) is None


def test_a_deleted_user_is_nobody(clerk):
    _, key = enter()
    User.collection().delete_one({"_id": clerk})
    assert load_session(str(clerk), key, NOW) is None


def test_the_ten_latest_sessions_are_kept(clerk):
    keys = [enter(now=NOW + timedelta(seconds=n))[1] for n in range(12)]
    alive = [bool(load_session(str(clerk), key, NOW + timedelta(seconds=30))) for key in keys]
    assert alive == [False] * 2 + [True] * 10


def test_a_preference_comes_with_the_session(clerk):
    signed_in, key = enter()
    set_preference(signed_in, "language", "en")
    loaded = load_session(str(clerk), key, NOW)
    assert loaded is not None
    assert loaded.preferences == {"language": "en"}
    with pytest.raises(Refused):
        set_preference(signed_in, "$set", "en")
    with pytest.raises(Refused):
        set_preference(signed_in, "language", "xx")


# --- What a password must be -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "good"),
    [
        (GOOD, True),
        ("正确的马电池订书钉蓝天", True),
        ("a" * 9, False),  # too short
        ("aaaaaaaaaaaaaaa", False),  # a repeat
        ("1234567890", False),  # a sequence
        ("liaocheng2026", False),  # what everyone here would take
        ("password123", False),  # everyone's
        ("ZHANG.SANFENG", False),  # the user name
        ("zhang.sanfeng1", False),  # nearly the user name
        ("x7#Kq" * 52, False),  # over 256 characters
        ("x7#Kq!vB2m" * 20, True),  # long, and quickly judged
        (GOOD + " again", True),
        ("old-" + GOOD, False),  # the old one
    ],
)
def test_passwords(password, good):
    old = door.hash_password("old-" + GOOD)
    found = refusals_to_password(password, own_words=["Zhang.Sanfeng", "张三丰"], old_hash=old)
    assert (not found) is good


def test_a_composed_and_a_decomposed_character_are_one_password():
    stored_hash = door.hash_password("caf\u00e9 au lait")
    assert door.password_is_right(stored_hash, "cafe\u0301 au lait")
    assert not door.password_is_right("not a hash", "x")


def test_a_password_that_is_too_long_is_not_cut():
    longest = "x7#Kq!vB" * 32
    stored_hash = door.hash_password(longest)
    assert door.password_is_right(stored_hash, longest)
    assert not door.password_is_right(stored_hash, longest + "x")


def test_name_keys():
    assert name_key(" Ｚhang ") == "zhang"


@pytest.fixture
def held(clerk, db):
    hold_by_command("换服务器", actor=SYSTEM, now=NOW)
    yield
    end_by_command(actor=SYSTEM, now=NOW)


def test_under_maintenance_people_sign_in_to_read_and_out_and_the_trail_stays_as_it_is(held, db):
    before = list(db["audit_entries"].find())
    signed_in, key = enter()
    assert load_session(str(signed_in.user_id), key, NOW, lambda: STANDARD)
    sign_out(signed_in, NOW)
    assert load_session(str(signed_in.user_id), key, NOW, lambda: STANDARD) is None
    assert list(db["audit_entries"].find()) == before


def test_under_maintenance_guesses_lock_a_name_as_ever(held):
    for _ in range(STANDARD.lock_after):
        refused(password="not-the-one-40")
    refused()
    assert enter(address="10.0.0.2")
