"""What the pages of the desk of lost titles show: proposals, cases, one case, the preview of its decision."""

from dataclasses import dataclass
from typing import Any

from admin_views.applications.view_models import FilePlace, StepMark
from admin_views.shared.view_models.components import Action, Link, Pairs, Text
from admin_views.shared.view_models.lists import CountyPill, Empty, Filter, Filtered, Pager
from admin_views.shared.view_models.records import Fact, HistoryEntry, Item, PersonalNumbers
from office.papers.paper_text import PaperText


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One title that the system proposes a case about, and the button that takes it up; `last_day` has passed."""

    name: str
    url: str
    county: str
    last_day: str
    past: str
    why: str
    action: Action | None = None
    facts: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case under way; `next` says what comes, `tone` how pressing it is."""

    name: str
    url: str
    county: str
    kind: Text
    state: Text
    since: str
    next: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ClosedRow:
    """One case that is closed: decided, with its public page, or dropped."""

    name: str
    url: str
    county: str
    kind: Text
    state: Text
    number: str
    dated: str
    public_url: str = ""
    note: Text = ""


@dataclass(frozen=True, slots=True)
class DeskPage(Filtered):
    """list.html. `proposed` counts all proposals to cancel, of which `proposals` are the first.

    `suspected`, of `suspects`, are those about which a revocation may be begun.
    """

    title: str
    total: int
    proposals: tuple[ProposalRow, ...]
    under_way: tuple[CaseRow, ...]
    closed: tuple[ClosedRow, ...]
    pager: Pager
    url: str
    proposed: int = 0
    more_proposals: str = ""
    suspected: tuple[ProposalRow, ...] = ()
    suspects: int = 0
    more_suspected: str = ""
    counties: tuple[CountyPill, ...] = ()
    county_fixed: bool = False
    arguments: Pairs = ()
    search: str = ""
    search_hint: str = ""
    filters: tuple[Filter, ...] = ()
    clear_url: str = ""
    actions: tuple[Action, ...] = ()
    empty: Empty | None = None
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class GroundBox:
    """One ground as it is chosen: its words, its article, the field for its facts."""

    value: str
    label: str
    article: str
    field: Any
    chosen: bool
    alternatives: Any = None  # the field for what was found, where the ground has alternatives


@dataclass(frozen=True, slots=True)
class KindChoice:
    """One kind of decision with its grounds; `help` says what it is for."""

    value: str
    label: str
    help: str
    boxes: tuple[GroundBox, ...]
    chosen: bool


@dataclass(frozen=True, slots=True)
class NewCasePage:
    """new.html: begin a case."""

    title: str
    form: Any
    kinds: tuple[KindChoice, ...]
    action: str
    cancel_url: str
    base: tuple[Item, ...] = ()
    note: str = ""
    asks_reason: bool = False
    problems: tuple[str, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class GroundLine:
    """One ground as it stands in a case."""

    label: str
    article: str
    facts: str


@dataclass(frozen=True, slots=True)
class ImpactLine:
    """One thing that a decision touches: how many, which by name, and what becomes of them."""

    label: str
    count: str
    url: str = ""
    names: tuple[Link, ...] = ()
    more: str = ""
    what: str = ""
    ends: bool = False


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One prior notice of a case, with its downloads; `note` says what became of it."""

    number: str
    dated: str
    until: str
    note: str
    downloads: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class CasePage:
    """page.html: one case. A form is there only while the case is open and the clerk may decide.

    `wrong` is the form at fault ("grounds", "notice", "hearing", "decision"), `problems` what is said on
    top of the page.
    """

    kind: str
    title: str
    state: Text
    county: str
    subtitle: str
    facts: tuple[Fact, ...]
    marks: tuple[StepMark, ...]
    version: int
    grounds: tuple[GroundLine, ...]
    evidence: FilePlace | None
    impact: tuple[ImpactLine, ...]
    impact_note: str
    next: str = ""
    overturned: str = ""
    grounds_form: Any = None
    boxes: tuple[GroundBox, ...] = ()
    grounds_note: str = ""
    grounds_url: str = ""
    notice_form: Any = None
    notice_url: str = ""
    notice_note: str = ""
    notices: tuple[NoticeLine, ...] = ()
    hearing: tuple[Item, ...] = ()
    has_hearing: bool = True
    hearing_form: Any = None
    hearing_url: str = ""
    hearing_places: tuple[FilePlace, ...] = ()
    decision_form: Any = None
    preview_url: str = ""
    missing: tuple[str, ...] = ()
    decision: tuple[Item, ...] = ()
    paper: PaperText | None = None
    public: PaperText | None = None
    downloads: tuple[Link, ...] = ()
    related: tuple[Link, ...] = ()
    actions: tuple[Action, ...] = ()
    wrong: str = ""
    problems: tuple[str, ...] = ()
    typed: tuple[Item, ...] = ()  # what was typed into a form that is no longer there
    history: tuple[HistoryEntry, ...] | None = None
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviewedPaper:
    """A paper exactly as it will read; `marked` are the words of it that are marked."""

    label: str
    text: PaperText
    marked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignPage:
    """preview.html: the papers as they will read, what they touch, the question, the button."""

    title: str
    question: str
    consequences: tuple[str, ...]
    facts: tuple[Fact, ...]
    papers: tuple[PreviewedPaper, ...]
    action: str
    button: str
    back_url: str
    hidden: Pairs
    personal: PersonalNumbers
    danger: bool
    impact: tuple[ImpactLine, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class DropPage:
    """drop.html: close a case without a decision, and say why."""

    title: str
    question: str
    form: Any
    action: str
    button: str
    cancel_url: str
    version: int
    consequences: tuple[str, ...] = ()
    crumbs: tuple[Link, ...] = ()
