"""The form of one status of the office's dictionary."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from documents.records.status import OPEN_COLLECTIONS
from forms.fields import cell
from forms.record import RecordForm, Section
from rules.choices import Colour, StatusFor
from rules.words import N_
from schema.statuses import STATUSES


class _Chosen:
    """Says in the clerk's language that a choice is none; WTForms' own words stay English here."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not offered."""
        try:
            super().pre_validate(form)  # type: ignore[misc]
        except ValueError as error:
            raise ValidationError(gettext(N_("Choose one from the list."))) from error


class _CollectionField(_Chosen, SelectField):
    """For which records."""


class _ColourField(_Chosen, RadioField):
    """In which colour."""


class StatusForm(RecordForm):
    """A status: what it is for, its label, colour and place in the order."""

    sheet = STATUSES
    sections = (
        Section(
            N_("Status"),
            (("collection",), ("label", "code"), ("order",), ("colour",), ("final",), ("public",)),
        ),
    )

    collection = _CollectionField(
        lazy_gettext(N_("For")),
        choices=[SelectChoice(code, lazy_gettext(StatusFor(code).label)) for code in OPEN_COLLECTIONS],
    )
    label = cell(STATUSES, "label", N_("What clerks see, for example 待核实."))
    code = cell(
        STATUSES,
        "code",
        N_("Small letters, digits and _; it cannot be changed later. Left blank, one is made."),
    )
    order = cell(STATUSES, "order", N_("Smaller numbers stand first."))
    colour = _ColourField(
        lazy_gettext(N_("Colour")),
        choices=[SelectChoice(colour.value, lazy_gettext(colour.label)) for colour in Colour],
        default="grey",
        render_kw={"data-swatches": "1"},
    )
    final = BooleanField(lazy_gettext(N_("Final: nothing is expected to follow")))
    public = BooleanField(lazy_gettext(N_("May be shown to the public")))

    def show_names(self, raw: Mapping[str, Any]) -> None:
        """A status refers to nothing."""
