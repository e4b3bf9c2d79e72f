"""Counted figures, kept with the writes that change them: pages over all bases read a few rows a base, no ledger.

One row holds one *part* of the figures of one base:

- `2026`: what the entries that count add up to in the year (`all`), the share of it that names no company
  (`nameless`), both again for each month (`by_month`), and `months`, the number of entries by month and function;
  of companies how many came less those that left; `fees` and `answers`, the number of entries by month and word;
- `2026-05`: the same of each of the month's `days`, and of `blocks` of six days;
- `tenants`: by year (`years`) how many companies came less those that left, and their people; `moved_in` and
  `moved_out`, how many of any size came or left, by year and industry;
- `quality-2026`: how many entries belong to the year's ledger, have which fault and a file; its drafts by the month
  (`drafts`) and the day (`draft_days`) on which they were entered.

What stands up to a day is the whole less what comes later: whole months, whole blocks and some days. Keys and
amounts are those of `rules.assessment.kept_figures`; the writer is `services.shared.figure_changes`, the judge
`services.assessment.kept_figures`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import ObjectIdField, StringField
from pymongo import UpdateOne
from pymongo.client_session import ClientSession
from pymongo.collection import Collection as StoredCollection

from rules.assessment.kept_figures import (
    ALL,
    ANSWERS,
    ANSWERS_GIVEN,
    COMPANY_TIMES,
    ENTRIES,
    FEES,
    LOW_FEE,
    MOVED_IN,
    MOVED_OUT_IN,
    NAMELESS,
    SATISFIED_ANSWERS,
    counted_amounts,
    counted_day,
    counted_parts,
    counted_words,
    fault_key,
    function_key,
    meaning,
    moves_of_company,
    quality_amounts,
    steps_of_company,
)
from rules.assessment.ledger_quality import Fault, draft_since, quality_year, waits_since
from rules.choices import ServiceFunction

WITH_FILES = "with_files"
DOUBLE = fault_key(Fault.DOUBLE)
_STATE = "state"  # the row that tells which program's figures these are
ALL_TENANTS = "tenants"
_DAYS_OF_BLOCK = 6
_FUNCTION_KEYS: Mapping[ServiceFunction, str] = {
    function: function_key(function) for function in ServiceFunction
}
_MOST = 100_000  # rows that one answer holds: none is fetched in pieces

# A part of the figures of one base; and amounts by their dotted keys.
Place = tuple[str, ObjectId]
Amounts = Mapping[str, int]
Raw = Mapping[str, Any]


@dataclass(frozen=True)
class KeptOnDay:
    """The figures of one base for a year, up to a day of it, by the keys of `rules.assessment.kept_figures`.

    `all` are those of every entry that counts, and of the companies housed on that day; `nameless` those of the
    entries that name no company.
    """

    all: Amounts = field(default_factory=dict)
    nameless: Amounts = field(default_factory=dict)


class KeptFigures(Document):
    """One part of the figures of one base; see the module."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "kept_figures",
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["part", "base"], "unique": True, "name": "part_base_unique"},
            {"fields": ["base"], "name": "base"},
        ],
    }

    part = StringField(required=True)
    base = ObjectIdField()

    @classmethod
    def collection(cls) -> "StoredCollection[dict[str, Any]]":
        """Return the PyMongo collection, on which services write."""
        return cls._get_collection()

    # --- Written ---------------------------------------------------------------------------------

    @classmethod
    def are_built(cls) -> bool:
        """Tell whether figures are kept that mean what this program means by them."""
        return cls.collection().find_one({"part": _STATE, "meaning": meaning()}, {"_id": 1}) is not None

    @classmethod
    def note_built(cls, session: ClientSession) -> None:
        """Note that all figures have been built as this program means them."""
        state = {"part": _STATE, "base": None}
        cls.collection().replace_one(state, {**state, "meaning": meaning()}, upsert=True, session=session)

    @classmethod
    def add(cls, changes: Mapping[Place, Amounts], session: ClientSession) -> None:
        """Add amounts to figures, within the transaction of the write that changes them."""
        steps = []
        for (part, base), amounts in changes.items():
            added = {key: amount for key, amount in amounts.items() if amount}
            if added:
                steps.append(UpdateOne({"part": part, "base": base}, {"$inc": added}, upsert=True))
        if steps:
            cls.collection().bulk_write(steps, ordered=False, session=session)

    @classmethod
    def put(cls, base: ObjectId, figures: Mapping[Place, Amounts], session: ClientSession) -> None:
        """Put these figures in the place of all that are kept of one base."""
        cls.collection().delete_many({"base": base}, session=session)
        trees = {place: _tree(amounts) for place, amounts in figures.items()}
        rows = [{"part": part, "base": base, **tree} for (part, _), tree in trees.items() if tree]
        if rows:
            cls.collection().insert_many(rows, session=session)

    # --- Read ------------------------------------------------------------------------------------

    @classmethod
    def bases(cls) -> set[ObjectId]:
        """Return the bases of which any figure is kept."""
        return {base for base in cls.collection().distinct("base") if base is not None}

    @classmethod
    def whole(cls, bases: Sequence[ObjectId], session: ClientSession) -> dict[Place, dict[str, int]]:
        """Return every kept figure of these bases that is not 0."""
        figures: dict[Place, dict[str, int]] = {}
        for row in cls.collection().find({"base": {"$in": list(bases)}}, {"_id": 0}, session=session):
            amounts = {key: amount for key, amount in flat(row) if amount}
            if amounts:
                figures[row["part"], row["base"]] = amounts
        return figures

    @classmethod
    def on_day(cls, year: int, day: date, bases: Collection[ObjectId]) -> dict[ObjectId, KeptOnDay]:
        """Return the figures of bases for a year up to `day`, a day within it: one command."""
        span = _within_month(day)
        parts, keys = [year_part(year), ALL_TENANTS], [ALL, NAMELESS, "years"]
        months = range(day.month if span.earlier else day.month + 1, 13)
        keys += [f"by_month.{month:02}" for month in months]
        if span.keys:
            parts.append(month_part(year, day.month))
            keys += span.keys
        by_base: dict[ObjectId, dict[str, Raw]] = {}
        for row in cls._rows(parts, bases, keys):
            by_base.setdefault(row["base"], {})[row["part"]] = row
        return {base: _on_day(rows, year, day, earlier=span.earlier) for base, rows in by_base.items()}

    @classmethod
    def functions_on_day(
        cls, year: int, day: date, bases: Collection[ObjectId], *, with_nameless: bool
    ) -> dict[ObjectId, set[ServiceFunction]]:
        """Return of which functions each base has a counted entry in a year up to `day`: two commands at most.

        `with_nameless`: those that name no company count too. A base without any may be missing.
        """
        shown: dict[ObjectId, set[ServiceFunction]] = {}
        asked = set(bases)
        if with_nameless:
            asked = set()
            wanted = [f"months.{month:02}" for month in range(day.month, 13)]
            wanted += [f"{ALL}.{key}" for key in _FUNCTION_KEYS.values()]
            for row in cls._rows([year_part(year)], bases, wanted):
                shown[row["base"]], undecided = _before_month(row, day.month)
                if undecided:  # what there is of some function came in this month: before or after the day
                    asked.add(row["base"])
        for base, figures in (cls.on_day(year, day, asked) if asked else {}).items():
            shown[base] = {
                function
                for function, key in _FUNCTION_KEYS.items()
                if figures.all.get(key, 0) > (0 if with_nameless else figures.nameless.get(key, 0))
            }
        return shown

    @classmethod
    def months(cls, year: int, bases: Collection[ObjectId]) -> dict[ObjectId, dict[tuple[int, str], int]]:
        """Return how many counted entries of a year each base has, by month and function."""
        return {
            row["base"]: {
                (int(month), function): count
                for month, functions in row.get("months", {}).items()
                for function, count in functions.items()
                if count
            }
            for row in cls._rows([year_part(year)], bases, ["months"])
        }

    @classmethod
    def tallies(
        cls, years: Collection[int], bases: Collection[ObjectId]
    ) -> dict[ObjectId, dict[str, dict[str, Any]]]:
        """Return of each base, by part, what is counted by words: of years by month, of companies by year.

        Of a year `months`, `fees`, `answers` and the sums of `all`; of ALL_TENANTS `moved_in` and `moved_out`. One
        command.
        """
        keys = ("months", FEES, ANSWERS_GIVEN, MOVED_IN, MOVED_OUT_IN)
        sums = (ENTRIES, COMPANY_TIMES, LOW_FEE, ANSWERS, SATISFIED_ANSWERS)
        wanted = (*keys, *(f"{ALL}.{key}" for key in sums))
        by_base: dict[ObjectId, dict[str, dict[str, Any]]] = {}
        for row in cls._rows([ALL_TENANTS, *map(year_part, years)], bases, wanted):
            by_base.setdefault(row["base"], {})[row["part"]] = row
        return by_base

    @classmethod
    def quality(cls, year: int, today: date, bases: Collection[ObjectId]) -> dict[ObjectId, dict[str, int]]:
        """Return how many entries of each base have which fault (by its code), ENTRIES in all and WITH_FILES."""
        limit = waits_since(today)  # drafts of an earlier day have waited too long
        keys = [ENTRIES, WITH_FILES, "faults", "drafts"]
        keys += [f"draft_days.{limit:%Y-%m}-{number:02}" for number in range(1, limit.day)]
        counts = {}
        for row in cls._rows([quality_part(year)], bases, keys):
            old = sum(n for month, n in row.get("drafts", {}).items() if month < f"{limit:%Y-%m}")
            old += sum(row.get("draft_days", {}).values())
            own = {ENTRIES: row.get(ENTRIES, 0), WITH_FILES: row.get(WITH_FILES, 0)}
            counts[row["base"]] = own | row.get("faults", {}) | {Fault.OLD_DRAFT.value: old}
        return counts

    @classmethod
    def _rows(cls, parts: Sequence[str], bases: Collection[ObjectId], keys: Iterable[str]) -> list[Any]:
        wanted = {"part": {"$in": list(parts)}, "base": {"$in": list(bases)}}
        shown = {"_id": 0, "part": 1, "base": 1, **dict.fromkeys(keys, 1)}
        return list(cls.collection().find(wanted, shown, batch_size=_MOST))


def year_part(year: int) -> str:
    """Return the part that holds a year's sums."""
    return f"{year:04}"


def month_part(year: int, month: int) -> str:
    """Return the part that holds a month's sums and those of its days."""
    return f"{year:04}-{month:02}"


def quality_part(year: int) -> str:
    """Return the part that holds the faults of a year's ledger."""
    return f"quality-{year:04}"


def _last_of_month(day: date) -> int:
    return ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day


@dataclass(frozen=True)
class _Span:
    """The keys within a month that sum up the days up to a day (`earlier`), or those after it."""

    keys: tuple[str, ...]
    earlier: bool


def _within_month(day: date) -> _Span:
    """Return the shorter way to what lies within the month of `day`: blocks of six days, and days."""
    end = _last_of_month(day)
    before, after = _keys_of_days(1, day.day, end), _keys_of_days(day.day + 1, end, end)
    return _Span(before, earlier=True) if len(before) + 1 < len(after) else _Span(after, earlier=False)


def _keys_of_days(first: int, last: int, end: int) -> tuple[str, ...]:
    """Return the fewest keys that sum up the days from `first` to `last` of a month that has `end` days."""
    keys = []
    number = first
    while number <= last:
        block = _block(number)
        if (number - 1) % _DAYS_OF_BLOCK == 0 and min(number + _DAYS_OF_BLOCK - 1, end) <= last:
            keys.append(f"blocks.{block}")
            number += _DAYS_OF_BLOCK
        else:
            keys.append(f"days.{number:02}")
            number += 1
    return tuple(keys)


def _block(number: int) -> int:
    return (number - 1) // _DAYS_OF_BLOCK


def _before_month(row: Raw, month: int) -> tuple[set[ServiceFunction], bool]:
    """Return which functions a base shows before a month, and whether another one is shown within the month itself."""
    months, shown, undecided = row.get("months", {}), set(), False
    for function, key in _FUNCTION_KEYS.items():
        whole = row.get(ALL, {}).get(key, 0)
        if whole > sum(functions.get(function.value, 0) for functions in months.values()):
            shown.add(function)
        elif months.get(f"{month:02}", {}).get(function.value, 0):
            undecided = True
    return shown, undecided


def _on_day(rows: Mapping[str, Raw], year: int, day: date, *, earlier: bool) -> KeptOnDay:
    """Return the whole of a year less what comes after `day`; of companies the whole of all years up to it."""
    whole, of_month = rows.get(year_part(year), {}), rows.get(month_part(year, day.month), {})
    sums: dict[str, Counter[str]] = {name: Counter(whole.get(name, {})) for name in (ALL, NAMELESS)}
    for came_in, amounts in rows.get(ALL_TENANTS, {}).get("years", {}).items():
        if int(came_in) <= year:
            sums[ALL].update(amounts)
    within = [*of_month.get("blocks", {}).values(), *of_month.get("days", {}).values()]
    for name, total in sums.items():
        for amounts in whole.get("by_month", {}).values():
            total.subtract(amounts.get(name, {}))
        for amounts in within:
            if earlier:
                total.update(amounts.get(name, {}))
            else:
                total.subtract(amounts.get(name, {}))
    return KeptOnDay(sums[ALL], sums[NAMELESS])


# --- What one record adds --------------------------------------------------------------------------


# To a figure, by the part of its base's figures and its key, so much.
Added = Iterator[tuple[str, str, int]]


def added_by_entry(entry: Raw) -> Added:
    """Yield what a ledger entry by itself adds to which figure of its base; its files and doubles apart."""
    day = counted_day(entry)
    if day is not None:
        of_year = year_part(day.year)
        amounts = counted_amounts(entry)
        for name in counted_parts(entry):
            for key, amount in amounts.items():
                yield of_year, f"{name}.{key}", amount
                for part, dated in dated_keys(day, f"{name}.{key}"):
                    yield part, dated, amount
        yield of_year, f"months.{day.month:02}.{entry['function']}", 1
        for key in counted_words(entry, day):
            yield of_year, key, 1
    place = quality_place(entry)
    if place is None:
        return
    for key, amount in quality_amounts(entry).items():
        yield place[0], key, amount
    created_on = draft_since(entry)
    if created_on is not None:
        yield place[0], f"drafts.{created_on:%Y-%m}", 1
        yield place[0], f"draft_days.{created_on:%Y-%m-%d}", 1


@lru_cache(maxsize=20_000)
def dated_keys(day: date, key: str) -> tuple[tuple[str, str], ...]:
    """Return in which part, under which key, a figure of one day is kept: with its month, its block, and by itself."""
    of_month = month_part(day.year, day.month)
    return (
        (year_part(day.year), f"by_month.{day.month:02}.{key}"),
        (of_month, f"blocks.{_block(day.day)}.{key}"),
        (of_month, f"days.{day.day:02}.{key}"),
    )


def quality_place(entry: Raw) -> Place | None:
    """Return where the faults of a ledger entry are kept; None when it belongs to no year."""
    year = quality_year(entry)
    return None if year is None else (quality_part(year), entry["base"])


def added_by_company(company: Raw) -> Added:
    """Yield what a tenant company adds to which figure of its base."""
    for day, amounts in steps_of_company(company):
        for key, amount in amounts.items():
            yield ALL_TENANTS, f"years.{day.year:04}.{key}", amount
            for part, dated in dated_keys(day, f"{ALL}.{key}"):
                yield part, dated, amount
    for key in moves_of_company(company):
        yield ALL_TENANTS, key, 1


# --- Dotted keys -----------------------------------------------------------------------------------


def flat(tree: Raw, path: str = "") -> Iterator[tuple[str, int]]:
    """Yield the numbers of a stored row by their dotted keys."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{path}{key}.")
        elif isinstance(value, int):
            yield path + key, value


def _tree(amounts: Amounts) -> dict[str, Any]:
    """Return amounts as a stored row has them; zeros leave no trace."""
    tree: dict[str, Any] = {}
    for key, amount in amounts.items():
        if amount:
            *folders, last = key.split(".")
            place = tree
            for folder in folders:
                place = place.setdefault(folder, {})
            place[last] = amount
    return tree
