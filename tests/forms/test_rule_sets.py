"""What is typed of a rule set: read in any spelling, refused with its sentence beside the field."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from werkzeug.datastructures import MultiDict

from forms.rule_sets import FiguresForm, LastDayForm, RuleSetForm, sent_fields
from rules.choices import ServiceFunction
from rules.rule_sets.measures import CITY_2021, NATION_2016, Figure, Level, Measures


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context(), force_locale("en"):
        yield


def typed(measures: Measures = CITY_2021, **changed: str) -> RuleSetForm:
    """Return the form as the page of this rule set would send it, with some of it typed otherwise."""
    return RuleSetForm.typed(MultiDict(sent_fields(measures) | changed))


@pytest.mark.parametrize("measures", [CITY_2021, NATION_2016])
def test_what_a_form_is_filled_with_and_sends_again_is_the_same_rule_set(measures: Measures) -> None:
    form = typed(measures)
    assert form.validate(), form.errors
    assert form.measures(measures) == measures


@pytest.mark.parametrize(
    ("name", "text", "key", "value"),
    [
        ("title", " 新办法 ", "title", "新办法"),
        ("document_number", "", "document_number", ""),
        ("level", "province", "level", Level.PROVINCE),
        ("first_day", "2026年12月4日", "first_day", date(2026, 12, 4)),
        ("last_day", "", "last_day", None),
        ("tenants", "３０", "tenants", 30),
        ("people", "1,500", "people", 1500),
        ("low_fee_percent", "0", "low_fee_percent", 0),
        ("low_fee_percent", "100", "low_fee_percent", 100),
        ("base_summary_by", "1月5日", "base_summary_by", (1, 5)),
        ("county_summary_by", "2.28", "county_summary_by", (2, 28)),
    ],
)
def test_a_value_is_read_in_the_spellings_of_the_office(
    name: str, text: str, key: str, value: object
) -> None:
    form = typed(**{name: text})
    assert form.validate(), form.errors
    assert getattr(form.measures(CITY_2021), key) == value


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("title", " ", "Please fill in this field."),
        ("first_day", "", "Please fill in this field."),
        ("tenants", "", "Please fill in this field."),
        ("tenants", "-1", "“-1”: the number may not be negative."),
        ("tenants", "1000001", "Between 0 and 1,000,000."),
        ("low_fee_percent", "101", "Between 0 and 100."),
        ("functions_required", "9", "Between 0 and 8."),
        ("training__person_times", "0", "Between 1 and 1,000,000."),
        ("notice_working_days", "61", "Between 1 and 60."),
        ("base_summary_by", "一月", "Write month and day like 01-10."),
        ("county_summary_by", "02-29", "There is no such day in every year."),
        ("county_summary_by", "13-01", "There is no such day in every year."),
        ("level", "village", "Choose one from the list."),
    ],
)
def test_what_cannot_be_is_refused_with_its_sentence(name: str, text: str, said: str) -> None:
    form = typed(**{name: text})
    assert not form.validate()
    assert {key: [str(error) for error in errors] for key, errors in form.errors.items()} == {name: [said]}


def test_a_function_left_blank_is_not_named_by_the_rule_set() -> None:
    form = typed(training__person_times="")
    assert form.validate(), form.errors
    functions = form.measures(CITY_2021).functions
    assert ServiceFunction.TRAINING not in functions
    assert functions[ServiceFunction.FINANCING] == CITY_2021.functions[ServiceFunction.FINANCING]


def test_an_online_system_that_is_not_ticked_is_not_asked_for() -> None:
    sent = sent_fields(CITY_2021)
    del sent["information__online"]
    form = RuleSetForm.typed(MultiDict(sent))
    assert form.validate(), form.errors
    assert Figure.ONLINE not in form.measures(CITY_2021).functions[ServiceFunction.INFORMATION]


def test_figures_that_are_tried_leave_the_days_and_the_periods_alone() -> None:
    form = FiguresForm.typed(
        MultiDict(sent_fields(NATION_2016) | {"tenants": "33", "notice_working_days": "60"})
    )
    assert form.validate(), form.errors
    tried = form.measures(CITY_2021)
    assert (tried.tenants, tried.people) == (33, 1500)
    assert (tried.title, tried.last_day, tried.notice_working_days) == (CITY_2021.title, date(2026, 12, 3), 5)


@pytest.mark.parametrize(
    ("text", "day"), [("2027-12-03", date(2027, 12, 3)), ("2027年12月3日", date(2027, 12, 3)), ("", None)]
)
def test_a_last_day_may_be_left_blank(text: str, day: date | None) -> None:
    form = LastDayForm(formdata=MultiDict({"last_day": text}))
    assert form.validate(), form.errors
    assert form.last_day.data == day
