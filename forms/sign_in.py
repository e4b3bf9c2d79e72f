"""What is typed to sign in and to change one's password."""

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, Form, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, StopValidation, ValidationError


class Wanted(InputRequired):
    """Refuse a blank, in the language of the request."""

    def __call__(self, form: Form, field: Field) -> None:
        """Raise StopValidation when nothing was typed."""
        try:
            super().__call__(form, field)
        except StopValidation as stop:
            raise StopValidation(gettext("Please fill in this field.")) from stop


class SignInForm(FlaskForm):
    """Name, password, and the page to go on to."""

    username = StringField(
        lazy_gettext("User name"),
        [Wanted()],
        render_kw={
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
            "autofocus": True,
        },
    )
    password = PasswordField(
        lazy_gettext("Password"), [Wanted()], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()


class ChangePasswordForm(FlaskForm):
    """The old password once, the new one twice."""

    old_password = PasswordField(
        lazy_gettext("Old password"), [Wanted()], render_kw={"autocomplete": "current-password"}
    )
    new_password = PasswordField(
        lazy_gettext("New password"),
        [Wanted()],
        description=lazy_gettext("At least 10 characters, for example several unrelated words."),
        render_kw={"autocomplete": "new-password"},
    )
    repeat_password = PasswordField(
        lazy_gettext("New password, once more"),
        [Wanted()],
        render_kw={"autocomplete": "new-password"},
    )

    def validate_repeat_password(self, field: Field) -> None:
        """Refuse a slip of the finger, which nobody sees in a password field."""
        if field.data != self.new_password.data:
            raise ValidationError(gettext("The two new passwords are not the same."))
