"""Everything stored that concerns one base: one command a collection."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, cast

from bson import ObjectId

from documents.applications.application import Application
from documents.desk.audit_entry import READING, AuditEntry
from documents.publication.notice import Notice
from documents.publication.objection import Objection
from documents.records.attachment import Attachment
from documents.records.base import Base
from documents.records.recycled import Recycled
from documents.reports.annual_report import AnnualReport
from documents.reports.change_filing import ChangeFiling
from documents.revocation.decision import Decision
from documents.upward.recommendation import UpwardRecommendation

Rows = list[dict[str, Any]]
MOST_EDITS = 2000  # of one record; the audit page shows all
_SOURCES: dict[str, Any] = {
    "applications": Application,
    "objections": Objection,
    "annual_reports": AnnualReport,
    "change_filings": ChangeFiling,
    "decisions": Decision,
    "upward_recommendations": UpwardRecommendation,
}
_UNREAD = {"search_text": 0, "search_tokens": 0, "text": 0, "experts": 0}


class BaseEdit(TypedDict):
    """One act on a base's record, as the audit trail keeps it: `changes` are dicts of field, old and new."""

    at: datetime
    action: str
    changes: list[dict[str, Any]]


class TitleDecision(TypedDict, total=False):
    """What a case about a title says of it: codes of `rules.decisions`, and the day of the decision's paper."""

    _id: ObjectId
    kind: str
    state: str
    dated: datetime


@dataclass(frozen=True)
class FileRow:
    """One file: the collection that it belongs to, its id and name."""

    collection: str
    id: str
    name: str


def base_history(base: ObjectId) -> dict[str, Rows]:
    """Return what concerns a base, by collection, the oldest first; the caller has checked the base's scope."""
    stored: dict[str, Rows] = {
        name: list(document.collection().find({"base": base}, _UNREAD).sort("_id", 1))
        for name, document in _SOURCES.items()
    }
    keys = {"entries": 0, "text": 0, "contact": 0}
    notices = Notice.collection()
    naming = list(notices.find({"entries.base": base}, keys).sort("_id", 1))
    ids = [row["_id"] for row in naming]
    stored["notices"] = [
        *naming,
        *(notices.find({"corrects": {"$in": ids}}, keys).sort("_id", 1) if ids else ()),
    ]
    of_base = {"collection": "bases", "record_id": base}
    audit, acts = AuditEntry._get_collection(), {**of_base, "action": {"$nin": sorted(READING)}}
    stored["audit_entries"] = list(audit.find(acts).sort("_id", -1).limit(MOST_EDITS))
    owners: list[dict[str, Any]] = [of_base]
    owners += [
        {"collection": name, "record_id": {"$in": [row["_id"] for row in stored[name]]}}
        for name in _SOURCES
        if stored[name]
    ]
    keys = dict.fromkeys(("collection", "record_id", "slot", "name", "uploaded_at"), 1)
    stored["attachments"] = list(
        Attachment._get_collection().find({"$or": owners}, keys).sort("uploaded_at", 1)
    )
    return stored


def base_or_recycled(base: ObjectId) -> tuple[dict[str, Any], bool] | None:
    """Return a base's record and whether it lies in the recycle bin; None when there never was one."""
    raw = Base.collection().find_one({"_id": base})
    if raw is not None:
        return dict(raw), False
    binned = Recycled._get_collection().find_one({"collection": "bases", "record_id": base})
    return (dict(binned["document"]), True) if binned else None


def edits_of_base(base: ObjectId) -> list[BaseEdit]:
    """Return everything that was done to a base's record, the latest first."""
    wanted, keys = {"collection": "bases", "record_id": base}, {"at": 1, "action": 1, "changes": 1}
    return list(AuditEntry._get_collection().find(wanted, keys).sort("_id", -1))


def decisions_of_base(base: ObjectId) -> list[TitleDecision]:
    """Return what the cases about a base's title say of it, those under way too."""
    keys = {"kind": 1, "state": 1, "dated": 1}
    return list(cast("Any", Decision.collection().find({"base": base}, keys)))
