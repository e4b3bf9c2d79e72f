"""What the pages of a base's past show: its timeline, and the base as it stood on a day."""

from dataclasses import dataclass

from admin_views.shared.view_models.components import Action, Link, Option, Text
from admin_views.shared.view_models.records import DataSection, FieldChange


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event: its day and hour, what it was, who did it, `details` about it, the `text` of it, and its files."""

    day: str
    hour: str
    kind: str
    what: str
    url: str = ""
    who: str = ""
    details: str = ""
    text: str = ""
    changes: tuple[FieldChange, ...] = ()
    files: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class EventYear:
    """The events of one year, the latest first."""

    year: str
    lines: tuple[EventLine, ...]


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """timeline.html. `kinds` are addresses to choose by; `day_url` takes the day of the other page."""

    title: str
    kind: str
    note: str
    total: int
    years: tuple[EventYear, ...]
    kinds: tuple[Option, ...]
    actions: tuple[Action, ...]
    day_url: str
    base_id: str
    today: str
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class PastIndicator:
    """One indicator as it was: what was asked, what there was."""

    label: str
    article: str
    required: str
    actual: Text
    unit: str
    word: str
    met: bool


@dataclass(frozen=True, slots=True)
class AsOfPage:
    """snapshot.html: a base on a day. `changed` are the fields that read otherwise today."""

    title: str
    kind: str
    day: str
    base_id: str
    url: str
    today: str
    problem: str = ""
    warnings: tuple[str, ...] = ()
    title_word: str = ""
    title_note: str = ""
    sections: tuple[DataSection, ...] = ()
    changed: tuple[FieldChange, ...] = ()
    changed_note: str = ""
    indicators: tuple[PastIndicator, ...] = ()
    indicators_word: str = ""
    indicators_note: str = ""
    actions: tuple[Action, ...] = ()
    crumbs: tuple[Link, ...] = ()
