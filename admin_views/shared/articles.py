"""Which article stands behind what a page shows: by the rule set that it was decided under, else the one of today."""

from flask import Flask

from admin_views.shared.request_context import today
from forms.sentences import article_label
from rules.rule_sets.measures import Measures
from rules.rule_sets.provisions import KEYS
from services.assessment.rule_sets import set_shown


def article_of(key: str, measures: Measures | None = None) -> str:
    """Return the article of a provision in words, "" when the rule set names none. KeyError for no provision."""
    if key not in KEYS:
        raise KeyError(key)
    return article_label((measures or set_shown(today())).articles.get(key, ""))


def init_articles(app: Flask) -> None:
    """Let templates ask for an article: `{{ article('renewal') }}`."""
    app.jinja_env.globals["article"] = article_of
