"""The state of a record as the audit trail keeps it: a hash of what is stored, without what is derived from elsewhere.

Left out are search fields, values that follow from a formula, and the names and counties that a record copies from
the one it refers to: they follow without an entry of their own. Of a user the trail keeps what gives rights: who,
which role and county, which password.
"""

import hashlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import bson
from mongoengine import Document

from documents.applications.letter import Letter
from documents.applications.round import Round
from documents.assessment.checklist import Checklist
from documents.assessment.rule_set import RuleSet
from documents.definitions.own_collection import OwnCollectionRow
from documents.definitions.own_condition import OwnConditionRow
from documents.definitions.own_field import OwnFieldRow
from documents.desk.calendar_year import CalendarYear
from documents.desk.settings import OfficeSettings
from documents.desk.user import User
from documents.kinds import FILED
from documents.publication.notice import Notice
from documents.records.county import County
from documents.records.title_register import TitleRegister
from schema.definitions.own_fields import COMPUTED_PREFIX, is_name_key
from schema.field import Kind
from schema.registry import REGISTRY

GONE = ""  # the state of a record that is not there
_HASH_LENGTH = 32  # hexadecimal digits: 128 bits
_SEARCH = frozenset({"search_text", "search_tokens", "sort_key", "county_texts", "county_tokens"})
_OTHERS: Mapping[str, type[Document]] = MappingProxyType(
    {
        document._get_collection_name(): document
        for document in (
            User, OfficeSettings, RuleSet, County, Round, CalendarYear, Checklist, TitleRegister, Letter, Notice,
            OwnFieldRow, OwnCollectionRow, OwnConditionRow,
        )
    }
)  # fmt: skip
_OF_A_USER = (
    "name", "name_key", "display_name", "role", "county", "disabled", "password_hash",
)  # fmt: skip
_DERIVED: Mapping[str, frozenset[str]] = MappingProxyType({"counties": frozenset({"search_stale"})})


class _Stated(Mapping[str, type[Document]]):
    """The documents whose states the trail keeps, by the name of their collection."""

    def __getitem__(self, name: str) -> type[Document]:
        return _OTHERS[name] if name in _OTHERS else FILED[name]

    def __iter__(self) -> Iterator[str]:
        yield from FILED
        yield from _OTHERS

    def __len__(self) -> int:
        return len(FILED) + len(_OTHERS)


STATED: Mapping[str, type[Document]] = _Stated()


class States:
    """Makes the states of one collection's records."""

    def __init__(self, collection: str) -> None:
        """Read from the declaration what is derived."""
        self.collection = collection
        self._only = _OF_A_USER if collection == User._get_collection_name() else ()
        derived = set(_SEARCH | _DERIVED.get(collection, frozenset()))
        self._cooperations = ""
        declaration = REGISTRY.get(collection)
        if declaration is not None:
            for field in declaration.fields:
                if field.kind is Kind.COOPERATIONS:
                    self._cooperations = field.key
                    derived.add("counties")
                if field.name_key:
                    derived.add(field.name_key)
                    if field.scopes and declaration.county_key:
                        derived.add(declaration.county_key)
        self._derived = derived

    @property
    def projection(self) -> dict[str, int]:
        """The keys to read, as MongoDB takes them."""
        return dict.fromkeys(self._only, 1) if self._only else dict.fromkeys(sorted(self._derived), 0)

    def of(self, raw: Mapping[str, Any]) -> str:
        """Return the state of a stored record: the first 128 bits of the SHA-256 of its own part, hexadecimal."""
        keys = self._only or [
            key
            for key in raw
            if key not in self._derived and not key.startswith(COMPUTED_PREFIX) and not is_name_key(key)
        ]
        own = {key: raw[key] for key in sorted(keys) if key in raw and key != "_id"}
        if self._cooperations in own:
            own[self._cooperations] = [
                {key: one[key] for key in one if key not in ("base_name", "county")}
                for one in own[self._cooperations] or []
            ]
        return hashlib.sha256(bson.encode(own)).hexdigest()[:_HASH_LENGTH]

    def ids(self, clause: Mapping[str, Any], most: int, session: Any = None) -> list[Any]:
        """Return the ids of at most so many stored records that meet a filter, in their order."""
        collection = STATED[self.collection]._get_collection()
        rows = collection.find(dict(clause), {"_id": 1}, session=session).sort("_id", 1).limit(most)
        return [row["_id"] for row in rows]

    def read(self, clause: Mapping[str, Any], session: Any = None) -> Iterator[tuple[Any, str]]:
        """Yield id and state of the stored records that meet a filter, in the order of their ids."""
        collection = STATED[self.collection]._get_collection()
        rows = collection.find(dict(clause), self.projection, session=session).sort("_id", 1)
        return ((raw["_id"], self.of(raw)) for raw in rows)
