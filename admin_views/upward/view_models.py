"""What the pages of the upward recommendations show: the choice of bases, one recommendation."""

from dataclasses import dataclass
from typing import Any

from admin_views.shared.view_models.components import Action, Link, Option, Text
from admin_views.shared.view_models.lists import Empty
from admin_views.shared.view_models.records import Fact, FileItem, HistoryEntry, Item, Upload
from office.papers.paper_text import PaperText


@dataclass(frozen=True, slots=True)
class LevelVerdict:
    """One base under one level's rule set: met, or what is missing; `known` False: no figures entered."""

    known: bool
    met: bool
    word: str
    lacking: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A base that may be put forward."""

    id: str
    name: str
    url: str
    county: str
    figures: tuple[str, ...]
    levels: tuple[LevelVerdict, ...]
    already: tuple[Text, ...]
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """new.html: the letter's form over the bases to choose from, the levels side by side."""

    title: str
    form: Any
    action: str
    cancel_url: str
    year: int
    years: tuple[Option, ...]
    heads: tuple[str, ...]
    levels: tuple[tuple[str, str, str], ...]  # label, rule set, warning
    rows: tuple[CandidateRow, ...]
    base_problems: tuple[str, ...] = ()
    empty: Empty | None = None
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class UpwardPreviewPage:
    """letter_preview.html: the letter as it will read; the form stays open beside it."""

    title: str
    text: PaperText
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class FrozenLine:
    """One indicator as it was when the base was put forward, under each level."""

    label: str
    actual: str
    cells: tuple[tuple[str, bool, str] | None, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class FilePart:
    """The files of one place, with the form that adds to them."""

    title: str
    files: tuple[FileItem, ...]
    upload: Upload | None = None


@dataclass(frozen=True, slots=True)
class UpwardPage:
    """page.html: one recommendation, its letter, its outcome and the figures frozen beside it."""

    title: str
    kind: str
    state: Text
    facts: tuple[Fact, ...]
    items: tuple[Item, ...]
    parts: tuple[FilePart, ...]
    levels: tuple[tuple[str, str], ...]
    lines: tuple[FrozenLine, ...]
    frozen_note: str
    actions: tuple[Action, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    crumbs: tuple[Link, ...] = ()
