"""Expert review: the score sheet that the office sets, and the average of an application (Art. 12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rules.errors import Refusal
from rules.words import N_

FULL_WEIGHT = 100
MOST_POINTS = 100
NOVELTY = "novelty"  # the key of the standard sheet's dimension for the innovations


@dataclass(frozen=True)
class Dimension:
    """One line of the score sheet: 0 to 100 points, counted with `weight` percent.

    `of_innovations`: here the innovations of Art. 8 are scored, and shown to whoever scores.
    """

    key: str
    label: str
    weight: int
    of_innovations: bool = False


@dataclass(frozen=True)
class ScoreSheet:
    """The dimensions, how many experts it takes, and from how many on the highest and the lowest are dropped.

    `pass_score` is the least average that needs no written reason to be selected; None: there is no such line.
    """

    dimensions: tuple[Dimension, ...]
    least_experts: int = 3
    drop_from: int = 5
    pass_score: int | None = None


# What Art. 12 has experts look at: operation, ability, effect; and the two of Art. 8. Weights are a decision.
STANDARD_SHEET = ScoreSheet(
    (
        Dimension("operation", "基地运营情况", 25),
        Dimension("ability", "服务能力", 30),
        Dimension("effect", "服务绩效", 30),
        Dimension(NOVELTY, "特色与示范性", 15, of_innovations=True),
    )
)


def refusals_of_sheet(sheet: ScoreSheet) -> tuple[Refusal, ...]:
    """Return why a score sheet cannot be used."""
    refusals = []
    labels = [dimension.label.strip() for dimension in sheet.dimensions]
    weights = [dimension.weight for dimension in sheet.dimensions]
    if not labels or not all(labels):
        sentence = N_("Every dimension needs a name, and there is at least one.")
        refusals.append(Refusal(sentence, field="dimensions"))
    if len(set(labels)) != len(labels):
        refusals.append(Refusal(N_("Two dimensions have the same name."), field="dimensions"))
    if sum(weights) != FULL_WEIGHT or any(weight < 1 for weight in weights):
        sentence = N_("The weights add up to 100, each at least 1; these make %(sum)d.")
        refusals.append(Refusal(sentence, {"sum": sum(weights)}, "dimensions"))
    if sheet.least_experts < 1:
        refusals.append(Refusal(N_("At least one expert is needed."), field="least_experts"))
    if sheet.drop_from < 3:
        sentence = N_("The highest and the lowest can be dropped from three experts on.")
        refusals.append(Refusal(sentence, field="drop_from"))
    if sheet.pass_score is not None and not 0 <= sheet.pass_score <= MOST_POINTS:
        refusals.append(Refusal(N_("A score lies between 0 and 100."), field="pass_score"))
    return tuple(refusals)


def refusals_of_scores(scores: Mapping[str, float | None], sheet: ScoreSheet) -> tuple[Refusal, ...]:
    """Return why an expert's scores, by the key of a dimension, are not whole: every dimension has 0 to 100 points."""
    refusals = []
    for dimension in sheet.dimensions:
        points = scores.get(dimension.key)
        if points is None:
            sentence = N_("Enter the points for %(name)s.")
            refusals.append(Refusal(sentence, {"name": dimension.label}, field=dimension.key))
        elif not 0 <= points <= MOST_POINTS:
            refusals.append(Refusal(N_("A score lies between 0 and 100."), field=dimension.key))
    return tuple(refusals)


def total(scores: Mapping[str, float], sheet: ScoreSheet) -> Fraction:
    """Return one expert's total, 0 to 100, exactly."""
    weighted = (Fraction(str(scores[dimension.key])) * dimension.weight for dimension in sheet.dimensions)
    return sum(weighted, Fraction(0)) / FULL_WEIGHT


@dataclass(frozen=True)
class Average:
    """The average of the experts' totals; `dropped` holds the places (from 0) of those not counted."""

    value: float
    counted: int
    dropped: tuple[int, ...] = ()


def average(totals: Sequence[Fraction], sheet: ScoreSheet) -> Average | None:
    """Return the average, two decimals, the half rounded up; None without experts.

    From `drop_from` experts on, one highest and one lowest do not count.
    """
    if not totals:
        return None
    places = sorted(range(len(totals)), key=lambda place: (totals[place], place))
    dropped = (places[0], places[-1]) if len(totals) >= sheet.drop_from else ()
    counted = [totals[place] for place in places if place not in dropped]
    exact = sum(counted, Fraction(0)) / len(counted)
    hundredths = (exact * 200 + 1) // 2  # the half rounded up
    return Average(hundredths / 100, len(counted), tuple(sorted(dropped)))


def refusals_of_own_base(organization: str, *, base_name: str, operator: str) -> tuple[Refusal, ...]:
    """Return why an expert may not judge a base: they belong to it, or to who runs it; nobody judges their own."""
    if organization.strip() not in {base_name.strip(), operator.strip()} - {""}:
        return ()
    sentence = N_("%(organization)s runs %(base)s: its people do not judge this base.")
    return (Refusal(sentence, {"organization": organization.strip(), "base": base_name}, "organization"),)


def refusals_to_conclude(experts: int, sheet: ScoreSheet) -> tuple[Refusal, ...]:
    """Return why the expert review cannot be concluded yet."""
    if experts >= sheet.least_experts:
        return ()
    params = {"least": sheet.least_experts, "count": experts}
    return (Refusal(N_("At least %(least)d experts are needed; %(count)d have given their scores."), params),)


def refusals_to_select(score: float | None, sheet: ScoreSheet, reason: str) -> tuple[Refusal, ...]:
    """Return why an application cannot be selected: below the line only with a written reason."""
    if sheet.pass_score is None or score is None or score >= sheet.pass_score or reason.strip():
        return ()
    params = {"score": f"{score:g}", "line": sheet.pass_score}
    sentence = N_("The average %(score)s is below the line of %(line)d: give the reason in writing.")
    return (Refusal(sentence, params, field="reason"),)
