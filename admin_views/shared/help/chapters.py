"""The chapters of the manual, and which of them a page opens: each page by its endpoint, or by its package."""

from dataclasses import dataclass

from rules.words import N_
from schema.registry import REGISTRY


@dataclass(frozen=True)
class Chapter:
    """A chapter: its word in the address and in the name of its sources, and its title."""

    word: str
    title: str


_BEGIN = Chapter("begin", N_("First day: sign in and look around"))
_TODAY = Chapter("today", N_("Today: what waits for you"))
_FIND = Chapter("find", N_("Find and ask"))
_LISTS = Chapter("lists", N_("Lists: filter, edit, several at once"))
_RECORDS = Chapter("records", N_("Bases, companies, partners, staff"))
_LEDGER = Chapter("ledger", N_("The service ledger"))
_EXCEL = Chapter("excel", N_("Excel: import and export"))
_APPLICATIONS = Chapter("applications", N_("Applications and the round"))
_PUBLICATION = Chapter("publication", N_("Public notice and announcement"))
_REPORTS = Chapter("reports", N_("Yearly reports and inspections"))
_FILINGS = Chapter("filings", N_("Change filings"))
_REVOCATION = Chapter("revocation", N_("Revocation and cancellation"))
_UPWARD = Chapter("upward", N_("Upward recommendation"))
_ASSESSMENT = Chapter("assessment", N_("Assessment and ledger quality"))
_OVERVIEW = Chapter("overview", N_("The city in pictures"))
_MEASURES = Chapter("measures", N_("Rule sets and a new text of the Measures"))
_OWN = Chapter("own", N_("Own collections and fields"))
_UNDO = Chapter("undo", N_("History, undo, recycle bin, trail"))
_OFFICE = Chapter("office", N_("Users and settings of the office"))

CHAPTERS: tuple[Chapter, ...] = (
    _BEGIN, _TODAY, _FIND, _LISTS, _RECORDS, _LEDGER, _EXCEL, _APPLICATIONS, _PUBLICATION, _REPORTS, _FILINGS,
    _REVOCATION, _UPWARD, _ASSESSMENT, _OVERVIEW, _MEASURES, _OWN, _UNDO, _OFFICE,
)  # fmt: skip
BY_WORD = {chapter.word: chapter for chapter in CHAPTERS}

_OF_PACKAGE: dict[str, Chapter] = {
    "account": _BEGIN, "own_sessions": _BEGIN, "help": _BEGIN, "admin": _TODAY, "calendar_feed": _TODAY,
    "comments": _RECORDS, "messages": _OFFICE, "notifications": _TODAY, "year": _TODAY, "search": _FIND,
    "ledger_entries": _LEDGER, "imports": _EXCEL,
    "applications": _APPLICATIONS,
    "rounds": _APPLICATIONS, "publication": _PUBLICATION, "annual_reports": _REPORTS, "change_filings": _FILINGS,
    "revocation": _REVOCATION, "upward": _UPWARD, "ledger_quality": _ASSESSMENT, "assessment": _ASSESSMENT,
    "base_assessment": _ASSESSMENT, "counted": _ASSESSMENT, "checklist": _ASSESSMENT, "registration": _ASSESSMENT,
    "overview": _OVERVIEW, "own_charts": _OVERVIEW,
    "rule_sets": _MEASURES, "succession": _MEASURES, "what_if": _MEASURES, "own_fields": _OWN,
    "own_collections": _OWN, "own_conditions": _OWN, "configuration": _OWN, "exposing": _OWN, "own_records": _OWN,
    "timeline": _UNDO, "recycle_bin": _UNDO, "batches": _UNDO, "audit": _UNDO, "jobs": _EXCEL, "doubts": _RECORDS,
    "earlier_titles": _RECORDS, "settings": _OFFICE, "users": _OFFICE, "calendar": _OFFICE, "statuses": _OFFICE,
    "paper_templates": _OFFICE, "api_reference": _OFFICE, "api_tokens": _OFFICE, "hooks": _OFFICE,
    "components": _OFFICE,
}  # fmt: skip


def chapter_of(endpoint: str) -> Chapter | None:
    """Return the chapter that a page opens, by its endpoint; None for what is no page of a task."""
    package, _, view = endpoint.partition(".")
    if package in _OF_PACKAGE and package not in REGISTRY:
        return _OF_PACKAGE[package]
    if package in REGISTRY:
        is_list = view in ("index_view", "board_view", "calendar_view")
        return _OF_PACKAGE.get(package, _LISTS if is_list else _RECORDS)
    return None
