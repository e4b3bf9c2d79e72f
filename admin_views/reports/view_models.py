"""What the pages of the yearly reports show: a year, whom to remind, one base's report, one county's."""

from dataclasses import dataclass
from typing import Any

from admin_views.shared.view_models.components import Action, Link, Option, Text
from admin_views.shared.view_models.lists import CountyPill, Empty
from admin_views.shared.view_models.records import Fact, FileItem, HistoryEntry, Item


@dataclass(frozen=True, slots=True)
class CountyReportRow:
    """One county's line of a year: `cells` are counts with the way to the bases behind them."""

    name: str
    url: str
    cells: tuple[Link, ...]
    state: Text
    submitted: str
    report_url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class BaseReportRow:
    """One base's line of a year."""

    name: str
    url: str
    county: str
    state: Text
    received: str
    satisfaction: Text
    satisfaction_url: str
    inspected: Text
    contact: str
    phone: str
    left: Text


@dataclass(frozen=True, slots=True)
class YearPage:
    """annual_list.html: a year's counties and bases."""

    title: str
    year: int
    years: tuple[Option, ...]
    note: str
    facts: tuple[Fact, ...]
    counties: tuple[CountyPill, ...]
    county_fixed: bool
    county_rows: tuple[CountyReportRow, ...]
    total: CountyReportRow | None
    states: tuple[Option, ...]
    rows: tuple[BaseReportRow, ...]
    rows_title: str
    actions: tuple[Action, ...] = ()
    empty: Empty | None = None
    subtitle: str = ""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure of a summary: last year's, what the records say now, and the field or what was confirmed."""

    label: str
    unit: str
    before: str
    counted: str
    field: Any = None
    value: str = ""
    differs: bool = False


@dataclass(frozen=True, slots=True)
class PointRow:
    """One point of an inspection: its fields, or what was found."""

    label: str
    finding: Any = None
    remark: Any = None
    result: Text = ""
    remark_text: str = ""
    counted: Text = ""  # what the records say of the point, and the way to them
    counted_url: str = ""


@dataclass(frozen=True, slots=True)
class ReportPart:
    """A part of a report that is kept by itself: a form while the clerk may write, else `items`."""

    title: str
    files: tuple[FileItem, ...]
    form: Any = None
    action: str = ""
    version: int = 0
    items: tuple[Item, ...] = ()
    figures: tuple[FigureRow, ...] = ()
    points: tuple[PointRow, ...] = ()
    file_label: str = ""
    accept: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReportPage:
    """base_report.html: one base's year."""

    title: str
    kind: str
    state: Text
    subtitle: str
    year: int
    years: tuple[Option, ...]
    facts: tuple[Fact, ...]
    summary: ReportPart
    inspection: ReportPart
    due: str = ""
    due_tone: str = "near"
    before_text: str = ""
    carry_url: str = ""  # takes last year's words over
    carried: str = ""  # says that the words are last year's still
    situation: tuple[Link, ...] = ()
    situation_files: tuple[FileItem, ...] = ()
    actions: tuple[Action, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class CountyReportPage:
    """county_report.html: a county's report on a year, over the bases that it speaks of."""

    title: str
    state: Text
    facts: tuple[Fact, ...]
    part: ReportPart
    rows: tuple[BaseReportRow, ...]
    warnings: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """Who has not reported yet."""

    name: str
    url: str
    county: str
    what: str
    contact: str
    phone: str
    due: str
    left: Text


@dataclass(frozen=True, slots=True)
class ReminderPage:
    """reminder.html: the list to print, and `text` to copy."""

    title: str
    subtitle: str
    rows: tuple[ReminderRow, ...]
    text: str
    counties: tuple[CountyPill, ...]
    county_fixed: bool
    actions: tuple[Action, ...] = ()
    empty: Empty | None = None
    crumbs: tuple[Link, ...] = ()
