"""The recycle bin: deleted records, whole, and the way back."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.desk.view_models import RecycleBinPage, RecycledItem
from admin_views.shared.files import shown_name
from admin_views.shared.guard import current_actor
from admin_views.shared.history import name_of
from admin_views.shared.history_labels import PAGES
from admin_views.shared.list_page import SIZE, simple_pager
from admin_views.shared.request_context import now, office_state, shown_moment
from admin_views.shared.requests.undoing import flash_with_undo
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Filter, Option
from documents.kinds import RECORDS
from documents.records.recycled import FILES, OWN_FIELDS, Recycled
from forms.sentences import sentence
from rules.access import Act, Permission
from rules.choices import Word
from rules.errors import Missing, Refused
from rules.words import N_
from schema.registry import REGISTRY
from services.records import recycle_bin as service


def index() -> ResponseReturnValue:
    """Show what was deleted, the latest first."""
    actor, url = current_actor(), url_for("recycle_bin.index")
    listed = [one for one in REGISTRY.listed_for(actor) if one.county_key]
    kinds = (*(Word(one.name, one.label, one.title) for one in listed), Word(FILES, N_("File"), "文件"))
    if actor.may(Permission.MANAGE_OFFICE):
        kinds = (*kinds, Word(OWN_FIELDS, N_("Field of the office's own"), "自定义字段"))
    kind, words = request.args.get("collection", ""), request.args.get("search", "")[:60].strip()
    found = Recycled.objects.visible_to(actor)
    if kind in {word.value for word in kinds}:
        found = found.where_raw({"collection": kind})
    if words:
        found = found.filter(label__icontains=words.replace("\x00", ""))
    pager = simple_pager(found.count(), request.args, url)
    rows = found.order_by("-deleted_at", "-id").skip(max(pager.first - 1, 0)).limit(SIZE).as_pymongo()
    labels = {word.value: gettext(word.label) for word in kinds} | {"statuses": gettext(N_("Status"))}
    names, may = office_state().county_names, actor.may(Permission.WRITE)
    items = tuple(
        RecycledItem(
            _label(row), labels.get(row["collection"], ""),
            "、".join(names.get(code, code) for code in row.get("counties", ()) if actor.sees(code)),
            shown_moment(row["deleted_at"]), name_of(row.get("deleted_by_name")),
            url_for("recycle_bin.bring_back", recycled=row["_id"]) if may else "",
            f"{_label(row)} — {row['of']}" if row.get("of") else "",
        )
        for row in rows
    )  # fmt: skip
    options = tuple(Option(word.value, gettext(word.label), word.value == kind) for word in kinds)
    chip = next((option.label for option in options if option.selected), "")
    shown = Filter("collection", gettext(N_("Kind")), options=options, many=False, chip=chip, clear_url=url)
    page = RecycleBinPage(
        title=gettext(N_("Recycle bin")), items=items, pager=pager, url=url,
        arguments=tuple(request.args.items(multi=True)), search=words, filters=(shown,),
        clear_url=url if chip or words else "",
    )  # fmt: skip
    return render_template("records/recycle_bin.html", page=page)


def _label(row: Mapping[str, Any]) -> str:
    """Return what was deleted is called; the name of a file of a personal field is hidden as elsewhere."""
    return shown_name(row["document"]) if row["collection"] == FILES else str(row.get("label") or "")


def bring_back() -> ResponseReturnValue:
    """Restore a record, or a file of one, to where it was."""
    text = request.args.get("recycled", "")
    if not ObjectId.is_valid(text):
        raise Missing()
    try:
        collection, record_id = service.bring_back(ObjectId(text), actor=current_actor(), now=now())
    except Refused as problem:
        flash(" ".join(sentence(one) for one in problem.refusals), "error")
        return redirect(url_for("recycle_bin.index"), 303)
    _tell_restored(collection, record_id)
    if collection in RECORDS:
        return redirect(url_for(f"{collection}.details_view", id=record_id), 303)
    if collection == OWN_FIELDS:
        return redirect(url_for("own_fields.index"), 303)
    endpoint, argument = PAGES.get(collection, ("", ""))
    where: dict[str, Any] = {argument: record_id}
    home = url_for(endpoint, **where) if endpoint else url_for("recycle_bin.index")
    return redirect(home, 303)


def _tell_restored(collection: str, record_id: ObjectId) -> None:
    """Say that it is there again; of a record with a button that deletes it once more."""
    said, actor = gettext(N_("It was restored.")), current_actor()
    declaration = REGISTRY.get(collection) if collection in RECORDS else None
    if (
        declaration is None
        or not actor.may(declaration.write_permission)
        or not declaration.allows(actor, Act.DELETE)
    ):
        flash(said, "success")
        return
    version = RECORDS[collection].read(record_id, actor)["version"]
    flash_with_undo(said, url_for(f"{collection}.delete_view"), id=record_id, version=version)
