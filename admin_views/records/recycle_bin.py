"""The recycle bin: deleted records, whole, and the way back."""

from urllib.parse import urlencode

from bson import ObjectId
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from admin_views.desk.view_models import RecycleBinPage, RecycledItem
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, office_state, shown_moment
from admin_views.shared.view_models import Filter, Option, Pager
from documents.records.recycled import Recycled
from forms.sentences import sentence
from rules.access import Permission
from rules.choices import StatusFor
from rules.errors import Missing, Refused
from rules.words import N_
from services.records.records import restore

recycle_bin = Blueprint("recycle_bin", __name__, url_prefix="/admin/recycle-bin")
SIZE = 50


def simple_pager(total: int, args: MultiDict[str, str], url: str) -> Pager:
    """Return the pager of a page that has 50 rows and only `page` among its arguments that moves."""
    pages = max(1, -(-total // SIZE))
    text = args.get("page", "1")
    page = min(max(int(text) if text.isdecimal() and len(text) < 8 else 1, 1), pages)
    kept = [(key, value) for key, value in args.items(multi=True) if key != "page"]

    def to(number: int) -> str:
        return url + "?" + urlencode([*kept, ("page", str(number))])

    first = (page - 1) * SIZE
    return Pager(
        first=first + 1 if total else 0,
        last=min(first + SIZE, total),
        total=total,
        page=page,
        pages=pages,
        first_url=to(1) if page > 1 else "",
        previous_url=to(page - 1) if page > 1 else "",
        next_url=to(page + 1) if page < pages else "",
        last_url=to(pages) if page < pages else "",
    )


@recycle_bin.route("/")
@needs(Permission.READ)
def index() -> ResponseReturnValue:
    """Show what was deleted, the latest first."""
    actor, url = current_actor(), url_for("recycle_bin.index")
    kind, words = request.args.get("collection", ""), request.args.get("search", "")[:60].strip()
    found = Recycled.objects.visible_to(actor)
    if kind in {one.value for one in StatusFor}:
        found = found.where_raw({"collection": kind})
    if words:
        found = found.filter(label__icontains=words.replace("\x00", ""))
    pager = simple_pager(found.count(), request.args, url)
    rows = found.order_by("-deleted_at", "-id").skip(max(pager.first - 1, 0)).limit(SIZE).as_pymongo()
    labels = {one.value: gettext(one.label) for one in StatusFor} | {"statuses": gettext(N_("Status"))}
    names, may = office_state().county_names, actor.may(Permission.WRITE)
    items = tuple(
        RecycledItem(
            row.get("label") or "", labels.get(row["collection"], ""),
            "、".join(names.get(code, code) for code in row.get("counties", ()) if actor.sees(code)),
            shown_moment(row["deleted_at"]), row.get("deleted_by_name") or "",
            url_for("recycle_bin.bring_back", recycled=row["_id"]) if may else "",
        )
        for row in rows
    )  # fmt: skip
    options = tuple(Option(one.value, gettext(one.label), one.value == kind) for one in StatusFor)
    chip = next((option.label for option in options if option.selected), "")
    shown = Filter("collection", gettext(N_("Kind")), options=options, many=False, chip=chip, clear_url=url)
    page = RecycleBinPage(
        title=gettext(N_("Recycle bin")), items=items, pager=pager, url=url,
        arguments=tuple(request.args.items(multi=True)), search=words, filters=(shown,),
        clear_url=url if chip or words else "",
    )  # fmt: skip
    return render_template("records/recycle_bin.html", page=page)


@recycle_bin.route("/restore", methods=["POST"])
@needs(Permission.WRITE)
def bring_back() -> ResponseReturnValue:
    """Restore a record to where it was."""
    text = request.args.get("recycled", "")
    if not ObjectId.is_valid(text):
        raise Missing()
    try:
        collection, record_id = restore(ObjectId(text), actor=current_actor(), now=now())
    except Refused as problem:
        flash(" ".join(sentence(one) for one in problem.refusals), "error")
        return redirect(url_for("recycle_bin.index"), 303)
    flash(gettext(N_("The record was restored.")), "success")
    return redirect(url_for(f"{collection}.details_view", id=record_id), 303)
