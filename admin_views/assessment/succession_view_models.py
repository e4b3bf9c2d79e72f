"""What the pages of the Measures' successor show."""

from dataclasses import dataclass
from typing import Any

from admin_views.assessment.rule_set_view_models import CountyChange, FigureGroup, TurnedBase
from admin_views.shared.view_models.components import Link, Option, Pairs
from admin_views.shared.view_models.records import Item
from rules.rule_sets.succession.comparison import Span


@dataclass(frozen=True, slots=True)
class SuccessionStep:
    """One step of the way: `state` is done, now or todo; `note` says what is still open in it."""

    label: str
    url: str
    state: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SuccessionFrame:
    """What every step shows: the way with its steps, the step's own `label`, what is next, and the draft's version."""

    title: str
    label: str
    steps: tuple[SuccessionStep, ...]
    version: int
    next_url: str = ""
    next_label: str = ""
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class StepPage:
    """A page of one step."""

    frame: SuccessionFrame

    @property
    def crumbs(self) -> tuple[Link, ...]:
        """The way to the page."""
        return self.frame.crumbs


@dataclass(frozen=True, slots=True)
class BeginPage:
    """succession_begin.html: `drafts` are those begun already."""

    form: Any
    action: str
    cancel_url: str
    old: str
    drafts: tuple[Link, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class PairRow:
    """An article of both texts: its old and new number, what became of it, and its words with the differences."""

    old: str
    new: str
    state: str  # same, changed, moved, new, dropped
    word: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class TextPage(StepPage):
    """succession_text.html. `warnings` is what could not be cut, `before` the lines above the first article."""

    form: Any
    action: str
    old: str
    pairs: tuple[PairRow, ...]
    counts: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeadingPage(StepPage):
    """succession_heading.html: `sources` is, by field, the line that the value comes from."""

    form: Any
    action: str
    rows: tuple[tuple[str, ...], ...]
    sources: dict[str, str]
    transitions: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedFigure:
    """One figure: what it was, what is proposed in its field, the sentence it comes from; `state` taken, open, same."""

    key: str
    name: str
    label: str
    unit: str
    old: str
    article: str
    sentence: str
    state: str
    yes_no: bool = False
    ticked: bool = False
    others: str = ""


@dataclass(frozen=True, slots=True)
class ProposedGroup:
    """Figures under a heading."""

    title: str
    rows: tuple[ProposedFigure, ...]


@dataclass(frozen=True, slots=True)
class FiguresPage(StepPage):
    """succession_figures.html: what differs, what the text does not name, and what stays as it was."""

    form: Any
    action: str
    groups: tuple[ProposedGroup, ...]
    edit_url: str


@dataclass(frozen=True, slots=True)
class ProvisionRow:
    """One provision: its field, where it stood in the old text, and the words of the article that is proposed."""

    name: str
    label: str
    old: str
    words: str
    missing: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True)
class ProvisionRows:
    """Provisions under a heading."""

    title: str
    rows: tuple[ProvisionRow, ...]


@dataclass(frozen=True, slots=True)
class ArticlesPage(StepPage):
    """succession_articles.html: `choices` are all articles and items of the text."""

    form: Any
    action: str
    groups: tuple[ProvisionRows, ...]
    choices: tuple[Option, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class YearTurn:
    """One year under both rule sets."""

    year: str
    counts: CountyChange
    url: str


@dataclass(frozen=True, slots=True)
class CountyYears:
    """One county: of each year how many bases would newly fail, and newly pass."""

    name: str
    cells: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class TurnedInYears:
    """One base that would turn in some year, with the years and their reasons."""

    base: TurnedBase
    years: tuple[tuple[str, str, tuple[str, ...]], ...]  # year, newly failing or passing, reasons


@dataclass(frozen=True, slots=True)
class YearsPage(StepPage):
    """succession_what_if.html."""

    before: str
    years: tuple[YearTurn, ...]
    counties: tuple[CountyYears, ...]
    turned: tuple[TurnedInYears, ...]
    export_url: str
    note: str


@dataclass(frozen=True, slots=True)
class MatterRow:
    """Something under way, and the rule set that decides it."""

    kind: str
    name: str
    url: str
    under: str


@dataclass(frozen=True, slots=True)
class InForcePage(StepPage):
    """succession_in_force.html: what changes, what is under way, and the question."""

    question: str
    facts: tuple[Item, ...]
    figures: tuple[FigureGroup, ...]
    articles: tuple[str, ...]
    matters: tuple[MatterRow, ...]
    obligations: tuple[str, ...]
    consequences: tuple[str, ...]
    warnings: tuple[str, ...]
    refusals: tuple[str, ...]
    action: str
    button: str
    cancel_url: str
    hidden: Pairs = ()
