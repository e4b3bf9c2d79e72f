"""What an administrator types about a user: roles and counties as the office has them."""

import pytest
from werkzeug.datastructures import MultiDict

from forms.users import ChangeUserForm, NewUserForm, county_choices, role_choices
from rules.access import Role
from rules.counties import SHIPPED, Counties, CountyFacts, office_counties, use_counties

SENT = {
    "username": "li.si", "display_name": "李四", "role": "county", "county": "371522", "version": "0",
    "own_password": "green-lamp-river-40",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _request(app):
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context(method="POST"):
        yield


def test_every_role_is_offered_the_least_powerful_first():
    assert [code for code, _ in role_choices()] == ["reader", "county", "city", "admin"]
    assert {code for code, _ in role_choices()} == set(Role)


def test_the_whole_city_and_every_county_are_offered_a_new_one_too():
    before = office_counties()
    try:
        use_counties(Counties.of((*SHIPPED, CountyFacts("xq", "聊城新区", "新区", 12))))
        codes = [code for code, _ in county_choices()]
    finally:
        use_counties(before)
    assert codes == ["", *(county.code for county in SHIPPED), "xq"]


def test_what_was_typed_is_read():
    form = NewUserForm(MultiDict(SENT), meta={"csrf": False})
    assert form.validate(), form.errors
    assert (form.username.data, form.role.data, form.county.data) == ("li.si", "county", "371522")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("username", ""),
        ("username", "x" * 41),
        ("display_name", "名" * 41),
        ("role", "king"),
        ("county", "371599"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(field, text):
    form = NewUserForm(MultiDict(SENT | {field: text}), meta={"csrf": False})
    assert not form.validate()
    assert list(form.errors) == [field]


def test_the_name_to_sign_in_with_is_not_changed():
    assert "username" not in ChangeUserForm(meta={"csrf": False})


def test_nobody_is_added_without_the_administrators_own_password():
    form = NewUserForm(MultiDict(SENT | {"own_password": ""}), meta={"csrf": False})
    assert not form.validate()
    assert list(form.errors) == ["own_password"]
