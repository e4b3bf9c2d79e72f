"""Conditions in an address: what is read, what is refused with a sentence, and that nothing else ever happens."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.narrowing import clause_of
from rules.errors import Refused
from schema.narrowing.address import LONGEST, read, text_of, written
from schema.narrowing.operators import FILLED, MANY, OPERATORS, Family, compared_fields, family_of
from schema.narrowing.tree import MOST_COMPARISONS, MOST_DEPTH
from schema.service_partners import SERVICE_PARTNERS
from schema.tenant_companies import TENANT_COMPANIES

FIELDS = {one.key: one for one in compared_fields(TENANT_COMPANIES, in_one_county=False)}
DAY = date(2026, 3, 2)
_SAMPLES = {
    Family.TEXT: ("启程", "a"), Family.NUMBER: ("1", "20.5"), Family.DAY: ("2026-01-01", "2026-12-31"),
    Family.RECORD: ("5f" * 12,),
}  # fmt: skip


def _values(field, operator):
    if operator.takes == "number":
        return ["30"]
    if operator.takes == "text":
        return ["启程"]
    words = [word.value for word in field.choices or ()] or ["yes" if field.kind == "yes-no" else "housed"]
    given = _SAMPLES.get(family_of(field), tuple(words))
    return list(given[: 2 if operator.values == MANY else operator.values])


@pytest.mark.parametrize("declaration", [TENANT_COMPANIES, SERVICE_PARTNERS], ids=lambda one: one.slug)
def test_every_operator_of_every_field_is_read_written_alike_and_asked(declaration):
    fields = {one.key: one for one in compared_fields(declaration, in_one_county=False)}
    assert len(fields) > 5
    for field in fields.values():
        for operator in OPERATORS[family_of(field)]:
            text = json.dumps(["all", [field.key, operator.name, *_values(field, operator)]])
            group = read(text, fields)
            assert read(written(group), fields) == group
            assert clause_of(group, today=DAY, part_of="371525")["$and"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cannot be read"),
        ("[]", "cannot be read"),
        ('["all"]', "cannot be read"),
        ('["none",["name","has","a"]]', "cannot be read"),
        ('{"all":[]}', "cannot be read"),
        ('["all",["name"]]', "cannot be read"),
        ('["all",["name","has",{"$gt":""}]]', "cannot be read"),
        ('["all",["$where","has","1"]]', "not to be found here"),
        ('["all",["size_reason","has","a"]]', "not to be found here"),
        ('["all",["name","regex","a"]]', "cannot be compared in this way"),
        ('["all",["name","has"]]', "Say what"),
        ('["all",["name","has","a","b"]]', "Say what"),
        ('["all",["people","gte","many"]]', "“many” is not possible"),
        ('["all",["people","gte","nan"]]', "“nan” is not possible"),
        ('["all",["people","gte","1e400"]]', "is not possible"),
        ('["all",["moved_in","on","2026-02-30"]]', "is not possible"),
        ('["all",["moved_in","on","0001-01-01"]]', "is not possible"),
        ('["all",["moved_in","past","999999999999"]]', "is not possible"),
        ('["all",["moved_in","between","2026-02-02","2026-01-01"]]', "the end lies before"),
        ('["all",["industry","in","nonsense"]]', "is not possible"),
        ('["all",["status","in","a b"]]', "is not possible"),
        ('["all",["base","in","xyz"]]', "is not possible"),
        ("[" * 900 + "]" * 900, "cannot be read"),
        ("9" * 5000, "cannot be read"),
        ('["all",' + ",".join(['["name","filled"]'] * (MOST_COMPARISONS + 1)) + "]", "At most"),
        ('["all",' * (MOST_DEPTH + 1) + '["name","filled"],["name","filled"]' + "]" * (MOST_DEPTH + 1), "deep"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_one_sentence(text, said):
    with pytest.raises(Refused) as refused:
        read(text, FIELDS)
    (reason,) = refused.value.refusals
    assert said in str(reason)


def test_of_a_masked_field_only_its_presence_is_told():
    masked = replace(SERVICE_PARTNERS.field("contact_phone"), masked=True)
    assert family_of(masked) is Family.PRESENCE
    with pytest.raises(Refused):
        read('["all",["contact_phone","begins","138"]]', {"contact_phone": masked})
    assert read('["all",["contact_phone","filled"]]', {"contact_phone": masked}).parts[0].operator is FILLED


def test_the_county_is_not_asked_for_where_all_is_of_one():
    assert "county" in FIELDS
    assert "county" not in {one.key for one in compared_fields(TENANT_COMPANIES, in_one_county=True)}


_TEXTS = st.one_of(
    st.sampled_from([*FIELDS, *(one.name for family in OPERATORS.values() for one in family), "all", "any"]),
    st.text(max_size=12),
    st.sampled_from(
        ["2026-01-01", "20", "-1", "1e9", "housed", "5f" * 12, "\x00", "\ud800", ".*(", "$where"]
    ),
)
_JSON = st.recursive(
    st.one_of(_TEXTS, st.integers(), st.none(), st.booleans(), st.floats(allow_nan=True)),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(_TEXTS, inner, max_size=3)),
    max_leaves=25,
)


@given(st.one_of(_JSON.map(json.dumps), st.text(max_size=200), st.lists(_TEXTS, max_size=6).map(
    lambda parts: json.dumps(["any", parts, ["all", parts, parts]])
)))  # fmt: skip
def test_whatever_stands_in_an_address_is_read_or_refused(text):
    try:
        group = read(text, FIELDS)
    except Refused as refused:
        assert str(refused.refusals[0])
        return
    assert len(text) <= LONGEST
    assert all(one.field.key in FIELDS for one in group.comparisons())
    assert read(written(group), FIELDS) == group
    assert clause_of(group, today=DAY)
    assert all(isinstance(text_of(value), str) for one in group.comparisons() for value in one.values)
