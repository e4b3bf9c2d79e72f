"""What the forms of the yearly reports read, and what they refuse with which sentence."""

from datetime import UTC, date, datetime

import pytest
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from forms.annual_reports import CountyReportForm, InspectionForm, SummaryForm
from rules.annual_reports import FIGURES, Finding, Inspection, Point
from services.reports.annual_reports import Summary

NO_FIGURES = dict.fromkeys(FIGURES)


@pytest.fixture(autouse=True)
def in_english(_app):
    with _app.test_request_context(), force_locale("en"):
        yield


# --- A base's summary --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "summary"),
    [
        ({}, Summary(None, "", NO_FIGURES)),
        (
            {"received_on": "2026年1月9日", "tenants": "1,030", "low_fee_share": "35.5", "summary": " 要点 "},
            Summary(date(2026, 1, 9), "要点", NO_FIGURES | {"tenants": 1030, "low_fee_share": 35.5}),
        ),
        ({"tenants": "0"}, Summary(None, "", NO_FIGURES | {"tenants": 0})),  # nought is a figure
    ],
)
def test_a_summary_is_read(typed, summary):
    form = SummaryForm.typed(MultiDict(typed))
    assert form.validate(), form.errors
    assert form.given() == summary


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("received_on", "年初", "“年初” is not a date; please write it like 2026-11-23."),
        ("tenants", "三十", "“三十” is not a number; please give one in figures, such as 12."),
        ("summary", "点" * 5001, "The text has 5001 characters; at most 5000 are allowed."),
    ],
)
def test_a_summary_is_refused_beside_its_field(field, typed, sentence):
    form = SummaryForm.typed(MultiDict({field: typed}))
    assert not form.validate()
    assert form.errors == {field: [sentence]}


COUNTED = {"tenants": 31, "people": 420, "low_fee_share": None}


@pytest.mark.parametrize(
    ("stored", "figures"),
    [
        (None, {"tenants": 31, "people": 420}),  # nobody has confirmed them: as counted
        ({"figures": {}}, {"tenants": 31, "people": 420}),
        ({"figures": {"tenants": 30}}, {"tenants": 30}),  # as confirmed, blanks too
    ],
)
def test_figures_that_nobody_has_confirmed_begin_as_they_are_counted(stored, figures):
    assert SummaryForm.of(stored, COUNTED).given().figures == NO_FIGURES | figures


def test_a_stored_summary_comes_back_as_it_was_typed():
    stored = {"received_on": datetime(2026, 1, 9, tzinfo=UTC), "summary": "要点", "figures": {"staff": 12}}
    assert SummaryForm.of(stored, {}).given() == Summary(date(2026, 1, 9), "要点", NO_FIGURES | {"staff": 12})


def test_what_another_one_saved_meanwhile_is_said_beside_the_fields_that_differ():
    form = SummaryForm.typed(MultiDict({"tenants": "31", "staff": "12", "summary": "我的"}))
    assert form.validate()
    form.show_saved_meanwhile(SummaryForm.of({"figures": {"tenants": 30, "staff": 12}, "summary": ""}, {}))
    assert form.errors == {"tenants": ["Saved meanwhile: 30"], "summary": ["Saved meanwhile: —"]}


# --- The county's inspection -------------------------------------------------------------------


def blank(**given):
    remarks = dict.fromkeys(Point, "")
    return Inspection(given.get("checked_on"), given.get("findings", {}), remarks | given.get("remarks", {}))


@pytest.mark.parametrize(
    ("typed", "inspection"),
    [
        ({}, blank()),
        (
            {"checked_on": "2025-11-03", "fees_finding": "problem", "fees_remark": "未公示收费标准"},
            blank(
                checked_on=date(2025, 11, 3),
                findings={Point.FEES: Finding.PROBLEM},
                remarks={Point.FEES: "未公示收费标准"},
            ),
        ),
    ],
)
def test_an_inspection_is_read_point_by_point(typed, inspection):
    form = InspectionForm.typed(MultiDict(typed))
    assert form.validate(), form.errors
    assert form.given() == inspection


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("ledger_finding", "excellent", "Choose one from the list."),
        ("quality_remark", "话" * 501, "The text has 501 characters; at most 500 are allowed."),
        ("checked_on", "去年", "“去年” is not a date; please write it like 2026-11-23."),
    ],
)
def test_an_inspection_is_refused_beside_its_field(field, typed, sentence):
    form = InspectionForm.typed(MultiDict({field: typed}))
    assert not form.validate()
    assert form.errors == {field: [sentence]}


def test_a_stored_inspection_comes_back_as_it_was_typed():
    stored = {"checked_on": datetime(2025, 11, 3, tzinfo=UTC), "ledger": {"finding": "good"}}
    assert InspectionForm.of({"inspection": stored}).given() == blank(
        checked_on=date(2025, 11, 3), findings={Point.LEDGER: Finding.GOOD}
    )
    assert InspectionForm.of(None).given() == blank()


def test_what_another_one_saved_is_said_in_the_words_of_the_list():
    form = InspectionForm.typed(MultiDict({"ledger_finding": "fair"}))
    assert form.validate()
    form.show_saved_meanwhile(InspectionForm.of({"inspection": {"ledger": {"finding": "good"}}}))
    assert form.errors == {"ledger_finding": ["Saved meanwhile: In good order"]}


# --- The county's report -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "day", "text"),
    [
        ({}, None, ""),
        ({"submitted_on": "2026-1-19", "text": " 全县 "}, date(2026, 1, 19), "全县"),
    ],
)
def test_a_county_report_is_read(typed, day, text):
    form = CountyReportForm.typed(MultiDict(typed))
    assert form.validate(), form.errors
    assert (form.typed_day("submitted_on"), form.typed_text("text")) == (day, text)


def test_a_stored_county_report_comes_back_as_it_was_typed():
    form = CountyReportForm.of({"submitted_on": datetime(2026, 1, 19, tzinfo=UTC), "text": "全县"})
    assert (form.typed_day("submitted_on"), form.typed_text("text")) == (date(2026, 1, 19), "全县")


def test_a_county_report_is_refused_when_it_is_too_long():
    form = CountyReportForm.typed(MultiDict({"text": "县" * 5001}))
    assert not form.validate()
    assert form.errors == {"text": ["The text has 5001 characters; at most 5000 are allowed."]}
