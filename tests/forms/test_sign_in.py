"""What is typed to sign in and to change a password: blanks are told, and a slip in the repeated one."""

import pytest
from werkzeug.datastructures import MultiDict

from forms.sign_in import ChangePasswordForm, SignInForm

NEW = "seven-cups-under-snow"


@pytest.fixture(autouse=True)
def _request(app):
    with app.test_request_context(method="POST"):
        yield


@pytest.mark.parametrize(
    ("sent", "at_fault"),
    [
        ({"username": "li", "password": "x"}, []),
        ({"username": "", "password": "x"}, ["username"]),
        ({"username": "li", "password": ""}, ["password"]),
        ({}, ["username", "password"]),
    ],
)
def test_name_and_password_are_wanted(sent, at_fault):
    form = SignInForm(MultiDict(sent), meta={"csrf": False})
    assert form.validate() is (not at_fault)
    assert sorted(form.errors) == sorted(at_fault)


@pytest.mark.parametrize(
    ("repeated", "at_fault"), [(NEW, []), (NEW + "1", ["repeat_password"]), ("", ["repeat_password"])]
)
def test_the_new_password_is_typed_twice_alike(repeated, at_fault):
    sent = {"old_password": "old", "new_password": NEW, "repeat_password": repeated}
    form = ChangePasswordForm(MultiDict(sent), meta={"csrf": False})
    assert form.validate() is (not at_fault)
    assert list(form.errors) == at_fault
