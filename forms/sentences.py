"""Turn what a service refused into sentences in the clerk's language."""

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


def show_refusals(form: Form, problem: Problem) -> None:
    """Put each reason beside the field at fault, or on top of the form when it names none that is there."""
    for refusal in problem.refusals:
        field = form._fields.get(refusal.field or "")
        if field is None:
            form.form_errors.append(sentence(refusal))
        else:
            field.errors = [*field.errors, sentence(refusal)]
