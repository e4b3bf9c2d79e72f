"""An assessment in the shape that the command line prints and other programs read."""

from collections.abc import Iterable, Mapping
from typing import Any

from rules.assessment import Assessment
from rules.counties import BY_CODE
from rules.measures import Figure


def as_json(assessed: Iterable[tuple[Mapping[str, Any], Assessment]]) -> dict[str, Any]:
    """Return the assessments by base name, with the counts, the checks and whether all are met."""
    return {base["name"]: one_as_json(base, assessment) for base, assessment in assessed}


def one_as_json(base: Mapping[str, Any], assessment: Assessment) -> dict[str, Any]:
    """Return one base's assessment as plain values."""
    facts = assessment.facts
    county = BY_CODE.get(base["county"])
    return {
        "county": county.name if county else base["county"],
        "tenants": facts.tenants,
        "people": facts.people,
        "staff": facts.staff,
        "partners": facts.partners,
        "company_times": facts.company_times,
        "low_fee_company_times": facts.low_fee_company_times,
        "functions": {
            one.function.zh: {
                figure.value: bool(actual) if figure is Figure.ONLINE else actual
                for figure, _, actual, _ in one.figures
            }
            for one in assessment.functions
        },
        "functions_met": assessment.functions_met,
        "checks": {one.key: one.met for one in assessment.indicators},
        "meets": assessment.meets,
    }
