"""What an administrator types of a collection of the office's own: names, whose its records are, statuses, rights."""

from types import MappingProxyType
from typing import Any, Self

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, FieldList, FormField

from forms.fields import field_for
from forms.plain_form import PlainForm
from rules.access import Act, Rights, Role
from rules.choices import ChoiceList, Choices, Colour, Word
from rules.words import N_
from schema.definitions.own_collections import (
    ICONS,
    MOST_STATUSES,
    USUAL_RIGHTS,
    MenuPlace,
    OwnCollection,
    OwnScope,
    OwnStatus,
)
from schema.definitions.own_fields import LONGEST_LABEL
from schema.field import Field, Input, Kind

# What is chosen once and stays.
FIXED = ("word", "scope", "unique", "statuses")
_ICON_WORDS = {
    "file": N_("Sheet of paper"), "ledger": N_("Ledger"), "company": N_("Company"), "base": N_("House"),
    "partner": N_("Handshake"), "staff": N_("Person"), "users": N_("People"), "calendar": N_("Calendar sheet"),
    "notice": N_("Loudspeaker"), "check": N_("Tick"), "sheet": N_("Table"), "bookmark": N_("Bookmark"),
    "info": N_("Information"), "key": N_("Key"),
}  # fmt: skip
_ROLES = {
    Role.CITY: (N_("City clerks may"), tuple(Act)),
    Role.COUNTY: (N_("County clerks may"), tuple(Act)),
    Role.READER: (N_("Readers may"), (Act.SEE,)),
}


_ICONS = ChoiceList.of(*(Word(code, word, code) for code, word in _ICON_WORDS.items()))


def _select(key: str, label: str, choices: Choices, default: str, help: str = "") -> Any:
    field = Field(key, label, "", Kind.CHOICE, choices=choices, input=Input.SELECT, default=default)
    return field_for(field, help)


class StatusForm(PlainForm):
    """One status that records may have from the start; the first is that of a new record."""

    label = field_for(Field("label", N_("Status"), required=True, max_length=20))
    colour = _select("colour", N_("Colour"), Colour, Colour.GREY.value)
    final = BooleanField(lazy_gettext(N_("Final")))


def _rights(role: Role) -> Any:
    label, acts = _ROLES[role]
    words = ChoiceList.of(*(Word(act.value, act.label, act.value) for act in acts))
    return field_for(Field(f"rights_{role.value}", label, "", Kind.CHOICES, choices=words))


class OwnCollectionForm(PlainForm):
    """An own collection; what never changes is taken away where one is changed."""

    label = field_for(
        Field("label", N_("Name of the collection"), required=True, max_length=LONGEST_LABEL),
        N_("As it stands in the menu, like 走访记录."),
    )
    english = field_for(Field("english", N_("In English"), max_length=60))
    word = field_for(
        Field("word", N_("Word in addresses"), "", Kind.CODE, max_length=30),
        N_(
            "Small letters and figures, for /admin/c/WORD/ and the command line. Blank: made from the name. It stays."
        ),
    )
    icon = _select("icon", N_("Icon"), _ICONS, ICONS[0])
    menu = _select("menu", N_("Place in the menu"), MenuPlace, MenuPlace.RECORDS.value)
    name_label = field_for(
        Field("name_label", N_("What names a record"), required=True, max_length=LONGEST_LABEL),
        N_("The field that every record must have, like 走访主题 or 政策名称."),
    )
    unique = field_for(
        Field("unique", N_("No two records of one name"), "", Kind.YES_NO, input=Input.CHECKBOX),
        N_(
            "Within one county, base or company. A row of a workbook then changes the record of its name. It stays."
        ),
    )
    scope = _select(
        "scope", N_("Whose the records are"), OwnScope, OwnScope.COUNTY.value,
        N_("A county's clerks see their own county's records alone. It stays."),
    )  # fmt: skip
    referred_label = field_for(
        Field("referred_label", N_("What the base or company is called there"), max_length=LONGEST_LABEL),
        N_("Like 走访企业. Blank: 所属基地 or 所属企业."),
    )
    statuses = FieldList(
        FormField(StatusForm), lazy_gettext(N_("Statuses")), max_entries=MOST_STATUSES,
        description=lazy_gettext(
            N_("In their order; the first is that of a new record. None: records have no status. Further ones are added"
               " under Statuses later.")
        ),
    )  # fmt: skip
    rights_city = _rights(Role.CITY)
    rights_county = _rights(Role.COUNTY)
    rights_reader = _rights(Role.READER)

    def make_ready(self, *, is_new: bool) -> None:
        """Make the row that a script copies; take away what never changes."""
        self.statuses.blank = StatusForm(prefix="statuses-__n__-")
        if not is_new:
            for name in FIXED:
                del self[name]

    @classmethod
    def begun(cls) -> Self:
        """Return the form of a new collection."""
        return cls(data={"name_label": "名称", "icon": "file"} | _ticked(USUAL_RIGHTS))

    @classmethod
    def of(cls, own: OwnCollection) -> Self:
        """Return the form with a stored collection."""
        names = ("label", "english", "icon", "name_label", "referred_label")
        values = {name: getattr(own, name) for name in names}
        return cls(data=values | {"menu": own.menu.value} | _ticked(own.rights))

    def own_collection(self, before: OwnCollection | None = None) -> OwnCollection:
        """Return the collection as typed, what never changes as `before` has it; call it when the form is valid."""
        fixed: dict[str, Any] = {}
        if before is None:
            rows = [entry.form for entry in self.statuses.entries]
            fixed = {
                "word": (self.word.data or "").strip().lower(),
                "unique": bool(self.unique.data),
                "scope": next(one for one in OwnScope if one.value == self.scope.data),
                "statuses": tuple(
                    OwnStatus("", (row.label.data or "").strip(), row.colour.data, bool(row.final.data))
                    for row in rows
                ),
            }
        else:
            fixed = {name: getattr(before, name) for name in (*FIXED, "hidden")}
        texts: dict[str, Any] = {
            name: (self._fields[name].data or "").strip()
            for name in ("label", "english", "name_label", "referred_label")
        }
        menu = next(one for one in MenuPlace if one.value == self.menu.data)
        return OwnCollection(**fixed, **texts, icon=self.icon.data, menu=menu, rights=self._chosen_rights())

    def _chosen_rights(self) -> Rights:
        chosen = {role: self._fields[f"rights_{role.value}"].data or () for role in _ROLES}
        return MappingProxyType({role: frozenset(map(Act, acts)) for role, acts in chosen.items()})


def _ticked(rights: Rights) -> dict[str, list[str]]:
    return {
        f"rights_{role.value}": [act.value for act in Act if act in rights.get(role, ())] for role in _ROLES
    }


class DeletionForm(PlainForm):
    """The name of what is deleted, typed once more."""

    confirmed_name = field_for(
        Field("confirmed_name", N_("Name of the collection"), required=True, max_length=LONGEST_LABEL)
    )


def in_words(rights: Rights, role: Role) -> str:
    """Return what a role may do, in words."""
    acts = [gettext(act.label) for act in Act if act in rights.get(role, ())]
    return "、".join(acts) or "—"
