"""What the pages of rule sets and of trying figures out show."""

from dataclasses import dataclass
from typing import Any

from admin_views.shared.view_models.components import Action, Link, Option, Pairs, Text
from admin_views.shared.view_models.records import Fact, HistoryEntry


@dataclass(frozen=True, slots=True)
class RuleSetRow:
    """One rule set of the list."""

    title: str
    url: str
    days: str
    state: Text
    number: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RuleSetGroup:
    """The rule sets of one level, and what is amiss with them."""

    title: str
    rows: tuple[RuleSetRow, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleSetsPage:
    """rule_sets.html."""

    groups: tuple[RuleSetGroup, ...]
    actions: tuple[Action, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure: what it is, where it stands, what is asked; `other` what the set before it asked."""

    article: str
    label: str
    value: str
    unit: str = ""
    other: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """Figures under a heading."""

    title: str
    rows: tuple[FigureRow, ...]
    article: str = ""


@dataclass(frozen=True, slots=True)
class RuleSetPage:
    """rule_set.html. `compared` names the rule set that the column beside is of."""

    title: str
    state: Text
    facts: tuple[Fact, ...]
    groups: tuple[FigureGroup, ...]
    compared: str = ""
    note: str = ""
    warnings: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureCell:
    """One figure to be typed: its field, what it was, and, where bases were counted, how they stand to it."""

    name: str
    label: str
    unit: str
    article: str = ""
    other: str = ""
    yes_no: bool = False
    changed: bool = False
    failing: str = ""
    failing_before: str = ""
    alone: str = ""
    alone_before: str = ""
    spread: "Spread | None" = None


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the bases stand on one figure, as a path over 0 to 100, with both thresholds; `word` says it."""

    path: str
    before: float
    after: float
    word: str


@dataclass(frozen=True, slots=True)
class CellGroup:
    """Figures to be typed, under a heading."""

    title: str
    cells: tuple[FigureCell, ...]
    article: str = ""


@dataclass(frozen=True, slots=True)
class RuleSetFormPage:
    """rule_set_form.html."""

    title: str
    form: Any
    groups: tuple[CellGroup, ...]
    action: str
    cancel_url: str
    version: int | None = None
    compared: str = ""
    policies: tuple[str, ...] = ()  # names of fields
    transitions: tuple[str, ...] = ()
    may_put_in_force: bool = False
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnedBase:
    """One base that would turn, and by what."""

    name: str
    url: str
    county: str
    state: Text
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountyChange:
    """One line of the counts side by side."""

    name: str
    bases: int
    before: int
    after: int
    newly_failing: int
    newly_passing: int

    @property
    def change(self) -> int:
        """How many more or fewer bases would meet it all."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class WhatIfPage:
    """what_if.html; everything that a figure changes stands in what_if_result.html."""

    form: Any
    url: str
    years: tuple[Option, ...]
    starts: tuple[Option, ...]
    drafts: tuple[Option, ...]
    certified_only: bool
    before: str
    after: str
    start: str  # codes of the two rule sets, and of the one that the figures began as
    draft: str
    begun_as: str
    year: int
    groups: tuple[CellGroup, ...]
    note: str
    total: CountyChange | None = None
    counties: tuple[CountyChange, ...] = ()
    failing: tuple[TurnedBase, ...] = ()
    passing: tuple[TurnedBase, ...] = ()
    changed: int = 0
    export_url: str = ""
    save_url: str = ""
    save_fields: Pairs = ()
    save_version: int | None = None
    save_title: str = ""
    draft_url: str = ""
    problems: tuple[str, ...] = ()
    crumbs: tuple[Link, ...] = ()
