"""A drawing as SVG: tones are classes, coloured for both themes and paper; a mark that leads somewhere is a link."""

from collections.abc import Iterator

from markupsafe import Markup, escape

from office.charts.drawing import Box, Drawing, Line, Word

_MOST_FITTED = 420  # pixels that a phone shows a little smaller; what is wider is moved sideways
_WHOLE = Markup(
    '<svg class="chart%s" viewBox="0 0 %s %s" width="%s" height="%s" role="group" aria-label="%s">%s</svg>'
)


def svg(drawing: Drawing, label: str) -> Markup:
    """Return a drawing written out; `label` names it."""
    wide, high = f"{drawing.width:g}", f"{drawing.height:g}"
    fit = " fit" if drawing.width <= _MOST_FITTED else ""
    return _WHOLE % (fit, wide, high, wide, high, label, Markup("").join(_parts(drawing)))


def _parts(drawing: Drawing) -> Iterator[Markup]:
    yield from map(_line, drawing.lines)
    yield from map(_box, drawing.boxes)
    yield from map(_word, drawing.words)
    yield from map(_line, drawing.over)


def _box(box: Box) -> Markup:
    tone = escape(box.tone)
    title = Markup("<title>%s</title>") % box.words
    inner = Markup('<rect x="%s" y="%s" width="%s" height="%s" rx="2" class="%s"/>') % (
        f"{box.x:g}", f"{box.y:g}", f"{box.width:g}", f"{box.height:g}", tone,
    )  # fmt: skip
    middle, base = f"{box.x + box.width / 2:g}", box.y + box.height / 2 + 4
    if box.second:
        inner += _text(middle, f"{base - 9:g}", f"on-{tone}", box.label)
        inner += _text(middle, f"{base + 9:g}", f"on-{tone} large", box.second)
    elif box.label:
        inner += _text(middle, f"{base:g}", f"on-{tone}", box.label)
    if box.url:
        return Markup('<a href="%s" aria-label="%s">%s%s</a>') % (box.url, box.words, title, inner)
    return Markup("<g>%s%s</g>") % (title, inner)


def _text(x: str, y: str, tone: str, text: str) -> Markup:
    return Markup('<text x="%s" y="%s" class="mid %s">%s</text>') % (x, y, tone, text)


def _word(word: Word) -> Markup:
    title = Markup("<title>%s</title>") % word.full if word.full else ""
    text = Markup('<text x="%s" y="%s" text-anchor="%s"%s>%s%s</text>') % (
        f"{word.x:g}", f"{word.y:g}", word.anchor, Markup(' class="%s"') % word.tone if word.tone else "", title,
        word.text,
    )  # fmt: skip
    if word.url:
        return Markup('<a href="%s" aria-label="%s">%s</a>') % (word.url, word.full or word.text, text)
    return text


def _line(line: Line) -> Markup:
    points = " ".join(f"{x:g},{y:g}" for x, y in line.points)
    return Markup('<polyline points="%s" class="%s"/>') % (points, line.tone)
