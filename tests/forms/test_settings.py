"""The form of the office's settings: a field for each, read as a cell is, and what is no number is told."""

import pytest
from werkzeug.datastructures import MultiDict

from forms.settings import SettingsForm
from schema.settings import SETTINGS, SettingValues

SENT = {key: str(value) for key, value in SettingValues().by_key().items()}


@pytest.fixture(autouse=True)
def _request(app):
    with app.test_request_context():
        yield


def typed(**values):
    return SettingsForm.typed(MultiDict(SENT | values))


def test_there_is_a_field_for_each_setting():
    confirmation, *fields = (field.name for field in SettingsForm())
    assert confirmation == "own_password"
    assert fields == [setting.key for setting in SETTINGS]


def test_what_was_sent_unchanged_is_what_was_filled_in():
    form = typed()
    assert form.validate()
    assert form.values() == SettingValues().by_key()
    assert SettingsForm.filled(SettingValues({"lock_after": 9})).lock_after.data == 9


@pytest.mark.parametrize(("text", "number"), [("8", 8), ("８", 8), (" 8 ", 8), ("1,000", 1000)])
def test_a_number_is_read_in_any_spelling(text, number):
    form = typed(lock_after=text)
    assert form.validate()
    assert form.values()["lock_after"] == number


def test_blanks_around_a_text_are_no_part_of_it():
    assert typed(telephone=" 0635-1 ").values()["telephone"] == "0635-1"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("lock_after", ""),
        ("lock_after", "五"),
        ("first_year", "2e3x"),
        ("certificate_prefix", ""),
        ("county_office", ""),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_field(field, text):
    form = typed(**{field: text})
    assert not form.validate()
    assert list(form.errors) == [field]
