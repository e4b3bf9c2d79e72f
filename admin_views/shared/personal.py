"""Personal numbers on a preview: each where it stands, with the choice of what becomes of it."""

from collections.abc import Iterable

from flask import request

from admin_views.shared.translation import gettext
from admin_views.shared.view_models.records import PersonalNumbers, PersonalRow
from forms.sentences import sentence
from rules.errors import Refusal
from rules.release import MOST_REASON, Finding, Treated, Treatment, Treatments

_CHOICE, _REASON = "personal-", "personal-reason-"


def is_choice(name: str) -> bool:
    """Tell whether a field of a form says what becomes of a personal number."""
    return name.startswith(_CHOICE)


def treatments_sent() -> Treatments:
    """Return what was chosen, by the key of the number."""
    words = {treatment.value: treatment for treatment in Treatment}
    return {
        name.removeprefix(_CHOICE): Treated(
            words[choice], request.form.get(f"{_REASON}{name.removeprefix(_CHOICE)}", "")
        )
        for name, choice in request.form.items()
        if is_choice(name) and not name.startswith(_REASON) and choice in words
    }


def personal_numbers(findings: Iterable[Finding], refusals: Iterable[Refusal] = ()) -> PersonalNumbers:
    """Return the numbers of a paper as its preview shows them; `refusals` are what is still to decide of each."""
    problems = {refusal.field: sentence(refusal) for refusal in refusals}
    sent = treatments_sent()
    rows = tuple(_row(finding, sent.get(finding.key), problems.get(finding.key, "")) for finding in findings)
    written = dict.fromkeys(finding.number.written for finding in findings)
    return PersonalNumbers(rows, tuple(sorted(written, key=len, reverse=True)), MOST_REASON)


def _row(finding: Finding, treated: Treated | None, problem: str) -> PersonalRow:
    number, (place, params) = finding.number, finding.place
    choices = tuple(
        (
            treatment.value,
            gettext(treatment.label),
            treated is not None and treated.treatment is treatment,
            number.masked if treatment is Treatment.MASK else "",
        )
        for treatment in Treatment
    )
    return PersonalRow(
        finding.key, gettext(number.kind.label), gettext(place, **params), number.before, number.written, number.after,
        choices, treated.reason if treated else "", problem,
    )  # fmt: skip
