"""No rule of a stylesheet is dead: every class in it stands in a template, a script or a view."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
_SOURCES = (("templates", "*.html"), ("static", "*.js"), *((room, "*.py") for room in (
    "admin_views", "public_views", "forms", "office", "services", "schema", "rules",
)))  # fmt: skip
# Put together of two parts: a word and a number or a word of a list.
_MADE = re.compile(
    r"w[1-8]|h[0-9]|on-\w+|plugin-\w+|[hr]?heat-\d|(rows|text)-(close|wide|large|largest)|(c|s|t|d|f|p|of|kind|level)-[\w-]+"
)
SHEETS = sorted(path.name for path in (ROOT / "static").glob("*.css"))


@pytest.fixture(scope="module")
def words() -> set[str]:
    """Every word of what makes or shows a page."""
    found: set[str] = set()
    for room, pattern in _SOURCES:
        for path in (ROOT / room).rglob(pattern):
            found.update(re.findall(r"[A-Za-z_][\w-]*", path.read_text("utf-8", errors="ignore")))
    return found


def _rules(name: str) -> str:
    return re.sub(r"/\*.*?\*/", "", (ROOT / "static" / name).read_text("utf-8"), flags=re.DOTALL)


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
