"""What the panel under the search box is made of, and when a word meets one of its lines."""

from dataclasses import dataclass
from functools import lru_cache

from documents.records.search import fold, holds, text_of_name, words_of


@dataclass(frozen=True)
class Suggestion:
    """One line of the panel: what it is called, what is said beside it, where it leads.

    `chips` are the parts of a question as it was understood.
    """

    label: str
    url: str
    icon: str
    hint: str = ""
    chips: tuple[str, ...] = ()


@dataclass(frozen=True)
class SuggestionGroup:
    """Lines of one kind under their heading; `note`: what must be known of them."""

    key: str
    label: str
    items: tuple[Suggestion, ...]
    note: str = ""


@lru_cache(maxsize=1000)
def _text(label: str) -> str:
    return text_of_name(label)


def meets(words: str, label: str) -> bool:
    """Tell whether a label holds every word: as written, by its pinyin, or by its initials."""
    wanted = words_of(words)
    return bool(wanted) and all(holds(word, _text(label)) for word in wanted)


def begins(words: str, label: str) -> bool:
    """Tell whether a label begins with what was typed."""
    return fold(label).startswith(fold(words))
