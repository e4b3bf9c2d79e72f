"""The office's own fields as they are stored, one document each; and the declarations in force in this process.

Every signed-in request reads by how much they and the own collections were changed in all, in the command that reads
its session (`documents/desk/settings.py`); a process that meets other numbers reads them and declares the collections
anew. Every transaction reads how often any of them was changed, with the state of the data
(`services/shared/maintenance_mode.py`): nothing is written by an earlier definition after a later one is in force.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar

from mongoengine.fields import BooleanField, DictField, StringField
from pymongo.client_session import ClientSession

from documents.definitions.own_collection import OwnCollectionRow
from documents.definitions.own_condition import OwnConditionRow
from documents.maintenance.data_state import DataState
from documents.records.status import Status
from documents.versioned import Versioned
from rules.access import Actor
from rules.errors import Missing, Refused
from schema.collection import Collection
from schema.definitions.conditions import Purpose, conditions_of, own_condition_of
from schema.definitions.formulas import Formulas, StatusWords, formulas_of, office_scope
from schema.definitions.own_collections import OwnCollection, as_collection, own_collection_of
from schema.definitions.own_fields import OwnField, own_field_of, with_own_fields
from schema.definitions.own_words import use_own_words
from schema.definitions.shipped_fields import with_changes
from schema.expressions import Scope
from schema.registry import REGISTRY

COLLECTION = "own_fields"


class _WithoutOwnFields(Mapping[str, Collection]):
    """The declarations without own fields, by name: those that ship, and the own collections in force."""

    def __init__(self) -> None:
        self.shipped = {one.name: one for one in REGISTRY}
        self.own: dict[str, Collection] = {}

    def __getitem__(self, name: str) -> Collection:
        return self.own[name] if name in self.own else self.shipped[name]

    def __iter__(self) -> Iterator[str]:
        return iter([*self.shipped, *self.own])

    def __len__(self) -> int:
        return len(self.shipped) + len(self.own)


_DECLARED = _WithoutOwnFields()
# The declarations without own fields, whatever this process has in force.
SHIPPED: Mapping[str, Collection] = _DECLARED


class OwnFieldRow(Versioned):
    """An own field: `_id` is `collection.key`, `field` what `stored_own_field` gives.

    One that was deleted stays as a row without a field, so that its key is never given again and every change moves
    the sum of the versions.
    """

    meta: ClassVar[dict[str, Any]] = {"collection": COLLECTION, "auto_create_index": False, "strict": False}

    key = StringField(primary_key=True)
    of = StringField()
    field = DictField()
    deleted = BooleanField()

    @classmethod
    def read(cls, key: str, actor: Actor, session: ClientSession | None = None) -> dict[str, Any]:
        """Return the stored row of `collection.key`. Raises Missing, also for a deleted one."""
        raw = cls.collection().find_one({"_id": key, "deleted": {"$ne": True}}, session=session)
        if raw is None:
            raise Missing()
        return dict(raw)

    @classmethod
    def deleted_keys(cls, name: str, prefix: str) -> list[str]:
        """Return the keys of a collection's deleted fields that begin with `prefix`."""
        rows = cls.collection().find({"of": name, "deleted": True}, {"_id": 1})
        keys = [str(row["_id"]).partition(".")[2] for row in rows]
        return [key for key in keys if key.startswith(prefix)]

    @classmethod
    def present(cls, session: ClientSession | None = None) -> list[dict[str, Any]]:
        """Return the stored rows of every collection, without deleted ones."""
        return list(cls.collection().find({"deleted": {"$ne": True}}, session=session))

    @classmethod
    def of_collection(cls, name: str, session: ClientSession | None = None) -> list[dict[str, Any]]:
        """Return the stored rows of a collection, deleted ones too."""
        return list(cls.collection().find({"of": name}, session=session))


class _InForce:
    """What this process works with."""

    def __init__(self) -> None:
        self.changes = (0, 0, 0)
        self.kinds = 0
        self.rows: list[dict[str, Any]] = []
        self.collections: list[dict[str, Any]] = []
        self.conditions: list[dict[str, Any]] = []

    def take(
        self,
        rows: list[dict[str, Any]],
        conditions: list[dict[str, Any]],
        statuses: StatusWords,
        collections: list[dict[str, Any]],
    ) -> None:
        """Declare the collections with these rows; those whose rows are the same stay as they are."""
        self.changes = _sum_of(rows), _sum_of(conditions), _sum_of(collections)
        if (rows, conditions, collections) == (self.rows, self.conditions, self.collections):
            return
        changed = self._take_collections(collections)
        before, self.rows = self.rows, rows
        ruled = {row["of"] for row in (*conditions, *self.conditions)}
        self.conditions = conditions
        fields: list[OwnField] = []
        for name, bare in SHIPPED.items():
            own = [own_field_of(row["field"]) for row in rows if row["of"] == name and not row.get("deleted")]
            fields += own
            mine = [row for row in rows if row["of"] == name]
            is_other = mine != [row for row in before if row["of"] == name]
            if is_other or name in changed or name in ruled:
                REGISTRY.add(with_own_fields(with_changes(bare, own), own))
        words = [pair for own in fields for pair in own.english_words.items()]
        use_own_words([*words, *(pair for own in self.own for pair in own.english_words.items())])

        @lru_cache
        def scope(name: str) -> Scope:
            return office_scope(REGISTRY[name], REGISTRY, statuses)

        @lru_cache
        def wide(name: str) -> Scope:
            return office_scope(REGISTRY[name], REGISTRY, statuses, related=True)

        kept = [own_condition_of(row["condition"]) for row in conditions if not row.get("deleted")]
        read = conditions_of([one for one in kept if one.collection in SHIPPED], scope)
        for name, formulas in _formulas(fields, wide).of.items():
            REGISTRY.add(replace(REGISTRY[name], computed=formulas))
        for name, found in read.of.items():
            rules = tuple(one.as_rule() for one in found if one.own.purpose is not Purpose.COLOUR)
            colours = tuple(one.as_colouring() for one in found if one.own.purpose is Purpose.COLOUR)
            declared = REGISTRY[name]
            REGISTRY.add(replace(declared, rules=(*declared.rules, *rules), colourings=colours))

    @property
    def own(self) -> list[OwnCollection]:
        """The own collections that there are, hidden ones too, in the order in which they were made."""
        rows = [row for row in self.collections if not row.get("deleted")]
        return [own_collection_of(row["collection"]) for row in sorted(rows, key=_by_age)]

    def _take_collections(self, collections: list[dict[str, Any]]) -> set[str]:
        """Know these own collections and no others; return the names of those that are declared anew."""
        if collections == self.collections:
            return set()
        self.collections = collections
        wanted = {own.name: own for own in self.own}
        for name in _DECLARED.own.keys() - wanted.keys():
            REGISTRY.remove(name)
        _DECLARED.own = {name: as_collection(own) for name, own in wanted.items()}
        return set(wanted)


def _sum_of(rows: list[dict[str, Any]]) -> int:
    return sum(row.get("version") or 0 for row in rows)


def _by_age(row: Mapping[str, Any]) -> Any:
    return str(row.get("created_at") or ""), row["_id"]


def _formulas(fields: Sequence[OwnField], scope: Callable[[str], Scope]) -> Formulas:
    """Return the formulas that can be read now: a value whose formula cannot stays as it is."""
    try:
        return formulas_of(fields, scope)
    except Refused:  # a circle, which no service lets in
        return Formulas()


_IN_FORCE = _InForce()


def changes_in_force() -> tuple[int, int, int]:
    """Return the sums of the versions of own fields, conditions and own collections in force: each change adds."""
    return _IN_FORCE.changes


def kinds_in_force() -> int:
    """Return up to which change of the definitions this process knows of (`DataState.note_kinds`)."""
    return _IN_FORCE.kinds


def own_collections_in_force() -> list[OwnCollection]:
    """Return the own collections that this process knows, hidden ones too, in the order in which they were made."""
    return _IN_FORCE.own


def refresh_own_fields() -> None:
    """Read what the office has declared and declare the collections with it: four commands, with formulas five."""
    kinds = DataState.kinds_now()  # before what it counts: what is changed meanwhile is read again
    collections = OwnCollectionRow.stored()
    rows = list(OwnFieldRow.collection().find({}).sort("_id", 1))
    conditions = OwnConditionRow.read_all()
    is_computed = any((row.get("field") or {}).get("formula") for row in rows) or conditions
    put_own_fields_in_force(rows, conditions, Status.words_of_all() if is_computed else {}, collections)
    _IN_FORCE.kinds = kinds


def put_own_fields_in_force(
    rows: list[dict[str, Any]],
    conditions: Sequence[dict[str, Any]] = (),
    statuses: StatusWords | None = None,
    collections: list[dict[str, Any]] | None = None,
) -> None:
    """Let this process work with these stored rows; with none the collections are as they ship.

    `statuses` are the office's own, which formulas speak of; `collections` the rows of its own collections.
    """
    _IN_FORCE.take(rows, list(conditions), statuses or {}, collections or [])
    if not rows:
        _IN_FORCE.kinds = 0
