"""The verbs of every record: create, update, delete, restore. Nothing else writes one.

Values come plain (days as `date`, references as ids). Each verb is one transaction with its audit entry.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from bson import ObjectId

from documents.desk.audit_entry import Change, StoredChange
from documents.kinds import FILED, RECORDS
from documents.records.attachment import StoredAttachment
from documents.records.recycled import Recycled
from rules.access import Act, Actor, Permission
from rules.errors import NotAllowed, Refusal, Refused, Stale
from rules.words import N_
from schema.collection import Collection
from schema.definitions.own_fields import is_name_key
from schema.field import Field
from schema.registry import REGISTRY
from schema.statuses import STATUSES
from schema.values import put, stored
from services.definitions.formulas import demand_readable_without_status
from services.desk.trail import saved_elsewhere_alone
from services.records.denormalised_copies import follow_with_copies, is_copied, update_copies
from services.records.prepare import prepare
from services.records.references import References
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_MOST_TOGETHER = 1000  # records that come back with one that names them
SentFiles = Mapping[ObjectId, StoredAttachment]
_BOOKKEEPING = frozenset(
    {
        "_id", "version", "created_at", "created_by", "updated_at", "updated_by",
        "search_text", "search_tokens", "county_texts", "county_tokens", "sort_key",
    }
)  # fmt: skip


def create(
    collection: str,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    confirmed: Container[str] | None = None,
    files: SentFiles | None = None,
) -> ObjectId:
    """Write a new record and return its id.

    `files` are those that were sent for its fields, by the ids that `values` name. `confirmed` are the tokens of the
    warnings that were read; None: nobody is asked. Raises Refused, NotAllowed, Warned.
    """
    actor.demand(Permission.WRITE)

    def work(uow: UnitOfWork) -> ObjectId:
        uow.looks_for_warnings, uow.sent_files = confirmed is not None, files or {}
        refs = References(actor, uow.session)
        made = create_within(uow, collection, values, refs, record_id=ObjectId())
        uow.demand_confirmed(confirmed)
        return made

    return in_one_transaction(work, actor=actor, now=now)


def create_within(
    uow: UnitOfWork,
    collection: str,
    values: Mapping[str, Any],
    refs: References,
    *,
    record_id: ObjectId,
    note: str = "",
) -> ObjectId:
    """Write a new record within a transaction that is under way."""
    raw = new_record(uow, collection, values, refs, record_id=record_id, note=note)
    RECORDS[collection].insert([raw], session=uow.session)
    return record_id


def new_record(
    uow: UnitOfWork,
    collection: str,
    values: Mapping[str, Any],
    refs: References,
    *,
    record_id: ObjectId,
    note: str = "",
) -> dict[str, Any]:
    """Prepare, count and record a new record, and return it; the caller inserts it."""
    REGISTRY[collection].demand(uow.actor, Act.CREATE)
    given = {key: stored(value) for key, value in values.items()}
    raw = {key: value for key, value in given.items() if value is not None}
    _demand_unlocked(collection, raw, {}, uow.actor)
    raw["_id"] = record_id
    if number_key := REGISTRY[collection].number_key:
        number = str(raw.get(number_key) or "")
        is_taken_over = bool(number) and uow.claim_number(collection, number)
        raw[number_key] = number if is_taken_over else uow.next_number(collection)
    prepare(collection, raw, None, refs, uow)
    raw = uow.stamped(RECORDS[collection], None, raw)
    if uow.is_trial:
        return raw
    document = RECORDS[collection]
    counties = document.counties_of(raw)
    uow.count(collection, raw, counties, 1)
    uow.record(
        "created", collection, record_id, document.label_of(raw), counties=counties,
        changes=changes_of_new(collection, raw), note=note,
    )  # fmt: skip
    return raw


def update(
    collection: str,
    record_id: ObjectId,
    values: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    now: datetime,
    confirmed: Container[str] | None = None,
    files: SentFiles | None = None,
) -> int:
    """Change the given keys of a record read at `version`; the others stay.

    Return the version that it has now, 0 when nothing differs.

    `files` are those that were sent for its fields, by the ids that `values` name. `confirmed` are the tokens of the
    warnings that were read; None: nobody is asked. Raises Missing (absent or out of scope), Stale (saved by someone
    else since), Refused, NotAllowed, Warned.
    """
    actor.demand(Permission.WRITE)

    def work(uow: UnitOfWork) -> int:
        uow.looks_for_warnings, uow.sent_files = confirmed is not None, files or {}
        refs = References(actor, uow.session)
        saved = update_within(uow, collection, record_id, values, refs, version=version)
        uow.demand_confirmed(confirmed)
        return saved

    changed = in_one_transaction(work, actor=actor, now=now)
    if changed and is_copied(collection):
        follow_with_copies(actor=actor, now=now)
    return changed


def update_within(
    uow: UnitOfWork,
    collection: str,
    record_id: ObjectId,
    values: Mapping[str, Any],
    refs: References,
    *,
    version: int,
    note: str = "",
    action: str = "changed",
) -> int:
    """Change a record, read at `version`, within a transaction that is under way.

    Return the version that it has now, 0 when nothing differs. `action` is what the audit trail calls it.
    """
    document = RECORDS[collection]
    before = uow.find(document, record_id)
    if version is not None and before["version"] != version:
        _demand_saved_elsewhere(uow, collection, before, version)
    raw = changed_record(uow, collection, before, values, refs, note=note, action=action)
    if raw is None:
        return 0
    if document.replace([(before, raw)], session=uow.session) != 1:
        raise Stale()
    update_copies(uow, collection, before, raw)
    return int(raw["version"])


def _demand_saved_elsewhere(uow: UnitOfWork, collection: str, raw: Mapping[str, Any], version: int) -> None:
    """Raise Stale unless what was saved since `version` is all of other counties: they do not disturb one another."""
    if not REGISTRY[collection].in_several_counties or not saved_elsewhere_alone(
        collection, raw["_id"], uow.actor, saves=raw["version"] - version, session=uow.session
    ):
        raise Stale()


def changed_record(
    uow: UnitOfWork,
    collection: str,
    before: Mapping[str, Any],
    values: Mapping[str, Any],
    refs: References,
    *,
    note: str = "",
    action: str = "changed",
) -> dict[str, Any] | None:
    """Prepare, count and record a change of the record `before`, and return it; None when nothing differs.

    The caller replaces the record where it still has the version of `before`, then carries its copies.
    """
    document = RECORDS[collection]
    REGISTRY[collection].demand(uow.actor, Act.CHANGE)
    raw = dict(before)
    for key, value in values.items():
        put(raw, key, stored(value))
    _demand_unlocked(collection, raw, before, uow.actor)
    prepare(collection, raw, before, refs, uow)
    changes = changes_between(collection, before, raw)
    if not changes:
        return None
    raw = uow.stamped(document, before, raw)
    old, new = document.counties_of(before), document.counties_of(raw)
    uow.count(collection, before, old, -1)
    uow.count(collection, raw, new, 1)
    if set(old) != set(new):
        changes = _without_names_of_one_county(changes)
    uow.record(
        action, collection, raw["_id"], document.label_of(raw),
        counties=sorted({*old, *new}), changes=changes, note=note,
    )  # fmt: skip
    return raw


def _without_names_of_one_county(changes: list[Change]) -> list[Change]:
    """Return the changes of a record that moves between counties without the names that own fields copied.

    What they name is of the county that it left or of the one that it came to, and the clerks of both read the entry.
    The ids stay, so that the change can be taken back.
    """
    told: list[Change] = []
    for change in changes:
        if not is_name_key(change.field):
            told.append(change)
        elif change.old_id != change.new_id:
            told.append(replace(change, old=_unnamed(change.old), new=_unnamed(change.new)))
    return told


def _unnamed(names: Any) -> Any:
    return [""] * len(names) if isinstance(names, list) else None if names is None else ""


def _demand_unlocked(
    collection: str, raw: Mapping[str, Any], before: Mapping[str, Any], actor: Actor
) -> None:
    """Raise NotAllowed when a field is to change that the actor's role may not change, without naming it."""
    locked = REGISTRY[collection].keys_locked_for(actor)
    if any(_given(raw.get(key)) != _given(before.get(key)) for key in locked):
        raise NotAllowed()


def delete(collection: str, record_id: ObjectId, *, version: int, actor: Actor, now: datetime) -> None:
    """Move a record to the recycle bin. Refused while something refers to it; Missing; Stale."""
    actor.demand(Permission.WRITE)
    in_one_transaction(
        lambda uow: delete_within(uow, collection, record_id, version=version), actor=actor, now=now
    )


def delete_within(
    uow: UnitOfWork,
    collection: str,
    record_id: ObjectId,
    *,
    version: int,
    note: str = "",
    all_go: bool = False,
) -> None:
    """Move a record to the recycle bin within a transaction that is under way.

    `all_go`: every record of its collection does in the same one, so that what these say of one another holds none up.
    """
    document, declaration = RECORDS[collection], REGISTRY[collection]
    declaration.demand(uow.actor, Act.DELETE)
    before = uow.find(document, record_id, version=version)
    reasons = refusals_to_delete(collection, before, uow.actor, session=uow.session, all_go=all_go)
    if reasons:
        raise Refused(*reasons)
    declaration.hooks.deleted(before, References(uow.actor, uow.session))
    uow.touch(collection, record_id, before)
    counties, label = document.counties_of(before), document.label_of(before)
    bin_entry = {
        "collection": collection, "record_id": record_id, "label": label, "counties": counties,
        "deleted_at": uow.now, "deleted_by": uow.actor.id, "deleted_by_name": uow.actor.name,
        "document": before,
    }  # fmt: skip
    Recycled.keep(bin_entry, session=uow.session)
    if not document.remove(before, session=uow.session):
        raise Stale()
    uow.count(collection, before, counties, -1)
    uow.record("deleted", collection, record_id, label, counties=counties, note=note)


def refusals_to_delete(
    collection: str, raw: Mapping[str, Any], actor: Actor, *, session: Any = None, all_go: bool = False
) -> tuple[Refusal, ...]:
    """Return why a stored record cannot be deleted: it is the city's, needed by the rules, or records refer to it.

    They are counted as far as they are the actor's to see; what refers to it elsewhere makes it the city's alone.
    """
    declaration, document = REGISTRY[collection], RECORDS[collection]
    refusals = declaration.hooks.may_delete(raw, actor)
    if not refusals and actor.county is not None and set(document.counties_of(raw)) - {actor.county}:
        refusals = (Refusal(_KEPT_BY_THE_CITY),)
    if raw.get("needed") and (own := REGISTRY.get(raw.get("collection", ""))) is not None and own.is_own:
        return (*refusals, Refusal(_BEGINS_WITH, {"collection": own.title}))
    refusals = (*refusals, *_refusals_of_formulas(collection, raw, session))
    if raw.get("needed"):
        return (*refusals, Refusal(N_("The Measures need this status: it can be re-worded, not deleted.")))
    found, elsewhere, unseen = [], False, False
    for other, clause in referring(collection, raw).items():
        if all_go and other == collection:
            continue
        seen = FILED[other].objects.visible_to(actor).where_raw(clause).filters()
        count = FILED[other].count_referring(seen, session=session)
        if count:
            params = {
                "count": count,
                "label": document.label_of(raw),
                "collection": REGISTRY[other].title if other in REGISTRY else "",
            }
            found.append(Refusal(REGISTRY[other].referred or _REFERRED, params, field=other))
        elif not _sees_all(other, actor) and FILED[other].count_referring(clause, session=session):
            unseen = unseen or actor.county is None
            elsewhere = True
    if unseen and not found and not refusals:
        return (Refusal(_UNSEEN),)
    if elsewhere and not found and not refusals:
        refusals = (Refusal(_KEPT_BY_THE_CITY),)
    return (*refusals, *found)


def _refusals_of_formulas(collection: str, raw: Mapping[str, Any], session: Any) -> tuple[Refusal, ...]:
    """Return why a status cannot be deleted: a formula or a condition of the office's names it."""
    if collection != STATUSES.name:
        return ()
    try:
        demand_readable_without_status(raw["collection"], raw["code"], session)
    except Refused as refused:
        return tuple(replace(one, field=None) for one in refused.refusals)
    return ()


def _sees_all(collection: str, actor: Actor) -> bool:
    declaration = REGISTRY.get(collection)
    return actor.county is None and (declaration is None or declaration.allows(actor, Act.SEE))


def why_not_deleted(collection: str, record_id: ObjectId, *, actor: Actor) -> tuple[Refusal, ...]:
    """Return why a record in the actor's scope cannot be deleted now; () where it can. Raises Missing."""
    raw = RECORDS[collection].read(record_id, actor)
    try:
        return refusals_to_delete(collection, raw, actor)
    except NotAllowed as problem:
        return problem.refusals


_KEPT_BY_THE_CITY = N_("The city bureau keeps this record: only it may delete it.")
_BEGINS_WITH = N_("A new record of %(collection)s has this status: it can be re-worded, not deleted.")
_UNSEEN = N_("Records of a collection that you do not see refer to it.")
GONE = N_("Its collection has been deleted or is hidden: an administrator shows it again first.")
_REFERRED = N_("%(count)d records refer to %(label)s.")


def referring(collection: str, raw: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return, by collection, the filter of the records that refer to this one."""
    if collection == STATUSES.name:
        return {raw["collection"]: {"status": raw["code"]}}
    clauses: dict[str, list[dict[str, Any]]] = {}
    for other, field in REGISTRY.referring_to(collection):
        if field.recycled:
            continue
        clauses.setdefault(other.name, []).append({field.filter_key: raw["_id"]})
    return {other: found[0] if len(found) == 1 else {"$or": found} for other, found in clauses.items()}


def restore(recycled_id: ObjectId, *, actor: Actor, now: datetime) -> tuple[str, ObjectId]:
    """Bring a record back from the recycle bin; return its collection and id.

    Refused when its code is taken by now, or a record it refers to is gone.
    """
    actor.demand(Permission.WRITE)
    return in_one_transaction(lambda uow: restore_within(uow, recycled_id), actor=actor, now=now)


def restore_within(
    uow: UnitOfWork, recycled_id: ObjectId, *, note: str = "", with_named: Callable[[Any], bool] | None = None
) -> tuple[str, ObjectId]:
    """Bring a record back within a transaction that is under way.

    With it come those of its collection in the recycle bin that name it in turn, since neither could come first;
    `with_named` says of a record there which it names, by its id, whether that comes along too.
    """
    kept = Recycled.read(recycled_id, uow.actor, session=uow.session)
    collection, raw = kept["collection"], kept["document"]
    if collection not in REGISTRY or REGISTRY[collection].is_hidden:
        raise Refused(GONE)
    REGISTRY[collection].demand(uow.actor, Act.CREATE)
    refs = References(uow.actor, uow.session)
    together = _coming_with(uow, kept, with_named=with_named)
    for one in together:
        refs.expect(collection, one["document"])
    for one in together:
        _bring_back(uow, one, refs, note)
    return collection, raw["_id"]


def _coming_with(
    uow: UnitOfWork, kept: Mapping[str, Any], *, with_named: Callable[[Any], bool] | None
) -> list[Mapping[str, Any]]:
    """Return what comes back with an entry of the recycle bin, itself first."""
    collection = kept["collection"]
    declared = REGISTRY[collection]
    fields = [one for one in (*declared.references, *declared.reference_lists) if one.refers_to == collection]
    found: dict[Any, Mapping[str, Any]] = {kept["record_id"]: kept}
    naming: dict[Any, set[Any]] = {}  # by which of them each is named
    waiting = [kept] if fields else []
    while waiting and len(found) < _MOST_TOGETHER:
        one = waiting.pop()
        for record_id in _named_by(one["document"], fields):
            naming.setdefault(record_id, set()).add(one["record_id"])
            entry = (
                None if record_id in found else Recycled.last_of(collection, record_id, session=uow.session)
            )
            if entry is None or entry.get("merge") or not _is_in_sight(entry, uow.actor):
                continue
            if with_named is None or with_named(record_id):
                found[record_id] = entry
                waiting.append(entry)
    if with_named is not None:
        return list(found.values())
    circle, reached = {kept["record_id"]}, [kept["record_id"]]
    while reached:
        fresh = naming.get(reached.pop(), set()) - circle
        circle |= fresh
        reached += fresh
    return [one for record_id, one in found.items() if record_id in circle]


def _named_by(raw: Mapping[str, Any], fields: Iterable[Field]) -> Iterator[Any]:
    for field in fields:
        value = raw.get(field.key)
        yield from value if isinstance(value, list) else () if value is None else (value,)


def _is_in_sight(entry: Mapping[str, Any], actor: Actor) -> bool:
    return actor.county is None or actor.county in entry.get("counties", ())


def _bring_back(uow: UnitOfWork, kept: Mapping[str, Any], refs: References, note: str) -> None:
    collection, raw = kept["collection"], dict(kept["document"])
    uow.touch(collection, raw["_id"], kept["document"])
    if REGISTRY[collection].in_several_counties:
        refusals = REGISTRY[collection].hooks.may_delete(raw, uow.actor)
        if refusals:  # it would come back with what is not the actor's
            raise Refused(*refusals)
    # Its title was recorded by one who might; bringing it back changes nothing of it.
    before = raw if REGISTRY[collection].restored_as_it_was else None
    prepare(collection, raw, before, refs, uow, as_it_was=True)
    document = RECORDS[collection]
    raw = uow.stamped(document, raw, raw)
    document.insert([raw], session=uow.session)
    Recycled.remove(kept["_id"], session=uow.session)
    counties = document.counties_of(raw)
    uow.count(collection, raw, counties, 1)
    uow.record("restored", collection, raw["_id"], document.label_of(raw), counties=counties, note=note)


def changes_between(collection: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return what differs, field by field, without bookkeeping; a copied name stands with the id that it belongs to."""
    ids, silent = _traced(REGISTRY[collection])
    changes = []
    for key in {**before, **after}:
        if key in silent:
            continue
        old, new = _given(before.get(key)), _given(after.get(key))
        id_key = ids.get(key)
        old_id, new_id = (before.get(id_key), after.get(id_key)) if id_key else (None, None)
        if old != new or old_id != new_id:
            changes.append(Change(key, old, new, old_id, new_id))
    return changes


def changes_of_new(collection: str, raw: Mapping[str, Any]) -> list[StoredChange]:
    """Return what a new record has, as the trail stores it: the changes between nothing and the record."""
    ids, silent = _traced(REGISTRY[collection])
    changes: list[StoredChange] = []
    for key, value in raw.items():
        if key in silent or (not value and _given(value) is None):
            continue
        change: StoredChange = {"field": key, "old": None, "new": value}
        if key in ids and (new_id := raw.get(ids[key])) is not None:
            change["new_id"] = new_id
        changes.append(change)
    return changes


@lru_cache(maxsize=100)
def _traced(declaration: Collection) -> tuple[dict[str, str], frozenset[str]]:
    """Return the key of the id that each copied name belongs to, and the keys that no trail shows."""
    referring = (*declaration.references, *declaration.reference_lists)
    ids = {field.name_key: field.key for field in referring if field.name_key}
    return ids, _BOOKKEEPING | declaration.silent_keys


def _given(value: Any) -> Any:
    return None if not value and value in ("", []) else value
