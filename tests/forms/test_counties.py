"""The form of a county: several names in one field, and what must not be blank."""

import pytest
from werkzeug.datastructures import MultiDict

from forms.counties import CountyForm, NewCountyForm
from rules.counties import SHIPPED

SENT = {"order": "12", "name": "聊城新区", "short": "新区"}


@pytest.fixture(autouse=True)
def _request(app):
    with app.test_request_context():
        yield


def typed(**values):
    return CountyForm.typed(MultiDict(SENT | values))


@pytest.mark.parametrize("county", SHIPPED, ids=lambda county: county.code)
def test_what_is_shown_of_a_county_is_read_back_as_it_was(county):
    shown = CountyForm.filled(county)
    form = CountyForm.typed(MultiDict({field.name: field._value() for field in shown}))
    assert form.validate(), form.errors
    assert form.county(county.code) == county


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("东部新区、新城区", ("东部新区", "新城区")),
        ("东部新区, 新城区；新城区", ("东部新区", "新城区")),
        ("", ()),
        (" 、 ", ()),
    ],
)
def test_several_names_stand_in_one_field(text, names):
    form = typed(aliases=text)
    assert form.validate()
    assert form.county("xq").aliases == names


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("order", ""),
        ("order", "first"),
        ("name", ""),
        ("name", "字" * 31),
        ("short", ""),
        ("office", "局" * 61),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_field(field, text):
    form = typed(**{field: text})
    assert not form.validate()
    assert list(form.errors) == [field]


def test_a_new_county_needs_a_code():
    form = NewCountyForm.typed(MultiDict(SENT))
    assert not form.validate()
    assert list(form.errors) == ["code"]
    assert NewCountyForm.begun(12).order.data == 12
