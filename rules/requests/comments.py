"""What a comment may hold, and whom it mentions."""

import unicodedata
from collections.abc import Mapping

from rules.errors import Refusal
from rules.words import N_

LONGEST_COMMENT = 2000  # characters
MOST_COMMENTS = 500  # of one record
NO_TEXT = N_("Please write something.")
TOO_LONG = N_("A comment has at most %(most)d characters; this one has %(count)d.")
TOO_MANY = N_("This record has %(most)d comments already. Please delete some of yours first.")


def plain_comment(text: str) -> str:
    """Return a comment as it is stored: its lines without what cannot be seen, and no blank ones at its ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    seen = (
        "".join(sign for sign in line if sign == "\t" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs"))
        for line in lines
    )
    return "\n".join(line.rstrip() for line in seen).strip()


def refusals_of_comment(text: str) -> tuple[Refusal, ...]:
    """Return why a comment, already plain, is refused."""
    if not text:
        return (Refusal(NO_TEXT, field="text"),)
    if len(text) > LONGEST_COMMENT:
        return (Refusal(TOO_LONG, {"most": LONGEST_COMMENT, "count": len(text)}, "text"),)
    return ()


def mentioned_in(text: str, people: Mapping[str, str]) -> dict[str, str]:
    """Return whom a text names after an @, as names by id; `people` are ids by each name that somebody goes by.

    The longest name that fits counts: Chinese does not say where a name ends.
    """
    names = sorted((name for name in people if name), key=len, reverse=True)
    found: dict[str, str] = {}
    for part in text.replace("＠", "@").split("@")[1:]:
        folded = part.casefold()
        name = next((name for name in names if folded.startswith(name.casefold())), None)
        if name is not None:
            found.setdefault(people[name], part[: len(name)])
    return found
