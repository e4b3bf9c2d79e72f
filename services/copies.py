"""Keep copied names and counties right: when a base or a partner is renamed or moves, its copies follow."""

from collections.abc import Callable, Mapping
from typing import Any

from pymongo import UpdateOne

from documents.kinds import RECORDS
from services.writing import Writing

_BATCH = 1000
Raw = dict[str, Any]


def carry_copies(
    writing: Writing, collection: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Carry a changed name or county of a base or partner into the records that copy it, in the same transaction."""
    if collection == "bases" and any(before.get(key) != after.get(key) for key in ("name", "county")):
        county = after["county"]
        copies = {"base_name": after["name"], "county": county}
        for other in ("tenant_companies", "ledger_entries"):
            _rewrite(writing, other, {"base": after["_id"]}, lambda raw: raw.update(copies))
        _rewrite(
            writing, "service_partners", {"cooperations.base": after["_id"]},
            lambda raw: _renew_cooperations(raw, after["_id"], copies),
        )  # fmt: skip
    if collection == "service_partners" and before.get("name") != after.get("name"):
        named = {"partner_name": after["name"]}
        _rewrite(writing, "ledger_entries", {"partner": after["_id"]}, lambda raw: raw.update(named))


def _renew_cooperations(raw: Raw, base_id: Any, copies: Mapping[str, Any]) -> None:
    raw["cooperations"] = [
        {**one, **copies} if one["base"] == base_id else one for one in raw.get("cooperations") or []
    ]
    counties = {one["county"] for one in raw["cooperations"]}
    raw["counties"] = sorted(counties | ({raw["home_county"]} if raw.get("home_county") else set()))


def _rewrite(
    writing: Writing, collection: str, clause: Mapping[str, Any], change: Callable[[Raw], None]
) -> None:
    """Apply `change` to every record that meets `clause`; search fields and tallies follow.

    The version stays: a copy is nothing that a clerk could have typed over.
    """
    document = RECORDS[collection]
    steps: list[UpdateOne] = []
    for raw in document.collection().find(clause, session=writing.session):
        kept = dict(raw)
        change(raw)
        raw.update(document.search_fields(raw))
        writing.tally(collection, kept, document.counties_of(kept), -1)
        writing.tally(collection, raw, document.counties_of(raw), 1)
        fresh = {key: value for key, value in raw.items() if kept.get(key) != value}
        if fresh:
            steps.append(UpdateOne({"_id": raw["_id"]}, {"$set": fresh}))
        if len(steps) == _BATCH:
            document.collection().bulk_write(steps, ordered=False, session=writing.session)
            steps = []
    if steps:
        document.collection().bulk_write(steps, ordered=False, session=writing.session)
