"""What the pages of rounds, applications, letters and expert review show."""

from dataclasses import dataclass, field
from typing import Any

from admin_views.assessment.view_models import CheckLine, FunctionCard, IndicatorLine, Tab
from admin_views.shared.view_models.components import Action, Link, Pairs, Text
from admin_views.shared.view_models.lists import Empty
from admin_views.shared.view_models.records import CommentsBox, Fact, FileItem, HistoryEntry, Item

# --- Rounds ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round of the list."""

    name: str
    url: str
    state: Text
    span: str
    recommend_until: str
    count: str
    applications_url: str


@dataclass(frozen=True, slots=True)
class RoundsPage:
    """applications/rounds.html."""

    rows: tuple[RoundRow, ...]
    actions: tuple[Action, ...] = ()
    empty: Empty | None = None
    search: str = ""
    clear_url: str = ""
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many applications stand at a stage."""

    state: Text
    count: str
    url: str


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """One line of a score sheet; `of_innovations` where the innovations are scored."""

    label: str
    weight: str
    of_innovations: bool = False


@dataclass(frozen=True, slots=True)
class RoundPage:
    """applications/round.html."""

    title: str
    state: Text
    facts: tuple[Fact, ...]
    call: str
    call_dated: str
    stages: tuple[StageCount, ...]
    dimensions: tuple[DimensionRow, ...]
    sheet_note: str
    actions: tuple[Action, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    crumbs: tuple[Link, ...] = ()


# --- One application -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepMark:
    """One step of the stepper: `state` is done, now, todo, stopped or off (behind an ending)."""

    label: str
    state: str
    when: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class FilePlace:
    """One place of an application where files stand. `name` is the file input; "" when nothing may be added."""

    slot: str
    label: str
    files: tuple[FileItem, ...] = ()
    name: str = ""
    accept: str = ""
    hint: str = ""
    problem: str = ""
    must: bool = False


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """One of the ten materials; `reason` is what was to be corrected, `note` what stands for a file."""

    number: int
    place: FilePlace
    there: bool
    reason: str = ""
    note: str = ""
    lists: tuple[Link, ...] = ()  # the list that the records hold, as files
    is_cases: bool = False
    is_statement: bool = False


@dataclass(frozen=True, slots=True)
class InnovationItem:
    """One innovation with its evidence; `fields` are aspect, title and description where it is being filled in."""

    number: int
    aspect: str
    title: str
    description: str
    place: FilePlace
    fields: tuple[Any, ...] = ()
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class InnovationsSection:
    """The innovations of Art. 8; `theirs` is what somebody else saved meanwhile."""

    article: str
    items: tuple[InnovationItem, ...]
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class MaterialsSection:
    """The checklist of Art. 11, as a form where `action` is set. `theirs` is a text that someone else saved."""

    rows: tuple[MaterialRow, ...]
    there: int
    cases: str
    cases_count: int
    cases_most: int
    cases_in_files: int
    sealed: bool
    action: str = ""
    version: int = 0
    submit_label: str = ""
    characteristics: str = ""
    characteristics_most: int = 0
    characteristics_problem: str = ""
    innovations_article: str = ""
    innovations: InnovationsSection | None = None
    cases_problem: str = ""
    sealed_problem: str = ""
    theirs: str = ""
    article: str = ""
    other_reason: str = ""
    file_hint: str = ""


@dataclass(frozen=True, slots=True)
class FormSectionView:
    """The form of Art. 10: to be fetched, filled in and sent back; `action` is "" where it cannot come back."""

    title: str
    article: str
    filled: int
    asked: int
    blank: tuple[str, ...]  # what nobody has filled in yet
    downloads: tuple[Link, ...]
    place: FilePlace
    characteristics: str = ""
    action: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One field that came back other than the office has it; `made` is what the form began with, where that helps."""

    key: str
    label: str
    unit: str
    now: str
    made: str
    sent: str
    state: Text
    hint: str
    problem: str
    may_be_taken: bool
    ticked: bool


@dataclass(frozen=True, slots=True)
class FormComparePage:
    """applications/form_compare.html: a form that came back, held against the records."""

    title: str
    file: str
    note: str
    rows: tuple[DifferenceRow, ...]
    same: int
    unknown: Pairs
    absent: tuple[str, ...]
    is_outdated: bool
    action: str
    version: int
    base_version: int
    cancel_url: str
    may_take: bool
    problems: tuple[str, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class AssessmentSection:
    """The assessment as it was frozen; `live_url` leads to what it would be now."""

    note: str
    live_url: str
    meets: bool = False
    verdict: str = ""
    indicators: tuple[IndicatorLine, ...] = ()
    further: tuple[IndicatorLine, ...] = ()
    functions: tuple[FunctionCard, ...] = ()
    functions_word: str = ""
    checks: tuple[CheckLine, ...] = ()
    functions_article: str = ""
    checks_article: str = ""
    frozen: bool = True


@dataclass(frozen=True, slots=True)
class ReviewSection:
    """The county's review: a form where `action` is set, else what was found; `failing` is what the base misses."""

    place: FilePlace
    items: tuple[Item, ...] = ()
    state: Text = ""
    form: Any = None
    action: str = ""
    version: int = 0
    return_url: str = ""
    name: str = ""
    article: str = ""
    checks: tuple[CheckLine, ...] = ()
    checks_article: str = ""
    checks_url: str = ""
    further: tuple[IndicatorLine, ...] = ()
    registration_url: str = ""
    failing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpertRow:
    """One expert's review; `dropped` ones do not count. `place` is where it stands, from 0."""

    place: int
    name: str
    organization: str
    points: tuple[str, ...]
    total: str
    opinion: str
    dropped: bool = False
    edit_url: str = ""


@dataclass(frozen=True, slots=True)
class ExpertsSection:
    """The expert review: scores for the city alone, a form while it runs."""

    dimensions: tuple[DimensionRow, ...]
    rows: tuple[ExpertRow, ...]
    average: str
    note: str
    places: tuple[FilePlace, ...]
    items: tuple[Item, ...] = ()
    form: Any = None
    action: str = ""
    version: int = 0
    add_url: str = ""
    name: str = ""
    article: str = ""
    hidden: str = ""  # says that scores are not shown
    papers: tuple[Link, ...] = ()  # score sheet and opinion


@dataclass(frozen=True, slots=True)
class StepTaken:
    """One step that was taken. `reasons` say item by item what was to be corrected."""

    step: str
    tone: str
    when: str
    who: str
    note: str = ""
    opinion: str = ""
    reasons: tuple[tuple[str, str], ...] = ()
    url: str = ""
    url_label: str = ""


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """applications/page.html. `sections` has the key and the label of each, in the order in which they are shown."""

    kind: str
    title: str
    state: Text
    subtitle: str
    facts: tuple[Fact, ...]
    next: str
    next_url: str
    next_label: str
    marks: tuple[StepMark, ...]
    sections: tuple[tuple[str, str], ...]
    materials: MaterialsSection
    innovations: InnovationsSection | None
    form: FormSectionView
    assessment: AssessmentSection
    frozen: tuple[Item, ...] = ()
    review: ReviewSection | None = None
    letter: tuple[Item, ...] = ()
    letter_url: str = ""
    experts: ExpertsSection | None = None
    decision: tuple[Item, ...] = ()
    decision_files: FilePlace | None = None
    steps_taken: tuple[StepTaken, ...] = ()
    actions: tuple[Action, ...] = ()
    problems: tuple[Link, ...] = ()
    left_over: tuple[Item, ...] = ()  # what was typed into a form that is no longer there
    notice: str = ""
    history: tuple[HistoryEntry, ...] = ()
    history_url: str = ""
    shows_history: bool = False
    comments: CommentsBox | None = None
    crumbs: tuple[Link, ...] = ()


# --- Questions and letters ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """applications/question.html: a question that names the thing, with a text to be typed."""

    title: str
    question: str
    form: Any
    action: str
    button: str
    cancel_url: str
    version: int
    consequences: tuple[str, ...] = ()
    facts: tuple[Item, ...] = ()
    problems: tuple[str, ...] = ()
    refusal: str = ""
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpertPage:
    """applications/expert.html: `known` are experts of the round.

    `scores` has each field's name, its weight, and whether the innovations are scored there.
    """

    title: str
    form: Any
    action: str
    cancel_url: str
    version: int
    scores: tuple[tuple[str, int, bool], ...]
    innovations: InnovationsSection | None = None
    known: tuple[tuple[str, str], ...] = ()
    help: str = ""
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterCandidate:
    """One application that a letter may recommend; `version` is the one that this page read.

    `failing` is what its base misses; then `reason` says why it is recommended all the same.
    """

    id: str
    version: int
    name: str
    operator: str
    kind: str
    waiting: str
    verdict: Text
    opinion: str
    url: str
    chosen: bool = True
    failing: tuple[str, ...] = ()
    reason: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class LetterFormPage:
    """applications/letter_form.html: choose, number, date; then the preview."""

    title: str
    form: Any
    action: str
    candidates: tuple[LetterCandidate, ...]
    rounds: tuple[Tab, ...]
    counties: tuple[Tab, ...]
    hidden: Pairs
    most_failing: int  # characters of a reason
    office: str = ""
    empty: Empty | None = None
    cancel_url: str = ""
    search: str = ""
    clear_url: str = ""
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterPreviewPage:
    """applications/letter_preview.html: the letter as it will read, and everything carried on."""

    title: str
    text: Any
    action: str
    hidden: Pairs
    count: int
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterPage:
    """applications/letter.html."""

    title: str
    text: Any
    facts: tuple[Fact, ...]
    entries: tuple[Link, ...]
    actions: tuple[Action, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter of the list."""

    number: str
    url: str
    county: str
    round: str
    dated: str
    names: str
    count: int


@dataclass(frozen=True, slots=True)
class LettersPage:
    """applications/letters.html."""

    rows: tuple[LetterRow, ...]
    actions: tuple[Action, ...] = ()
    empty: Empty | None = None
    search: str = ""
    clear_url: str = ""
    crumbs: tuple[Link, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of the grid of scores: its input's name, what stands in it, what is wrong with it."""

    name: str
    value: str
    label: str
    weight: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One expert's row of one base; `hidden` goes back with it. `problem` is of the whole row."""

    id: str
    name: str
    organization: str
    cells: tuple[GridCell, ...]
    opinion: GridCell
    total: str
    hidden: tuple[tuple[str, str], ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ScoreBase:
    """The rows of one base, and the joint opinion by which its review is concluded; a closed one is only read."""

    id: str
    name: str
    url: str
    county: str
    rows: tuple[ScoreRow, ...]
    is_open: bool
    average: str
    opinion: str = ""
    opinion_problem: str = ""
    concluding: bool = False
    state: Text | None = None


@dataclass(frozen=True, slots=True)
class RoundExpertRow:
    """An expert of the round: their bases, and how their link stands."""

    key: str
    name: str
    organization: str
    bases: str
    link: Text
    has_link: bool


@dataclass(frozen=True, slots=True)
class ScoreGridPage:
    """applications/score_grid.html: `dimensions` are label and weight; `secret_url` a link that was just made."""

    title: str
    action: str
    experts_action: str
    export_url: str
    version: int
    dimensions: tuple[tuple[str, int], ...]
    bases: tuple[ScoreBase, ...]
    experts: tuple[RoundExpertRow, ...]
    problems: tuple[tuple[str, str], ...] = ()
    message: str = ""
    note: str = ""
    typed_experts: str = ""
    ticked: frozenset[str] = frozenset()
    experts_problems: tuple[str, ...] = ()
    until: str = ""
    link_of: str = ""
    secret_url: str = ""
    changed: bool = False
    is_closed: bool = False
    most_opinion: int = 0
    empty: Any = None
    crumbs: tuple[Link, ...] = ()
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class SeveralPage:
    """applications/begin_several.html: `bases` that may apply: id, name, operator, county, whether it is ticked."""

    title: str
    round: str
    action: str
    form: Any
    bases: tuple[tuple[str, str, str, str, bool], ...]
    search: str = ""
    more: bool = False
    reason: bool = False
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    cancel_url: str = ""
    crumbs: tuple[Link, ...] = ()
