"""The letter that puts bases forward (Art. 17): all of one number, of their frozen figures, kept as it was sent."""

from collections.abc import Iterable, Sequence
from typing import Any

from documents.publication.paper import Paper
from documents.records import search
from documents.records.base import Base
from documents.upward.recommendation import StoredRecommendation, UpwardRecommendation
from office.papers.facts import UpwardBase, UpwardFacts
from office.papers.paper_text import PaperText
from office.papers.texts import upward_recommendation
from rules.access import Actor
from rules.counties import office_counties
from rules.errors import Missing
from rules.rule_sets.measures import Level
from schema.settings import UPWARD_ADDRESSEE
from services.assessment.rule_sets import set_in_force
from services.desk.settings import office_settings
from services.shared.unit_of_work import UnitOfWork

KIND = "upward"  # of the letter, in the register of papers


def letter_text(recommendations: Iterable[StoredRecommendation], session: Any = None) -> PaperText:
    """Return the letter of these recommendations, which share number and date, in the order of the counties' lists.

    It cites the city's rule set in force on its date. ValueError for none; Refused where that set names no article.
    """
    in_order = sorted(recommendations, key=_place)
    if not in_order:
        raise ValueError("a letter recommends at least one base")
    unknown = [raw["base"] for raw in in_order if "operator" not in raw]
    named = (
        {row["_id"]: row for row in Base.named(unknown, ("operator",), session=session)} if unknown else {}
    )
    dated = in_order[0]["dated"].date()
    return upward_recommendation(
        UpwardFacts(
            measures=set_in_force(dated, session=session)[0],
            number=in_order[0].get("number", ""),
            bases=tuple(
                _listed(raw, raw.get("operator", named.get(raw["base"], {}).get("operator")) or "")
                for raw in in_order
            ),
            dated=dated,
            addressee=office_settings()[UPWARD_ADDRESSEE],
        )
    )


def _place(raw: StoredRecommendation) -> tuple[int, str, str]:
    county = office_counties().by_code.get(raw["county"])
    return (
        county.order if county else len(office_counties().all),
        search.sort_key(raw["base_name"]),
        str(raw["_id"]),
    )


def _listed(raw: StoredRecommendation, operator: str) -> UpwardBase:
    """Return one line: the figures frozen under the level's rule set, else under the city's, as far as known."""
    frozen = raw.get("assessment") or {}
    assessment = frozen.get(raw["level"]) or frozen.get(Level.CITY.value)
    figures = {line["key"]: line["actual"] for line in assessment["indicators"]} if assessment else {}
    counts = {
        key: None if figures.get(key) is None else int(figures[key] or 0)
        for key in ("tenants", "people", "partners")
    }
    county = office_counties().by_code.get(raw["county"])
    return UpwardBase(
        name=raw["base_name"],
        operator=operator,
        county=county.name if county else raw["county"],
        level=next(level for level in Level if level.value == raw["level"]),
        year=raw["year"],
        low_fee_percent=figures.get("low_fee_share"),
        functions_met=assessment["functions_met"] if assessment else None,
        **counts,
    )


def freeze_letter(uow: UnitOfWork, number: str) -> None:
    """Keep the letter of a number as it reads now; nothing where no recommendation bears the number any more."""
    recommendations = UpwardRecommendation.numbered(number, uow.session)
    if recommendations:
        Paper.freeze(number, KIND, letter_text(recommendations, uow.session).stored(), uow.session)


def _of_letter(recommendation: StoredRecommendation) -> Sequence[StoredRecommendation]:
    number = recommendation.get("number")
    return UpwardRecommendation.numbered(number) if number else (recommendation,)


def may_read_letter(recommendation: StoredRecommendation, actor: Actor) -> bool:
    """Tell whether the letter of a recommendation is the actor's to read: it lists every base of its number."""
    return all(actor.sees(raw["county"]) for raw in _of_letter(recommendation))


def read_letter(recommendation: StoredRecommendation, actor: Actor) -> PaperText:
    """Return the letter as it was sent; one of which no text was kept is made of the frozen figures.

    Raises Missing for who may not read it (`may_read_letter`).
    """
    recommendations = _of_letter(recommendation)
    if not all(actor.sees(raw["county"]) for raw in recommendations):
        raise Missing()
    number = recommendation.get("number")
    paper = Paper.numbered(number) if number else None
    if paper is not None and paper.get("kind") == KIND and "text" in paper:
        return PaperText.from_stored(paper["text"])
    return letter_text(recommendations)
