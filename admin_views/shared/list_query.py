"""What a list's address asks for, read without ever failing: what makes no sense is left out."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlencode

from bson import ObjectId
from werkzeug.datastructures import MultiDict

from documents.records.record import RecordQuerySet
from office.excel.cells import parse
from rules.choices import Choices
from rules.counties import office_counties
from rules.errors import Refusal, Refused
from rules.standard_signs import standard_signs
from schema.collection import Collection, Tabular
from schema.field import Field, Kind
from schema.narrowing.address import LONGEST, written
from schema.narrowing.address import read as read_conditions
from schema.narrowing.divisions import Division
from schema.narrowing.tree import Group

SIZES = (20, 50, 100, 200)
_DEFAULT_SIZE = 50
MOST_SEARCH = 100  # characters
CONDITIONS = "where"  # the argument of conditions
GROUP = "group"  # the argument of what the list is divided by


@dataclass(frozen=True)
class FilterSpec:
    """A filter of a list, of a kind; one that is `quiet` stands over the list only while it narrows it.

    `kind` is choice, status, days, lookup, filled (whether there is anything at all), amount (a number from and to) or
    without (that no record of another collection names it, between two days or ever).
    `lookup` names the collection whose look-up finds the record, `key` the stored key when it is not `name`; of
    without the collection whose records would name it, by `key`, and `day` is theirs.
    `options` gives value and words of what may be chosen where these are records of the office, such as rounds.
    """

    name: str
    kind: str
    label: str
    choices: Choices | None = None
    lookup: str = ""
    key: str = ""
    options: Callable[[], Sequence[tuple[str, str]]] | None = None
    is_number: bool = False  # what is chosen is stored as a whole number
    is_moment: bool = False  # its days are the office's, and what is stored are moments within them
    quiet: bool = False
    day: str = ""

    @property
    def has_ends(self) -> bool:
        """Whether it lies between two ends, each of which may be left open."""
        return self.kind in ("days", "amount") or bool(self.day)

    def takes(self, value: str) -> bool:
        """Tell whether a value may be asked for where records of the office are offered.

        A record that is no more still narrows the list: an old link shows nothing rather than everything.
        """
        offered = {value for value, _ in self.options()} if self.options else set()
        return value in offered or (not self.is_number and ObjectId.is_valid(value))

    @classmethod
    def of(cls, field: Field) -> "FilterSpec":
        """Return the filter of a declared field."""
        if field.refers_to:
            key = "" if field.filter_key == field.key else field.filter_key
            return cls(field.key, "lookup", field.label, lookup=field.refers_to, key=key)
        words = (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO, Kind.COUNTY)
        kinds = {
            Kind.STATUS: "status",
            Kind.DATE: "days",
            Kind.MOMENT: "days",
            **dict.fromkeys(words, "choice"),
        }
        kind = kinds.get(field.kind, "filled")
        options = _counties if field.kind is Kind.COUNTY else None
        return cls(
            field.key, kind, field.label, field.choices, options=options, is_moment=field.kind is Kind.MOMENT
        )


def _counties() -> Sequence[tuple[str, str]]:
    return [(one.code, one.short) for one in office_counties()]


def filters_of(declaration: Collection) -> tuple[FilterSpec, ...]:
    """Return the filters of a declared collection, in their order."""
    return tuple(FilterSpec.of(field) for field in declaration.filters)


@lru_cache(maxsize=500)
def further_filters(declaration: Collection) -> tuple[FilterSpec, ...]:
    """Return what else the address may narrow a list by: every number and day, and whether there is anything."""
    found = []
    declared = {one.key for one in declaration.filters}
    for one in declaration.fields:
        if not (one.stored and one.exported) or one.kind is Kind.COUNTY:
            continue
        if one.kind in (Kind.INTEGER, Kind.DECIMAL):
            key = f"{one.key}_amount" if one.key in declared else one.key
            found.append(FilterSpec(key, "amount", one.label, key=one.key, quiet=True))
        elif one.key not in declared and FilterSpec.of(one).kind in ("choice", "status", "days"):
            found.append(replace(FilterSpec.of(one), quiet=True))
        found.append(FilterSpec(f"{one.key}_filled", "filled", one.label, key=one.filter_key, quiet=True))
    return tuple(
        one for one in found if one.name not in declaration.by_key or one.name == (one.key or one.name)
    )


def without_filters(declaration: Collection, others: Iterable[Collection]) -> tuple[FilterSpec, ...]:
    """Return the filters for records that none of the others names; only of a collection of few records."""
    if not declaration.few:
        return ()
    found = (
        (other, one, number)
        for other in others
        for number, one in enumerate(each for each in other.references if each.refers_to == declaration.name)
    )
    return tuple(
        # The first reference is what the collection is of; a further one is told by its key.
        FilterSpec(
            f"without_{other.name}_{one.key}" if number else f"without_{other.name}", "without", other.label,
            lookup=other.name, key=one.key, quiet=True, day=other.asked_day,
        )
        for other, one, number in found
    )  # fmt: skip


@dataclass(frozen=True)
class Without:
    """That no record of a collection names a record by `key`, with its `day` between two days, or ever."""

    collection: str
    key: str
    day: str
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Conditions:
    """The conditions in a list's address, as `text` has them, on a day.

    Where they cannot be read, `fault` says why and the list is empty: never more than was asked for.
    """

    text: str
    today: date
    group: Group | None = None
    fault: Refusal | None = None

    @classmethod
    def read(cls, text: str, fields: Sequence[Field], today: date) -> "Conditions":
        """Read the argument of an address; of these fields."""
        try:
            group = read_conditions(text, {one.key: one for one in fields})
        except Refused as problem:
            return cls(text[:LONGEST], today, fault=problem.refusals[0])
        return cls(written(group), today, group)

    def narrow(self, records: Any) -> Any:
        """Keep the records that meet them."""
        if self.group is None:
            return records.where_raw({"_id": {"$in": []}})
        return records.meeting(self.group, self.today)


@dataclass(frozen=True)
class ListQuery:
    """The present list: county, words, filters, conditions, order, page and columns."""

    county: str = ""
    search: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    days: Mapping[str, tuple[date | None, date | None]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)  # filters whose stored key is not their name
    sort: str = ""
    descending: bool = False
    page: int = 1
    size: int = _DEFAULT_SIZE
    columns: tuple[str, ...] = ()
    sort_name: str = "name"  # the field that is sorted by its pinyin
    filled: frozenset[str] = frozenset()  # filters that ask whether there is anything
    numbers: frozenset[str] = frozenset()  # filters whose values are stored as whole numbers
    moments: frozenset[str] = frozenset()  # filters by day of what is stored as moments
    amounts: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    without: Mapping[str, Without] = field(default_factory=dict)
    conditions: Conditions | None = None
    group: Division | None = None  # whose records stand together

    @classmethod
    def read(
        cls,
        args: MultiDict[str, str],
        declaration: Tabular,
        filters: Sequence[FilterSpec],
        *,
        bound: str | None,
    ) -> "ListQuery":
        """Read the query arguments. `bound` is the county that a county clerk is bound to."""
        county = bound or (args.get("county", "") if args.get("county") in office_counties().by_code else "")
        sort = args.get("sort", "")
        key = sort.removeprefix("-")
        sortable = {column.key for column in declaration.exported if column.sortable}
        known = {column.key for column in declaration.exported}
        columns = tuple(dict.fromkeys(key for key in args.getlist("columns") if key in known))
        return cls(
            county=county,
            search=_clean(args.get("search", ""))[:MOST_SEARCH],
            chosen=_chosen(args, filters),
            days=_days(args, filters),
            keys={spec.name: spec.key for spec in filters if spec.key},
            sort=key if key in sortable else "",
            descending=sort.startswith("-") and key in sortable,
            page=_number(args.get("page"), least=1, most=1_000_000, default=1),
            size=_number(args.get("size"), least=1, most=SIZES[-1], default=_DEFAULT_SIZE),
            columns=columns,
            sort_name=declaration.sort_name,
            filled=frozenset(spec.name for spec in filters if spec.kind == "filled"),
            numbers=frozenset(spec.name for spec in filters if spec.is_number),
            moments=frozenset(spec.name for spec in filters if spec.is_moment),
            amounts=_amounts(args, filters),
            without=_without(args, filters),
        )

    @property
    def narrowed(self) -> bool:
        """Whether words or filters (the county apart) narrow the list."""
        asked = (self.search, self.chosen, self.days, self.amounts, self.without, self.conditions)
        return any(asked)

    def narrows_by(self, name: str) -> bool:
        """Tell whether a filter narrows the list."""
        return any(name in asked for asked in (self.chosen, self.days, self.amounts, self.without))

    @property
    def only_status(self) -> str | None:
        """The one status that alone narrows the list; None when something else does."""
        statuses = self.chosen.get("status", ())
        alone = len(self.chosen) == 1 and len(statuses) == 1 and not self.search
        more = self.days or self.amounts or self.without or self.conditions
        return statuses[0] if alone and not more else None

    def pairs(self, **changes: Any) -> list[tuple[str, str]]:
        """Return the query arguments, with `changes` made; a change to None takes one away."""
        found = [(name, value) for asked, name, value in self._asked if asked not in changes]
        for name, value in changes.items():
            changed = value if isinstance(value, list | tuple) else [value]
            found += [(name, str(one)) for one in changed if one not in (None, "")]
        return found

    @cached_property
    def _asked(self) -> tuple[tuple[str, str, str], ...]:
        """The query arguments as they are, each with what it belongs to; a page asks for some fifty addresses."""
        found = [("county", "county", self.county), ("search", "search", self.search)]
        found += [(name, name, value) for name, values in self.chosen.items() for value in values]
        for name, limits in self._limits():
            ends = zip(("from", "to"), limits, strict=True)
            found += [(name, f"{name}_{end}", text) for end, text in ends]
        found += [(name, name, "yes") for name in self.without]
        found.append((CONDITIONS, CONDITIONS, self.conditions.text if self.conditions else ""))
        found.append(("sort", "sort", ("-" if self.descending else "") + self.sort if self.sort else ""))
        found.append((GROUP, GROUP, self.group.name if self.group else ""))
        found.append(("size", "size", str(self.size) if self.size != _DEFAULT_SIZE else ""))
        found += [("columns", "columns", key) for key in self.columns]
        return tuple(one for one in found if one[2])

    def _limits(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Yield the filters that have two ends, as the address writes these."""
        days = {**self.days, **{name: (one.first, one.last) for name, one in self.without.items()}}
        for name, (first, last) in days.items():
            yield name, (first.isoformat() if first else "", last.isoformat() if last else "")
        for name, (least, most) in self.amounts.items():
            yield name, (amount_text(least), amount_text(most))

    def query(self, **changes: Any) -> str:
        """Return the query string with its question mark; "" when there is nothing to say."""
        pairs = self.pairs(**changes)
        return "?" + urlencode(pairs) if pairs else ""

    def narrow(self, records: Any, *, county: bool = True) -> Any:
        """Return the query set that this query asks for; without its county for the county bar."""
        found: RecordQuerySet = records
        if county:
            found = found.in_county(self.county)
        found = found.matching(self.search)
        for name, values in self.chosen.items():
            key = self.keys.get(name, name)
            if name in self.filled:
                found = found.filled(key, values == ("yes",)) if len(values) == 1 else found
            elif name in self.numbers:
                found = found.having(key, [int(value) for value in values])
            else:
                found = found.having(key, [_stored(value) for value in values])
        for name, (first, last) in self.days.items():
            within = found.within_days if name in self.moments else found.between
            found = within(name, first, last)
        for name, (least, most) in self.amounts.items():
            found = found.within(self.keys.get(name, name), least, most)
        for one in self.without.values():
            found = found.without(one.collection, one.key, one.day, one.first, one.last)
        return self.conditions.narrow(found) if self.conditions else found

    def order(self, default: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
        """Return the order of the rows; equal ones by id, so that no row is on two pages."""
        order, group = default, self.group
        way = -1 if self.descending else 1
        if self.sort:
            order = (("sort_key" if self.sort == self.sort_name else self.sort, way), ("_id", way))
        if group is None:
            return order
        key, usual = group.order
        first = (key, way if self.sort == group.field.key else usual)
        return (first, *(one for one in order if one[0] != key))


def _clean(text: str) -> str:
    text = standard_signs(text)
    return "".join(sign for sign in text if ord(sign) >= 32 and not 0xD800 <= ord(sign) <= 0xDFFF).strip()


def _number(text: str | None, *, least: int, most: int, default: int) -> int:
    try:
        return min(max(int((text or "")[:12]), least), most)
    except ValueError:
        return default


def _stored(value: str) -> Any:
    if value in ("yes", "no"):
        return value == "yes"
    return ObjectId(value) if ObjectId.is_valid(value) else value


def _chosen(args: MultiDict[str, str], filters: Sequence[FilterSpec]) -> dict[str, tuple[str, ...]]:
    found = {}
    for spec in filters:
        if spec.kind in ("days", "amount", "without"):
            continue
        values = [_clean(value)[:60] for value in args.getlist(spec.name)]
        if spec.kind == "lookup":
            values = [value for value in values if ObjectId.is_valid(value)]
        elif spec.kind == "filled":
            values = [value for value in values if value in ("yes", "no")]
        elif spec.options:
            values = [value for value in values if spec.takes(value)]
        elif spec.choices:
            values = [value for value in values if value in {word.value for word in spec.choices}]
        values = [value for value in dict.fromkeys(values) if value]
        if values:
            found[spec.name] = tuple(values)
    return found


def _days(
    args: MultiDict[str, str], filters: Sequence[FilterSpec]
) -> dict[str, tuple[date | None, date | None]]:
    found = {}
    for spec in filters:
        if spec.kind == "days":
            first, last = (_day(args.get(f"{spec.name}_{end}", "")) for end in ("from", "to"))
            if first or last:
                found[spec.name] = (first, last)
    return found


LONGEST_AMOUNT = 24  # signs


def amount_text(amount: float | None) -> str:
    """Return a number as an address writes it."""
    return "" if amount is None else f"{amount:.15g}"


def _amounts(
    args: MultiDict[str, str], filters: Sequence[FilterSpec]
) -> dict[str, tuple[float | None, float | None]]:
    found = {}
    for spec in filters:
        if spec.kind == "amount":
            least, most = (_amount(args.get(f"{spec.name}_{end}", "")) for end in ("from", "to"))
            if least is not None or most is not None:
                found[spec.name] = (least, most)
    return found


def _amount(text: str) -> float | None:
    try:
        amount = float(_clean(text)[:LONGEST_AMOUNT].replace(",", ""))
    except ValueError:
        return None
    return amount if math.isfinite(amount) else None


def _without(args: MultiDict[str, str], filters: Sequence[FilterSpec]) -> dict[str, Without]:
    found = {}
    for spec in filters:
        if spec.kind == "without" and args.get(spec.name) == "yes":
            days = [_day(args.get(f"{spec.name}_{end}", "")) if spec.day else None for end in ("from", "to")]
            found[spec.name] = Without(spec.lookup, spec.key, spec.day, *days)
    return found


_DAY = Field("day", "", "", Kind.DATE)


def _day(text: str) -> date | None:
    try:
        found = parse(_DAY, _clean(text)[:40])
    except Refused:
        return None
    return found.date() if isinstance(found, datetime) else found
