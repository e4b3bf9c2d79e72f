"""A third county beside the two of the sample: all that 莘县 has, once more, in 阳谷县 and under a mark of its own.

Whatever the office keeps of a county stands here a second time, whatever collection it is in, so that nothing that
is told of it anywhere goes unnoticed: records, files, applications, cases, reports, letters, imports, what was
deleted, and the trail. What counties share (a partner) has this county's part as well.
"""

import re
from collections.abc import Callable, Iterable
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from bson import ObjectId

from documents.kinds import FILED
from documents.records.attachment import store_bytes
from documents.records.fields import stored_day
from documents.records.office_state import COUNTERS
from schema.bases import BASES, KEPT_WITH_TITLE
from tests.office_with_round import FUTURE as FUTURE_DAY
from tests.sample_office import MARK, PDF, SHEN, Office, code

YANG, YANG_NAME = "371521", "阳谷县"
OTHER_MARK = "柳泉"  # in every name and text of 阳谷县, nowhere else
Row = dict[str, Any]
# What is nobody's own: the office's fixed rows, what is published, and what only counts others.
_SHARED = frozenset({
    "audit_head", "counties", "files.chunks", "files.files", "notices", "papers", "put_back", "rounds", "rule_sets",
    "sent_forms", "sign_in_failures", "statuses", COUNTERS, "uploads.chunks", "uploads.files",
})  # fmt: skip
_NUMBERED = frozenset({"certificate_number", "number", "prior_number", "name_key", "username"})


def id_of(own: ObjectId) -> ObjectId:
    """Return the id that a document of 莘县 has once more in 阳谷县."""
    return ObjectId(own.binary[:4] + bytes(255 - byte for byte in own.binary[4:8]) + own.binary[8:])


def seen_from_there(own: Any, ids: set[ObjectId]) -> Any:
    """Return what tests know of 莘县 (`office.shen`), with the ids of 阳谷县 where it has the like (`ids`)."""
    if isinstance(own, SimpleNamespace):
        return SimpleNamespace(**{name: seen_from_there(value, ids) for name, value in vars(own).items()})
    if isinstance(own, dict):
        return {key: seen_from_there(value, ids) for key, value in own.items()}
    return id_of(own) if isinstance(own, ObjectId) and own in ids else own


def plant(office: Office) -> SimpleNamespace:
    """Put 阳谷县 into the database of the sample office.

    `ids` are those of 莘县 that it has the like of (`id_of`), `files` those with the partner that it shares.
    """
    copies = {name: list(_of_county(office, name)) for name in office.db.list_collection_names()}
    ids = {row["_id"] for rows in copies.values() for row in rows if isinstance(row["_id"], ObjectId)}
    ids |= {row["record_id"] for row in copies["recycled"]}
    change = _changer(ids)
    for name, rows in copies.items():
        if rows and name != "audit_entries":
            office.db[name].insert_many([_searched(name, change(row)) for row in rows])
    _count(office)
    _trail(office, [change(entry) for entry in copies["audit_entries"]])
    return SimpleNamespace(ids=ids, files=_share(office))


def _of_county(office: Office, name: str) -> Iterable[Row]:
    if name in _SHARED:
        return
    bases = set(office.db["bases"].distinct("_id", {"county": SHEN}))
    for row in office.db[name].find():
        counties = row.get("counties") or [row.get("county")]
        own = counties == [SHEN] if any(counties) else row.get("base") in bases or MARK in str(row)
        if own and row["_id"] != office.shared:
            yield row


def _changer(ids: set[ObjectId]) -> Callable[[Any], Any]:
    numbers = iter(range(8_100_000, 9_000_000))
    codes: dict[str, str] = {}

    def change(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {inner: change(held, inner) for inner, held in value.items()}
        if isinstance(value, list):
            return [change(held, key) for held in value]
        if isinstance(value, ObjectId):
            return id_of(value) if value in ids else value
        if not isinstance(value, str):
            return value
        if key == "uscc":
            return codes.setdefault(value, code(next(numbers), YANG))
        if key in _NUMBERED:
            return f"{value}{OTHER_MARK}"
        if key in ("uploaded_by", "actor_id", "deleted_by") and ObjectId.is_valid(value):
            return str(change(ObjectId(value)))
        changed = value.replace(MARK, OTHER_MARK).replace("莘县", YANG_NAME).replace(SHEN, YANG)
        return f"{changed}{OTHER_MARK}" if key == "_id" else changed  # an import's

    return change


def _searched(collection: str, row: Row) -> Row:
    return row | FILED[collection].search_fields(row) if collection in FILED else row


def _count(office: Office) -> None:
    """Count what is there now, as the counters would have."""
    for held in office.db[COUNTERS].find():
        office.db[COUNTERS].replace_one({"_id": held["_id"]}, _doubled(held))


def _doubled(held: Row) -> Row:
    counted = {key: _doubled(value) if isinstance(value, dict) else value for key, value in held.items()}
    more = held.get("counties", {}).get(SHEN)
    if more:
        counted["counties"] = {**held["counties"], YANG: more}
        counted["total"] = held["total"] + more
    return counted


def _trail(office: Office, entries: list[Row]) -> None:
    head = office.db["audit_head"].find_one() or {}
    for number, entry in enumerate(entries, head["seq"] + 1):
        entry["_id"] = number
    office.db["audit_entries"].insert_many(entries)
    office.db["audit_head"].update_one({}, {"$set": {"seq": head["seq"] + len(entries)}})


def _share(office: Office) -> list[ObjectId]:
    """Let the shared partner work with a base of 阳谷县, which keeps files with it and names it in its ledger."""
    partners, base = office.db["service_partners"], id_of(office.shen.base)
    cooperation = {
        "base": base, "base_name": f"{OTHER_MARK}创业园", "county": YANG,
        "first_day": office.one("bases", base)["operating_since"],
    }  # fmt: skip
    raw = office.one("service_partners", office.shared)
    raw |= {
        "cooperations": [cooperation, *raw["cooperations"]], "counties": sorted({*raw["counties"], YANG}),
        "updated_by": f"{OTHER_MARK}甲", "updated_at": raw["updated_at"],
    }  # fmt: skip
    partners.replace_one({"_id": office.shared}, _searched("service_partners", raw))
    for partner in (office.shared, office.shen.partner):
        entry = office.one("ledger_entries", id_of(office.shen.entry))
        entry |= {"_id": ObjectId(), "partner": partner, "partner_name": raw["name"]}
        office.db["ledger_entries"].insert_one(_searched("ledger_entries", entry))
    files = []
    sample = office.db["attachments"].find_one({"collection": "service_partners"}) or {}
    for owner in (YANG, None):
        name, content = f"{OTHER_MARK}合同{owner}.pdf", PDF + OTHER_MARK.encode()
        entry = {
            **sample, "_id": ObjectId(), "record_id": office.shared, "name": name, "owning_county": owner,
            "counties": [owner] if owner else [], "stored": store_bytes(name, BytesIO(content)),
            "uploaded_by_name": f"{OTHER_MARK}甲",
        }  # fmt: skip
        office.db["attachments"].insert_one(entry)
        files.append(entry["_id"])
        removed = {
            "_id": ObjectId(), "collection": "attachments", "record_id": ObjectId(), "label": name, "of": raw["name"],
            "counties": entry["counties"], "deleted_at": entry["uploaded_at"], "deleted_by": "",
            "deleted_by_name": f"{OTHER_MARK}甲", "readers": "ALL", "document": entry,
        }  # fmt: skip
        office.db["recycled"].insert_one(removed)
        for action in ("file-added", "file-removed"):
            _tell(office, action, raw["name"], counties=entry["counties"], note=name)
    change = {"field": "cooperations", "old": [], "new": [cooperation]}
    _tell(office, "changed", raw["name"], counties=raw["counties"], changes=[change])
    return files


def _tell(office: Office, action: str, label: str, **more: Any) -> None:
    last = office.db["audit_entries"].find_one(sort=[("_id", -1)]) or {}
    entry = {
        **last, "actor_name": f"{OTHER_MARK}甲", "actor_id": "", "action": action, "collection": "service_partners",
        "record_id": office.shared, "label": label, "changes": [], "note": "", **more,
    }  # fmt: skip
    _trail(office, [entry])


# --- What the public may not know of anybody ------------------------------------------------------------

PRIVATE_MARK = "密云"
_PUBLISHED = frozenset({
    "audit_head", "counties", "files.chunks", "files.files", "letters", "papers", "put_back", "rounds", "rule_sets",
    "sent_forms", "sign_in_failures", "statuses", COUNTERS, "uploads.chunks", "uploads.files", "kept_figures",
})  # fmt: skip
_HAN = re.compile("[\u4e00-\u9fff]")


def mark_what_is_private(office: Office) -> None:
    """Put a mark into every word that the office keeps of anybody and has not published."""
    of_bases = {field.key for field in BASES.fields if field.public} | {
        *KEPT_WITH_TITLE,
        "former_names",
        "name",
    }
    for name in set(office.db.list_collection_names()) - _PUBLISHED:
        public = of_bases if name == "bases" else set()
        for row in office.db[name].find({"first_day": stored_day(FUTURE_DAY)} if name == "notices" else {}):
            marked = {
                key: value if key == "_id" or key in public else _marked(value) for key, value in row.items()
            }
            if name in FILED:
                marked |= FILED[name].search_fields(marked)
            office.db[name].replace_one({"_id": row["_id"]}, marked)


def _marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _marked(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_marked(held) for held in value]
    return f"{value}{PRIVATE_MARK}" if isinstance(value, str) and _HAN.search(value) else value
