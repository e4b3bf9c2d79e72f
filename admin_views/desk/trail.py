"""The audit trail: who did what, when and from where; filtered, searched, and sent as a workbook."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from bson import ObjectId
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from admin_views.desk.view_models import AuditPage
from admin_views.shared.exporting import send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.history import device_named, shown_entries, shown_entry
from admin_views.shared.history_labels import ACTIONS
from admin_views.shared.list_page import SIZE, simple_pager
from admin_views.shared.list_query import FilterSpec, ListQuery
from admin_views.shared.request_context import OFFICE_ZONE
from admin_views.shared.view_models import Filter, Option
from office.excel.tables_writer import Table
from rules.choices import ChoiceList
from rules.requests.origin import COMMAND_LINE
from rules.words import N_
from schema.collection import Listing
from schema.registry import REGISTRY
from services.desk import trail as audit_trail

_COLUMNS = Listing("audit", "", ())
_FILTERS = (
    FilterSpec("collection", "choice", N_("Kind"), ChoiceList(REGISTRY.with_statuses)),
    FilterSpec("at", "days", N_("Time")),
)
_REFUSED = "refused"  # the value of the argument `outcome`
_MOST_EXPORTED = 20_000  # entries
_HEADS = (
    ("编号", 9.0), ("时间", 17.0), ("操作人", 14.0), ("操作", 18.0), ("对象", 34.0), ("县（市、区）", 14.0),
    ("内容", 60.0), ("地址", 18.0), ("浏览器", 40.0), ("请求编号", 19.0),
)  # fmt: skip


def index() -> ResponseReturnValue:
    """Show the trail, the latest first."""
    url, (query, wanted) = url_for("audit.index"), _asked()
    page_of_trail = audit_trail.page(wanted, actor=current_actor(), number=query.page - 1, size=SIZE)
    pager = simple_pager(page_of_trail.total, request.args, url)
    if pager.page != query.page:  # the address named a page behind the last
        page_of_trail = audit_trail.page(wanted, actor=current_actor(), number=pager.page - 1, size=SIZE)
    narrowed = query.narrowed or wanted != audit_trail.AuditFilter()
    page = AuditPage(
        title=gettext(N_("Audit trail")), entries=shown_entries(page_of_trail.entries), pager=pager, url=url,
        arguments=tuple(request.args.items(multi=True)), search=query.search,
        filters=_filters(query, wanted, page_of_trail.entries, url), clear_url=url if narrowed else "",
        export_url=url_for("audit.export") + _without(),
    )  # fmt: skip
    return render_template("desk/trail.html", page=page)


def export() -> ResponseReturnValue:
    """Send the entries that the page shows, on all its pages, as a workbook; the latest where there are too many."""
    query, wanted = _asked()
    entries = audit_trail.matching(wanted, actor=current_actor(), most=_MOST_EXPORTED)
    words = "；".join(
        f"{one.label} {one.chip}" for one in _filters(query, wanted, (), url_for("audit.index")) if one.chip
    )
    note = "　".join(
        part for part in (words, query.search, f"最多 {_MOST_EXPORTED:,} 条，最近的在前") if part
    )
    table = Table("操作记录", "操作记录", _HEADS, _rows(entries), note)
    name = f"操作记录-{datetime.now(OFFICE_ZONE):%Y%m%d-%H%M}.xlsx"
    total = audit_trail.page(wanted, actor=current_actor(), size=1).total
    return send_tables(
        [table], name, filters=f"{words} {query.search}".strip(), rows=min(total, _MOST_EXPORTED)
    )


def _rows(entries: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    for entry in entries:
        shown = shown_entry(entry, with_subject=True)
        changes = "；".join(
            f"{one.label}：{_plain(one.old) or '—'} → {_plain(one.new) or '—'}" for one in shown.changes
        )
        yield (
            entry["_id"], shown.when, shown.who, shown.action, str(shown.subject), shown.county, changes,
            shown.address, shown.agent, shown.request_id,
        )  # fmt: skip


def _plain(text: str) -> str:
    """Return a text without its colours."""
    return text.striptags() if isinstance(text, Markup) else text


def _asked() -> tuple[ListQuery, audit_trail.AuditFilter]:
    """Return what the address asks for; what makes no sense is left out."""
    query = ListQuery.read(request.args, _COLUMNS, _FILTERS, bound=None)
    action, record = request.args.get("action", ""), request.args.get("record", "")
    first, last = query.days.get("at", (None, None))
    return query, audit_trail.AuditFilter(
        action=action if action in ACTIONS else "",
        collection=next(iter(query.chosen.get("collection", ())), ""),
        record_id=ObjectId(record) if ObjectId.is_valid(record) else None,
        words=query.search,
        first_day=first,
        last_day=last,
        address=request.args.get("address", "")[:64],
        agent=request.args.get("agent", "")[:200],
        refused=request.args.get("outcome", "") == _REFUSED,
    )


def _filters(
    query: ListQuery, wanted: audit_trail.AuditFilter, entries: Iterable[Any], url: str
) -> tuple[Filter, ...]:
    kinds = tuple(
        Option(kind.value, gettext(kind.label), kind.value in query.chosen.get("collection", ()))
        for kind in REGISTRY.with_statuses()
    )
    acts = tuple(Option(word, gettext(label), word == wanted.action) for word, label in ACTIONS.items())
    outcomes = (Option(_REFUSED, gettext(N_("Denied or failed")), wanted.refused),)
    entries = tuple(entries)
    filters = []
    for name, label, options in (
        ("collection", N_("Kind"), kinds),
        ("action", N_("Action"), acts),
        ("outcome", N_("Outcome"), outcomes),
        ("address", N_("Network address"), _choices("address", wanted.address, entries)),
        ("agent", N_("Browser"), _browsers(wanted.agent, entries)),
    ):
        chip = "、".join(option.label for option in options if option.selected)
        clear = url + _without(name)
        filters.append(Filter(name, gettext(label), options=options, many=False, chip=chip, clear_url=clear))
    first, last = (str(day or "") for day in query.days.get("at", (None, None)))
    chip = f"{first or '…'} – {last or '…'}" if first or last else ""
    clear = url + _without("at_from", "at_to")
    filters.append(
        Filter("at", gettext(N_("Time")), "days", first=first, last=last, chip=chip, clear_url=clear)
    )
    return tuple(filters)


def _choices(key: str, chosen: str, entries: Iterable[Any]) -> tuple[Option, ...]:
    """Return the values that stand on the page, and the one that is chosen."""
    values = dict.fromkeys([chosen, *(entry.get(key) or "" for entry in entries)])
    return tuple(Option(value, value[:60], value == chosen) for value in values if value)


def _browsers(chosen: str, entries: Iterable[Any]) -> tuple[Option, ...]:
    """Return the browsers that stand on the page, each in two words; in its own where two would be called the same."""
    options = _choices("agent", chosen, entries)
    named = Counter(device_named(one.value) for one in options)

    def label(option: Option) -> str:
        name = device_named(option.value)
        if named[name] == 1:
            return name
        command = option.label.removeprefix(f"{COMMAND_LINE}: ")
        return option.label if command == option.label else f"{name} · {command}"

    return tuple(replace(option, label=label(option)) for option in options)


def _without(*names: str) -> str:
    """Return the query of the present address without these arguments and the page's number."""
    left = [pair for pair in request.args.items(multi=True) if pair[0] not in (*names, "page")]
    return f"?{urlencode(left)}" if left else ""
