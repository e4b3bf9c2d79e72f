"""What a user says of a token that programs ask with."""

from typing import Self

from flask_babel import gettext, lazy_gettext
from wtforms import PasswordField, RadioField, SelectField, SelectMultipleField, StringField

from documents.desk.user import NAME_LIMIT
from forms.plain_form import PlainForm
from forms.sign_in import Wanted
from forms.users import own_password_field
from rules.access import Actor
from schema.registry import REGISTRY
from services.desk.api_tokens import DAYS, NewToken

READ, WRITE = "read", "write"


def _days() -> list[tuple[str, str]]:
    return [(str(days), gettext("%(days)d days", days=days)) for days in DAYS]


class TokenForm(PlainForm):
    """A new token: what uses it, what it may do, where, and for how long."""

    name = StringField(
        lazy_gettext("What uses it"),
        [Wanted()],
        description=lazy_gettext("The name of the program, as you will know it later."),
        render_kw={"autocomplete": "off", "maxlength": str(NAME_LIMIT)},
    )
    access = RadioField(
        lazy_gettext("What it may do"),
        choices=lambda: [(READ, gettext("Read only")), (WRITE, gettext("Read and write, as far as you may"))],
        default=READ,
        validate_choice=True,
    )
    collections = SelectMultipleField(
        lazy_gettext("Where"),
        choices=[],
        description=lazy_gettext("Without a choice: everywhere, and in what is added later."),
    )
    days = SelectField(lazy_gettext("Good for"), choices=_days, default=str(DAYS[1]))
    own_password: PasswordField = own_password_field(Wanted())

    def offer(self, actor: Actor) -> Self:
        """Offer the collections that this actor may see, and return the form."""
        seen = REGISTRY.listed_for(actor)
        self.collections.choices = [(one.name, gettext(one.label)) for one in seen]
        return self

    def wanted(self) -> NewToken:
        """Return what was chosen."""
        return NewToken(
            name=self.name.data or "",
            writes=self.access.data == WRITE,
            collections=tuple(self.collections.data or ()),
            days=int(self.days.data) if str(self.days.data).isdecimal() else 0,
        )
