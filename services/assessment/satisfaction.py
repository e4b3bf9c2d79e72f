"""How satisfied the companies were with a base's services in a year (Art. 15, 18(4)): a rate with its answers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from bson import ObjectId

from documents.assessment.kept_figures import KeptFigures, KeptOnDay
from rules.assessment.counting import as_of
from rules.assessment.indicators import is_satisfaction_low
from rules.assessment.kept_figures import ANSWERS, SATISFIED_ANSWERS
from rules.rule_sets.measures import Measures


@dataclass(frozen=True)
class Satisfaction:
    """Of the `answered` entries of a base and year so many were `satisfied`.

    It is marked below `threshold` percent (0: never).
    """

    satisfied: int = 0
    answered: int = 0
    threshold: int = 0

    @property
    def percent(self) -> float | None:
        """The satisfied of 100 answered entries; None where nobody answered."""
        return self.satisfied * 100 / self.answered if self.answered else None

    @property
    def is_low(self) -> bool:
        """Whether it is marked. That proposes to look into it; it decides nothing."""
        return is_satisfaction_low(self.satisfied, self.answered, self.threshold)


def satisfaction_of(
    bases: Collection[ObjectId], year: int, measures: Measures, *, today: date
) -> dict[ObjectId, Satisfaction]:
    """Return the satisfaction of each base in a year, as a rule set counts it: one command.

    The caller has read the bases in the actor's scope.
    """
    kept = KeptFigures.on_day(year, as_of(year, today), bases)
    return {base: _satisfaction(kept.get(base, KeptOnDay()), measures) for base in bases}


def _satisfaction(kept: KeptOnDay, measures: Measures) -> Satisfaction:
    without = {} if measures.entries_without_company_count else kept.nameless
    satisfied, answered = (kept.all.get(key, 0) - without.get(key, 0) for key in (SATISFIED_ANSWERS, ANSWERS))
    return Satisfaction(satisfied, answered, measures.satisfaction_percent)
