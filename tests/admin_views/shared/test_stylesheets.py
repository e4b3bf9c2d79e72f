"""The stylesheet is cut by component; no rule of it is dead and none stands twice."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from admin_views.shared.requests.stylesheet import PARTS, joined

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "static"
_SOURCES = (("templates", "*.html"), ("static", "*.js"), *((room, "*.py") for room in (
    "admin_views", "public_views", "forms", "office", "services", "schema", "rules",
)))  # fmt: skip
# Put together of two parts: a word and a number or a word of a list.
_MADE = re.compile(
    r"w[1-8]|h[0-9]|on-\w+|plugin-\w+|[hr]?heat-\d|(rows|text)-(close|wide|large|largest)|(c|s|t|d|f|p|of|kind|level)-[\w-]+"
)
_PART_FILES = sorted(path.relative_to(STATIC).as_posix() for path in (STATIC / "styles").rglob("*.css"))
SHEETS = ["public.css", *_PART_FILES]
_LARGEST_PART = 16_000  # signs


@pytest.fixture(scope="module")
def words() -> set[str]:
    """Every word of what makes or shows a page."""
    found: set[str] = set()
    for room, pattern in _SOURCES:
        for path in (ROOT / room).rglob(pattern):
            found.update(re.findall(r"[A-Za-z_][\w-]*", path.read_text("utf-8", errors="ignore")))
    return found


def _rules(name: str) -> str:
    return re.sub(r"/\*.*?\*/", "", (STATIC / name).read_text("utf-8"), flags=re.DOTALL)


def _declarations(text: str, around: str = "") -> Iterator[tuple[str, str, list[str]]]:
    """Each rule as what stands around it (a medium), its selectors, and the names of what it sets."""
    depth = start = opened = 0
    for place, sign in enumerate(text):
        if sign == "{":
            depth += 1
            opened = place if depth == 1 else opened
        elif sign == "}":
            depth -= 1
            if depth == 0:
                head, body = " ".join(text[start:opened].split()), text[opened + 1 : place]
                start = place + 1
                if head.startswith("@media"):
                    yield from _declarations(body, head)
                elif not head.startswith("@"):
                    yield around, head, re.findall(r"(?:^|[;{\s])([a-z-]+)\s*:(?=[^;{}]*(?:;|$))", body)


def test_the_parts_are_those_of_the_declared_order() -> None:
    assert sorted(f"styles/{part}.css" for part in PARTS) == _PART_FILES
    assert sorted(path.name for path in STATIC.glob("*.css")) == ["public.css"]


def test_no_part_grows_to_the_one_sheet_again() -> None:
    assert [name for name in _PART_FILES if len(_rules(name)) > _LARGEST_PART] == []


def test_no_rule_of_the_joined_sheet_stands_twice() -> None:
    seen: set[tuple[str, str, str]] = set()
    twice = []
    for around, head, names in _declarations(joined(STATIC / "styles").decode()):
        for selector in head.split(", "):
            for name in set(names):
                one = (around, selector, name)
                if one in seen:
                    twice.append(one)
                seen.add(one)
    assert len(seen) > 4_000
    assert twice == []


def test_every_token_is_used_and_every_used_token_is_there() -> None:
    text = joined(STATIC / "styles").decode()
    set_here, used = set(re.findall(r"(--[\w-]+)\s*:", text)), set(re.findall(r"var\((--[\w-]+)\)", text))
    assert set_here == used


@pytest.mark.parametrize("name", SHEETS)
def test_every_class_of_a_stylesheet_is_used(name: str, words: set[str]) -> None:
    text = _rules(name)
    selectors = [one for one in re.findall(r"([^{}]+)\{", text) if not one.strip().startswith("@")]
    classes = {found for one in selectors for found in re.findall(r"\.([A-Za-z_][\w-]*)", one)}
    assert classes
    assert sorted(one for one in classes - words if not _MADE.fullmatch(one)) == []


@pytest.mark.parametrize("name", SHEETS)
def test_a_stylesheet_is_whole(name: str) -> None:
    text = _rules(name)
    assert text.count("{") == text.count("}")
    assert ":has(" not in text, "Chromium 90 does not know it"
    assert "@container" not in text


def test_what_floats_over_a_page_has_a_class_of_its_own() -> None:
    """`.beside`, a panel over the right of a list, once covered a form whose candidates bore the same word."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", joined(STATIC / "styles").decode())
    floating = {
        selector.strip()[1:]
        for head, body in rules
        if "position: fixed" in body
        for selector in head.split(",")
        if re.fullmatch(r"\.[\w-]+", selector.strip())
    }
    bearing = {
        word: [
            path.relative_to(ROOT / "templates").as_posix()
            for path in sorted((ROOT / "templates").rglob("*.html"))
            if re.search(rf'class="(?:[^"]*\s)?{word}(?:\s[^"]*)?"', path.read_text("utf-8"))
        ]
        for word in floating
    }
    assert "beside" in floating
    assert {word: pages for word, pages in bearing.items() if len(pages) > 1} == {}


def _on_paper() -> str:
    """What the parts say of paper, each from its `@media print {` to where it is closed again."""
    found = ""
    for part in " ".join(_rules(name) for name in _PART_FILES).split("@media print {")[1:]:
        depth = 1
        for place, sign in enumerate(part):
            depth += {"{": 1, "}": -1}.get(sign, 0)
            if not depth:
                found += part[:place]
                break
    return found


def test_paper_bears_no_buttons_and_shows_a_form_over_its_whole_width() -> None:
    paper = _on_paper()
    hidden = " ".join(re.findall(r"([^{}]+)\{ display: none !important; \}", paper))
    for one in (
        ".rail",
        ".bar",
        "main .btn",
        "main .tool",
        ".form-file",
        ".line-acts",
        ".no-print",
        ".save-bar",
    ):
        assert one in hidden, one
    assert ".with-side, .with-side.alone { display: block; }" in paper
    assert ".rows tfoot { display: table-row-group; }" in paper, "a sum would stand under every sheet"
    assert ".dark .official .red-head .of { color: #c4161c; }" in paper, (
        "the red head is red from the dark theme too"
    )


def test_what_a_component_shows_does_not_undo_what_paper_hides() -> None:
    """`.no-print` must win over a later rule that lays the same element out."""
    assert re.search(r"\.no-print[^{}]*\{ display: none !important; \}", _on_paper())


def test_no_line_begins_with_the_star_of_a_required_field() -> None:
    assert '.must::before { content: "\\2060"; }' in joined(STATIC / "styles").decode()


def test_a_row_that_a_page_marks_looks_otherwise() -> None:
    """A class that a template gives to some rows of a table only is there for the eye."""
    text = joined(STATIC / "styles").decode()
    marks = set()
    for path in (ROOT / "templates").rglob("*.html"):
        marks.update(re.findall(r'<tr\{% if [^%]+%\} class="([\w-]+)"\{% endif %\}', path.read_text("utf-8")))
    assert "muted" in marks
    assert sorted(mark for mark in marks if not re.search(rf"\.{mark}[\s>,{{]", text)) == []


def test_a_link_in_a_sentence_is_underlined() -> None:
    underlined = [
        head for _, head, names in _declarations(_rules("styles/ground.css")) if "text-decoration" in names
    ]
    assert any("p > a:not([class])" in head.split(", ") for head in underlined)


@pytest.mark.parametrize("name", ["conflict", "merge"])
def test_where_two_versions_stand_below_each_other_each_bears_its_heading(name: str) -> None:
    page = (ROOT / f"templates/records/{name}.html").read_text("utf-8")
    assert 'class="versus stacked' in page
    cells = re.findall(r"<td(?! colspan)[^>]*>", page.replace("{{", "").replace("}}", ""))
    assert cells
    assert [cell for cell in cells if "data-label" not in cell] == []


def test_the_button_of_a_calendar_stands_in_its_field() -> None:
    """The button is laid over the end of what holds the field: without one it stood over the page's head."""
    fields = [
        (path.name, before)
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for before in re.findall(r"(.{0,30})<input\b[^<]*\sdata-date\b", path.read_text("utf-8"))
    ]
    assert len(fields) > 4
    assert [one for one in fields if not one[1].endswith('<span class="with-date">')] == []


@pytest.mark.parametrize("name", ["trial", "result"])
def test_tables_of_refused_and_of_doubtful_rows_are_cards_on_a_phone(name: str) -> None:
    """In the trial and in the result alike: four columns of 390 pixels broke each word."""
    page = (ROOT / f"templates/imports/{name}.html").read_text("utf-8")
    assert page.count('<table class="rows wrap title-cases">') == 2
