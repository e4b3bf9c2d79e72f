"""Documents built from declarations: for each field of a collection the MongoEngine field that checks its values."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

from mongoengine import EmbeddedDocument
from mongoengine.base import BaseField
from mongoengine.errors import ValidationError
from mongoengine.fields import (
    BooleanField,
    DateTimeField,
    EmbeddedDocumentListField,
    ListField,
    ObjectIdField,
    StringField,
)

from documents.records import search
from documents.records.fields import AmountField, CleanTextField, CountField, DayField, RowsField, WordField
from documents.records.record import Record, RecordQuerySet, sort_indexes
from documents.records.stored_checks import Quick, quick_check
from rules.access import Act, Actor, Role
from schema.collection import Collection, ComputedValue, Index
from schema.definitions.own_fields import COMPUTED_PREFIX
from schema.field import MOST_REFERRED, CodeOf, Field, Input, Kind, Search
from schema.registry import REGISTRY

# What the program itself writes into every record of a county.
_SCOPE_KEYS = {"county": StringField, "counties": lambda: ListField(StringField())}
# MongoEngine keeps this name for itself.
_RESERVED = {"collection": "collection_name"}


class Cooperation(EmbeddedDocument):
    """One cooperation with one base; without a last day it goes on. Base name and county are copies."""

    base = ObjectIdField(required=True)
    base_name = StringField()
    county = StringField()
    first_day = DayField()
    last_day = DayField()


class FieldFile(EmbeddedDocument):
    """A file that stands in a field: the id of its particulars (`documents.records.attachment`), and its name."""

    file = ObjectIdField(required=True)
    name = StringField(required=True)


class NamedCompany(EmbeddedDocument):
    """A company named in an entry: its name as written, and the tenant it is, where that is known."""

    name = CleanTextField(required=True, max_length=200)
    company = ObjectIdField()


def _text(field: Field, **options: Any) -> BaseField:
    return CleanTextField(max_length=field.max_length, **options)


def _code(field: Field, **options: Any) -> BaseField:
    kind = (
        CleanTextField
        if field.code in (None, CodeOf.PHONE, CodeOf.LINK, CodeOf.EMAIL) and not field.pattern
        else StringField
    )
    return kind(max_length=field.max_length, regex=field.pattern or None, **options)


def _limits(field: Field) -> dict[str, Any]:
    limits = {"min_value": field.minimum, "max_value": field.maximum}
    return {name: limit for name, limit in limits.items() if limit is not None}


def _word(field: Field, **options: Any) -> BaseField:
    return StringField(**options) if field.choices is None else WordField(field.choices, **options)


def _yes_no(field: Field, **options: Any) -> BaseField:
    # A box that is ticked or not has no third answer.
    return BooleanField(**options, **({"default": False} if field.input is Input.CHECKBOX else {}))


def _rows(field: Field, **options: Any) -> BaseField:
    return RowsField({part.key: stored_field(part) for part in field.parts}, field.most_rows, **options)


_MAKERS: Mapping[Kind, Callable[..., BaseField]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.CODE: _code,
    Kind.INTEGER: lambda field, **options: CountField(**_limits(field), **options),
    Kind.DECIMAL: lambda field, **options: AmountField(**_limits(field), **options),
    Kind.DATE: lambda field, **options: DayField(**options),
    Kind.MOMENT: lambda field, **options: DateTimeField(**options),
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _word,
    Kind.CHOICES: lambda field, **options: ListField(_word(field), **options),
    Kind.COUNTY: lambda field, **options: StringField(**options),
    Kind.STATUS: lambda field, **options: StringField(**{**options, "required": True}),
    Kind.REFERENCE: lambda field, **options: ObjectIdField(**options),
    Kind.REFERENCES: lambda field, **options: ListField(ObjectIdField(), max_length=MOST_REFERRED, **options),
    Kind.NAMES: lambda field, **options: EmbeddedDocumentListField(NamedCompany, **options),
    Kind.COOPERATIONS: lambda field, **options: EmbeddedDocumentListField(Cooperation, **options),
    Kind.TEXTS: lambda field, **options: ListField(StringField(), **options),
    Kind.ROWS: _rows,
    Kind.FILES: lambda field, **options: EmbeddedDocumentListField(
        FieldFile, max_length=field.most_files, **options
    ),
}


@lru_cache(maxsize=1000)
def stored_field(field: Field) -> BaseField:
    """Return the MongoEngine field that checks what is stored under a declared one."""
    # A file is asked of whoever fills in the form: no program or workbook could bring it along.
    is_asked = field.required and field.kind is not Kind.FILES
    options: dict[str, Any] = {"required": True} if is_asked or field.always else {}
    made = _MAKERS[field.kind](field, db_field=field.key, **options)
    made.name = field.key
    return made


class DeclaredRecord(Record):
    """A record whose collection is declared: its label, scope and search fields follow the declaration in force."""

    meta: ClassVar[dict[str, Any]] = {"abstract": True, "queryset_class": RecordQuerySet, "strict": False}
    declaration: ClassVar[Collection]

    @classmethod
    def declared(cls) -> Collection:
        """Return the declaration in force; the one that the class was built from where the registry has none."""
        return REGISTRY.get(cls.declaration.name) or cls.declaration

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows this record."""
        return cls.declared().hooks.label_of(raw)

    @classmethod
    def reference_name(cls, raw: Mapping[str, Any]) -> str:
        """Return what other records call this one, of the keys that `reference_keys` names."""
        hooks = cls.declared().hooks
        return (hooks.referred_as or hooks.label_of)(raw)

    @classmethod
    def reference_keys(cls) -> tuple[str, ...]:
        """Return the stored keys that `reference_name` reads."""
        declaration = cls.declared()
        return (*declaration.name_keys, *declaration.reference_keys)

    @classmethod
    def is_for(cls, actor: Actor) -> bool:
        """Tell whether an actor may see records of this collection at all."""
        return cls.declared().allows(actor, Act.SEE)

    @classmethod
    def searched_through(cls) -> str:
        """Return the collection of the bases that these records are in, which a search asks first."""
        field = _container(cls.declared())
        return field.refers_to if field else ""

    @classmethod
    def computed_fields(cls, raw: Mapping[str, Any], today: date) -> dict[str, Any]:
        """Return what the formulas of the office give of a stored record on a day, by stored key; None for a blank."""
        computed = cls.declared().computed
        if not computed:
            return {}
        whole, found = dict(raw), {}
        for one in computed:
            if one.is_related:
                continue
            whole[one.key] = found[one.key] = one.of(whole, today)
        return found

    @classmethod
    def related_fields(
        cls,
        ids: Sequence[Any],
        today: date,
        *,
        session: Any = None,
        computed: Sequence[ComputedValue] | None = None,
    ) -> dict[Any, dict[str, Any]]:
        """Return the values of these records that follow from other records, by id and stored key.

        Of the other records those of a record's own county count. `computed` are the formulas, else those in force.
        """
        wanted = [one for one in cls.declared().computed if one.is_related] if computed is None else computed
        found: dict[Any, dict[str, Any]] = {}
        if not wanted or not ids:
            return found
        by_county: dict[str, list[Any]] = {}
        for raw in cls.collection().find({"_id": {"$in": list(ids)}}, {"county": 1}, session=session):
            by_county.setdefault(raw.get("county") or "", []).append(raw["_id"])
        for county, group in by_county.items():
            steps: list[dict[str, Any]] = [{"$match": {"_id": {"$in": group}}}]
            for one in wanted:
                seen = {name: {REGISTRY[name].county_key: county} for name, _ in one.asks}
                steps += one.stages(today, seen)
            steps.append({"$project": {one.key: 1 for one in wanted}})
            for row in cls.collection().aggregate(steps, session=session):
                found[row["_id"]] = {one.key: row.get(one.key) for one in wanted}
        return found

    @classmethod
    def search_fields(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derived `search_text`, `search_tokens` and `sort_key` of a stored record."""
        declaration = cls.declared()
        fields = _searched(declaration, raw)
        if declaration.in_several_counties:
            parts = {county: declaration.hooks.in_sight(raw, _of(county)) for county in cls.counties_of(raw)}
            scoped = {county: _searched(declaration, part) for county, part in parts.items()}
            fields |= search.scoped_fields(scoped)
        named = declaration.by_key[declaration.sort_name]
        return fields | {"sort_key": search.sort_key(str(raw.get(named.source) or ""))}


def _of(county: str) -> Actor:
    return Actor("", "", Role.READER, county)


def _searched(declaration: Collection, raw: Mapping[str, Any]) -> dict[str, Any]:
    container = _container(declaration)
    within = raw.get(container.key) if container else None
    texts = declaration.searched(raw, without=container.key if container and within else "")
    return search.index_fields(
        texts[Search.TEXT],
        names=texts[Search.NAME],
        people=texts[Search.PERSON],
        counties=texts[Search.COUNTY],
        related=texts[Search.RELATED],
        referred=[within] if within else (),
    )


def _container(declaration: Collection) -> Field | None:
    """Return the field that says in which of few records (a base) one is: it is found by whatever finds that."""
    for field in declaration.references:
        other = REGISTRY.get(field.refers_to)
        if field.scopes and field.search and other is not None and other.few:
            return field
    return None


def declared(collection: Collection) -> Any:
    """Return the abstract document of a collection: a field for each declared one, its indexes, its county key.

    A document class derives from it and adds named queries.
    """
    fields: dict[str, Any] = {}
    for field in collection.fields:
        if not field.stored:
            continue
        fields[_RESERVED.get(field.key, field.key)] = _copy_of(field)
        if field.name_key:
            is_list = field.kind is Kind.REFERENCES
            fields[field.name_key] = ListField(StringField()) if is_list else StringField()
    if collection.county_key and collection.county_key not in fields:
        fields[collection.county_key] = _SCOPE_KEYS[collection.county_key]()
    if collection.in_several_counties:
        # What is found of each county's part of a record: each begins with the county.
        fields |= {key: ListField(StringField()) for key in ("county_texts", "county_tokens")}
    body = {
        "meta": {
            "abstract": True,
            "collection": collection.name,
            "auto_create_index": False,
            "indexes": indexes_of(collection),
        },
        "declaration": collection,
        "county_key": collection.county_key,
        "shard_key": collection.shard_key,
        "in_several_counties": collection.in_several_counties,
        "__module__": __name__,
        "__doc__": f"What a record of {collection.name} stores.",
        **fields,
    }
    return type(f"Stored{_camel(collection.name)}", (DeclaredRecord,), body)


def _copy_of(field: Field) -> BaseField:
    """Return a field of the document's own: MongoEngine writes the class into it."""
    return stored_field.__wrapped__(field)


def _camel(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))


def indexes_of(collection: Collection) -> list[dict[str, Any]]:
    """Return a collection's indexes as MongoEngine takes them: the declared ones, the search's, two a sorting."""
    found = [_index(one) for one in collection.indexes]
    if collection.search_index:
        found.append({"fields": list(collection.search_index), "name": "search"})
        if collection.in_several_counties:
            found.append({"fields": ["county_tokens", *collection.search_index[1:]], "name": "county_search"})
    keys = [*collection.sorted_by, *(field.key for field in collection.fields if field.indexed)]
    return found + sort_indexes(*keys, county_key=collection.county_key)


def _index(index: Index) -> dict[str, Any]:
    keys = [_RESERVED.get(key, key) for key in index.keys]
    options: dict[str, Any] = {"unique": True} if index.unique else {}
    options |= {"sparse": True} if index.sparse else {}
    if index.only:
        options["partialFilterExpression"] = {keys[-1]: {"$type": index.only}}
    return {"fields": keys, "name": index.name, **options}


def faults_of(collection: Collection, raw: Mapping[str, Any]) -> list[str]:
    """Return the keys of a stored record whose value cannot be kept: missing, too long, or of another shape."""
    faults = []
    for key, check, is_fine in _checks_of(collection):
        value = raw.get(key)
        if value is None or value == "":
            if check.required:
                faults.append(key)
            continue
        if is_fine is not None and is_fine(value):
            continue
        try:
            check._validate(check.to_python(value))
        except (ValidationError, ValueError, TypeError):
            faults.append(key)
    county = collection.county_key
    if county == "county" and county not in collection.by_key and not raw.get(county):
        faults.append(county)
    return faults


@lru_cache(maxsize=100)
def _checks_of(collection: Collection) -> tuple[tuple[str, BaseField, Quick | None], ...]:
    """Return key, check and quick check of each stored field."""
    # What is computed is never refused: nobody typed it.
    checked = (one for one in collection.fields if one.stored and not one.key.startswith(COMPUTED_PREFIX))
    made = ((field, stored_field(field)) for field in checked)
    return tuple((field.key, check, quick_check(field, check)) for field, check in made)
