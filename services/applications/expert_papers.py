"""The score sheet and the opinion of the experts on a base, as papers (Art. 12)."""

from collections.abc import Mapping

from documents.applications.application import StoredApplication
from office.papers.expert_papers import ReviewFacts, SheetRow
from services.applications.expert_review import average_of
from services.applications.rounds import ApplicationRound
from services.shared.office_day import office_day


def review_facts(
    raw: StoredApplication, of_round: ApplicationRound, county_names: Mapping[str, str]
) -> ReviewFacts | None:
    """Return what the papers of a review say; None while no expert has scored."""
    experts = raw.get("experts", [])
    average = average_of(raw, of_round.sheet)
    if not experts or average is None:
        return None
    conclusion = raw.get("conclusion") or {}
    dimensions = of_round.sheet.dimensions
    return ReviewFacts(
        round=of_round.name,
        base=raw["base_name"],
        operator=raw.get("operator", ""),
        county=county_names.get(raw["county"], raw["county"]),
        dimensions=tuple((line.label, line.weight) for line in dimensions),
        rows=tuple(
            SheetRow(
                entry["name"], entry.get("organization", ""),
                tuple(f"{entry['scores'].get(line.key, 0):g}" for line in dimensions), f"{entry['total']:.2f}",
                place not in average.dropped, entry.get("opinion", ""),
            )
            for place, entry in enumerate(experts)
        ),
        average=f"{average.value:.2f}",
        opinion=conclusion.get("opinion", ""),
        concluded_on=office_day(conclusion["at"]) if conclusion.get("at") else None,
    )  # fmt: skip
