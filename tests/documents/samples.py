"""The least that each document must hold to be valid: what is required and has no default."""

from datetime import UTC, date, datetime
from typing import Any

from bson import ObjectId
from mongoengine import Document

from documents.applications.application import Application
from documents.applications.letter import Letter
from documents.applications.round import Round
from documents.assessment.checklist import Checklist
from documents.assessment.kept_figures import KeptFigures
from documents.assessment.rule_set import RuleSet
from documents.batches.batch import Batch
from documents.comments.comment import Comment
from documents.definitions.own_collection import OwnCollectionRow
from documents.definitions.own_condition import OwnConditionRow
from documents.definitions.own_field import OwnFieldRow
from documents.desk.audit_entry import AuditEntry
from documents.desk.audit_window import AuditWindow
from documents.desk.calendar_year import CalendarYear
from documents.desk.sent_form_outcome import SentFormOutcome
from documents.desk.settings import OfficeSettings
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
from documents.maintenance.data_state import DataState
from documents.messages.channel import MessageChannel
from documents.notifications.notification import Notification
from documents.notifications.trail_follower import TrailFollower
from documents.overview.own_chart import OwnChart
from documents.publication.notice import Notice
from documents.publication.objection import Objection
from documents.publication.paper import Paper
from documents.publication.paper_template import PaperTemplate
from documents.records.attachment import Attachment
from documents.records.base import Base
from documents.records.county import County
from documents.records.doubt import DoubtRow
from documents.records.file_usage import FileUsage
from documents.records.ledger_entry import LedgerEntry
from documents.records.pending_copies import PendingCopies
from documents.records.record_numbers import RecordNumbers
from documents.records.recycled import Recycled
from documents.records.service_partner import ServicePartner
from documents.records.staff_member import StaffMember
from documents.records.status import Status
from documents.records.tenant_company import TenantCompany
from documents.records.title_register import TitleRegister
from documents.reports.annual_report import AnnualReport, CountyReport
from documents.reports.change_filing import ChangeFiling
from documents.revocation.decision import Decision
from documents.upward.recommendation import UpwardRecommendation

ONE, OTHER, THIRD = (ObjectId(f"{n:024d}") for n in (1, 2, 3))
DAY = date(2026, 3, 2)
MOMENT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
SHEN, GUAN = "371522", "371525"
_OF_BASE: dict[str, Any] = {"base": ONE, "base_name": "莘县创业园", "county": SHEN}

LEAST: dict[type[Document], dict[str, Any]] = {
    Base: {
        "name": "莘县创业园", "operator": "园区公司", "uscc": "91371522MA0000001X", "county": SHEN,
        "status": "uncertified",
    },
    TenantCompany: {
        "name": "启程公司", "uscc": "91371522MA0000002X", "base": ONE, "county": SHEN, "status": "housed",
    },
    ServicePartner: {"name": "鲁西会计师事务所", "uscc": "91371522MA0000003X", "status": "cooperating"},
    StaffMember: {"name": "康敏", "base": ONE, "county": SHEN, "employment": "full-time", "status": "on_staff"},
    LedgerEntry: {"base": ONE, "county": SHEN, "function": "training", "status": "draft"},
    Status: {
        "collection_name": "tenant_companies", "code": "to_check", "label": "待核实", "colour": "grey", "order": 100,
    },
    Application: {
        **_OF_BASE, "round": OTHER, "round_name": "2026年度", "year": 2026, "kind": "first", "stage": "draft",
        "open": True, "since": MOMENT,
    },
    Objection: {
        **_OF_BASE, "notice": ONE, "application": OTHER, "received_on": DAY, "received": "letter",
        "objector_kind": "person", "objector": "周某某", "objector_contact": "13906350001", "content": "数量不符。",
        "outcome": "open",
    },
    AnnualReport: {**_OF_BASE, "year": 2025},
    CountyReport: {"county": SHEN, "year": 2025},
    ChangeFiling: {**_OF_BASE, "completed_on": DAY, "filed_on": DAY, "due": DAY, "state": "filed"},
    Decision: {**_OF_BASE, "kind": "revocation", "state": "begun", "open": True},
    UpwardRecommendation: {**_OF_BASE, "level": "province", "year": 2026, "dated": DAY, "outcome": "pending"},
    AuditEntry: {},
    Recycled: {},
    Attachment: {
        "collection_name": "bases", "record_id": ONE, "name": "照片.png", "size": 5, "media_type": "image/png",
        "sha256": "0" * 64, "stored": OTHER,
    },
    County: {"name": "莘县", "short": "莘县", "order": 1},
    Paper: {"kind": "announcement", "dated": DAY},
    ImportBatch: {
        "kind": "bases", "sha256": "0" * 64, "actor_id": "1", "actor_name": "市局", "started_at": MOMENT,
    },
    ImportChunk: {"batch": "b1"},
    ImportTrial: {"upload": ONE, "first": 4, "kind": "bases", "actor_id": "1", "tried_at": MOMENT},
    Batch: {
        "act": "delete", "collection_name": "bases", "actor_id": "1", "actor_name": "市局", "started_at": MOMENT,
    },
    DataState: {},
    PendingCopies: {"collection_name": "bases"},
    TitleRegister: {"open": False},
    RecordNumbers: {"last": 7},
    User: {"name": "Li", "name_key": "li", "role": "city", "password_hash": "$argon2id$"},
    SignInFailures: {"expires_at": MOMENT},
    AuditWindow: {"expires_at": MOMENT},
    RuleSet: {"title": "认定办法", "level": "city", "first_day": DAY},
    CalendarYear: {},
    OfficeSettings: {},
    OwnFieldRow: {},
    OwnCollectionRow: {},
    OwnConditionRow: {},
    Checklist: {"base": ONE, "year": 2026},
    KeptFigures: {"part": "all"},
    GridDraft: {"id": "1 bases", "saved_at": MOMENT},
    ColumnMatch: {
        "id": "371522 bases 1", "sender": "371522", "kind": "bases", "digest": "1", "matched_at": MOMENT,
    },
    RejectedRows: {"batch": "20260302-1", "first": 4, "kept_at": MOMENT},
    ExportedRecords: {"digest": "0" * 64, "kind": "bases", "actor_id": "1", "exported_at": MOMENT},
    DoubtRow: {"id": "0" * 32, "kind": "same-company", "collection_name": "tenant_companies"},
    Round: {
        "year": 2026, "name": "2026年度申报", "apply_from": DAY, "apply_until": DAY, "rule_set": "city-2021",
        "assessed_year": 2025, "least_experts": 3, "drop_from": 5,
    },
    Letter: {"number": "莘工信字〔2026〕1号", "county": SHEN, "round": ONE, "dated": DAY},
    Notice: {"kind": "notice", "title": "公示", "dated": DAY, "first_day": DAY, "published_at": MOMENT},
    PaperTemplate: {"kind": "notice", "version": 1},
    SentFormOutcome: {},
    FileUsage: {},
    WebHook: {
        "name": "统计平台", "url": "https://example.cn/x", "of": "bases", "salt": "s", "position": 0, "next_at": MOMENT,
    },
    OwnChart: {"name": "各县台账", "of": "ledger_entries", "group": "county", "owner": "1"},
    WebHookDelivery: {"hook": ONE, "at": MOMENT, "first": 1, "last": 2, "count": 1, "status": 200},
    Notification: {"user": ONE, "key": "e7", "kind": "followed", "at": MOMENT},
    TrailFollower: {"position": 7},
    MessageChannel: {"name": "值班群", "kind": "wecom", "position": 7, "next_at": MOMENT},
    Comment: {
        "collection_name": "bases", "record_id": ONE, "text": "请核实", "by": "1", "created_at": MOMENT,
    },
    Job: {"kind": "figures", "state": "waiting", "actor_id": "1", "asked_at": MOMENT},
}  # fmt: skip
# What a new one holds beside that, by itself.
DEFAULTS: dict[type[Document], dict[str, Any]] = {
    **{
        document: {"version": 1}
        for document in (
            Base, TenantCompany, ServicePartner, StaffMember, LedgerEntry, Objection, AnnualReport, CountyReport,
            ChangeFiling, Decision, UpwardRecommendation, Checklist, CalendarYear, County,
            OfficeSettings, OwnFieldRow, OwnCollectionRow, OwnConditionRow,
            TitleRegister,
        )
    },
    Status: {"version": 1, "colour": "grey", "order": 100, "final": False, "public": False, "needed": False},
    Application: {"version": 1, "sealed": False},
    User: {"version": 1, "must_change_password": False, "disabled": False},
    SignInFailures: {"count": 0},
    WebHook: {"version": 1, "enabled": True, "failures": 0},
    OwnChart: {"version": 1, "shared": False, "on_today": False, "on_overview": False},
    AuditWindow: {"count": 0},
    Notification: {"count": 1, "unread": True},
    Comment: {"version": 1},
    MessageChannel: {"version": 1, "enabled": True, "failures": 0, "digest": False},
    RuleSet: {"version": 1, "draft": False, "shipped": False},
    Round: {"version": 1, "closed": False},
    Job: {"token": 0, "idle_claims": 0, "cancel_asked": False},
}  # fmt: skip
# The keys of those whose key is their own word or number.
KEYS: dict[type[Document], Any] = {
    AuditEntry: 1, County: SHEN, Paper: "聊工信发〔2026〕1号", ImportBatch: "b1", Batch: "b2", PendingCopies: ONE,
    SignInFailures: "127.0.0.1", RuleSet: "city-2021", CalendarYear: 2026, OfficeSettings: "office",
    OwnFieldRow: "bases.own_site",
    OwnCollectionRow: "c_visits",
    OwnConditionRow: "bases.rule1",
    TitleRegister: "earlier-titles", FileUsage: "office", SentFormOutcome: "place", DataState: "office",
    AuditWindow: "key", TrailFollower: "notifications", RecordNumbers: "ledger_entries:2026",
}  # fmt: skip


def sample(document: type[Document], **more: Any) -> Document:
    """Return the least valid document of a class, with its key and `more`."""
    key = {"pk": KEYS[document]} if document in KEYS else {}
    return document(**key, **LEAST[document] | more)
