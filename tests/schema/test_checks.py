"""What a record may not say, with the field at fault; days as dates or as stored moments."""

from datetime import UTC, date, datetime

import pytest

from schema.bases import BASES
from schema.ledger_entries import LEDGER_ENTRIES
from schema.record_rules import breaches
from schema.service_partners import SERVICE_PARTNERS
from schema.staff_members import STAFF_MEMBERS
from schema.tenant_companies import TENANT_COMPANIES

DAY, NEXT = date(2024, 1, 2), date(2024, 1, 3)
TITLED = {"status": "certified", "announced_on": DAY, "document_number": "聊工信发〔2024〕7号"}


TODAY = date(2026, 3, 2)
PAST, LATER = date(2025, 6, 30), date(2026, 12, 1)


def refused(collection, values, before=None):
    return tuple(breaches(collection.rules, values, TODAY, before=before, warnings=False))


def warned(collection, values, before=None):
    return tuple(breaches(collection.rules, values, TODAY, before=before, warnings=True))


def fields(refusals):
    return sorted(refusal.field or "" for refusal in refusals)


@pytest.mark.parametrize(
    ("values", "at_fault"),
    [
        ({"status": "uncertified"}, []),
        (TITLED, []),
        (TITLED | {"title_first_day": DAY, "title_last_day": DAY}, []),  # a day is a term
        (
            TITLED | {"title_first_day": NEXT, "title_last_day": date(2029, 1, 2)},
            [],
        ),  # other levels start later
        ({"status": "certified"}, ["announced_on", "document_number"]),
        ({"status": "cancelled"}, ["announced_on", "document_number"]),  # it had the title
        ({"status": "revoked", "announced_on": DAY}, ["document_number"]),
        ({"status": "withdrawn"}, ["announced_on", "document_number"]),  # any status but one
        (TITLED | {"announced_on": None}, ["announced_on"]),
        (TITLED | {"document_number": ""}, ["document_number"]),
        (TITLED | {"status": "uncertified"}, ["announced_on", "document_number"]),
        ({"status": "uncertified", "title_last_day": DAY}, ["title_last_day"]),
        (
            {"status": "uncertified", "title_first_day": DAY, "title_last_day": NEXT},
            ["title_first_day", "title_last_day"],
        ),
        (TITLED | {"announced_on": NEXT, "title_first_day": DAY}, ["title_first_day"]),
        (TITLED | {"title_first_day": NEXT, "title_last_day": DAY}, ["title_last_day"]),
    ],
)
def test_the_title_of_a_base_is_whole_or_not_there(values, at_fault):
    assert fields(refused(BASES, values)) == at_fault


@pytest.mark.parametrize(
    ("values", "at_fault"),
    [
        ({}, []),
        ({"moved_in": DAY}, []),
        ({"moved_out": DAY}, []),  # nobody knows when it came
        ({"moved_in": DAY, "moved_out": DAY}, []),
        ({"moved_in": DAY, "moved_out": NEXT}, []),
        ({"moved_in": NEXT, "moved_out": DAY}, ["moved_out"]),
        ({"size_override": "large", "size_reason": "合并口径"}, []),
        ({"size_override": "large"}, ["size_reason"]),
        ({"size_override": "large", "size_reason": ""}, ["size_reason"]),
        ({"size_reason": "合并口径"}, []),
        ({"moved_in": NEXT, "moved_out": DAY, "size_override": "micro"}, ["moved_out", "size_reason"]),
    ],
)
def test_a_company_leaves_after_it_came_and_says_why_its_size_is_another(values, at_fault):
    assert fields(refused(TENANT_COMPANIES, values)) == at_fault


def cooperation(base, first=None, last=None):
    return {"base": base, "base_name": f"基地{base}", "first_day": first, "last_day": last}


@pytest.mark.parametrize(
    ("cooperations", "faults"),
    [
        (None, 0),
        ([], 0),
        ([cooperation(1)], 0),
        ([cooperation(1), cooperation(2)], 0),
        ([cooperation(1, DAY, DAY)], 0),
        ([cooperation(1, DAY, NEXT), cooperation(1, NEXT)], 0),  # a base may come back
        ([cooperation(1, NEXT, DAY)], 1),
        ([cooperation(1), cooperation(1)], 1),
        ([cooperation(1, DAY), cooperation(1, DAY, NEXT)], 1),
        ([cooperation(1, NEXT, DAY), cooperation(2), cooperation(2)], 2),
    ],
)
def test_each_cooperation_is_in_order_and_stands_once(cooperations, faults):
    found = refused(SERVICE_PARTNERS, {"cooperations": cooperations})
    assert fields(found) == ["cooperations"] * faults
    assert all("基地" in str(refusal) for refusal in found)


@pytest.mark.parametrize(
    ("values", "at_fault"),
    [
        ({"status": "draft"}, []),
        ({"status": "draft", "served_on": DAY}, []),
        ({"status": "submitted", "served_on": DAY}, []),
        ({"status": "submitted"}, ["served_on"]),
        ({"status": "verified"}, ["served_on"]),
        ({"status": "of_the_office"}, ["served_on"]),  # only a draft may lack it
        ({"status": "at_the_county"}, ["served_on"]),
        ({"status": "draft", "fee_kind": "free", "fee_amount": 0}, []),
        ({"status": "draft", "fee_kind": "free"}, []),
        ({"status": "draft", "fee_kind": "free", "fee_amount": -1}, []),  # the field's own least refuses it
        ({"status": "draft", "fee_kind": "low", "fee_amount": 5}, []),
        ({"status": "draft", "fee_kind": "free", "fee_amount": 0.01}, ["fee_amount"]),
        ({"status": "submitted", "fee_kind": "free", "fee_amount": 5}, ["fee_amount", "served_on"]),
    ],
)
def test_an_entry_is_dated_and_a_free_service_costs_nothing(values, at_fault):
    assert fields(refused(LEDGER_ENTRIES, values)) == at_fault


def test_stored_moments_are_compared_as_days_are():
    first, last = datetime(2024, 1, 3, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)
    assert fields(refused(TENANT_COMPANIES, {"moved_in": first, "moved_out": last})) == ["moved_out"]
    assert fields(refused(TENANT_COMPANIES, {"moved_in": last, "moved_out": first})) == []


def test_every_sentence_can_be_said():
    """Each message holds exactly the parameters that it is given."""
    wrong = [
        refused(BASES, {"status": "certified", "title_first_day": NEXT, "title_last_day": DAY}),
        refused(BASES, TITLED | {"status": "uncertified"}),
        refused(TENANT_COMPANIES, {"moved_in": NEXT, "moved_out": DAY, "size_override": "micro"}),
        refused(SERVICE_PARTNERS, {"cooperations": [cooperation(1, NEXT, DAY), cooperation(1, NEXT)]}),
        refused(LEDGER_ENTRIES, {"status": "submitted", "fee_kind": "free", "fee_amount": 5}),
    ]
    for refusal in (one for found in wrong for one in found):
        assert "%" not in str(refusal)


# --- Warnings -------------------------------------------------------------------------------------

HOUSED = {"status": "housed", "people": 10}
STAFF = {"status": "on_staff"}
ENTRY = {"status": "submitted", "served_on": DAY}


@pytest.mark.parametrize(
    ("collection", "values", "fields_warned"),
    [
        (TENANT_COMPANIES, HOUSED, []),
        (TENANT_COMPANIES, HOUSED | {"moved_out": PAST}, ["moved_out"]),
        (TENANT_COMPANIES, HOUSED | {"moved_out": TODAY}, ["moved_out"]),
        (TENANT_COMPANIES, HOUSED | {"moved_out": LATER}, []),  # it is known when it will leave
        (TENANT_COMPANIES, {"status": "moved_out"}, ["moved_out"]),
        (TENANT_COMPANIES, {"status": "moved_out", "moved_out": LATER}, ["moved_out"]),
        (TENANT_COMPANIES, {"status": "of_the_office", "moved_out": PAST}, []),
        (TENANT_COMPANIES, HOUSED | {"revenue": 200_000}, ["revenue"]),
        (TENANT_COMPANIES, HOUSED | {"assets": 200_000}, ["assets"]),
        (TENANT_COMPANIES, {"status": "housed", "people": 0, "revenue": 1}, ["people"]),
        (TENANT_COMPANIES, HOUSED | {"uscc": "12371500495570303C"}, ["uscc"]),
        (STAFF_MEMBERS, STAFF | {"left_on": PAST}, ["left_on"]),
        (STAFF_MEMBERS, {"status": "left"}, ["left_on"]),
        (STAFF_MEMBERS, STAFF | {"started_on": LATER}, ["started_on"]),
        (SERVICE_PARTNERS, {"status": "ended", "cooperations": [cooperation(1, PAST)]}, ["status"]),
        (
            SERVICE_PARTNERS,
            {"status": "cooperating", "cooperations": [cooperation(1, DAY, PAST)]},
            ["status"],
        ),
        (LEDGER_ENTRIES, ENTRY, []),
        (LEDGER_ENTRIES, ENTRY | {"served_on": LATER}, ["served_on"]),
        (LEDGER_ENTRIES, {"status": "draft", "served_on": LATER}, []),  # a plan
        (LEDGER_ENTRIES, ENTRY | {"fee_kind": "low", "fee_amount": 0}, ["fee_amount"]),
        (LEDGER_ENTRIES, ENTRY | {"fee_amount": 5}, ["fee_kind"]),
        (LEDGER_ENTRIES, ENTRY | {"companies": [1, 2, 3], "company_times": 2}, ["company_times"]),
        (LEDGER_ENTRIES, ENTRY | {"companies": [1], "company_times": 9}, []),  # not all are named
        (BASES, {"status": "uncertified", "operating_since": LATER}, ["operating_since"]),
        (BASES, TITLED | {"operating_since": PAST}, ["operating_since"]),
    ],
)
def test_what_is_most_likely_not_meant_is_warned_of(collection, values, fields_warned):
    assert fields(warned(collection, values)) == fields_warned
    assert refused(collection, values) == ()
    assert all("%" not in str(warning) for warning in warned(collection, values))


@pytest.mark.parametrize(
    ("before", "change", "refusals", "warnings"),
    [
        # What is amiss already and is not touched holds up nothing.
        ({"moved_in": NEXT, "moved_out": DAY, "status": "housed"}, {"phone": "0635"}, [], []),
        ({"status": "moved_out"}, {"people": 3}, [], []),
        # What is touched is judged, although it was no better before.
        ({"moved_in": NEXT, "moved_out": DAY, "status": "moved_out"}, {"moved_in": PAST}, ["moved_out"], []),
        ({"status": "housed"}, {"status": "moved_out"}, [], ["moved_out"]),
    ],
)
def test_a_write_is_judged_by_the_rules_whose_fields_it_changes(before, change, refusals, warnings):
    after = before | change
    assert fields(refused(TENANT_COMPANIES, after, before)) == refusals
    assert fields(warned(TENANT_COMPANIES, after, before)) == warnings


def test_each_rule_has_a_key_of_its_own_and_reads_what_is_declared():
    for collection in (BASES, TENANT_COMPANIES, SERVICE_PARTNERS, STAFF_MEMBERS, LEDGER_ENTRIES):
        keys = [rule.key for rule in collection.rules]
        assert len(set(keys)) == len(keys)
        stored = {*collection.by_key, *collection.untraced}
        assert {key for rule in collection.rules for key in rule.reads} <= stored
        assert collection.twins is None or {*collection.twins.same, collection.twins.but} <= stored
