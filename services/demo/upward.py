"""The demonstration's upward recommendations: granted, refused, waiting for their outcome (Art. 17)."""

from collections.abc import Sequence

from bson import ObjectId

from rules.access import Actor
from rules.rule_sets.measures import Level
from rules.upward import UpwardOutcome
from services.demo.past import Past
from services.demo.records import DemoBase
from services.upward.recommendations import (
    UpwardDraft,
    read_recommendation,
    recommend_upwards,
    record_outcome,
)


def write_upward(homes: Sequence[DemoBase], *, actor: Actor, past: Past) -> list[ObjectId]:
    """Recommend bases with a title in two letters; return the recommendations.

    The level above has answered the first letter.
    """
    earlier = _recommend(homes[:2], Level.PROVINCE, 330, 251, actor=actor, past=past)
    for recommended, outcome in zip(earlier, (UpwardOutcome.GRANTED, UpwardOutcome.REFUSED), strict=True):
        number = f"鲁工信创〔{past.day(250).year}〕35号" if outcome is UpwardOutcome.GRANTED else ""
        record_outcome(
            recommended, outcome, outcome_on=past.day(250), number=number,
            version=int(read_recommendation(recommended, actor)["version"]), actor=actor, now=past.moment(250),
            today=past.day(250),
        )  # fmt: skip
    return [*earlier, *_recommend(homes[2:4], Level.PROVINCE, 30, 252, actor=actor, past=past)]


def _recommend(
    homes: Sequence[DemoBase], level: Level, ago: int, place: int, *, actor: Actor, past: Past
) -> tuple[ObjectId, ...]:
    dated = past.day(ago)
    draft = UpwardDraft(
        tuple(home.id for home in homes), level, dated.year, f"聊工信发〔{dated.year}〕{place}号", dated,
        assessed_year=dated.year - 1,
    )  # fmt: skip
    return recommend_upwards(draft, actor=actor, now=past.moment(ago), today=dated)
