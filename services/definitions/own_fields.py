"""Add, change, hide and delete the fields that an office adds to its collections; each change stands in the trail."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.definitions.own_field import COLLECTION, SHIPPED, OwnFieldRow, refresh_own_fields
from documents.desk.audit_entry import Change
from documents.kinds import RECORDS
from documents.records.recycled import OWN_FIELDS, Recycled
from documents.records.search import sort_key
from documents.records.status import Status
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal, Refused, Stale
from rules.personal_numbers import masked
from rules.words import N_
from schema.collection import Collection
from schema.definitions.configuration import of_entry
from schema.definitions.own_fields import (
    COMPUTED_PREFIX,
    LISTS,
    PREFIX,
    OwnField,
    OwnKind,
    Uniqueness,
    is_change,
    own_field_of,
    refusals_of_own_field,
    refusals_of_taken_field,
    stored_own_field,
)
from schema.definitions.own_parts import PART_KIND_STAYS, PartKind, changed_part, with_part_codes
from schema.definitions.shipped_fields import (
    LAST,
    own_label,
    refusals_of_shipped_field,
    unchanged,
    with_changes,
)
from schema.field import Field
from services.definitions.following import FOLLOW
from services.definitions.formulas import (
    Draft,
    conditions_stored,
    demand_readable,
    fields_of_all,
    with_formula,
)
from services.jobs.queue import ask_within
from services.shared.unit_of_work import UnitOfWork, after_commit, in_one_transaction

_KEY_LETTERS = 40
USED_WORD = N_("%(count)d records have the word “%(word)s”: retire it instead of removing it.")
USED_PART = N_("%(count)d records have something in the sub-field “%(part)s”: it cannot be removed.")
NO_COLLECTION = N_("There is no collection “%(collection)s” that takes fields of the office's own.")
CHANGING_KIND = N_("What “%(label)s” holds is being changed: wait until that has ended, or undo it.")
NOT_CONFIRMED = N_(
    "Type its name, %(name)s, to confirm: what %(count)d records hold goes to the recycle bin with the field."
)
COLLECTION_GONE = N_("Its collection, or the one that it refers to, has been deleted: bring that back first.")
# What of a field other things are built from: search words, indexes.
_FOLLOWED = ("searched", "filtered", "hidden", "unique")
DOUBLED = N_("%(count)d values stand in more than one record: %(values)s. Correct these records first.")


@dataclass(frozen=True)
class StoredOwnField:
    """An own field, the version that a save must name, and how many records hold something in it."""

    field: OwnField
    version: int
    filled: int = 0


def own_fields_of(collection: str) -> list[StoredOwnField]:
    """Return a collection's own fields in their order, hidden ones last. Raises Missing, Unavailable."""
    demand_listed(collection)
    with reachable():
        rows = [row for row in OwnFieldRow.of_collection(collection) if not row.get("deleted")]
    stored = (StoredOwnField(own_field_of(row["field"]), row["version"]) for row in rows)
    fields = [one for one in stored if not is_change(one.field) and not one.field.is_set_aside]
    return sorted(fields, key=lambda one: (one.field.hidden, one.field.order, one.field.key))


def read_own_field(collection: str, key: str, *, actor: Actor) -> StoredOwnField:
    """Return an own field and how many records hold something in it. Raises NotAllowed, Missing, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    demand_listed(collection)
    _demand_own(key)
    with reachable():
        row = OwnFieldRow.read(f"{collection}.{key}", actor)
        filled = RECORDS[collection].count_referring(holding(key))
    if own_field_of(row["field"]).is_set_aside:
        raise Missing()
    return StoredOwnField(own_field_of(row["field"]), row["version"], filled)


def add_own_field(own: OwnField, *, actor: Actor, now: datetime) -> OwnField:
    """Add a field; its key is made from its name and was never given before. Return it as it is stored.

    Raises NotAllowed, Missing, Refused with a sentence for each part at fault, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    demand_listed(own.collection)
    if is_change(own):
        raise Missing()

    def work(uow: UnitOfWork) -> OwnField:
        uow.hold()  # two that are added at once must see one another
        rows = OwnFieldRow.of_collection(own.collection, uow.session)
        others = own_fields_in(rows)
        taken = {row["_id"].partition(".")[2] for row in rows}
        order = max((one.order for one in others if not is_change(one)), default=0) + 1
        added = with_codes(replace(own, key=key_of(own, taken), order=order), None)
        demand_own_field(added, others)
        added = _demand_formulas(None, added, uow)
        write_own_field(uow, None, added)
        follow_fields(uow, (None, added))
        return added

    added = in_one_transaction(work, actor=actor, now=now)
    refresh_fields()
    return added


def change_own_field(own: OwnField, *, version: int, actor: Actor, now: datetime) -> OwnField:
    """Change a field but its kind and key, which stay. Return it as it is stored.

    Raises NotAllowed, Missing, Stale, Refused (among others: a word that records have is removed), Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    demand_listed(own.collection)

    def work(uow: UnitOfWork) -> OwnField:
        uow.hold()
        row = own_field_row(uow, own, version)
        before = own_field_of(row["field"])
        rows = OwnFieldRow.of_collection(own.collection, uow.session)
        changed = replace(
            own, kind=before.kind, order=before.order, last_word=before.last_word, refers_to=before.refers_to,
            follows=before.follows,
        )  # fmt: skip
        if moved := changed_part(changed.parts, before.parts):
            raise Refused(Refusal(PART_KIND_STAYS, {"label": moved.label}, "parts"))
        changed = with_codes(changed, before)
        demand_own_field(changed, [one for one in own_fields_in(rows) if one.key != own.key])
        _demand_unused_words(before, changed, uow)
        demand_once(before, changed, uow)
        changed = _demand_formulas(before, changed, uow)
        if changed != before:
            write_own_field(uow, row, changed)
            follow_fields(uow, (before, changed))
        return changed

    changed = in_one_transaction(work, actor=actor, now=now)
    refresh_fields()
    return changed


def as_first_fields(fields: Iterable[OwnField]) -> list[OwnField]:
    """Return the fields of a collection that is new, in their order, with keys made from their names."""
    taken: set[str] = set()
    found = []
    for order, own in enumerate(fields, 1):
        key = key_of(own, taken)
        taken.add(key)
        found.append(replace(own, key=key, order=order))
    return found


def put_own_fields(uow: UnitOfWork, wanted: Iterable[OwnField], new: Mapping[str, Collection] = {}) -> None:
    """Add and change these fields as they stand in a configuration's file, keys and codes of words included.

    They are judged as they stand together afterwards; those that are the same are left alone. `new` are the own
    collections that the same transaction makes or changes. Raises Refused.
    """
    uow.hold()
    written: list[tuple[OwnField | None, OwnField]] = []
    by_collection: dict[str, dict[str, OwnField]] = {}
    for own in _with_formulas(uow, tuple(wanted), new):
        by_collection.setdefault(own.collection, {})[own.key] = own
    for collection, given in by_collection.items():
        bare = new.get(collection) or SHIPPED.get(collection)
        if bare is None or not _takes_fields(bare):
            raise Refused(NO_COLLECTION, collection=collection[:_KEY_LETTERS])
        rows = {
            row["_id"].partition(".")[2]: row for row in OwnFieldRow.of_collection(collection, uow.session)
        }
        here = {own.key: own for own in own_fields_in(list(rows.values()))}
        together = here | given
        for key, own in given.items():
            before, row = here.get(key), rows.get(key)
            own = replace(own, follows=before.follows if before else "", replaced=False, changing="")
            if own == before:
                continue
            if before is not None:
                demand_settled(before)
            reasons = refusals_of_taken_field(own, before, deleted=row is not None and before is None)
            if reasons:
                raise Refused(*reasons)
            try:
                demand_own_field(own, [other for name, other in together.items() if name != key], new)
            except Refused as refused:
                raise Refused(*of_entry(_label(own, bare), refused.refusals)) from refused
            if before is not None:
                _demand_unused_words(before, own, uow)
                demand_once(before, own, uow)
                own = replace(
                    own,
                    last_word=max(own.last_word, before.last_word),
                    last_part=max(own.last_part, before.last_part),
                )
            write_own_field(uow, row, own, bare)
            written.append((before, own))
    follow_fields(uow, *written)


def _with_formulas(
    uow: UnitOfWork, wanted: tuple[OwnField, ...], new: Mapping[str, Collection]
) -> list[OwnField]:
    """Return fields of a file with what their formulas give, as they stand together with those that are here."""
    here, statuses = fields_of_all(uow.session), Status.words_of_all(uow.session)
    conditions = conditions_stored(uow.session)
    if strange := sorted({own.collection for own in wanted} - SHIPPED.keys() - new.keys()):
        raise Refused(NO_COLLECTION, collection=strange[0][:_KEY_LETTERS])
    if not conditions and not any(own.is_computed for own in (*here, *wanted)):
        return list(wanted)
    for own in wanted:
        if reasons := refusals_of_taken_field(own, None, deleted=False):
            raise Refused(*reasons)
    given = {(own.collection, own.key): own for own in wanted}
    fields = [own for own in here if (own.collection, own.key) not in given] + list(wanted)
    together, found = Draft(fields, statuses, new=new), []
    for own in wanted:
        try:
            is_read = own.is_computed and not own.hidden
            found.append(with_formula(own, together, is_stored=True) if is_read else own)
        except Refused as refused:
            raise Refused(*of_entry(_label(own, new.get(own.collection)), refused.refusals)) from refused
    demand_readable(Draft(here, statuses, conditions), fields, statuses, new)
    return found


def move_own_field(collection: str, key: str, *, up: bool, version: int, actor: Actor, now: datetime) -> None:
    """Let a field change places with its neighbour. Raises NotAllowed, Missing, Stale, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    demand_listed(collection)

    def work(uow: UnitOfWork) -> None:
        uow.hold()
        rows = OwnFieldRow.of_collection(collection, uow.session)
        # A hidden one stands in no list: the neighbour is the one that is seen beside it.
        seen = [row for row in rows if not row.get("deleted") and not row["field"]["hidden"]]
        seen = [row for row in seen if row["field"]["kind"] != OwnKind.SHIPPED.value]
        seen = [row for row in seen if not row["field"].get("changing")]
        seen.sort(key=lambda row: (row["field"]["order"], row["field"]["key"]))
        place = next((n for n, row in enumerate(seen) if row["field"]["key"] == key), None)
        if place is None:
            raise Missing()
        moved, other = seen[place], place - 1 if up else place + 1
        if moved["version"] != version:
            raise Stale()
        if not 0 <= other < len(seen):
            return
        neighbour = seen[other]
        for row, order in ((moved, neighbour["field"]["order"]), (neighbour, moved["field"]["order"])):
            write_own_field(uow, row, replace(own_field_of(row["field"]), order=order))

    in_one_transaction(work, actor=actor, now=now)
    refresh_fields()


def show_own_field(
    collection: str, key: str, *, hidden: bool, version: int, actor: Actor, now: datetime
) -> None:
    """Hide a field everywhere, its values kept; or show it again. Raises NotAllowed, Missing, Stale, Unavailable."""
    stored = read_own_field(collection, key, actor=actor)
    change_own_field(replace(stored.field, hidden=hidden), version=version, actor=actor, now=now)


def delete_own_field(
    collection: str, key: str, *, typed: str = "", version: int, actor: Actor, now: datetime
) -> None:
    """Delete a field. Its key is never given again; one that records have values in goes to the recycle bin with them.

    `typed` must then be its name. Raises NotAllowed, Missing, Stale, Refused, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    demand_listed(collection)
    _demand_own(key)

    def work(uow: UnitOfWork) -> None:
        uow.hold()
        row = OwnFieldRow.read(f"{collection}.{key}", uow.actor, uow.session)
        gone = own_field_of(row["field"])
        if gone.is_set_aside:
            raise Missing()
        if row["version"] != version:
            raise Stale()
        demand_settled(gone)
        # What is computed is lost to nobody.
        filled = (
            0 if gone.is_computed else RECORDS[collection].count_referring(holding(key), session=uow.session)
        )
        if filled and typed.strip() != gone.label:
            raise Refused(Refusal(NOT_CONFIRMED, {"name": gone.label, "count": filled}, "confirmed_name"))
        hidden = replace(gone, hidden=True)
        _demand_formulas(gone, hidden, uow)
        if filled:
            kept = stored_own_field(replace(hidden, recycled=True))
            uow.save(OwnFieldRow, row, {"_id": row["_id"], "of": collection, "field": kept})
            _put_in_bin(uow, gone)
        else:
            uow.save(OwnFieldRow, row, {"_id": row["_id"], "of": collection, "deleted": True})
        uow.record("deleted", COLLECTION, row["_id"], _label(gone))
        follow_fields(uow, (replace(gone, hidden=False), hidden))

    in_one_transaction(work, actor=actor, now=now)
    refresh_fields()


def _put_in_bin(uow: UnitOfWork, own: OwnField) -> None:
    bin_entry = {
        "collection": OWN_FIELDS, "record_id": ObjectId(), "label": _label(own), "counties": [],
        "deleted_at": uow.now, "deleted_by": uow.actor.id, "deleted_by_name": uow.actor.name,
        "document": {"collection": own.collection, "key": own.key},
    }  # fmt: skip
    Recycled.keep(bin_entry, session=uow.session)


def restore_own_field(recycled_id: ObjectId, *, actor: Actor, now: datetime) -> None:
    """Bring a field back from the recycle bin with the values that records have in it.

    Raises NotAllowed, Missing, Refused where another has its name by now or what it names is gone, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> None:
        uow.hold()
        named = Recycled.read(recycled_id, uow.actor, session=uow.session)["document"]
        if not _is_listed(named["collection"]):
            raise Refused(COLLECTION_GONE)
        row = OwnFieldRow.read(f"{named['collection']}.{named['key']}", uow.actor, uow.session)
        before = own_field_of(row["field"])
        if not before.recycled:
            raise Missing()
        after = replace(before, hidden=False, recycled=False)
        if after.refers_to and not _is_listed(after.refers_to):
            raise Refused(COLLECTION_GONE)
        rows = OwnFieldRow.of_collection(after.collection, uow.session)
        demand_own_field(after, own_fields_in(rows))
        demand_once(before, after, uow)
        after = _demand_formulas(before, after, uow)
        uow.save(
            OwnFieldRow, row, {"_id": row["_id"], "of": after.collection, "field": stored_own_field(after)}
        )
        Recycled.remove(recycled_id, session=uow.session)
        uow.record("restored", COLLECTION, row["_id"], _label(after))
        follow_fields(uow, (before, after))

    in_one_transaction(work, actor=actor, now=now)
    refresh_fields()


def shipped_fields_of(collection: str) -> dict[str, StoredOwnField]:
    """Return what is changed of the fields of a collection that ship, by key. Raises Missing, Unavailable."""
    demand_listed(collection)
    with reachable():
        rows = OwnFieldRow.of_collection(collection)
    stored = (
        StoredOwnField(own_field_of(row["field"]), row["version"]) for row in rows if not row.get("deleted")
    )
    return {one.field.key: one for one in stored if is_change(one.field)}


def change_shipped_field(change: OwnField, *, version: int, actor: Actor, now: datetime) -> OwnField:
    """Change what a field that ships is called, where it stands, whether it is asked, and who sees and changes it.

    `version` 0: the first time.

    Its place in the order is kept; in another section it stands last. Return it as it is stored. Raises NotAllowed,
    Missing, Stale, Refused (among others: what the Measures need is not hidden), Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    field = _shipped_field(change.collection, change.key)

    def work(uow: UnitOfWork) -> OwnField:
        uow.hold()
        rows = OwnFieldRow.of_collection(change.collection, uow.session)
        row, before = _present(rows, change.collection, change.key, version)
        own = _as_changed(change, before, field)
        demand_own_field(own, [one for one in own_fields_in(rows) if one.key != change.key])
        if own.unseen_by != before.unseen_by:  # no formula reads what some may not see
            own = _demand_formulas(before, own, uow)
        if own != before:
            write_own_field(uow, row, own)
            follow_fields(uow, (before, own))
        return own

    changed = in_one_transaction(work, actor=actor, now=now)
    refresh_fields()
    return changed


def move_shipped_field(
    collection: str, key: str, *, up: bool, version: int, actor: Actor, now: datetime
) -> None:
    """Let a field that ships change places with its neighbour in the section. Raises as `change_shipped_field`."""
    actor.demand(Permission.MANAGE_OFFICE)
    _shipped_field(collection, key)

    def work(uow: UnitOfWork) -> None:
        uow.hold()
        rows = OwnFieldRow.of_collection(collection, uow.session)
        _present(rows, collection, key, version)
        present = with_changes(SHIPPED[collection], own_fields_in(rows))
        keys = [one.key for one in present.in_section(present.field(key).section) if one.editable]
        place = keys.index(key) if key in keys else -1
        other = place - 1 if up else place + 1
        if place < 0 or not 0 <= other < len(keys):
            return
        keys[place], keys[other] = keys[other], keys[place]
        for order, name in enumerate(keys, 1):
            row, before = _present(rows, collection, name)
            if before.order != order:
                write_own_field(uow, row, replace(before, order=order))

    in_one_transaction(work, actor=actor, now=now)
    refresh_fields()


def _shipped_field(collection: str, key: str) -> Field:
    demand_listed(collection)
    field = SHIPPED[collection].by_key.get(key)
    if field is None:
        raise Missing()
    return field


def _present(
    rows: list[dict[str, Any]], collection: str, key: str, version: int | None = None
) -> tuple[dict[str, Any] | None, OwnField]:
    """Return the row of what is changed of a field, and the change. Raises Stale where it has not this version."""
    row = next((one for one in rows if one["_id"] == f"{collection}.{key}"), None)
    if version is not None and (row["version"] if row else 0) != version:
        raise Stale()
    return row, own_field_of(row["field"]) if row else unchanged(collection, key)


def _as_changed(typed: OwnField, before: OwnField, field: Field) -> OwnField:
    """Return what was typed as it is kept: blank where it is as it ships."""
    label = "" if typed.label == own_label(field) else typed.label
    section = "" if typed.section == field.section else typed.section
    moved = section != before.section
    english = (typed.english or field.label) if label else ""
    order = LAST if moved else before.order
    return replace(before, label=label, english=english, help=typed.help, aliases=typed.aliases, section=section,
                   order=order, required=typed.required, hidden=typed.hidden, unseen_by=typed.unseen_by,
                   unchanged_by=typed.unchanged_by)  # fmt: skip


def demand_listed(collection: str) -> None:
    """Raise Missing unless this is a collection that takes fields of the office's own."""
    if not _is_listed(collection):
        raise Missing()


def _is_listed(collection: str) -> bool:
    bare = SHIPPED.get(collection)
    return bare is not None and _takes_fields(bare)


def _takes_fields(bare: Collection) -> bool:
    return bare.listed and bare.importable


def _demand_own(key: str) -> None:
    """Raise Missing for the key of a field that ships: what is changed of it is no field by itself."""
    if not key.startswith(PREFIX):
        raise Missing()


def own_field_row(uow: UnitOfWork, own: OwnField, version: int) -> dict[str, Any]:
    """Return the row of a field that may be changed now. Raises Missing, Stale, Refused while its kind is changed."""
    _demand_own(own.key)
    row = OwnFieldRow.read(f"{own.collection}.{own.key}", uow.actor, uow.session)
    present = own_field_of(row["field"])
    if present.is_set_aside:
        raise Missing()
    if row["version"] != version:
        raise Stale()
    demand_settled(present)
    return row


def demand_settled(own: OwnField) -> None:
    """Raise Refused while a field's kind is being changed: nothing else of it changes until that has ended."""
    if own.changing:
        raise Refused(CHANGING_KIND, label=own.label)


def holding(key: str) -> dict[str, Any]:
    """Return the filter of the records that hold something under a key."""
    return {key: {"$nin": [None, "", []]}}


def own_fields_in(rows: list[dict[str, Any]]) -> list[OwnField]:
    """Return the fields that stored rows hold, without those deleted, in the recycle bin, or replaced by another."""
    found = (own_field_of(row["field"]) for row in rows if not row.get("deleted"))
    return [one for one in found if not one.is_set_aside]


def demand_own_field(own: OwnField, others: list[OwnField], new: Mapping[str, Collection] = {}) -> None:
    """Raise Refused with every reason why a field may not be so beside these others."""
    bare = new.get(own.collection) or SHIPPED[own.collection]
    reasons = (
        refusals_of_shipped_field(own, bare, others)
        if is_change(own)
        else refusals_of_own_field(own, bare, others, new=new)
    )
    if reasons:
        raise Refused(*reasons)


def _demand_formulas(before: OwnField | None, after: OwnField, uow: UnitOfWork) -> OwnField:
    """Return the field with its formula read; refuse it where a formula could not be computed with it any more."""
    fields, statuses = fields_of_all(uow.session), Status.words_of_all(uow.session)
    now = Draft(fields, statuses, conditions_stored(uow.session))
    if after.is_computed and not after.hidden:
        after = with_formula(after, now)
    others = [one for one in fields if (one.collection, one.key) != (after.collection, after.key)]
    if after.is_computed or now.own_conditions or any(one.is_computed for one in others):
        demand_readable(now, [*others, after], statuses)
    return after


def _demand_unused_words(before: OwnField, after: OwnField, uow: UnitOfWork) -> None:
    if before.is_computed:
        return
    parts = {part.code for part in after.parts}
    for part in before.parts:
        document = RECORDS[before.collection]
        filled = {before.key: {"$elemMatch": {part.code: {"$exists": True}}}}
        if part.code not in parts and (count := document.count_referring(filled, session=uow.session)):
            raise Refused(Refusal(USED_PART, {"count": count, "part": part.label}, "parts"))
    kept = {word.code for word in after.words}
    for word in before.words:
        if word.code in kept:
            continue
        document = RECORDS[before.collection]
        if count := document.count_referring({before.key: word.code}, session=uow.session):
            raise Refused(Refusal(USED_WORD, {"count": count, "word": word.label}, "words"))


def demand_once(before: OwnField, after: OwnField, uow: UnitOfWork) -> None:
    """Raise Refused for uniqueness, where it was not asked until now, while values stand in several records."""
    if not after.unique or after.hidden or (before.unique == after.unique and not before.hidden):
        return
    in_county = after.unique == Uniqueness.COUNTY.value
    count, values = RECORDS[after.collection].doubled_values(
        after.key, in_county=in_county, session=uow.session
    )
    if count:
        shown = "、".join(masked(str(value)) if after.personal else str(value) for value in values)
        more = "…" if count > len(values) else ""
        raise Refused(Refusal(DOUBLED, {"count": count, "values": shown + more}, "unique"))


def with_codes(own: OwnField, before: OwnField | None) -> OwnField:
    """Give each new word or sub-field a code that none had before; a code that was sent must be one of `before`'s."""
    if own.kind is OwnKind.ROWS:
        last = before.last_part if before else 0
        parts, last = with_part_codes(own.parts, before.parts if before else (), last)
        return replace(own, words=(), parts=parts, last_part=last)
    own = replace(own, parts=(), last_part=0)
    if own.kind not in LISTS:
        return replace(own, words=())
    free = {word.code for word in before.words} if before else set()
    last = max([own.last_word, *(int(code[1:]) for code in free)])
    words = []
    for word in own.words:
        if word.code in free:
            free.remove(word.code)
            words.append(word)
        else:
            last += 1
            words.append(replace(word, code=f"w{last}"))
    return replace(own, words=tuple(words), last_word=last)


def key_of(own: OwnField, taken: set[str]) -> str:
    """Return a key made from a field's name that none of these is."""
    letters = re.sub(r"[^a-z0-9]", "", sort_key(own.label).lower())[:_KEY_LETTERS] or "field"
    prefix = COMPUTED_PREFIX if own.is_computed else PREFIX
    keys = (f"{prefix}{letters}{number or ''}" for number in range(len(taken) + 2))
    return next(key for key in keys if key not in taken)


def write_own_field(
    uow: UnitOfWork, row: Mapping[str, Any] | None, own: OwnField, bare: Collection | None = None
) -> None:
    """Store a field in the place of its row, None for a new one, and tell the trail."""
    name = f"{own.collection}.{own.key}"
    new, old = stored_own_field(own), dict(row["field"]) if row else {}
    changes = [Change(key, _shown(old.get(key), key), _shown(value, key)) for key, value in new.items()]
    uow.save(OwnFieldRow, row, {"_id": name, "of": own.collection, "field": new})
    uow.record(
        "changed" if row or is_change(own) else "created", COLLECTION, name, _label(own, bare),
        changes=[
            change for change in changes if change.old != change.new and change.field not in ("last_word", "last_part")
        ],
    )  # fmt: skip


def _label(own: OwnField, bare: Collection | None = None) -> str:
    shipped = bare or SHIPPED[own.collection]
    field = shipped.by_key.get(own.key) if is_change(own) else None
    return f"{shipped.title}字段“{own_label(field) if field else own.label or own.key}”"


def _shown(value: Any, key: str) -> Any:
    """Return a value as the trail keeps it: words and further headings in one text, a no as nothing."""
    if key == "unique":
        return next((one.zh for one in Uniqueness if one.value == value), None)
    if isinstance(value, list):
        texts = [_shown_word(word) for word in value if isinstance(word, dict)]
        return "、".join(texts or value) or None
    return None if value in ("", False) else value


def _shown_word(word: Mapping[str, Any]) -> str:
    """Return a word of a list, or a sub-field with what is said of it, as the trail keeps it."""
    if "kind" not in word:
        return f"{word['label']}（停用）" if word.get("retired") else str(word["label"])
    kind = next(one.zh for one in PartKind if one.value == word["kind"])
    words = "/".join(_shown_word(one) for one in word["words"])
    told = [kind, word["unit"], "必填" if word["required"] else "", words]
    return f"{word['label']}（{'，'.join(text for text in told if text)}）"


def follow_fields(uow: UnitOfWork, *changes: tuple[OwnField | None, OwnField]) -> None:
    """Let indexes, computed values and search words follow as a job for each collection where they must."""
    for collection in sorted({after.collection for before, after in changes if _is_followed(before, after)}):
        ask_within(uow, FOLLOW, {"collection": collection})


def _is_followed(before: OwnField | None, after: OwnField) -> bool:
    was = [getattr(before, name) if before else False for name in _FOLLOWED]
    is_moved = was != [getattr(after, name) for name in _FOLLOWED]
    # Who may not see a field that ships takes it out of the search for all.
    is_moved = is_moved or bool(before and before.unseen_by) != bool(after.unseen_by)
    return is_moved or after.formula != (before.formula if before else "")


def refresh_fields() -> None:
    """Let this process work with the fields as they are stored now."""
    with after_commit("own fields in force"), reachable():
        refresh_own_fields()
