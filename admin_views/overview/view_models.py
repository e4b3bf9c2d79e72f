"""What the pages of pictures show."""

from dataclasses import dataclass, field

from markupsafe import Markup

from admin_views.assessment.view_models import Tab
from admin_views.shared.view_models import Action, CountyPill, Empty, Fact, Link
from office.charts.drawing import Drawing
from office.charts.grid import Grid

Legend = tuple[tuple[str, str], ...]  # tone and label


@dataclass(frozen=True)
class Picture:
    """One chart: the numbers, how they are drawn, and what the tones mean.

    `head` is the heading over the labels of its rows, `wide` that it takes the whole width, `is_told` that the note
    says why there is nothing to draw.
    """

    key: str
    title: str
    head: str
    grid: Grid
    drawings: tuple[Drawing, ...]
    note: str = ""
    legend: Legend = ()
    wide: bool = False
    is_told: bool = False


@dataclass(frozen=True)
class Chart:
    """A picture as its page shows it: drawn, and as a table; without `svg` there is nothing to draw."""

    picture: Picture
    svg: Markup = field(default_factory=Markup)
    url: str = ""  # of a chart of somebody's own


@dataclass(frozen=True)
class OverviewPage:
    """Rendered by overview/page.html and overview/compare.html: facts, then charts."""

    title: str
    subtitle: str = ""
    years: tuple[Tab, ...] = ()
    tabs: tuple[Tab, ...] = ()
    counties: tuple[CountyPill, ...] = ()
    county_fixed: bool = False
    facts: tuple[Fact, ...] = ()
    charts: tuple[Chart, ...] = ()
    own: tuple[Chart, ...] = ()
    actions: tuple[Action, ...] = ()
    crumbs: tuple[Link, ...] = ()
    links: tuple[Link, ...] = ()
    warnings: tuple[str, ...] = ()
    note: str = ""
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A chart of somebody's own in the list of them."""

    name: str
    url: str
    collection: str
    owner: str
    places: str
