"""What an administrator says of a channel by which messages leave the office."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, PasswordField, SelectField, SelectMultipleField, StringField, TextAreaField

from forms.plain_form import PlainForm
from forms.sign_in import Wanted
from rules.requests.messages import (
    LONGEST_SECRET,
    ChannelKind,
    ChannelValues,
    MessageEvent,
    Security,
)
from rules.requests.web_hooks import LONGEST_NAME, LONGEST_URL

_SECRET = {"autocomplete": "new-password", "maxlength": str(LONGEST_SECRET)}


class ChannelForm(PlainForm):
    """A channel; `with_counties` says which counties can be chosen. Secrets are never filled in."""

    name = StringField(
        lazy_gettext("Name"), [Wanted()], render_kw={"autocomplete": "off", "maxlength": str(LONGEST_NAME)}
    )
    kind = SelectField(
        lazy_gettext("Sent by"),
        choices=lambda: [(kind.value, gettext(kind.label)) for kind in ChannelKind],
        validate_choice=False,
    )
    county = SelectField(lazy_gettext("What is counted"), choices=[], validate_choice=False)
    events = SelectMultipleField(
        lazy_gettext("Tells of"),
        choices=lambda: [(event.value, gettext(event.label)) for event in MessageEvent],
        validate_choice=False,
        description=lazy_gettext("As numbers, at most one message in five minutes."),
    )
    digest = BooleanField(
        lazy_gettext("Weekly digest"),
        description=lazy_gettext("On Monday morning: how much waits, as numbers."),
    )
    enabled = BooleanField(lazy_gettext("Switched on"), default=True)
    host = StringField(lazy_gettext("Mail server"), render_kw={"autocomplete": "off", "spellcheck": "false"})
    port = StringField(lazy_gettext("Port"), render_kw={"inputmode": "numeric", "maxlength": "5"})
    security = SelectField(
        lazy_gettext("Encryption"),
        choices=lambda: [(one.value, gettext(one.label)) for one in Security],
        validate_choice=False,
    )
    authority = TextAreaField(
        lazy_gettext("Certificate of the office's own authority"),
        render_kw={"rows": "3", "autocomplete": "off", "spellcheck": "false", "maxlength": "20000"},
        description=lazy_gettext(
            "Only where the mail server's certificate comes from an authority of the office's own: the text of its "
            "PEM file. Blank: the authorities that the system knows."
        ),
    )
    user = StringField(lazy_gettext("User name"), render_kw={"autocomplete": "off"})
    secret = PasswordField(
        lazy_gettext("Password"),
        render_kw=_SECRET,
    )
    sender = StringField(lazy_gettext("Sender"), render_kw={"autocomplete": "off"})
    recipients = TextAreaField(
        lazy_gettext("Recipients"), description=lazy_gettext("Addresses of the office, one a line.")
    )
    url = PasswordField(
        lazy_gettext("Address of the robot"),
        render_kw={"autocomplete": "new-password", "maxlength": str(LONGEST_URL)},
        description=lazy_gettext("It is the robot's key, and never shown again."),
    )
    signing = PasswordField(
        lazy_gettext("Secret for signatures"),
        render_kw=_SECRET,
        description=lazy_gettext("DingTalk, where the robot asks for one."),
    )

    @classmethod
    def with_counties(
        cls, counties: Mapping[str, str], given: MultiDict[str, str] | None = None, **values: Any
    ) -> Self:
        """Return the form as it was sent, or with these values."""
        form = cls(formdata=given) if given is not None else cls(data=values)
        form.county.choices = [("", gettext("Whole city")), *counties.items()]
        return form

    def tell_of_kept(self) -> None:
        """Say beside each secret of a channel that is there what a blank one means; a new channel keeps none."""
        self.secret.description = gettext("Blank: the one that is kept stays.")
        self.url.description = gettext(
            "It is the robot's key, and never shown again. Blank: the one that is kept stays."
        )
        self.signing.description = gettext(
            "DingTalk, where the robot asks for one. Blank: the one that is kept stays."
        )

    def values(self) -> ChannelValues:
        """Return what was typed, of the chosen kind alone."""
        common = ChannelValues(
            name=(self.name.data or "").strip(), kind=self.kind.data or "", enabled=bool(self.enabled.data),
            county=self.county.data or "", events=tuple(self.events.data or ()), digest=bool(self.digest.data),
            security="",
        )  # fmt: skip
        if self.kind.data != ChannelKind.MAIL.value:
            signs = self.kind.data == ChannelKind.DINGTALK.value
            signing = (self.signing.data or "") if signs else ""
            return replace(common, url=(self.url.data or "").strip(), signing=signing)
        port = (self.port.data or "").strip()
        lines = (
            (self.recipients.data or "").replace(",", "\n").replace("，", "\n").replace(";", "\n").split("\n")
        )
        return replace(
            common, host=(self.host.data or "").strip(),
            port=int(port) if port.isascii() and port.isdecimal() and len(port) < 6 else 0,
            security=self.security.data or "", authority=(self.authority.data or "").strip(),
            user=(self.user.data or "").strip(), secret=self.secret.data or "",
            sender=(self.sender.data or "").strip(),
            recipients=tuple(dict.fromkeys(line.strip() for line in lines if line.strip())),
        )  # fmt: skip
