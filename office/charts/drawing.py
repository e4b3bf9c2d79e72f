"""What a chart consists of: boxes that may lead somewhere, words and lines, in pixels from the upper left."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A mark: a rectangle of a tone, with `label` in its middle; `words` say what it is, `url` where it leads."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    words: str
    label: str = ""
    url: str = ""
    second: str = ""  # a second line of the label


@dataclass(frozen=True)
class Word:
    """A text beside the marks; `anchor` is start, middle or end, `y` its base line."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    tone: str = ""
    url: str = ""
    full: str = ""  # the whole of a text that was cut


@dataclass(frozen=True)
class Line:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    tone: str = ""


@dataclass(frozen=True)
class Drawing:
    """A chart of a size: lines, then boxes and words, then the lines that lie `over` them."""

    width: float
    height: float
    boxes: tuple[Box, ...] = ()
    words: tuple[Word, ...] = ()
    lines: tuple[Line, ...] = ()
    over: tuple[Line, ...] = ()
