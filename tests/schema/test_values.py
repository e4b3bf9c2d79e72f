"""Values as they are stored and compared, keys, headings, and what a declaration is read by."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from rules.applications import ApplicationKind
from rules.papers import FORMS, PaperKind
from schema.application_form import FORM_FIELDS, FormMark, form_fields, form_kind, grouped, spellings
from schema.collection import Collection, Listing, Registry, Section
from schema.field import Field, Kind, Search, heading_key
from schema.registry import REGISTRY
from schema.settings import SESSION_ABSOLUTE, SESSION_IDLE, SETTINGS, SettingValues, refusals_of_settings
from schema.values import in_order, put, stored

A, B = date(2026, 3, 2), date(2026, 3, 3)
NIGHT = datetime(2026, 3, 2, 23, 30, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (A, datetime(2026, 3, 2, tzinfo=UTC)),
        (NIGHT, NIGHT),  # a moment is kept as it is
        ("", None), ("甲", "甲"), (0, 0), (False, False), (None, None),
        ([], None), ((), None), ([A], [datetime(2026, 3, 2, tzinfo=UTC)]), (("甲", ""), ["甲", None]),
        ({"a": A, "b": "", "c": None, "d": 0}, {"a": datetime(2026, 3, 2, tzinfo=UTC), "d": 0}),
    ],
)  # fmt: skip
def test_how_a_value_is_stored(value: Any, kept: Any) -> None:
    assert stored(value) == kept


@pytest.mark.parametrize(
    ("value", "left"), [(None, {"b": 1}), (0, {"a": 0, "b": 1}), ("", {"a": "", "b": 1})]
)
def test_a_derived_value_leaves_no_trace_when_there_is_none(value: Any, left: dict[str, Any]) -> None:
    raw: dict[str, Any] = {"a": 9, "b": 1}
    put(raw, "a", value)
    assert raw == left


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [(A, B, False), (A, A, False), (B, A, True), (None, A, False), (A, None, False)],
)
def test_days_are_in_order(first: date | None, last: date | None, refused: bool) -> None:
    found = in_order({"first": first, "last": last}, "first", "last", "wrong")
    assert [(refusal.field, refusal.message) for refusal in found] == ([("last", "wrong")] if refused else [])


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("从业人员（人）", "从业人员"), ("从业人员 (人)", "从业人员"), ("* 企业\n名称", "企业名称"), ("（空）", "(空)"),
        ("ＵＳＣＣ", "uscc"), ("名称*", "名称"), ("收入(万元)(年)", "收入"), ("", ""),
    ],
)  # fmt: skip
def test_a_heading_is_compared_without_unit_and_signs(heading: str, key: str) -> None:
    assert heading_key(heading) == key


@pytest.mark.parametrize("key", ["a", "a" * 60, "a1", "a-b", "a_b"])
def test_a_key_of_small_letters_is_taken(key: str) -> None:
    assert Field(key, "Label").source == key


@pytest.mark.parametrize("name", ["", "Name", "a b", "x" * 61])
def test_the_key_of_a_copied_name_is_looked_at_as_well(name: str) -> None:
    if name:
        with pytest.raises(ValueError, match="no key"):
            Field("a", "Label", name_key=name)
    else:
        assert Field("a", "Label", name_key=name).source == "a"


@pytest.mark.parametrize(
    ("kind", "asked"),
    [(Kind.COOPERATIONS, "a.base"), (Kind.NAMES, "a.company"), (Kind.TEXT, "a"), (Kind.REFERENCE, "a")],
)
def test_which_stored_key_a_filter_asks(kind: Kind, asked: str) -> None:
    field = Field("a", "Label", "甲", kind, name_key="a_name", aliases=("乙 (人)",))
    assert (field.filter_key, field.source, field.spellings) == (asked, "a_name", {"甲", "乙", "乙(人)"})


THING = Collection(
    "things", "things", "物",
    (
        Field("a", "A", "甲", listed=2, filter=3, search=Search.NAME, section="s"),
        Field("b", "B", "乙", Kind.COOPERATIONS, listed=1, search=Search.TEXT, most_searched=2),
        Field("c", "C", "丙", exported=False, listed=3, filter=1),
        Field("d", "D", "丁", imported=False, traced=False, section="s"),
        Field("e", "E", "戊", Kind.REFERENCE, refers_to="bases", name_key="e_name", filter=2),
        Field("f", "F", "己", stored=False),
        Field("g", "G", "庚", Kind.TEXTS, editable=False, search=Search.COUNTY, section="s"),
        Field("h", "H", "辛", Kind.STATUS),
    ),
    ("a",), sections=(Section("s", "S"),), untraced=("z",), default_status="new",
)  # fmt: skip


def test_what_a_declaration_is_read_by() -> None:
    assert THING.first_columns == ("b", "a")
    assert [field.key for field in THING.filters] == ["c", "e", "a"]
    assert [field.key for field in THING.exported] == ["a", "b", "d", "e", "f", "g", "h"]
    assert [field.key for field in THING.imported] == ["a", "b", "e", "f", "g", "h"]
    assert [field.key for field in THING.references] == ["e"]
    assert THING.typed_keys == ("a", "b", "c", "d", "e", "h")
    assert THING.silent_keys == {"d", "e", "z"}
    assert (THING.has_status, THING.status_of_new({}), THING.field("a").label) == (True, "new", "A")
    assert not Collection("others", "others", "它", (Field("a", "A", "甲"),), ("a",)).has_status


def test_the_texts_by_which_a_record_is_found() -> None:
    raw = {
        "a": "恒越",
        "b": [{"base_name": "一"}, {}, {"base_name": "二"}, {"base_name": "三"}],
        "g": ["东", "", "西"],
    }
    assert THING.searched(raw) == {
        Search.NAME: ["恒越"], Search.TEXT: ["一", "二"], Search.PERSON: [], Search.COUNTY: ["东", "西"],
        Search.RELATED: [],
    }  # fmt: skip
    assert THING.searched({"a": "", "b": None})[Search.NAME] == []


# One value of each kind that could be searched, and the texts that are found by it.
SEARCHED = {
    Kind.COOPERATIONS: ([{"base_name": "一", "name": "二"}], ["一"]),
    Kind.NAMES: ([{"base_name": "一", "name": "二"}], ["二"]),
    Kind.FILES: ([{"file": 1, "name": "甲.pdf"}], ["甲.pdf"]),
    Kind.ROWS: ([{"p1": "一", "p2": 5}, {"p2": 6}, {"p1": "二"}], ["一", "二"]),
}


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_of_field_is_searched_and_referred_by_as_itself(kind: Kind) -> None:
    parts = (Field("p1", "P", "子"), Field("p2", "Q", "丑", Kind.INTEGER)) if kind is Kind.ROWS else ()
    field = Field("a", "A", "甲", kind, refers_to="bases", search=Search.TEXT, parts=parts)
    declared = Collection("kinds", "kinds", "类", (field,), ("a",), sections=(Section("s", "S"),))
    value, texts = SEARCHED.get(kind, (["一", "", "二"], ["一", "二"]))
    assert declared.searched({"a": value})[Search.TEXT] == texts
    assert declared.references == ((field,) if kind is Kind.REFERENCE else ())
    assert declared.has_status is (kind is Kind.STATUS)
    unbound = Collection("kinds", "kinds", "类", (Field("a", "A", "甲", kind),), ("a",))
    assert unbound.references == ()


def test_what_refers_to_a_collection_is_found_by_its_whole_name() -> None:
    referring = {
        name: [(one.name, each.key) for one, each in REGISTRY.referring_to(name)]
        for name in ("base", "bases", "basest", "companies", "service_partners", "tenant_companies")
    }
    assert referring == {
        "base": [], "basest": [], "companies": [],
        "bases": [
            (one.name, each.key) for one in REGISTRY for each in one.fields if "bases" in (each.refers_to,)
        ],
        "service_partners": [("ledger_entries", "partner")],
        "tenant_companies": [("ledger_entries", "companies")],
    }  # fmt: skip


def test_two_halves_share_a_row_and_a_third_begins_another() -> None:
    fields = tuple(Field(key, "L", key, section="s", half=half) for key, half in
                   (("a", True), ("b", True), ("c", True), ("d", False), ("e", True), ("f", True)))  # fmt: skip
    declared = Collection("rows", "rows", "行", fields, ("a",), sections=(Section("s", "S"),))
    assert declared.rows_of("s") == (("a", "b"), ("c",), ("d",), ("e", "f"))
    assert declared.rows_of("t") == ()


def test_a_registry_knows_its_collections_by_name_and_word() -> None:
    registry, thing = Registry(), THING
    hidden = Collection("hidden", "hidden", "隐", (Field("a", "A", "甲"),), ("a",), listed=False)
    uncounted = Collection(
        "plain", "plain-ones", "素", (Field("a", "A", "甲"),), ("a",), counted=False, importable=False
    )
    registry.add(thing, hidden, uncounted)
    assert ("things" in registry, "none" in registry, registry.get("none")) == (True, False, None)
    assert (registry.by_slug("plain-ones"), registry.by_slug("plain")) == (uncounted, None)
    assert (registry.listed, registry.counted, registry.importable) == (
        (thing, uncounted),
        ("things",),
        (thing,),
    )
    assert [registry.is_counted(name) for name in ("things", "hidden", "plain", "none")] == [
        True,
        False,
        False,
        False,
    ]
    assert [(one.name, each.key) for one, each in registry.referring_to("bases")] == [("things", "e")]
    assert [word.value for word in registry.with_statuses()] == ["things"]


def test_a_listing_has_its_fields() -> None:
    listing = Listing("l", "表", (Field("a", "A", "甲"), Field("b", "B", "乙", imported=False)))
    assert (len(listing.exported), [field.key for field in listing.imported]) == (2, ["a"])
    assert listing.field("b").heading == "乙"


# --- Settings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_at_its_bounds_a_setting_is_kept(setting: Any) -> None:
    for bound in (setting.minimum, setting.maximum):
        value = bound if isinstance(setting.default, int) else setting.default[:bound].ljust(bound, "x")
        values = {SESSION_ABSOLUTE.key: 7 * 24, setting.key: value}
        if setting is SESSION_ABSOLUTE:
            values[SESSION_IDLE.key] = 60
        fields = [refusal.field for refusal in refusals_of_settings(SettingValues(values))]
        wanted = [setting.key] if setting.key == "county_office" and bound == setting.minimum else []
        assert fields == wanted, bound


@pytest.mark.parametrize(
    ("idle", "hours", "refused"),
    [(60, 1, False), (61, 1, True), (119, 2, False), (120, 2, False), (121, 2, True)],
)
def test_nobody_is_idle_for_longer_than_signed_in(idle: int, hours: int, refused: bool) -> None:
    values = SettingValues({SESSION_IDLE.key: idle, SESSION_ABSOLUTE.key: hours})
    found = refusals_of_settings(values)
    assert [(one.field, one.params) for one in found] == (
        [(SESSION_IDLE.key, {"hours": hours})] if refused else []
    )


# --- The form ------------------------------------------------------------------------------------------


def test_each_form_asks_its_own_and_the_renewals_the_title_as_well() -> None:
    assert [form_kind(kind) for kind in ApplicationKind] == list(FORMS)
    first, renewal = (form_fields(kind) for kind in FORMS)
    assert [field.key for field in renewal if field not in first] == [
        "announced_on", "document_number", "title_first_day", "title_last_day", "certificate_number",
    ]  # fmt: skip
    assert renewal == FORM_FIELDS
    assert form_kind(ApplicationKind.RENEWAL) is PaperKind.RENEWAL_FORM
    assert "现有称号" not in dict(grouped(first))
    assert list(dict(grouped(reversed(renewal)))) == [
        "基地基本情况",
        "运营主体情况",
        "场地、人员与联系方式",
        "现有称号",
        "入驻企业与服务情况",
        "服务功能",
        "特色与创新",
        "审核意见",
    ]


def test_which_fields_of_the_form_may_come_back_and_which_are_wide() -> None:
    by_key = {field.key: field for field in FORM_FIELDS}
    assert {key for key, field in by_key.items() if not field.comes_back and field.source != "figure"} == {
        "round", "kind", "county", "announced_on", "document_number", "title_first_day", "title_last_day",
        "certificate_number", "assessed_year", "county_opinion", "city_opinion",
    }  # fmt: skip
    assert {key for key, field in by_key.items() if field.is_wide} == {
        "name", "address", "operator", "characteristics", "county_opinion", "city_opinion",
    }  # fmt: skip
    assert by_key["floor_area"].word == "建筑面积"
    labels = spellings(FORM_FIELDS)
    assert (labels["基地名称"], labels["面积"], labels["申报批次"]) == ("name", "floor_area", "round")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("表格编号 0123456789abcdef01234567-3-12-1764137662。", True),
        ("0123456789abcdef01234567-3-12-17641376", False),
        ("0123456789abcdef0123456-3-12-1764137662", False),
        ("", False),
    ],
)
def test_a_form_says_what_it_was_made_from(text: str, found: bool) -> None:
    mark = FormMark.read(text)
    assert (mark is not None) is found
    if mark:
        made_at = datetime(2025, 11, 26, 6, 14, 22, tzinfo=UTC)
        assert mark == FormMark("0123456789abcdef01234567", 3, 12, made_at)
        assert FormMark.read(str(mark)) == mark


def test_every_collection_is_known_in_its_order() -> None:
    assert [declared.name for declared in REGISTRY][:6] == [
        "bases", "tenant_companies", "service_partners", "staff_members", "ledger_entries", "statuses",
    ]  # fmt: skip
