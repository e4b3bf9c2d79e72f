"""What the page of components shows: for each component the values that a real page would give it."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from admin_views.applications.view_models import StepMark
from admin_views.assessment.view_models import Tab
from admin_views.overview.view_models import Chart
from admin_views.reports.view_models import BaseReportRow
from admin_views.revocation.view_models import GroundBox, ImpactLine
from admin_views.shared.view_models import (
    Action,
    CommentsBox,
    ConfirmPage,
    CountyPill,
    Empty,
    Fact,
    FileItem,
    Filter,
    Filtered,
    HistoryEntry,
    Link,
    ListLayout,
    Pager,
    Pairs,
    RelatedTable,
)
from admin_views.shared.view_models.records import Meter, PersonalNumbers
from office.papers.paper_text import PaperText


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for files as revocation/components.html draws it."""

    slot: str
    name: str
    label: str
    accept: str
    hint: str
    files: tuple[FileItem, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Slots:
    """A place for files that is filled, and one that is empty."""

    filled: Slot
    empty: Slot


@dataclass(frozen=True, slots=True)
class SendPart:
    """A part of a yearly report that takes files."""

    file_label: str
    accept: str


@dataclass(frozen=True, slots=True)
class ComponentsPage(Filtered):
    """components/page.html. `theme` is that in which all of it is drawn."""

    title: str
    theme: str
    themes: tuple[Tab, ...]
    url: str
    badges: tuple[Markup, ...]
    tones: tuple[Markup, ...]
    buttons: tuple[Action, ...]
    facts: tuple[Fact, ...]
    meters: tuple[Meter, ...]
    counties: tuple[CountyPill, ...]
    filters: tuple[Filter, ...]
    table: RelatedTable
    no_rows: RelatedTable
    pager: Pager
    empty: Empty
    layouts: tuple[ListLayout, ...]
    form: Any
    history: tuple[HistoryEntry, ...]
    comments: CommentsBox
    paper: PaperText
    personal: PersonalNumbers
    chart: Chart
    no_chart: Chart
    steps: tuple[StepMark, ...]
    impact: tuple[ImpactLine, ...]
    slots: Slots
    grounds: tuple[GroundBox, ...]
    files: tuple[FileItem, ...]
    send: SendPart
    annual: tuple[BaseReportRow, ...]
    links: tuple[Link, ...]
    question: ConfirmPage
    crumbs: tuple[Link, ...]
    search: str = ""
    search_hint: str = ""
    clear_url: str = ""
    county_fixed: bool = False
    more: bool = False
    conditions: None = None
    arguments: Pairs = ()
