"""Upward recommendation: certified bases put forward to the province or the nation (Art. 17)."""

from datetime import date

from rules.choices import Choice
from rules.errors import Refusal
from rules.rule_sets.articles import ArticleRef
from rules.rule_sets.measures import Level, Measures
from rules.titles import TitleState
from rules.words import N_

LEVELS = (Level.PROVINCE, Level.NATION)


class UpwardOutcome(Choice):
    """What became of a recommendation."""

    PENDING = "pending", N_("Waiting for the outcome"), "待批复"
    GRANTED = "granted", N_("Granted"), "获批"
    REFUSED = "refused", N_("Not granted"), "未获批"
    ENDED = "ended", N_("Ended with the city's title"), "因市级称号终止"


def refusals_to_recommend(
    measures: Measures, *, valid_title: bool, level: Level, year: int, dated: date | None, today: date
) -> tuple[Refusal, ...]:
    """Return why a base cannot be recommended upwards: no valid title of the city, a wrong level, dates."""
    refusals = []
    if not valid_title:
        refusals.append(
            Refusal(
                N_("Only a base with a valid title can be recommended (%(article)s)."),
                {"article": ArticleRef(measures.articles.get("upward", ""))},
                field="base",
            )
        )
    if level not in LEVELS:
        refusals.append(Refusal(N_("Choose the province or the nation."), field="level"))
    if dated is None:
        refusals.append(Refusal(N_("Enter the date of the letter."), field="dated"))
    elif dated > today:
        refusals.append(Refusal(N_("The letter cannot be dated in the future."), field="dated"))
    elif dated.year not in (year, year + 1):
        refusals.append(Refusal(N_("The date of the letter does not fit the year."), field="dated"))
    return tuple(refusals)


VALID_TITLES = (TitleState.VALID, TitleState.EXPIRING, TitleState.UNDER_RENEWAL)


def refusals_of_outcome(
    outcome: UpwardOutcome, outcome_on: date | None, *, dated: date, today: date
) -> tuple[Refusal, ...]:
    """Return why an outcome cannot be taken down: neither granted nor refused, or a day out of range."""
    refusals = []
    if outcome not in (UpwardOutcome.GRANTED, UpwardOutcome.REFUSED):
        refusals.append(Refusal(N_("Choose whether it was granted."), field="outcome"))
    if outcome_on is None:
        refusals.append(Refusal(N_("Enter the day of the outcome."), field="outcome_on"))
    elif not dated <= outcome_on <= today:
        sentence = N_("The outcome lies between the date of the letter and today.")
        refusals.append(Refusal(sentence, field="outcome_on"))
    return tuple(refusals)
