"""Fields that an office adds to a collection in the browser: what one is, what is refused, and what follows from it.

An own field becomes a `Field` like those that ship, at the end of its collection's; so list, form, filters, search,
import, export, template, history and recycle bin know it as they know those. Its key begins with `own_`, so that no
later edition of the program can mean something else by it, and is never given twice.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from rules.access import Role
from rules.choices import Choice, ChoiceList, Word
from rules.errors import Refusal
from rules.words import N_
from schema.collection import REGISTRY, Collection, Index, Section
from schema.definitions.own_parts import (
    MOST_ROWS,
    OwnPart,
    as_part_field,
    refusals_of_parts,
    refusals_of_taken_parts,
)
from schema.definitions.plain_values import made_of, plain_of
from schema.field import CodeOf, Field, Kind, Search, heading_key

PREFIX = "own_"
# Of values that follow from a formula; no name in letters leads to a key with a second "_".
COMPUTED_PREFIX = "own_computed_"
SECTION = Section("own", N_("Further information"))
MOST_FIELDS = 100  # of one collection
MOST_FILTERS = 10  # of one collection's own fields, as each has two indexes
MOST_WORDS = 200
MOST_FIELD_FILES = 10  # in one field of a record
LONGEST_LABEL, LONGEST_WORD, LONGEST_HELP, LONGEST_UNIT = 30, 40, 200, 12
LONGEST_TEXT, LONGEST_LONG_TEXT = 200, 2000
_AFTER_SHIPPED = 100  # the place of an own field among filters and first columns: behind those that ship
# What a sheet, a list of words or a page reads as something else.
_FORBIDDEN = re.compile(r"[<>&\"'`%{}\[\]\\|=\x00-\x1f\x7f]")
_PARTING = re.compile(r"[,，、;；]")
_MASK = re.compile(r"[A-Za-z0-9#?*\-/._ \u4e00-\u9fff()（）〔〕]{1,40}")
_KEY = re.compile(rf"{PREFIX}(?:computed_)?[a-z0-9]{{1,48}}")
_CODE = re.compile(r"w[1-9][0-9]{0,5}")
_NAME_KEY = re.compile(r"own_[a-z0-9]+_name")
_MASK_SIGNS = {"#": "[0-9]", "?": "[A-Za-z]", "*": "[A-Za-z0-9]"}


class OwnKind(Choice):
    """What an own field holds."""

    TEXT = "text", N_("One line of text"), "单行文字"
    LONG_TEXT = "long-text", N_("Several lines of text"), "多行文字"
    INTEGER = "integer", N_("Whole number"), "整数"
    DECIMAL = "decimal", N_("Number with decimals"), "小数"
    PERCENT = "percent", N_("Percentage"), "百分比"
    DATE = "date", N_("Day"), "日期"
    MOMENT = "moment", N_("Day and time"), "日期和时间"
    YES_NO = "yes-no", N_("Yes or no"), "有无"
    CHOICE = "choice", N_("One word of a list"), "单选"
    CHOICES = "choices", N_("Several words of a list"), "多选"
    LINK = "link", N_("Web address"), "网址"
    EMAIL = "email", N_("E-mail address"), "电子邮箱"
    PHONE = "phone", N_("Phone number"), "电话号码"
    CODE = "code", N_("Code of a given form"), "编号"
    COUNTY = "county", N_("County"), "县（市、区）"
    REFERENCE = "reference", N_("A record of another list"), "引用"
    REFERENCES = "references", N_("Several records of another list"), "多项引用"
    ROWS = "rows", N_("Small table"), "表格"
    FILE = "file", N_("Files"), "附件"
    COMPUTED = "computed", N_("Computed by a formula"), "公式计算"
    SHIPPED = "shipped", N_("Comes with the program"), "随程序提供"


class Uniqueness(Choice):
    """Where a value of a field may stand once."""

    CITY = "city", N_("Once in the whole city"), "全市唯一"
    COUNTY = "county", N_("Once in a county"), "同一县（市、区）内唯一"


NUMBERS = frozenset({OwnKind.INTEGER, OwnKind.DECIMAL, OwnKind.PERCENT})
LISTS = frozenset({OwnKind.CHOICE, OwnKind.CHOICES})
REFERRING = frozenset({OwnKind.REFERENCE, OwnKind.REFERENCES})
# From whom a field can be kept; an administrator, who makes them, sees and changes all. Readers change nothing anyway.
SEEING = (Role.CITY, Role.COUNTY, Role.READER)
CHANGING = (Role.CITY, Role.COUNTY)
TEXTS = frozenset({OwnKind.TEXT, OwnKind.LONG_TEXT, OwnKind.LINK, OwnKind.EMAIL, OwnKind.PHONE, OwnKind.CODE})
# What may be personal.
PERSONAL = TEXTS | {OwnKind.FILE}
# Of which kinds no two records need have the same.
UNIQUE = frozenset({OwnKind.TEXT, OwnKind.INTEGER, OwnKind.LINK, OwnKind.EMAIL, OwnKind.PHONE, OwnKind.CODE})
_KINDS: Mapping[OwnKind, Kind] = MappingProxyType(
    {
        OwnKind.TEXT: Kind.TEXT, OwnKind.LONG_TEXT: Kind.LONG_TEXT, OwnKind.INTEGER: Kind.INTEGER,
        OwnKind.DECIMAL: Kind.DECIMAL, OwnKind.PERCENT: Kind.DECIMAL, OwnKind.DATE: Kind.DATE,
        OwnKind.YES_NO: Kind.YES_NO, OwnKind.CHOICE: Kind.CHOICE, OwnKind.CHOICES: Kind.CHOICES,
        OwnKind.LINK: Kind.CODE, OwnKind.EMAIL: Kind.CODE, OwnKind.PHONE: Kind.CODE, OwnKind.CODE: Kind.CODE,
        OwnKind.REFERENCE: Kind.REFERENCE, OwnKind.REFERENCES: Kind.REFERENCES, OwnKind.ROWS: Kind.ROWS,
        OwnKind.FILE: Kind.FILES,
        OwnKind.COUNTY: Kind.COUNTY, OwnKind.MOMENT: Kind.MOMENT,
    }
)  # fmt: skip
# What a formula gives, by the code of its type (`schema.expressions.types.Base`).
GIVEN: Mapping[str, Kind] = MappingProxyType(
    {
        "integer": Kind.INTEGER, "decimal": Kind.DECIMAL, "text": Kind.TEXT, "choice": Kind.CHOICE,
        "day": Kind.DATE, "moment": Kind.MOMENT, "boolean": Kind.YES_NO,
    }
)  # fmt: skip
_LARGEST = 1e15  # a formula's numbers lie between this and its negative
_CODES = {OwnKind.LINK: CodeOf.LINK, OwnKind.EMAIL: CodeOf.EMAIL, OwnKind.PHONE: CodeOf.PHONE}
_WIDTHS = {
    OwnKind.LONG_TEXT: 24,
    OwnKind.LINK: 28,
    OwnKind.EMAIL: 24,
    OwnKind.PHONE: 15,
    OwnKind.REFERENCE: 30,
    OwnKind.REFERENCES: 40,
    OwnKind.COUNTY: 16,
    OwnKind.MOMENT: 18,
    OwnKind.ROWS: 40,
    OwnKind.FILE: 30,
}

NO_TARGET = N_("Choose the list whose records are referred to.")
SHARED = N_("A record of %(collection)s is several counties': it cannot refer to one county's record.")
UNSEEN_TARGET = N_(
    "Some of those who would see this field may not see %(collection)s: keep it from them too."
)
NO_LABEL = N_("Please give the field a name.")
BAD_SIGN = N_("Quotation marks, the percent sign and the signs < > & {} [] | = may not stand here.")
TOO_LONG = N_("At most %(most)d characters.")
TAKEN = N_("“%(heading)s” is already what a column of %(collection)s is called.")
TOO_MANY = N_("%(collection)s has %(most)d fields of your own already: more are not possible.")
TOO_MANY_FILTERS = N_(
    "At most %(most)d of these fields can be filtered or sorted by: each costs two indexes."
)
NO_WORDS = N_("A list needs at least one word that can be chosen.")
TOO_MANY_WORDS = N_("A list has at most %(most)d words.")
DOUBLE_WORD = N_("The word “%(word)s” stands twice.")
PARTED_WORD = N_("A word may hold no comma and no 、 or ；, for these part words in a workbook.")
ORDER = N_("The smallest value may not be above the largest.")
BAD_MASK = N_("A form is written with # for a figure, ? for a letter, * for either, and the signs that stay.")
ONLY_BASES = N_("Only what belongs to a base is shown to the public.")
NO_SECTION = N_("Choose one of the sections.")
KEPT_BUT_SEARCHED = N_("What some may not see is not found by the search: its words would give it away.")
PERSONAL_BUT_PUBLIC = N_("What is personal cannot be public.")
FILES_BUT_PUBLIC = N_("Files of a field are not shown to the public.")
KEPT_BUT_PUBLIC = N_("What some of the office may not see cannot be public.")

NOT_UNIQUE = N_("Of such a field values may repeat.")
SHARED_UNIQUE = N_(
    "A record of %(collection)s is several counties': its values are unique in the whole city or not at all."
)
KEPT_BUT_UNIQUE = N_("What some may not see cannot be unique: a refusal would give it away.")
TAKEN_IN_CITY = N_("“%(value)s” is already the %(label)s of another record; each value may stand once.")
TAKEN_IN_COUNTY = N_(
    "“%(value)s” is already the %(label)s of another record of this county; each value may stand once there."
)
TAKEN_PERSONAL = N_("Another record has the same %(label)s; each value may stand once.")

# What the trail and a configuration's file call what is kept of an own field.
LABELS: Mapping[str, str] = {
    "collection": N_("Collection"), "key": N_("Stored as"), "kind": N_("What it holds"),
    "label": N_("Name of the field"), "english": N_("In English"), "help": N_("Help"), "unit": N_("Unit"),
    "aliases": N_("Further headings"), "section": N_("Section"), "order": N_("Place in the order"),
    "required": N_("Must be filled in"), "minimum": N_("Smallest value"), "maximum": N_("Largest value"),
    "mask": N_("Form of the code"), "words": N_("Words of the list"), "parts": N_("Sub-fields"),
    "formula": N_("Formula"), "gives": N_("What it gives"),
    "unique": N_("Unique"),
    "filtered": N_("Filter and sort lists by it"), "searched": N_("Found by the search"),
    "listed": N_("Stands in lists from the start"), "exported": N_("In workbooks"),
    "public": N_("Public"), "hidden": N_("Hidden"), "unseen_by": N_("May not see it"),
    "unchanged_by": N_("May not change it"), "personal": N_("Personal"),
    "follows": N_("Takes the values of"), "replaced": N_("Replaced by a field of another kind"),
    "recycled": N_("In the recycle bin"),
    "changing": N_("Its kind is being changed by batch"),
}  # fmt: skip

BAD_KEY = N_("Field “%(label)s”: its key is none that this program gives.")
DELETED_HERE = N_(
    "Field “%(label)s”: one of its key was deleted here, and a key is never given again. Add it by hand."
)
OTHER_KIND = N_("Field “%(label)s”: here it holds “%(here)s”, in the file “%(there)s”. A kind never changes.")
OTHER_TARGET = N_("Field “%(label)s”: in the file it refers to another list than here.")
BAD_CODES = N_("Field “%(label)s”: the codes of its words are not as this program gives them.")


@dataclass(frozen=True)
class OwnWord:
    """A word of an own list: `code` is stored and never given twice; a retired one is offered no more."""

    code: str
    label: str
    english: str = ""
    retired: bool = False


@dataclass(frozen=True)
class OwnField:
    """One own field of a collection. `label` is Chinese; `english` what it is called on English pages ("": the same).

    `mask` is the form of a code: # a figure, ? a letter, * either. `words` belong to lists. A computed one has its
    `formula` as it is stored (`schema.expressions.stored_text`), what that `gives`, and as `words` those that it may
    give, where they are few. `order` is its place among the own fields of its section. A `hidden` one is shown, asked,
    found and exported nowhere; its values stay. The roles in `unseen_by` know nothing of it, those in `unchanged_by` do
    not change it. A reference names a record, or several, of the collection `refers_to`.

    While its kind is changed, `changing` names the batch that does so. The field of the other kind has a key of its
    own and `follows` the key whose values it takes; the one of both that is not in force is `replaced`, and hidden.
    One that was deleted while records had values is `recycled`, and hidden: it lies in the recycle bin with them.
    """

    collection: str
    key: str
    kind: OwnKind
    label: str
    english: str = ""
    help: str = ""
    unit: str = ""
    aliases: tuple[str, ...] = ()
    section: str = SECTION.key
    order: int = 0
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    mask: str = ""
    formula: str = ""
    gives: str = ""
    refers_to: str = ""
    words: tuple[OwnWord, ...] = ()
    last_word: int = 0  # the number of the last code given to a word
    parts: tuple[OwnPart, ...] = ()
    last_part: int = 0  # the number of the last code given to a sub-field
    filtered: bool = False
    searched: bool = False
    listed: bool = False
    exported: bool = True
    public: bool = False
    personal: bool = False
    unseen_by: tuple[Role, ...] = ()
    unchanged_by: tuple[Role, ...] = ()
    hidden: bool = False
    follows: str = ""
    replaced: bool = False
    recycled: bool = False
    changing: str = ""
    unique: str = ""  # a code of `Uniqueness`; "": values may repeat

    @property
    def is_set_aside(self) -> bool:
        """Whether nobody works with it any more: another one took its place, or it lies in the recycle bin."""
        return self.replaced or self.recycled

    @property
    def heading(self) -> str:
        """The heading of its column in a workbook, with the unit as the office writes it."""
        unit = "%" if self.kind is OwnKind.PERCENT else self.unit
        return f"{self.label}（{unit}）" if unit else self.label

    @property
    def is_computed(self) -> bool:
        """Whether it follows from other values: nobody types it, and no workbook brings it."""
        return self.kind is OwnKind.COMPUTED

    @property
    def english_words(self) -> Mapping[str, str]:
        """What this field says on English pages, by what it says in Chinese."""
        pairs = [(self.label, self.english), *((word.label, word.english) for word in self.words)]
        pairs += [(part.label, part.english) for part in self.parts]
        return {label: english for label, english in pairs if english}


def has_forbidden_sign(text: str) -> bool:
    """Tell whether a text holds a sign that a sheet, a list of words or a page reads as something else."""
    return bool(_FORBIDDEN.search(text))


def is_change(own: OwnField) -> bool:
    """Tell whether it is a change of a field that ships (`schema.definitions.shipped_fields`), no field of its own."""
    return own.kind is OwnKind.SHIPPED


def own_kind(code: str) -> OwnKind:
    """Return the kind of a code. Raises ValueError for one that is none."""
    found = next((kind for kind in OwnKind if kind.value == code), None)
    if found is None:
        raise ValueError(f"{code!r} is no kind of field")
    return found


def as_field(own: OwnField) -> Field:
    """Return the declaration of an own field."""
    if own.is_computed:
        return _as_computed(own)
    number = own.kind in NUMBERS
    percent = own.kind is OwnKind.PERCENT
    is_reference = own.kind in REFERRING
    unsorted = (OwnKind.LONG_TEXT, OwnKind.CHOICES, *REFERRING, OwnKind.ROWS, OwnKind.FILE)
    is_file = own.kind is OwnKind.FILE
    sortable = own.kind not in unsorted and own.filtered
    words = [Word(word.code, word.label, word.label) for word in own.words]
    offered = tuple(word.code for word in own.words if not word.retired)
    return Field(
        own.key, own.label, own.heading, _KINDS[own.kind],
        width=_WIDTHS.get(own.kind, 14), unit="%" if percent else own.unit,
        choices=ChoiceList.of(*words) if own.kind in LISTS else None,
        offered=(lambda: offered) if own.kind in LISTS else None,
        aliases=own.aliases, required=own.required,
        sortable=sortable, indexed=own.filtered,
        max_length=LONGEST_LONG_TEXT if own.kind is OwnKind.LONG_TEXT else LONGEST_TEXT,
        minimum=own.minimum if number else None,
        maximum=(100 if own.maximum is None else own.maximum) if percent else own.maximum if number else None,
        pattern=pattern_of(own.mask) if own.kind is OwnKind.CODE else "",
        code=_CODES.get(own.kind), section=own.section, help=own.help,
        half=own.kind not in unsorted,
        listed=_AFTER_SHIPPED + own.order if own.listed else 0,
        filter=_AFTER_SHIPPED + own.order if own.filtered else 0,
        search=(Search.PERSON if _names_people(own.refers_to) else Search.NAME) if own.searched and is_reference
        else Search.COUNTY if own.searched and own.kind is OwnKind.COUNTY
        else Search.TEXT if own.searched and (own.kind in TEXTS or own.kind in (OwnKind.ROWS, OwnKind.FILE)) else None,
        refers_to=own.refers_to if is_reference else "", name_key=name_key_of(own.key) if is_reference else "",
        parts=tuple(map(as_part_field, own.parts)), most_rows=MOST_ROWS if own.parts else 0,
        most_files=MOST_FIELD_FILES if is_file else 0,
        exported=own.exported, imported=own.exported and not is_file, public=own.public,
        personal=own.personal or (is_reference and _names_people(own.refers_to)),
        masked=own.personal and own.kind in PERSONAL,
        form_order=_AFTER_SHIPPED + own.order, recycled=own.recycled,
        seen_by=frozenset(Role) - set(own.unseen_by) if own.unseen_by else None,
        changed_by=frozenset(Role) - set(own.unchanged_by) if own.unchanged_by else None,
    )  # fmt: skip


def _names_people(collection: str) -> bool:
    """Tell whether the records of a collection are people, whose names formulas do not read and no program is told."""
    target = REGISTRY.get(collection)
    name = target.by_key.get("name") if target else None
    return name is not None and name.personal


def name_key_of(key: str) -> str:
    """Return where the copied name of an own reference stands; no own field has such a key (`is_name_key`)."""
    return f"{key}_name"


def is_name_key(key: str) -> bool:
    """Tell whether a stored key is that of an own reference's copied name, which follows from another record."""
    return bool(_NAME_KEY.fullmatch(key))


def referable(known: Iterable[Collection]) -> tuple[Collection, ...]:
    """Return the collections whose records an own field may refer to: those that clerks keep, with a county."""
    return tuple(
        one for one in known if one.listed and one.importable and one.county_key and not one.is_hidden
    )


def _refusals_of_reference(
    own: OwnField, shipped: Collection, new: Mapping[str, Collection]
) -> list[Refusal]:
    if own.kind not in REFERRING:
        return []
    known = {**{one.name: one for one in REGISTRY}, **new}
    target = next((one for one in referable(known.values()) if one.name == own.refers_to), None)
    if target is None:
        return [Refusal(NO_TARGET, field="refers_to")]
    if shipped.in_several_counties:
        return [Refusal(SHARED, {"collection": shipped.title}, "refers_to")]
    if unseen_roles(shipped, target, own.unseen_by):
        return [Refusal(UNSEEN_TARGET, {"collection": target.title}, "refers_to")]
    return []


def unseen_roles(of: Collection, target: Collection, kept_from: Iterable[Role]) -> list[Role]:
    """Return the roles that would see a reference of one collection to records of another that they may not see."""
    kept = set(kept_from)
    return [
        role for role in SEEING if role not in kept and of.is_shown_to(role) and not target.is_shown_to(role)
    ]


def _as_computed(own: OwnField) -> Field:
    kind = GIVEN.get(own.gives, Kind.TEXT)
    is_number = kind in (Kind.INTEGER, Kind.DECIMAL)
    return Field(
        own.key, own.label, own.heading, kind,
        width=_width(kind), unit=own.unit if is_number else "",
        choices=ChoiceList.of(*(Word(word.code, word.label, word.label) for word in own.words))
        if kind is Kind.CHOICE else None,
        aliases=own.aliases, sortable=own.filtered, indexed=own.filtered,
        max_length=LONGEST_LONG_TEXT, minimum=-_LARGEST if is_number else None,
        maximum=_LARGEST if is_number else None,
        section=own.section, help=own.help, half=True,
        listed=_AFTER_SHIPPED + own.order if own.listed else 0,
        filter=_AFTER_SHIPPED + own.order if own.filtered else 0,
        exported=own.exported, imported=False, editable=False, traced=False, public=own.public,
        seen_by=frozenset(Role) - set(own.unseen_by) if own.unseen_by else None,
        form_order=_AFTER_SHIPPED + own.order,
    )  # fmt: skip


def _width(kind: Kind) -> int:
    return {Kind.TEXT: 24, Kind.MOMENT: 18, Kind.DATE: 12, Kind.YES_NO: 8}.get(kind, 14)


def pattern_of(mask: str) -> str:
    """Return the regular expression of a code's form, anchored; "" for none. It repeats nothing, so it is linear."""
    if not mask:
        return ""
    return "^" + "".join(_MASK_SIGNS.get(sign) or re.escape(sign) for sign in mask) + r"\Z"


def with_own_fields(shipped: Collection, fields: Iterable[OwnField]) -> Collection:
    """Return a collection with the own fields that are not hidden, in their order, behind those that ship."""
    given = sorted((one for one in fields if not is_change(one)), key=lambda one: (one.order, one.key))
    # Of what was deleted only an administrator reads.
    everything = [
        replace(one, unseen_by=SEEING, unchanged_by=CHANGING) if one.recycled else one for one in given
    ]
    own = [one for one in everything if not one.hidden]
    hidden = tuple(as_field(_with_present_rights(one, everything)) for one in everything if one.hidden)
    if not everything:
        return shipped
    # Notes stand last in a form; what an office adds stands before them.
    indexes = (*shipped.indexes, *(_unique_index(shipped, one) for one in own if one.unique))
    known = {section.key for section in shipped.sections}
    own = [one if one.section in known else replace(one, section=SECTION.key) for one in own]
    # An own collection has this section already.
    wanted = SECTION.key not in known and any(one.section == SECTION.key for one in own)
    more = (SECTION,) if wanted else ()
    ahead = tuple(one for one in shipped.sections if one.key != "notes")
    notes = tuple(one for one in shipped.sections if one.key == "notes")
    sections = (*ahead, *more, *notes)
    following = tuple((one.key, one.follows) for one in everything if one.follows)
    return replace(
        shipped,
        fields=(*shipped.fields, *map(as_field, own)),
        sections=sections,
        hidden=hidden,
        following=following,
        indexes=indexes,
    )


def _with_present_rights(own: OwnField, everything: Sequence[OwnField]) -> OwnField:
    """Return a field that another one replaced with the rights of that one, which its earlier history keeps to.

    Where no field in force took its place, only an administrator reads it, as of a deleted field.
    """
    if not own.replaced:
        return own
    keys, known = {own.key}, set[str]()
    while keys != known:
        known = keys
        keys = known | {
            key
            for one in everything
            if one.follows and known & {one.key, one.follows}
            for key in (one.key, one.follows)
        }
    in_force = [one for one in everything if not one.replaced]
    # What a change that was given up or taken back left behind is linked to nothing: its key tells whose it was.
    present = [one for one in in_force if one.key in keys] or [
        one for one in in_force if _stem(one.key) == _stem(own.key)
    ]
    return replace(
        own,
        personal=own.personal or any(one.personal for one in present),
        unseen_by=tuple(
            role for role in SEEING if not present or any(role in one.unseen_by for one in present)
        ),
        unchanged_by=tuple(role for role in CHANGING if any(role in one.unchanged_by for one in present)),
    )


def _stem(key: str) -> str:
    return key.rstrip("0123456789")


def _unique_index(shipped: Collection, own: OwnField) -> Index:
    in_county = own.unique == Uniqueness.COUNTY.value
    taken = TAKEN_PERSONAL if own.personal else TAKEN_IN_COUNTY if in_county else TAKEN_IN_CITY
    return Index(
        f"{shipped.name}_{own.key}_unique_{own.unique}", ("county", own.key) if in_county else (own.key,),
        taken, own.key, only="number" if own.kind in NUMBERS else "string", label=own.label,
    )  # fmt: skip


def refusals_of_own_field(
    own: OwnField, shipped: Collection, others: Sequence[OwnField], *, new: Mapping[str, Collection] = {}
) -> tuple[Refusal, ...]:
    """Return why a field may not be so: `others` are the other own fields of its collection, hidden ones too.

    `new` are collections that are being made or changed, by name.
    """
    reasons = [*_refusals_of_texts(own), *_refusals_of_limits(own), *_refusals_of_words(own)]
    reasons += _refusals_of_reference(own, shipped, new)
    reasons += refusals_of_parts(own.parts, _FORBIDDEN) if own.kind is OwnKind.ROWS else ()
    reasons += _refusals_of_uniqueness(own, shipped)
    spelled = {
        spelling: field.heading or field.label
        for field in shipped.fields
        for spelling in field.spellings
        if field.key != own.key
    }
    spelled |= {heading_key(text): one.label for one in others for text in (one.heading, *one.aliases)}
    for name, texts in (("label", [own.label]), ("aliases", own.aliases)):
        taken = next((text for text in texts if text and heading_key(text) in spelled), "")
        if taken:
            params = {"heading": taken, "collection": shipped.title}
            reasons.append(Refusal(TAKEN, params, name))
    if not is_change(own) and own.section not in {
        SECTION.key,
        *(section.key for section in shipped.sections),
    }:
        reasons.append(Refusal(NO_SECTION, field="section"))
    if not is_change(own) and sum(not is_change(one) for one in others) >= MOST_FIELDS:
        reasons.append(Refusal(TOO_MANY, {"collection": shipped.title, "most": MOST_FIELDS}, "label"))
    if (
        own.filtered
        and not own.hidden
        and sum(one.filtered and not one.hidden for one in others) >= MOST_FILTERS
    ):
        reasons.append(Refusal(TOO_MANY_FILTERS, {"most": MOST_FILTERS}, "filtered"))
    if own.unseen_by and own.searched:
        reasons.append(Refusal(KEPT_BUT_SEARCHED, field="searched"))
    if own.public:
        reasons += _refusals_to_show(own, shipped)
    return tuple(reasons)


def _refusals_to_show(own: OwnField, shipped: Collection) -> list[Refusal]:
    """Return why a field may not be shown to the public."""
    held = (
        (shipped.name != "bases", ONLY_BASES),
        (bool(own.unseen_by), KEPT_BUT_PUBLIC),
        (own.personal or _names_people(own.refers_to), PERSONAL_BUT_PUBLIC),
        (own.kind is OwnKind.FILE, FILES_BUT_PUBLIC),
    )
    return [Refusal(why, field="public") for holds, why in held if holds]


def _refusals_of_uniqueness(own: OwnField, shipped: Collection) -> list[Refusal]:
    if not own.unique:
        return []
    if own.kind not in UNIQUE or own.unique not in {one.value for one in Uniqueness}:
        return [Refusal(NOT_UNIQUE, field="unique")]
    if own.unique == Uniqueness.COUNTY.value and shipped.in_several_counties:
        return [Refusal(SHARED_UNIQUE, {"collection": shipped.title}, "unique")]
    return [Refusal(KEPT_BUT_UNIQUE, field="unique")] if own.unseen_by else []


def refusals_of_taken_field(own: OwnField, before: OwnField | None, *, deleted: bool) -> tuple[Refusal, ...]:
    """Return why a field of another office's configuration may not stand here under its key.

    `before` is what is here under it; `deleted` tells that something was, and is no more.
    """
    name = {"label": own.label}
    codes = [word.code for word in own.words]
    is_own = bool(_KEY.fullmatch(own.key)) and own.is_computed is own.key.startswith(COMPUTED_PREFIX)
    if not (is_change(own) or is_own):
        return (Refusal(BAD_KEY, name, "key"),)
    if deleted:
        return (Refusal(DELETED_HERE, name, "key"),)
    if before is not None and before.kind is not own.kind:
        return (Refusal(OTHER_KIND, {**name, "here": before.kind, "there": own.kind}, "kind"),)
    if before is not None and before.refers_to != own.refers_to:
        return (Refusal(OTHER_TARGET, name, "refers_to"),)
    if own.is_computed:  # its words follow from its formula
        return ()
    if own.kind is OwnKind.ROWS:
        return refusals_of_taken_parts(own.parts, before.parts if before else (), own.last_part)
    if len(set(codes)) < len(codes) or not all(_CODE.fullmatch(code) for code in codes):
        return (Refusal(BAD_CODES, name, "words"),)
    if codes and max(int(code[1:]) for code in codes) > own.last_word:
        return (Refusal(BAD_CODES, name, "words"),)
    return ()


def _refusals_of_texts(own: OwnField) -> list[Refusal]:
    reasons = [] if own.label or is_change(own) else [Refusal(NO_LABEL, field="label")]
    limits = (
        ("label", [own.label], LONGEST_LABEL), ("english", [own.english], 60), ("help", [own.help], LONGEST_HELP),
        ("unit", [own.unit], LONGEST_UNIT), ("aliases", own.aliases, LONGEST_LABEL),
    )  # fmt: skip
    for name, texts, most in limits:
        if any(len(text) > most for text in texts):
            reasons.append(Refusal(TOO_LONG, {"most": most}, name))
        elif any(_FORBIDDEN.search(text) for text in texts):
            reasons.append(Refusal(BAD_SIGN, field=name))
    return reasons


def _refusals_of_limits(own: OwnField) -> list[Refusal]:
    reasons = []
    if own.minimum is not None and own.maximum is not None and own.minimum > own.maximum:
        reasons.append(Refusal(ORDER, field="maximum"))
    if own.mask and not _MASK.fullmatch(own.mask):
        reasons.append(Refusal(BAD_MASK, field="mask"))
    return reasons


def _refusals_of_words(own: OwnField) -> list[Refusal]:
    if own.kind not in LISTS:
        return []
    if not any(not word.retired for word in own.words):
        return [Refusal(NO_WORDS, field="words")]
    if len(own.words) > MOST_WORDS:
        return [Refusal(TOO_MANY_WORDS, {"most": MOST_WORDS}, "words")]
    seen: set[str] = set()
    for word in own.words:
        text = heading_key(word.label)
        if text in seen:
            return [Refusal(DOUBLE_WORD, {"word": word.label}, "words")]
        seen.add(text)
        if not word.label or max(len(word.label), len(word.english)) > LONGEST_WORD:
            return [Refusal(TOO_LONG, {"most": LONGEST_WORD}, "words")]
        if _PARTING.search(word.label):
            return [Refusal(PARTED_WORD, field="words")]
        if _FORBIDDEN.search(word.label) or _FORBIDDEN.search(word.english):
            return [Refusal(BAD_SIGN, field="words")]
    return []


def own_field_of(stored: Mapping[str, Any]) -> OwnField:
    """Return an own field as it is stored (`stored_own_field`); what an older program did not know has its default."""
    plain = {key: value for key, value in stored.items() if key in OwnField.__dataclass_fields__}
    words = tuple(OwnWord(**word) for word in plain.pop("words", ()))
    aliases = tuple(plain.pop("aliases", ()))
    parts = tuple(made_of(OwnPart, part, "parts") for part in plain.pop("parts", ()))
    roles = {
        name: tuple(Role(role) for role in plain.pop(name, ())) for name in ("unseen_by", "unchanged_by")
    }
    made = {"kind": own_kind(plain["kind"]), "words": words, "aliases": aliases, "parts": parts}
    return OwnField(**plain | roles | made)


def stored_own_field(own: OwnField) -> dict[str, Any]:
    """Return an own field as it is stored: plain values alone."""
    values = {name: getattr(own, name) for name in OwnField.__dataclass_fields__}
    words = [
        {"code": word.code, "label": word.label, "english": word.english, "retired": word.retired}
        for word in own.words
    ]
    roles = {name: [role.value for role in getattr(own, name)] for name in ("unseen_by", "unchanged_by")}
    parts = [plain_of(part) for part in own.parts]
    made = {"kind": own.kind.value, "words": words, "aliases": list(own.aliases), "parts": parts}
    return values | roles | made


def without_forbidden_signs(text: str) -> str:
    """Return a text without what no label may hold, blanks drawn together."""
    return " ".join(_FORBIDDEN.sub(" ", text).split())
