"""What an administrator types of a field that ships: its name, where it stands, whether it is asked or hidden."""

import re
from collections.abc import Mapping
from typing import Any, Self

from flask_babel import gettext, lazy_gettext
from wtforms import SelectField

from forms.definitions.own_fields import UNCHANGED, UNSEEN, role_box, roles_ticked, ticked_roles
from forms.fields import field_for
from forms.plain_form import PlainForm
from rules.words import N_
from schema.collection import Collection
from schema.definitions.needed_fields import may_be_required, why_needed, why_seen_by_all
from schema.definitions.own_fields import LONGEST_HELP, LONGEST_LABEL, OwnField
from schema.definitions.shipped_fields import own_label, unchanged
from schema.field import Field, Input, Kind

_PARTS = re.compile(r"[,，、;；]+")
_ENGLISH = 60  # characters of an English name


class ShippedFieldForm(PlainForm):
    """A change of one field that ships; what it holds and its limits stay."""

    label = field_for(
        Field("label", N_("Name of the field"), required=True, max_length=LONGEST_LABEL),
        N_("Exports carry the new name; imports know the old one as well."),
    )
    english = field_for(Field("english", N_("In English"), max_length=_ENGLISH))
    help = field_for(
        Field("help", N_("Help"), max_length=LONGEST_HELP), N_("Blank: as it comes with the program.")
    )
    aliases = field_for(
        Field("aliases", N_("Further headings"), max_length=300),
        N_("What workbooks also call the column; several are parted by 、."),
    )
    section = SelectField(lazy_gettext(N_("Section of the form")), validate_choice=False)
    required = field_for(
        Field("required", N_("Must be filled in"), "", Kind.YES_NO, input=Input.CHECKBOX),
        N_("Asked of new records, and when one is edited."),
    )
    hidden = field_for(
        Field("hidden", N_("Hidden"), "", Kind.YES_NO, input=Input.CHECKBOX),
        N_("Neither in forms, lists nor workbooks; what records hold stays."),
    )
    unseen_city, unseen_county, unseen_reader = (role_box(name) for name in UNSEEN)
    unchanged_city, unchanged_county = (role_box(name) for name in UNCHANGED)

    def offer(self, shipped: Collection, field: Field) -> None:
        """Offer the sections of a collection, and take away what cannot be changed of this field."""
        self.section.choices = [(one.key, gettext(one.title)) for one in shipped.sections]
        if not field.section:
            del self.section
        if not may_be_required(shipped, field):
            del self.required
        if why_needed(shipped.name, field.key):
            del self.hidden
        is_typed = bool(field.section) and field.editable
        for name in UNSEEN if why_seen_by_all(shipped.name, field.key) else ():
            del self[name]
        for name in () if is_typed and not why_needed(shipped.name, field.key) else UNCHANGED:
            del self[name]

    @classmethod
    def of(cls, change: OwnField, field: Field) -> Self:
        """Return the form with what is changed of a field, else as it ships."""
        values: Mapping[str, Any] = {
            "label": change.label or own_label(field), "english": change.english if change.label else "",
            "help": change.help, "aliases": "、".join(change.aliases), "section": change.section or field.section,
            "required": change.required, "hidden": change.hidden, **ticked_roles(change),
        }  # fmt: skip
        return cls(data=dict(values))

    def change(self, collection: str, key: str) -> OwnField:
        """Return the change as typed; call it when the form is valid."""
        texts: dict[str, Any] = {
            name: str(self._fields[name].data or "").strip() if name in self._fields else ""
            for name in ("label", "english", "help", "section")
        }
        ticks: dict[str, Any] = {
            name: bool(self._fields[name].data) if name in self._fields else False
            for name in ("required", "hidden")
        }
        parts = (part.strip() for part in _PARTS.split(self.aliases.data or ""))
        aliases = tuple(dict.fromkeys(part for part in parts if part))
        return OwnField(
            collection, key, unchanged(collection, key).kind, aliases=aliases, **texts, **ticks,
            unseen_by=roles_ticked(self, UNSEEN), unchanged_by=roles_ticked(self, UNCHANGED),
        )  # fmt: skip
