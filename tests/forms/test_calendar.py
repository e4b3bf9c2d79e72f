"""The days of a year as they are typed: any spelling, spans too, and what is no day is quoted."""

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from forms.calendar import CalendarForm, days_in, days_text
from rules.errors import Refused


@pytest.fixture(autouse=True)
def _request(app):
    with app.test_request_context():
        yield


def days(*texts):
    return [date.fromisoformat(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-01-01", ["2027-01-01"]),
        ("1月1日", ["2027-01-01"]),
        ("1月1日（周五）", ["2027-01-01"]),
        ("2月6日至8日", ["2027-02-06", "2027-02-07", "2027-02-08"]),
        ("2月28日~3月1日", ["2027-02-28", "2027-03-01"]),
        ("5.1、5.2", ["2027-05-01", "2027-05-02"]),
        ("2027-01-01 2027-01-01", ["2027-01-01"]),
        ("", []),
    ],
)
def test_days_are_read_in_any_spelling(text, expected):
    assert days_in(text, 2027) == days(*expected)


@pytest.mark.parametrize("text", ["国庆", "2月30日", "2月8日至6日", "1月1日至12月31日", "2月6日至", "20270"])
def test_what_is_no_day_is_refused_and_quoted(text):
    with pytest.raises(Refused) as refused:
        days_in(text, 2027)
    (refusal,) = refused.value.refusals
    assert refusal.params["value"] in text


def test_days_that_follow_one_another_are_shown_as_a_span():
    shown = days_text(tuple(days("2027-02-06", "2027-02-07", "2027-02-09")))
    assert shown == "2027-02-06至2027-02-07\n2027-02-09"
    assert days_in(shown, 2027) == days("2027-02-06", "2027-02-07", "2027-02-09")


def test_what_cannot_be_read_is_kept_as_typed_beside_its_sentence():
    form = CalendarForm.typed(MultiDict({"holidays": "国庆", "workdays": "", "source": ""}), 2027)
    assert not form.validate()
    assert form.holidays._value() == "国庆"
    assert "国庆" in form.holidays.errors[0]
