"""The gate, sign-in and one's own account as a browser meets them; the users' pages of an administrator."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
import time_machine
from flask import Flask, render_template
from flask_admin import Admin, AdminIndexView, BaseView, expose
from flask_admin.theme import Bootstrap4Theme
from flask_babel import Babel, gettext

from admin_views.desk.routes import account_blueprint, users_blueprint
from admin_views.shared import guard
from admin_views.shared.guard import (
    Open,
    current_actor,
    needs,
    public,
    safe_next,
    undeclared_endpoints,
)
from admin_views.shared.requests.sent_forms import init_sent_forms
from admin_views.shared.requests.stylesheet import init_stylesheet
from admin_views.shared.requests.templates import init_templates
from admin_views.shared.translation import chosen_language
from admin_views.shared.view_models import Layout, Me
from documents.desk.user import User
from rules.access import SYSTEM, Permission
from rules.errors import Missing, Unavailable
from services.desk.users import change_user, create_user, disable_user, reset_password

ROOT = Path(__file__).resolve().parents[3]
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
GOOD = "green-lamp-river-40"
NEW = "seven-cups-under-snow"
CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


class Home(AdminIndexView):
    permissions = {"index": Permission.READ}

    @expose("/")
    def index(self):
        return "home of " + current_actor().name


class Declared(BaseView):
    """A view of which one method says nothing, as a stock method of Flask-Admin that nobody thought of."""

    permissions = {"index": Permission.READ, "manage": Permission.MANAGE_OFFICE}

    @expose("/")
    def index(self):
        return "list"

    @expose("/manage/")
    def manage(self):
        return "managed"

    @expose("/forgotten/", methods=("GET", "POST"))
    def forgotten(self):
        return "never seen"


def small_app(**config):
    app = Flask("app", root_path=str(ROOT))
    init_templates(app)
    app.config |= {"SECRET_KEY": "x" * 32, "TESTING": True, "BABEL_DEFAULT_LOCALE": "en", **config}
    guard.init_guard(app)
    init_sent_forms(app)
    init_stylesheet(app)
    Babel(app, locale_selector=lambda: "en")
    app.register_blueprint(account_blueprint)
    app.register_blueprint(users_blueprint)
    admin = Admin(app, index_view=Home(), theme=Bootstrap4Theme())
    admin.add_view(Declared(name="Declared", endpoint="declared"))
    written = []

    @app.route("/write", methods=["GET", "POST"])
    @needs(Permission.WRITE)
    def write():
        written.append(current_actor().name)
        return "written"

    @app.get("/open")
    @public
    def open_page():
        return "open"

    @app.context_processor
    def frame():
        signed_in = guard.current_signed_in()
        me = Me(signed_in.name, gettext(signed_in.role.label)) if signed_in else None
        return {"layout": Layout("Office", "en", "2026-03-02", me=me, home_url="/admin/")}

    app.register_error_handler(Missing, lambda error: ("missing", 404))
    app.register_error_handler(Unavailable, lambda error: (render_template("desk/signed_out.html"), 503))
    return app, written


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def office(db, clock):
    """An app with an administrator, a county clerk of 莘县 and a reader."""
    for name, role, county in (
        ("boss", "admin", None),
        ("clerk", "county", "371522"),
        ("eye", "reader", None),
    ):
        create_user(name, role=role, county=county, password=GOOD, actor=SYSTEM, now=START)
    app, written = small_app()
    app.written = written
    return app


def token(client, page="/login"):
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found, page
    return found.group(1)


def enter(app, name="clerk", password=GOOD, **more):
    client = app.test_client()
    answer = client.post(
        "/login", data={"username": name, "password": password, "csrf_token": token(client), **more}
    )
    assert answer.status_code == 303, answer.text
    return client


def post(client, path, page="/account/password", **data):
    return client.post(path, data={"csrf_token": token(client, page), **data})


def shown_password(page):
    found = re.search(r'id="one-time-password">([^<]+)<', page.text)
    assert found, page.text
    return found.group(1)


def user_id(name):
    return str(User.objects.get(name=name).pk)


# --- Sign-in -----------------------------------------------------------------------------------


def test_the_login_page_says_what_it_is_and_keeps_its_fields(office):
    page = office.test_client().get("/login")
    assert page.status_code == 200
    for name in ("username", "password", "csrf_token", "next"):
        assert f'name="{name}"' in page.text
    (field,) = re.findall(r'<input[^>]*name="password"[^>]*>', page.text)
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in page.text
    assert not re.search("hint|提示问题", page.text)
    assert page.headers["Cache-Control"] == "no-store"


def test_signing_in_leads_to_the_page_that_was_asked_for(office):
    client = office.test_client()
    sent = client.get("/write?county=371522")
    assert sent.status_code == 302
    assert sent.location == "/login?next=/write?county%3D371522"
    data = {"username": "clerk", "password": GOOD, "csrf_token": token(client, sent.location)}
    assert (
        client.post(sent.location, data={**data, "next": "/write?county=371522"}).location
        == "/write?county=371522"
    )
    assert client.get("/write").text == "written"
    assert client.get("/login").location == "/admin/"


@pytest.mark.parametrize(
    ("name", "password"), [("clerk", "wrong"), ("nobody", GOOD), ("clerk", "x" * 100_000)]
)
def test_a_failed_sign_in_is_one_neutral_page(office, name, password):
    client = office.test_client()
    page = post(client, "/login", "/login", username=name, password=password)
    assert page.status_code == 400
    assert "The user name or the password is not right" in page.text
    assert client.get("/write").status_code == 302


def test_a_locked_user_reads_the_same_sentence(office):
    client = office.test_client()
    sent = token(client)
    pages = [
        client.post("/login", data={"username": "clerk", "password": "wrong", "csrf_token": sent})
        for _ in range(6)
    ]
    pages.append(client.post("/login", data={"username": "clerk", "password": GOOD, "csrf_token": sent}))
    assert {page.status_code for page in pages} == {400}
    assert len({re.sub(r'value="[^"]+"', "", page.text) for page in pages}) == 1


def test_an_address_that_fails_often_is_told_to_wait(office):
    office.config["SIGN_IN_ADDRESS_FAILURES"] = 2
    client = office.test_client()
    codes = [post(client, "/login", "/login", username=f"n{n}", password="x").status_code for n in range(4)]
    assert codes == [400, 400, 400, 429]
    last = post(client, "/login", "/login", username="clerk", password=GOOD)
    assert last.status_code == 429
    assert int(last.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/admin/bases/?county=371522&search=a+b", True),
        ("/admin/bases/?search=%E8%8E%98%E5%8E%BF", True),
        ("/admin/bases/?search=莘县", True),
        ("/", True),
        (None, False),
        ("", False),
        ("admin/", False),
        ("//evil.example", False),
        ("///evil.example", False),
        ("/\\evil.example", False),
        ("\\\\evil.example", False),
        ("/\t/evil.example", False),
        ("/\n/evil.example", False),
        (" //evil.example", False),
        ("/ /evil.example", False),
        ("http://evil.example/", False),
        ("https:evil.example", False),
        ("http://localhost\\@evil.example", False),
        ("http://[", False),
        ("//[", False),
        ("javascript:alert(1)", False),
        ("/x\x00", False),
        ("/" + "x" * 3000, False),
        ("/login?next=/write", True),
        ("/logout", False),
    ],
)
def test_where_a_sign_in_may_lead(target, kept):
    assert safe_next(target) == (target if kept else None)


@pytest.mark.parametrize(
    "target", ["//evil.example", "http://localhost\\@evil.example", "http://[", "/\\evil.example"]
)
def test_a_sign_in_never_leads_elsewhere(office, target):
    client = office.test_client()
    assert client.get("/login", query_string={"next": target}).status_code == 200
    answer = post(client, "/login", "/login", username="clerk", password=GOOD, next=target)
    assert answer.location == "/admin/"
    assert client.get("/login", query_string={"next": target}).location == "/admin/"


# --- Sessions ----------------------------------------------------------------------------------


def test_a_copied_cookie_is_dead_after_sign_out(office):
    client = enter(office)
    copied = client.get_cookie("office_session").value
    thief = office.test_client()
    thief.set_cookie("office_session", copied)
    assert thief.get("/write").status_code == 200
    assert post(client, "/logout").status_code == 303
    assert client.get("/write").status_code == 302
    thief.set_cookie("office_session", copied)
    assert thief.get("/write").status_code == 302


def test_the_cookie_is_for_the_server_alone(office):
    client = office.test_client()
    answer = post(client, "/login", "/login", username="clerk", password=GOOD)
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("office_session")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert "Expires" not in cookie  # gone with the browser
    assert GOOD not in cookie


def test_the_cookie_is_secure_when_so_configured(db):
    app, _ = small_app(SESSION_COOKIE_SECURE=True)
    cookie = app.test_client().get("/login").headers["Set-Cookie"]
    assert cookie.startswith("__Host-office_session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_a_session_fixed_before_sign_in_is_worth_nothing(office):
    client = office.test_client()
    before = token(client)
    planted = client.get_cookie("office_session").value
    client.post("/login", data={"username": "clerk", "password": GOOD, "csrf_token": before})
    assert client.post("/write", data={"csrf_token": before}).status_code == 400
    other = office.test_client()
    other.set_cookie("office_session", planted)
    assert other.get("/write").status_code == 302


@pytest.mark.parametrize(
    "act",
    [
        lambda one: change_user(
            one, display_name="", role="county", county="371525", version=1, actor=SYSTEM, now=START
        ),
        lambda one: disable_user(one, actor=SYSTEM, now=START),
        lambda one: reset_password(one, actor=SYSTEM, now=START),
        lambda one: User.objects(pk=one).delete(),
    ],
    ids=["moved to another county", "disabled", "password reset", "deleted"],
)
def test_what_takes_rights_away_ends_the_session_at_the_next_click(office, act):
    client = enter(office)
    assert client.get("/write").status_code == 200
    act(user_id("clerk"))
    assert client.get("/write").status_code == 302


def test_idle_and_absolute_time_outs_are_settings(office, clock):
    office.config |= {"SESSION_IDLE_MINUTES": 5, "SESSION_ABSOLUTE_HOURS": 1}
    client = enter(office)
    for _ in range(12):
        clock.shift(timedelta(minutes=4, seconds=50))
        assert client.get("/write").status_code == 200
    clock.shift(timedelta(minutes=3))
    assert client.get("/write").status_code == 302
    client = enter(office)
    clock.shift(timedelta(minutes=5, seconds=1))
    assert client.get("/write").status_code == 302


def test_a_form_left_open_over_a_time_out_is_saved_after_signing_in_again(office, clock):
    """The answer keeps the page; the same user signs in in another window; the browser sends the form again."""
    client = enter(office)
    sent = token(client, "/account/password")
    clock.shift(timedelta(hours=2))
    lost = client.post("/write", data={"csrf_token": sent}, headers={"Accept": CHROMIUM})
    assert lost.status_code == 401
    assert "signed out" in lost.text
    assert office.written == []
    post(client, "/login", "/login", username="clerk", password=GOOD)
    assert client.post("/write", data={"csrf_token": sent}).text == "written"


def test_a_form_of_another_user_is_not_saved(office, clock):
    client = enter(office)
    sent = token(client, "/account/password")
    clock.shift(timedelta(hours=2))
    post(client, "/login", "/login", username="boss", password=GOOD)
    assert client.post("/write", data={"csrf_token": sent}).status_code == 400
    assert office.written == []


def test_a_script_is_told_in_its_own_terms(office):
    client = office.test_client()
    answer = client.get("/write", headers={"X-Requested-With": "fetch", "Accept": "application/json"})
    assert (answer.status_code, answer.json) == (401, {"error": "signed-out"})


def test_without_a_database_the_page_that_says_so_is_shown(office):
    """The page around the sentence asks who is signed in, and must not fail over it a second time."""
    client = enter(office)
    with patch.object(guard, "load_session", side_effect=Unavailable) as asked:
        assert client.get("/write").status_code == 503
        assert asked.call_count == 1
        assert client.get("/open").status_code == 200
    assert client.get("/write").status_code == 200


# --- The gate ----------------------------------------------------------------------------------


def test_what_says_nothing_is_shut_and_named(office):
    assert undeclared_endpoints(office) == ["declared.forgotten"]
    for client in (office.test_client(), enter(office, "boss")):
        assert client.get("/admin/declared/forgotten/").status_code == 403
        assert client.post("/admin/declared/forgotten/").status_code == 403


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("/open", {"nobody": 200, "eye": 200, "clerk": 200, "boss": 200}),
        ("/admin/declared/", {"nobody": 302, "eye": 200, "clerk": 200, "boss": 200}),
        ("/write", {"nobody": 302, "eye": 403, "clerk": 200, "boss": 200}),
        ("/admin/declared/manage/", {"nobody": 302, "eye": 403, "clerk": 403, "boss": 200}),
        ("/admin/users/", {"nobody": 302, "eye": 403, "clerk": 403, "boss": 200}),
        ("/admin/users/new/", {"nobody": 302, "eye": 403, "clerk": 403, "boss": 200}),
        ("/account/password", {"nobody": 302, "eye": 200, "clerk": 200, "boss": 200}),
        ("/no/such/page", {"nobody": 404, "eye": 404, "clerk": 404, "boss": 404}),
        ("/logout", {"nobody": 405, "eye": 405, "clerk": 405, "boss": 405}),
    ],
)
def test_who_may_open_what(office, path, codes):
    for name, code in codes.items():
        client = office.test_client() if name == "nobody" else enter(office, name)
        assert client.get(path).status_code == code, name


def test_a_one_time_password_opens_nothing_but_its_own_change(office):
    once = reset_password(user_id("boss"), actor=SYSTEM, now=START)
    client = enter(office, "boss", once)
    with office.test_request_context():
        shut = [rule for rule in office.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
        shut = [rule.rule for rule in shut if guard.declared_access(rule.endpoint) not in (Open.PUBLIC, None)]
    assert len(shut) > 5
    for path in set(shut) - {"/account/password"}:
        assert client.get(path).location == "/account/password", path
    assert client.post("/write").location == "/account/password"
    assert client.get("/account/password").status_code == 200
    client.get("/static/office.css").close()
    again = post(client, "/account/password", old_password=once, new_password=once, repeat_password=once)
    assert again.status_code == 400
    answer = post(client, "/account/password", old_password=once, new_password=NEW, repeat_password=NEW)
    assert answer.location == "/admin/"
    assert client.get("/admin/").text == "home of boss"


def test_an_old_password_opens_nothing_but_its_own_change(office, clock, db):
    db["office_settings"].insert_one({"_id": "office", "values": {"password_days": 30}, "version": 1})
    clock.shift(timedelta(days=31))
    client = enter(office)
    assert client.get("/write").location == "/account/password"
    page = client.get("/account/password").text
    assert "older than the office allows" in page
    again = post(client, "/account/password", old_password=GOOD, new_password=GOOD, repeat_password=GOOD)
    assert again.status_code == 400
    post(client, "/account/password", old_password=GOOD, new_password=NEW, repeat_password=NEW)
    assert client.get("/write").status_code == 200


def test_a_one_time_password_is_over_after_its_hours(office, clock, db):
    db["office_settings"].insert_one(
        {"_id": "office", "values": {"one_time_password_hours": 2}, "version": 1}
    )
    once = reset_password(user_id("clerk"), actor=SYSTEM, now=START)
    clock.shift(timedelta(hours=2, seconds=1))
    client = office.test_client()
    page = post(client, "/login", "/login", username="clerk", password=once)
    assert page.status_code == 400
    assert "The user name or the password is not right" in page.text


def test_one_with_a_one_time_password_may_sign_out(office):
    client = enter(office, "clerk", reset_password(user_id("clerk"), actor=SYSTEM, now=START))
    assert post(client, "/logout").location == "/login"


@pytest.mark.parametrize("sent", [None, "", "x", "Ii4=.x.y"])
def test_a_form_without_its_token_does_nothing(office, sent):
    client = enter(office)
    page = client.post("/write", data={} if sent is None else {"csrf_token": sent})
    assert page.status_code == 400
    assert "save again" in page.text
    assert "Traceback" not in page.text
    assert office.written == []
    assert client.get("/write").status_code == 200  # still signed in


@pytest.mark.parametrize("path", ["/login", "/logout", "/account/password", "/account/language"])
def test_no_form_of_the_account_goes_without_a_token(office, path):
    assert enter(office).post(path, data={"username": "clerk", "password": GOOD}).status_code == 400


def test_every_answer_carries_the_headers(office):
    client = enter(office)
    for path in (
        "/login",
        "/admin/",
        "/open",
        "/no/such/page",
        "/static/office.css",
        "/admin/declared/forgotten/",
    ):
        answer = client.get(path)
        answer.close()
        headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'; script-src 'self'; style-src 'self'" in policy
        assert "frame-ancestors 'none'; base-uri 'none'; form-action 'self'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
    for path in ("/admin/", "/write", "/account/password", "/open"):
        assert client.get(path).headers["Cache-Control"] == "no-store", path
    nobody = office.test_client()
    for path in ("/open", "/static/office.css"):
        answer = nobody.get(path)
        answer.close()
        assert "no-store" not in answer.headers.get("Cache-Control", ""), path


def test_no_page_holds_inline_script_or_style(office):
    pages = [office.test_client().get("/login"), enter(office).post("/write")]
    boss = enter(office, "boss")
    pages += [boss.get(path) for path in ("/account/password", "/admin/users/", "/admin/users/new/")]
    pages.append(boss.get(f"/admin/users/{user_id('clerk')}/"))
    for page in pages:
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", page.text)


# --- Language, password ------------------------------------------------------------------------


def test_language_is_kept_in_the_browser_and_with_the_user(office):
    client = enter(office)
    answer = post(client, "/account/language", locale="en", next="/write")
    assert answer.location == "/write"
    assert client.get_cookie("language").value == "en"
    fresh = enter(office)
    assert fresh.get_cookie("language").value == "en"


@pytest.mark.parametrize(("key", "value"), [("theme", "dark"), ("rail", "folded")])
def test_theme_and_rail_are_kept_where_the_page_can_read_them(office, key, value):
    client = enter(office)
    post(client, f"/account/{key}", **{key: value})
    assert client.get_cookie(key).value == value
    assert not client.get_cookie(key).http_only  # the page's own script writes them too
    assert enter(office).get_cookie(key).value == value
    post(client, f"/account/{key}", **{key: "<script>"})
    assert client.get_cookie(key).value == value


def test_a_chain_of_sign_in_pages_ends(office):
    client = enter(office)
    answer = client.get("/login?next=/login?next=/login", follow_redirects=True)
    assert answer.text == "home of clerk"


def test_language_is_for_anyone_and_only_a_known_one(office):
    client = office.test_client()
    post(client, "/account/language", "/login", locale="en", next="//evil.example")
    assert client.get_cookie("language").value == "en"
    answer = post(client, "/account/language", "/login", locale="xx", next="//evil.example")
    assert answer.location == "/admin/"
    assert client.get_cookie("language").value == "en"


@pytest.mark.parametrize(("cookie", "locale"), [("en", "en"), ("", "zh_Hans_CN"), ("../x", "zh_Hans_CN")])
def test_the_language_of_a_request(office, cookie, locale):
    with office.test_request_context(headers={"Cookie": f"language={cookie}"}):
        assert chosen_language() == locale


def test_a_new_password_signs_every_other_browser_out(office):
    client, other = enter(office), enter(office)
    answer = post(client, "/account/password", old_password=GOOD, new_password=NEW, repeat_password=NEW)
    assert answer.status_code == 303
    assert client.get("/write").status_code == 200
    assert other.get("/write").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "repeat", "sentence"),
    [
        ("wrong", NEW, NEW, "Your own password is not right"),
        (GOOD, NEW, NEW + "x", "not the same"),
        (GOOD, "short", "short", "at least 10 characters"),
        (GOOD, "password123", "password123", "easy to guess"),
        (GOOD, GOOD, GOOD, "differ from the old one"),
        (GOOD, "", "", "fill in"),
    ],
)
def test_why_a_password_is_refused_stands_beside_its_field(office, old, new, repeat, sentence):
    client = enter(office)
    page = post(client, "/account/password", old_password=old, new_password=new, repeat_password=repeat)
    assert page.status_code == 400
    assert sentence in page.text
    assert enter(office)


# --- The users' pages --------------------------------------------------------------------------


def test_an_administrator_makes_a_user_who_then_signs_in(office):
    boss = enter(office, "boss")
    page = post(
        boss,
        "/admin/users/new/",
        username="新来的",
        display_name="新来的",
        role="county",
        county="371525",
        own_password=GOOD,
    )
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    once = shown_password(page)
    assert once not in str(boss.get_cookie("office_session"))
    assert "新来的" in boss.get("/admin/users/").text
    assert enter(office, "新来的", once).get("/admin/").location == "/account/password"


def test_an_administrator_sees_why_a_user_is_refused(office):
    boss = enter(office, "boss")
    page = post(boss, "/admin/users/new/", username="clerk", role="county", county="", own_password=GOOD)
    assert page.status_code == 400
    assert "A county clerk needs a county." in page.text
    page = post(boss, "/admin/users/new/", username="Clerk", role="reader", county="", own_password=GOOD)
    assert "already taken" in page.text


def test_an_administrator_changes_disables_and_enables(office):
    boss, clerk = enter(office, "boss"), enter(office)
    at = f"/admin/users/{user_id('clerk')}/"
    mine = {"act-own_password": GOOD}
    typed = {"display_name": "李四", "version": "1", "county": "", "own_password": GOOD}
    saved = post(boss, at, at, role="reader", **typed)
    assert saved.location == "/admin/users/"
    assert clerk.get("/admin/declared/").status_code == 302
    stale = post(boss, at, at, role="city", **typed)
    assert stale.status_code == 400
    assert "Someone else saved" in stale.text
    clerk = enter(office)
    assert post(boss, at + "end-sessions/", **mine).status_code == 303
    assert clerk.get("/admin/declared/").status_code == 302
    assert post(boss, at + "disable/", **mine).status_code == 303
    client = office.test_client()
    assert post(client, "/login", "/login", username="clerk", password=GOOD).status_code == 400
    assert "Disabled" in boss.get("/admin/users/").text
    assert post(boss, at + "enable/", **mine).status_code == 303
    enter(office)
    page = post(boss, at + "reset-password/", **mine)
    once = shown_password(page)
    enter(office, "clerk", once)


def everything_stored(office, db):
    """Return what an act would have changed; that a wrong password was typed is told in the trail."""
    acts = list(
        db["audit_entries"].find({"action": {"$ne": "password-refused"}}, {"action": 1}).sort("_id", 1)
    )
    return acts, {name: list(db[name].find().sort("_id", 1)) for name in ("users", "office_settings")}


@pytest.mark.parametrize("verb", ["disable", "enable", "unlock", "reset-password", "end-sessions", "", "new"])
def test_an_administrator_at_an_open_desk_does_nothing_to_a_user(office, db, verb):
    """Whoever sits down at a signed-in administrator's browser does not know the password: nothing is changed."""
    boss = enter(office, "boss")
    at = (
        "/admin/users/new/"
        if verb == "new"
        else f"/admin/users/{user_id('clerk')}/" + (f"{verb}/" if verb else "")
    )
    typed = {"username": "thief", "role": "admin", "county": "", "version": "1"}
    before = everything_stored(office, db)
    for wrong in (
        {},
        {"own_password": "", "act-own_password": ""},
        {"own_password": "no", "act-own_password": "no"},
    ):
        page = post(boss, at, **typed, **wrong)
        assert page.status_code == 400, wrong
        assert "own_password" in page.text
        assert everything_stored(office, db) == before
    for _ in range(4):
        post(boss, at, **typed, **{"own_password": "no", "act-own_password": "no"})
    locked = post(boss, at, **typed, **{"own_password": GOOD, "act-own_password": GOOD})
    assert locked.status_code == 400, "five wrong ones lock this, too"
    acts, stored = everything_stored(office, db)
    assert stored == before[1]
    assert {act["action"] for act in acts[len(before[0]) :]} <= {"locked-out"}
    assert db["audit_entries"].count_documents({"action": "password-refused"}) > 0


def test_an_administrator_unlocks_a_user(office):
    client = office.test_client()
    for _ in range(5):
        post(client, "/login", "/login", username="clerk", password="wrong")
    boss = enter(office, "boss")
    assert "Locked for 1 addresses" in boss.get("/admin/users/").text
    at = f"/admin/users/{user_id('clerk')}/"
    assert "Unlock" in boss.get(at).text
    assert post(boss, at + "unlock/", **{"act-own_password": GOOD}).status_code == 303
    assert "Locked" not in boss.get("/admin/users/").text
    enter(office)


def test_the_last_administrator_reads_why_not(office):
    boss = enter(office, "boss")
    post(boss, f"/admin/users/{user_id('boss')}/disable/", **{"act-own_password": GOOD})
    assert "last active administrator" in boss.get("/admin/users/").text


@pytest.mark.parametrize("one", ["x", "0" * 24])
def test_a_user_that_is_not_there(office, one):
    boss = enter(office, "boss")
    assert boss.get(f"/admin/users/{one}/").status_code == 404
    assert post(boss, f"/admin/users/{one}/disable/").status_code == 404


@pytest.mark.parametrize("verb", ["disable", "enable", "unlock", "reset-password", "end-sessions"])
def test_nobody_else_touches_a_user(office, verb):
    at = f"/admin/users/{user_id('boss')}/{verb}/"
    assert office.test_client().post(at).status_code == 401
    for name in ("clerk", "eye"):
        assert post(enter(office, name), at).status_code == 403
    assert enter(office, "boss").get(at).status_code == 405
