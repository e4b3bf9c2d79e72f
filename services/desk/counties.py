"""The office's counties: changed and added by an administrator; records follow with their search words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pymongo import UpdateOne

from documents.desk.audit_entry import Change
from documents.kinds import FILED
from documents.records.county import DATA_KEYS, County, facts_of, refresh_counties, stored_facts
from documents.records.record import Record
from documents.records.search import initials, sort_key
from documents.server.connection import reachable
from documents.shard_keys import unchanged
from rules.access import Actor, Permission
from rules.counties import CountyFacts, refusals_of_county
from rules.errors import Missing, Refused, Stale
from schema.definitions.configuration import of_entry
from services.shared.unit_of_work import UnitOfWork, after_commit, in_one_transaction

COLLECTION = "counties"
_AT_ONCE = 500
# What of a county stands in the search words of its records.
_SEARCHED = ("name", "short", "pinyin", "initials")


@dataclass(frozen=True)
class StoredVersion:
    """A county as it is stored, and the version that a save must name."""

    facts: CountyFacts
    version: int


def list_counties() -> list[StoredVersion]:
    """Return the counties in the office's order. Raises Unavailable."""
    with reachable():
        rows = [StoredVersion(facts_of(raw), raw.get("version", 0)) for raw in County.read_all()]
    return sorted(rows, key=lambda row: (row.facts.order, row.facts.code))


def read_county(code: str, actor: Actor) -> StoredVersion:
    """Return one county. Raises Missing, Unavailable."""
    with reachable():
        raw = County.read(code, actor)
    return StoredVersion(facts_of(raw), raw.get("version", 0))


def with_spellings(county: CountyFacts) -> CountyFacts:
    """Return a county with the pinyin and initials of its names where none were given."""
    names = dict.fromkeys((county.short, county.name))
    pinyin = county.pinyin or tuple(dict.fromkeys(sort_key(name).replace(" ", "") for name in names))
    short = county.initials or tuple(dict.fromkeys(initials(name) for name in names))
    return replace(county, pinyin=pinyin, initials=short)


def save_county(county: CountyFacts, *, version: int, actor: Actor, now: datetime) -> None:
    """Keep a county; `version` 0 adds one. Its records get its new search words before this returns.

    Raises Refused with a sentence for each field at fault, Stale, Missing, NotAllowed, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    county = with_spellings(county)

    def work(uow: UnitOfWork) -> bool:
        stored = {raw["_id"]: raw for raw in County.read_all(uow.session)}
        before = stored.get(county.code)
        if version and before is None:
            raise Missing()
        if version and before is not None and before.get("version", 0) != version:
            raise Stale()
        others = [facts_of(raw) for code, raw in stored.items() if not version or code != county.code]
        reasons = refusals_of_county(county, others)
        if reasons:
            raise Refused(*reasons)
        return _write(uow, before, county)

    follow = in_one_transaction(work, actor=actor, now=now)
    follow_counties(searched=follow)


def put_counties(uow: UnitOfWork, counties: Iterable[CountyFacts]) -> bool:
    """Write those of these counties that differ or are new; tell whether records must follow.

    They are judged as they stand together afterwards, so that two may change names. Raises Refused.
    """
    stored = {raw["_id"]: raw for raw in County.read_all(uow.session)}
    given = {county.code: with_spellings(county) for county in counties}
    whole = {code: facts_of(raw) for code, raw in stored.items()} | given
    for code, county in given.items():
        reasons = refusals_of_county(county, [other for key, other in whole.items() if key != code])
        if reasons:
            raise Refused(*of_entry(county.name, reasons))
    follow = False
    for code, county in given.items():
        follow = _write(uow, stored.get(code), county) or follow
    return follow


def follow_counties(*, searched: bool) -> None:
    """After a write: put the counties in force, and where they are `searched` by, give records their new words."""
    with after_commit("search words of a county"):
        if searched:
            finish_search_words()
        with reachable():
            refresh_counties()


def _write(uow: UnitOfWork, before: dict[str, Any] | None, county: CountyFacts) -> bool:
    """Write the county where it differs; tell whether records must follow."""
    new = stored_facts(county)
    old = stored_facts(facts_of(before)) if before else {}
    changes = [Change(key, _shown(old.get(key)), _shown(new.get(key))) for key in DATA_KEYS]
    changes = [change for change in changes if change.old != change.new]
    if not changes:
        return False
    follow = before is not None and any(old.get(key) != new.get(key) for key in _SEARCHED)
    stale = {"search_stale": True} if follow or (before or {}).get("search_stale") else {}
    uow.save(County, before, {"_id": county.code, **new, **stale})
    uow.record("changed" if before else "created", COLLECTION, county.code, county.name, changes=changes)
    return follow


def _shown(value: Any) -> Any:
    """Return a value as the trail keeps it: names in one text."""
    return ("、".join(value) if isinstance(value, list) else value) or None


def finish_search_words() -> int:
    """Give the records of changed counties their new search words; return how many. Call it at start as well.

    Search words are derived from a record and move no version. A record that is saved meanwhile has them already, and
    is left alone.
    """
    with reachable():
        stale = [raw for raw in County.read_all() if raw.get("search_stale")]
        if not stale:
            return 0
        refresh_counties()
        done = 0
        for raw in stale:
            done += sum(_follow(document, raw["_id"]) for document in FILED.values())
            County.note_searched(raw["_id"], raw["version"])
    return done


def _follow(document: type[Record], code: str) -> int:
    if document.county_key not in document._fields:
        return 0
    done = 0
    for steps in _batches(document, code):
        done += document.collection().bulk_write(steps, ordered=False).modified_count
    return done


def _batches(document: type[Record], code: str) -> Iterator[list[UpdateOne]]:
    steps: list[UpdateOne] = []
    for row in document.collection().find({document.county_key: code}, batch_size=_AT_ONCE):
        steps.append(UpdateOne(unchanged(document, row), {"$set": document.search_fields(row)}))
        if len(steps) == _AT_ONCE:
            yield steps
            steps = []
    if steps:
        yield steps
