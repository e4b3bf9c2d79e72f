"""What the forms about lost titles read, and what they refuse with which sentence."""

from datetime import UTC, date, datetime

import pytest
from bson import ObjectId
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from forms.revocation import CaseForm, DecisionForm, DropForm, GroundsForm, HearingForm
from rules.grounds import GROUNDS, DecisionKind, Ground
from services.revocation.cases import Hearing

BLANK = "Please fill in this field."
BASE = ObjectId("507f1f77bcf86cd799439011")


@pytest.fixture(autouse=True)
def in_english(_app):
    with _app.test_request_context(), force_locale("en"):
        yield


# --- Grounds -----------------------------------------------------------------------------------


def test_the_chosen_grounds_are_read_with_their_facts():
    typed = MultiDict(
        [("grounds", "fraud"), ("grounds", "other"), ("facts-fraud", "虚报台账。"), ("facts-unfit", "未选中")]
    )
    form = GroundsForm.typed(typed)
    assert form.validate(), form.errors
    assert form.given(DecisionKind.REVOCATION) == {Ground.FRAUD: "虚报台账。", Ground.OTHER: ""}


def test_what_was_typed_for_another_kind_of_decision_says_nothing():
    form = GroundsForm.typed(MultiDict({"grounds": "fraud", "facts-fraud": "虚报台账。"}))
    assert form.given(DecisionKind.CANCELLATION) == {}


@pytest.mark.parametrize("kind", DecisionKind)
def test_stored_grounds_come_back_as_they_were_typed(kind):
    grounds = dict.fromkeys(GROUNDS[kind], "查实。")
    form = GroundsForm.of(grounds)
    assert form.given(kind) == grounds
    assert [chosen for _, _, chosen in form.boxes(kind)] == [True] * len(grounds)


def test_facts_are_refused_when_they_are_too_long():
    form = GroundsForm.typed(MultiDict({"grounds": "fraud", "facts-fraud": "实" * 2001}))
    assert not form.validate()
    assert form.errors == {"facts-fraud": ["The text has 2001 characters; at most 2000 are allowed."]}


# --- A new case --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ({"kind": "cancellation"}, DecisionKind.CANCELLATION),
        ({"kind": "reversal"}, DecisionKind.REVERSAL),
        ({"kind": "no-such-kind"}, DecisionKind.REVOCATION),
        ({}, DecisionKind.REVOCATION),
    ],
)
def test_the_kind_of_decision_is_read_and_revocation_stands_for_none(typed, kind):
    assert CaseForm.typed(MultiDict(typed)).chosen_kind is kind


@pytest.mark.parametrize(
    ("typed", "base", "sentences"),
    [
        (str(BASE), BASE, []),
        ("", None, []),  # the service asks for it
        ("清泉创业园", None, ["Choose one from the list."]),
    ],
)
def test_the_base_is_chosen_from_the_look_up(typed, base, sentences):
    form = CaseForm.typed(MultiDict({"base": typed}))
    form.validate()
    assert (form.base.data, list(form.base.errors)) == (base, sentences)


# --- Prior notice and statement ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "hearing"),
    [
        ({}, Hearing(None, None)),
        (
            {"served_on": "2026-11-16", "statement_by": "2026年11月20日", "served_how": " 当面送达 "},
            Hearing(date(2026, 11, 16), date(2026, 11, 20), "当面送达"),
        ),
        (
            {"statement_on": "2026.11.18", "statement": "已整改。"},
            Hearing(None, None, "", date(2026, 11, 18), "已整改。"),
        ),
    ],
)
def test_a_hearing_is_read(typed, hearing):
    form = HearingForm.typed(MultiDict(typed))
    assert form.validate(), form.errors
    assert form.hearing() == hearing


def test_a_stored_hearing_comes_back_as_it_was_typed():
    stored = {"served_on": datetime(2026, 11, 16, tzinfo=UTC), "served_how": "挂号信"}
    assert HearingForm.of(stored).hearing() == Hearing(date(2026, 11, 16), None, "挂号信")


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("served_on", "昨天", "“昨天” is not a date; please write it like 2026-11-23."),
        ("statement_by", "2026-02-30", "“2026-02-30” is a day that does not exist."),
        ("served_how", "送" * 201, "The text has 201 characters; at most 200 are allowed."),
        ("statement", "述" * 2001, "The text has 2001 characters; at most 2000 are allowed."),
    ],
)
def test_a_hearing_is_refused_beside_its_field(field, typed, sentence):
    form = HearingForm.typed(MultiDict({field: typed}))
    assert not form.validate()
    assert form.errors == {field: [sentence]}


# --- The decision, or none ---------------------------------------------------------------------


def test_number_and_date_of_a_decision_are_read():
    form = DecisionForm.typed(MultiDict({"number": "聊工信发〔2026〕201号", "dated": "2026-11-24"}))
    assert form.validate(), form.errors
    assert form.typed_text("number") == "聊工信发〔2026〕201号"
    assert form.typed_day("dated") == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({}, {"number": [BLANK], "dated": [BLANK]}),
        (
            {"number": "号" * 41, "dated": "2026-11-24"},
            {"number": ["The text has 41 characters; at most 40 are allowed."]},
        ),
        (
            {"number": "聊工信发〔2026〕201号", "dated": "某日"},
            {"dated": ["“某日” is not a date; please write it like 2026-11-23."]},
        ),
    ],
)
def test_a_decision_without_number_or_date_is_refused(typed, errors):
    form = DecisionForm.typed(MultiDict(typed))
    assert not form.validate()
    assert form.errors == errors


def test_the_reason_for_dropping_a_case_is_read():
    assert DropForm.typed(MultiDict({"reason": " 证据不足。 "})).typed_text("reason") == "证据不足。"
    assert DropForm.typed(MultiDict()).typed_text("reason") == ""
