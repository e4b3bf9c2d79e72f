"""Read a page as a clerk's browser would: the list's rows, the county bar, what a form would send, its problems."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple

_VOID = frozenset({"input", "br", "link", "meta", "img", "hr", "use", "path"})


class Pill(NamedTuple):
    """One county of the bar."""

    label: str
    count: int | None
    url: str
    on: bool


def text_of(html: str) -> str:
    """Return the words of a piece of HTML."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))).strip()


def rows(html: str) -> list[list[str]]:
    """Return the cells of the first table of records, without boxes and buttons."""
    table = re.search(r'<table class="rows.*?<tbody>(.*?)</tbody>', html, re.DOTALL)
    if not table:
        return []
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", table.group(1), re.DOTALL):
        cells = re.findall(r'<t[dh](?: (?:scope|class)="([^"]*)")*[^>]*>(.*?)</t[dh]>', row, re.DOTALL)
        found.append([text_of(cell) for kind, cell in cells if kind not in ("pick", "act", "act shown")])
    return found


def names(html: str) -> list[str]:
    """Return the first cell of each row."""
    return [row[0] for row in rows(html)]


def ids(html: str) -> list[str]:
    """Return the ids of the rows."""
    return re.findall(r'<th scope="row"><a href="[^"]*details/\?id=([0-9a-f]{24})"', html)


def pills(html: str) -> list[Pill]:
    """Return the county bar."""
    bar = re.search(r'<nav class="counties[^>]*>(.*?)</nav>', html, re.DOTALL)
    assert bar, "no county bar"
    found = []
    for url, classes, inner in re.findall(
        r'<a href="([^"]*)"[^>]*class="([^"]*)"[^>]*>(.*?)</a>', bar.group(1)
    ):
        label, _, count = inner.partition("<b>")
        number = int(re.sub(r"\D", "", count)) if count else None
        found.append(Pill(text_of(label), number, unescape(url), "on" in classes.split()))
    return found


def problems(html: str) -> dict[str, str]:
    """Return the sentence beside each field at fault, by the field's id."""
    return {
        name: text_of(said) for name, said in re.findall(r'<p class="wrong" id="e-([^"]+)">(.*?)</p>', html)
    }


def on_top(html: str) -> str:
    """Return the summary of problems at the head of a form."""
    found = re.search(r'<div class="problems".*?</div>', html, re.DOTALL)
    return text_of(found.group(0)) if found else ""


def flashes(html: str) -> list[str]:
    """Return the messages over the page."""
    return [
        text_of(one) for one in re.findall(r'<div class="flash[^>]*>.*?<span>(.*?)</span>', html, re.DOTALL)
    ]


class _Form(HTMLParser):
    """Collects what the wanted form would send."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted = wanted
        self.inside = False
        self.template = 0
        self.sent: list[tuple[str, str]] = []
        self.select: str | None = None
        self.chosen: list[str] = []
        self.first: str | None = None
        self.many = False
        self.area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = self.wanted in (given.get("id"), given.get("action"))
        if tag == "template":
            self.template += 1
        if not self.inside or self.template:
            return
        name = given.get("name", "")
        if tag == "input" and name and "disabled" not in given:
            kind = given.get("type", "text")
            if kind not in ("checkbox", "radio") or "checked" in given:
                self.sent.append((name, given.get("value", "on" if kind == "checkbox" else "")))
        elif tag == "select":
            self.select, self.chosen, self.first, self.many = name, [], None, "multiple" in given
        elif tag == "option" and self.select:
            self.first = given.get("value", "") if self.first is None else self.first
            if "selected" in given:
                self.chosen.append(given.get("value", ""))
        elif tag == "textarea":
            self.area = name
            self.sent.append((name, ""))

    def handle_data(self, data: str) -> None:
        if self.area:
            name, text = self.sent.pop()
            self.sent.append((name, text + data))

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self.template -= 1
        if tag == "form":
            self.inside = False
        if not self.inside or self.template:
            return
        if tag == "select" and self.select:
            chosen = self.chosen or ([] if self.many or self.first is None else [self.first])
            self.sent += [(self.select, value) for value in chosen]
            self.select = None
        if tag == "textarea" and self.area:
            name, text = self.sent.pop()
            # A browser drops the line end that begins a text area.
            self.sent.append((name, re.sub(r"^\r?\n", "", text)))
            self.area = None


def form(html: str, wanted: str = "form", *, keyed: bool = False) -> dict[str, list[str]]:
    """Return what the form with this id or action would send, by field.

    Without its key, unless `keyed`: a test that sends it again is another clerk, who opened the page as well.
    """
    reader = _Form(wanted)
    reader.feed(html)
    found: dict[str, list[str]] = {}
    for name, value in reader.sent:
        if keyed or name != "form_key":
            found.setdefault(name, []).append(value)
    return found
