"""What the pages of the grid and of a trial show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from admin_views.shared.view_models import Link, Pager, Pairs


@dataclass(frozen=True, slots=True)
class GridPage:
    """imports/grid.html; `setup` is what its script works with: columns, rows, addresses, words, as JSON."""

    title: str
    setup: str
    list_url: str
    import_url: str
    crumbs: tuple[Link, ...] = ()
    week: "WeekPart | None" = None


@dataclass(frozen=True, slots=True)
class WeekPart:
    """The week of a place with which a grid begins: where it is asked for, and what it holds once it is.

    `key` is the argument that names the place, `begun` what the script puts into the grid, `said` a sentence about it.
    """

    action: str
    key: str
    label: str
    lookup_url: str
    chosen: tuple[str, str] | None
    week: str
    problem: str
    with_more: str
    whole: bool
    begun: dict[str, Any] | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """One column of the sheet: its letters, heading, some values, and the key that is chosen for it ("": none)."""

    place: int
    letters: str
    heading: str
    samples: tuple[str, ...]
    chosen: str
    problem: bool


@dataclass(frozen=True, slots=True)
class FoundSheet:
    """One further sheet of the workbook with rows in it."""

    name: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """reading.html: what was recognised of a workbook; one form for sheet and heading row, one for the columns.

    `fields` are the choices of each column (key and words), `digest` stands for the heading that is shown. `trial_url`
    is "" while the workbook could not be tried; `remembered` says who chose the match that is used, "" for none.
    """

    kind: str
    file: str
    action: str
    trial_url: str
    again_url: str
    problems: tuple[str, ...]
    sheet: str
    sheets: tuple[FoundSheet, ...]
    more_sheets: int
    header_row: int
    first_rows: tuple[tuple[int, str], ...]
    hidden: str
    with_hidden: bool
    digest: str
    columns: tuple[FoundColumn, ...]
    fields: Pairs
    remembered: str
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialNote:
    """Something that a trial says of the workbook, and what may be done about it: buttons that post to `action`.

    Each of `acts` is its words, what is sent, and whether its answer opens beside this page.
    """

    text: str
    action: str = ""
    acts: tuple[tuple[str, Pairs, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class TrialTab:
    """The rows of one outcome: word, how many, address, whether they are shown."""

    label: str
    count: int
    url: str
    selected: bool


@dataclass(frozen=True, slots=True)
class TrialFault:
    """One thing wrong with a row: its cell's `value`, and the `name` of a correction ("": none is taken)."""

    column: str
    message: str
    value: str
    name: str


@dataclass(frozen=True, slots=True)
class TrialCell:
    """One cell of a changed row; `by` and `at` say who changed the record's meanwhile, `name` how it is kept."""

    column: str
    old: str
    new: str
    by: str
    at: str
    name: str


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One row of a tried workbook; `answers` are value, word and whether it was given."""

    row: int
    label: str
    url: str
    why: str  # a row that is no record is skipped
    faults: tuple[TrialFault, ...]
    cells: tuple[TrialCell, ...]
    answers: tuple[tuple[str, str, bool], ...]
    asks: bool
    warnings: tuple[TrialFault, ...] = ()


@dataclass(frozen=True, slots=True)
class MissingLine:
    """A record that was exported and is in no row of the file; `reason` says why it cannot be deleted."""

    record: str
    label: str
    url: str
    ticked: bool
    saved_since: bool
    reason: str


@dataclass(frozen=True, slots=True)
class TrialPage:
    """trial.html: the rows of one outcome, `counts` by outcome, and where corrections, answers and the write go."""

    kind: str
    file: str
    counts: Mapping[str, int]
    tabs: tuple[TrialTab, ...]
    shown: str
    rows: tuple[TrialRow, ...]
    pager: Pager
    again_url: str
    write_url: str
    write_hidden: Pairs
    correct_url: str
    answer_url: str
    ignored: str
    held_back: bool
    any_row: bool  # the sheet held a row at all
    url: str
    tab: str
    checked_url: str
    reading_url: str
    read_as: str
    notes: tuple[TrialNote, ...]
    missing: tuple[MissingLine, ...] = ()
    missing_count: int = 0
    missing_url: str = ""
    more: bool = False
    crumbs: tuple[Link, ...] = ()

    def kept(self, *names: str) -> Pairs:
        """Return the arguments of the address that a move to another page keeps."""
        return (("show", self.tab),)


@dataclass(frozen=True)
class TryingPage:
    """A workbook that a job tries: how far it is, or why there is no trial of it."""

    file: str
    again_url: str
    done: int
    total: int
    progress: str
    problem: str
    progress_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class MatchLine:
    """What is remembered of one heading: (column of the file, our column) each, those not taken, who, when, its key."""

    kind: str
    taken: tuple[tuple[str, str], ...]
    left: str
    who: str
    when: str
    value: str


@dataclass(frozen=True, slots=True)
class MatchesPage:
    """imports/matches.html: the form posts `match`, the `value` of a line, or `all`."""

    lines: tuple[MatchLine, ...]
    action: str
    back_url: str
    whose: str
