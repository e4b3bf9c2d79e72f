"""The words of figures that are explained where they stand; declared here once, and shown whole in the manual."""

from dataclasses import dataclass

from rules.words import N_


@dataclass(frozen=True)
class Term:
    """A word and what it means: both message ids."""

    word: str
    meaning: str


GLOSSARY: dict[str, Term] = {
    "counted": Term(
        N_("Counted"),
        N_("Submitted and verified ledger entries dated within the year, up to today. Nothing else counts.")
    ),
    "uncounted": Term(
        N_("Not counted"),
        N_("On record, but not for this figure: drafts, other years, days to come, large companies. The list says why.")
    ),
    "company-times": Term(
        N_("Company-times"),
        N_("Companies served, counted once for each service: one served three times is three.")
    ),
    "person-times": Term(
        N_("Person-times"),
        N_("People served, counted once for each service: ten people in two courses are twenty.")
    ),
    "low-fee-share": Term(
        N_("Share of free or low-fee service"),
        N_("Company-times of free and low-fee entries over all of the year. Without any service it is not met."),
    ),
    "tenants": Term(
        N_("Tenant companies"),
        N_("Small and micro companies moved in by that day and not moved out. Larger ones do not count.")
    ),
    "functions-met": Term(
        N_("Functions met"),
        N_("Of the eight service functions, those all of whose own figures are met in the year.")
    ),
    "term": Term(
        N_("Term of the title"),
        N_("Five years; the last valid day is the day before the fifth anniversary of its first.")
    ),
    "due-for-cancellation": Term(
        N_("Due for cancellation"),
        N_("The term ended without an application for renewal, or the renewal failed. A person decides on it."),
    ),
    "satisfaction": Term(
        N_("Satisfaction"),
        N_("Satisfied answers over all answered feedback of the counted entries. It proposes, it never decides.")
    ),
    "working-days": Term(
        N_("Working days"),
        N_("By the State Council's calendar, make-up days included; Monday to Friday where it is not out yet.")
    ),
    "faults": Term(
        N_("Faults of entries"),
        N_("What a check of the ledger would ask about. An entry with faults counts all the same.")
    ),
    "empty-months": Term(
        N_("Empty months"),
        N_("Months that are over and in which the base has no counted entry at all.")
    ),
}  # fmt: skip
