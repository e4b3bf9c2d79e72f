"""What of the Measures is cited, by key: each indicator, function, condition, ground and step has its article.

A rule set says which article that is (`Measures.articles`); another edition numbers them otherwise. Nothing else in
the program holds an article's number.
"""

from dataclasses import dataclass
from enum import Enum

from rules.assessment.checklist import Condition
from rules.choices import ServiceFunction
from rules.grounds import Ground
from rules.words import N_


class ProvisionGroup(Enum):
    """The headings under which they are listed; the value is a message id."""

    CONDITIONS = N_("Conditions of an application")
    FUNCTIONS = N_("Service functions")
    OPERATING = N_("Operating conditions")
    STEPS = N_("Steps and periods")
    GROUNDS = N_("Grounds of losing the title")


@dataclass(frozen=True)
class Provision:
    """One thing that the Measures say: its key in `Measures.articles`, its message id and its group."""

    key: str
    label: str
    group: ProvisionGroup

    def __str__(self) -> str:
        return self.label


def function_key(function: ServiceFunction) -> str:
    """Return the key of a service function."""
    return f"function.{function.value}"


def condition_key(condition: Condition) -> str:
    """Return the key of an operating condition."""
    return f"condition.{condition.value}"


def ground_key(ground: Ground) -> str:
    """Return the key of a ground."""
    return f"ground.{ground.value}"


_G = ProvisionGroup
PROVISIONS: tuple[Provision, ...] = (
    Provision("certified_by", N_("Certified and announced by the city bureau"), _G.STEPS),
    Provision("applicants", N_("Kinds of applicants"), _G.CONDITIONS),
    Provision("operated_one_year", N_("Years in operation"), _G.CONDITIONS),
    Provision("registered", N_("Registered in the city"), _G.CONDITIONS),
    Provision("tenants", N_("Small and micro tenants"), _G.CONDITIONS),
    Provision("people", N_("People employed"), _G.CONDITIONS),
    Provision("staff", N_("Full-time service staff"), _G.CONDITIONS),
    Provision("partners", N_("Service partners"), _G.CONDITIONS),
    Provision("low_fee_share", N_("Free or low-fee service"), _G.CONDITIONS),
    Provision("conditions", N_("Operating conditions"), _G.OPERATING),
    *(
        Provision(condition_key(condition), condition.label, _G.OPERATING)
        for condition in Condition
    ),
    Provision("functions", N_("Service functions met"), _G.FUNCTIONS),
    *(
        Provision(function_key(function), function.label, _G.FUNCTIONS)
        for function in ServiceFunction
    ),
    Provision("innovations", N_("Innovations"), _G.CONDITIONS),
    Provision("call", N_("The year's call"), _G.STEPS),
    Provision("application", N_("Application"), _G.STEPS),
    Provision("materials", N_("Materials of an application"), _G.STEPS),
    Provision("staff_list", N_("Managers and service staff with their qualifications"), _G.STEPS),
    Provision("cases", N_("Typical service cases"), _G.STEPS),
    Provision("county_review", N_("County review"), _G.STEPS),
    Provision("recommendation", N_("Recommendation"), _G.STEPS),
    Provision("expert_review", N_("Expert review"), _G.STEPS),
    Provision("notice", N_("Public notice"), _G.STEPS),
    Provision("announcement", N_("Announcement"), _G.STEPS),
    Provision("guidance", N_("Guidance by the county"), _G.STEPS),
    Provision("summary", N_("Base's annual summary"), _G.STEPS),
    Provision("county_summary", N_("County's annual report"), _G.STEPS),
    Provision("inspection", N_("Inspection by the county"), _G.STEPS),
    Provision("satisfaction", N_("Satisfaction with services"), _G.STEPS),
    Provision("change_filing", N_("Change filing"), _G.STEPS),
    Provision("validity", N_("Years of validity"), _G.STEPS),
    Provision("no_second_application", N_("No application while the title is valid"), _G.STEPS),
    Provision("renewal", N_("Renewal review"), _G.STEPS),
    Provision("cancellation", N_("Cancellation"), _G.STEPS),
    Provision("upward", N_("Recommendation upward"), _G.STEPS),
    Provision("revocation", N_("Revocation"), _G.STEPS),
    *(
        Provision(ground_key(ground), ground.label, _G.GROUNDS)
        for ground in Ground
        if ground is not Ground.OVERTURNED  # another authority's decision, not the Measures, is its basis
    ),
)  # fmt: skip
KEYS = frozenset(provision.key for provision in PROVISIONS)
