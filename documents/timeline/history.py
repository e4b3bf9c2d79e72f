"""Everything stored that concerns one base: one command a collection."""

from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from documents.desk.audit_entry import AuditEntry
from documents.publication.notice import Notice
from documents.publication.objection import Objection
from documents.records.attachment import Attachment
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


@dataclass(frozen=True)
class FileRow:
    """One file: the collection that it belongs to, its id and name."""

    collection: str
    id: str
    name: str


def base_history(base: ObjectId) -> dict[str, Rows]:
    """Return what concerns a base, by collection, the oldest first; the caller has checked the base's scope."""
    found: dict[str, Rows] = {
        name: list(document.collection().find({"base": base}, _UNREAD).sort("_id", 1))
        for name, document in _SOURCES.items()
    }
    keys = {"entries": 0, "text": 0, "contact": 0}
    notices = Notice.collection()
    named = list(notices.find({"entries.base": base}, keys).sort("_id", 1))
    ids = [one["_id"] for one in named]
    found["notices"] = [
        *named,
        *(notices.find({"corrects": {"$in": ids}}, keys).sort("_id", 1) if ids else ()),
    ]
    wanted = {"collection": "bases", "record_id": base}
    audit = AuditEntry._get_collection()
    found["audit_entries"] = list(audit.find(wanted).sort("_id", -1).limit(MOST_EDITS))
    places: list[dict[str, Any]] = [wanted]
    places += [
        {"collection": name, "record_id": {"$in": [one["_id"] for one in found[name]]}}
        for name in _SOURCES
        if found[name]
    ]
    keys = dict.fromkeys(("collection", "record_id", "slot", "name", "uploaded_at"), 1)
    found["attachments"] = list(
        Attachment._get_collection().find({"$or": places}, keys).sort("uploaded_at", 1)
    )
    return found
