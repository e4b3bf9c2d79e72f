"""Two clerks saved one record: show what was read, what they saved and what was typed; nobody's work is lost.

A field that only they changed keeps their value, one that only I changed keeps mine; a field that both
changed is asked for.
"""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from admin_views.records.core import RecordCore
from admin_views.shared.cells import shown_change
from admin_views.shared.files_of_fields import carried_inputs
from admin_views.shared.guard import current_actor
from admin_views.shared.history import name_of
from admin_views.shared.request_context import office_state, shown_moment
from admin_views.shared.requests.sent_forms import NOT_TYPED
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import ConflictField, ConflictPage, FieldChange
from documents.desk.audit_entry import AuditEntry
from forms.record import RecordForm
from schema.field import Kind
from schema.values import stored
from services.desk.trail import last_save_in_sight

_KEPT = "kept"  # names of fields whose stored value stays, whatever else is sent
_MOST_STEPS = 1000


def kept_names(form: MultiDict[str, str]) -> tuple[str, ...]:
    """Return the fields that the clerk left to the other saver."""
    chosen = [
        name.removeprefix("choose-")
        for name, value in form.items()
        if name.startswith("choose-") and value == "theirs"
    ]
    return (*form.getlist(_KEPT), *chosen)


def values_as_read(collection: str, raw: Mapping[str, Any], version: int) -> dict[str, Any]:
    """Return the record's values as they stood at `version`, wound back through the audit trail."""
    steps = min(max(0, raw["version"] - version), _MOST_STEPS)
    saves = AuditEntry.objects.of_record(collection, raw["_id"]).saves()
    entries = saves.order_by("-seq").limit(steps).as_pymongo()
    old = dict(raw)
    for entry in entries:
        for change in entry["changes"]:
            old[change["field"]] = change["old"]
    return old


def conflict_page(view: RecordCore, raw: Mapping[str, Any], form: RecordForm, version: int) -> ConflictPage:
    """Return the page that sets both versions side by side."""
    read = view.declaration.hooks.in_sight(values_as_read(view.collection, raw, version), current_actor())
    already_kept = set(kept_names(request.form))
    asked, theirs_only = [], []
    for name, mine in (
        (name, stored(value)) for name, value in form.values().items() if name not in already_kept
    ):
        key = _shown_key(view, name)
        they_changed, i_changed = (
            _given(raw.get(key)) != _given(read.get(key)),
            not _same(view, name, mine, read, raw, form),
        )
        if not they_changed or _same(view, name, mine, raw, raw, form):
            continue
        if i_changed:
            asked.append(_asked(view, name, form, read, raw, mine))
        else:
            theirs_only.append((name, _change(view, name, read, raw)))
    saved = last_save_in_sight(view.collection, raw["_id"], current_actor())
    return ConflictPage(
        title=view.document.label_of(raw),
        saved_by=name_of(saved["actor_name"]) if saved else "",
        saved_at=shown_moment(saved["at"]) if saved else "",
        fields=tuple(asked),
        action=request.full_path.rstrip("?"),
        version=raw["version"],
        carried=_carried(form, [*(name for name, _ in theirs_only), *already_kept]),
        cancel_url=url_for(f"{view.endpoint}.details_view", id=raw["_id"]),
        also_changed=tuple(change for _, change in theirs_only),
        crumbs=view.crumbs(),
    )


def _given(value: Any) -> Any:
    return None if value in ("", []) else value


def _shown_key(view: RecordCore, name: str) -> str:
    """Return the key that a clerk knows a field by: of a reference the copied name."""
    field = view.declaration.by_key.get(name)
    return field.source if field else name


def _same(
    view: RecordCore, name: str, mine: Any, other: Mapping[str, Any], raw: Mapping[str, Any], form: RecordForm
) -> bool:
    """Tell whether what was typed is what `other` holds; a reference as read is known by its name alone."""
    field = view.declaration.by_key.get(name)
    if field is not None and field.kind is Kind.REFERENCE:
        if other is raw:
            return bool(_given(mine) == _given(raw.get(name)))
        chosen = next((text for _, text in form[name].chosen), None)
        return chosen == _given(other.get(field.source))
    if field is not None and field.kind is Kind.REFERENCES:
        if other is raw:
            return list(mine or ()) == list(raw.get(name) or ())
        return [text for _, text in form[name].chosen] == list(other.get(field.source) or ())
    if isinstance(mine, list):
        keys = {key for one in mine if isinstance(one, dict) for key in one}
        theirs = [
            {key: one.get(key) for key in keys} if isinstance(one, dict) else one
            for one in other.get(name) or []
        ]
        return [
            {key: one.get(key) for key in keys} if isinstance(one, dict) else one for one in mine
        ] == theirs
    return bool(_given(mine) == _given(other.get(name)))


def _asked(
    view: RecordCore, name: str, form: RecordForm, read: Mapping[str, Any], raw: Mapping[str, Any], mine: Any
) -> ConflictField:
    shown = [_shown(view, name, one.get(_shown_key(view, name))) for one in (read, raw)]
    field = form[name]
    typed = "、".join(text for _, text in getattr(field, "chosen", ())) or _shown(view, name, mine)
    return ConflictField(name, str(field.label.text), shown[0], shown[1], typed)


def _change(view: RecordCore, name: str, read: Mapping[str, Any], raw: Mapping[str, Any]) -> FieldChange:
    key, field = _shown_key(view, name), view.declaration.by_key.get(name)
    label = gettext(field.label) if field else name
    return FieldChange(label, _shown(view, name, read.get(key)), _shown(view, name, raw.get(key)))


def _shown(view: RecordCore, name: str, value: Any) -> Any:
    return shown_change(view.declaration.by_key.get(name), value, office_state(), view.collection)


def _carried(form: RecordForm, kept: list[str]) -> tuple[tuple[str, str], ...]:
    waiting = carried_inputs(form)
    skipped = {*NOT_TYPED, "version", _KEPT, *(f"{field.name}-new" for field in form.file_fields())}
    sent = [(name, value) for name, values in request.form.lists() for value in values]
    return (
        *((name, value) for name, value in sent if name not in skipped and not name.startswith("choose-")),
        *waiting,
        *((_KEPT, name) for name in dict.fromkeys(kept)),
    )
