"""The lists whose records are suggested: those that clerks keep, an office's own, and those that steps write."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from admin_views.applications.list import APPLICATION_LIST
from admin_views.publication.list import PAPER_LIST
from admin_views.reports.all_reports import REPORT_LIST
from admin_views.reports.filing_list import FILING_LIST
from admin_views.revocation.all_cases import CASE_LIST
from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import FilterSpec, filters_of
from admin_views.shared.record_list import RecordList
from admin_views.upward.list import RECOMMENDATION_LIST
from documents.kinds import FILE_OWNERS, RECORDS
from rules.access import Act
from schema.collection import Collection
from schema.registry import REGISTRY

_WRITTEN_BY_STEPS = (
    (APPLICATION_LIST, "file"), (PAPER_LIST, "notice"), (CASE_LIST, "revoke"), (FILING_LIST, "edit"),
    (REPORT_LIST, "sheet"), (RECOMMENDATION_LIST, "upload"),
)  # fmt: skip


@dataclass(frozen=True)
class SuggestedTable:
    """One list: its declaration as the actor's role knows it, its address, and the page of each of its records."""

    declaration: Collection
    url: str
    icon: str
    records: Callable[[], Any]
    row_url: Callable[[Mapping[str, Any]], str]
    label_of: Callable[[Mapping[str, Any]], str]
    filters: tuple[FilterSpec, ...]
    is_kept_by_hand: bool
    keys: tuple[str, ...] = ()  # what the page's address and the label need

    def may(self, act: Act) -> bool:
        """Tell whether the one who asks may do this with its records."""
        actor, declaration = current_actor(), self.declaration
        return (
            self.is_kept_by_hand
            and actor.may(declaration.write_permission)
            and declaration.allows(actor, act)
        )


def tables() -> tuple[SuggestedTable, ...]:
    """Return the lists that the one who asks may see."""
    return (*_kept_by_hand(), *(_written_by_steps(one, icon) for one, icon in _WRITTEN_BY_STEPS))


def _kept_by_hand() -> Iterator[SuggestedTable]:
    actor = current_actor()
    for declaration in REGISTRY.listed_for(actor):
        name = declaration.name
        if not (declaration.in_menu or declaration.is_own):
            continue
        document, seen = RECORDS[name], declaration.seen_by(actor)
        details = url_for(f"{name}.details_view")
        yield SuggestedTable(
            seen, url_for(f"{name}.index_view"), declaration.icon,
            records=_Records(name),
            row_url=_Address(details),
            label_of=document.label_of, filters=filters_of(seen), is_kept_by_hand=True,
            keys=("county", "status", *declaration.name_keys),
        )  # fmt: skip


@dataclass(frozen=True)
class _Records:
    """The records of a collection in the scope of the one who asks."""

    name: str

    def __call__(self) -> Any:
        return RECORDS[self.name].objects.visible_to(current_actor())


@dataclass(frozen=True)
class _Address:
    """The page of a record by its id."""

    details: str

    def __call__(self, raw: Mapping[str, Any]) -> str:
        return f"{self.details}?id={raw['_id']}"


def _written_by_steps(one: RecordList, icon: str) -> SuggestedTable:
    declaration = one.declaration
    named = FILE_OWNERS[declaration.name]
    # A yearly report's page is found by its base and year.
    keys = (*one.keys, *declaration.name_keys, "county", "base", "year", "number", "title", "name")
    return SuggestedTable(
        declaration, one.url, icon, records=one.records,
        row_url=one.row_url, label_of=named.label_of, filters=one.asked_filters, is_kept_by_hand=False,
        keys=tuple(dict.fromkeys(keys)),
    )  # fmt: skip
