"""Turn what a service refused into sentences in the clerk's language."""

from collections.abc import Iterable

from flask_babel import gettext
from wtforms import Form

from rules.choices import Choice
from rules.errors import Problem, Refusal


def sentence(refusal: Refusal) -> str:
    """Return a refusal in the language of the request, the words of closed lists in it too."""
    params = {
        key: gettext(value.label) if isinstance(value, Choice) else value
        for key, value in refusal.params.items()
    }
    return str(gettext(refusal.message, **params))


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


def show_refusals(form: Form, problem: Problem) -> None:
    """Put each reason beside the field at fault, or on top of the form when it names none that is there."""
    form.form_errors += [sentence(refusal) for refusal in put_beside(form, problem.refusals)]
