"""What an administrator says of a web hook."""

from collections.abc import Mapping
from typing import Any, Self

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField

from forms.plain_form import PlainForm
from forms.sign_in import Wanted
from rules.requests.web_hooks import LONGEST_NAME, LONGEST_URL, HookEvent
from schema.registry import REGISTRY
from services.hooks.hooks import HookValues

Labels = Mapping[str, Mapping[str, str]]  # of the statuses, by collection and code


class WebHookForm(PlainForm):
    """A web hook; `with_statuses` says which statuses can be chosen."""

    name = StringField(
        lazy_gettext("Name"), [Wanted()], render_kw={"autocomplete": "off", "maxlength": str(LONGEST_NAME)}
    )
    url = StringField(
        lazy_gettext("Address of the program"),
        [Wanted()],
        description=lazy_gettext("Of the other program: https://host/path. It is told there by POST."),
        render_kw={"autocomplete": "off", "maxlength": str(LONGEST_URL), "spellcheck": "false"},
    )
    of = SelectField(
        lazy_gettext("Collection"),
        choices=lambda: [(one.name, gettext(one.label)) for one in REGISTRY.listed],
        validate_choice=False,
    )
    events = SelectMultipleField(
        lazy_gettext("Tells of"),
        choices=lambda: [(event.value, gettext(event.label)) for event in HookEvent],
        validate_choice=False,
    )
    status = SelectField(
        lazy_gettext("Status"),
        choices=[],
        validate_choice=False,
        description=lazy_gettext("Where it tells of a certain status: which one."),
    )
    enabled = BooleanField(lazy_gettext("Switched on"), default=True)

    @classmethod
    def with_statuses(cls, labels: Labels, given: MultiDict[str, str] | None = None, **values: Any) -> Self:
        """Return the form as it was sent, or with these values."""
        form = cls(formdata=given) if given is not None else cls(data=values)
        form.status.choices = [("", "")] + [
            (f"{one.name}:{code}", f"{gettext(one.label)}：{label}")
            for one in REGISTRY.listed
            for code, label in labels.get(one.name, {}).items()
        ]
        return form

    def values(self) -> HookValues:
        """Return what was typed."""
        collection, _, code = str(self.status.data or "").partition(":")
        return HookValues(
            name=self.name.data or "",
            url=self.url.data or "",
            of=self.of.data or "",
            events=tuple(self.events.data or ()),
            status=code if collection == self.of.data else "",
            enabled=bool(self.enabled.data),
        )
