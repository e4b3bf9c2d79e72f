"""What makes pages quick changes nothing of them: words by language, escaping, addresses, the state of the office."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, url_for
from jinja2 import Environment, meta
from markupsafe import Markup, escape
from wtforms import StringField

from admin_views.shared.requests.templates import OfficeEnvironment
from documents.desk import unchanged
from documents.server.connection import client, database
from forms.drawing import fields
from forms.drawing.escaping import html
from forms.drawing.words import later
from forms.plain_form import PlainForm
from forms.record import form_of
from rules.access import SYSTEM
from schema.registry import REGISTRY
from services.assessment.kept_figures import rebuild_figures_of
from services.overview import figures
from services.shared.unit_of_work import in_one_transaction
from tests.sample_office import GUAN
from tests.services.assessment.test_assess import counted_commands

PARTS = Path(__file__).parents[4] / "templates" / "shared" / "parts"


@pytest.mark.parametrize(
    "value", ["", "甲", "<b>\"&'", Markup("<i>"), 7, 2.5, None, True, later("Save"), ["<"]]
)
def test_what_is_escaped_quickly_is_escaped_as_ever(value, app: Flask):
    with app.test_request_context("/"):
        assert html(value) == escape(value)


def test_a_page_says_its_words_in_the_language_of_each_reader(sign_in, app: Flask):
    assert isinstance(app.jinja_env, OfficeEnvironment)
    said = {}
    for language in ("zh_Hans_CN", "en", "zh_Hans_CN", "en"):
        browser = sign_in("city")
        browser.set_cookie("language", language)
        page = browser.get("/admin/tenant-companies/").text
        assert said.setdefault(language, "Export as" in page) == (language == "en")
        assert ("导出为" in page) == (language != "en")


def test_a_label_that_an_office_wrote_is_text_and_no_html(app: Flask):
    with app.test_request_context("/"):
        form = type("Odd", (PlainForm,), {"odd": fields_with("<b>&</b>")})()
        drawn = fields.field(form["odd"])
    assert "<b>" not in drawn and "&lt;b&gt;&amp;&lt;/b&gt;" in drawn


def fields_with(label: str):
    """Return a field with a label, which is said when it is drawn."""
    return StringField(later(label), description=later(label), render_kw={"data-unit": later(label)})


def test_addresses_are_those_that_flask_builds(app: Flask):
    for path in ({}, {"SCRIPT_NAME": "/office"}):
        for _ in range(2):
            with app.test_request_context("/", environ_overrides=path):
                for endpoint, values in (
                    ("admin.index", {}), ("static", {"filename": "icons.svg"}), ("bases.index_view", {}),
                    ("bases.export", {"export_type": "xlsx"}), ("bases.details_view", {"id": "a b"}),
                ):  # fmt: skip
                    assert url_for(endpoint, **values) == Flask.url_for(app, endpoint, **values)
                    assert url_for(endpoint, **values).startswith(path.get("SCRIPT_NAME", "/"))


# --- The office's state is read once while nothing is written -----------------------------------------------


@pytest.fixture
def moments(monkeypatch):
    """Keep the state as a server would that has this database alone; give what tells of a write."""
    told = [0]
    monkeypatch.setattr(unchanged, "_KEPT", unchanged._Kept())
    monkeypatch.setattr(unchanged, "LONGEST", 60.0)
    monkeypatch.setattr(unchanged, "moment_of", lambda session: told[0])
    return told


def test_a_list_costs_two_commands_while_nothing_is_written_and_three_after_a_write(office, sign_in, moments):
    browser = sign_in("city")
    moments[0] += 1
    for expected in (["aggregate", "aggregate", "find"], ["aggregate", "find"]):
        with counted_commands(office.db) as sent:
            browser.get("/admin/bases/")
            assert sent == expected


def test_what_somebody_else_writes_stands_on_the_very_next_page(office, sign_in, monkeypatch):
    monkeypatch.setattr(unchanged, "LONGEST", 60.0)
    browser = sign_in("city")
    for total in (70_001, 70_002, 70_003):
        browser.get("/admin/bases/")
        browser.get("/admin/bases/")
        database()["tallies"].update_one({"_id": "service_partners"}, {"$set": {"total": total}})
        assert f"{total:,}" in browser.get("/admin/bases/").text


def test_a_setting_that_another_process_changes_counts_on_the_very_next_page(office, sign_in, monkeypatch):
    monkeypatch.setattr(unchanged, "LONGEST", 60.0)
    browser = sign_in("city")
    browser.get("/admin/bases/")
    browser.get("/admin/bases/")
    database()["counties"].update_one({"_id": GUAN}, {"$set": {"short": "冠冠县"}, "$inc": {"version": 1}})
    assert "冠冠县" in browser.get("/admin/bases/").text


def test_a_state_is_not_kept_when_something_was_written_while_it_was_read(office, moments, monkeypatch):
    given = iter(range(1, 100))
    monkeypatch.setattr(unchanged, "moment_of", lambda session: next(given))
    with client().start_session(causal_consistency=False) as session:
        assert unchanged.state_at(session) is not unchanged.state_at(session)


def test_a_write_of_this_process_stands_at_once_whatever_moment_the_database_tells(office, moments):
    with client().start_session(causal_consistency=False) as session:
        before = unchanged.state_at(session)
        assert unchanged.state_at(session) is before
        in_one_transaction(lambda uow: uow.hold(), actor=SYSTEM, now=datetime.now(UTC))
        assert unchanged.state_at(session).version != before.version


def test_a_state_that_was_being_read_during_a_write_of_this_process_is_not_kept(office, moments, monkeypatch):
    read, writing = unchanged.state_of_rows, [True]

    def slowly(rows):
        state = read(rows)
        if writing:
            writing.clear()
            in_one_transaction(lambda uow: uow.hold(), actor=SYSTEM, now=datetime.now(UTC))
        return state

    monkeypatch.setattr(unchanged, "state_of_rows", slowly)
    with client().start_session(causal_consistency=False) as session:
        assert unchanged.state_at(session).version != unchanged.state_at(session).version


def test_behind_a_router_nothing_is_kept(office, moments):
    with client().start_session(causal_consistency=False) as session:
        assert unchanged.state_at(session) is unchanged.state_at(session)
        moments[0] = None
        assert unchanged.state_at(session) is not unchanged.state_at(session)


def test_figures_built_anew_stand_in_the_pictures_of_a_running_process(office, sign_in, monkeypatch):
    monkeypatch.setattr(figures, "MOST_KEPT", 2)
    base, browser = office.guan.base, sign_in("city")
    place = {"part": figures.year_part(2025), "base": base}
    page = f"/admin/overview/base/?id={base}&year=2025"
    wrong = {"$set": {"months": {"03": {"training": 4321}}}}
    database()["kept_figures"].update_one(place, wrong, upsert=True)
    assert "4,321" in browser.get(page).text
    rebuild_figures_of([base], now=datetime.now(UTC))
    assert "4,321" not in browser.get(page).text


def test_the_figures_of_pictures_are_read_once_until_somebody_writes(office, sign_in, monkeypatch):
    monkeypatch.setattr(figures, "MOST_KEPT", 2)
    browser = sign_in("city")
    taken = []
    for _ in range(4):
        with counted_commands(office.db) as sent:
            for year in (2024, 2025):
                assert browser.get(f"/admin/overview/?year={year}").status_code == 200
            taken.append(len(sent))
        if len(taken) == 2:
            database()["audit_head"].update_one({}, {"$inc": {"unrecorded": 1}})  # as every write does
    assert taken[1] == taken[3] < taken[0] == taken[2]


# --- Parts and fields are drawn once ------------------------------------------------------------------------


@pytest.mark.parametrize("part", sorted((PARTS).glob("*.html")), ids=lambda path: path.stem)
def test_a_part_that_is_drawn_once_knows_nothing_of_the_request(part):
    asked = meta.find_undeclared_variables(Environment(autoescape=True).parse(part.read_text("utf-8")))
    assert not asked & {
        "layout", "request", "session", "g", "config", "current_user", "page", "url_for", "form_token",
        "get_flashed_messages", "stylesheet_url", "drawn_part",
    }  # fmt: skip


def test_a_part_is_drawn_of_plain_values_alone(app: Flask):
    with app.test_request_context("/"):
        menu = {"sidebar": (), "home_url": "/", "folded": False, "sprite": ""}
        part = app.jinja_env.globals["drawn_part"]
        assert "&lt;b&gt;" in part("shared/parts/rail.html", office_name="<b>", **menu)
        assert "&lt;b&gt;" in part("shared/parts/rail.html", office_name=Markup("<b>"), **menu)
        for odd in (Markup("<i>"), [], {}, later("Save")):
            with pytest.raises(TypeError):
                part("shared/parts/rail.html", office_name=(odd,), **menu)


def test_a_declared_field_is_drawn_once_and_shows_what_each_record_holds(app: Flask):
    form = form_of(REGISTRY["tenant_companies"])
    words = [word.value for word in REGISTRY["tenant_companies"].field("industry").choices]
    raws = [{"name": '<甲> "&"', "industry": words[0], "people": 7}, {"name": "乙", "industry": words[1]}, {}]
    for _ in range(2):
        for locale in ("zh_Hans_CN", "en"):
            for raw in raws:
                with app.test_request_context("/", headers={"Cookie": f"language={locale}"}):
                    made = form.filled(raw)
                    for one in made:
                        assert fields.field(one) == fields._field(one)


def test_a_field_that_says_something_else_is_drawn_anew(app: Flask):
    with app.test_request_context("/"):
        one = form_of(REGISTRY["tenant_companies"]).filled({"name": "甲"})["name"]
        before = fields.field(one)
        one.description, one.label.text = "<说明>", "<名>"
        assert fields.field(one) == fields._field(one) != before
        one.render_kw = {"data-unit": "人"}
        assert fields.field(one) == fields._field(one)
        one.errors = ["错"]
        assert "错" in fields.field(one)
        one.errors = ()
        assert "错" not in fields.field(one) and "&lt;名&gt;" in fields.field(one)


def test_the_menu_counts_what_was_written_since(office, sign_in, moments):
    browser = sign_in("city")
    browser.get("/admin/bases/")
    database()["tallies"].update_one({"_id": "service_partners"}, {"$set": {"total": 70_009}})
    moments[0] += 1
    assert "70,009" in browser.get("/admin/bases/").text
