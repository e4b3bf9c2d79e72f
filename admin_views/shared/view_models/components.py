"""The small things that many pages show: texts, badges, links, buttons, choices."""

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

# The colours a status may have; each is a class of the stylesheet, since the page allows no inline style.
COLOURS = ("grey", "blue", "teal", "green", "amber", "red", "violet", "brown")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Pairs = tuple[tuple[str, str], ...]
Text = str | Markup


def badge(label: str, colour: str) -> Markup:
    """Return a status badge; an unknown colour is shown grey."""
    shade = colour if colour in COLOURS else "grey"
    return Markup('<span class="state s-%s">%s</span>') % (shade, label)


def toned(text: str, tone: str) -> Markup:
    """Return `text` marked "due" (vermilion), "near" (amber), "met" (green) or "dim"."""
    return Markup('<span class="t-%s">%s</span>') % (tone, text)


def whole_days(text: Text) -> Text:
    """Return `text` with each day in it marked, so that none is broken over two lines; HTML stays as it is."""
    if isinstance(text, Markup) or not _DAY.search(str(text)):
        return text
    return Markup(_DAY.sub(r'<span class="nowrap">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped


def figure(value: float | int | None, places: int = 0) -> str:
    """Return a number with thousands separators, at most `places` decimals, no zeros at the end."""
    if value is None:
        return ""
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if places else text


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere. `hint` is a short grey remark beside it."""

    label: str
    url: str
    hint: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A button: `style` is "plain", "primary" or "danger" (last and apart); `post` sends a form.

    `is_wide` leads to what a narrow screen cannot show, where it is left out.
    """

    label: str
    url: str
    style: str = "plain"
    icon: str = ""
    post: bool = False
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One choice."""

    value: str
    label: str
    selected: bool = False
