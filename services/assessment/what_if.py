"""What if other figures were in force? The same facts held against two rule sets, and what turns between them.

The facts are read once (`services.assessment.assess.facts_of`); everything else here is counting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.access import Actor, Permission
from rules.assessment import Assessment, Indicator, assess
from rules.measure_lines import ASSESSED, INDICATORS, Line
from rules.measures import Measures
from services.assessment.assess import BaseFacts, facts_of


@dataclass(frozen=True)
class Compared:
    """One base (the keys an overview shows) under both rule sets."""

    base: Mapping[str, Any]
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
            (one, other)
            for one, other in zip(self.before.indicators, self.after.indicators, strict=True)
            if one.met != other.met
        )


@dataclass(frozen=True)
class Failing:
    """How many bases fail one line under both rule sets, and how many by it alone (None: no indicator)."""

    line: Line
    before: int
    after: int
    alone_before: int | None
    alone_after: int | None
    values: tuple[float, ...]  # what the bases have, the least first; without those that have no value


@dataclass(frozen=True)
class Counts:
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
    bases: tuple[Compared, ...]
    total: Counts
    counties: Mapping[str, Counts]
    lines: tuple[Failing, ...]

    @property
    def newly_failing(self) -> list[Compared]:
        """The bases that would newly fail, by county, the nearest to meeting it all first."""
        return self._sorted([one for one in self.bases if one.newly_fails])

    @property
    def newly_passing(self) -> list[Compared]:
        """The bases that would newly pass, by county, the farthest from failing again first."""
        return self._sorted([one for one in self.bases if one.newly_passes])

    def _sorted(self, found: list[Compared]) -> list[Compared]:
        order = {code: number for number, code in enumerate(self.counties)}
        return sorted(
            found,
            key=lambda one: (order.get(one.base["county"], len(order)), one.after.gap, -one.after.margin),
        )


def try_out(
    before: Measures, after: Measures, year: int, *, today: date, actor: Actor, counties: Sequence[str],
    certified_only: bool = False,
) -> Comparison:  # fmt: skip
    """Return what would turn in the actor's scope if `after` were in force instead of `before`: four commands.

    Raises NotAllowed.
    """
    actor.demand(Permission.DRAFT_RULES)
    found = facts_of(year, today=today, actor=actor)
    if certified_only:
        found = [one for one in found if one.base.get("status") == "certified"]
    return compare(found, before, after, counties)


def compare(
    found: Iterable[BaseFacts], before: Measures, after: Measures, counties: Sequence[str]
) -> Comparison:
    """Return the comparison of bases whose facts are known."""
    bases = tuple(Compared(one.base, assess(one.facts, before), assess(one.facts, after)) for one in found)
    known = {one.base["county"] for one in bases}
    order = [*(code for code in counties if code in known), *sorted(known - set(counties))]
    return Comparison(
        before,
        after,
        bases,
        _counts(bases),
        {code: _counts([one for one in bases if one.base["county"] == code]) for code in order},
        tuple(_failing(line, bases, before, after) for line in ASSESSED),
    )


def _counts(bases: Sequence[Compared]) -> Counts:
    return Counts(
        len(bases),
        sum(one.before.meets for one in bases),
        sum(one.after.meets for one in bases),
        sum(one.newly_fails for one in bases),
        sum(one.newly_passes for one in bases),
    )


def _failing(line: Line, bases: Sequence[Compared], before: Measures, after: Measures) -> Failing:
    # Of the functions met it is the second rule set's count that its threshold is held against.
    values = tuple(sorted(value for one in bases if (value := line.actual(one.after)) is not None))
    if line.function is not None:
        first, second = (sum(value < (line.asked(one) or 0) for value in values) for one in (before, after))
        return Failing(line, first, second, None, None, values)
    key = INDICATORS[line.key]
    old, new = [_failed(one.before) for one in bases], [_failed(one.after) for one in bases]
    return Failing(
        line,
        before=sum(key in keys for keys in old),
        after=sum(key in keys for keys in new),
        alone_before=sum(keys == [key] for keys in old),
        alone_after=sum(keys == [key] for keys in new),
        values=values,
    )


def _failed(assessment: Assessment) -> list[str]:
    return [one.key for one in assessment.indicators if not one.met]
