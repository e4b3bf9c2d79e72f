"""The indexes of an office's own fields: built and dropped while the program runs."""

from collections.abc import Sequence

from pymongo.errors import OperationFailure

from documents.records.record import Record, sort_indexes
from rules.errors import Refusal, Refused
from rules.personal_numbers import masked
from rules.words import N_
from schema.collection import Collection, Index
from schema.definitions.own_fields import PREFIX
from schema.registry import REGISTRY

# The server's code for a value that stands twice.
_DOUBLED = 11000
DOUBLED = N_(
    "“%(label)s” cannot be unique: %(value)s was entered twice meanwhile."
    " Correct the records, then switch uniqueness off and on again."
)


def build_own_indexes(
    shipped: Collection, document: type[Record], also: Sequence[str] = ()
) -> tuple[list[str], list[str]]:
    """Build the indexes that own fields in force want, and drop those that none wants; return the names of both.

    `also` are keys of fields that will be in force.

    MongoDB builds an index beside reads and writes; on a large collection it takes longer than a page may. Raises
    Refused where a value that may stand once was entered twice before its index was there; the others are built.
    """
    declared = REGISTRY[shipped.name]
    keys = [field.key for field in declared.fields if field.indexed and field.key.startswith(PREFIX)]
    keys += [key for key in also if key not in keys]
    county_key = "counties" if declared.in_several_counties else "county"
    wanted = {spec["name"]: spec["fields"] for spec in sort_indexes(*keys, county_key=county_key)}
    unique = {
        index.name: index for index in declared.indexes if index.unique and index.field.startswith(PREFIX)
    }
    collection = document.collection()
    present = {
        name
        for name, index in collection.index_information().items()
        if any(key.startswith(PREFIX) for key, _ in index["key"])
    }
    built = sorted((wanted.keys() | unique.keys()) - present)
    dropped = sorted(present - wanted.keys() - unique.keys())
    for name in dropped:
        collection.drop_index(name)
    for name in built:
        if name in wanted:
            collection.create_index([(key, 1) for key in wanted[name]], name=name)
    refusals: list[Refusal] = []
    for name in built:
        if name in unique:
            is_personal = declared.by_key[unique[name].field].personal
            try:
                _build_unique(document, unique[name], is_personal=is_personal)
            except Refused as refused:
                refusals += refused.refusals
    if refusals:
        raise Refused(*refusals)
    return built, dropped


def _build_unique(document: type[Record], index: Index, *, is_personal: bool) -> None:
    only = {index.keys[-1]: {"$type": index.only}}
    try:
        document.collection().create_index(
            [(key, 1) for key in index.keys], name=index.name, unique=True, partialFilterExpression=only
        )
    except OperationFailure as error:
        if error.code != _DOUBLED:
            raise
        values = list(((error.details or {}).get("keyValue") or {}).values())
        value = str(values[-1]) if values else "…"
        said = masked(value) if is_personal else value
        raise Refused(DOUBLED, label=index.label, value=said) from error
