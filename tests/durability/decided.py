"""What must hold of titles lost and restored at any moment, read bare: a decision is whole, or it is not there."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pymongo.database import Database

from office.papers.paper_text import PaperText

Db = Database[dict[str, Any]]
Raw = Mapping[str, Any]
AFTER = {"revocation": "revoked", "cancellation": "cancelled", "reversal": "certified"}


def decision_faults(db: Db) -> list[str]:
    """Return one sentence for each thing that does not hold of the decisions."""
    every = list(db["decisions"].find())
    decided = [raw for raw in every if raw["state"] == "decided"]
    return [*_papers(db, decided), *_titles(db, decided), *_ended(db, decided), *_entries(db, every)]


def _papers(db: Db, decided: list[Raw]) -> Iterator[str]:
    numbers = {raw["number"]: raw["_id"] for raw in decided}
    kept = {row["_id"]: row["paper"] for row in db["papers"].find({"kind": "decision"})}
    if numbers != kept:
        yield f"numbers of decisions {numbers}, in the register {kept}"
    published = {
        row["_id"]: row for row in db["notices"].find({"decision": {"$exists": True}}) if row["kind"] in AFTER
    }
    told = {raw["notice"]: raw["_id"] for raw in decided}
    if told != {key: row["decision"] for key, row in published.items()}:
        yield f"decisions {told}, published {list(published)}"
    for raw in decided:
        text = PaperText.from_stored(raw["text"])
        if (text.number, text.dated) != (raw["number"], f"{raw['dated']:%Y-%m-%d}"):
            yield f"the paper of {raw['number']} says {text.number} of {text.dated}"


def _titles(db: Db, decided: list[Raw]) -> Iterator[str]:
    latest = {raw["base"]: raw for raw in sorted(decided, key=lambda raw: raw["decided_at"])}
    for base, raw in latest.items():
        found = db["bases"].find_one({"_id": base}) or {}
        if found.get("status") != AFTER[raw["kind"]]:
            yield f"{raw['number']} is a {raw['kind']}, the base is {found.get('status')}"
    for raw in decided:
        if raw["kind"] == "reversal" and raw.get("reverses"):
            old = db["decisions"].find_one({"_id": raw["reverses"]}) or {}
            if old.get("reversed_by") != raw["_id"]:
                yield f"{old.get('number')} does not say that {raw['number']} overturns it"


def _ended(db: Db, decided: list[Raw]) -> Iterator[str]:
    lost = {raw["base"] for raw in decided if raw["kind"] != "reversal" and not raw.get("reversed_by")}
    for row in db["applications"].find({"base": {"$in": list(lost)}, "open": True}):
        yield f"the application {row['_id']} goes on without a title"
    for row in db["upward_recommendations"].find({"base": {"$in": list(lost)}, "outcome": "pending"}):
        yield f"the recommendation {row['_id']} waits without a title"


def _entries(db: Db, every: list[Raw]) -> Iterator[str]:
    acts: dict[Any, Counter[str]] = {}
    for entry in db["audit_entries"].find({"collection": "decisions"}, {"record_id": 1, "action": 1}):
        acts.setdefault(entry["record_id"], Counter())[entry["action"]] += 1
    for raw in every:
        act = acts.get(raw["_id"], Counter())
        signed = {f"decided-{raw['kind']}": 1} if raw["state"] == "decided" else {}
        if {key: n for key, n in act.items() if key.startswith("decided")} != signed:
            yield f"case {raw['_id']} is {raw['state']} after {dict(act)}"
        saves = sum(n for key, n in act.items() if not key.startswith("file"))
        # A reversal notes itself on the decision before without a save of its own.
        if raw["version"] != saves:
            yield f"case {raw['_id']} has version {raw['version']} after {dict(act)}"
