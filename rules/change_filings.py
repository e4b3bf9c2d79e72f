"""Change filings: what a changed base reports, where a filing stands, why one cannot be taken down (Art. 15).

The last day to file is counted in `rules.working_days`.
"""

from collections.abc import Mapping
from datetime import date

from rules.choices import Choice
from rules.errors import Refusal
from rules.words import N_


class FilingState(Choice):
    """Where a change filing stands."""

    FILED = "filed", N_("To be accepted"), "待受理"
    ACCEPTED = "accepted", N_("Accepted"), "已备案"
    REFUSED = "refused", N_("Not accepted"), "不予备案"


# What Art. 15 names: the base's or its operator's name, the address, the legal representative.
CHANGEABLE = ("name", "operator", "address", "legal_representative")


def refusals_of_filing(
    changes: Mapping[str, str], completed_on: date | None, filed_on: date | None, *, today: date
) -> tuple[Refusal, ...]:
    """Return why a change filing cannot be taken down: nothing changed, days missing or out of order."""
    refusals = []
    if not changes:
        refusals.append(Refusal(N_("Enter at least one new value."), field="name"))
    if completed_on is None:
        refusals.append(Refusal(N_("Enter the day on which the change was completed."), field="completed_on"))
    elif completed_on > today:
        refusals.append(Refusal(N_("The change lies in the future."), field="completed_on"))
    if filed_on is None:
        refusals.append(Refusal(N_("Enter the day on which it was filed."), field="filed_on"))
    elif filed_on > today:
        refusals.append(Refusal(N_("The day of filing lies in the future."), field="filed_on"))
    elif completed_on is not None and filed_on < completed_on:
        refusals.append(Refusal(N_("It was filed before the change was completed."), field="filed_on"))
    return tuple(refusals)
