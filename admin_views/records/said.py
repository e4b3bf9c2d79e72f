"""What is said before a save: warnings, with the way to the record that one speaks of."""

from flask import url_for
from markupsafe import Markup

from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Text
from forms.sentences import sentence
from rules.errors import Refusal, Warned
from rules.words import N_


def shown_warnings(problem: Warned) -> tuple[Text, ...]:
    """Return each warning once, as a sentence; one about another record with a link to it."""
    return tuple(dict.fromkeys(_shown(warning) for warning in problem.refusals))


def _shown(warning: Refusal) -> Text:
    if warning.about is None:
        return sentence(warning)
    collection, record_id = warning.about
    return Markup('{} <a href="{}" target="_blank" rel="noopener">{}</a>').format(
        sentence(warning), url_for(f"{collection}.details_view", id=record_id), gettext(N_("Look at it"))
    )
