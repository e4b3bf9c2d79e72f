"""Collections that an office makes in the browser: what one is, what is refused, and the declaration it becomes.

An own collection becomes a `Collection` like those that ship, with what every one needs: what names a record, whose
it is, a status where it has one. All else are own fields of it (`schema.definitions.own_fields`). Its stored name is
`c_WORD` and its word in addresses `c-WORD`, so that no later edition of the program can mean something else by either.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from rules.access import Act, Actor, Rights, Role
from rules.choices import Choice, Colour
from rules.counties import office_counties
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.collection import Collection, Hooks, Index, NeededStatus, Raw, References, Section, Stored
from schema.definitions.own_fields import (
    BAD_SIGN,
    DOUBLE_WORD,
    LONGEST_LABEL,
    LONGEST_WORD,
    SECTION,
    TOO_LONG,
    TOO_MANY_WORDS,
    has_forbidden_sign,
)
from schema.field import Field, Kind, Search

PREFIX, SLUG_PREFIX = "c_", "c-"
WORD = re.compile(r"[a-z][a-z0-9]{1,29}")
MOST_COLLECTIONS = 30
MOST_STATUSES = 20
OF_CITY = "_city"  # the county of a record that no county has
ICONS = (
    "file", "ledger", "company", "base", "partner", "staff", "users", "calendar", "notice", "check", "sheet",
    "bookmark", "info", "key",
)  # fmt: skip
COLLECTION_SECTION = Section(SECTION.key, N_("Particulars"))


class OwnScope(Choice):
    """By what it is told whose a record is."""

    COUNTY = "county", N_("By a county that is chosen in each record"), "按所属县（市、区）"
    BASE = "base", N_("By the base that each record names"), "按所属基地"
    COMPANY = "company", N_("By the company that each record names"), "按所属企业"
    CITY = "city", N_("The city bureau alone sees them"), "仅市级"


class MenuPlace(Choice):
    """Where a collection stands in the menu."""

    RECORDS = "records", N_("With the records"), "台账数据"
    TASKS = "tasks", N_("With the tasks"), "业务办理"
    NONE = "none", N_("In no menu: found by Ctrl+K and under the settings"), "不显示"


# What a record refers to by its scope: the key, the collection, and how it is called where nothing else is said.
REFERRED: Mapping[OwnScope, tuple[str, str, str]] = MappingProxyType(
    {
        OwnScope.BASE: ("base", "bases", "所属基地"),
        OwnScope.COMPANY: ("company", "tenant_companies", "所属企业"),
    }
)
# What each role may do where nothing else was said.
USUAL_RIGHTS: Rights = MappingProxyType(
    {Role.CITY: frozenset(Act), Role.COUNTY: frozenset(Act), Role.READER: frozenset({Act.SEE})}
)

NO_NAME = N_("Please give the collection a name.")
BAD_WORD = N_("Two to thirty small letters and figures, a letter first.")
TAKEN_WORD = N_("The word %(word)s was given before; a word is never given twice.")
TAKEN_NAME = N_("There is already a collection called “%(name)s”.")
TOO_MANY = N_("There are %(most)d collections of your own already: more are not possible.")
NO_STATUS = N_("A status has a name.")
NO_ICON = N_("Choose one of the icons.")
UNSEEN = N_("Who may not see the records may do nothing with them.")
TAKEN_HEADING = N_("“%(name)s” is what another column of every collection is called.")
_HEADINGS = frozenset({"状态", "所属县（市、区）", "所属县"})

# What the trail and a configuration's file call what is kept of an own collection.
LABELS: Mapping[str, str] = {
    "word": N_("Word in addresses"), "label": N_("Name of the collection"), "english": N_("In English"),
    "icon": N_("Icon"), "menu": N_("Place in the menu"), "name_label": N_("What names a record"),
    "unique": N_("No two records of one name"), "scope": N_("Whose the records are"),
    "referred_label": N_("What the base or company is called there"), "statuses": N_("Statuses"),
    "hidden": N_("Hidden"), "rights_city": N_("City clerks may"), "rights_county": N_("County clerks may"),
    "rights_reader": N_("Readers may"), "rights_admin": N_("Administrators may"),
}  # fmt: skip


@dataclass(frozen=True)
class OwnStatus:
    """A status that records may have from the start; further ones are added in the dictionary of statuses."""

    code: str
    label: str
    colour: str = Colour.GREY.value
    final: bool = False


@dataclass(frozen=True)
class OwnCollection:
    """A collection of the office's own.

    `label` is Chinese, `english` what it is called on English pages ("": the same). `name_label` is what the field is
    called that names a record; `unique` tells that no two records of one base, company or county (as `scope` says) may
    have the same. `referred_label` is what the base or company is called there. `statuses` are those that it begins
    with, the first that of a new record; () where records have none. `hidden` takes it out of everything and keeps its
    records. Word, scope, statuses and `unique` never change here.
    """

    word: str
    label: str
    english: str = ""
    icon: str = "file"
    menu: MenuPlace = MenuPlace.RECORDS
    name_label: str = "名称"
    unique: bool = False
    scope: OwnScope = OwnScope.COUNTY
    referred_label: str = ""
    statuses: tuple[OwnStatus, ...] = ()
    rights: Rights = field(default_factory=lambda: USUAL_RIGHTS)
    hidden: bool = False

    @property
    def name(self) -> str:
        """The name of the stored collection."""
        return PREFIX + self.word

    @property
    def english_words(self) -> Mapping[str, str]:
        """What it says on English pages, by what it says in Chinese."""
        return {self.label: self.english} if self.english else {}


def as_collection(own: OwnCollection) -> Collection:
    """Return the declaration of an own collection, without own fields."""
    key, referred, usual = REFERRED.get(own.scope, ("county", "", ""))
    by_city = own.scope is OwnScope.CITY
    section, names = COLLECTION_SECTION.key, ("name",) if by_city else (key, "name")
    fields = [
        Field("name", own.name_label, own.name_label, width=30, required=True, sortable=True, max_length=100,
              section=section, listed=1, search=Search.NAME),
    ]  # fmt: skip
    if referred:
        label = own.referred_label or usual
        fields += [
            Field(key, label, label, Kind.REFERENCE, refers_to=referred, scopes=True, name_key=f"{key}_name", width=30,
                  required=True, section=section, listed=3, filter=1, search=Search.NAME),
            Field("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20, imported=False, listed=4,
                  search=Search.COUNTY, reported_at=key),
        ]  # fmt: skip
    else:
        shown: dict[str, Any] = {"exported": False, "imported": False, "editable": False, "traced": False}
        if not by_city:
            shown = {"section": section, "half": True, "listed": 3, "search": Search.COUNTY}
        fields.append(
            Field("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20, required=True, **shown)
        )
    if own.statuses:
        fields.append(
            Field("status", N_("Status"), "状态", Kind.STATUS, width=12, sortable=True, indexed=True, section=section,
                  half=True, listed=2, filter=2, default=own.statuses[0].code)
        )  # fmt: skip
    first = own.statuses[:1]
    taken = N_("“%(value)s” is there already.")
    indexes = [
        Index(f"{own.name}_names", names, taken, "name") if own.unique else Index(f"{own.name}_names", names)
    ]
    if referred:
        indexes.append(Index(f"{own.name}_{key}", (key, "sort_key")))
    return Collection(
        name=own.name, slug=SLUG_PREFIX + own.word, title=own.label, label=own.label, one=own.label, icon=own.icon,
        is_own=True, is_hidden=own.hidden, in_menu=own.menu is not MenuPlace.NONE, menu_group=own.menu.value,
        rights=own.rights, of_city=by_city, identity=names,
        numbered_by_order=not own.unique, fields=tuple(fields), sections=(COLLECTION_SECTION,),
        statuses=tuple(NeededStatus(one.code, one.label, one.colour, 10, one.final) for one in first),
        default_status=first[0].code if first else "", place_key="" if by_city else key,
        found_columns=tuple(one.key for one in fields if one.exported), indexes=tuple(indexes),
        import_hint=N_("A collection of the office's own."),
        referred=N_("%(count)d records of %(collection)s refer to %(label)s."),
        hooks=Hooks(prepare=_of_the_city if by_city else _of_a_county if not referred else _nothing),
    )  # fmt: skip


def _nothing(raw: Raw, before: Stored | None, actor: Actor, refs: References) -> None:
    """The county is that of what the record refers to."""


def _of_the_city(raw: Raw, before: Stored | None, actor: Actor, refs: References) -> None:
    raw["county"] = OF_CITY


def _of_a_county(raw: Raw, before: Stored | None, actor: Actor, refs: References) -> None:
    if raw.get("county") not in office_counties().by_code:
        raise Refused(Refusal(N_("Choose a county from the list."), field="county"))
    if not actor.sees(raw["county"]):
        raise Refused(Refusal(N_("You may only keep records of your own county."), field="county"))


def refusals_of_own_collection(
    own: OwnCollection, taken: Iterable[str], *, words: Iterable[str], count: int, is_new: bool
) -> tuple[Refusal, ...]:
    """Return why a collection may not be so.

    `taken` are the names of the other collections, hidden ones too; `words` those that were given once; `count` how
    many own ones there are besides.
    """
    reasons = _refusals_of_texts(own)
    if own.label in set(taken):
        reasons.append(Refusal(TAKEN_NAME, {"name": own.label}, "label"))
    for name in ("name_label", "referred_label"):
        if getattr(own, name) in _HEADINGS:
            reasons.append(Refusal(TAKEN_HEADING, {"name": getattr(own, name)}, name))
    if own.referred_label and own.referred_label == own.name_label:
        reasons.append(Refusal(DOUBLE_WORD, {"word": own.name_label}, "referred_label"))
    if is_new:
        reasons += [*_refusals_of_word(own, words), *_refusals_of_statuses(own)]
        if count >= MOST_COLLECTIONS:
            reasons.append(Refusal(TOO_MANY, {"most": MOST_COLLECTIONS}, "label"))
    if own.icon not in ICONS:
        reasons.append(Refusal(NO_ICON, field="icon"))
    for role, acts in own.rights.items():
        if acts and Act.SEE not in acts:
            reasons.append(Refusal(UNSEEN, field=f"rights_{role.value}"))
    return tuple(reasons)


def _refusals_of_word(own: OwnCollection, words: Iterable[str]) -> list[Refusal]:
    if not WORD.fullmatch(own.word):
        return [Refusal(BAD_WORD, field="word")]
    return [Refusal(TAKEN_WORD, {"word": own.word}, "word")] if own.word in set(words) else []


def _refusals_of_texts(own: OwnCollection) -> list[Refusal]:
    reasons = [] if own.label else [Refusal(NO_NAME, field="label")]
    limits = (
        ("label", LONGEST_LABEL), ("english", 60), ("name_label", LONGEST_LABEL), ("referred_label", LONGEST_LABEL),
    )  # fmt: skip
    for name, most in limits:
        text = getattr(own, name)
        if len(text) > most:
            reasons.append(Refusal(TOO_LONG, {"most": most}, name))
        elif has_forbidden_sign(text):
            reasons.append(Refusal(BAD_SIGN, field=name))
    return reasons


def _refusals_of_statuses(own: OwnCollection) -> list[Refusal]:
    if len(own.statuses) > MOST_STATUSES:
        return [Refusal(TOO_MANY_WORDS, {"most": MOST_STATUSES}, "statuses")]
    seen: set[str] = set()
    for one in own.statuses:
        if not one.label:
            return [Refusal(NO_STATUS, field="statuses")]
        if len(one.label) > min(20, LONGEST_WORD):
            return [Refusal(TOO_LONG, {"most": 20}, "statuses")]
        if has_forbidden_sign(one.label):
            return [Refusal(BAD_SIGN, field="statuses")]
        if one.label in seen:
            return [Refusal(DOUBLE_WORD, {"word": one.label}, "statuses")]
        seen.add(one.label)
    return []


def own_collection_of(stored: Mapping[str, Any]) -> OwnCollection:
    """Return an own collection as it is stored (`stored_own_collection`); what is missing has its default."""
    plain = {key: value for key, value in stored.items() if key in OwnCollection.__dataclass_fields__}
    statuses = tuple(OwnStatus(**one) for one in plain.pop("statuses", ()))
    rights = {
        Role(role): frozenset(map(Act, acts)) for role, acts in (plain.pop("rights", None) or {}).items()
    }
    scope, menu = plain.pop("scope", OwnScope.COUNTY.value), plain.pop("menu", MenuPlace.RECORDS.value)
    return OwnCollection(
        **plain, statuses=statuses, rights=MappingProxyType(rights),
        scope=next(one for one in OwnScope if one.value == scope),
        menu=next((one for one in MenuPlace if one.value == menu), MenuPlace.RECORDS),
    )  # fmt: skip


def stored_own_collection(own: OwnCollection) -> dict[str, Any]:
    """Return an own collection as it is stored: plain values alone."""
    values = {name: getattr(own, name) for name in OwnCollection.__dataclass_fields__}
    statuses = [
        {"code": one.code, "label": one.label, "colour": one.colour, "final": one.final}
        for one in own.statuses
    ]
    rights = {role.value: [act.value for act in Act if act in acts] for role, acts in own.rights.items()}
    return values | {
        "scope": own.scope.value, "menu": own.menu.value, "statuses": statuses, "rights": rights,
    }  # fmt: skip
