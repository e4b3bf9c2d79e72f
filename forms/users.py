"""What an administrator types about a user."""

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import IntegerField, PasswordField, SelectField, StringField
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from documents.desk.user import NAME_LIMIT
from forms.sign_in import Wanted
from rules.access import Role
from rules.counties import office_counties


def role_choices() -> list[tuple[str, str]]:
    """Return the roles, the least powerful first, in the reader's language."""
    order = (Role.READER, Role.COUNTY, Role.CITY, Role.ADMIN)
    return [(role.value, gettext(role.label)) for role in order]


def county_choices() -> list[tuple[str, str]]:
    """Return the counties in the office's customary order, the whole city first."""
    return [("", gettext("Whole city")), *((county.code, county.name) for county in office_counties())]


def own_password_field(*validators: Wanted) -> PasswordField:
    """Return the field in which an administrator types their own password before what a passer-by must not do."""
    return PasswordField(
        lazy_gettext("Your own password"),
        list(validators),
        description=lazy_gettext("Typed anew, so that nobody acts in your name at an open desk."),
        render_kw={"autocomplete": "current-password"},
    )


class ConfirmForm(FlaskForm):
    """The administrator's own password, for acts on a user that need nothing else."""

    own_password = own_password_field(Wanted())


class ChangeUserForm(FlaskForm):
    """What may be changed of a user; `version` is the one that was read."""

    display_name = StringField(
        lazy_gettext("Name on screen"),
        [Length(max=NAME_LIMIT)],
        description=lazy_gettext("The person's own name, as it stands in the history of records."),
        render_kw={"autocomplete": "off"},
    )
    role = SelectField(lazy_gettext("Role"), choices=role_choices)
    county = SelectField(
        lazy_gettext("County"),
        choices=county_choices,
        description=lazy_gettext("County clerks see and change the records of this county only."),
    )
    version = IntegerField(widget=HiddenInput(), default=0)
    own_password = own_password_field(Wanted())


class NewUserForm(ChangeUserForm):
    """A new user; the password is made by the system."""

    username = StringField(
        lazy_gettext("User name"),
        [Wanted(), Length(max=NAME_LIMIT)],
        description=lazy_gettext(
            "What the person signs in with: letters, digits, dots, hyphens, underscores."
        ),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
