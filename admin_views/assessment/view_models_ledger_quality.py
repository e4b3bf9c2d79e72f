"""What the pages of the ledger's quality show."""

from dataclasses import dataclass

from admin_views.shared.view_models.components import Action, Link, Option, Pairs, Text
from admin_views.shared.view_models.lists import CountyPill, Empty, Pager


@dataclass(frozen=True, slots=True)
class QualityCell:
    """One count that leads to exactly the entries behind it."""

    count: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One base: how many entries the year has and how many of them are at fault, by kind."""

    name: str
    url: str
    county: str
    entries: QualityCell
    cells: tuple[QualityCell, ...]


@dataclass(frozen=True, slots=True)
class MonthCell:
    """One month: the number of entries as `text`; `level` 0 to 4, `hole` a month that passed with none."""

    text: str
    level: int = 0
    hole: bool = False
    hint: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One base, or one function of a base, over the months."""

    name: str
    url: str
    cells: tuple[MonthCell, ...]
    total: str
    county: str = ""
    holes: str = ""


@dataclass(frozen=True, slots=True)
class FaultyEntry:
    """One entry with what is wrong with it."""

    day: str
    url: str
    edit_url: str
    function: str
    request: str
    state: Text
    faults: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class QualityPage:
    """ledger_quality.html: all bases or one, its faults or its months."""

    title: str
    url: str
    year: int
    years: tuple[Option, ...]
    tabs: tuple[Link, ...]
    tab: str
    counties: tuple[CountyPill, ...]
    county_fixed: bool
    note: str
    groups: tuple[tuple[str, int], ...] = ()  # headings over several columns
    heads: tuple[str, ...] = ()
    rows: tuple[QualityRow, ...] = ()
    total: QualityRow | None = None
    months: tuple[MonthRow, ...] = ()
    entries: tuple[FaultyEntry, ...] = ()
    pager: Pager | None = None
    choices: tuple[Link, ...] = ()  # functions, or faults, to choose from
    chosen: str = ""
    actions: tuple[Action, ...] = ()
    empty: Empty | None = None
    subtitle: str = ""
    arguments: Pairs = ()
    crumbs: tuple[Link, ...] = ()
