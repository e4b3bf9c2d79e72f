"""What the pages of the manual show."""

from dataclasses import dataclass

from markupsafe import Markup

from admin_views.shared.view_models import Link


@dataclass(frozen=True, slots=True)
class ManualPage:
    """help/chapter.html and help/contents.html: all chapters, and one's body with what comes before and after it."""

    title: str
    chapters: tuple[Link, ...]
    body: Markup | None = None
    before: Link | None = None
    after: Link | None = None
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyLine:
    """What some keys do; `keys` are pressed together or one after another, as they are written."""

    keys: tuple[str, ...]
    does: str


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys of one kind of page; `when` is the selector of what such a page has ("": every page)."""

    title: str
    when: str
    lines: tuple[KeyLine, ...]


@dataclass(frozen=True, slots=True)
class KeysPage:
    """help/keys.html."""

    title: str
    groups: tuple[KeyGroup, ...]
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class WordsPage:
    """help/words.html: each word with what it means."""

    title: str
    words: tuple[tuple[str, str, str], ...]  # anchor, word, meaning
    crumbs: tuple[Link, ...] = ()
