"""Make a record whole before it is written: references checked, copies and derived values filled, rules asked.

`prepare` is the only door. `raw` is the stored form (days as moments, references as ids) and is completed in
place; `before` is the record as it stood, None for a new one. What only one collection does is a hook of its
declaration.
"""

from collections.abc import Mapping
from typing import Any

from documents.kinds import RECORDS
from documents.records.declared import faults_of
from rules.access import Actor
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.collection import Collection
from schema.registry import REGISTRY
from schema.values import put
from services.records.references import References

Raw = dict[str, Any]


def prepare(
    collection: str,
    raw: Raw,
    before: Mapping[str, Any] | None,
    actor: Actor,
    refs: References,
    *,
    searched: bool = True,
) -> None:  # fmt: skip
    """Complete and check `raw`; without its search fields where it need not be `searched`.

    Raises Refused with every reason found, NotAllowed, Missing.
    """
    declaration = REGISTRY[collection]
    if declaration.has_status:
        raw.setdefault("status", declaration.status_of_new(raw))
    _copy_references(declaration, raw, before, refs)
    declaration.hooks.prepare(raw, before, actor, refs)
    if faults := faults_of(declaration, raw):
        sentence = N_("This value cannot be stored: it is missing, too long or out of range.")
        raise Refused(*(Refusal(sentence, field=key) for key in faults))
    if searched:
        raw.update(RECORDS[collection].search_fields(raw))
    _check_status(declaration, raw, before, refs)
    declaration.hooks.finish(raw, before, refs)  # it writes: a record refused after it would leave its mark


def _copy_references(
    declaration: Collection, raw: Raw, before: Mapping[str, Any] | None, refs: References
) -> None:
    """Check what a record refers to, and copy its name; its county too where that is this record's."""
    for field in declaration.references:
        referred = raw.get(field.key)
        if referred is None and not field.scopes:
            raw.pop(field.name_key, None)
            continue
        if not field.scopes and before is not None and before.get(field.key) == referred:
            put(
                raw, field.name_key, before.get(field.name_key)
            )  # what was right once may be out of scope by now
            continue
        found = refs.record(field.refers_to, referred, field.key)
        raw[field.name_key] = found["name"]
        if field.scopes:
            raw[declaration.county_key] = found["county"]


def _check_status(
    declaration: Collection, raw: Raw, before: Mapping[str, Any] | None, refs: References
) -> None:
    if not declaration.has_status or (before and before.get("status") == raw["status"]):
        return
    if not refs.status_exists(declaration.name, raw["status"]):
        raise Refused(Refusal(N_("Choose a status from the list."), field="status"))
