"""Build the indexes and the office's fixed rows: by a command and at start, never inside a request."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from mongoengine import Document
from pymongo import IndexModel
from pymongo.errors import NetworkTimeout, OperationFailure

from documents.applications.letter import Letter
from documents.applications.round import Round
from documents.assessment.checklist import Checklist
from documents.assessment.kept_figures import KeptFigures
from documents.assessment.rule_set import RuleSet
from documents.batches.batch import Batch
from documents.comments.comment import Comment
from documents.definitions.own_collection import OwnCollectionRow
from documents.definitions.own_condition import OwnConditionRow
from documents.definitions.own_field import OwnFieldRow, refresh_own_fields
from documents.desk.audit_entry import GENESIS, HEAD, AuditEntry, read_head
from documents.desk.audit_window import AuditWindow
from documents.desk.calendar_year import CalendarYear
from documents.desk.sent_form_outcome import SentFormOutcome
from documents.desk.settings import OfficeSettings, refresh_settings
from documents.desk.sign_in_failures import SignInFailures
from documents.desk.user import User
from documents.hooks.delivery import WebHookDelivery
from documents.hooks.web_hook import WebHook
from documents.imports.column_match import ColumnMatch
from documents.imports.exported_records import ExportedRecords
from documents.imports.grid_draft import GridDraft
from documents.imports.import_batch import ImportBatch
from documents.imports.import_chunk import ImportChunk
from documents.imports.import_trial import ImportTrial
from documents.imports.rejected_rows import RejectedRows
from documents.jobs.job import Job
from documents.kinds import FILED
from documents.maintenance.data_state import DataState
from documents.messages.channel import MessageChannel
from documents.notifications.notification import Notification
from documents.notifications.trail_follower import NOTIFICATIONS, TrailFollower
from documents.overview.own_chart import OwnChart
from documents.publication.notice import Notice
from documents.publication.paper import Paper
from documents.publication.paper_template import PaperTemplate
from documents.records.attachment import Attachment
from documents.records.county import County, seed_counties
from documents.records.doubt import DoubtRow
from documents.records.file_usage import FileUsage
from documents.records.office_state import COUNTERS, counted
from documents.records.pending_copies import PendingCopies
from documents.records.record_numbers import RecordNumbers
from documents.records.recycled import Recycled
from documents.records.status import Status
from documents.records.title_register import TitleRegister
from rules.errors import Refused, Unavailable
from rules.waiting import STATE_KEYS
from rules.words import N_
from schema.collection import NeededStatus
from schema.registry import REGISTRY

_MOST_WAITS = 60  # of a minute each
# The server's codes: an index of this name, or of these keys, is there by another definition; a value stands twice.
_DEFINED_OTHERWISE = frozenset({85, 86})
_DOUBLED = 11000
_INTERRUPTED = 11601  # somebody ended the session that waited, an administrator's script for one
_NO_OPTION = frozenset({"fields", "cls", "background"})
_NO_DEFINITION = _NO_OPTION | {"name"}
_DEFINING = ("unique", "sparse", "partialFilterExpression", "expireAfterSeconds")
DOUBLES = N_(
    "The index %(index)s of %(collection)s cannot be built: %(value)s stands in more than one record there."
    " Correct them with the program that wrote them, then start this one again."
)
_OTHERS: tuple[type[Document], ...] = (
    AuditEntry, Recycled, Attachment, County, Paper, ImportBatch, ImportTrial, ImportChunk, Batch, PendingCopies,
    User, SignInFailures, AuditWindow, OfficeSettings, RuleSet, CalendarYear, Checklist, KeptFigures,
    Round, Letter, Notice, PaperTemplate, TitleRegister, SentFormOutcome, Job, DataState, FileUsage, DoubtRow,
    GridDraft, RecordNumbers, ColumnMatch, RejectedRows, ExportedRecords, OwnFieldRow, OwnCollectionRow,
    OwnConditionRow,
    WebHook, WebHookDelivery, Notification, TrailFollower, Comment,
    MessageChannel, OwnChart,
)  # fmt: skip


def documents() -> tuple[type[Document], ...]:
    """Return the class of everything that is stored."""
    return (*FILED.values(), *_OTHERS)


# Told of an index that is built anew: the collection and the index.
Report = Callable[[str, str], None]


def _silent(collection: str, index: str) -> None:
    """Tell nobody."""


def build_indexes(report: Report = _silent) -> None:
    """Create every collection, its indexes and the rows that the office cannot do without; safe to repeat.

    An index that stands there by another definition is dropped and built anew, and `report` told of it. Raises
    Refused when the data itself keeps an index from being built, Unavailable.
    """
    refresh_own_fields()  # own collections have indexes too
    database = User._get_db()
    present = set(database.list_collection_names())
    for document in documents():
        # A transaction cannot create a collection that another one is creating.
        if document._get_collection_name() not in present:
            document._get_collection()
        _build(document, report)
    _seed(database)


def build_indexes_of(document: type[Document]) -> None:
    """Create the collection and the indexes of a document that has just been declared. Raises Unavailable."""
    if document._get_collection_name() not in set(User._get_db().list_collection_names()):
        document._get_collection()
    _build(document, _silent)


def _build(document: type[Document], report: Report) -> None:
    """Build one collection's indexes; on a large one that outlasts the client's patience, and goes on meanwhile."""
    for _ in range(_MOST_WAITS):
        try:
            _create(document)
        except NetworkTimeout:
            continue
        except OperationFailure as error:
            if error.code == _INTERRUPTED:
                continue
            if error.code not in _DEFINED_OTHERWISE or not _drop_other_definitions(document, report):
                raise _cannot_build(document, error) from error
            continue
        return
    raise Unavailable()


def _create(document: type[Document]) -> None:
    """Ask for all declared indexes of a collection at once: MongoEngine asks for one after the other."""
    declared = [
        IndexModel(spec["fields"], **{key: value for key, value in spec.items() if key not in _NO_OPTION})
        for spec in document._meta["index_specs"]
    ]
    if declared:
        document._get_collection().create_indexes(declared)


def _cannot_build(document: type[Document], error: OperationFailure) -> Exception:
    """Return the error that says why an index cannot be built: as it is where that is not the data's fault."""
    if error.code != _DOUBLED:
        return error
    message = str((error.details or {}).get("errmsg", error))
    name = message.partition("index: ")[2].partition(" ")[0]
    values = ((error.details or {}).get("keyValue") or {}).values()
    shown = "、".join(str(value) for value in values) or message.partition("dup key: ")[2]
    return Refused(DOUBLES, index=name, collection=document._get_collection_name(), value=shown)


def _drop_other_definitions(document: type[Document], report: Report) -> bool:
    """Drop the indexes that stand in the way of declared ones; tell whether there were any."""
    collection = document._get_collection()
    present, dropped = collection.index_information(), False
    for spec in document._meta["index_specs"]:
        options = {key: value for key, value in spec.items() if key not in _NO_DEFINITION}
        keys = [(key, direction) for key, direction in spec["fields"]]
        own = spec.get("name") or "_".join(f"{key}_{direction}" for key, direction in keys)
        for name, known in list(present.items()):
            same_keys = [tuple(key) for key in known["key"]] == keys
            same = same_keys and {key: known[key] for key in _DEFINING if known.get(key)} == {
                key: options[key] for key in _DEFINING if options.get(key)
            }
            if (name == own and not same) or (name != own and same_keys):
                report(document._get_collection_name(), name)
                collection.drop_index(name)
                del present[name]
                dropped = True
    return dropped


def _seed(database: Any) -> None:
    seed_counties()
    refresh_settings()
    for collection in REGISTRY.counted:
        database[COUNTERS].update_one(
            {"_id": collection}, {"$setOnInsert": {"total": 0, "counties": {}}}, upsert=True
        )
    for collection, key in STATE_KEYS.items():
        if database[COUNTERS].find_one({"_id": collection}, {"_id": 1}) is None:
            fresh = counted(FILED[collection], key)
            database[COUNTERS].update_one({"_id": collection}, {"$setOnInsert": fresh}, upsert=True)
    database["audit_head"].update_one(
        {"_id": HEAD}, {"$setOnInsert": {"seq": 0, "hash": GENESIS}}, upsert=True
    )
    TrailFollower.begin(NOTIFICATIONS, read_head()[0])  # nobody is told of what was before
    for declaration in REGISTRY.listed:
        for status in declaration.statuses:
            _seed_status(database, declaration.name, status)


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
