"""What a record may not say, with the field at fault; days as dates or as stored moments."""

from datetime import UTC, date, datetime

import pytest

from schema.bases import refusals_of_base
from schema.ledger_entries import refusals_of_entry
from schema.service_partners import refusals_of_partner
from schema.tenant_companies import refusals_of_company

DAY, NEXT = date(2024, 1, 2), date(2024, 1, 3)
TITLED = {"status": "certified", "announced_on": DAY, "document_number": "聊工信发〔2024〕7号"}


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
    assert fields(refusals_of_base(values)) == at_fault


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
    assert fields(refusals_of_company(values)) == at_fault


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
    found = refusals_of_partner({"cooperations": cooperations})
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
    assert fields(refusals_of_entry(values)) == at_fault


def test_stored_moments_are_compared_as_days_are():
    first, last = datetime(2024, 1, 3, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)
    assert fields(refusals_of_company({"moved_in": first, "moved_out": last})) == ["moved_out"]
    assert fields(refusals_of_company({"moved_in": last, "moved_out": first})) == []


def test_every_sentence_can_be_said():
    """Each message holds exactly the parameters that it is given."""
    wrong = [
        refusals_of_base({"status": "certified", "title_first_day": NEXT, "title_last_day": DAY}),
        refusals_of_base(TITLED | {"status": "uncertified"}),
        refusals_of_company({"moved_in": NEXT, "moved_out": DAY, "size_override": "micro"}),
        refusals_of_partner({"cooperations": [cooperation(1, NEXT, DAY), cooperation(1, NEXT)]}),
        refusals_of_entry({"status": "submitted", "fee_kind": "free", "fee_amount": 5}),
    ]
    for refusal in (one for found in wrong for one in found):
        assert "%" not in str(refusal)
