"""Build the page of one record: head, data in the form's sections, related records, files, history."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from admin_views.shared.cells import align, rows_table, shower
from admin_views.shared.comments import comments_box
from admin_views.shared.guard import current_actor, signed_in_user
from admin_views.shared.history import shown_history
from admin_views.shared.list_page import list_rows
from admin_views.shared.request_context import office_state
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import (
    Action,
    DataSection,
    Fact,
    Item,
    ListColumn,
    RecordPage,
    RelatedTable,
    badge,
)  # fmt: skip
from documents.kinds import RECORDS
from rules.access import Act, Permission
from rules.personal_numbers import masked_file
from rules.words import N_
from schema.collection import Collection
from schema.definitions.own_fields import is_name_key
from schema.field import Field, Kind
from schema.registry import REGISTRY
from schema.values import referred_names
from services.desk.trail import history_and_comments

_RELATED_ROWS = 8
_RELATED_COLUMNS = 5
_HISTORY_ROWS = 20
_WIDE = (Kind.LONG_TEXT, Kind.REFERENCES, Kind.NAMES, Kind.COOPERATIONS, Kind.ROWS, Kind.FILES)


def record_page(view: Any, raw: Mapping[str, Any], *, whole: bool = False) -> RecordPage:
    """Return the page of one stored record, with personal data as a `whole` where somebody asked for it."""
    actor, state = current_actor(), office_state()
    collection = view.collection
    status = state.statuses.get(collection, {}).get(raw.get("status", ""))
    code = raw.get("county")
    due, tone = view.due_line(raw)
    entries, comments = history_and_comments(collection, raw["_id"], actor, most=_HISTORY_ROWS)
    followed = str(raw["_id"]) in signed_in_user().followed
    return RecordPage(
        kind=gettext(view.declaration.one),
        title=view.document.label_of(raw),
        state=Markup("{}{}").format(_badge(status), view.state_mark(raw)),
        county=state.county_names.get(code or "", ""),
        subtitle=view.subtitle(raw),
        due=due,
        due_tone=tone,
        facts=view.facts(raw),
        actions=_actions(view, raw),
        sections=_sections(view, view.shown(raw), whole=whole),
        related=(*view.related(raw), *_related_by_own_references(view, raw)),
        files=view.file_items(raw),
        upload=view.upload(raw),
        history=shown_history(entries, _version_url(view, raw)),
        comments=comments_box(collection, raw["_id"], comments),
        history_url=url_for("audit.index", record=raw["_id"]) if actor.may(Permission.READ_AUDIT) else "",
        crumbs=view.crumbs(),
        collection=collection,
        record_id=str(raw["_id"]),
        is_followed=followed,
        follow_url=url_for("notifications.unfollow" if followed else "notifications.follow"),
    )


def _version_url(view: Any, raw: Mapping[str, Any]) -> str:
    return url_for(f"{view.endpoint}.version_view", id=raw["_id"], entry="") if view.may_write() else ""


def _badge(status: Any) -> Markup:
    return badge(status.label, status.colour) if status else Markup("")


def _actions(view: Any, raw: Mapping[str, Any]) -> tuple[Action, ...]:
    more: tuple[Action, ...] = view.more_actions(raw)
    where, made = {"id": raw["_id"]}, [*more]
    if view.may_write():
        made.append(
            Action(gettext(N_("Edit")), url_for(f"{view.endpoint}.edit_view", **where), "primary", "edit")
        )
    made += view.copying_actions(raw)
    if not raw.get("needed") and view.may_write(Act.DELETE):
        made.append(
            Action(gettext(N_("Delete")), url_for(f"{view.endpoint}.delete_view", **where), "danger", "bin")
        )
    return tuple(made)


def _sections(view: Any, raw: Mapping[str, Any], *, whole: bool) -> tuple[DataSection, ...]:
    """Return the data in the sections of the form; what nobody types stands last in its section."""
    ask = url_for(f"{view.endpoint}.personal_view", id=raw["_id"])

    def item(field: Field) -> Item:
        if not field.masked:
            return shown_item(view, field, raw)
        if whole:
            return shown_item(view, replace(field, masked=False), raw)
        hidden = shown_item(view, field, raw)
        return replace(hidden, whole_url=ask) if raw.get(field.key) else hidden

    return tuple(
        DataSection(gettext(section.title), tuple(map(item, view.declaration.in_section(section.key))))
        for section in view.declaration.sections
    )


def _related_by_own_references(view: Any, raw: Mapping[str, Any]) -> Iterator[RelatedTable]:
    """Yield the lists of records that refer to this one by a field or in a collection of the office's own."""
    actor = current_actor()
    for declared, field in REGISTRY.referring_to(view.collection):
        other, by_own_field = declared.seen_by(actor), is_name_key(field.name_key)
        if not (declared.is_own or by_own_field) or field.key not in other.by_key:
            continue
        if not other.allows(actor, Act.SEE):
            continue
        where: dict[str, Any] = {field.key: raw["_id"]}
        columns = [key for key in other.first_columns if key not in (field.key, "county")]
        title = gettext(other.label)
        yield related_table(
            f"{title} · {gettext(field.label)}" if by_own_field else title, other,
            RECORDS[other.name].objects.visible_to(actor).where_raw(where), keys=tuple(columns[:_RELATED_COLUMNS]),
            order=other.default_order, query=f"?{field.key}={raw['_id']}" if field.filter else "",
            new_url=url_for(f"{other.name}.create_view", **where) if other.allows(actor, Act.CREATE) else "",
        )  # fmt: skip


def shown_item(view: Any, column: Field, raw: Mapping[str, Any]) -> Item:
    """Return one field of a stored record with its label, as its page shows it."""
    value = shower(column, office_state(), view.collection, full=True)(raw)
    if column.kind is Kind.REFERENCE and raw.get(column.key):
        address = url_for(f"{column.refers_to}.details_view", id=raw[column.key])
        value = Markup('<a href="%s">%s</a>') % (address, raw.get(column.name_key) or "")
    elif column.kind is Kind.COOPERATIONS:
        value = shown_cooperations(raw.get(column.key) or ())
    elif column.kind is Kind.REFERENCES:
        value = _shown_references(column, raw)
    elif column.kind is Kind.ROWS:
        value = rows_table(column, raw.get(column.key) or ())
    elif column.kind is Kind.FILES:
        value = shown_files(view, column, raw.get(column.key) or ())
    elif column.kind is Kind.NAMES:
        value = "、".join(one.get("name", "") for one in raw.get(column.key) or ())
    elif column.unit and value:
        value = f"{value} {gettext(column.unit)}"
    return Item(
        gettext(column.label),
        value,
        wide=column.kind in _WIDE,
        align="" if column.kind is Kind.STATUS else align(column),
    )


def _shown_references(column: Field, raw: Mapping[str, Any]) -> Markup:
    """Return the records of a list of references, each a link; how many are another county's, who are not named."""
    names = referred_names(raw, column.key, column.name_key)
    endpoint = f"{column.refers_to}.details_view"
    links = [
        Markup('<a class="among" href="{}">{}</a>').format(url_for(endpoint, id=one), name)
        for one, name in names.items()
        if name
    ]
    if unnamed := len(names) - len(links):
        links.append(escape(gettext(N_("%(count)d of another county"), count=unnamed)))
    return Markup("、").join(links)


def shown_files(view: Any, column: Field, items: Iterable[Mapping[str, Any]]) -> Markup:
    """Return each file of a field on a line of its own, to be downloaded; a name that is hidden leads nowhere."""
    lines = [
        escape(masked_file(item["name"]))
        if column.masked
        else Markup('<a class="among" href="{}">{}</a>').format(
            url_for(f"{view.endpoint}.file_view", file=item["file"]), item["name"]
        )
        for item in items
    ]
    return Markup("<br>").join(lines)


def related_table(
    title: str, sheet: Collection, records: Any, *, keys: tuple[str, ...], order: tuple[tuple[str, int], ...],
    query: str, new_url: str = "", empty: str = "", most: int = 0,
) -> RelatedTable:  # fmt: skip
    """Return the first few records that belong to another, and how many there are.

    `records` is in the actor's scope already; `query` narrows the whole list to the same ones; counting
    stops at `most`.
    """
    collection, state = sheet.name, office_state()
    declared = (REGISTRY.get(collection) or sheet).seen_by(current_actor())
    columns = [declared.field(key) for key in keys if key in declared.by_key]
    heads = tuple(
        ListColumn(
            column.key, gettext(column.label), gettext(column.unit) if column.unit else "", align(column)
        )
        for column in columns
    )
    endpoint = sheet.name
    wanted = {"_id", "county", *(column.source for column in columns), *(column.key for column in columns)}
    found = records.best_of(wanted, order, limit=_RELATED_ROWS)
    counted = len(found)
    if counted == _RELATED_ROWS:
        counted = records.limit(most + 1 if most else 0).count(with_limit_and_skip=True)
    rows = list_rows(columns, heads, found, state, collection=collection, endpoint=endpoint, selectable=False)
    may = current_actor().may(Permission.WRITE)
    return RelatedTable(
        title=gettext(title),
        total=min(counted, most) if most else counted,
        more=bool(most) and counted > most,
        columns=heads,
        rows=rows,
        all_url=url_for(f"{endpoint}.index_view") + query,
        new=Action(gettext(N_("New")), new_url) if new_url and may else None,
        empty=gettext(empty) if empty else gettext(N_("Nothing here yet")),
    )


def fact(label: str, value: Any, unit: str = "", **more: Any) -> Fact:
    """Return one figure of the head, its words translated."""
    return Fact(
        gettext(label), value if value not in (None, "") else "—", gettext(unit) if unit else "", **more
    )


def shown_cooperations(cooperations: Iterable[Mapping[str, Any]]) -> Markup:
    """Return each cooperation on a line of its own: the base, from when to when."""
    lines = [
        Markup('<a class="among" href="{}">{}</a> <span class="t-dim">{} – {}</span>').format(
            url_for("bases.details_view", id=cooperation["base"]),
            cooperation.get("base_name") or "",
            _day(cooperation.get("first_day")),
            _day(cooperation.get("last_day")) or gettext(N_("open")),
        )
        for cooperation in cooperations
    ]
    return Markup("<br>").join(lines)


def _day(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if value else ""
