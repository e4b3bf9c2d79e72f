"""Build the indexes and the office's fixed rows: by a command and at start, never inside a request."""

from datetime import UTC, datetime
from typing import Any

from mongoengine import Document
from pymongo.errors import NetworkTimeout

from documents.applications.letter import Letter
from documents.applications.round import Round
from documents.assessment.checklist import Checklist
from documents.assessment.kept_figures import KeptFigures
from documents.assessment.rule_set import RuleSet
from documents.desk.audit_entry import GENESIS, HEAD, AuditEntry
from documents.desk.calendar_year import CalendarYear
from documents.desk.sent_form_outcome import SentFormOutcome
from documents.desk.settings import OfficeSettings, refresh_settings
from documents.desk.sign_in_failures import SignInFailures
from documents.desk.user import User
from documents.imports.import_batch import ImportBatch
from documents.imports.import_trial import ImportTrial
from documents.jobs.job import Job
from documents.kinds import FILED
from documents.publication.notice import Notice
from documents.publication.paper import Paper
from documents.publication.paper_template import PaperTemplate
from documents.records.attachment import Attachment
from documents.records.county import County, seed_counties
from documents.records.office_state import COUNTERS
from documents.records.pending_copies import PendingCopies
from documents.records.recycled import Recycled
from documents.records.status import Status
from documents.records.title_register import TitleRegister
from rules.errors import Unavailable
from rules.titles import TitleSource
from schema.collection import NeededStatus
from schema.registry import REGISTRY

_MOST_WAITS = 60  # of a minute each
_OTHERS: tuple[type[Document], ...] = (
    AuditEntry, Recycled, Attachment, County, Paper, ImportBatch, ImportTrial, PendingCopies,
    User, SignInFailures, OfficeSettings, RuleSet, CalendarYear, Checklist, KeptFigures,
    Round, Letter, Notice, PaperTemplate, TitleRegister, SentFormOutcome, Job,
)  # fmt: skip


def documents() -> tuple[type[Document], ...]:
    """Return the class of everything that is stored."""
    return (*FILED.values(), *_OTHERS)


def build_indexes() -> None:
    """Create every collection, its indexes and the rows that the office cannot do without; safe to repeat."""
    database = User._get_db()
    present = set(database.list_collection_names())
    for document in documents():
        # A transaction cannot create a collection that another one is creating.
        if document._get_collection_name() not in present:
            document._get_collection()
        _build(document)
    _seed(database)


def _build(document: type[Document]) -> None:
    """Build one collection's indexes; on a large one that outlasts the client's patience, and goes on meanwhile."""
    for _ in range(_MOST_WAITS):
        try:
            document.ensure_indexes()
        except NetworkTimeout:
            continue
        return
    raise Unavailable()


def _seed(database: Any) -> None:
    seed_counties()
    refresh_settings()
    for collection in REGISTRY.counted:
        database[COUNTERS].update_one(
            {"_id": collection}, {"$setOnInsert": {"total": 0, "counties": {}}}, upsert=True
        )
    database["audit_head"].update_one(
        {"_id": HEAD}, {"$setOnInsert": {"seq": 0, "hash": GENESIS}}, upsert=True
    )
    _mark_titles(database)
    for declaration in REGISTRY.listed:
        for status in declaration.statuses:
            _seed_status(database, declaration.name, status)


def _mark_titles(database: Any) -> None:
    """Say of titles that an older version of the program stored where they come from: an announced one is certified."""
    unmarked = {"status": {"$ne": "uncertified"}, "title_source": None}
    for source, certificate in ((TitleSource.EARLIER, None), (TitleSource.ANNOUNCED, {"$ne": None})):
        clause = {**unmarked, "certificate_number": certificate}
        database["bases"].update_many(clause, {"$set": {"title_source": source.value}})


def _seed_status(database: Any, collection: str, status: NeededStatus) -> None:
    fresh = {
        "label": status.label,
        "colour": status.colour,
        "order": status.order,
        "final": status.final,
        "public": status.public,
        "needed": True,
    }
    fresh |= {"version": 1, "created_at": datetime.now(UTC), "created_by": "system"}
    fresh |= Status.search_fields(fresh | {"code": status.code})
    database["statuses"].update_one(
        {"collection": collection, "code": status.code}, {"$setOnInsert": fresh}, upsert=True
    )
