"""What the other pages of the desk show: today, imports, the recycle bin, the trail, settings, errors."""

from dataclasses import dataclass

from admin_views.shared.view_models.components import Link, Pairs
from admin_views.shared.view_models.lists import Filter, Filtered, Pager
from admin_views.shared.view_models.records import HistoryEntry, RelatedTable


@dataclass(frozen=True, slots=True)
class RecycledItem:
    """One deleted record; an empty URL means that this clerk may not."""

    name: str
    kind: str
    county: str
    when: str
    who: str
    restore_url: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class RecycleBinPage(Filtered):
    """recycle_bin.html."""

    title: str
    items: tuple[RecycledItem, ...]
    pager: Pager
    url: str = ""
    arguments: Pairs = ()
    search: str = ""
    filters: tuple[Filter, ...] = ()
    clear_url: str = ""


@dataclass(frozen=True, slots=True)
class AuditPage(Filtered):
    """audit.html: the trail, newest first; `whole`: was its chain found unbroken (None: not checked)?"""

    title: str
    entries: tuple[HistoryEntry, ...]
    pager: Pager
    url: str = ""
    arguments: Pairs = ()
    search: str = ""
    filters: tuple[Filter, ...] = ()
    clear_url: str = ""
    whole: bool | None = None


@dataclass(frozen=True, slots=True)
class ImportKind:
    """One kind of workbook that can be brought in."""

    value: str
    label: str
    template_url: str
    hint: str = ""
    selected: bool = False


@dataclass(frozen=True, slots=True)
class ImportPage:
    """import.html: the form posts `kind`, `file`, and `dry_run`, `strict` when ticked."""

    action: str
    kinds: tuple[ImportKind, ...]
    most_size: str = ""
    problems: tuple[str, ...] = ()
    dry_run: bool = True
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One thing wrong with one row of a workbook."""

    row: int
    column: str
    message: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class ImportResultPage:
    """import_result.html.

    `rejected_url` downloads the rejected rows, `again_url` opens the form, `write_url` takes the
    POST that writes what a dry run only tried ("" when the file has to be sent again).
    """

    kind: str
    file: str
    dry_run: bool
    created: int
    updated: int
    unchanged: int
    rejected: int
    skipped: int
    problems: tuple[RejectedRow, ...]
    again_url: str
    list_url: str
    rejected_url: str = ""
    write_url: str = ""
    write_hidden: Pairs = ()
    more_problems: int = 0
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class CountyRow:
    """One county of the table on the first page: a link and a count for each collection."""

    name: str
    cells: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Links under a heading; each `hint` says what is behind it."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """settings.html."""

    title: str
    groups: tuple[LinkGroup, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """search.html: one box for everything; a group for each collection with its first hits."""

    search: str
    url: str
    groups: tuple[RelatedTable, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """error.html. The template has a sentence for every `code`; `message` says more exactly what happened."""

    code: int
    message: str = ""
    reasons: tuple[str, ...] = ()
    back_url: str = ""
    reference: str = ""
