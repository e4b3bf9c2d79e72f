"""Fields, columns, forms, documents, indexes and stored shapes of a collection agree, because each is made from one
declaration or held to it here."""

import importlib
import re
from dataclasses import is_dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

import schema
from documents.kinds import RECORDS
from documents.records.base import StoredBase
from documents.records.ledger_entry import StoredEntry
from documents.records.service_partner import StoredPartner
from documents.records.staff_member import StoredMember
from documents.records.status import StoredStatus
from documents.records.tenant_company import StoredCompany
from forms.record import form_of
from office.excel.cells import parse
from office.excel.rows import row_maker
from rules.errors import Refused
from schema.collection import REGISTRY as BARE
from schema.collection import Collection, Index, Registry, Section
from schema.field import Field, Kind, Search
from schema.registry import REGISTRY
from tests.schema.declarations import TABLE, declared_table, written

ROOM = Path(schema.__path__[0])
CATALOGUE = (
    Path(__file__).resolve().parents[2] / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
)
LISTED = REGISTRY.listed
SHAPES: dict[str, Any] = {
    "bases": StoredBase,
    "tenant_companies": StoredCompany,
    "service_partners": StoredPartner,
    "staff_members": StoredMember,
    "ledger_entries": StoredEntry,
    "statuses": StoredStatus,
}
KEPT_BY_THE_PROGRAM = {
    "_id", "version", "created_at", "created_by", "updated_at", "updated_by", "search_text", "search_tokens",
    "county_texts", "county_tokens", "sort_key",
}  # fmt: skip


def each(collections=LISTED):
    return pytest.mark.parametrize("declared", collections, ids=lambda one: one.name)


def stored_keys(declared: Collection) -> set[str]:
    fields = [field for field in declared.fields if field.stored]
    return {field.key for field in fields} | {field.name_key for field in fields if field.name_key}


def test_a_declaration_changes_only_together_with_the_table_of_all():
    before, now = TABLE.read_text(encoding="utf-8").splitlines(), written(declared_table()).splitlines()
    changed = "\n".join(unified_diff(before, now, lineterm="", n=0))
    assert not changed, f"Meant so? Then write the table anew: python -m tests.schema.declarations\n{changed}"


# Two of these are the same when they are one: caches are kept by them.
TOLD_APART = {"Collection", "Colouring", "Field", "FormField", "Listing", "RecordRule"}


def test_nothing_of_a_declaration_changes_once_it_is_made():
    params = {
        value.__name__: value.__dataclass_params__
        for path in ROOM.glob("*.py")
        for value in vars(importlib.import_module(f"schema.{path.stem}")).values()
        if isinstance(value, type) and is_dataclass(value) and value.__module__ == f"schema.{path.stem}"
    }
    assert len(params) >= 14
    assert [name for name, of_class in params.items() if not of_class.frozen] == []
    assert {name for name, of_class in params.items() if not of_class.eq} == TOLD_APART


def test_the_registry_is_the_one_that_declarations_fill():
    assert BARE is REGISTRY
    assert [declared.name for declared in LISTED] == list(SHAPES)


@each()
def test_a_document_has_a_field_for_every_declared_one_and_no_other(declared):
    document = RECORDS[declared.name]
    names = {document._fields[name].db_field for name in document._fields} - KEPT_BY_THE_PROGRAM
    assert names - {"earlier_terms", "operator_changes"} == stored_keys(declared)


@each()
def test_the_shape_of_a_stored_record_says_what_is_declared(declared):
    shape = set(SHAPES[declared.name].__annotations__)
    assert shape - KEPT_BY_THE_PROGRAM - {"earlier_terms", "operator_changes"} == stored_keys(declared)


@each()
def test_a_form_asks_for_every_editable_field_of_a_section_once(declared):
    asked = [name for section in form_of(declared).sections for row in section.rows for name in row]
    assert sorted(asked) == sorted(field.key for field in declared.fields if field.section and field.editable)
    assert set(form_of(declared)()._fields) == set(asked)


@each()
def test_what_an_import_sets_a_form_can_set(declared):
    typed = set(declared.typed_keys)
    given = {declared.number_key}  # a workbook names it to find the record, and nobody types it
    assert {field.key for field in declared.imported if field.stored} - given <= typed


@each()
def test_every_index_stands_on_declared_keys(declared):
    known = (
        stored_keys(declared)
        | {"sort_key", "search_tokens", "county_tokens", declared.county_key}
        | {"earlier_terms", "operator_changes"}
    )
    for index in RECORDS[declared.name]._meta["indexes"]:
        for key in index["fields"]:
            name = key.lstrip("-").split(".")[0].replace("collection_name", "collection")
            assert name in known | {"_id"}, (index["name"], key)


@each()
def test_what_lists_sort_by_has_an_index_or_few_records(declared):
    indexed = {field.key for field in declared.fields if field.indexed} | set(declared.sorted_by)
    sortable = {field.key for field in declared.fields if field.sortable}
    by_name = {declared.sort_name} if "sort_key" in indexed else set()
    few = declared.name in ("statuses", "bases")  # a dictionary; some hundreds
    assert few or sortable <= indexed | by_name, sortable - indexed - by_name


@each()
def test_every_unique_index_says_what_is_taken_at_a_declared_field(declared):
    for index in declared.indexes:
        assert not index.unique or index.field in declared.by_key, index.name


@each()
def test_no_two_columns_of_a_workbook_share_a_heading(declared):
    headings = [field.heading for field in declared.exported]
    assert all(headings)
    assert len(set(headings)) == len(headings)


@each()
def test_a_personal_field_is_never_public(declared):
    assert [field.key for field in declared.fields if field.personal and field.public] == []


@each(tuple(REGISTRY))
def test_every_reference_names_a_known_collection_and_its_refusal_has_words(declared):
    for field in declared.fields:
        if field.refers_to:
            assert field.refers_to in REGISTRY
            assert declared.referred or not declared.listed


@each()
def test_every_export_column_can_be_written_and_an_import_column_read(declared):
    make = row_maker(declared.exported, county_names={}, status_labels={})
    assert set(make({})) == {"序号", *(field.heading for field in declared.exported)}
    for field in declared.imported:
        assert parse(field, "") is None


@pytest.mark.parametrize("key", ["", "Name", "1st", "a b", "a.b", "a'b", "__class__", "x" * 61, "名称"])
def test_a_key_that_could_do_harm_is_refused_where_it_is_declared(key):
    with pytest.raises(ValueError, match="no key"):
        Field(key, "Label", "列")


@pytest.mark.parametrize(
    ("fields", "sections", "said"),
    [
        ((Field("a", "A", "甲"), Field("a", "B", "乙")), (), "twice"),
        ((Field("a", "A", "甲", section="no"),), (Section("yes", "Yes"),), "no section no"),
        ((Field("a-b", "A", "甲"),), (), "no name"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(fields, sections, said):
    with pytest.raises(ValueError, match=said):
        Collection("things", "things", "物", fields, ("a",), sections=sections)


def test_a_registry_forgets_what_was_tried():
    registry = Registry()
    thing = Collection("things", "things", "物", (Field("a", "A", "甲"),), ("a",))
    with registry.also(thing):
        assert registry.by_slug("things") is thing
    assert "things" not in registry


def test_two_short_fields_share_a_row_and_a_long_one_stands_alone():
    fields = (
        Field("a", "A", "甲", section="s", half=True),
        Field("b", "B", "乙", section="s", half=True),
        Field("c", "C", "丙", section="s"),
        Field("d", "D", "丁", section="s", half=True),
        Field("e", "E", "戊", section="s", form_order=-1),
        Field("f", "F", "己", section="s", editable=False),
    )
    declared = Collection("things", "things", "物", fields, ("a",), sections=(Section("s", "S"),))
    assert declared.rows_of("s") == (("e",), ("a", "b"), ("c",), ("d",))
    assert [field.key for field in declared.in_section("s")][-1] == "f"


def test_a_field_is_found_by_its_role():
    fields = (
        Field("a", "A", "甲", search=Search.NAME),
        Field("b", "B", "乙", Kind.NAMES, search=Search.TEXT, most_searched=1),
        Field("c", "C", "丙"),
    )
    declared = Collection("things", "things", "物", fields, ("a",))
    texts = declared.searched({"a": "恒越", "b": [{"name": "一"}, {"name": "二"}], "c": "never"})
    assert (texts[Search.NAME], texts[Search.TEXT]) == (["恒越"], ["一"])


def test_an_index_is_unique_when_it_says_what_is_taken():
    assert Index("u", ("a",), "taken").unique
    assert not Index("i", ("a",)).unique


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.INTEGER, "1,234", 1234),
        (Kind.DECIMAL, "1.5", 1.5),
        (Kind.YES_NO, "有", True),
        (Kind.TEXT, " 甲 ", "甲"),
        (Kind.TEXTS, "甲、乙", ["甲", "乙"]),
    ],
)
def test_a_kind_decides_how_a_value_is_read(kind, text, value):
    assert parse(Field("a", "A", "甲", kind), text) == value


def test_a_number_that_is_none_is_refused_at_its_field():
    with pytest.raises(Refused) as refused:
        parse(Field("people", "People", "人数", Kind.INTEGER), "many")
    assert refused.value.refusals[0].field == "people"


# What a heading says more than the screen, where the list around it says the rest.
_SAID_OTHERWISE = {
    "示范基地": {"所属基地", "基地名称"},
    "县（市、区）": {"所属县（市、区）"},
    "原因": {"人工认定原因", "不予备案理由"},
    "推荐函": {"推荐文号"},
    "报备日期": {"备案日期"},
    "截止日期": {"备案截止日期"},
    "状态": {"办理状态"},
    "事由": {"理由"},
    "事先告知送达日期": {"事先告知日期"},
    "陈述、申辩截止日期": {"陈述申辩截止"},
    "陈述、申辩日期": {"陈述申辩日期"},
    "撤销本决定的文号": {"推翻该决定的文号"},
    "级别": {"推荐级别"},
    "年度": {"推荐年度"},
    "行文日期": {"推荐日期"},
}


def test_a_column_is_called_the_same_on_the_screen_and_in_a_workbook() -> None:
    """So a label that another page takes for something else, and words otherwise, is noticed."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans_CN")
    other = {
        f"{collection.name}.{field.key}": (said, field.heading)
        for collection in REGISTRY
        for field in collection.fields
        if field.heading and (said := str(catalogue[field.label].string)) != field.heading
        and said != re.sub(r"（[^）]*）$", "", field.heading)
        and field.heading not in _SAID_OTHERWISE.get(said, ())
    }  # fmt: skip
    assert other == {}
