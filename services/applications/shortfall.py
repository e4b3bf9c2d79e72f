"""What a base misses of the conditions, as it was assessed when it handed its application in (Art. 5 to 7)."""

from collections.abc import Iterable
from dataclasses import replace

from bson import ObjectId

from documents.applications.application import FrozenIndicator, StoredApplication
from rules.errors import Refusal
from rules.rule_sets.articles import ArticleRef
from rules.rule_sets.measures import Measures
from rules.shortfalls import MissedCondition, Shortfall


def failing_indicators(application: StoredApplication) -> tuple[FrozenIndicator, ...]:
    """Return the indicators that stop an application: binding and not met; () before it was handed in.

    What the county has verified since takes the place of what was handed in.
    """
    assessment = application.get("submission", {}).get("assessment")
    if not assessment:
        return ()
    verified = application.get("review", {}).get("further", ())
    lines = {
        line["key"]: line for line in (*assessment["indicators"], *assessment.get("further", ()), *verified)
    }
    return tuple(line for line in lines.values() if line.get("binding", True) and not line["met"])


def shortfall_of(application: StoredApplication, measures: Measures | None = None) -> Shortfall:
    """Return what an application misses, with the articles of `measures`; None: of the set that it was assessed by."""
    missing = tuple(
        MissedCondition(line["key"], line["label"], ArticleRef(_article(line, measures)))
        for line in failing_indicators(application)
    )
    return Shortfall(application["base_name"], missing)


def of_application(refusals: Iterable[Refusal], application: ObjectId) -> tuple[Refusal, ...]:
    """Return refusals as those of one among several: each names the field of its application, `reason-…`."""
    return tuple(
        replace(refusal, field=f"{refusal.field}-{application}") if refusal.field else refusal
        for refusal in refusals
    )


def _article(line: FrozenIndicator, measures: Measures | None) -> str:
    return measures.articles.get(line["key"], "") if measures else line["article"]
