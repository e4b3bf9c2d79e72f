"""What is typed of the check of an operator's place of registration."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms import Form, RadioField
from wtforms.fields.choices import SelectChoice

from forms.fields import field_for
from rules.assessment.registration import MOST_BASIS
from rules.words import N_
from schema.field import Field, Kind

YES, NO = "yes", "no"


class RegistrationForm(Form):
    """What the county found, and on what it rests."""

    class Meta:
        """The page's token is checked by the app; error messages are ours, already translated."""

        csrf = False
        locales = False

    in_city = RadioField(
        lazy_gettext(N_("Result of the verification")),
        choices=[
            SelectChoice(YES, lazy_gettext(N_("The operator is registered in the city"))),
            SelectChoice(NO, lazy_gettext(N_("The operator is not registered in the city"))),
        ],
        validate_choice=False,
    )
    basis: Any = field_for(
        Field("basis", N_("What it is based on"), "", Kind.LONG_TEXT, max_length=MOST_BASIS),
        N_("For example: business licence seen on site. Needed where code and place differ."),
    )
