"""How words are looked up: the catalogue is found once a request, not once a word.

Flask-Babel works out locale and catalogue again for each of a page's 150 words, which took a
quarter of a list's time.
"""

from functools import lru_cache
from typing import Any

from babel import Locale
from flask import Flask, g, request
from flask_babel import Babel, Domain
from markupsafe import Markup

from forms.drawing.words import catalogue_of_request, gettext, own_word
from rules.words import N_
from schema.definitions.own_words import own_words
from schema.registry import REGISTRY
from services.desk.users import PREFERENCES

__all__ = [
    "RequestDomain",
    "chosen_language",
    "chosen_locale",
    "collection_label",
    "gettext",
    "init_translation",
]


class RequestDomain(Domain):
    """Flask-Babel's domain, which remembers the catalogue for as long as the request's locale stays."""

    def get_translations(self) -> Any:
        """Return the catalogue of this request's locale."""
        catalogue = catalogue_of_request()
        if catalogue is None:
            catalogue = g._flask_babel.babel_translations = super().get_translations()
        return catalogue

    def gettext(self, string: str, **variables: Any) -> Any:
        """Return a message in the request's language. What is empty stays so: a catalogue keeps its own head there."""
        if string and string in own_words():
            return own_word(string)
        return super().gettext(string, **variables) if string else ""


def chosen_language() -> str:
    """Return the locale of this request: the cookie's, else the office's own; asks no database.

    A program that asks has no cookie: it says what it reads in `Accept-Language`.
    """
    if request.path.startswith("/api/"):
        return "en" if request.accept_languages.best_match(["zh", "en"], "zh") == "en" else "zh_Hans_CN"
    value = request.cookies.get("language", "")
    return value if value in PREFERENCES["language"] else PREFERENCES["language"][0]


def chosen_locale() -> Locale:
    """Return the same with what the library knows of it, which it would look for in its files with each request."""
    return _locale_of(chosen_language())


_locale_of = lru_cache(maxsize=20)(Locale.parse)


def collection_label(name: str) -> str:
    """Return what a collection is called on screen; of one that was deleted that it was, never its word."""
    declaration = REGISTRY.get(name)
    return gettext(declaration.label if declaration else N_("A deleted collection"))


def init_translation(app: Flask, babel: Babel) -> None:
    """Put the domain in place of Flask-Babel's, and our own `_` into the templates."""
    babel.domain_instance = RequestDomain(domain=app.config.get("BABEL_DOMAIN", "messages"))
    app.jinja_env.globals["_"] = _word


def _word(message: str, **params: Any) -> Markup:
    """Return a message for a template, as Jinja's `_` does: safe itself, its parameters escaped."""
    text = Markup(gettext(message))  # noqa: S704 - our own catalogue
    return text % params if params else text
