"""How the values of a configuration are shown to people."""

from typing import Any

from flask_babel import gettext

from rules.words import N_

_LONGEST = 200


def value_in_words(value: Any) -> str:
    """Return a value of a configuration in one line: lists parted by 、, a word of a list by its label."""
    if isinstance(value, bool):
        return gettext(N_("yes")) if value else gettext(N_("no"))
    if isinstance(value, list):
        text = "、".join(_word(member) for member in value)
    else:
        text = "" if value is None else str(value)
    text = " ".join(text.split())
    return (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…") or "—"


def _word(member: Any) -> str:
    if isinstance(member, dict):
        label = str(member.get("label", ""))
        retired = gettext(N_("retired"))
        return f"{label}（{retired}）" if member.get("retired") else label
    return str(member)
