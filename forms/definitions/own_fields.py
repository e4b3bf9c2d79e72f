"""What an administrator types of an own field: its names, what it holds, where it stands, what it is used for."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField

from forms.fields import field_for
from forms.plain_form import PlainForm
from rules.access import Role
from rules.words import N_
from schema.collection import Collection
from schema.definitions.own_fields import (
    CHANGING,
    LISTS,
    LONGEST_HELP,
    LONGEST_LABEL,
    LONGEST_UNIT,
    LONGEST_WORD,
    MOST_WORDS,
    NUMBERS,
    PERSONAL,
    REFERRING,
    SECTION,
    SEEING,
    TEXTS,
    UNIQUE,
    OwnField,
    OwnKind,
    OwnWord,
    Uniqueness,
    referable,
)
from schema.definitions.own_parts import LONGEST_PART, MOST_PARTS, OwnPart, PartKind, PartWord
from schema.expressions.tokens import MOST_CHARACTERS
from schema.field import Field, Input, Kind
from schema.registry import REGISTRY

_PARTS = re.compile(r"[,，、;；]+")
_FOUND = (*REFERRING, OwnKind.COUNTY)  # what the search finds by names, besides texts
_ENGLISH = 60  # characters of an English name
_TICKS = ("required", "filtered", "searched", "listed", "exported", "public", "personal")
# The boxes that keep a field from a role: name, role.
UNSEEN = {f"unseen_{role.value}": role for role in SEEING}
UNCHANGED = {f"unchanged_{role.value}": role for role in CHANGING}


class WordForm(PlainForm):
    """One word of a list; `code` is what records hold, "" for a new one."""

    label = field_for(Field("label", N_("Word"), required=True, max_length=LONGEST_WORD))
    english = field_for(Field("english", N_("In English"), max_length=LONGEST_WORD))
    retired = BooleanField(lazy_gettext(N_("Retired")))
    code = HiddenField()


class PartForm(PlainForm):
    """One sub-field of a small table; `code` is its key in each stored row, "" for a new one."""

    label = field_for(Field("label", N_("Sub-field"), required=True, max_length=LONGEST_PART))
    kind = SelectField(lazy_gettext(N_("What it holds")), validate_choice=False)
    unit = field_for(Field("unit", N_("Unit"), max_length=LONGEST_UNIT))
    words = field_for(Field("words", N_("Words to choose from"), max_length=1000))
    required = BooleanField(lazy_gettext(N_("Must be filled in")))
    english = field_for(Field("english", N_("In English"), max_length=40))
    code = HiddenField()

    def offer(self) -> "PartForm":
        """Offer what a sub-field can hold."""
        self.kind.choices = [(kind.value, gettext(kind.label)) for kind in PartKind]
        return self

    @property
    def part(self) -> OwnPart:
        """The sub-field as typed."""
        kind = next((one for one in PartKind if one.value == self.kind.data), PartKind.TEXT)
        words = (
            [text.strip() for text in _PARTS.split(self.words.data or "")] if kind is PartKind.CHOICE else []
        )
        return OwnPart(
            self.code.data or "", (self.label.data or "").strip(), kind, (self.english.data or "").strip(),
            (self.unit.data or "").strip(), bool(self.required.data),
            tuple(PartWord("", text) for text in dict.fromkeys(words) if text),
        )  # fmt: skip


def _tick(key: str, label: str, help: str = "") -> Any:
    return field_for(Field(key, label, "", Kind.YES_NO, input=Input.CHECKBOX), help)


_ROLE_BOXES = {
    "unseen_city": N_("City clerks may not see it"), "unseen_county": N_("County clerks may not see it"),
    "unseen_reader": N_("Readers may not see it"), "unchanged_city": N_("City clerks may not change it"),
    "unchanged_county": N_("County clerks may not change it"),
}  # fmt: skip


def role_box(name: str) -> Any:
    """Return the box that keeps a field from a role, or from its changing it: one of `UNSEEN` or `UNCHANGED`."""
    return _tick(name, _ROLE_BOXES[name])


def ticked_roles(own: OwnField) -> dict[str, bool]:
    """Return what stands in these boxes for a field."""
    unseen = {name: role in own.unseen_by for name, role in UNSEEN.items()}
    return unseen | {name: role in own.unchanged_by for name, role in UNCHANGED.items()}


def roles_ticked(form: PlainForm, boxes: Mapping[str, Role]) -> tuple[Role, ...]:
    """Return the roles whose boxes are ticked in a form; one that it does not have is not."""
    return tuple(role for name, role in boxes.items() if name in form._fields and form._fields[name].data)


def _number(key: str, label: str) -> Any:
    return field_for(Field(key, label, "", Kind.DECIMAL))


class OwnFieldForm(PlainForm):
    """An own field but its kind, which is chosen first and stays."""

    label = field_for(
        Field("label", N_("Name of the field"), required=True, max_length=LONGEST_LABEL),
        N_("As it stands in forms and over the column of a workbook."),
    )
    english = field_for(Field("english", N_("In English"), max_length=_ENGLISH))
    words = FieldList(FormField(WordForm), lazy_gettext(N_("Words of the list")), max_entries=MOST_WORDS)
    parts = FieldList(
        FormField(PartForm), lazy_gettext(N_("Sub-fields")), max_entries=MOST_PARTS,
        description=lazy_gettext(
            N_("Columns of the small table. Words to choose from are parted by 、; one that is taken away is offered no"
               " more, and stays where records have it. A sub-field that records have cannot be removed.")
        ),
    )  # fmt: skip
    formula = field_for(
        Field("formula", N_("Formula"), "", Kind.LONG_TEXT, max_length=MOST_CHARACTERS, required=True),
        N_(
            "Names of fields and functions can be picked below. It is computed for every record, old ones too."
        ),
        formula="1",
    )
    unit = field_for(
        Field("unit", N_("Unit"), max_length=LONGEST_UNIT),
        N_("Of numbers, like 件 or 万元; it stands in the heading."),
    )
    minimum = _number("minimum", N_("Smallest value"))
    maximum = _number("maximum", N_("Largest value"))
    mask = field_for(
        Field("mask", N_("Form of the code"), "", Kind.CODE, max_length=40),
        N_("# stands for a figure, ? for a letter, * for either: LC-#### is LC-0001. Blank: any code."),
    )
    refers_to = SelectField(lazy_gettext(N_("List whose records are referred to")), validate_choice=False)
    section = SelectField(lazy_gettext(N_("Section of the form")), validate_choice=False)
    help = field_for(
        Field("help", N_("Help"), max_length=LONGEST_HELP), N_("A line under the field of the form.")
    )
    aliases = field_for(
        Field("aliases", N_("Further headings"), max_length=300),
        N_("What workbooks also call the column; several are parted by 、."),
    )
    required = _tick("required", N_("Must be filled in"), N_("Asked of new records, and when one is edited."))
    unique = field_for(
        Field("unique", N_("Unique"), "", Kind.CHOICE, choices=Uniqueness),
        N_("No two records have the same value; blank: values may repeat. What is double now is told first."),
    )
    filtered = _tick("filtered", N_("Filter and sort lists by it"))
    searched = _tick("searched", N_("Found by the search"), N_("Texts and codes, by any part."))
    listed = _tick(
        "listed", N_("Stands in lists from the start"), N_("Else it is a column that one may choose.")
    )
    exported = _tick("exported", N_("In workbooks"), N_("Exported, imported, and in the template."))
    public = _tick("public", N_("Public"), N_("Stands on the base's certificate page for anyone."))

    personal = _tick(
        "personal",
        N_("Personal"),
        N_(
            "Lists and pages show 138****1234; the whole is shown on request, which the trail tells. Exports are whole."
        ),
    )
    unseen_city, unseen_county, unseen_reader = (role_box(name) for name in UNSEEN)
    unchanged_city, unchanged_county = (role_box(name) for name in UNCHANGED)

    def offer(self, shipped: Collection) -> None:
        """Offer the sections of a collection, take away what it cannot have, and make the row that a script copies."""
        sections = {SECTION.key: SECTION.title} | {one.key: one.title for one in shipped.sections}
        self.section.choices = [(key, gettext(title)) for key, title in sections.items()]
        targets = referable(REGISTRY)
        self.refers_to.choices = [(one.name, gettext(one.label)) for one in targets]
        self.words.blank = WordForm(prefix="words-__n__-")
        self.words.movable = self.parts.movable = True
        self.parts.blank = PartForm(prefix="parts-__n__-").offer()
        for entry in self.parts.entries:
            entry.form.offer()
        if shipped.name != "bases":
            del self.public

    def fix_kind(self, kind: OwnKind) -> None:
        """Take away what a field of this kind has no use for."""
        unused = set() if kind in LISTS else {"words"}
        unused |= {"filtered", "public"} if kind is OwnKind.ROWS else {"parts"}
        unused |= {"public"} if kind is OwnKind.FILE else set()
        unused |= set() if kind in NUMBERS else {"minimum", "maximum"}
        unused |= set() if kind in NUMBERS - {OwnKind.PERCENT} or kind is OwnKind.COMPUTED else {"unit"}
        unused |= {"required", *UNCHANGED} if kind is OwnKind.COMPUTED else {"formula"}
        unused |= set() if kind is OwnKind.CODE else {"mask"}
        unused |= set() if kind in TEXTS or kind in (*_FOUND, OwnKind.ROWS, OwnKind.FILE) else {"searched"}
        # Whoever deletes a record asks what refers to it, by the index of the filter.
        unused |= {"filtered", "public"} if kind in REFERRING else {"refers_to"}
        unused |= set() if kind in PERSONAL else {"personal"}
        unused |= set() if kind in UNIQUE else {"unique"}
        for name in unused & self._fields.keys():
            del self[name]

    @classmethod
    def begun(cls) -> Self:
        """Return the form of a new field."""
        return cls(data={"exported": True, "section": SECTION.key})

    @classmethod
    def of(cls, own: OwnField) -> Self:
        """Return the form with a stored field; its formula is as a person reads it."""
        values = {
            name: getattr(own, name)
            for name in (
                *_TICKS,
                "label",
                "english",
                "unit",
                "mask",
                "formula",
                "help",
                "section",
                "refers_to",
                "unique",
            )
        }
        words = [
            {"label": word.label, "english": word.english, "retired": word.retired, "code": word.code}
            for word in own.words
        ]
        more = {
            "aliases": "、".join(own.aliases),
            "minimum": own.minimum,
            "maximum": own.maximum,
            "words": words,
            "parts": [
                {"label": part.label, "kind": part.kind.value, "unit": part.unit, "required": part.required,
                 "english": part.english, "code": part.code, "words": "、".join(part.offered_words)}
                for part in own.parts
            ],
        }  # fmt: skip
        more |= ticked_roles(own)
        return cls(data=values | more)

    def own_field(self, collection: str, kind: OwnKind, key: str = "", hidden: bool = False) -> OwnField:
        """Return the field as typed, without a place in the order; call it when the form is valid."""
        texts: dict[str, Any] = {
            name: self._text(name)
            for name in ("label", "english", "unit", "mask", "formula", "help", "unique")
        }
        ticks: dict[str, Any] = {
            name: bool(self._fields[name].data) for name in _TICKS if name in self._fields
        }
        limits: dict[str, Any] = {
            name: self._fields[name].data if name in self._fields else None for name in ("minimum", "maximum")
        }
        if kind in REFERRING:
            ticks["filtered"] = True
            texts["refers_to"] = self._text("refers_to")
        aliases = dict.fromkeys(part.strip() for part in _PARTS.split(self._text("aliases")) if part.strip())
        return OwnField(
            collection, key, kind, **texts, **ticks, **limits, aliases=tuple(aliases),
            section=self.section.data or SECTION.key, words=self._words(), parts=self._parts(), hidden=hidden,
            unseen_by=roles_ticked(self, UNSEEN), unchanged_by=roles_ticked(self, UNCHANGED),
        )  # fmt: skip

    def of_kind(self, own: OwnField, kind: OwnKind) -> OwnField:
        """Return a field as it is, with what was typed of another kind: words, unit, limits, form."""
        limits: dict[str, Any] = {
            name: self._fields[name].data if name in self._fields else None for name in ("minimum", "maximum")
        }
        return replace(
            own, kind=kind, words=self._words(), unit=self._text("unit"), mask=self._text("mask"), **limits
        )  # fmt: skip

    def _text(self, name: str) -> str:
        return str(self._fields[name].data or "").strip() if name in self._fields else ""

    def _parts(self) -> tuple[OwnPart, ...]:
        return tuple(entry.form.part for entry in self.parts.entries) if "parts" in self._fields else ()

    def _words(self) -> tuple[OwnWord, ...]:
        rows = [entry.form for entry in self.words.entries] if "words" in self._fields else []
        return tuple(
            OwnWord(row.code.data or "", row.label.data or "", row.english.data or "", bool(row.retired.data))
            for row in rows
        )


class FieldDeletionForm(PlainForm):
    """The name of a field that is deleted with what records hold in it, typed once more."""

    confirmed_name = field_for(
        Field("confirmed_name", N_("Name of the field"), required=True, max_length=LONGEST_LABEL)
    )
