"""What must hold of the stored office at any moment, whatever was killed: read bare, without the services.

`faults(database)` returns one sentence for each thing that does not hold; an empty list means all is well.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from gridfs import GridFSBucket
from pymongo.database import Database

from documents.kinds import RECORDS
from rules.assessment.company_size import company_size
from rules.choices import Industry
from services.desk.trail import first_bad

Db = Database[dict[str, Any]]
Raw = Mapping[str, Any]
COUNTED = ("bases", "tenant_companies", "service_partners", "staff_members", "ledger_entries")
_MOST_TOLD = 8


def faults(db: Db) -> list[str]:
    """Return what does not hold; nothing may be writing meanwhile. `db` must give aware times."""
    office = {name: {raw["_id"]: raw for raw in db[name].find()} for name in (*COUNTED, "statuses")}
    found = [
        *_counters(db, office), *_kept_figures(db, office), *_copies(office), *_sizes(office), *_papers(db, office),
        *_chain(db), *_versions(db, office), *_references(db, office), *_search_fields(office), *_leftovers(db),
    ]  # fmt: skip
    return found[:_MOST_TOLD] + ([f"… and {len(found) - _MOST_TOLD} more"] if len(found) > _MOST_TOLD else [])


def _counters(db: Db, office: Mapping[str, Mapping[Any, Raw]]) -> Iterator[str]:
    for collection in COUNTED:
        counted: Counter[str] = Counter()
        for raw in office[collection].values():
            places = ["total", *(f"counties.{code}" for code in RECORDS[collection].counties_of(raw))]
            counted.update(places + [f"statuses.{raw['status']}.{place}" for place in places])
        kept = {key: n for key, n in _flat(db["tallies"].find_one({"_id": collection}) or {}) if n}
        if kept != dict(counted):
            both = {key: (kept.get(key, 0), counted[key]) for key in {**kept, **counted}}
            wrong = {key: pair for key, pair in both.items() if pair[0] != pair[1]}
            yield f"tallies of {collection} (kept, counted): {wrong}"


def _kept_figures(db: Db, office: Mapping[str, Mapping[Any, Raw]]) -> Iterator[str]:
    """Hold the sums of each base's years, months and days, and of its companies, against the records."""
    counted: Counter[tuple[Any, str, str]] = Counter()
    for raw in office["ledger_entries"].values():
        day = raw.get("served_on")
        if day is not None and raw["status"] in ("submitted", "verified"):
            for key, amount in (("entries", 1), ("company_times", raw.get("company_times") or 0)):
                counted[raw["base"], f"{day:%Y}", f"all.{key}"] += amount
                counted[raw["base"], f"{day:%Y}", f"by_month.{day:%m}.all.{key}"] += amount
                counted[raw["base"], f"{day:%Y-%m}", f"days.{day:%d}.all.{key}"] += amount
    for raw in office["tenant_companies"].values():
        if raw.get("moved_in") and raw.get("size") in ("small", "micro"):
            counted[raw["base"], "tenants", f"years.{raw['moved_in']:%Y}.tenants"] += 1
            if raw.get("moved_out"):
                left = max(raw["moved_in"], raw["moved_out"])
                counted[raw["base"], "tenants", f"years.{left:%Y}.tenants"] -= 1
    rows = list(db["kept_figures"].find({"base": {"$ne": None}, "part": {"$not": {"$regex": "^quality"}}}))
    kept = {(row["base"], row["part"], key): amount for row in rows for key, amount in _sums(row) if amount}
    for place in sorted(kept.keys() | {place for place, amount in counted.items() if amount}, key=str):
        if kept.get(place, 0) != counted[place]:
            yield f"kept figure {place}: {kept.get(place, 0)}, counted {counted[place]}"


def _sums(row: Raw) -> Iterator[tuple[str, int]]:
    """Yield what is counted here of a row of kept figures."""
    wanted = ("all.entries", "all.company_times")
    trees = {name: row[name] for name in ("all", "by_month", "days", "years") if name in row}
    for key, amount in _flat(trees):
        if key.endswith(wanted) or (key.startswith("years.") and key.endswith("tenants")):
            yield key, amount


def _flat(tree: Raw, path: str = "") -> Iterator[tuple[str, int]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}{key}.")
        elif key != "_id":
            yield path + key, value


def _copies(office: Mapping[str, Mapping[Any, Raw]]) -> Iterator[str]:
    bases, partners = office["bases"], office["service_partners"]
    for collection in ("tenant_companies", "ledger_entries"):
        for raw in office[collection].values():
            base = bases.get(raw["base"], {})
            if (raw.get("base_name"), raw.get("county")) != (base.get("name"), base.get("county")):
                yield f"{collection} {raw['_id']} copies {raw.get('base_name')}, its base is {base.get('name')}"
    for raw in office["ledger_entries"].values():
        if raw.get("partner_name") != partners.get(raw.get("partner"), {}).get("name"):
            yield f"ledger entry {raw['_id']} copies the partner {raw.get('partner_name')}"
    for raw in partners.values():
        counties = {raw["home_county"]} if raw.get("home_county") else set()
        for one in raw.get("cooperations") or []:
            base = bases.get(one["base"], {})
            counties.add(base.get("county"))
            if (one.get("base_name"), one.get("county")) != (base.get("name"), base.get("county")):
                yield f"partner {raw['_id']} copies {one.get('base_name')}, the base is {base.get('name')}"
        if sorted(counties, key=str) != list(raw.get("counties") or []):
            yield f"partner {raw['_id']} has the counties {raw.get('counties')}, its bases {sorted(counties, key=str)}"


def _sizes(office: Mapping[str, Mapping[Any, Raw]]) -> Iterator[str]:
    for raw in office["tenant_companies"].values():
        industry = next((one for one in Industry if one.value == raw.get("industry")), None)
        size = company_size(
            industry, people=raw.get("people"), revenue=raw.get("revenue"), assets=raw.get("assets")
        )
        computed = size.value if size else None
        if raw.get("size_computed") != computed or raw.get("size") != (raw.get("size_override") or computed):
            yield f"company {raw['_id']} has the size {raw.get('size')}, computed {computed}"


def _papers(db: Db, office: Mapping[str, Mapping[Any, Raw]]) -> Iterator[str]:
    carried = {
        (raw["document_number"], raw.get("announced_on"))
        for raw in office["bases"].values()
        if raw.get("document_number")
    }
    kept = {(paper["_id"], paper.get("dated")) for paper in db["papers"].find({"kind": "announcement"})}
    if carried != kept:
        yield f"papers: on bases only {carried - kept}, in the register only {kept - carried}"


def _chain(db: Db) -> Iterator[str]:
    head = db["audit_head"].find_one({"_id": "head"}) or {}
    bad = first_bad(db["audit_entries"].find().sort("_id", 1), head)
    # The office's own key is not this process's: whether the seals are right says its own `verify-audit`.
    if bad is not None and "key that is not here" not in bad.message:
        yield f"audit trail: entry {bad.seq}: {bad.message}"


def _versions(db: Db, office: Mapping[str, Mapping[Any, Raw]]) -> Iterator[str]:
    """Every save left one entry and one version, together: a half-written record shows here."""
    acts: dict[tuple[str, Any], Counter[str]] = {}
    kinds = {"$in": ["created", "changed", "restored", "deleted"]}
    for entry in db["audit_entries"].find({"action": kinds}, {"collection": 1, "record_id": 1, "action": 1}):
        acts.setdefault((entry["collection"], entry["record_id"]), Counter())[entry["action"]] += 1
    recycled = {(one["collection"], one["record_id"]): one["document"] for one in db["recycled"].find()}
    for collection, records in office.items():
        for key, raw in records.items():
            act = acts.get((collection, key), Counter())
            if (collection, key) in recycled:
                yield f"{collection} {key} stands in the recycle bin as well"
            if raw["version"] != 1 + act["changed"] + act["restored"]:
                yield f"{collection} {key} has version {raw['version']} after {dict(act)}"
            if collection != "statuses" and (act["created"] != 1 or act["deleted"] != act["restored"]):
                yield f"{collection} {key} is there after {dict(act)}"
    gone = {
        place: act for place, act in acts.items() if place[0] in office and place[1] not in office[place[0]]
    }
    for place, act in gone.items():
        if act["deleted"] != act["restored"] + 1:
            yield f"{place} is gone after {dict(act)}"


def _references(db: Db, office: Mapping[str, Mapping[Any, Raw]]) -> Iterator[str]:
    codes = {(raw["collection"], raw["code"]) for raw in office["statuses"].values()}
    for collection in COUNTED:
        for raw in office[collection].values():
            if (collection, raw["status"]) not in codes:
                yield f"{collection} {raw['_id']} has the unknown status {raw['status']}"
            for target, wanted in _pointed_at(raw):
                if wanted not in office[target]:
                    yield f"{collection} {raw['_id']} refers to {target} {wanted}, which is not there"
    kept = {
        (one["collection"], one["record_id"])
        for one in db["recycled"].find({}, {"collection": 1, "record_id": 1})
    }
    stored = {one._id for one in GridFSBucket(db, bucket_name="files").find({})}
    for file in db["attachments"].find():
        place = (file["collection"], file["record_id"])
        there = db[file["collection"]].find_one({"_id": file["record_id"]}, {"_id": 1})
        if there is None and place not in kept:
            yield f"the file {file['_id']} belongs to no record"
        if file["stored"] not in stored:
            yield f"the file {file['_id']} has no content"


def _pointed_at(raw: Raw) -> Iterator[tuple[str, Any]]:
    if raw.get("base"):
        yield "bases", raw["base"]
    if raw.get("partner"):
        yield "service_partners", raw["partner"]
    for one in raw.get("cooperations") or []:
        yield "bases", one["base"]
    for one in raw.get("companies") or []:
        if one.get("company"):
            yield "tenant_companies", one["company"]


def _search_fields(office: Mapping[str, Mapping[Any, Raw]]) -> Iterator[str]:
    for collection, records in office.items():
        for key, raw in records.items():
            stale = [
                name
                for name, value in RECORDS[collection].search_fields(raw).items()
                if raw.get(name) != value
            ]
            if stale:
                yield f"{collection} {key} has a stale {', '.join(stale)}"


def _leftovers(db: Db) -> Iterator[str]:
    names = db.list_collection_names()
    # What a restore had loaded when it was killed may stay until the next one; a half-done exchange may not.
    if "restoring.state" in names and db["restoring.state"].find_one() is not None:
        yield "a restore stopped half-way"
    if "pending_copies" in names and db["pending_copies"].find_one() is not None:
        yield "copies are still to follow"
