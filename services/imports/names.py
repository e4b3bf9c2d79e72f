"""Find bases, partners and statuses by what a workbook calls them, within the actor's scope.

Read once at the start of an import; the transactions that write check the ids again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Never, Protocol

from bson import ObjectId

from documents.kinds import RECORDS
from documents.records.base import Base
from documents.records.status import Status
from rules.access import Actor
from rules.choices import plain
from rules.counties import office_counties
from rules.errors import Refusal, Refused
from rules.words import N_

# Written in the partner's column when the base gave the service itself.
_THE_BASE_ITSELF = frozenset({"本基地", "基地", "基地自身", "基地自办", "无", "-", "—", "/"})
_SEVERAL_BASES = N_(
    "“%(value)s” is the name of several bases, in %(counties)s. Please write the county before the name."
)


@dataclass(frozen=True)
class _Named:
    """A record as it is looked up: its id and the counties it belongs to."""

    id: ObjectId
    counties: tuple[str, ...]


def without_county(key: str) -> tuple[str | None, str]:
    """Return the county that a compared name begins with and the rest of the name; None and the name if none."""
    bare = key.removeprefix("山东省").removeprefix("聊城市")
    for prefix, code in office_counties().prefixes:
        if bare.startswith(prefix) and len(bare) > len(prefix):
            return code, bare[len(prefix) :]
    return None, bare or key


class BaseNames:
    """The bases of the actor's scope by their names, former names, and names without the county before them."""

    def __init__(self, actor: Actor) -> None:
        """Read them in one command."""
        self._exact: dict[str, list[_Named]] = {}
        self._former: dict[str, list[_Named]] = {}
        self._short: dict[str, list[_Named]] = {}
        for row in Base.objects.visible_to(actor).rows(["name", "county", "former_names"], [("_id", 1)]):
            named = _Named(row["_id"], (row["county"],))
            key = plain(row["name"])
            self._exact.setdefault(key, []).append(named)
            self._short.setdefault(without_county(key)[1], []).append(named)
            for former in {plain(name) for name in row.get("former_names", [])} - {key}:
                self._former.setdefault(former, []).append(named)

    def find(self, text: str, field: str) -> ObjectId:
        """Return the base that `text` names. Refused when none does, or more than one."""
        key = plain(text)
        county, rest = without_county(key)
        short = [one for one in self._short.get(rest, []) if county is None or county in one.counties]
        for found in (self._exact.get(key), self._former.get(key), short):
            if found and len(found) == 1:
                return found[0].id
            if found:
                known = office_counties().by_code
                counties = "、".join(
                    known[code].name for one in found for code in one.counties if code in known
                )
                _refuse(_SEVERAL_BASES, field, value=text, counties=counties)
        _refuse(
            N_("“%(value)s” is not among the bases that you keep. Please compare the name with the list of bases."),
            field, value=text,
        )  # fmt: skip


class RecordNames:
    """The records of a collection in the actor's scope by their names; `nobody` are words that name none of them."""

    def __init__(
        self,
        collection: str,
        actor: Actor,
        *,
        unknown: str,
        several: str,
        nobody: frozenset[str] = frozenset(),
    ) -> None:
        """Read them in one command."""
        self._unknown, self._several, self._nobody = unknown, several, nobody
        self._exact: dict[str, list[ObjectId]] = {}
        for row in RECORDS[collection].objects.visible_to(actor).rows(["name"], [("_id", 1)]):
            self._exact.setdefault(plain(row.get("name", "")), []).append(row["_id"])

    def find(self, text: str, field: str) -> ObjectId | None:
        """Return the record that `text` names, None for nobody. Refused when none does, or more than one."""
        key = plain(text)
        ids = self._exact.get(key, [])
        if len(ids) == 1:
            return ids[0]
        if ids:
            _refuse(self._several, field, value=text)
        if key in self._nobody:
            return None
        _refuse(self._unknown, field, value=text)


class Names(Protocol):
    """Finds a record by what a workbook calls it."""

    def find(self, text: str, field: str) -> ObjectId | None:
        """Return the record's id, None where the word means nobody. Raises Refused."""


def names_of(collection: str, actor: Actor) -> Names:
    """Return what finds the records of a collection by name."""
    if collection == "bases":
        return BaseNames(actor)
    if collection == "service_partners":
        return RecordNames(
            collection, actor, nobody=_THE_BASE_ITSELF,
            unknown=N_(
                "“%(value)s” is not among the service partners that you keep. Please compare the name with their list."
            ),
            several=N_("“%(value)s” is the name of several service partners. Please enter this row on screen."),
        )  # fmt: skip
    return RecordNames(
        collection, actor,
        unknown=N_("“%(value)s” is not among the records that you keep. Please compare the name with their list."),
        several=N_("“%(value)s” is the name of several records. Please enter this row on screen."),
    )  # fmt: skip


class StatusNames:
    """The statuses of one collection by label and by code."""

    def __init__(self, collection: str) -> None:
        """Read them in one command."""
        rows = Status.words_of(collection)
        self._labels = [row["label"] for row in rows]
        self._codes: Mapping[str, str] = {
            **{plain(row["code"]): row["code"] for row in rows},
            **{plain(row["label"]): row["code"] for row in rows},
        }

    def find(self, text: str, field: str) -> str:
        """Return the code of the status. Refused, with the allowed labels, when there is no such status."""
        found = self._codes.get(plain(text))
        if found is None:
            _refuse(
                N_("“%(value)s” is not one of the statuses: %(words)s."),
                field, value=text, words="；".join(self._labels),
            )  # fmt: skip
        return found


def _refuse(message: str, field: str, *, value: str, **params: Any) -> Never:
    shown = value if len(value) <= 40 else value[:39] + "…"
    raise Refused(Refusal(message, {"value": shown, **params}, field=field))
