"""A collection as data: its fields in order, its sections, statuses and indexes, and hooks for what only it does."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Protocol

from rules.access import Act, Actor, Permission, Rights, Role
from rules.choices import Word
from rules.errors import Missing, NotAllowed, Refusal
from rules.titles import TitleMove
from schema.field import KEY, Carried, CodeOf, Field, Kind, Search
from schema.questions.phrases import Phrase
from schema.record_rules import RecordRule, Twins
from schema.values import Stored as Stored

Raw = dict[str, Any]


class References(Protocol):
    """What a hook may ask of other records, in the transaction and the scope of the one who writes.

    `title_move` is the right to move a base's title, where the writer holds one; `by_filing` tells that an accepted
    change filing changes the base; `taking_back` that an earlier act is undone, so that nothing follows from it anew.
    """

    title_move: TitleMove | None
    by_filing: bool
    taking_back: bool

    def record(self, collection: str, record_id: Any, field: str) -> Stored:
        """Return name and county of a record in scope. Raises Refused, naming `field`."""

    def anywhere(self, collection: str, record_id: Any) -> Stored | None:
        """Return name and county of a record whatever its county; None when it is absent."""

    def companies_named(self, base_id: Any, names: Iterable[str]) -> Mapping[str, Any]:
        """Return the tenant that each name stands for in a base, None where none or several have it."""

    def years_of_validity(self, first_day: date) -> int:
        """Return how many years a title lasts that begins on this day, by the rule set in force then."""

    def claim_number(self, raw: Stored, before: Stored | None) -> None:
        """Enter a base's document number into the register of papers. Raises Refused."""

    def register_is_open(self) -> bool:
        """Tell whether titles older than the system may still be entered."""

    def deleted_titles(self, raw: Stored) -> Sequence[Stored]:
        """Return the bases with a title in the recycle bin that have the code, or name and county, of this one."""


@dataclass(frozen=True)
class Section:
    """A heading of the form and of the record's page, with a line of help."""

    key: str
    title: str
    help: str = ""


@dataclass(frozen=True)
class NeededStatus:
    """A status that rules speak of: the office may re-word and re-colour it, never remove it."""

    code: str
    label: str
    colour: str
    order: int
    final: bool = False
    public: bool = False


@dataclass(frozen=True)
class Index:
    """An index of the collection. `taken` is the sentence for a value that a unique one refuses, at `field`.

    `%(value)s` in it stands for the last of the values, `%(label)s` for `label`. With `only`, MongoDB's name of a type,
    it holds the records alone whose last key has a value of that type.
    """

    name: str
    keys: tuple[str, ...]
    taken: str = ""
    field: str = ""
    sparse: bool = False
    only: str = ""
    label: str = ""

    @property
    def unique(self) -> bool:
        """Whether two records may not have the same."""
        return bool(self.taken)


@dataclass(frozen=True)
class Doubled:
    """What a second row of one workbook may not have again: the values that tell it, and what is said of it."""

    values: tuple[Any, ...]
    shown: str
    sentence: str
    field: str


class ComputedValue(Protocol):
    """A stored value that follows from others by a formula; `is_daily`: it changes with the day."""

    @property
    def key(self) -> str:
        """The stored key."""

    @property
    def is_daily(self) -> bool:
        """Whether it changes with the day alone."""

    @property
    def asks(self) -> tuple[tuple[str, str], ...]:
        """The collections whose records it counts, each with the stored key by which they refer to this one."""

    @property
    def is_related(self) -> bool:
        """Whether it follows from other records, itself or through another such value: the database computes it."""

    def of(self, raw: Stored, today: date) -> Any:
        """Return the value of a stored record as it is stored; None for a blank."""

    def stages(self, today: date, seen: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the stages that put the value under its key; `seen` are the filters of the records of others."""


@dataclass(frozen=True, eq=False)
class Colouring:
    """A colour of a list's rows where `holds(record, today)`: of the cell of `field`, of the whole row for "".

    `label` says what it stands for, `reads` are the stored keys that it asks.
    """

    key: str
    label: str
    colour: str
    field: str
    reads: tuple[str, ...]
    holds: Callable[[Stored, date], bool]


Prepare = Callable[[Raw, Stored | None, Actor, References], None]


def _nothing(raw: Raw, before: Stored | None, actor: Actor, refs: References) -> None:
    pass


def _as_given(values: Stored, before: Stored) -> Raw:
    return dict(values)


@dataclass(frozen=True)
class Hooks:
    """What only one collection does; each is a plain function, and the default does nothing.

    `prepare(raw, before, actor, refs)` completes a record before it is written, after its references were copied;
    `finish` writes what else must agree, when nothing can be refused any more; `may_delete(raw, actor)` and
    `deleted(raw, refs)` say and do what a deletion needs; `in_sight(raw, actor)` leaves out what is not the actor's
    to see.
    For workbooks: `spread(values)` folds columns that are no fields into others; `complete(values, before)` adds
    what a row leaves to the stored record; `doubled(values)` is what two rows of a file may not share;
    `comparable(key, value)` is a value as a workbook can say it.
    `label_of(raw)` is what a record is called, `referred_as(raw)` what another one calls it that refers to it, where
    the label alone would not tell it from others (`reference_keys` are what that reads besides).
    """

    prepare: Prepare = _nothing
    finish: Callable[[Raw, Stored | None, References], None] = lambda raw, before, refs: None
    may_delete: Callable[[Stored, Actor], tuple[Refusal, ...]] = lambda raw, actor: ()
    deleted: Callable[[Stored, References], None] = lambda raw, refs: None
    in_sight: Callable[[Stored, Actor], Raw] = lambda raw, actor: dict(raw)
    spread: Callable[[Raw], Sequence[Refusal]] = lambda values: ()
    complete: Callable[[Stored, Stored], Raw] = _as_given
    doubled: Callable[[Stored], Sequence[Doubled]] = lambda values: ()
    comparable: Callable[[str, Any], Any] = lambda key, value: value
    default_status: Callable[[Stored], str] | None = None
    label_of: Callable[[Stored], str] = lambda raw: str(raw.get("name", ""))
    referred_as: Callable[[Stored], str] | None = None


@dataclass(frozen=True, eq=False)
class Collection:
    """One collection. `name` is the stored one, `slug` its word in addresses and commands.

    `title` and `unit_line` are a workbook's, in Chinese; `label` and `one` are message ids of many and of one.
    `identity` names the fields that tell two records apart; where `numbered_by_order` is set nothing else does, and
    the n-th row with one identity is the n-th record with it.
    `rules` are those between its fields, for everything that writes (`schema.record_rules`); `twins` are two records
    that are likely one.
    `county_key` is where a record's county (or, in a list, its counties) stands; "" for what the whole office shares.
    `rights` are what each role may do with its records, within its permissions; None: all that these allow.
    `of_city`: whoever is bound to a county has nothing to do with it.
    """

    name: str
    slug: str
    title: str
    fields: tuple[Field, ...]
    identity: tuple[str, ...]
    unit_line: str = ""
    label: str = ""
    one: str = ""
    called: tuple[str, ...] = ()  # what clerks also call its records, in Chinese: where they ask and search
    phrases: tuple[Phrase, ...] = ()  # further words of questions
    asked_year: str = ""  # the year of a record that a period in a question means
    asked_day: str = ""  # the day that a period in a question means where no word says which
    by_week_of: str = ""  # the reference to what its records are entered for a week at a time, by `asked_day`
    sections: tuple[Section, ...] = ()
    rules: tuple[RecordRule, ...] = ()  # between its fields
    twins: Twins | None = None
    hooks: Hooks = field(default_factory=Hooks)
    statuses: tuple[NeededStatus, ...] = ()
    default_status: str = ""
    open_statuses: bool = True
    bulk_status: bool = True
    indexes: tuple[Index, ...] = ()
    search_index: tuple[str, ...] = ("search_tokens", "county")
    few: bool = False  # so few records that a search of what refers to them asks them all first
    shard_key: tuple[
        str, ...
    ] = ()  # by which a sharded cluster divides it; none where one shard holds it all
    sorted_by: tuple[str, ...] = ("sort_key",)  # derived keys that lists are sorted by
    sort_name: str = "name"
    name_keys: tuple[str, ...] = ("name",)
    reference_keys: tuple[str, ...] = ()  # further stored keys by which other records name one
    county_key: str = "county"
    counted: bool = True
    has_files: bool = True
    importable: bool = True
    import_hint: str = ""  # what must have been imported before
    import_steps: tuple[str, str] = ("", "")  # what an empty office does first, and a hint
    icon: str = "file"
    in_menu: bool = True
    menu_group: str = "records"  # the part of the menu where it stands
    rights: Rights | None = None
    of_city: bool = False
    is_own: bool = False  # made by the office, and not by the program
    is_hidden: bool = False  # taken out of everything; its records stay and are kept as they are
    menu_prefixes: tuple[str, ...] = ()  # endpoints of other pages that belong under its entry
    found_columns: tuple[str, ...] = ()  # what the search of everything shows of a record
    noted_status: str = ""  # whose count the first page shows beside that of all, in the words of `note`
    note: str = ""
    place_key: str = ""  # where a record is, by which two of one name are told apart: its base, or its county
    named_by_county: bool = (
        False  # workbooks may write the county before the name, and former names stand for it
    )
    nobody: tuple[str, ...] = ()  # words in a workbook that name none of them
    unknown_name: str = ""  # what is said of a name that nothing has, or several have
    ambiguous_name: str = ""
    listed: bool = True  # kept by clerks as records, with list, form, recycle bin
    write_permission: Permission = Permission.WRITE
    default_order: tuple[tuple[str, int], ...] = (("sort_key", 1), ("_id", 1))
    numbered_by_order: bool = False
    number_key: str = ""  # where the program writes a number of its own into each new record,
    number_prefix: str = ""  # which begins so
    read_first: tuple[
        str, ...
    ] = ()  # the identity's keys by which stored records are looked up, where not all
    untraced: tuple[str, ...] = ()  # stored keys that are no fields, and that no trail shows
    restored_as_it_was: bool = False  # restoring one asks no right that changing it would
    is_copied: bool = True  # whether a new record may begin as a copy of another
    written_singly: bool = False  # a row of a workbook asks what the one before it wrote
    computed: tuple[ComputedValue, ...] = ()  # each after those that it reads
    colourings: tuple[Colouring, ...] = ()  # of its lists; of several that hold the first counts
    referred: str = ""  # "%(count)d … refer to %(label)s."
    hidden: tuple[
        Field, ...
    ] = ()  # fields that the office has hidden: their values stay, the trail tells of them
    # Keys of fields of other kinds that take another one's place, each with the key of that one: their values follow.
    following: tuple[tuple[str, str], ...] = ()
    absent: str = ""  # what is said when a reference to one of these finds none in scope
    unseen_code: str = ""  # what is said of a code that stands in another county

    def __post_init__(self) -> None:
        for key in (self.name, *(one.key for one in self.fields)):
            if not KEY.fullmatch(key) or "-" in key:
                raise ValueError(f"{self.name}: {key!r} is no name for something stored")
        keys = [one.key for one in self.fields]
        if len(set(keys)) != len(keys):
            raise ValueError(f"{self.name}: a key is declared twice")
        sections = {section.key for section in self.sections}
        if unknown := {one.section for one in self.fields if one.section} - sections:
            raise ValueError(f"{self.name}: no section {', '.join(sorted(unknown))}")

    def field(self, key: str) -> Field:
        """Return the field stored under `key`; KeyError if there is none."""
        return self.by_key[key]

    def seen_by(self, actor: Actor) -> "Collection":
        """Return the collection as an actor's role knows it, which every page, file and answer made for it begins with.

        It is without the fields that the role may not see; those that it may not change are shown alone.
        """
        return self._by_role[actor.role]

    @cached_property
    def _by_role(self) -> Mapping[Role, "Collection"]:
        return {role: self._for_role(role) for role in Role}

    def _for_role(self, role: Role) -> "Collection":
        if all(one.is_changed_by(role) for one in self.fields):
            return self
        seen = tuple(
            one
            if one.is_changed_by(role)
            # What is not asked of somebody is not missing from what they send.
            else replace(one, editable=False, imported=False, required=False)
            for one in self.fields
            if one.is_seen_by(role)
        )
        used = {one.section for one in seen}
        emptied = {one.section for one in self.fields} - used
        return replace(
            self, fields=seen, sections=tuple(one for one in self.sections if one.key not in emptied)
        )

    def keys_kept_from(self, actor: Actor) -> frozenset[str]:
        """Return the stored keys that an actor's role may not see."""
        return self._kept_from[actor.role]

    @cached_property
    def _kept_from(self) -> Mapping[Role, frozenset[str]]:
        everything = (*self.fields, *self.hidden)
        return {
            role: frozenset(
                key for one in everything if not one.is_seen_by(role) for key in (one.key, one.source)
            )
            for role in Role
        }

    def keys_locked_for(self, actor: Actor) -> frozenset[str]:
        """Return the stored keys that an actor's role may not change, though others may."""
        return self._locked_for[actor.role]

    @cached_property
    def _locked_for(self) -> Mapping[Role, frozenset[str]]:
        everything = (*self.fields, *self.hidden)
        return {
            role: frozenset(one.key for one in everything if not one.is_changed_by(role)) for role in Role
        }

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        """The fields by key."""
        return {one.key: one for one in self.fields}

    @cached_property
    def exported(self) -> tuple[Field, ...]:
        """The fields that a workbook carries and a list may show."""
        return tuple(one for one in self.fields if one.exported)

    @cached_property
    def imported(self) -> tuple[Field, ...]:
        """The fields that an import may set."""
        return tuple(one for one in self.fields if one.imported and one.exported)

    @cached_property
    def first_columns(self) -> tuple[str, ...]:
        """The keys that a list shows until others are chosen."""
        return tuple(one.key for one in sorted(self.exported, key=lambda one: one.listed) if one.listed)

    @cached_property
    def filters(self) -> tuple[Field, ...]:
        """The fields that a list is narrowed by."""
        return tuple(sorted((one for one in self.fields if one.filter), key=lambda one: one.filter))

    @cached_property
    def references(self) -> tuple[Field, ...]:
        """The fields that refer to one record each."""
        return tuple(one for one in self.fields if one.kind is Kind.REFERENCE and one.refers_to)

    @cached_property
    def reference_lists(self) -> tuple[Field, ...]:
        """The fields that refer to several records each."""
        return tuple(one for one in self.fields if one.kind is Kind.REFERENCES and one.refers_to)

    @cached_property
    def file_fields(self) -> tuple[Field, ...]:
        """The fields that hold files, hidden ones too."""
        return tuple(one for one in (*self.fields, *self.hidden) if one.kind is Kind.FILES)

    @cached_property
    def typed_keys(self) -> tuple[str, ...]:
        """The stored keys that a clerk's save may change."""
        return tuple(
            one.key for one in self.fields if one.stored and (one.section or one.imported) and one.editable
        )

    def carried_keys(self, *, asked: bool = False) -> tuple[str, ...]:
        """Return the keys that a new record takes over from the one entered before: as declared, else its place.

        `asked`: those too that are taken over where the clerk asks for it.
        """
        wanted = (Carried.ALWAYS, Carried.ASKED) if asked else (Carried.ALWAYS,)
        declared = tuple(one.key for one in self.fields if one.editable and one.carried in wanted)
        place = self.by_key.get(self.place_key)
        return declared or ((place.key,) if place is not None and place.editable else ())

    @cached_property
    def copied_keys(self) -> tuple[str, ...]:
        """The keys that a copy takes over: what is typed, but what tells two apart, what is masked, and files."""
        unique = {index.field or index.keys[-1] for index in self.indexes if index.unique}
        if self.matched_by_code:
            unique.update(self.identity)
        kept = (key for key in self.typed_keys if key not in unique and not self.by_key[key].masked)
        return tuple(key for key in kept if self.by_key[key].kind is not Kind.FILES)

    @cached_property
    def silent_keys(self) -> frozenset[str]:
        """The stored keys that no trail shows: ids, whose copied name says it, and what is derived."""
        ids = (Kind.REFERENCE, Kind.REFERENCES)
        silent = {one.key for one in self.fields if one.kind in ids or not one.traced}
        return frozenset(silent | set(self.untraced))

    @cached_property
    def matched_by_code(self) -> bool:
        """Whether a code tells two records apart: its name may change, and another's code may be typed for it."""
        return len(self.identity) == 1 and self.by_key[self.identity[0]].code is CodeOf.USCC

    @cached_property
    def codes(self) -> tuple[Field, ...]:
        """The fields by which a workbook may name a record instead of its name: codes that tell records apart.

        None that is personal or kept from a role: what answers to it would give it away.
        """
        once = {index.keys[-1] for index in self.indexes if index.unique} - {"name"}
        return tuple(
            one
            for one in self.fields
            if one.stored and (one.code is CodeOf.USCC or one.key in once or one.key == self.number_key)
            and one.kind in (Kind.TEXT, Kind.CODE) and not one.personal and one.seen_by is None
        )  # fmt: skip

    @cached_property
    def has_unique_names(self) -> bool:
        """Whether an index refuses a second record of one name."""
        return any(index.unique and "name" in index.keys for index in self.indexes)

    def order_of_writing(self, values: Stored) -> tuple[str, ...]:
        """Return what many records that are written at once are ordered by: base by base, a ledger's day by day."""
        keys: tuple[str, ...] = ("base", "served_on") if self.numbered_by_order else ()
        place = self.by_key.get(self.place_key)
        if not keys and place is not None and place.refers_to:
            keys = (place.key,)
        return tuple(str(values.get(key, "")) for key in keys)

    @property
    def in_several_counties(self) -> bool:
        """Whether a record may belong to several counties, each of which sees its own part of it alone."""
        return self.county_key == "counties"

    def allows(self, actor: Actor, act: Act) -> bool:
        """Tell whether an actor may do this here, as far as the collection has a say in it."""
        if self.is_hidden or (self.of_city and actor.county is not None):
            return False
        if self.rights is None or actor.role is Role.ADMIN:
            return True
        return act in self.rights.get(actor.role, frozenset())

    def is_shown_to(self, role: Role) -> bool:
        """Tell whether a role may see its records, as far as the collection has a say in it."""
        return self.rights is None or role is Role.ADMIN or Act.SEE in self.rights.get(role, frozenset())

    def demand(self, actor: Actor, act: Act) -> None:
        """Raise NotAllowed unless an actor may do this here; Missing where it is not theirs to see."""
        if not self.allows(actor, Act.SEE):
            raise Missing()
        if not self.allows(actor, act):
            raise NotAllowed()

    @cached_property
    def has_status(self) -> bool:
        """Whether its records have a status of the office's dictionary."""
        return any(one.kind is Kind.STATUS for one in self.fields)

    def in_section(self, key: str) -> tuple[Field, ...]:
        """Return the fields of a section as form and page show them, those that are only shown last."""
        mine = [one for one in self.fields if one.section == key]
        return tuple(sorted(mine, key=lambda one: (not one.editable, one.form_order)))

    def rows_of(self, key: str) -> tuple[tuple[str, ...], ...]:
        """Return the keys of a section's form as rows; two short fields share one."""
        rows: list[tuple[str, ...]] = []
        waiting = ""
        for one in self.in_section(key):
            if not one.editable:
                continue
            if waiting and one.half:
                rows[-1] = (waiting, one.key)
                waiting = ""
                continue
            rows.append((one.key,))
            waiting = one.key if one.half else ""
        return tuple(rows)

    def status_of_new(self, raw: Stored) -> str:
        """Return the status that a new record has when none was given."""
        return self.hooks.default_status(raw) if self.hooks.default_status else self.default_status

    def searched(self, raw: Stored, *, without: str = "") -> dict[Search, list[str]]:
        """Return the texts by which a stored record is found, by how they are read; the field `without` apart."""
        found: dict[Search, list[str]] = {role: [] for role in Search}
        for role, one in self._searched_fields:
            if one.key != without and (texts := _texts(one, raw)):
                found[role] += texts[: one.most_searched]
        return found

    @cached_property
    def _searched_fields(self) -> tuple[tuple[Search, Field], ...]:
        """The fields by which a record is found; a copied name of another record is found as that."""
        copied = (Kind.REFERENCE, Kind.REFERENCES, Kind.COOPERATIONS)
        return tuple(
            (Search.RELATED if one.search is Search.NAME and one.kind in copied else one.search, one)
            for one in self.fields
            if one.search
        )


def _texts(one: Field, raw: Stored) -> list[str]:
    value = raw.get(one.source)
    if not value:
        return []
    if one.kind is Kind.COOPERATIONS:
        return [item["base_name"] for item in value if item.get("base_name")]
    if one.kind in (Kind.NAMES, Kind.FILES):
        return [item["name"] for item in value if item.get("name")]
    if one.kind is Kind.ROWS:
        texts = [part.key for part in one.parts if part.kind is Kind.TEXT]
        return [str(row[key]) for row in value for key in texts if row.get(key)]
    if isinstance(value, list):
        return [str(item) for item in value if item]
    return [str(value)]


@dataclass(frozen=True, eq=False)
class Listing:
    """The columns of a workbook that is no collection's own: a list of figures, or what the public may know."""

    slug: str
    title: str
    fields: tuple[Field, ...]
    unit_line: str = ""
    sort_name: str = "name"

    @property
    def exported(self) -> tuple[Field, ...]:
        """All of them."""
        return self.fields

    @property
    def imported(self) -> tuple[Field, ...]:
        """Those that are read from such a workbook."""
        return tuple(one for one in self.fields if one.imported)

    def field(self, key: str) -> Field:
        """Return the field of `key`; KeyError if there is none."""
        return {one.key: one for one in self.fields}[key]


# What a workbook may be the table of.
Tabular = Collection | Listing


class Registry:
    """The collections that this process knows, by name; what an office adds comes in at run time."""

    def __init__(self) -> None:
        """Begin with none."""
        self._by_name: dict[str, Collection] = {}

    def add(self, *collections: Collection) -> None:
        """Make collections known; one of a known name takes its place."""
        self._by_name.update({one.name: one for one in collections})

    def __getitem__(self, name: str) -> Collection:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Collection]:
        return iter(tuple(self._by_name.values()))

    def get(self, name: str) -> Collection | None:
        """Return a collection by name; None when there is none."""
        return self._by_name.get(name)

    def by_slug(self, slug: str) -> Collection | None:
        """Return a collection by its word in addresses and commands; None when there is none."""
        return next((one for one in self if one.slug == slug), None)

    @property
    def listed(self) -> tuple[Collection, ...]:
        """The collections whose records clerks keep."""
        return tuple(one for one in self if one.listed)

    def listed_for(self, actor: Actor) -> tuple[Collection, ...]:
        """Return the collections whose records this actor may see."""
        return tuple(one for one in self.listed if one.allows(actor, Act.SEE))

    def remove(self, name: str) -> None:
        """Forget a collection that the office has deleted."""
        self._by_name.pop(name, None)

    @property
    def counted(self) -> tuple[str, ...]:
        """The names of those that are counted by county and status."""
        return tuple(one.name for one in self if one.listed and one.counted)

    def counted_for(self, actor: Actor) -> tuple[str, ...]:
        """Return the names of those that are counted, and whose records this actor may see."""
        return tuple(one.name for one in self.listed_for(actor) if one.counted)

    def is_counted(self, name: str) -> bool:
        """Tell whether a collection's records are counted by county and status."""
        declaration = self._by_name.get(name)
        return declaration is not None and declaration.listed and declaration.counted

    @property
    def importable(self) -> tuple[Collection, ...]:
        """The collections that a workbook may bring."""
        return tuple(one for one in self if one.listed and one.importable and not one.is_hidden)

    def importable_for(self, actor: Actor) -> tuple[Collection, ...]:
        """Return the collections that this actor may bring a workbook for, with the fields that they may see.

        A workbook enters records and changes them.
        """
        acts = (Act.SEE, Act.CREATE, Act.CHANGE)
        return tuple(
            one.seen_by(actor) for one in self.importable if all(one.allows(actor, act) for act in acts)
        )

    def importable_by(self, slug: str, actor: Actor) -> Collection:
        """Return the one of a word that this actor may bring a workbook for. Raises Missing."""
        found = next((one for one in self.importable_for(actor) if one.slug == slug), None)
        if found is None:
            raise Missing()
        return found

    def referring_to(self, name: str) -> tuple[tuple[Collection, Field], ...]:
        """Return every field of a collection that refers to records of `name`, hidden ones too."""
        every = ((one, each) for one in self for each in (*one.fields, *one.hidden))
        return tuple((one, each) for one, each in every if each.refers_to == name)

    def with_statuses(self) -> tuple[Word, ...]:
        """Return the collections whose records have a status, as words to choose from."""
        return tuple(Word(one.name, one.label, one.title) for one in self if one.listed and one.has_status)

    @contextmanager
    def also(self, *collections: Collection) -> Iterator[None]:
        """Know these collections for a while: for tests, and for trying a declaration before it is kept."""
        before = dict(self._by_name)
        self.add(*collections)
        try:
            yield
        finally:
            self._by_name = before


REGISTRY = Registry()
