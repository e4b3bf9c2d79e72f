"""Which document class keeps which collection: those that ship, and those that are only declared."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from documents.applications.application import Application
from documents.definitions.own_field import SHIPPED
from documents.publication.notice import COLLECTION as NOTICES
from documents.publication.notice import Notice
from documents.publication.objection import Objection
from documents.records.base import Base
from documents.records.declared import declared
from documents.records.ledger_entry import LedgerEntry
from documents.records.record import Record
from documents.records.service_partner import ServicePartner
from documents.records.staff_member import StaffMember
from documents.records.status import Status
from documents.records.tenant_company import TenantCompany
from documents.reports.annual_report import AnnualReport, CountyReport
from documents.reports.change_filing import ChangeFiling
from documents.revocation.decision import Decision
from documents.upward.recommendation import UpwardRecommendation
from rules.access import Actor
from schema.registry import REGISTRY

_SHIPPED: Mapping[str, type[Record]] = {
    "bases": Base,
    "tenant_companies": TenantCompany,
    "service_partners": ServicePartner,
    "staff_members": StaffMember,
    "ledger_entries": LedgerEntry,
    "statuses": Status,
}


class _Records(Mapping[str, type[Record]]):
    """The documents of the collections that clerks keep, by name; one that is only declared gets its own class."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Any, type[Record]]] = {}

    def __getitem__(self, name: str) -> type[Record]:
        declaration = REGISTRY[name]
        if declaration.is_own:
            declaration = SHIPPED.get(name, declaration)  # own fields are checked by the declaration in force
        if not declaration.listed:
            raise KeyError(name)
        if name in _SHIPPED:
            return _SHIPPED[name]
        held = self._made.get(name)
        if held is None or held[0] is not declaration:
            body = {"__module__": __name__, "__doc__": declaration.title}
            held = declaration, type(f"Own{name.title().replace('_', '')}", (declared(declaration),), body)
            self._made[name] = held
        return held[1]

    def __iter__(self) -> Iterator[str]:
        return iter([declaration.name for declaration in REGISTRY.listed])

    def __len__(self) -> int:
        return len(REGISTRY.listed)


RECORDS: Mapping[str, type[Record]] = _Records()
# What files may belong to beside those, and whose scope theirs is; these are not kept by hand like the records.
_PROCEDURES: Mapping[str, type[Record]] = {
    "applications": Application,
    "objections": Objection,
    "annual_reports": AnnualReport,
    "county_reports": CountyReport,
    "change_filings": ChangeFiling,
    "decisions": Decision,
    "upward_recommendations": UpwardRecommendation,
}


class _Filed(Mapping[str, type[Record]]):
    """The documents that files may belong to, by collection."""

    def __getitem__(self, name: str) -> type[Record]:
        return _PROCEDURES[name] if name in _PROCEDURES else RECORDS[name]

    def __iter__(self) -> Iterator[str]:
        yield from RECORDS
        yield from _PROCEDURES

    def __len__(self) -> int:
        return len(RECORDS) + len(_PROCEDURES)


FILED: Mapping[str, type[Record]] = _Filed()


class FileOwner(Protocol):
    """A document class whose records may have files: whose scope theirs is, and what the trail calls them."""

    def read(self, record_id: Any, actor: Actor, session: Any = None) -> dict[str, Any]:
        """Return a stored record in the actor's scope. Raises Missing."""

    def counties_of(self, raw: Mapping[str, Any]) -> list[str]:
        """Return the county codes that a record belongs to."""

    def label_of(self, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows a record."""


class _PaperFiles:
    """The published papers, as the owners of files: whoever reads the desk's papers reads them."""

    @classmethod
    def read(cls, record_id: Any, actor: Actor, session: Any = None) -> dict[str, Any]:
        return dict(Notice.read(record_id, session))

    counties_of = Notice.counties_of
    label_of = Notice.label_of


class _FileOwners(Mapping[str, FileOwner]):
    """Whose files there are, by collection: all of `FILED`, and the published papers."""

    def __getitem__(self, name: str) -> FileOwner:
        return _PaperFiles if name == NOTICES else FILED[name]

    def __iter__(self) -> Iterator[str]:
        yield from FILED
        yield NOTICES

    def __len__(self) -> int:
        return len(FILED) + 1


FILE_OWNERS: Mapping[str, FileOwner] = _FileOwners()
