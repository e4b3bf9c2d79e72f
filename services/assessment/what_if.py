"""What if other figures were in force? The same facts held against two rule sets, and what turns between them.

The facts are read once (`services.assessment.assess.facts_of`); everything else here is counting.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from documents.assessment.assessment_counts import BaseRow
from documents.records.office_state import OfficeState
from office.excel.rows import row_maker
from office.excel.tables_writer import Table
from office.tables.what_if import WHAT_IF, WHAT_IF_YEARS
from rules.access import Actor, Permission
from rules.assessment.indicators import Assessment, Indicator, assess
from rules.assessment.shares import floored
from rules.rule_sets.measure_lines import ASSESSED, CONDITIONS, INDICATORS, MeasureLine
from rules.rule_sets.measures import Measures
from services.assessment.assess import BaseFacts, facts_of


@dataclass(frozen=True)
class ComparedBase:
    """One base (the keys an overview shows) under both rule sets."""

    base: BaseRow
    before: Assessment
    after: Assessment

    @property
    def newly_fails(self) -> bool:
        """Whether it meets the first rule set and not the second."""
        return self.before.meets and not self.after.meets

    @property
    def newly_passes(self) -> bool:
        """Whether it meets the second rule set and not the first."""
        return self.after.meets and not self.before.meets

    @property
    def turned(self) -> tuple[tuple[Indicator, Indicator], ...]:
        """The indicators that turn it, each under both rule sets."""
        return tuple(
            (before, after)
            for before, after in zip(self.before.indicators, self.after.indicators, strict=True)
            if before.met != after.met
        )


@dataclass(frozen=True)
class LineFailures:
    """How many bases fail one line under both rule sets, and how many by it alone (None: no indicator)."""

    line: MeasureLine
    before: int
    after: int
    alone_before: int | None
    alone_after: int | None
    values: tuple[float, ...]  # what the bases have, the least first; without those that have no value


@dataclass(frozen=True)
class BaseCounts:
    """Of some bases: how many there are, meet each rule set, and turn."""

    bases: int
    before: int
    after: int
    newly_failing: int
    newly_passing: int


@dataclass(frozen=True)
class Comparison:
    """Two rule sets on the same facts. `counties` by code, in the order given."""

    before: Measures
    after: Measures
    bases: tuple[ComparedBase, ...]
    total: BaseCounts
    counties: Mapping[str, BaseCounts]
    lines: tuple[LineFailures, ...]

    @property
    def newly_failing(self) -> list[ComparedBase]:
        """The bases that would newly fail, by county, the nearest to meeting it all first."""
        return self._sorted([compared for compared in self.bases if compared.newly_fails])

    @property
    def newly_passing(self) -> list[ComparedBase]:
        """The bases that would newly pass, by county, the farthest from failing again first."""
        return self._sorted([compared for compared in self.bases if compared.newly_passes])

    def _sorted(self, bases: list[ComparedBase]) -> list[ComparedBase]:
        order = {code: number for number, code in enumerate(self.counties)}
        return sorted(
            bases,
            key=lambda compared: (
                order.get(compared.base["county"], len(order)),
                compared.after.gap,
                -compared.after.margin,
            ),
        )


def try_out(
    before: Measures, after: Measures, year: int, *, today: date, actor: Actor, counties: Sequence[str],
    certified_only: bool = False,
) -> Comparison:  # fmt: skip
    """Return what would turn in the actor's scope if `after` were in force instead of `before`: four commands.

    Raises NotAllowed.
    """
    actor.demand(Permission.DRAFT_RULES)
    known = facts_of(year, today=today, actor=actor)
    if certified_only:
        known = [base_facts for base_facts in known if base_facts.base.get("status") == "certified"]
    return compare(known, before, after, counties)


def try_out_years(
    before: Measures, after: Measures, years: Iterable[int], *, today: date, actor: Actor, counties: Sequence[str],
) -> dict[int, Comparison]:  # fmt: skip
    """Return, by year, what would turn if `after` were in force instead of `before`: the records of each year.

    Raises NotAllowed.
    """
    return {year: try_out(before, after, year, today=today, actor=actor, counties=counties) for year in years}


def compare(
    known: Iterable[BaseFacts], before: Measures, after: Measures, counties: Sequence[str]
) -> Comparison:
    """Return the comparison of bases whose facts are known."""
    bases = tuple(
        ComparedBase(base_facts.base, assess(base_facts.facts, before), assess(base_facts.facts, after))
        for base_facts in known
    )
    codes = {compared.base["county"] for compared in bases}
    order = [*(code for code in counties if code in codes), *sorted(codes - set(counties))]
    return Comparison(
        before,
        after,
        bases,
        _counts(bases),
        {
            code: _counts([compared for compared in bases if compared.base["county"] == code])
            for code in order
        },
        tuple(_failing(line, bases, before, after) for line in ASSESSED),
    )


def _counts(bases: Sequence[ComparedBase]) -> BaseCounts:
    return BaseCounts(
        len(bases),
        sum(compared.before.meets for compared in bases),
        sum(compared.after.meets for compared in bases),
        sum(compared.newly_fails for compared in bases),
        sum(compared.newly_passes for compared in bases),
    )


def _failing(
    line: MeasureLine, bases: Sequence[ComparedBase], before: Measures, after: Measures
) -> LineFailures:
    # Of the functions met it is the second rule set's count that its threshold is held against.
    values = tuple(sorted(value for compared in bases if (value := line.actual(compared.after)) is not None))
    if line.function is not None:
        first, second = (
            sum(value < (line.asked(measures) or 0) for value in values) for measures in (before, after)
        )
        return LineFailures(line, first, second, None, None, values)
    indicator_key = INDICATORS[line.key]
    failed_before = [_failed(compared.before) for compared in bases]
    failed_after = [_failed(compared.after) for compared in bases]
    return LineFailures(
        line,
        before=sum(indicator_key in keys for keys in failed_before),
        after=sum(indicator_key in keys for keys in failed_after),
        alone_before=sum(keys == [indicator_key] for keys in failed_before),
        alone_after=sum(keys == [indicator_key] for keys in failed_after),
        values=values,
    )


def _failed(assessment: Assessment) -> list[str]:
    return [indicator.key for indicator in assessment.indicators if not indicator.met]


# --- Workbook ----------------------------------------------------------------------------------

_MEETS = {True: "达标", False: "不达标"}
Reasons = Mapping[Any, Sequence[str]]


def comparison_table(comparison: Comparison, reasons: Reasons, *, state: OfficeState, note: str) -> Table:
    """Return a sheet of the bases that newly fail, those that newly pass, then the others."""
    make = row_maker(
        WHAT_IF.fields, county_names=state.county_names, status_labels=state.status_labels("bases")
    )
    rows = [make(row) for row in _rows(comparison, reasons)]
    return Table.of(WHAT_IF, rows, title="办法试算", note=note)


def years_table(
    comparisons: Mapping[int, Comparison], reasons: Mapping[int, Reasons], *, state: OfficeState, note: str
) -> Table:
    """Return a sheet of several years one after the other, each as above."""
    make = row_maker(
        WHAT_IF_YEARS.fields, county_names=state.county_names, status_labels=state.status_labels("bases")
    )
    rows = [
        make({"year": year, **row})
        for year, comparison in comparisons.items()
        for row in _rows(comparison, reasons[year])
    ]
    return Table.of(WHAT_IF_YEARS, rows, title="办法试算（近五年）", note=note)


def _rows(comparison: Comparison, reasons: Reasons) -> Iterator[dict[str, Any]]:
    turning = [*comparison.newly_failing, *comparison.newly_passing]
    turned = {id(compared) for compared in turning}
    others = (compared for compared in comparison.bases if id(compared) not in turned)
    for compared in (*turning, *others):
        yield _row(compared, reasons.get(compared.base["_id"], ()))


def _row(compared: ComparedBase, reasons: Sequence[str]) -> dict[str, Any]:
    change = "新不达标" if compared.newly_fails else "新达标" if compared.newly_passes else "不变"
    row: dict[str, Any] = {
        "name": compared.base["name"],
        "county": compared.base["county"],
        "status": compared.base.get("status"),
        "meets_before": _MEETS[compared.before.meets],
        "meets_after": _MEETS[compared.after.meets],
        "change": change,
        "reasons": "；".join(reasons) if change != "不变" else "",
    }
    for number, line in enumerate(CONDITIONS):
        actual = line.actual(compared.after)
        is_share = INDICATORS.get(line.key) == "low_fee_share"
        row[f"actual{number}"] = floored(actual) if is_share and actual is not None else actual
        row[f"before{number}"] = line.asked(compared.before.measures)
        row[f"after{number}"] = line.asked(compared.after.measures)
    return row
