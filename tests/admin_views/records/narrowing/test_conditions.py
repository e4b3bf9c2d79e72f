"""Conditions of a list, put together on the screen and kept in the address: all that a list does follows them."""

import json
import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from rules.access import Role
from schema.definitions.own_fields import OwnField, OwnKind
from services.definitions.own_fields import add_own_field
from tests.page_reader import flashes, form, ids, names, pills, text_of
from tests.sample_office import GUAN, MADE_AT, MARK, SHEN, cells

LIST = "/admin/tenant-companies/"
FORM = f"{LIST}conditions/"


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def where(*group):
    return "where=" + quote(json.dumps(group, ensure_ascii=False))


def stored(office, clause):
    return {str(row["_id"]) for row in office.db["tenant_companies"].find(clause, {"_id": 1})}


@pytest.mark.parametrize(
    ("asked", "clause"),
    [
        (("all", ["name", "has", MARK]), {"name": {"$regex": MARK}}),
        (("all", ["name", "lacks", MARK]), {"name": {"$not": {"$regex": MARK}}}),
        (("all", ["name", "has", ".*"]), {"_id": None}),
        (
            ("any", ["people", "lt", "5"], ["people", "gte", "20"]),
            {"$or": [{"people": {"$lt": 5}}, {"people": {"$gte": 20}}]},
        ),
        (("all", ["people", "blank"]), {"people": None}),
        (("all", ["people", "ne", "12"]), {"people": {"$ne": 12}}),
        (("all", ["status", "out", "housed"]), {"status": {"$ne": "housed"}}),
        (("all", ["county", "in", GUAN, SHEN]), {"county": {"$in": [GUAN, SHEN]}}),
        (("all", ["base", "has", MARK]), {"base_name": {"$regex": MARK}}),
        (
            ("all", ["status", "in", "housed"], ["any", ["county", "in", GUAN], ["name", "has", MARK]]),
            {"status": "housed", "$or": [{"county": GUAN}, {"name": {"$regex": MARK}}]},
        ),
    ],
)  # fmt: skip
def test_the_list_has_the_records_that_meet_them(office, city, asked, clause):
    page = city.get(f"{LIST}?size=200&{where(*asked)}").text
    assert set(ids(page)) == stored(office, clause)


def test_a_reference_is_compared_with_the_record(office, city):
    page = city.get(f"{LIST}?{where('all', ['base', 'in', str(office.shen.base)])}").text
    assert set(ids(page)) == stored(office, {"base": office.shen.base})
    others = city.get(f"{LIST}?size=200&{where('all', ['base', 'out', str(office.shen.base)])}").text
    assert set(ids(others)) == stored(office, {"base": {"$ne": office.shen.base}})
    assert f"{MARK}" in text_of(page.split("conditions-chip")[1].split("</span>")[0]), "the base by its name"


def test_count_export_and_acts_on_all_follow_them(office, city):
    asked = where("any", ["name", "has", MARK])
    page = city.get(f"{LIST}?{asked}").text
    wanted = stored(office, {"name": {"$regex": MARK}})
    assert f"<small>{len(wanted)}</small>" in page.split("</h1>")[0]
    answer = city.get(f"{LIST}export/xlsx/?{asked}")
    exported = {row[1] for row in cells(answer) if row[1] and MARK in str(row[1])}
    whole = {row[1] for row in cells(city.get(f"{LIST}export/xlsx/")) if row[0] is not None}
    assert exported
    assert exported < whole
    assert len(exported) == len(wanted)
    seen = re.search(r'name="seen" value="(\d+)"', page).group(1)
    before = stored(office, {})
    city.send(f"{LIST}action/?{asked}", {"action": "delete", "everything": "1", "seen": seen})
    assert before - stored(office, {}) <= wanted


def test_conditions_that_cannot_be_read_show_and_touch_nothing(office, city):
    for text in ("[", '["all",["nothing","has","x"]]', '["all",["people","gte","many"]]'):
        address = f"where={quote(text)}"
        page = city.get(f"{LIST}?{address}")
        assert page.status_code == 200
        assert ids(page.text) == []
        assert 'role="alert"' in page.text
        before = office.digest()
        city.send(f"{LIST}action/?{address}", {"action": "delete", "everything": "1", "seen": "9999"})
        assert office.digest() == before
        assert "此处没有" in text_of(city.get(f"{LIST}?where={quote(text)}").text) or "nothing" not in text


def test_a_field_that_is_kept_from_a_role_is_not_there(office, sign_in):
    kept = OwnField("tenant_companies", "", OwnKind.TEXT, "内部意见", unseen_by=(Role.COUNTY,))
    field = add_own_field(kept, actor=office.actor("boss"), now=MADE_AT)
    asked = where("all", [field.key, "blank"])
    assert ids(sign_in("city").get(f"{LIST}?{asked}").text)
    guan = sign_in("guan")
    assert ids(guan.get(f"{LIST}?{asked}").text) == []
    assert "内部意见" not in guan.get(FORM).text


def test_a_countys_clerk_stays_in_the_county(office, sign_in):
    guan = sign_in("guan")
    page = guan.get(f"{LIST}?{where('any', ['name', 'filled'], ['name', 'blank'])}").text
    assert set(ids(page)) == stored(office, {"county": GUAN})
    assert ids(guan.get(f"{LIST}?{where('any', ['county', 'in', SHEN])}").text) == []
    assert MARK not in guan.get(f"{FORM}?{where('all', ['base', 'in', str(office.shen.base)])}").text


def test_of_a_partner_a_county_asks_its_own_part_alone(office, sign_in):
    partners = "/admin/service-partners/"
    asked = where("all", ["cooperations", "in", str(office.shen.base)])
    assert ids(sign_in("guan").get(f"{partners}?{asked}").text) == []
    assert ids(sign_in("city").get(f"{partners}?{asked}").text)
    assert ids(sign_in("guan").get(f"{partners}?{where('all', ['cooperations', 'has', MARK])}").text) == []


# --- The form -----------------------------------------------------------------------------------------


def press(browser, page, act, **typed):
    """Send the form of a page as a browser would, by one of its buttons."""
    held = {**form(page, FORM), **typed, "act": act}
    sent = [
        (name, one) for name, value in held.items() for one in ([value] if isinstance(value, str) else value)
    ]
    query = "&".join(f"{name}={quote(value)}" for name, value in sent)
    return browser.get(f"{FORM}?{query}")


def test_they_are_put_together_without_script(office, city):
    page = city.get(f"{FORM}?county={GUAN}").text
    page = press(city, page, "", **{"field.0-0": "people"}).text
    assert "不小于" in text_of(page)
    page = press(city, page, "row.0", **{"how.0-0": "gte", "value.0-0": "1"}).text
    assert 'data-focus="field.0-1"' in page
    page = press(city, page, "group.0", **{"field.0-1": "status"}).text
    page = press(city, page, "", **{"mode.0-2": "any", "field.0-2-0": "name", "value.0-1": "housed"}).text
    answer = press(city, page, "show", **{"value.0-2-0": "有限"})
    assert answer.status_code == 303
    asked = parse_qs(urlsplit(answer.location).query)
    assert asked["county"] == [GUAN]
    assert json.loads(asked["where"][0]) == [
        "all", ["people", "gte", "1"], ["status", "in", "housed"], ["any", ["name", "has", "有限"]],
    ]  # fmt: skip
    shown = city.get(answer.location).text
    assert set(ids(shown)) == stored(
        office, {"county": GUAN, "people": {"$gte": 1}, "status": "housed", "name": {"$regex": "有限"}}
    )
    chip = text_of(shown.split("conditions-chip")[1].split("</span>")[0])
    assert "从业人员 不小于 1 且 状态 属于 在驻 且 （企业名称 包含 有限）" in chip
    again = city.get(f"{FORM}?{urlsplit(answer.location).query}").text
    assert form(again, FORM)["value.0-2-0"] == ["有限"]
    fewer = press(city, again, "drop.0-2").text
    assert "value.0-2-0" not in form(fewer, FORM)


def test_what_is_wrong_is_said_at_its_row_and_what_was_typed_stays(office, city):
    page = city.get(FORM).text
    page = press(city, page, "", **{"field.0-0": "people"}).text
    answer = press(city, page, "show", **{"how.0-0": "gte", "value.0-0": "很多"})
    assert answer.status_code == 200
    assert "“很多”不能用于“从业人员”" in text_of(answer.text)
    assert form(answer.text, FORM)["value.0-0"] == ["很多"]
    typed = press(city, city.get(FORM).text, "", **{"field.0-0": "moved_in"}).text
    answer = press(city, typed, "show", **{"how.0-0": "from", "value.0-0": "2024年5月6日"})
    assert "2024-05-06" in answer.location


def test_no_condition_shows_the_whole_list(office, city):
    assert press(city, city.get(FORM).text, "show").location.endswith(LIST)


@pytest.mark.parametrize(
    "query",
    [
        "mode.0=all&field.0-0=$where&how.0-0=x&value.0-0=y&act=show",
        "mode.0=all&act=drop.0-99",
        "mode.0=all&act=group.0-0-0-0-0",
        "mode.0=all&act=row.%00",
        "mode.0=&mode.0-0=any&mode.0-0-0=any&mode.0-0-0-0=any&act=group.0-0-0",
        "mode.0=all&field.0-9999=name&field.x=1",
        "mode.0=all&field.0-0=base&how.0-0=in&value.0-0=" + "z" * 300,
        "mode.0=all&field.0-0=moved_in&how.0-0=past&value.0-0=-5&act=show",
        "&".join(f"field.0-{n}=name&how.0-{n}=filled" for n in range(60)) + "&mode.0=all&act=show",
    ],
)
def test_a_nasty_form_gets_a_page(office, city, query):
    assert city.get(f"{FORM}?{query}").status_code in (200, 303)


def test_a_saved_view_and_the_county_bar_keep_them(office, city):
    asked = where("all", ["name", "has", "有限"])
    city.send(f"{LIST}views/save/?{asked}", {"name": "甲"})
    (view,) = office.db["users"].find_one(office.users["city"])["saved_views"]["tenant_companies"]
    assert names(city.get(LIST + view["query"]).text) == names(city.get(f"{LIST}?{asked}").text)
    page = city.get(f"{LIST}?{asked}").text
    (pill,) = (one for one in pills(page) if one.label == "冠县")
    assert json.loads(parse_qs(urlsplit(pill.url).query)["where"][0]) == ["all", ["name", "has", "有限"]]


def test_a_view_that_is_too_long_is_refused_and_never_cut(office, city):
    asked = where("all", *(["name", "in", "x"] for _ in range(1)), ["name", "has", "一"])
    city.send(f"{LIST}views/save/?{asked}", {"name": "甲"})
    long = where("any", *(["notes", "has", "很长的条件" * 12] for _ in range(12)))
    answer = city.send(f"{LIST}views/save/?{long}", {"name": "乙"})
    assert flashes(city.get(answer.location).text)
    kept = office.db["users"].find_one(office.users["city"])["saved_views"]["tenant_companies"]
    assert all(view["name"] != "乙" for view in kept)
