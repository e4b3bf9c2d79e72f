"""A base that misses a condition is stopped early: it goes on only with a reason in writing, and may end there.

The conditions of Art. 5 to 7 are to be met together (需同时满足). What a base misses is shown, and answered for, at
each step towards the public list; whether it may be announced at all, the rule set says.
"""

from dataclasses import dataclass

from rules.applications import Verb, refusals_of_text
from rules.errors import Refusal
from rules.rule_sets.articles import ArticleRef
from rules.rule_sets.measures import Measures
from rules.words import N_

# The steps that a base which misses a condition takes only with a reason.
WITH_FAILING_REASON = frozenset({Verb.PASS, Verb.RECOMMEND, Verb.SELECT, Verb.ANNOUNCE})
FAILING_REASON = "failing_reason"  # the field in which it is given
MOST_FAILING_REASON = 500  # characters


@dataclass(frozen=True)
class MissedCondition:
    """One condition that is not met: the key of its provision, its message id and its article."""

    key: str
    label: str
    article: ArticleRef

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Shortfall:
    """What a base misses, as its assessment was frozen; `missing` is empty for one that meets them all."""

    name: str
    missing: tuple[MissedCondition, ...] = ()


def refusals_to_go_on(shortfall: Shortfall, reason: str) -> tuple[Refusal, ...]:
    """Return why a base cannot go on: it misses a condition and nobody has said in writing why it goes on."""
    if not shortfall.missing:
        return ()
    if not reason.strip():
        sentence = N_(
            "%(name)s does not meet every condition (%(missing)s): give the reason in writing why it goes on."
        )
        params = {"name": shortfall.name, "missing": shortfall.missing}
        return (Refusal(sentence, params, field=FAILING_REASON),)
    return refusals_of_text(reason, FAILING_REASON, most=MOST_FAILING_REASON)


def refusals_to_publish(shortfall: Shortfall, reason: str, measures: Measures) -> tuple[Refusal, ...]:
    """Return why a base cannot stand on a public list: it misses a condition, and that bars it or needs a reason."""
    if shortfall.missing and not measures.failing_may_be_announced:
        sentence = N_(
            "%(name)s does not meet %(missing)s; the conditions are to be met together: it cannot be certified."
        )
        return (Refusal(sentence, {"name": shortfall.name, "missing": shortfall.missing}),)
    return refusals_to_go_on(shortfall, reason)
