"""The manual: its contents, a chapter in the reader's language, the keys, the words."""

from functools import lru_cache
from pathlib import Path

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from admin_views.help.markdown import Reader
from admin_views.help.view_models import KeyGroup, KeyLine, KeysPage, ManualPage, WordsPage
from admin_views.shared.help.chapters import BY_WORD, CHAPTERS, Chapter
from admin_views.shared.help.glossary import GLOSSARY
from admin_views.shared.request_context import in_chinese
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Link
from rules.words import N_

MANUAL = Path(__file__).resolve().parents[2] / "templates" / "manual"
_TITLE = N_("Manual")
_KEYS: tuple[tuple[str, str, tuple[tuple[tuple[str, ...], str], ...]], ...] = (
    (
        N_("On every page"), "",
        (
            (("?",), N_("Show the keys of this page")),
            (("Ctrl+K",), N_("Find or ask: names, pinyin, pages, acts, questions")),
            (("Esc",), N_("Close what is open")),
            (("Ctrl+Z",), N_("Undo what was done last, while the button for it is shown")),
        ),
    ),
    (
        N_("In a list"), "table[data-beside]",
        (
            (("J", "K"), N_("Next and previous record")),
            (("P",), N_("Show the record beside the list")),
            (("X",), N_("Select the record")),
            (("B",), N_("To what is done with the selected records; Esc leads back")),
            (("←", "→", "↑", "↓"), N_("From cell to cell")),
            (("F2", "Enter"), N_("Edit the cell, where it may be edited")),
            (("Enter",), N_("Save the cell")),
            (("Ctrl+Enter",), N_("Save a cell with a long text")),
            (("Tab", "Shift+Tab"), N_("Save the cell and edit the next or the previous one")),
            (("Esc",), N_("Leave the cell as it was")),
        ),
    ),
    (
        N_("In a form"), "#form",
        (
            (("Tab", "Shift+Tab"), N_("Next and previous field; takes what a look-up has found")),
            (("Ctrl+S",), N_("Save")),
        ),
    ),
    (
        N_("In the form of a record"), "#form [data-save], #form button[name=again]",
        (
            (("Ctrl+Enter",), N_("Save")),
            (("Ctrl+Shift+Enter",), N_("Save and begin another, where the button is there")),
        ),
    ),
    (
        N_("In the grid"), ".grid-tools",
        (
            (("Ctrl+C", "Ctrl+V"), N_("Copy and paste cells, also from and to Excel")),
            (("Ctrl+Z", "Ctrl+Y"), N_("Undo and redo")),
            (("Ctrl+D",), N_("Fill down")),
            (("Delete",), N_("Clear the selected cells")),
            (("F2",), N_("Edit the cell")),
            (("Esc",), N_("Leave the grid, to its buttons")),
            (("Ctrl+Enter",), N_("Check all rows")),
            (("Ctrl+S",), N_("Write the good rows once they are checked")),
        ),
    ),
)  # fmt: skip


def index() -> ResponseReturnValue:
    """Show the contents of the manual."""
    return render_template("help/contents.html", page=ManualPage(gettext(_TITLE), _links()))


def chapter(word: str) -> ResponseReturnValue:
    """Show one chapter."""
    found = BY_WORD.get(word)
    if found is None:
        abort(404)
    links, place = _links(), CHAPTERS.index(found)
    page = ManualPage(
        title=gettext(found.title),
        chapters=links,
        body=_body(found, "zh" if in_chinese() else "en"),
        before=links[place - 1] if place else None,
        after=links[place + 1] if place + 1 < len(links) else None,
        crumbs=_crumbs(),
    )
    return render_template("help/chapter.html", page=page)


def keys() -> ResponseReturnValue:
    """Show all keys; the dialog of `?` shows of them those of its page."""
    groups = tuple(
        KeyGroup(gettext(title), when, tuple(KeyLine(pressed, gettext(does)) for pressed, does in lines))
        for title, when, lines in _KEYS
    )
    return render_template("help/keys.html", page=KeysPage(gettext(N_("Keys")), groups, _crumbs()))


def words() -> ResponseReturnValue:
    """Show every word that is explained where it stands."""
    explained = tuple((key, gettext(term.word), gettext(term.meaning)) for key, term in GLOSSARY.items())
    page = WordsPage(gettext(N_("Words of the figures")), explained, _crumbs())
    return render_template("help/words.html", page=page)


def _crumbs() -> tuple[Link, ...]:
    return (Link(gettext(_TITLE), url_for("help.index")),)


def _links() -> tuple[Link, ...]:
    return tuple(Link(gettext(one.title), url_for("help.chapter", word=one.word)) for one in CHAPTERS)


def _body(found: Chapter, language: str) -> Markup:
    def picture_url(name: str) -> str:
        return url_for("static", filename=f"manual/{name}")

    reader = Reader(lambda word: url_for("help.chapter", word=word), picture_url)
    return reader.html(source(found.word, language))


@lru_cache(maxsize=64)
def source(word: str, language: str) -> str:
    """Return the Markdown of a chapter in a language, "zh" or "en"."""
    return (MANUAL / language / f"{word}.md").read_text("utf-8")
