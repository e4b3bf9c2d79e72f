"""What an expression may speak of: the fields of a record and the records that refer to it, by key and by label."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from rules.choices import plain
from schema.collection import Collection, Registry
from schema.expressions.tree import FieldValue
from schema.expressions.types import BASE_OF_KIND, NUMBER_LIST, ROW_LIST, Base, Type, Words
from schema.field import KEY, Field, Kind

_RELATION_KEY = re.compile(r"[a-z][a-z0-9_]*_by_[a-z][a-z0-9_]*")


def _refuse_key(key: str) -> None:
    if not KEY.fullmatch(key) or "-" in key:
        raise ValueError(f"{key!r} is no key of something stored")


@dataclass(frozen=True)
class Name:
    """A field as a formula may name it: its `key`, its `label` on screen, other spellings, its type, where it stands.

    `path` is the stored key ("" for the same as `key`), `item` the key in the rows of a list. Raises ValueError where a
    key, which becomes a path of the database, is none.
    """

    key: str
    label: str
    type: Type
    aliases: tuple[str, ...] = ()
    path: str = ""
    item: str = ""

    def __post_init__(self) -> None:
        for key in (self.key, *(one for one in (self.path, self.item) if one)):
            _refuse_key(key)

    @property
    def value(self) -> FieldValue:
        """The node that reads it."""
        return FieldValue(self.key, self.path or self.key, self.type, self.item)


@dataclass(frozen=True)
class Relation:
    """The records of `collection` whose stored `reference` (a key, or two joined by a point) is this record's id."""

    key: str
    label: str
    collection: str
    reference: str
    names: tuple[Name, ...]
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key in (self.collection, *self.reference.split(".")):
            _refuse_key(key)
        if not _RELATION_KEY.fullmatch(self.key):
            raise ValueError(f"{self.key!r} is no key of a relation")

    @cached_property
    def scope(self) -> "Scope":
        """What a condition on such a record may speak of: its own fields alone."""
        return Scope(self.collection, self.names)


T = TypeVar("T", Name, Relation)


@dataclass(frozen=True)
class Scope:
    """What one expression may speak of: the `names` of a record of `collection`, and its `relations`."""

    collection: str
    names: tuple[Name, ...]
    relations: tuple[Relation, ...] = ()

    def named(self, word: str, *, is_key: bool = False) -> tuple[Name, ...]:
        """Return the fields that a word may mean: one, or none, or several where it is ambiguous."""
        return _found(self._names, word, is_key)

    def related(self, word: str, *, is_key: bool = False) -> tuple[Relation, ...]:
        """Return the relations that a word may mean."""
        return _found(self._relations, word, is_key)

    @cached_property
    def _names(self) -> Mapping[str, tuple[Name, ...]]:
        return _by_spelling(self.names)

    @cached_property
    def _relations(self) -> Mapping[str, tuple[Relation, ...]]:
        return _by_spelling(self.relations)

    def by_key(self, key: str) -> Name | None:
        """Return the field of a key; None where there is none."""
        return next(iter(self.named(key, is_key=True)), None)


def _by_spelling(all_of: Iterable[T]) -> dict[str, tuple[T, ...]]:
    """Return what each spelling may mean. A label counts before another's further spelling; a key is kept as `=key`."""
    labels: dict[str, list[T]] = {}
    aliases: dict[str, list[T]] = {}
    keys: dict[str, tuple[T, ...]] = {}
    for one in all_of:
        keys[f"={one.key}"] = (one,)
        for spelling in {one.key, plain(one.label)}:
            labels.setdefault(spelling, []).append(one)
        for alias in {plain(alias) for alias in one.aliases}:
            aliases.setdefault(alias, []).append(one)
    return {**keys, **{spelling: tuple(meant) for spelling, meant in (aliases | labels).items()}}


def _found(known: Mapping[str, tuple[T, ...]], word: str, is_key: bool) -> tuple[T, ...]:
    exact = known.get(f"={word}", ())
    return exact if is_key else known.get(plain(word), ()) or exact


# --- from the declarations

Labels = Callable[[Collection, Field], str]
Sees = Callable[[Collection, Field], bool]
OfficeWords = Callable[[Collection, Field], Words]


def heading_label(collection: Collection, field: Field) -> str:
    """Return the office's own word for a field: its heading without the unit, else its label."""
    return (_without_bracket(field) if field.unit else field.heading) or field.label


def _without_bracket(field: Field) -> str:
    return field.heading.split("（")[0] if field.heading.endswith("）") else field.heading


def declared_words(collection: Collection, field: Field) -> Words:
    """Return the words of a field that its declaration knows; an office's own statuses and counties it does not."""
    if field.choices is not None:
        return tuple((str(word.value), word.zh) for word in field.choices)
    if field.kind is Kind.STATUS:
        return tuple((one.code, one.label) for one in collection.statuses)
    return ()


def names_of(
    collection: Collection,
    *,
    sees: Sees,
    label: Labels = heading_label,
    words: OfficeWords = declared_words,
) -> tuple[Name, ...]:
    """Return the fields of a collection that a formula may read, as far as its writer `sees` them."""
    found: list[Name] = []
    for field in collection.fields:
        if not field.stored or not sees(collection, field):
            continue
        base = BASE_OF_KIND.get(field.kind)
        if field.kind is Kind.ROWS:  # no value of one type
            found += _names_of_table(field, label(collection, field))
            continue
        if base is None or (field.kind is Kind.REFERENCE and not field.name_key):
            continue
        item = {Kind.NAMES: "name", Kind.COOPERATIONS: "base_name"}.get(field.kind, "")
        kind = _type(base, field, words(collection, field))
        spelled = dict.fromkeys((field.heading, _without_bracket(field), *field.aliases))
        aliases = tuple(one for one in spelled if one)
        found.append(Name(field.key, label(collection, field), kind, aliases, field.source, item))
    return tuple(found)


def _names_of_table(table: Field, label: str) -> Iterator[Name]:
    """Yield a small table, a list with an item for each row, and each of its sub-fields, a list of what the rows have.

    Sub-fields with days, or yes and no, are left out: no function takes several of these.
    """
    yield Name(table.key, label, ROW_LIST, (), table.key)
    for part in table.parts:
        base = BASE_OF_KIND[part.kind]
        if base not in (Base.TEXT, Base.CHOICE, Base.INTEGER, Base.DECIMAL):
            continue
        words = tuple((str(word.value), word.zh) for word in part.choices) if part.choices is not None else ()
        kind = NUMBER_LIST if base in (Base.INTEGER, Base.DECIMAL) else Type(Base.LIST, words, base)
        aliases = (f"{label}.{part.label}",)
        yield Name(f"{table.key}__{part.key}", f"{label}·{part.label}", kind, aliases, table.key, part.key)


def _type(base: Base, field: Field, words: Words) -> Type:
    if base is Base.LIST:
        is_choice = field.kind is Kind.CHOICES
        return Type(base, words if is_choice else (), Base.CHOICE if is_choice else Base.TEXT)
    return Type(base, words if base is Base.CHOICE else ())


def scope_of(
    collection: Collection,
    registry: Registry,
    *,
    sees: Sees,
    label: Labels = heading_label,
    words: OfficeWords = declared_words,
    title: Callable[[Collection], str] = lambda one: one.title,
) -> Scope:
    """Return what a formula of a collection may speak of: its fields, and the records that refer to it.

    `sees(collection, field)` is the right of whoever reads the result: a field that it refuses does not exist here.
    A relation's key is `<collection>_by_<field>`, so that a further reference renames nothing.
    """
    own = names_of(collection, sees=sees, label=label, words=words)
    referring = [pair for pair in registry.referring_to(collection.name) if sees(*pair)]
    relations = []
    for other, field in referring:
        is_only = sum(one is other for one, _ in referring) == 1
        name = title(other) if is_only else f"{title(other)}（{label(other, field)}）"
        relations.append(
            Relation(
                f"{other.name}_by_{field.key}",
                name,
                other.name,
                field.filter_key,
                names_of(other, sees=sees, label=label, words=words),
            )
        )
    return Scope(collection.name, own, tuple(relations))
