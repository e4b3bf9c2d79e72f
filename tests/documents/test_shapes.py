"""What each document takes, refuses and adds by itself; on a database in memory."""

import math
from datetime import date, datetime

import pytest
from mongoengine import ValidationError
from mongoengine.base import BaseField
from mongoengine.fields import EmbeddedDocumentListField, StringField

from documents.desk.audit_entry import Change, seal
from documents.desk.calendar_year import CalendarYear
from documents.desk.sign_in_failures import SignInFailures
from documents.desk.user import User, name_key
from documents.indexes import documents
from documents.publication.paper import Paper
from documents.publication.paper_template import PaperTemplate
from documents.records.base import Base
from documents.records.declared import DeclaredRecord, faults_of
from documents.records.fields import AmountField, CleanTextField, CountField, DayField, stored_day
from documents.records.ledger_entry import LedgerEntry, NamedCompany
from documents.records.service_partner import Cooperation, ServicePartner
from documents.records.status import Status
from tests.documents.samples import DAY, DEFAULTS, KEYS, LEAST, MOMENT, ONE, sample

pytestmark = pytest.mark.usefixtures("in_memory")


def faults(document) -> set[str]:
    """Return the fields that a document's validation refuses."""
    try:
        document.validate()
    except ValidationError as refused:
        return set(refused.errors)
    return set()


def fields_of(kind: type[BaseField]) -> list:
    """Return every field of a kind that documents have, with its document and name."""
    return [
        (document, name, field)
        for document in documents()
        for name, field in document._fields.items()
        if isinstance(field, kind)
    ]


# --- All documents -----------------------------------------------------------------------------


def test_every_document_has_its_sample():
    assert set(LEAST) == set(documents())


def test_the_least_is_enough():
    assert {
        document.__name__: faults(sample(document)) for document in documents() if faults(sample(document))
    } == {}


def test_nothing_less_is_enough():
    taken = [
        (document.__name__, name)
        for document in documents()
        for name in LEAST[document]
        if document._fields[name].required and faults(sample(document, **{name: None})) != {name}
    ]
    assert taken == []
    for document in documents():
        required = {
            name for name, field in document._fields.items() if field.required and not field.primary_key
        }
        assert required <= {*LEAST[document], *DEFAULTS.get(document, {})}, document.__name__


def test_a_new_one_holds_its_defaults_and_nothing_else():
    for document in documents():
        expected = {**LEAST[document], **DEFAULTS.get(document, {})}
        keys = {document._fields[name].db_field for name in expected} | (
            {"_id"} if document in KEYS else set()
        )
        stored = {key for key, value in sample(document).to_mongo().items() if value not in ([], {})}
        assert stored == keys, document.__name__
        fresh = sample(document)
        assert {name: getattr(fresh, name) for name in DEFAULTS.get(document, {})} == DEFAULTS.get(
            document, {}
        )


def test_what_is_stored_is_read_back():
    for document in documents():
        made = sample(document)
        made.save(force_insert=True)
        read = document.objects.get(pk=made.pk)
        assert read.to_mongo() == made.to_mongo(), document.__name__
        # A later edition may have written more.
        document._get_collection().update_one({"_id": made.pk}, {"$set": {"of_a_later_edition": 1}})
        assert document.objects.get(pk=made.pk).pk == made.pk


def test_only_the_services_build_indexes():
    assert [document.__name__ for document in documents() if document._meta["auto_create_index"]] == []


def test_a_declared_record_stores_every_field_of_its_declaration():
    checked = 0
    for document in documents():
        if issubclass(document, DeclaredRecord):
            stored = {field.db_field for field in document._fields.values()}
            assert {one.key for one in document.declaration.fields if one.stored} <= stored, document.__name__
            checked += 1
    assert checked >= 5


def test_a_declaration_finds_the_same_faults_as_its_document():
    """An import checks rows by the declaration alone: what it lets pass, the document must take, and the reverse."""
    for document in documents():
        if not issubclass(document, DeclaredRecord):
            continue
        names = {document._fields[name].db_field: name for name in document._fields}
        keys = [field.key for field in document.declaration.fields if field.stored]
        for key in keys:
            for value in (None, "甲" * 5000, "\0", -1, 2**53, math.nan, True):
                raw = sample(document).to_mongo().to_dict() | {key: value}
                found = {names[one] for one in faults_of(document.declaration, raw)}
                expected = faults(sample(document, **{names[key]: value})) & {names[one] for one in keys}
                assert found == expected, (document.__name__, key, value)


# --- Kinds of fields ---------------------------------------------------------------------------


def test_a_text_may_be_as_long_as_its_limit_and_no_longer():
    limited = [row for row in fields_of(StringField) if row[2].max_length and not row[2].choices]
    assert len(limited) > 60
    for document, name, field in limited:
        fitting, longer = (
            sample(document, **{name: "甲" * n}) for n in (field.max_length, field.max_length + 1)
        )
        where = f"{document.__name__}.{name}"
        assert faults(longer) == {name}, where
        assert faults(fitting) == set() or field.regex, where


def test_a_text_holds_nothing_that_cannot_be_shown():
    for document, name, _ in fields_of(CleanTextField):
        where = f"{document.__name__}.{name}"
        for bad in ("\0", "\x07", "\x1b[31m", "\r", "\ud800", "\udfff"):
            assert faults(sample(document, **{name: f"甲{bad}"})) == {name}, (where, bad)
        for good in ("甲\n乙", "甲\t乙", "𠀀", "👍", "<b>", "=1+1"):
            assert faults(sample(document, **{name: good})) == set(), (where, good)


def test_a_count_is_a_whole_number_that_a_workbook_can_hold():
    for document, name, field in fields_of(CountField):
        assert field.max_value < 2**53
        for bad in (-1, field.max_value + 1, 2**53, "x", 10**400):
            assert faults(sample(document, **{name: bad})) == {name}, (document.__name__, name, bad)
        for good in (0, 1, field.max_value) if field.required else (0, 1, field.max_value, None):
            assert faults(sample(document, **{name: good})) == set(), (document.__name__, name, good)


def test_an_amount_is_finite_and_not_negative():
    for document, name, _ in fields_of(AmountField):
        for bad in (-0.01, math.nan, math.inf, -math.inf, 1e12 + 1, "x"):
            assert faults(sample(document, **{name: bad})) == {name}, (document.__name__, name, bad)
        for good in (0, 0.01, 1e12, None):
            assert faults(sample(document, **{name: good})) == set(), (document.__name__, name, good)


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_is_stored_as_its_midnight_and_never_shifts(day):
    moment = stored_day(day)
    assert (moment.date(), moment.hour, moment.utcoffset().total_seconds()) == (day, 0, 0)
    field = DayField()
    assert field.to_mongo(day) == field.prepare_query_value("exact", day) == moment
    assert field.to_python(moment) == day
    assert field.to_mongo(moment) == moment, "what is stored already stays"


def test_a_day_is_a_day():
    for document, name, field in fields_of(DayField):
        if field.primary_key:
            continue
        for bad in ("2026-03-02", 20260302, 1.5, True):
            assert faults(sample(document, **{name: bad})) == {name}, (document.__name__, name, bad)
        made = sample(document, **{name: DAY})
        made.save()
        assert getattr(document.objects.get(pk=made.pk), name) == DAY
        assert document._get_collection().find_one({"_id": made.pk})[field.db_field] == stored_day(DAY)
        document._get_collection().delete_many({})


# --- What only one of them has -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "name", "bad"),
    [
        (Status, "collection_name", "users"),
        (Status, "colour", "pink"),
        (Status, "order", -1),
        (Status, "order", 10_000),
        (Status, "code", "待核实"),
        (Status, "code", "To_check"),
        (Status, "code", "1st"),
        (Status, "code", "to-check"),
        (Paper, "kind", "letter"),
        (User, "role", "king"),
        (PaperTemplate, "data", b"x" * ((5 << 20) + 1)),
        (CalendarYear, "holidays", ["2026-01-01"]),
    ],
)
def test_what_is_none_of_its_words_or_out_of_its_bounds_is_refused(document, name, bad):
    assert faults(sample(document, **{name: bad})) == {name}


def test_the_parts_of_a_list_are_checked_too():
    assert faults(sample(ServicePartner, cooperations=[Cooperation(first_day=DAY)])) == {"cooperations"}
    assert faults(sample(ServicePartner, cooperations=[Cooperation(base=ONE, first_day=DAY)])) == set()
    assert faults(sample(LedgerEntry, companies=[NamedCompany(name="甲\0")])) == {"companies"}
    assert faults(sample(LedgerEntry, companies=[NamedCompany()])) == {"companies"}
    assert faults(sample(LedgerEntry, companies=[NamedCompany(name="甲", company=ONE)])) == set()
    embedded = {(document.__name__, name) for document, name, _ in fields_of(EmbeddedDocumentListField)}
    assert embedded == {
        ("ServicePartner", "cooperations"),
        ("LedgerEntry", "companies"),
        ("User", "sessions"),
        ("User", "known_networks"),
        ("User", "api_tokens"),
    }


@pytest.mark.parametrize(
    ("typed", "key"),
    [("Li", "li"), (" ＬＩ ", "li"), ("李", "李"), ("Straße", "strasse"), ("\ud800", "?"), ("", "")],
)
def test_a_login_name_is_compared_as_it_is_meant(typed, key):
    assert name_key(typed) == key


def test_failures_count_until_their_window_is_over():
    SignInFailures.collection().insert_one({"_id": "10.0.0.1", "count": 3, "expires_at": MOMENT})
    before, after = MOMENT.replace(minute=29), MOMENT.replace(minute=31)
    assert (SignInFailures.count_of("10.0.0.1", before), SignInFailures.count_of("10.0.0.1", after)) == (3, 0)
    assert SignInFailures.count_of("10.0.0.2", before) == 0


def test_a_seal_covers_every_value_and_the_order_of_the_keys():
    entry = {"_id": 1, "at": MOMENT, "changes": [Change("name", "甲", "乙").stored()], "previous": "0"}
    sealed = seal(entry)
    assert seal({**entry, "hash": "whatever"}) == sealed
    others = [{**entry, key: None} for key in entry]
    others += [dict(reversed(entry.items())), {**entry, "changes": [Change("name", "甲", "丙").stored()]}]
    assert sealed not in {seal(other) for other in others}
    assert len({seal(other) for other in others}) == len(others)


def test_a_base_is_read_with_days_and_kept_without_a_zone():
    made = sample(Base, announced_on=DAY, floor_area=12.5, service_staff=3)
    made.save()
    [row] = Base.objects.rows(["announced_on", "floor_area"], [("_id", 1)])
    assert row == {"_id": made.pk, "announced_on": datetime(2026, 3, 2), "floor_area": 12.5}
