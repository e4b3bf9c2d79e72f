"""Words in the language of whoever reads a page: at once, or when a form is drawn."""

from functools import lru_cache
from typing import Any, cast

from flask import g
from flask_babel import get_locale, get_translations
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape

from schema.definitions.own_words import own_words


def gettext(message: str, **params: Any) -> str:
    """Return a message in the clerk's language, as Flask-Babel's own does; for modules that say much on each page."""
    if not message:  # a catalogue keeps its own head there
        return ""
    if message in own_words():
        return own_word(message)
    text = str((catalogue_of_request() or get_translations()).gettext(message))
    return text % params if params else text


def language() -> str:
    """Return the language of the present page; "" where nobody asks for one."""
    try:  # where Flask-Babel keeps it, once it was asked: a page asks some fifty times
        locale = cast("Any", g)._get_current_object()._flask_babel.babel_locale
    except (AttributeError, RuntimeError):
        locale = get_locale()
    return _written(locale)


_written = lru_cache(maxsize=20)(lambda locale: str(locale or ""))


def own_word(word: str) -> str:
    """Return a word that the office has added, in the clerk's language."""
    return word if language().startswith("zh") else own_words()[word]


def catalogue_of_request() -> Any:
    """Return the request's catalogue from Flask-Babel's own place for it, which a change of locale empties."""
    try:
        return cast("Any", g)._get_current_object()._flask_babel.babel_translations
    except (AttributeError, RuntimeError):  # nobody has asked yet, or there is no request
        return None


class Later(LazyString):
    """A message that is looked up each time it is read; it is a text, and no HTML."""

    def __init__(self, message: str) -> None:
        super().__init__(gettext, message)

    def __str__(self) -> str:
        return gettext(self._args[0])

    def __html__(self) -> Markup:
        return escape(str(self))


def later(message: str) -> Any:
    """Return a message id to be said in the reader's language."""
    return Later(message)
