"""What the forms of an upward recommendation read, and what they refuse with which sentence."""

from datetime import UTC, date, datetime

import pytest
from bson import ObjectId
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from forms.upward import OutcomeForm, UpwardForm
from rules.rule_sets.measures import Level
from rules.upward import UpwardOutcome
from services.upward.recommendations import UpwardDraft

BLANK = "Please fill in this field."
BASES = (ObjectId("507f1f77bcf86cd799439011"), ObjectId("507f1f77bcf86cd799439012"))
NUMBER = "聊工信发〔2026〕15号"
LETTER = {"level": "province", "year": "2026", "number": NUMBER, "dated": "2026-06-01"}


@pytest.fixture(autouse=True)
def in_english(_app):
    with _app.test_request_context(), force_locale("en"):
        yield


def draft(**changes):
    values = {
        "level": Level.PROVINCE, "year": 2026, "number": NUMBER, "dated": date(2026, 6, 1), "remark": "",
        "assessed_year": 2025,
    }  # fmt: skip
    return UpwardDraft(BASES, **values | changes)


@pytest.mark.parametrize(
    ("typed", "changes"),
    [
        ({}, {}),
        ({"level": "nation", "remark": " 推荐 "}, {"level": Level.NATION, "remark": "推荐"}),
        ({"level": "city"}, {"level": Level.CITY}),  # the rule refuses it
        ({"level": "galaxy"}, {"level": Level.CITY}),
        ({"year": "99999"}, {"year": 9998}),  # what is no year of a calendar is for the rule to refuse
        ({"year": "-3"}, {"year": 1}),
    ],
)
def test_a_letter_is_read(typed, changes):
    form = UpwardForm.typed(MultiDict(LETTER | typed))
    form.validate()
    assert form.draft(BASES, 2025) == draft(**changes)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"year": ""}, "year", BLANK),
        ({"year": "今年"}, "year", "“今年” is not a number; please give one in figures, such as 12."),
        ({"number": ""}, "number", BLANK),
        ({"number": "号" * 61}, "number", "The text has 61 characters; at most 60 are allowed."),
        ({"dated": ""}, "dated", BLANK),
        ({"dated": "六月"}, "dated", "“六月” is not a date; please write it like 2026-11-23."),
        ({"remark": "注" * 2001}, "remark", "The text has 2001 characters; at most 2000 are allowed."),
    ],
)
def test_a_letter_is_refused_beside_its_field(typed, field, sentence):
    form = UpwardForm.typed(MultiDict(LETTER | typed))
    assert not form.validate()
    assert form.errors == {field: [sentence]}


def test_only_the_levels_above_the_city_are_offered():
    assert [choice.value for choice in UpwardForm.typed(MultiDict()).level.iter_choices()] == [
        "province",
        "nation",
    ]


def test_a_stored_letter_comes_back_as_it_was_typed():
    stored = {
        "level": "nation", "year": 2026, "number": NUMBER, "dated": datetime(2026, 6, 1, tzinfo=UTC), "remark": "推荐",
    }  # fmt: skip
    assert UpwardForm.of(stored).draft(BASES, 2025) == draft(level=Level.NATION, remark="推荐")


@pytest.mark.parametrize(
    ("typed", "outcome"),
    [
        ("granted", UpwardOutcome.GRANTED),
        ("refused", UpwardOutcome.REFUSED),
        ("ended", UpwardOutcome.PENDING),  # no clerk's to say; the rule refuses PENDING
        ("", UpwardOutcome.PENDING),
    ],
)
def test_the_outcome_is_read(typed, outcome):
    form = OutcomeForm.typed(MultiDict({"outcome": typed, "outcome_on": "2026-09-01"}))
    assert form.chosen() is outcome
    assert form.typed_day("outcome_on") == date(2026, 9, 1)


def test_an_outcome_needs_its_day():
    form = OutcomeForm.typed(MultiDict({"outcome": "granted"}))
    assert not form.validate()
    assert form.errors == {"outcome_on": [BLANK]}


def test_a_stored_outcome_comes_back_as_it_was_typed():
    stored = {
        "outcome": "granted", "outcome_on": datetime(2026, 9, 1, tzinfo=UTC), "outcome_number": "鲁工信〔2026〕9号",
    }  # fmt: skip
    form = OutcomeForm.of(stored)
    assert form.chosen() is UpwardOutcome.GRANTED
    assert form.typed_day("outcome_on") == date(2026, 9, 1)
    assert form.typed_text("outcome_number") == "鲁工信〔2026〕9号"
    assert OutcomeForm.of({"outcome": "pending"}).chosen() is UpwardOutcome.PENDING
