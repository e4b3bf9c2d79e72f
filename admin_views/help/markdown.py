"""The manual's own Markdown: the few marks that a chapter needs, as HTML. Everything else is text, and escaped.

Read are headings (`#`, `##`), paragraphs, lists (`- `, `1. `), tables (`| a | b |`), notes (`> `), `**bold**`,
`` `keys` ``, `[words](address)` and `![words](picture)`. An address without a slash names a chapter.
"""

import re
from collections.abc import Callable, Iterator
from itertools import groupby

from markupsafe import Markup, escape

_MARKS = re.compile(
    r"!\[(?P<picture>[^\]]*)\]\((?P<file>[\w.-]+)\)|\[(?P<words>[^\]]+)\]\((?P<address>[^)\s]+)\)"
    r"|\*\*(?P<bold>[^*]+)\*\*|`(?P<keys>[^`]+)`"
)
_RULE = re.compile(r"\|[\s|:-]+\|")
_ITEM, _STEP = re.compile(r"- +"), re.compile(r"\d+\. +")


class Reader:
    """Turns chapters into HTML; it is told where chapters and pictures stand."""

    def __init__(self, chapter_url: Callable[[str], str], picture_url: Callable[[str], str]) -> None:
        """Take what gives the address of a chapter's word and of a picture's file name."""
        self._chapter_url, self._picture_url = chapter_url, picture_url

    def html(self, text: str) -> Markup:
        """Return a chapter's body: without its first heading, which is the page's own."""
        parts = [part for part in re.split(r"\n\s*\n", text.strip()) if not part.startswith("# ")]
        return Markup("\n").join(self._block(part.splitlines()) for part in parts)

    def _block(self, lines: list[str]) -> Markup:
        first = lines[0]
        if first.startswith("## "):
            rest = self._block(lines[1:]) if lines[1:] else Markup("")
            return Markup("<h2>{}</h2>{}").format(self._line(first[3:]), rest)
        if first.startswith("> "):
            inside = " ".join(line.removeprefix(">").strip() for line in lines)
            return Markup('<p class="aside">{}</p>').format(self._line(inside))
        if first.startswith("|"):
            return self._table(lines)
        for mark, tag in ((_ITEM, "ul"), (_STEP, "ol")):
            if mark.match(first):
                return self._list(lines, mark, tag)
        return Markup("<p>{}</p>").format(self._line(" ".join(line.strip() for line in lines)))

    def _list(self, lines: list[str], mark: re.Pattern[str], tag: str) -> Markup:
        items: list[str] = []
        for line in lines:
            if found := mark.match(line):
                items.append(line[found.end() :])
            else:
                items[-1] += " " + line.strip()
        inside = Markup("").join(Markup("<li>{}</li>").format(self._line(item)) for item in items)
        return (Markup("<ul>{}</ul>") if tag == "ul" else Markup("<ol>{}</ol>")).format(inside)

    def _table(self, lines: list[str]) -> Markup:
        rows = [line.strip().strip("|").split("|") for line in lines if not _RULE.fullmatch(line.strip())]
        head, *others = ([self._line(cell.strip()) for cell in row] for row in rows)
        heads = Markup("").join(Markup('<th scope="col">{}</th>').format(cell) for cell in head)
        body = Markup("").join(
            Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row))
            for row in others
        )
        return Markup(
            '<div class="table-box small"><table class="rows"><thead><tr>{}</tr></thead>'
            "<tbody>{}</tbody></table></div>"
        ).format(heads, body)

    def _line(self, text: str) -> Markup:
        return Markup("").join(self._pieces(text))

    def _pieces(self, text: str) -> Iterator[Markup]:
        end = 0
        for found in _MARKS.finditer(text):
            yield escape(text[end : found.start()])
            yield self._piece(found)
            end = found.end()
        yield escape(text[end:])

    def _piece(self, found: re.Match[str]) -> Markup:
        if found["file"]:
            return Markup('<img src="{}" alt="{}" loading="lazy" width="1366" height="768">').format(
                self._picture_url(found["file"]), found["picture"]
            )
        if found["address"]:
            address = found["address"]
            url = address if address.startswith("/") else self._chapter_url(address)
            return Markup('<a href="{}">{}</a>').format(url, found["words"])
        if found["bold"]:
            return Markup("<b>{}</b>").format(found["bold"])
        return Markup("<kbd>{}</kbd>").format(found["keys"])


def links_in(text: str) -> list[str]:
    """Return the addresses that a chapter leads to."""
    return [found["address"] for found in _MARKS.finditer(text) if found["address"]]


def pictures_in(text: str) -> list[str]:
    """Return the pictures that a chapter shows."""
    return [found["file"] for found in _MARKS.finditer(text) if found["file"]]


def headings_in(text: str) -> list[str]:
    """Return the headings of a chapter, the first one its title."""
    kinds = groupby(text.splitlines(), lambda line: line.startswith(("# ", "## ")))
    return [line.lstrip("# ") for is_heading, lines in kinds if is_heading for line in lines]
