"""What the forms of a change filing read, and what they refuse with which sentence."""

from datetime import UTC, date, datetime

import pytest
from bson import ObjectId
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from forms.change_filings import ChooseForm, FilingForm, ReasonForm
from services.reports.change_filings import FilingDraft

BLANK = "Please fill in this field."
BASE = ObjectId("507f1f77bcf86cd799439011")
DAYS = {"completed_on": "2026-11-02", "filed_on": "2026年11月10日"}
NO_CHANGE = dict.fromkeys(("name", "operator", "uscc", "address", "legal_representative"), "")


@pytest.fixture(autouse=True)
def in_english(_app):
    with _app.test_request_context(), force_locale("en"):
        yield


def draft(remark="", **values):
    return FilingDraft(BASE, NO_CHANGE | values, date(2026, 11, 2), date(2026, 11, 10), remark)


@pytest.mark.parametrize(
    ("typed", "filing"),
    [
        ({}, draft()),  # the service asks for one new value at least
        ({"name": " 新泉创业园 "}, draft(name="新泉创业园")),
        ({"address": "新路1号", "remark": "补证"}, draft("补证", address="新路1号")),
    ],
)
def test_a_filing_is_read(typed, filing):
    form = FilingForm.typed(MultiDict(DAYS | typed))
    assert form.validate(), form.errors
    assert form.draft(BASE) == filing


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"completed_on": ""}, "completed_on", BLANK),
        ({"filed_on": ""}, "filed_on", BLANK),
        ({"filed_on": "月底"}, "filed_on", "“月底” is not a date; please write it like 2026-11-23."),
        ({"name": "名" * 101}, "name", "The text has 101 characters; at most 100 are allowed."),
        (
            {"legal_representative": "人" * 51},
            "legal_representative",
            "The text has 51 characters; at most 50 are allowed.",
        ),
        ({"remark": "注" * 2001}, "remark", "The text has 2001 characters; at most 2000 are allowed."),
    ],
)
def test_a_filing_is_refused_beside_its_field(typed, field, sentence):
    form = FilingForm.typed(MultiDict(DAYS | typed))
    assert not form.validate()
    assert form.errors == {field: [sentence]}


def test_a_stored_filing_comes_back_as_it_was_typed():
    stored = {
        "changes": [{"field": "name", "old": "清泉创业园", "new": "新泉创业园"}],
        "completed_on": datetime(2026, 11, 2, tzinfo=UTC),
        "filed_on": datetime(2026, 11, 10, tzinfo=UTC),
        "remark": "补证",
    }
    assert FilingForm.of(stored).draft(BASE) == draft("补证", name="新泉创业园")


def test_what_the_record_holds_is_said_under_each_field():
    form = FilingForm.typed(MultiDict())
    form.show_old({"name": "清泉创业园"}, "Recorded now: %(value)s")
    assert form.name.description == "Recorded now: 清泉创业园"
    assert form.address.description == "Recorded now: —"


@pytest.mark.parametrize(
    ("typed", "base", "sentences"),
    [
        (str(BASE), BASE, []),
        ("", None, [BLANK]),
        ("清泉创业园", None, ["Choose one from the list."]),
    ],
)
def test_the_base_is_chosen_from_the_look_up(typed, base, sentences):
    form = ChooseForm.typed(MultiDict({"base": typed}))
    form.look_up_at("/look-up/")
    form.validate()
    assert (form.base.data, list(form.base.errors)) == (base, sentences)
    assert form.base.render_kw["data-lookup"] == "/look-up/"


@pytest.mark.parametrize(("typed", "sentences"), [("与登记不符", []), (" ", [BLANK]), ("", [BLANK])])
def test_not_accepted_needs_a_reason(typed, sentences):
    form = ReasonForm.typed(MultiDict({"reason": typed}))
    form.validate()
    assert list(form.reason.errors) == sentences
