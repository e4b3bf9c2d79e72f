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


class OperatorChange(Choice):
    """What became of the operator: the same legal person under another name, or another legal person."""

    ANOTHER = "another", N_("Another legal person"), "变更为另一法人"
    RENAMED = "renamed", N_("The same legal person under a new name"), "同一法人更名"


class TitleKept(Choice):
    """What the city decided on the title of a base that another legal person runs by now (decision).

    The title itself moves by a case's decision alone (Art. 16, 18).
    """

    KEPT = "kept", N_("The base keeps the title"), "保留称号"
    NOT_KEPT = "not-kept", N_("The base does not keep the title"), "不保留称号"


# What Art. 15 names: the base's or its operator's name, the address, the legal representative; and the code that
# another operator brings.
CHANGEABLE = ("name", "operator", "uscc", "address", "legal_representative")


def refusals_of_operator(
    given: Mapping[str, str], recorded: Mapping[str, str], kind: OperatorChange | None, *, has_licence: bool
) -> tuple[Refusal, ...]:
    """Return why a change of the operator cannot be taken down: another one brings code, licence and representative.

    `given` are the new values as typed, `recorded` those of the base; both hold "" for none. `kind` None counts as
    another legal person: a name alone tells nobody who answers for the base.
    """
    is_new = bool(given["operator"]) and given["operator"] != recorded["operator"]
    has_new_code = bool(given["uscc"]) and given["uscc"] != recorded["uscc"]
    if not is_new:
        sentence = N_("A code belongs to its operator: enter the new operator too.")
        return (Refusal(sentence, field="operator"),) if has_new_code else ()
    if kind is OperatorChange.RENAMED:
        sentence = N_("The same legal person keeps its code: leave it blank, or choose another legal person.")
        return (Refusal(sentence, field="uscc"),) if has_new_code else ()
    refusals = []
    if not given["uscc"]:
        refusals.append(Refusal(N_("Enter the new operator's own code."), field="uscc"))
    elif not has_new_code:
        sentence = N_(
            "This is the former operator's code: the new one has its own. A new name is another matter."
        )
        refusals.append(Refusal(sentence, field="uscc"))
    if not given["legal_representative"]:
        sentence = N_("Enter the new operator's legal representative.")
        refusals.append(Refusal(sentence, field="legal_representative"))
    if not has_licence:
        refusals.append(Refusal(N_("Add the new operator's business licence."), field="licence"))
    return tuple(refusals)


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
