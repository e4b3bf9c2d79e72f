"""The prior notice of a decision on a title: what it needs before it is issued, and what it told the base."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from rules.decisions import (
    OPEN_STATES,
    CaseFacts,
    refusals_of_findings,
    refusals_of_grounds,
)
from rules.errors import Refusal
from rules.grounds import DecisionKind, Finding, Ground, findings_of
from rules.words import N_


@dataclass(frozen=True)
class IssuedNotice:
    """A prior notice that was issued here: its number and date, the grounds with their facts, until when to answer."""

    number: str
    dated: date
    statement_by: date
    grounds: Mapping[Ground, str]
    findings: Collection[Finding]


def untold(notice: IssuedNotice, grounds: Mapping[Ground, str], findings: Collection[Finding]) -> bool:
    """Tell whether a case stands on something that the notice does not say; what was given up since burdens nobody."""
    facts_differ = any(
        notice.grounds.get(ground, "").strip() != facts.strip() for ground, facts in grounds.items()
    )
    found = {finding for ground in grounds for finding in findings_of(ground, findings)}
    return facts_differ or not found <= set(notice.findings)


def refusals_to_issue(
    case: CaseFacts, issued: IssuedNotice | None, dated: date | None, statement_by: date | None, today: date,
    *, begun_on: date, least_days: int,
) -> tuple[Refusal, ...]:  # fmt: skip
    """Return why a prior notice cannot be issued: no ground, its day, too short a time, or one that is served stands.

    `begun_on` is the day on which the case was opened; `least_days`, calendar days, is the office's setting.
    """
    refusals = []
    if case.state not in OPEN_STATES:
        refusals.append(Refusal(N_("This case is closed.")))
    if case.kind is DecisionKind.REVERSAL:
        refusals.append(Refusal(N_("Restoring a title burdens nobody: it needs no prior notice.")))
    refusals += refusals_of_grounds(case.kind, case.grounds)
    refusals += refusals_of_findings(case.grounds, case.findings)
    if issued and case.served_on is not None and not untold(issued, case.grounds, case.findings):
        sentence = N_("The prior notice %(number)s is served, and the grounds are those that it tells.")
        refusals.append(Refusal(sentence, {"number": issued.number}))
    if dated is None:
        refusals.append(Refusal(N_("Enter the date of the prior notice."), field="prior_dated"))
    elif dated > today:
        refusals.append(Refusal(N_("The prior notice cannot be dated in the future."), field="prior_dated"))
    elif dated < begun_on:
        sentence = N_("The prior notice cannot be dated before the case was opened, on %(day)s.")
        refusals.append(Refusal(sentence, {"day": begun_on.isoformat()}, field="prior_dated"))
    elif issued and dated < issued.dated:
        sentence = N_("The prior notice cannot be dated before the one that it replaces, of %(day)s.")
        refusals.append(Refusal(sentence, {"day": issued.dated.isoformat()}, field="prior_dated"))
    if statement_by is None:
        sentence = N_("Enter the day until which the base may make its statement.")
        refusals.append(Refusal(sentence, field="prior_until"))
    elif dated is not None and (statement_by - max(dated, today)).days < least_days:
        sentence = N_("The base has at least %(days)d days for its statement.")
        refusals.append(Refusal(sentence, {"days": least_days}, field="prior_until"))
    return tuple(refusals)


def refusals_of_service(
    notice: IssuedNotice, served_on: date | None, statement_by: date | None
) -> tuple[Refusal, ...]:
    """Return why the service of an issued notice cannot be recorded so: before its date, or with another last day."""
    refusals = []
    if served_on is not None and served_on < notice.dated:
        params = {"number": notice.number, "day": notice.dated.isoformat()}
        sentence = N_("The prior notice %(number)s is dated %(day)s: it cannot have been served before.")
        refusals.append(Refusal(sentence, params, field="served_on"))
    if statement_by is not None and statement_by != notice.statement_by:
        params = {"number": notice.number, "day": notice.statement_by.isoformat()}
        sentence = N_(
            "The prior notice %(number)s gives the base until %(day)s: enter that day, or issue it anew."
        )
        refusals.append(Refusal(sentence, params, field="statement_by"))
    return tuple(refusals)


def refusals_without_notice(case: CaseFacts, issued: IssuedNotice | None) -> tuple[Refusal, ...]:
    """Return why nothing is decided yet: no paper told the base, or other grounds than those of the decision."""
    if case.kind is DecisionKind.REVERSAL or case.served_on is None:  # then it is to be served first of all
        return ()
    if issued is None:
        if case.own_papers:
            return ()
        sentence = N_("Issue the prior notice here, or add the file of the one that was served.")
        return (Refusal(sentence, field="prior_number"),)
    if untold(issued, case.grounds, case.findings):
        sentence = N_(
            "The grounds are others than those of the prior notice %(number)s: issue and serve it anew."
        )
        return (Refusal(sentence, {"number": issued.number}, field="prior_number"),)
    return ()
