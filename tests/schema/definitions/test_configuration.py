"""The configuration's file: read back as it was written, and every fault of a file told with its place."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.access import Act, Role
from rules.choices import Colour as Words
from rules.counties import SHIPPED
from rules.errors import Refused
from rules.papers import PaperKind
from rules.requests.web_hooks import HookEvent
from rules.rule_sets.measures import CITY_2021
from schema.definitions.conditions import Colour, OwnCondition, Purpose
from schema.definitions.configuration import (
    EDITION,
    FORMAT,
    MOST_BYTES,
    Configuration,
    Entry,
    Outcome,
    differences,
    read_text,
    written,
)
from schema.definitions.configured import (
    HookDefinition,
    MovedRuleSet,
    OwnRuleSet,
    OwnTemplate,
    StatusWord,
    WorkingYear,
)
from schema.definitions.own_collections import OwnCollection, OwnScope, OwnStatus
from schema.definitions.own_fields import OwnField, OwnKind, OwnWord

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
WORDS = st.lists(
    st.builds(OwnWord, st.from_regex(r"w[1-9]\d?", fullmatch=True), TEXT, TEXT, st.booleans()), max_size=3
)
NUMBERS = st.none() | st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9, allow_nan=False)
FIELDS = st.builds(
    OwnField, st.just("bases"), st.just("own_a"), st.sampled_from(OwnKind), TEXT, TEXT, TEXT, TEXT,
    st.lists(TEXT, max_size=3).map(tuple), order=st.integers(0, 200), required=st.booleans(), minimum=NUMBERS,
    maximum=NUMBERS, words=WORDS.map(tuple), last_word=st.integers(0, 99), hidden=st.booleans(), public=st.booleans(),
)  # fmt: skip
RIGHTS = st.dictionaries(
    st.sampled_from([Role.CITY, Role.COUNTY, Role.READER]), st.frozensets(st.sampled_from(Act)), max_size=3
)
COLLECTIONS = st.builds(
    OwnCollection, st.just("visits"), TEXT, TEXT, unique=st.booleans(), scope=st.sampled_from(OwnScope), rights=RIGHTS,
    statuses=st.lists(st.builds(OwnStatus, TEXT, TEXT, final=st.booleans()), max_size=2).map(tuple),
)  # fmt: skip
CONDITIONS = st.builds(
    OwnCondition, st.just("bases"), st.just("rule1"), st.sampled_from(Purpose), TEXT, TEXT, TEXT,
    st.sampled_from(Colour), st.booleans(),
)  # fmt: skip
DAYS = st.lists(st.dates(), max_size=2).map(tuple)
RULE_SETS = st.builds(
    OwnRuleSet,
    st.builds(
        lambda text, tenants, last, tries: replace(
            CITY_2021, code="city-2026", note=text, tenants=tenants, last_day=last, second_renewal_try=tries
        ),
        TEXT, st.integers(0, 99), st.none() | st.dates(), st.booleans(),
    ),
    st.booleans(), TEXT, st.lists(TEXT, max_size=2).map(tuple),
)  # fmt: skip
CONFIGURATIONS = st.builds(
    Configuration,
    settings=st.dictionaries(TEXT, st.integers(-5, 10**6) | TEXT, max_size=3),
    counties=st.sampled_from([{}, {SHIPPED[0].code: SHIPPED[0]}, {one.code: one for one in SHIPPED}]),
    collections=COLLECTIONS.map(lambda own: {"visits": own}) | st.just({}),
    fields=FIELDS.map(lambda own: {"bases": {"own_a": own}}) | st.just({}),
    conditions=CONDITIONS.map(lambda one: {"bases": {"rule1": one}}) | st.just({}),
    statuses=st.dictionaries(
        TEXT,
        st.dictionaries(
            TEXT,
            st.builds(StatusWord, TEXT, st.sampled_from(Words), st.integers(0, 99), st.booleans()),
            max_size=2,
        ),
        max_size=2,
    ),
    working_years=st.dictionaries(TEXT, st.builds(WorkingYear, DAYS, DAYS, TEXT), max_size=2),
    rule_sets=RULE_SETS.map(lambda own: {"city-2026": own}) | st.just({}),
    moved_rule_sets=st.dictionaries(
        TEXT, st.builds(MovedRuleSet, st.none() | st.dates(), st.booleans()), max_size=1
    ),
    templates=st.dictionaries(
        st.sampled_from(PaperKind), st.builds(OwnTemplate, TEXT, st.binary(max_size=9)), max_size=1
    ),
    hooks=st.dictionaries(
        TEXT,
        st.builds(HookDefinition, TEXT, TEXT, TEXT, st.frozensets(st.sampled_from(HookEvent)), TEXT),
        max_size=1,
    ),
    views=st.dictionaries(
        TEXT, st.dictionaries(TEXT, st.dictionaries(TEXT, TEXT, max_size=2), max_size=2), max_size=2
    ),
)


@given(CONFIGURATIONS)
def test_what_is_written_is_read_back_the_same(configuration):
    text = written(configuration)
    assert read_text(text) == configuration
    assert written(read_text(text)) == text
    assert read_text("\ufeff" + text) == configuration, "saved by Notepad"


def test_what_has_its_default_is_left_out_of_the_file():
    own = OwnField("bases", "own_a", OwnKind.TEXT, "网址")
    text = written(Configuration(fields={"bases": {"own_a": own}}))
    assert json.loads(text)["fields"]["bases"]["own_a"] == {
        "collection": "bases",
        "key": "own_a",
        "kind": "text",
        "label": "网址",
    }


def whole(**parts):
    return json.dumps({"format": FORMAT, "edition": EDITION, **parts}, ensure_ascii=False)


GOOD = {"collection": "bases", "key": "own_a", "kind": "text", "label": "网址"}


def with_field(**more):
    return whole(fields={"bases": {"own_a": {**GOOD, **more}}})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Line 1, sign 1"),
        ("{\n  a", "Line 2, sign 3"),
        ("[]", "not a configuration"),
        ("{}", "not a configuration"),
        ('{"format": "office-configuration"}', "not a configuration"),
        (whole().replace(f": {EDITION}", ": true"), "not a configuration"),
        (whole().replace(str(EDITION), str(EDITION + 1)), "newer edition"),
        ("[" * 100_000, "not a configuration"),
        ('{"a": 1, "a": 2}', "“a” stands twice"),
        (" " * (MOST_BYTES + 1), "at most 40 MB"),
        (whole(colours={}), "nothing of this program is called “colours”"),
        (whole(settings=[]), "$.settings: this cannot stand here"),
        (whole(settings={"a": None}), "$.settings.a: this cannot"),
        (whole(settings={"a": True}), "$.settings.a: this cannot"),
        (whole(settings={"a": 2**60}), "$.settings.a: this cannot"),
        (whole(counties={"1": {"code": "1", "name": "甲"}}), "$.counties.1: “short” is missing"),
        (whole(counties={"1": {"code": "2", "name": "甲", "short": "甲", "order": 1}}), "another one"),
        (with_field(kind="colour"), "$.fields.bases.own_a.kind: this cannot"),
        (with_field(key="own_b"), "another one"),
        (with_field(minimum="1"), "$.fields.bases.own_a.minimum: this cannot"),
        (with_field(minimum=float("nan")), "minimum: this cannot"),
        (with_field(words="甲"), "words: this cannot"),
        (with_field(words=[{"label": "甲"}]), "words[1]: “code” is missing"),
        (with_field(words=[{"code": "w1", "label": "甲", "colour": "red"}]), "called “colour”"),
        (with_field(label="a\x00b"), "label: this cannot"),
        (with_field(label="\ud800"), "label: this cannot"),
        (with_field(secret=1), "called “secret”"),
        (whole(working_years={"2031": {"holidays": ["2031-1-1"]}}), "holidays[1]: this cannot"),
        (whole(working_years={"2031": {"holidays": ["20310101"]}}), "holidays[1]: this cannot"),
        (whole(templates={"certificate": {"name": "a", "data": "a"}}), "certificate.data: this cannot"),
        (whole(templates={"certificate": {"name": "a", "data": 1}}), "certificate.data: this cannot"),
        (whole(statuses={"bases": {"a": {"label": "a", "colour": "pink"}}}), "a.colour: this cannot"),
    ],
)  # fmt: skip
def test_a_file_at_fault_is_refused_with_the_place(text, says):
    with pytest.raises(Refused) as refused:
        read_text(text)
    assert says in str(refused.value)


def test_entries_are_added_changed_or_stay():
    here = {"a": Entry("甲", {"x": 1, "y": 2}), "b": Entry("乙", {"x": 1}), "d": Entry("丁", {"x": 1})}
    wanted = {"a": Entry("甲", {"x": 1, "y": 3}), "b": Entry("乙", {"x": 1}), "c": Entry("丙", {"x": 1})}
    found = [(one.key, one.outcome, one.changes) for one in differences(here, wanted)]
    assert found == [
        ("a", Outcome.CHANGED, (("y", 2, 3),)), ("c", Outcome.ADDED, ()), ("d", Outcome.KEPT, ()),
    ]  # fmt: skip
