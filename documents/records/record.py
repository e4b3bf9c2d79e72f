"""What the four collections of records have in common: version, scope, search and their query set."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, Self

from bson import CodecOptions, ObjectId
from mongoengine.fields import ListField, StringField
from mongoengine.queryset import QuerySet
from pymongo import ReplaceOne, UpdateOne
from pymongo.collection import Collection as StoredCollection
from pymongo.errors import ExecutionTimeout

from documents.narrowing import clause_of
from documents.records import ranking, search
from documents.records.fields import office_midnight, stored_day
from documents.shard_keys import ShardKey, unchanged
from documents.versioned import Versioned
from rules.access import Actor
from rules.errors import Missing
from schema.collection import ComputedValue
from schema.field import Kind
from schema.narrowing.divisions import FORMATS, Division
from schema.narrowing.tree import Group

_OFFICE_ZONE = "+08:00"


@dataclass(frozen=True)
class Counts:
    """How many records there are, and in each county (by code); `more` when counting stopped at its limit."""

    total: int
    by_county: Mapping[str, int]
    more: bool = False


@dataclass(frozen=True)
class Sums:
    """What records add up to: of one `value` of a key, or of all. A sum is None where none of them has a number."""

    value: Any
    count: int
    sums: Mapping[str, float | None]
    filled: Mapping[str, int]
    label: str = ""


# So many found records are put in order by what they hold; more by their names' beginnings alone.
MOST_RANKED = 1_000
_MOST_REFERRED = 2_000
_MOST_OF_FIRST = (
    1_000  # in an order other than that of names, among which those that are suggested are looked for
)
_MOST_SUGGESTED_FROM = 60  # so many found records are looked at for the few that are suggested

# Lists and exports show days as they are stored: without a zone, which also decodes faster.
_NAIVE = CodecOptions(tz_aware=False)  # type: ignore[var-annotated]


def records_named(
    collection: "StoredCollection[dict[str, Any]]", words: Sequence[str]
) -> dict[str, list[Any]]:
    """Return the records of a collection that each folded word names."""
    rows = list(collection.find(search.any_of(words), {"name": 1}).limit(_MOST_REFERRED))
    texts = [(row["_id"], search.text_of_name(str(row.get("name") or ""))) for row in rows]
    return {word: [key for key, text in texts if search.holds(word, text)] for word in words}


def _plain(document: type["Record"]) -> "StoredCollection[dict[str, Any]]":
    return document.collection().with_options(codec_options=_NAIVE)


def _divided(by: Division) -> Any:
    """Return the expression by whose values records are divided: a key, a month, a year."""
    key = f"${by.field.key}"
    if not by.cut:
        return key
    zone = {"timezone": _OFFICE_ZONE} if by.field.kind is Kind.MOMENT else {}
    return {"$dateToString": {"date": key, "format": FORMATS[by.cut], "onNull": None, **zone}}


class RecordQuerySet(QuerySet):
    """Named queries; a view never builds a filter by hand.

    `bound_to` is the county of who asks, once `visible_to` has been asked; of a record of several counties whatever
    narrows the query set after that looks at this county's part alone.
    """

    bound_to = ""
    words = ""

    def visible_to(self, actor: Actor) -> Self:
        """Keep what is in the actor's scope: everything, or one county's records."""
        is_for = getattr(self._document, "is_for", None)
        if is_for is not None and not is_for(actor):
            return self.where_raw({"_id": {"$in": []}})
        shared = not self._document.county_key
        if shared or actor.county is None:
            return self
        found = self.in_county(actor.county)
        found.bound_to = actor.county
        return found

    @property
    def _part_of(self) -> str:
        """The county whose part of each record is looked at; "" for the whole of it."""
        return self.bound_to if getattr(self._document, "in_several_counties", False) else ""

    def _clone_into(self, new_qs: Self) -> Self:
        clone: Self = super()._clone_into(new_qs)
        clone.bound_to, clone.words = self.bound_to, self.words
        return clone

    def in_county(self, code: str | None) -> Self:
        """Keep the records of one county; all of them for None."""
        return self.where_raw({self._document.county_key: code}) if code else self

    @property
    def searched_through(self) -> str:
        """The collection that a search of these records asks first, since they refer to it; "" for none."""
        asked = getattr(self._document, "searched_through", None)
        return str(asked()) if asked else ""

    def matching(self, words: str, named: Mapping[str, Mapping[str, Sequence[Any]]] | None = None) -> Self:
        """Keep the records that hold every one of the words, or that refer to a base that a word names.

        `named` are the bases that each folded word names, under their collection, where the caller has asked already.
        """
        wanted = search.words_of(words) if words else []
        if not wanted:
            return self
        by_word: Mapping[str, Sequence[Any]] = {}
        if through := self.searched_through:
            others = self._document.collection().database[through]
            by_word = records_named(others, wanted) if named is None else named[through]
        found = self.where_raw(search.query(words, self._part_of, lambda word: by_word.get(word, ())))
        found.words = words
        return found

    def having(self, key: str, values: Sequence[Any]) -> Self:
        """Keep the records whose `key` has one of the values; all of them for none."""
        if not values:
            return self
        wanted = values[0] if len(values) == 1 else {"$in": list(values)}
        listed, _, inner = key.partition(".")
        if inner and self._part_of:
            return self.where_raw({listed: {"$elemMatch": {inner: wanted, "county": self._part_of}}})
        return self.where_raw({key: wanted})

    def filled(self, key: str, wanted: bool) -> Self:
        """Keep the records that have something under `key`, or those that have nothing."""
        listed, _, inner = key.partition(".")
        if inner and self._part_of:
            own = {"$elemMatch": {inner: {"$nin": [None, ""]}, "county": self._part_of}}
            return self.where_raw({listed: own if wanted else {"$not": own}})
        return self.where_raw({key: {"$nin": [None, "", []]} if wanted else {"$in": [None, "", []]}})

    def between(self, key: str, first: date | None, last: date | None) -> Self:
        """Keep the records whose day `key` lies from `first` to `last`, both included; None leaves an end open."""
        limits = {"$gte": first, "$lte": last}
        clause = {sign: stored_day(day) for sign, day in limits.items() if day}
        return self.where_raw({key: clause}) if clause else self

    def within_days(self, key: str, first: date | None, last: date | None) -> Self:
        """Keep the records whose moment `key` lies in the office's days from `first` to `last`, both included."""
        limits = {
            "$gte": office_midnight(first) if first else None,
            "$lt": office_midnight(last + timedelta(days=1)) if last else None,
        }
        clause = {sign: moment for sign, moment in limits.items() if moment}
        return self.where_raw({key: clause}) if clause else self

    def within(self, key: str, least: float | None, most: float | None) -> Self:
        """Keep the records whose number `key` is from `least` to `most`, both included; None leaves an end open."""
        limits = {"$gte": least, "$lte": most}
        clause = {sign: number for sign, number in limits.items() if number is not None}
        return self.where_raw({key: clause}) if clause else self

    def meeting(self, conditions: Group, today: date) -> Self:
        """Keep the records that meet the conditions of a list, on a day."""
        return self.where_raw(clause_of(conditions, today=today, part_of=self._part_of))

    def without(
        self, collection: str, key: str, day: str = "", first: date | None = None, last: date | None = None
    ) -> Self:
        """Keep the records that none of another collection names by `key`, between two of its days or ever.

        Each is asked for one such record: for collections of few records.
        """
        limits = {"$gte": first, "$lte": last}
        clause = {sign: stored_day(one) for sign, one in limits.items() if one}
        steps: list[dict[str, Any]] = [{"$match": {day: clause}}] if day and clause else []
        named = {
            "from": collection, "localField": "_id", "foreignField": key, "as": "named",
            "pipeline": [*steps, {"$limit": 1}, {"$project": {"_id": 1}}],
        }  # fmt: skip
        found = self._document.collection().aggregate(
            [
                {"$match": self.filters()},
                {"$project": {"_id": 1}},
                {"$lookup": named},
                {"$match": {"named": []}},
            ]
        )
        return self.where_raw({"_id": {"$in": [row["_id"] for row in found]}})

    def rows(
        self, keys: Iterable[str], order: Sequence[tuple[str, int]], *, skip: int = 0, limit: int = 0
    ) -> Any:
        """Return a cursor of raw records with these keys only, days as naive moments; nothing is dereferenced."""
        cursor = _plain(self._document).find(self.filters(), dict.fromkeys(keys, 1))
        # A page is one command: the server would send its 102nd row in a second one.
        return cursor.sort(list(order)).skip(skip).limit(limit).batch_size(limit)

    def following(self, order: Sequence[tuple[str, int]], last: Sequence[Any]) -> Self:
        """Keep what stands, in this order, behind a record with these values; a blank stands before all others."""
        clauses: list[dict[str, Any]] = []
        for number, (key, way) in enumerate(order):
            same = {before: value for (before, _), value in zip(order[:number], last, strict=False)}
            beyond = _beyond(key, last[number], way)
            if beyond is not None:
                clauses.append({**same, **beyond})
        (first, way), value = order[0], last[0]
        # So that an index is begun where the list goes on; blanks come first, and last where it runs backwards.
        begun = [{first: {"$gte": value}}] if way == 1 and value is not None else []
        return self.where_raw({"$and": [*begun, {"$or": clauses}]})

    def best_first(
        self,
        keys: Iterable[str],
        order: Sequence[tuple[str, int]],
        *,
        skip: int = 0,
        limit: int,
        many: bool = False,
    ) -> list[dict[str, Any]]:
        """Return raw records with these keys, those that the words name best first; equal ones in `order`.

        With `many` (more than `MOST_RANKED` were found) only those whose own name begins with the words come first,
        unless these are as many; all others stand in `order`.
        """
        keys = list(keys)
        if not self.words:
            return list(self.rows(keys, order, skip=skip, limit=limit))
        if not many:
            return self._ranked(self.filters(), keys, order, skip=skip, limit=limit)
        begins = {"search_tokens": ranking.beginnings_of(self.words)}
        best, others = {"$and": [self.filters(), begins]}, {"$nor": [begins]}
        count = _plain(self._document).count_documents(best, limit=MOST_RANKED + 1)
        if not count or count > MOST_RANKED:
            return list(self.rows(keys, order, skip=skip, limit=limit))
        found = self._ranked(best, keys, order, skip=skip, limit=limit) if skip < count else []
        if len(found) < limit:
            rest = self.where_raw(others).rows(
                keys, order, skip=max(0, skip - count), limit=limit - len(found)
            )
            found += rest
        return found

    def best_of(
        self, keys: Iterable[str], order: Sequence[tuple[str, int]], *, limit: int
    ) -> list[dict[str, Any]]:
        """Return the first of `best_first` where nobody has counted; of records in another order the first in that."""
        if not self.words or order[0][0] != "sort_key":
            return list(self.rows(keys, order, limit=limit))
        count = _plain(self._document).count_documents(self.filters(), limit=MOST_RANKED + 1)
        return self.best_first(keys, order, limit=limit, many=count > MOST_RANKED) if count else []

    def suggested_steps(
        self, keys: Iterable[str], order: Sequence[tuple[str, int]], scope: Mapping[str, Any], *, limit: int
    ) -> list[list[dict[str, Any]]]:
        """Return two pipelines that find a few of these records while somebody types: the best, then others.

        Best are those whose own name begins with the words; of records in another order than that of names the first
        in theirs, as far as they are among the first thousand in `scope`. Of all others only some are looked at: what
        nobody waits for need not be the very best. The second pipeline may give some of the first again.
        """
        shown = dict.fromkeys(keys, 1)
        if not self.words or order[0][0] != "sort_key":
            found, some = {"$match": self.filters()}, {"$limit": _MOST_SUGGESTED_FROM}
            ordered, project = {"$sort": dict(order)}, {"$project": shown}
            first: list[dict[str, Any]] = [{"$match": dict(scope)}, ordered, {"$limit": _MOST_OF_FIRST}]
            return [
                [*first, found, {"$limit": limit}, project],
                [found, some, ordered, {"$limit": 2 * limit}, project],
            ]
        begins = {"search_tokens": ranking.beginnings_of(self.words)}
        most: dict[str, Any] = {"skip": 0, "most": _MOST_SUGGESTED_FROM}
        return [
            self._ranked_steps({"$and": [self.filters(), begins]}, tuple(shown), order, limit=limit, **most),
            self._ranked_steps(self.filters(), tuple(shown), order, limit=2 * limit, **most),
        ]

    def all_best_first(
        self, keys: Iterable[str], order: Sequence[tuple[str, int]], *, batch: int
    ) -> Generator[dict[str, Any]]:
        """Yield raw records with these keys in the order of `best_first`, read in batches of this size."""
        keys = list(keys)
        stored = _plain(self._document)
        if not self.words:
            yield from self.rows(keys, order).batch_size(batch)
            return
        if stored.count_documents(self.filters(), limit=MOST_RANKED + 1) <= MOST_RANKED:
            yield from self._ranked(self.filters(), keys, order, skip=0, limit=MOST_RANKED)
            return
        begins = {"search_tokens": ranking.beginnings_of(self.words)}
        best, others = {"$and": [self.filters(), begins]}, {"$nor": [begins]}
        if 0 < stored.count_documents(best, limit=MOST_RANKED + 1) <= MOST_RANKED:
            yield from self._ranked(best, keys, order, skip=0, limit=MOST_RANKED)
            yield from self.where_raw(others).rows(keys, order).batch_size(batch)
        else:
            yield from self.rows(keys, order).batch_size(batch)

    def _ranked(
        self, clause: Mapping[str, Any], keys: Sequence[str], order: Sequence[tuple[str, int]], *, skip: int, limit: int
    ) -> list[dict[str, Any]]:  # fmt: skip
        steps = self._ranked_steps(clause, keys, order, skip=skip, limit=limit)
        return list(_plain(self._document).aggregate(steps, batchSize=limit + 1))

    def _ranked_steps(
        self, clause: Mapping[str, Any], keys: Sequence[str], order: Sequence[tuple[str, int]], *, skip: int,
        limit: int, most: int = 0,
    ) -> list[dict[str, Any]]:  # fmt: skip
        rank = ranking.rank_of(self.words, names_alone=bool(self._part_of))
        return [
            {"$match": dict(clause)},
            *([{"$limit": most}] if most else []),
            {"$project": {**dict.fromkeys((*keys, *(key for key, _ in order)), 1), "_rank": rank}},
            {"$sort": {"_rank": 1, **dict(order)}},
            {"$skip": skip},
            {"$limit": limit},
            {"$project": {"_rank": 0}},
        ]

    def sums(
        self, keys: Sequence[str], *, by: Division | None = None, most: int = 1, milliseconds: int
    ) -> list["Sums"] | None:
        """Add up the numbers of these records under each key; None where the server needs longer than it may.

        With `by` for each of its values apart, no more than `most`: the most frequent first, of days the latest.
        """
        group: dict[str, Any] = {"_id": _divided(by) if by else None, "n": {"$sum": 1}}
        for number, key in enumerate(keys):
            group[f"s{number}"] = {"$sum": f"${key}"}
            held = {"$cond": [{"$isNumber": f"${key}"}, 1, 0]}
            group[f"c{number}"] = {"$sum": held}
        if by and by.name_key:
            group["label"] = {"$first": f"${by.name_key}"}
        way = {"_id": -1} if by and by.cut else {"n": -1, "_id": 1}
        order: list[dict[str, Any]] = [{"$sort": way}, {"$limit": most}] if by else []
        steps: list[dict[str, Any]] = [{"$match": self.filters()}, {"$group": group}, *order]
        try:
            found = list(_plain(self._document).aggregate(steps, maxTimeMS=milliseconds, batchSize=most + 1))
        except ExecutionTimeout:
            return None
        return [
            Sums(
                row["_id"], row["n"],
                {key: row[f"s{number}"] if row[f"c{number}"] else None for number, key in enumerate(keys)},
                {key: row[f"c{number}"] for number, key in enumerate(keys)}, str(row.get("label") or ""),
            )
            for row in found
        ]  # fmt: skip

    def counts_by_county(self, most: int) -> "Counts":
        """Count these records, and those of each county, in one command; no more than `most` are looked at."""
        key = self._document.county_key
        grouped: list[dict[str, Any]] = [{"$group": {"_id": f"${key}", "n": {"$sum": 1}}}]
        several = key != "county"
        # Named, the county lets an index of county and key answer alone; every record with one county has it.
        named = {key: {"$gte": ""}} if not several and key in self._document._fields else {}
        steps: list[dict[str, Any]] = [
            {"$match": {"$and": [self.filters(), named]}},
            {"$limit": most + 1},
            {"$project": {key: 1, "_id": 0}},
        ]
        if several:
            steps.append({"$facet": {"total": [{"$count": "n"}], "by": [{"$unwind": f"${key}"}, *grouped]}})
        else:
            steps += grouped
        found = list(_plain(self._document).aggregate(steps))
        if several:
            total = sum(row["n"] for row in found[0]["total"])
            by_county = {row["_id"]: row["n"] for row in found[0]["by"]}
        else:
            by_county = {row["_id"]: row["n"] for row in found}
            total = sum(by_county.values())
        return Counts(total=min(total, most), by_county=by_county, more=total > most)

    def where_raw(self, clause: Mapping[str, Any]) -> Self:
        """Keep what meets a MongoDB filter built in this room."""
        return self.filter(__raw__=dict(clause))

    def filters(self) -> dict[str, Any]:
        """Return the MongoDB filter of this query set."""
        return dict(self._query)


class Record(Versioned):
    """A record of the office. Only `services` save one; the version counts its saves."""

    meta: ClassVar[dict[str, Any]] = {
        "abstract": True,
        "queryset_class": RecordQuerySet,
        "auto_create_index": False,
        "strict": False,
    }
    # Where its county stands (or, in a list, its counties); "" for what the whole office shares.
    county_key: ClassVar[str] = "county"
    # By which a sharded cluster divides the collection; none where one shard holds it all.
    shard_key: ClassVar[ShardKey] = ()
    # Whether a record may belong to several counties, each of which sees its own part of it alone.
    in_several_counties: ClassVar[bool] = False

    search_text = StringField()
    search_tokens = ListField(StringField())
    sort_key = StringField()

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows this record."""
        return str(raw.get("name", ""))

    @classmethod
    def counties_of(cls, raw: Mapping[str, Any]) -> list[str]:
        """Return the county codes that this record belongs to; none for what the whole office shares."""
        held = raw.get(cls.county_key) if cls.county_key else None
        if isinstance(held, list):
            return list(held)
        return [held] if held else []

    @classmethod
    def reference_name(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which other records name this one."""
        return cls.label_of(raw)

    @classmethod
    def reference_keys(cls) -> tuple[str, ...]:
        """Return the stored keys that `reference_name` reads."""
        return ()

    @classmethod
    def is_for(cls, actor: Actor) -> bool:
        """Tell whether an actor may see records of this collection at all."""
        return True

    @classmethod
    def is_visible(cls, raw: Mapping[str, Any], actor: Actor) -> bool:
        """Tell whether a stored record is in the actor's scope."""
        if not cls.is_for(actor):
            return False
        return cls.is_visible_in_county(raw, actor)

    @classmethod
    def is_visible_in_county(cls, raw: Mapping[str, Any], actor: Actor) -> bool:
        """Tell whether a stored record is the county's of `actor`, whatever their role may see."""
        return not cls.county_key or actor.county is None or actor.county in cls.counties_of(raw)

    @classmethod
    def read(cls, record_id: Any, actor: Actor, session: Any = None) -> dict[str, Any]:
        """Return a stored record in the actor's scope. Raises Missing when there is none."""
        raw = cls.collection().find_one({"_id": record_id}, session=session)
        if raw is None or not cls.is_visible(raw, actor):
            raise Missing()
        return dict(raw)

    @classmethod
    def searched_through(cls) -> str:
        """Return the collection that a search of these records asks first, since they refer to it; "" for none."""
        return ""

    @classmethod
    def search_fields(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derived `search_text`, `search_tokens` and `sort_key` of a stored record."""
        raise NotImplementedError

    @classmethod
    def computed_fields(cls, raw: Mapping[str, Any], today: date) -> dict[str, Any]:
        """Return the values of a stored record that follow from others by a formula, by stored key."""
        return {}

    @classmethod
    def related_fields(
        cls,
        ids: Sequence[Any],
        today: date,
        *,
        session: Any = None,
        computed: Sequence[ComputedValue] | None = None,
    ) -> dict[Any, dict[str, Any]]:
        """Return the values of these records that follow from other records, by id and stored key."""
        return {}

    @classmethod
    def derived_fields(cls, raw: Mapping[str, Any], today: date) -> dict[str, Any]:
        """Return all that is derived from a stored record on a day: computed values, then the search fields."""
        computed = cls.computed_fields(raw, today)
        return computed | cls.search_fields({**raw, **computed} if computed else raw)

    @classmethod
    def doubled_values(
        cls, key: str, *, in_county: bool, session: Any = None, most: int = 3
    ) -> tuple[int, list[Any]]:
        """Return how many values of `key` stand in more than one record, or one of a county's, and the first few."""
        group = {"value": f"${key}", **({"county": "$county"} if in_county else {})}
        steps: list[dict[str, Any]] = [
            {"$match": {key: {"$nin": [None, ""]}}},
            {"$group": {"_id": group, "count": {"$sum": 1}}},
            {"$match": {"count": {"$gt": 1}}},
            {"$sort": {"_id.value": 1}},
            {"$group": {"_id": None, "count": {"$sum": 1}, "values": {"$push": "$_id.value"}}},
            {"$project": {"count": 1, "values": {"$slice": ["$values", most]}}},
        ]
        found = next(iter(cls.collection().aggregate(steps, session=session)), None)
        return (found["count"], list(found["values"])) if found else (0, [])

    @classmethod
    def named(cls, ids: Iterable[Any], name_keys: Iterable[str], *, session: Any = None) -> Any:
        """Return id, these keys and county of records, whatever their county: for who checks a reference."""
        keys = dict.fromkeys((*name_keys, cls.county_key or "county"), 1)
        return cls.collection().find({"_id": {"$in": list(ids)}}, keys, session=session)

    @classmethod
    def whole(cls, record_id: Any, *, session: Any = None) -> dict[str, Any] | None:
        """Return a stored record whatever its county; None when there is none."""
        return cls.collection().find_one({"_id": record_id}, session=session)

    @classmethod
    def meeting(cls, clause: Mapping[str, Any], most: int, *, session: Any = None) -> Any:
        """Return at most so many stored records that meet a filter, as the transaction sees them."""
        return cls.collection().find(dict(clause), session=session).limit(most)

    @classmethod
    def values_taken_in(
        cls, county: str, key: str, moved: Mapping[str, Any], *, session: Any = None
    ) -> list[Any]:
        """Return values of a key that records which meet `moved` have, and others of a county too: a few of them."""
        held = {**moved, "county": {"$ne": county}, key: {"$nin": [None, ""]}}
        values = cls.collection().distinct(key, held, session=session)
        clause = {"county": county, key: {"$in": values}}
        return [row[key] for row in cls.collection().find(clause, {key: 1}, session=session).limit(3)]

    @staticmethod
    def in_list_under(
        key: str, name_key: str, record_id: Any, names: Sequence[str], *, but: bool
    ) -> dict[str, Any]:
        """Return the filter of the records whose list `key` has a record, by its copied name.

        That is one of `names`, or with `but` none of them.
        """
        place = {"$indexOfArray": [f"${key}", record_id]}
        shown = {"$ifNull": [{"$arrayElemAt": [{"$ifNull": [f"${name_key}", []]}, place]}, ""]}
        is_one = {"$in": [shown, list(names)]}
        return {key: record_id, "$expr": {"$not": [is_one]} if but else is_one}

    @classmethod
    def of_base(cls, base: ObjectId, *, session: Any) -> Any:
        """Return the stored records of one base, as a transaction sees them, without their search fields."""
        shown = dict.fromkeys(("search_text", "search_tokens", "sort_key"), 0)
        return cls.collection().find({"base": base}, shown, session=session)

    @classmethod
    def set_fields(cls, values: Mapping[Any, Mapping[str, Any]], *, session: Any = None) -> None:
        """Set these values of records by id; their version stays: for derived values and copies."""
        steps = [UpdateOne({"_id": key}, {"$set": dict(fields)}) for key, fields in values.items()]
        if steps:
            cls.collection().bulk_write(steps, ordered=False, session=session)

    @classmethod
    def after(cls, last: Any, most: int) -> list[dict[str, Any]]:
        """Return at most so many stored records in the order of their ids, from the one after `last` (None: first)."""
        clause = {} if last is None else {"_id": {"$gt": last}}
        return list(cls.collection().find(clause).sort("_id", 1).limit(most))

    @classmethod
    def renew_derived_fields(
        cls, rows: Iterable[Mapping[str, Any]], today: date, gone: Sequence[str] = ()
    ) -> None:
        """Make what is derived from these records anew where they have not been saved since; their version stays.

        What stands under the keys `gone`, of which nothing is derived any more, is taken away.
        """
        made = [(raw, cls.derived_fields(raw, today)) for raw in rows]
        steps = [
            UpdateOne(
                {"_id": raw["_id"], "version": raw["version"]},
                {"$set": fields} | ({"$unset": dict.fromkeys(gone, "")} if gone else {}),
            )
            for raw, fields in made
            if any(raw.get(key) != value for key, value in fields.items()) or any(key in raw for key in gone)
        ]
        if steps:
            cls.collection().bulk_write(steps, ordered=False)

    @classmethod
    def having_all(cls, wanted: Mapping[str, Sequence[Any]], *, session: Any = None) -> Any:
        """Return the stored records whose keys each have one of the values wanted of it, the oldest first."""
        clause = {key: {"$in": list(values)} for key, values in wanted.items()}
        return cls.collection().find(clause, session=session).sort("_id", 1)

    @classmethod
    def shown_of(cls, clause: Mapping[str, Any], keys: Iterable[str], *, session: Any = None) -> Any:
        """Return id, county and these keys of the stored records that meet a filter, the oldest first."""
        wanted = dict.fromkeys((*keys, cls.county_key or "county"), 1)
        return cls.collection().find(dict(clause), wanted, session=session).sort("_id", 1)

    @classmethod
    def count_referring(cls, clause: Mapping[str, Any], *, session: Any = None) -> int:
        """Return how many records meet a filter, whatever their county: for who must not lose what they refer to."""
        return cls.collection().count_documents(dict(clause), session=session)

    @classmethod
    def insert(cls, rows: Sequence[Mapping[str, Any]], *, session: Any = None) -> None:
        """Write new records as they are."""
        cls.collection().insert_many([dict(row) for row in rows], session=session)

    @classmethod
    def replace(
        cls, pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], *, session: Any = None
    ) -> int:
        """Replace records, each where it still has the version it was read at; return how many were."""
        steps = [ReplaceOne(unchanged(cls, before), dict(after)) for before, after in pairs]
        return cls.collection().bulk_write(steps, session=session).matched_count if steps else 0

    @classmethod
    def remove(cls, raw: Mapping[str, Any], *, session: Any = None) -> bool:
        """Take a record away where it still has this version; tell whether it did."""
        return cls.collection().delete_one(unchanged(cls, raw), session=session).deleted_count == 1

    @classmethod
    def by_ids(cls, ids: Iterable[ObjectId], actor: Actor) -> Any:
        """Return the query set of these records within the actor's scope."""
        return cls.objects.visible_to(actor).where_raw({"_id": {"$in": list(ids)}})


def _beyond(key: str, value: Any, way: int) -> dict[str, Any] | None:
    """Return the filter of what stands behind a value of one key; None where nothing can."""
    if way == 1:
        return {key: {"$ne": None}} if value is None else {key: {"$gt": value}}
    if value is None:
        return None
    return {"$or": [{key: {"$lt": value}}, {key: None}]}


def sort_indexes(*keys: str, county_key: str = "county") -> list[dict[str, Any]]:
    """Return two indexes a sortable key: for the whole city, and for one county."""
    return [
        {"fields": fields, "name": "_".join(fields)}
        for key in keys
        for fields in ([key, "_id"], [county_key, key, "_id"])
    ]
