"""Turn what a service refused into sentences in the clerk's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import get_locale, gettext
from wtforms import Form

from rules.choices import Choice
from rules.errors import Problem, Refusal, Warned
from rules.rule_sets.articles import ArticleRef, article_zh
from rules.rule_sets.provisions import Provision
from rules.shortfalls import MissedCondition
from rules.words import N_


def sentence(refusal: Refusal) -> str:
    """Return a refusal in the language of the request, the words of closed lists in it too."""
    return str(gettext(refusal.message, **{key: _in_words(value) for key, value in refusal.params.items()}))


def _in_words(value: Any) -> Any:
    if isinstance(value, Refusal):
        return sentence(value)
    if isinstance(value, Mapping) and "message" in value:
        return sentence(Refusal(value["message"], value["params"]))
    if isinstance(value, Choice | Provision):
        return gettext(value.label)
    if isinstance(value, MissedCondition):
        article = article_label(value.article)
        return gettext(value.label) + (f"（{article}）" if article else "")
    if isinstance(value, tuple):
        return "、".join(str(_in_words(part)) for part in value)
    return article_label(value) if isinstance(value, ArticleRef) else value


def article_label(reference: str) -> str:
    """Return an article as it is cited in the language of the request: 第五条第（二）项, Art. 5(2); "" for none."""
    locale = get_locale()
    if not reference or locale is None or locale.language == "zh":
        return article_zh(reference)
    return str(gettext(N_("Art. %(article)s"), article=reference))


def put_beside(form: Form, refusals: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """Put each sentence beside its field of a form; return the refusals that belong to none."""
    others = []
    for refusal in refusals:
        field = form._fields.get(refusal.field or "")
        if field is None:
            others.append(refusal)
        else:
            field.errors = [*field.errors, sentence(refusal)]
    return tuple(others)


def warnings_of(problem: Warned) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return what a form says of a warning, and the hidden values that save all the same once they are sent back."""
    told = tuple(dict.fromkeys(sentence(warning) for warning in problem.refusals))
    return told, tuple(("confirmed", token) for token in dict.fromkeys(problem.tokens))


def show_refusals(form: Form, problem: Problem) -> None:
    """Put each reason beside the field at fault, or on top of the form when it names none that is there."""
    form.form_errors += [sentence(refusal) for refusal in put_beside(form, problem.refusals)]
