"""Lists of references before they are written: each record in scope and of the record's own county, its name copied.

What a single reference asks is asked of every record in the list (`services.records.prepare`).
"""

from collections.abc import Mapping
from typing import Any

from documents.kinds import RECORDS
from rules.access import Actor, Role
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.collection import Collection
from schema.definitions.own_collections import OF_CITY
from schema.field import MOST_REFERRED, Field
from schema.registry import REGISTRY
from schema.values import TOO_MANY_REFERRED, put_referred, referred_names
from services.records.references import ABSENT, References

OTHER_COUNTY = N_("Choose one of the record's own county: this one belongs to another.")


def copy_reference_lists(
    declaration: Collection, raw: dict[str, Any], before: Mapping[str, Any] | None, refs: References, actor: Actor
) -> None:  # fmt: skip
    """Check each list of references in `raw` and copy the names. Raises Refused with all that is at fault."""
    reasons: dict[tuple[str, str], Refusal] = {}
    for field in declaration.reference_lists:
        for reason in _copy(field, raw, before, refs, actor):
            reasons.setdefault((field.key, reason.message), reason)
    if reasons:
        raise Refused(*reasons.values())


def _copy(
    field: Field, raw: dict[str, Any], before: Mapping[str, Any] | None, refs: References, actor: Actor
) -> list[Refusal]:
    ids = list(dict.fromkeys(raw.get(field.key) or ()))
    if not ids:
        put_referred(raw, field.key, field.name_key, {})
        return []
    if len(ids) > MOST_REFERRED:
        return [Refusal(TOO_MANY_REFERRED, {"most": MOST_REFERRED, "count": len(ids)}, field.key)]
    county = raw.get("county")
    held = referred_names(before or {}, field.key, field.name_key)
    stays_in_county = before is not None and before.get("county") == county
    names, reasons = dict.fromkeys(ids, ""), []
    unknown = [one for one in ids if not (stays_in_county and held.get(one))]
    refs.read_ahead(field.refers_to, unknown)
    document = RECORDS[field.refers_to]
    for one in ids:
        if one not in unknown:
            names[one] = held[one]
            continue
        found = refs.anywhere(field.refers_to, one)
        if one not in held and (found is None or not document.is_visible(found, actor)):
            reasons.append(Refusal(REGISTRY[field.refers_to].absent or ABSENT, field=field.key))
        elif found is not None and is_named_beside(field, found, county):
            names[one] = found["name"]
        elif one not in held:
            reasons.append(Refusal(OTHER_COUNTY, field=field.key))
    put_referred(raw, field.key, field.name_key, names)
    return reasons


def is_named_beside(field: Field, referred: Mapping[str, Any], county: Any) -> bool:
    """Tell whether a referred record's name may stand in a record of a county: it belongs to it, or that is the city's.

    `referred` has the county or counties of the record.
    """
    if county is None or county == OF_CITY:
        return True
    return RECORDS[field.refers_to].is_visible_in_county(referred, Actor("", "", Role.READER, county))
