"""A drawing as SVG: tones are classes, coloured for both themes and paper; a mark that leads somewhere is a link."""

from collections.abc import Iterator

from markupsafe import Markup

from forms.drawing.escaping import html
from office.charts.drawing import Box, Drawing, Line, Word

_MOST_FITTED = 420  # pixels that a phone shows a little smaller; what is wider is moved sideways
_WHOLE = Markup(
    '<svg class="chart%s" viewBox="0 0 %s %s" width="%s" height="%s" role="group" aria-label="%s">%s</svg>'
)


def svg(drawing: Drawing, label: str) -> Markup:
    """Return a drawing written out; `label` names it."""
    wide, high = f"{drawing.width:g}", f"{drawing.height:g}"
    fit = " fit" if drawing.width <= _MOST_FITTED else ""
    return _WHOLE % (fit, wide, high, wide, high, label, Markup("".join(_parts(drawing))))  # noqa: S704 - escaped below


def _parts(drawing: Drawing) -> Iterator[str]:
    """Yield the marks as HTML: of some thousand parts, each escaped here."""
    yield from map(_line, drawing.lines)
    yield from map(_box, drawing.boxes)
    yield from map(_word, drawing.words)
    yield from map(_line, drawing.over)


def _box(box: Box) -> str:
    tone, words = html(box.tone), html(box.words)
    inner = (
        f'<title>{words}</title><rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="2"'
        f' class="{tone}"/>'
    )
    middle, base = f"{box.x + box.width / 2:g}", box.y + box.height / 2 + 4
    if box.second:
        inner += _text(middle, f"{base - 9:g}", f"on-{tone}", box.label)
        inner += _text(middle, f"{base + 9:g}", f"on-{tone} large", box.second)
    elif box.label:
        inner += _text(middle, f"{base:g}", f"on-{tone}", box.label)
    return f'<a href="{html(box.url)}" aria-label="{words}">{inner}</a>' if box.url else f"<g>{inner}</g>"


def _text(x: str, y: str, tone: str, text: str) -> str:
    return f'<text x="{x}" y="{y}" class="mid {tone}">{html(text)}</text>'


def _word(word: Word) -> str:
    title = f"<title>{html(word.full)}</title>" if word.full else ""
    tone = f' class="{html(word.tone)}"' if word.tone else ""
    place = f'x="{word.x:g}" y="{word.y:g}" text-anchor="{html(word.anchor)}"'
    text = f"<text {place}{tone}>{title}{html(word.text)}</text>"
    if word.url:
        return f'<a href="{html(word.url)}" aria-label="{html(word.full or word.text)}">{text}</a>'
    return text


def _line(line: Line) -> str:
    points = " ".join(f"{x:g},{y:g}" for x, y in line.points)
    return f'<polyline points="{points}" class="{html(line.tone)}"/>'
