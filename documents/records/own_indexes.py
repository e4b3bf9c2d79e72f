"""The indexes of an office's own fields: built and dropped while the program runs."""

from collections.abc import Sequence

from documents.records.record import Record, sort_indexes
from schema.collection import Collection
from schema.definitions.own_fields import PREFIX
from schema.registry import REGISTRY


def build_own_indexes(
    shipped: Collection, document: type[Record], also: Sequence[str] = ()
) -> tuple[list[str], list[str]]:
    """Build the indexes that own fields in force want, and drop those that none wants; return the names of both.

    `also` are keys of fields that will be in force.

    MongoDB builds an index beside reads and writes; on a large collection it takes longer than a page may.
    """
    declared = REGISTRY[shipped.name]
    keys = [field.key for field in declared.fields if field.indexed and field.key.startswith(PREFIX)]
    keys += [key for key in also if key not in keys]
    county_key = "counties" if declared.in_several_counties else "county"
    wanted = {spec["name"]: spec["fields"] for spec in sort_indexes(*keys, county_key=county_key)}
    collection = document.collection()
    present = {
        name
        for name, index in collection.index_information().items()
        if any(key.startswith(PREFIX) for key, _ in index["key"])
    }
    built, dropped = sorted(wanted.keys() - present), sorted(present - wanted.keys())
    for name in built:
        collection.create_index([(key, 1) for key in wanted[name]], name=name)
    for name in dropped:
        collection.drop_index(name)
    return built, dropped
