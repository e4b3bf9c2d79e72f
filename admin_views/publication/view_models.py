"""What the pages of the publication desk show: board, results, papers, objections."""

from dataclasses import dataclass
from typing import Any

from admin_views.shared.view_models.components import Action, Link, Option, Pairs, Text
from admin_views.shared.view_models.lists import CountyPill, Empty
from admin_views.shared.view_models.records import Fact, FileItem, HistoryEntry, Item, PersonalNumbers, Upload
from office.papers.paper_text import PaperText


@dataclass(frozen=True, slots=True)
class BoardCard:
    """One application on the board; `held` says what it waits for, `tone` how pressing that is."""

    name: str
    url: str
    county: str
    kind: Text
    waiting: str
    held: str = ""
    tone: str = ""
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One stage of the board, or two that are one to the clerk; `more` says how many cards are not shown."""

    title: str
    count: int
    cards: tuple[BoardCard, ...]
    more: str = ""
    action: Action | None = None
    whose: str = ""


@dataclass(frozen=True, slots=True)
class BoardPage:
    """board.html; `folded` are the applications that left the way."""

    title: str
    rounds: tuple[Option, ...]
    note: str
    counties: tuple[CountyPill, ...]
    county_fixed: bool
    columns: tuple[BoardColumn, ...] = ()
    folded: tuple[BoardColumn, ...] = ()
    actions: tuple[Action, ...] = ()
    empty: Empty | None = None
    crumbs: tuple[Link, ...] = ()
    url: str = ""
    search: str = ""  # shared/empty.html asks for these two
    clear_url: str = ""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One application to be decided on."""

    id: str
    version: int
    name: str
    url: str
    county: str
    kind: Text
    average: str
    below: str
    meets: Text
    missing: tuple[str, ...]
    county_opinion: str
    experts_opinion: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ResultGroup:
    """Applications at one stage, and the decisions that may be taken on them: (verb, word, style)."""

    title: str
    help: str
    key: str
    rows: tuple[ResultRow, ...]
    buttons: tuple[tuple[str, str, str], ...]
    ticked: bool = False  # at first


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """results.html."""

    title: str
    action: str
    groups: tuple[ResultGroup, ...]
    problems: tuple[str, ...] = ()
    next: Action | None = None
    empty: Empty | None = None
    crumbs: tuple[Link, ...] = ()
    search: str = ""
    clear_url: str = ""


@dataclass(frozen=True, slots=True)
class Decidable:
    """One base that a question names; `held` says why it cannot be decided on like this.

    `needs_failing`: it misses a condition, and why it goes on has a box of its own.
    """

    id: str
    version: int
    name: str
    url: str
    county: str
    kind: Text
    average: str
    below: str
    missing: tuple[str, ...]
    held: tuple[str, ...]
    must_reason: bool
    reason: str
    reason_problem: str
    needs_failing: bool
    failing: str
    failing_problem: str


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """confirm.html: the question before results are decided; `wrong` are those of the bases with a problem."""

    title: str
    question: str
    choices: tuple[Decidable, ...]
    warning: str
    consequences: tuple[str, ...]
    problems: tuple[str, ...]
    wrong: tuple[Decidable, ...]
    action: str
    verb: str
    button: str
    danger: bool
    free: int
    cancel_url: str
    most_reason: int  # characters
    most_failing: int
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class SelectableBase:
    """One base that may be ticked; `held` says why it may not. `reason` is a box where one is needed."""

    id: str
    version: int
    name: str
    url: str
    county: str
    kind: Text
    ticked: bool
    about: str = ""
    held: tuple[str, ...] = ()
    needs_reason: bool = False
    reason: str = ""
    problem: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DraftPage:
    """draft.html: choose bases and type what a paper needs; it posts to its preview."""

    title: str
    form: Any
    rows: tuple[tuple[str, ...], ...]
    choices: tuple[SelectableBase, ...]
    choices_title: str
    form_title: str
    action: str
    cancel_url: str
    most_failing: int  # characters of a reason
    more: tuple[str, str, tuple[tuple[str, ...], ...]] | None = None  # a further part: title, help, rows
    about: tuple[Item, ...] = ()
    notes: tuple[Link, ...] = ()
    warning: str = ""
    empty: Empty | None = None
    crumbs: tuple[Link, ...] = ()
    search: str = ""
    clear_url: str = ""


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """preview.html: a paper exactly as it will read, what it does, and the button that publishes it."""

    title: str
    text: PaperText
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...]
    consequences: tuple[str, ...]
    action: str
    button: str
    back_action: str
    carried: Pairs
    cancel_url: str
    personal: PersonalNumbers
    upload: Upload | None = None  # files that must come with it
    problems: tuple[str, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One base of a published list and what became of it since."""

    number: int
    name: str
    url: str
    operator: str
    county: str
    kind: Text
    state: Text = ""
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """One objection as the city bureau reads it."""

    url: str
    base: str
    county: str
    objector: str
    received: str
    content: str
    state: Text
    late: Text = ""


@dataclass(frozen=True, slots=True)
class PaperPage:
    """notice.html: a published paper with what became of it."""

    kind: str
    title: str
    state: Text
    text: PaperText
    facts: tuple[Fact, ...]
    listed: tuple[ListedRow, ...]
    listed_title: str
    actions: tuple[Action, ...]
    downloads: tuple[Link, ...]
    related: tuple[tuple[str, tuple[Link, ...]], ...] = ()
    due: str = ""
    due_tone: str = "near"
    corrected: tuple[Link, ...] = ()
    objections: tuple[ObjectionRow, ...] | None = None  # None: not the clerk's to read
    new_objection: str = ""
    elsewhere: str = ""
    evidence: tuple[FileItem, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    crumbs: tuple[Link, ...] = ()
    certified: bool = False


@dataclass(frozen=True, slots=True)
class ObjectionPage:
    """objection.html: one objection, its evidence, and the form that decides it while it is open."""

    title: str
    state: Text
    sections: tuple[Item, ...]
    decision: tuple[Item, ...]
    files: tuple[FileItem, ...]
    upload: Upload | None
    form: Any
    action: str
    version: int
    actions: tuple[Action, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    crumbs: tuple[Link, ...] = ()
