"""What pages say where something is begun under a rule set that has ended, and when they ask why."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from admin_views.shared.request_context import today
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Fact
from forms.sentences import sentence
from rules.rule_sets.measures import REASON_TO_BEGIN, Measures, begun_after_end
from rules.words import N_
from services.assessment.rule_sets import refusals_to_begin_on


def ended_warnings(measures: Measures, day: date | None = None, *, goes_on: bool = False) -> tuple[str, ...]:
    """Return what stands against beginning something on `day` (today); nothing while the rule set is in force."""
    refusals = refusals_to_begin_on(measures, day or today(), "", today=today(), goes_on=goes_on)
    return tuple(sentence(refusal) for refusal in refusals)


def asks_reason(form: Any, measures: Measures) -> bool:
    """Tell whether a form shows the field for the reason: the rule set has ended, or something was typed or refused."""
    field = form[REASON_TO_BEGIN]
    return bool(field.data or field.errors or begun_after_end(measures, today(), ""))


def begun_warnings(measures: Measures, reason: str, day: date | None = None) -> list[str]:
    """Return what a preview says of the reason that is kept; nothing while the rule set is in force."""
    refusals = begun_after_end(measures, max(day or today(), today()), reason) if reason else ()
    return [sentence(refusal) for refusal in refusals]


def reason_facts(raw: Mapping[str, Any]) -> list[Fact]:
    """Return why a stored matter was begun under a rule set that had ended; nothing where it had not."""
    reason = raw.get(REASON_TO_BEGIN)
    return [Fact(gettext(N_("Why it is begun under rules that have ended")), reason)] if reason else []
