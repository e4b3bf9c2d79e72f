"""What stands first among the records that a search found: what is named so, then what begins so, then the rest."""

import re
from typing import Any

from bson import Regex

from documents.records.readings import fold, reading
from documents.records.search import own_places, read_pattern_of, words_of

# The kinds of hits of one word, the best first; those of several words are added up.
EXACT, WITHOUT_ENDING, BEGINNING, WITHIN, READ_WHOLE, READ_BEGINNING, READ_WITHIN, OTHER = range(8)
_ENDINGS = "(?:股份有限公司|有限责任公司|科技有限公司|有限公司|合伙企业)"


def rank_of(words: str, *, names_alone: bool = False) -> dict[str, Any]:
    """Return the expression of a found record's rank, the best 0, of what its `search_text` holds.

    With `names_alone` only names count, not people, codes and other texts.
    """
    written, read = ("N", "R") if names_alone else ("[NPC]", "[RQ]")
    return {"$add": [_rank_of(word, written, read) for word in words_of(words)]}


def _rank_of(word: str, written: str, read: str) -> dict[str, Any]:
    text, places = re.escape(word), own_places()
    begins = rf"^{written}(?:{places}|[(\[])*[)\]]?{text}"
    # A word of letters is whole where no other letter touches it.
    edge, end = ("(?<![a-z0-9])", "(?![a-z0-9])") if word.isascii() else ("", "")
    steps = [
        (EXACT, f"{begins}$"),
        (WITHOUT_ENDING, f"{begins}{_ENDINGS}$"),
        (BEGINNING, begins),
        (WITHIN, f"^{written}.*{edge}{text}{end}"),
    ]
    if letters := read_pattern_of(word):
        # The initials of a person are those of many: a name that begins so comes first.
        begins = f"^R(?:{_places_read()})*{_at_once(letters)}"
        steps += [
            (READ_WHOLE, f"{begins}[a-z]*$"),
            (READ_BEGINNING, begins),
            (READ_WITHIN, f"^{read}.*{_at_once(letters)}"),
        ]
    return {
        "$switch": {
            "branches": [
                {"case": {"$regexMatch": {"input": {"$ifNull": ["$search_text", ""]}, "regex": pattern,
                                          "options": "m"}}, "then": rank}
                for rank, pattern in steps
            ],
            "default": OTHER,
        }
    }  # fmt: skip


def _at_once(pattern: str) -> str:
    return f"(?:{pattern})"


def _places_read() -> str:
    """Return the pattern of the places that a name may begin with, in a line that tells how it is read."""
    return "|".join(
        "".join(f"{sign}[a-z]*" for sign, _ in reading(fold(place.replace("\\", ""))))
        for place in own_places().split("|")
    )


def beginnings_of(words: str, prefix: str = "") -> dict[str, Any]:
    """Return the condition on a token that a record's own name begins with one of the words, as written or read."""
    return {"$in": [Regex("^" + re.escape(f"{prefix}^{word}")) for word in words_of(words)]}
