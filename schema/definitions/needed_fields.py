"""The fields that ship and that an office cannot hide, with the reason: an article of the Measures, or a mechanism.

Any of them may be called otherwise, moved, explained in other words, and made required where a clerk types it. What is
in no table (a telephone, a note) can be hidden as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rules.words import N_
from schema.collection import Collection
from schema.field import Field


@dataclass(frozen=True)
class Needed:
    """Why a field stays: a message id, and the provisions (`rules.rule_sets.provisions`) whose articles ask for it."""

    why: str
    provisions: tuple[str, ...] = ()


_KNOWN_BY = Needed(N_("The record is known by it."))
_SCOPE = Needed(N_("Rights go by county, which follows from it."))
_STATUS = Needed(N_("What counts and what is due follow from it."))
_LIST = Needed(N_("It stands in the lists that are published."), ("announcement",))
_TITLE = Needed(N_("It belongs to the title, its term and its certificate."), ("validity",))
_OPERATOR = Needed(
    N_("It is the operator, its registration, or how long it has run the base."),
    ("registered", "operated_one_year"),
)
_TENANTS = Needed(N_("Tenant companies and the people they employ are counted by it."), ("tenants", "people"))
_SIZE = Needed(N_("The size of a company is computed from it (工信部联企业〔2011〕300号)."))
_STAFF = Needed(N_("Staff and partners are counted by it."), ("staff", "partners"))
_LEDGER = Needed(N_("Only what the ledger shows is counted, and this is part of it."), ("functions",))
_FEES = Needed(N_("The share of free or low-fee service is computed from it."), ("low_fee_share",))
_FEEDBACK = Needed(N_("Satisfaction is judged by it."), ("satisfaction", "revocation"))
_APPLICATION = Needed(N_("The application form and its materials take it from here."), ("materials",))
_SKELETON = Needed(N_("Every collection of the office's own has it."))
_CONTACT = Needed(
    N_("The application form and the reminders of yearly summaries name it."), ("materials", "summary")
)
_STAFF_LIST = Needed(N_("The list of staff that goes with an application has it."), ("materials",))
_FILING = Needed(N_("A change of it is filed."), ("change_filing",))

NEEDED: Mapping[str, Mapping[str, Needed]] = MappingProxyType(
    {
        "bases": {
            "name": _KNOWN_BY, "operator": _OPERATOR, "uscc": _KNOWN_BY, "county": _SCOPE, "base_type": _APPLICATION,
            "legal_representative": _FILING, "registered_place": _OPERATOR, "address": _FILING,
            "operating_since": _OPERATOR, "floor_area": _APPLICATION, "service_staff": _STAFF,
            "online_system": _LEDGER, "status": _STATUS, "announced_on": _TITLE, "document_number": _TITLE,
            "title_first_day": _TITLE, "title_last_day": _TITLE, "title_source": _TITLE,
            "certificate_number": _TITLE, "former_names": _LIST, "former_operators": _LIST,
            "registration_in_city": _OPERATOR, "registration_checked_on": _OPERATOR,
            "registration_checked_by": _OPERATOR, "registration_basis": _OPERATOR, "registration_uscc": _OPERATOR,
            "registration_place": _OPERATOR,
        },
        "tenant_companies": {
            "name": _KNOWN_BY, "uscc": _KNOWN_BY, "base": _SCOPE, "county": _SCOPE, "industry": _SIZE,
            "people": _TENANTS, "revenue": _SIZE, "assets": _SIZE, "size": _TENANTS, "moved_in": _TENANTS,
            "moved_out": _TENANTS, "status": _STATUS, "size_computed": _SIZE, "size_override": _SIZE,
            "size_reason": _SIZE,
        },
        "service_partners": {
            "name": _KNOWN_BY, "uscc": _KNOWN_BY, "functions": _LEDGER, "cooperations": _STAFF,
            "cooperation_first_day": _STAFF, "cooperation_last_day": _STAFF, "status": _STATUS, "counties": _SCOPE,
            "home_county": _SCOPE,
        },
        "staff_members": {
            "name": _KNOWN_BY, "base": _SCOPE, "county": _SCOPE, "duty": _STAFF, "employment": _STAFF,
            "qualification": _APPLICATION, "started_on": _STAFF, "left_on": _STAFF, "status": _STATUS,
        },
        "ledger_entries": {
            "base": _SCOPE, "county": _SCOPE, "served_on": _LEDGER, "place": _LEDGER, "function": _LEDGER,
            "activity": _LEDGER, "mode": _LEDGER, "partner": _LEDGER, "request": _LEDGER, "service_record": _LEDGER,
            "companies": _LEDGER, "company_times": _LEDGER, "person_times": _LEDGER, "fee_kind": _FEES,
            "fee_amount": _FEES, "satisfaction": _FEEDBACK, "feedback": _FEEDBACK, "status": _STATUS,
            "number": _KNOWN_BY,
        },
    }
)  # fmt: skip
# What may be hidden by an office that does without it, but not kept from some of those who do the work of the Measures.
SEEN_BY_ALL: Mapping[str, Mapping[str, Needed]] = MappingProxyType(
    {
        "bases": dict.fromkeys(("contact_name", "contact_phone", "contact_email"), _CONTACT),
        "staff_members": {"position": _STAFF_LIST},
    }
)
# What is rightly blank in many records: a day that has not come, a title that was not given.
BLANK_BY_NATURE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "bases": frozenset(
            {
                "announced_on",
                "document_number",
                "title_first_day",
                "title_last_day",
                "status",
                "online_system",
            }
        ),
        "tenant_companies": frozenset({"moved_out", "status"}),
        "service_partners": frozenset({"cooperations", "status"}),
        "staff_members": frozenset({"left_on", "status"}),
        "ledger_entries": frozenset({"partner", "fee_amount", "companies", "status"}),
    }
)


def why_needed(collection: str, key: str) -> Needed | None:
    """Return why a field of a collection cannot be hidden; None where it can."""
    return NEEDED[collection].get(key) if collection in NEEDED else _SKELETON


def why_seen_by_all(collection: str, key: str) -> Needed | None:
    """Return why a field of a collection cannot be kept from a role; None where it can."""
    return why_needed(collection, key) or SEEN_BY_ALL.get(collection, {}).get(key)


def may_be_required(collection: Collection, field: Field) -> bool:
    """Tell whether an office may ask for a field that ships without being required."""
    typed = field.stored and field.editable and bool(field.section) and field.imported
    return typed and not field.required and field.key not in BLANK_BY_NATURE.get(collection.name, frozenset())
