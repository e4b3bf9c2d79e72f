"""A county-level unit as the office keeps it: the shipped eleven, changed by an administrator, and further ones."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypedDict

from mongoengine import Document
from mongoengine.fields import BooleanField, DateTimeField, IntField, ListField, StringField
from pymongo.collection import Collection

from rules.access import Actor
from rules.counties import SHIPPED, Counties, CountyFacts, use_counties
from rules.errors import Missing

# What an administrator's save may change; the audit trail shows it.
DATA_KEYS = ("order", "name", "short", "aliases", "pinyin", "initials", "office")


class StoredCounty(TypedDict, total=False):
    """A county as it is stored; rows of before counties could be changed hold code, name, short and order alone."""

    _id: str  # the code
    name: str
    short: str
    order: int
    aliases: list[str]
    pinyin: list[str]
    initials: list[str]
    office: str
    search_stale: bool
    version: int


class County(Document):
    """One county. `order` is its customary place; `search_stale`: records still bear its former search words."""

    meta: ClassVar[dict[str, Any]] = {"collection": "counties", "auto_create_index": False, "strict": False}

    code = StringField(primary_key=True)
    name = StringField(required=True)
    short = StringField(required=True)
    order = IntField(required=True)
    aliases = ListField(StringField())
    pinyin = ListField(StringField())
    initials = ListField(StringField())
    office = StringField()
    search_stale = BooleanField()
    version = IntField(default=1)
    updated_at = DateTimeField()
    updated_by = StringField()

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection, on which services write."""
        return cls._get_collection()

    @classmethod
    def read(cls, code: str, actor: Actor, session: Any = None) -> dict[str, Any]:
        """Return a stored county; whoever may read counties reads all. Raises Missing when there is none."""
        raw = cls.collection().find_one({"_id": code}, session=session)
        if raw is None:
            raise Missing()
        return dict(raw)

    @classmethod
    def read_all(cls, session: Any = None) -> list[dict[str, Any]]:
        """Return every stored county."""
        return list(cls.collection().find({}, session=session))

    @classmethod
    def note_searched(cls, code: str, version: int) -> None:
        """Note that every record bears the search words of this version."""
        cls.collection().update_one({"_id": code, "version": version}, {"$unset": {"search_stale": ""}})


_SHIPPED = {county.code: county for county in SHIPPED}
# What is read of each row to put the counties in force.
FACTS = dict.fromkeys((*DATA_KEYS, "version"), 1)


def stored_facts(county: CountyFacts) -> StoredCounty:
    """Return a county's facts as they are stored, without version and code."""
    return StoredCounty(
        order=county.order, name=county.name, short=county.short, aliases=list(county.aliases),
        pinyin=list(county.pinyin), initials=list(county.initials), office=county.office,
    )  # fmt: skip


def facts_of(raw: Mapping[str, Any]) -> CountyFacts:
    """Return the facts of a stored county; what an older row does not say is as shipped."""
    shipped = _SHIPPED.get(raw["_id"])
    whole: dict[str, Any] = {**(stored_facts(shipped) if shipped else {}), **raw}
    return CountyFacts(
        code=raw["_id"], name=whole["name"], short=whole["short"], order=whole["order"],
        aliases=tuple(whole.get("aliases") or ()), pinyin=tuple(whole.get("pinyin") or ()),
        initials=tuple(whole.get("initials") or ()), office=whole.get("office") or "",
    )  # fmt: skip


class _InForce:
    """The stored rows that this process works with, and what was made of them."""

    def __init__(self) -> None:
        self._rows: list[Mapping[str, Any]] = []
        self._counties = Counties(SHIPPED)
        self.versions = 0

    def take(self, rows: list[Mapping[str, Any]]) -> Counties:
        """Put the counties of these rows in force; they are made anew only where the rows are others than last time."""
        if rows and rows != self._rows:
            self._counties = Counties.of(facts_of(row) for row in rows)
            self._rows = rows
            self.versions = sum(row.get("version") or 0 for row in rows)
        use_counties(self._counties)
        return self._counties


_IN_FORCE = _InForce()


def put_in_force(rows: Iterable[Mapping[str, Any]]) -> Counties:
    """Let this process work with the counties of these stored rows (of which only `FACTS` were read)."""
    return _IN_FORCE.take(list(rows))


def versions_in_force() -> int:
    """Return the sum of the versions of the counties in force: every change of a county makes it another one."""
    return _IN_FORCE.versions


def refresh_counties() -> Counties:
    """Read the office's counties and put them in force: one command."""
    return put_in_force(County.collection().find({}, FACTS))


def seed_counties() -> None:
    """Store the shipped counties that are missing, and complete rows of before counties could be changed."""
    for county in SHIPPED:
        facts = {**stored_facts(county), "version": 1}
        County.collection().update_one({"_id": county.code}, {"$setOnInsert": facts}, upsert=True)
        facts.pop("order")
        County.collection().update_one({"_id": county.code, "version": {"$exists": False}}, {"$set": facts})
