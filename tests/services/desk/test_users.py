"""Making and changing users; the last administrator; what ends a session."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from documents.desk.user import User
from rules.access import SYSTEM, Actor, Role
from rules.errors import Missing, NotAllowed, Problem, Refused, Stale
from services.desk.sign_in import load_session, sign_in
from services.desk.users import (
    change_password,
    change_user,
    create_user,
    disable_user,
    enable_user,
    end_sessions,
    ensure_first_administrator,
    get_user,
    list_users,
    reset_password,
    unlock_user,
)

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
GOOD = "green-lamp-river-40"
NEW = "seven-cups-under-snow"


def enter(name, password=GOOD, now=NOW, address="10.0.0.1"):
    return sign_in(name, password, address=address, agent="test", now=now)


def make(name, role="reader", county=None, password=GOOD):
    return create_user(name, role=role, county=county, password=password, actor=SYSTEM, now=NOW)


def change(user_id, *, role="county", county="371522", version=1, display_name="", actor=SYSTEM):
    change_user(
        str(user_id),
        display_name=display_name,
        role=role,
        county=county,
        version=version,
        actor=actor,
        now=NOW,
    )


@pytest.fixture
def clerk(db):
    return make("lisi", "county", "371522").id


# --- Making ------------------------------------------------------------------------------------


def test_a_password_that_was_given_need_not_be_changed(db):
    made = make("lisi")
    assert made.one_time_password is None
    assert not enter("lisi")[0].must_change_password


def test_a_password_that_was_made_must_be_changed(db):
    made = create_user("lisi", role="reader", actor=SYSTEM, now=NOW)
    assert made.one_time_password
    assert len(made.one_time_password) == 19
    assert enter("lisi", made.one_time_password)[0].must_change_password


@pytest.mark.parametrize(
    ("name", "role", "county", "field"),
    [
        ("lisi", "county", "371522", None),
        ("李四", "city", None, None),
        ("li-si_4@city.cn", "admin", None, None),
        ("lisi", "reader", "371522", None),
        ("lisi", "reader", None, None),
        ("lisi", "county", None, "county"),  # a county clerk of no county would see the whole city
        ("lisi", "county", "", "county"),
        ("lisi", "county", "371599", "county"),
        ("lisi", "city", "371522", "county"),
        ("lisi", "admin", "371522", "county"),
        ("lisi", "root", None, "role"),
        ("l", "reader", None, "username"),
        ("li si", "reader", None, "username"),
        ("li\x00si", "reader", None, "username"),
        ("\ud800\ud800", "reader", None, "username"),
        ("x" * 41, "reader", None, "username"),
        ("<b>lisi", "reader", None, "username"),
    ],
)
def test_role_county_and_name_must_fit(db, name, role, county, field):
    if field is None:
        assert User.objects.get(pk=make(name, role, county).id).to_actor().county == county
        return
    with pytest.raises(Refused) as caught:
        make(name, role, county)
    assert caught.value.refusals[0].field == field
    assert User.objects.count() == 0


def test_a_name_is_given_once_however_it_is_written(clerk):
    for name in ("lisi", "LISI", "ｌｉｓｉ"):
        with pytest.raises(Refused) as caught:
            make(name)
        assert caught.value.refusals[0].field == "username"


def test_of_many_who_make_the_same_name_at_once_one_does(db):
    def once(_):
        try:
            return make("lisi")
        except Refused:
            return None

    with ThreadPoolExecutor(6) as pool:
        assert sum(made is not None for made in pool.map(once, range(6))) == 1
    assert User.objects.count() == 1


def test_an_administrator_cannot_give_a_weak_password(db):
    with pytest.raises(Refused):
        create_user("lisi", role="reader", password="password123", actor=Actor("1", "x", Role.ADMIN), now=NOW)
    assert User.objects.count() == 0


@pytest.mark.parametrize("password", ["password123", "seven77", "lisi.lisi.", "liaocheng2026"])
def test_neither_can_the_machines_own_command_line(db, password):
    with pytest.raises(Refused):
        make("lisi", password=password)
    assert User.objects.count() == 0


@pytest.mark.parametrize("role", [Role.CITY, Role.COUNTY, Role.READER])
def test_only_administrators_manage_users(clerk, role):
    actor = Actor("1", "x", role, "371522" if role is Role.COUNTY else None)
    calls = [
        lambda: create_user("wangwu", role="admin", actor=actor, now=NOW),
        lambda: change(clerk, actor=actor),
        lambda: disable_user(str(clerk), actor=actor, now=NOW),
        lambda: enable_user(str(clerk), actor=actor, now=NOW),
        lambda: reset_password(str(clerk), actor=actor, now=NOW),
        lambda: end_sessions(str(clerk), actor=actor, now=NOW),
        lambda: unlock_user(str(clerk), actor=actor, now=NOW),
        lambda: list_users(actor),
        lambda: get_user(str(clerk), actor),
    ]
    for call in calls:
        with pytest.raises(NotAllowed):
            call()


def test_a_list_holds_no_hash(clerk):
    (user,) = list_users(SYSTEM)
    assert user.name == "lisi"
    assert user.password_hash is None


# --- The first and the last administrator ------------------------------------------------------


def test_the_first_start_makes_one_administrator(db):
    with ThreadPoolExecutor(6) as pool:
        made = [once for once in pool.map(lambda _: ensure_first_administrator(NOW), range(6)) if once]
    assert len(made) == 1
    signed_in, _ = enter("admin", made[0])
    assert signed_in.must_change_password
    assert signed_in.role is Role.ADMIN
    assert ensure_first_administrator(NOW) is None
    assert made[0] not in str(list(db["audit_entries"].find()))


def test_the_first_administrators_name_is_chosen_at_the_start(db):
    with pytest.raises(Refused):
        ensure_first_administrator(NOW, "<b>")
    once = ensure_first_administrator(NOW, "Wang.Ju")
    assert once
    assert enter("wang.ju", once)[0].name == "Wang.Ju"
    with pytest.raises(Refused):
        enter("admin", once)


def test_no_administrator_is_made_where_anyone_is(clerk):
    assert ensure_first_administrator(NOW) is None


def test_the_last_active_administrator_stays(db):
    first, second = make("first", "admin").id, make("second", "admin").id
    disable_user(str(second), actor=SYSTEM, now=NOW)
    with pytest.raises(Refused):
        disable_user(str(first), actor=SYSTEM, now=NOW)
    with pytest.raises(Refused):
        change(first, role="city", county=None)
    assert User.objects.get(pk=first).role == "admin"
    enable_user(str(second), actor=SYSTEM, now=NOW)
    change(first, role="city", county=None)


@pytest.mark.parametrize("_", range(5))
def test_two_administrators_who_disable_each_other_at_once_leave_one(db, _):
    ids = [str(make(name, "admin").id) for name in ("first", "second")]

    def act(pair):
        mine, other = pair
        try:
            actor = User.objects.get(pk=mine).to_actor()
            if mine == ids[0]:
                disable_user(other, actor=actor, now=NOW)
            else:
                change(other, role="reader", county=None, actor=actor)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(act, [tuple(ids), tuple(reversed(ids))])) == [False, True]
    assert User.objects(role="admin", disabled__ne=True).count() == 1


# --- Changing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "alive"),
    [
        (lambda user: change(user, display_name="李四"), True),
        (lambda user: change(user, county="371525"), False),
        (lambda user: change(user, role="reader"), False),
        (lambda user: disable_user(str(user), actor=SYSTEM, now=NOW), False),
        (lambda user: reset_password(str(user), actor=SYSTEM, now=NOW), False),
        (lambda user: end_sessions(str(user), actor=SYSTEM, now=NOW), False),
    ],
    ids=["name on screen", "county", "role", "disabled", "password reset", "sessions ended"],
)
def test_what_takes_rights_away_ends_the_sessions(clerk, act, alive):
    _, key = enter("lisi")
    act(clerk)
    assert (load_session(str(clerk), key, NOW) is not None) is alive
    enable_user(str(clerk), actor=SYSTEM, now=NOW)
    assert (load_session(str(clerk), key, NOW) is not None) is alive


def test_the_second_of_two_savers_is_told(clerk):
    change(clerk, county="371525")
    with pytest.raises(Stale):
        change(clerk, county="371521")
    assert User.objects.get(pk=clerk).county == "371525"


def test_a_change_is_on_record_field_by_field_without_secrets(clerk, db):
    change(clerk, county="371525", display_name="李四")
    reset_password(str(clerk), actor=SYSTEM, now=NOW)
    (entry,) = db["audit_entries"].find({"action": "updated", "collection": "users"})
    assert {one["field"]: (one["old"], one["new"]) for one in entry["changes"]} == {
        "display_name": ("", "李四"),
        "county": ("371522", "371525"),
    }
    assert "argon2" not in str(list(db["audit_entries"].find()))


@pytest.mark.parametrize("user_id", ["", "x", "0" * 24, "\x00"])
def test_there_is_no_such_user(clerk, user_id):
    for call in (get_user, lambda one, actor: disable_user(one, actor=actor, now=NOW)):
        with pytest.raises(Missing):
            call(user_id, SYSTEM)


# --- Passwords ---------------------------------------------------------------------------------


def test_a_new_password_ends_every_session_but_the_one_it_opens(clerk, db):
    signed_in, key = enter("lisi")
    _, other = enter("lisi")
    fresh = change_password(signed_in, GOOD, NEW, address="10.0.0.1", agent="test", now=NOW)
    assert load_session(str(clerk), key, NOW) is None
    assert load_session(str(clerk), other, NOW) is None
    loaded = load_session(str(clerk), fresh, NOW)
    assert loaded is not None
    assert not loaded.must_change_password
    with pytest.raises(Refused):
        enter("lisi")
    enter("lisi", NEW)
    assert db["audit_entries"].count_documents({"action": "password-changed"}) == 1


def test_a_one_time_password_must_be_changed_and_is_then_dead(clerk):
    once = reset_password(str(clerk), actor=SYSTEM, now=NOW)
    signed_in, _ = enter("lisi", once)
    assert signed_in.must_change_password
    with pytest.raises(Refused):
        change_password(signed_in, once, once, address="10.0.0.1", agent="", now=NOW)
    change_password(signed_in, once, NEW, address="10.0.0.1", agent="", now=NOW)
    with pytest.raises(Refused):
        enter("lisi", once)


def test_a_wrong_old_password_counts_as_a_failure_and_locks(clerk):
    signed_in, _ = enter("lisi")
    for _ in range(5):
        with pytest.raises(Refused) as caught:
            change_password(signed_in, "wrong", NEW, address="10.0.0.1", agent="", now=NOW)
        assert caught.value.refusals[0].field == "old_password"
    with pytest.raises(Refused):
        change_password(signed_in, GOOD, NEW, address="10.0.0.1", agent="", now=NOW)
    with pytest.raises(Refused):
        enter("lisi")
    enter("lisi", address="10.0.0.2")  # a thief's session keeps its owner out of no other place
    change_password(signed_in, GOOD, NEW, address="10.0.0.1", agent="", now=NOW + timedelta(minutes=15))


def test_of_two_password_changes_at_once_one_wins(clerk):
    signed_in, _ = enter("lisi")

    def act(new):
        try:
            return change_password(signed_in, GOOD, new, address="10.0.0.1", agent="", now=NOW)
        except Problem:
            return None

    with ThreadPoolExecutor(2) as pool:
        keys = [key for key in pool.map(act, (NEW, NEW + " also")) if key]
    assert len(keys) == 1
    assert load_session(str(clerk), keys[0], NOW)
