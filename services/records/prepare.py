"""Make a record whole before it is written: references checked, copies and derived values filled, rules asked.

One function a collection; `prepare` is the only door. `raw` is the stored form (days as moments,
references as ids) and is completed in place; `before` is the record as it stood, None for a new one.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from mongoengine.errors import ValidationError

from documents.kinds import RECORDS
from documents.records.status import DEFAULT_STATUS, OPEN_COLLECTIONS
from rules.access import Actor, Permission
from rules.choices import Industry, ServiceFunction
from rules.company_size import company_size
from rules.counties import BY_CODE
from rules.errors import NotAllowed, Refusal, Refused
from rules.record_checks import refusals_of_base, refusals_of_company, refusals_of_entry, refusals_of_partner
from rules.title import last_valid_day
from rules.words import N_
from services.records.references import References

Raw = dict[str, Any]
# Of our own making, and half of the time that checking a record would take.
_DERIVED = frozenset({"search_text", "search_tokens", "sort_key"})
_TITLE_KEYS = ("status", "announced_on", "document_number", "title_first_day", "title_last_day")


def stored(value: Any) -> Any:
    """Return a plain value as it is stored: days as 00:00 UTC; empty texts and lists as None."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time.min, tzinfo=UTC)
    if isinstance(value, dict):
        return {key: stored(one) for key, one in value.items() if one not in (None, "")}
    if isinstance(value, list | tuple):
        return [stored(one) for one in value] or None
    return None if value == "" else value


def prepare(
    collection: str, raw: Raw, before: Mapping[str, Any] | None, actor: Actor, refs: References
) -> None:
    """Complete and check `raw`. Raises Refused with every reason found, NotAllowed, Missing."""
    if collection in DEFAULT_STATUS:
        raw.setdefault("status", _default_status(collection, raw))
    _PREPARERS[collection](raw, before, actor, refs)
    document = RECORDS[collection]
    try:
        document._from_son({key: raw[key] for key in raw if key not in _DERIVED}).validate()
    except ValidationError as error:
        raise Refused(*_field_refusals(error)) from error
    raw.update(document.search_fields(raw))
    _check_status(collection, raw, before, refs)
    if collection == "bases":
        refs.claim_number(raw, before)  # last: it writes, and a record refused after it would leave its mark


def _default_status(collection: str, raw: Raw) -> str:
    if collection == "tenant_companies" and raw.get("moved_out"):
        return "moved_out"
    return DEFAULT_STATUS[collection]


def _refuse(reasons: tuple[Refusal, ...]) -> None:
    if reasons:
        raise Refused(*reasons)


def _field_refusals(error: ValidationError) -> tuple[Refusal, ...]:
    fields = list(error.to_dict()) or [None]
    return tuple(
        Refusal(N_("This value cannot be stored: it is missing, too long or out of range."), field=field)
        for field in fields
    )


def _check_status(collection: str, raw: Raw, before: Mapping[str, Any] | None, refs: References) -> None:
    if collection not in DEFAULT_STATUS or (before and before.get("status") == raw["status"]):
        return
    if not refs.status_exists(collection, raw["status"]):
        raise Refused(Refusal(N_("Choose a status from the list."), field="status"))


def _base(raw: Raw, before: Mapping[str, Any] | None, actor: Actor, refs: References) -> None:
    if raw.get("county") not in BY_CODE:
        raise Refused(Refusal(N_("Choose a county from the list."), field="county"))
    if not actor.sees(raw["county"]):
        raise Refused(Refusal(N_("You may only keep bases of your own county."), field="county"))
    if raw["status"] != "uncertified" and raw.get("announced_on"):
        first = raw.get("title_first_day") or raw["announced_on"]
        raw["title_first_day"] = first
        raw.setdefault("title_last_day", stored(last_valid_day(first.date())))
    old = before or {"status": "uncertified"}
    if any(raw.get(key) != old.get(key) for key in _TITLE_KEYS) and not actor.may(Permission.RECORD_TITLES):
        sentence = N_("Only the city bureau may record or change a base's title.")
        raise NotAllowed(Refusal(sentence, field="status"))
    _refuse(refusals_of_base(raw))
    if before and before.get("name") != raw["name"]:
        former = [*before.get("former_names", []), before.get("name", "")]
        raw["former_names"] = [name for name in dict.fromkeys(former) if name and name != raw["name"]]


def _company(raw: Raw, before: Mapping[str, Any] | None, actor: Actor, refs: References) -> None:
    base = refs.base(raw.get("base"))
    raw["base_name"], raw["county"] = base["name"], base["county"]
    industry = next((one for one in Industry if one.value == raw.get("industry")), None)
    computed = company_size(
        industry, people=raw.get("people"), revenue=raw.get("revenue"), assets=raw.get("assets")
    )
    _put(raw, "size_computed", computed.value if computed else None)
    _put(raw, "size", raw.get("size_override") or raw.get("size_computed"))
    _refuse(refusals_of_company(raw))


def _partner(raw: Raw, before: Mapping[str, Any] | None, actor: Actor, refs: References) -> None:
    if actor.county is not None:
        _keep_within_county(raw, before, actor, refs)
    for one in raw.get("cooperations") or []:
        base = refs.base_anywhere(one.get("base"))
        if base is None:
            raise Refused(Refusal(N_("Choose a base from the list."), field="cooperations"))
        one["base_name"], one["county"] = base["name"], base["county"]
    _refuse(refusals_of_partner(raw))
    if raw.get("functions"):  # a set: the order in which they were ticked or written says nothing
        known = [term.value for term in ServiceFunction if term.value in raw["functions"]]
        raw["functions"] = [*known, *sorted(set(raw["functions"]) - set(known))]
    counties = {one["county"] for one in raw.get("cooperations") or []}
    if raw.get("home_county"):
        counties.add(raw["home_county"])
    raw["counties"] = sorted(counties)


def _keep_within_county(raw: Raw, before: Mapping[str, Any] | None, actor: Actor, refs: References) -> None:
    """Let a county clerk change only what is the county's: its own cooperations, and a partner of its own."""
    given = before is None or raw.get("cooperations") is not before.get("cooperations")
    if given:
        for one in raw.get("cooperations") or []:
            refs.base(one.get("base"), field="cooperations")
    if before is None:
        raw["home_county"] = actor.county
        return
    if given:
        kept = [one for one in before.get("cooperations") or [] if one.get("county") != actor.county]
        raw["cooperations"] = kept + (raw.get("cooperations") or [])
    shared = set(before.get("counties") or []) - {actor.county}
    keys = ("name", "uscc", "functions", "contact_name", "contact_phone", "status", "notes")
    changed = [key for key in keys if raw.get(key) != before.get(key)]
    if shared and changed:
        sentence = N_("This partner works in other counties too: only the city bureau may change this.")
        raise Refused(*(Refusal(sentence, field=key) for key in changed))


def _entry(raw: Raw, before: Mapping[str, Any] | None, actor: Actor, refs: References) -> None:
    base = refs.base(raw.get("base"))
    raw["base_name"], raw["county"] = base["name"], base["county"]
    if raw.get("partner"):
        same = before is not None and before.get("partner") == raw["partner"]
        raw["partner_name"] = (
            before["partner_name"] if same and before else refs.partner(raw["partner"])["name"]
        )
    else:
        raw.pop("partner_name", None)
    named = raw.get("companies") or []
    ids = refs.companies_named(base["_id"], [one["name"] for one in named if one.get("name")])
    for one in named:
        _put(one, "company", ids.get(one.get("name", "")))
    _refuse(refusals_of_entry(raw))


def _status(raw: Raw, before: Mapping[str, Any] | None, actor: Actor, refs: References) -> None:
    actor.demand(Permission.EDIT_STATUSES)
    if before is None and raw.get("collection") not in OPEN_COLLECTIONS:
        raise Refused(
            Refusal(
                N_("The statuses of bases are fixed by the Measures; new ones cannot be added."),
                field="collection",
            )
        )
    if before is not None:
        fixed = ("collection", "code", "final") if before.get("needed") else ("collection", "code")
        _refuse(
            tuple(
                Refusal(N_("This cannot be changed: records and rules speak of it."), field=key)
                for key in fixed
                if raw.get(key) != before.get(key)
            )
        )


def _put(raw: Raw, key: str, value: Any) -> None:
    """Set a derived value, or leave no trace of it when there is none."""
    if value is None:
        raw.pop(key, None)
    else:
        raw[key] = value


_PREPARERS: Mapping[str, Callable[[Raw, Mapping[str, Any] | None, Actor, References], None]] = {
    "bases": _base,
    "tenant_companies": _company,
    "service_partners": _partner,
    "ledger_entries": _entry,
    "statuses": _status,
}
