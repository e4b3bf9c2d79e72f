"""What templates know of the glossary: a word's meaning, to stand beside it."""

from flask import Flask

from admin_views.shared.help.glossary import GLOSSARY, Term
from admin_views.shared.translation import gettext


def explained(word: str) -> Term:
    """Return a word of the glossary with its meaning, in the language of the request."""
    term = GLOSSARY[word]
    return Term(gettext(term.word), gettext(term.meaning))


def init_glossary(app: Flask) -> None:
    """Let every template ask for a word, as `explained(word)`."""
    app.jinja_env.globals["explained"] = explained
