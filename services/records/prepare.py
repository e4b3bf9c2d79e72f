"""Make a record whole before it is written: references checked, copies and derived values filled, rules asked.

`prepare` is the only door. `raw` is the stored form (days as moments, references as ids) and is completed in
place; `before` is the record as it stood, None for a new one. What only one collection does is a hook of its
declaration.
"""

from collections.abc import Mapping
from typing import Any

from documents.kinds import RECORDS
from documents.records.declared import faults_of
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.collection import Collection
from schema.definitions.own_collections import OF_CITY
from schema.definitions.own_fields import is_name_key
from schema.record_rules import breaches
from schema.registry import REGISTRY
from schema.values import put
from services.records.field_files import settle_files
from services.records.followed_values import follow_kinds
from services.records.reference_lists import OTHER_COUNTY, copy_reference_lists, is_named_beside
from services.records.references import References
from services.records.twins import warning_of_twin
from services.shared.unit_of_work import UnitOfWork

Raw = dict[str, Any]


def prepare(
    collection: str,
    raw: Raw,
    before: Mapping[str, Any] | None,
    refs: References,
    uow: UnitOfWork,
    *,
    as_it_was: bool = False,
) -> None:  # fmt: skip
    """Complete and check `raw`, which `uow` will write; its search fields too, unless that is a trial.

    What the rules between fields warn of is noted in `uow`; a record that comes back `as_it_was` is not judged by
    them. Raises Refused with every reason found, NotAllowed, Missing.
    """
    declaration = REGISTRY[collection]
    if declaration.has_status:
        raw.setdefault("status", declaration.status_of_new(raw))
    _copy_references(declaration, raw, before, refs)
    declaration.hooks.prepare(raw, before, uow.actor, refs)
    follow_kinds(declaration, raw, before)
    _keep_own_references(declaration, raw, before, refs)
    copy_reference_lists(declaration, raw, before, refs, uow.actor)
    raw.update(RECORDS[collection].computed_fields(raw, uow.today))
    if not as_it_was:
        _judge(declaration, raw, before, uow)
    # What the actor cannot fill in is not missing from what they write.
    if faults := faults_of(declaration.seen_by(uow.actor), raw):
        sentence = N_("This value cannot be stored: it is missing, too long or out of range.")
        raise Refused(*(Refusal(sentence, field=key) for key in faults))
    if not uow.is_trial:
        raw.update(RECORDS[collection].search_fields(raw))
    _check_status(declaration, raw, before, refs)
    settle_files(uow, declaration, raw, before, as_it_was=as_it_was)
    declaration.hooks.finish(raw, before, refs)  # it writes: a record refused after it would leave its mark


def _judge(declaration: Collection, raw: Raw, before: Mapping[str, Any] | None, uow: UnitOfWork) -> None:
    """Ask the rules between fields of what the actor sees, those whose fields this write changes."""
    in_sight: Mapping[str, Any] = raw
    if declaration.in_several_counties and uow.actor.county is not None:
        in_sight = declaration.hooks.in_sight(raw, uow.actor)
        before = declaration.hooks.in_sight(before, uow.actor) if before is not None else None
    today = uow.today
    if refusals := tuple(breaches(declaration.rules, in_sight, today, before=before, warnings=False)):
        raise Refused(*refusals)
    if uow.refuses_warned:
        if warnings := tuple(breaches(declaration.rules, in_sight, today, before=before, warnings=True)):
            raise Refused(*warnings)
    elif uow.looks_for_warnings:
        found = breaches(declaration.rules, in_sight, today, before=before, warnings=True)
        uow.warnings += [(raw["_id"], warning) for warning in found]
        twin = (
            None if uow.is_trial else warning_of_twin(declaration, raw, before, uow)
        )  # an import asks by itself
        if twin is not None:
            uow.warnings.append((raw["_id"], twin))


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


def _keep_own_references(
    declaration: Collection, raw: Raw, before: Mapping[str, Any] | None, refs: References
) -> None:
    """Let an own field's reference stay within the record's county, so that whoever sees the one sees the other.

    A new one to another county's record is refused. The name of one that stays, while one of both moved to another
    county, is left out.
    """
    county = raw.get("county")
    if county is None or county == OF_CITY:
        return
    for field in declaration.references:
        if not is_name_key(field.name_key) or raw.get(field.key) is None:
            continue
        stays = before is not None and before.get(field.key) == raw[field.key]
        if stays and before is not None and before.get("county") == county and raw.get(field.name_key):
            continue
        found = refs.anywhere(field.refers_to, raw[field.key])
        if found is not None and is_named_beside(field, found, county):
            raw[field.name_key] = found["name"]
        elif stays:
            raw.pop(field.name_key, None)
        else:
            raise Refused(Refusal(OTHER_COUNTY, field=field.key))


def _check_status(
    declaration: Collection, raw: Raw, before: Mapping[str, Any] | None, refs: References
) -> None:
    if not declaration.has_status or (before and before.get("status") == raw["status"]):
        return
    if not refs.status_exists(declaration.name, raw["status"]):
        raise Refused(Refusal(N_("Choose a status from the list."), field="status"))
